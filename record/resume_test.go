package record

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"neurosim/network"
)

// A run saved at a random step and resumed by new recorders in a new network,
// with another number of shards, gives the files and counts of the whole run.
func TestResumedRunIsTheWholeRun(t *testing.T) {
	for seed := range uint64(40) {
		s := randomSpec(seed)
		r := rand.New(rand.NewPCG(seed, 1))
		stop := r.Int64N(s.Steps)
		for name, make := range writers {
			var want, got bytes.Buffer
			n := build(t, s, 1+r.IntN(3))
			f := make(n, &want)
			run(t, n, s.Steps, f)
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}

			n = build(t, s, 1+r.IntN(3))
			f = make(n, &got)
			run(t, n, stop, f)
			if err := f.Flush(); err != nil {
				t.Fatal(err)
			}
			state := must(f.MarshalBinary())
			n = resumed(t, n, 1+r.IntN(3))
			f = make(n, &got)
			if err := f.UnmarshalBinary(state); err != nil {
				t.Fatal(err)
			}
			if f.Size() != int64(got.Len()) {
				t.Fatalf("seed %d, %s: resumed at %d of %d bytes", seed, name, f.Size(), got.Len())
			}
			run(t, n, s.Steps, f)
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Fatalf("seed %d, %s, resumed at step %d:\n%s\nwant\n%s", seed, name, stop, &got, &want)
			}
		}
	}
}

func TestResumedCountsAreThoseOfTheWholeRun(t *testing.T) {
	counters := map[string]struct {
		make   func(n *network.Network) saved
		result func(saved) any
	}{
		"totals": {func(n *network.Network) saved { return NewTotals(n) }, func(r saved) any { return r.(*Totals).Populations() }},
		"hash":   {func(n *network.Network) saved { return NewHash(n) }, func(r saved) any { return r.(*Hash).Sum() }},
		"detection": {func(n *network.Network) saved {
			return must(NewDetection(n, DetectionOf{Input: "show", Group: Group{"E", "basal"}, Stored: n.Stored("E", "basal"), Response: 30}))
		}, func(r saved) any { return r.(*Detection).Counts() }},
	}
	for seed := range uint64(40) {
		s := randomSpec(seed)
		r := rand.New(rand.NewPCG(seed, 1))
		stop := r.Int64N(s.Steps)
		for name, c := range counters {
			n := build(t, s, 1+r.IntN(3))
			whole := c.make(n)
			run(t, n, s.Steps, whole)
			n = build(t, s, 1+r.IntN(3))
			first := c.make(n)
			run(t, n, stop, first)
			n = resumed(t, n, 1+r.IntN(3))
			then := c.make(n)
			if err := then.UnmarshalBinary(must(first.MarshalBinary())); err != nil {
				t.Fatal(err)
			}
			run(t, n, s.Steps, then)
			if got, want := c.result(then), c.result(whole); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, %s, resumed at step %d: %+v, want %+v", seed, name, stop, got, want)
			}
		}
	}
}

// The sum tells runs apart: another seed, and a run that is one event shorter.
func TestHashTellsRunsApart(t *testing.T) {
	sums := map[string]bool{}
	for seed := range uint64(5) {
		n := build(t, randomSpec(seed), 1)
		h, events := NewHash(n), 0
		run(t, n, 700, h, recorderFunc(func(b *network.Block) error {
			for i := range b.Steps {
				events += len(b.Spikes(0, i, nil))
			}
			return nil
		}))
		if events == 0 {
			t.Fatal("no spikes to tell apart")
		}
		sums[h.Sum()] = true
	}
	if len(sums) != 5 {
		t.Errorf("%d sums of 5 seeds", len(sums))
	}
}

func TestStatesAreChecked(t *testing.T) {
	n := build(t, randomSpec(0), 1)
	var all []saved
	for _, make := range writers {
		all = append(all, make(n, nil))
	}
	all = append(all, NewTotals(n), NewHash(n), must(NewDetection(n, DetectionOf{Input: "show", Group: Group{"E", "basal"}})))
	for _, r := range all {
		if err := r.UnmarshalBinary([]byte("no state")); err == nil {
			if _, plain := r.(interface{ Size() int64 }); !plain { // eight bytes may be a length
				t.Errorf("%T took any bytes for its state", r)
			}
		}
		if err := r.UnmarshalBinary([]byte{1, 2, 3}); err == nil {
			t.Errorf("%T took three bytes for its state", r)
		}
	}
	var b bytes.Buffer
	f := must(NewSpikes(n, nil, CSV, &b))
	run(t, n, 300, f)
	if _, err := f.MarshalBinary(); err == nil {
		t.Error("gave the state with rows unwritten")
	}
}
