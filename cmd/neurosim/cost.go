package main

import (
	"context"
	"fmt"
	"math/bits"
	"runtime"
	"sync"
	"time"

	"neurosim/grammar"
	"neurosim/internal/rescue"
	"neurosim/studies/fit"
	"neurosim/study"
)

// measureFor is how long a check measures what a run costs.
const measureFor = 1500 * time.Millisecond

// patienceOver is how much longer it waits for what does not stop at once; then it is left
// to end with the process.
const patienceOver = 200 * time.Millisecond

// measuredMemory bounds the memory (bytes) of a study that is measured at all.
const measuredMemory = 1 << 30

// A cost is what a run is expected to take on this machine, measured on its first parts.
type cost struct {
	Of          string  `json:"of"` // what is counted: runs of a sweep, evaluations of a fit; "run" for one run
	Count       int     `json:"count"`
	Assumed     bool    `json:"count_is_assumed,omitempty"` // nobody knows it before
	Alone       bool    `json:"-"`                          // the points of the sweep are all that is run
	Threads     int     `json:"threads"`                    // that help
	Seconds     float64 `json:"seconds"`                    // expected of all
	Each        float64 `json:"seconds_each"`               // on one thread; of a run alone, on all
	AtLeast     bool    `json:"at_least,omitempty"`         // none had progress while they were measured
	MemoryBytes float64 `json:"memory_bytes"`               // largest heap while it was measured
	Measured    int     `json:"measured"`                   // of the count, begun
	Took        float64 `json:"measured_seconds"`
	Why         string  `json:"why_not,omitempty"` // nothing could be measured
}

// A piece is one part while it is measured. What comes after it was closed is not counted:
// it may not stop at once.
type piece struct {
	mu     sync.Mutex
	begun  time.Time
	closed bool
	ended  bool // it came to its end
	err    error
	took   time.Duration // until it was closed

	before      time.Duration // until the stage began that tells progress
	told        time.Duration // until it told progress last
	done, total float64       // of that stage
}

// close ends the measurement, once.
func (p *piece) close(ended bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.closed, p.ended, p.err, p.took = true, ended, err, time.Since(p.begun)
	}
}

// stage follows a stage with progress. It counts as the whole: what may come after it is not
// known.
func (p *piece) stage(total float64) study.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.before, p.done, p.total = time.Since(p.begun), 0, total
		p.told = p.before
	}
	return p
}

// At says that done of the stage is done.
func (p *piece) At(done float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.done, p.told = done, time.Since(p.begun)
	}
}

// End ends the stage.
func (p *piece) End() {}

// leastStage is the time of a stage from which it is extrapolated: progress is told now and
// then, and what is told of the first steps says little.
const leastStage = 20 * time.Millisecond

// whole extrapolates how long a piece takes, from when it told progress last; known is false
// where it has hardly told any, and the time is a lower bound.
func (p *piece) whole() (seconds float64, known bool) {
	switch {
	case p.ended:
		return p.took.Seconds(), true
	case p.done > 0 && p.told-p.before >= leastStage:
		return p.before.Seconds() + float64((p.told-p.before).Seconds()*p.total/p.done), true
	}
	return p.took.Seconds(), false
}

// attempt runs do until it ends or ctx is done. What does not stop then is left alone.
func (p *piece) attempt(ctx context.Context, do func(ctx context.Context) error) {
	p.begun = time.Now()
	ended := make(chan error, 1)
	go func() { ended <- rescue.Do(func() error { return do(ctx) }) }()
	select {
	case err := <-ended:
		if ctx.Err() != nil { // the error is that it was stopped
			err = nil
			p.close(false, nil)
		}
		p.close(err == nil, err)
	case <-ctx.Done():
		p.close(false, nil)
		select {
		case <-ended:
		case <-time.After(patienceOver):
		}
	}
}

// measure runs the first parts of what a configuration asks for, without files, for a bounded
// time, and extrapolates: evaluations of its fit, points of its sweep, or the run itself.
func measure(ctx context.Context, x *study.Config, p study.Plan) cost {
	c := cost{Of: "run", Count: 1, Threads: runtime.GOMAXPROCS(0)}
	if p.MemoryBytes > measuredMemory {
		c.Why = "it needs " + grammar.FormatBytes(p.MemoryBytes) + ", too much for a check"
		return c
	}
	heap := watchHeap()
	begin := time.Now()
	var pieces []*piece
	base := 0.0 // seconds of what is run besides the parts
	switch fits := x.Fit != nil && len(x.Fit.Free) > 0; {
	case fits && len(x.Fit.Data)+len(x.Shown) > 0:
		f := &fit.Study{Of: x, Fit: *x.Fit}
		c.Of, c.Count, c.Assumed = "evaluation", f.Evaluations(), true
		pieces = c.tryParts(ctx, c.Count, measureFor, measureFor, func(ctx context.Context, _ int, _ *piece) error { return f.Try(ctx) })
	case x.Sweep != nil:
		points := x.Points()
		c.Of, c.Count, c.Alone = "run", len(points), x.Kind.PointsAlone
		left := measureFor
		if !x.Kind.PointsAlone {
			one := c.tryStudy(ctx, x, measureFor/3)
			if base, _ = one.whole(); one.err != nil {
				c.Why = one.err.Error()
				return c
			}
			left -= one.took
		}
		share := max(left/3, left*time.Duration(c.Threads)/time.Duration(len(points)))
		pieces = c.tryParts(ctx, len(points), left, share, func(ctx context.Context, i int, p *piece) error {
			at, err := x.At(points[spread(i, len(points))])
			if err != nil {
				return err
			}
			_, err = at.Study.Do(ctx, study.New(study.Options{Threads: max(1, c.Threads/len(points)), Exactly: true,
				Progress: func(_ string, total float64, _ string) study.Progress { return p.stage(total) }}))
			return err
		})
	default:
		c.Threads = min(c.Threads, max(1, p.Threads))
		if p.Threads == 0 {
			c.Threads = runtime.GOMAXPROCS(0)
		}
		pieces = []*piece{c.tryStudy(ctx, x, measureFor/3)}
	}
	c.MemoryBytes, c.Took = heap(), time.Since(begin).Seconds()
	c.add(pieces, base)
	return c
}

// spread returns the i-th of n places such that every beginning is spread over them: the
// sequence of van der Corput, and where it comes to a place again, the next that is free.
func spread(i, n int) int {
	taken := make([]bool, n)
	at := 0
	for k := 0; k <= i; k++ {
		at = int(float64(bits.Reverse32(uint32(k))) / (1 << 32) * float64(n))
		for taken[at] {
			at = (at + 1) % n
		}
		taken[at] = true
	}
	return at
}

// add extrapolates from pieces to all parts. A piece that has shown no progress counts as the
// others do, or as long as it took, if that is longer.
func (c *cost) add(pieces []*piece, base float64) {
	if c.Measured = len(pieces); c.Measured == 0 {
		c.Why = "no part of it began within " + measureFor.String()
		return
	}
	known, n := 0.0, 0
	for _, p := range pieces {
		if p.err != nil {
			c.Why = p.err.Error()
			return
		}
		if seconds, extrapolates := p.whole(); extrapolates {
			known, n = known+seconds, n+1
		}
	}
	if c.AtLeast = n == 0; !c.AtLeast {
		known /= float64(n)
	}
	sum := 0.0
	for _, p := range pieces {
		seconds, extrapolates := p.whole()
		if !extrapolates {
			seconds = max(seconds, known)
		}
		sum += seconds
	}
	c.Each = sum / float64(c.Measured)
	c.Seconds = base + float64(c.Each*float64(c.Count)/float64(min(c.Threads, c.Count)))
}

// tryStudy runs the study itself, without its sweep, for at most a time.
func (c *cost) tryStudy(ctx context.Context, x *study.Config, most time.Duration) *piece {
	p := &piece{}
	within, stop := context.WithTimeout(ctx, most)
	defer stop()
	watch := func(label string, total float64, _ string) study.Progress {
		if label == study.SweepStage().Label {
			p.close(true, nil)
			stop()
		}
		return p.stage(total)
	}
	p.attempt(within, func(ctx context.Context) error {
		_, err := x.Study.Do(ctx, study.New(study.Options{Threads: c.Threads, Progress: watch}))
		return err
	})
	return p
}

// tryParts runs parts 0, 1, 2 ... of n on as many threads as help, for at most a time in all,
// each for at most a share of it.
func (c *cost) tryParts(ctx context.Context, n int, most, share time.Duration, do func(ctx context.Context, i int, p *piece) error) (pieces []*piece) {
	end := time.Now().Add(most)
	var mu sync.Mutex
	var all sync.WaitGroup
	for range min(c.Threads, n) {
		all.Go(func() {
			for {
				mu.Lock()
				i, left := len(pieces), time.Until(end)
				if i >= n || left < most/20 || ctx.Err() != nil {
					mu.Unlock()
					return
				}
				p := &piece{}
				pieces = append(pieces, p)
				mu.Unlock()
				within, stop := context.WithTimeout(ctx, min(left, share))
				p.attempt(within, func(ctx context.Context) error { return do(ctx, i, p) })
				stop()
			}
		})
	}
	all.Wait()
	return pieces
}

// watchHeap samples the heap until the function that it returns is called, which returns how
// far it has grown (bytes).
func watchHeap() (grown func() float64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	from, most := m.HeapAlloc, m.HeapAlloc
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() float64 {
		close(stop)
		<-stopped
		return float64(most - from)
	}
}

// line says what a run costs.
func (c *cost) line() string {
	if c.Why != "" {
		return "cost not measured: " + c.Why
	}
	about := "about"
	if c.AtLeast {
		about = "at least"
	}
	all := grammar.Count(float64(c.Count), c.Of)
	what := "the run takes"
	switch {
	case c.Assumed:
		what = "a fit of " + all + ", which is a guess, takes"
	case c.Alone:
		what = "the sweep of " + all + " takes"
	case c.Count > 1:
		what = "the run with its sweep of " + all + " takes"
	}
	line := fmt.Sprintf("%s %s %s on %s without its figures, memory about %s", what, about, duration(c.Seconds), grammar.Count(float64(c.Threads), "thread"), grammar.FormatBytes(c.MemoryBytes))
	if c.Count == 1 {
		return line + fmt.Sprintf(" (measured for %.1f s)", c.Took)
	}
	return line + fmt.Sprintf(" (measured for %.1f s on %d of them, %.2g s each)", c.Took, c.Measured, c.Each)
}

// duration writes a time (s) as people say it.
func duration(s float64) string {
	switch {
	case s < 1:
		return fmt.Sprintf("%.1g s", s)
	case s < 120:
		return fmt.Sprintf("%.2g s", s)
	case s < 7200:
		return fmt.Sprintf("%.0f min", s/60)
	case s < 48*3600:
		return fmt.Sprintf("%.0f h", s/3600)
	}
	return fmt.Sprintf("%.0f days", s/86400)
}
