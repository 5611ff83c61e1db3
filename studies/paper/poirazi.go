package paper

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/internal/rng"
	"neurosim/stimulus"
	"neurosim/study"
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
	var classes [2][]weightedNeuron
	for k := range classes {
		own := samples[k*size.perClass : (k+1)*size.perClass]
		for _, share := range divide(&r, n, own, size.neurons, size.neurons*size.segments) {
			segments := seedSegments(&r, sampler, n, share, size.segments)
			classes[k] = append(classes[k], newWeightedNeuron(n, segments, response))
		}
	}
	// The tie-break is one draw for all samples, as in the original.
	u := float64(tieBreak * (float64(2*r.Float64()) - 1))
	wrong := 0
	oppose(n, classes[0], classes[1], samples, u, func(i int, difference float64) {
		if (difference > 0) != (i < size.perClass) {
			wrong++
		}
	})
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

// dataSets labels the first, the last and, where there are many, every tenth data set.
func dataSets(n int) (ticks []figure.Tick) {
	for i := 1; i <= n; i++ {
		if n <= 10 || i == 1 || i%10 == 0 {
			ticks = append(ticks, figure.Tick{At: float64(i), Label: strconv.Itoa(i)})
		}
	}
	return ticks
}

// poiraziMel draws the distribution of the error over seeds. No result of it was
// recorded, so the verdict checks only that the task is done at all: better than
// guessing in every run, by four standard errors.
func poiraziMel(ctx context.Context, e effort) (reproduction, error) {
	size := mixtureSize{mixturePerClass, mixtureNeurons, mixtureSegments}
	runs := e.of(2, 50)
	wrong, err := inChunks(ctx, e, runs, func(i int) (int, error) { return mixtureErrors(e.Seed, i, size), ctx.Err() })
	if err != nil {
		return reproduction{}, err
	}
	samples := float64(2 * size.perClass)
	ch := newChart(later)
	ch.table.Text = "Data sets, a row for each."
	ch.table.Columns = study.Columns([][3]string{
		{"run", "", "data set, from 1"},
		{"errors", "", "samples that are classified wrongly"},
		{"samples", "", "samples"},
		{"rate", "", "errors over samples"},
	})
	c := ch.curve("One data set")
	var rates sample
	largest := 0.0
	for i, w := range wrong {
		p := analysis.Proportion{Hits: int64(w), Trials: int64(samples)}
		lo, hi := p.Wilson(analysis.Z95)
		c.marker(float64(i+1), 100*p.Rate(), 100*lo, 100*hi)
		ch.table.Add(strconv.Itoa(i+1), strconv.Itoa(w), strconv.Itoa(int(samples)), study.Exactly(p.Rate()))
		rates.add(p.Rate())
		largest = max(largest, p.Rate())
	}
	mean, chance := rates.mean(), 0.5-4*0.5/math.Sqrt(samples)
	panel := ch.panel(figure.Axis{Label: "Data set", Min: 0, Max: float64(runs) + 1, Ticks: dataSets(runs)},
		figure.Axis{Label: "Classification error", Unit: "%", Min: 0, Max: math.Ceil(float64(110*largest) + 0.5)})
	panel.Legend = false
	panel.Rules = []figure.Rule{{Label: "mean", Axis: "y", At: 100 * mean}}
	return ch.reproduction("poirazi-mel", 60,
		figure.Meanings{Markers: fmt.Sprintf("simulation, one data set of %s samples each", tens(int(samples))), Bars: figure.WilsonIntervals},
		[]check{{Name: "learnt", Points: runs, Holds: largest < chance,
			Why: fmt.Sprintf("error %.2f %% ± %.2f %% (s.d. of %d data sets), at most %.2f %%; guessing gives 50 %%; no result was recorded", 100*mean, 100*rates.sd(), runs, 100*largest)}},
		panel), nil
}
