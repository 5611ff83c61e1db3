package stimulus

import (
	"math/bits"

	"github.com/bits-and-blooms/bitset"

	"neurosim/internal/rng"
)

// A Pattern is an SDR: the active cells, ascending and distinct.
type Pattern []int32

// A Sampler draws subsets of 0..n-1. It owns scratch space and serves one
// goroutine.
type Sampler struct {
	n    int
	mark []uint64 // set of cells, a bit each; empty between calls
}

// NewSampler returns a Sampler of a population of n cells.
func NewSampler(n int) *Sampler {
	return &Sampler{n: n, mark: bitset.New(uint(n)).Words()}
}

// markOne marks x, or instead, which is not marked, where x is; it returns which.
func (p *Sampler) markOne(x, instead int) int {
	w, bit := &p.mark[x>>6], uint64(1)<<(x&63)
	if *w&bit != 0 {
		x = instead
		w, bit = &p.mark[x>>6], uint64(1)<<(x&63)
	}
	*w |= bit
	return x
}

// Draw appends to dst a uniformly drawn set of k distinct cells of 0..n-1, in
// ascending order (Floyd's algorithm: exactly k draws). It needs 0 ≤ k ≤ n.
func (p *Sampler) Draw(r *rng.Stream, k int, dst []int32) []int32 {
	return p.DrawOutside(r, k, nil, dst)
}

// DrawOutside is Draw among the cells that are not in exclude, which is
// ascending and distinct: k draws whatever the size of exclude.
func (p *Sampler) DrawOutside(r *rng.Stream, k int, exclude []int32, dst []int32) []int32 {
	m := p.n - len(exclude)
	if k < 0 || k > m {
		panic("stimulus: DrawOutside: fewer cells than are to be drawn")
	}
	from := len(dst)
	for j := m - k; j < m; j++ {
		p.markOne(r.IntN(j+1), j)
	}
	// Ranks among the allowed cells become cells: walk both ascending lists.
	skipped := int32(0)
	for i, w := range p.mark[:(m+63)>>6] {
		if w == 0 {
			continue
		}
		p.mark[i] = 0
		for ; w != 0; w &= w - 1 {
			cell := int32(i<<6|bits.TrailingZeros64(w)) + skipped
			for int(skipped) < len(exclude) && exclude[skipped] <= cell {
				skipped++
				cell++
			}
			dst = append(dst, cell)
		}
	}
	if len(dst)-from != k {
		panic("stimulus: DrawOutside: exclude is not ascending and distinct")
	}
	return dst
}

// Pick is Draw in no particular order, for k draws whatever n is: finding the
// cells in order costs n/64 words besides.
func (p *Sampler) Pick(r *rng.Stream, k int, dst []int32) []int32 {
	if k < 0 || k > p.n {
		panic("stimulus: Pick: fewer cells than are to be drawn")
	}
	from := len(dst)
	for j := p.n - k; j < p.n; j++ {
		dst = append(dst, int32(p.markOne(r.IntN(j+1), j)))
	}
	for _, x := range dst[from:] {
		p.mark[x>>6] = 0
	}
	return dst
}

// Subset appends to dst a uniformly drawn k-subset of from, ascending if from is.
func (p *Sampler) Subset(r *rng.Stream, k int, from []int32, dst []int32) []int32 {
	m := len(from)
	if k < 0 || k > m {
		panic("stimulus: Subset: fewer cells than are to be drawn")
	}
	for j := m - k; j < m; j++ {
		p.markOne(r.IntN(j+1), j)
	}
	for i, w := range p.mark[:(m+63)>>6] {
		p.mark[i] = 0
		for ; w != 0; w &= w - 1 {
			dst = append(dst, from[i<<6|bits.TrailingZeros64(w)])
		}
	}
	return dst
}

// A PatternSet is the patterns that a population can show and its targets can
// store: patterns 0..P-1.
type PatternSet struct {
	N        int       // cells of the population, n
	Patterns []Pattern // [P]
}

// DrawCodebook draws count patterns of active cells each, uniformly among all
// C(n, a) and independently. Pattern p depends on seed, name and p alone, so a
// longer pattern set begins with the shorter one.
func DrawPatternSet(seed uint64, name string, n, active, count int) PatternSet {
	s := NewSampler(n)
	set := PatternSet{N: n, Patterns: make([]Pattern, count)}
	for p := range set.Patterns {
		r := rng.New(seed, rng.Patterns, rng.Name(name), uint64(p))
		set.Patterns[p] = s.Draw(&r, active, make(Pattern, 0, active))
	}
	return set
}

// Overlap returns the number of cells that x and y share.
func Overlap(x, y Pattern) int {
	var i, j, both int
	for i < len(x) && j < len(y) {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	return both
}
