package spiking

import (
	"fmt"

	"neurosim/internal/rng"
	"neurosim/stimulus"
)

// Wiring is the potential connections and what was drawn for them.
type Wiring struct {
	InDegree   int       // K
	Source     []int32   // [N·K] sources of cell i at i·K … , ascending and distinct
	Permanence []float32 // [N·K] initial permanences, which are also the least
	Pulsed     [][]int32 // [firsts of the task] cells of each first symbol that a pulse predicts, ascending
}

// permanenceGrid is the spacing of the initial permanences drawn, relative to
// P_init: 24 bits, so that single precision holds them without rounding.
const permanenceGrid = 1.0 / (1 << 24)

// Draw draws the wiring of a network: what a cell gets depends on the seed and
// the cell alone. p and t have passed Check.
func Draw(p *Params, t *Task, seed uint64) *Wiring {
	n, k := p.N(), p.InDegree()
	w := &Wiring{InDegree: k, Source: make([]int32, 0, n*k), Permanence: make([]float32, n*k)}
	sampler := stimulus.NewSampler(n)
	self := make([]int32, 1)
	for i := range n {
		self[0] = int32(i)
		r := rng.New(seed, rng.PlasticSources, 0, uint64(i))
		w.Source = sampler.DrawOutside(&r, k, self, w.Source)
		r = rng.New(seed, rng.InitialPermanence, 0, uint64(i))
		for s := i * k; s < (i+1)*k; s++ {
			u := float64(r.Uint64()>>40) * permanenceGrid
			w.Permanence[s] = float32(p.PInit * u)
		}
	}
	if p.SparseFirst > 0 {
		one := stimulus.NewSampler(p.Cells)
		for _, q := range t.firsts() {
			r := rng.New(seed, rng.SparseFirst, 0, uint64(q))
			cells := one.Draw(&r, p.SparseFirst, nil)
			for i := range cells {
				cells[i] += int32(q * p.Cells)
			}
			w.Pulsed = append(w.Pulsed, cells)
		}
	}
	return w
}

// check says what is wrong with a wiring that was given.
func (w *Wiring) check(p *Params) error {
	n := p.N()
	if w.InDegree < 0 || len(w.Source) != n*w.InDegree || len(w.Permanence) != len(w.Source) {
		return fmt.Errorf("%d cells of in-degree %d need %d sources and permanences; there are %d and %d", n, w.InDegree, n*w.InDegree, len(w.Source), len(w.Permanence))
	}
	for i := range n {
		last := int32(-1)
		for s := i * w.InDegree; s < (i+1)*w.InDegree; s++ {
			if j := w.Source[s]; j <= last || int(j) >= n || int(j) == i {
				return fmt.Errorf("the sources of cell %d must be ascending, distinct and others of the %d cells", i, n)
			} else {
				last = j
			}
			if !(w.Permanence[s] >= 0 && float64(w.Permanence[s]) <= p.PMax) {
				return fmt.Errorf("a permanence of cell %d is %g; permanences are from 0 to P_max = %g", i, w.Permanence[s], p.PMax)
			}
		}
	}
	return nil
}

// synapses are those onto the cells of a shard, by source, each source's in the
// order of their targets.
type synapses struct {
	start  []uint32  // [N+1] of each source
	target []uint32  // cell, from the shard's first
	perm   []float64 // P
	floor  []float32 // P_min
}

// sorted returns the synapses of w onto cells lo..hi-1 of n.
func (w *Wiring) sorted(lo, hi, n int) synapses {
	from, to := lo*w.InDegree, hi*w.InDegree
	s := synapses{
		start: make([]uint32, n+1), target: make([]uint32, to-from),
		perm: make([]float64, to-from), floor: make([]float32, to-from),
	}
	for _, j := range w.Source[from:to] {
		s.start[j+1]++
	}
	for j := range n {
		s.start[j+1] += s.start[j]
	}
	next := make([]uint32, n)
	copy(next, s.start)
	for i := lo; i < hi; i++ {
		for x := i * w.InDegree; x < (i+1)*w.InDegree; x++ {
			j := w.Source[x]
			at := next[j]
			next[j]++
			s.target[at] = uint32(i - lo)
			s.floor[at] = w.Permanence[x]
			s.perm[at] = float64(w.Permanence[x])
		}
	}
	return s
}
