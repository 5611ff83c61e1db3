package onecell

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"neurosim/dendrite"
	"neurosim/internal/rng"
	"neurosim/study/studytest"
	"neurosim/theory"
)

// fewTrials makes the shipped study quick.
func fewTrials(t *testing.T, set ...string) *Study {
	t.Helper()
	return studyOf(t, "psychometric", append([]string{"run.dt", "0.1 ms", "psychometric.trials", "24"}, set...)...)
}

// A segment of one sharp threshold is the theory's: its errors are equations (4) and
// (6), and its limits hold them.
func TestSharpThresholdIsTheTheory(t *testing.T) {
	const s, theta = 24, 9
	r := PsychometricResult{Counts: make([]int64, s+2), Never: theta - 1}
	r.Counts[theta] = 1000
	for _, c := range []struct{ n, a, v int }{{1000, 100, 30}, {10000, 200, 130}, {1000000, 300, 190}} {
		got, want := r.FalsePositive(c.n, c.a), theory.FalsePositive(c.n, c.a, s, theta).Value()
		if math.Abs(got.P/want-1) > 1e-9 || got.Lo > want || got.Hi < want || got.Hi > 1.0000001*want {
			t.Errorf("%+v: false positives %+v, want %v: proven below θ, and a hit in every trial from there", c, got, want)
		}
		miss, want := r.falseNegative(c.a, c.v), theory.FalseNegative(c.a, s, c.v, theta).Value()
		if math.Abs(miss.P-want) > 1e-12 || miss.Lo > want+1e-12 || miss.Hi < want {
			t.Errorf("%+v: false negatives %+v, want %v", c, miss, want)
		}
	}
}

// Two kinds of segments, half each, err as the mean of the two.
func TestMixedThresholdsAverageTheTheory(t *testing.T) {
	const s, n, a = 30, 5000, 150
	r := PsychometricResult{Counts: make([]int64, s+2), Never: 4}
	r.Counts[6], r.Counts[12] = 500, 500
	want := (theory.FalsePositive(n, a, s, 6).Value() + theory.FalsePositive(n, a, s, 12).Value()) / 2
	if got := r.FalsePositive(n, a); math.Abs(got.P/want-1) > 1e-9 || got.Lo > want || got.Hi < want {
		t.Errorf("false positives %+v, want %v", got, want)
	}
	// What no trial saw but nothing excludes, a spike with 5, has its limit: the exact
	// upper limit of 0 of 1000, 1 - 0.025^(1/1000).
	least := theory.Overlap(n, a, s, 5).Value() * -math.Expm1(math.Log(0.025)/1000)
	if got := r.FalsePositive(n, a); got.Hi < got.P+least {
		t.Errorf("upper limit %v leaves no room for an unseen spike with 5 synapses (%v)", got.Hi, least)
	}
}

// Bisection finds what stepping every number of synapses finds: from θ on all spike,
// below none. With background too, which makes events of its own.
func TestBisectionFindsTheThreshold(t *testing.T) {
	for _, background := range []string{"0 Hz", "20 Hz"} {
		x := fewTrials(t, "psychometric.background", background)
		c, err := newTrials(x)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.thresholds(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for trial := range 6 {
			synapses, noise := c.synapses(trial)
			var events []event
			for b := range len(synapses) + 1 {
				events = append(events, asCell(noise, b)...)
				for _, of := range synapses[:b] {
					events = append(events, asCell(of, b)...)
				}
			}
			spiked, _, err := c.spikes(context.Background(), len(synapses)+1, events)
			if err != nil {
				t.Fatal(err)
			}
			for b, s := range spiked {
				if s != (b >= got.Theta[trial]) {
					t.Errorf("background %s, trial %d: θ = %d by bisection, but with %d synapses spike = %v", background, trial, got.Theta[trial], b, s)
				}
			}
		}
	}
}

// Each source of variability reaches the trials: without any all thresholds of one
// place agree, and each alone spreads them.
func TestVariabilityWidensTheThreshold(t *testing.T) {
	distinct := func(set ...string) int {
		x := fewTrials(t, append([]string{"psychometric.length", "0 um", "psychometric.variability", "0.0", "psychometric.spread", "0 ms"}, set...)...)
		c, err := newTrials(x)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.thresholds(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got.Theta)
		return len(slices.Compact(got.Theta))
	}
	if n := distinct(); n != 1 {
		t.Errorf("%d thresholds without variability", n)
	}
	for _, set := range [][]string{{"psychometric.variability", "0.4"}, {"psychometric.length", "80 um"}, {"psychometric.spread", "30 ms"}, {"psychometric.background", "5 Hz"}} {
		if n := distinct(set...); n < 2 {
			t.Errorf("%v does not spread the thresholds", set)
		}
	}
}

// The envelope is at every step at least what a synapse of the largest weight can
// have, whenever it comes, and not much above its peak.
func TestEnvelopeIsAboveEveryCourse(t *testing.T) {
	x := fewTrials(t, "psychometric.spread", "5 ms")
	c, err := newTrials(x)
	if err != nil {
		t.Fatal(err)
	}
	most := c.weight(maxDeviation)
	for _, p := range []dendrite.ReceptorParams{
		{TauRise: 0.2, TauDecay: 2}, {TauRise: 2, TauDecay: 50}, {TauRise: 0, TauDecay: 2}, {TauRise: 3, TauDecay: 3},
	} {
		events := c.envelope(p)
		top := 0.0
		for k := range c.steps {
			sum := 0.0
			for _, e := range events {
				sum += e.weight * p.Course(float64(k-e.step)*c.dt)
			}
			top = max(top, sum)
			for late := 0; late <= c.step(5); late += 3 {
				if course := most * p.Course(float64(k-late)*c.dt); sum < course*(1-1e-9) {
					t.Fatalf("%+v: step %d: %v, but a synapse %d steps late has %v", p, k, sum, late, course)
				}
			}
		}
		if top > 2.5*most { // one event alone would need e^(5 ms/τ_decay), 12 times for the fast ones
			t.Errorf("%+v: the envelope reaches %.3g times the peak of a course", p, top/most)
		}
	}
}

// What is proven never to spike spikes in no trial, and the proof is not empty.
func TestNeverIsBelowEveryThreshold(t *testing.T) {
	x := fewTrials(t, "psychometric.length", "20 um")
	c, err := newTrials(x)
	if err != nil {
		t.Fatal(err)
	}
	never, err := c.never(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.thresholds(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if least := slices.Min(got.Theta); never < 2 || never >= least {
		t.Errorf("no spike can be with %d, but trials have θ from %d", never, least)
	}
	c.of.Background = 1
	if never, err = c.never(context.Background()); err != nil || never != -1 {
		t.Errorf("with background nothing can be excluded; %d, %v", never, err)
	}
}

// There are C(m+b-1, b) multisets, all different and in order.
func TestMultisets(t *testing.T) {
	for _, c := range []struct{ m, b, want int }{{1, 5, 1}, {5, 1, 5}, {4, 3, 20}, {5, 8, 495}} {
		all := multisets(c.m, c.b, 4000)
		if len(all) != c.want || !slices.IsSortedFunc(all, slices.Compare) {
			t.Errorf("%d of %d: %d multisets, want %d in order", c.b, c.m, len(all), c.want)
		}
		seen := map[string]bool{}
		for _, x := range all {
			if !slices.IsSorted(x) || x[len(x)-1] >= c.m || seen[fmt.Sprint(x)] {
				t.Errorf("%d of %d: %v", c.b, c.m, x)
			}
			seen[fmt.Sprint(x)] = true
		}
	}
	if multisets(5, 8, 494) != nil {
		t.Error("more than the bound are not refused")
	}
}

// equalTheta inverts equation (4) at whole thresholds, and lies between them else.
func TestEqualTheta(t *testing.T) {
	for theta := 2; theta < 20; theta++ {
		p := theory.FalsePositive(10000, 200, 30, theta).Value()
		if got := equalTheta(10000, 200, 30, p); math.Abs(got-float64(theta)) > 1e-6 {
			t.Errorf("θ = %d: %v", theta, got)
		}
		if got := equalTheta(10000, 200, 30, 2*p); !(got < float64(theta) && got > float64(theta)-1) {
			t.Errorf("twice the error of θ = %d is that of %v", theta, got)
		}
	}
}

// The thresholds that trials find do not depend on workers.
func TestPsychometricSameForAnyWorkers(t *testing.T) {
	if testing.Short() {
		t.Skip("runs trials twice: run without -short")
	}
	x := fewTrials(t, "psychometric.trials", "140", "run.tstop", "40 ms", "psychometric.length", "20 um")
	one, err := RunPsychometric(context.Background(), x, studytest.OnThreads(1))
	if err != nil {
		t.Fatal(err)
	}
	many, err := RunPsychometric(context.Background(), x, studytest.OnThreads(4))
	if err != nil {
		t.Fatal(err)
	}
	for i := range one { // the same study, at another address
		one[i].Of, many[i].Of = nil, nil
	}
	if fmt.Sprint(one) != fmt.Sprint(many) {
		t.Error("4 workers find other thresholds than 1")
	}
}

// The weight of a draw is the ratio of the two densities, cut normal distributions, and the
// drawn z have the mean that is asked for.
func TestTiltIsADistribution(t *testing.T) {
	mass := func(mean float64) float64 { return (math.Erf((2-mean)/math.Sqrt2) + math.Erf((2+mean)/math.Sqrt2)) / 2 }
	for _, mean := range []float64{0, 0.5, 1.2, 1.7} {
		dist := tiltTo(mean)
		r := rng.New(1, rng.WeightedTrial, 0, 0)
		const n = 40000
		zs := 0.0
		for range n {
			z, log := dist.draw(&r)
			zs += z
			want := -z*z/2 - math.Log(mass(0)) + (z-dist.lambda)*(z-dist.lambda)/2 + math.Log(mass(dist.lambda))
			if math.Abs(z) > 2 || math.Abs(log-want) > 1e-9 {
				t.Fatalf("mean %g: z = %g weighs e^%g, want e^%g", mean, z, log, want)
			}
		}
		if got := zs / n; math.Abs(got-mean) > 0.02 { // standard deviation of z at most 0.9, of the mean 0.0045
			t.Errorf("z has the mean %g, want %g", got, mean)
		}
	}
}

// Weighted trials agree with trials where both see something.
func TestWeightedTrialsAgreeWithTrials(t *testing.T) {
	x := fewTrials(t, "psychometric.length", "30 um", "run.tstop", "45 ms", "psychometric.weighted", "600")
	c, err := newTrials(x)
	if err != nil {
		t.Fatal(err)
	}
	const b = 12
	direct, err := c.weighted(context.Background(), b, 2500, tilt{})
	if err != nil {
		t.Fatal(err)
	}
	want := weightedRate(direct)
	got, err := c.tail(context.Background(), b, 14.3)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("P(spike | %d) = %.3g (%.2g to %.2g) of trials, %.3g (%.2g to %.2g) of weighted ones", b, want.P, want.Lo, want.Hi, got.P, got.Lo, got.Hi)
	// The logarithms differ by at most 4 standard errors, each a quarter of its interval.
	a, e := math.Log(got.Hi/got.Lo)/4, math.Log(want.Hi/want.Lo)/4
	if d := math.Abs(math.Log(got.P / want.P)); !(d < 4*math.Hypot(a, e)) || a > 0.3 {
		t.Errorf("P(spike | %d) is %+v of weighted trials, %+v of trials", b, got, want)
	}
}
