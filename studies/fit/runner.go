package fit

import (
	"context"
	"encoding/binary"
	"math"

	"neurosim/study"
	"neurosim/sweep"
)

// stage is the name under which evaluations are kept.
const stage = "evaluations"

// A runner evaluates points, each once.
type runner struct {
	p       *problem
	w       *study.Work
	answers *study.Answers[evaluation]
	bar     study.Progress
}

// A tally says how many evaluations there were.
type tally struct {
	evaluations, refused int
	why                  string // one was refused, the same on any number of threads; "": none was
}

func newRunner(p *problem, w *study.Work) (*runner, error) {
	answers, err := study.NewAnswers[evaluation](w, stage)
	if err != nil {
		return nil, err
	}
	if done, _ := answers.All(); len(done) > 0 {
		w.Say("  resumed with %d evaluations done", len(done))
	}
	return &runner{p: p, w: w, answers: answers}, nil
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
	e, err := r.answers.Of(ctx, key(u), func(ctx context.Context) (evaluation, error) { return r.p.evaluate(ctx, u) })
	if err == nil && r.bar != nil {
		done, _ := r.answers.All()
		r.bar.At(float64(len(done)))
	}
	return e.R, err
}

// residuals returns those at points, on the threads of the work.
func (r *runner) residuals(ctx context.Context, points [][]float64) ([][]float64, error) {
	out, _, err := sweep.Map(ctx, r.answers.Threads(len(points)), len(points), func(i int) ([]float64, error) { return r.one(ctx, points[i]) })
	return out, err
}

// tally counts the evaluations.
func (r *runner) tally() tally {
	all, _ := r.answers.All()
	t := tally{evaluations: len(all)}
	for _, e := range all {
		if e.Refused == "" {
			continue
		}
		if t.refused++; t.why == "" || e.Refused < t.why {
			t.why = e.Refused
		}
	}
	return t
}
