package dendrite

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Four cells at a time give the bits of one at a time, whatever the potentials:
// outside the table, infinite, NaN, with slopes below the floor among them; and
// of any number of cells.
func TestWidePairsHaveSameBits(t *testing.T) {
	if !wide {
		t.Skip("this processor has no AVX2")
	}
	r := rand.New(rand.NewPCG(3, 4))
	frozen := 0
	for n := range 70 {
		for _, rise := range []float64{0, 0.5} {
			a := ReceptorParams{GMax: 1, TauRise: rise, TauDecay: 2, E: -3, Block: BlockParams{Law: NoBlock}}
			b := ReceptorParams{GMax: 1, TauRise: rise, TauDecay: 40, Block: BlockParams{Law: "steep", Mg: 1}}
			ca := NewConductances(NewReceptor(a, 0.1, 0), n, []float64{1})
			cb := NewConductances(NewReceptor(b, 0.1, 0), n, []float64{20})
			v := make([]float64, n)
			for j := range n {
				ca.Excite(0, j, 10*r.Float64())
				cb.Excite(0, j, 400*r.Float64()*r.Float64())
				v[j] = 120*r.Float64() - 100
				if r.IntN(8) == 0 {
					v[j] = []float64{-1e300, 1e300, math.Inf(-1), math.Inf(1), math.NaN(), -128, 128, 127.99999}[r.IntN(8)]
				}
			}
			for range 3 {
				ca.Advance()
				cb.Advance()
			}
			diag, right := make([]float64, n), make([]float64, n)
			ca.SetPair(0, cb, 0, 150, 148, -52.5, v, diag, right)

			p := pair{a1: ca.c1, a2: ca.c2, b1: cb.c1, b2: cb.c2, e: a.E, passive: 150, ch: 148, leak: -52.5, floor: cb.floor[0], b: cb}
			diag1, right1 := make([]float64, n), make([]float64, n)
			if rise == 0 {
				p.setSingle(ca.x, cb.x, v, diag1, right1)
			} else {
				p.setDual(ca.x, ca.y, cb.x, cb.y, v, diag1, right1)
			}
			for j := range n {
				if math.Float64bits(diag[j]) != math.Float64bits(diag1[j]) || math.Float64bits(right[j]) != math.Float64bits(right1[j]) {
					if diag[j] != diag[j] && diag1[j] != diag1[j] || right[j] != right[j] && right1[j] != right1[j] {
						continue // NaN of one kind or another
					}
					t.Fatalf("n = %d, rise %g, cell %d at %g mV: %v, %v; one at a time %v, %v", n, rise, j, v[j], diag[j], right[j], diag1[j], right1[j])
				}
				if g := cb.Conductance(0, j); g*cb.drive.at(v[j]).b < cb.floor[0] {
					frozen++
				}
			}
		}
	}
	if frozen < 50 {
		t.Fatalf("only %d slopes below the floor", frozen)
	}
}

// SetPair is Load and Add: the same to rounding.
func TestPairIsLoadAndAdd(t *testing.T) {
	for _, rise := range []float64{0, 0.5} {
		a := ReceptorParams{GMax: 1, TauRise: rise, TauDecay: 2, E: -3, Block: BlockParams{Law: NoBlock}}
		b := ReceptorParams{GMax: 2, TauRise: rise, TauDecay: 40, Block: BlockParams{Law: "larkum2009", Mg: 1}}
		const n = 9
		ca := NewConductances(NewReceptor(a, 0.1, 0.5), n, []float64{1})
		cb := NewConductances(NewReceptor(b, 0.1, 0.5), n, []float64{20})
		v, diag, right := make([]float64, n), make([]float64, n), make([]float64, n)
		diag1, right1 := make([]float64, n), make([]float64, n)
		for j := range n {
			ca.Excite(0, j, float64(j))
			cb.Excite(0, j, float64(10*j))
			v[j] = -80 + 10*float64(j)
			diag1[j], right1[j] = 150, float64(148*v[j])-52.5
		}
		ca.SetPair(0, cb, 0, 150, 148, -52.5, v, diag, right)
		ca.Add(0, v, diag1, right1)
		cb.Add(0, v, diag1, right1)
		for j := range n {
			// a sum of four terms of up to 1e4
			if math.Abs(diag[j]-diag1[j]) > 1e-11 || math.Abs(right[j]-right1[j]) > 1e-11 {
				t.Errorf("rise %g, cell %d: %v, %v; Load and Add %v, %v", rise, j, diag[j], right[j], diag1[j], right1[j])
			}
		}
	}
}
