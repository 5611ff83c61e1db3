package stimulus

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"neurosim/internal/rng"
)

// Every 2-subset of 5 cells must come up equally often: chi-square over the 10
// subsets, 9 degrees of freedom, 33.7 is the 1e-4 quantile.
func TestDrawIsUniformOverSubsets(t *testing.T) {
	const trials = 20_000
	s := NewSampler(5)
	count := map[string]int{}
	for i := range trials {
		r := rng.New(1, rng.Trial, 0, uint64(i))
		count[fmt.Sprint(s.Draw(&r, 2, nil))]++
	}
	chi2 := 0.0
	for _, c := range count {
		chi2 += sq(float64(c)-trials/10) / (trials / 10)
	}
	if len(count) != 10 || chi2 > 33.7 {
		t.Errorf("%d subsets, chi-square %.1f: %v", len(count), chi2, count)
	}
}

// The cells outside {1, 3, 4} of 0..7 are 0 2 5 6 7: each in 2 of 5 draws of 2.
func TestDrawOutsideAvoidsAndIsUniform(t *testing.T) {
	const trials = 20_000
	s := NewSampler(8)
	var count [8]int
	for i := range trials {
		r := rng.New(2, rng.Trial, 0, uint64(i))
		for _, c := range s.DrawOutside(&r, 2, []int32{1, 3, 4}, nil) {
			count[c]++
		}
	}
	for c, k := range count {
		want, sd := 0.4*trials, math.Sqrt(trials*0.4*0.6)
		if slices.Contains([]int{1, 3, 4}, c) {
			want, sd = 0, 0
		}
		if math.Abs(float64(k)-want) > 5*sd {
			t.Errorf("cell %d drawn %d times, want %.0f ± %.0f", c, k, want, sd)
		}
	}
}

func TestDrawEdges(t *testing.T) {
	s := NewSampler(4)
	r := rng.New(1, rng.Trial, 0, 0)
	if got := s.Draw(&r, 0, nil); len(got) != 0 {
		t.Errorf("0 of 4: %v", got)
	}
	if got := s.Draw(&r, 4, nil); !slices.Equal(got, []int32{0, 1, 2, 3}) {
		t.Errorf("4 of 4: %v", got)
	}
	if got := s.DrawOutside(&r, 1, []int32{0, 1, 3}, []int32{9}); !slices.Equal(got, []int32{9, 2}) {
		t.Errorf("the only cell left: %v", got)
	}
}

// Pick draws the very set that Draw draws, and leaves nothing marked.
func TestPickIsDrawUnordered(t *testing.T) {
	s := NewSampler(300)
	for i := range 200 {
		k := i * 300 / 199
		r, q := rng.New(9, rng.Trial, 0, uint64(i)), rng.New(9, rng.Trial, 0, uint64(i))
		want, got := s.Draw(&r, k, []int32{7}), s.Pick(&q, k, []int32{7})
		if slices.Sort(got[1:]); !slices.Equal(got, want) {
			t.Fatalf("%d of 300: picked %v, drawn %v", k, got, want)
		}
	}
}

func TestLongerCodebookBeginsWithTheShorter(t *testing.T) {
	short, long := DrawPatternSet(5, "in", 100, 10, 3), DrawPatternSet(5, "in", 100, 10, 8)
	for p := range short.Patterns {
		if !slices.Equal(short.Patterns[p], long.Patterns[p]) {
			t.Errorf("pattern %d differs", p)
		}
	}
}

// Noise keeps its promises on counts whatever the draw.
func TestNoiseCounts(t *testing.T) {
	const n, a = 200, 40
	s := NewSampler(n)
	p := DrawPatternSet(1, "x", n, a, 1).Patterns[0]
	for _, z := range []Noise{
		{Mode: Strict},
		{Mode: Strict, Swap: 0.25},
		{Mode: Strict, Swap: 0.25, Drop: 0.1, Add: 0.2},
		{Mode: Strict, Drop: 1},
		{Mode: Strict, Swap: 1},
		{Mode: Readd, Swap: 0.5},
	} {
		for i := range 50 {
			r := rng.New(3, rng.Trial, 0, uint64(i))
			got := z.Apply(&r, s, p, nil)
			swap, drop, add := Count(z.Swap, a), Count(z.Drop, a), Count(z.Add, a)
			if len(got) != a-drop+add || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
				t.Fatalf("%+v: %d cells, want %d distinct ascending ones", z, len(got), a-drop+add)
			}
			if both := Overlap(got, p); z.Mode == Strict && both != a-swap-drop {
				t.Fatalf("%+v: %d of the pattern left, want %d", z, both, a-swap-drop)
			} else if z.Mode == Readd && both < a-swap {
				t.Fatalf("%+v: %d of the pattern left, want at least %d", z, both, a-swap)
			}
		}
	}
}

// Readd brings back v·v/(n-a+v) cells on average: the v new cells are drawn from
// the n-a+v silent ones, v of which are the removed ones (hypergeometric).
func TestReaddBringsCellsBack(t *testing.T) {
	const n, a, v, trials = 120, 40, 20, 4000
	s := NewSampler(n)
	p := DrawPatternSet(1, "x", n, a, 1).Patterns[0]
	sum := 0.0
	for i := range trials {
		r := rng.New(4, rng.Trial, 0, uint64(i))
		sum += float64(Overlap(Noise{Swap: 0.5, Mode: Readd}.Apply(&r, s, p, nil), p) - (a - v))
	}
	const pool = n - a + v
	mean := float64(v*v) / pool
	sd := math.Sqrt(float64(v) * v / pool * (pool - v) / pool * (pool - v) / (pool - 1) / trials)
	if math.Abs(sum/trials-mean) > 5*sd {
		t.Errorf("%.3f cells come back on average, want %.3f ± %.3f", sum/trials, mean, sd)
	}
}

func emitAll(emit func(from, to int64, s [][]int32), steps int64, cuts ...int64) [][]int32 {
	all := make([][]int32, steps)
	from := int64(0)
	for _, to := range append(cuts, steps) {
		emit(from, to, all[from:to])
		from = to
	}
	for _, s := range all {
		slices.Sort(s)
	}
	return all
}

// Cutting the run elsewhere, or beginning in its middle, changes no spike.
func TestEmissionDoesNotDependOnCuts(t *testing.T) {
	const n, steps = 300, 1000
	set := DrawPatternSet(7, "in", n, 12, 4)
	pp := PresentationParams{Start: 30, Period: 20, Order: Random, Novel: 0.3, Jitter: 2, Shape: Gaussian, Noise: Noise{Swap: 0.2, Mode: Strict}}
	sources := map[string]func() func(int64, int64, [][]int32){
		"presentations": func() func(int64, int64, [][]int32) {
			return NewPresentations(7, "a", set, 12, pp, 0.1, steps).Emit
		},
		"poisson": func() func(int64, int64, [][]int32) {
			return NewPoisson(7, "b", n, PoissonParams{Rate: 20, Stop: math.Inf(1)}, 0.1, steps).Emit
		},
		"sine": func() func(int64, int64, [][]int32) {
			return NewPoisson(7, "b", n, PoissonParams{Rate: 20, Stop: math.Inf(1), Modulation: &Modulation{Frequency: 40, Depth: 0.8}}, 0.1, steps).Emit
		},
		"course": func() func(int64, int64, [][]int32) {
			return NewPoisson(7, "b", n, PoissonParams{Stop: math.Inf(1), Course: &RateCourse{Times: []float64{0, 33.3}, Rates: []float64{9000, 10}}}, 0.1, steps).Emit
		},
	}
	for name, source := range sources {
		want := emitAll(source(), steps)
		got := emitAll(source(), steps, 1, 2, 63, 64, 65, 300, 512, 999)
		total := 0
		for k := range want {
			total += len(want[k])
			if !slices.Equal(want[k], got[k]) {
				t.Fatalf("%s: step %d: %v in pieces, %v at once", name, k, got[k], want[k])
			}
		}
		if total == 0 {
			t.Errorf("%s emits nothing: the test is blind", name)
		}
		late := make([][]int32, steps)
		source()(317, steps, late[317:])
		for k := 317; k < steps; k++ {
			slices.Sort(late[k])
			if !slices.Equal(want[k], late[k]) {
				t.Fatalf("%s: begun at 317, step %d: %v, want %v", name, k, late[k], want[k])
			}
		}
	}
}

func TestPresentationsShowWhatTheySay(t *testing.T) {
	set := DrawPatternSet(1, "in", 50, 5, 3)
	s := NewPresentations(1, "a", set, 5, PresentationParams{Start: 1, Period: 2, Order: Cyclic, Shape: Gaussian, Noise: Noise{Mode: Strict}}, 0.1, 200)
	if s.Count() != 10 {
		t.Fatalf("%d presentations in 200 steps from 10, every 20; want 10", s.Count())
	}
	all := emitAll(s.Emit, 200)
	for k := range s.Count() {
		if got, want := all[s.Time(k)], set.Patterns[k%3]; !slices.Equal(got, want) {
			t.Errorf("presentation %d: %v, want %v", k, got, want)
		}
	}
}

func TestNovelIsEvenlySpread(t *testing.T) {
	s := NewPresentations(1, "a", DrawPatternSet(1, "in", 50, 5, 3), 5, PresentationParams{Start: 0, Period: 1, Order: Cyclic, Novel: 0.25}, 1, 400)
	var shown []int
	for k := range int64(12) {
		shown = append(shown, s.Pattern(k))
	}
	if want := []int{0, 1, 2, -1, 0, 1, 2, -1, 0, 1, 2, -1}; !slices.Equal(shown, want) {
		t.Errorf("patterns %v, want %v", shown, want)
	}
}

// The mean rate is what was asked for, within 5 standard errors, and the counts of a
// step are Poisson, at any number of spikes per step. The test of the rate knew only
// 5 Hz, where two spikes in a step are as good as none, and took the share of steps with
// a spike for the rate.
func TestPoissonRate(t *testing.T) {
	for _, rate := range []float64{5, 1000, 5000, 20_000, 100_000} {
		const n, dt = 500, 0.1
		x := rate * dt / 1000
		steps := int64(min(20_000, 2000/x/n+100))
		s := NewPoisson(1, "bg", n, PoissonParams{Rate: rate, Stop: math.Inf(1)}, dt, steps)
		counts, total := map[int]float64{}, 0.0
		for _, cells := range emitAll(s.Emit, steps) {
			of := map[int32]int{}
			for _, c := range cells {
				of[c]++
			}
			for _, k := range of {
				counts[k]++
			}
			counts[0] += float64(n - len(of))
			total += float64(len(cells))
		}
		trials := float64(n * steps)
		if want := x * trials; math.Abs(total-want) > 5*math.Sqrt(want) {
			t.Errorf("%g Hz: %g spikes, want %.0f ± %.0f", rate, total, want, math.Sqrt(want))
		}
		p := math.Exp(-x)
		for k := range 30 {
			want := p * trials
			if d := math.Abs(counts[k] - want); d > 5*math.Sqrt(want)+3 {
				t.Errorf("%g Hz: %g steps with %d spikes, want %.0f", rate, counts[k], k, want)
			}
			p *= x / float64(k+1)
		}
	}
}

func TestPoissonStartStop(t *testing.T) {
	s := NewPoisson(1, "bg", 100, PoissonParams{Rate: 100, Start: 5, Stop: 12}, 0.1, 200)
	for k, x := range emitAll(s.Emit, 200) {
		if (k < 50 || k >= 120) && len(x) > 0 {
			t.Errorf("step %d: %d spikes outside 50..119", k, len(x))
		}
	}
}

func TestTrainReplays(t *testing.T) {
	tr := Train{Steps: []int64{9, 2, 2, 5}, Cells: []int32{1, 7, 3, 0}}
	tr.Sort()
	all := emitAll(tr.Emit, 10, 3)
	if !slices.Equal(all[2], []int32{3, 7}) || !slices.Equal(all[5], []int32{0}) || !slices.Equal(all[9], []int32{1}) {
		t.Errorf("replayed %v", all)
	}
}

func sq(x float64) float64 { return x * x }

func BenchmarkPoisson10kCells(b *testing.B) {
	s := NewPoisson(1, "bg", 10_000, PoissonParams{Rate: 2, Stop: math.Inf(1)}, 0.1, math.MaxInt64)
	buf := make([][]int32, 64)
	var k int64
	for b.Loop() {
		for i := range buf {
			buf[i] = buf[i][:0]
		}
		s.Emit(k, k+64, buf)
		k += 64
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/step")
}
