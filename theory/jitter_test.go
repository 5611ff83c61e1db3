package theory

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// detected reports whether some window of length w holds theta of the points,
// by sorting them.
func detected(x []float64, theta int, w float64) bool {
	slices.Sort(x)
	for i := 0; i+theta <= len(x); i++ {
		if x[i+theta-1]-x[i] < w {
			return true
		}
	}
	return false
}

// All of m Gaussian points within w: P = m ∫ φ(x)·(Φ(x+w)-Φ(x))^(m-1) dx, by a
// sum that converges faster than any power of its step.
func rangeWithin(m int, w, sd float64) (p float64) {
	const h = 0.005
	cdf := func(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }
	for x := -12.0; x < 12; x += h {
		p += h * float64(m) * math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) * math.Pow(cdf(x+w/sd)-cdf(x), float64(m-1))
	}
	return p
}

// theta = m is the one case with a plain integral.
func TestDetectionOfAll(t *testing.T) {
	for _, c := range []struct {
		m     int
		w, sd float64
	}{{12, 5, 1}, {12, 5, 2}, {12, 5, 5}, {8, 2, 1}, {3, 1, 10}, {20, 5, 0.9}} {
		p := Detection(c.m, c.m, c.w, GaussianJitter(c.sd))
		want := rangeWithin(c.m, c.w, c.sd)
		what := fmt.Sprintf("%+v", c)
		near(t, what, p[c.m].Value(), want, 0.02)
		near(t, what+" missed", p[c.m].Complement().Value(), 1-want, 0.02)
		if p[c.m-1] != never {
			t.Errorf("%s: fewer spikes than theta are detected: %v", what, p[c.m-1])
		}
		// Uniform: (m - (m-1)x)·x^(m-1), x = w/width.
		x := c.w / (c.w * 1.7)
		near(t, what+" uniform", Detection(c.m, c.m, c.w, UniformJitter(1.7*c.w))[c.m].Value(),
			(float64(c.m)-float64(c.m-1)*x)*math.Pow(x, float64(c.m-1)), 0.02)
	}
}

// Two of m uniform points within w: the classic of Naus, 1 - (1-(m-1)w/T)^m.
func TestDetectionOfTwo(t *testing.T) {
	p := Detection(6, 2, 1, UniformJitter(20))
	for m := 2; m <= 6; m++ {
		near(t, fmt.Sprint(m), p[m].Value(), 1-math.Pow(1-float64(m-1)/20, float64(m)), 2e-3)
	}
}

func TestDetectionBySimulation(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates for 2 s: run without -short")
	}
	r := rand.New(rand.NewPCG(20, 12))
	for _, c := range []struct {
		m, theta int
		w        float64
		j        Jitter
	}{
		{20, 12, 5, GaussianJitter(2)}, {20, 12, 5, GaussianJitter(4)}, {20, 8, 2, GaussianJitter(3)}, {6, 3, 1, GaussianJitter(5)},
		{20, 12, 5, UniformJitter(8)}, {20, 12, 5, UniformJitter(20)}, {30, 8, 1, UniformJitter(7.3)},
	} {
		const trials = 200_000
		hits := 0
		x := make([]float64, c.m)
		for range trials {
			for i := range x {
				if c.j.sd > 0 {
					x[i] = r.NormFloat64() * c.j.sd
				} else {
					x[i] = r.Float64() * c.j.width
				}
			}
			if detected(x, c.theta, c.w) {
				hits++
			}
		}
		p := Detection(c.m, c.theta, c.w, c.j)[c.m].Value()
		got, se := float64(hits)/trials, math.Sqrt(p*(1-p)/trials)
		if math.Abs(got-p) > 1e-3+5*se || math.Abs(got-p) > 0.02*min(p, 1-p)+5*se {
			t.Errorf("%+v: simulated %.5f ± %.5f, theory %.5f", c, got, se, p)
		}
		t.Logf("%+v: simulated %.5f ± %.5f, theory %.5f", c, got, se, p)
	}
}

// Every placement of few spikes in few steps: exact where a cell is a step. The
// plain sum of up to 6^5 products is good to 6^5·2^-53 = 1e-12.
func TestStepDetectionByEnumeration(t *testing.T) {
	dist := []float64{0.1, 0.25, 0.3, 0.15, 0.12, 0.08}
	const m = 5
	for window := 1; window <= 4; window++ {
		for theta := 1; theta <= m+1; theta++ {
			got := StepDetection(m, theta, dist, window)
			for k := 0; k <= m; k++ {
				want := 0.0
				var place func(p float64, at []float64)
				place = func(p float64, at []float64) {
					if len(at) == k {
						if detected(slices.Clone(at), theta, float64(window)) {
							want += p
						}
						return
					}
					for step, q := range dist {
						place(p*q, append(at, float64(step)))
					}
				}
				place(1, nil)
				what := fmt.Sprintf("window %d theta %d m %d", window, theta, k)
				if d := math.Abs(got[k].Value() - want); d > 1e-12 {
					t.Errorf("%s: %v, want %v", what, got[k], want)
				}
			}
		}
	}
}

// Windows of many steps, where the order of points is approximate.
func TestStepDetectionBySimulation(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	dist := GaussianJitter(3).dist(5, 50) // steps of 0.1 ms, a window of 5 ms
	var cumulative []float64
	at := 0.0
	for _, p := range dist {
		at += p
		cumulative = append(cumulative, at)
	}
	const m, theta, window, trials = 20, 12, 50, 200_000
	hits := 0
	x := make([]float64, m)
	for range trials {
		for i := range x {
			k, _ := slices.BinarySearch(cumulative, r.Float64()*at)
			x[i] = float64(k)
		}
		if detected(x, theta, window) {
			hits++
		}
	}
	p := StepDetection(m, theta, dist, window)[m].Value()
	got, se := float64(hits)/trials, math.Sqrt(p*(1-p)/trials)
	if math.Abs(got-p) > 1e-3+5*se {
		t.Errorf("simulated %.5f ± %.5f, theory %.5f", got, se, p)
	}
	// A distribution with a missing part is the same as drops.
	short := []float64{0.2, 0.3, 0.1}
	full := StepDetection(4, 2, []float64{0.2 / 0.6, 0.3 / 0.6, 0.1 / 0.6}, 2)
	near(t, "drops", StepDetection(4, 2, short, 2)[4].Value(), AfterDrops(full, 0.4).Value(), 1e-12)
}

// Without jitter to speak of, silencing and dropping are what they are in the
// paper: the complement of Eq. (6), and a binomial tail.
func TestDetectionWithoutJitter(t *testing.T) {
	p := Detection(20, 12, 5, GaussianJitter(1e-3))
	for v := 0; v <= 40; v += 8 {
		want := FalseNegative(40, 20, v, 12)
		near(t, fmt.Sprintf("v=%d", v), AfterSilencing(p, 40, v).Value(), want.Complement().Value(), 1e-9)
		near(t, fmt.Sprintf("v=%d", v), AfterSilencing(p, 40, v).Complement().Value(), want.Value(), 1e-9)
	}
	near(t, "drops", AfterDrops(p, 0.3).Value(), binomialTail(20, 12, share{0.7, 0.3}).Value(), 1e-9)
	if got := Detection(3, 0, 5, GaussianJitter(1))[0]; got != always {
		t.Errorf("theta 0 is always reached, not %v", got)
	}
}

func BenchmarkDetection(b *testing.B) {
	for _, sd := range []float64{1, 5} {
		b.Run(fmt.Sprintf("theta12_window5_sd%g", sd), func(b *testing.B) {
			for b.Loop() {
				Detection(20, 12, 5, GaussianJitter(sd))
			}
		})
	}
}

// Without jitter a segment detects from θ spikes on, and the false positives are
// those of equation (4), to their stated error.
func TestFalsePositiveAmongWithoutJitter(t *testing.T) {
	for _, c := range []struct{ n, a, s, theta int }{{10000, 64, 24, 12}, {10000, 300, 30, 12}, {200, 40, 24, 6}, {50, 40, 20, 12}} {
		p := make([]Prob, c.s+1)
		for b := range p {
			p[b] = never
			if b >= c.theta {
				p[b] = always
			}
		}
		got, want := FalsePositiveAmong(p, c.n, c.a), FalsePositive(c.n, c.a, c.s, c.theta)
		if r := got.Value()/want.Value() - 1; math.Abs(r) > 1e-12 {
			t.Errorf("%+v: %v, want %v", c, got, want)
		}
	}
}
