package neuron

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// Places in space are in step with the profile: neighbours are as far apart as their paths
// say. A section begins where its parent ends, and on the soma at its own first point.
func TestPointsAreInStepWithTheProfile(t *testing.T) {
	small, err := os.ReadFile("testdata/small.asc")
	if err != nil {
		t.Fatal(err)
	}
	asc, err := ReadASC(strings.NewReader(string(small)), StubAxon)
	if err != nil {
		t.Fatal(err)
	}
	stacked, err := ReadASC(strings.NewReader(circle(4, 0, -3)+circle(6, 0, 0)+circle(6, 2, 5)+"((Dendrite) (1 0 2 1) (1 0 50 1))"), DropAxon)
	if err != nil {
		t.Fatal(err)
	}
	const text = `1 1 10 20 0 5 -1
2 3 18 20 0 1 1
3 3 28 20 0 1 2
4 3 28 30 10 0.4 3
5 3 28 10 0 0.4 3
6 4 10 25 0 1 1
7 4 10 25 0 1 6
8 4 10 45 7 1 7
9 3 0 20 0 1 1
10 3 2 20 0 1 9
11 3 0 24 0 1 9
12 3 10 14 0 1 1
`
	swc, err := ReadSWC(strings.NewReader(text), SWCParams{Axon: StubAxon})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*Morphology{asc, stacked, swc} {
		sections := m.Sections(DefaultMembrane(), nil, Discretisation{MaxLength: 10})
		if _, err := NewTree(sections); err != nil {
			t.Fatal(err)
		}
		for i, s := range sections {
			if s.Region == "axon" { // the stub is nowhere
				if s.Points != nil {
					t.Errorf("%s has places %v", s.Name, s.Points)
				}
				continue
			}
			for k := 1; k < len(s.Profile); k++ {
				if got, want := apart(s.Points[k], s.Points[k-1]), s.Profile[k].Path-s.Profile[k-1].Path; math.Abs(got-want) > 1e-9 {
					t.Errorf("%s, point %d is %g µm from the one before, %g of path", s.Name, k, got, want)
				}
			}
			if p := sections[max(s.Parent, 0)]; i > 0 && s.Parent > 0 && s.Points[0] != p.Points[len(p.Points)-1] {
				t.Errorf("%s begins at %v, its parent ends at %v", s.Name, s.Points[0], p.Points)
			}
		}
	}
	where := map[string][][3]float64{
		"soma":    {{10, 15, 0}, {10, 25, 0}},
		"basal3":  {{18, 20, 0}, {28, 20, 0}},
		"basal4":  {{28, 20, 0}, {28, 30, 10}},
		"apical8": {{10, 25, 0}, {10, 45, 7}}, // its first two samples are one place
		"basal11": {{0, 20, 0}, {0, 24, 0}},   // the sample that only says where it begins
		"basal12": {{10, 20, 0}, {10, 14, 0}}, // a neurite by itself, from the soma
	}
	for _, s := range swc.Sections(DefaultMembrane(), nil, Discretisation{MaxLength: 10}) {
		if want, named := where[s.Name]; named && !slices.Equal(s.Points, want) {
			t.Errorf("%s lies at %v, want %v", s.Name, s.Points, want)
		}
		delete(where, s.Name)
	}
	if len(where) > 0 {
		t.Errorf("no sections %v", where)
	}
}
