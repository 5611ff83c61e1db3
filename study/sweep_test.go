package study

import (
	"fmt"
	"testing"

	"neurosim/grammar"
)

// Axes over decades are logarithmic: 200 to 10,000 cells were on a linear one.
func TestAxesOverDecades(t *testing.T) {
	for _, c := range []struct {
		points []float64
		want   bool
	}{{[]float64{200, 1000, 10_000}, true}, {[]float64{0, 1, 100}, false}, {[]float64{1, 10, 20}, false}, {[]float64{1, 100}, false}} {
		if got := SpansDecades(c.points); got != c.want {
			t.Errorf("%v: logarithmic %v", c.points, got)
		}
	}
}

// A sweep of as many points as are allowed is drawn in the time of its runs: its points
// were listed again for each value of the axis, which took 25 s for 10,000 points.
func BenchmarkSweepFigure(b *testing.B) {
	const n = 10_000
	axis := grammar.SweepAxis{Key: "run.tstop", Values: make([]string, n), Points: make([]float64, n)}
	metrics := make([]map[string]any, n)
	for i := range n {
		axis.Values[i], axis.Points[i], metrics[i] = fmt.Sprint(i), float64(i), map[string]any{"m": i}
	}
	c := &Config{Configuration: &grammar.Configuration{Sweep: &grammar.Sweep{Repeats: 1, Axes: []grammar.SweepAxis{axis}}}}
	f := &grammar.SweepFigure{Figure: &grammar.Figure{Name: "s"}, Metrics: []string{"m"}}
	for b.Loop() {
		if _, err := sweepFigure(c, f, metrics); err != nil {
			b.Fatal(err)
		}
	}
}
