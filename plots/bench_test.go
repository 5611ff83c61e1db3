package plots

import (
	"io"
	"math"
	"testing"

	"neurosim/analysis"
)

// The figures of large runs must not take longer than the runs.

func BenchmarkRasterOfAMillion(b *testing.B) { benchmark(b, denseRaster(1_000_000)) }

func BenchmarkLineOf100000(b *testing.B) {
	s := analysis.Series{Mark: analysis.Line, Role: analysis.Excitatory}
	for i := range 100_000 {
		s.X, s.Y = append(s.X, float64(i)), append(s.Y, math.Sin(float64(i*i)))
	}
	benchmark(b, analysis.Figure{Width: 183, Height: 60, Panels: []analysis.Panel{{Series: []analysis.Series{s}}}})
}

func benchmark(b *testing.B, fig analysis.Figure) {
	for _, format := range Formats {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				if err := Write(io.Discard, fig, format); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
