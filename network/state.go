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
	ShortTerm []ShortTermState // of the projections that have it: proximal ones, then by group, in their order
	Synapses  []SynapseState   // of the projections whose synapses differ in what they hold, likewise
	Plateaus  [][]int64        // [group][segment] dendrite.Threshold.Plateaus; none for Compartmental cells
	Spikes    [][]int32        // [age] cells that spiked in step Step-1-age
}

// ShortTermState is dendrite.ShortTerm.State, by branch.
type ShortTermState struct {
	U, X []float64
	Last []int64
}

// state is what the neurons of one population on a shard hold, all but the spikes.
type state struct {
	floats    [][]float64           // as in PopulationState
	ints      [][]int32             // the same
	plateaus  [][]int64             // [group][segment]
	shortTerm []*dendrite.ShortTerm // the state itself
	synapses  []perSynapse          // the same
}

// State returns a copy of the state before step Now. Of several processes all call it, and
// rank 0 alone returns the state; another call in the same step needs no other process.
func (n *Network) State() *State {
	if n.ranks != nil {
		if all := n.gather(); n.ranks.Rank() == 0 {
			return all.State
		}
		return nil
	}
	return n.ownState()
}

// ownState is the state of the shards.
func (n *Network) ownState() *State {
	st := &State{Step: n.now, Populations: make([]PopulationState, len(n.pops))}
	for _, s := range n.shards {
		for _, c := range s.neurons {
			x, ps := c.state(), &st.Populations[c.own().population]
			ps.Floats, ps.Ints, ps.Plateaus = merge(ps.Floats, x.floats), merge(ps.Ints, x.ints), merge(ps.Plateaus, x.plateaus)
			ps.mergeShortTerm(x.shortTerm)
			own := c.own()
			for i, s := range x.synapses {
				if i == len(ps.Synapses) {
					ps.Synapses = append(ps.Synapses, SynapseState{})
				}
				ps.Synapses[i].append(s, int(own.hi-own.lo))
			}
		}
	}
	for p := range n.pops {
		ps := &st.Populations[p]
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
		for age, spikes := range st.Populations[p].Spikes {
			n.restoreSpikes(p, st.Step-1-int64(age), spikes)
		}
	}
	for _, s := range n.shards {
		for _, c := range s.neurons {
			c.resume(s, &st.Populations[c.own().population], st.Step)
		}
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
			if x >= n.pops[p].bounds[i] && x < n.pops[p].bounds[i+1] {
				*slot = append(*slot, x)
			}
		}
	}
}

func (c *somata) state() state {
	floats, refractory := c.lif.State()
	x := state{floats: floats, ints: [][]int32{refractory}}
	for i := range c.proximal {
		if s := c.proximal[i].shortTerm; s != nil {
			x.shortTerm = append(x.shortTerm, s)
		}
	}
	for g := range c.segments {
		x.plateaus = append(x.plateaus, c.segments[g].Plateaus())
		for i := range c.segments[g].paths {
			if path := &c.segments[g].paths[i]; path.shortTerm != nil {
				x.shortTerm = append(x.shortTerm, path.shortTerm)
				x.synapses = append(x.synapses, perSynapse{cells: path.cells, last: path.last})
			}
		}
	}
	return x
}

// resume brings the segments to the state before a step by the arrivals of the steps
// that still matter, then the plateaus.
func (c *somata) resume(s *shard, from *PopulationState, step int64) {
	x := c.state()
	restore(x.floats, from.Floats, int(c.lo))
	restore(x.ints, from.Ints, int(c.lo))
	x.restoreSynapses(from, c.lo)
	for i := range c.segments {
		g := &c.segments[i]
		begin := max(0, step-s.net.savedSteps())
		g.prepareReplay(begin)
		for k := begin; k < step; k++ {
			s.replay(g, k)
		}
		lo, hi := int(c.lo)*g.perCell, int(c.hi)*g.perCell
		g.Resume(step, from.Plateaus[i][lo:hi])
		for seg := range hi - lo {
			if g.InPlateau(uint32(seg), step) {
				g.running[seg/g.perCell]++
			}
		}
	}
	c.replay(step)
	for i := range c.ie {
		c.setCurrent(i)
	}
}

func (t *trees) state() state {
	x := state{plateaus: make([][]int64, len(t.segments))}
	for _, cells := range t.batches {
		floats, ints := cells.State()
		x.floats, x.ints = merge(x.floats, floats), merge(x.ints, ints)
	}
	t.addSynapses(&x)
	return x
}

// addSynapses adds what synapses and their axons hold.
func (t *trees) addSynapses(x *state) {
	for i := range t.segments {
		g := &t.segments[i]
		for j := range g.paths {
			path := &g.paths[j]
			if path.shortTerm != nil {
				x.shortTerm = append(x.shortTerm, path.shortTerm)
			}
			if path.saturation != nil {
				bound, last := path.saturation.State()
				x.synapses = append(x.synapses, perSynapse{g.cell[path.from:path.to], bound, last})
			}
		}
	}
}

// restoreSynapses sets what synapses and their axons hold, of the cells from lo on.
func (x *state) restoreSynapses(from *PopulationState, lo int32) {
	for i, s := range x.shortTerm {
		u, r, last := s.State()
		copy(u, from.ShortTerm[i].U)
		copy(r, from.ShortTerm[i].X)
		copy(last, from.ShortTerm[i].Last)
	}
	for i := range x.synapses {
		x.synapses[i].restore(&from.Synapses[i], lo)
	}
}

func (t *trees) resume(_ *shard, from *PopulationState, step int64) {
	lo := int(t.lo)
	for _, cells := range t.batches {
		floats, ints := cells.State()
		restore(floats, from.Floats, lo)
		restore(ints, from.Ints, lo)
		cells.SetStep(step)
		lo += cells.Len()
	}
	var x state
	t.addSynapses(&x)
	x.restoreSynapses(from, t.lo)
	for i := range t.segments {
		g := &t.segments[i]
		for cell := range g.running {
			for j := range g.perCell {
				if t.batches[cell/t.batch].Active(g.first+j, cell%t.batch) {
					g.running[cell]++
				}
			}
		}
	}
	t.replay(step)
}

// mergeShortTerm adds the state of short-term plasticity of a shard, which sees only the
// branches that have synapses on its cells; of each branch that state counts which
// saw the latest spike.
func (ps *PopulationState) mergeShortTerm(terms []*dendrite.ShortTerm) {
	for i, s := range terms {
		u, x, last := s.State()
		ps.mergeBranches(i, u, x, last)
	}
}

// mergeBranches adds those of the i-th projection.
func (ps *PopulationState) mergeBranches(i int, u, x []float64, last []int64) {
	if i == len(ps.ShortTerm) {
		ps.ShortTerm = append(ps.ShortTerm, ShortTermState{slices.Clone(u), slices.Clone(x), slices.Clone(last)})
		return
	}
	to := ps.ShortTerm[i]
	for b, at := range last {
		if at > to.Last[b] {
			to.U[b], to.X[b], to.Last[b] = u[b], x[b], at
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
	}
	for _, s := range n.shards {
		for _, c := range s.neurons {
			own := c.own()
			if p := own.population; own.hi > own.lo && !n.pops[p].matches(&st.Populations[p], c.state(), own) {
				return bad
			}
		}
	}
	return nil
}

// matches tells whether a saved state is one of neurons of which a shard holds x on its
// cells.
func (p *population) matches(ps *PopulationState, x state, own *portion) bool {
	if !rowsMatch(ps.Floats, x.floats, p.Size()) || !rowsMatch(ps.Ints, x.ints, p.Size()) || len(ps.Plateaus) != len(x.plateaus) ||
		len(ps.ShortTerm) != len(x.shortTerm) || len(ps.Synapses) != len(x.synapses) {
		return false
	}
	for i := range x.synapses {
		if !x.synapses[i].matches(&ps.Synapses[i], own.lo, own.hi, p.Size()) {
			return false
		}
	}
	for i, s := range x.shortTerm {
		u, _, _ := s.State()
		if st := ps.ShortTerm[i]; len(st.U) != len(u) || len(st.X) != len(u) || len(st.Last) != len(u) {
			return false
		}
	}
	for g, plateaus := range x.plateaus {
		if plateaus != nil && len(ps.Plateaus[g]) != p.Size()*p.Segments[g].Count {
			return false
		}
	}
	return true
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
