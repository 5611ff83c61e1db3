package neuron

import (
	"math"
	"testing"
)

// forked is a soma, a trunk of 90 µm on it, two branches at its end and one at 0.3 of it.
func forked(m MembraneParams) []Section {
	section := func(name, region string, parent int, at, length, first, last float64, n int) Section {
		return Section{Name: name, Region: region, Parent: parent, At: at, Profile: []Point{{0, first / 2}, {length, last / 2}}, Compartments: n, Membrane: m}
	}
	return []Section{
		section("soma", "", -1, 0, 20, 20, 20, 1),
		section("trunk", "apical", 0, 0.5, 90, 4, 2, 9),
		section("left", "apical", 1, 1, 50, 1, 1, 5),
		section("right", "apical", 1, 1, 60, 1, 2, 3),
		section("oblique", "apical", 1, 0.3, 40, 1, 1, 5),
		section("root", "apical", 1, 0, 40, 1, 1, 1),
		section("basal", "basal", 0, 1, 40, 1, 1, 3),
		section("other", "basal", 0, 0, 40, 1, 1, 3),
	}
}

// Spines are the same as sections cut where they begin and end, with C_m and g_L
// multiplied by hand: capacitance, leak and input resistance of every node.
func TestSpinesAreAnotherMembrane(t *testing.T) {
	m := MembraneParams{Cm: 0.9, Ra: 120, GL: 4e-5, EL: -70}
	const factor = 1.9
	spiny := m
	spiny.Cm, spiny.GL = m.Cm*factor, m.GL*factor
	sections := forked(m)
	for _, i := range []int{1, 2, 4} {
		sections[i].Spines = []Spines{{Factor: factor, From: 60, To: 110}}
	}
	tree, err := NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := NewTree(forked(m))
	if err != nil {
		t.Fatal(err)
	}
	// Centres of the trunk stand at 5, 15 ... 85 µm: six without. Those of left at 95, 105,
	// 115 ... µm: two with. The oblique begins at the centre of compartment 2, at 25 µm, and
	// ends at 65 µm; its centres stand at 29, 37, 45, 53 and 61 µm.
	with := map[string]func(k int) bool{
		"trunk":   func(k int) bool { return k >= 6 },
		"left":    func(k int) bool { return k < 2 },
		"oblique": func(k int) bool { return k == 4 },
	}
	found := 0
	for i := range tree.Len() {
		s := tree.Sections[tree.Section[i]]
		want := 1.0
		if in := with[s.Name]; in != nil && tree.Index[i] >= 0 && in(int(tree.Index[i])) {
			want = factor
			found++
		}
		if math.Abs(tree.Cap[i]-want*plain.Cap[i]) > 1e-12*plain.Cap[i] || math.Abs(tree.Leak[i]-want*plain.Leak[i]) > 1e-12*plain.Leak[i] {
			t.Errorf("%s, compartment %d: C %g, g %g, want %g times %g, %g", s.Name, tree.Index[i], tree.Cap[i], tree.Leak[i], want, plain.Cap[i], plain.Leak[i])
		}
		if tree.Area[i] != plain.Area[i] || tree.Axial[i] != plain.Axial[i] {
			t.Errorf("%s, compartment %d: spines change the area or the axial resistance", s.Name, tree.Index[i])
		}
	}
	if found != 6 {
		t.Errorf("%d compartments with spines, want 6", found)
	}
	// A dendrite with spines all over is one of that membrane.
	all := forked(m)
	written := forked(m)
	for i := range all[1:] {
		all[i+1].Spines = []Spines{{Factor: factor}}
		written[i+1].Membrane = spiny
	}
	a, err := NewTree(all)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewTree(written)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Len() {
		if x, y := a.InputResistance(i), b.InputResistance(i); math.Abs(x/y-1) > 1e-12 || math.Abs(a.Cap[i]-b.Cap[i]) > 1e-12*b.Cap[i] {
			t.Errorf("node %d: %g MΩ, %g pF, want %g, %g", i, x, a.Cap[i], y, b.Cap[i])
		}
	}
}

// A place at a border of spines: from holds it, to does not.
func TestBordersOfSpines(t *testing.T) {
	s := Section{Spines: []Spines{{Factor: 2, From: 10, To: 20}, {Factor: 3, From: 20, To: 30}, {Factor: 4, From: 40}}}
	for d, want := range map[float64]float64{0: 1, 9.999: 1, 10: 2, 19.999: 2, 20: 3, 30: 1, 39.999: 1, 40: 4, 1e6: 4} {
		if got := s.spineFactor(d); got != want {
			t.Errorf("at %g µm: %g, want %g", d, got, want)
		}
	}
}

// The rule of λ sees spines, which shorten λ by √F where they are. A cylinder of 500 µm
// has 17 compartments (see TestCompartmentsByRule); with F = 4 on the last 250 µm it is as one of 750 µm, with F = 4 on
// all of it as one of 1000 µm.
func TestSpinesInTheRuleOfLambda(t *testing.T) {
	rule := Discretisation{DLambda: 0.1}
	cylinder := func(length float64, spines ...Spines) Section {
		return Section{Parent: 0, At: 0.5, Profile: []Point{{0, 1}, {length / 3, 1}, {length, 1}}, Membrane: DefaultMembrane(), Spines: spines, byRule: true}
	}
	soma := Section{Parent: -1, Profile: []Point{{0, 10}, {20, 10}}, Membrane: DefaultMembrane(), byRule: true}
	for _, c := range []struct {
		spines Spines
		like   float64
	}{{Spines{Factor: 4, From: 250}, 750}, {Spines{Factor: 4}, 1000}, {Spines{Factor: 4, From: 250, To: 300}, 550}, {Spines{Factor: 4, From: 600}, 500}} {
		ss := []Section{soma, cylinder(500, c.spines), cylinder(c.like)}
		Discretise(ss, rule)
		if ss[0].Compartments != 1 || ss[1].Compartments != ss[2].Compartments || ss[1].Compartments < 17 {
			t.Errorf("%s: %d compartments, want %d", c.spines, ss[1].Compartments, ss[2].Compartments)
		}
	}
	// What counts is the path from the soma, so that it is known where a section begins.
	ss := []Section{soma, cylinder(500), cylinder(500, Spines{Factor: 4, From: 500}), cylinder(1000)}
	ss[2].Parent, ss[2].At = 1, 1
	Discretise(ss, rule)
	if ss[2].Compartments != ss[3].Compartments {
		t.Errorf("a section that begins at 500 µm has %d compartments, want %d", ss[2].Compartments, ss[3].Compartments)
	}
}

// Where a section begins, for the rule, is where its first compartment begins in the tree.
func TestBeginningsOfSections(t *testing.T) {
	for _, somaN := range []int{1, 3, 4} {
		ss := forked(DefaultMembrane())
		ss[0].Compartments = somaN
		ss[7].At = 0.4
		tree, err := NewTree(ss)
		if err != nil {
			t.Fatal(err)
		}
		Discretise(ss, DefaultDiscretisation())
		for i := range ss[1:] {
			first := tree.Node(i+1, 0)
			if want := tree.Distance[first] - tree.Length[first]/2; math.Abs(ss[i+1].begin-want) > 1e-9 {
				t.Errorf("%s begins at %g µm, in the tree at %g", ss[i+1].Name, ss[i+1].begin, want)
			}
		}
	}
}

// Wrong spines and rules are refused, each with its key.
func TestBadSpinesAndRules(t *testing.T) {
	first := func(check func(func(key, rule string, args ...any))) (key string) {
		check(func(k, rule string, args ...any) {
			if key == "" {
				key = k
			}
		})
		return key
	}
	for _, c := range []struct {
		s    Spines
		want string
	}{
		{Spines{Factor: 1.9, From: 60}, ""}, {Spines{Factor: 1, From: 0, To: 1}, ""},
		{Spines{Factor: 0.5}, "factor"}, {Spines{Factor: math.NaN()}, "factor"}, {Spines{Factor: math.Inf(1)}, "factor"},
		{Spines{Factor: 2, From: -1}, "from"}, {Spines{Factor: 2, From: 60, To: 60}, "to"}, {Spines{Factor: 2, From: 60, To: -1}, "to"},
	} {
		if got := first(c.s.Check); got != c.want {
			t.Errorf("%+v: %q, want %q", c.s, got, c.want)
		}
	}
	for _, c := range []struct {
		d    Discretisation
		want string
	}{
		{Discretisation{DLambda: 0.1}, ""}, {Discretisation{MaxLength: 10}, ""}, {Discretisation{PerLength: 40}, ""},
		{Discretisation{}, "d_lambda"}, {Discretisation{PerLength: -1}, "per_length"}, {Discretisation{MaxLength: math.Inf(1)}, "max_length"},
		{Discretisation{DLambda: 0.1, MaxLength: 1}, "max_length"}, {Discretisation{DLambda: 0.1, PerLength: 1}, "per_length"},
		{Discretisation{MaxLength: 1, PerLength: 1}, "per_length"},
	} {
		if got := first(c.d.Check); got != c.want {
			t.Errorf("%+v: %q, want %q", c.d, got, c.want)
		}
	}
	ss := forked(DefaultMembrane())
	for _, spines := range [][]Spines{{{Factor: 2}, {Factor: 2, From: 50}}, {{Factor: 2, To: 50}, {Factor: 2, From: 49}}, {{Factor: 0}}} {
		ss[1].Spines = spines
		if _, err := NewTree(ss); err == nil {
			t.Errorf("%v: a tree was built", spines)
		}
	}
	ss[1].Spines = []Spines{{Factor: 2, To: 50}, {Factor: 3, From: 50}}
	if _, err := NewTree(ss); err != nil {
		t.Error(err)
	}
}
