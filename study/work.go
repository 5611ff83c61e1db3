// Package study is what a kind of study and the program that runs it agree on.
//
// A study divides its work into stages, and a stage into parts that do not depend on
// each other: the points of a sweep, the runs of a memory, chunks of trials. [Parts]
// computes them on threads and returns them in order. What is done, and the states of
// what is not, is the [State] of the study, from which it resumes after an
// interruption. A part is a pure function of the configuration and its index, so
// results depend neither on threads nor on where a study was interrupted.
package study

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"slices"
	"sync"
	"time"

	"neurosim/sweep"
)

// Work is what a study is lent while it runs. Its methods may be called from several
// goroutines.
type Work struct {
	threads  int
	progress func(label string, total float64, unit string) Progress
	keep     func(State) error // brings a state to the disk
	every    time.Duration     // between two states that are kept while parts are done

	mu     sync.Mutex
	from   State
	stages []stage
	kept   time.Time
}

// Progress tells people how far a stage is. At is told what is done of the total so
// far, and may be called from several goroutines, one at a time.
type Progress interface {
	At(done float64)
	End()
}

// Options are what a Work is made of.
type Options struct {
	Threads  int                                                     // that help; at least 1
	Progress func(label string, total float64, unit string) Progress // nil: nobody is told
	Keep     func(State) error                                       // brings a state to the disk; nil: states are not kept
	Every    time.Duration                                           // least time between two states that are kept while parts are done; 0: only when asked
	From     State                                                   // of the interrupted study; the zero State at the beginning
}

// New returns the Work of a study.
func New(o Options) *Work {
	return &Work{threads: max(1, o.Threads), progress: o.Progress, keep: o.Keep, every: o.Every, from: o.From, kept: time.Now()}
}

// Threads is the number of threads that may help.
func (w *Work) Threads() int { return w.threads }

// A State is what an interrupted study resumes from, by the names of its stages.
type State map[string]StageState

// A StageState holds the parts of a stage: results of those that are done, and what
// others had saved, as gobs, by index.
type StageState struct {
	Parts int // of the stage
	Done  map[int][]byte
	Begun map[int][]byte
}

// stage is a stage that has begun in this process.
type stage interface {
	name() string
	state() (StageState, error)
}

// Keep brings the state of the study to the disk.
func (w *Work) Keep() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.keepLocked()
}

func (w *Work) keepLocked() error {
	if w.keep == nil {
		return nil
	}
	s := State{}
	for name, saved := range w.from { // stages that have not begun again
		s[name] = saved
	}
	for _, st := range w.stages {
		saved, err := st.state()
		if err != nil {
			return fmt.Errorf("state of %s: %w", st.name(), err)
		}
		s[st.name()] = saved
	}
	w.kept = time.Now()
	return w.keep(s)
}

// A Stage names a stage and says how its progress is told.
type Stage struct {
	Name  string  // unique in a study
	Label string  // in front of the progress; "": nothing is told
	Unit  string  // of the total: "runs"
	Total float64 // 0: the number of parts, each of which counts 1
}

// Next returns a stage of a name that is given to several stages in turn: name, name 2,
// name 3 ... Their order must not depend on threads.
func (w *Work) Next(name string) Stage {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := name
	for i := 2; w.begun(at); i++ {
		at = fmt.Sprintf("%s %d", name, i)
	}
	return Stage{Name: at}
}

func (w *Work) begun(name string) bool {
	return slices.ContainsFunc(w.stages, func(s stage) bool { return s.name() == name })
}

// Done returns how many parts of a stage the interrupted study had done.
func (w *Work) Done(of Stage) int { return len(w.from[of.Name].Done) }

// A Part is one part of a stage, as its function sees it.
type Part struct {
	Index   int
	Threads int    // that this part may use
	Saved   []byte // what Save was given before the interruption; nil: nothing

	save    func([]byte)
	advance func(float64)
}

// Save remembers the state of a part that is not done, until the part is done or saves
// again. Work.Keep brings it to the disk, as does the end of an interrupted stage.
func (p *Part) Save(state []byte) { p.save(state) }

// Advance tells that so much more of the stage's total is done.
func (p *Part) Advance(by float64) { p.advance(by) }

// Parts computes the n parts of a stage on the threads of w and returns their results
// in order. Parts that were done before an interruption are taken from the state; T
// must survive encoding/gob. When a part fails or ctx is done, no other part begins,
// what is done and saved is kept, and the error is that of the first part that failed.
func Parts[T any](ctx context.Context, w *Work, of Stage, n int, do func(ctx context.Context, p *Part) (T, error)) ([]T, error) {
	s, err := begin[T](w, of, n)
	if err != nil {
		return nil, err
	}
	counts := of.Total == 0
	bar := w.tell(of, n)
	defer bar.end()
	if counts {
		bar.advance(float64(len(s.done)))
	}
	out, _, err := sweep.Map(ctx, w.threads, n, func(i int) (T, error) {
		if r, ok := s.result(i); ok {
			return r, nil
		}
		p := &Part{Index: i, Threads: max(1, w.threads/n), Saved: s.saved(i), save: func(b []byte) { s.save(i, b) }, advance: bar.advance}
		r, err := do(ctx, p)
		if err != nil {
			return r, err
		}
		s.finish(i, r)
		if counts {
			bar.advance(1)
		}
		return r, w.keepNowAndThen()
	})
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		if kept := w.Keep(); kept != nil {
			return nil, fmt.Errorf("%w; its state could not be kept: %w", err, kept)
		}
		return nil, err
	}
	return out, nil
}

// keepNowAndThen keeps the state if the last one is old, so that a study that is
// killed loses little.
func (w *Work) keepNowAndThen() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.every == 0 || time.Since(w.kept) < w.every {
		return nil
	}
	return w.keepLocked()
}

// parts is a stage with results of one type.
type parts[T any] struct {
	of    Stage
	n     int
	mu    sync.Mutex
	done  map[int]T
	begun map[int][]byte
}

// begin takes a stage up, with what is left of it from an interruption.
func begin[T any](w *Work, of Stage, n int) (*parts[T], error) {
	s := &parts[T]{of: of, n: n, done: map[int]T{}, begun: map[int][]byte{}}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun(of.Name) {
		panic("study: two stages are named " + of.Name)
	}
	if saved, ok := w.from[of.Name]; ok {
		if saved.Parts != n {
			return nil, fmt.Errorf("the state of %s has %d parts, not %d", of.Name, saved.Parts, n)
		}
		for i, b := range saved.Done {
			var r T
			if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&r); err != nil {
				return nil, fmt.Errorf("the state of %s, part %d: %w", of.Name, i, err)
			}
			s.done[i] = r
		}
		for i, b := range saved.Begun {
			s.begun[i] = b
		}
	}
	w.stages = append(w.stages, s)
	return s, nil
}

func (s *parts[T]) name() string { return s.of.Name }

func (s *parts[T]) result(i int) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.done[i]
	return r, ok
}

func (s *parts[T]) saved(i int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun[i]
}

func (s *parts[T]) save(i int, state []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun[i] = state
}

func (s *parts[T]) finish(i int, r T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done[i] = r
	delete(s.begun, i)
}

func (s *parts[T]) state() (StageState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	saved := StageState{Parts: s.n, Done: map[int][]byte{}, Begun: map[int][]byte{}}
	for i, r := range s.done {
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(&r); err != nil {
			return saved, err
		}
		saved.Done[i] = b.Bytes()
	}
	for i, b := range s.begun {
		saved.Begun[i] = b
	}
	return saved, nil
}

// bar adds up what parts report and tells it.
type bar struct {
	mu   sync.Mutex
	to   Progress // nil: nobody
	done float64
}

func (w *Work) tell(of Stage, n int) *bar {
	if w.progress == nil || of.Label == "" {
		return &bar{}
	}
	total := of.Total
	if total == 0 {
		total = float64(n)
	}
	return &bar{to: w.progress(of.Label, total, of.Unit)}
}

func (b *bar) advance(by float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done += by; b.to != nil {
		b.to.At(b.done)
	}
}

func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.to != nil {
		b.to.End()
		b.to = nil
	}
}
