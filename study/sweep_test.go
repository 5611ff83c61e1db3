package study

import "testing"

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
