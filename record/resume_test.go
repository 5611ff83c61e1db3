package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"neurosim/network"
)

// counters makes one of each recorder that keeps counts.
var counters = map[string]func(n *network.Network) saved{
	"totals": func(n *network.Network) saved { return NewTotals(n) },
	"hash":   func(n *network.Network) saved { return NewHash(n) },
	"detection": func(n *network.Network) saved {
		return must(NewDetection(n, DetectionOf{Input: "show", Group: Group{"E", "basal"}, Stored: n.Stored("E", "basal"), Response: 30}))
	},
}

func result(r saved) any {
	switch r := r.(type) {
	case *Totals:
		return r.Populations()
	case *Hash:
		return r.Sum()
	case *Detection:
		return r.Counts()
	}
	panic("not a counter")
}

// A session is a network with one of each recorder, in a run that may be
// resumed.
type session struct {
	n        *network.Network
	files    map[string]file
	counters map[string]saved
}

func newSession(n *network.Network, texts map[string]*bytes.Buffer) session {
	s := session{n, map[string]file{}, map[string]saved{}}
	for name, make := range writers {
		s.files[name] = make(n, texts[name])
	}
	for name, make := range counters {
		s.counters[name] = make(n)
	}
	return s
}

func newTexts() map[string]*bytes.Buffer {
	texts := map[string]*bytes.Buffer{}
	for name := range writers {
		texts[name] = &bytes.Buffer{}
	}
	return texts
}

func (s session) run(t *testing.T, until int64) {
	t.Helper()
	var recorders []network.Recorder
	for _, f := range s.files {
		recorders = append(recorders, f)
	}
	for _, c := range s.counters {
		recorders = append(recorders, c)
	}
	run(t, s.n, until, recorders...)
}

func (s session) close(t *testing.T) {
	t.Helper()
	for _, f := range s.files {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// restore sets the state of new recorders to that of others, through bytes.
func (s session) restore(t *testing.T, from session) {
	t.Helper()
	for name, f := range from.files {
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := s.files[name].UnmarshalBinary(must(f.MarshalBinary())); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range from.counters {
		if err := s.counters[name].UnmarshalBinary(must(c.MarshalBinary())); err != nil {
			t.Fatal(err)
		}
	}
}

// A run saved at a random step and resumed by new recorders in a new network,
// with another number of shards, gives the files and counts of the whole run.
func TestResumedRunIsTheWholeRun(t *testing.T) {
	for seed := range uint64(56) {
		spec := randomSpec(seed)
		if seed >= 40 {
			spec = randomTrees(seed) // of which events are held until they are certain
		}
		r := rand.New(rand.NewPCG(seed, 1))
		stop := r.Int64N(spec.Steps)
		want, got := newTexts(), newTexts()
		whole := newSession(build(t, spec, 1+r.IntN(3)), want)
		whole.run(t, spec.Steps)
		whole.close(t)

		first := newSession(build(t, spec, 1+r.IntN(3)), got)
		first.run(t, stop)
		then := newSession(resumed(t, first.n, 1+r.IntN(3)), got)
		then.restore(t, first)
		for name, f := range then.files {
			if f.Size() != int64(got[name].Len()) {
				t.Fatalf("seed %d, %s: resumed at %d of %d bytes", seed, name, f.Size(), got[name].Len())
			}
		}
		then.run(t, spec.Steps)
		then.close(t)
		for name := range writers {
			if !bytes.Equal(got[name].Bytes(), want[name].Bytes()) {
				t.Fatalf("seed %d, %s, resumed at step %d:\n%s\nwant\n%s", seed, name, stop, got[name], want[name])
			}
		}
		for name := range counters {
			if got, want := result(then.counters[name]), result(whole.counters[name]); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, %s, resumed at step %d: %+v, want %+v", seed, name, stop, got, want)
			}
		}
	}
}

// The sum is that of the records as the comment on Hash describes them.
func TestHashIsAsDocumented(t *testing.T) {
	for seed := range uint64(5) {
		n := build(t, randomSpec(seed), 2)
		j, h := &journal{n: n}, NewHash(n)
		run(t, n, 700, j, h)
		var records bytes.Buffer
		for _, e := range j.events {
			kind := map[string]int{"spike": 0, "start": 1 + 2*e.g, "end": 2 + 2*e.g}[e.kind]
			binary.Write(&records, binary.LittleEndian, struct {
				Step             int64
				Population, Kind uint16
				ID               uint32
			}{e.step, uint16(e.pop), uint16(kind), uint32(e.id)})
		}
		if want := fmt.Sprintf("%x", sha256.Sum256(records.Bytes())); h.Sum() != want {
			t.Errorf("seed %d: sum %s, want %s", seed, h.Sum(), want)
		}
	}
}

// The sum tells runs apart.
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
