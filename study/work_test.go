package study

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// disk keeps the last state as a file would: encoded.
type disk struct {
	mu    sync.Mutex
	bytes []byte
	kept  int
}

func (d *disk) keep(s State) error {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(s); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bytes, d.kept = b.Bytes(), d.kept+1
	return nil
}

func (d *disk) state(t *testing.T) State {
	t.Helper()
	var s State
	if err := gob.NewDecoder(bytes.NewReader(d.bytes)).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

type result struct {
	Square int
	Label  string
}

func square(_ context.Context, p *Part) (result, error) {
	return result{p.Index * p.Index, strings.Repeat("x", p.Index)}, nil
}

var squares = Stage{Name: "squares"}

func TestPartsAreInOrder(t *testing.T) {
	for _, threads := range []int{0, 1, 2, 9} {
		got, err := Parts(context.Background(), New(Options{Threads: threads}), squares, 30, square)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range got {
			if r.Square != i*i || len(r.Label) != i {
				t.Fatalf("%d threads: part %d is %v", threads, i, r)
			}
		}
	}
}

// An interrupted stage resumes with the parts that were done, at any number of
// threads; the stages before it are not computed again.
func TestResume(t *testing.T) {
	for _, threads := range []int{1, 3} {
		var d disk
		ctx, cancel := context.WithCancel(context.Background())
		w := New(Options{Threads: threads, Keep: d.keep})
		if _, err := Parts(ctx, w, Stage{Name: "first"}, 4, square); err != nil {
			t.Fatal(err)
		}
		var ran atomic.Int32
		_, err := Parts(ctx, w, squares, 20, func(ctx context.Context, p *Part) (result, error) {
			if ran.Add(1) == 7 {
				cancel()
			}
			return square(ctx, p)
		})
		if err != context.Canceled {
			t.Fatalf("error %v", err)
		}
		before := int(ran.Load())
		if before < 7 || before > 7+threads {
			t.Fatalf("%d parts ran after the interruption in the 7th", before)
		}

		w = New(Options{Threads: 2, Keep: d.keep, From: d.state(t)})
		first, err := Parts(context.Background(), w, Stage{Name: "first"}, 4, func(context.Context, *Part) (result, error) {
			t.Error("a part of the first stage ran again")
			return result{}, nil
		})
		if err != nil || first[3].Square != 9 {
			t.Fatalf("first stage: %v, %v", first, err)
		}
		ran.Store(0)
		got, err := Parts(context.Background(), w, squares, 20, func(ctx context.Context, p *Part) (result, error) {
			ran.Add(1)
			return square(ctx, p)
		})
		if err != nil || int(ran.Load()) != 20-before || got[19].Square != 361 {
			t.Errorf("%d threads: %v after %d and %d parts: %v", threads, got, before, ran.Load(), err)
		}
	}
}

// A part that is interrupted finds what it saved, and one that is done has no state.
func TestStateOfAPart(t *testing.T) {
	var d disk
	ctx, cancel := context.WithCancel(context.Background())
	steps := func(ctx context.Context, p *Part) ([]int, error) {
		var done []int
		for _, b := range p.Saved {
			done = append(done, int(b))
		}
		for len(done) < 5 {
			done = append(done, 10*p.Index+len(done))
			if p.Index == 1 && len(done) == 3 {
				cancel()
			}
			if ctx.Err() != nil {
				var saved []byte
				for _, x := range done {
					saved = append(saved, byte(x))
				}
				p.hold(saved)
				return nil, ctx.Err()
			}
		}
		return done, nil
	}
	if _, err := Parts(ctx, New(Options{Threads: 1, Keep: d.keep}), squares, 3, steps); err != context.Canceled {
		t.Fatalf("error %v", err)
	}
	saved := d.state(t)["squares"]
	if len(saved.Done) != 1 || !slices.Equal(saved.Begun[1], []byte{10, 11, 12}) {
		t.Fatalf("kept %v", saved)
	}
	w := New(Options{Threads: 2, Keep: d.keep, From: State{"squares": saved}})
	got, err := Parts(context.Background(), w, squares, 3, steps)
	if err != nil || !slices.Equal(got[1], []int{10, 11, 12, 13, 14}) || !slices.Equal(got[2], []int{20, 21, 22, 23, 24}) {
		t.Errorf("%v, %v", got, err)
	}
	if err := w.Save(); err != nil {
		t.Fatal(err)
	}
	if saved := d.state(t)["squares"]; len(saved.Done) != 3 || len(saved.Begun) != 0 {
		t.Errorf("kept %v", saved)
	}
}

// A state whose parts are others is refused, and what cannot be kept is said beside
// the interruption.
func TestErrors(t *testing.T) {
	from := State{"squares": {Parts: 3}}
	if _, err := Parts(context.Background(), New(Options{From: from}), squares, 4, square); err == nil || !strings.Contains(err.Error(), "has 3 parts, not 4") {
		t.Errorf("error %v", err)
	}
	from = State{"squares": {Parts: 4, Done: map[int][]byte{2: []byte("damaged")}}}
	if _, err := Parts(context.Background(), New(Options{From: from}), squares, 4, square); err == nil || !strings.Contains(err.Error(), "part 2") {
		t.Errorf("error %v", err)
	}
	full := errors.New("no space left")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Parts(ctx, New(Options{Keep: func(State) error { return full }}), squares, 4, square)
	if !errors.Is(err, context.Canceled) || !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	broken := errors.New("part 5")
	var d disk
	_, err = Parts(context.Background(), New(Options{Keep: d.keep}), squares, 8, func(ctx context.Context, p *Part) (result, error) {
		if p.Index == 5 {
			return result{}, broken
		}
		return square(ctx, p)
	})
	if err != broken {
		t.Errorf("error %v", err)
	}
	if saved := d.state(t)["squares"]; len(saved.Done) != 5 {
		t.Errorf("%d parts were kept before the one that failed", len(saved.Done))
	}
}

// A study that may be killed keeps its state now and then.
func TestKeptNowAndThen(t *testing.T) {
	var d disk
	w := New(Options{Keep: d.keep, Every: time.Nanosecond})
	if _, err := Parts(context.Background(), w, squares, 6, square); err != nil || d.kept != 6 {
		t.Errorf("kept %d times: %v", d.kept, err)
	}
	d = disk{}
	w = New(Options{Keep: d.keep, Every: time.Hour})
	if _, err := Parts(context.Background(), w, squares, 6, square); err != nil || d.kept != 0 {
		t.Errorf("kept %d times: %v", d.kept, err)
	}
}

// told collects what a Progress is told.
type told struct {
	label, unit string
	total       float64
	at          []float64
	ended       int
}

func (p *told) At(done float64) { p.at = append(p.at, done) }
func (p *told) End()            { p.ended++ }

func TestProgress(t *testing.T) {
	var p told
	tell := func(label string, total float64, unit string) Progress {
		p = told{label: label, total: total, unit: unit}
		return &p
	}
	w := New(Options{Threads: 1, Progress: tell})
	of := Stage{Name: "a", Label: "  learning", Unit: "runs"}
	if _, err := Parts(context.Background(), w, of, 3, square); err != nil {
		t.Fatal(err)
	}
	if p.label != of.Label || p.total != 3 || p.unit != "runs" || !slices.Equal(p.at, []float64{0, 1, 2, 3}) || p.ended != 1 {
		t.Errorf("told %+v", p)
	}
	of = Stage{Name: "b", Label: "  learning", Unit: "elements", Total: 20}
	_, err := Parts(context.Background(), w, of, 2, func(ctx context.Context, p *Part) (result, error) {
		p.Advance(4)
		p.Advance(6)
		return square(ctx, p)
	})
	if err != nil || p.total != 20 || !slices.Equal(p.at, []float64{4, 10, 14, 20}) {
		t.Errorf("told %+v, %v", p, err)
	}
}

// What is kept of a part is what the part returned, whatever its caller did to it since:
// sums of histograms were made in the first of them, and a resumed study added up twice.
func TestResultsMayBeChanged(t *testing.T) {
	var kept State
	w := New(Options{Keep: func(s State) error { kept = s; return nil }})
	got, err := Parts(context.Background(), w, Stage{Name: "a"}, 1, func(context.Context, *Part) ([]int, error) { return []int{1}, nil })
	if err != nil {
		t.Fatal(err)
	}
	got[0][0] = 2
	if err := w.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := Parts(context.Background(), New(Options{From: kept}), Stage{Name: "a"}, 1, func(context.Context, *Part) ([]int, error) { return nil, nil })
	if err != nil || again[0][0] != 1 {
		t.Errorf("%v, %v", again, err)
	}
}
