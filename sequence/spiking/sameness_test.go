package spiking

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"neurosim/internal/rng"
)

// small is set I with fewer cells, its rates adapted to nothing: only sameness
// is looked at. Sparse first elements put pulses into the inputs.
func small(t *testing.T) (Params, Task) {
	t.Helper()
	x, err := PresetNamed("set-I")
	if err != nil {
		t.Fatal(err)
	}
	x.Params.Cells, x.Params.Active, x.Params.SparseFirst = 40, 8, 9
	x.Params.Probability, x.Params.LambdaPlus = 0.4, 0.2
	x.Task.Resolve(&x.Params)
	x.Params.Resolve(&x.Task)
	return x.Params, x.Task
}

func newSmall(t *testing.T, threads int) (*Network, *Training) {
	t.Helper()
	p, task := small(t)
	n, err := newOn(p, Draw(&p, &task, 7), threads, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n, NewTraining(n, task)
}

// queue puts the inputs of some episodes into a network.
func queue(t *testing.T, train *Training, episodes int) {
	t.Helper()
	for e := range episodes {
		for s, name := range train.task.Sequences {
			if err := train.cue(e, s, len(name)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func state(t *testing.T, n *Network) []byte {
	t.Helper()
	b, err := n.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The same events and the same state for any number of threads.
func TestThreads(t *testing.T) {
	var want []Event
	var end []byte
	for _, threads := range []int{1, 2, 3, 7} {
		n, train := newSmall(t, threads)
		var got []Event
		queue(t, train, 12)
		if err := n.run(context.Background(), train.Begin(12), func(e []Event) { got = append(got, e...) }); err != nil {
			t.Fatal(err)
		}
		if threads == 1 {
			want, end = got, state(t, n)
			daps := 0
			for _, e := range got {
				if e.Kind == DAPStart {
					daps++
				}
			}
			if m, _ := n.mature(); daps < 100 || m == 0 {
				t.Fatalf("%d dAPs, %d mature synapses: too little happens", daps, m)
			}
			continue
		}
		if !slices.Equal(got, want) || !bytes.Equal(state(t, n), end) {
			t.Errorf("%d threads: %d events, with 1 thread %d, or others, or another state", threads, len(got), len(want))
		}
	}
}

// A run cut at any steps, saved and resumed on another number of threads, in the
// middle of learning, of plateaus and of spikes on their way, ends in the bytes
// of the uninterrupted one.
func TestResume(t *testing.T) {
	whole, train := newSmall(t, 1)
	queue(t, train, 8)
	until := train.Begin(8)
	var want []Event
	if err := whole.run(context.Background(), until, func(e []Event) { want = append(want, e...) }); err != nil {
		t.Fatal(err)
	}
	r := rng.New(3, rng.Trial, 0, 0)
	for trial := range 6 {
		n, train := newSmall(t, 1)
		queue(t, train, 8)
		var got []Event
		for cuts := 0; n.Now() < until; cuts++ {
			to := min(n.Now()+1+int64(r.IntN(6000)), until)
			if trial == 0 && cuts < 300 {
				to = n.Now() + 1 + int64(r.IntN(3)) // many cuts within a block
			}
			if err := n.run(context.Background(), to, func(e []Event) { got = append(got, e...) }); err != nil {
				t.Fatal(err)
			}
			saved := state(t, n)
			n, _ = newSmall(t, 1+r.IntN(4))
			if err := n.UnmarshalBinary(saved); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(state(t, n), saved) {
				t.Fatal("what is saved, restored and saved again differs")
			}
		}
		if !slices.Equal(got, want) || !bytes.Equal(state(t, n), state(t, whole)) {
			t.Errorf("trial %d: %d events, want %d, or others, or another state", trial, len(got), len(want))
		}
	}
}

// A state does not go into a network of other synapses.
func TestResumeRefusesOthers(t *testing.T) {
	n, _ := newSmall(t, 1)
	p, task := small(t)
	other, err := New(p, Draw(&p, &task, 8), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.UnmarshalBinary(state(t, n)); err == nil {
		t.Error("the state of another seed was taken")
	}
	if err := other.UnmarshalBinary([]byte("nothing")); err == nil {
		t.Error("bytes that are no state were taken")
	}
}

// Without learning no permanence changes; with it again, they do.
func TestLearningSwitch(t *testing.T) {
	n, train := newSmall(t, 2)
	run := func(episode int, learning bool) (changed bool) {
		before := n.Histogram(2000)
		m := n.Mode()
		m.Learning = learning
		n.SetMode(m)
		if _, err := train.Run(context.Background(), episode); err != nil {
			t.Fatal(err)
		}
		return !slices.Equal(before, n.Histogram(2000))
	}
	for episode, learning := range []bool{true, false, false, true} {
		if changed := run(episode, learning); changed != learning {
			t.Errorf("episode %d, learning %v: permanences changed: %v", episode, learning, changed)
		}
	}
}

// Stopping keeps the network whole.
func TestStop(t *testing.T) {
	whole, train := newSmall(t, 1)
	queue(t, train, 2)
	if err := whole.run(context.Background(), train.Begin(2)); err != nil {
		t.Fatal(err)
	}
	n, train := newSmall(t, 1)
	queue(t, train, 2)
	ctx, cancel := context.WithCancel(context.Background())
	if err := n.run(ctx, train.Begin(2), func(e []Event) {
		if len(e) > 0 {
			cancel()
		}
	}); err == nil || n.Now() >= train.Begin(2) {
		t.Fatalf("stopped at %d with %v", n.Now(), err)
	}
	if err := n.run(context.Background(), train.Begin(2)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(state(t, n), state(t, whole)) {
		t.Error("a run that was stopped and went on ends in another state")
	}
}

// What is drawn: K distinct sources, not the cell itself, and permanences on the
// grid that single precision holds.
func TestDraw(t *testing.T) {
	p, task := small(t)
	w := Draw(&p, &task, 1)
	if err := w.check(&p, 0, p.N()); err != nil {
		t.Fatal(err)
	}
	if w.InDegree != 96 { // 0.4·6·40
		t.Errorf("K = %d", w.InDegree)
	}
	sum := 0.0
	for _, x := range w.Permanence {
		if x >= 8 {
			t.Fatalf("permanence %g", x)
		}
		sum += float64(x)
	}
	// Uniform on [0, 8): mean 4, standard error 8/√12/√(N K).
	mean := sum / float64(len(w.Permanence))
	if se := 8 / 3.4641 / 151.8; mean < 4-5*se || mean > 4+5*se {
		t.Errorf("mean permanence %g", mean)
	}
	if len(w.Pulsed) != 2 || len(w.Pulsed[0]) != 9 || w.Pulsed[1][0] < 200 {
		t.Errorf("pulsed cells %v", w.Pulsed)
	}
}
