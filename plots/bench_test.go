package plots

import (
	"io"
	"math"
	"testing"

	"neurosim/figure"
)

// The figures of large runs must not take longer than the runs.

func BenchmarkRasterOfAMillion(b *testing.B) { benchmark(b, denseRaster(1_000_000)) }

func BenchmarkLineOf100000(b *testing.B) {
	s := figure.Series{Mark: figure.Line, Role: figure.Excitatory}
	for i := range 100_000 {
		s.X, s.Y = append(s.X, float64(i)), append(s.Y, math.Sin(float64(i*i)))
	}
	benchmark(b, figure.Figure{Width: 183, Height: 60, Panels: []figure.Panel{{Series: []figure.Series{s}}}})
}

func benchmark(b *testing.B, fig figure.Figure) {
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
