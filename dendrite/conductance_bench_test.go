package dendrite

import (
	"testing"

	"neurosim/internal/fpmath"
)

var sink float64

// The magnesium block of one compartment: B(V) (V - E) and its slope by table, and
// B(V) alone by the exponential, cells at potentials from -75 to -15 mV.
func BenchmarkBlock(b *testing.B) {
	const n = 1024
	p := DefaultNMDA()
	p.Block.Law = "jahr-stevens"
	c := NewConductances(NewReceptor(p, 0.1, 0), n, []float64{1e3})
	v, diag, right := make([]float64, n), make([]float64, n), make([]float64, n)
	for j := range v {
		c.Excite(0, j, 1)
		v[j] = -75 + 60*float64(j*37%n)/n
	}
	b.Run("table", func(b *testing.B) {
		for b.Loop() {
			sum := 0.0
			for _, u := range v {
				k := c.drive.at(u)
				sum += float64(k.b*u) + k.a
			}
			sink = sum
		}
		b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/n, "ns/cell")
	})
	b.Run("exponential", func(b *testing.B) {
		for b.Loop() {
			sum := 0.0
			for _, u := range v {
				sum += 1 / (1 + float64(fpmath.Exp(-0.062*u)/3.57))
			}
			sink = sum
		}
		b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/n, "ns/cell")
	})
	b.Run("Add", func(b *testing.B) {
		for b.Loop() {
			c.Add(0, v, diag, right)
		}
		b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/n, "ns/cell")
	})
}
