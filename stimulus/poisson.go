package stimulus

import (
	"math"
	"slices"

	"neurosim/internal/fpmath"
	"neurosim/internal/grid"
	"neurosim/internal/rng"
)

// PoissonParams is what a user sets of background activity.
type PoissonParams struct {
	Rate  float64 `toml:"rate" must:"without rates or rate_file" unit:"Hz" doc:"mean rate of each cell"`
	Start float64 `toml:"start" unit:"ms" grid:"dt" doc:"begin of the activity"`
	Stop  float64 `toml:"stop" unit:"ms" grid:"dt" doc:"end of the activity; default: the end of the run"`

	Rates         []float64     `toml:"rates" unit:"Hz" doc:"in place of rate: rates, each from its time (times) until the next"`
	Times         []float64     `toml:"times" unit:"ms" doc:"of rates: when each begins, from the beginning of the run; before the first time the rate is the first"`
	RateFile      string        `toml:"rate_file" file:"table" doc:"in place of rate: CSV with columns time_ms, rate_Hz; before the first time the rate is the first, after the last time it is the last"`
	Interpolation Interpolation `toml:"interpolation" of:"steps linear" doc:"of rate_file: steps: the rate is constant until the next time; linear: it is interpolated to the next rate"`

	Modulation *Modulation `toml:"-"` // of Rate; nil: none
	Course     *RateCourse `toml:"-"` // in place of Rate: Rates and Times, or the rate file; nil: Rate holds
}

// DefaultPoisson returns the defaults: for the whole run. The rate has none.
func DefaultPoisson() PoissonParams {
	return PoissonParams{Rate: math.NaN(), Stop: math.Inf(1), Interpolation: StepRate}
}

// Check reports every rule that p breaks; dt in ms.
func (p PoissonParams) Check(dt float64, bad func(key, rule string, args ...any)) {
	key, most := "rate", p.Rate
	switch {
	case p.Course != nil:
		times := "times"
		if key = "rates"; p.RateFile != "" {
			key, times = "rate_file", "rate_file"
		}
		if p.Course.Check(times, key, bad) {
			most = slices.Max(p.Course.Rates)
		}
	case !(p.Rate >= 0) || math.IsInf(p.Rate, 0):
		bad("rate", "must not be negative")
	case p.Modulation != nil:
		p.Modulation.Check(dt, func(key, rule string, args ...any) { bad("modulation."+key, rule, args...) })
		most *= 1 + p.Modulation.Depth
	}
	if mean := most * dt / 1000; mean > maxPerStep*(1+1e-12) {
		at := ""
		if p.Varies() {
			at = " where it is highest"
		}
		bad(key, "means %.12g spikes of a cell in a step of %g ms%s; at most %d, which is %.12g Hz", mean, dt, at, maxPerStep, maxPerStep/dt*1000)
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

// Varies tells whether the rate changes between Start and Stop.
func (p PoissonParams) Varies() bool { return p.Course != nil || p.Modulation != nil }

// Mean returns the rate (Hz) averaged from Start to Stop; without a Stop the one that it
// has in the long run.
func (p PoissonParams) Mean() float64 {
	switch {
	case !p.Varies():
		return p.Rate
	case !math.IsInf(p.Stop, 1) && p.Stop > p.Start:
		return p.Spikes(p.Start, p.Stop) / (p.Stop - p.Start) * 1000
	case p.Course != nil:
		return p.Course.Rates[len(p.Course.Rates)-1]
	}
	return p.Rate
}

// Highest returns the highest rate that it has (Hz).
func (p PoissonParams) Highest() float64 {
	switch {
	case p.Course != nil:
		return slices.Max(p.Course.Rates)
	case p.Modulation != nil:
		return float64(p.Rate * (1 + p.Modulation.Depth))
	}
	return p.Rate
}

// Spikes returns the mean number of spikes of a cell between two times (ms), within
// Start and Stop.
func (p PoissonParams) Spikes(from, to float64) float64 {
	from, to = max(from, p.Start), min(to, p.Stop)
	switch {
	case !(to > from):
		return 0
	case p.Course != nil:
		return p.Course.integral(from, to)
	case p.Modulation != nil:
		return float64(p.Rate * (to - from) / 1000 * p.Modulation.mean(from, to))
	}
	return float64(p.Rate * (to - from) / 1000)
}

// Poisson emits the spikes of an independent Poisson process in every cell of a
// population: in each step each cell spikes with probability p = 1 - exp(-x),
// x = rate·dt, and then as often as a Poisson number of mean x is, given that it is not
// 0. So the mean rate is the rate that was asked for, however many spikes a step holds.
//
// Of a rate r(t) that varies, x is that of the highest rate, and a spike of step k is
// kept with probability x_k/x, x_k = ∫ r(t) dt over the step. What is kept of a Poisson
// number is a Poisson number, of mean x_k: exact thinning (Lewis & Shedler 1979, Nav.
// Res. Logist. Q. 26:403), at any length of a step.
type Poisson struct {
	seed, owner uint64
	n           int
	logq        float64   // ln(1 - p) = -x
	upTo        []float64 // P(at most i+1 spikes in a step | at least one)
	start, stop int64
	varying     *PoissonParams // nil: the rate is constant
	dt          float64        // (ms)
}

// NewPoisson lowers p to steps of dt (ms) for a population of n cells.
func NewPoisson(seed uint64, name string, n int, p PoissonParams, dt float64, steps int64) *Poisson {
	stop := steps
	if !math.IsInf(p.Stop, 1) {
		stop = grid.Steps(p.Stop, dt)
	}
	s := &Poisson{
		seed: seed, owner: rng.Name(name), n: n,
		start: grid.Steps(p.Start, dt), stop: stop, dt: dt,
	}
	if p.Varies() {
		s.varying = &p
	}
	x := float64(p.Highest()*dt) / 1000
	s.logq, s.upTo = -x, countsOf(x)
	return s
}

// kept returns the part of the spikes of a step that is kept.
func (s *Poisson) kept(step int64) float64 {
	from := float64(float64(step) * s.dt)
	return s.varying.Spikes(from, from+s.dt) / -s.logq
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
		thinning := rng.New(s.seed, rng.BackgroundThinning, s.owner, uint64(block))
		for at := r.Skip(s.logq); at < blockSteps*s.n; at += 1 + r.Skip(s.logq) {
			step := first + int64(at/s.n)
			if step >= to {
				break
			}
			u, more := counts.Float64(), 0
			for more < len(s.upTo)-1 && u > s.upTo[more] {
				more++
			}
			kept := 1.0
			if s.varying != nil {
				kept = s.kept(step)
			}
			for ; more >= 0; more-- {
				if s.varying != nil && thinning.Float64() >= kept {
					continue
				}
				if step >= from {
					spikes[step-from0] = append(spikes[step-from0], int32(at%s.n))
				}
			}
		}
	}
}

// blockSteps is the number of steps that share one stream. It is part of the
// results: another number draws other spikes.
const blockSteps = 64
