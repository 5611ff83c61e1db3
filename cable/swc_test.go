package cable

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/dendrite"
	"neurosim/internal/fixture"
	"neurosim/neuron"
)

// Somatic current steps and K = 2 to 20 synapses on a thin branch of two
// reconstructed cells, at NEURON's step and method. The cells are not part
// of the project: NEUROSIM_SHARED names the folder that holds them. Traces are
// printed to 5e-5 mV; NEURON keeps the points of a section in single precision,
// which moves the branch by less than 1e-3 mV where it rises 100 mV/ms.
func TestReconstructedCellsAgainstReference(t *testing.T) {
	shared := filepath.Dir(fixture.Shared(t, "reference"))
	for _, name := range []string{"a_pyramidal_basal", "b_ca1_n120_apical"} {
		dir := filepath.Join(shared, "reference", "r5_swc", name)
		s := readSpec(t, dir)
		f, err := os.Open(filepath.Join(shared, "reference", s.SWC))
		if err != nil {
			t.Fatal(err)
		}
		cell, err := neuron.ReadSWC(f, neuron.SWCParams{})
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		m := neuron.MembraneParams{Cm: s.Membrane.Cm, Ra: s.Membrane.Ra, GL: s.Membrane.GPas, EL: s.Membrane.EPas}
		tree, err := neuron.NewTree(cell.Sections(m, nil, neuron.Discretisation{MaxLength: s.MaxCompartment}))
		if err != nil {
			t.Fatal(err)
		}
		branch := -1
		for i, c := range tree.Sections {
			if strings.TrimLeft(c.Name, "abcdefghijklmnopqrstuvwxyz") == strings.TrimLeft(s.Branch, "b") {
				branch = i
			}
		}
		const dt = 0.025
		spec := Spec{
			Tree: tree, Dt: dt, Method: neuron.BackwardEuler, Inputs: []int{0},
			Receptors: []dendrite.ReceptorParams{s.Synapses["ampa"].receptor(nil), s.Synapses["nmda"].receptor(s.Law)},
		}
		for _, k := range s.Site {
			spec.Sites = append(spec.Sites, Site{0, tree.Node(branch, k)}, Site{1, tree.Node(branch, k)})
		}
		model, err := NewModel(spec)
		if err != nil {
			t.Fatal(err)
		}
		// one cell for each run
		c := model.NewCells(len(s.Runs))
		want := fixture.Columns(t, filepath.Join(dir, "traces_dt0.025.csv"))
		at := tree.Node(branch, s.RecordCompartment)
		worst, where := 0.0, ""
		for k := 0; k <= int(math.Round(s.Duration/dt)); k++ {
			for i, run := range s.Runs {
				for place, v := range map[string]float64{"soma": c.V(0)[i], "branch": c.V(at)[i]} {
					column := fmt.Sprintf("%s_%s_mV", run.Name, place)
					if k%4 == 0 {
						if d := math.Abs(v - want[column][k/4]); !(d <= worst) {
							worst, where = d, fmt.Sprintf("%s at %g ms", column, float64(k)*dt)
						}
					}
				}
				for _, step := range run.Steps {
					if k == int(math.Round(step.Start/dt)) {
						c.Inject(0, i, 1000*step.Amplitude)
					}
					if k == int(math.Round((step.Start+step.Duration)/dt)) {
						c.Inject(0, i, 0)
					}
				}
				if k == int(math.Round(s.Onset/dt)) {
					for j := range run.K {
						c.Excite(2*(j%4), i, 1)
						c.Excite(2*(j%4)+1, i, 1)
					}
				}
			}
			c.Step(nil)
		}
		t.Logf("%s: %d compartments: largest difference %.2g mV, %s", name, tree.Compartments(), worst, where)
		if !(worst <= 1e-3) {
			t.Errorf("%s: differs from NEURON by %.3g mV (%s)", name, worst, where)
		}
	}
}
