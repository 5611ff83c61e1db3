package analysis

import (
	"fmt"
	"math"
)

// mostCorrelated is the largest number of cells whose correlation is taken.
const mostCorrelated = 1 << 16

// PatternCorrelation returns how correlated the cells of sparse patterns are: the
// mean over patterns, and over the pairs of cells i, j active in one, of their
// Pearson correlation over all patterns,
//
//	r_ij = (P c_ij - c_i c_j) / √(c_i (P - c_i) c_j (P - c_j)),
//
// with c_i the patterns of P in which i is active and c_ij those with both; a cell
// that is always active has no correlation and counts as 0. patterns holds at
// least one pair; cells are 0..n-1, n ≤ 65536, ascending within a pattern.
func PatternCorrelation(patterns [][]int32, n int) float64 {
	if n > mostCorrelated {
		panic(fmt.Sprintf("analysis: PatternCorrelation: %d cells, most are %d", n, mostCorrelated))
	}
	count, length := make([]int, n+1), 0 // of patterns, by cell
	for _, cells := range patterns {
		length += len(cells)
		for _, c := range cells {
			count[c]++
		}
	}
	total := float64(len(patterns))
	scale := make([]float64, n) // 1/√(c (P - c))
	for c := range scale {
		if v := float64(float64(count[c]) * (total - float64(count[c]))); v > 0 {
			scale[c] = 1 / math.Sqrt(v)
		}
	}
	// The cells of all patterns in a row, and for each cell where in it the cells begin
	// that come after it in a pattern, and where they end. So the counts of one cell i
	// with all later ones stay in cache.
	type run struct{ from, to uint32 }
	flat := make([]uint16, 0, length)
	runs, next := make([]run, length), make([]int, n+1)
	for c := range n {
		next[c+1] = next[c] + count[c]
	}
	for _, cells := range patterns {
		end := uint32(len(flat) + len(cells))
		for _, c := range cells {
			flat = append(flat, uint16(c))
			runs[next[c]] = run{uint32(len(flat)), end}
			next[c]++
		}
	}
	both := new([mostCorrelated]int32) // an index of 16 bits is not checked
	var sum, pairs float64
	for i := range n {
		for _, r := range runs[next[i]-count[i] : next[i]] {
			for _, j := range flat[r.from:r.to] {
				both[j]++
			}
		}
		ci, own := float64(count[i]), 0.0
		for j, c := range both[i+1 : n] {
			if c == 0 {
				continue
			}
			c, cj := float64(c), float64(count[i+1+j])
			pairs += c
			own += float64(c * (float64(total*c) - float64(ci*cj)) * scale[i+1+j])
		}
		clear(both[i+1 : n])
		sum += float64(own * scale[i])
	}
	return sum / pairs
}
