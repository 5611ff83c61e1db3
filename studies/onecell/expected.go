package onecell

import (
	"math"

	"neurosim/figure"
	"neurosim/study"
)

// expectedSpec asks for measured against expected peaks.
type expectedSpec struct {
	At     string   `toml:"at" of:"soma dendrite" doc:"where the peaks are: soma or dendrite"`
	Points []int    `toml:"points" doc:"points of the sweep, from 0; default: all"`
	Labels []string `toml:"labels" doc:"names of the points of the sweep; default: their values"`
}

func defaultExpected() expectedSpec { return expectedSpec{At: "soma"} }

// expectedFigure draws the peaks of uncaging against their arithmetic sums, with the line on
// which they are equal, and the nonlinearity, 100 (measured/expected - 1).
func expectedFigure(x *Study, f Figure, results []uncagingResult) figure.Figure {
	spec := f.Expected
	fig := study.Frame(f.Figure)
	across := figure.Axis{Label: "Expected EPSP, arithmetic sum", Unit: "mV"}
	peaks := figure.Panel{X: across, Y: figure.Axis{Label: "Measured EPSP", Unit: "mV"}, Legend: true}
	excess := figure.Panel{X: across, Y: figure.Axis{Label: "Nonlinearity", Unit: "%"}, Rules: []figure.Rule{{Axis: "y", At: 0}}}
	top := 0.0
	for i, at := range spec.Points {
		r := &results[at]
		s := figure.Series{Name: pointLabel(x, r.Point, spec.Labels, i), Mark: figure.Points, Role: figure.Simulation, Index: i}
		if s.Name == "" {
			s.Name = "Cell"
		}
		ring := figure.Series{Name: "Threshold K*", Mark: figure.Rings, Role: figure.Simulation, Index: i}
		ratio, ratioRing := s, ring
		for k, q := range r.Responses[1:] {
			expected, measured := q.SumSoma, q.Soma
			if spec.At == "dendrite" {
				expected, measured = q.SumDendrite, q.Dendrite
			}
			percent := math.NaN()
			if expected > 0 {
				percent = 100 * (measured/expected - 1)
			}
			s.Add(expected, measured)
			ratio.Add(expected, percent)
			if k+1 == r.threshold() {
				ring.Add(expected, measured)
				ratioRing.Add(expected, percent)
			}
			top = max(top, expected, measured)
		}
		line, ratioLine := s, ratio
		line.Mark, ratioLine.Mark = figure.Line, figure.Line
		peaks.Series = append(peaks.Series, ring, line, s)
		excess.Series = append(excess.Series, ratioRing, ratioLine, ratio)
	}
	identity := figure.Series{Name: "Measured = expected", Mark: figure.Dashed, Role: figure.Background, X: []float64{0, top}, Y: []float64{0, top}}
	peaks.Series = append([]figure.Series{identity}, peaks.Series...)
	fig.Panels = []figure.Panel{peaks, excess}
	study.Arrange(&fig, 70)
	return study.Noted(f.Figure, fig, figure.Meanings{
		Markers: "one cell for each number of synapses, deterministic; lines join them",
		Rings:   "K*, the smallest number of synapses that makes an NMDA spike",
		Dashed:  "measured equals expected",
		More:    []string{"Expected: peak of the sum of what each synapse does alone, each at its time. Nonlinearity: 100 (measured/expected - 1)."},
	})
}
