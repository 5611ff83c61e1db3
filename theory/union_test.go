package theory

import (
	"fmt"
	"math"
	"math/big"
	"testing"
)

// power returns (num/den)^k.
func power(x *big.Rat, k int) *big.Rat {
	e := big.NewInt(int64(k))
	return new(big.Rat).SetFrac(new(big.Int).Exp(x.Num(), e, nil), new(big.Int).Exp(x.Denom(), e, nil))
}

// exactSizes returns the distribution of the size of a union in rationals, by
// the recursion that UnionSizes documents.
func exactSizes(n, s, m int) []*big.Rat {
	p := []*big.Rat{big.NewRat(1, 1)}
	choose := func(x, y int) *big.Int {
		if y < 0 || y > x {
			return new(big.Int)
		}
		return new(big.Int).Binomial(int64(x), int64(y))
	}
	for range m {
		next := make([]*big.Rat, min(n, len(p)-1+s)+1)
		for u := range next {
			next[u] = new(big.Rat)
		}
		for u, pu := range p {
			for k := 0; k <= s && u+k < len(next); k++ {
				ways := new(big.Int).Mul(choose(n-u, k), choose(u, s-k))
				step := new(big.Rat).SetFrac(ways, choose(n, s))
				next[u+k].Add(next[u+k], step.Mul(step, pu))
			}
		}
		p = next
	}
	return p
}

// Small cases worked by hand, and worked numbers for (12) to (14).
func TestUnionByHand(t *testing.T) {
	if e := probErr(UnionFalsePositiveExact(10, 3, 2, 2, 2), big.NewRat(37, 135)); e > 1e-15 {
		t.Errorf("exact union: relative error %.2g from 37/135", e)
	}
	if e := probErr(UnionFalsePositive(10, 3, 2, 2, 2), big.NewRat(1, 3)); e > 1e-15 {
		t.Errorf("plug-in: relative error %.2g from 1/3", e)
	}
	for u, want := range []float64{0, 0, 1. / 45, 16. / 45, 28. / 45} {
		near(t, fmt.Sprintf("P(|X| = %d)", u), UnionSizes(10, 2, 2)[u], want, 1e-15)
	}
	near(t, "E|X|", UnionSize(1000, 20, 2), 39.6, 1e-15)
	near(t, "E|X| M=10", UnionSize(1000, 20, 10), 182.927193112453, 5e-15)
	near(t, "E|X| n=20000", UnionSize(20_000, 25, 10), 248.598427261459, 5e-15)
	near(t, "Eq. 12", UnionExactMatch(1024, 20, 20).Value(), 1.83536456234e-10, 5e-12)
	near(t, "Eq. 14", UnionFalsePositive(1024, 20, 20, 20, 20).Value(), 1.25320341864e-10, 5e-12)
}

// Equations (11) to (13) and B4 at sizes where a power in float64 would lose
// most of the promised digits.
func TestUnionPowersAgainstRationals(t *testing.T) {
	for _, c := range []struct{ n, s, m int }{
		{1000, 20, 1}, {1000, 20, 0}, {1000, 0, 7}, {1000, 1000, 3}, {64, 63, 9}, {1_000_000, 1, 1}, {1_000_000, 1, 2000},
		{1_000_000, 3000, 1500}, {20_000, 25, 400}, {16_384, 4096, 700}, {65_536, 40, 1000},
	} {
		p0 := power(big.NewRat(int64(c.n-c.s), int64(c.n)), c.m)
		what := fmt.Sprintf("%+v", c)
		if e := probErr(UnionZero(c.n, c.s, c.m), p0); e > accuracy {
			t.Errorf("UnionZero %s: relative error %.2g", what, e)
		}
		size, _ := new(big.Rat).Mul(oneMinus(p0), big.NewRat(int64(c.n), 1)).Float64()
		near(t, "UnionSize "+what, UnionSize(c.n, c.s, c.m), size, accuracy)
		if c.m*c.s > 100_000 {
			continue // the oracle would be slow
		}
		// The exact rational of (12) has m·s·20 bits; 400 bits are plenty.
		one := new(big.Float).SetPrec(400).SetRat(oneMinus(p0))
		x := new(big.Float).SetPrec(400).SetInt64(1)
		for range c.s {
			x.Mul(x, one)
		}
		want, _ := x.Rat(nil)
		if e := probErr(UnionExactMatch(c.n, c.s, c.m), want); e > accuracy {
			t.Errorf("UnionExactMatch %s: relative error %.2g", what, e)
		}
	}
}

// The average over sizes, by the definition, in rationals: the shorter route
// taken by UnionFalsePositiveExact must give the same number.
func TestUnionExactAgainstRationals(t *testing.T) {
	for _, c := range []struct{ n, a, s, m int }{
		{10, 3, 2, 2}, {12, 5, 4, 3}, {30, 10, 7, 4}, {40, 30, 9, 5}, {200, 20, 10, 3}, {9, 9, 3, 2}, {9, 4, 9, 1},
		{50, 6, 5, 0}, {2000, 40, 12, 4}, {14, 0, 3, 2}, {14, 3, 0, 2},
	} {
		sizes := exactSizes(c.n, c.s, c.m)
		got := UnionSizes(c.n, c.s, c.m)
		if len(got) != len(sizes) {
			t.Fatalf("%+v: %d sizes, want %d", c, len(got), len(sizes))
		}
		for u, want := range sizes {
			w, _ := want.Float64()
			near(t, fmt.Sprintf("%+v: P(|X| = %d)", c, u), got[u], w, accuracy)
		}
		for theta := 0; theta <= c.a+1; theta++ {
			want := new(big.Rat)
			for u, p := range sizes {
				want.Add(want, new(big.Rat).Mul(p, exactTail(c.n, c.a, u, theta)))
			}
			if e := probErr(UnionFalsePositiveExact(c.n, c.a, c.s, theta, c.m), want); e > accuracy {
				t.Errorf("%+v, theta %d: relative error %.2g", c, theta, e)
			}
		}
	}
}

// With whole numbers of cells the continued formula is the plain one.
func TestFalsePositiveRealAtIntegers(t *testing.T) {
	for theta := range 22 {
		got, want := FalsePositiveReal(2048, 40, 20, theta), exactTail(2048, 40, 20, theta)
		if e := relErr(got, want); e > accuracy {
			t.Errorf("theta %d: relative error %.2g", theta, e)
		}
	}
}

func TestReaddAgainstRationals(t *testing.T) {
	for _, c := range []struct{ n, a, s, v, theta int }{
		{6000, 128, 30, 89, 12}, {2048, 40, 20, 38, 16}, {2048, 40, 20, 4, 12}, {50, 20, 10, 20, 5}, {20, 20, 10, 20, 11},
		{20, 20, 20, 7, 20}, {100, 30, 0, 5, 0}, {100, 30, 12, 0, 12}, {1_000_000, 500, 100, 450, 60},
	} {
		want := new(big.Rat)
		for b := 0; b <= min(c.s, c.v); b++ {
			lost := new(big.Rat).Sub(exactTail(c.a, c.v, c.s, b), exactTail(c.a, c.v, c.s, b+1))
			if lost.Sign() == 0 {
				continue
			}
			few := oneMinus(exactTail(c.n-c.a+c.v, c.v, b, c.theta-c.s+b))
			want.Add(want, lost.Mul(lost, few))
		}
		if e := probErr(FalseNegativeReadd(c.n, c.a, c.s, c.v, c.theta), want); e > accuracy {
			t.Errorf("%+v: relative error %.2g", c, e)
		}
	}
}

// B2 from its formula in rationals, with a whole number of segments per cell.
func TestPredictionJaccardAgainstRationals(t *testing.T) {
	const n, a, s, theta, k = 1000, 50, 20, 6, 2000 // K·a/n = 100
	q := oneMinus(power(oneMinus(exactTail(n, a, s, theta)), 100))
	all := new(big.Rat).Add(big.NewRat(a, 1), q.Mul(q, big.NewRat(n-a, 1)))
	want := new(big.Rat).Quo(big.NewRat(a, 1), all)
	if e := probErr(PredictionJaccard(n, a, s, theta, k), want); e > accuracy {
		t.Errorf("relative error %.2g", e)
	}
	if got := PredictionJaccard(n, a, s, 21, k); got != always {
		t.Errorf("without chance predictions J = %v, want 1", got)
	}
	if got := PredictionJaccard(n, a, s, 0, k).Value(); math.Abs(got-0.05) > 1e-16 {
		t.Errorf("with every cell predicted J = %v, want a/n", got)
	}
}

func BenchmarkUnionFalsePositiveExact(b *testing.B) {
	for b.Loop() {
		UnionFalsePositiveExact(20_000, 200, 25, 15, 10)
	}
}
