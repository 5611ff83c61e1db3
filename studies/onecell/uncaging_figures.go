package onecell

import (
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
	"neurosim/literature"
	"neurosim/study"
)

// uncagingFigure draws the peaks of the dendrite and of the soma, and the time that
// the dendrite spends above the criterion's level, against the number of synapses:
// markers for the cell, dashed for the arithmetic sum, rings at K*.
func uncagingFigure(x *Study, f Figure, results []uncagingResult) figure.Figure {
	fig := study.Frame(f.Figure)
	place := x.Network.Population(x.Uncaging.Population).Segments[x.Uncaging.Group].Place
	k := figure.Axis{Label: "Active synapses, K", Whole: true}
	type quantity struct{ got, sum func(q response) float64 }
	panels := []figure.Panel{{X: k, Y: figure.Axis{Label: "Dendrite, peak above rest", Unit: "mV"}, Legend: true, Rules: criterion(place.Detect.Level, results)}}
	drawn := []quantity{{func(q response) float64 { return q.Dendrite }, func(q response) float64 { return q.SumDendrite }}}
	for i, at := range x.Uncaging.Places {
		panels = append(panels, figure.Panel{X: k, Y: figure.Axis{Label: at.Name + ", peak above rest", Unit: "mV"}})
		drawn = append(drawn, quantity{func(q response) float64 { return q.Places[i] }, nil})
	}
	panels = append(panels, figure.Panel{X: k, Y: figure.Axis{Label: "Soma, peak above rest", Unit: "mV"}},
		figure.Panel{X: k, Y: figure.Axis{Label: fmt.Sprintf("Dendrite above %g mV", place.Detect.Level), Unit: "ms"}})
	drawn = append(drawn, quantity{func(q response) float64 { return q.Soma }, func(q response) float64 { return q.SumSoma }},
		quantity{func(q response) float64 { return q.Above }, nil})
	for i, at := range f.Uncaging.Points {
		r := &results[at]
		cell := pointLabel(x, r.Point, f.Uncaging.Labels, i)
		if cell == "" {
			cell = "Cell"
		}
		for j, of := range drawn {
			star := figure.Series{Mark: figure.Rings, Role: figure.Simulation, Index: i}
			points := figure.Series{Name: cell, Mark: figure.Points, Role: figure.Simulation, Index: i}
			line := figure.Series{Name: "Arithmetic sum", Mark: figure.Dashed, Role: figure.Theory, Index: i}
			for k, q := range r.Responses {
				points.Add(float64(k), of.got(q))
				if of.sum != nil {
					line.Add(float64(k), of.sum(q))
				}
			}
			if k := r.threshold(); k >= 0 {
				star.X, star.Y = []float64{float64(k)}, []float64{of.got(r.Responses[k])}
				if len(f.Uncaging.Points) == 1 && j == 0 {
					panels[j].Rules = append(panels[j].Rules, figure.Rule{Label: fmt.Sprintf("K* = %d", k), Axis: "x", At: float64(k)})
				}
			}
			star.Name = "Threshold K*"
			p := &panels[j]
			p.Series = append(p.Series, star)
			if of.sum != nil {
				p.Series = append(p.Series, line)
			}
			p.Series = append(p.Series, points)
		}
	}
	for j := range panels {
		slices.SortStableFunc(panels[j].Series, func(a, b figure.Series) int { return layer(a) - layer(b) })
		panels[j].Y.Min, panels[j].Y.Max = 0, 1.08*highest(panels[j], drawn[j].sum != nil)
	}
	fig.Panels = panels
	study.Arrange(&fig, 66)
	return study.Noted(f.Figure, fig, figure.Meanings{
		Markers: "one cell for each K, deterministic",
		Rings: fmt.Sprintf("K*, the smallest K at which the dendrite stays above %g mV for %g ms",
			place.Detect.Level, place.Detect.Duration),
		Dashed: "peak of the sum of what each synapse does alone; it leaves the panel where the cell no longer follows",
	})
}

// layer orders series from back to front: rings, dashed lines, the rest.
func layer(s figure.Series) int {
	return map[figure.Mark]int{figure.Rings: 0, figure.Dashed: 1}[s.Mark] + map[bool]int{true: 0, false: 2}[s.Mark == figure.Rings || s.Mark == figure.Dashed]
}

// highest returns the largest value of the markers of a panel, at least 1. An
// arithmetic sum runs out of the panel: it grows without end, the cell does not.
func highest(p figure.Panel, sums bool) float64 {
	top := 1.0
	for _, s := range p.Series {
		for _, y := range s.Y {
			if s.Mark == figure.Points && !math.IsNaN(y) {
				top = max(top, y)
			}
		}
	}
	if sums { // some of the dashed line above the markers
		top *= 1.15
	}
	return top
}

// criterion returns the level of the criterion above rest, or nothing where points of the
// sweep rest at different potentials, more than 0.5 mV apart: one line would be wrong for some.
func criterion(level float64, results []uncagingResult) []figure.Rule {
	rest := results[0].RestDend
	for _, r := range results {
		if math.Abs(r.RestDend-rest) > 0.5 {
			return nil
		}
	}
	return []figure.Rule{{Axis: "y", At: level - rest, Label: fmt.Sprintf("%.3g mV above rest: %g mV", level-rest, level)}}
}

// curveQuantities are the panels of a threshold curve.
var curveQuantities = map[string]struct {
	label, unit string
	of          func(k int, q response) float64
}{
	"threshold":      {"Threshold K, active synapses", "", nil},
	"soma":           {"Soma, peak above rest", "mV", func(_ int, q response) float64 { return q.Soma }},
	"local":          {"Dendrite, peak above rest", "mV", func(_ int, q response) float64 { return q.Dendrite }},
	"duration":       {"Dendrite above the level", "ms", func(_ int, q response) float64 { return q.Above }},
	"supralinearity": {"Supralinearity at the soma", "", func(_ int, q response) float64 { return q.supralinearity() }},
}

// thresholdCurve draws K*, and the response at K* or at a given K, over the first
// axis of the sweep.
func thresholdCurve(x *Study, f Figure, results []uncagingResult) (figure.Figure, error) {
	spec := f.ThresholdCurve
	fig := study.Frame(f.Figure)
	axis := x.Sweep.Axes[0]
	across := study.SweepAxis(axis, spec.XLabel)
	across.Log, across.Whole = false, false
	byPlace := axis.Key == "uncaging.at"
	if byPlace && spec.XLabel == "" {
		across.Label, across.Unit = "Distance from the soma", "µm"
	}
	for i, name := range spec.Panels {
		quantity := curveQuantities[name]
		p := figure.Panel{X: across, Y: figure.Axis{Label: quantity.label, Unit: quantity.unit}, Legend: i == 0}
		if quantity.of != nil {
			p.Y.Label += " at K*"
			if spec.Count > 0 {
				p.Y.Label = fmt.Sprintf("%s, K = %d", quantity.label, spec.Count)
			}
		} else if spec.Bands {
			bands, err := literature.PublishedBands()
			if err != nil {
				return fig, err
			}
			p.Bands = bands
		}
		p.Series = curves(x, spec, results, byPlace, quantity.of)
		top := 0.0
		for _, s := range p.Series {
			for _, y := range s.Y {
				if !math.IsNaN(y) {
					top = max(top, y)
				}
			}
		}
		for _, b := range p.Bands {
			top = max(top, b.Hi)
		}
		p.Y.Min, p.Y.Max = 0, max(1.08*top, 1)
		if axis.Key == "uncaging.inhibition.time" {
			rule := figure.Rule{Axis: "x", At: x.Uncaging.Time}
			if i == 0 { // said once
				rule.Label = "glutamate"
			}
			p.Rules = append(p.Rules, rule)
		}
		fig.Panels = append(fig.Panels, p)
	}
	study.Arrange(&fig, 70)
	return study.Noted(f.Figure, fig, curveSays(x, spec, fig)), nil
}

// curveSays says what the marks of a threshold curve are.
func curveSays(x *Study, spec *thresholdCurveSpec, fig figure.Figure) figure.Meanings {
	place := x.Network.Population(x.Uncaging.Population).Segments[x.Uncaging.Group].Place
	m := figure.Meanings{
		Markers: "one cell each, deterministic; lines join them",
		Rings:   "no threshold with all of the synapses",
	}
	if slices.Contains(spec.Panels, "threshold") || spec.Count == 0 {
		m.More = append(m.More, fmt.Sprintf("K*: the smallest number of synapses at which the dendrite stays above %g mV for %g ms.",
			place.Detect.Level, place.Detect.Duration))
	}
	if slices.Contains(spec.Panels, "threshold") {
		m.More = append(m.More, map[Criterion]string{
			Local:          "K: the same between two numbers of synapses, on a straight line.",
			Step:           "K: where the peak at the soma grows fastest.",
			Supralinearity: fmt.Sprintf("K: where the soma comes to %g times the arithmetic sum.", x.Uncaging.Ratio),
			Sigmoid:        "K: half of the sigmoid nearest to the peaks at the soma.",
		}[x.Uncaging.Criterion])
	}
	if slices.Contains(spec.Panels, "duration") {
		m.More = append(m.More, fmt.Sprintf("Level: %g mV.", place.Detect.Level))
	}
	for _, p := range fig.Panels {
		if len(p.Bands) > 0 {
			m.More = append(m.More, "Grey: published ranges, as the legend names them.")
		}
	}
	return m
}

// curves collects one quantity of every point; K* where of is nil. Points without
// K* are drawn at the end of the range, apart.
func curves(x *Study, spec *thresholdCurveSpec, results []uncagingResult, byPlace bool, of func(int, response) float64) []figure.Series {
	axes := x.Sweep.Axes
	n := 1
	if len(axes) > 1 {
		n = len(axes[1].Values)
	}
	out := make([]figure.Series, 0, 2*n+1)
	none := figure.Series{Name: fmt.Sprintf("No threshold up to K = %d", x.Uncaging.Synapses), Mark: figure.Rings, Role: figure.Background}
	for c := range n {
		label := ""
		switch {
		case c < len(spec.Labels):
			label = spec.Labels[c]
		case n > 1:
			label = study.AxisLabel(axes[1], c)
		}
		s := figure.Series{Name: label, Mark: figure.Points, Role: figure.Simulation, Index: c}
		for i := range results {
			r := &results[i]
			if n > 1 && r.Point.At[1] != c {
				continue
			}
			at := axes[0].Points[r.Point.At[0]]
			if byPlace {
				at = r.Distance
			}
			k, y := r.threshold(), math.NaN()
			if of != nil && spec.Count > 0 {
				k = spec.Count
				if k >= len(r.Responses) { // this point has fewer synapses
					k = -1
				}
			}
			switch {
			case k >= 0 && of != nil:
				y = of(k, r.Responses[k])
			case of == nil && r.K[x.Uncaging.Criterion].Why == "":
				y = r.K[x.Uncaging.Criterion].K
			case of == nil:
				none.Add(at, float64(len(r.Responses)-1))
			}
			s.Add(at, y)
		}
		line := s
		line.Mark = figure.Line
		out = append(out, line, s)
	}
	if len(none.X) > 0 {
		out = append([]figure.Series{none}, out...)
	}
	return out
}
