package theory

// MatchesAny reports whether an activity belongs to the set that M segments
// store: at least one of them fires [AH16, Eq. 7]. overlaps holds the overlap
// of the activity with each segment.
func MatchesAny(overlaps []int, theta int) bool {
	for _, o := range overlaps {
		if Matches(o, theta) {
			return true
		}
	}
	return false
}

// SetFalsePositive returns the probability that a random activity fires at
// least one of m independent segments [AH16, Eq. 8], or a neuron of m segments
// with one pattern each [AH18, B1]:
//
//	P = 1 - (1-P_FP)^m,   P_FP = FalsePositive(n, a, s, theta)
//
// m ≥ 0. Relative error of P at most 1e-12; of 1-P, 1e-14·(1 + m·P_FP).
func SetFalsePositive(n, a, s, theta, m int) Prob {
	must(m >= 0, "m must not be negative, not %d", m)
	return AnyOf(FalsePositive(n, a, s, theta), float64(m))
}

// SetFalsePositiveBound returns the union bound on SetFalsePositive
// [AH16, Eq. 9]:
//
//	P ≤ m · P_FP
//
// It is not a probability: it exceeds 1 where it is useless. Relative error at
// most 1e-12.
func SetFalsePositiveBound(n, a, s, theta, m int) Wide {
	must(m >= 0, "m must not be negative, not %d", m)
	return FalsePositive(n, a, s, theta).Wide().times(float64(m))
}
