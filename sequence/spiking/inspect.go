package spiking

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"slices"
)

// Synapse is one plastic synapse of a cell.
type Synapse struct {
	Cell, Source int32
	Permanence   float64
	Floor        float64 // P_min, its initial permanence
}

// Mature returns the synapses above P_θ, by cell and source. Of several processes rank 0
// gets those of all, the others nothing.
func (n *Network) Mature() ([]Synapse, error) {
	var own []Synapse
	for _, s := range n.shards {
		for j := range s.syn.start[1:] {
			for x := s.syn.start[j]; x < s.syn.start[j+1]; x++ {
				if p := s.syn.perm[x]; p > n.p.PTheta {
					own = append(own, Synapse{int32(s.lo) + int32(s.syn.target[x]), int32(j), p, float64(s.syn.floor[x])})
				}
			}
		}
	}
	if n.ranks != nil {
		m, err := encode(own)
		if err != nil {
			return nil, err
		}
		_, first := n.ranks.Exchange(nil, m)
		own = nil
		for _, m := range first {
			var more []Synapse
			if err := gob.NewDecoder(bytes.NewReader(m)).Decode(&more); err != nil {
				return nil, err
			}
			own = append(own, more...)
		}
	}
	slices.SortFunc(own, func(a, b Synapse) int {
		return cmp.Or(cmp.Compare(a.Cell, b.Cell), cmp.Compare(a.Source, b.Source))
	})
	return own, nil
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
	n.sum(count)
	return count
}
