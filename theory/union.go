package theory

import "math"

// UnionZero returns the probability that one given cell has no synapse on a
// segment that stores m random patterns of s synapses [AH16, Eq. 11]:
//
//	p₀ = (1 - s/n)^m
//
// Exact for each single cell; different cells are not quite independent.
// 0 ≤ s ≤ n, n ≥ 1, m ≥ 0. Relative error of p₀ and 1-p₀ at most 1e-12.
func UnionZero(n, s, m int) Prob {
	mustUnion(n, 0, s, 0, m)
	p0 := zero(n, s, m)
	return both(p0.wide(), p0.oneMinus().wide())
}

func zero(n, s, m int) product { return quotient(n-s, n).pow(m) }

// UnionSize returns the expected number of distinct synapses of a segment that
// stores m random patterns of s synapses [AH16, Eq. 13]:
//
//	E|X| = n·(1 - (1-s/n)^m)
//
// Exact expectation. Arguments as for UnionZero. Relative error at most 1e-12.
func UnionSize(n, s, m int) float64 {
	mustUnion(n, 0, s, 0, m)
	p := zero(n, s, m).oneMinus()
	p.times(float64(n))
	return p.wide().Value()
}

// UnionExactMatch returns the probability that all s active synapses of a
// random pattern lie in a union of m patterns (theta = s) [AH16, Eq. 12]:
//
//	P = (1-p₀)^s,   p₀ = UnionZero(n, s, m)
//
// The formula of a Bloom filter: it takes cells as independent, and so
// overstates the probability a little (1.84e-10 against 1.25e-10 for n = 1024,
// s = m = 20). Arguments as for UnionZero; the formula to 1e-12.
func UnionExactMatch(n, s, m int) Prob {
	mustUnion(n, 0, s, 0, m)
	p := zero(n, s, m).oneMinus().pow(s)
	return both(p.wide(), p.oneMinus().wide())
}

// UnionFalsePositive returns the probability that a random activity fires a
// segment that stores m random patterns, with the union's size replaced by its
// expectation [AH16, Eq. 14]:
//
//	P ≈ FalsePositive(n, a, |X|, θ),   |X| = E|X| rounded to the nearest integer
//
// n cells, a active, s synapses for each of m patterns, theta needed to fire,
// which may exceed s. 0 ≤ a, s ≤ n, n ≥ 1, theta, m ≥ 0. The paper does not say
// how a fractional size is meant; the authors' scripts round it. The formula is
// evaluated to 1e-12; what it stands for is off by several per cent, mostly for
// the rounding: UnionFalsePositiveExact has no such error and costs little more.
func UnionFalsePositive(n, a, s, theta, m int) Prob {
	mustUnion(n, a, s, theta, m)
	return tail(n, a, int(math.Round(UnionSize(n, s, m))), theta)
}

// UnionFalsePositiveExact returns the average of FalsePositive over the true
// distribution of the union's size |X|, which is the exact probability that a
// random activity fires a segment of m random patterns:
//
//	P = Σ_u P(|X| = u) · FalsePositive(n, a, u, θ)
//
// Arguments as for UnionFalsePositive. Rather than the size, it follows the
// overlap with the activity: if the union covers h of the a active cells, the
// next pattern covers k more with probability C(a-h,k)·C(n-a+h,s-k) / C(n,s).
// That gives the same average and needs only theta states. With a and s swapped
// it is the exact rate for a segment of a synapses when the activity is the
// union of m patterns of s cells. Cost: of order m·theta·s. Relative error of P
// and 1-P at most 1e-12.
func UnionFalsePositiveExact(n, a, s, theta, m int) Prob {
	mustUnion(n, a, s, theta, m)
	if theta == 0 {
		return always
	}
	if theta > a {
		return never
	}
	// new[h][k]: k more of the a-h cells not yet covered; beyond[h]: theta-h or more.
	add := make([][]Wide, theta)
	beyond := make([]Wide, theta)
	for h := range add {
		add[h] = make([]Wide, theta-h)
		for k := range add[h] {
			add[h][k] = pointAt(n, a-h, s, k)
		}
		beyond[h] = tail(n, a-h, s, theta-h).p
	}
	covered := make([]Wide, theta) // P(h covered), h < theta
	covered[0] = wide(1, 0)
	var fired Wide
	for range m {
		for h := theta - 1; h >= 0; h-- { // downwards: h only grows, and covered is overwritten
			p := covered[h]
			if p.frac == 0 {
				continue
			}
			fired = fired.add(p.mul(beyond[h]))
			for k := len(add[h]) - 1; k > 0; k-- {
				covered[h+k] = covered[h+k].add(p.mul(add[h][k]))
			}
			covered[h] = p.mul(add[h][0])
		}
	}
	var silent Wide
	for _, p := range covered {
		silent = silent.add(p)
	}
	return both(fired, silent)
}

// UnionSizes returns the distribution of the number of distinct synapses of a
// segment that stores m random patterns of s synapses: element u is P(|X| = u),
// u from 0 to min(n, m·s). It follows from
//
//	P(u → u+k) = C(n-u,k)·C(u,s-k) / C(n,s)
//
// for each further pattern. Arguments as for UnionZero. Relative error 1e-12
// above 1e-290; less likely sizes may be 0. Cost: of order m²·s².
func UnionSizes(n, s, m int) []float64 {
	mustUnion(n, 0, s, 0, m)
	p := make([]float64, 1, min(n, m*s)+1)
	p[0] = 1
	for range m {
		next := make([]float64, min(n, len(p)-1+s)+1)
		for u, pu := range p {
			if pu == 0 {
				continue
			}
			lo, dist := points(n, n-u, s)
			for i, q := range dist {
				next[u+lo+i] += float64(pu * q)
			}
		}
		p = next
	}
	return p
}

// FalsePositiveReal is FalsePositive for a number of active cells that need not
// be whole, with C(x,y) continued by the gamma function:
//
//	P = Σ_{b=θ}^{s} C(s,b) · [a]_b·[n-a]_{s-b} / [n]_s,   [x]_k = x(x-1)…(x-k+1)
//
// The authors' script puts the expected size of a union of patterns there. It
// is a formula, not the probability of anything. Needs s-1 ≤ a ≤ n-s+1, so that
// no factor is negative, and theta ≥ 0. Relative error at most 1e-12.
func FalsePositiveReal(n int, a float64, s, theta int) Wide {
	must(n >= 1 && s >= 0 && theta >= 0 && a >= float64(s-1) && a <= float64(n-s+1),
		"FalsePositiveReal: out of range: n = %d, a = %g, s = %d, theta = %d", n, a, s, theta)
	var sum Wide
	for b := s; b >= theta; b-- {
		num, den := one, one
		num.falling(float64(s), b)
		den.falling(float64(b), b)
		num.falling(a, b)
		num.falling(float64(n)-a, s-b)
		den.falling(float64(n), s)
		sum = sum.add(num.over(den))
	}
	return sum
}
