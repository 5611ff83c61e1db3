package stimulus

import (
	"slices"

	"neurosim/internal/rng"
)

// BinnedMixtures draws two classes of SDRs that differ in how the same hidden
// values are mixed: the benchmark of P. Poirazi & B. W. Mel, Impact of active
// dendrites and structural plasticity on the memory capacity of neural tissue,
// Neuron 29 (2001), in the form that Ahmad & Hawkins give it.
//
// A hidden vector of dim values holds four ones and standard normals; every value
// is then replaced by the product of four values drawn with replacement. Class 0
// is U z and class 1 (U + N) z, with U uniform on [-1, 1] and N standard normal,
// both dim × dim and drawn once. Each dimension is cut into bins of equal
// frequency over both classes. A sample is one cell per dimension: cell
// dim·bins in all, dim of them active, cell d·bins + b if dimension d lies in bin b.
//
// The result has perClass samples of class 0, then as many of class 1.
func BinnedMixtures(r *rng.Stream, dim, bins, perClass int) []Pattern {
	u, v := make([]float64, dim*dim), make([]float64, dim*dim)
	for i := range u {
		u[i] = float64(2*r.Float64()) - 1
		v[i] = u[i] + r.Normal()
	}
	samples := 2 * perClass
	values := make([]float64, dim*samples) // [dimension][sample]
	hidden, z := make([]float64, dim), make([]float64, dim)
	for s := range samples {
		for i := range hidden {
			hidden[i] = 1
			if i < dim-4 {
				hidden[i] = r.Normal()
			}
		}
		for i := range z {
			z[i] = hidden[r.IntN(dim)] * hidden[r.IntN(dim)] * hidden[r.IntN(dim)] * hidden[r.IntN(dim)]
		}
		mix := u
		if s >= perClass {
			mix = v
		}
		for d := range dim {
			sum := 0.0
			for i, x := range z {
				sum += float64(mix[d*dim+i] * x)
			}
			values[d*samples+s] = sum
		}
	}
	patterns := make([]Pattern, samples)
	for d := range dim {
		of := values[d*samples : (d+1)*samples]
		edges := slices.Clone(of)
		slices.Sort(edges)
		for b := 1; b < bins; b++ {
			edges[b-1] = edges[samples*b/bins]
		}
		for s, x := range of {
			b, _ := slices.BinarySearch(edges[:bins-1], x)
			patterns[s] = append(patterns[s], int32(d*bins+b))
		}
	}
	return patterns
}
