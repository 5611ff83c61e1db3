package networks

import (
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"neurosim/internal/dictionary"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/record"
	"neurosim/sonata"
	"neurosim/study"
)

// Files of SONATA in a run directory, beside those that package sonata names.
const (
	sonataSpikes = "spikes.h5"
	sonataNMDA   = "nmda.h5"
)

// sonataExports are the recordings as files of SONATA: spikes, starts of NMDA spikes, a report
// for each variable of each trace, and what says whose they are.
func sonataExports(x *Study, files []string) (all []study.Export) {
	addAt := func(name, holds string, write func(w io.WriterAt, open opener) error) {
		all = append(all, study.Export{Name: name, Holds: dictionary.File{Text: holds}, WriteAt: func(w io.WriterAt, open func(string) (io.ReadCloser, error)) error { return write(w, open) }})
	}
	add := func(name, holds string, columns []dictionary.Column, write func(w io.Writer) error) {
		all = append(all, study.Export{Name: name, Holds: dictionary.File{Text: holds, Columns: columns}, Write: func(w io.Writer, _ func(string) (io.ReadCloser, error)) error { return write(w) }})
	}
	simulation := sonata.Simulation{Tstop: x.Run.Tstop, Dt: x.Run.Dt, Seed: uint64(x.Run.Seed), SpikesFile: sonataSpikes, Reports: map[string]sonata.ReportEntry{}}
	if slices.ContainsFunc(spikesFiles[:], func(f spikesFileForm) bool { return slices.Contains(files, f.name) }) {
		addAt(sonataSpikes, "Spikes as a file of SONATA, a group for each population: timestamps (ms) and node_ids.", func(w io.WriterAt, open opener) error { return writeSONATASpikes(w, x, open) })
	}
	if slices.Contains(files, dendriticFile) && len(groupNames(x)) > 0 {
		addAt(sonataNMDA, "Starts of NMDA spikes as a file of SONATA, a group for each population and group of segments: timestamps (ms), node_ids, the cells, and elements, the segments.", func(w io.WriterAt, open opener) error { return writeSONATANMDA(w, x, open) })
	}
	for i := range x.Traces {
		t := &x.Traces[i]
		if !slices.Contains(files, traceFile(t.Name)) {
			continue
		}
		for _, r := range traceReports(x, t) {
			for simulation.Reports[r.name].File != "" { // a trace may have the name of another and its variable
				r.name += "_"
			}
			file := strings.TrimSuffix(traceFile(r.name), ".csv") + ".h5"
			simulation.Reports[r.name] = sonata.ReportEntry{
				File: file, Variable: r.variable, Units: r.Units, Soma: r.soma,
				Start: r.Start, Stop: min(t.Stop, x.Run.Tstop), Step: r.Step,
			}
			addAt(file, "Report of SONATA on "+r.variable+" ("+r.Units+") of the trace "+t.Name+": data[frame, element], and whose elements they are.", func(w io.WriterAt, open opener) error { return r.write(w, open) })
		}
	}
	populations := sonataPopulations(x)
	addAt(sonata.NodesFile, "Nodes of SONATA: the cells of each population.", func(w io.WriterAt, _ opener) error { return sonata.WriteNodes(w, populations) })
	add(sonata.NodeTypesFile, "Types of the nodes of SONATA, a row for each population, with blanks between the columns.", dictionary.Columns([][3]string{
		{"node_type_id", "", "number of the type"},
		{"population", "", "name of the population"},
		{"model_type", "", "virtual: input cells; point_neuron: others, whatever their kind"},
		{"model_template", "", "neurosim:KIND, the kind of the population; NULL: none"},
	}), func(w io.Writer) error { return sonata.WriteNodeTypes(w, populations) })
	add(sonata.CircuitFile, "Circuit of SONATA: which files hold the nodes.", nil, func(w io.Writer) error { return sonata.WriteCircuit(w, populations) })
	add(sonata.SimulationFile, "Simulation of SONATA: time, step, seed, and the files of spikes and reports.", nil, func(w io.Writer) error { return sonata.WriteSimulation(w, simulation) })
	return all
}

// sonataPopulations are the populations of the network as nodes; a population is a type.
func sonataPopulations(x *Study) (all []sonata.Population) {
	for i := range x.Network.Populations {
		p := &x.Network.Populations[i]
		q := sonata.Population{Name: p.Name, Size: uint64(p.Size()), Type: uint64(i), Virtual: p.Kind == network.SDR}
		if !q.Virtual {
			q.Template = "neurosim:" + string(p.Kind)
		}
		all = append(all, q)
	}
	return all
}

// writeSONATASpikes writes the spikes of cells.
func writeSONATASpikes(w io.WriterAt, x *Study, open opener) error {
	s, err := sonata.NewSpikeWriter(w, false)
	if err != nil {
		return err
	}
	clock := network.NewClock(x.Run.Dt)
	var failed error
	at, ms := int64(-1), 0.0
	whole := span{from: 0, to: grid.Steps(x.Run.Tstop, x.Run.Dt) + 1}
	err = readSpikes(x, whole, open, func(step int64, population string, cell int) {
		if step != at {
			at, ms = step, clock.Ms(step)
		}
		if failed == nil {
			failed = s.Add(population, ms, uint64(cell), 0)
		}
	})
	return firstError(failed, err, s.Close)
}

// writeSONATANMDA writes the starts of NMDA spikes, each group of segments as a population,
// POPULATION:GROUP, with the segments as elements.
func writeSONATANMDA(w io.WriterAt, x *Study, open opener) error {
	s, err := sonata.NewSpikeWriter(w, true)
	if err != nil {
		return err
	}
	clock := network.NewClock(x.Run.Dt)
	var failed error
	err = reading(open, dendriticFile, func(f io.Reader) error {
		return record.ReadDendritic(f, 0, math.MaxInt64, func(e record.DendriticEvent) {
			if e.Start && failed == nil {
				failed = s.Add(e.Population+":"+e.Group, clock.Ms(e.Step), uint64(e.Cell), uint32(e.Segment))
			}
		})
	})
	return firstError(failed, err, s.Close)
}

// firstError returns the first of two errors; if there is none, that of the last step.
func firstError(a, b error, last func() error) error {
	if err := errors.Join(a, b); err != nil {
		return err
	}
	return last()
}

// traceReport is one variable of a trace as a report.
type traceReport struct {
	sonata.Report
	name     string // in the configuration of the simulation
	variable string
	soma     bool
	file     string // of the trace
	columns  []int  // of the trace, in the order of the report
}

// traceReports divides a trace by its variables: a report has one.
func traceReports(x *Study, t *Trace) (all []*traceReport) {
	p := x.Network.Population(t.Population)
	for column, probe := range t.Probes {
		what := probe.What()
		at := slices.IndexFunc(all, func(r *traceReport) bool { return r.variable == what })
		if at < 0 {
			at = len(all)
			units := probe.Variable.Unit()
			if units == "" {
				units = "1" // readers ask for one
			}
			clock := network.NewClock(x.Run.Dt)
			start := clock.Ms(grid.Steps(t.Start, x.Run.Dt))
			all = append(all, &traceReport{
				Report: sonata.Report{Population: t.Population, Units: units, Start: start, Step: t.Every},
				name:   t.Name, variable: what, soma: true, file: traceFile(t.Name),
			})
		}
		r := all[at]
		cell := uint64(probe.Cell)
		k := slices.IndexFunc(r.Nodes, func(n sonata.ReportNode) bool { return n.ID == cell })
		if k >= 0 && k < len(r.Nodes)-1 {
			continue // a cell that the trace names twice
		}
		element, soma := reportElement(p, probe)
		if k < 0 {
			r.Nodes = append(r.Nodes, sonata.ReportNode{ID: cell})
			k = len(r.Nodes) - 1
		} else if slices.Contains(r.Nodes[k].Elements, element) {
			continue
		}
		r.Nodes[k].Elements = append(r.Nodes[k].Elements, element)
		r.columns = append(r.columns, column)
		r.soma = r.soma && soma
	}
	if len(all) > 1 {
		for _, r := range all {
			r.name += "." + strings.ReplaceAll(r.variable, ":", "-")
		}
	}
	return all
}

// reportElement says where a probe reads: the number of the section, in the order of the
// tree, and the place on it; of a segment its number; else 0, the soma.
func reportElement(p *network.Population, probe network.Probe) (e sonata.Element, soma bool) {
	switch {
	case probe.Variable.AtPlace():
		for i := range p.Trees.Sections {
			if p.Trees.Sections[i].Name == probe.Section {
				e.ID = uint32(i)
			}
		}
		e.Pos = float32(probe.At)
		return e, e.ID == 0
	case probe.Group != "":
		return sonata.Element{ID: uint32(probe.Segment), Pos: 0.5}, false
	}
	return sonata.Element{Pos: 0.5}, true
}

// write writes the report from the file of its trace.
func (r *traceReport) write(w io.WriterAt, open opener) error {
	out, err := sonata.NewReportWriter(w, r.Report)
	if err != nil {
		return err
	}
	frame := make([]float64, len(r.columns))
	var failed error
	err = reading(open, r.file, func(f io.Reader) error {
		_, err := record.ReadRows(f, 0, math.MaxInt64, func(_ int64, _ float64, values []float64) {
			for i, column := range r.columns {
				frame[i] = values[column]
			}
			if failed == nil {
				failed = out.Frame(frame)
			}
		})
		return err
	})
	return firstError(failed, err, out.Close)
}
