package experiments

import (
	"cmp"
	"slices"

	"neurosim/analysis"
	"neurosim/internal/rng"
	"neurosim/stimulus"
)

// The benchmark of Poirazi & Mel (2001) as the experiments for a later revision
// of Ahmad & Hawkins (2016) set it: two classes of samples, 25 neurons for each,
// seeded on all samples of their class and not trained; a sample belongs to the
// class whose neurons respond more.
const (
	mixtureDim, mixtureBins = 40, 10
	mixturePerClass         = 15_000
	mixtureNeurons          = 25 // of each class
	mixtureSegments         = 400
	mixtureSynapses         = 25
	mixturePower            = 10 // response of a segment: overlap^power
)

// A mixtureSize says how large a benchmark is; the tests use a smaller one.
type mixtureSize struct {
	perClass, neurons, segments int
}

// mixtureErrors returns how many of the samples are classified wrongly.
func mixtureErrors(seed uint64, index int, size mixtureSize) int {
	r := rng.New(seed, rng.Trial, rng.Name("poirazi-mel"), uint64(index))
	n := mixtureDim * mixtureBins
	samples := stimulus.BinnedMixtures(&r, mixtureDim, mixtureBins, size.perClass)
	sampler := stimulus.NewSampler(n)
	response := make([]float64, mixtureSynapses+1)
	for x := range response {
		response[x] = 1
		for range mixturePower {
			response[x] *= float64(x)
		}
	}
	var classes [2][]*weightedNeuron
	for k := range classes {
		own := samples[k*size.perClass : (k+1)*size.perClass]
		for _, share := range divide(&r, n, own, size.neurons, size.neurons*size.segments) {
			segments := seedSegments(&r, sampler, n, share, size.segments)
			classes[k] = append(classes[k], newWeightedNeuron(n, segments, response))
		}
	}
	// The tie-break is one draw for all samples, as in the original.
	u := tieBreak * (float64(2*r.Float64()) - 1)
	wrong := 0
	for i, p := range samples {
		sum := u
		for _, w := range classes[0] {
			sum += w.respond(p)
		}
		for _, w := range classes[1] {
			sum -= w.respond(p)
		}
		if (sum > 0) != (i < size.perClass) {
			wrong++
		}
	}
	return wrong
}

// divide shares samples among neurons: in equal parts, in order, if the segments
// suffice for all, else by k-means.
func divide(r *rng.Stream, n int, samples []stimulus.Pattern, neurons, segments int) [][]stimulus.Pattern {
	shares := make([][]stimulus.Pattern, neurons)
	if len(samples) <= segments {
		each := len(samples) / neurons
		for k := range shares {
			shares[k] = samples[k*each : (k+1)*each]
		}
		shares[neurons-1] = samples[(neurons-1)*each:]
		return shares
	}
	for i, k := range kMeans(r, n, samples, neurons) {
		shares[k] = append(shares[k], samples[i])
	}
	return shares
}

func kMeans(r *rng.Stream, n int, samples []stimulus.Pattern, k int) []int {
	points := make([][]int32, len(samples))
	for i, p := range samples {
		points[i] = p
	}
	return analysis.KMeans(points, n, k, r.Float64)
}

// seedSegments gives a neuron's segments to its samples: a random part of each,
// or, if there are more samples than segments, what the samples of a cluster share.
func seedSegments(r *rng.Stream, s *stimulus.Sampler, n int, samples []stimulus.Pattern, segments int) [][]int32 {
	var out [][]int32
	if len(samples) <= segments {
		for _, p := range samples {
			out = append(out, s.Subset(r, mixtureSynapses, p, nil))
		}
		return out
	}
	members := make([][]stimulus.Pattern, segments)
	for i, k := range kMeans(r, n, samples, segments) {
		members[k] = append(members[k], samples[i])
	}
	for _, m := range members {
		out = append(out, sharedCells(r, m))
	}
	return out
}

// sharedCells chooses the synapses of one segment for several samples: the cells
// that at least two of them have, most frequent first (then lower number first);
// while synapses are left over, a random unused cell of the sample that has the
// fewest so far.
func sharedCells(r *rng.Stream, samples []stimulus.Pattern) []int32 {
	count := map[int32]int{}
	var cells []int32
	for _, p := range samples {
		for _, c := range p {
			if count[c]++; count[c] == 2 {
				cells = append(cells, c)
			}
		}
	}
	slices.SortFunc(cells, func(x, y int32) int {
		return cmp.Or(cmp.Compare(count[y], count[x]), cmp.Compare(x, y))
	})
	cells = cells[:min(len(cells), mixtureSynapses)]
	slices.Sort(cells)
	for len(cells) < mixtureSynapses {
		least := samples[0]
		for _, p := range samples[1:] {
			if stimulus.Overlap(cells, p) < stimulus.Overlap(cells, least) {
				least = p
			}
		}
		unused := slices.DeleteFunc(slices.Clone(least), func(c int32) bool {
			_, used := slices.BinarySearch(cells, c)
			return used
		})
		c := unused[r.IntN(len(unused))]
		i, _ := slices.BinarySearch(cells, c)
		cells = slices.Insert(cells, i, c)
	}
	return cells
}
