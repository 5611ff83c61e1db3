package theory

// PredictionJaccard returns the expected similarity of predicted and active
// cells in a sequence memory that has learned K transitions, where any cell may
// also be predicted by chance [AH18, B2]:
//
//	J = a / (a + q·(n-a)),   q = 1 - (1-P_FP)^(K·a/n)
//
// J is the Jaccard similarity if the a right cells are all predicted and each
// of the others with probability q; K·a/n is the mean number of segments of a
// cell (one cell in each column, one segment for each cell of a transition).
// P_FP = FalsePositive(n, a, s, theta). 1-J is the error of the figure. Needs
// a ≥ 1 and transitions ≥ 0. Relative error of J and 1-J at most 1e-12. The
// formula ignores that segments active by accident grow synapses while learning,
// which makes it far too optimistic where J is not near 1.
func PredictionJaccard(n, a, s, theta, transitions int) Prob {
	mustCounts(n, a, s, theta)
	must(a >= 1 && transitions >= 0, "PredictionJaccard: a = %d must be at least 1, transitions = %d not negative", a, transitions)
	q := AnyOf(FalsePositive(n, a, s, theta), float64(transitions)*float64(a)/float64(n))
	wrong := q.p.times(float64(n - a))
	all := wrong.add(wide(float64(a), 0))
	return both(wide(float64(a), 0).over(all), wrong.over(all))
}

// SequenceAccuracy returns the expected share of the cells of a step that a
// sequence memory predicts from a corrupted step before, with one trained
// sequence [AH18, B3]:
//
//	accuracy = 1 - FalseNegative(a, s, v, θ)
//
// a active cells, v of them silenced or swapped, segments of s synapses. For
// noise that may bring a silenced cell back, take the complement of
// FalseNegativeReadd. Accuracy as FalseNegative.
func SequenceAccuracy(a, s, v, theta int) Prob {
	return FalseNegative(a, s, v, theta).Complement()
}

// Surprise returns the expected share of the cells of a random pattern that a
// sequence memory did not predict while it predicts the union of m learned
// continuations [AH18, B4]:
//
//	surprise = (1 - a/n)^m
//
// The overlap with the union is the complement; a times the surprise is a number
// of cells. 0 ≤ a ≤ n, n ≥ 1, m ≥ 0. Relative error of both at most 1e-12.
func Surprise(n, a, m int) Prob { return UnionZero(n, a, m) }
