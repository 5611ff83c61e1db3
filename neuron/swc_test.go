package neuron

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"neurosim/internal/fixture"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Every bad file gives the messages beside it, all of them.
func TestBadSWC(t *testing.T) {
	checkBad(t, "testdata/bad-swc/*.swc", 15, func(name string, f *os.File) error {
		var p SWCParams
		for _, form := range []string{SomaCylinders, SomaContour} {
			if strings.Contains(name, "-"+form) {
				p.Soma = form
			}
		}
		_, err := ReadSWC(f, p)
		return err
	})
}

// checkBad compares what is said of bad files, at least some, with the texts beside them.
func checkBad(t *testing.T, pattern string, least int, read func(name string, f *os.File) error) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) < least {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		err = read(file, f)
		f.Close()
		if err == nil {
			t.Errorf("%s: read without complaint", file)
			continue
		}
		golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, readErr := os.ReadFile(golden)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if got := err.Error() + "\n"; got != string(want) {
			t.Errorf("%s:\n got %s\nwant %s", file, got, want)
		}
	}
}

// somaArea returns the area that a soma becomes.
func somaArea(t *testing.T, text string, p SWCParams) float64 {
	t.Helper()
	m, err := ReadSWC(strings.NewReader(text), p)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := NewTree(m.Sections(DefaultMembrane(), nil, DefaultDiscretisation()))
	if err != nil {
		t.Fatal(err)
	}
	return tree.Area[0]
}

// The forms of a soma have the areas of the bodies that they stand for: a
// sphere of radius 5 (4 π r²), the same in the three-sample form, a cylinder of
// length 10 and radius 4 (2 π r l), a cone (π (r₁+r₂) s), and an outline of
// radius 6.
func TestSomaForms(t *testing.T) {
	square := "1 1 6 0 0 0.1 -1\n2 1 0 6 0 0.1 1\n3 1 -6 0 0 0.1 2\n4 1 0 -6 0 0.1 3\n"
	for _, c := range []struct {
		text string
		form string
		want float64
	}{
		{"1 1 0 0 0 5 -1\n", "", 4 * math.Pi * 25},
		{"1 1 0 0 0 5 -1\n2 1 0 -5 0 5 1\n3 1 0 5 0 5 1\n", "", 4 * math.Pi * 25},
		{"1 1 0 0 0 4 -1\n2 1 0 7 0 4 1\n3 1 0 10 0 4 2\n", SomaCylinders, 2 * math.Pi * 4 * 10},
		{"1 1 0 0 0 4 -1\n2 1 3 0 0 8 1\n", SomaCylinders, math.Pi * 12 * 5},
		{square, SomaContour, 4 * math.Pi * 36},
	} {
		if got := somaArea(t, c.text, SWCParams{Soma: c.form}); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("%q: area %.9f µm², want %.9f", c.text, got, c.want)
		}
	}
}

// Sections are runs of samples of one type, named after the region and the last
// sample; a branch point belongs to the parent and gives its radius to the
// children; the axon goes unless it is asked for.
func TestSectionsOfSWC(t *testing.T) {
	text := `# a cell
1 1 0 0 0 5 -1
2 3 8 0 0 1 1
3 3 18 0 0 1 2
4 3 28 0 0 0.5 3
5 3 28 10 0 0.4 4
6 3 28 -30 0 0.4 4
7 4 0 9 0 2 1
8 4 0 19 0 2 7
9 5 0 29 0 1 8
10 2 0 -6 0 0.5 1
11 2 0 -16 0 0.5 10
12 3 -8 0 0 1 1
13 3 -18 0 0 1 12
14 3 -8 0 10 1 12
`
	for _, c := range []struct {
		axon Axon
		want string
	}{
		{DropAxon, "soma/-1/10 basal4/0/20 basal5/1/10 basal6/1/30 apical8/0/10 type5_9/4/10 basal13/0/10 basal14/0/10"},
		{StubAxon, "soma/-1/10 axon[0]/0/30 axon[1]/1/30 basal4/0/20 basal5/3/10 basal6/3/30 apical8/0/10 type5_9/6/10 basal13/0/10 basal14/0/10"},
		{KeepAxon, "soma/-1/10 basal4/0/20 basal5/1/10 basal6/1/30 apical8/0/10 type5_9/4/10 axon11/0/10 basal13/0/10 basal14/0/10"},
	} {
		m, err := ReadSWC(strings.NewReader(text), SWCParams{Axon: c.axon})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range m.Sections(DefaultMembrane(), nil, Discretisation{MaxLength: 10}) {
			got = append(got, s.Name+"/"+strconv.Itoa(s.Parent)+"/"+strconv.FormatFloat(s.Length(), 'g', -1, 64))
			if want := map[string]float64{"basal5": 0.5, "basal13": 1}[s.Name]; want > 0 && s.Profile[0].Radius != want {
				t.Errorf("%s begins with radius %g, want %g", s.Name, s.Profile[0].Radius, want)
			}
			if s.Name == "basal6" && s.Compartments != 3 || s.Name == "basal4" && s.Compartments != 3 {
				t.Errorf("%s has %d compartments, want 3", s.Name, s.Compartments)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("sections\n got %s\nwant %s", s, c.want)
		}
	}
}

// Two reconstructed cells become the reference's compartments: every area,
// axial resistance and distance, and its input resistances to 1e-6. NEURON keeps
// the points of a section in single precision, 3e-5 µm in some hundred; that, of
// compartments some µm long, is 1e-5.
func TestReconstructedCellsAgainstReference(t *testing.T) {
	for _, c := range []struct {
		dir, swc            string
		m                   MembraneParams
		rin, branchRin      float64
		branch, compartment int
	}{
		{"a_pyramidal_basal", "pyramidal.swc", MembraneParams{Cm: 1, Ra: 150, GL: 5e-5, EL: -70}, 131.073243, 709.624696, 496, 5},
		{"b_ca1_n120_apical", "ca1_n120_single_point_soma.swc", MembraneParams{Cm: 1, Ra: 120, GL: 4e-5, EL: -68}, 113.970612, 1143.326087, 146, 7},
	} {
		f, err := os.Open(fixture.Shared(t, "reference", c.swc))
		if err != nil {
			t.Fatal(err)
		}
		m, err := ReadSWC(f, SWCParams{})
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		tree, err := NewTree(m.Sections(c.m, nil, Discretisation{MaxLength: 20}))
		if err != nil {
			t.Fatal(err)
		}
		// by the number in the section's name, as in the reference
		nodes := map[string]int{}
		for i := range tree.Len() {
			name := strings.TrimLeft(tree.Sections[tree.Section[i]].Name, "abcdefghijklmnopqrstuvwxyz")
			k := strconv.Itoa(int(tree.Index[i]))
			if tree.Index[i] < 0 {
				k = "end"
			}
			nodes[name+" "+k] = i
		}
		rows := fixture.CSV(t, fixture.Shared(t, "reference", "r5_swc", c.dir, "compartments.csv"))
		var area, resistance, distance float64
		compartments := 0
		for _, r := range rows[1:] {
			name := strings.TrimLeft(r[1], "b")
			if r[1] == "soma" {
				name = ""
			}
			i, ok := nodes[name+" "+r[2]]
			if !ok {
				if r[2] != "end" {
					t.Fatalf("%s: no compartment %s of %s", c.swc, r[2], r[1])
				}
				continue // a sealed end
			}
			number := func(k int) float64 {
				x, err := strconv.ParseFloat(r[k], 64)
				if err != nil {
					t.Fatal(err)
				}
				return x
			}
			if r[2] != "end" {
				compartments++
			}
			area = max(area, math.Abs(tree.Area[i]-number(5)))
			if i > 0 {
				resistance = max(resistance, math.Abs(1000/tree.Axial[i]/number(6)-1))
			}
			distance = max(distance, math.Abs(tree.Distance[i]-number(7)))
		}
		if compartments != tree.Compartments() {
			t.Errorf("%s: %d compartments, want %d", c.swc, tree.Compartments(), compartments)
		}
		rin, branchRin := tree.InputResistance(0), tree.InputResistance(nodes[strconv.Itoa(c.branch)+" "+strconv.Itoa(c.compartment)])
		t.Logf("%s: %d compartments; areas within %.1g µm², resistances %.1g (relative), distances %.1g µm; R_in %.6f, %.6f MΩ",
			c.swc, compartments, area, resistance, distance, rin, branchRin)
		if !(area <= 1e-4) || !(resistance <= 1e-5) || !(distance <= 2e-4) {
			t.Errorf("%s: compartments differ", c.swc)
		}
		if math.Abs(rin/c.rin-1) > 1e-6 || math.Abs(branchRin/c.branchRin-1) > 1e-6 {
			t.Errorf("%s: input resistances %.6f, %.6f MΩ, want %.6f, %.6f", c.swc, rin, branchRin, c.rin, c.branchRin)
		}
	}
}
