package networks

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/record"
	"neurosim/study"
)

// span is a stretch of time that a figure shows, in steps, and the unit of its
// axis.
type span struct {
	from, to int64
	dt       float64 // ms
	clock    network.Clock
	unit     string
	scale    float64 // ms per unit
}

func spanOf(x *Study, start, stop float64) span {
	s := span{from: grid.Steps(start, x.Run.Dt), to: grid.Steps(stop, x.Run.Dt), dt: x.Run.Dt, clock: network.NewClock(x.Run.Dt), unit: "ms", scale: 1}
	if stop-start > 5000 {
		s.unit, s.scale = "s", 1000
	}
	return s
}

// at returns the position of a step on the axis.
func (s span) at(step int64) float64 {
	if s.unit == "s" {
		return s.clock.Seconds(step)
	}
	return s.clock.Ms(step)
}

func (s span) axis() figure.Axis {
	return figure.Axis{Label: "Time", Unit: s.unit, Min: s.at(s.from), Max: s.at(s.to)}
}

// raster draws spikes against time, a panel for each population: NMDA spikes as bars, of each
// group of segments in a colour of its own, spikes as ticks, presentations shaded, silent cells
// as empty rows; and the population rates below.
func raster(x *Study, f Figure, open opener) (figure.Figure, error) {
	r := f.Raster
	t := spanOf(x, r.Start, r.Stop)
	fig := study.Frame(f.Figure)
	fig.ShareX = true
	bands, err := shading(x, t, open)
	if err != nil {
		return fig, err
	}
	height := 14.0
	if r.Spikes {
		panels, err := rasterPanels(x, r, t, bands, open)
		if err != nil {
			return fig, err
		}
		for _, p := range panels {
			height += float64(42 * p.Weight)
		}
		fig.Panels = panels
		bands = nil // the panels above say what was shown when
	}
	if r.Rates {
		p, err := ratesPanel(x, t, r.Populations, open)
		if err != nil {
			return fig, err
		}
		p.Bands = bands
		fig.Panels = append(fig.Panels, p)
		height += 30
	}
	if math.IsNaN(fig.Height) {
		fig.Height = min(height, 220)
	}
	return study.Noted(f.Figure, fig, figure.Meanings{More: rasterSays(x, t, fig)}), nil
}

// rasterPanels draws the cells of each population.
func rasterPanels(x *Study, r *rasterSpec, t span, bands []figure.Band, open opener) ([]figure.Panel, error) {
	panels := map[string]*rasterPanel{}
	var all []*rasterPanel
	for _, name := range r.Populations {
		p := newRasterPanel(x, r, t, x.Network.Population(name))
		p.Bands = bands
		bands = unnamed(bands) // the first panel names them for all
		panels[name], all = p, append(all, p)
	}
	if x.Record.Dendritic {
		err := eachPlateau(x, t, open, func(q plateau) {
			if p := panels[q.population]; p != nil {
				p.plateau(t, q)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	err := readSpikes(x, t, open, func(step int64, population string, cell int) {
		if p := panels[population]; p != nil {
			p.spike(t, step, cell)
		}
	})
	if err != nil {
		return nil, err
	}
	out := make([]figure.Panel, len(all))
	for i, p := range all {
		out[i] = p.Panel
	}
	return out, nil
}

// A rasterPanel is the panel of one population.
type rasterPanel struct {
	figure.Panel
	rows     *rowMap
	groups   map[string]int    // series of the NMDA spikes of a group
	plateaus map[int][]plateau // of cells that are shown
	during   int               // series of spikes during an NMDA spike
	without  int               // of the others
}

func newRasterPanel(x *Study, r *rasterSpec, t span, p *network.Population) *rasterPanel {
	out := &rasterPanel{rows: newRowMap(p.Size(), r.Rows, r.Chosen[p.Name]), groups: map[string]int{}, plateaus: map[int][]plateau{}}
	shown := len(out.rows.cells)
	label := p.Name + " cell"
	if shown < p.Size() {
		label += fmt.Sprintf(" (%d of %d)", shown, p.Size())
	}
	out.Panel = figure.Panel{X: t.axis(), Y: figure.Axis{Label: label, Min: -0.5, Max: float64(shown) - 0.5, Ticks: out.rows.ticks()}, Weight: 1, Legend: true}
	if shown < 30 {
		out.Weight = 0.5
	}
	var groups []string
	for _, g := range p.Segments {
		if x.Record.Dendritic && r.shows(p.Name, g.Name) && detects(x, p.Name, g.Name) {
			groups = append(groups, g.Name)
		}
	}
	for i, g := range groups {
		name := "NMDA spike"
		if len(groups) > 1 {
			name += ", " + g
		}
		out.groups[g] = len(out.Series)
		out.Series = append(out.Series, figure.Series{Name: name, Mark: figure.Spans, Role: figure.Dendritic, Index: i})
	}
	spikes := figure.Series{Name: "Spike", Mark: figure.Raster, Role: roleOf(p.Kind)}
	if len(groups) > 0 { // black: with no help of a segment
		spikes.Name = "Spike during an NMDA spike"
		out.during = len(out.Series)
		out.Series = append(out.Series, spikes)
		spikes = figure.Series{Name: "Spike without one", Mark: figure.Raster}
	}
	out.without = len(out.Series)
	out.Series = append(out.Series, spikes)
	return out
}

// plateau draws the NMDA spike of a segment from its start to its end.
func (p *rasterPanel) plateau(t span, q plateau) {
	series, shown := p.groups[q.group]
	row := p.rows.row(q.cell)
	if !shown || row < 0 {
		return
	}
	s := &p.Series[series]
	s.X, s.X2, s.Y = append(s.X, t.at(q.from)), append(s.X2, t.at(q.to)), append(s.Y, float64(row))
	p.plateaus[q.cell] = append(p.plateaus[q.cell], q)
}

// spike draws a spike, those during an NMDA spike that is shown apart from others.
func (p *rasterPanel) spike(t span, step int64, cell int) {
	row := p.rows.row(cell)
	if row < 0 {
		return
	}
	to := p.without
	if slices.ContainsFunc(p.plateaus[cell], func(q plateau) bool { return q.from <= step && step < q.to }) {
		to = p.during
	}
	p.Series[to].Add(t.at(step), float64(row))
}

// rasterSays says what shading and rates of a raster are.
func rasterSays(x *Study, t span, fig figure.Figure) (says []string) {
	shown := map[string]bool{}
	for _, b := range fig.Panels[0].Bands {
		shown[b.Name] = true
	}
	if len(shown) > 0 {
		says = append(says, "Shaded: presentations of patterns, as long as jitter spreads their spikes ("+jitterSays(x)+"), drawn at least "+
			fmt.Sprintf("%.3g %s wide.", (t.at(t.to)-t.at(t.from))/100, t.unit))
	}
	for _, p := range fig.Panels {
		if p.Y.Unit == "spikes/s" {
			says = append(says, fmt.Sprintf("Rates: mean over the cells of a population in bins of %g ms.", x.Record.RatesBin))
		}
	}
	return says
}

// jitterSays says how the jitter of the presentations is distributed.
func jitterSays(x *Study) string {
	var parts []string
	for _, in := range x.Network.Inputs {
		z := in.Presentations
		part := ""
		switch {
		case z == nil:
			continue
		case z.Jitter == 0:
			part = "none"
		case z.Shape == "gaussian":
			part = fmt.Sprintf("±2 s.d. of %g ms", z.Jitter)
		default:
			part = fmt.Sprintf("uniform over %g ms", z.Jitter)
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func roleOf(k network.Kind) figure.Role {
	switch k {
	case network.SDR:
		return figure.Input
	case network.Inhibitory:
		return figure.Inhibitory
	}
	return figure.Excitatory
}

// rowMap places the cells of a population in rows: those that a user chose, or all, or a
// subset evenly spread from the first to the last.
type rowMap struct {
	cells []int // of the rows, ascending
	chose bool
}

// newRowMap returns the rows of chosen cells, or where there are none of at most so many of all.
func newRowMap(all, most int, chosen []int) *rowMap {
	if chosen != nil {
		return &rowMap{chosen, true}
	}
	m := &rowMap{cells: make([]int, min(all, most))}
	for i := range m.cells {
		if last := len(m.cells) - 1; last > 0 {
			m.cells[i] = i * (all - 1) / last // the last row is the last cell
		}
	}
	return m
}

// row returns the row of a cell, or -1 if it is not shown.
func (m *rowMap) row(cell int) int {
	if i, shown := slices.BinarySearch(m.cells, cell); shown {
		return i
	}
	return -1
}

// ticks labels the rows of a few chosen cells, or else the first and the last row.
func (m *rowMap) ticks() (out []figure.Tick) {
	const few = 8
	last := len(m.cells) - 1
	for row, cell := range m.cells {
		if row == 0 || row == last || m.chose && len(m.cells) <= few {
			out = append(out, figure.Tick{At: float64(row), Label: strconv.Itoa(cell)})
		}
	}
	return out
}

// shading returns the bands of the presentations in the span: from the first to
// the last spike that jitter allows for in practice (±2 standard deviations),
// and at least a hundredth of the span wide.
func shading(x *Study, t span, open opener) ([]figure.Band, error) {
	f, err := open(presentationsFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var bands []figure.Band
	least := (t.at(t.to) - t.at(t.from)) / 100
	err = record.ReadPresentations(f, t.from, t.to, func(p record.Presentation) {
		b := figure.Band{Name: "Stored pattern", Axis: "x", Role: figure.Predicted, Lo: t.at(p.Step), Hi: t.at(p.Step)}
		if p.Pattern < 0 {
			b.Name, b.Role = "Novel pattern", figure.Background
		}
		before, after := x.spread(p.Input)
		b.Lo, b.Hi = b.Lo-before/t.scale, b.Hi+after/t.scale
		if w := b.Hi - b.Lo; w < least {
			b.Hi = b.Lo + least
		}
		b.Lo, b.Hi = max(b.Lo, t.at(t.from)), min(b.Hi, t.at(t.to))
		bands = append(bands, b)
	})
	return bands, err
}

// spread returns how long before and after the time of a presentation of an input its spikes come:
// what jitter allows for in practice (ms), ±2 standard deviations.
func (x *Study) spread(input string) (before, after float64) {
	for _, in := range x.Network.Inputs {
		if in.Name == input && in.Presentations != nil {
			if j := in.Presentations.Jitter; in.Presentations.Shape == "gaussian" {
				return 2 * j, 2 * j
			}
			return 0, in.Presentations.Jitter
		}
	}
	return 0, 0
}

// readSpikes calls each for every spike of the span, from the file of spikes that is there.
func readSpikes(x *Study, t span, open opener, each func(step int64, population string, cell int)) error {
	var missing error
	for _, file := range spikesFiles {
		f, err := open(file.name)
		if errors.Is(err, fs.ErrNotExist) {
			missing = err
			continue
		}
		if err != nil {
			return err
		}
		defer f.Close()
		if file.format == record.CSV {
			return record.ReadSpikes(f, t.from, t.to, each)
		}
		return record.ReadSpikesBinary(f, populationNames(x), t.from, t.to, each)
	}
	return missing
}

// populationNames are the populations, in the order of the configuration.
func populationNames(x *Study) []string {
	return grammar.Names(x.Network.Populations, func(p network.Population) string { return p.Name })
}

// unnamed returns the bands without names, which a legend leaves out.
func unnamed(bands []figure.Band) []figure.Band {
	out := slices.Clone(bands)
	for i := range out {
		out[i].Name = ""
	}
	return out
}

// plateau is one plateau, cut to the span of a figure.
type plateau struct {
	population    string
	cell, segment int
	group         string
	from, to      int64
}

// eachPlateau calls each for every plateau that the span shows a part of, in
// the order of their ends.
func eachPlateau(x *Study, t span, open opener, each func(plateau)) error {
	f, err := open(dendriticFile)
	if err != nil {
		return err
	}
	defer f.Close()
	longest := int64(0)
	for _, p := range x.Network.Populations {
		if p.Trees != nil {
			longest = t.from // there is no longest NMDA spike
		}
		for _, g := range p.Segments {
			longest = max(longest, grid.Steps(g.Plateau, t.dt))
		}
	}
	type key struct {
		population, group string
		cell, segment     int
	}
	open_ := map[key]int64{}
	var order []key
	emit := func(k key, from, to int64) {
		if from, to = max(from, t.from), min(to, t.to); from < to {
			each(plateau{k.population, k.cell, k.segment, k.group, from, to})
		}
	}
	err = record.ReadDendritic(f, t.from-longest-1, t.to, func(e record.DendriticEvent) {
		k := key{e.Population, e.Group, e.Cell, e.Segment}
		if e.Start {
			open_[k] = e.Step
			order = append(order, k)
		} else if from, ok := open_[k]; ok {
			emit(k, from, e.Step)
			delete(open_, k)
		}
	})
	for _, k := range order { // plateaus that last beyond the span
		if from, ok := open_[k]; ok {
			emit(k, from, t.to)
			delete(open_, k)
		}
	}
	return err
}

// readTable reads the rows of a file of traces or rates in the span.
func readTable(name string, t span, open opener) (*record.Table, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return record.ReadTable(f, t.from, t.to)
}

// ratesPanel draws the population rates.
func ratesPanel(x *Study, t span, names []string, open opener) (figure.Panel, error) {
	p := figure.Panel{X: t.axis(), Y: figure.Axis{Label: "Rate", Unit: "spikes/s"}, Weight: 0.7, Legend: true}
	table, err := readTable(ratesFile, t, open)
	if err != nil {
		return p, err
	}
	same := map[figure.Role]int{}
	for _, name := range names {
		c := table.Column(name)
		if c == nil {
			continue
		}
		s := figure.Series{Name: name, Mark: figure.Steps, Role: roleOf(x.Network.Population(name).Kind)}
		s.Index = same[s.Role]
		same[s.Role]++
		for i, step := range table.Steps {
			s.Add(t.at(step), c.Values[i])
		}
		p.Series = append(p.Series, s)
	}
	return p, nil
}
