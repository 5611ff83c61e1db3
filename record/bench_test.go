package record

import (
	"bytes"
	"io"
	"math"
	"testing"

	"neurosim/network"
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
