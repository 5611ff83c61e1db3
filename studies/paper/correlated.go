package paper

import (
	"fmt"

	"neurosim/analysis"
	"neurosim/dendrite"
	"neurosim/internal/rng"
	"neurosim/stimulus"
)

// The experiment on false positives among correlated patterns, of the later
// revision of Ahmad & Hawkins (2016): one data set is 20,000 patterns drawn from
// clusters of cells, in blocks of 1000; a neuron stores half of a block and is
// tested on the other.
const (
	correlatedPatterns = 20_000
	correlatedBlock    = 2 * segmentsPerNeuron
	correlatedTests    = correlatedPatterns / 2
)

// How many sizes of clusters a data set has is drawn from this list, and the
// sizes themselves from 2 to 9, without repeats.
var clusterKinds = []int{1, 1, 2, 1, 2, 3, 4, 5, 6, 7}

const smallestCluster, largestCluster = 2, 9

// A correlatedSet is one data set and what the neurons made of it. Its fields are
// exported for the state of an interrupted study.
type correlatedSet struct {
	Correlation    float64 // mean pairwise correlation of cells active together
	FalsePositives int     // of correlatedTests
}

// drawCorrelated draws data set number index and tests neurons with s synapses a
// segment at theta on it.
func drawCorrelated(seed uint64, index, n, a, s, theta int) correlatedSet {
	t := newNeuronTrial(seed, "neuron-correlation", fmt.Sprintf("n=%d a=%d s=%d", n, a, s), index, n, a)
	clusters := drawClusterSizes(&t.r, t.sampler, n)
	patterns := make([][]int32, correlatedPatterns)
	all := make([]int32, 0, correlatedPatterns*a)
	for i := range patterns {
		from := len(all)
		all = clusters.Draw(&t.r, t.sampler, a, all)
		patterns[i] = all[from:]
	}
	out := correlatedSet{Correlation: analysis.PatternCorrelation(patterns, n)}
	for from := 0; from < len(patterns); from += correlatedBlock {
		t.segments = dendrite.NewStatic(n)
		for _, p := range patterns[from : from+segmentsPerNeuron] {
			t.store(p, s)
		}
		novel := patterns[from+segmentsPerNeuron : from+correlatedBlock]
		out.FalsePositives += t.responses(len(novel), theta, func(i int) stimulus.Pattern { return novel[i] })
	}
	return out
}

// drawClusterSizes draws the clusters of one data set: a number of sizes, the
// sizes, and for each of them how many cells, n to 3n, its clusters have in all.
func drawClusterSizes(r *rng.Stream, s *stimulus.Sampler, n int) *stimulus.Clusters {
	kinds := clusterKinds[r.IntN(len(clusterKinds))]
	var left, sizes, cells []int
	for size := smallestCluster; size <= largestCluster; size++ {
		left = append(left, size)
	}
	for range kinds {
		k := r.IntN(len(left))
		sizes = append(sizes, left[k])
		left = append(left[:k], left[k+1:]...)
		cells = append(cells, n+r.IntN(2*n))
	}
	return stimulus.DrawClusters(r, s, n, sizes, cells)
}
