package theory

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// accuracy is the relative error that the package promises for tails.
const accuracy = 1e-12

// The promise of FalsePositive, over populations up to 10^6 and probabilities
// down to 1e-700 and below, on either side.
func TestTailAgainstRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(1601, 720))
	var worst, sum float64
	least := 0.0
	const cases = 1000
	for range cases {
		n := logUniform(r, 2, 1_000_000)
		s := logUniform(r, 1, min(n, 1000)) // bounds the cost of the oracle
		a := 1 + r.IntN(n)
		if r.IntN(2) == 0 {
			a = logUniform(r, 1, n)
		}
		theta := 1 + r.IntN(s)
		if r.IntN(3) == 0 { // next to the mean, where the summed side changes
			theta = min(s, max(0, a*s/n+r.IntN(5)-2))
		}
		if r.IntN(2) == 0 {
			a, s = s, a
		}
		got, want := FalsePositive(n, a, s, theta), exactTail(n, a, s, theta)
		e := probErr(got, want)
		if e > accuracy {
			t.Errorf("FalsePositive(%d, %d, %d, %d): relative error %.2g", n, a, s, theta, e)
		}
		worst, sum = max(worst, e), sum+e
		if l := got.Log10(); !math.IsInf(l, -1) {
			least = min(least, l)
		}
	}
	t.Logf("worst relative error of P and 1-P %.2g, mean %.2g; least P 1e%.0f", worst, sum/cases, least)
}

// Shapes that a random draw seldom makes.
func TestTailExtremes(t *testing.T) {
	for _, c := range []struct{ n, a, s, theta int }{
		{1_000_000, 2000, 400, 300},      // 1e-724
		{1_000_000, 5000, 1000, 1000},    // 1e-2303: all synapses
		{1_000_000, 500_000, 400, 230},   // half of the cells active
		{1_000_000, 999_000, 600, 580},   // nearly all: the arguments reduce with a flip
		{1_000_000, 999_999, 999_999, 1}, // overlap certain
		{1_000_000, 999_999, 500, 500},   // one cell silent: 0.9995
		{1_000_000, 500, 500, 500},       // the pattern itself: 1 in C(n,500)
		{200_000, 4000, 200, 150},        // 1e-209
		{65_536, 1310, 40, 1},            // at least one: 1 - 0.44
		{100_000, 20_000, 3000, 500},     // 1 - 2e-6
		{100_000, 20_000, 3000, 5},       // 1 - 1e-270
		{100, 99, 50, 50},                // mean 49.5 just below theta
		{1000, 999, 10, 10},              // 0.99 above the mean
		{1000, 999, 999, 999},            // two values only
		{5, 0, 3, 1}, {5, 3, 0, 1}, {1, 1, 1, 1}, {1, 0, 0, 0}, {5, 5, 5, 5}, {5, 5, 5, 6},
	} {
		got := FalsePositive(c.n, c.a, c.s, c.theta)
		if e := probErr(got, exactTail(c.n, c.a, c.s, c.theta)); e > accuracy {
			t.Errorf("FalsePositive(%d, %d, %d, %d) = %v, relative error %.2g", c.n, c.a, c.s, c.theta, got, e)
		}
	}
}

// Every tail of every small population: no boundary is forgotten.
func TestTailSmallWorlds(t *testing.T) {
	for n := 1; n <= 9; n++ {
		for a := 0; a <= n; a++ {
			for s := 0; s <= n; s++ {
				for theta := 0; theta <= n+1; theta++ {
					if e := probErr(FalsePositive(n, a, s, theta), exactTail(n, a, s, theta)); e > 1e-14 {
						t.Errorf("FalsePositive(%d, %d, %d, %d): relative error %.2g", n, a, s, theta, e)
					}
					want := new(big.Rat).Sub(exactTail(n, a, s, theta), exactTail(n, a, s, theta+1))
					if e := probErr(Overlap(n, a, s, theta), want); e > 1e-14 {
						t.Errorf("Overlap(%d, %d, %d, %d): relative error %.2g", n, a, s, theta, e)
					}
				}
			}
		}
	}
}

// FalseNegative by brute force: every choice of v silenced cells of a, the
// first s of which carry the synapses.
func TestFalseNegativeSmallWorlds(t *testing.T) {
	for a := 1; a <= 8; a++ {
		for s := 0; s <= a; s++ {
			for v := 0; v <= a; v++ {
				for theta := 0; theta <= s; theta++ {
					var missed, all int64
					for set := range 1 << a {
						lost, silenced := 0, 0
						for c := range a {
							if set>>c&1 == 1 {
								silenced++
								if c < s {
									lost++
								}
							}
						}
						if silenced == v {
							all++
							if s-lost < theta {
								missed++
							}
						}
					}
					if e := probErr(FalseNegative(a, s, v, theta), big.NewRat(missed, all)); e > 1e-14 {
						t.Errorf("FalseNegative(%d, %d, %d, %d): relative error %.2g", a, s, v, theta, e)
					}
				}
			}
		}
	}
}

func TestFalseNegativeAgainstRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 200 {
		a := logUniform(r, 1, 2000)
		s, v := 1+r.IntN(a), r.IntN(a+1)
		theta := r.IntN(s + 1)
		want := exactTail(a, v, s, s-theta+1)
		if e := probErr(FalseNegative(a, s, v, theta), want); e > accuracy {
			t.Errorf("FalseNegative(%d, %d, %d, %d): relative error %.2g", a, s, v, theta, e)
		}
	}
}

// Worked numbers for the equations, computed apart with rationals and stated
// to 15 digits, hence half a unit of the last.
func TestWorkedExamples(t *testing.T) {
	const tol = 5e-15
	near(t, "FP(10,3,4,2)", FalsePositive(10, 3, 4, 2).Value(), 1./3, tol)
	near(t, "FP(4000,128,24,12)", FalsePositive(4000, 128, 24, 12).Value(), 1.34323936472554e-12, tol)
	near(t, "FP(10000,300,24,12)", FalsePositive(10000, 300, 24, 12).Value(), 8.37584522709849e-13, tol)
	near(t, "FP(500,256,24,12)", FalsePositive(500, 256, 24, 12).Value(), 6.29372754740777e-1, tol)
	near(t, "FP(10000,64,24,12)", FalsePositive(10000, 64, 24, 12).Value(), 4.04159712277657e-21, tol)
	near(t, "mean overlap", MeanOverlap(4000, 128, 24), 0.768, tol)

	near(t, "FN(6,4,3,2)", FalseNegative(6, 4, 3, 2).Value(), 1./5, tol)
	near(t, "FN(128,30,38,12)", FalseNegative(128, 30, 38, 12).Value(), 1.09248135880716e-5, tol)
	near(t, "FN(128,30,64,12)", FalseNegative(128, 30, 64, 12).Value(), 7.16985160403564e-2, tol)
	near(t, "FN(300,30,60,12)", FalseNegative(300, 30, 60, 12).Value(), 3.94743608739284e-8, tol)

	near(t, "set", SetFalsePositive(700, 64, 24, 12, 1000).Value(), 1.41243265137644e-4, tol)
	near(t, "set bound", SetFalsePositiveBound(700, 64, 24, 12, 1000).Value(), 1.41253230930730e-4, tol)
	near(t, "set 50", SetFalsePositive(900, 256, 24, 12, 50).Value(), 0.623742285572, 1e-12) // 12 digits stated
	near(t, "set bound 50", SetFalsePositiveBound(900, 256, 24, 12, 50).Value(), 0.967988229799, 1e-12)

	if got := OverlapSetSize(10, 3, 4, 2); got.Int64() != 36 {
		t.Errorf("|Ω(10,3,2)| with s=4 is 36, not %v", got)
	}
	for b, want := range []float64{1. / 6, 4. / 6, 1. / 6} {
		near(t, fmt.Sprintf("Overlap(4,2,2,%d)", b), Overlap(4, 2, 2, b).Value(), want, tol)
	}
}

// The overlap sets partition all activities.
func TestOverlapSetsPartition(t *testing.T) {
	n, a, s := 60, 22, 45
	sum := new(big.Int)
	for b := 0; b <= n; b++ {
		sum.Add(sum, OverlapSetSize(n, a, s, b))
	}
	if want := new(big.Int).Binomial(int64(n), int64(a)); sum.Cmp(want) != 0 {
		t.Errorf("Σ|Ω| = %v, C(n,a) = %v", sum, want)
	}
}

// Sets against 1-(1-p)^m in rationals, with m and p such that the answer runs
// from 1e-300 to 1.
func TestAnyOfAgainstRationals(t *testing.T) {
	for _, c := range []struct{ n, a, s, theta, m int }{
		{900, 256, 24, 12, 50}, {700, 64, 24, 12, 1000}, {300, 256, 24, 12, 3}, {300, 128, 24, 12, 500},
		{10_000, 300, 30, 15, 1_000_000}, {100_000, 100, 100, 100, 7}, {100, 7, 7, 1, 500}, {10, 3, 4, 2, 0},
		{100_000, 99_000, 10, 10, 40}, {1_000_000, 2000, 400, 300, 12345},
	} {
		p := exactTail(c.n, c.a, c.s, c.theta)
		if c.m > 1000 {
			// (1-p)^m as a rational is too long; three terms of the series in
			// m·p ≤ 1e-9 leave out 1e-27 of it.
			mp := new(big.Rat).Mul(p, big.NewRat(int64(c.m), 1))
			half := new(big.Rat).Mul(mp, new(big.Rat).Mul(p, big.NewRat(int64(c.m-1), 2)))
			want := new(big.Rat).Sub(mp, half)
			got := SetFalsePositive(c.n, c.a, c.s, c.theta, c.m)
			if e := probErr(got, want); e > accuracy {
				t.Errorf("%v: %v, relative error %.2g", c, got, e)
			}
			continue
		}
		q := big.NewFloat(1).SetPrec(4000).SetRat(oneMinus(p))
		x := big.NewFloat(1).SetPrec(4000)
		for range c.m {
			x.Mul(x, q)
		}
		want, _ := x.Rat(nil)
		got := SetFalsePositive(c.n, c.a, c.s, c.theta, c.m)
		pv, _ := p.Float64()
		if e := relErr(got.p, oneMinus(want)); e > accuracy {
			t.Errorf("%v: P = %v, relative error %.2g", c, got, e)
		}
		if e := relErr(got.q, want); e > 1e-14*(1+float64(c.m)*pv) {
			t.Errorf("%v: 1-P = %v, relative error %.2g", c, got.q, e)
		}
	}
	near(t, "any of half an event", AnyOf(ProbOf(0.75), 0.5).Value(), 0.5, 1e-15)
	if got := AnyOf(ProbOf(0), 1e9); got != never {
		t.Errorf("any of impossible events: %v", got)
	}
	if got := AnyOf(ProbOf(1), 2); got != always {
		t.Errorf("any of certain events: %v", got)
	}
}

func TestBoth(t *testing.T) {
	p1, p2 := exactTail(300, 128, 24, 12), exactTail(300, 256, 24, 12)
	got := Both(FalsePositive(300, 128, 24, 12), FalsePositive(300, 256, 24, 12))
	if e := probErr(got, new(big.Rat).Mul(p1, p2)); e > accuracy {
		t.Errorf("Both = %v, relative error %.2g", got, e)
	}
}

// Numbers outside the range of a float64 keep their logarithm and print.
func TestFarBelowFloat64(t *testing.T) {
	p := FalsePositive(1_000_000, 2000, 400, 300)
	if p.Value() != 0 {
		t.Errorf("Value = %g, want 0", p.Value())
	}
	if got := p.String(); !strings.HasSuffix(got, "e-724") {
		t.Errorf("String = %q, want an exponent of -724", got)
	}
	// log10 of the exact rational, from its bit lengths: good to 1e-12.
	w := new(big.Float).SetPrec(100).SetRat(exactTail(1_000_000, 2000, 400, 300))
	m := new(big.Float)
	e := w.MantExp(m)
	f, _ := m.Float64()
	near(t, "Log10", p.Log10(), math.Log10(f)+float64(e)*math.Log10(2), 1e-14)
	if got := p.Complement().Log(); got != 0 {
		t.Errorf("log of 1 - 1e-724: %g, want 0", got)
	}
	for _, c := range []struct {
		w    Wide
		want string
	}{{Wide{}, "0"}, {ChanceFirstSpike(20, 21, 1, 1), "+Inf"}, {wide(0.25, 0), "0.25"}, {wide(1, 10_000), "1.99506e+3010"}, {wide(9.9999999e-200, 0).mul(wide(1e-200, 0)), "1e-399"}} {
		if got := c.w.String(); got != c.want {
			t.Errorf("String = %q, want %q", got, c.want)
		}
	}
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{Check(100, 10, 5, 3), ""},
		{Check(100, 0, 0, 0), ""},
		{Check(1, 1, 1, 1), ""},
		{Check(0, 0, 0, 0), "n must be at least 1 (n = 0)"},
		{Check(10, 11, 5, 3), "a must not exceed n (a = 11, n = 10)"},
		{Check(10, -1, 5, 3), "a must not be negative (a = -1)"},
		{Check(10, 3, 11, 3), "s must not exceed n (s = 11, n = 10)"},
		{Check(10, 3, -1, 0), "s must not be negative (s = -1)\ntheta must be from 0 to s (theta = 0, s = -1)"},
		{Check(10, 3, 5, 6), "theta must be from 0 to s (theta = 6, s = 5)"},
		{Check(10, 3, 5, -1), "theta must be from 0 to s (theta = -1, s = 5)"},
		{CheckNoise(40, 20, 40, 20), ""},
		{CheckNoise(0, 0, 0, 0), "a must be at least 1 (a = 0)"},
		{CheckNoise(40, 41, 4, 12), "s must not exceed a: synapses are on cells of the pattern (s = 41, a = 40)"},
		{CheckNoise(40, -1, 4, -1), "s must not be negative (s = -1)\ntheta must be from 0 to s (theta = -1, s = -1)"},
		{CheckNoise(40, 20, 41, 12), "v must be from 0 to a (v = 41, a = 40)"},
		{CheckNoise(40, 20, -1, 12), "v must be from 0 to a (v = -1, a = 40)"},
		{CheckUnion(100, 10, 5, 30, 4), ""},
		{CheckUnion(100, 10, 5, 3, -1), "m must not be negative (m = -1)"},
		{CheckUnion(0, 10, 5, -3, 1), "n must be at least 1 (n = 0)\na must not exceed n (a = 10, n = 0)\ns must not exceed n (s = 5, n = 0)\ntheta must not be negative (theta = -3)"},
		{CheckBackground(20, 8, 0, 5, 5), ""},
		{CheckBackground(20, 0, 0.1, 5, 50), "theta must be from 1 to s (theta = 0, s = 20)"},
		{CheckBackground(20, 8, -1, 5, 4), "rate must be finite and not negative (rate = -1)\nplateau must be finite and not shorter than the window (plateau = 4, window = 5)"},
		{CheckBackground(0, 1, math.NaN(), 0, 0), "s must be at least 1 (s = 0)\ntheta must be from 1 to s (theta = 1, s = 0)\nrate must be finite and not negative (rate = NaN)\nwindow must be finite and positive (window = 0)"},
		{CheckJitter(20, 12, 5, 2, 0), ""},
		{CheckJitter(20, 12, 5, 2, 1), ""},
		{CheckJitter(501, 256, 0, 0, 1.5), "s must be from 1 to 500 (s = 501)\ntheta must be from 0 to s and at most 255 (theta = 256, s = 501)\nwindow must be finite and positive (window = 0)\njitter must be finite and positive (jitter = 0)\ndrop must be from 0 to 1 (drop = 1.5)"},
	} {
		got := ""
		if c.err != nil {
			got = c.err.Error()
		}
		if got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestMisusePanics(t *testing.T) {
	for what, f := range map[string]func(){
		"a > n":     func() { FalsePositive(10, 11, 5, 3) },
		"theta < 0": func() { FalsePositive(10, 3, 5, -1) },
		"s > a":     func() { FalseNegative(10, 11, 5, 3) },
		"m < 0":     func() { SetFalsePositive(10, 3, 5, 2, -1) },
		"p > 1":     func() { ProbOf(1.5) },
		"p NaN":     func() { ProbOf(math.NaN()) },
	} {
		func() {
			defer func() {
				if m, _ := recover().(string); !strings.HasPrefix(m, "theory: ") {
					t.Errorf("%s: panic %q, want one that begins with \"theory: \"", what, m)
				}
			}()
			f()
		}()
	}
}

func TestRuleOneAndSeven(t *testing.T) {
	if Matches(11, 12) || !Matches(12, 12) || !Matches(14, 12) {
		t.Error("an overlap of theta or more matches, one less does not")
	}
	if MatchesAny([]int{3, 11, 0}, 12) || !MatchesAny([]int{3, 12, 0}, 12) || MatchesAny(nil, 1) {
		t.Error("a set matches if and only if one of its segments does")
	}
	// Tolerance is the last v without false negatives.
	v := Tolerance(30, 12)
	if FalseNegative(128, 30, v, 12) != never || FalseNegative(128, 30, v+1, 12).Value() == 0 {
		t.Error("Tolerance is not where false negatives begin")
	}
}

func BenchmarkFalsePositive(b *testing.B) {
	for _, c := range []struct{ n, a, s, theta int }{
		{2048, 40, 20, 12}, {4000, 128, 24, 12}, {200_000, 4000, 40, 12}, {100_000, 20_000, 40, 12},
		{200_000, 4000, 200, 150}, {1_000_000, 2000, 400, 300},
	} {
		b.Run(fmt.Sprintf("n%d_a%d_s%d_theta%d", c.n, c.a, c.s, c.theta), func(b *testing.B) {
			for b.Loop() {
				FalsePositive(c.n, c.a, c.s, c.theta)
			}
		})
	}
}

func BenchmarkFalseNegative(b *testing.B) {
	for b.Loop() {
		FalseNegative(128, 30, 64, 12)
	}
}
