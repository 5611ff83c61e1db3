package grid

import (
	"math"
	"testing"
)

// No test saw that times of 1e18 ms became negative steps: every conversion stood
// beside its use, and none was tried beyond the length of a run.
func TestSteps(t *testing.T) {
	for _, c := range []struct {
		ms, dt float64
		want   int64
	}{
		{0, 0.1, 0}, {5, 0.1, 50}, {0.3, 0.1, 3}, {1, 0.3, 3}, {-2, 0.1, -20},
		{0.05, 0.1, 1}, {0.15, 0.1, 2}, {0.25, 0.1, 3}, {0.35, 0.1, 4}, {0.45, 0.1, 5}, // 0.35/0.1 is 3.4999999999999996
		{1e12, 0.1, 1e13}, {1e18, 0.1, maxSteps}, {1e300, 0.1, maxSteps}, {-1e300, 0.1, -maxSteps}, {math.Inf(1), 1, maxSteps},
	} {
		if got := Steps(c.ms, c.dt); got != c.want {
			t.Errorf("Steps(%g, %g) = %d, want %d", c.ms, c.dt, got, c.want)
		}
	}
	if got := Steps32(1e12, 0.1); got != math.MaxInt32 {
		t.Errorf("Steps32(1e12, 0.1) = %d", got)
	}
}
