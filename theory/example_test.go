package theory_test

import (
	"fmt"

	"neurosim/theory"
)

// A segment with 24 synapses on 2048 cells responds to 12 active ones. How often does
// a random pattern of 40 cells make it respond, and how often does its own pattern fail
// to, of which 16 cells are silent?
func ExampleFalsePositive() {
	const n, a, s, theta = 2048, 40, 24, 12
	fmt.Printf("false positives  %.3g\n", theory.FalsePositive(n, a, s, theta).Value())
	fmt.Printf("false negatives  %.3g\n", theory.FalseNegative(a, s, 16, theta).Value())
	fmt.Printf("tolerated losses %d of %d synapses\n", theory.Tolerance(s, theta), s)
	// Output:
	// false positives  1.18e-15
	// false negatives  0.0263
	// tolerated losses 12 of 24 synapses
}

// Probabilities beyond the range of float64 keep their precision as logarithms.
func ExampleProb_Log10() {
	p := theory.FalsePositive(200_000, 2000, 400, 300)
	fmt.Printf("value %g, log10 %.2f\n", p.Value(), p.Log10())
	// Output:
	// value 0, log10 -514.19
}

// What a segment costs that stores ten patterns: equation (14), and the average over
// the sizes that the union may have.
func ExampleUnionFalsePositiveExact() {
	const n, a, s, theta, m = 10_000, 200, 25, 15, 10
	fmt.Printf("size %.1f synapses\n", theory.UnionSize(n, s, m))
	fmt.Printf("(14)  %.3g\n", theory.UnionFalsePositive(n, a, s, theta, m).Value())
	fmt.Printf("exact %.3g\n", theory.UnionFalsePositiveExact(n, a, s, theta, m).Value())
	// Output:
	// size 247.2 synapses
	// (14)  0.000127
	// exact 0.000129
}
