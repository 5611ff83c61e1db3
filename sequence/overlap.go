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
//
// The index counts synapses from active cells, connected or not, in a byte for
// each segment; how many are connected is looked up for the few that match.
func (s *store) overlaps(a *sources, stamp bool, step uint32) {
	s.matching = s.matching[:0]
	overlap, threshold, visits := s.overlap, s.p.matching, 0
	for i, j := 0, 0; i < len(a.active); i = j {
		j = s.index.run(a.active, i)
		run := s.index.of(a.active[i], a.active[j-1])
		visits += len(run)
		for _, k := range run {
			v := overlap[k] + 1
			overlap[k] = v
			if v == threshold { // rises by one a visit: once for each segment
				s.matching = append(s.matching, k)
			}
		}
	}
	s.hits = s.hits[:0]
	for _, k := range s.matching {
		h := hit{s.cell[k], s.born[k], k, uint16(overlap[k]), s.connectedOn(k, a)}
		s.hits = append(s.hits, h)
		if stamp && s.active(&h) {
			s.used[k] = step
		}
	}
	slices.SortFunc(s.hits, func(a, b hit) int {
		if a.cell != b.cell {
			return cmp.Compare(a.cell, b.cell)
		}
		return cmp.Compare(a.born, b.born)
	})
	if visits > len(overlap)/16 {
		clear(overlap)
		return
	}
	for i, j := 0, 0; i < len(a.active); i = j {
		j = s.index.run(a.active, i)
		for _, k := range s.index.of(a.active[i], a.active[j-1]) {
			overlap[k] = 0
		}
	}
}

// connectedOn counts the connected synapses of a segment from active cells.
func (s *store) connectedOn(k uint32, a *sources) uint16 {
	pre, permanence := s.of(k)
	n := uint16(0)
	for i, c := range pre {
		if permanence[i] >= s.p.connected && a.on(c) {
			n++
		}
	}
	return n
}

// active reports whether a matching segment is active too.
func (s *store) active(h *hit) bool { return int(h.connected) >= s.p.theta }
