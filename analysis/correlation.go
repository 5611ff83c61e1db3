package analysis

import "math"

// PatternCorrelation returns how correlated the cells of sparse patterns are: the
// mean over patterns, and over the pairs of cells i, j active in one, of their
// Pearson correlation over all patterns,
//
//	r_ij = (P c_ij - c_i c_j) / √(c_i (P - c_i) c_j (P - c_j)),
//
// with c_i the patterns of P in which i is active and c_ij those with both; a cell
// that is always active has no correlation and counts as 0. patterns holds at
// least one pair; cells are 0..n-1, ascending within a pattern.
func PatternCorrelation(patterns [][]int32, n int) float64 {
	// Where each cell stands in which patterns, so that the counts of one cell i
	// with all later ones stay in cache.
	type place struct{ pattern, at int32 }
	places := make([][]place, n)
	for p, cells := range patterns {
		for k, c := range cells {
			places[c] = append(places[c], place{int32(p), int32(k)})
		}
	}
	total := float64(len(patterns))
	both := make([]int32, n)
	var sum, pairs float64
	for i, own := range places {
		for _, w := range own {
			for _, j := range patterns[w.pattern][w.at+1:] {
				both[j]++
			}
		}
		ci := float64(len(own))
		for j := i + 1; j < n; j++ {
			if both[j] == 0 {
				continue
			}
			c, cj := float64(both[j]), float64(len(places[j]))
			both[j] = 0
			pairs += c
			if v := float64(ci*(total-ci)) * float64(cj*(total-cj)); v > 0 {
				sum += float64(c * (float64(total*c) - float64(ci*cj)) / math.Sqrt(v))
			}
		}
	}
	return sum / pairs
}
