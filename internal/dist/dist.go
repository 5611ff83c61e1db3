// Package dist holds the numbers of a description that may be drawn.
package dist

import (
	"math"

	"neurosim/internal/fpmath"
	"neurosim/internal/rng"
)

// Kind names a distribution.
type Kind string

// Kinds of distributions.
const (
	Constant  Kind = "constant"
	Uniform   Kind = "uniform"
	Normal    Kind = "normal"
	Lognormal Kind = "lognormal"
)

// A Dist is a number or a distribution of numbers. Draws outside [Min, Max] are
// moved to the nearer end.
type Dist struct {
	Kind     Kind
	Mean     float64 // Constant: the number; Normal, Lognormal: the mean
	SD       float64 // Normal, Lognormal: the standard deviation
	Min, Max float64
}

// Const returns the distribution that is always x.
func Const(x float64) Dist { return Dist{Kind: Constant, Mean: x, Min: math.Inf(-1), Max: math.Inf(1)} }

// Fixed reports whether every draw is the same.
func (d Dist) Fixed() bool { return d.Kind == Constant }

// Bounds returns the smallest and the largest possible draw. They are finite
// for Constant, Uniform and Normal.
func (d Dist) Bounds() (lo, hi float64) {
	switch d.Kind {
	case Constant:
		return d.Mean, d.Mean
	case Uniform:
		return d.Min, d.Max
	case Normal:
		return clamp(d.Mean-float64(rng.MaxNormal*d.SD), d.Min, d.Max), clamp(d.Mean+float64(rng.MaxNormal*d.SD), d.Min, d.Max)
	default:
		return clamp(0, d.Min, d.Max), d.Max
	}
}

// Draw returns one number.
func (d Dist) Draw(r *rng.Stream) float64 {
	switch d.Kind {
	case Constant:
		return d.Mean
	case Uniform:
		return d.Min + float64((d.Max-d.Min)*r.Float64())
	case Normal:
		return clamp(d.Mean+float64(d.SD*r.Normal()), d.Min, d.Max)
	default:
		// ln X is normal with variance s² = ln(1 + SD²/Mean²), mean ln Mean - s²/2
		cv := d.SD / d.Mean
		s2 := fpmath.Log(1 + float64(cv*cv))
		return clamp(d.Mean*fpmath.Exp(float64(math.Sqrt(s2)*r.Normal())-float64(s2/2)), d.Min, d.Max)
	}
}

// Quantile returns the number below which a part p of the draws lies, 0 < p < 1.
func (d Dist) Quantile(p float64) float64 {
	switch d.Kind {
	case Constant:
		return d.Mean
	case Uniform:
		return d.Min + float64((d.Max-d.Min)*p)
	case Normal:
		return clamp(d.Mean+float64(d.SD*fpmath.NormalQuantile(p)), d.Min, d.Max)
	default:
		cv := d.SD / d.Mean
		s2 := fpmath.Log(1 + float64(cv*cv))
		return clamp(d.Mean*fpmath.Exp(float64(math.Sqrt(s2)*fpmath.NormalQuantile(p))-float64(s2/2)), d.Min, d.Max)
	}
}

// Moments returns the mean of the draws and of their squares, each from 1000 quantiles: of a
// normal distribution the mean of squares is 1e-3 SD² too small.
func (d Dist) Moments() (mean, square float64) {
	if d.Kind == Constant {
		return d.Mean, d.Mean * d.Mean
	}
	const n = 1000
	for i := range n {
		x := d.Quantile((float64(i) + 0.5) / n)
		mean += x / n
		square += float64(x * x / n)
	}
	return mean, square
}

// Check reports the rules that d breaks.
func (d Dist) Check(key string, bad func(key, rule string, args ...any)) bool {
	switch {
	case d.Kind != Constant && d.Kind != Uniform && d.Kind != Normal && d.Kind != Lognormal:
		bad(key+".dist", "must be %q, %q or %q", Uniform, Normal, Lognormal)
	case d.Kind == Uniform && (math.IsInf(d.Min, 0) || math.IsInf(d.Max, 0)):
		bad(key, "a uniform distribution needs min and max")
	case d.Min > d.Max:
		bad(key+".min", "must not be above max (%g)", d.Max)
	case (d.Kind == Normal || d.Kind == Lognormal) && !(d.SD >= 0):
		bad(key+".sd", "must not be negative")
	case d.Kind == Lognormal && !(d.Mean > 0):
		bad(key+".mean", "must be positive")
	default:
		return true
	}
	return false
}

func clamp(x, lo, hi float64) float64 { return max(lo, min(x, hi)) }
