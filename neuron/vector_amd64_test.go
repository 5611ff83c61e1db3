package neuron

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Four cells at a time give the bits of one at a time, for any number of cells.
func TestWideLoopsHaveSameBits(t *testing.T) {
	if !wide {
		t.Skip("needs a processor with AVX2: any x86-64 of 2015 or later")
	}
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 40 {
		some := func() []float64 {
			a := make([]float64, n)
			for j := range a {
				a[j] = math.Ldexp(r.NormFloat64(), r.IntN(40)-20)
			}
			return a
		}
		same := func(what string, a, b []float64) {
			t.Helper()
			if !slices.Equal(a, b) {
				t.Fatalf("%s, n = %d: %v, one at a time %v", what, n, a, b)
			}
		}
		d, b, x, y := some(), some(), some(), some()
		d1, b1, x1, y1 := slices.Clone(d), slices.Clone(b), slices.Clone(x), slices.Clone(y)
		eliminate(0.37, d, b, x, y)
		for j := range n { // fewer than four go one at a time
			eliminate(0.37, d1[j:j+1], b1[j:j+1], x1[j:j+1], y1[j:j+1])
		}
		same("diagonal", d, d1)
		same("right-hand side", b, b1)
		same("diagonal of the parent", x, x1)
		same("right-hand side of the parent", y, y1)
		substitute(x, d, b, y)
		combine(y, d, 1.1, -0.3, 7.7)
		for j := range n {
			substitute(x1[j:j+1], d1[j:j+1], b1[j:j+1], y1[j:j+1])
			combine(y1[j:j+1], d1[j:j+1], 1.1, -0.3, 7.7)
		}
		same("substitution", x, x1)
		same("combination", y, y1)
		divide(b, d)
		load(x, y, d, 3.3, -1.7, 0.9)
		for j := range n {
			divide(b1[j:j+1], d1[j:j+1])
			load(x1[j:j+1], y1[j:j+1], d1[j:j+1], 3.3, -1.7, 0.9)
		}
		same("quotient", b, b1)
		same("loaded diagonal", x, x1)
		same("loaded right-hand side", y, y1)
		weigh(x, y, d, b)
		for j := range n {
			weigh(x1[j:j+1], y1[j:j+1], d1[j:j+1], b1[j:j+1])
		}
		same("weighed", x, x1)
		take(x, y, d, 1.3)
		give(y, d, -0.7)
		begin(d, b)
		for j := range n {
			take(x1[j:j+1], y1[j:j+1], d1[j:j+1], 1.3)
			give(y1[j:j+1], d1[j:j+1], -0.7)
			begin(d1[j:j+1], b1[j:j+1])
		}
		same("taken", x, x1)
		same("given", y, y1)
		same("beginning of the second stage", d, d1)
	}
}
