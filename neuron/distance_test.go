package neuron

import (
	"math"
	"slices"
	"testing"

	"neurosim/internal/profile"
)

// Paths count from the centre of the middle compartment of the soma, as NEURON's
// distance(soma(0.5)) does. What begins on the soma begins at an end of it or at the centre of
// one of its compartments, and the path from the origin to there counts.
func TestPathsFromASomaOfSeveralCompartments(t *testing.T) {
	const length = 30.0
	for _, compartments := range []int{1, 2, 3, 4, 5} {
		dx := length / float64(compartments)
		origin := (math.Floor(0.5*float64(compartments)) + 0.5) * dx
		children := []struct {
			at, begin float64 // begin: path along the soma (µm)
		}{{0, 0}, {1, length}, {0.5, origin}, {0.2, (math.Floor(0.2*float64(compartments)) + 0.5) * dx}}
		params := []SectionParams{{Name: "soma", At: -1, Length: length, Diameter: 10, Compartments: compartments}}
		for _, c := range children {
			params = append(params, SectionParams{Name: "on" + string(rune('a'+len(params))), Parent: "soma", At: c.at, Length: 100, Diameter: 1, Compartments: 2})
		}
		params = append(params, SectionParams{Name: "tip", Parent: "onb", At: 0.75, Length: 10, Diameter: 1, Compartments: 1})
		sections := Sections(params, DefaultMembrane(), nil, DefaultDiscretisation(), func(_ int, key, rule string, _ ...any) { t.Fatal(key, rule) })
		tree, err := NewTree(sections)
		if err != nil {
			t.Fatal(err)
		}
		same := func(what string, got, want float64) {
			t.Helper()
			if math.Abs(got-want) > 1e-12*length {
				t.Errorf("%d compartments: %s is at %g µm, want %g", compartments, what, got, want)
			}
		}
		if tree.At(0, 0.5) != 0 {
			t.Errorf("%d compartments: the middle of the soma is not node 0", compartments)
		}
		fromSoma, _, _ := tree.Distances(profile.Soma, profile.Centre)
		fromStart, _, _ := tree.Distances(profile.SomaStart, profile.Centre)
		for node, d := range tree.Distance {
			same("node by Distances", fromSoma[node], d)
		}
		for k := range compartments {
			at := (float64(k) + 0.5) * dx
			same("soma", tree.Distance[tree.Node(0, k)], math.Abs(at-origin))
			same("soma from its start", fromStart[tree.Node(0, k)], at)
		}
		for i, c := range children {
			node := tree.Node(1+i, 1)
			same(params[1+i].Name, tree.Distance[node], math.Abs(c.begin-origin)+75)
			same(params[1+i].Name+" from the start of the soma", fromStart[node], c.begin+75)
			same(params[1+i].Name+" by its section", sections[1+i].begin, math.Abs(c.begin-origin))
		}
		same("tip", tree.Distance[tree.Node(len(params)-1, 0)], math.Abs(children[0].begin-origin)+75+5)
	}
}

// The path from the soma, its middle compartment, passes the compartments before the place where
// a branch begins.
func TestPathTo(t *testing.T) {
	var params []SectionParams
	for _, s := range []struct {
		name, parent string
		at           float64
	}{{"soma", "", 1}, {"trunk", "soma", 1}, {"side", "trunk", 0.5}, {"back", "soma", 0}, {"twin", "back", 0}} {
		p := DefaultSection()
		p.Name, p.Parent, p.At, p.Length, p.Diameter, p.Compartments = s.name, s.parent, s.at, 30, 2, 3
		params = append(params, p)
	}
	sections := Sections(params, DefaultMembrane(), nil, DefaultDiscretisation(), func(i int, key, rule string, args ...any) {
		t.Fatalf("section %d: %s: "+rule, append([]any{i, key}, args...)...)
	})
	tree, err := NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		section string
		k       int
		want    []string
	}{
		{"soma", 0, []string{"soma 1", "soma 0"}},
		{"soma", 1, []string{"soma 1"}},
		{"trunk", 1, []string{"soma 1", "soma 2", "trunk 0", "trunk 1"}},
		{"side", 0, []string{"soma 1", "soma 2", "trunk 0", "trunk 1", "side 0"}},
		{"back", 0, []string{"soma 1", "soma 0", "back 0"}},
		{"twin", 1, []string{"soma 1", "soma 0", "twin 0", "twin 1"}},
	} {
		var got []string
		for _, node := range tree.PathTo(tree.SectionNamed(c.section), (float64(c.k)+0.5)/3) {
			got = append(got, tree.Sections[tree.Section[node]].Name+" "+string('0'+rune(tree.Index[node])))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %d: %v, want %v", c.section, c.k, got, c.want)
		}
	}
}
