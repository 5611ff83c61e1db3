package spiking

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"neurosim/internal/fpmath"
	"neurosim/internal/ranks"
)

// watched is what one process sees of some episodes of the small network and a recall.
type watched struct {
	Events    []Event // of the episodes
	After     []Event // of the recall
	Outcomes  []Outcome
	Recalled  []Recalled
	Histogram []int
	Learned   []Synapse // on rank 0
	State     []byte    // at the end; on rank 0
}

// watch trains the small network as one of several processes, from a state or from the
// beginning.
func watch(t *testing.T, of ranks.Ranks, threads int, from []byte, episodes ...int) (w watched) {
	t.Helper()
	p, task := small(t)
	n, err := newOn(p, DrawShared(&p, &task, 7, of), threads, of)
	if err == nil && from != nil {
		err = n.UnmarshalBinary(from)
	}
	if err != nil {
		t.Error(err)
		return w
	}
	train := NewTraining(n, task)
	for _, e := range episodes {
		o, err := train.Run(context.Background(), e, func(e []Event) { w.Events = append(w.Events, e...) })
		if err != nil {
			t.Error(err)
		}
		w.Outcomes = append(w.Outcomes, o)
	}
	if w.State, err = n.MarshalBinary(); err != nil {
		t.Error(err)
	}
	if w.Recalled, err = train.Replay(context.Background(), 5, 80, func(e []Event) { w.After = append(w.After, e...) }); err != nil {
		t.Error(err)
	}
	w.Histogram = n.Histogram(50)
	if w.Learned, err = n.Mature(); err != nil {
		t.Error(err)
	}
	return w
}

// Every process sees what one process alone sees, with any number of them, more than there
// are subpopulations included; a state that some have saved serves another number.
func TestRanks(t *testing.T) {
	episodes := []int{0, 1, 2, 3, 4, 5, 6, 7}
	want := watch(t, nil, 1, nil, episodes...)
	half := watch(t, nil, 1, nil, episodes[:4]...)
	if m := len(want.Learned); m == 0 || len(want.Recalled) == 0 || len(want.Recalled[0].Volleys) == 0 {
		t.Fatalf("%d mature synapses, recall %v: too little happens", m, want.Recalled)
	}
	sizes := []int{1, 2, 3, 7}
	if testing.Short() {
		sizes = []int{7}
	}
	for _, size := range sizes {
		var saved []byte
		check := func(rank int, got, want watched) {
			if rank > 0 {
				want.Learned, want.State = nil, nil
			}
			for i := range reflect.TypeFor[watched]().NumField() {
				field := reflect.TypeFor[watched]().Field(i).Name
				if a, b := reflect.ValueOf(got).Field(i), reflect.ValueOf(want).Field(i); a.Len()+b.Len() > 0 && !reflect.DeepEqual(a.Interface(), b.Interface()) {
					t.Errorf("%d processes, rank %d: other %s", size, rank, field)
				}
			}
		}
		ranks.Together(size, func(of ranks.Ranks) { check(of.Rank(), watch(t, of, 1+of.Rank()%3, nil, episodes...), want) })
		ranks.Together(size, func(of ranks.Ranks) {
			got := watch(t, of, 2, nil, episodes[:4]...)
			check(of.Rank(), got, half)
			if of.Rank() == 0 {
				saved = got.State
			}
		})
		rest := want
		rest.Outcomes, rest.Events = want.Outcomes[4:], want.Events[len(half.Events):]
		ranks.Together(size%3+1, func(of ranks.Ranks) { check(of.Rank(), watch(t, of, 1, saved, episodes[4:]...), rest) })
	}
}

// Processes divide the wiring: each draws that of its cells.
func TestRanksDivideWiring(t *testing.T) {
	p, task := small(t)
	whole := Draw(&p, &task, 7)
	var source [4][]int32
	ranks.Together(4, func(of ranks.Ranks) { source[of.Rank()] = DrawShared(&p, &task, 7, of).Source })
	if !slices.Equal(slices.Concat(source[:]...), whole.Source) {
		t.Error("the wirings of four processes are not that of one")
	}
	for rank, s := range source {
		lo, hi := ranks.Range(p.Subpopulations, rank, 4)
		if want := (hi - lo) * p.Cells * p.InDegree(); len(s) != want {
			t.Errorf("rank %d has %d synapses, want %d", rank, len(s), want)
		}
	}
}

// What one process is told ends all after the same block, and a potential that is not
// finite is told by all alike.
func TestRanksStopTogether(t *testing.T) {
	p, task := small(t)
	var now [3]int64
	ranks.Together(3, func(of ranks.Ranks) {
		n, err := newOn(p, DrawShared(&p, &task, 7, of), 1, of)
		if err != nil {
			t.Error(err)
			return
		}
		train := NewTraining(n, task)
		queue(t, train, 2)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		err = n.run(ctx, train.Begin(2), func(e []Event) {
			if len(e) > 0 && of.Rank() == 1 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("rank %d: %v", of.Rank(), err)
		}
		now[of.Rank()] = n.Now()
		if of.Rank() == 2 {
			n.shards[0].cells[3].v = math.NaN()
		}
		err = n.run(context.Background(), n.Now()+1)
		if want := "the membrane potential of cell 163 is"; !errors.Is(err, fpmath.ErrNonFinite) || !strings.Contains(err.Error(), want) {
			t.Errorf("rank %d: %v, want %q", of.Rank(), err, want)
		}
	})
	if now[0] == 0 || now[1] != now[0] || now[2] != now[0] {
		t.Errorf("stopped at %v", now)
	}
}
