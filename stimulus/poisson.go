package stimulus

import (
	"math"

	"neurosim/internal/fpmath"
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
	} else if mean := p.Rate * dt / 1000; mean > maxPerStep*(1+1e-12) {
		bad("rate", "means %.12g spikes of a cell in a step of %g ms; at most %d, which is %.12g Hz", mean, dt, maxPerStep, maxPerStep/dt*1000)
	}
	if p.Start < 0 {
		bad("start", "must not be negative")
	}
	if p.Stop < p.Start {
		bad("stop", "must not be before start (%g ms)", p.Start)
	}
}

// maxPerStep bounds the mean number of spikes of a cell in a step. Beyond it a step is
// too long for the process.
const maxPerStep = 10

// Poisson emits the spikes of an independent Poisson process in every cell of a
// population: in each step each cell spikes with probability p = 1 - exp(-x),
// x = rate·dt, and then as often as a Poisson number of mean x is, given that it is not
// 0. So the mean rate is the rate that was asked for, however many spikes a step holds.
type Poisson struct {
	seed, owner uint64
	n           int
	logq        float64   // ln(1 - p) = -x
	upTo        []float64 // P(at most i+1 spikes in a step | at least one)
	start, stop int64
}

// NewPoisson lowers p to steps of dt (ms) for a population of n cells.
func NewPoisson(seed uint64, name string, n int, p PoissonParams, dt float64, steps int64) *Poisson {
	stop := steps
	if !math.IsInf(p.Stop, 1) {
		stop = grid.Steps(p.Stop, dt)
	}
	x := float64(p.Rate*dt) / 1000
	return &Poisson{
		seed: seed, owner: rng.Name(name), n: n,
		logq: -x, upTo: countsOf(x),
		start: grid.Steps(p.Start, dt), stop: stop,
	}
}

// countsOf returns P(N ≤ i+1 | N ≥ 1), i = 0, 1 ..., of a Poisson number N of mean x:
// sums of the terms x^n/n! / (e^x - 1). The last is 1 within rounding.
func countsOf(x float64) (upTo []float64) {
	term, sum := 1/fpmath.Phi1(x), 0.0
	for n := 2.0; term > 1e-17; n++ {
		sum += term
		upTo = append(upTo, sum)
		term *= x / n
	}
	return upTo
}

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
		counts := rng.New(s.seed, rng.BackgroundCount, s.owner, uint64(block))
		for at := r.Skip(s.logq); at < blockSteps*s.n; at += 1 + r.Skip(s.logq) {
			step := first + int64(at/s.n)
			if step >= to {
				break
			}
			u, more := counts.Float64(), 0
			for more < len(s.upTo)-1 && u > s.upTo[more] {
				more++
			}
			for ; step >= from && more >= 0; more-- {
				spikes[step-from0] = append(spikes[step-from0], int32(at%s.n))
			}
		}
	}
}

// blockSteps is the number of steps that share one stream. It is part of the
// results: another number draws other spikes.
const blockSteps = 64
