package sequence

import (
	"slices"

	"neurosim/internal/rng"
)

// bestActive returns the first place among the hits of a cell's active segment
// with the largest overlap, or -1.
func (s *store) bestActive(cell int32) int {
	best := -1
	for i := s.find(cell); i < len(s.hits) && s.hits[i].cell == cell; i++ {
		if s.active(&s.hits[i]) && (best < 0 || s.hits[i].potential > s.hits[best].potential) {
			best = i
		}
	}
	return best
}

// find returns the place of a cell's first hit, or where it would be.
func (s *store) find(cell int32) int {
	i, _ := slices.BinarySearchFunc(s.hits, cell, func(h hit, c int32) int { return int(h.cell) - int(c) })
	return i
}

// apicalLearning lets the winners of the shard learn the apical input of the
// step before: on their active segments, else on the best matching one, else on
// a new one. Segments that matched in columns that are not active are punished.
func (s *shard) apicalLearning(m *Memory) {
	x := s.apical
	draw := m.draw(rng.ApicalGrowth)
	p := int32(m.p.CellsPerColumn)
	for i := range x.hits {
		if _, on := slices.BinarySearch(s.given, x.hits[i].cell/p); !on {
			x.punish(&x.hits[i], &m.apical, true)
		}
	}
	if len(m.apical.winners) == 0 {
		return
	}
	for _, c := range s.winners {
		cell, learned, best := int32(c), false, -1
		for i := x.find(cell); i < len(x.hits) && x.hits[i].cell == cell; i++ {
			h := &x.hits[i]
			if x.active(h) {
				x.reinforce(&s.grower, h, &m.apical, i-x.find(cell), draw)
				learned = true
			}
			if best < 0 || h.potential > x.hits[best].potential {
				best = i
			}
		}
		switch {
		case learned:
		case best >= 0:
			x.reinforce(&s.grower, &x.hits[best], &m.apical, 0, draw)
		default:
			x.makeSegment(&s.grower, cell, &m.apical, x.p.maxNew, m.step, draw(cell, 0))
		}
	}
}
