package cable

import (
	"path/filepath"
	"testing"

	"neurosim/dendrite"
	"neurosim/internal/fixture"
	"neurosim/neuron"
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
		HH           *struct {
			GNa float64 `json:"gna_S_per_cm2"`
			GK  float64 `json:"gk_S_per_cm2"`
			GL  float64 `json:"gl_S_per_cm2"`
			EL  float64 `json:"el_mV"`
			ENa float64 `json:"ena_mV"`
			EK  float64 `json:"ek_mV"`
		} `json:"hh"`
	} `json:"sections"`
	Synapses map[string]synapse `json:"synapses"`
	Laws     map[string]law     `json:"mg_block_laws"`
	Onset    float64            `json:"onset_ms"`

	CurrentClamp []struct {
		Name   string `json:"name"`
		Events []struct {
			Synapse string  `json:"synapse"`
			Count   float64 `json:"count"`
			Time    float64 `json:"time_ms"`
			Law     string  `json:"mg_block_law"`
		} `json:"events"`
	} `json:"current_clamp"`

	SWC               string  `json:"swc_file"`
	MaxCompartment    float64 `json:"max_compartment_um"`
	RecordCompartment int     `json:"record_compartment"`
	Site              []int   `json:"site"`
	Law               *law    `json:"mg_block_law"`
	Level             float64 `json:"spike_threshold_mV"`
	Runs              []struct {
		Name  string `json:"name"`
		K     int    `json:"k"`
		Steps []struct {
			Start     float64 `json:"start_ms"`
			Duration  float64 `json:"duration_ms"`
			Amplitude float64 `json:"amplitude_nA"`
		} `json:"steps"`
		Duration float64 `json:"duration_ms"`
	} `json:"runs"`

	Sites    map[string][]int `json:"sites"`
	RecordOn map[string]int   `json:"record_on_branch"`
	Gaba     struct {
		Compartment int     `json:"compartment"`
		Time        float64 `json:"time_ms"`
	} `json:"gaba"`
	TraceK          []int `json:"trace_k"`
	TraceConditions []struct {
		Name     string  `json:"name"`
		Site     string  `json:"site"`
		GMax     float64 `json:"nmda_gmax_nS"`
		Interval float64 `json:"interval_ms"`
		Gaba     float64 `json:"gaba"`
		Law      string  `json:"mg_block_law"`
	} `json:"trace_conditions"`

	Branch   string          `json:"branch"`
	Record   []fixture.Place `json:"record"`
	Duration float64         `json:"duration_ms"`
}

func readSpec(t testing.TB, dir string) spec {
	t.Helper()
	var s spec
	fixture.ReadJSON(t, filepath.Join(dir, "spec.json"), &s)
	return s
}

type synapse struct {
	TauRise  float64 `json:"tau_rise_ms"`
	TauDecay float64 `json:"tau_decay_ms"`
	E        float64 `json:"e_mV"`
	GMax     float64 `json:"gmax_nS"`
}

type law struct {
	Eta   float64 `json:"eta_per_mM"`
	Gamma float64 `json:"gamma_per_mV"`
	Mg    float64 `json:"mg_mM"`
}

// receptor is the receptor of a synapse of the reference, with a law or, for
// nil, without a block.
func (s synapse) receptor(l *law) dendrite.ReceptorParams {
	p := dendrite.ReceptorParams{GMax: s.GMax, TauRise: s.TauRise, TauDecay: s.TauDecay, E: s.E, Block: dendrite.BlockParams{Law: "none"}}
	if l != nil {
		p.Block = dendrite.BlockParams{Law: "custom", Eta: l.Eta, Gamma: l.Gamma, Mg: l.Mg}
	}
	return p
}

// tree builds the cell.
func (s spec) tree(t testing.TB) *neuron.Tree {
	t.Helper()
	m := neuron.MembraneParams{Cm: s.Membrane.Cm, Ra: s.Membrane.Ra, GL: s.Membrane.GPas, EL: s.Membrane.EPas}
	var ps []neuron.SectionParams
	for _, c := range s.Sections {
		p := neuron.DefaultSection()
		p.Name, p.Parent, p.Length, p.Diameter, p.Compartments = c.Name, c.Parent, c.Length, c.Diam, c.Compartments
		ps = append(ps, p)
	}
	sections := neuron.Sections(ps, m, nil, neuron.DefaultDiscretisation(), func(i int, key, rule string, args ...any) {
		t.Fatalf("section %d: %s: "+rule, append([]any{i, key}, args...)...)
	})
	for i, c := range s.Sections {
		if c.HH != nil {
			sections[i].Membrane.GL, sections[i].Membrane.EL = c.HH.GL, c.HH.EL
		}
	}
	tree, err := neuron.NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
