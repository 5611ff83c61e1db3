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
			// These are Poisson; a binomial tail differs by mean²/trials, 4e-6 at most.
			if math.Abs(a.LeastTail-c.tail) > 4e-6*c.tail || a.Normal != 0 {
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
	if alarms > 3 {
		t.Errorf("%d of 200 sets of binomial counts do not hold", alarms)
	}
}

// Where the normal tail takes over, the exact one has become normal.
func TestAgreeTailBecomesNormal(t *testing.T) {
	p := Proportion{Hits: tailCount + 4000, Trials: 1e9} // z = 4.0 at mean tailCount
	exact := p.tail(tailCount / 1e9)
	if normal := 3.167e-5; math.Abs(exact/normal-1) > 0.02 {
		t.Errorf("tail at 4 standard errors: %g, normal %g", exact, normal)
	}
}

// Deviates: one of 5 among 30 fails, 30 of 1.9 fail by their sum.
func TestAgreeZ(t *testing.T) {
	zs := make([]float64, 30)
	if a := AgreeZ(zs); !a.Holds() || a.Chi2 != 0 {
		t.Errorf("zeros do not hold: %+v", a)
	}
	zs[17] = -5
	if a := AgreeZ(zs); a.Holds() || a.Worst != 17 || a.MaxZ != 5 {
		t.Errorf("-5 holds: %+v", a)
	}
	for i := range zs {
		zs[i] = 1.9
	}
	if a := AgreeZ(zs); a.Holds() {
		t.Errorf("thirty of 1.9 hold: %+v", a)
	}
}
