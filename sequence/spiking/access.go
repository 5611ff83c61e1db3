package spiking

import (
	"errors"
	"slices"
)

// Now returns the next step.
func (n *Network) Now() int64 { return n.now }

// Params returns the parameters that the network was built with.
func (n *Network) Params() *Params { return &n.p }

// Mode returns the present mode.
func (n *Network) Mode() Mode { return n.mode }

// SetMode changes the mode from the next step on.
func (n *Network) SetMode(m Mode) {
	n.mode = m
	if m.VthE < n.k.vth {
		n.k.vth = m.VthE
		for _, s := range n.shards {
			s.activate(n.now)
		}
	}
	n.k.vth = m.VthE
	n.k.jIE = amplitude(m.PeakIE, n.p.TauMI, n.p.Cm, n.p.TauIE)
}

// Recall returns the mode in which a first element alone brings up the rest of a
// sequence: no learning, the inhibitory cell driven by all n_E cells instead of
// ρ, and a spike threshold (mV) below the potential of the plateau, τ_m I_dAP/C.
func (n *Network) Recall(vthE float64) Mode {
	return Mode{Learning: false, VthE: vthE, PeakIE: n.p.PeakIE * float64(n.p.Active) / float64(n.p.Cells)}
}

// Add queues inputs; each is stamped with a step that has not passed.
func (n *Network) Add(inputs ...Input) error {
	for _, in := range inputs {
		if in.Step < n.now {
			return errors.New("spiking: an input is stamped with a step that has passed")
		}
	}
	n.inputs = append(n.inputs, inputs...)
	slices.SortStableFunc(n.inputs, func(a, b Input) int { return int(a.Step - b.Step) })
	return nil
}

// Subpopulation returns its cells.
func (n *Network) Subpopulation(q int) []int32 {
	cells := make([]int32, n.p.Cells)
	for i := range cells {
		cells[i] = int32(q*n.p.Cells + i)
	}
	return cells
}

// at returns the shard of a cell and its place there.
func (n *Network) at(cell int) (*shard, int) {
	for _, s := range n.shards {
		if cell < s.hi {
			return s, cell - s.lo
		}
	}
	panic("spiking: no such cell")
}

// Potential, Dendrite, External and Trace return V (mV), I_ED, I_EX (pA) and z
// of a cell, as of step Now - 1.
func (n *Network) Potential(cell int) float64 { return n.peek(cell).v }
func (n *Network) Dendrite(cell int) float64  { return n.peek(cell).ed }
func (n *Network) External(cell int) float64  { return n.peek(cell).ex }
func (n *Network) Trace(cell int) float64     { s, i := n.at(cell); return s.zAt(i, n.now-1) }

// peek returns the state of a cell as of step Now - 1 and leaves it as it is, so
// that looking changes nothing.
func (n *Network) peek(cell int) excitatory {
	s, i := n.at(cell)
	x := s.cells[i]
	if !s.active[i] {
		x = x.move(n.now-1-s.at[i], s.jumps)
	}
	return x
}

// Predicted counts the cells of every subpopulation whose dendrite is in a dAP:
// I_ED > I_dAP - 1 pA.
func (n *Network) Predicted() []int {
	counts := make([]int, n.p.Subpopulations)
	for _, s := range n.shards {
		for i := range s.cells {
			if s.cells[i].plateau > 0 && s.cells[i].ed > s.p.IDAP-1 {
				counts[(s.lo+i)/n.p.Cells]++
			}
		}
	}
	return counts
}

// Synapses returns the number of plastic synapses.
func (n *Network) Synapses() int {
	total := 0
	for _, s := range n.shards {
		total += len(s.syn.target)
	}
	return total
}

// Mature counts the synapses above P_θ, and the segments that have at least γ of
// them: those that a symbol's cells, all together, can bring to a dAP.
func (n *Network) Mature() (synapses, segments int) {
	counts := make([][2]int, len(n.shards))
	n.each(true, func(s *shard) {
		count := &counts[slices.Index(n.shards, s)]
		on := make([]int, len(s.cells))
		for x, p := range s.syn.perm {
			if p > n.p.PTheta {
				count[0]++
				on[s.syn.target[x]]++
			}
		}
		for _, k := range on {
			if k >= n.p.Coincident {
				count[1]++
			}
		}
	})
	for _, c := range counts {
		synapses, segments = synapses+c[0], segments+c[1]
	}
	return synapses, segments
}

// Bytes returns the memory of the network: of all its arrays, and of those that
// grow with the synapses.
func (n *Network) Bytes() (all, synapses int) {
	for _, s := range n.shards {
		synapses += 4*cap(s.syn.target) + 8*cap(s.syn.perm) + 4*cap(s.syn.floor)
		all += 4*cap(s.syn.start) + cap(s.cells)*(5*8+2*4) + cap(s.active) + 8*cap(s.at) + 16*cap(s.daps) + s.inh.Bytes()
		all += 8*cap(s.pre.x) + 8*cap(s.pre.last) + 4*cap(s.pre.recent) + cap(s.pre.listed) + cap(s.due) + 8*cap(s.homeo)
		for _, x := range s.posts {
			all += 16 * cap(x)
		}
		for _, x := range s.arrivals {
			all += 4 * cap(x)
		}
		all += 16 * cap(s.events)
	}
	return all + synapses, synapses
}
