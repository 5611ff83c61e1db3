package hdf5

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// spikesTotal is the number of spikes that the benchmarks write and read.
const spikesTotal = 10_000_000

// writeSpikes writes as many spikes as a run of 10^4 cells gives them, in pieces.
func writeSpikes(b *testing.B, w io.WriterAt, deflate int) {
	f := Create(w)
	growth := Growth{Chunk: []uint64{1 << 16}, Deflate: deflate}
	t, err := f.Root().Growing("timestamps", Float64, growth)
	if err != nil {
		b.Fatal(err)
	}
	ids, err := f.Root().Growing("node_ids", Uint64, growth)
	if err != nil {
		b.Fatal(err)
	}
	times, cells := make([]float64, 1000), make([]uint64, 1000)
	state := uint64(1)
	for at := 0; at < spikesTotal; at += len(times) {
		for i := range times {
			state = state*6364136223846793005 + 1442695040888963407
			times[i] = float64((at+i)/1000) / 10
			cells[i] = state >> 33 % 10_000
		}
		if err := t.Append(times); err != nil {
			b.Fatal(err)
		}
		if err := ids.Append(cells); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkWriteSpikes(b *testing.B) {
	for name, deflate := range map[string]int{"plain": 0, "deflate1": 1} {
		b.Run(name, func(b *testing.B) {
			f, err := os.Create(filepath.Join(b.TempDir(), "spikes.h5"))
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			b.ReportAllocs()
			for b.Loop() {
				writeSpikes(b, f, deflate)
			}
			info, err := f.Stat()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/spikesTotal, "ns/spike")
			b.ReportMetric(float64(info.Size())/spikesTotal, "B/spike")
		})
	}
}

func BenchmarkReadSpikes(b *testing.B) {
	for name, deflate := range map[string]int{"plain": 0, "deflate1": 1} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "spikes.h5")
			f, err := os.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			writeSpikes(b, f, deflate)
			b.ReportAllocs()
			for b.Loop() {
				r := openFile(b, path)
				for _, name := range []string{"timestamps", "node_ids"} {
					d, err := r.Dataset(name)
					if err != nil {
						b.Fatal(err)
					}
					for first := uint64(0); first < d.Shape[0]; first += 1 << 16 {
						if n := min(1<<16, d.Shape[0]-first); name == "timestamps" {
							_, err = d.ReadFloat64s(first, n)
						} else {
							_, err = d.ReadUint64s(first, n)
						}
						if err != nil {
							b.Fatal(err)
						}
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/spikesTotal, "ns/spike")
		})
	}
}
