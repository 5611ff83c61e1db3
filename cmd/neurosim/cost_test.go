package main

import (
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"neurosim/study"
)

// What is extrapolated from pieces: ended ones count as they are, others by the progress of
// their stage after what came before it, and one without progress as the others do.
func TestExtrapolatedCost(t *testing.T) {
	second := time.Second
	ended := &piece{ended: true, took: 2 * second}
	half := &piece{took: 6 * second, told: 5 * second, before: second, done: 10, total: 20} // 1 s, then 8 s
	blind := &piece{took: second, told: second / 1000, done: 1e-9, total: 1}                // its first step
	for _, c := range []struct {
		pieces  []*piece
		base    float64
		seconds float64
		atLeast bool
	}{
		{[]*piece{ended}, 0, 2 * 12 / 4, false},
		{[]*piece{ended}, 3, 3 + 2*12/4, false},
		{[]*piece{half}, 0, 9 * 12 / 4, false},
		{[]*piece{ended, half}, 0, 5.5 * 12 / 4, false},
		{[]*piece{ended, blind}, 0, 2 * 12 / 4, false},
		{[]*piece{blind}, 0, 1 * 12 / 4, true},
	} {
		of := cost{Of: "run", Count: 12, Threads: 4}
		if of.add(c.pieces, c.base); math.Abs(of.Seconds-c.seconds) > 1e-12 || of.AtLeast != c.atLeast || of.Measured != len(c.pieces) || of.Why != "" {
			t.Errorf("%d pieces and %g s: %+v, want %g s", len(c.pieces), c.base, of, c.seconds)
		}
	}
	few := cost{Of: "run", Count: 2, Threads: 4}
	if few.add([]*piece{ended}, 0); few.Seconds != 2 { // two threads help
		t.Errorf("2 runs on 4 threads take %g s, want 2 s", few.Seconds)
	}
	failed := cost{Of: "run", Count: 2, Threads: 4}
	if failed.add([]*piece{{err: errors.New("no state")}}, 0); failed.Why != "no state" {
		t.Errorf("a part that failed: %+v", failed)
	}
}

// A piece that does not stop is left, and what it does after that is not counted. Nothing is
// timed: the part ends only when the test lets it.
func TestPieceThatDoesNotStop(t *testing.T) {
	p := &piece{}
	ctx, stop := context.WithCancel(context.Background())
	let, done := make(chan struct{}), make(chan struct{})
	p.attempt(ctx, func(context.Context) error {
		told := p.stage(10)
		told.At(4)
		stop()
		<-let
		told.At(9)
		close(done)
		return errors.New("too late")
	})
	close(let)
	<-done
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.err != nil || p.done != 4 || p.total != 10 {
		t.Errorf("ended %v, %v, %g of %g done", p.ended, p.err, p.done, p.total)
	}
}

// The points that are tried lie all over the sweep, each once.
func TestSpread(t *testing.T) {
	for _, n := range []int{1, 2, 7, 8, 100} {
		seen := map[int]bool{}
		for i := range n {
			at := spread(i, n)
			if at < 0 || at >= n || seen[at] {
				t.Fatalf("%d of %d: %d", i, n, at)
			}
			seen[at] = true
		}
	}
	for i, want := range []int{0, 50, 25, 75, 12} {
		if got := spread(i, 100); got != want {
			t.Errorf("point %d: %d, want %d", i, got, want)
		}
	}
}

// forecastJSON is what check --json prints of one configuration.
type forecastJSON struct {
	Configs []struct {
		Forecast *study.Forecast
		Cost     *cost
		Plan     struct{ Warnings, Notes []string }
	}
}

// The cost is measured of a sweep and of a fit, of a plain run where it is asked for, and not
// where it is refused. It leaves no files.
func TestCheckMeasures(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args  []string
		of    string
		count int
	}{
		{[]string{"quickstart"}, "run", 17},
		{[]string{"quickstart", "--no-measure"}, "", 0},
		{[]string{"uncaging-fit"}, "evaluation", 138},
		{[]string{"context"}, "", 0},
		{[]string{"context", "--measure"}, "run", 1},
	} {
		var x forecastJSON
		mustJSON(t, &x, append([]string{"check"}, c.args...)...)
		got := x.Configs[0].Cost
		if c.of == "" {
			if got != nil {
				t.Errorf("%q: %+v", c.args, got)
			}
			continue
		}
		if got == nil || got.Of != c.of || got.Count != c.count || got.Why != "" || got.Measured < 1 || got.Measured > c.count || !(got.Seconds > 0) || got.Threads < 1 || got.MemoryBytes < 0 {
			t.Errorf("%q: %+v", c.args, got)
		}
	}
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if status, _, errs := neurosim("check", "context", "--measure", "--no-measure"); status != exitUsage || !strings.Contains(errs, "exclude each other") {
		t.Errorf("%d %s", status, errs)
	}
	if _, errs := must(t, "check", "quickstart", "--quiet"); errs != "" {
		t.Errorf("--quiet says %q", errs)
	}
}
