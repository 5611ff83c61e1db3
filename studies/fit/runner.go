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

// one evaluates a point.
func (r *runner) one(ctx context.Context, u []float64) (evaluation, error) {
	k := key(u)
	r.mu.Lock()
	e, known := r.done[k]
	r.mu.Unlock()
	if known {
		return e, nil
	}
	if err := ctx.Err(); err != nil {
		return e, err
	}
	e, err := r.p.evaluate(ctx, u)
	if err != nil {
		return e, err
	}
	r.mu.Lock()
	r.done[k] = e
	r.asks++
	if r.bar != nil {
		r.bar.At(float64(len(r.done)))
	}
	r.mu.Unlock()
	return e, r.w.SaveNowAndThen()
}

// all evaluates points on the threads of the work.
func (r *runner) all(ctx context.Context, points [][]float64) ([]evaluation, error) {
	out, _, err := sweep.Map(ctx, r.w.Threads, len(points), func(i int) (evaluation, error) { return r.one(ctx, points[i]) })
	return out, err
}

// residuals are those of points.
func (r *runner) residuals(ctx context.Context, points [][]float64) ([][]float64, error) {
	all, err := r.all(ctx, points)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, len(all))
	for i := range all {
		out[i] = all[i].R
	}
	return out, nil
}
