// Package studytest is for the tests of studies.
package studytest

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"reflect"
	"sync"
	"testing"

	"neurosim/study"
)

// OnThreads is the work of a study that no one watches.
func OnThreads(n int) *study.Work { return study.New(study.Options{Threads: n}) }

// GoesOn runs a study whole, and again with an interruption after every so much of its
// progress, each time on another number of threads and from a state that was written and
// read. Both must give the same.
func GoesOn[T any](t *testing.T, every float64, run func(ctx context.Context, w *study.Work) (T, error)) {
	t.Helper()
	whole, err := run(context.Background(), OnThreads(1))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	for cuts := 0; ; cuts++ {
		var from study.State
		if cuts > 0 {
			if err := gob.NewDecoder(&file).Decode(&from); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(context.Background())
		keep := func(s study.State) error {
			file.Reset()
			return gob.NewEncoder(&file).Encode(s)
		}
		told := &cutting{every: every, cancel: cancel}
		got, err := run(ctx, study.New(study.Options{Threads: 1 + cuts%2, From: from, Keep: keep,
			Progress: func(string, float64, string) study.Progress { return told }}))
		cancel()
		if err == nil {
			if cuts < 2 {
				t.Errorf("cut only %d times", cuts)
			}
			if !reflect.DeepEqual(got, whole) {
				t.Error("the resumed study differs")
			}
			return
		}
		if !errors.Is(err, context.Canceled) || cuts > 1000 {
			t.Fatal(err)
		}
	}
}

// cutting interrupts a study when more than every is done since it was begun.
type cutting struct {
	mu     sync.Mutex
	every  float64
	from   float64
	begun  bool
	cancel func()
}

func (c *cutting) At(done float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun {
		c.begun, c.from = true, done
	}
	if done-c.from >= c.every {
		c.cancel()
	}
}

func (c *cutting) End() {}
