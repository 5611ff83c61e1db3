package record

import (
	"io"
	"math"
	"slices"
	"strings"

	"neurosim/internal/dictionary"
	"neurosim/internal/npz"
	"neurosim/network"
)

// What is in files is written again as arrays of NumPy, in one reading for each array, so
// that the memory does not grow with the recording. The package comment describes the arrays.

// A Spike is a spike of a cell.
type Spike struct {
	Step       int64
	Population string
	Cell       int
}

// SpikesNPZ writes spikes as arrays. read calls each for every spike, in order, and is called
// several times; populations are all that there are, in the order of the configuration; dt is
// the length of a step (ms).
func SpikesNPZ(w io.Writer, dt float64, populations []string, read func(each func(Spike)) error) error {
	clock := newClockOf(dt)
	return writeArrays(w, read, map[string][]string{"populations": populations}, []array[Spike]{
		{"step", npz.Int64, func(a *npz.Array, s *Spike) { a.Int(s.Step) }},
		{"time_ms", npz.Float64, func(a *npz.Array, s *Spike) { a.Float(clock.at(s.Step)) }},
		{"population", npz.Uint16, func(a *npz.Array, s *Spike) { a.Int(index(populations, s.Population)) }},
		{"cell", npz.Uint32, func(a *npz.Array, s *Spike) { a.Int(int64(s.Cell)) }},
	})
}

// DendriticNPZ writes the starts and ends of NMDA spikes as arrays. groups are the names of
// the groups of segments, each once.
func DendriticNPZ(w io.Writer, dt float64, populations, groups []string, read func(each func(DendriticEvent)) error) error {
	clock := newClockOf(dt)
	return writeArrays(w, read, map[string][]string{"populations": populations, "groups": groups}, []array[DendriticEvent]{
		{"step", npz.Int64, func(a *npz.Array, e *DendriticEvent) { a.Int(e.Step) }},
		{"time_ms", npz.Float64, func(a *npz.Array, e *DendriticEvent) { a.Float(clock.at(e.Step)) }},
		{"population", npz.Uint16, func(a *npz.Array, e *DendriticEvent) { a.Int(index(populations, e.Population)) }},
		{"cell", npz.Uint32, func(a *npz.Array, e *DendriticEvent) { a.Int(int64(e.Cell)) }},
		{"group", npz.Uint16, func(a *npz.Array, e *DendriticEvent) { a.Int(index(groups, e.Group)) }},
		{"segment", npz.Uint32, func(a *npz.Array, e *DendriticEvent) { a.Int(int64(e.Segment)) }},
		{"start", npz.Bool, func(a *npz.Array, e *DendriticEvent) {
			if e.Start {
				a.Int(1)
			} else {
				a.Int(0)
			}
		}},
		{"peak_mV", npz.Float64, func(a *npz.Array, e *DendriticEvent) { a.Float(e.Peak) }},
	})
}

// SynapsesNPZ writes the synapses at the starts of NMDA spikes as arrays. projections are the names
// of all projections.
func SynapsesNPZ(w io.Writer, dt float64, populations, groups, projections []string, read func(each func(ActiveSynapse)) error) error {
	start, arrival := newClockOf(dt), newClockOf(dt)
	return writeArrays(w, read, map[string][]string{"populations": populations, "groups": groups, "projections": projections}, []array[ActiveSynapse]{
		{"step", npz.Int64, func(a *npz.Array, s *ActiveSynapse) { a.Int(s.Step) }},
		{"time_ms", npz.Float64, func(a *npz.Array, s *ActiveSynapse) { a.Float(start.at(s.Step)) }},
		{"population", npz.Uint16, func(a *npz.Array, s *ActiveSynapse) { a.Int(index(populations, s.Population)) }},
		{"cell", npz.Uint32, func(a *npz.Array, s *ActiveSynapse) { a.Int(int64(s.Cell)) }},
		{"group", npz.Uint16, func(a *npz.Array, s *ActiveSynapse) { a.Int(index(groups, s.Group)) }},
		{"segment", npz.Uint32, func(a *npz.Array, s *ActiveSynapse) { a.Int(int64(s.Segment)) }},
		{"projection", npz.Uint16, func(a *npz.Array, s *ActiveSynapse) { a.Int(index(projections, s.Projection)) }},
		{"synapse", npz.Uint32, func(a *npz.Array, s *ActiveSynapse) { a.Int(int64(s.Synapse)) }},
		{"source_population", npz.Uint16, func(a *npz.Array, s *ActiveSynapse) { a.Int(index(populations, s.Source)) }},
		{"source_cell", npz.Uint32, func(a *npz.Array, s *ActiveSynapse) { a.Int(int64(s.SourceCell)) }},
		{"arrival_step", npz.Int64, func(a *npz.Array, s *ActiveSynapse) { a.Int(s.Arrival) }},
		{"arrival_ms", npz.Float64, func(a *npz.Array, s *ActiveSynapse) { a.Float(arrival.at(s.Arrival)) }},
		{"weight", npz.Float64, func(a *npz.Array, s *ActiveSynapse) { a.Float(s.Weight) }},
		{"pattern", npz.Int64, func(a *npz.Array, s *ActiveSynapse) { a.Int(int64(s.Pattern)) }},
	})
}

// PresentationsNPZ writes presentations as arrays. inputs are the names of the inputs.
func PresentationsNPZ(w io.Writer, dt float64, inputs []string, read func(each func(Presentation)) error) error {
	clock := newClockOf(dt)
	return writeArrays(w, read, map[string][]string{"inputs": inputs}, []array[Presentation]{
		{"step", npz.Int64, func(a *npz.Array, p *Presentation) { a.Int(p.Step) }},
		{"time_ms", npz.Float64, func(a *npz.Array, p *Presentation) { a.Float(clock.at(p.Step)) }},
		{"input", npz.Uint16, func(a *npz.Array, p *Presentation) { a.Int(index(inputs, p.Input)) }},
		{"presentation", npz.Int64, func(a *npz.Array, p *Presentation) { a.Int(p.Number) }},
		{"pattern", npz.Int64, func(a *npz.Array, p *Presentation) { a.Int(int64(p.Pattern)) }},
	})
}

// TableNPZ writes a file of Traces or Rates as arrays. open opens the file, from its
// beginning, and is called several times.
func TableNPZ(w io.Writer, open func() (io.ReadCloser, error)) error {
	var columns []Column
	read := func(row func(step int64, ms float64, values []float64)) error {
		f, err := open()
		if err != nil {
			return err
		}
		defer f.Close()
		columns, err = ReadRows(f, 0, math.MaxInt64, row)
		return err
	}
	rows := int64(0)
	if err := read(func(int64, float64, []float64) { rows++ }); err != nil {
		return err
	}
	z := npz.NewWriter(w)
	z.Array("step", npz.Int64, []int64{rows}, func(a *npz.Array) error { // errors stay in z
		return read(func(step int64, _ float64, _ []float64) { a.Int(step) })
	})
	z.Array("time_ms", npz.Float64, []int64{rows}, func(a *npz.Array) error {
		return read(func(_ int64, ms float64, _ []float64) { a.Float(ms) })
	})
	z.Array("values", npz.Float64, []int64{rows, int64(len(columns))}, func(a *npz.Array) error {
		return read(func(_ int64, _ float64, values []float64) {
			for _, x := range values {
				a.Float(x)
			}
		})
	})
	var names, units []string
	for _, c := range columns {
		names, units = append(names, c.Name), append(units, c.Unit)
	}
	z.Strings("columns", names)
	z.Strings("units", units)
	return z.Close()
}

// EventArrays says what the arrays of a file of spikes, NMDA spikes or presentations hold, of
// what the file holds.
func EventArrays(file string, of dictionary.File) dictionary.File {
	f := dictionary.File{Text: "The rows of " + file + " as arrays of NumPy, a value for each row in every array but the lists of names."}
	var lists []dictionary.Column
	for _, c := range of.Columns {
		switch c.Name {
		case "source_population":
			c.Text = "index from 0 into the array populations, of the source cell"
		case "pattern":
			c.Text = strings.Replace(c.Text, "empty where", "-1 where", 1)
		case "population", "group", "input", "projection":
			lists = append(lists, dictionary.Column{Name: c.Name + "s", Text: "names, to which the array " + c.Name + " points"})
			c.Text = "index from 0 into the array " + c.Name + "s"
		case "event":
			c.Name, c.Text = "start", "true: a start; false: an end"
		case "peak_mV":
			c.Text = "of an end: highest potential of the NMDA spike; NaN where there is none"
		}
		f.Columns = append(f.Columns, c)
	}
	if file == "spikes.bin" {
		f.Columns = slices.Insert(f.Columns, 1, timeColumns("")[1])
	}
	f.Columns = append(f.Columns, lists...)
	return f
}

// TableArrays says what the arrays of a file of Traces or Rates hold.
func TableArrays(file string) dictionary.File {
	return dictionary.File{Text: "The rows of " + file + " as arrays of NumPy.",
		Columns: append(timeColumns("of the row"), dictionary.Columns([][3]string{
			{"values", "", "values[row, column], in the units of the columns"},
			{"columns", "", "name of each column of values"},
			{"units", "", "unit of each column of values"},
		})...)}
}

// array is one array of events: of what, and how it is stored.
type array[E any] struct {
	name string
	of   npz.Type
	add  func(a *npz.Array, e *E)
}

// writeArrays writes arrays of events, and lists of names.
func writeArrays[E any](w io.Writer, read func(each func(E)) error, names map[string][]string, arrays []array[E]) error {
	count := int64(0)
	if err := read(func(E) { count++ }); err != nil {
		return err
	}
	z := npz.NewWriter(w)
	for _, c := range arrays {
		z.Array(c.name, c.of, []int64{count}, func(a *npz.Array) error { // errors stay in z
			return read(func(e E) { c.add(a, &e) })
		})
	}
	for _, list := range []string{"populations", "groups", "projections", "inputs"} {
		if texts, has := names[list]; has {
			z.Strings(list, texts)
		}
	}
	return z.Close()
}

// index is the place of a name in a list, -1 if it is not there, which no array holds.
func index(names []string, name string) int64 { return int64(slices.Index(names, name)) }

// stepClock gives the times of steps, of which several in turn are often equal.
type stepClock struct {
	network.Clock
	step int64
	ms   float64
}

func newClockOf(dt float64) *stepClock { return &stepClock{Clock: network.NewClock(dt)} }

func (c *stepClock) at(step int64) float64 {
	if step != c.step {
		c.step, c.ms = step, c.Ms(step)
	}
	return c.ms
}
