package analysis

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Tails of the Poisson distribution, from its terms.
func TestAgreeRareCounts(t *testing.T) {
	for _, c := range []struct {
		hits int64
		mean float64
		tail float64
	}{
		{0, 2, math.Exp(-2)},
		{3, 0.01, 1 - math.Exp(-0.01)*(1+0.01+0.01*0.01/2)},
		{1, 0.5, 1 - math.Exp(-0.5)},
		{0, 0, 1},
		{1, 0, 0},
	} {
		const trials = 1_000_000
		for _, flipped := range []bool{false, true} {
			p, prob := Proportion{c.hits, trials}, c.mean/trials
			if flipped {
				p, prob = p.Not(), 1-prob
			}
			a := Agree([]Proportion{p}, []float64{prob})
			// 1 - (1 - 1e-8) keeps eight digits.
			if math.Abs(a.LeastTail-c.tail) > 1e-7*c.tail+1e-9 || a.Normal != 0 {
				t.Errorf("%d hits at mean %g: tail %g, want %g", c.hits, c.mean, a.LeastTail, c.tail)
			}
		}
	}
}

// Counts that are binomial hold; those of another probability do not. A false
// alarm has a chance of 30·6e-5 + 1e-4 = 0.2 % a set, so of 200 sets at most 4
// (Poisson of mean 0.4: 6e-5 for more).
func TestAgreeHoldsForBinomialCountsOnly(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	alarms := 0
	for range 200 {
		var counts []Proportion
		var probs []float64
		for i := range 30 {
			const trials = 2000
			p := math.Pow(0.7, float64(i))
			hits := int64(0)
			for range trials {
				if r.Float64() < p {
					hits++
				}
			}
			counts, probs = append(counts, Proportion{hits, trials}), append(probs, p)
		}
		if !Agree(counts, probs).Holds() {
			alarms++
		}
		for i := range probs {
			probs[i] *= 0.8
		}
		if a := Agree(counts, probs); a.Holds() || a.Worst > 20 {
			t.Fatalf("counts at 1.25 times the probability hold: %+v", a)
		}
	}
	if alarms > 4 {
		t.Errorf("%d of 200 sets of binomial counts do not hold", alarms)
	}
}
