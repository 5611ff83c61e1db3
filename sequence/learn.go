package sequence

import (
	"math"

	"neurosim/internal/rng"
)

// sources are the presynaptic cells of segments in the step before, which
// learning refers to.
type sources struct {
	active  []uint32 // ascending
	winners []uint32 // ascending
	isOn    []uint64 // bit set of active
	winner  []uint32 // [N] place among winners, from 1; 0: none
}

func newSources(n int) sources {
	return sources{isOn: make([]uint64, (n+63)/64), winner: make([]uint32, n)}
}

// set replaces the cells.
func (a *sources) set(active, winners []uint32) {
	for _, c := range a.active {
		a.isOn[c>>6] = 0
	}
	for _, c := range a.winners {
		a.winner[c] = 0
	}
	a.active, a.winners = append(a.active[:0], active...), append(a.winners[:0], winners...)
	for _, c := range a.active {
		a.isOn[c>>6] |= 1 << (c & 63)
	}
	for i, c := range a.winners {
		a.winner[c] = uint32(i + 1)
	}
}

func (a *sources) on(c uint32) bool { return a.isOn[c>>6]>>(c&63)&1 != 0 }

// adapt moves the permanences of a segment: by up where the presynaptic cell is
// active, by -down elsewhere. Synapses that end are removed; it reports whether
// the segment still exists.
func (s *store) adapt(k uint32, a *sources, up, down float32) bool {
	pre, permanence := s.of(k)
	ended := false
	for i, c := range pre {
		p := permanence[i]
		q := p - down
		if a.on(c) {
			q = p + up
		}
		q = min(q, 1)
		if q == p {
			continue
		}
		if q < leastPermanence {
			ended = true
		}
		permanence[i] = q
	}
	if !ended {
		return true
	}
	for i := len(pre) - 1; i >= 0; i-- {
		if permanence[i] < leastPermanence {
			s.remove(k, i)
		}
	}
	least := 1
	if s.p.htmCore {
		least = int(s.p.matching)
	}
	if int(s.n[k]) < least {
		s.destroy(k)
		return false
	}
	return true
}

// grower draws which winners a segment grows onto.
type grower struct {
	has  []bool   // scratch, by place among winners
	pick []uint32 // scratch
}

// grow gives a segment up to n synapses onto winners.
func (s *store) grow(g *grower, k uint32, a *sources, n int, draw rng.Stream) {
	if n <= 0 || len(a.winners) == 0 {
		return
	}
	if s.p.htmCore {
		s.growHTMCore(g, k, a, n, draw)
		return
	}
	s.candidates(g, k, a)
	n = min(n, len(g.pick))
	s.makeRoom(k, a, n)
	n = min(n, s.p.maxSyn-int(s.n[k]))
	if n < len(g.pick) {
		shuffle(g.pick, n, &draw)
	}
	for _, c := range g.pick[:max(n, 0)] {
		s.add(k, c, s.p.initial)
	}
}

// candidates lists the winners that a segment has no synapse from, ascending.
func (s *store) candidates(g *grower, k uint32, a *sources) {
	g.has = append(g.has[:0], make([]bool, len(a.winners))...)
	pre, _ := s.of(k)
	for _, c := range pre {
		if i := a.winner[c]; i > 0 {
			g.has[i-1] = true
		}
	}
	g.pick = g.pick[:0]
	for i, c := range a.winners {
		if !g.has[i] {
			g.pick = append(g.pick, c)
		}
	}
}

// growHTMCore goes through the winners in a random order until n synapses have
// grown; on its way it raises those that the segment has.
func (s *store) growHTMCore(g *grower, k uint32, a *sources, n int, draw rng.Stream) {
	n = min(n, len(a.winners))
	s.makeRoom(k, a, n)
	target := int(s.n[k]) + min(n, s.p.maxSyn-int(s.n[k]))
	g.pick = append(g.pick[:0], a.winners...)
	shuffle(g.pick, len(g.pick), &draw)
	for _, c := range g.pick {
		if int(s.n[k]) >= target {
			return
		}
		pre, permanence := s.of(k)
		found := false
		for i, x := range pre {
			if x != c {
				continue
			}
			found = true
			permanence[i] = max(permanence[i], s.p.initial)
			break
		}
		if !found {
			s.add(k, c, s.p.initial)
		}
	}
}

// makeRoom destroys the weakest synapses that are not from winners, the oldest
// first among equals, until n more fit.
func (s *store) makeRoom(k uint32, a *sources, n int) {
	for int(s.n[k])+n > s.p.maxSyn {
		pre, permanence := s.of(k)
		weakest, least := -1, float32(math.Inf(1))
		for i, c := range pre {
			if a.winner[c] == 0 && permanence[i] < least {
				weakest, least = i, permanence[i]
			}
		}
		if weakest < 0 {
			return
		}
		s.remove(k, weakest)
	}
}

// shuffle draws the first n of the list at random (Fisher & Yates).
func shuffle(list []uint32, n int, draw *rng.Stream) {
	for i := range min(n, len(list)-1) {
		j := i + draw.IntN(len(list)-i)
		list[i], list[j] = list[j], list[i]
	}
}

// makeSegment gives a cell a new segment with up to n synapses onto winners,
// and drops another if the cell has too many.
func (s *store) makeSegment(g *grower, cell int32, a *sources, n int, step uint32, draw rng.Stream) {
	for int(s.count[cell-s.first]) >= s.p.maxSeg {
		s.destroy(s.worst(cell))
	}
	k := s.create(cell, min(n, len(a.winners)), step)
	s.grow(g, k, a, n, draw)
}

// worst is the segment that a cell can spare best, the oldest among equals.
func (s *store) worst(cell int32) uint32 {
	best, least := uint32(0), float32(math.Inf(1))
	for k := s.head[cell-s.first]; k != 0; k = s.next[k] {
		var score float32
		if s.p.htmCore {
			_, permanence := s.of(k)
			for _, p := range permanence {
				score += float32(p * p)
			}
		} else if best != 0 && s.used[k] >= s.used[best] {
			continue
		}
		if best == 0 || !s.p.htmCore || score < least {
			best, least = k, score
		}
	}
	return best
}
