package theory

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactTail returns P(X ≥ theta) of the hypergeometric distribution in rational
// arithmetic, straight from the definition. It is the oracle of these tests and
// shares nothing with the code under test.
func exactTail(n, a, s, theta int) *big.Rat {
	if s > a {
		a, s = s, a // only to keep C(n,s) small
	}
	num, den := new(big.Int), new(big.Int).Binomial(int64(n), int64(s))
	b := max(theta, 0, a+s-n)
	if b > s {
		return new(big.Rat)
	}
	t := new(big.Int).Binomial(int64(a), int64(b))
	t.Mul(t, new(big.Int).Binomial(int64(n-a), int64(s-b)))
	for ; b <= s; b++ {
		num.Add(num, t)
		// C(a,b+1)·C(n-a,s-b-1) from C(a,b)·C(n-a,s-b); the division is exact.
		t.Mul(t, big.NewInt(int64(a-b)))
		t.Mul(t, big.NewInt(int64(s-b)))
		t.Quo(t, big.NewInt(int64(b+1)))
		if r := n - a - s + b + 1; r > 0 {
			t.Quo(t, big.NewInt(int64(r)))
		}
	}
	return new(big.Rat).SetFrac(num, den)
}

func oneMinus(x *big.Rat) *big.Rat { return new(big.Rat).Sub(big.NewRat(1, 1), x) }

// relErr returns |got/want - 1|; two zeros agree, a zero and a non-zero do not.
func relErr(got Wide, want *big.Rat) float64 {
	if want.Sign() == 0 || got.frac == 0 {
		if want.Sign() == 0 && got.frac == 0 {
			return 0
		}
		return math.Inf(1)
	}
	const bits = 200
	w := new(big.Float).SetPrec(bits).SetRat(want)
	g := new(big.Float).SetPrec(bits).SetMantExp(big.NewFloat(got.frac), got.exp)
	d, _ := g.Sub(g.Quo(g, w), big.NewFloat(1)).Float64()
	return math.Abs(d)
}

// probErr returns the larger relative error of P and 1-P.
func probErr(got Prob, want *big.Rat) float64 {
	return max(relErr(got.p, want), relErr(got.q, oneMinus(want)))
}

// near reports an error unless got is within relative error tol of want.
func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if got == want {
		return
	}
	if e := math.Abs(got/want - 1); !(e <= tol) {
		t.Errorf("%s: got %.15g, want %.15g (relative error %.2g, allowed %.2g)", what, got, want, e, tol)
	}
}

// logUniform draws an integer from lo to hi, each factor of two alike.
func logUniform(r *rand.Rand, lo, hi int) int {
	return int(math.Exp(math.Log(float64(lo)) + r.Float64()*math.Log(float64(hi)/float64(lo))))
}
