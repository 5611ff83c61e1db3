package dendrite

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// The definition: compare every synapse with every active cell.
func overlap(segment, active []int32) int {
	n := 0
	for _, s := range segment {
		if slices.Contains(active, s) {
			n++
		}
	}
	return n
}

// subset draws k of n cells: the head of a shuffle.
func subset(r *rand.Rand, n, k int) []int32 {
	var cells []int32
	for _, c := range r.Perm(n)[:k] {
		cells = append(cells, int32(c))
	}
	return cells
}

// Segments of mixed sizes, partly filled activities, every threshold.
func TestStaticMatchesDefinition(t *testing.T) {
	if testing.Short() {
		t.Skip("compares all sizes for 2 s: run without -short")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for world := range 300 {
		n := 1 + r.IntN(90)
		lanes := r.IntN(Lanes + 1)
		act := NewActivity(n)
		var vectors [][]int32
		for lane := range lanes {
			v := subset(r, n, r.IntN(n+1))
			act.Set(lane, v)
			vectors = append(vectors, v)
		}
		d := NewStatic(n)
		var segments [][]int32
		for range r.IntN(12) {
			s := subset(r, n, r.IntN(n+1))
			d.Add(s)
			segments = append(segments, s)
		}
		hist, want := make([]int64, n+1), make([]int64, n+1)
		for _, s := range segments {
			for _, v := range vectors {
				want[overlap(s, v)]++
			}
		}
		d.Tally(act, hist)
		if !slices.Equal(hist, want) {
			t.Fatalf("world %d: histogram %v, want %v", world, hist, want)
		}
		response := make([]float64, n+1)
		for x := range response {
			response[x] = r.Float64()
		}
		var sum [Lanes]float64
		d.Sum(act, response, &sum)
		for lane, v := range vectors {
			want := 0.0
			for _, s := range segments {
				want += response[overlap(s, v)]
			}
			if sum[lane] != want { // the same terms in the same order
				t.Fatalf("world %d: lane %d: response %g, want %g", world, lane, sum[lane], want)
			}
		}
		out := make([]uint64, len(segments))
		for theta := range n + 3 {
			d.Matches(act, theta, out)
			for i, s := range segments {
				for lane, v := range vectors {
					if got, want := out[i]>>lane&1 == 1, overlap(s, v) >= theta; got != want {
						t.Fatalf("world %d: segment %d lane %d theta %d: %v, want %v", world, i, lane, theta, got, want)
					}
				}
				if lanes < Lanes && out[i]>>lanes != 0 {
					t.Fatalf("world %d: a lane without vector matches", world)
				}
			}
		}
	}
}

// The largest overlap that Sum takes, beside one of 0, and one synapse more.
func TestStaticSumTakesAByte(t *testing.T) {
	all := make([]int32, mostSynapsesSum+1)
	for i := range all {
		all[i] = int32(i)
	}
	act, f := NewActivity(len(all)), make([]float64, len(all)+1)
	act.Set(63, all)
	f[0], f[mostSynapsesSum] = 2, 7
	d := NewStatic(len(all))
	d.Add(all[:mostSynapsesSum])
	sum := [Lanes]float64{63: 1}
	if d.Sum(act, f, &sum); sum[63] != 8 || sum[0] != 2 {
		t.Errorf("sums %g and %g, want 8 and 2", sum[63], sum[0])
	}
	d.Add(all)
	defer func() {
		if recover() == nil {
			t.Errorf("a segment of %d synapses was taken", len(all))
		}
	}()
	d.Sum(act, f, &sum)
}

// Overlaps beyond a byte, and an activity that is used again.
func TestStaticLargeOverlaps(t *testing.T) {
	const n = 3000
	all := make([]int32, n)
	for i := range all {
		all[i] = int32(i)
	}
	act := NewActivity(n)
	act.Set(5, all[:2000])
	for range 2 {
		d := NewStatic(n)
		d.Add(all[:mostSynapsesStatic])
		hist := make([]int64, mostSynapsesStatic+1)
		d.Tally(act, hist)
		if hist[2000] != 1 {
			t.Errorf("overlap of 2000 not found")
		}
		out := make([]uint64, 1)
		for theta, want := range map[int]uint64{1999: 1 << 5, 2000: 1 << 5, 2001: 0, 1: 1 << 5, mostSynapsesStatic: 0} {
			if d.Matches(act, theta, out); out[0] != want {
				t.Errorf("theta %d: lanes %x, want %x", theta, out[0], want)
			}
		}
	}
	act.Clear()
	if act.all != 0 {
		t.Errorf("lanes %b after Clear", act.all)
	}
}

// BenchmarkStatic: n = 2048, a = 40, 10,000 segments of s = 20; every
// overlap with fresh random patterns, drawing and storing them included.
// "histogram" counts how often each overlap occurs, "threshold" those of at
// least 12 only.
func BenchmarkStatic(b *testing.B) {
	const n, a, s, segments = 2048, 40, 20, 10_000
	r := rand.New(rand.NewPCG(3, 4))
	d := NewStatic(n)
	for range segments {
		d.Add(draw(r, n, s, make([]uint64, n/64), nil))
	}
	for _, mode := range []string{"histogram", "threshold"} {
		for _, threads := range []int{1, 2} {
			b.Run(mode+"/threads="+string(rune('0'+threads)), func(b *testing.B) {
				b.ReportAllocs()
				var wg sync.WaitGroup
				for t := range threads {
					wg.Go(func() {
						r, mark := rand.New(rand.NewPCG(5, uint64(t))), make([]uint64, n/64)
						act, cells := NewActivity(n), make([]int32, 0, a)
						hist, out := make([]int64, s+1), make([]uint64, segments)
						for i := t; i < b.N; i += threads {
							act.Clear()
							for lane := range Lanes {
								cells = draw(r, n, a, mark, cells[:0])
								act.Set(lane, cells)
							}
							if mode == "histogram" {
								d.Tally(act, hist)
							} else {
								d.Matches(act, 12, out)
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)*Lanes*segments/b.Elapsed().Seconds()/1e9, "Goverlaps/s")
			})
		}
	}
}

// draw is Floyd's k of n; mark is all zero between calls.
func draw(r *rand.Rand, n, k int, mark []uint64, cells []int32) []int32 {
	from := len(cells)
	for j := n - k; j < n; j++ {
		x := r.IntN(j + 1)
		if mark[x>>6]>>(x&63)&1 == 1 {
			x = j
		}
		mark[x>>6] |= 1 << (x & 63)
		cells = append(cells, int32(x))
	}
	for _, x := range cells[from:] {
		mark[x>>6] = 0
	}
	return cells
}
