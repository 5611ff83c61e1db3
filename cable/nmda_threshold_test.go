package cable

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"neurosim/dendrite"
	"neurosim/internal/fixture"
	"neurosim/neuron"
)

const nmdaThreshold = "../testdata/reference/nmda_threshold"

// tuftTree is the cell, with multiply times 15 compartments a branch.
func tuftTree(t testing.TB, multiply int) *neuron.Tree {
	t.Helper()
	m := neuron.MembraneParams{Cm: 1, Ra: 150, GL: 5e-5, EL: -70}
	n := 15 * multiply
	ps := []neuron.SectionParams{
		{Name: "soma", At: -1, Length: 20, Diameter: 20, Compartments: 1},
		{Name: "trunk", Parent: "soma", At: 1, Length: 300, Diameter: 2, Compartments: n},
		{Name: "tuft0", Parent: "trunk", At: 1, Length: 200, Diameter: 1, Compartments: n},
		{Name: "tuft1", Parent: "trunk", At: 1, Length: 200, Diameter: 1, Compartments: n},
	}
	for i := range 3 {
		ps = append(ps, neuron.SectionParams{Name: fmt.Sprint("basal", i), Parent: "soma", At: 0, Length: 150, Diameter: 1, Compartments: n})
	}
	sections := neuron.Sections(ps, m, nil, neuron.DefaultDiscretisation(), func(i int, key, rule string, args ...any) {
		t.Fatalf("section %d: %s %s", i, key, rule)
	})
	tree, err := neuron.NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// tuftModel has a site for AMPA and one for NMDA on every compartment of tuft 0
// that any K puts a synapse on; it returns the pair of a place x too.
func tuftModel(t testing.TB, multiply int, dt float64, m neuron.Method) (model *Model, at func(x float64) int) {
	t.Helper()
	tree := tuftTree(t, multiply)
	s := Spec{
		Tree: tree, Dt: dt, Method: m,
		Receptors: []dendrite.ReceptorParams{
			{GMax: 0.5, TauRise: 0.2, TauDecay: 2, Block: dendrite.BlockParams{Law: "none"}},
			{GMax: 1, TauRise: 2, TauDecay: 50, Block: dendrite.BlockParams{Law: "jahr-stevens", Mg: 1}},
		},
	}
	first := tree.At(2, 0.4)
	for node := first; node <= tree.At(2, 0.8); node++ {
		s.Sites = append(s.Sites, Site{0, node}, Site{1, node})
	}
	model, err := NewModel(s)
	if err != nil {
		t.Fatal(err)
	}
	return model, func(x float64) int { return tree.At(2, x) - first }
}

// tuftPlaces returns the places of K synapses.
func tuftPlaces(k int) []float64 {
	if k == 1 {
		return []float64{0.6}
	}
	out := make([]float64, k)
	for j := range out {
		out[j] = 0.4 + 0.4*float64(j)/float64(k-1)
	}
	return out
}

// tuftPeaks returns the peaks at soma and dendrite for K = 1 to 40, by K, and
// those with AMPA alone.
func tuftPeaks(t testing.TB, multiply int, dt float64, m neuron.Method) (soma, dend, somaA, dendA []float64) {
	t.Helper()
	model, at := tuftModel(t, multiply, dt, m)
	const most = 40
	c := model.NewCells(2 * most)
	peaks := make([][2]float64, 2*most)
	for i := range peaks {
		peaks[i] = [2]float64{-100, -100}
	}
	record := model.spec.Tree.At(2, 0.6)
	for k := range int(math.Round(170 / dt)) {
		if k == int(math.Round(20/dt)) {
			for cell := range most {
				for _, x := range tuftPlaces(cell + 1) {
					c.Excite(2*at(x), cell, 1)
					c.Excite(2*at(x)+1, cell, 1)
					c.Excite(2*at(x), most+cell, 1)
				}
			}
		}
		c.Step(nil)
		so, de := c.V(0), c.V(record)
		for i := range peaks {
			peaks[i][0], peaks[i][1] = max(peaks[i][0], so[i]), max(peaks[i][1], de[i])
		}
	}
	for i := range most {
		soma, dend = append(soma, peaks[i][0]), append(dend, peaks[i][1])
		somaA, dendA = append(somaA, peaks[most+i][0]), append(dendA, peaks[most+i][1])
	}
	return soma, dend, somaA, dendA
}

func worst(a, b []float64) float64 {
	w := math.Abs(float64(len(a) - len(b)))
	for i := range a {
		w = max(w, math.Abs(a[i]-b[i]))
	}
	return w
}

// The threshold curve of the tuft is NEURON's at equal step and compartments: all
// peaks, printed to 5e-6 mV, and K* of soma and dendrite.
func TestNMDAThresholdAgainstReference(t *testing.T) {
	want := fixture.Columns(t, filepath.Join(nmdaThreshold, "peaks.csv"))
	soma, dend, somaA, dendA := tuftPeaks(t, 1, 0.025, neuron.BackwardEuler)
	d := [4]float64{
		worst(soma, want["soma_peak_mV"]), worst(dend, want["dend_peak_mV"]),
		worst(somaA, want["soma_peak_ampa_only_mV"]), worst(dendA, want["dend_peak_ampa_only_mV"]),
	}
	t.Logf("largest difference of a peak: soma %.2g, dendrite %.2g; AMPA alone %.2g, %.2g mV; K* = %d, %d",
		d[0], d[1], d[2], d[3], threshold(soma), threshold(dend))
	for _, x := range d {
		if x > 1e-4 {
			t.Errorf("a peak differs by %.3g mV", x)
		}
	}
	if threshold(soma) != threshold(want["soma_peak_mV"]) || threshold(dend) != threshold(want["dend_peak_mV"]) {
		t.Errorf("K* = %d (soma), %d (dendrite), want %d, %d", threshold(soma), threshold(dend),
			threshold(want["soma_peak_mV"]), threshold(want["dend_peak_mV"]))
	}
}

// Peaks converge to those of the finest reference (0.0025 ms, 135 compartments a
// branch): the method of second order at 0.025 ms comes nearer with 45 than with 15
// compartments, and at 45 as near as the reference's own error of first order,
// 0.005 ms against 0.0025. Places of synapses move with the compartments, so
// the whole curve is compared and not its slope.
func TestConvergenceToFinestNMDAThreshold(t *testing.T) {
	want := fixture.Columns(t, filepath.Join(nmdaThreshold, "peaks_finest.csv"))
	fine := fixture.Columns(t, filepath.Join(nmdaThreshold, "peaks_fine.csv"))
	var last float64
	for i, multiply := range []int{1, 3} {
		soma, dend, _, _ := tuftPeaks(t, multiply, 0.025, neuron.SecondOrder)
		s, d := worst(soma, want["soma_peak_mV"]), worst(dend, want["dend_peak_mV"])
		t.Logf("second order, %d compartments: within %.3f mV (soma), %.3f mV (dendrite) of the finest", 15*multiply, s, d)
		if i > 0 && d > 0.4*last {
			t.Errorf("does not converge: %.3g after %.3g mV", d, last)
		}
		last = d
		if multiply == 3 {
			if x := worst(dend, fine["dend_peak_mV"]); x > 0.05 {
				t.Errorf("differs from the fine reference at 45 compartments by %.3g mV", x)
			}
		}
	}
}

// 91-compartment cells with 20 synapses of AMPA and NMDA at 10 Hz, dt 0.025 ms.
func BenchmarkNMDAThreshold(b *testing.B) {
	for _, cells := range []int{100, 1000} {
		b.Run(fmt.Sprint("cells=", cells), func(b *testing.B) {
			const size, steps = 128, 4000
			model, at := tuftModel(b, 1, 0.025, neuron.BackwardEuler)
			var chunks []*Cells
			for lo := 0; lo < cells; lo += size {
				chunks = append(chunks, model.NewCells(min(size, cells-lo)))
			}
			b.ReportAllocs()
			before := processorTime()
			for b.Loop() {
				for i, c := range chunks {
					for k := range steps {
						for cell := range c.Len() {
							if (k-40*(5+(i*size+cell)%100))%4000 == 0 {
								for _, x := range tuftPlaces(20) {
									c.Excite(2*at(x), cell, 1)
									c.Excite(2*at(x)+1, cell, 1)
								}
							}
						}
						c.Step(nil)
					}
				}
			}
			b.ReportMetric((processorTime()-before).Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(cells)*91*steps*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mupdates/s")
		})
	}
}
