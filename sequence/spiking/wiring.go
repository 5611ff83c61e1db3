package spiking

import (
	"fmt"

	"neurosim/internal/ranks"
	"neurosim/internal/rng"
	"neurosim/stimulus"
)

// Wiring is the potential connections of the cells First, First+1 ... and what was drawn for
// them; n is their number.
type Wiring struct {
	First      int       // 0, but of one of several processes
	InDegree   int       // K
	Source     []int32   // [n·K] sources of cell First+i at i·K … , ascending and distinct
	Permanence []float32 // [n·K] initial permanences, which are also the least
	Pulsed     [][]int32 // [firsts of the task] cells of each first symbol that a pulse predicts, ascending
}

// permanenceGrid is the spacing of the initial permanences drawn, relative to
// P_init: 24 bits, so that single precision holds them without rounding.
const permanenceGrid = 1.0 / (1 << 24)

// Draw draws the wiring of a network: what a cell gets depends on the seed and
// the cell alone. p and t have passed Check.
func Draw(p *Params, t *Task, seed uint64) *Wiring { return DrawShared(p, t, seed, nil) }

// DrawShared is Draw for one of several processes, of which each draws the wiring of its
// cells. nil is one process.
func DrawShared(p *Params, t *Task, seed uint64, of ranks.Ranks) *Wiring {
	k := p.InDegree()
	first, end := span(p, of)
	w := &Wiring{First: first * p.Cells, InDegree: k, Source: make([]int32, 0, (end-first)*p.Cells*k), Permanence: make([]float32, (end-first)*p.Cells*k)}
	n := p.N()
	sampler := stimulus.NewSampler(n)
	self := make([]int32, 1)
	for x := range (end - first) * p.Cells {
		i := w.First + x
		self[0] = int32(i)
		r := rng.New(seed, rng.PlasticSources, 0, uint64(i))
		w.Source = sampler.DrawOutside(&r, k, self, w.Source)
		r = rng.New(seed, rng.InitialPermanence, 0, uint64(i))
		for s := x * k; s < (x+1)*k; s++ {
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

// cells is the number of cells that have this wiring.
func (w *Wiring) cells() int { return len(w.Source) / max(1, w.InDegree) }

// check says what is wrong with a wiring that was given to cells First ... First+cells-1.
func (w *Wiring) check(p *Params, first, cells int) error {
	n := p.N()
	if w.First != first || w.InDegree < 0 || len(w.Source) != cells*w.InDegree || len(w.Permanence) != len(w.Source) {
		return fmt.Errorf("%d cells of in-degree %d from cell %d on need %d sources and permanences; there are %d and %d from cell %d on", cells, w.InDegree, first, cells*w.InDegree, len(w.Source), len(w.Permanence), w.First)
	}
	for x := range cells {
		i, last := first+x, int32(-1)
		for s := x * w.InDegree; s < (x+1)*w.InDegree; s++ {
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
	from, to := (lo-w.First)*w.InDegree, (hi-w.First)*w.InDegree
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
		for x := (i - w.First) * w.InDegree; x < (i-w.First+1)*w.InDegree; x++ {
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

// byTarget calls f for every synapse: at is its place among all by target and then source,
// where each target has inDegree synapses, x that among all by source and then target.
func (s *synapses) byTarget(inDegree int, f func(at int, x uint32)) {
	next := make([]int, len(s.target)/max(1, inDegree))
	for i := range next {
		next[i] = i * inDegree
	}
	for x, i := range s.target { // by source
		f(next[i], uint32(x))
		next[i]++
	}
}
