package theory

// FalseNegativeReadd is FalseNegative for the noise of the later experiments
// [AH18, §4.3], in which a silenced cell may come back: v of the a active cells
// are cleared first, then v cells are drawn from all that are now off, the
// cleared ones among them.
//
//	lost   b ~ Hypergeometric(a; v; s)         synapses that lose their cell
//	re-on  r ~ Hypergeometric(n-a+v; v; b)     of these, cells drawn again
//	P = P(s - b + r < θ)
//
// n cells; otherwise as FalseNegative, which it approaches from below as n grows
// at fixed a. Needs a ≤ n. Relative error of P and 1-P at most 1e-12.
func FalseNegativeReadd(n, a, s, v, theta int) Prob {
	mustNoise(a, s, v, theta)
	must(a <= n, "a must not exceed n (a = %d, n = %d)", a, n)
	var miss, hit Wide
	for b := max(0, v+s-a); b <= min(s, v); b++ {
		lost := pointAt(a, v, s, b)
		again := tail(n-a+v, v, b, theta-(s-b)) // enough come back
		miss = miss.add(lost.mul(again.q))
		hit = hit.add(lost.mul(again.p))
	}
	return both(miss, hit)
}

// NeuronFalseNegative returns the probability that a neuron misses a corrupted
// pattern: the segment that stored it misses, and none of the others, which
// know nothing of it, fires by chance [AH18, §4.3]:
//
//	P = P_FN · (1-P_FP)^(g-1)
//
// fn and fp are the error probabilities of one segment, FalseNegative or
// FalseNegativeReadd and FalsePositive; g ≥ 1 segments. A pattern corrupted by
// swaps is taken as random for the other segments. Relative error that of fn
// and fp, the latter times g.
func NeuronFalseNegative(fn, fp Prob, g int) Prob {
	must(g >= 1, "a neuron needs at least one segment, not %d", g)
	return Both(fn, AnyOf(fp, float64(g-1)).Complement())
}
