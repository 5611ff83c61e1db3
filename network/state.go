package network

import (
	"errors"
	"slices"

	"neurosim/dendrite"
)

// A State is everything that the rest of a run depends on, for any number of
// shards. It holds no overlap and no spike on its way: those follow from the
// spikes of the last steps.
type State struct {
	Step        int64 // the next step
	Populations []PopulationState
}

// PopulationState is the state of N cells.
type PopulationState struct {
	Floats    [][]float64      // neuron.LIF.State or cable.Cells.State, [quantity][N]
	Ints      [][]int32        // the same
	ShortTerm []ShortTermState // of the projections that have it, by group, then in their order
	Plateaus  [][]int64        // [group][segment] dendrite.Threshold.Plateaus; none for Compartmental cells
	Spikes    [][]int32        // [age] cells that spiked in step Step-1-age
}

// ShortTermState is dendrite.ShortTerm.State, by branch.
type ShortTermState struct {
	U, X []float64
	Last []int64
}

// State returns a copy of the state before step Now.
func (n *Network) State() *State {
	st := &State{Step: n.now, Populations: make([]PopulationState, len(n.pops))}
	for p := range n.pops {
		ps := &st.Populations[p]
		for _, s := range n.shards {
			c := &s.cells[p]
			if !c.neurons() {
				continue
			}
			floats, ints := c.state()
			if ps.Plateaus == nil {
				ps.Plateaus = make([][]int64, len(c.groups))
			}
			ps.ShortTerm = c.shortTermState(ps.ShortTerm)
			ps.Floats, ps.Ints = merge(ps.Floats, floats), merge(ps.Ints, ints)
			for g := range c.groups {
				if c.tree == nil {
					ps.Plateaus[g] = append(ps.Plateaus[g], c.groups[g].segments.Plateaus()...)
				}
			}
		}
		for age := int64(0); age < n.savedSteps() && age < n.now; age++ {
			var spikes []int32
			for _, part := range n.pops[p].parts {
				spikes = append(spikes, n.at(part, n.now-1-age)...)
			}
			ps.Spikes = append(ps.Spikes, spikes)
		}
	}
	return st
}

// merge appends to each row the numbers of more cells.
func merge[T any](rows, more [][]T) [][]T {
	if len(rows) == 0 {
		rows = make([][]T, len(more))
	}
	for i, r := range more {
		rows[i] = append(rows[i], r...)
	}
	return rows
}

// savedSteps is the number of past steps whose spikes can still matter.
func (n *Network) savedSteps() int64 { return int64(n.ring - 2*inputBlock) }

// Resume sets the state of a network just built from the same description, for
// any number of shards.
func (n *Network) Resume(st *State) error {
	if err := n.matches(st); err != nil {
		return err
	}
	n.now, n.emitted = st.Step, st.Step
	for p := range n.pops {
		ps := &st.Populations[p]
		for _, s := range n.shards {
			c := &s.cells[p]
			if !c.neurons() {
				continue
			}
			if c.tree != nil {
				c.tree.resume(ps, int(c.lo), st.Step)
				c.resumeShortTerm(ps.ShortTerm)
				continue
			}
			floats, ints := c.state()
			restore(floats, ps.Floats, int(c.lo))
			restore(ints, ps.Ints, int(c.lo))
		}
		for age, spikes := range ps.Spikes {
			n.restoreSpikes(p, st.Step-1-int64(age), spikes)
		}
	}
	for _, s := range n.shards {
		for p := range s.cells {
			if c := &s.cells[p]; len(c.clamps) > 0 {
				c.setClamps(st.Step)
			}
		}
		s.replay(st)
	}
	return nil
}

// restore copies to each row the numbers of its cells, the first of which is cell lo of
// the population. Rows may be empty.
func restore[T any](rows, from [][]T, lo int) {
	for i, r := range rows {
		if len(r) > 0 {
			copy(r, from[i][lo:])
		}
	}
}

// restoreSpikes puts the spikes of a past step into the history, each into the part
// of its cell's shard.
func (n *Network) restoreSpikes(p int, k int64, spikes []int32) {
	for i, part := range n.pops[p].parts {
		slot := &part[k%int64(n.ring)]
		*slot = (*slot)[:0]
		for _, x := range spikes {
			if n.pops[p].Kind == SDR || x >= n.shards[i].cells[p].lo && x < n.shards[i].cells[p].hi {
				*slot = append(*slot, x)
			}
		}
	}
}

// replay brings the segments to the state before step st.Step: the arrivals of
// the steps that still matter, then the plateaus.
func (s *shard) replay(st *State) {
	for p := range s.cells {
		c := &s.cells[p]
		for g := range c.groups {
			gr := &c.groups[g]
			if gr.sites != nil {
				gr.resumeSites(c.tree)
				continue
			}
			for k := max(0, st.Step-s.net.savedSteps()); k < st.Step; k++ {
				s.deliverToSegments(gr, k)
			}
			lo, hi := int(c.lo)*gr.perCell, int(c.hi)*gr.perCell
			gr.segments.Resume(st.Step, st.Populations[p].Plateaus[g][lo:hi])
			for seg := range hi - lo {
				if gr.segments.InPlateau(uint32(seg), st.Step) {
					gr.running[seg/gr.perCell]++
				}
			}
		}
		if c.soma != nil {
			for i := range c.ie {
				c.setCurrent(i)
			}
		}
	}
}

// neurons tells whether c are neurons, not input cells.
func (c *cells) neurons() bool { return c.soma != nil || c.tree != nil }

// state returns what the somata or trees hold.
func (c *cells) state() (floats [][]float64, ints [][]int32) {
	if c.tree == nil {
		floats, refractory := c.soma.State()
		return floats, [][]int32{refractory}
	}
	for _, cells := range c.tree.cells {
		f, i := cells.State()
		floats, ints = merge(floats, f), merge(ints, i)
	}
	return floats, ints
}

// resume restores the state of the cells from cell lo of the population on.
func (t *trees) resume(ps *PopulationState, lo int, step int64) {
	for _, cells := range t.cells {
		floats, ints := cells.State()
		restore(floats, ps.Floats, lo)
		restore(ints, ps.Ints, lo)
		cells.SetStep(step)
		lo += cells.Len()
	}
}

// shortTerms returns the short-term plasticities of the paths to the cells.
func (c *cells) shortTerms() (all []*dendrite.ShortTerm) {
	for i := range c.groups {
		for j := range c.groups[i].paths {
			if s := c.groups[i].paths[j].shortTerm; s != nil {
				all = append(all, s)
			}
		}
	}
	return all
}

// shortTermState takes over the state of short-term plasticity. A shard sees only the
// branches that have synapses on its cells; of each branch that state counts which
// saw the latest spike.
func (c *cells) shortTermState(states []ShortTermState) []ShortTermState {
	for i, s := range c.shortTerms() {
		u, x, last := s.State()
		if i == len(states) {
			states = append(states, ShortTermState{slices.Clone(u), slices.Clone(x), slices.Clone(last)})
			continue
		}
		for b, at := range last {
			if at > states[i].Last[b] {
				states[i].U[b], states[i].X[b], states[i].Last[b] = u[b], x[b], at
			}
		}
	}
	return states
}

// resumeShortTerm restores it.
func (c *cells) resumeShortTerm(states []ShortTermState) {
	for i, s := range c.shortTerms() {
		u, x, last := s.State()
		copy(u, states[i].U)
		copy(x, states[i].X)
		copy(last, states[i].Last)
	}
}

// resumeSpots counts the NMDA spikes that go on.
func (g *group) resumeSites(t *trees) {
	for cell := range g.running {
		for j := range g.perCell {
			if t.cells[cell/batch].Active(g.sites.first+j, cell%batch) {
				g.running[cell]++
			}
		}
	}
}

// matches refuses a state of another network.
func (n *Network) matches(st *State) error {
	bad := errors.New("the state is that of another network")
	if len(st.Populations) != len(n.pops) || st.Step < 0 || st.Step > n.spec.Steps {
		return bad
	}
	for p := range n.pops {
		pop, ps := n.pops[p], &st.Populations[p]
		for _, spikes := range ps.Spikes {
			if len(spikes) > 0 && (slices.Min(spikes) < 0 || int(slices.Max(spikes)) >= pop.Size()) {
				return bad
			}
		}
		if int64(len(ps.Spikes)) > n.savedSteps() || int64(len(ps.Spikes)) > st.Step {
			return bad
		}
		if pop.Kind == SDR {
			continue
		}
		// The last shard has a cell of every population.
		floats, ints := n.shards[len(n.shards)-1].cells[p].state()
		if !rowsMatch(ps.Floats, floats, pop.Size()) || !rowsMatch(ps.Ints, ints, pop.Size()) || len(ps.Plateaus) != len(pop.Segments) {
			return bad
		}
		terms := n.shards[len(n.shards)-1].cells[p].shortTerms()
		if len(ps.ShortTerm) != len(terms) {
			return bad
		}
		for i, s := range terms {
			if _, _, last := s.State(); len(ps.ShortTerm[i].U) != len(last) || len(ps.ShortTerm[i].X) != len(last) || len(ps.ShortTerm[i].Last) != len(last) {
				return bad
			}
		}
		for g := range pop.Segments {
			if pop.Trees == nil && len(ps.Plateaus[g]) != pop.Size()*pop.Segments[g].Count {
				return bad
			}
		}
	}
	return nil
}

// rowsMatch tells whether rows have numbers for size cells wherever those of a shard have.
func rowsMatch[T any](rows, like [][]T, size int) bool {
	if len(rows) != len(like) {
		return false
	}
	for i, r := range like {
		if len(r) > 0 && len(rows[i]) != size {
			return false
		}
	}
	return true
}
