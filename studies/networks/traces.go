package networks

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"neurosim/figure"
	"neurosim/network"
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
	{network.V, "Local potential"},
	{network.Vm, "Membrane potential"},
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
	pop := x.Network.Population(trace.Population)
	cells := cellNames(trace, f.Traces.Labels)
	var says []string
	for _, tp := range tracePanels {
		if !slices.Contains(trace.Variables, string(tp.variable)) {
			continue
		}
		p := figure.Panel{X: t.axis(), Y: figure.Axis{Label: tp.label, Unit: tp.variable.Unit()}, Bands: bands, Legend: true}
		for _, probe := range trace.Probes {
			if c := table.Column(probe.Name()); probe.Variable == tp.variable && c != nil {
				p.Series = append(p.Series, traceSeries(cells[probe.Cell], len(trace.Cells) > 1, probe, c.Values, table.Steps, t, len(p.Series)))
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
				return fig, err
			}
			if len(s) > 0 {
				p.Series = append(p.Series, s...)
				says = append(says, fmt.Sprintf("Vertical lines: somatic spikes, drawn from V_{th} = %g mV to %g mV; the model resets without drawing one.", threshold, threshold+spikeHeight))
			}
		}
		fig.Panels = append(fig.Panels, p)
		bands = unnamed(bands)
	}
	if math.IsNaN(fig.Height) {
		fig.Height = 16
		for _, p := range fig.Panels {
			fig.Height += float64(32 * cmp.Or(p.Weight, 1))
		}
	}
	return study.Noted(f.Figure, fig, figure.Meanings{More: says}), nil
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

// traceSeries draws one probe of the cell of a name; counts change in steps. Where a
// panel shows several, each has a colour.
func traceSeries(cell string, several bool, probe network.Probe, values []float64, steps []int64, t span, index int) figure.Series {
	s := figure.Series{Name: cell, Mark: figure.Line, Role: figure.Excitatory, Index: index}
	if probe.Variable == network.Vm && !several {
		s.Role = "" // apart from the segments of the panels above it
	}
	switch probe.Variable {
	case network.Overlap:
		s.Mark, s.Role = figure.Steps, figure.Input
		s.Name += ", segment " + strconv.Itoa(probe.Segment)
	case network.V:
		s.Role = figure.Dendritic
		s.Name += ", section " + probe.Section
	case network.Vseg:
		s.Role = figure.Dendritic
		s.Name += ", segment " + strconv.Itoa(probe.Segment)
	case network.Plateaus:
		s.Mark, s.Role = figure.Steps, figure.Dendritic
	}
	for i, step := range steps {
		s.Add(t.at(step), values[i])
	}
	return s
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
