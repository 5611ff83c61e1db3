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

// recall returns the mode in which a first element alone brings up the rest of a
// sequence: no learning, the inhibitory cell driven by all n_E cells instead of
// ρ, and a spike threshold (mV) below the potential of the plateau, τ_m I_dAP/C.
func (n *Network) recall(vthE float64) Mode {
	return Mode{Learning: false, VthE: vthE, PeakIE: n.p.PeakIE * float64(n.p.Active) / float64(n.p.Cells)}
}

// add queues inputs; each is stamped with a step that has not passed.
func (n *Network) add(inputs ...Input) error {
	for _, in := range inputs {
		if in.Step < n.now {
			return errors.New("spiking: an input is stamped with a step that has passed")
		}
	}
	n.inputs = append(n.inputs, inputs...)
	slices.SortStableFunc(n.inputs, func(a, b Input) int { return int(a.Step - b.Step) })
	return nil
}

// subpopulation returns its cells.
func (n *Network) subpopulation(q int) []int32 {
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

// predicted counts the cells of every subpopulation whose dendrite is in a dAP:
// I_ED > I_dAP - 1 pA.
func (n *Network) predicted() []int {
	counts := make([]int, n.p.Subpopulations)
	for _, s := range n.shards {
		for i := range s.cells {
			if s.cells[i].plateau > 0 && s.cells[i].ed > s.p.IDAP-1 {
				counts[(s.lo+i)/n.p.Cells]++
			}
		}
	}
	n.sum(counts)
	return counts
}

// mature counts the synapses above P_θ, and the segments that have at least γ of
// them: those that a symbol's cells, all together, can bring to a dAP.
func (n *Network) mature() (synapses, segments int) {
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
	total := make([]int, 2)
	for _, c := range counts {
		total[0], total[1] = total[0]+c[0], total[1]+c[1]
	}
	n.sum(total)
	return total[0], total[1]
}
