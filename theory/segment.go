package theory

import "math/big"

// Matches reports whether a segment with the given overlap fires an NMDA spike
// [AH16, Eq. 1]:
//
//	A·D ≥ θ
//
// overlap is the number of its synapses whose presynaptic cell is active. The
// same rule, with the union X in place of D, is [AH16, Eq. 10].
func Matches(overlap, theta int) bool { return overlap >= theta }

// OverlapSetSize returns how many activity vectors with a ones share exactly b
// ones with a segment of s synapses [AH16, Eq. 2]:
//
//	|Ω(n,a,b)| = C(s,b) · C(n-s, a-b)
//
// Exact. n cells; needs 0 ≤ a, s ≤ n; zero where b cannot occur. The number of
// ways in which v silenced cells of the a active hit b of the s synapses
// [AH16, Eq. 5], C(s,b)·C(a-s,v-b), is OverlapSetSize(a, v, s, b).
func OverlapSetSize(n, a, s, b int) *big.Int {
	mustCounts(n, a, s, 0)
	if b < max(0, a+s-n) || b > min(a, s) {
		return new(big.Int)
	}
	x := new(big.Int).Binomial(int64(s), int64(b))
	return x.Mul(x, new(big.Int).Binomial(int64(n-s), int64(a-b)))
}

// Overlap returns the probability that a random activity has exactly b active
// synapses on a segment,
//
//	P = |Ω(n,a,b)| / C(n,a),
//
// a hypergeometric distribution with mean a·s/n. n cells, a active, s synapses;
// 0 ≤ a, s ≤ n; zero where b cannot occur. Relative error below 1e-12.
func Overlap(n, a, s, b int) Prob {
	mustCounts(n, a, s, 0)
	p := pointAt(n, a, s, b)
	if p.Value() > 0.5 { // then the complement is summed from both sides
		return both(p, tail(n, a, s, b).q.add(tail(n, a, s, b+1).p))
	}
	return small(p)
}

// MeanOverlap returns the mean number of active synapses a·s/n.
func MeanOverlap(n, a, s int) float64 {
	mustCounts(n, a, s, 0)
	return float64(a) * float64(s) / float64(n)
}

// FalsePositive returns the probability that a random activity fires a segment
// that never learned it [AH16, Eqs. 3 and 4]:
//
//	P = Σ_{b=θ}^{min(s,a)} C(s,b)·C(n-s,a-b) / C(n,a)
//
// n cells, a of them active, s synapses, theta needed to fire. The activity is
// drawn uniformly from all with a ones. Needs 0 ≤ a, s ≤ n, n ≥ 1 and
// theta ≥ 0; where theta exceeds s or a, P is 0. Relative error of P and of
// 1-P at most 1e-12 however small they are.
func FalsePositive(n, a, s, theta int) Prob {
	mustCounts(n, a, s, theta)
	return tail(n, a, s, theta)
}

// FalseNegative returns the probability that a segment misses its own pattern
// when v of the pattern's a active cells are silenced, or swapped for cells
// outside the pattern [AH16, Eq. 6]:
//
//	P = Σ_{b=s-θ+1}^{min(s,v)} C(s,b)·C(a-s,v-b) / C(a,v)
//
// s synapses on cells of the pattern, theta needed to fire; b counts the
// synapses lost. n drops out. Needs 0 ≤ s ≤ a, 0 ≤ v ≤ a, a ≥ 1 and
// theta ≥ 0. P is 0 exactly for v ≤ s-θ and 1 for v > a-θ. Relative error of P
// and 1-P at most 1e-12. (The caption of Fig. 4B calls this equation 5.)
func FalseNegative(a, s, v, theta int) Prob {
	mustNoise(a, s, v, theta)
	return tail(a, v, s, s-theta+1)
}

// Tolerance returns the greatest number of silenced synapses that never costs a
// detection, s-θ; for a union of patterns, the same number per stored pattern
// [AH16, after Eq. 10]. It is negative if the segment cannot fire at all.
func Tolerance(s, theta int) int { return s - theta }
