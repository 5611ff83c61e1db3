package stimulus

import (
	"math/bits"
	"slices"

	"neurosim/internal/rng"
)

// Clusters is a set of groups of cells that tend to be active together. Patterns
// drawn from it have correlated cells, unlike those of a PatternSet.
//
// Source: the correlated patterns of the experiments for a later revision of
// [AH16] (numenta/htmresearch, projects/sdr_paper, 2017-18).
type Clusters struct {
	n       int
	members [][]int32 // cells of each cluster, distinct
}

// DrawClusters draws ⌊cells[i]/sizes[i]⌋ clusters of sizes[i] distinct cells of
// 0..n-1 for every i; a cell may belong to several clusters.
func DrawClusters(r *rng.Stream, s *Sampler, n int, sizes, cells []int) *Clusters {
	c := &Clusters{n: n}
	for i, size := range sizes {
		for range cells[i] / size {
			c.members = append(c.members, s.Draw(r, size, make([]int32, 0, size)))
		}
	}
	return c
}

// Len returns the number of clusters.
func (c *Clusters) Len() int { return len(c.members) }

// Draw appends to dst a pattern of a cells, ascending: the cells of randomly
// drawn clusters, at most a/2 of them and each at most once, until one would not
// leave room below a; then single cells, drawn uniformly, up to a.
func (c *Clusters) Draw(r *rng.Stream, s *Sampler, a int, dst []int32) []int32 {
	from := len(dst)
	drawn := make([]int, 0, 64) // more are rare; so many need no allocation
	own := 0                    // cells of clusters so far, marked in s
	for range min(a/2, len(c.members)) {
		k := r.IntN(len(c.members))
		for slices.Contains(drawn, k) {
			k = r.IntN(len(c.members))
		}
		drawn = append(drawn, k)
		if own+len(c.members[k]) >= a {
			break
		}
		for _, cell := range c.members[k] {
			if w, bit := &s.mark[cell>>6], uint64(1)<<(cell&63); *w&bit == 0 {
				*w |= bit
				own++
			}
		}
	}
	for i, w := range s.mark {
		s.mark[i] = 0
		for ; w != 0; w &= w - 1 {
			dst = append(dst, int32(i<<6|bits.TrailingZeros64(w)))
		}
	}
	dst = s.DrawOutside(r, a-own, dst[from:], dst)
	slices.Sort(dst[from:])
	return dst
}
