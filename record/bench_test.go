package record

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"testing"

	"neurosim/network"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// BenchmarkSpikes writes ten million spikes (a tenth of 10,000 cells in every
// step) per round. The time includes reading them from the block.
func BenchmarkSpikes(b *testing.B) {
	for name, format := range map[string]Format{"csv": CSV, "binary": Binary} {
		b.Run(name, func(b *testing.B) {
			benchmarkRecorder(b, func(n *network.Network) network.Recorder { return must(NewSpikes(n, nil, format, io.Discard)) })
		})
	}
}

// BenchmarkHash sums ten million spikes per round.
func BenchmarkHash(b *testing.B) {
	benchmarkRecorder(b, func(n *network.Network) network.Recorder { return NewHash(n) })
}

func benchmarkRecorder(b *testing.B, make func(*network.Network) network.Recorder) {
	n, block, spikes := heldBlock(b)
	r := make(n)
	b.ReportAllocs()
	total := 0
	for b.Loop() {
		for done := 0; done < 10_000_000; done += spikes {
			if err := r.Record(block); err != nil {
				b.Fatal(err)
			}
			total += spikes
		}
	}
	b.ReportMetric(float64(total)/1e6/b.Elapsed().Seconds(), "Mspikes/s")
}

// BenchmarkReadSpikes reads a million spikes per round.
func BenchmarkReadSpikes(b *testing.B) {
	const steps = 1000
	n := must(network.Build(noisySpec(steps), 1))
	var csv, binary bytes.Buffer
	text, raw := must(NewSpikes(n, nil, CSV, &csv)), must(NewSpikes(n, nil, Binary, &binary))
	run(b, n, steps, text, raw)
	text.Close()
	raw.Close()
	count := 0
	each := func(int64, string, int) { count++ }
	b.Run("csv", func(b *testing.B) {
		count = 0
		for b.Loop() {
			if err := ReadSpikes(bytes.NewReader(csv.Bytes()), 0, math.MaxInt64, each); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(count)/1e6/b.Elapsed().Seconds(), "Mrows/s")
	})
	b.Run("binary", func(b *testing.B) {
		count = 0
		for b.Loop() {
			if err := ReadSpikesBinary(bytes.NewReader(binary.Bytes()), []string{"in"}, 0, math.MaxInt64, each); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(count)/1e6/b.Elapsed().Seconds(), "Mrows/s")
	})
}

// BenchmarkSynapses runs a second of a network whose NMDA spikes are recorded, 2500 cells with
// 4 segments of 24 synapses and 5 % of the segments starting one every 100 ms, without and with
// the synapses at their starts.
func BenchmarkSynapses(b *testing.B) {
	for _, on := range []bool{false, true} {
		b.Run(fmt.Sprintf("recorded=%v", on), func(b *testing.B) {
			var starts float64
			for b.Loop() {
				b.StopTimer()
				n := must(network.Build(storingSpec(), 1))
				recorders := []network.Recorder{must(NewSpikes(n, nil, CSV, io.Discard)), must(NewDendritic(n, nil, io.Discard))}
				if on {
					recorders = append(recorders, must(NewSynapses(n, nil, io.Discard)))
				}
				totals := NewTotals(n)
				b.StartTimer()
				run(b, n, n.Spec().Steps, append(recorders, totals)...)
				starts = float64(totals.Populations()[1].Groups[0].NMDASpikes)
			}
			b.ReportMetric(starts, "NMDA-spikes")
		})
	}
}

// storingSpec describes cells that store patterns among background.
func storingSpec() *network.Spec {
	in := network.Population{Name: "in", Kind: network.SDR}
	in.N, in.Active, in.Patterns = 2048, 40, 20
	e := network.Population{Name: "E", Kind: network.Pyramidal}
	e.Count, e.Soma, e.Ie, e.V0 = 2500, neuron.DefaultLIF(), network.Const(225), network.Const(-70)
	seg := network.DefaultSegments()
	seg.Name, seg.Count, seg.Synapses, seg.Theta = "basal", 4, 24, 12
	e.Segments = []network.Segments{seg}
	show := stimulus.DefaultPresentations()
	show.Start, show.Period, show.Jitter = 100, 100, 1
	return &network.Spec{Seed: 1, Dt: 0.1, Steps: 10000, Populations: []network.Population{in, e},
		Projections: []network.Projection{{Name: "store", Source: "in", Target: "E", Group: "basal", Rule: network.Store, Sign: network.Excite, Weight: network.Const(0), Delay: network.Const(0), Assign: network.AssignCyclic}},
		Inputs: []network.Input{{Name: "show", Population: "in", Presentations: &show},
			{Name: "bg", Population: "in", Poisson: &stimulus.PoissonParams{Rate: 2, Stop: math.Inf(1)}}}}
}
