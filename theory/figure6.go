package theory

import (
	"math"
	"slices"
)

// A Figure6Set is one of the parameter sets of equal weight of Figure 6 of [AH16].
type Figure6Set struct{ N, A, S int }

// Figure6Sets returns all 420 of them: n = 10,000, 30,000 ... 190,000; a = round(f·n),
// f = 0.5, 1 ... 3 %; s = 20, 25 ... 50, which changes fastest.
func Figure6Sets() (sets []Figure6Set) {
	for n := 10_000; n <= 190_000; n += 20_000 {
		for f := 1; f <= 6; f++ {
			a := int(math.Round(float64(f) / 200 * float64(n)))
			for s := 20; s <= 50; s += 5 {
				sets = append(sets, Figure6Set{N: n, A: a, S: s})
			}
		}
	}
	return sets
}

// Figure6Median returns the median over those sets of equation (4), at θ.
func Figure6Median(theta int) float64 {
	var p []float64
	for _, x := range Figure6Sets() {
		p = append(p, FalsePositive(x.N, x.A, x.S, theta).Value())
	}
	return Median(p)
}

// Median returns the middle value, or the mean of the two middle values of an even
// number of them; NaN of none.
func Median(x []float64) float64 {
	x = slices.Clone(x)
	slices.Sort(x)
	m := len(x) / 2
	switch {
	case len(x) == 0:
		return math.NaN()
	case len(x)%2 == 1:
		return x[m]
	}
	return (x[m-1] + x[m]) / 2
}
