package onecell

import (
	"math"
	"testing"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/neuron"
	"neurosim/studies/drawcell"
)

// A soma with two basal tips and an apical trunk with two tips: every tip has a row of
// its own on its side, a parent stands between its children, and every compartment is
// drawn once, in the class of its potential, over its own stretch of path.
func TestMorphologyDrawsEveryCompartment(t *testing.T) {
	sections := neuron.Sections([]neuron.SectionParams{
		{Name: "soma", At: -1, Length: 20, Diameter: 20},
		{Name: "basal1", Parent: "soma", At: -1, Length: 100, Diameter: 1, Compartments: 2},
		{Name: "basal2", Parent: "soma", At: -1, Length: 100, Diameter: 1, Compartments: 2},
		{Name: "apical3", Parent: "soma", At: -1, Length: 60, Diameter: 2, Compartments: 3},
		{Name: "apical4", Parent: "apical3", At: -1, Length: 50, Diameter: 1, Compartments: 1},
		{Name: "apical5", Parent: "apical3", At: -1, Length: 50, Diameter: 1, Compartments: 1},
	}, neuron.DefaultMembrane(), nil, neuron.DefaultDiscretisation(), func(int, string, string, ...any) { t.Fatal("bad sections") })
	tree, err := neuron.NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	rows := drawcell.Rows(tree)
	if rows[1] == rows[2] || rows[4] == rows[5] || rows[3] != (rows[4]+rows[5])/2 {
		t.Errorf("rows %v", rows)
	}
	highest := make([]float64, tree.Len())
	for node := range highest {
		highest[node] = -70 + 10*float64(node%3)
	}
	r := uncagingResult{Nodes: []int{tree.Node(4, 0)}, Paths: []float64{60 + 30}, Traces: []trace{{K: 1, Highest: highest}}}
	f := Figure{Figure: &grammar.Figure{Name: "m", FigureSize: grammar.FigureSize{Width: 100, Height: math.NaN()}}, Morphology: &morphologySpec{Count: 1, Step: 10}}
	fig := morphology(tree, f, &r)
	length := map[int]float64{}
	for _, s := range fig.Panels[0].Series {
		for i := 1; i < len(s.X); i++ {
			if s.Mark == figure.Line && s.Y[i] == s.Y[i-1] {
				length[s.Index] += math.Abs(s.X[i] - s.X[i-1])
			}
		}
	}
	want := map[int]float64{}
	for node, v := range highest {
		if tree.Index[node] >= 0 {
			want[int(v+70)/10] += tree.Length[node]
		}
	}
	for class, l := range want {
		if math.Abs(length[class]-l) > 1e-9 {
			t.Errorf("class %d: %g µm drawn, the cell has %g", class, length[class], l)
		}
	}
	if last := fig.Panels[0].Series[len(fig.Panels[0].Series)-1]; len(last.X) != 1 || last.X[0] != 60+30 || last.Y[0] != rows[4] {
		t.Errorf("synapse drawn at %v, %v", last.X, last.Y)
	}
	if s := fig.Panels[0].Scale; s == nil || s.Low != -70 || s.Step != 10 || s.Count != 3 || s.Open {
		t.Errorf("colour bar %+v, want three classes from -70 mV", s)
	}
}
