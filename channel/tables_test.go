package channel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"neurosim/channel"
	"neurosim/channel/catalogue"
)

// bends are potentials (mV) at which time constants of the catalogue reach their floor. A
// cubic cannot follow there.
var bends = map[string]float64{
	"ca1/kap.l": -50 + 2/0.26,
	"ca1/kad.l": -50 + 2/0.26,
}

// A step from the tables is that of the formulas at random potentials and concentrations, to
// 1e-6 of a gate: from the steady state at -70 mV, and from that at 0 mV.
func TestTables(t *testing.T) {
	dts := []float64{0.025, 0.1}
	if testing.Short() {
		dts = dts[:1]
	}
	for _, name := range catalogue.Names() {
		k := named(t, name, 34)
		if k.Ion == channel.Calcium {
			k.E = 120 // the current does not matter
		}
		for _, dt := range dts {
			offBy(t, k, dt)
		}
	}
}

// named returns a channel of the catalogue at a temperature.
func named(t *testing.T, name string, celsius float64) *channel.Kinetics {
	t.Helper()
	def, err := catalogue.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	k := def.Compile(celsius, func(key, rule string, args ...any) {
		t.Errorf("%s at %g degC: %s: %s", name, celsius, key, fmt.Sprintf(rule, args...))
	})
	if k == nil {
		t.FailNow()
	}
	return k
}

// offBy steps many cells once and compares their gates with the formulas.
func offBy(t *testing.T, k *channel.Kinetics, dt float64) {
	const cells, nodes = 500, 12
	rnd := rand.New(rand.NewPCG(1, 2))
	spec := channel.MembraneSpec{Channels: []channel.Placed{{Kinetics: k}}, Celsius: 34, Dt: dt}
	cable := make(clamped, nodes)
	names, _ := k.Gates()
	for node := range nodes {
		pool := channel.DefaultPool()
		pool.Floor, pool.Gamma = math.Exp2(-18+12*rnd.Float64()), 0 // the concentration stays there
		spec.Channels[0].Density = append(spec.Channels[0].Density, 1e-3)
		spec.Pools, spec.Area = append(spec.Pools, &pool), append(spec.Area, 1000)
		spec.Start = append(spec.Start, []float64{-70, 0}[node%2])
		for i := range cells {
			v := -120 + 240*rnd.Float64()
			if at, bent := bends[k.Name+"."+names[len(names)-1]]; bent && i%2 == 0 {
				v = at + 2*(rnd.Float64()-0.5)
			}
			cable[node] = append(cable[node], v)
		}
	}
	m, err := channel.NewMembrane(spec)
	if err != nil {
		t.Fatal(err)
	}
	s := m.NewState(cells)
	s.Currents(cable)
	s.Advance(cable)
	for g, gate := range names {
		worst, where := 0.0, 0.0
		for node, vs := range cable {
			c := spec.Pools[node].Floor
			for cell, v := range vs {
				want := k.Steady(g, v, c)
				if tau := k.Tau(g, v, c); tau > 0 {
					want += (k.Steady(g, spec.Start[node], c) - want) * math.Exp(-dt/tau)
				}
				got, _ := s.Gate(node, cell, 0, g)
				if e := math.Abs(got - want); !(e <= worst) {
					worst, where = e, v
				}
			}
		}
		if !(worst <= 1e-6) {
			t.Errorf("%s.%s, dt %g ms: off by %.2g at %.6g mV", k.Name, gate, dt, worst, where)
		}
	}
}

// Beyond the table, at -129 and 140 mV, a step is that of the formulas to the last digits.
func TestBeyondTables(t *testing.T) {
	for _, name := range []string{"hay/NaTa_t", "hay/Ih", "mainen/na"} {
		k := named(t, name, 34)
		m, err := channel.NewMembrane(channel.MembraneSpec{
			Channels: []channel.Placed{{Kinetics: k, Density: []float64{1e-3}}}, Pools: make([]*channel.PoolParams, 1),
			Area: []float64{1000}, Start: []float64{-65}, Celsius: 34, Dt: 0.025,
		})
		if err != nil {
			t.Fatal(err)
		}
		cable := clamped{{-129, 140, math.Nextafter(-128, -200), 128}}
		s := m.NewState(len(cable[0]))
		s.Currents(cable)
		s.Advance(cable)
		names, _ := k.Gates()
		for g := range names {
			for cell, v := range cable[0] {
				inf, tau := k.Steady(g, v, 0), k.Tau(g, v, 0)
				want := inf + (k.Steady(g, -65, 0)-inf)*math.Exp(-0.025/tau)
				if got, _ := s.Gate(0, cell, 0, g); math.Abs(got-want) > 1e-14 {
					t.Errorf("%s.%s at %g mV: %.17g, want %.17g", name, names[g], v, got, want)
				}
			}
		}
	}
}
