package network

import (
	"errors"
	"slices"
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
	Floats   [][]float64 // neuron.LIF.State or cable.Cells.State, [quantity][N]
	Quiet    []int32     // [N]; empty for cells that do not fire
	Plateaus [][]int64   // [group][segment] dendrite.Threshold.Plateaus or Detector.Above
	Peaks    [][]float64 // [group][segment] Detector.Peak; Compartmental cells
	Scale    []float64   // of cable.Cells.State
	Spikes   [][]int32   // [age] cells that spiked in step Step-1-age
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
			floats, quiet, scale := c.state()
			if ps.Floats == nil {
				ps.Floats = make([][]float64, len(floats))
				ps.Plateaus = make([][]int64, len(c.groups))
				ps.Peaks = make([][]float64, len(c.groups))
				ps.Scale = scale
			}
			for i, f := range floats {
				ps.Floats[i] = append(ps.Floats[i], f...)
			}
			ps.Quiet = append(ps.Quiet, quiet...)
			for g := range c.groups {
				spots := c.groups[g].spots
				if spots == nil {
					ps.Plateaus[g] = append(ps.Plateaus[g], c.groups[g].segments.Plateaus()...)
					continue
				}
				for _, steps := range spots.detector.Above() {
					ps.Plateaus[g] = append(ps.Plateaus[g], int64(steps))
				}
				ps.Peaks[g] = append(ps.Peaks[g], spots.detector.Peak()...)
			}
		}
		for age := int64(0); age < n.remembered() && age < n.now; age++ {
			var spikes []int32
			for _, part := range n.pops[p].parts {
				spikes = append(spikes, n.at(part, n.now-1-age)...)
			}
			ps.Spikes = append(ps.Spikes, spikes)
		}
	}
	return st
}

// remembered is the number of past steps whose spikes can still matter.
func (n *Network) remembered() int64 { return int64(n.ring - 2*inputBlock) }

// Resume sets the state of a network just built from the same description, for
// any number of shards.
func (n *Network) Resume(st *State) error {
	if err := n.fits(st); err != nil {
		return err
	}
	n.now, n.filled = st.Step, st.Step
	for p := range n.pops {
		ps := &st.Populations[p]
		for _, s := range n.shards {
			c := &s.cells[p]
			if !c.neurons() {
				continue
			}
			if c.tree != nil {
				c.tree.resume(ps, c.lo)
				continue
			}
			floats, quiet := c.soma.State()
			for i, f := range floats {
				if len(f) > 0 {
					copy(f, ps.Floats[i][c.lo:c.hi])
				}
			}
			copy(quiet, ps.Quiet[c.lo:c.hi])
		}
		for age, spikes := range ps.Spikes {
			n.remember(p, st.Step-1-int64(age), spikes)
		}
	}
	for _, s := range n.shards {
		s.replay(st)
	}
	return nil
}

// remember puts the spikes of a past step into the history, each into the part
// of its cell's shard.
func (n *Network) remember(p int, k int64, spikes []int32) {
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
			if gr.spots != nil {
				gr.resumeSpots(c, &st.Populations[p], g)
				continue
			}
			for k := max(0, st.Step-s.net.remembered()); k < st.Step; k++ {
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
func (c *cells) state() (floats [][]float64, quiet []int32, scale []float64) {
	if c.tree != nil {
		return c.tree.state()
	}
	floats, quiet = c.soma.State()
	return floats, quiet, nil
}

// state puts the states of the bunches one after the other.
func (t *trees) state() (floats [][]float64, quiet []int32, scale []float64) {
	for _, cells := range t.cells {
		rows, hold, s := cells.State()
		if floats == nil {
			floats, scale = make([][]float64, len(rows)), s
		}
		for i, r := range rows {
			floats[i] = append(floats[i], r...)
		}
		quiet = append(quiet, hold...)
	}
	return floats, quiet, scale
}

// resume restores the state of the cells from cell lo of the population on.
func (t *trees) resume(ps *PopulationState, lo int32) {
	from := int(lo)
	for _, cells := range t.cells {
		rows, hold, _ := cells.State()
		for i, r := range rows {
			copy(r, ps.Floats[i][from:])
		}
		if len(hold) > 0 {
			copy(hold, ps.Quiet[from:])
		}
		cells.SetScale(ps.Scale)
		from += cells.Len()
	}
}

// resumeSpots restores the detector of a group on trees; the conductances are
// state of the cells.
func (g *group) resumeSpots(c *cells, ps *PopulationState, index int) {
	lo, hi := int(c.lo)*g.perCell, int(c.hi)*g.perCell
	d := g.spots.detector
	for i, steps := range ps.Plateaus[index][lo:hi] {
		d.Above()[i] = int32(steps)
		if d.Active(i) {
			g.running[i/g.perCell]++
		}
	}
	copy(d.Peak(), ps.Peaks[index][lo:hi])
}

// fits refuses a state of another network.
func (n *Network) fits(st *State) error {
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
		if int64(len(ps.Spikes)) > n.remembered() || int64(len(ps.Spikes)) > st.Step {
			return bad
		}
		if pop.Kind == SDR {
			continue
		}
		floats, _, scale := n.shards[0].cells[p].state()
		quiet := pop.Size()
		if pop.Trees != nil && pop.Trees.Firing == nil {
			quiet = 0
		}
		if len(ps.Scale) != len(scale) || len(ps.Quiet) != quiet || len(ps.Floats) != len(floats) || len(ps.Plateaus) != len(pop.Segments) {
			return bad
		}
		for i, f := range floats {
			if len(f) > 0 && len(ps.Floats[i]) != pop.Size() {
				return bad
			}
		}
		for g := range pop.Segments {
			segments := pop.Size() * pop.Segments[g].Count
			if len(ps.Plateaus[g]) != segments || pop.Trees != nil && (len(ps.Peaks) <= g || len(ps.Peaks[g]) != segments) {
				return bad
			}
		}
	}
	return nil
}
