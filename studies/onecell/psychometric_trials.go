package onecell

import (
	"context"
	"math"

	"neurosim/cable"
	"neurosim/dendrite"
	"neurosim/internal/fpmath"
	"neurosim/internal/rng"
	"neurosim/network"
)

// trials are the cells of one point.
type trials struct {
	*preparation
	of    *Psychometric
	look  int
	sigma float64 // of the logarithm of a conductance
}

func newTrials(x *Study) (*trials, error) {
	p := x.Psychometric
	d, err := newPreparation(x, p.Population)
	if err != nil {
		return nil, err
	}
	return &trials{d, p, d.middle(&p.Cluster), math.Sqrt(fpmath.Log(1 + float64(p.Variability*p.Variability)))}, nil
}

// maxDeviation bounds the logarithm of a conductance, in standard deviations.
const maxDeviation = 2

// weight returns the conductance of a synapse, in g_max, whose logarithm lies z
// standard deviations off. Its mean is 1 except for the bound.
func (t *trials) weight(z float64) float64 {
	return fpmath.Exp(float64(t.sigma*z) - float64(t.sigma*t.sigma/2))
}

// synapses draws the synapses of a trial in their order: the events of each, cell 0.
func (t *trials) synapses(trial int) (of [][]event, background []event) {
	s := t.of.Synapses
	place, _ := t.section(&t.of.Cluster)
	r := rng.New(t.seed, rng.ThresholdTrial, rng.Name(t.of.Target), uint64(trial))
	order := make([]int, s)
	for i := range order { // a random order of the even places
		j := r.IntN(i + 1)
		order[i], order[j] = order[j], i
	}
	of = make([][]event, s)
	back := rng.New(t.seed, rng.TrialBackground, rng.Name(t.of.Target), uint64(trial))
	start, spread := t.step(t.of.Time), t.step(t.of.Spread)
	for j := range of {
		at := (float64(order[j]) + 0.5) / float64(s)
		if u := r.Float64(); place.Placement == network.Random {
			at = u
		}
		step := start + int(r.Float64()*float64(spread+1))
		z := r.Normal()
		for math.Abs(z) > maxDeviation {
			z = r.Normal()
		}
		sites := t.Excite(t.pop, t.of.Group, t.node(&t.of.Cluster, at))
		for _, site := range sites {
			of[j] = append(of[j], event{step, 0, site, t.weight(z), j})
		}
		if t.of.Background == 0 {
			continue
		}
		perStep := t.of.Background * t.dt / 1000
		for at := 0.0; ; {
			at -= fpmath.Log(back.Float64()) / perStep
			if at >= float64(t.steps) {
				break
			}
			for _, site := range sites {
				background = append(background, event{int(at), 0, site, t.weight(z), j})
			}
		}
	}
	return of, background
}

// foundThresholds are the θ of some trials, and how many of the trials the end of the run
// cut, the dendrite being above the level and not yet for long enough.
type foundThresholds struct {
	Theta []int
	Cut   int
}

// thresholds returns the θ of a chunk of trials from first on, by bisection.
func (t *trials) thresholds(ctx context.Context, first int) (found foundThresholds, err error) {
	n := min(trialsPerChunk, t.of.Trials-first)
	synapses, background := make([][][]event, n), make([][]event, n)
	lo, hi := make([]int, n), make([]int, n) // no spike with lo, a spike with hi
	for i := range n {
		synapses[i], background[i] = t.synapses(first + i)
		lo[i], hi[i] = -1, t.of.Synapses+1
		if t.of.Background == 0 {
			lo[i] = 0
		}
	}
	cut := 0
	for {
		var events []event
		var open []int
		for i := range n {
			if hi[i]-lo[i] == 1 {
				continue
			}
			events = append(events, asCell(background[i], len(open))...)
			for _, of := range synapses[i][:(lo[i]+hi[i])/2] {
				events = append(events, asCell(of, len(open))...)
			}
			open = append(open, i)
		}
		if len(open) == 0 {
			return foundThresholds{hi, cut}, nil
		}
		spiked, undecided, err := t.spikes(ctx, len(open), events)
		if err != nil {
			return foundThresholds{}, err
		}
		cut += undecided
		for c, i := range open {
			if mid := (lo[i] + hi[i]) / 2; spiked[c] {
				hi[i] = mid
			} else {
				lo[i] = mid
			}
		}
	}
}

// asCell returns the events as those of another copy.
func asCell(events []event, cell int) []event {
	out := make([]event, len(events))
	for i, e := range events {
		e.cell = cell
		out[i] = e
	}
	return out
}

// spikes runs n copies and returns which of them had an NMDA spike, and how many were
// above the level at the end, for too short a time.
func (t *trials) spikes(ctx context.Context, n int, events []event) (spiked []bool, undecided int, err error) {
	place, _ := t.section(&t.of.Cluster)
	detector := dendrite.NewDetector(n, []dendrite.DetectorParams{place.Detect}, t.dt)
	spiked = make([]bool, n)
	var found, ended []dendrite.Spike
	err = t.run(n, events, func(step int, c *cable.Cells) error {
		found, ended = detector.Observe(int64(step), 0, c.V(t.look), found[:0], ended[:0])
		for _, spike := range found {
			spiked[spike.Cell] = true
		}
		if step%500 == 499 || step == t.steps-1 {
			if err := ctx.Err(); err != nil {
				return err
			}
			return t.finite(step, c.V(t.look))
		}
		return nil
	})
	return spiked, detector.Undecided(0), err
}
