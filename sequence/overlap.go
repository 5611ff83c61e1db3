package sequence

import (
	"cmp"
	"slices"
)

// A hit is a segment that matches the cells that are active now.
type hit struct {
	cell      int32
	born      uint32
	segment   uint32
	potential uint16 // synapses from active cells
	connected uint16 // connected ones
}

// overlaps finds the segments that match the active cells, in order of cells
// and of creation. stamp says that active segments count as used in step.
func (s *store) overlaps(active []uint32, stamp bool, step uint32) {
	s.near = s.near[:0]
	matching := uint32(s.p.matching)
	sum, visits := s.sum, 0
	for _, c := range active {
		list := s.index.of(c)
		visits += len(list)
		for _, e := range list {
			k := e >> 1
			v := sum[k] + (1<<16 | e&1)
			sum[k] = v
			if v>>16 == matching { // rises by one a visit: once for each segment
				s.near = append(s.near, k)
			}
		}
	}
	s.hits = s.hits[:0]
	for _, k := range s.near {
		v := sum[k]
		s.hits = append(s.hits, hit{s.cell[k], s.born[k], k, uint16(v >> 16), uint16(v)})
		if stamp && int(v&0xffff) >= s.p.theta {
			s.used[k] = step
		}
	}
	slices.SortFunc(s.hits, func(a, b hit) int {
		if a.cell != b.cell {
			return cmp.Compare(a.cell, b.cell)
		}
		return cmp.Compare(a.born, b.born)
	})
	if visits > len(sum)/8 {
		clear(sum)
		return
	}
	for _, c := range active {
		for _, e := range s.index.of(c) {
			sum[e>>1] = 0
		}
	}
}

// active reports whether a matching segment is active too.
func (s *store) active(h *hit) bool { return int(h.connected) >= s.p.theta }
