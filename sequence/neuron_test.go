package sequence

import (
	"math"
	"slices"
	"testing"

	"neurosim/internal/rng"
)

func published() NeuronParams {
	return NeuronParams{N: 400, Segments: 3, Synapses: 5, Initial: 0.5, Prune: 0.15, Increment: 0.02, Decrement: 0.0125}
}

func near(a []float64, b ...float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < 1e-12 })
}

// One example of each kind moves the permanences by the published amounts.
func TestNeuronTraining(t *testing.T) {
	pattern := []uint32{1, 2, 3, 4, 5}
	n := NewNeuron(published(), Threshold(3), 1)
	n.SeedSegment(1, pattern)
	n.SeedSegment(2, []uint32{1, 2, 100, 101, 102})
	if out, strongest := n.Output(pattern); out != 5 || strongest != 1 {
		t.Fatalf("output %g, strongest %d; want 5 from segment 1, the overlap of 2 is below θ", out, strongest)
	}
	part := []uint32{1, 2, 3, 200, 201}
	n.Train(part, true)
	cells, permanence := n.Segment(1)
	for i, c := range cells {
		want := 0.4875
		if c <= 3 {
			want = 0.52
		}
		if math.Abs(permanence[i]-want) > 1e-12 {
			t.Errorf("cell %d: %g, want %g", c, permanence[i], want)
		}
	}
	n.Train(part, false)
	for i, c := range cells {
		want := 0.4875
		if c <= 3 {
			want = 0.5075
		}
		if math.Abs(permanence[i]-want) > 1e-12 {
			t.Errorf("punished cell %d: %g, want %g", c, permanence[i], want)
		}
	}
	if _, p := n.Segment(2); !near(p, 0.5, 0.5, 0.5, 0.5, 0.5) {
		t.Errorf("another segment changed: %v", p)
	}
}

// A synapse that fell below the pruning level goes to an active cell which the
// segment lacks: 0.5 - 28·0.0125 = 0.15 stays, the 29th loss replaces.
func TestNeuronReplacesWeakSynapses(t *testing.T) {
	n := NewNeuron(published(), Threshold(3), 1)
	n.SeedSegment(0, []uint32{1, 2, 3, 50, 51})
	shown := []uint32{1, 2, 3, 60, 61}
	for i := range 29 {
		cells, p := n.Segment(0)
		if slices.Contains(cells, 60) || !slices.Contains(cells, 50) {
			t.Fatalf("replaced after %d examples: %v %v", i, cells, p)
		}
		n.Train(shown, true)
		if _, p = n.Segment(0); i == 27 && slices.Min(p) < 0.15-1e-9 {
			t.Fatalf("28 losses leave %v", p)
		}
		if slices.Contains(cells, 60) { // 28 sums may round below 0.15
			if i < 27 {
				t.Fatalf("replaced after %d examples", i)
			}
			break
		}
	}
	cells, p := n.Segment(0)
	cells, p = slices.Clone(cells), slices.Clone(p)
	slices.Sort(cells)
	if !slices.Equal(cells, []uint32{1, 2, 3, 60, 61}) {
		t.Errorf("synapses on %v, want the pattern", cells)
	}
	slices.Sort(p)
	if p[0] != 0.5 || p[1] != 0.5 {
		t.Errorf("new synapses at %v, want 0.5", p[:2])
	}
}

// A silent neuron that should fire re-seeds its weakest segment: always as
// published, and as described only where that segment has lost its permanences.
func TestNeuronReseedsWithAndWithoutTheFault(t *testing.T) {
	for _, fault := range []bool{true, false} {
		p := published()
		p.MedianOfAll = fault
		n := NewNeuron(p, Threshold(3), 1)
		for k := range uint32(3) {
			n.SeedSegment(int(k), []uint32{10 * k, 10*k + 1, 10*k + 2, 10*k + 3, 10*k + 4})
		}
		_, permanence := n.Segment(1)
		permanence[0] = 0.4 // the weakest, by far not pruned
		novel := []uint32{200, 201, 202, 203, 204}
		n.Train(novel, true)
		cells, _ := n.Segment(1)
		if reseeded := cells[0] >= 200; reseeded != fault {
			t.Errorf("median over all cells %v: a learned segment was wiped: %v", fault, reseeded)
		}
		for i := range permanence {
			permanence[i] = 0.1
		}
		n.Train([]uint32{300, 301, 302, 303, 304}, true)
		if cells, _ := n.Segment(1); cells[0] < 300 {
			t.Errorf("median over all cells %v: a forgotten segment was kept: %v", fault, cells)
		}
	}
}

// The fault costs memory: with more patterns than segments, the neuron as
// published overwrites what it has and ends on the last patterns only; as
// described it keeps the first ones.
func TestTheFaultForgets(t *testing.T) {
	r := rng.New(1, rng.Trial, rng.Name("neuron"), 0)
	var patterns [][]uint32
	for range 20 {
		var p []uint32
		for _, c := range pick(&r, 400, 20) {
			p = append(p, uint32(c))
		}
		patterns = append(patterns, p)
	}
	knows := func(fault bool) (first, last bool) {
		p := published()
		p.Segments, p.Synapses, p.MedianOfAll = 10, 15, fault
		n := NewNeuron(p, Threshold(10), 1)
		for _, x := range patterns {
			n.Train(x, true)
		}
		a, _ := n.Output(patterns[0])
		b, _ := n.Output(patterns[19])
		return a > 0, b > 0
	}
	if first, last := knows(true); first || !last {
		t.Errorf("with the fault: first %v, last %v; want only the last", first, last)
	}
	if first, last := knows(false); !first || last {
		t.Errorf("without: first %v, last %v; want only the first", first, last)
	}
}

// Power is an exact product.
func TestPower(t *testing.T) {
	if g := Power(10); g(2) != 1024 || g(0) != 0 || g(1) != 1 {
		t.Errorf("2^10 = %g", g(2))
	}
}
