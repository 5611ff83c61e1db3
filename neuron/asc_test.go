package neuron

import (
	"math"
	"os"
	"strconv"
	"testing"

	"neurosim/internal/fixture"
)

// The cell of Hay et al. (2011) becomes the compartments that NEURON makes of it: names,
// order, areas, resistances, and paths from the beginning of the apical trunk. The
// reference has six digits, and NEURON keeps places in single precision and the soma's
// to six digits: 1e-5.
func TestHayCellAgainstReference(t *testing.T) {
	f, err := os.Open(shared(t, "r11_l5_hay", "cell1.asc"))
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
	rows := fixture.CSV(t, shared(t, "r11_l5_hay", "compartments.csv"))[1:]
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
	if area > 1e-5 || resistance > 1e-5 || path > 1e-5 {
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
