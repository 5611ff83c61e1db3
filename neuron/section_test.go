package neuron

import (
	"math"
	"testing"
)

// The rule of d_lambda: λ at 100 Hz of a cylinder of 2 µm with R_a = 150 Ω cm and
// 1 µF/cm² is √(d/(4π f R_a C_m)) = 325.7 µm, so 500 µm at 0.1 need 15.35, that is 17
// compartments; a cone is the sum of its parts, and a fixed length divides. By
// per_length there are 1 + 2 int(L/per_length).
func TestCompartmentsByRule(t *testing.T) {
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
		{Discretisation{PerLength: 40}, cylinder(1, 2, 2), 1},
		{Discretisation{PerLength: 40}, cylinder(39.999, 2, 2), 1},
		{Discretisation{PerLength: 40}, cylinder(40, 2, 2), 3},
		{Discretisation{PerLength: 40}, cylinder(79.999, 2, 2), 3},
		{Discretisation{PerLength: 40}, cylinder(80, 2, 2), 5},
		{Discretisation{PerLength: 40}, cylinder(1000, 2, 2), 51},
		{Discretisation{PerLength: 1e-9}, cylinder(100, 2, 2), MaxCompartments + 1}, // refused
	} {
		if got := c.rule.count(c.s); got != c.want {
			t.Errorf("%+v, %g µm: %d compartments, want %d", c.rule, c.s.Length(), got, c.want)
		}
	}
}

// Cylinders and cones have the areas and axial resistances of textbooks, and
// pieces add up to the whole, wherever they are cut.
func TestAreasAndResistancesOfFrusta(t *testing.T) {
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
