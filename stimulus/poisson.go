package stimulus

import (
	"math"

	"neurosim/internal/grid"
	"neurosim/internal/rng"
)

// PoissonParams is what a user sets of background activity.
type PoissonParams struct {
	Rate  float64 `toml:"rate" must:"yes" unit:"Hz" doc:"mean rate of each cell"`
	Start float64 `toml:"start" unit:"ms" grid:"dt" doc:"begin of the activity"`
	Stop  float64 `toml:"stop" unit:"ms" grid:"dt" doc:"end of the activity; default: the end of the run"`
}

// DefaultPoisson returns the defaults: silent, for the whole run.
func DefaultPoisson() PoissonParams { return PoissonParams{Stop: math.Inf(1)} }

// Check reports every rule that p breaks; dt in ms.
func (p PoissonParams) Check(dt float64, bad func(key, rule string, args ...any)) {
	if !(p.Rate >= 0) || math.IsInf(p.Rate, 0) {
		bad("rate", "must not be negative")
	} else if p.Rate*dt/1000 > 1 {
		bad("rate", "means %.3g spikes per step of %g ms; a cell spikes at most once a step", p.Rate*dt/1000, dt)
	}
	if p.Start < 0 {
		bad("start", "must not be negative")
	}
	if p.Stop < p.Start {
		bad("stop", "must not be before start (%g ms)", p.Start)
	}
}

// Poisson emits independent spikes in every cell of a population: in each step
// each cell spikes with probability p = 1 - exp(-rate·dt), the probability that
// a Poisson process has an event in the step.
type Poisson struct {
	seed, owner uint64
	n           int
	logq        float64 // ln(1 - p) = -rate·dt
	start, stop int64
}

// NewPoisson lowers p to steps of dt (ms) for a population of n cells.
func NewPoisson(seed uint64, name string, n int, p PoissonParams, dt float64, steps int64) *Poisson {
	stop := steps
	if !math.IsInf(p.Stop, 1) {
		stop = grid.Steps(p.Stop, dt)
	}
	return &Poisson{
		seed: seed, owner: rng.Name(name), n: n,
		logq:  -float64(p.Rate*dt) / 1000,
		start: grid.Steps(p.Start, dt), stop: stop,
	}
}

// Probability returns p, the probability of a spike of one cell in one step.
func (s *Poisson) Probability() float64 { return -math.Expm1(s.logq) }

// Emit appends the spikes of steps from..to-1 to spikes[step-from]. It skips
// from one spike to the next through cells and steps laid end to end, block by
// block of blockSteps, so that its cost follows the spikes and not the cells.
func (s *Poisson) Emit(from, to int64, spikes [][]int32) {
	from0 := from
	from, to = max(from, s.start), min(to, s.stop)
	if s.logq == 0 {
		return
	}
	for block := from / blockSteps; block*blockSteps < to; block++ {
		first := block * blockSteps
		r := rng.New(s.seed, rng.Background, s.owner, uint64(block))
		for at := r.Skip(s.logq); at < blockSteps*s.n; at += 1 + r.Skip(s.logq) {
			step := first + int64(at/s.n)
			if step >= to {
				break
			}
			if step >= from {
				spikes[step-from0] = append(spikes[step-from0], int32(at%s.n))
			}
		}
	}
}

// blockSteps is the number of steps that share one stream. It is part of the
// results: another number draws other spikes.
const blockSteps = 64

// ExpectedSpikes returns the mean number of spikes of the population in steps
// 0..steps-1.
func (s *Poisson) ExpectedSpikes(steps int64) float64 {
	return s.Probability() * float64(s.n) * float64(max(0, min(steps, s.stop)-s.start))
}
