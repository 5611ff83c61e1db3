package paper

import (
	"math"
	"strings"
	"testing"

	"neurosim/analysis"
	"neurosim/dendrite"
	"neurosim/internal/rng"
	"neurosim/stimulus"
	"neurosim/theory"
)

// The claim at crossed: counts of crossed comparisons have the variance of
// independent ones, though each segment meets 64 activities and each activity 64
// segments. The mean of z² of N sets has a standard error of √(2/N), here 0.035;
// 4 of them are allowed. Were the pairs correlated by a thousandth, the variance
// would be 1.13.
func TestCrossedCountsHaveBinomialVariance(t *testing.T) {
	const sets = 1600
	for _, c := range []struct {
		crossed
		theta int
	}{
		{crossed{name: "rare", n: 500, a: 64, s: 24, segments: 64, patterns: 64}, 6},
		{crossed{name: "dense", n: 300, a: 128, s: 24, segments: 64, patterns: 64}, 11},
	} {
		want := theory.FalsePositive(c.n, c.a, c.s, c.theta).Value()
		sum := 0.0
		for k := range sets {
			z := c.chunk(5, k).atLeast(c.theta).Z(want)
			sum += z * z
		}
		if v := sum / sets; math.Abs(v-1) > 4*math.Sqrt(2.0/sets) {
			t.Errorf("%s: variance %.3f of the binomial one", c.name, v)
		}
	}
}

// A chunk counts what a comparison of sorted lists counts.
func TestCrossedCountsOverlaps(t *testing.T) {
	c := crossed{name: "small", n: 60, a: 20, s: 9, segments: 30, patterns: 70}
	got := c.chunk(1, 3)
	sampler := stimulus.NewSampler(c.n)
	r, q := rng.New(1, rng.Trial, rng.Name("small segments"), 3), rng.New(1, rng.Trial, rng.Name("small patterns"), 3)
	var segments, patterns []stimulus.Pattern
	for range c.segments {
		segments = append(segments, sampler.Draw(&r, c.s, nil))
	}
	for range c.patterns {
		patterns = append(patterns, sampler.Draw(&q, c.a, nil))
	}
	want := make(histogram, c.s+1)
	for _, d := range segments {
		for _, a := range patterns {
			want[stimulus.Overlap(d, a)]++
		}
	}
	for b := range want {
		if got[b] != want[b] {
			t.Errorf("overlap %d: %d pairs, want %d", b, got[b], want[b])
		}
	}
}

// Segments that share a size make counts of unions vary more than binomially, by
// the design effect, here 2.5.
func TestUnionDesignEffect(t *testing.T) {
	const sets, θ = 600, 15
	u := unionRun{name: "unions", n: 1000, a: 200, s: 25, m: 3, segments: 20, patterns: 400}
	want := theory.UnionFalsePositiveExact(u.n, u.a, u.s, θ, u.m).Value()
	effect := u.designEffect(θ, want)
	if effect < 2 {
		t.Fatalf("the design effect %.2f tests nothing", effect)
	}
	sum := 0.0
	for k := range sets {
		z := u.chunk(5, k).atLeast(θ).Z(want)
		sum += z * z
	}
	if v := sum / sets / effect; math.Abs(v-1) > 4*math.Sqrt(2.0/sets) {
		t.Errorf("variance %.3f of that with a design effect of %.2f", v, effect)
	}
}

// Each rule that excuses a recorded number excuses that number only.
func TestErrataExcuseNothingElse(t *testing.T) {
	const prob = 0.999997973443107 // a = 256, n = 300
	for rate, excused := range map[float64]bool{0.997368: true, 0.997: false, 0.9974: false, 0.999998: false} {
		if note := accumulated(asCounts(rate, 1e8), prob, 256, 300); (note != "") != excused {
			t.Errorf("recorded %g: %q", rate, note)
		}
	}
	if note := accumulated(asCounts(0.6, 1e8), 0.629372754740777, 256, 500); note != "" {
		t.Errorf("a count below 2^26 is excused: %q", note)
	}
}

// A deviation beyond its limit, or a count that cannot be, fails the verdict.
func TestVerdictsFail(t *testing.T) {
	var d deviations
	d.add(1+1e-13, 1, "well")
	if !d.check("x", 1e-12).Holds {
		t.Error("1e-13 does not hold at 1e-12")
	}
	d.add(1.1, 1, "ill")
	if c := d.check("x", 1e-12); c.Holds || !strings.Contains(c.Why, "(ill)") {
		t.Errorf("10 %% off: %+v", c)
	}
	d = deviations{}
	d.add(math.NaN(), 1, "nothing")
	if d.check("x", 1).Holds {
		t.Error("NaN holds")
	}
	if (&deviations{}).check("x", 1).Holds {
		t.Error("nothing compared holds")
	}
	var s counted
	s.add(analysis.Proportion{Hits: 50, Trials: 1000}, 0.05, "well")
	if !s.check("x").Holds {
		t.Error("the expected count does not hold")
	}
	s.add(analysis.Proportion{Hits: 3, Trials: 1000}, 1e-6, "ill")
	if c := s.check("x"); c.Holds || !strings.Contains(c.Why, "(worst: ill)") {
		t.Errorf("3 hits at 0.001 expected: %+v", c)
	}
	var z deviates
	z.add(1e-3, 0, "certain")
	if z.check("x").Holds {
		t.Error("a certain number that is missed holds")
	}
	if (Verdict{}).Holds() {
		t.Error("a verdict without checks holds")
	}
}

// A full adder that is wrong would show here first: every overlap of every
// segment with every activity, against the definition.
func TestStaticAgainstOverlap(t *testing.T) {
	sampler := stimulus.NewSampler(400)
	r := rng.New(8, rng.Trial, 0, 0)
	set, act := dendrite.NewStatic(400), dendrite.NewActivity(400)
	var segments, vectors []stimulus.Pattern
	for i := range 40 {
		segments = append(segments, sampler.Draw(&r, 5*i, nil))
		set.Add(segments[i])
	}
	for lane := range dendrite.Lanes {
		vectors = append(vectors, sampler.Draw(&r, 6*lane, nil))
		act.Set(lane, vectors[lane])
	}
	out := make([]uint64, len(segments))
	for θ := 1; θ < 200; θ += 7 {
		set.Matches(act, θ, out)
		for i, s := range segments {
			for lane, v := range vectors {
				if got := out[i]>>lane&1 == 1; got != theory.Matches(stimulus.Overlap(s, v), θ) {
					t.Fatalf("segment %d, vector %d, θ = %d: %v", i, lane, θ, got)
				}
			}
		}
	}
}
