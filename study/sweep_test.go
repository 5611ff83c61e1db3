package study

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"neurosim/grammar"
	"neurosim/internal/fpmath"
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

// A point that fails is named, whatever kind of study it is of: a network with a
// detection and a single cell said what was wrong, but not where.
func TestAFailedPointIsNamed(t *testing.T) {
	axis := grammar.SweepAxis{Key: "run.dt", Values: []string{`"1 ms"`, `"2 ms"`}, Points: []float64{1, 2}}
	c := &grammar.Configuration{Sweep: &grammar.Sweep{Repeats: 3, Axes: []grammar.SweepAxis{axis}}}
	_, err := EachPoint(t.Context(), c, New(Options{}), func(_ context.Context, p *Part, at grammar.Point) (int, error) {
		if at.Index == 4 {
			return 0, fmt.Errorf("a potential is %w", fpmath.ErrNonFinite)
		}
		return at.Index, nil
	})
	if want := `the point of the sweep where run.dt = "2 ms", run 2: a potential is `; !errors.Is(err, fpmath.ErrNonFinite) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("said %v, want %s", err, want)
	}
	if problems := (grammar.Problems{{Rule: "says where"}}); AtPoint(c, c.Point(0), problems).Error() != problems.Error() {
		t.Error("problems name their point twice")
	}
	if none := errors.New("x"); AtPoint(&grammar.Configuration{}, grammar.Point{}, none) != none {
		t.Error("without a sweep there is no point")
	}
}

// A label that ends with the unit was drawn with the unit twice: "Weight (pA) (pA)".
func TestSweepAxisHasItsUnitOnce(t *testing.T) {
	for _, c := range []struct{ unit, label, want, drawn string }{
		{"pA", "Weight (pA)", "Weight", "pA"},
		{"um", "Place (um)", "Place", "µm"},
		{"um", "Place (µm)", "Place", "µm"},
		{"pA", "Weight", "Weight", "pA"},
		{"pA", "Weight (nA)", "Weight (nA)", "pA"},
		{"", "Share (a/n)", "Share (a/n)", ""},
	} {
		a := SweepAxis(grammar.SweepAxis{Key: "k", Unit: c.unit, Values: []string{"1", "2"}, Points: []float64{1, 2}}, c.label)
		if a.Label != c.want || a.Unit != c.drawn {
			t.Errorf("%q in %q: drawn %q in %q", c.label, c.unit, a.Label, a.Unit)
		}
	}
}
