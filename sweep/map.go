// Package sweep runs independent jobs on workers and returns their results in
// the order of the jobs, so that nothing depends on the number of workers or on
// which of them was faster. It knows nothing of what the jobs do.
package sweep

import (
	"context"
	"sync"
	"sync/atomic"

	"neurosim/internal/rescue"
)

// Map runs f(0) … f(n-1) on the given number of workers and returns the results
// in index order. When a job fails or ctx is done no new job starts; because
// jobs start in index order, the error is the one that a serial loop would meet
// first. The results of the jobs that did finish are returned with it; done
// tells which. A job that panics has failed.
func Map[T any](ctx context.Context, workers, n int, f func(i int) (T, error)) (out []T, done []bool, err error) {
	out, done = make([]T, n), make([]bool, n)
	errs := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for range max(1, min(workers, n)) {
		wg.Go(func() {
			for !failed.Load() && ctx.Err() == nil {
				i := int(next.Add(1) - 1)
				if i >= n {
					return
				}
				errs[i] = rescue.Do(func() (err error) {
					out[i], err = f(i)
					return err
				})
				if errs[i] != nil {
					failed.Store(true)
				} else {
					done[i] = true
				}
			}
		})
	}
	wg.Wait()
	for _, e := range errs {
		if e != nil {
			return out, done, e
		}
	}
	return out, done, ctx.Err()
}
