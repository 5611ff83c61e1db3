package networks

import (
	"fmt"
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

// raster draws spikes against time, a panel for each population: plateaus of
// NMDA spikes as bars, spikes as ticks, presentations shaded, silent cells as
// empty rows; and the population rates below.
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
	rows := map[string]*rowMap{}
	for _, name := range r.Populations {
		p := x.Network.Population(name)
		m := newRowMap(p.Size(), r.Rows)
		rows[name] = m
		label := name + " cell"
		if m.shown < m.cells {
			label += fmt.Sprintf(" (%d of %d)", m.shown, m.cells)
		}
		panel := figure.Panel{
			X: t.axis(), Y: figure.Axis{Label: label, Min: -0.5, Max: float64(m.shown) - 0.5, Ticks: m.ticks()},
			Bands: bands, Weight: 1,
			Series: []figure.Series{{Name: "Spike", Mark: figure.Raster, Role: roleOf(p.Kind)}},
		}
		panel.Legend = true
		bands = unnamed(bands) // the first panel names them for all
		if len(p.Segments) > 0 {
			panel.Series = append([]figure.Series{{Name: "NMDA spike", Mark: figure.Spans, Role: figure.Dendritic}}, panel.Series...)
			if x.Record.Dendritic { // black: with no help of a segment
				panel.Series[1].Name = "Spike during an NMDA spike"
				panel.Series = append(panel.Series, figure.Series{Name: "Spike without one", Mark: figure.Raster})
			}
		}
		if p.Size() < 30 {
			panel.Weight = 0.5
		}
		height += float64(42 * panel.Weight)
		fig.Panels = append(fig.Panels, panel)
	}
	plateaus := map[cellOf][]plateau{}
	if x.Record.Dendritic {
		if err := addPlateaus(x, t, &fig, r.Populations, rows, plateaus, open); err != nil {
			return fig, err
		}
	}
	if err := addSpikes(x, t, &fig, r.Populations, rows, plateaus, open); err != nil {
		return fig, err
	}
	if r.Rates {
		p, err := ratesPanel(x, t, r.Populations, open)
		if err != nil {
			return fig, err
		}
		fig.Panels = append(fig.Panels, p)
		height += 30
	}
	if math.IsNaN(fig.Height) {
		fig.Height = min(height, 220)
	}
	return study.Noted(f.Figure, fig, figure.Meanings{More: rasterSays(x, t, fig)}), nil
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

// rowMap places the cells of a population in rows: all of them, or a subset
// evenly spread from the first to the last.
type rowMap struct {
	cells, shown int
}

func newRowMap(cells, most int) *rowMap { return &rowMap{cells, min(cells, most)} }

// cell returns the cell that row i shows, ⌊i·(cells-1)/(shown-1)⌋: the last row is
// the last cell.
func (m *rowMap) cell(row int) int {
	if m.shown == 1 {
		return 0
	}
	return row * (m.cells - 1) / (m.shown - 1)
}

// row returns the row of a cell, or -1 if it is not shown.
func (m *rowMap) row(cell int) int {
	if m.shown == 1 {
		return min(0, -cell)
	}
	i := (cell*(m.shown-1) + m.cells - 2) / (m.cells - 1)
	if i < m.shown && m.cell(i) == cell {
		return i
	}
	return -1
}

// ticks labels the first and the last row with their cells.
func (m *rowMap) ticks() []figure.Tick {
	label := func(row int) figure.Tick {
		return figure.Tick{At: float64(row), Label: strconv.Itoa(m.cell(row))}
	}
	if m.shown == 1 {
		return []figure.Tick{label(0)}
	}
	return []figure.Tick{label(0), label(m.shown - 1)}
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
		for _, in := range x.Network.Inputs {
			if in.Name == p.Input && in.Presentations != nil {
				j := in.Presentations.Jitter / t.scale
				if in.Presentations.Shape == "gaussian" {
					b.Lo -= 2 * j
					j *= 2
				}
				b.Hi += j
			}
		}
		if w := b.Hi - b.Lo; w < least {
			b.Hi = b.Lo + least
		}
		b.Lo, b.Hi = max(b.Lo, t.at(t.from)), min(b.Hi, t.at(t.to))
		bands = append(bands, b)
	})
	return bands, err
}

// addSpikes draws the spikes, those during a plateau of the cell apart from others.
func addSpikes(x *Study, t span, fig *figure.Figure, names []string, rows map[string]*rowMap, plateaus map[cellOf][]plateau, open opener) error {
	type pair struct{ during, without *figure.Series }
	series := map[string]pair{}
	for i, name := range names {
		s := fig.Panels[i].Series
		last := &s[len(s)-1]
		series[name] = pair{last, last}
		if len(s) == 3 {
			series[name] = pair{&s[1], last}
		}
	}
	return readSpikes(x, t, open, func(step int64, population string, cell int) {
		s := series[population].without
		if s == nil {
			return
		}
		for _, p := range plateaus[cellOf{population, cell}] {
			if p.from <= step && step < p.to {
				s = series[population].during
			}
		}
		if row := rows[population].row(cell); row >= 0 {
			s.Add(t.at(step), float64(row))
		}
	})
}

// readSpikes calls each for every spike of the span.
func readSpikes(x *Study, t span, open opener, each func(step int64, population string, cell int)) error {
	f, err := open(spikesFile(x.Record.Format))
	if err != nil {
		return err
	}
	defer f.Close()
	if x.Record.Format != "binary" {
		return record.ReadSpikes(f, t.from, t.to, each)
	}
	names := grammar.Names(x.Network.Populations, func(p network.Population) string { return p.Name })
	return record.ReadSpikesBinary(f, names, t.from, t.to, each)
}

// unnamed returns the bands without names, which a legend leaves out.
func unnamed(bands []figure.Band) []figure.Band {
	out := slices.Clone(bands)
	for i := range out {
		out[i].Name = ""
	}
	return out
}

// cellOf is a cell of a population.
type cellOf struct {
	population string
	cell       int
}

// addPlateaus draws each plateau from its start to its end, or to the end of the
// span, and sorts those that are shown by their cells.
func addPlateaus(x *Study, t span, fig *figure.Figure, names []string, rows map[string]*rowMap, plateaus map[cellOf][]plateau, open opener) error {
	series := map[string]*figure.Series{}
	for i, name := range names {
		if s := fig.Panels[i].Series; s[0].Mark == figure.Spans {
			series[name] = &s[0]
		}
	}
	return eachPlateau(x, t, open, func(p plateau) {
		s := series[p.population]
		if s == nil {
			return
		}
		if row := rows[p.population].row(p.cell); row >= 0 {
			s.X, s.X2, s.Y = append(s.X, t.at(p.from)), append(s.X2, t.at(p.to)), append(s.Y, float64(row))
			of := cellOf{p.population, p.cell}
			plateaus[of] = append(plateaus[of], p)
		}
	})
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
