package neuron

import (
	"path/filepath"
	"testing"

	"neurosim/internal/fixture"
)

// spec is what the reference cases say about cells; see testdata/reference.
type spec struct {
	Membrane struct {
		Cm    float64 `json:"cm_uF_per_cm2"`
		Ra    float64 `json:"ra_ohm_cm"`
		GPas  float64 `json:"g_pas_S_per_cm2"`
		EPas  float64 `json:"e_pas_mV"`
		VInit float64 `json:"v_init_mV"`
	} `json:"membrane"`
	Sections []struct {
		Name         string  `json:"name"`
		Parent       string  `json:"parent"`
		Length       float64 `json:"length_um"`
		Diam         float64 `json:"diam_um"`
		Compartments int     `json:"compartments"`
	} `json:"sections"`
	Stimuli []struct {
		Name      string        `json:"name"`
		At        fixture.Place `json:"at"`
		Start     float64       `json:"start_ms"`
		Duration  float64       `json:"duration_ms"`
		Amplitude float64       `json:"amplitude_nA"`
	} `json:"stimuli"`
	Record   []fixture.Place `json:"record"`
	Duration float64         `json:"duration_ms"`
}

func readSpec(t testing.TB, dir string) spec {
	t.Helper()
	var s spec
	fixture.ReadJSON(t, filepath.Join(dir, "spec.json"), &s)
	return s
}

// tree builds the cell with multiply times the compartments in all sections but
// the soma.
func (s spec) tree(t testing.TB, multiply int) *Tree {
	t.Helper()
	m := MembraneParams{Cm: s.Membrane.Cm, Ra: s.Membrane.Ra, GL: s.Membrane.GPas, EL: s.Membrane.EPas}
	var ps []SectionParams
	for i, c := range s.Sections {
		p := DefaultSection()
		p.Name, p.Parent, p.Length, p.Diameter, p.Compartments = c.Name, c.Parent, c.Length, c.Diam, c.Compartments
		if i > 0 {
			p.Compartments *= multiply
		}
		ps = append(ps, p)
	}
	sections := Sections(ps, m, nil, DefaultDiscretisation(), func(i int, key, rule string, args ...any) {
		t.Fatalf("section %d: %s: "+rule, append([]any{i, key}, args...)...)
	})
	tree, err := NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// node returns the node whose centre is that of compartment p.K of the cell
// with multiply = 1.
func (t *Tree) referenceNode(p fixture.Place, multiply int) int {
	s := t.SectionNamed(p.Section)
	if s == 0 {
		return 0
	}
	return t.Node(s, p.K*multiply+(multiply-1)/2)
}
