package channel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomMembrane returns a membrane of places with all kinds of channels: of several gates and
// powers, that fill or read a pool, reverse at E_Ca, read V and calcium, or have no gate.
func randomMembrane(t *testing.T, places int, staggered bool) *Membrane {
	t.Helper()
	gates := func(text ...GateText) []GateText {
		for i := range text {
			text[i].Name, text[i].Reference = string(rune('a'+i)), math.NaN()
		}
		return text
	}
	opens := GateText{Power: 3, Inf: "1/(1 + exp(-(V + 40)/9))", Tau: "0.1 + 2/(1 + exp((V + 40)/20))"}
	shuts := GateText{Power: 1, Inf: "1/(1 + exp((V + 60)/7))", Tau: "5"}
	square := GateText{Power: 2, Inf: "1/(1 + exp(-(V + 20)/9))", Tau: "1"}
	bound := GateText{Power: 1, Inf: "1/(1 + (4e-4/ca)^3)", Tau: "2"}
	both := GateText{Power: 1, Inf: "1/(1 + exp(-(V + 1e4 * ca)/9))", Tau: "3"}
	nan := math.NaN()
	defs := []Definition{
		{Name: "na", Ion: Sodium, E: 50, Gates: gates(opens, shuts)}, {Name: "k", Ion: Potassium, E: -85, Gates: gates(square)},
		{Name: "ca", Ion: Calcium, E: nan, Gates: gates(square, shuts, opens)}, {Name: "ca2", Ion: Calcium, E: 120, Gates: gates(opens)},
		{Name: "sk", Ion: Potassium, E: -85, Gates: gates(bound)}, {Name: "bk", Ion: Potassium, E: -85, Gates: gates(both, bound)},
		{Name: "leak", E: -70}, {Name: "ih", E: -45, Gates: gates(shuts)}, {Name: "ca3", Ion: Calcium, E: nan, Gates: gates(opens, shuts)},
	}
	r := rand.New(rand.NewPCG(1, uint64(places)))
	spec := MembraneSpec{Pools: make([]*PoolParams, places), Celsius: 34, Dt: 0.025, Staggered: staggered}
	for range places {
		spec.Area, spec.Start = append(spec.Area, 100+900*r.Float64()), append(spec.Start, -70)
	}
	for i := range places { // the first without pools
		if i >= places/3 {
			p := DefaultPool()
			p.Depth, p.Inward, p.Floor = 0.1+r.Float64(), i%2 == 0, 1e-4*(1+r.Float64())
			spec.Pools[i] = &p
		}
	}
	for i := range defs {
		k := defs[i].Compile(34, func(key, rule string, args ...any) { t.Fatalf("%s: %s: "+rule, append([]any{i, key}, args...)...) })
		d := make([]float64, places)
		for node := range d {
			pooled := spec.Pools[node] != nil
			if pooled && i < 6+node%4 || !pooled && i != 2 && !k.ReadsCalcium() && i != 8 {
				d[node] = 1e-3 * r.Float64()
			}
		}
		spec.Channels = append(spec.Channels, Placed{k, d})
	}
	m, err := NewMembrane(spec)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wandering is a cable whose potentials wander, also out of the table.
type wandering struct {
	v, before, diag, right, diag2, right2 []float64
}

func (w *wandering) Potentials() []float64 { return w.v }
func (w *wandering) Before() []float64     { return w.before }
func (w *wandering) Rows() (diag, right, diag2, right2 []float64) {
	return w.diag, w.right, w.diag2, w.right2
}

// run steps n cells and returns all that comes of it.
func (w *wandering) run(m *Membrane, places, n, steps int) (out []float64) {
	size := places * n
	*w = wandering{make([]float64, size), make([]float64, size), make([]float64, size), make([]float64, size), make([]float64, size), make([]float64, size)}
	r := rand.New(rand.NewPCG(9, uint64(n)))
	for j := range size {
		w.v[j] = -128 + 256*r.Float64()
	}
	s := m.NewState(n)
	for range steps {
		s.Currents(w)
		copy(w.before, w.v)
		for j := range w.v {
			w.v[j] += 30 * r.NormFloat64()
			if math.Abs(w.v[j]) > 110 {
				w.v[j] *= 0.5
			}
			if r.IntN(200) == 0 {
				w.v[j] = []float64{-128, 128, 127.9999, -128.0001, -128.2, 1e5, -1e5, 1e300}[r.IntN(8)]
			}
			if w.v[j] > 1e3 {
				w.v[j] = 0
			}
		}
		if r.IntN(10) == 0 { // concentrations beyond the table
			for i := range s.groups {
				if g := &s.groups[i]; g.c != nil {
					g.c[r.IntN(len(g.c))] = []float64{1e-9, 20, 1e-3}[r.IntN(3)]
				}
			}
		}
		s.Advance(w)
	}
	for i := range s.groups {
		g := &s.groups[i]
		for _, a := range [...][]float64{g.x, g.c, g.ica, g.eca, g.gca, g.geca, g.g[0], g.e[0], g.g[1], g.e[1]} {
			out = append(out, a...)
		}
	}
	return slices.Concat(out, w.diag, w.right, w.diag2, w.right2)
}

// Vectors give the bits of one element at a time, for any number of cells, whatever the
// potentials and concentrations.
func TestWideLoopsHaveSameBits(t *testing.T) {
	if !wide {
		t.Skip("needs a processor with AVX2: any x86-64 of 2015 or later")
	}
	defer func() { wide = true }()
	for _, staggered := range []bool{false, true} {
		const places = 23
		m := randomMembrane(t, places, staggered)
		for _, n := range []int{1, 2, 3, 4, 5, 8, 11} {
			var w wandering
			wide = true
			a := w.run(m, places, n, 60)
			wide = false
			b := w.run(m, places, n, 60)
			bad := 0
			for i := range a {
				if math.Float64bits(a[i]) != math.Float64bits(b[i]) && (a[i] == a[i] || b[i] == b[i]) {
					bad++
					if bad < 4 {
						t.Errorf("staggered %v, n = %d: number %d of %d is %v, one at a time %v", staggered, n, i, len(a), a[i], b[i])
					}
				}
			}
			finite := 0
			for _, x := range a {
				if x-x == 0 {
					finite++
				}
			}
			if finite < len(a)*9/10 { // outward calcium currents may leave nothing
				t.Errorf("staggered %v, n = %d: only %d of %d numbers are finite", staggered, n, finite, len(a))
			}
		}
	}
}
