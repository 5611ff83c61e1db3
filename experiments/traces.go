package experiments

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/network"
	"neurosim/record"
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

// Traces draws recorded traces of cells against time: a panel for each variable,
// with θ and the spike threshold as rules, the plateaus of the cells shaded, and
// somatic spikes as vertical lines.
func Traces(x *configs.Experiment, f configs.Figure, open Open) (analysis.Figure, error) {
	t := spanOf(x, f.Traces.Start, f.Traces.Stop)
	fig := analysis.Figure{Name: f.Name, Title: f.Title, Width: f.Width, Height: f.Height, ShareX: true}
	i := slices.IndexFunc(x.Traces, func(r configs.Trace) bool { return r.Name == f.Traces.Trace })
	trace := x.Traces[i]
	file, err := open(TraceFile(trace.Name))
	if err != nil {
		return fig, err
	}
	defer file.Close()
	table, err := record.ReadTable(file, t.from, t.to)
	if err != nil {
		return fig, err
	}
	bands, err := plateauBands(x, trace, t, open)
	if err != nil {
		return fig, err
	}
	pop := x.Network.Population(trace.Population)
	for _, tp := range tracePanels {
		if !slices.Contains(trace.Variables, string(tp.variable)) {
			continue
		}
		p := analysis.Panel{X: t.axis(), Y: analysis.Axis{Label: tp.label, Unit: tp.variable.Unit()}, Bands: bands, Legend: true}
		for _, probe := range trace.Probes {
			if c := table.Column(probe.Name()); probe.Variable == tp.variable && c != nil {
				p.Series = append(p.Series, traceSeries(trace, probe, c.Values, table.Steps, t, len(p.Series)))
			}
		}
		switch tp.variable {
		case network.Overlap:
			g := pop.Group(trace.Group)
			p.Rules = []analysis.Rule{{Label: "θ = " + itoa(g.Theta), Axis: "y", At: float64(g.Theta)}}
		case network.Vseg:
			level := pop.Group(trace.Group).Place.Detect.Level
			p.Rules = []analysis.Rule{{Label: "NMDA spike", Axis: "y", At: level}}
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
			p.Rules = []analysis.Rule{{Label: "V_{th}", Axis: "y", At: threshold}}
			s, err := spikeLines(x, trace, t, threshold, open)
			if err != nil {
				return fig, err
			}
			p.Series = append(p.Series, s)
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
	return fig, nil
}

// traceSeries draws one probe; counts change in steps.
func traceSeries(trace configs.Trace, probe network.Probe, values []float64, steps []int64, t span, index int) analysis.Series {
	s := analysis.Series{Mark: analysis.Line, Role: analysis.Excitatory, Index: index}
	var parts []string
	if len(trace.Cells) > 1 {
		parts = append(parts, "Cell "+itoa(probe.Cell))
	}
	switch probe.Variable {
	case network.Overlap:
		s.Mark, s.Role = analysis.Steps, analysis.Input
		parts = append(parts, "segment "+itoa(probe.Segment))
	case network.V:
		s.Role = analysis.Dendritic
		parts = append(parts, "section "+probe.Section)
	case network.Vseg:
		s.Role = analysis.Dendritic
		parts = append(parts, "segment "+itoa(probe.Segment))
	case network.Plateaus:
		s.Mark, s.Role = analysis.Steps, analysis.Dendritic
	}
	s.Name = strings.Join(parts, ", ")
	if s.Name != "" {
		s.Name = strings.ToUpper(s.Name[:1]) + s.Name[1:]
	}
	for i, step := range steps {
		s.X, s.Y = append(s.X, t.at(step)), append(s.Y, values[i])
	}
	return s
}

// plateauBands shades the time in which a recorded cell has a plateau.
func plateauBands(x *configs.Experiment, trace configs.Trace, t span, open Open) ([]analysis.Band, error) {
	if !x.Record.Dendritic {
		return nil, nil
	}
	var bands []analysis.Band
	err := eachPlateau(x, t, open, func(p plateau) {
		if p.population == trace.Population && slices.Contains(trace.Cells, p.cell) {
			bands = append(bands, analysis.Band{Name: "NMDA spike", Axis: "x", Lo: t.at(p.from), Hi: t.at(p.to), Role: analysis.Dendritic})
		}
	})
	return bands, err
}

// spikeLines draws a vertical line of 20 mV above threshold at each spike of
// the recorded cells: the model resets without drawing a spike.
func spikeLines(x *configs.Experiment, trace configs.Trace, t span, threshold float64, open Open) (analysis.Series, error) {
	s := analysis.Series{Mark: analysis.Line, Role: analysis.Excitatory}
	if !slices.Contains(x.Record.Spikes, trace.Population) {
		return s, nil
	}
	f, err := open(SpikesFile(x.Record.Format))
	if err != nil {
		return s, err
	}
	defer f.Close()
	err = readSpikes(x, f, t, func(step int64, population string, cell int) {
		if population == trace.Population && slices.Contains(trace.Cells, cell) {
			at := t.at(step)
			s.X = append(s.X, at, at, at)
			s.Y = append(s.Y, threshold, threshold+20, math.NaN())
		}
	})
	return s, err
}

// wholeTicks labels the whole numbers up to the largest value, at most six.
func wholeTicks(series []analysis.Series) []analysis.Tick {
	most := 1
	for _, s := range series {
		for _, y := range s.Y {
			most = max(most, int(y))
		}
	}
	var ticks []analysis.Tick
	for i := 0; i <= most; i += (most + 5) / 6 {
		ticks = append(ticks, analysis.Tick{At: float64(i), Label: itoa(i)})
	}
	return ticks
}

func itoa(i int) string { return strconv.Itoa(i) }
