package neuron

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"neurosim/internal/fixture"
)

// The cell of Hay et al. (2011) becomes the compartments that NEURON makes of it: names,
// order, areas, resistances, and paths from the beginning of the apical trunk. The
// reference has six digits, and NEURON keeps places in single precision and the soma's
// to six digits: 1e-5.
func TestHayCellAgainstReference(t *testing.T) {
	f, err := os.Open(fixture.Shared(t, "reference", "r11_l5_hay", "cell1.asc"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := ReadASC(f, StubAxon)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(m.Notes)
	membrane := MembraneParams{Cm: 1, Ra: 100, GL: 3e-5, EL: -90}
	tree, err := NewTree(m.Sections(membrane, nil, Discretisation{PerLength: 40}))
	if err != nil {
		t.Fatal(err)
	}
	if n := tree.Compartments(); n != 642 {
		t.Errorf("%d compartments, want 642", n)
	}
	rows := fixture.CSV(t, fixture.Shared(t, "reference", "r11_l5_hay", "compartments.csv"))[1:]
	number := func(text string) float64 {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	var area, resistance, path float64
	for i := range tree.Len() {
		if tree.Index[i] < 0 {
			continue
		}
		s := tree.Sections[tree.Section[i]]
		if len(rows) == 0 {
			t.Fatalf("more compartments than in the reference, from %s on", s.Name)
		}
		r := rows[0]
		rows = rows[1:]
		name := map[string]string{"soma[0]": "soma", "axon0": "axon[0]", "axon1": "axon[1]"}[r[0]]
		if name == "" {
			name = r[0]
		}
		if s.Name != name || strconv.Itoa(int(tree.Index[i])) != r[1] || s.Region != r[2] {
			t.Fatalf("compartment %d of %s (%s), want %s of %s (%s)", tree.Index[i], s.Name, s.Region, r[1], name, r[2])
		}
		area = max(area, math.Abs(tree.Area[i]/number(r[4])-1))
		r5 := 0.0
		if i > 0 {
			r5 = 1000 / tree.Axial[i]
		} else { // from the middle of the soma to its beginning
			_, perRa := stretch(s.Profile, 0, s.Length()/2)
			r5 = membrane.Ra * perRa * 0.01
		}
		resistance = max(resistance, math.Abs(r5/number(r[5])-1))
		if r[3] != "" {
			d := tree.Distance[i]
			if int(tree.Index[i]) == s.Compartments-1 {
				d += tree.Length[i] / 2
			}
			path = max(path, math.Abs(d/number(r[3])-1))
		}
	}
	if len(rows) > 0 {
		t.Errorf("%d compartments are missing, from %s on", len(rows), rows[0][0])
	}
	t.Logf("areas within %.2g, resistances within %.2g, paths within %.2g (relative)", area, resistance, path)
	if !(area <= 1e-5) || !(resistance <= 1e-5) || path > 1e-5 {
		t.Error("compartments differ")
	}
	sums := map[string][3]float64{}
	for k, s := range tree.Sections {
		x := sums[s.Region]
		x[0]++
		x[1] += s.Length()
		for c := range s.Compartments {
			x[2] += tree.Area[tree.Node(k, c)]
		}
		sums[s.Region] = x
	}
	for region, want := range map[string][3]float64{"soma": {1, 23.1694, 1131.389}, "axon": {2, 60, 188.496}, "basal": {84, 5133.492, 8862.960}, "apical": {109, 7440.906, 21009.326}} {
		got := sums[region]
		if got[0] != want[0] || math.Abs(got[1]/want[1]-1) > 5e-6 || math.Abs(got[2]/want[2]-1) > 5e-6 {
			t.Errorf("%s: %g sections, %.4f µm, %.4f µm²; want %v", region, got[0], got[1], got[2], want)
		}
	}
}

// hexagon is the width of the soma of testdata/small.asc at a place along it: a hexagon
// with tips at ±11.5 µm and 6 µm wide up to ±7.5 µm. Its outline of 50 µm has a place
// every half µm, on its corners too, so that nothing is lost by resampling it.
func hexagon(x float64) float64 { return 2 * min(3, (11.5-math.Abs(x))*0.75) }

// hexagonArea is the lateral area of the 20 frusta between stations from the second
// smallest place along it, ½ µm along the outline from the tip (0.4 along the axis), to the
// second largest. Each end has the mean of its width and its neighbour's.
func hexagonArea() (length, area float64) {
	const tip = 11.1
	var d [21]float64
	for k := range d {
		d[k] = hexagon(-tip + 2*tip*float64(k)/20)
	}
	d[0], d[20] = (d[0]+d[1])/2, (d[19]+d[20])/2
	for k := range 20 {
		h := 2 * tip / 20
		area += math.Pi / 2 * (d[k] + d[k+1]) * math.Hypot(h, (d[k+1]-d[k])/2)
	}
	return 2 * tip, area
}

// A small file whose answers follow from its numbers: names in the order of types and of
// the file, parents, lengths, diameters, and areas of cylinders (π d l) and cones.
func TestSmallASC(t *testing.T) {
	text, err := os.ReadFile("testdata/small.asc")
	if err != nil {
		t.Fatal(err)
	}
	length, area := hexagonArea()
	type row struct {
		name, region, parent   string
		length, first, last, a float64
	}
	cylinder := func(name, region, parent string, l, d float64) row {
		return row{name, region, parent, l, d, d, math.Pi * d * l}
	}
	end := (hexagon(11.1) + hexagon(11.1-1.11)) / 2
	soma := row{"soma", "soma", "", length, end, end, area}
	dendrites := []row{
		cylinder("dend[0]", "basal", "soma", 40, 2),
		cylinder("dend[1]", "basal", "dend[0]", 30, 1), // 10 µm from the last point of its parent, then 20
		cylinder("dend[2]", "basal", "dend[1]", 30, 1),
		cylinder("dend[3]", "basal", "dend[1]", 10, 4), // its first point lies where its parent ends
		cylinder("dend[4]", "basal", "dend[0]", 10, 3),
		cylinder("dend[5]", "basal", "soma", 81, 1),
		{"apic[0]", "apical", "soma", 40, 4, 2, math.Pi * 3 * math.Hypot(40, 1)},
	}
	for _, c := range []struct {
		axon Axon
		rows []row
	}{
		{DropAxon, nil},
		{StubAxon, []row{cylinder("axon[0]", "axon", "soma", 30, 1), cylinder("axon[1]", "axon", "axon[0]", 30, 1)}},
		{KeepAxon, []row{cylinder("axon[0]", "axon", "soma", 20, 1), cylinder("axon[1]", "axon", "axon[0]", 10, 0.5), cylinder("axon[2]", "axon", "axon[0]", 10, 0.5)}},
	} {
		m, err := ReadASC(strings.NewReader(string(text)), c.axon)
		if err != nil {
			t.Fatal(err)
		}
		if want := "1 outline that is not the soma, 1 list of markers, 2 spines, 1 text: left out"; strings.Join(m.Notes, "\n") != want {
			t.Errorf("notes %q, want %q", m.Notes, want)
		}
		tree, err := NewTree(m.Sections(DefaultMembrane(), nil, Discretisation{PerLength: 40}))
		if err != nil {
			t.Fatal(err)
		}
		want := append(append([]row{soma}, c.rows...), dendrites...)
		if len(want) != len(tree.Sections) {
			t.Fatalf("%s: %d sections, want %d", c.axon, len(tree.Sections), len(want))
		}
		for k, s := range tree.Sections {
			got := row{name: s.Name, region: s.Region, length: s.Length(), first: 2 * s.Profile[0].Radius, last: 2 * s.Profile[len(s.Profile)-1].Radius}
			if k > 0 {
				got.parent = tree.Sections[s.Parent].Name
			}
			for i := range s.Compartments {
				got.a += tree.Area[tree.Node(k, i)]
			}
			near := func(x, y float64) bool { return math.Abs(x-y) <= 1e-12*y }
			if w := want[k]; got.name != w.name || got.region != w.region || got.parent != w.parent || !near(got.length, w.length) ||
				!near(got.first, w.first) || !near(got.last, w.last) || !near(got.a, w.a) {
				t.Errorf("%s: got  %+v\nwant %+v", c.axon, got, w)
			}
			// 1 + 2 int(L/40): 3 for exactly 40 µm, 5 for 81, and 1 for the soma
			if n := map[string]int{"dend[0]": 3, "apic[0]": 3, "dend[5]": 5}[s.Name]; s.Compartments != max(n, 1) {
				t.Errorf("%s has %d compartments, want %d", s.Name, s.Compartments, max(n, 1))
			}
			if s.Parent == 0 && s.At != 0.5 {
				t.Errorf("%s begins at %g of the soma", s.Name, s.At)
			}
		}
	}
}

// ascSoma is the hexagon, turned by the angle with cosine c and sine s, and moved.
func ascSoma(c, s, x, y, z float64) string {
	var b strings.Builder
	b.WriteString("(\"CellBody\" (CellBody)\n")
	for _, p := range [][2]float64{{-11.5, 0}, {-7.5, 3}, {7.5, 3}, {11.5, 0}, {7.5, -3}, {-7.5, -3}, {-11.5, 0}} {
		fmt.Fprintf(&b, "(%.17g %.17g %.17g 0.3)\n", x+c*p[0]-s*p[1], y+s*p[0]+c*p[1], z)
	}
	return b.String() + ")\n"
}

// The soma does not depend on where it lies, nor on the side from which its outline goes,
// nor on how it is turned as long as its first point is at the end of smallest d.
func TestOutlineOfASoma(t *testing.T) {
	length, area := hexagonArea()
	text := ascSoma(1, 0, 0, 0, 0)
	lines := strings.SplitAfter(text, "\n")
	for i, j := 1, len(lines)-3; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	for _, soma := range []string{text, strings.Join(lines, ""), ascSoma(0.6, 0.8, 500, -300, 70), ascSoma(0, 1, 0, 0, 0), ascSoma(-0.28, 0.96, -1, 2, 3)} {
		m, err := ReadASC(strings.NewReader(soma), DropAxon)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := NewTree(m.Sections(DefaultMembrane(), nil, DefaultDiscretisation()))
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Sections[0].Length(); math.Abs(got/length-1) > 1e-9 || math.Abs(tree.Area[0]/area-1) > 1e-9 {
			t.Errorf("%s\n%.6f µm, %.6f µm², want %.6f, %.6f", soma, got, tree.Area[0], length, area)
		}
	}
}

// circle is an outline of 100 sides at a height, closed by its first point.
func circle(radius, x, z float64) string {
	var b strings.Builder
	b.WriteString("(\"CellBody\"\n")
	for k := range 101 {
		phi := 2 * math.Pi * float64(k%100) / 100
		fmt.Fprintf(&b, "(%.17g %.17g %g 0.3)\n", x+radius*math.Cos(phi), radius*math.Sin(phi), z)
	}
	return b.String() + ")\n"
}

// Outlines above each other are frusta between their circles. A polygon of 100 sides has
// 1.6e-4 less perimeter than its circle, and the first point, which is there twice, moves
// the centre by a hundredth of the radius: 1e-3.
func TestStackedOutlinesOfASoma(t *testing.T) {
	m, err := ReadASC(strings.NewReader(circle(4, 0, -3)+circle(6, 0, 0)+circle(6, 2, 5)+"((Dendrite) (1 0 2 1) (1 0 50 1))"), DropAxon)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := NewTree(m.Sections(DefaultMembrane(), nil, Discretisation{MaxLength: 1000}))
	if err != nil {
		t.Fatal(err)
	}
	slant := math.Hypot(2, 5)
	length, area := 3+slant, math.Pi*10*math.Hypot(3, 2)+2*math.Pi*6*slant
	if got := tree.Sections[0].Length(); math.Abs(got/length-1) > 1e-3 || math.Abs(tree.Area[0]/area-1) > 1e-3 {
		t.Errorf("%.4f µm, %.3f µm², want %.4f, %.3f", got, tree.Area[0], length, area)
	}
	if len(m.Notes) > 0 || len(tree.Sections) != 2 {
		t.Errorf("notes %q, %d sections", m.Notes, len(tree.Sections))
	}
}

// Forms in which files differ: each is a soma and what stands here, with the membrane
// beside the soma by hand and the names.
func TestVariantsOfASC(t *testing.T) {
	const plain = "((Dendrite) (0 3 0 1) (0 53 0 1) Normal)\n"
	soma := ascSoma(1, 0, 0, 0, 0)
	cylinder := func(d, l float64) float64 { return math.Pi * d * l }
	one := cylinder(1, 50)
	for _, c := range []struct {
		name, text string
		area       float64
		sections   string
		note       string // a part of the only note; "" for none
	}{
		{"plain", soma + plain, one, "soma dend[0]", ""},
		{"soma last", plain + soma, one, "soma dend[0]", ""},
		{"byte order mark", "\ufeff" + soma + plain, one, "soma dend[0]", ""},
		{"CR", strings.ReplaceAll(soma+plain, "\n", "\r"), one, "soma dend[0]", ""},
		{"CR LF", strings.ReplaceAll("; head\n"+soma+plain, "\n", "\r\n"), one, "soma dend[0]", ""},
		{"end of a DOS file", soma + plain + "\x1a", one, "soma dend[0]", ""},
		{"commas between numbers and lists", soma + "((Dendrite), (0, 3, 0, 1, S1), (0, 53, 0, 1 S1))", one, "soma dend[0]", ""},
		{"in one line", strings.ReplaceAll(soma+plain, "\n", ""), one, "soma dend[0]", ""},
		{"comment behind a point", soma + "((Dendrite) (0 3 0 1) ; ) ( | \"\n (0 53 0 1))", one, "soma dend[0]", ""},
		{"soma named Soma", strings.Replace(soma, "\"CellBody\"", "\"Soma\"", 1) + plain, one, "soma dend[0]", ""},
		{"soma with another name", strings.Replace(soma, "\"CellBody\"", "", 1) + plain, one, "soma dend[0]", ""},
		{"outline without diameters", strings.ReplaceAll(soma, " 0.3)", ")") + plain, one, "soma dend[0]", ""},
		{"small letters", soma + "((apical) (0 3 0 1) (0 53 0 1))", one, "soma apic[0]", ""},
		{"type before colour", soma + "((Axon) (Color Red) (Name \"a\") (0 3 0 1) (0 53 0 1))", one, "soma axon[0]", ""},
		{"curve", soma + "((Dendrite) (0 3 0 1 S1 (1 2 3 4)) (0 53 0 1))", one, "soma dend[0]", ""},
		{"list of one branch", soma + "((Dendrite) (0 3 0 1) (0 23 0 1) ( (0 53 0 1) Normal ) )", one, "soma dend[0] dend[1]", ""},
		{"markers after branches and between points", soma + "((Dendrite) (0 3 0 1) (Cross (Color Red) (1 1 1 1)) (0 53 0 1) (Circle (2 2 2 2)) Normal) (Dot (1 1 1 1))", one, "soma dend[0]", "3 lists of markers: left out"},
		{"axon between dendrites", soma + "((Dendrite) (0 3 0 1) (0 23 0 1)) ((Axon) (0 3 0 1) (0 13 0 1)) ((Apical) (0 3 0 1) (0 13 0 1)) ((Dendrite) (0 3 0 1) (0 13 0 1))", one, "soma axon[0] dend[0] dend[1] apic[0]", ""},
		{"point at the same place: a step of the diameter", soma + "((Dendrite) (0 3 0 1) (0 23 0 1) (0 23 0 2) (0 38 0 2))", one, "soma dend[0]", ""},
		{"tree of one point", soma + "((Dendrite) (0 3 0 4)) " + plain, one, "soma dend[0]", "1 branch has no length"},
		{"tree that forks at its first point", soma + "((Dendrite) (0 3 0 4) ((0 23 0 1) | (0 -27 0 1)))", one, "soma dend[0] dend[1]", "1 branch has no length"},
		{"branch of no length", soma + "((Dendrite) (0 3 0 1) (0 23 0 1) ((0 23 0 1) (0 23 0 2) | (0 53 0 1)))", one, "soma dend[0] dend[1]", "1 branch has no length"},
		{"tree beside the soma", soma + "((Dendrite) (40 0 0 1) (90 0 0 1))", one, "soma dend[0]", "1 tree begins outside the outline of the soma, up to 40"},
	} {
		m, err := ReadASC(strings.NewReader(c.text), KeepAxon)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		tree, err := NewTree(m.Sections(DefaultMembrane(), nil, Discretisation{MaxLength: 100}))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var names []string
		for _, s := range tree.Sections {
			names = append(names, s.Name)
		}
		if got := strings.Join(names, " "); got != c.sections {
			t.Errorf("%s: sections %s, want %s", c.name, got, c.sections)
		}
		if got := tree.TotalArea() - tree.Area[0]; math.Abs(got/c.area-1) > 1e-12 {
			t.Errorf("%s: %.6f µm², want %.6f", c.name, got, c.area)
		}
		if got := strings.Join(m.Notes, "\n"); c.note == "" && got != "" || !strings.Contains(got, c.note) || len(m.Notes) > 1 {
			t.Errorf("%s: notes %q, want %q", c.name, got, c.note)
		}
	}
}

// What is wrong with the points of an axon that is left out does not matter.
func TestAxonOfASCThatIsLeftOut(t *testing.T) {
	text := ascSoma(1, 0, 0, 0, 0) + "((Axon) (0 3) (x 1 2 -4) ((1 2 nan 0) | (900 1 1 1)))"
	for _, axon := range []Axon{DropAxon, StubAxon} {
		if m, err := ReadASC(strings.NewReader(text), axon); err != nil || len(m.Notes) > 0 {
			t.Errorf("%s: %v, %v", axon, m, err)
		}
	}
	if _, err := ReadASC(strings.NewReader(text), KeepAxon); err == nil || len(err.(MorphologyError)) != 3 {
		t.Errorf("kept: %v, want three mistakes", err)
	}
}

// Every bad file gives the messages beside it, all of them.
func TestBadASC(t *testing.T) {
	checkBad(t, "testdata/bad-asc/*.asc", 25, func(_ string, f *os.File) error {
		_, err := ReadASC(f, DropAxon)
		return err
	})
}

// A file tells its format by its beginning.
func TestIsASC(t *testing.T) {
	files, _ := filepath.Glob("testdata/*/*.asc")
	if len(files) < 20 {
		t.Fatal(files)
	}
	for _, file := range append(files, "testdata/small.asc") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !IsASC(text) && !strings.Contains(file, "empty") {
			t.Errorf("%s: not taken for ASC", file)
		}
	}
	for _, text := range []string{"", "1 1 0 0 0 10 -1", "# (a)\n1 1 0 0 0 10 -1", "\"a\" 1", "{}", "<mbf>"} {
		if IsASC([]byte(text)) {
			t.Errorf("%q: taken for ASC", text)
		}
	}
}

// However deep lists nest, reading them takes no stack.
func TestDeepASC(t *testing.T) {
	const deep = 100_000
	var b strings.Builder
	b.WriteString(ascSoma(1, 0, 0, 0, 0) + "((Dendrite) (0 0 0 1) (0 1 0 1)\n")
	for k := range deep {
		fmt.Fprintf(&b, "((%d 0 0 1)\n", k%100)
	}
	open := b.String()
	m, err := ReadASC(strings.NewReader(open+strings.Repeat(")", deep+1)), DropAxon)
	if err != nil || len(m.branches) != deep+2 {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		open:                                  "line 10: the tree that begins here is not closed",
		strings.Repeat("(", 1_000_000):        "line 1: a branch without points",
		"(a" + strings.Repeat("(", 1_000_000): "line 1: the list that begins here is not closed",
		strings.Repeat("(a)", 300_000) + "(b": "line 1: the list that begins here is not closed",
	} {
		if _, err := ReadASC(strings.NewReader(text), DropAxon); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
