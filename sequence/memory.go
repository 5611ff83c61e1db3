package sequence

import (
	"fmt"
	"slices"
	"strings"

	"neurosim/internal/rng"
)

// Memory is a temporal memory. It is not safe for concurrent use; the threads
// are its own.
type Memory struct {
	p       Params
	seed    uint64
	step    uint32 // steps done
	shards  []*shard
	basal   sources  // cells of the step before, as the presynaptic side
	dead    []uint64 // bit set of cells; nil: none
	deaths  int
	active  []uint32 // cells, ascending
	winners []uint32
	anomaly float64
}

// shard is a range of columns with all that their cells own.
type shard struct {
	columns     [2]int32 // first, end
	basal       *store
	grower      grower
	given       []int32 // of the active columns those of the shard
	active      []uint32
	winners     []uint32
	unpredicted int // active columns that were not predicted
}

// perThread is the cells from which on a thread helps. Two threads took longer than one
// with 65,536 cells and with 262,144 and 1,048,576: each goes through all active cells and
// keeps an index of its own, and few steps are worth waking a thread for. More cells were
// not measured. See docs/performance.md.
const perThread = 1 << 20

// New makes a memory without segments. threads says on how many goroutines a
// large step may run: as many of them as help. Results do not depend on it. The
// error lists every rule that the parameters break.
func New(p Params, seed uint64, threads int) (*Memory, error) {
	return newOn(p, seed, min(threads, p.Columns*p.CellsPerColumn/perThread))
}

// newOn is New on threads whether they help or not.
func newOn(p Params, seed uint64, threads int) (*Memory, error) {
	var broken []string
	p.Check(0, func(key, rule string, args ...any) {
		broken = append(broken, fmt.Sprintf("%s: %s", key, fmt.Sprintf(rule, args...)))
	})
	if len(broken) > 0 {
		return nil, fmt.Errorf("temporal memory: %s", strings.Join(broken, "; "))
	}
	cells := p.Columns * p.CellsPerColumn
	m := &Memory{p: p, seed: seed, basal: newSources(cells)}
	threads = max(1, min(threads, p.Columns))
	for i := range threads {
		lo, hi := int32(p.Columns*i/threads), int32(p.Columns*(i+1)/threads)
		first, n := lo*int32(p.CellsPerColumn), (hi-lo)*int32(p.CellsPerColumn)
		store := newStore(&p.SegmentParams, p.Rules, first, n, cells, p.CellsPerColumn)
		m.shards = append(m.shards, &shard{columns: [2]int32{lo, hi}, basal: store})
	}
	return m, nil
}

// Params returns the parameters.
func (m *Memory) Params() Params { return m.p }

// Active returns the active cells, ascending. It is valid until the next step,
// as are the other lists.
func (m *Memory) Active() []uint32 { return m.active }

// Winners returns the winner cells, ascending.
func (m *Memory) Winners() []uint32 { return m.winners }

// Anomaly is the fraction of the last step's active columns that were not
// predicted; 0 if none was active.
func (m *Memory) Anomaly() float64 { return m.anomaly }

// Predicted returns the cells that are predicted for the next step, ascending.
func (m *Memory) Predicted() []uint32 {
	var out []uint32
	for _, s := range m.shards {
		p := int32(m.p.CellsPerColumn)
		for hits := s.basal.hits; len(hits) > 0; {
			var group []hit
			group, hits = columnOf(hits, p)
			out = s.predicted(group, out)
		}
	}
	return out
}

// PredictedColumns returns the columns of the predicted cells, ascending.
func (m *Memory) PredictedColumns() []int32 {
	var out []int32
	for _, c := range m.Predicted() {
		if x := int32(c) / int32(m.p.CellsPerColumn); len(out) == 0 || out[len(out)-1] != x {
			out = append(out, x)
		}
	}
	return out
}

// Reset forgets which cells were active, not what was learned: the next element
// begins a sequence.
func (m *Memory) Reset() {
	m.active, m.winners, m.anomaly = m.active[:0], m.winners[:0], 0
	m.basal.set(nil, nil)
	for _, s := range m.shards {
		s.basal.hits = s.basal.hits[:0]
	}
}

// Kill ends cells: their segments go, and they become neither active nor
// winners again.
func (m *Memory) Kill(cells []uint32) {
	if m.dead == nil {
		m.dead = make([]uint64, (m.p.Columns*m.p.CellsPerColumn+63)/64)
	}
	for _, c := range cells {
		if m.isDead(c) {
			continue
		}
		m.dead[c>>6] |= 1 << (c & 63)
		m.deaths++
		for _, s := range m.shards {
			if int32(c) >= s.basal.first && int(c) < int(s.basal.first)+len(s.basal.head) {
				s.basal.destroyAll(int32(c))
			}
		}
	}
	// Segments of the living are as they were, and so is what they predict. A
	// cell that was active when it died has still sent its spike.
}

// destroyAll removes the segments of a cell, and them from the matches.
func (s *store) destroyAll(cell int32) {
	for s.head[cell-s.first] != 0 {
		s.destroy(s.head[cell-s.first])
	}
	s.hits = slices.DeleteFunc(s.hits, func(h hit) bool { return h.cell == cell })
}

// DrawCells draws a fraction of all cells at random, for Kill.
func (m *Memory) DrawCells(fraction float64) []uint32 {
	all := numbers(m.p.Columns * m.p.CellsPerColumn)
	n := int(float64(fraction*float64(len(all))) + 0.5)
	draw := rng.New(m.seed, rng.CellDeath, 0, 0)
	shuffle(all, n, &draw)
	return all[:n]
}

func (m *Memory) isDead(c uint32) bool { return m.dead != nil && m.dead[c>>6]>>(c&63)&1 != 0 }

// Segments is the number of segments.
func (m *Memory) Segments() int {
	return m.total(func(s *store) int { return s.segments })
}

// Synapses is the number of synapses.
func (m *Memory) Synapses() int {
	return m.total(func(s *store) int { return s.synapses })
}

func (m *Memory) total(of func(*store) int) int {
	n := 0
	for _, s := range m.shards {
		n += of(s.basal)
	}
	return n
}
