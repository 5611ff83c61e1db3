package dendrite

import (
	"math/rand/v2"
	"slices"
	"testing"

	"neurosim/internal/fixture"
)

// world is the definition of the package comment, the slow and obvious way:
// every synapse keeps its own arrivals, every segment is asked in every step.
type world struct {
	p            ThresholdParams // durations in steps
	exc, inh     Synapses
	excAt, inhAt [][]int64 // [branch] steps of its arrivals
	segments     int
	end          []int64 // last step of the plateau, never
}

func (w *world) activeSynapses(syn Synapses, at [][]int64, window float64, seg int, now int64) int {
	n := 0
	for b := range at {
		on := slices.ContainsFunc(at[b], func(j int64) bool { return j <= now && now < j+int64(window) })
		for _, s := range syn.Target[syn.Start[b]:syn.Start[b+1]] {
			if on && int(s) == seg {
				n++
			}
		}
	}
	return n
}

func (w *world) step(now int64) (started, ended []uint32) {
	for s := range w.segments {
		overlap := w.activeSynapses(w.exc, w.excAt, w.p.Window, s, now)
		shunted := w.activeSynapses(w.inh, w.inhAt, w.p.Shunt, s, now) >= w.p.ThetaInh
		switch inPlateau := w.end[s] >= now; {
		case inPlateau && shunted:
			w.end[s] = now
		case !inPlateau && !shunted && overlap >= w.p.Theta:
			w.end[s] = now + int64(w.p.Plateau)
			started = append(started, uint32(s))
		}
		if w.end[s] == now {
			ended = append(ended, uint32(s))
		}
	}
	return started, ended
}

func randomSynapses(r *rand.Rand, branches, segments, n int) Synapses {
	start := make([]uint32, branches+1)
	lists := make([][]uint32, branches)
	for range n {
		b := r.IntN(branches)
		lists[b] = append(lists[b], uint32(r.IntN(segments)))
	}
	var target []uint32
	for b, l := range lists {
		target = append(target, l...)
		start[b+1] = uint32(len(target))
	}
	return Synapses{start, target}
}

// The kernel equals the definition on random small worlds, with and without a
// stop and resume in the middle.
func TestThresholdMatchesDefinition(t *testing.T) {
	total := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 0))
		segments, branches := 1+r.IntN(6), 2+r.IntN(12)
		p := ThresholdParams{
			Theta: 1 + r.IntN(4), Window: float64(1 + r.IntN(4)), Plateau: float64(1 + r.IntN(6)),
			Shunt: float64(1 + r.IntN(5)), ThetaInh: 1 + r.IntN(2),
		}
		exc, inh := randomSynapses(r, branches, segments, (4+400*int(seed%40/39))*segments), randomSynapses(r, 2, segments, r.IntN(2)*2*segments)
		w := world{p: p, exc: exc, inh: inh, excAt: make([][]int64, branches), inhAt: make([][]int64, 2), segments: segments}
		for range segments {
			w.end = append(w.end, never)
		}
		d := NewThreshold(segments, p, 1, exc, inh)
		resumeAt := int64(r.IntN(80))
		for now := range int64(80) {
			if now == resumeAt && seed%2 == 0 {
				saved := slices.Clone(d.Plateaus())
				d = NewThreshold(segments, p, 1, exc, inh)
				for j := range now {
					d.Expire(j)
					replay(w.excAt, j, d.Excite)
					replay(w.inhAt, j, d.Inhibit)
				}
				d.Resume(now, saved)
			}
			for b := range branches {
				if r.Float64() < 0.2 {
					w.excAt[b] = append(w.excAt[b], now)
				}
			}
			for b := range 2 {
				if r.Float64() < 0.04 {
					w.inhAt[b] = append(w.inhAt[b], now)
				}
			}
			wantStart, wantEnd := w.step(now)
			d.Expire(now)
			replay(w.excAt, now, d.Excite)
			replay(w.inhAt, now, d.Inhibit)
			gotStart := d.Start(now, nil)
			for s := range segments {
				if got, want := d.Overlap(uint32(s)), w.activeSynapses(exc, w.excAt, p.Window, s, now); got != want {
					t.Fatalf("seed %d step %d segment %d: overlap %d, want %d", seed, now, s, got, want)
				}
			}
			gotEnd := d.End(now, nil)
			if !slices.Equal(gotStart, wantStart) || !slices.Equal(gotEnd, wantEnd) {
				t.Fatalf("seed %d step %d: started %v, ended %v; want %v, %v", seed, now, gotStart, gotEnd, wantStart, wantEnd)
			}
			total += len(gotStart)
		}
	}
	if total < 1000 {
		t.Errorf("only %d NMDA spikes in all worlds: the test is nearly blind", total)
	}
}

// replay lets the branches that have an arrival in step now arrive.
func replay(at [][]int64, now int64, arrive func([]uint32, int64)) {
	var branches []uint32
	for b, steps := range at {
		if slices.Contains(steps, now) {
			branches = append(branches, uint32(b))
		}
	}
	arrive(branches, now)
}

func TestStepDoesNotAllocate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const branches = 200
	d := NewThreshold(500, ThresholdParams{Theta: 4, Window: 3, Plateau: 5, Shunt: 2, ThetaInh: 1}, 1,
		randomSynapses(r, branches, 500, 8000), randomSynapses(r, 4, 500, 800))
	events := make([]uint32, 0, 1000)
	now, arriving := int64(0), make([]uint32, 10)
	step := func() {
		d.Expire(now)
		for i := range arriving {
			arriving[i] = uint32(r.IntN(branches))
		}
		d.Excite(arriving, now)
		d.Inhibit([]uint32{uint32(now % 4)}, now)
		events = d.Start(now, events[:0])
		events = d.End(now, events[:0])
		now++
	}
	for range 500 { // let the queues reach their size
		step()
	}
	if n := testing.AllocsPerRun(500, step); n > 0 {
		t.Errorf("%.1f allocations per step", n)
	}
}

func TestParamsCheck(t *testing.T) {
	good := DefaultThreshold()
	good.Theta = 10
	for name, c := range map[string]struct {
		change func(*ThresholdParams)
		key    string // "" for no complaint
	}{
		"good":             {func(p *ThresholdParams) {}, ""},
		"window one step":  {func(p *ThresholdParams) { p.Window = 0.1 }, ""},
		"theta 0":          {func(p *ThresholdParams) { p.Theta = 0 }, "theta"},
		"theta 1":          {func(p *ThresholdParams) { p.Theta = 1 }, ""},
		"theta 65536":      {func(p *ThresholdParams) { p.Theta = 65536 }, "theta"},
		"window 0":         {func(p *ThresholdParams) { p.Window = 0 }, "window"},
		"plateau negative": {func(p *ThresholdParams) { p.Plateau = -1 }, "plateau"},
		"shunt 0":          {func(p *ThresholdParams) { p.Shunt = 0 }, "shunt"},
		"theta_inh 0":      {func(p *ThresholdParams) { p.ThetaInh = 0 }, "theta_inh"},
	} {
		p := good
		c.change(&p)
		var keys []string
		p.Check(0.1, func(key, rule string, args ...any) { keys = append(keys, key) })
		if c.key == "" && len(keys) > 0 || c.key != "" && !slices.Equal(keys, []string{c.key}) {
			t.Errorf("%s: complaints about %q, want %q", name, keys, c.key)
		}
	}
}

// BenchmarkOverlap has 65536 cells × 4 segments × 20 synapses on random cells, 655
// cells active in each step for one step, segments of overlap ≥ 3 listed.
// docs/performance.md has the comparison.
func BenchmarkOverlap(b *testing.B) {
	const cells, perCell, synapses, active = 65536, 4, 20, 655
	const segments = cells * perCell
	r := rand.New(rand.NewPCG(1, 1))
	var d *Threshold
	bytes := fixture.Heap(func() {
		pre := make([]uint16, segments*synapses)
		start := make([]uint32, cells+1)
		for i := range pre {
			pre[i] = uint16(r.IntN(cells))
			start[int(pre[i])+1]++
		}
		for c := range cells {
			start[c+1] += start[c]
		}
		target, at := make([]uint32, len(pre)), slices.Clone(start)
		for i, c := range pre {
			target[at[c]] = uint32(i / synapses)
			at[c]++
		}
		d = NewThreshold(segments, ThresholdParams{Theta: 3, Window: 1, Plateau: 1, Shunt: 1, ThetaInh: 1}, 1, Synapses{start, target}, Synapses{})
	})
	const sets = 200
	var shown [sets][]uint32
	for i := range shown {
		seen := map[uint32]bool{}
		for len(seen) < active {
			seen[uint32(r.IntN(cells))] = true
		}
		for c := range seen {
			shown[i] = append(shown[i], c)
		}
		slices.Sort(shown[i])
	}
	var events []uint32
	var now int64
	started := 0
	for b.Loop() {
		d.Expire(now)
		d.Excite(shown[now%sets], now)
		events = d.Start(now, events[:0])
		started += len(events)
		events = d.End(now, events[:0])
		now++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
	b.ReportMetric(float64(started)/float64(b.N), "segments/step")
	b.ReportMetric(bytes/1e6, "MB")
}
