// Package leastsquares minimises sums of squares of functions that cost much: by the method of
// Levenberg and Marquardt within a box, derivatives by differences, all points of a step at a
// time.
package leastsquares

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Residuals returns the residuals at several points, in their order. Points are in the unit
// cube.
type Residuals func(ctx context.Context, points [][]float64) ([][]float64, error)

// A Result is a minimum.
type Result struct {
	U     []float64
	R     []float64   // residuals there
	J     [][]float64 // [residual][parameter] their derivatives; 0 for a parameter that is held
	Sum   float64     // of their squares
	Stuck bool        // the steps ended before they were small
}

// Step is the difference by which derivatives are taken, forward. Where residuals are left, the
// point at which their gradient is 0 differs from the minimum by a part of it.
const Step = 3e-4

// Options say when to stop.
type Options struct {
	Steps int // most

	// The last step is the one that lowers the sum by less than Tolerance, or by less than
	// Relative of it.
	Tolerance, Relative float64

	Held []bool // parameters that stay where they are; nil: none
}

// Minimise goes from u to a minimum. A step tries three dampings, each ten times the one before,
// and goes on with the best.
func Minimise(ctx context.Context, f Residuals, u []float64, o Options) (Result, error) {
	var free []int
	for i := range u {
		if o.Held == nil || !o.Held[i] {
			free = append(free, i)
		}
	}
	r := Result{U: slices.Clone(u)}
	if err := r.derive(ctx, f, free, nil); err != nil {
		return r, err
	}
	damping := 1e-3
	for step := 0; len(free) > 0; step++ {
		if step == o.Steps {
			r.Stuck = true
			return r, nil
		}
		tries := r.tries(free, damping)
		if len(tries) == 0 {
			return r, nil
		}
		res, err := f(ctx, tries)
		if err != nil {
			return r, err
		}
		best, sum := -1, r.Sum
		for i := range res {
			if s := Squares(res[i]); s < sum {
				best, sum = i, s
			}
		}
		if best < 0 {
			if damping *= 100; damping > 1e9 {
				return r, nil
			}
			continue
		}
		gain := r.Sum - sum
		r.U = tries[best]
		damping = max(1e-9, damping*[]float64{0.1, 1, 10}[best])
		if err := r.derive(ctx, f, free, res[best]); err != nil {
			return r, err
		}
		if gain < max(o.Tolerance, float64(o.Relative*r.Sum)) {
			return r, nil
		}
	}
	return r, nil
}

// derive sets the residuals at U, unless they are given, and their derivatives.
func (r *Result) derive(ctx context.Context, f Residuals, free []int, at []float64) error {
	var points [][]float64
	if at == nil {
		points = append(points, r.U)
	}
	h := make([]float64, len(free))
	for k, i := range free {
		p := slices.Clone(r.U)
		if h[k] = Step; p[i]+Step > 1 {
			h[k] = -Step
		}
		p[i] += h[k]
		points = append(points, p)
	}
	out, err := f(ctx, points)
	if err != nil {
		return err
	}
	if at == nil {
		at, out = out[0], out[1:]
	}
	r.R, r.Sum = at, Squares(at)
	r.J = make([][]float64, len(at))
	for j := range r.J {
		r.J[j] = make([]float64, len(r.U))
		for k, i := range free {
			r.J[j][i] = (out[k][j] - at[j]) / h[k]
		}
	}
	return nil
}

// tries returns the points to which steps of three dampings lead, within the cube. A parameter
// at an end of the cube that would go beyond it stays, and the others step as if it were held.
func (r *Result) tries(free []int, damping float64) (points [][]float64) {
	var of []int
	var down []float64 // half of the gradient, downhill
	for _, i := range free {
		d := 0.0
		for j := range r.R {
			d -= float64(r.J[j][i] * r.R[j])
		}
		if d < 0 && r.U[i] == 0 || d > 0 && r.U[i] == 1 {
			continue
		}
		of, down = append(of, i), append(down, d)
	}
	if len(of) == 0 {
		return nil
	}
	n := len(of)
	normal, most := r.normal(of), 0.0
	for k := range of {
		most = max(most, normal.At(k, k))
	}
	for _, d := range []float64{0.1 * damping, damping, 10 * damping} {
		a := mat.NewSymDense(n, nil)
		a.CopySym(normal)
		for k := range of {
			a.SetSym(k, k, float64(a.At(k, k)*(1+d))+float64(1e-12*most)) // one that changes nothing stays
		}
		var c mat.Cholesky
		p := slices.Clone(r.U)
		if c.Factorize(a) {
			var x mat.VecDense
			if c.SolveVecTo(&x, mat.NewVecDense(n, down)) == nil {
				for k, i := range of {
					p[i] = min(1, max(0, p[i]+x.AtVec(k)))
				}
			}
		}
		points = append(points, p)
	}
	return points
}

// normal returns JᵀJ over some parameters.
func (r *Result) normal(of []int) *mat.SymDense {
	a := mat.NewSymDense(len(of), nil)
	for k, i := range of {
		for l, m := range of[:k+1] {
			s := 0.0
			for j := range r.R {
				s += float64(r.J[j][i] * r.J[j][m])
			}
			a.SetSym(k, l, s)
		}
	}
	return a
}

// Squares returns the sum of the squares of residuals.
func Squares(r []float64) (sum float64) {
	for _, x := range r {
		sum += float64(x * x)
	}
	return sum
}

// Covariance returns (JᵀJ)⁻¹ over the parameters, nil where it has none.
func (r *Result) Covariance() *mat.SymDense {
	n := len(r.U)
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	var c mat.Cholesky
	if !c.Factorize(r.normal(all)) || c.Cond() > 1e12 {
		return nil
	}
	out := mat.NewSymDense(n, nil)
	if c.InverseTo(out) != nil {
		return nil
	}
	for i := range n {
		if !(out.At(i, i) > 0) || math.IsInf(out.At(i, i), 0) {
			return nil
		}
	}
	return out
}
