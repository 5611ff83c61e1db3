package fit

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"gonum.org/v1/gonum/optimize"

	"neurosim/internal/leastsquares"
)

// global searches the whole box by CMA-ES and returns the best point found.
func (p *problem) global(ctx context.Context, r *runner, generations int, seed uint64) ([]float64, error) {
	best := p.start()
	at, err := r.one(ctx, best)
	if err != nil {
		return nil, err
	}
	bestSum := leastsquares.Squares(at)
	var mu sync.Mutex
	var failed error
	seen := map[string]float64{} // not all that is known: a resumed fit knows more
	misfit := func(x []float64) float64 {
		u, outside := clamp(x)
		at, err := r.one(ctx, u)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			failed = err
			return math.Inf(1)
		}
		sum := leastsquares.Squares(at)
		seen[key(u)] = sum
		return sum * (1 + outside)
	}
	stop := func() (optimize.Status, error) {
		mu.Lock()
		defer mu.Unlock()
		if failed != nil {
			return optimize.Failure, failed
		}
		return optimize.NotTerminated, nil
	}
	population := searchers(len(p.free))
	middle := slices.Repeat([]float64{0.5}, len(p.free))
	_, err = optimize.Minimize(optimize.Problem{Func: misfit, Status: stop}, middle,
		&optimize.Settings{MajorIterations: generations, Concurrent: r.answers.Threads(population), Converger: &optimize.FunctionConverge{Absolute: 0.1, Iterations: 8}},
		&optimize.CmaEsChol{InitStepSize: 0.3, Population: population, Src: rand.NewPCG(seed, 0x66697473)})
	switch {
	case failed != nil:
		return nil, failed
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && len(seen) == 0:
		return nil, err
	} // else it has ended early: what it has found counts
	var where string
	for k, sum := range seen {
		if sum < bestSum || sum == bestSum && k < where {
			bestSum, where = sum, k
		}
	}
	if where != "" {
		best = fromKey(where)
	}
	return best, nil
}

// clamp returns the point of the unit cube nearest to x, and the square of its distance.
func clamp(x []float64) (u []float64, outside float64) {
	for _, v := range x {
		c := min(1, max(0, v))
		u = append(u, c)
		outside += float64((v - c) * (v - c))
	}
	return u, outside
}
