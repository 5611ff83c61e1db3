package sequence

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"neurosim/internal/rng"
)

// world is a random small memory under load: limits that bind, cells that die,
// resets, learning switched off and on.
type world struct {
	p      Params
	seed   uint64
	inputs []worldStep
}

type worldStep struct {
	columns []int32
	learn   bool
	reset   bool
	kill    []uint32
}

func randomWorld(seed uint64) world {
	r := rng.New(seed, rng.Trial, rng.Name("world of sequences"), 0)
	p := Params{Columns: 40 + r.IntN(40), CellsPerColumn: 1 + r.IntN(6), Rules: NuPIC}
	if r.IntN(3) == 0 {
		p.Rules = HTMCore
	}
	p.SegmentParams = SegmentParams{
		ActivationThreshold: 3 + r.IntN(3), MinThreshold: 1 + r.IntN(3), MaxNewSynapseCount: 3 + r.IntN(8),
		InitialPermanence: 0.21 + 0.4*r.Float64(), ConnectedPermanence: 0.5,
		PermanenceIncrement: 0.1, PermanenceDecrement: 0.1 * r.Float64(), PredictedDecrement: 0.05 * r.Float64(),
		MaxSegmentsPerCell: 1 + r.IntN(6), MaxSynapses: 11 + r.IntN(20),
	}
	w := world{p: p, seed: seed}
	patterns := make([][]int32, 8)
	for i := range patterns {
		patterns[i] = pick(&r, p.Columns, 8)
	}
	for range 300 {
		s := worldStep{columns: patterns[r.IntN(len(patterns))], learn: r.IntN(10) > 0, reset: r.IntN(20) == 0}
		if r.IntN(4) == 0 {
			s.columns = pick(&r, p.Columns, 8)
		}
		if r.IntN(50) == 0 {
			for _, c := range pick(&r, p.Columns*p.CellsPerColumn, 3) {
				s.kill = append(s.kill, uint32(c))
			}
		}
		w.inputs = append(w.inputs, s)
	}
	return w
}

func pick(r *rng.Stream, n, k int) []int32 {
	seen := map[int32]bool{}
	for len(seen) < k {
		seen[int32(r.IntN(n))] = true
	}
	var out []int32
	for c := range int32(n) {
		if seen[c] {
			out = append(out, c)
		}
	}
	return out
}

func (s worldStep) do(m *Memory) string {
	if s.reset {
		m.Reset()
	}
	if s.kill != nil {
		m.Kill(s.kill)
	}
	m.Step(s.columns, s.learn)
	return fmt.Sprint(m.Active(), m.Winners(), m.Predicted(), m.Anomaly(), m.Segments(), m.Synapses())
}

func state(t *testing.T, m *Memory) []byte {
	t.Helper()
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustNew(t testing.TB, p Params, seed uint64, threads int) *Memory {
	t.Helper()
	m, err := newOn(p, seed, threads)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Threads, and a state saved and restored into any number of them in the middle
// of learning, change nothing: neither what a step tells nor a byte of the
// state.
func TestSameHoweverRun(t *testing.T) {
	for seed := range uint64(25) {
		w := randomWorld(seed)
		one := mustNew(t, w.p, w.seed, 1)
		var others []*Memory
		for _, threads := range []int{2, 3, 7} {
			others = append(others, mustNew(t, w.p, w.seed, threads))
		}
		for i, s := range w.inputs {
			want := s.do(one)
			for k, m := range others {
				if got := s.do(m); got != want {
					t.Fatalf("world %d, step %d, %d threads:\n got %s\nwant %s", seed, i, len(m.shards), got, want)
				}
				if i%37 == k { // go on from the saved state, on other threads
					others[k] = mustNew(t, w.p, 12345, 1+(i+k)%4)
					if err := others[k].UnmarshalBinary(state(t, one)); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		for _, m := range others {
			if !bytes.Equal(state(t, one), state(t, m)) {
				t.Fatalf("world %d: the states differ at the end", seed)
			}
		}
		if one.Synapses() == 0 {
			t.Fatalf("world %d learned nothing", seed)
		}
	}
}

// The flat arrays hold what they should after every step: the index lists every
// synapse once with its connection, overlaps are those of the definition,
// limits hold, blocks are disjoint and all accounted for.
func TestFlatLayoutHoldsWhatItShould(t *testing.T) {
	if testing.Short() {
		t.Skip("compares with a map for 3 s: run without -short")
	}
	compacted := 0
	for seed := range uint64(12) {
		w := randomWorld(100 + seed)
		m := mustNew(t, w.p, w.seed, 2)
		for i, step := range w.inputs {
			step.do(m)
			if i%5 == 0 { // far more often than a run would
				for _, sh := range m.shards {
					sh.basal.compact()
					sh.basal.index.compact()
					compacted++
				}
			}
			for _, sh := range m.shards {
				sh.basal.inspect(t, m.basal.active, m.p.Columns*m.p.CellsPerColumn)
			}
			if t.Failed() {
				t.Fatalf("world %d, step %d", 100+seed, i)
			}
		}
	}
	if compacted == 0 {
		t.Fatal("nothing was compacted")
	}
}

func (s *store) inspect(t *testing.T, active []uint32, sources int) {
	t.Helper()
	on := map[uint32]bool{}
	for _, c := range active {
		on[c] = true
	}
	listed := map[[2]uint32]int{} // presynaptic cell, segment
	for c := range uint32(sources) {
		for _, k := range s.index.of(c, c) {
			listed[[2]uint32{c, k}]++
		}
	}
	var hits []hit
	segments, synapses, words := 0, 0, 0
	owned := map[uint32]bool{}
	for l, k := range s.head {
		n := 0
		for ; k != 0; k = s.next[k] {
			n++
			pre, permanence := s.of(k)
			h := hit{cell: s.cell[k], born: s.born[k], segment: k}
			seen := map[uint32]bool{}
			for i, c := range pre {
				if seen[c] || !(permanence[i] >= leastPermanence && permanence[i] <= 1) {
					t.Errorf("segment %d: synapse from %d twice or with permanence %g", k, c, permanence[i])
				}
				seen[c] = true
				if listed[[2]uint32{c, k}] != 1 {
					t.Errorf("segment %d: the index lists its synapse from %d %d times", k, c, listed[[2]uint32{c, k}])
				}
				if on[c] {
					h.potential++
					if permanence[i] >= s.p.connected {
						h.connected++
					}
				}
			}
			if h.potential >= uint16(s.p.matching) {
				hits = append(hits, h)
			}
			if s.cell[k] != s.first+int32(l) || len(pre) == 0 || len(pre) > s.p.maxSyn {
				t.Errorf("segment %d of cell %d: owner %d, %d synapses", k, l, s.cell[k], len(pre))
			}
			for i := range s.blocks.sizes[s.class[k]] {
				if owned[s.at[k]+i] {
					t.Errorf("segment %d: its block is another's too", k)
				}
				owned[s.at[k]+i] = true
				words++
			}
			synapses += len(pre)
		}
		if n != int(s.count[l]) || n > s.p.maxSeg {
			t.Errorf("cell %d has %d segments, counted %d, at most %d", l, n, s.count[l], s.p.maxSeg)
		}
		segments += n
	}
	if segments != s.segments || synapses != s.synapses || len(listed) != synapses {
		t.Errorf("%d segments, %d synapses, %d listed; counted %d, %d", segments, synapses, len(listed), s.segments, s.synapses)
	}
	if b := &s.blocks; words+b.idle+int(b.room) != b.total || len(s.permanence) > len(b.chunks) {
		t.Errorf("%d words in blocks, %d idle and %d left of %d", words, b.idle, b.room, b.total)
	}
	if !slices.Equal(hits, s.hits) {
		t.Errorf("matching segments %v, want %v", s.hits, hits)
	}
	for k, v := range s.overlap {
		if v != 0 {
			t.Errorf("the overlap of segment %d is not cleared", k)
		}
	}
}

// A damaged state is refused and changes nothing.
func TestDamagedStateIsRefused(t *testing.T) {
	w := randomWorld(3)
	m := mustNew(t, w.p, w.seed, 1)
	for _, s := range w.inputs[:100] {
		s.do(m)
	}
	good := state(t, m)
	for _, n := range []int{0, 3, 4, 8, 30, len(good) / 2, len(good) - 1} {
		if err := m.UnmarshalBinary(good[:n]); err == nil {
			t.Errorf("%d of %d bytes are accepted", n, len(good))
		}
	}
	if err := m.UnmarshalBinary(append(slices.Clone(good), 0)); err == nil {
		t.Error("a byte too many is accepted")
	}
	other := w.p
	other.MaxSynapses++
	if err := mustNew(t, other, 1, 1).UnmarshalBinary(good); err == nil {
		t.Error("the state of other parameters is accepted")
	}
	if !bytes.Equal(state(t, m), good) {
		t.Error("a refused state changed the memory")
	}
}
