package leastsquares

import (
	"context"
	"math"
	"testing"
)

// each makes Residuals of a function of one point.
func each(f func(u []float64) []float64) Residuals {
	return func(_ context.Context, points [][]float64) (out [][]float64, _ error) {
		for _, p := range points {
			out = append(out, f(p))
		}
		return out, nil
	}
}

// The valley of Rosenbrock ends at (0.6, 0.6²/0.6): residuals 10 (y - x²/0.6) and 0.6 - x.
func TestRosenbrock(t *testing.T) {
	f := each(func(u []float64) []float64 { return []float64{100 * (u[1] - u[0]*u[0]/0.6), 10 * (0.6 - u[0])} })
	r, err := Minimise(context.Background(), f, []float64{0.05, 0.95}, Options{Steps: 100, Tolerance: 1e-14})
	if err != nil || math.Abs(r.U[0]-0.6) > 1e-5 || math.Abs(r.U[1]-0.6) > 1e-5 {
		t.Errorf("%v, %v", r.U, err)
	}
}

// A straight line through points has its covariance in closed form; a minimum outside the box
// lies on its side; a held parameter stays.
func TestLine(t *testing.T) {
	xs := []float64{0, 1, 2, 3}
	line := func(y []float64) Residuals {
		return each(func(u []float64) []float64 {
			var r []float64
			for i, x := range xs {
				r = append(r, u[0]+u[1]*x-y[i])
			}
			return r
		})
	}
	r, _ := Minimise(context.Background(), line([]float64{0.1, 0.3, 0.5, 0.7}), []float64{0.9, 0.9}, Options{Steps: 30, Tolerance: 1e-16})
	if math.Abs(r.U[0]-0.1) > 1e-7 || math.Abs(r.U[1]-0.2) > 1e-7 {
		t.Errorf("line %v", r.U)
	}
	// Σ 1 = 4, Σ x = 6, Σ x² = 14: the inverse is [14 -6; -6 4]/20
	c := r.Covariance()
	for i, want := range [][]float64{{0.7, -0.3}, {-0.3, 0.2}} {
		for j, w := range want {
			if math.Abs(c.At(i, j)-w) > 1e-6 {
				t.Errorf("covariance %d %d: %g, want %g", i, j, c.At(i, j), w)
			}
		}
	}
	if r, _ = Minimise(context.Background(), line([]float64{-1, -0.9, -0.8, -0.7}), []float64{0.5, 0.5}, Options{Steps: 30, Tolerance: 1e-4}); r.U[0] != 0 {
		t.Errorf("outside the box: %v", r.U)
	}
	// The intercept would be -0.36: at 0, the slope is Σ x y/Σ x² = 2.6/14, as if it were held.
	if r, _ = Minimise(context.Background(), line([]float64{-0.5, 0.2, 0.3, 0.6}), []float64{0.5, 0.5}, Options{Steps: 5, Tolerance: 1e-16}); r.U[0] != 0 || math.Abs(r.U[1]-2.6/14) > 1e-6 {
		t.Errorf("at the side of the box: %v", r.U)
	}
	if r, _ = Minimise(context.Background(), line([]float64{0.1, 0.3, 0.5, 0.7}), []float64{0.5, 0.9}, Options{Steps: 30, Held: []bool{true, false}, Tolerance: 1e-16}); r.U[0] != 0.5 || math.Abs(r.U[1]-0.028571428) > 1e-6 { // Σ x (y - 0.5)/Σ x² = 0.4/14
		t.Errorf("held: %v", r.U)
	}
	same := each(func(u []float64) []float64 { return []float64{u[0] + u[1] - 1, u[0] + u[1] - 1.2} })
	if r, _ = Minimise(context.Background(), same, []float64{0.2, 0.2}, Options{Steps: 30, Tolerance: 1e-4}); r.Covariance() != nil {
		t.Error("two parameters of which only the sum matters have a covariance")
	}
}

// Where the last step lowers the sum by little of itself, the minimum does not depend on the
// scale of the residuals: from small ones it is found as from large ones.
func TestRelativeToleranceHasNoScale(t *testing.T) {
	for _, scale := range []float64{1e-9, 1, 1e9} {
		f := each(func(u []float64) []float64 {
			var r []float64
			for x := range 6 {
				r = append(r, scale*(math.Exp(-2*u[0]*float64(x))-math.Exp(-0.6*float64(x))-0.01*float64(x%2)))
			}
			return r
		})
		r, err := Minimise(context.Background(), f, []float64{0.9}, Options{Steps: 30, Relative: 1e-9})
		if err != nil || r.Stuck || math.Abs(r.U[0]-0.294) > 1e-3 {
			t.Errorf("scale %g: %v, %v, %v", scale, r.U, r.Stuck, err)
		}
	}
}
