package network

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"neurosim/internal/ranks"
)

// runShared runs a network from a state, or from the beginning, to a step on some processes,
// of which each has another number of threads. It returns the state there.
func runShared(t *testing.T, s *Spec, size int, from []byte, until int64, j *journal, probes []Probe) (state []byte, synapses int) {
	t.Helper()
	ranks.Together(size, func(of ranks.Ranks) {
		n, err := BuildShared(s, 1+of.Rank()%3, of)
		if err != nil {
			t.Error(err)
			return
		}
		n.Watch(probes)
		if from != nil {
			var st State
			if err := gob.NewDecoder(bytes.NewReader(from)).Decode(&st); err != nil {
				t.Error(err)
			}
			if err := n.Resume(&st); err != nil {
				t.Error(err)
			}
		}
		var recorders []Recorder
		if of.Rank() == 0 {
			recorders = append(recorders, j)
		}
		if err := n.Run(context.Background(), until, recorders...); err != nil {
			t.Error(err)
		}
		st := n.State()
		if of.Rank() > 0 {
			if st != nil {
				t.Errorf("rank %d has a state", of.Rank())
			}
			return
		}
		if again := n.State(); size > 1 && again != st {
			t.Error("the state of one step was gathered twice")
		}
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(st); err != nil {
			t.Error(err)
		}
		state, synapses = b.Bytes(), n.Synapses()
	})
	return state, synapses
}

// The same events, potentials and synapses on any number of processes, and from a state
// that another number of them has saved.
func TestSameResultsOnRanks(t *testing.T) {
	seeds := uint64(12)
	if testing.Short() {
		seeds = 4
	}
	for seed := range 2 * seeds {
		s, probes := randomSpec(seed/2), watched
		if seed%2 == 1 {
			s, probes = randomTrees(t, seed/2), []Probe{
				{Variable: Vm, Population: "E", Cell: 4},
				{Variable: Vseg, Population: "E", Cell: 2, Group: "basal"},
				{Variable: Plateaus, Population: "E", Cell: 3, Group: "basal"},
			}
		}
		mustCheck(t, s)
		var want journal
		alone := build(t, s, 1, probes...)
		run(t, alone, s.Steps, &want)
		for _, size := range []int{1, 2, 3, 5} {
			var got journal
			_, synapses := runShared(t, s, size, nil, s.Steps, &got, probes)
			same(t, fmt.Sprintf("seed %d, %d processes", seed, size), got, want)
			if synapses != alone.Synapses() {
				t.Fatalf("seed %d: %d processes have %d synapses, want %d", seed, size, synapses, alone.Synapses())
			}
		}
		r := rand.New(rand.NewPCG(seed, 1))
		stop := 1 + r.Int64N(s.Steps-1)
		var got journal
		state, _ := runShared(t, s, 1+r.IntN(4), nil, stop, &got, probes)
		runShared(t, s, 1+r.IntN(4), state, s.Steps, &got, probes)
		same(t, fmt.Sprintf("seed %d, resumed at step %d", seed, stop), got, want)
	}
}

func same(t *testing.T, what string, got, want journal) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: NMDA spikes %s, ends %s, spikes %s", what, difference(got.starts, want.starts), difference(got.ends, want.ends), difference(got.spikes, want.spikes))
	}
}

// A shard may have no cell of a population, channels or not.
func TestShardWithoutCells(t *testing.T) {
	for seed := range uint64(4) {
		s := randomTrees(t, seed)
		for i := range s.Populations {
			if p := &s.Populations[i]; p.Kind == Compartmental {
				p.Count = 1
			} else if p.Kind != SDR {
				p.Count = 9
			}
		}
		for i := range s.Projections { // as many synapses as there are cells
			if p := &s.Projections[i]; p.Source == "E" {
				p.Rule, p.Synapses, p.Autapses = AllToAll, 0, true
			}
		}
		mustCheck(t, s)
		var want, got journal
		run(t, build(t, s, 1), s.Steps, &want)
		run(t, build(t, s, 5), s.Steps, &got)
		same(t, fmt.Sprintf("seed %d", seed), got, want)
	}
}

// A process has the synapses of its own cells alone.
func TestRanksDivideSynapses(t *testing.T) {
	s := largeSpec(0.01)
	const size = 3
	var own [size]int
	ranks.Together(size, func(of ranks.Ranks) {
		n, err := BuildShared(s, 1, of)
		if err != nil {
			t.Error(err)
			return
		}
		own[of.Rank()] = n.ownSynapses()
	})
	for rank, count := range own { // 10,000 cells of 800
		lo, hi := 10_000*rank/size, 10_000*(rank+1)/size
		if want := (hi - lo) * 800; count != want {
			t.Errorf("rank %d has %d synapses, want %d", rank, count, want)
		}
	}
}

// What one process is told ends all in the same step; what they have can be resumed.
func TestRanksStopTogether(t *testing.T) {
	s := randomSpec(3)
	ctx, cancel := context.WithCancel(context.Background())
	var stopped [3]int64
	ranks.Together(3, func(of ranks.Ranks) {
		n, err := BuildShared(s, 1, of)
		if err != nil {
			t.Error(err)
			return
		}
		mine, blocks := context.Background(), 0
		if of.Rank() == 1 {
			mine = ctx
		}
		stopper := recorderFunc(func(*Block) error {
			if blocks++; of.Rank() == 1 && blocks == 3 {
				cancel()
			}
			return nil
		})
		if err := n.Run(mine, s.Steps, stopper); err != context.Canceled {
			t.Errorf("rank %d: %v", of.Rank(), err)
		}
		stopped[of.Rank()] = n.Now()
	})
	if stopped[0] == 0 || stopped[0] >= s.Steps || stopped[1] != stopped[0] || stopped[2] != stopped[0] {
		t.Errorf("stopped at %v", stopped)
	}
}

// A potential that is not finite is told on all processes alike.
func TestRanksTellFaults(t *testing.T) {
	s := randomSpec(3)
	s.Populations[1].IeOf = make([]float64, s.Populations[1].Count)
	s.Populations[1].IeOf[s.Populations[1].Count-1] = math.NaN()
	want := build(t, s, 1).Run(context.Background(), s.Steps)
	ranks.Together(3, func(of ranks.Ranks) {
		n, err := BuildShared(s, 1, of)
		if err != nil {
			t.Error(err)
			return
		}
		if err := n.Run(context.Background(), s.Steps); err == nil || err.Error() != want.Error() {
			t.Errorf("rank %d: %v, want %v", of.Rank(), err, want)
		}
	})
}

// alone is one of several processes of which nothing else is there.
type alone struct{ size int }

func (a alone) Rank() int                                  { return 0 }
func (a alone) Size() int                                  { return a.size }
func (a alone) Exchange(_, _ []byte) (all, first [][]byte) { return nil, nil }

// Every cell has one owner, whose range holds it.
func TestOwner(t *testing.T) {
	for size := 1; size < 9; size++ {
		r := &sharing{Ranks: alone{size}}
		for cells := 1; cells < 30; cells++ {
			for cell := range cells {
				if rank := r.owner(cell, cells); cell < cells*rank/size || cell >= cells*(rank+1)/size {
					t.Errorf("cell %d of %d has owner %d of %d", cell, cells, rank, size)
				}
			}
		}
	}
}
