package analysis

import (
	"math"
	"testing"
)

// Textbook values: Newcombe 1998 (Stat. Med. 17:857), table I, method 3.
func TestWilsonAgainstNewcombe(t *testing.T) {
	for _, c := range []struct {
		hits, trials int64
		lo, hi       float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {29, 29, 0.8830, 1}} {
		lo, hi := Proportion{c.hits, c.trials}.Wilson(Z95)
		if math.Abs(lo-c.lo) > 6e-5 || math.Abs(hi-c.hi) > 6e-5 {
			t.Errorf("%d/%d: %.4f to %.4f, want %.4f to %.4f", c.hits, c.trials, lo, hi, c.lo, c.hi)
		}
	}
}

// The definition: the ends are the rates at which the count is z standard
// errors away.
func TestWilsonEndsAreZAway(t *testing.T) {
	p := Proportion{37, 412}
	lo, hi := p.Wilson(2.5)
	if math.Abs(p.Z(lo)-2.5) > 1e-12 || math.Abs(p.Z(hi)+2.5) > 1e-12 {
		t.Errorf("z at the ends: %g and %g", p.Z(lo), p.Z(hi))
	}
}

func TestChiSquare(t *testing.T) {
	// 18.307 is the 5 % point of 10 degrees of freedom.
	z := make([]float64, 10)
	for i := range z {
		z[i] = math.Sqrt(1.8307)
	}
	if chi2, n, p := ChiSquare(z); math.Abs(chi2-18.307) > 1e-9 || n != 10 || math.Abs(p-0.05) > 1e-5 {
		t.Errorf("χ² = %g with %d, p = %g", chi2, n, p)
	}
}

func TestZAtCertainty(t *testing.T) {
	if z := (Proportion{0, 50}).Z(0); z != 0 {
		t.Errorf("no hits at probability 0: z = %g", z)
	}
	if z := (Proportion{1, 50}).Z(0); !math.IsInf(z, 1) {
		t.Errorf("a hit at probability 0: z = %g", z)
	}
}
