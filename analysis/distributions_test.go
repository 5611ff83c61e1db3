package analysis

import (
	"math"
	"math/big"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// Binomial tails against exact rational sums.
func TestBinomialAgainstExactSums(t *testing.T) {
	for _, c := range []struct {
		n    int64
		p    *big.Rat
		most float64
	}{{10, big.NewRat(1, 4), 1e-14}, {60, big.NewRat(1, 128), 1e-14}, {200, big.NewRat(5, 8), 1e-13}, {1000, big.NewRat(1, 512), 2e-14}} {
		p, _ := c.p.Float64()
		q := new(big.Rat).Sub(big.NewRat(1, 1), c.p)
		term := big.NewRat(1, 1)
		for range c.n {
			term.Mul(term, q)
		}
		sum := new(big.Rat)
		for k := range c.n {
			sum.Add(sum, term)
			want, _ := sum.Float64()
			got := binomialUpTo(float64(k), float64(c.n), p)
			if math.Abs(got-want) > c.most*want {
				t.Fatalf("P(X ≤ %d), n = %d, p = %v: %.17g, want %.17g", k, c.n, p, got, want)
			}
			term.Mul(term, big.NewRat(c.n-k, k+1))
			term.Mul(term, c.p).Quo(term, q)
			if k > 60 {
				break
			}
		}
	}
}

// The quantile inverts, and all distributions agree with gonum's, whose own errors grow
// with the parameters.
func TestDistributionsAgainstGonum(t *testing.T) {
	for _, c := range [][3]float64{{1, 1, 1e-12}, {0.5, 3, 1e-12}, {3, 998, 1e-11}, {51, 1950, 1e-10}, {20000, 80001, 1e-9}, {1, 1e6, 1e-9}} {
		for _, p := range []float64{1e-6, 0.025, 0.3, 0.5, 0.975} {
			x := betaQuantile(p, c[0], c[1])
			if back := betaBelow(x, c[0], c[1]); math.Abs(back-p) > 1e-11*p {
				t.Errorf("I_%v(%v, %v) = %v, want %v", x, c[0], c[1], back, p)
			}
			if want := (distuv.Beta{Alpha: c[0], Beta: c[1]}).Quantile(p); math.Abs(x-want) > 1e3*c[2]*want {
				t.Errorf("quantile %v of Beta(%v, %v) is %v, gonum has %v", p, c[0], c[1], x, want)
			}
		}
	}
	for _, k := range []int{1, 2, 5, 30, 400} {
		for _, f := range []float64{0.01, 0.5, 0.9, 1, 1.1, 1.5, 3, 10} {
			x := f * float64(k)
			if got, want := chiSquareTail(x, k), (distuv.ChiSquared{K: float64(k)}).Survival(x); math.Abs(got-want) > 1e-11*want+1e-15 {
				t.Errorf("P(χ² > %v), k = %d: %v, want %v", x, k, got, want)
			}
		}
	}
	for _, z := range []float64{-3, 0, 0.1, 2, 8, 20} {
		if got, want := normalTail(z), math.Erfc(z/math.Sqrt2)/2; math.Abs(got-want) > 1e-13*want {
			t.Errorf("P(Z > %v) = %v, want %v", z, got, want)
		}
	}
	if got := chiSquareTail(0, 3); got != 1 {
		t.Errorf("P(χ² > 0) = %v", got)
	}
}
