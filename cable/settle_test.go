package cable

import (
	"path/filepath"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/internal/profile"
	"neurosim/neuron"
)

// A cell that has settled begins where a cell that was stepped without input is, to the bit,
// however many cells are made of it.
func TestSettledCellsBeginWhereTheyRest(t *testing.T) {
	var s l5Spec
	fixture.ReadJSON(t, filepath.Join(l5Synthetic, "spec.json"), &s)
	for _, m := range []neuron.Method{neuron.BackwardEuler, neuron.SecondOrder} {
		spec := l5Cell(t, s, true, profile.Centre)
		spec.Dt, spec.Method = 0.025, m
		model, err := NewModel(spec)
		if err != nil {
			t.Fatal(err)
		}
		spec.Settle = 200
		settled, err := NewModel(spec)
		if err != nil {
			t.Fatal(err)
		}
		want, got := model.NewCells(1), settled.NewCells(3)
		for range spec.Settle {
			want.Step(nil)
		}
		for step := range 100 {
			for node := range spec.Tree.Len() {
				for cell := range 3 {
					if a, b := want.V(node)[0], got.V(node)[cell]; a != b {
						t.Fatalf("%s: node %d of cell %d is at %v mV after %d steps, want %v", m, node, cell, b, step, a)
					}
				}
			}
			want.Step(nil)
			got.Step(nil)
		}
		if want.V(0)[0] == s.VInit {
			t.Error("the cell does not move")
		}
	}
}
