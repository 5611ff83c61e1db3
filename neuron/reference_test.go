package neuron

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
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
		Name      string  `json:"name"`
		At        place   `json:"at"`
		Start     float64 `json:"start_ms"`
		Duration  float64 `json:"duration_ms"`
		Amplitude float64 `json:"amplitude_nA"`
	} `json:"stimuli"`
	Record   []place `json:"record"`
	Duration float64 `json:"duration_ms"`
}

type place struct {
	section string
	k       int
}

func (p *place) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&p.section, &p.k})
}

func readSpec(t testing.TB, dir string) spec {
	t.Helper()
	var s spec
	b, err := os.ReadFile(filepath.Join(dir, "spec.json"))
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
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

// node returns the node whose centre is that of compartment p.k of the cell
// with multiply = 1.
func (t *Tree) referenceNode(p place, multiply int) int {
	s := t.SectionNamed(p.section)
	if s == 0 {
		return 0
	}
	return t.Node(s, p.k*multiply+(multiply-1)/2)
}

// columns reads a CSV file by column name.
func columns(t testing.TB, path string) map[string][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for k, name := range rows[0] {
		for _, r := range rows[1:] {
			x, err := strconv.ParseFloat(r[k], 64)
			if err != nil {
				break // a column of names
			}
			out[name] = append(out[name], x)
		}
	}
	return out
}
