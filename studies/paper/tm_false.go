package paper

import (
	"math"

	"neurosim/theory"
)

// falseCells is the distribution of the number X of cells that a sequence memory predicts
// besides the right ones, while all its segments are those it made first, s synapses
// on the a cells of one of K source patterns for each of the a cells that follow it.
//
// The cells that follow one source pattern see the same overlap k of it with the
// pattern that is shown, so they come in clumps: of a cells, each not right with
// probability (n-a)/n and predicted with P(k) = P(Hypergeometric(a; k; s) ≥ θ). The
// clumps of different sources add up; that two of them hold the same cell is left
// out, which is of order X/n. Element x of the result is P(X = x); what lies beyond
// 4·a is left out.
func falseCells(n, a, s, theta, sources int) []float64 {
	clump := make([]float64, a+1)
	for k := range a + 1 {
		weight := theory.Overlap(n, a, a, k).Value()
		if weight == 0 {
			continue
		}
		p := theory.FalseNegative(a, s, a-k, theta).Complement().Value()
		p = float64(p*float64(n-a)) / float64(n)
		for m, b := range binomial(a, p) {
			clump[m] += float64(weight * b)
		}
	}
	return convolved(clump, sources, 4*a)
}

// binomial returns the probabilities of 0 … n successes.
func binomial(n int, p float64) []float64 {
	dist := make([]float64, n+1)
	if p > 0.5 {
		for k, b := range binomial(n, 1-p) {
			dist[n-k] = b
		}
		return dist
	}
	dist[0] = power(1-p, n)
	for k := range n {
		dist[k+1] = float64(dist[k]*float64(n-k)) * p / (float64(k+1) * (1 - p))
	}
	return dist
}

// convolved returns elements 0 … most of the distribution of the sum of k numbers of one
// distribution on 0, 1 … with dist[0] > 0, by the recursion that follows from g' f = k f' g of the
// generating functions f and g = f^k:
//
//	g_x = Σ_j (k·j - (x-j))·f_j·g_(x-j) / (x·f_0),  j = 1 … x
func convolved(dist []float64, k, most int) []float64 {
	g := make([]float64, most+1)
	g[0] = power(dist[0], k)
	for x := 1; x <= most; x++ {
		sum := 0.0
		for j := 1; j < len(dist) && j <= x; j++ {
			sum += float64(float64(k*j-(x-j)) * float64(dist[j]*g[x-j]))
		}
		g[x] = sum / float64(float64(x)*dist[0])
	}
	return g
}

// power returns x^k by squaring, the same digits in every build.
func power(x float64, k int) float64 {
	y := 1.0
	for ; k > 0; k >>= 1 {
		if k&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

// errorOf returns mean and standard deviation of the error X/(a+X) of a step, which is
// 1 less the Jaccard similarity, if all right cells are predicted and X others.
func errorOf(dist []float64, a int) (mean, sd float64) {
	square := 0.0
	for x, p := range dist {
		e := float64(x) / float64(a+x)
		mean += float64(p * e)
		square += float64(p * float64(e*e))
	}
	return mean, math.Sqrt(max(0, square-float64(mean*mean)))
}
