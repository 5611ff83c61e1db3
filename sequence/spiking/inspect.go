package spiking

import "slices"

// Synapse is one plastic synapse of a cell.
type Synapse struct {
	Source     int32
	Permanence float64
	Floor      float64 // P_min, its initial permanence
}

// Segment returns the plastic synapses of a cell, by source.
func (n *Network) Segment(cell int) []Synapse {
	s, i := n.at(cell)
	var out []Synapse
	for j := range s.syn.start[1:] {
		lo, hi := s.syn.start[j], s.syn.start[j+1]
		if x, ok := slices.BinarySearch(s.syn.target[lo:hi], uint32(i)); ok {
			x := lo + uint32(x)
			out = append(out, Synapse{int32(j), s.syn.perm[x], float64(s.syn.floor[x])})
		}
	}
	return out
}

// Histogram counts the permanences in bins of equal width from 0 to P_max; the
// last bin holds P_max.
func (n *Network) Histogram(bins int) []int {
	count := make([]int, bins)
	for _, s := range n.shards {
		for _, p := range s.syn.perm {
			count[min(int(p/n.p.PMax*float64(bins)), bins-1)]++
		}
	}
	return count
}
