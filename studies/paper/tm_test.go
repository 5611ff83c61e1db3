package paper

import (
	"math"
	"testing"

	"neurosim/internal/rng"
	"neurosim/stimulus"
	"neurosim/theory"
)

// The design effect of cells that share a noisy step, against its definition: the
// variance of a drawn count over that of independent cells. The mean of z² of N
// steps has a relative standard error of √(κ/N), κ ≤ 3 for these counts; 4 of them
// are allowed.
func TestSharedStepEffect(t *testing.T) {
	const n, a, s, theta, steps = 300, 12, 6, 3, 8000
	for _, v := range []int{7, 8, 10} {
		effect := sharedStepEffect(n, a, s, v, theta)
		p := theory.FalseNegativeReadd(n, a, s, v, theta).Complement().Value()
		if effect < 1.1 {
			t.Fatalf("v = %d: an effect of %.2f tests nothing", v, effect)
		}
		r, sampler := rng.New(4, rng.Trial, 0, uint64(v)), stimulus.NewSampler(n)
		noise := stimulus.Noise{Swap: float64(v) / a, Mode: stimulus.Readd}
		sum := 0.0
		for range steps {
			clean := sampler.Draw(&r, a, nil)
			shown := noise.Apply(&r, sampler, clean, nil)
			hits := 0.0
			for range a {
				if stimulus.Overlap(sampler.Subset(&r, s, clean, nil), shown) >= theta {
					hits++
				}
			}
			sum += (hits - a*p) * (hits - a*p) / (a * p * (1 - p))
		}
		if got := sum / steps; math.Abs(got/effect-1) > 4*math.Sqrt(3.0/steps) {
			t.Errorf("v = %d: variance %.3f of the binomial one, design effect %.3f", v, got, effect)
		}
	}
}

// The design effect of patterns that meet one union, against its definition.
func TestSharedUnionEffect(t *testing.T) {
	const n, a, sets = 60, 9, 8000
	for _, c := range []struct{ m, patterns int }{{1, 1}, {4, 1}, {4, 20}, {9, 40}} {
		effect := sharedUnionEffect(n, a, c.m, c.patterns)
		p := theory.Surprise(n, a, c.m).Complement().Value()
		r, sampler := rng.New(4, rng.Trial, 1, uint64(c.m*100+c.patterns)), stimulus.NewSampler(n)
		sum := 0.0
		for range sets {
			in := map[int32]bool{}
			for range c.m {
				for _, x := range sampler.Draw(&r, a, nil) {
					in[x] = true
				}
			}
			hits := 0.0
			for range c.patterns {
				for _, x := range sampler.Draw(&r, a, nil) {
					if in[x] {
						hits++
					}
				}
			}
			trials := float64(a * c.patterns)
			sum += (hits - trials*p) * (hits - trials*p) / (trials * p * (1 - p))
		}
		if got := sum / sets; math.Abs(got/effect-1) > 4*math.Sqrt(3.0/sets) {
			t.Errorf("M = %d, %d patterns: variance %.3f of the binomial one, design effect %.3f", c.m, c.patterns, got, effect)
		}
	}
}

// Cells in common, against a search of one list for each cell of the other.
func TestCommon(t *testing.T) {
	r, sampler := rng.New(4, rng.Trial, 2, 0), stimulus.NewSampler(40)
	for k := range 40 {
		p, q := sampler.Draw(&r, k, nil), sampler.Draw(&r, 40-k/2, nil)
		predicted := make([]uint32, len(q))
		for i, c := range q {
			predicted[i] = uint32(c)
		}
		if got, want := common(predicted, p), stimulus.Overlap(p, q); got != want {
			t.Errorf("%v and %v: %d, want %d", p, q, got, want)
		}
	}
}

// A memory that has learned one sequence predicts it whole, with one segment of 20
// synapses for each cell of a transition.
func TestPlainMemoryLearnsInTwoPasses(t *testing.T) {
	const n, a = 2048, 40
	m, r, err := newPlain(1, "learns", 0, n, 12)
	if err != nil {
		t.Fatal(err)
	}
	patterns := drawPatterns(&r, stimulus.NewSampler(n), sequenceLength, a)
	teach(m, patterns)
	segments := m.Segments()
	teach(m, patterns)
	if want := (sequenceLength - 1) * a; segments != want || m.Segments() != want || m.Synapses() != 20*want {
		t.Errorf("%d segments, then %d with %d synapses; want %d and 20 synapses each", segments, m.Segments(), m.Synapses(), want)
	}
	for j, p := range patterns[:sequenceLength-1] {
		m.Step(p, false)
		if got := m.Predicted(); len(got) != a || common(got, patterns[j+1]) != a {
			t.Errorf("step %d: %d cells predicted, %d of the next %d", j, len(got), common(got, patterns[j+1]), a)
		}
	}
}

// Without noise all is recalled, with all cells moved nothing.
func TestRecalledAtTheEnds(t *testing.T) {
	hits, err := recalled(1, 0, 2048, 40, 16, []int{0, 4, 40})
	if err != nil {
		t.Fatal(err)
	}
	if hits[0] != 19*40 || hits[1] != 19*40 || hits[2] != 0 {
		t.Errorf("%v", hits)
	}
}

// The distribution of a sum, against convolving term by term.
func TestConvolved(t *testing.T) {
	dist := []float64{0.7, 0.1, 0, 0.15, 0.05}
	want := []float64{1}
	for k := 1; k <= 40; k++ {
		next := make([]float64, len(want)+4)
		for i, p := range want {
			for j, q := range dist {
				next[i+j] += p * q
			}
		}
		want = next
		for x, g := range convolved(dist, k, 30) {
			w := 0.0
			if x < len(want) {
				w = want[x]
			}
			if math.Abs(g-w) > 1e-12*w+1e-18 {
				t.Fatalf("%d terms: P(%d) = %g, want %g", k, x, g, w)
			}
		}
	}
}

// Cells that are predicted by accident, against drawn sources and segments: mean and
// variance, which is four times that of independent cells.
func TestFalseCells(t *testing.T) {
	const n, a, s, theta, sources, trials = 100, 16, 10, 6, 20, 6000
	dist := falseCells(n, a, s, theta, sources)
	sum, mean, square := 0.0, 0.0, 0.0
	for x, p := range dist {
		sum, mean, square = sum+p, mean+p*float64(x), square+p*float64(x*x)
	}
	want := theory.FalsePositive(n, a, s, theta).Value() * sources * a * (n - a) / n
	if math.Abs(sum-1) > 1e-9 || math.Abs(mean/want-1) > 1e-9 {
		t.Errorf("sum %.12g, mean %.12g, want 1 and %.12g", sum, mean, want)
	}
	variance := square - mean*mean
	r, sampler := rng.New(4, rng.Trial, 3, 0), stimulus.NewSampler(n)
	var drawn sample
	for range trials {
		shown := sampler.Draw(&r, a, nil)
		next := sampler.Draw(&r, a, nil)
		hits := 0
		for range sources {
			source, follow := sampler.Draw(&r, a, nil), sampler.Draw(&r, a, nil)
			for _, c := range follow {
				if stimulus.Overlap([]int32{c}, next) == 0 && stimulus.Overlap(sampler.Subset(&r, s, source, nil), shown) >= theta {
					hits++
				}
			}
		}
		drawn.add(float64(hits))
	}
	if variance < 1.5*mean {
		t.Fatalf("variance %.2f, mean %.2f: nothing clumps", variance, mean)
	}
	// counts of clumps have a kurtosis of at most 6 here: an error of √(5/trials) of the variance
	if z := (drawn.mean() - mean) / math.Sqrt(variance/trials); math.Abs(z) > 4 || math.Abs(drawn.sd()*drawn.sd()/variance-1) > 4*math.Sqrt(5.0/trials) {
		t.Errorf("drawn: mean %.3f, variance %.3f; distribution %.3f, %.3f", drawn.mean(), drawn.sd()*drawn.sd(), mean, variance)
	}
}

// A run in the transition: what it counts is what its table of sizes says, and some
// segments have grown.
func TestRecallCounts(t *testing.T) {
	r, err := recallRun{64, 400, 10}.measure(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	n, mean, most, grown := r.segments()
	if grown == 0 || mean <= 20 || most <= 20 || n > 64*r.transitions() || r.Sizes[19] != 0 {
		t.Errorf("%d segments of mean %.3f, most %d, %d grown", n, mean, most, grown)
	}
	if r.Error.N != float64(r.transitions()) {
		t.Errorf("%g steps, want %d", r.Error.N, r.transitions())
	}
	// were all of 20 synapses, the sizes would give equation (B2)
	plain := recall{recallRun: r.recallRun}
	m, _, err := newPlain(1, "none", 0, 400, recallThreshold)
	if err != nil {
		t.Fatal(err)
	}
	plain.count(m)
	if plain.WrongRateBySizes != 0 {
		t.Errorf("a memory without segments predicts: %g", plain.WrongRateBySizes)
	}
	if r.WrongRateBySizes <= 1-math.Pow(1-theory.FalsePositive(400, 64, 20, recallThreshold).Value(), 190*64/400) {
		t.Errorf("larger segments predict no more: %g", r.WrongRateBySizes)
	}
}
