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
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"neurosim/internal/mpi"
	"neurosim/results"
	"neurosim/sweep"
)

// Work is what a study is lent while it runs. Its methods may be called from several
// goroutines.
type Work struct {
	Options

	mu      sync.Mutex
	stages  []stage
	kept    time.Time
	took    time.Duration // to keep the last state, to make it included
	timings []results.Timing
}

// Progress tells people how far a stage is. At is told what is done of the total so
// far, and may be called from several goroutines, one at a time.
type Progress interface {
	At(done float64)
	End()
}

// Options are what a Work is made of. The zero value serves a study that no one
// watches: one thread, no files, no state.
type Options struct {
	Dir      *results.Dir                                            // of the run; nil: nothing is written, as at a point of a sweep
	Shows    []string                                                // figures that are wanted all the same where there is no Dir, from recordings in memory
	Threads  int                                                     // that may help; at least 1
	Exactly  bool                                                    // the user asked for so many threads
	Tell     func(line string)                                       // tells people how it goes; nil: nobody is told
	Progress func(label string, total float64, unit string) Progress // nil: nobody is told
	Deliver  func(ctx context.Context, r Report) error               // writes tables and figures of a study that is not done yet
	Keep     func(State) error                                       // brings a state to the disk; nil: states are not kept
	Every    time.Duration                                           // least time between two states that are kept while parts are done; 0: only when asked
	From     State                                                   // of the interrupted study; the zero State at the beginning
	World    *mpi.World                                              // the processes that do this study together; nil: this one alone
	Share    *Share                                                  // of the parts, that this process does; nil: all
}

// New returns the Work of a study.
func New(o Options) *Work {
	o.Threads = max(1, o.Threads)
	return &Work{Options: o, kept: time.Now()}
}

// Helping is the number of threads for work of which no more than most threads help:
// as many as the user asked for, if he did.
func (w *Work) Helping(most int) int {
	if w.Exactly || most == 0 {
		return w.Threads
	}
	return min(most, w.Threads)
}

// Say tells people how it goes.
func (w *Work) Say(format string, args ...any) {
	if w.Tell != nil {
		w.Tell(fmt.Sprintf(format, args...))
	}
}

// Timed notes how long a phase took, from its start until now.
func (w *Work) Timed(phase string, start time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timings = append(w.timings, results.Timing{Phase: phase, Seconds: time.Since(start).Seconds()})
}

// Timings returns how long the phases took, in order.
func (w *Work) Timings() []results.Timing {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.timings)
}

// Saved returns the state that a stage without parts had saved before the
// interruption; nil: nothing.
func (w *Work) Saved(name string) []byte { return w.From[name].Begun[0] }

// Hold gives a stage without parts, like the steps of a network, its state: state is
// called whenever the state of the study is kept.
func (w *Work) Hold(name string, state func() ([]byte, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stages = slices.DeleteFunc(w.stages, func(s stage) bool { return s.name() == name })
	w.stages = append(w.stages, &held{name, state})
}

// held is a stage without parts.
type held struct {
	of  string
	now func() ([]byte, error)
}

func (h *held) name() string { return h.of }

func (h *held) state() (StageState, error) {
	b, err := h.now()
	return StageState{Parts: 1, Begun: map[int][]byte{0: b}}, err
}

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

// Save brings the state of the study to the disk.
func (w *Work) Save() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.keepLocked()
}

func (w *Work) keepLocked() error {
	if w.Keep == nil {
		return nil
	}
	s := State{}
	for name, saved := range w.From { // stages that have not begun again
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
	return w.Keep(s)
}

// A Stage names a stage and says how its progress is told.
type Stage struct {
	Name  string  // unique in a study
	Label string  // in front of the progress; "": nothing is told
	Unit  string  // of the total: "runs"
	Total float64 // 0: the number of parts, each of which counts 1
	Quick bool    // no work for several processes: each does all parts

	// Together says that all processes of Work.World do each part together, one part after
	// the other.
	Together bool
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

// A Part is one part of a stage, as its function sees it. The zero value is a part that
// is computed alone: no one keeps its state.
type Part struct {
	Index   int
	Threads int    // that this part may use
	Saved   []byte // what was saved before the interruption; nil: nothing

	World *mpi.World // the processes that do this part together; nil: this one alone

	work    *Work
	save    func([]byte)
	advance func(float64)
}

// hold keeps the state of a part that is not done, until the part is done or holds
// another. Work.Save brings it to the disk, as does the end of an interrupted stage.
func (p *Part) hold(state []byte) {
	if p.save != nil {
		p.save(state)
	}
}

// Pause is called by a part that takes long, wherever it could be resumed from. When
// ctx is done it saves the state and returns the error of ctx; now and then it saves the
// state and brings it to the disk, so that a study that is killed loses little. Processes
// that do the part together all call it, and go the same way; all call state, and what it
// returns on rank 0 is the state.
func (p *Part) Pause(ctx context.Context, state func() ([]byte, error)) error {
	start, due := time.Now(), p.work != nil && p.work.due()
	stop := ctx.Err()
	if p.World.Size() > 1 {
		due, stop = agreeOn(p.World, due, stop)
	}
	if stop == nil && !due {
		return nil
	}
	b, err := state()
	if err != nil {
		return err
	}
	if p.hold(b); stop != nil {
		return stop
	}
	err = p.work.Save()
	p.work.costs(time.Since(start))
	return err
}

// agreeOn brings together what processes are to do: to save if it is due on rank 0, to stop
// if one of them is told to.
func agreeOn(world *mpi.World, due bool, stop error) (bool, error) {
	own := []byte{0, 0}
	if due {
		own[0] = 1
	}
	if stop != nil {
		own[1] = 1
	}
	all, _ := world.Exchange(own, nil)
	for _, m := range all {
		if m[1] != 0 && stop == nil {
			stop = context.Canceled // as by the signal, of which another process knows already
		}
	}
	return all[0][0] != 0, stop
}

// Exchanged notes what it cost since a time before that processes exchanged bytes: in
// counts, and as the phase "exchange". Waiting for the slowest of them is part of the time.
func (w *Work) Exchanged(counts map[string]int64, before mpi.Traffic) {
	if w.World.Size() == 1 {
		return
	}
	t := w.World.Traffic()
	w.Timed("exchange", time.Now().Add(before.Time-t.Time))
	counts["processes"], counts["exchanges"] = int64(w.World.Size()), t.Exchanges-before.Exchanges
	counts["bytes to every process"], counts["bytes to rank 0"] = t.ToAll-before.ToAll, t.ToFirst-before.ToFirst
}

// receive brings what rank 0 resumes a stage from to all processes.
func (w *Work) receive(stage string) error {
	own, err := Encode(w.From[stage])
	if err != nil {
		return err
	}
	all, _ := w.World.Exchange(own, nil)
	if w.World.Rank() == 0 {
		return nil
	}
	var s StageState
	if err := Decode(all[0], &s); err != nil {
		return err
	}
	if s.Parts > 0 {
		w.From = State{stage: s}
	}
	return nil
}

// Advance tells that so much more of the stage's total is done.
func (p *Part) Advance(by float64) {
	if p.advance != nil {
		p.advance(by)
	}
}

// inner returns the work of a study that is a part of this one: it has the threads of
// the part, writes no files, and its state is that of the part.
func (p *Part) inner() (*Work, error) {
	o := Options{Threads: p.Threads, Exactly: true, Keep: func(s State) error {
		b, err := Encode(s)
		if err == nil {
			p.hold(b)
		}
		return err
	}}
	if p.Saved != nil {
		if err := Decode(p.Saved, &o.From); err != nil {
			return nil, err
		}
	}
	return New(o), nil
}

// Parts computes the n parts of a stage on the threads of w and returns their results
// in order. Parts that were done before an interruption are taken from the state; T
// must survive encoding/gob. When a part fails or ctx is done, no other part begins,
// what is done and saved is kept, and the error is that of the first part that failed.
func Parts[T any](ctx context.Context, w *Work, of Stage, n int, do func(ctx context.Context, p *Part) (T, error)) ([]T, error) {
	var world *mpi.World
	workers := w.Threads
	if of.Together && w.World.Size() > 1 {
		world, workers = w.World, 1
		if err := w.receive(of.Name); err != nil {
			return nil, err
		}
	}
	s, err := begin[T](w, of, n)
	if err != nil {
		return nil, err
	}
	start, counts := time.Now(), of.Total == 0
	each := 1.0 // of the total, that a part is
	if !counts {
		each = of.Total / float64(n)
	}
	if begun := len(s.saved.Begun); len(s.have)+begun > 0 && of.Label != "" {
		w.Say("  resumed with %d of %d %s done, %d begun", len(s.have), n, of.parts(), begun)
	}
	bar := w.tell(of, each*float64(n))
	defer bar.end()
	share := w.Share
	if of.Quick {
		share = nil
	}
	if share != nil {
		share.begin(n)
		if err := s.take(share.Others); err != nil {
			return nil, err
		}
	}
	own := s.own(share)
	if counts || len(s.have) > 0 {
		bar.advance(each * float64(n-len(own)))
	}
	job := func(k int) (T, error) {
		i := own[k]
		p := &Part{Index: i, World: world, Threads: max(1, w.Threads/min(workers, len(own))), Saved: s.begun(i), work: w, save: func(b []byte) { s.save(i, b) }, advance: bar.advance}
		r, err := do(ctx, p)
		if err != nil {
			return r, err
		}
		if w.Keep != nil {
			if err := s.finish(i, r); err != nil {
				return r, err
			}
		}
		if counts {
			bar.advance(1)
		}
		return r, w.SaveNowAndThen()
	}
	var made []T
	if world != nil { // all begin each part, on the goroutine of MPI; it ends where all agree
		for k := 0; k < len(own) && err == nil; k++ {
			var r T
			r, err = job(k)
			made = append(made, r)
		}
	} else {
		made, _, err = sweep.Map(ctx, workers, len(own), job)
	}
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		if kept := w.Save(); kept != nil {
			return nil, fmt.Errorf("%w; its state could not be kept: %w", err, kept)
		}
		return nil, err
	}
	for k, i := range own {
		s.have[i] = made[k]
	}
	if share != nil {
		if err := errors.Join(w.Save(), s.take(share.Others)); err != nil {
			return nil, err
		}
		if left := s.missing(); left != nil {
			return nil, &Waits{of.Name, n, left}
		}
	}
	out := make([]T, n)
	for i := range out {
		out[i] = s.have[i]
	}
	if of.Label != "" {
		w.Timed(of.Name, start)
	}
	return out, nil
}

// parts names the parts of a stage.
func (s Stage) parts() string {
	if s.Total == 0 && s.Unit != "" {
		return s.Unit
	}
	return "parts"
}

// SaveNowAndThen keeps the state if the last one is old, so that a study that is
// killed loses little.
func (w *Work) SaveNowAndThen() error {
	if !w.due() {
		return nil
	}
	return w.Save()
}

// due tells whether the last state that was kept is old: at least Every, and so long ago that
// no more than a twentieth of the time goes to states, however large they are.
func (w *Work) due() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Every > 0 && time.Since(w.kept) >= max(w.Every, 20*w.took)
}

// costs notes how long it took to make and keep a state.
func (w *Work) costs(took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.took = took
}

// parts is a stage with results of one type. Those that are done are held as they will
// be kept: who has the results may change them.
type parts[T any] struct {
	of    Stage
	n     int
	have  map[int]T // of the interrupted study
	mu    sync.Mutex
	saved StageState
}

// begin takes a stage up, with what is left of it from an interruption.
func begin[T any](w *Work, of Stage, n int) (*parts[T], error) {
	s := &parts[T]{of: of, n: n, have: map[int]T{}, saved: StageState{Parts: n, Done: map[int][]byte{}, Begun: map[int][]byte{}}}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun(of.Name) {
		panic("study: two stages are named " + of.Name)
	}
	if from, ok := w.From[of.Name]; ok {
		if from.Parts != n {
			return nil, fmt.Errorf("the state of %s has %d parts, not %d", of.Name, from.Parts, n)
		}
		for i, b := range from.Done {
			var r T
			if err := Decode(b, &r); err != nil {
				return nil, fmt.Errorf("the state of %s, part %d: %w", of.Name, i, err)
			}
			s.have[i] = r
		}
		maps.Copy(s.saved.Done, from.Done)
		maps.Copy(s.saved.Begun, from.Begun)
	}
	w.stages = append(w.stages, s)
	return s, nil
}

func (s *parts[T]) name() string { return s.of.Name }

func (s *parts[T]) begun(i int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saved.Begun[i]
}

func (s *parts[T]) save(i int, state []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saved.Begun[i] = state
}

func (s *parts[T]) finish(i int, r T) error {
	b, err := Encode(&r)
	if err != nil {
		return fmt.Errorf("state of %s: %w", s.of.Name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saved.Done[i] = b
	delete(s.saved.Begun, i)
	return nil
}

func (s *parts[T]) state() (StageState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return StageState{s.n, maps.Clone(s.saved.Done), maps.Clone(s.saved.Begun)}, nil
}

// bar adds up what parts report and tells it.
type bar struct {
	mu   sync.Mutex
	to   Progress // nil: nobody
	done float64
}

// tell begins to tell people of a total.
func (w *Work) tell(of Stage, total float64) *bar {
	if w.Progress == nil || of.Label == "" {
		return &bar{}
	}
	return &bar{to: w.Progress(of.Label, total, of.Unit)}
}

// Watch begins to tell people how far work is that has no parts, until End.
func (w *Work) Watch(label string, total float64, unit string) Progress {
	if w.Progress == nil {
		return nobody{}
	}
	return w.Progress(label, total, unit)
}

// no one watches.
type nobody struct{}

func (nobody) At(float64) {}
func (nobody) End()       {}

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

// Encode returns v as a gob, for the state of a part.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

// Decode reads what Encode returned into v.
func Decode(saved []byte, v any) error {
	if err := gob.NewDecoder(bytes.NewReader(saved)).Decode(v); err != nil {
		return fmt.Errorf("the saved state: %w", err)
	}
	return nil
}
