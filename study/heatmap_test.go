package study

import (
	"math"
	"testing"

	"neurosim/grammar"
)

// The contour of z = x + 2 y at 2.5 is the straight line y = (2.5 - x)/2, in every square that it
// crosses; where a corner has no value there is none.
func TestContour(t *testing.T) {
	var z [][]float64
	for a := range 4 {
		z = append(z, nil)
		for b := range 3 {
			z[a] = append(z[a], float64(a+2*b))
		}
	}
	s := contour(z, 2.5)
	n := 0
	for i, x := range s.X {
		if y := s.Y[i]; y == y {
			n++
			if math.Abs(y-(2.5-x)/2) > 1e-12 {
				t.Errorf("(%g, %g) is not on the line", x, y)
			}
		}
	}
	// From (0, 1.25) to (2.5, 0): it crosses x = 1 and 2, and y = 1 at x = 0.5, so four pieces.
	if n != 8 {
		t.Errorf("%d ends of pieces, want 8", n)
	}
	z[0][1] = math.NaN()
	if m := contour(z, 2.5); len(m.X) != len(s.X)-6 { // two squares have that corner, each a piece
		t.Errorf("%d points without a corner, %d with it", len(m.X), len(s.X))
	}
}

// Values of a range, linear or logarithmic, lie on an axis of numbers; others side by side.
func TestPlacesOfAHeatMap(t *testing.T) {
	for _, c := range []struct {
		values []float64
		log    bool
		at     float64 // of the middle between the first two
		side   bool    // by side
	}{
		{[]float64{1, 2, 3}, false, 1.5, false},
		{[]float64{0.4, 0.5429, 0.7368, 1}, true, math.Sqrt(0.4 * 0.5429), false}, // four digits
		{[]float64{1, 2, 4.2}, false, 0.5, true},
		{[]float64{3, 2, 1}, false, 0.5, true}, // backwards
		{[]float64{5}, false, 0.5, true},
	} {
		a := grammar.SweepAxis{Key: "k", Points: c.values}
		for _, x := range c.values {
			a.Values = append(a.Values, grammar.FormatNumber(x))
		}
		h := placed(a, "")
		if got := h.at(0.5); math.Abs(got-c.at) > 1e-3*c.at || h.axis.Log != c.log || (h.axis.Ticks != nil) != c.side {
			t.Errorf("%v: %g, want %g: %+v", c.values, got, c.at, h.axis)
		}
	}
}
