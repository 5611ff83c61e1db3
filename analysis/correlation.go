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
// least one pair; cells are 0..n-1, distinct within a pattern. The memory is 4 n²
// bytes.
func PatternCorrelation(patterns [][]int32, n int) float64 {
	single := make([]float64, n)
	both := make([]int32, n*n) // [i][j], i < j
	for _, p := range patterns {
		for k, i := range p {
			single[i]++
			row := both[int(i)*n : (int(i)+1)*n]
			for _, j := range p[k+1:] {
				if i < j {
					row[j]++
				} else {
					both[int(j)*n+int(i)]++
				}
			}
		}
	}
	total := float64(len(patterns))
	var sum, pairs float64
	for i := range n {
		for j := i + 1; j < n; j++ {
			c := float64(both[i*n+j])
			if c == 0 {
				continue
			}
			pairs += c
			if v := float64(single[i]*(total-single[i])) * float64(single[j]*(total-single[j])); v > 0 {
				sum += float64(c * (float64(total*c) - float64(single[i]*single[j])) / math.Sqrt(v))
			}
		}
	}
	return sum / pairs
}
