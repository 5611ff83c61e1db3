package networks

import (
	"context"
	"fmt"
	"testing"

	"neurosim/study/studytest"
)

// The stratified estimate of rates that no counting reaches, with the half width
// of its 95 % interval: 100,000 trials on spiking segments, on one thread and two.
func BenchmarkStratified(b *testing.B) {
	for _, c := range []rareCase{
		{n: 10000, a: 300, s: 30, theta: 12, trials: 100_000},
		{n: 10000, a: 64, s: 24, theta: 12, trials: 100_000},
		{n: 10000, a: 64, s: 24, theta: 12, jitter: 2, trials: 100_000},
		{n: 10000, a: 300, s: 30, theta: 12, jitter: 2, rate: 1, trials: 100_000},
	} {
		x := c.config(b, 3, 2, 2)
		for _, workers := range []int{1, 2} {
			name := fmt.Sprintf("n=%d,a=%d,s=%d,theta=%d,jitter=%gms,background=%gHz/threads=%d", c.n, c.a, c.s, c.theta, c.jitter, c.rate, workers)
			b.Run(name, func(b *testing.B) {
				var e Estimate
				for b.Loop() {
					var err error
					if e, err = estimateFalsePositives(context.Background(), x, studytest.OnThreads(workers)); err != nil {
						b.Fatal(err)
					}
				}
				rate, lo, hi := e.Probability()
				b.ReportMetric(e.log10(), "log10(P)")
				b.ReportMetric(50*(hi-lo)/rate, "%half-width")
			})
		}
	}
}
