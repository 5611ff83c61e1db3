package paper

import (
	"math"
	"slices"
	"testing"

	"neurosim/internal/rng"
	"neurosim/stimulus"
)

// A neuron's response is the sum over its segments of f(overlap).
func TestWeightedNeuronMatchesDefinition(t *testing.T) {
	r := rng.New(1, rng.Trial, rng.Name("weighted"), 0)
	const n, s, a = 60, 7, 12
	sampler := stimulus.NewSampler(n)
	f, halves := make([]float64, s+1), make([]float64, s+1)
	for x := range f {
		f[x] = r.Float64()
		halves[x] = f[x] / 2
	}
	for range 50 {
		var segments [][]int32
		for range 1 + r.IntN(20) {
			segments = append(segments, sampler.Draw(&r, s, nil))
		}
		w, half := newWeightedNeuron(n, segments, f), newWeightedNeuron(n, segments, halves)
		var patterns []stimulus.Pattern
		for range 1 + r.IntN(150) {
			patterns = append(patterns, sampler.Draw(&r, a, nil))
		}
		seen := 0
		oppose(n, []weightedNeuron{w}, []weightedNeuron{w, half}, patterns, 3, func(i int, got float64) {
			want := 3.0
			for _, segment := range segments {
				want -= 0.5 * f[stimulus.Overlap(segment, patterns[i])]
			}
			if seen++; math.Abs(got-want) > 1e-12 {
				t.Fatalf("difference %g, by definition %g", got, want)
			}
		})
		if seen != len(patterns) {
			t.Fatalf("%d differences of %d patterns", seen, len(patterns))
		}
	}
}

// Cells that several samples share come first, by how many do; then cells of the
// sample that is covered least.
func TestSharedCells(t *testing.T) {
	r := rng.New(2, rng.Trial, rng.Name("shared"), 0)
	run := func(from, to int32) (cells stimulus.Pattern) {
		for c := from; c < to; c++ {
			cells = append(cells, c)
		}
		return cells
	}
	// 10 cells in all three, 10 more in two of them: 20, and 5 single ones.
	x := append(run(0, 20), run(100, 120)...)
	y := append(run(0, 20), run(200, 220)...)
	z := append(run(0, 10), run(300, 330)...)
	got := sharedCells(&r, []stimulus.Pattern{x, y, z})
	if len(got) != mixtureSynapses || !slices.IsSorted(got) || !slices.Equal(got[:20], run(0, 20)) {
		t.Fatalf("chose %v", got)
	}
	// z has 10 of the shared cells, x and y 20: all five come from z.
	for _, c := range got[20:] {
		if c < 300 {
			t.Errorf("cell %d is not of the sample that has least", c)
		}
	}
	// More shared cells than synapses: those of three samples before those of two.
	got = sharedCells(&r, []stimulus.Pattern{run(0, 40), run(0, 40), run(20, 60)})
	if !slices.Equal(got, append(run(0, 5), run(20, 40)...)) {
		t.Errorf("chose %v", got)
	}
}

// A small benchmark with a segment for every sample: a sample meets all of its own
// segment's 25 synapses, 25^10 against (about) 2.5 of 25 elsewhere.
func TestMixturesWithASegmentEachAreLearned(t *testing.T) {
	if wrong := mixtureErrors(1, 0, mixtureSize{perClass: 400, neurons: 4, segments: 100}); wrong > 0 {
		t.Errorf("%d of 800 samples wrong", wrong)
	}
}

func TestBinsOfCorrelation(t *testing.T) {
	b := inBin([]correlatedSet{{0.1, 10}, {0.15, 30}, {0.2, 1000}, {0.05, 5}}, 0.1, 0.2)
	if b.sets != 2 || b.count.Hits != 40 || b.count.Trials != 2*correlatedTests {
		t.Fatalf("bin %+v", b)
	}
	if want := math.Sqrt2 * 10 / correlatedTests; math.Abs(b.sd-want) > 1e-12 {
		t.Errorf("standard deviation %g, want %g", b.sd, want)
	}
}
