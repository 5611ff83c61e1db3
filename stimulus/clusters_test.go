package stimulus

import (
	"math"
	"slices"
	"testing"

	"neurosim/internal/rng"
)

func TestClusteredPatternsAreSets(t *testing.T) {
	r := rng.New(1, rng.Trial, rng.Name("clusters"), 0)
	const n, a = 200, 20
	s := NewSampler(n)
	c := DrawClusters(&r, s, n, []int{2, 9}, []int{401, 250})
	if c.Len() != 200+27 {
		t.Fatalf("%d clusters of 401/2 and 250/9", c.Len())
	}
	for range 200 {
		p := c.Draw(&r, s, a, []int32{-1})
		if p[0] != -1 || len(p) != a+1 || !slices.IsSorted(p) || len(slices.Compact(slices.Clone(p))) != a+1 || int(p[a]) >= n {
			t.Fatalf("not an ascending set of %d cells appended: %v", a, p)
		}
	}
}

// With one cluster of size a-1 every pattern holds it and one more cell; with
// clusters of size a none ever fits.
func TestClustersFillPatterns(t *testing.T) {
	r := rng.New(2, rng.Trial, rng.Name("clusters"), 0)
	const n, a = 50, 6
	s := NewSampler(n)
	one := DrawClusters(&r, s, n, []int{a - 1}, []int{a - 1})
	for range 50 {
		p := one.Draw(&r, s, a, nil)
		for _, cell := range one.members[0] {
			if !slices.Contains(p, cell) {
				t.Fatalf("pattern %v lacks cell %d of its cluster", p, cell)
			}
		}
	}
	tooLarge := DrawClusters(&r, s, n, []int{a}, []int{a})
	all := 0
	for range 200 {
		if slices.Equal(tooLarge.Draw(&r, s, a, nil), tooLarge.members[0]) {
			all++
		}
	}
	if all > 0 { // by chance 200/C(50,6) = 1e-5
		t.Errorf("a cluster as large as the pattern was used %d times", all)
	}
}

// Every dimension has one active bin, bins of one dimension are equally frequent,
// and the classes differ: their covariances do, so some pair of bins is more
// frequent in one than in the other.
func TestBinnedMixtures(t *testing.T) {
	const dim, bins, perClass = 8, 5, 2000
	r := rng.New(3, rng.Trial, rng.Name("mixtures"), 0)
	samples := BinnedMixtures(&r, dim, bins, perClass)
	count := make([]int, dim*bins)
	var pairs [2][dim * bins * dim * bins]float64
	for i, p := range samples {
		for d, cell := range p {
			if int(cell)/bins != d {
				t.Fatalf("sample %d: cell %d stands for dimension %d", i, cell, d)
			}
			count[cell]++
			for _, other := range p[d+1:] {
				pairs[i/perClass][int(cell)*dim*bins+int(other)]++
			}
		}
	}
	for cell, c := range count {
		if want := 2 * perClass / bins; c < want-1 || c > want+1 {
			t.Errorf("cell %d is active in %d samples, bins of equal frequency in %d", cell, c, want)
		}
	}
	worst := 0.0
	for k := range pairs[0] {
		if sum := pairs[0][k] + pairs[1][k]; sum > 0 {
			worst = max(worst, math.Abs(pairs[0][k]-pairs[1][k])/math.Sqrt(sum))
		}
	}
	// Equal classes would give |z| < 5 in all of 700 pairs but once in 2000.
	if worst < 8 {
		t.Errorf("the classes differ by z = %.1f at most", worst)
	}
}
