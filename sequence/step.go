package sequence

import (
	"fmt"
	"math"
	"slices"

	"neurosim/internal/rescue"
	"neurosim/internal/rng"
)

// Step takes the active columns, ascending and each once, and learns if asked.
// It panics if they are not, and after 2³²-1 steps.
func (m *Memory) Step(columns []int32, learn bool) {
	m.check(columns)
	m.step++
	rest := columns
	for _, s := range m.shards {
		n, _ := slices.BinarySearch(rest, s.columns[1])
		s.given, rest = rest[:n], rest[n:]
	}
	m.each(func(s *shard) { s.activate(m, learn) })
	m.active, m.winners = m.active[:0], m.winners[:0]
	unpredicted := 0
	for _, s := range m.shards {
		m.active, m.winners = append(m.active, s.active...), append(m.winners, s.winners...)
		unpredicted += s.unpredicted
	}
	m.anomaly = 0
	if len(columns) > 0 {
		m.anomaly = float64(unpredicted) / float64(len(columns))
	}
	m.basal.set(m.active, m.winners)
	m.each(func(s *shard) { s.predict(m, learn) })
}

func (m *Memory) check(columns []int32) {
	for i, c := range columns {
		if c < 0 || int(c) >= m.p.Columns || i > 0 && c <= columns[i-1] {
			panic(fmt.Sprintf("sequence: Step: columns must be ascending and below %d", m.p.Columns))
		}
	}
	if m.step == math.MaxUint32 {
		panic("sequence: Step: a memory takes at most 4294967295 steps")
	}
}

// each runs f on every shard. Small steps would lose more by starting
// goroutines than they gain; either way the results are the same.
func (m *Memory) each(f func(s *shard)) {
	const worthThreads = 512 // active cells
	if len(m.shards) == 1 || len(m.basal.active) < worthThreads {
		for _, s := range m.shards {
			f(s)
		}
		return
	}
	var wg rescue.Group
	for _, s := range m.shards[1:] {
		wg.Go(func() { f(s) })
	}
	f(m.shards[0])
	wg.Wait()
}

// predict finds the segments that the active cells match.
func (s *shard) predict(m *Memory, learn bool) {
	s.basal.tidy()
	s.basal.overlaps(&m.basal, learn, m.step)
}

// activate chooses active and winner cells of the shard's columns by what was
// predicted, and learns.
func (s *shard) activate(m *Memory, learn bool) {
	s.active, s.winners, s.unpredicted = s.active[:0], s.winners[:0], 0
	p := int32(m.p.CellsPerColumn)
	hits := s.basal.hits
	for _, column := range s.given {
		for len(hits) > 0 && hits[0].cell < column*p {
			s.basal.punish(&hits[0], &m.basal, learn)
			hits = hits[1:]
		}
		var group []hit
		if len(hits) > 0 && hits[0].cell < (column+1)*p {
			group, hits = columnOf(hits, p)
		}
		if n := len(s.active); len(group) > 0 {
			if s.active = s.predicted(group, s.active); len(s.active) > n {
				s.confirm(m, group, s.active[n:], learn)
				continue
			}
		}
		s.unpredicted++
		s.burst(m, column, group, learn)
	}
	for i := range hits {
		s.basal.punish(&hits[i], &m.basal, learn)
	}
}

// columnOf splits off the hits of the first's column.
func columnOf(hits []hit, cellsPerColumn int32) (group, rest []hit) {
	end := (hits[0].cell/cellsPerColumn + 1) * cellsPerColumn
	n := 1
	for n < len(hits) && hits[n].cell < end {
		n++
	}
	return hits[:n], hits[n:]
}

// predicted appends the predicted cells of one column: those with an active
// segment.
func (s *shard) predicted(group []hit, out []uint32) []uint32 {
	n := len(out)
	for i := range group {
		c := uint32(group[i].cell)
		if s.basal.active(&group[i]) && (len(out) == n || out[len(out)-1] != c) {
			out = append(out, c)
		}
	}
	return out
}

// confirm lets predicted cells win, and their active segments learn.
func (s *shard) confirm(m *Memory, group []hit, cells []uint32, learn bool) {
	s.winners = append(s.winners, cells...)
	if !learn {
		return
	}
	for i := range group {
		if h := &group[i]; s.basal.active(h) && slices.Contains(cells, uint32(h.cell)) {
			s.basal.reinforce(&s.grower, h, &m.basal, i, m.draw(rng.BasalGrowth))
		}
	}
}

// burst makes all cells of a column active and chooses one winner.
func (s *shard) burst(m *Memory, column int32, group []hit, learn bool) {
	p := int32(m.p.CellsPerColumn)
	for c := column * p; c < (column+1)*p; c++ {
		if !m.isDead(uint32(c)) {
			s.active = append(s.active, uint32(c))
		}
	}
	if len(group) > 0 {
		best := 0
		for i := range group {
			if group[i].potential > group[best].potential {
				best = i
			}
		}
		s.winners = append(s.winners, uint32(group[best].cell))
		if learn {
			s.basal.reinforce(&s.grower, &group[best], &m.basal, 0, m.draw(rng.BasalGrowth))
		}
		return
	}
	winner := s.leastUsed(m, column)
	if winner < 0 {
		return
	}
	s.winners = append(s.winners, uint32(winner))
	if learn && len(m.basal.winners) > 0 {
		s.basal.makeSegment(&s.grower, winner, &m.basal, s.basal.p.maxNew, m.step, m.draw(rng.BasalGrowth)(winner, 0))
	}
}

// leastUsed is the cell of a bursting column that has the fewest segments; -1
// if all are dead.
func (s *shard) leastUsed(m *Memory, column int32) int32 {
	p := int32(m.p.CellsPerColumn)
	first := column * p
	if m.p.Rules == HTMCore {
		i, _ := slices.BinarySearch(m.basal.winners, uint32(first))
		for ; i < len(m.basal.winners) && m.basal.winners[i] < uint32(first+p); i++ {
			if c := m.basal.winners[i]; !m.isDead(c) {
				return int32(c)
			}
		}
	}
	fewest, ties, lowest := uint16(math.MaxUint16), 0, int32(-1)
	count := s.basal.count[first-s.basal.first:][:p]
	for i, n := range count {
		switch {
		case n > fewest || m.isDead(uint32(first)+uint32(i)):
		case n < fewest || lowest < 0:
			fewest, ties, lowest = n, 1, first+int32(i)
		default:
			ties++
		}
	}
	if ties < 2 || m.p.Rules == HTMCore {
		return lowest
	}
	draw := rng.New(m.seed, rng.BurstWinner, uint64(m.step), uint64(column))
	chosen := draw.IntN(ties)
	for i, n := range count {
		if n != fewest || m.isDead(uint32(first)+uint32(i)) {
			continue
		}
		if chosen == 0 {
			return first + int32(i)
		}
		chosen--
	}
	panic("sequence: unreachable: one of the tied cells was chosen")
}

// draws returns the draws of a cell's i-th learning segment.
type draws func(cell int32, i int) rng.Stream

func (m *Memory) draw(purpose rng.Purpose) draws {
	return func(cell int32, i int) rng.Stream {
		return rng.New(m.seed, purpose, uint64(m.step), uint64(cell)<<20|uint64(i))
	}
}

// reinforce lets a segment learn: its active synapses gain, the others lose,
// and it grows until max_new_synapse_count of its synapses are active.
func (s *store) reinforce(g *grower, h *hit, a *sources, i int, draw draws) {
	if !s.adapt(h.segment, a, s.p.up, s.p.down) {
		return
	}
	if n := s.p.maxNew - int(h.potential); n > 0 {
		s.grow(g, h.segment, a, n, draw(h.cell, i))
	}
}

// punish weakens a segment that matched where nothing came.
func (s *store) punish(h *hit, a *sources, learn bool) {
	if learn && s.p.punish > 0 {
		s.adapt(h.segment, a, -s.p.punish, 0)
	}
}
