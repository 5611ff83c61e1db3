package network

import (
	"math"
	"slices"
	"testing"

	"neurosim/dendrite"
	"neurosim/internal/dist"
	"neurosim/internal/rng"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// wired returns the sources of every unit of one projection, drawn cell by cell.
func wired(t *testing.T, s *Spec, name string) (w *wiring, units map[[2]int][]int32) {
	t.Helper()
	mustCheck(t, s)
	sets := map[string]*stimulus.PatternSet{}
	for i := range s.Populations {
		if p := &s.Populations[i]; p.Kind == SDR {
			set := stimulus.DrawPatternSet(s.Seed, p.Name, p.N, p.Active, p.Patterns)
			sets[p.Name] = &set
		}
	}
	for i := range s.Projections {
		if s.Projections[i].Name != name {
			continue
		}
		w = newWiring(s, &s.Projections[i], sets)
		units = map[[2]int][]int32{}
		for c := range s.Population(s.Projections[i].Target).Size() {
			w.draw(int32(c))
			for k, x := range w.from {
				u := [2]int{c, int(w.on[k])}
				units[u] = append(units[u], x)
			}
		}
	}
	return w, units
}

func twoPopulations() *Spec {
	in := Population{Name: "in", Kind: SDR}
	in.N, in.Active, in.Patterns = 50, 10, 4
	e := Population{Name: "E", Kind: Pyramidal}
	e.Count, e.Soma, e.Ie, e.V0 = 12, neuron.DefaultLIF(), Const(0), Const(-70)
	seg := DefaultSegments()
	seg.Name, seg.Count, seg.Synapses, seg.Theta = "basal", 3, 6, 4
	e.Segments = []Segments{seg}
	return &Spec{Seed: 9, Dt: 0.1, Steps: 10, Populations: []Population{in, e}}
}

func TestStoreSubsamplesTheAssignedPattern(t *testing.T) {
	for assign, pattern := range map[Assign]func(cell, segment int) int{
		AssignCyclic:  func(c, s int) int { return (3*c + s) % 4 },
		AssignPerCell: func(c, s int) int { return c % 4 },
		AssignBlocks:  func(c, s int) int { return (c*4/12 + s*4/3) % 4 },
	} {
		s := twoPopulations()
		s.Projections = []Projection{{Name: "p", Source: "in", Target: "E", Group: "basal", Rule: Store, Assign: assign, Sign: Excite, Weight: Const(0), Delay: Const(0)}}
		w, units := wired(t, s, "p")
		if len(units) != 36 {
			t.Fatalf("%s: %d units, want 36", assign, len(units))
		}
		for u, from := range units {
			p := w.patternSet.Patterns[pattern(u[0], u[1])]
			if len(from) != 6 || stimulus.Overlap(from, p) != 6 {
				t.Errorf("%s: segment %v has %v of pattern %v", assign, u, from, p)
			}
		}
	}
}

// A segment that stores M patterns holds a subset of each, a shared cell once, of the
// patterns that follow its first.
func TestStoreUnitesPatterns(t *testing.T) {
	const m = 3
	s := twoPopulations()
	s.Projections = []Projection{{Name: "p", Source: "in", Target: "E", Group: "basal", Rule: Store, Patterns: m, Assign: AssignCyclic, Sign: Excite, Weight: Const(0), Delay: Const(0)}}
	w, units := wired(t, s, "p")
	n, err := Build(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	stored := n.Stored("E", "basal")
	shared := false
	for u, from := range units {
		seen := map[int32]bool{}
		for _, x := range from {
			if seen[x] {
				t.Fatalf("segment %v has two synapses of cell %d", u, x)
			}
			seen[x] = true
		}
		shared = shared || len(from) < 6*m
		all := map[int32]bool{}
		for k := range m {
			p := (3*u[0] + u[1]) * m % 4
			p = (p + k) % 4
			if got := stored[3*u[0]+u[1]][k]; int(got) != p {
				t.Errorf("segment %v stores pattern %d as number %d, want %d", u, got, k, p)
			}
			hits := 0
			for _, x := range w.patternSet.Patterns[p] {
				all[x] = true
				if seen[x] {
					hits++
				}
			}
			if hits < 6 {
				t.Errorf("segment %v holds %d cells of pattern %d", u, hits, p)
			}
		}
		for x := range seen {
			if !all[x] {
				t.Errorf("segment %v holds cell %d of no pattern that it stores", u, x)
			}
		}
	}
	if !shared {
		t.Error("no two patterns of a segment share a cell: nothing was merged")
	}
	for patterns, rule := range map[int]Rule{5: Store, -1: Store, 2: RandomIn} {
		s.Projections[0].Patterns, s.Projections[0].Rule = patterns, rule
		bad := 0
		s.Check(func(key, _ string, _ ...any) {
			if key == "projections.p.patterns" {
				bad++
			}
		})
		if bad == 0 {
			t.Errorf("%s with patterns = %d is accepted", rule, patterns)
		}
	}
}

func TestRandomHasFixedInDegree(t *testing.T) {
	s := twoPopulations()
	s.Projections = []Projection{
		{Name: "all segments", Source: "in", Target: "E", Group: "basal", Rule: RandomIn, Synapses: 7, Sign: Excite, Weight: Const(0), Delay: Const(0)},
		{Name: "one segment", Source: "in", Target: "E", Group: "basal", Rule: RandomIn, Segments: []int{2}, Sign: Excite, Weight: Const(0), Delay: Const(0)},
		{Name: "recurrent", Source: "E", Target: "E", Rule: RandomIn, Synapses: 11, Sign: Excite, Weight: Const(1), Delay: Const(1)},
	}
	for name, want := range map[string]struct{ units, synapses int }{"all segments": {36, 7}, "one segment": {12, 6}, "recurrent": {12, 11}} {
		_, units := wired(t, s, name)
		if len(units) != want.units {
			t.Errorf("%s: %d units, want %d", name, len(units), want.units)
		}
		for u, from := range units {
			if len(from) != want.synapses || len(slices.Compact(slices.Sorted(slices.Values(from)))) != want.synapses {
				t.Errorf("%s: unit %v has sources %v", name, u, from)
			}
			if name == "recurrent" && slices.Contains(from, int32(u[0])) {
				t.Errorf("cell %d projects to itself", u[0])
			}
			if name == "one segment" && u[1] != 2 {
				t.Errorf("segment %d has synapses", u[1])
			}
		}
	}
}

func TestDelaysAndWeightsFollowTheirDistributions(t *testing.T) {
	s := twoPopulations()
	s.Populations[1].Count = 400
	s.Projections = []Projection{{Name: "p", Source: "in", Target: "E", Rule: RandomIn, Synapses: 40, Sign: Excite,
		Weight: Dist{Kind: dist.Lognormal, Mean: 50, SD: 20, Min: math.Inf(-1), Max: math.Inf(1)},
		Delay:  Dist{Kind: dist.Uniform, Min: 0.5, Max: 2.5}}}
	mustCheck(t, s)
	w := newWiring(s, &s.Projections[0], map[string]*stimulus.PatternSet{})
	var weight, delay, n float64
	for c := range int32(400) {
		w.draw(c)
		for i := range w.from {
			steps := w.least + int64(w.line[i])
			if steps < 5 || steps > 25 {
				t.Fatalf("a delay of %d steps", steps)
			}
			weight += float64(w.weight[i])
			delay += float64(steps) * s.Dt
			n++
		}
	}
	// standard errors of 16,000 draws: 20/√n, and 2/√12/√n for the delay
	if d := weight/n - 50; math.Abs(d) > 5*20/math.Sqrt(n) {
		t.Errorf("mean weight %g", weight/n)
	}
	if d := delay/n - 1.5; math.Abs(d) > 5*2/math.Sqrt(12*n) {
		t.Errorf("mean delay %g", delay/n)
	}
}

// Means and standard deviations within 5 standard errors of the mean.
func TestDistMoments(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		d        Dist
		mean, sd float64
	}{
		{Const(3), 3, 0},
		{Dist{Kind: dist.Uniform, Min: 2, Max: 8}, 5, 6 / math.Sqrt(12)},
		{Dist{Kind: dist.Normal, Mean: -4, SD: 2, Min: -inf, Max: inf}, -4, 2},
		{Dist{Kind: dist.Lognormal, Mean: 7, SD: 3, Min: -inf, Max: inf}, 7, 3},
	} {
		const n = 100_000
		r := rng.New(1, rng.Trial, 0, 0)
		var sum, sq float64
		for range n {
			x := c.d.Draw(&r)
			sum += x
			sq += (x - c.mean) * (x - c.mean)
		}
		if math.Abs(sum/n-c.mean) > 5*c.sd/math.Sqrt(n)+1e-9 || math.Abs(math.Sqrt(sq/n)-c.sd) > 0.03*c.sd {
			t.Errorf("%+v: mean %g, standard deviation %g", c.d, sum/n, math.Sqrt(sq/n))
		}
	}
}

// The estimate that refuses a network too large is close to what is built.
func TestEstimateIsCloseToWhatIsBuilt(t *testing.T) {
	failing, plastic := largeSpec(1), largeSpec(1)
	for i := range failing.Projections {
		failing.Projections[i].Release = &dendrite.ReleaseParams{P: 0.5}
		plastic.Projections[i].ShortTerm = &dendrite.ShortTermParams{U: 0.5, TauRec: 100}
	}
	first, second := randomTrees(t, 3), randomTrees(t, 3) // with channels, most of their memory
	for s, method := range map[*Spec]neuron.Method{first: neuron.BackwardEuler, second: neuron.SecondOrder} {
		trees := s.Populations[1].Trees
		trees.Method = method
		all := make([]string, len(trees.Sections))
		for i := range all {
			all[i] = trees.Sections[i].Name
		}
		for i := range trees.Channels {
			trees.Channels[i].Density[0].Sections = all
		}
		trees.Calcium[0].Sections = all
		s.Projections = nil
	}
	for _, s := range []*Spec{largeSpec(1), failing, plastic, randomTrees(t, 1), randomTrees(t, 2), first, second} {
		s.Populations[1].Count = 1000
		n, built := buildMeasured(t, s, 1)
		e := s.Estimate()
		if int64(e.Synapses) != int64(n.Synapses()) {
			t.Errorf("estimated %g synapses, built %d", e.Synapses, n.Synapses())
		}
		if r := e.Bytes / built; r < 0.7 || r > 1.6 {
			t.Errorf("estimated %g bytes, built %g", e.Bytes, built)
		}
	}
}

// Two plateaus of one cell drive it once or twice, as Combine says: V tends to
// E_L + I τ/C = 8 or 16 mV above rest, measured 45 ms (e^-4.5) into the plateaus.
func TestCombine(t *testing.T) {
	for combine, want := range map[Combine]float64{Once: 8, Sum: 16} {
		s := twoPopulations()
		s.Steps = 600
		e := &s.Populations[1]
		e.Count, e.Soma.Vth = 1, 0
		e.Segments[0].Count, e.Segments[0].Combine = 2, combine
		s.Projections = []Projection{{Name: "p", Source: "in", Target: "E", Group: "basal", Rule: Store, Assign: AssignPerCell, Sign: Excite, Weight: Const(0), Delay: Const(0)}}
		s.Inputs = []Input{{Name: "show", Population: "in", Presentations: &stimulus.PresentationParams{Start: 1, Period: 100, Order: stimulus.Cyclic, Shape: stimulus.Gaussian, Noise: stimulus.Noise{Mode: stimulus.Strict}}}}
		mustCheck(t, s)
		n := build(t, s, 1, Probe{Variable: Vm, Population: "E", Cell: 0})
		var j journal
		run(t, n, s.Steps, &j)
		// the plateaus begin to drive in step 11; V after step 459 is 450 steps later
		got := j.values[460][0] - e.Soma.EL
		if math.Abs(got-want*(1-math.Exp(-4.5))) > 1e-9 {
			t.Errorf("%s: %g mV above rest, want %g", combine, got, want*(1-math.Exp(-4.5)))
		}
	}
}
