package study

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"sync"
	"time"
)

// Answers are results of a stage whose parts are not known before: what is asked next depends on
// the answers so far, as the points of a search. An answer is a function of its key alone. Each is
// computed once and kept, so a study that is interrupted goes the same way when it is resumed.
// Processes that share a study go the same way side by side: each computes its share of what is
// asked and takes the rest from the others; where they do not come with it, it does that too.
type Answers[T any] struct {
	w    *Work
	of   string
	slot chan struct{} // threads

	mu     sync.Mutex
	have   map[string]T
	saved  map[int][]byte
	made   int           // in this process
	took   time.Duration // by all that were made
	absent map[int]bool  // processes that did not come with an answer
}

// answer is how one is kept. Answers are counted by a hash of their keys.
type answer[T any] struct {
	Key   string
	Value T
}

// NewAnswers takes up a stage of answers, with what is left of it from an interruption.
func NewAnswers[T any](w *Work, name string) (*Answers[T], error) {
	a := &Answers[T]{w: w, of: name, slot: make(chan struct{}, w.Threads), have: map[string]T{}, saved: map[int][]byte{}, absent: map[int]bool{}}
	for i, b := range w.From[name].Done {
		var old answer[T]
		if err := Decode(b, &old); err != nil {
			return nil, fmt.Errorf("the state of %s: %w", name, err)
		}
		a.have[old.Key], a.saved[i] = old.Value, b
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stages = append(w.stages, a)
	return a, nil
}

func (a *Answers[T]) name() string { return a.of }

func (a *Answers[T]) state() (StageState, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return StageState{Done: maps.Clone(a.saved)}, nil
}

// All returns the answers so far by their keys, and how many were made in this process.
func (a *Answers[T]) All() (all map[string]T, made int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.have), a.made
}

// Threads is how many answers may be asked for at a time: with others, as many as there are
// questions, since most only wait.
func (a *Answers[T]) Threads(questions int) int {
	if a.w.Share != nil {
		return questions
	}
	return a.w.Threads
}

// Of returns the answer to a key, which do computes where no one has.
func (a *Answers[T]) Of(ctx context.Context, key string, do func(ctx context.Context) (T, error)) (T, error) {
	if v, known := a.known(key); known {
		return v, nil
	}
	if s := a.w.Share; s != nil {
		s.begin(2) // at least: there is no end to what may be asked
		h := hash(key)
		if s.Index < 0 {
			var none T
			if v, there, err := a.others(key, h); there || err != nil {
				return v, err
			}
			return none, &Waits{Stage: a.of}
		}
		if owner := h % s.Of; owner != s.Index {
			if v, there, err := a.await(ctx, key, h, owner); there || err != nil {
				return v, err
			}
		}
	}
	return a.make(ctx, key, do)
}

func (a *Answers[T]) known(key string) (T, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v, known := a.have[key]
	return v, known
}

// make computes an answer.
func (a *Answers[T]) make(ctx context.Context, key string, do func(ctx context.Context) (T, error)) (T, error) {
	var none T
	select {
	case a.slot <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	defer func() { <-a.slot }()
	if err := ctx.Err(); err != nil {
		return none, err
	}
	start := time.Now()
	v, err := do(ctx)
	if err != nil {
		return none, err
	}
	b, err := Encode(answer[T]{key, v})
	if err != nil {
		return none, fmt.Errorf("state of %s: %w", a.of, err)
	}
	a.mu.Lock()
	a.have[key], a.saved[hash(key)] = v, b
	a.made++
	a.took += time.Since(start)
	a.mu.Unlock()
	if a.w.Share != nil {
		return v, a.w.Save() // others wait for it
	}
	return v, a.w.SaveNowAndThen()
}

// others looks for an answer among what others have.
func (a *Answers[T]) others(key string, h int) (v T, there bool, err error) {
	all, err := a.w.Share.Others()
	if err != nil {
		return v, false, err
	}
	b, there := all[a.of].Done[h]
	if !there {
		return v, false, nil
	}
	var found answer[T]
	if err := Decode(b, &found); err != nil || found.Key != key {
		return v, false, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.have[key] = found.Value
	return found.Value, true, nil
}

// await waits for the answer of another process, as long as answers take here and a few seconds
// more. One that does not come with it is not waited for again.
func (a *Answers[T]) await(ctx context.Context, key string, h, owner int) (v T, there bool, err error) {
	a.mu.Lock()
	limit, gone := 5*time.Second, a.absent[owner]
	if a.made > 0 {
		limit += 4 * a.took / time.Duration(a.made)
	}
	a.mu.Unlock()
	for start := time.Now(); ; {
		if v, there, err = a.others(key, h); there || err != nil {
			return v, there, err
		}
		if gone {
			return v, false, nil
		}
		if time.Since(start) > limit {
			a.mu.Lock()
			a.absent[owner] = true
			a.mu.Unlock()
			return v, false, nil
		}
		select {
		case <-ctx.Done():
			return v, false, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// hash counts a key.
func hash(key string) int {
	h := fnv.New64a()
	h.Write([]byte(key))
	return int(h.Sum64() >> 1)
}
