package networks

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/figure"
	"neurosim/network"
	"neurosim/record"
	"neurosim/study"
)

// tracePanels are the variables of a trace, in the order of their panels.
var tracePanels = []struct {
	variable network.Variable
	label    string
}{
	{network.Overlap, "Overlap"},
	{network.Plateaus, "Segments in plateau"},
	{network.Isyn, "Synaptic current"},
	{network.Vseg, "Dendritic potential"},
	{network.GSyn, "Synaptic conductance"},
	{network.V, "Potential"},
	{network.Vm, "Membrane potential"},
	{network.Ca, "Calcium"},
	{network.ECa, "E_{Ca}"},
	{network.Ionic, "Current of all channels"},
	{network.ICh, "Channel current"},
	{network.GCh, "Channel conductance"},
	{network.GateX, "Gate"},
	{network.Electrode, "Current"},
}

// traces draws recorded traces of cells against time: a panel for each variable,
// with θ and the spike threshold as rules, the plateaus of the cells shaded, and
// somatic spikes as vertical lines.
func traces(x *Study, f Figure, open opener) (figure.Figure, error) {
	t := spanOf(x, f.Traces.Start, f.Traces.Stop)
	fig := study.Frame(f.Figure)
	fig.ShareX = true
	i := slices.IndexFunc(x.Traces, func(r Trace) bool { return r.Name == f.Traces.Trace })
	trace := x.Traces[i]
	table, err := readTable(traceFile(trace.Name), t, open)
	if err != nil {
		return fig, err
	}
	bands, err := plateauBands(x, trace, t, open)
	if err != nil {
		return fig, err
	}
	cells := cellNames(trace, f.Traces.Labels)
	var says []string
	for _, shown := range trace.shown(f.Traces.PerCell) {
		panels, more, err := variablePanels(x, shown, table, t, bands, cells, open)
		if err != nil {
			return fig, err
		}
		if f.Traces.PerCell && len(panels) > 0 {
			title(panels, cells[shown.Cells[0]])
		}
		fig.Panels = append(fig.Panels, panels...)
		says = append(says, more...)
		if len(panels) > 0 {
			bands = unnamed(bands)
		}
	}
	says = slices.Compact(says)
	if f.Traces.PerCell {
		alike(fig.Panels)
	}
	if f.Traces.Stimulus {
		fig.Panels = append(fig.Panels, stimulusPanels(x, trace, t, bands, f.Traces.PerCell)...)
	}
	if math.IsNaN(fig.Height) {
		fig.Height = 16
		for _, p := range fig.Panels {
			fig.Height += float64(32 * cmp.Or(p.Weight, 1))
			if n := names(p); n > besideTraces {
				fig.Height += float64(4 * math.Ceil(float64(n)/4)) // the legend is above the data, with about four names on a line of 4 mm
			}
		}
	}
	return study.Noted(f.Figure, fig, figure.Meanings{More: says}), nil
}

// besideTraces is how many names a legend beside a panel of 32 mm has room for.
const besideTraces = 8

// names returns how many names the legend of a panel has.
func names(p figure.Panel) int {
	all := map[string]bool{}
	for _, s := range p.Series {
		all[s.Name] = true
	}
	for _, b := range p.Bands {
		all[b.Name] = true
	}
	delete(all, "")
	return len(all)
}

// title names the panels of a cell above the first of them; a legend need not say so again.
func title(panels []figure.Panel, cell string) {
	panels[0].Title = cell
	for _, p := range panels {
		for i := range p.Series {
			if p.Series[i].Name == cell {
				p.Series[i].Name = ""
			}
		}
	}
}

// shown returns the traces whose panels stand together: all, or those of each cell.
func (t Trace) shown(perCell bool) []Trace {
	if !perCell {
		return []Trace{t}
	}
	var out []Trace
	for _, cell := range t.Cells {
		own := t
		own.Cells = []int{cell}
		own.Probes = slices.DeleteFunc(slices.Clone(t.Probes), func(q network.Probe) bool { return q.Cell != cell })
		out = append(out, own)
	}
	return out
}

// alike gives panels of the same quantity the same axis, and lists the same names once.
func alike(panels []figure.Panel) {
	lo, hi := map[string]float64{}, map[string]float64{}
	for _, p := range panels {
		for _, s := range p.Series {
			for _, y := range s.Y {
				if _, known := lo[p.Y.Label]; !known {
					lo[p.Y.Label], hi[p.Y.Label] = y, y
				}
				lo[p.Y.Label], hi[p.Y.Label] = min(lo[p.Y.Label], y), max(hi[p.Y.Label], y)
			}
		}
	}
	listed := map[string]bool{}
	for i := range panels {
		p := &panels[i]
		if margin := float64(0.03 * (hi[p.Y.Label] - lo[p.Y.Label])); margin > 0 && len(p.Rules) == 0 {
			p.Y.Min, p.Y.Max = lo[p.Y.Label]-margin, hi[p.Y.Label]+margin
		}
		names := p.Y.Label
		for _, s := range p.Series {
			names += "\n" + s.Name
		}
		p.Legend = !listed[names]
		listed[names] = true
	}
}

// A tracePanel is what one panel of a trace shows.
type tracePanel struct {
	variable network.Variable
	label    string
	what     string // of channels the one that it shows; "": all
}

// shows tells whether the panel shows a probe.
func (p tracePanel) shows(q network.Probe) bool {
	return q.Variable == p.variable && (p.what == "" || q.What() == p.what)
}

// panels lists the panels of a trace. Where there are several cells or places, each channel
// and gate has a panel of its own.
func (t Trace) panels() (out []tracePanel) {
	for _, tp := range tracePanels {
		var of []string
		for _, q := range t.Probes {
			if q.Variable == tp.variable && !slices.Contains(of, q.What()) {
				of = append(of, q.What())
			}
		}
		switch {
		case len(of) == 0:
		case t.apart(tp.variable):
			for _, what := range of {
				label := what // a gate
				if _, channel, ok := strings.Cut(what, ":"); ok {
					label = channel + strings.TrimPrefix(tp.label, "Channel")
				}
				out = append(out, tracePanel{tp.variable, label, what})
			}
		default:
			out = append(out, tracePanel{tp.variable, tp.label, ""})
		}
	}
	return out
}

// apart tells whether what is read of each channel has a panel of its own.
func (t Trace) apart(v network.Variable) bool {
	return (v == network.ICh || v == network.GCh || v == network.GateX) && (len(t.Cells) > 1 || len(t.Places) > 1)
}

// variablePanels draws a panel for each variable of a trace, and says what the lines in it are.
func variablePanels(x *Study, trace Trace, table *record.Table, t span, bands []figure.Band, cells map[int]string, open opener) (panels []figure.Panel, says []string, err error) {
	pop := x.Network.Population(trace.Population)
	for _, tp := range trace.panels() {
		p := figure.Panel{X: t.axis(), Y: figure.Axis{Label: tp.label, Unit: tp.variable.Unit()}, Bands: bands, Legend: true}
		for _, probe := range trace.Probes {
			if c := table.Column(probe.Name()); tp.shows(probe) && c != nil {
				p.Series = append(p.Series, traceSeries(trace, cells[probe.Cell], probe, c.Values, table.Steps, t, len(p.Series)))
			}
		}
		switch tp.variable {
		case network.Overlap:
			g := pop.Group(trace.Group)
			p.Rules = []figure.Rule{{Label: "θ = " + strconv.Itoa(g.Theta), Axis: "y", At: float64(g.Theta)}}
		case network.Vseg:
			d := pop.Group(trace.Group).Place.Detect
			if !d.Enabled {
				break
			}
			p.Rules = []figure.Rule{{Label: fmt.Sprintf("detection level, %g mV", d.Level), Axis: "y", At: d.Level}}
			says = append(says, fmt.Sprintf("An NMDA spike is detected where the dendrite stays above %g mV for %g ms.", d.Level, d.Duration))
		case network.Plateaus:
			p.Weight = 0.6
			p.Y.Ticks = wholeTicks(p.Series)
		case network.Vm:
			threshold, fires := pop.Soma.Vth, true
			if pop.Trees != nil {
				if fires = pop.Trees.Firing != nil; fires {
					threshold = pop.Trees.Firing.Vth
				}
			}
			if !fires {
				break
			}
			p.Rules = []figure.Rule{{Label: "V_{th}", Axis: "y", At: threshold}}
			s, err := spikeLines(x, trace, p.Series, t, threshold, open)
			if err != nil {
				return nil, nil, err
			}
			if len(s) > 0 {
				p.Series = append(p.Series, s...)
				says = append(says, fmt.Sprintf("Vertical lines: somatic spikes, drawn from V_{th} = %g mV to %g mV; the model resets without drawing one.", threshold, threshold+spikeHeight))
			}
		}
		panels = append(panels, p)
		bands = unnamed(bands)
	}
	return panels, says, nil
}

// cellNames are the names of the cells of a trace in a legend.
func cellNames(trace Trace, labels []string) map[int]string {
	names := map[int]string{}
	for i, cell := range trace.Cells {
		names[cell] = trace.Population + " cell " + strconv.Itoa(cell)
		if i < len(labels) {
			names[cell] = labels[i]
		}
	}
	return names
}

// traceSeries draws one probe of the cell of a name; counts change in steps. Where a panel
// shows several, each has a colour; a place has the same in all panels.
func traceSeries(trace Trace, cell string, probe network.Probe, values []float64, steps []int64, t span, index int) figure.Series {
	several := len(trace.Cells) > 1
	s := figure.Series{Name: cell, Mark: figure.Line, Role: figure.Excitatory, Index: index}
	if probe.Variable == network.Vm && !several {
		s.Role = "" // apart from the segments of the panels above it
	}
	named := func(what string) {
		if several {
			what = s.Name + ", " + what
		}
		s.Name = what
	}
	switch v := probe.Variable; {
	case v == network.Overlap:
		s.Mark, s.Role = figure.Steps, figure.Input
		s.Name += ", segment " + strconv.Itoa(probe.Segment)
	case v == network.Vseg:
		s.Role = figure.Dendritic
		s.Name += ", segment " + strconv.Itoa(probe.Segment)
	case v == network.GSyn:
		s.Role = figure.Dendritic
		named(fmt.Sprintf("%s, segment %d", strings.ToUpper(probe.Receptor), probe.Segment))
	case v == network.Plateaus:
		s.Mark, s.Role = figure.Steps, figure.Dendritic
	case v == network.Electrode:
		s.Role = figure.Input
		named(probe.Electrode)
	case v.AtPlace():
		s.Role = figure.Dendritic
		where := probe.Where()
		if probe.Place == "" && len(trace.Places) == len(trace.Sections) {
			where = probe.Section
		}
		channel := v == network.ICh || v == network.GCh || v == network.GateX
		switch {
		case channel && !trace.apart(v):
			what := probe.Channel
			if v == network.GateX {
				what = probe.What()
			}
			named(what)
		case len(trace.Places) == 1 && several:
			s.Index = slices.Index(trace.Cells, probe.Cell)
		default:
			named(where)
			at := slices.IndexFunc(trace.Places, func(q tracePlace) bool {
				return q.name == probe.Place && q.section == probe.Section && q.x == probe.At
			})
			s.Index = at + slices.Index(trace.Cells, probe.Cell)*len(trace.Places)
		}
	}
	for i, step := range steps {
		s.Add(t.at(step), values[i])
	}
	return s
}

// stimulusPanels draw what the electrodes in the cells of a trace do, except for noise, which
// has to be recorded to be seen.
func stimulusPanels(x *Study, trace Trace, t span, bands []figure.Band, perCell bool) []figure.Panel {
	current := figure.Panel{X: t.axis(), Y: figure.Axis{Label: "Current", Unit: "pA"}, Bands: bands, Legend: true, Weight: 0.6}
	command := figure.Panel{X: t.axis(), Y: figure.Axis{Label: "Command", Unit: "mV"}, Bands: bands, Legend: true, Weight: 0.6}
	for i := range x.Network.Stimulations {
		e := &x.Network.Stimulations[i]
		if e.Waveform == nil || !slices.ContainsFunc(trace.Cells, func(c int) bool { return e.Reaches(trace.Population, c) }) {
			continue
		}
		p := &current
		if e.Rs > 0 {
			p = &command
		}
		s := figure.Series{Name: e.Name, Mark: figure.Line, Role: figure.Input, Index: len(p.Series)}
		if i := trace.only(e.Cells); i >= 0 && !perCell { // the colour of its cell
			s.Role, s.Index = figure.Dendritic, i*max(1, len(trace.Places))
		}
		last := math.NaN()
		for k := t.from; k < t.to; k++ {
			y := e.Waveform.At(float64((float64(k) + 0.5) * x.Run.Dt))
			if y != last && k > t.from { // an edge is upright
				s.Add(t.at(k), last)
			}
			s.Add(t.at(k), y)
			last = y
		}
		p.Series = append(p.Series, s)
	}
	var panels []figure.Panel
	for _, p := range []figure.Panel{current, command} {
		if len(p.Series) > 0 {
			inNanoampere(&p)
			panels = append(panels, p)
		}
	}
	return panels
}

// only returns which of several cells of a trace is the only one among some; -1 for none.
func (t Trace) only(cells []int) int {
	at := -1
	for i, c := range t.Cells {
		if slices.Contains(cells, c) {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	if len(t.Cells) < 2 {
		return -1
	}
	return at
}

// inNanoampere changes the unit of large currents.
func inNanoampere(p *figure.Panel) {
	if p.Y.Unit != "pA" {
		return
	}
	most := 0.0
	for _, s := range p.Series {
		for _, y := range s.Y {
			most = max(most, math.Abs(y))
		}
	}
	if most < 500 {
		return
	}
	p.Y.Unit = "nA"
	for i := range p.Series {
		for k := range p.Series[i].Y {
			p.Series[i].Y[k] /= 1000
		}
	}
}

// plateauBands shades the time in which a recorded cell has a plateau.
func plateauBands(x *Study, trace Trace, t span, open opener) ([]figure.Band, error) {
	if !x.Record.Dendritic {
		return nil, nil
	}
	var bands []figure.Band
	shown := map[int]bool{}
	err := eachPlateau(x, t, open, func(p plateau) {
		if p.population == trace.Population && slices.Contains(trace.Cells, p.cell) {
			shown[p.cell] = true
			bands = append(bands, figure.Band{Axis: "x", Lo: t.at(p.from), Hi: t.at(p.to), Role: figure.Dendritic})
		}
	})
	name := "NMDA spike"
	if len(trace.Cells) > 1 {
		name = "NMDA spike of one of the cells"
		for cell := range shown {
			if len(shown) == 1 {
				name = fmt.Sprintf("NMDA spike of cell %d", cell)
			}
		}
	}
	for i := range bands {
		bands[i].Name = name
	}
	return bands, err
}

// spikeHeight is how far above threshold a spike is drawn (mV).
const spikeHeight = 20

// spikeLines draws a vertical line above threshold at each spike of the recorded
// cells, in the colour of the cell's potential: the model resets without drawing a
// spike.
func spikeLines(x *Study, trace Trace, potentials []figure.Series, t span, threshold float64, open opener) ([]figure.Series, error) {
	if !slices.Contains(x.Record.Spikes, trace.Population) {
		return nil, nil
	}
	lines := make([]figure.Series, len(potentials)) // one for each cell, in the order of the trace
	for i, v := range potentials {
		lines[i] = figure.Series{Mark: figure.Line, Role: v.Role, Index: v.Index}
	}
	err := readSpikes(x, t, open, func(step int64, population string, cell int) {
		i := slices.Index(trace.Cells, cell)
		if population == trace.Population && i >= 0 && i < len(lines) {
			at, s := t.at(step), &lines[i]
			s.X = append(s.X, at, at, at)
			s.Y = append(s.Y, threshold, threshold+spikeHeight, math.NaN())
		}
	})
	return slices.DeleteFunc(lines, func(s figure.Series) bool { return len(s.X) == 0 }), err
}

// wholeTicks labels the whole numbers up to the largest value, at most six.
func wholeTicks(series []figure.Series) []figure.Tick {
	most := 1
	for _, s := range series {
		for _, y := range s.Y {
			most = max(most, int(y))
		}
	}
	var ticks []figure.Tick
	for i := 0; i <= most; i += (most + 5) / 6 {
		ticks = append(ticks, figure.Tick{At: float64(i), Label: strconv.Itoa(i)})
	}
	return ticks
}
