package experiments

import (
	"context"
	"fmt"
	"sync"

	"neurosim/analysis"
	"neurosim/dendrite"
	"neurosim/internal/rng"
	"neurosim/stimulus"
	"neurosim/sweep"
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

// pairs returns the number of comparisons.
func (c crossed) pairs() int64 { return int64(c.segments) * int64(c.patterns) * int64(c.chunks) }

// histogram is how many pairs had each overlap.
type histogram []int64

func (h histogram) add(g histogram) {
	for b, n := range g {
		h[b] += n
	}
}

// atLeast returns the pairs with an overlap of at least theta among all.
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

// compareAll runs every comparison, chunk by chunk on the threads of e, and
// returns a histogram of each. A chunk's random numbers depend on the seed, the
// comparison's name and the chunk's number alone.
func compareAll(ctx context.Context, e Effort, all []crossed) ([]histogram, error) {
	var jobs []chunk
	for i, c := range all {
		for k := range c.chunks {
			jobs = append(jobs, chunk{i, k})
		}
	}
	parts, err := inChunks(ctx, e, len(jobs), func(j int) (histogram, error) {
		return all[jobs[j].of].chunk(e.Seed, jobs[j].index), nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]histogram, len(all))
	for i, c := range all {
		out[i] = make(histogram, c.s+1)
	}
	for j, part := range parts {
		out[jobs[j].of].add(part)
	}
	return out, nil
}

// A chunk is one part of one of several comparisons.
type chunk struct{ of, index int }

// inChunks runs f(0) … f(n-1) on the threads of e and tells its progress.
func inChunks[T any](ctx context.Context, e Effort, n int, f func(i int) (T, error)) ([]T, error) {
	var mu sync.Mutex
	ready := 0
	out, _, err := sweep.Map(ctx, e.Threads, n, func(i int) (T, error) {
		x, err := f(i)
		mu.Lock()
		defer mu.Unlock()
		ready++
		if e.Progress != nil {
			e.Progress(float64(ready) / float64(n))
		}
		return x, err
	})
	return out, err
}

// chunk draws segments and activities anew and compares them.
func (c crossed) chunk(seed uint64, index int) histogram {
	sampler := stimulus.NewSampler(c.n)
	r := rng.New(seed, rng.Trial, rng.Name(c.name+" segments"), uint64(index))
	set := dendrite.NewStatic(c.n)
	var cells []int32
	for range c.segments {
		cells = sampler.Draw(&r, c.s, cells[:0])
		set.Add(cells)
	}
	r = rng.New(seed, rng.Trial, rng.Name(c.name+" patterns"), uint64(index))
	hist := make(histogram, c.s+1)
	act := dendrite.NewActivity(c.n)
	for q := range c.patterns {
		cells = sampler.Draw(&r, c.a, cells[:0])
		act.Set(q%dendrite.Lanes, cells)
		if q%dendrite.Lanes == dendrite.Lanes-1 || q == c.patterns-1 {
			set.Tally(act, hist)
			act.Clear()
		}
	}
	return hist
}

// label says where a comparison stands, for people.
func (c crossed) label() string { return fmt.Sprintf("n = %d, a = %d, s = %d", c.n, c.a, c.s) }
