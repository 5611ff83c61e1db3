package fit

import (
	"context"
	"encoding/binary"
	"math"
	"sync"

	"neurosim/study"
	"neurosim/sweep"
)

// stage is the name under which evaluations are kept.
const stage = "evaluations"

// A runner evaluates points, each once.
type runner struct {
	p    *problem
	w    *study.Work
	bar  study.Progress
	mu   sync.Mutex
	done map[string]evaluation
	asks int // evaluations made in this process
}

// A tally says how many evaluations there were.
type tally struct {
	evaluations, refused int
	why                  string // one was refused, the same on any number of threads; "": none was
}

func newRunner(p *problem, w *study.Work) (*runner, error) {
	r := &runner{p: p, w: w, done: map[string]evaluation{}}
	if saved := w.Saved(stage); saved != nil {
		if err := study.Decode(saved, &r.done); err != nil {
			return nil, err
		}
		w.Say("  resumed with %d evaluations done", len(r.done))
	}
	w.Hold(stage, func() ([]byte, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		return study.Encode(r.done)
	})
	return r, nil
}

// key is the bits of a point.
func key(u []float64) string {
	var b []byte
	for _, x := range u {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return string(b)
}

// fromKey is the inverse of key.
func fromKey(k string) (u []float64) {
	for b := []byte(k); len(b) > 0; b = b[8:] {
		u = append(u, math.Float64frombits(binary.LittleEndian.Uint64(b)))
	}
	return u
}

// one returns the residuals at a point.
func (r *runner) one(ctx context.Context, u []float64) ([]float64, error) {
	k := key(u)
	r.mu.Lock()
	e, known := r.done[k]
	r.mu.Unlock()
	if known {
		return e.R, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e, err := r.p.evaluate(ctx, u)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.done[k] = e
	r.asks++
	if r.bar != nil {
		r.bar.At(float64(len(r.done)))
	}
	r.mu.Unlock()
	return e.R, r.w.SaveNowAndThen()
}

// residuals returns those at points, on the threads of the work.
func (r *runner) residuals(ctx context.Context, points [][]float64) ([][]float64, error) {
	out, _, err := sweep.Map(ctx, r.w.Threads, len(points), func(i int) ([]float64, error) { return r.one(ctx, points[i]) })
	return out, err
}

// tally counts the evaluations.
func (r *runner) tally() tally {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := tally{evaluations: len(r.done)}
	for _, e := range r.done {
		if e.Refused == "" {
			continue
		}
		if t.refused++; t.why == "" || e.Refused < t.why {
			t.why = e.Refused
		}
	}
	return t
}
