package analysis

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Thresholds drawn from a known distribution are found again: 95 % intervals hold the truth
// in about 95 % of samples (200 samples: standard deviation 1.5 %, so at least 90 %
// with five standard deviations to spare for the approximation of the interval).
func TestFitPsychometricFindsTheDistribution(t *testing.T) {
	for _, dist := range []struct {
		mid, width float64
		n          int
	}{{11.3, 1.7, 400}, {5.9, 0.6, 300}, {20, 4, 100}} {
		r := rand.New(rand.NewPCG(1, 2))
		const samples = 200
		mid, width := 0, 0
		for range samples {
			counts := make([]int64, 42)
			for range dist.n {
				theta := math.Ceil(dist.mid + dist.width*r.NormFloat64())
				counts[int(min(max(theta, 0), 41))]++
			}
			p := FitPsychometric(counts)
			if p.MidLo <= dist.mid && dist.mid <= p.MidHi {
				mid++
			}
			if p.WidthLo <= dist.width && dist.width <= p.WidthHi {
				width++
			}
		}
		if mid < 180 || width < 180 {
			t.Errorf("%+v: the intervals hold μ in %d and σ in %d of %d samples", dist, mid, width, samples)
		}
	}
}

// Three bins determine the two parameters up to the far tails: the fit gives the
// shares of the trials back. A distribution of one bin has no width; one of none has no mean.
func TestFitPsychometricAtTheEdge(t *testing.T) {
	counts := make([]int64, 12)
	counts[4], counts[5], counts[6] = 10, 60, 30
	p := FitPsychometric(counts)
	// A normal distribution through F(4) = 0.1 and F(5) = 0.7 has σ = 0.55 and leaves Φ(-2.3) = 1 %
	// beyond 6, where there are no trials: the fit may move by about that.
	if got := p.At(4); math.Abs(got-0.1) > 0.02 {
		t.Errorf("F(4) = %.4f, want 0.1", got)
	}
	if got := p.At(5); math.Abs(got-0.7) > 0.02 {
		t.Errorf("F(5) = %.4f, want 0.7", got)
	}
	one := make([]int64, 12)
	one[7] = 100
	if p := FitPsychometric(one); p.Mid != 6.5 || p.Width != 0 || p.At(6) != 0 || p.At(7) != 1 || p.Threshold() != 7 {
		t.Errorf("all at 7: %+v", p)
	}
	none := make([]int64, 12)
	none[11] = 100
	if p := FitPsychometric(none); !math.IsNaN(p.Mid) {
		t.Errorf("no spike in any trial: %+v", p)
	}
}
