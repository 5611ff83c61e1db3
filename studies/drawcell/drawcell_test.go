package drawcell

import (
	"math"
	"strings"
	"testing"

	"neurosim/figure"
	"neurosim/neuron"
)

// A section is apical by its region, as apic[0] of an ASC file is, or by its name.
func TestApicalByRegionOrName(t *testing.T) {
	tree := &neuron.Tree{Sections: []neuron.Section{{Name: "apic[0]", Region: "apical"}, {Name: "apical3"}, {Name: "dend[0]", Region: "basal"}, {Name: "apex"}}}
	for i, want := range []bool{true, true, false, false} {
		if Apical(tree, i) != want {
			t.Errorf("%s: %v", tree.Sections[i].Name, !want)
		}
	}
}

func cylinders(t *testing.T) *neuron.Tree {
	t.Helper()
	sections := neuron.Sections([]neuron.SectionParams{
		{Name: "soma", At: -1, Length: 20, Diameter: 10},
		{Name: "axon", Parent: "soma", At: -1, Length: 30, Diameter: 1, Compartments: 1},
		{Name: "basal1", Parent: "soma", At: -1, Length: 100, Diameter: 1, Compartments: 2},
		{Name: "basal2", Parent: "soma", At: -1, Length: 100, Diameter: 1, Compartments: 2},
		{Name: "apical3", Parent: "soma", At: -1, Length: 60, Diameter: 4, DiameterEnd: 2, Compartments: 3},
		{Name: "apical4", Parent: "apical3", At: 0.5, Length: 20, Diameter: 1, Compartments: 1},
		{Name: "apical5", Parent: "apical3", At: -1, Length: 50, Diameter: 1, Compartments: 1},
		{Name: "apical6", Parent: "apical3", At: -1, Length: 50, Diameter: 1, Compartments: 1},
	}, neuron.DefaultMembrane(), nil, neuron.DefaultDiscretisation(), func(_ int, key, rule string, _ ...any) { t.Fatal(key, rule) })
	tree, err := neuron.NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// lengths returns the length that is drawn of each compartment, whose value is its node, and
// its width.
func lengths(s figure.Series) (length, width map[int]float64) {
	length, width = map[int]float64{}, map[int]float64{}
	for i := range s.X {
		node := int(s.Z[i])
		length[node] += math.Hypot(s.X2[i]-s.X[i], s.Y2[i]-s.Y[i])
		if s.Width != nil {
			width[node] = s.Width[i]
		}
	}
	return length, width
}

func nodes(tree *neuron.Tree) []float64 {
	out := make([]float64, tree.Len())
	for i := range out {
		out[i] = float64(i)
	}
	return out
}

func everywhere(int) bool { return true }

// A cell of cylinders is to scale in length, with its trunk upright, its axon downright, and
// apical tips above, basal ones below the soma; its diameters are multiplied, except for the soma.
func TestScheme(t *testing.T) {
	tree := cylinders(t)
	v, source := Projection(tree, 3)
	if source != Scheme {
		t.Errorf("source %v", source)
	}
	length, width := lengths(v.Strokes(everywhere, nodes(tree)))
	for node := range tree.Len() {
		if tree.Index[node] < 0 {
			if length[node] > 0 {
				t.Errorf("node %d without membrane is drawn", node)
			}
			continue
		}
		wantLength, wantWidth := tree.Length[node], 3*tree.Area[node]/(math.Pi*tree.Length[node])
		if tree.Section[node] == 0 {
			wantLength, wantWidth = 20-10, 10 // with its round ends 20
		}
		if math.Abs(length[node]-wantLength) > 1e-9 || math.Abs(width[node]-wantWidth) > 1e-9 {
			t.Errorf("compartment %d of %s: %g µm long, %g wide; want %g, %g", tree.Index[node], tree.Sections[tree.Section[node]].Name, length[node], width[node], wantLength, wantWidth)
		}
	}
	end := func(name string) xy { return v.at(tree.At(tree.SectionNamed(name), 1)) }
	if p := end("axon"); math.Abs(p.x) > 1e-9 || math.Abs(p.y+15) > 1e-9 {
		t.Errorf("the middle of the axon is at %v", p)
	}
	for i, s := range tree.Sections[1:] {
		if p := end(s.Name); (p.y > 0) != Apical(tree, i+1) {
			t.Errorf("%s ends at %v", s.Name, p)
		}
	}
	if a, b := end("apical5"), end("apical6"); math.Abs(a.x+b.x) > 1e-9 || a.x == b.x {
		t.Errorf("two like branches end at %v and %v, which are no mirror images", a, b)
	}
}

// A cell from a file lies where the file says: a path along the dendrite, bent in x, y and z, is
// shorter in the projection. The stub of its axon leads away from it.
func TestProjectionOfAFile(t *testing.T) {
	m, err := neuron.ReadSWC(strings.NewReader("1 1 0 0 0 5 -1\n2 4 0 5 0 1 1\n3 4 0 45 30 1 2\n4 4 20 45 30 1 3\n5 3 0 25 0 1 1\n6 3 0 35 0 1 5\n"), neuron.SWCParams{Axon: neuron.StubAxon})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := neuron.NewTree(m.Sections(neuron.DefaultMembrane(), nil, neuron.Discretisation{MaxLength: 20}))
	if err != nil {
		t.Fatal(err)
	}
	v, source := Projection(tree, 1)
	if source != Partly {
		t.Errorf("source %v", source)
	}
	length, _ := lengths(v.Strokes(func(node int) bool { return tree.Sections[tree.Section[node]].Region == "apical" }, nodes(tree)))
	sum := 0.0
	for _, l := range length {
		sum += l
	}
	// 50 µm of path, of which 40 lie in the plane, and 20 along x; 5 compartments of 14 µm
	if len(length) != 5 || math.Abs(sum-60) > 1e-9 {
		t.Errorf("%d compartments, %g µm in the plane; want 5, 60", len(length), sum)
	}
	if p, want := v.at(tree.At(tree.SectionNamed("apical4"), 0.5)), (xy{0, 5 + 35*0.8}); math.Abs(p.x-want.x) > 1e-9 || math.Abs(p.y-want.y) > 1e-9 {
		t.Errorf("its middle is at %v, want %v", p, want)
	}
	if p := v.at(tree.At(tree.SectionNamed("axon[1]"), 0.5)); p.y > -40 || p.y < -46 {
		t.Errorf("the stub is at %v, want it 45 µm below the soma", p)
	}
}

// Of a dendrogram every compartment is as long as the cell's, and the ways across are the
// parent's: apical4 begins at the middle of apical3, apical5 straight on from its end.
func TestDendrogram(t *testing.T) {
	tree := cylinders(t)
	v := Dendrogram(tree)
	s := v.Strokes(everywhere, nodes(tree))
	upright, across := map[int]float64{}, map[int]int{}
	for i := range s.X {
		node := int(s.Z[i])
		if s.X[i] == s.X2[i] {
			upright[node] += math.Abs(s.Y2[i] - s.Y[i])
		} else if s.Y[i] == s.Y2[i] {
			across[node]++
		} else {
			t.Errorf("a stroke from (%g, %g) to (%g, %g)", s.X[i], s.Y[i], s.X2[i], s.Y2[i])
		}
	}
	for node := range tree.Len() {
		if want := tree.Length[node]; tree.Index[node] >= 0 && math.Abs(upright[node]-want) > 1e-9 {
			t.Errorf("compartment %d of section %d: %g µm, want %g", tree.Index[node], tree.Section[node], upright[node], want)
		}
	}
	trunk := tree.SectionNamed("apical3")
	if across[tree.Node(trunk, 1)] != 1 || across[tree.Node(trunk, 2)] != 1 {
		t.Errorf("ways across by compartment: %v", across)
	}
}

// A point of the line of a section, by its path, is where the compartment that holds it is drawn; the
// line is as long as the section, and in a dendrogram its ends are as far up and down as its path
// from the soma.
func TestLines(t *testing.T) {
	tree := cylinders(t)
	lying, _ := Projection(tree, 1)
	for name, v := range map[string]*View{"projection": lying, "dendrogram": Dendrogram(tree)} {
		for i, s := range tree.Sections {
			path, x, y := v.Line(i)
			l := line{}
			for k := range path {
				l = append(l, vertex{path[k], xy{x[k], y[k]}})
			}
			if path[0] != 0 || math.Abs(path[len(path)-1]-s.Length()) > 1e-9 {
				t.Errorf("%s of %s: paths %v, length %g", name, s.Name, path, s.Length())
			}
			for k := range s.Compartments {
				node := tree.Node(i, k)
				got, want := l.at((float64(k)+0.5)*tree.Length[node]), v.at(node)
				if math.Hypot(got.x-want.x, got.y-want.y) > 1e-9 {
					t.Errorf("%s of %s: compartment %d lies at %v, on the line at %v", name, s.Name, k, want, got)
				}
			}
		}
	}
	for name, want := range map[string][2]float64{"soma": {-10, 10}, "apical5": {60, 110}, "basal2": {0, -100}} { // those on the soma begin at its centre
		if _, _, y := Dendrogram(tree).Line(tree.SectionNamed(name)); math.Abs(y[0]-want[0]) > 1e-9 || math.Abs(y[1]-want[1]) > 1e-9 {
			t.Errorf("%s reaches from %g to %g, want %v", name, y[0], y[1], want)
		}
	}
}
