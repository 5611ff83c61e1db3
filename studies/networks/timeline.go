package networks

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"

	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/record"
	"neurosim/study"
	"neurosim/timeline"
)

// What a timeline holds at most: a report of it then has less than 20 MB.
const (
	maxShownSpikes   = 2_000_000
	maxShownNMDA     = 300_000 // about, as for spikes: cells are shown whole
	maxShownSynapses = 500_000 // rows of active ones, and synapses of the wiring
	maxShownNumbers  = 800_000 // of all charts
	maxShownColumns  = 2000    // of all tables
	maxShownVertices = 150_000 // of the drawings of cells
	maxPresented     = 100_000
)

// course reads what happened in a finished run of a network from its recordings.
func course(s study.Study, open func(name string) (io.ReadCloser, error)) (*timeline.Timeline, error) {
	x := s.(*Study)
	r := courseReader{x: x, open: open, at: map[string]int{}, t: &timeline.Timeline{Dt: x.Run.Dt, Steps: x.Network.Steps}}
	for i := range x.Network.Populations {
		p := &x.Network.Populations[i]
		r.at[p.Name] = i
		out := timeline.Population{Name: p.Name, Kind: string(p.Kind), Cells: p.Size(), Every: 1, Recorded: slices.Contains(x.Record.Spikes, p.Name)}
		for j := range p.Segments {
			if detects(x, p.Name, p.Segments[j].Name) {
				out.Groups = append(out.Groups, r.group(p, j))
			}
		}
		r.t.Populations = append(r.t.Populations, out)
	}
	for _, read := range []func() error{r.trees, r.thin, r.spikes, r.nmdaSpikes, r.synapses, r.presentations, r.charts} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	r.wiring()
	return r.t, nil
}

// A courseReader fills a timeline.
type courseReader struct {
	x    *Study
	open opener
	at   map[string]int // population → index
	t    *timeline.Timeline
}

func (r *courseReader) note(format string, args ...any) {
	r.t.Notes = append(r.t.Notes, fmt.Sprintf(format, args...))
}

// group describes segments.
func (r *courseReader) group(p *network.Population, j int) timeline.Group {
	g := &p.Segments[j]
	out := timeline.Group{Name: g.Name, Zone: string(g.Zone), Count: g.Count, Explained: -1}
	if g.Place == nil {
		out.Theta, out.Window = g.Theta, grid.Steps(g.Window, r.x.Run.Dt)
	} else {
		out.Level = g.Place.Detect.Level
		out.Sections, out.From, out.To = sectionsOf(p, g), g.Place.From, g.Place.To
	}
	for _, q := range r.projections(p, g) {
		out.Projections = append(out.Projections, timeline.Projection{Name: q.Name, Source: q.Source, Inhibits: q.Sign == network.Inhibit})
	}
	return out
}

// projections returns those onto a group.
func (r *courseReader) projections(p *network.Population, g *network.Segments) (out []*network.Projection) {
	for i := range r.x.Network.Projections {
		if q := &r.x.Network.Projections[i]; q.Target == p.Name && q.Group == g.Name {
			out = append(out, q)
		}
	}
	return out
}

// thin chooses which cells are shown: of a population with more spikes or NMDA spikes than its share
// every n-th, so that what is shown of a cell is whole.
func (r *courseReader) thin() error {
	spikes, nmda := make([]int64, len(r.t.Populations)), make([]int64, len(r.t.Populations))
	if len(r.x.Record.Spikes) > 0 {
		err := readSpikes(r.x, span{to: math.MaxInt64}, r.open, func(_ int64, population string, _ int) { spikes[r.at[population]]++ })
		if err != nil {
			return err
		}
	}
	err := r.eachNMDAEvent(func(e record.DendriticEvent) {
		if e.Start {
			nmda[r.at[e.Population]]++
		}
	})
	if err != nil {
		return err
	}
	for i := range r.t.Populations {
		r.t.Populations[i].Total = spikes[i]
	}
	bySpikes, byNMDA := everyNth(spikes, maxShownSpikes), everyNth(nmda, maxShownNMDA)
	for i := range r.t.Populations {
		p := &r.t.Populations[i]
		if p.Every = max(bySpikes[i], byNMDA[i]); p.Every > 1 {
			r.note("%s: every %s cell is shown against time, %d of %d cells; its files have all %d spikes and %d NMDA spikes",
				p.Name, ordinal(p.Every), (p.Cells+p.Every-1)/p.Every, p.Cells, spikes[i], nmda[i])
		}
	}
	return nil
}

// everyNth divides a number of marks among populations and returns of each the n of which every
// n-th cell is shown; and so of tables, columns and numbers. Those of few marks are shown whole; the
// others share what is left.
func everyNth(counts []int64, most int64) []int {
	order, every := make([]int, len(counts)), make([]int, len(counts))
	for i := range order {
		order[i], every[i] = i, 1
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[a], counts[b]) })
	for k, i := range order {
		share := max(1, most/int64(len(order)-k))
		if counts[i] > share {
			every[i] = int((counts[i] + share - 1) / share)
		}
		most -= min(share, counts[i])
	}
	return every
}

// spikes reads those of the cells that are shown.
func (r *courseReader) spikes() error {
	if len(r.x.Record.Spikes) == 0 {
		return nil
	}
	return readSpikes(r.x, span{to: math.MaxInt64}, r.open, func(step int64, population string, cell int) {
		if p := &r.t.Populations[r.at[population]]; cell%p.Every == 0 {
			p.Spikes = append(p.Spikes, timeline.Spike{Step: step, Cell: int32(cell)})
		}
	})
}

// ordinal writes a number as a place in an order.
func ordinal(n int) string {
	ending := "th"
	if n%100/10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return fmt.Sprint(n, ending)
}

// groupOf returns a group of the timeline, nil for none.
func (r *courseReader) groupOf(population, group string) *timeline.Group {
	p := &r.t.Populations[r.at[population]]
	if i := slices.IndexFunc(p.Groups, func(g timeline.Group) bool { return g.Name == group }); i >= 0 {
		return &p.Groups[i]
	}
	return nil
}

// eachNMDAEvent calls each for the start and the end of every NMDA spike.
func (r *courseReader) eachNMDAEvent(each func(e record.DendriticEvent)) error {
	if !r.x.Record.Dendritic {
		return nil
	}
	f, err := r.open(dendriticFile)
	if err != nil {
		return err
	}
	defer f.Close()
	return record.ReadDendritic(f, 0, math.MaxInt64, each)
}

// nmdaSpikes reads the NMDA spikes of the cells that are shown.
func (r *courseReader) nmdaSpikes() error {
	type segment struct {
		g             *timeline.Group
		cell, segment int
	}
	running := map[segment]int{} // the last one of each
	return r.eachNMDAEvent(func(e record.DendriticEvent) {
		p, g := &r.t.Populations[r.at[e.Population]], r.groupOf(e.Population, e.Group)
		if e.Start {
			g.Total++
		}
		at := segment{g, e.Cell, e.Segment}
		switch i, is := running[at]; {
		case e.Cell%p.Every != 0:
		case e.Start:
			running[at] = len(g.Spikes)
			g.Spikes = append(g.Spikes, timeline.NMDASpike{Start: e.Step, End: -1, Peak: math.NaN(), Cell: int32(e.Cell), Segment: int32(e.Segment)})
		case is:
			g.Spikes[i].End, g.Spikes[i].Peak = e.Step, e.Peak
			delete(running, at)
		}
	})
}

// synapses reads the synapses at the starts of the NMDA spikes that are shown.
func (r *courseReader) synapses() error {
	if !r.x.Record.Synapses {
		return nil
	}
	f, err := r.open(synapsesFile)
	if err != nil {
		return err
	}
	defer f.Close()
	type start struct {
		g             *timeline.Group
		step          int64
		cell, segment int32
	}
	index := map[start]int{}
	for i := range r.t.Populations {
		for j := range r.t.Populations[i].Groups {
			g := &r.t.Populations[i].Groups[j]
			for k, s := range g.Spikes {
				index[start{g, s.Start, s.Cell, s.Segment}] = k
			}
		}
	}
	placers, bad := map[*timeline.Group]*placer{}, error(nil)
	rows, last, full := 0, int64(-1), false // last: start of the last NMDA spikes that are explained
	err = record.ReadSynapses(f, 0, math.MaxInt64, func(a record.ActiveSynapse) {
		if full = full || rows >= maxShownSynapses && a.Step > last; full {
			return
		}
		last = a.Step
		g := r.groupOf(a.Population, a.Group)
		k, is := index[start{g, a.Step, int32(a.Cell), int32(a.Segment)}]
		if !is {
			return
		}
		q := slices.IndexFunc(g.Projections, func(q timeline.Projection) bool { return q.Name == a.Projection })
		along, known := r.along(placers, g, &a)
		if q < 0 || !known {
			bad = cmp.Or(bad, fmt.Errorf("%s: at step %d it names synapse %d of projection %q on %s cell %d, which has none", synapsesFile, a.Step, a.Synapse, a.Projection, a.Population, a.Cell))
			return
		}
		g.Spikes[k].Synapses = append(g.Spikes[k].Synapses, timeline.Active{Projection: int32(q), Number: int32(a.Synapse), Source: int32(a.SourceCell), Pattern: int32(a.Pattern), Arrival: a.Arrival, Weight: a.Weight, Along: along})
		rows++
	})
	if !full {
		last = r.x.Network.Steps
	} else {
		clock := network.NewClock(r.x.Run.Dt)
		r.note("the synapses of the NMDA spikes until %g ms are here, %d rows; %s has all", clock.Ms(last), rows, synapsesFile)
	}
	for i := range r.t.Populations {
		for j := range r.t.Populations[i].Groups {
			r.t.Populations[i].Groups[j].Explained = last
		}
	}
	return err
}

// presentations reads when patterns were shown.
func (r *courseReader) presentations() error {
	shows := false
	for _, in := range r.x.Network.Inputs {
		shows = shows || in.Presentations != nil
	}
	if !shows {
		return nil
	}
	f, err := r.open(presentationsFile)
	if err != nil {
		return err
	}
	defer f.Close()
	all := 0
	err = record.ReadPresentations(f, 0, math.MaxInt64, func(p record.Presentation) {
		if all++; all <= maxPresented {
			before, after := r.x.spread(p.Input)
			steps := func(ms float64) int64 { return int64(math.Round(ms / r.x.Run.Dt)) }
			r.t.Shown = append(r.t.Shown, timeline.Presentation{From: max(0, p.Step-steps(before)), To: p.Step + steps(after), Input: p.Input, Pattern: p.Pattern})
		}
	})
	if all > maxPresented {
		r.note("of %d presentations, the first %d are shown; %s has all", all, maxPresented, presentationsFile)
	}
	return err
}

// charts reads rates and traces.
func (r *courseReader) charts() error {
	rates, err := r.table(ratesFile)
	if err != nil {
		return err
	}
	var tables []courseTable
	if rates != nil {
		width := rates.Columns[0]
		if width.Name != "width" {
			return fmt.Errorf("%s: its first column is %q, not the width of the bin", ratesFile, width.Name)
		}
		tables = append(tables, courseTable{"rates", ratesFile, rates.Steps, rates.Columns[1:], grid.Steps(r.x.Record.RatesBin, r.x.Run.Dt)})
	}
	for _, t := range r.x.Traces {
		table, err := r.table(traceFile(t.Name))
		if err != nil {
			return err
		}
		if table != nil {
			tables = append(tables, courseTable{t.Name, traceFile(t.Name), table.Steps, table.Columns, 0})
		}
	}
	r.thinTables(tables)
	for _, t := range tables {
		r.addCharts(t)
	}
	return nil
}

// A courseTable is a table of values against time.
type courseTable struct {
	name, file string
	steps      []int64
	columns    []record.Column
	bin        int64 // as in timeline.Chart
}

// thinTables leaves of tables what there is room for: of too many columns every n-th, and of too many
// numbers the extremes of every few rows. Small tables stay whole.
func (r *courseReader) thinTables(tables []courseTable) {
	counts, numbers := make([]int64, len(tables)), make([]int64, len(tables))
	for i, t := range tables {
		counts[i] = int64(len(t.columns))
	}
	for i, every := range everyNth(counts, maxShownColumns) {
		t := &tables[i]
		if all := len(t.columns); every > 1 {
			t.columns = stride(t.columns, every)
			r.note("every %s column of %s is here, %d of %d", ordinal(every), t.file, len(t.columns), all)
		}
		numbers[i] = int64(len(t.columns)) * int64(len(t.steps))
	}
	for i, factor := range everyNth(numbers, maxShownNumbers) {
		t := &tables[i]
		rows, bin := len(t.steps), 0
		if factor > 1 {
			t.steps, bin = extremes(t.steps, t.columns, factor)
		}
		if bin > 0 {
			r.note("of every %d of the %d rows of %s, the lowest and the highest value are shown", bin, rows, t.file)
		}
	}
}

// stride returns every n-th of a list, from the first.
func stride[T any](list []T, n int) (out []T) {
	for i := 0; i < len(list); i += n {
		out = append(out, list[i])
	}
	return out
}

// addCharts adds a chart for each unit of a table.
func (r *courseReader) addCharts(t courseTable) {
	first := len(r.t.Charts)
	for _, c := range t.columns {
		i := first + slices.IndexFunc(r.t.Charts[first:], func(chart timeline.Chart) bool { return chart.Unit == c.Unit })
		if i < first {
			i = len(r.t.Charts)
			r.t.Charts = append(r.t.Charts, timeline.Chart{Name: t.name, File: t.file, Unit: c.Unit, Steps: t.steps, Bin: t.bin})
		}
		r.t.Charts[i].Lines = append(r.t.Charts[i].Lines, timeline.Line{Name: c.Name, Values: c.Values})
	}
}

// table reads a table of values against time; nil where the run has none.
func (r *courseReader) table(file string) (*record.Table, error) {
	f, err := r.open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return record.ReadTable(f, 0, math.MaxInt64)
}

// extremes keeps two of so many rows that are factor times less: the lowest and the highest value
// of each column among them, in their order, so that no peak is lost. It returns the steps that
// are left and how many rows made two of them; 0 where all are left.
func extremes(steps []int64, columns []record.Column, factor int) (left []int64, bin int) {
	bin = 2 * factor
	rows := len(steps)
	if rows <= bin {
		return steps, 0
	}
	for from := 0; from < rows; from += bin {
		left = append(left, steps[from])
		if to := min(from+bin, rows); to-from > 1 {
			left = append(left, steps[from+(to-from)/2])
		}
	}
	for i := range columns {
		c := &columns[i]
		values := make([]float64, 0, len(left))
		for from := 0; from < rows; from += bin {
			part := c.Values[from:min(from+bin, rows)]
			lo, hi := 0, 0
			for k, v := range part {
				if v < part[lo] {
					lo = k
				}
				if v > part[hi] {
					hi = k
				}
			}
			values = append(values, part[min(lo, hi)])
			if len(part) > 1 {
				values = append(values, part[max(lo, hi)])
			}
		}
		c.Values = values
	}
	return left, bin
}

// wiring adds the synapses of threshold segments, from which and from the spikes their overlaps
// follow, where the spikes tell all that reached them.
func (r *courseReader) wiring() {
	left := float64(maxShownSynapses)
	for i := range r.t.Populations {
		p := &r.t.Populations[i]
		spec := &r.x.Network.Populations[i]
		for j := range p.Groups {
			g := &p.Groups[j]
			if g.Theta == 0 {
				continue
			}
			k := slices.IndexFunc(spec.Segments, func(s network.Segments) bool { return s.Name == g.Name })
			var many float64
			g.NoWiring, many = r.unknown(spec, &spec.Segments[k])
			shown := (p.Cells + p.Every - 1) / p.Every
			if many = float64(many * float64(shown)); g.NoWiring == "" && many > left {
				g.NoWiring = fmt.Sprintf("the cells have about %.3g synapses, and a report holds %d", many, maxShownSynapses)
			}
			if g.NoWiring != "" {
				continue
			}
			left -= many
			a := network.NewAfferents(&r.x.Network, i, k)
			for cell := 0; cell < p.Cells; cell += p.Every {
				synapses := timeline.CellSynapses{}
				for _, s := range a.Of(cell) {
					q := slices.IndexFunc(a.Projections, func(q network.AfferentProjection) bool { return q.Index == int(s.Projection) })
					if !g.Projections[q].Inhibits {
						synapses = append(synapses, timeline.Synapse{Segment: int32(s.Segment), Projection: int32(q), Source: s.Source, Delay: s.Delay})
					}
				}
				g.Wiring = append(g.Wiring, synapses)
			}
		}
	}
}

// unknown says why the overlaps of segments do not follow from the spikes that are shown; "":
// they do. It returns the mean number of excitatory synapses of a cell.
func (r *courseReader) unknown(p *network.Population, g *network.Segments) (why string, synapses float64) {
	for _, q := range r.projections(p, g) {
		if q.Sign == network.Inhibit {
			continue
		}
		source := &r.t.Populations[r.at[q.Source]]
		switch {
		case !q.Reliable():
			why = fmt.Sprintf("synapses of %s may fail, which the spikes do not tell", q.Name)
		case !source.Recorded:
			why = fmt.Sprintf("the spikes of %s are not recorded", q.Source)
		case source.Every > 1:
			why = fmt.Sprintf("only every %s cell of %s is shown", ordinal(source.Every), q.Source)
		}
		per := r.x.Network.MeanPerCell(q)
		if q.Table != nil {
			per = float64(len(q.Table.Cell)) / float64(p.Size())
		}
		synapses += per
	}
	return why, synapses
}
