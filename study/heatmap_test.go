package study

import (
	"math"
	"testing"
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
