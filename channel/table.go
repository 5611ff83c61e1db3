package channel

import (
	"math"

	"neurosim/internal/fpmath"
)

// Step is exponential Euler over a time h: with the steady state x∞ and time constant τ
// at the potential or concentration of the step,
//
//	x(t+h) = x∞ + (x - x∞) e^(-h/τ) = a + b x,   b = e^(-h/τ),   a = x∞ (1 - b)
//
// It is exact while V and ca stand still.
func (g *gate) step(v, c, h float64) (a, b float64) {
	inf, rate := g.at(v, c)
	if math.IsInf(rate, 1) {
		return inf, 0
	}
	u := -float64(h * rate)
	switch {
	case u != u:
		return u, u
	case u < -700:
		return inf, 0
	}
	return -float64(inf * fpmath.Expm1(u)), fpmath.Exp(u)
}

// A cubic is a polynomial on an interval, in t from 0 to 1.
type cubic [4]float64

// at returns its value.
func (p *cubic) at(t float64) float64 {
	return p[0] + float64(t*(p[1]+float64(t*(p[2]+float64(t*p[3])))))
}

// nodes are the Chebyshev points of [0, 1], at which a cubic equals what it stands for.
// They keep off the ends, where formulas may be 0/0 or change their form. The error is at
// most h⁴ max|f⁗|/3072 for an interval of length h.
var nodes = [4]float64{
	0.5 - 0.46193976625564337, 0.5 - 0.19134171618254489, 0.5 + 0.19134171618254489, 0.5 + 0.46193976625564337,
}

// interpolate returns the cubic through y at nodes, by Newton's divided differences.
func interpolate(y [4]float64) cubic {
	d := y
	for k := 1; k < 4; k++ {
		for i := 3; i >= k; i-- {
			d[i] = (d[i] - d[i-1]) / (nodes[i] - nodes[i-k])
		}
	}
	// d0 + (t-n0)(d1 + (t-n1)(d2 + (t-n2) d3)), expanded from the inside
	p := cubic{d[3]}
	for k := 2; k >= 0; k-- {
		var q cubic
		for i := range 3 {
			q[i+1] = p[i]
		}
		for i := range q {
			q[i] -= float64(nodes[k] * p[i])
		}
		q[0] += d[k]
		p = q
	}
	return p
}

// scale is how a quantity is divided into intervals.
type scale struct {
	perUnit float64 // V: intervals of a mV
	bits    int     // ca: intervals of an octave are 2^bits
	size    int     // intervals
	exact   []bool  // [size] where cubics are not used; nil for nowhere
}

// Voltage tables begin with intervals of 1/2 mV, calcium tables with 1/16 octave; they are
// refined until no gate has an error of more than tolerance, except for a few intervals in which formulas
// have a corner or a jump, which no refinement mends, or to the finest.
const (
	tolerance  = 1e-8
	corners    = 16 // intervals
	coarsestV  = 2
	finestV    = 64
	coarsestCa = 4
	finestCa   = 8
)

// promised is the largest error of what a table says. In an interval in which it would be
// larger, gates are worked out by their formulas.
const promised = 1e-6

func voltageScale(perMV int) scale {
	return scale{perUnit: float64(perMV), size: int(highV-lowV) * perMV}
}

func calciumScale(bits int) scale { return scale{bits: bits, size: octaves << bits} }

// keepOut leaves to formulas the intervals in which cubics err by more than is promised.
func (s *scale) keepOut(errs []float64) {
	for i, err := range errs {
		if !(err <= promised) {
			if s.exact == nil {
				s.exact = make([]bool, s.size)
			}
			s.exact[i] = true
		}
	}
}

// interval returns the bounds of interval i.
func (s *scale) interval(i int) (lo, hi float64) {
	if s.perUnit > 0 {
		return lowV + float64(i)/s.perUnit, lowV + float64(i+1)/s.perUnit
	}
	n := 1 << s.bits
	lo = math.Ldexp(1+float64(i%n)/float64(n), lowOctave+i/n)
	return lo, lo + math.Ldexp(1/float64(n), lowOctave+i/n)
}

// one is the bits of 1.0.
const one = 1023 << 52

// find returns the interval of u and the place in it; ok is false where formulas are used:
// outside the range, and in the intervals of exact.
func (s *scale) find(u float64) (i int, t float64, ok bool) {
	if s.perUnit > 0 {
		p := float64((u - lowV) * s.perUnit)
		i = int(p)
		if !(p >= 0 && p < float64(s.size)) {
			return 0, 0, false
		}
		return i, p - float64(i), s.exact == nil || !s.exact[i]
	}
	b := math.Float64bits(u)
	k := int(b>>(52-s.bits)) - (1023+lowOctave)<<s.bits
	if k < 0 || k >= s.size {
		return 0, 0, false
	}
	return k, math.Float64frombits(b<<s.bits&(1<<52-1)|one) - 1, true // what follows the bits of k, behind 1
}

// fit tabulates a function of u over interval i of the scale.
func (s *scale) fit(i int, f func(u float64) float64) cubic {
	lo, hi := s.interval(i)
	var y [4]float64
	for k, t := range nodes {
		y[k] = f(lo + float64(t*(hi-lo)))
	}
	return interpolate(y)
}

// A fitted gate is its step as cubics.
type fitted struct{ a, b []cubic }

// tabulate fits a gate's step of h on a scale, and raises errs [intervals] to by how much it
// errs at most in each: the error of the steady state that follows from the table, a/(1-b),
// and of x after a step, as part of what a step may change, 1 - b.
func (g *gate) tabulate(s *scale, h float64, errs []float64) (out fitted) {
	step := func(u float64) (a, b float64) {
		if g.reads == readsCa {
			return g.step(0, u, h)
		}
		return g.step(u, rest, h)
	}
	for i := range s.size {
		var ya, yb [4]float64
		lo, hi := s.interval(i)
		for k, t := range nodes {
			ya[k], yb[k] = step(lo + float64(t*(hi-lo)))
		}
		a, b := interpolate(ya), interpolate(yb)
		out.a, out.b = append(out.a, a), append(out.b, b)
		for _, t := range [...]float64{0.002, 0.15, 0.5, 0.85, 0.998} {
			wantA, wantB := step(lo + float64(t*(hi-lo)))
			err := (math.Abs(a.at(t)-wantA) + math.Abs(b.at(t)-wantB)) / max(1-wantB, 1e-12)
			if err > errs[i] || err != err {
				errs[i] = err
			}
		}
	}
	return out
}
