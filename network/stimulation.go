package network

import (
	"fmt"
	"math"
	"slices"

	"neurosim/internal/fpmath"
	"neurosim/internal/grid"
	"neurosim/internal/rng"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// A Stimulation is an electrode in cells of one population: a current, or with Rs a voltage
// clamp. In a step it does what its waveform says at the step's middle. Currents of several
// at one place add.
type Stimulation struct {
	Name       string
	Population string
	Cells      []int  // from 0; empty: all
	Section    string // of Compartmental cells; "" is the first
	X          float64

	Waveform stimulus.Waveform // current (pA), or the command potential (mV)
	Noise    *stimulus.NoiseParams
	Rs       float64 // series resistance of a voltage clamp (MΩ); 0: it injects a current
}

// Reaches tells whether the electrode is in a cell of a population.
func (s *Stimulation) Reaches(population string, cell int) bool {
	return s.Population == population && (len(s.Cells) == 0 || slices.Contains(s.Cells, cell))
}

// node returns the compartment that the electrode is in.
func (s *Stimulation) node(t *neuron.Tree) int {
	if s.Section == "" {
		return t.At(0, s.X)
	}
	return t.At(t.SectionNamed(s.Section), s.X)
}

// stimulations returns the electrodes in a population, in their order.
func (s *Spec) stimulations(population string) (list []*Stimulation) {
	for i := range s.Stimulations {
		if x := &s.Stimulations[i]; x.Population == population {
			list = append(list, x)
		}
	}
	return list
}

// An electrode is a Stimulation of the cells of a shard.
type electrode struct {
	*Stimulation
	input int     // of the model of trees
	cells []int32 // from lo
	value float64 // of the last step; NaN before the first
	k     int64   // the last step
	noise *noise
}

// noise is the Ornstein-Uhlenbeck process of an electrode: with draws ξ of mean 0 and
// variance 1, of each cell or shared by all,
//
//	x ← x e^(-dt/τ) + σ √(1 - e^(-2dt/τ)) ξ
//
// from a first x = σ ξ.
type noise struct {
	start, stop  int64
	decay, fresh float64
	seed         uint64
	owner        []uint64  // of the draws
	x            []float64 // [cells], or one
}

// electrodes lowers the stimulations of a population to the cells lo..hi-1.
func (n *Network) electrodes(population string, lo, hi int32) (list []electrode) {
	for i, s := range n.spec.stimulations(population) {
		e := electrode{Stimulation: s, input: 1 + i, value: math.NaN()}
		if len(s.Cells) == 0 {
			for cell := range hi - lo {
				e.cells = append(e.cells, cell)
			}
		}
		for _, cell := range s.Cells {
			if int32(cell) >= lo && int32(cell) < hi {
				e.cells = append(e.cells, int32(cell)-lo)
			}
		}
		if s.Noise != nil {
			e.noise = n.newNoise(s, &e, lo)
		}
		list = append(list, e)
	}
	return list
}

func (n *Network) newNoise(s *Stimulation, e *electrode, lo int32) *noise {
	p, dt := s.Noise, n.spec.Dt
	x := &noise{start: grid.Steps(p.Start, dt), stop: math.MaxInt64, seed: n.spec.Seed, fresh: p.SD}
	if !math.IsInf(p.Duration, 1) {
		x.stop = x.start + grid.Steps(p.Duration, dt)
	}
	if p.Tau > 0 && dt/p.Tau < 700 {
		x.decay = fpmath.Exp(-dt / p.Tau)
		x.fresh = float64(p.SD * math.Sqrt(-fpmath.Expm1(-2*dt/p.Tau)))
	}
	names := []string{s.Name}
	if !p.Shared {
		names = names[:0]
		for _, cell := range e.cells {
			names = append(names, fmt.Sprintf("%s/%d", s.Name, lo+cell))
		}
	}
	for _, name := range names {
		x.owner = append(x.owner, rng.Name(name))
	}
	x.x = make([]float64, len(x.owner))
	return x
}

// step moves the process on by step k.
func (x *noise) step(k int64, sd float64) {
	if k < x.start || k >= x.stop {
		return
	}
	for i, owner := range x.owner {
		r := rng.New(x.seed, rng.Electrode, owner, uint64(k))
		if k == x.start {
			x.x[i] = float64(sd * r.Normal())
			continue
		}
		x.x[i] = float64(x.decay*x.x[i]) + float64(x.fresh*r.Normal())
	}
}

// at returns the current of the i-th of the electrode's cells in step k (pA).
func (x *noise) at(k int64, i int, mean float64) float64 {
	if k < x.start || k >= x.stop {
		return 0
	}
	return mean + x.x[min(i, len(x.x)-1)]
}

// advance works out what the electrode does in step k and tells whether that differs from
// the step before.
func (e *electrode) advance(k int64, dt float64) (changed bool) {
	e.k = k
	if e.noise != nil {
		e.noise.step(k, e.Noise.SD)
		return k >= e.noise.start && k <= e.noise.stop
	}
	x := e.Waveform.At(float64((float64(k) + 0.5) * dt))
	changed = x != e.value
	e.value = x
	return changed
}

// of returns the value of the i-th cell of the electrode in step k.
func (e *electrode) of(k int64, i int) float64 {
	if e.noise != nil {
		return e.noise.at(k, i, e.Noise.Mean)
	}
	return e.value
}

// replay brings the noise of electrodes to what it is before step k.
func (p *portion) replay(k int64) {
	for i := range p.electrodes {
		if e := &p.electrodes[i]; e.noise != nil {
			for j := e.noise.start; j < min(k, e.noise.stop); j++ {
				e.noise.step(j, e.Noise.SD)
			}
		}
	}
}

// stimulate sets the currents that the electrodes inject in step k.
func (c *somata) stimulate(k int64, dt float64) {
	changed := false
	for i := range c.electrodes {
		if c.electrodes[i].advance(k, dt) {
			changed = true
		}
	}
	if !changed {
		return
	}
	clear(c.injected)
	for i := range c.electrodes {
		e := &c.electrodes[i]
		for j, cell := range e.cells {
			c.injected[cell] += e.of(k, j)
		}
	}
	for cell := range c.injected {
		c.setCurrent(cell)
	}
}

// stimulate sets what the electrodes do in step k.
func (t *trees) stimulate(k int64, dt float64) {
	for i := range t.electrodes {
		e := &t.electrodes[i]
		if !e.advance(k, dt) {
			continue
		}
		for j, cell := range e.cells {
			cells, at := t.batches[int(cell)/t.batch], int(cell)%t.batch
			if e.Rs > 0 {
				cells.Clamp(e.input, at, 1000/e.Rs, e.of(k, j)) // 1/MΩ = 1000 nS
			} else {
				cells.Inject(e.input, at, e.of(k, j))
			}
		}
	}
}
