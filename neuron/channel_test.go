package neuron

import (
	"math"
	"testing"
)

// Tables of gates give exponential Euler with the published rates, written again
// here, to 1e-6 of a gate, at any potential of the table, dt and factor.
func TestGateTables(t *testing.T) {
	linoid := func(x, y float64) float64 { // x/(e^(x/y) - 1)
		if math.Abs(x/y) < 1e-9 {
			return y
		}
		return x / math.Expm1(x/y)
	}
	published := map[string][2]rates{
		"na": {
			func(v float64) (float64, float64) { return 0.1 * linoid(-40-v, 10), 4 * math.Exp((-65-v)/18) },
			func(v float64) (float64, float64) { return 0.07 * math.Exp((-65-v)/20), 1 / (math.Exp((-35-v)/10) + 1) },
		},
		"kdr": {func(v float64) (float64, float64) { return 0.01 * linoid(-55-v, 10), 0.125 * math.Exp((-65-v)/80) }},
		"ca": {
			func(v float64) (float64, float64) { return 0.055 * linoid(-27-v, 3.8), 0.94 * math.Exp((-75-v)/17) },
			func(v float64) (float64, float64) {
				return 0.000457 * math.Exp((-13-v)/50), 0.0065 / (math.Exp((-v-15)/28) + 1)
			},
		},
		"km": {func(v float64) (float64, float64) {
			return 3.3e-3 * math.Exp(0.1*(v+35)), 3.3e-3 * math.Exp(-0.1*(v+35))
		}},
	}
	if len(published) != len(channelNames()) {
		t.Fatalf("%d kinds, %d looked at", len(channelNames()), len(published))
	}
	for _, name := range channelNames() {
		for _, dt := range []float64{0.0025, 0.025, 0.1} {
			for _, factor := range []float64{1, 3} {
				p := ChannelParams{Kind: name, GBar: 1, RateFactor: factor}
				c := NewChannel(p, dt)
				worst := 0.0
				for k, g := range []*gate{c.m, c.h} {
					r := published[name][k]
					if (g == nil) != (r == nil) {
						t.Fatalf("%s: gate %d is not as published", name, k)
					}
					if g == nil {
						continue
					}
					for v := -127.0; v < 127; v += 0.0371 {
						x := []float64{0.3}
						g.advance(x, []float64{v})
						alpha, beta := r(v)
						inf := alpha / (alpha + beta)
						want := inf + (0.3-inf)*math.Exp(-dt*factor*(alpha+beta))
						worst = max(worst, math.Abs(x[0]-want))
					}
				}
				if worst > 1e-6 {
					t.Errorf("%s, dt %g, factor %g: a gate misses by %.2g", name, dt, factor, worst)
				}
			}
		}
	}
}

// A gate at a potential beyond the table, or NaN, stays a number from 0 to 1.
func TestGatesStayInRange(t *testing.T) {
	c := NewChannel(ChannelParams{Kind: "na", RateFactor: 1}, 0.1)
	for _, v := range []float64{-1e9, -128, 127.99, 128, 1e9, math.Inf(1), math.Inf(-1)} {
		x := []float64{0.5}
		c.m.advance(x, []float64{v})
		if !(x[0] >= 0 && x[0] <= 1) {
			t.Errorf("at %g mV a gate becomes %g", v, x[0])
		}
	}
}

// The rule of d_lambda: λ at 100 Hz of a cylinder of 2 µm with R_a = 150 Ω cm and
// 1 µF/cm² is √(d/(4π f R_a C_m)) = 325.7 µm, so 500 µm at 0.1 need 15.35, that is 17
// compartments; a cone is the sum of its parts, and a fixed length divides.
func TestDiscretisation(t *testing.T) {
	cylinder := func(length, d0, d1 float64) Section {
		return Section{Profile: []Point{{0, d0 / 2}, {length, d1 / 2}}, Membrane: MembraneParams{Cm: 1, Ra: 150, GL: 1e-4}}
	}
	for _, c := range []struct {
		rule Discretisation
		s    Section
		want int
	}{
		{Discretisation{DLambda: 0.1}, cylinder(500, 2, 2), 17},
		{Discretisation{DLambda: 0.1}, cylinder(30, 2, 2), 1},
		{Discretisation{DLambda: 0.1}, cylinder(488, 2, 2), 15}, // 14.98
		{Discretisation{DLambda: 0.1}, cylinder(500, 3, 1), 17}, // mean diameter 2
		{Discretisation{DLambda: 0.3}, cylinder(500, 2, 2), 7},  // 5.12
		{Discretisation{MaxLength: 20}, cylinder(300, 2, 2), 15},
		{Discretisation{MaxLength: 20}, cylinder(301, 2, 2), 17},
	} {
		if got := c.rule.count(c.s); got != c.want {
			t.Errorf("%+v, %g µm: %d compartments, want %d", c.rule, c.s.Length(), got, c.want)
		}
	}
}

// Cylinders and cones have the areas and axial resistances of textbooks, and
// pieces add up to the whole, wherever they are cut.
func TestFrusta(t *testing.T) {
	s := Section{
		Name: "soma", Parent: -1, Profile: []Point{{0, 3}, {4, 0.5}, {10, 0.5}, {30, 2}}, Compartments: 7,
		Membrane: MembraneParams{Cm: 2, Ra: 100, GL: 1e-4, EL: -70},
	}
	tree, err := NewTree([]Section{s})
	if err != nil {
		t.Fatal(err)
	}
	area := math.Pi * (3.5*math.Hypot(4, 2.5) + 1*6 + 2.5*math.Hypot(20, 1.5))
	if got := tree.TotalArea(); math.Abs(got-area) > 1e-9*area {
		t.Errorf("area %.9f µm², want %.9f", got, area)
	}
	var c, r float64
	for i := range tree.Len() {
		c += tree.Cap[i]
		if i > 0 {
			r += 1000 / tree.Axial[i]
		}
	}
	if want := area * 0.02; math.Abs(c-want) > 1e-9*want {
		t.Errorf("capacitance %.9f pF, want %.9f", c, want)
	}
	// from the first centre to the last: 15/7 to 30-15/7 µm
	cut := 15.0 / 7
	near, far := 3-2.5*cut/4, 2-1.5*cut/20
	want := 100 * 0.01 / math.Pi * ((4-cut)/(near*0.5) + 6/0.25 + (20-cut)/(0.5*far))
	if math.Abs(r-want) > 1e-9*want {
		t.Errorf("resistance between the ends %.9f MΩ, want %.9f", r, want)
	}
}

// Stepped long enough, a cell with a constant current is where the steady
// equations say, to 1e-6 mV, by either method.
func TestSteadyStateOfSteps(t *testing.T) {
	s := readSpec(t, passiveCable+"/"+passiveCases[1])
	tree := s.tree(t, 1)
	at := tree.Node(2, 7)
	want, rest := tree.transfer(at), tree.Rest()
	for _, m := range []Method{BackwardEuler, CrankNicolson} {
		c := NewCable(NewPlan(tree, 0.1, m, []int{at}), 1, rest)
		for range 5000 {
			c.Begin()
			for _, i := range c.Live() {
				c.Load(int(i))
			}
			c.Right(at)[0] += 50
			c.Solve(nil)
		}
		for i := range want {
			if d := c.V(i)[0] - rest[i] - 0.05*want[i]; math.Abs(d) > 1e-6 {
				t.Fatalf("%s: node %d is %.2g mV from its steady state", m, i, d)
			}
		}
	}
}
