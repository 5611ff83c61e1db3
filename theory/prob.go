package theory

import (
	"math"

	"neurosim/internal/fpmath"
)

// Prob is the probability of an event together with that of its complement,
// each to full relative precision: a false-positive rate of 1e-700 and a
// detection rate that misses 1 by 1e-40 are both exact. The zero value is not
// a probability; use the functions of this package.
type Prob struct {
	p, q Wide // P and 1-P; the smaller is known, the larger follows
}

var (
	never  = Prob{q: Wide{0.5, 1}}
	always = Prob{p: Wide{0.5, 1}}
)

// ProbOf returns the probability x of a known number. It panics unless
// 0 ≤ x ≤ 1.
func ProbOf(x float64) Prob {
	must(x >= 0 && x <= 1, "a probability must be from 0 to 1, not %v", x)
	return Prob{wide(x, 0), wide(1-x, 0)}
}

// small returns the Prob of an event given its own probability, for use where
// that is at most about 1/2: the complement is then exact to rounding.
func small(p Wide) Prob { return Prob{p, wide(max(0, 1-p.Value()), 0)} }

// both returns the Prob of an event whose probability and complement were
// summed apart. The larger is replaced by 1 minus the smaller, which has the
// smaller absolute error.
func both(p, q Wide) Prob {
	if p.less(q) {
		return small(p)
	}
	return small(q).Complement()
}

// Value returns P as a float64; it is 0 for P below 5e-324.
func (p Prob) Value() float64 { return p.p.Value() }

// Log returns the natural logarithm of P, -Inf for 0, accurate also where P is
// so close to 1 that Value is 1.
func (p Prob) Log() float64 {
	if q := p.q.Value(); q < 0.5 {
		return fpmath.Log1p(-q)
	}
	return p.p.Log()
}

// Log10 returns the decimal logarithm of P, -Inf for 0.
func (p Prob) Log10() float64 { return p.Log() / math.Ln10 }

// Wide returns P without the lower limit of a float64.
func (p Prob) Wide() Wide { return p.p }

// Complement returns the probability that the event does not happen, 1-P, with
// the same relative precision as P.
func (p Prob) Complement() Prob { return Prob{p.q, p.p} }

// String writes P with six significant digits, also below 1e-308.
func (p Prob) String() string { return p.p.String() }

// Both returns the probability that two independent events both happen,
// P₁·P₂.
func Both(p1, p2 Prob) Prob {
	// 1 - P₁P₂ = Q₁ + P₁Q₂, a sum without cancellation.
	return both(p1.p.mul(p2.p), p1.q.add(p1.p.mul(p2.q)))
}

// AnyOf returns the probability that at least one of m independent events of
// probability p happens,
//
//	P = 1 - (1-p)^m,
//
// the form of equations (8), (B1) and (B2). m ≥ 0 need not be whole (a mean
// number of segments per cell). Relative error of P: that of p plus 1e-15; of
// 1-P: those times 1+m·p, because (1-p)^m magnifies the error of p.
func AnyOf(p Prob, m float64) Prob {
	must(m >= 0, "the number of events must not be negative, not %v", m)
	if m == 0 || p.p.frac == 0 {
		return never
	}
	if p.q.frac == 0 {
		return always
	}
	// y = -m·ln(1-p). Below 1e-17, -ln(1-p) is p, which a float64 may not hold.
	var y Wide
	if p.p.exp < -56 {
		y = p.p.times(m)
	} else {
		y = wide(m*-p.Complement().Log(), 0)
	}
	if y.exp < -56 {
		return small(y)
	}
	x := y.Value()
	return both(wide(-fpmath.Expm1(-x), 0), wideExp(-x))
}
