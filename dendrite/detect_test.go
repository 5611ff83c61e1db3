package dendrite

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Random walks about the level, against the definition read off the whole trace:
// runs of steps at or above it that last at least the duration.
func TestDetectorMatchesDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		const n, steps = 6, 120
		p := DetectParams{Level: -40, Duration: float64(1+r.IntN(6)) * 0.5}
		need := int(p.Duration / 0.5)
		trace := make([][]float64, n)
		for i := range trace {
			v := -45.0
			for range steps {
				v += 6 * (r.Float64() - 0.5)
				if r.IntN(10) == 0 {
					v = -40 // exactly the level counts
				}
				trace[i] = append(trace[i], v)
			}
			trace[i] = append(trace[i], -70)
		}
		type event struct {
			step, segment int
			peak          float64
		}
		var wantStarts, wantEnds []event
		for i, v := range trace {
			for from := 0; from < len(v); {
				to := from
				for to < len(v) && v[to] >= p.Level {
					to++
				}
				if to-from >= need {
					wantStarts = append(wantStarts, event{from + need - 1, i, 0})
					wantEnds = append(wantEnds, event{to, i, slices.Max(v[from:to])})
				}
				from = to + 1
			}
		}
		d := NewDetector(n, p, 0.5)
		var starts, ends []event
		for k := range steps + 1 {
			d.Peaks = d.Peaks[:0]
			var s, e []uint32
			for j := range 2 { // two segments a cell
				var v []float64
				for cell := range n / 2 {
					v = append(v, trace[2*cell+j][k])
				}
				s, e = d.Step(j, 2, v, s, e)
			}
			for _, x := range s {
				starts = append(starts, event{k, int(x), 0})
				if !d.Active(int(x)) {
					t.Fatal("a segment whose spike starts is not active")
				}
			}
			for i, x := range e {
				ends = append(ends, event{k, int(x), d.Peaks[i]})
			}
		}
		order := func(a, b event) int {
			if a.segment != b.segment {
				return a.segment - b.segment
			}
			return a.step - b.step
		}
		slices.SortFunc(starts, order)
		slices.SortFunc(ends, order)
		if !slices.Equal(starts, wantStarts) || !slices.Equal(ends, wantEnds) {
			t.Fatalf("starts %v, want %v; ends %v, want %v", starts, wantStarts, ends, wantEnds)
		}
	}
}
