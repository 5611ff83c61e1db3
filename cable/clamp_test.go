package cable

import (
	"math"
	"path/filepath"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/neuron"
)

// Sums of AMPA, NMDA and GABA_A events on one compartment: at NEURON's
// step and method every potential is NEURON's. The traces are printed to 5e-5
// mV; the chord of the block's table differs from NEURON's slope by up to 4e-4,
// which times 8 nS over C/dt = 500 nS times 1 mV a step is 6e-6 mV a step.
func TestSingleSynapsesAgainstReference(t *testing.T) {
	dir := "../testdata/reference/single_synapses"
	s := readSpec(t, dir)
	want := fixture.Columns(t, filepath.Join(dir, "current_clamp_dt0.025.csv"))
	const dt = 0.025
	worst := 0.0
	for _, run := range s.CurrentClamp {
		spec := Spec{Tree: s.tree(t), Dt: dt, Method: neuron.BackwardEuler}
		for i, e := range run.Events {
			var l *law
			if e.Law != "" {
				l = new(law)
				*l = s.Laws[e.Law]
			}
			spec.Receptors = append(spec.Receptors, s.Synapses[e.Synapse].receptor(l))
			spec.Sites = append(spec.Sites, Site{Receptor: i})
		}
		m, err := NewModel(spec)
		if err != nil {
			t.Fatal(err)
		}
		c := m.NewCells(1)
		trace := want[run.Name+"_mV"]
		for k := 0; k <= int(math.Round(s.Duration/dt)); k++ {
			if k%4 == 0 {
				worst = max(worst, math.Abs(c.V(0)[0]-trace[k/4]))
			}
			for i, e := range run.Events {
				if k == int(math.Round(e.Time/dt)) {
					c.Excite(i, 0, e.Count)
				}
			}
			c.Step(nil)
		}
		if len(trace) != 1201 {
			t.Fatalf("%s: no trace", run.Name)
		}
	}
	t.Logf("%d runs: largest difference %.2g mV", len(s.CurrentClamp), worst)
	if !(worst <= 1e-4) {
		t.Errorf("differs from NEURON by %.3g mV", worst)
	}
}
