package spiking

// potential, dendrite, external and trace return V (mV), I_ED, I_EX (pA) and z
// of a cell, as of step Now - 1.
func (n *Network) potential(cell int) float64 { return n.peek(cell).v }
func (n *Network) dendrite(cell int) float64  { return n.peek(cell).ed }
func (n *Network) external(cell int) float64  { return n.peek(cell).ex }
func (n *Network) trace(cell int) float64     { s, i := n.at(cell); return s.zAt(i, n.now-1) }

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

// segment returns the plastic synapses of a cell, by source.
func (n *Network) segment(cell int) []Synapse {
	s, i := n.at(cell)
	var out []Synapse
	for j := range s.syn.start[1:] {
		for x := s.syn.start[j]; x < s.syn.start[j+1]; x++ {
			if s.syn.target[x] == uint32(i) {
				out = append(out, Synapse{int32(cell), int32(j), s.syn.perm[x], float64(s.syn.floor[x])})
			}
		}
	}
	return out
}

// synapses returns the number of plastic synapses.
func (n *Network) synapses() int {
	total := 0
	for _, s := range n.shards {
		total += len(s.syn.target)
	}
	return total
}
