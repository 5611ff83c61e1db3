package paper

import (
	"context"

	"neurosim/analysis"
	"neurosim/dendrite"
	"neurosim/internal/rng"
	"neurosim/stimulus"
	"neurosim/study"
)

// A crossed comparison counts the overlaps of random segments with random
// activities, every segment with every activity of its chunk.
//
// That the pairs share segments and activities costs no precision. Given the
// activity, a uniformly drawn segment fires with the same probability P
// whatever the activity is, because all activities of a cells are alike; so
// two pairs that share an activity are independent given it, with an expectation
// that does not depend on it: they are uncorrelated, and so, the roles exchanged,
// are two pairs that share a segment. The variance of a count of R·Q pairs is
// therefore exactly that of independent ones, R·Q·P(1-P), and Wilson intervals
// and z hold. Nor is the count further from normal by more than a trifle: the
// pairs' kernel is diagonal in spaces of at least n-1 dimensions each (the
// permutations of the cells), so that its excess kurtosis, in the limit of many
// segments and activities, is at most 6/(n-1).
type crossed struct {
	name     string // owner of its random numbers
	n, a, s  int
	segments int // R, in a chunk
	patterns int // Q, in a chunk
	chunks   int
}

// histogram is how many pairs had each overlap.
type histogram []int64

func (h histogram) add(g histogram) {
	for b, n := range g {
		h[b] += n
	}
}

// atLeast returns the pairs with an overlap of at least theta among all; below
// theta are those that atLeast(theta).Not() counts.
func (h histogram) atLeast(theta int) analysis.Proportion {
	var p analysis.Proportion
	for b, n := range h {
		p.Trials += n
		if b >= theta {
			p.Hits += n
		}
	}
	return p
}

// compareAll runs every comparison and returns a histogram of each. A chunk's
// random numbers depend on the seed, the comparison's name and the chunk's
// number alone.
func compareAll(ctx context.Context, e Effort, all []crossed) ([]histogram, error) {
	chunks := make([]int, len(all))
	for i, c := range all {
		chunks[i] = c.chunks
	}
	return pooled(ctx, e, chunks, func(i, k int) histogram { return all[i].chunk(e.Seed, k) })
}

// pooled runs the chunks of several comparisons, chunks[i] of comparison i, on
// the threads of e, and returns the sum of each one's histograms.
func pooled(ctx context.Context, e Effort, chunks []int, count func(of, index int) histogram) ([]histogram, error) {
	type chunk struct{ of, index int }
	var jobs []chunk
	for i, n := range chunks {
		for k := range n {
			jobs = append(jobs, chunk{i, k})
		}
	}
	parts, err := inChunks(ctx, e, len(jobs), func(j int) (histogram, error) {
		return count(jobs[j].of, jobs[j].index), nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]histogram, len(chunks))
	for j, part := range parts {
		if of := jobs[j].of; out[of] == nil {
			out[of] = part
		} else {
			out[of].add(part)
		}
	}
	return out, nil
}

// inChunks computes f(0) … f(n-1) as the parts of a stage of e.Work.
func inChunks[T any](ctx context.Context, e Effort, n int, f func(i int) (T, error)) ([]T, error) {
	of := e.Work.Next(e.Figure)
	of.Label = "  " + e.Figure
	return study.Parts(ctx, e.Work, of, n, func(_ context.Context, p *study.Part) (T, error) { return f(p.Index) })
}

// chunk draws other segments and activities for every index and compares them.
func (c crossed) chunk(seed uint64, index int) histogram {
	sampler := stimulus.NewSampler(c.n)
	segments, patterns := streams(seed, c.name, index)
	return compared{c.n, c.segments, c.patterns, c.s}.count(
		func(cells []int32) []int32 { return sampler.Pick(segments, c.s, cells) },
		func(cells []int32) []int32 { return sampler.Pick(patterns, c.a, cells) })
}

// size returns how many pairs all chunks compare.
func (c crossed) size() int { return c.chunks * c.segments * c.patterns }

// streams returns the random numbers of the segments and of the patterns of a chunk.
func streams(seed uint64, name string, index int) (segments, patterns *rng.Stream) {
	s := rng.New(seed, rng.Trial, rng.Name(name+" segments"), uint64(index))
	p := rng.New(seed, rng.Trial, rng.Name(name+" patterns"), uint64(index))
	return &s, &p
}

// compared is segments and activities of n cells that are all compared; most is the
// largest overlap.
type compared struct{ n, segments, patterns, most int }

// count draws segments, then activities, which the functions append to the empty slice
// that they are given, and returns how many pairs have each overlap.
func (c compared) count(segment, pattern func(cells []int32) []int32) histogram {
	set := dendrite.NewStatic(c.n)
	var cells []int32
	for range c.segments {
		cells = segment(cells[:0])
		set.Add(cells)
	}
	hist := make(histogram, c.most+1)
	activities(c.n, c.patterns, pattern, func(act *dendrite.Activity) { set.Tally(act, hist) })
	return hist
}

// activities draws count activities of n cells, which draw appends to the empty
// slice that it is given, and shows them, Lanes at a time.
func activities(n, count int, draw func([]int32) []int32, show func(*dendrite.Activity)) {
	act := dendrite.NewActivity(n)
	var cells []int32
	for q := range count {
		cells = draw(cells[:0])
		act.Set(q%dendrite.Lanes, cells)
		if q%dendrite.Lanes == dendrite.Lanes-1 || q == count-1 {
			show(act)
			act.Clear()
		}
	}
}
