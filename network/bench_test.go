package network

import (
	"context"
	"fmt"
	"math"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// largeSpec is the network of the speed budget: 10,000 pyramidal cells of 20
// segments with 40 synapses (8 million) on 10,000 input cells with 2 Hz
// background and a volley of 200 cells every 50 ms, dt 0.1 ms.
func largeSpec(seconds float64) *Spec {
	in := Population{Name: "in", Kind: SDR}
	in.N, in.Active, in.Patterns = 10_000, 200, 10
	e := Population{Name: "E", Kind: Pyramidal}
	e.Count, e.Soma, e.Ie, e.V0 = 10_000, neuron.DefaultLIF(), Const(0), Const(-70)
	seg := DefaultSegments()
	seg.Name, seg.Count, seg.Synapses, seg.Theta = "basal", 20, 40, 10
	e.Segments = []Segments{seg}
	return &Spec{
		Seed: 1, Dt: 0.1, Steps: int64(seconds * 10_000),
		Populations: []Population{in, e},
		Projections: []Projection{{Name: "ff", Source: "in", Target: "E", Group: "basal", Rule: RandomIn, Sign: Excite, Weight: Const(0), Delay: Const(1)}},
		Inputs: []Input{
			{Name: "bg", Population: "in", Poisson: &stimulus.PoissonParams{Rate: 2, Stop: math.Inf(1)}},
			{Name: "volley", Population: "in", Presentations: &stimulus.PresentationParams{Start: 50, Period: 50, Order: stimulus.Cyclic, Shape: stimulus.Gaussian, Noise: stimulus.Noise{Mode: stimulus.Strict}}},
		},
	}
}

// buildMeasured returns a built network and the bytes that it takes.
func buildMeasured(t testing.TB, spec *Spec, threads int) (n *Network, bytes float64) {
	t.Helper()
	var err error
	bytes = fixture.Heap(func() { n, err = Build(spec, threads) })
	if err != nil {
		t.Fatal(err)
	}
	return n, bytes
}

// BenchmarkLargeRun is one second of model time of largeSpec.
func BenchmarkLargeRun(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			spec := largeSpec(1)
			for b.Loop() {
				b.StopTimer()
				n, err := Build(spec, threads)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if err := n.Run(context.Background(), spec.Steps); err != nil {
					b.Fatal(err)
				}
			}
			n, bytes := buildMeasured(b, spec, threads)
			b.ReportMetric(bytes/float64(n.Synapses()), "B/synapse")
		})
	}
}

// BenchmarkLargeBuild builds the same network.
func BenchmarkLargeBuild(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			spec := largeSpec(1)
			for b.Loop() {
				if _, err := Build(spec, threads); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
