package sequence

import "neurosim/internal/fpmath"

// Buckets divide the range of a quantity into N equal classes for a Readout.
type Buckets struct {
	Min, Max float64
	N        int
	Spread   float64 // width of a target over neighbouring buckets, as a standard deviation in buckets; 0: none
}

// Target sets the probabilities that a read-out should give when x comes:
//
//	t_k ∝ exp(-(k - b)²/2 Spread²),  b the bucket of x,  |k - b| ≤ 4 Spread
//
// so that what is learned of one bucket holds for its neighbours in part.
// Numbers outside the range count to the first or last bucket.
func (b Buckets) Target(x float64, t []float64) {
	clear(t)
	at := min(max(int((x-b.Min)/(b.Max-b.Min)*float64(b.N)), 0), b.N-1)
	t[at] = 1
	if b.Spread == 0 {
		return
	}
	sum, reach := 0.0, int(4*b.Spread)
	for k := max(0, at-reach); k <= min(b.N-1, at+reach); k++ {
		d := float64(k-at) / b.Spread
		t[k] = fpmath.Exp(-d * d / 2)
		sum += t[k]
	}
	for k := range t {
		t[k] /= sum
	}
}

// Quantile returns the value below which a fraction q of the probability lies,
// with the probability of a bucket spread evenly over it. q = 1/2, the median,
// has the smallest expected absolute error.
func (b Buckets) Quantile(p []float64, q float64) float64 {
	width := (b.Max - b.Min) / float64(b.N)
	for k, v := range p {
		if q < v || k == len(p)-1 {
			return b.Min + float64(width*(float64(k)+min(1, q/max(v, 1e-300))))
		}
		q -= v
	}
	return b.Max
}
