package onecell

import (
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
	"neurosim/network"
	"neurosim/study"
)

// uncagingTraces draws the dendrite above the soma, a column for each number of
// synapses, a line for each point of the sweep. One point alone has a line for each
// number of synapses, and the dendrite beside the soma.
func uncagingTraces(x *Study, f Figure, results []uncagingResult) figure.Figure {
	spec := f.UncagingTraces
	single := len(spec.Points) == 1
	fig := study.Frame(f.Figure)
	fig.Cols, fig.ShareX = len(spec.Counts), !single
	if math.IsNaN(fig.Height) && !single {
		fig.Height = 90
	}
	place := x.Network.Population(x.Uncaging.Population).Segments[x.Uncaging.Group].Place
	for row, label := range []string{"Dendrite", "Soma"} {
		first := len(fig.Panels)
		axis := figure.Axis{Label: label, Unit: "mV"}
		panel := figure.Panel{X: figure.Axis{Label: "Time", Unit: "ms", Min: spec.Start, Max: spec.Stop}, Y: axis}
		panel.Rules = given(x, spec)
		if row == 0 {
			panel.Rules = append(panel.Rules, figure.Rule{Label: fmt.Sprintf("level, %g mV", place.Detect.Level), Axis: "y", At: place.Detect.Level})
		}
		if single {
			panel.Legend = row == 0
			if row > 0 {
				panel.Rules = unlabelled(panel.Rules)
			}
			for i, k := range spec.Counts {
				panel.Series = append(panel.Series, results[spec.Points[0]].line(k, row, i, fmt.Sprintf("K = %d", k), spec, x.Run.Dt))
			}
			fig.Panels = append(fig.Panels, panel)
			continue
		}
		lo, hi := math.Inf(1), math.Inf(-1)
		for col, k := range spec.Counts {
			p := panel
			if row+col > 0 { // said once
				p.Rules = unlabelled(p.Rules)
			}
			if row == 0 {
				p.Title, p.Legend = fmt.Sprintf("K = %d", k), col == 0
			}
			for i, at := range spec.Points {
				s := results[at].line(k, row, i, pointLabel(x, results[at].Point, spec.Labels, i), spec, x.Run.Dt)
				for _, y := range s.Y {
					lo, hi = min(lo, y), max(hi, y)
				}
				p.Series = append(p.Series, s)
			}
			fig.Panels = append(fig.Panels, p)
		}
		for i := first; i < len(fig.Panels); i++ { // one scale for the row
			fig.Panels[i].Y.Min, fig.Panels[i].Y.Max = lo-float64(0.04*(hi-lo)), hi+float64(0.06*(hi-lo))
		}
	}
	if single {
		study.Arrange(&fig, 58)
	}
	return study.Noted(f.Figure, fig, figure.Meanings{Lines: "one cell each, deterministic; K synapses are active", More: []string{
		fmt.Sprintf("An NMDA spike is a dendrite above %g mV for %g ms.", place.Detect.Level, place.Detect.Duration)}})
}

// unlabelled returns rules without their labels.
func unlabelled(rules []figure.Rule) []figure.Rule {
	out := slices.Clone(rules)
	for i := range out {
		out[i].Label = ""
	}
	return out
}

// given marks when glutamate is released and, where all that is drawn has it at one
// time, GABA.
func given(x *Study, spec *uncagingTracesSpec) []figure.Rule {
	rules := []figure.Rule{{Label: "glutamate", Axis: "x", At: x.Uncaging.Time}}
	times := map[float64]bool{}
	for _, at := range spec.Points {
		if y, _, err := x.Point(at); err == nil && y.Uncaging.Inhibition.Count > 0 {
			times[y.Uncaging.Inhibition.Time] = true
		}
	}
	for t := range times {
		if len(times) == 1 && t != x.Uncaging.Time {
			rules = append(rules, figure.Rule{Label: "GABA", Axis: "x", At: t})
		} else if len(times) == 1 {
			rules[0].Label = "glutamate, GABA"
		}
	}
	return rules
}

// line returns the kept trace of K synapses, of the dendrite (row 0) or the soma.
func (r *uncagingResult) line(k, row, index int, name string, spec *uncagingTracesSpec, dt float64) figure.Series {
	var v []float64 // none at a point of a sweep with fewer synapses
	if i := slices.IndexFunc(r.Traces, func(t trace) bool { return t.K == k }); i >= 0 {
		v = [][]float64{r.Traces[i].Dendrite, r.Traces[i].Soma}[row]
	}
	s := figure.Series{Name: name, Mark: figure.Line, Role: figure.Simulation, Index: index}
	clock := network.NewClock(dt)
	for step, y := range v { // stamped with the beginning of the step, as all that is recorded
		if ms := clock.Ms(int64(step)); ms >= spec.Start && ms <= spec.Stop {
			s.Add(ms, y)
		}
	}
	return s
}
