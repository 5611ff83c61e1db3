package network

import (
	"testing"

	"neurosim/dendrite"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// Two spikes of an input cell in one step drive a soma and open a conductance as two
// spikes of two cells do, and count once in an overlap. The engine dropped the second;
// no input of a test had one.
func TestSeveralSpikesInAStep(t *testing.T) {
	at := func(cells ...int32) *journal {
		in := Population{Name: "in", Kind: SDR}
		in.N = 2
		e := Population{Name: "E", Kind: Pyramidal}
		e.Count, e.Soma, e.Ie, e.V0 = 1, neuron.DefaultLIF(), Const(0), Const(-70)
		seg := DefaultSegments()
		seg.Name, seg.Count, seg.Theta, seg.IdAP = "basal", 1, 2, 0
		e.Segments = []Segments{seg}
		d := Population{Name: "D", Kind: Compartmental}
		d.Count, d.Ie = 1, Const(0)
		d.Trees = &Trees{Sections: branched(t), Method: neuron.BackwardEuler}
		place := &Place{Sections: []string{"left"}, From: 0.1, To: 0.2, Placement: Even, Receptors: receptors(), Detect: dendrite.DefaultDetector()}
		d.Segments = []Segments{{Name: "d", Zone: Basal, Count: 1, Place: place}}
		train := &stimulus.Train{}
		for _, c := range cells {
			train.Steps, train.Cells = append(train.Steps, 20), append(train.Cells, c)
		}
		to := func(name, target, group string, weight float64) Projection {
			return Projection{Name: name, Source: "in", Target: target, Group: group, Rule: AllToAll, Sign: Excite, Weight: Const(weight), Delay: Const(0.5)}
		}
		s := &Spec{Seed: 1, Dt: 0.1, Steps: 100, Populations: []Population{in, e, d},
			Projections: []Projection{to("soma", "E", "", 30), to("seg", "E", "basal", 0), to("tree", "D", "d", 0)},
			Inputs:      []Input{{Name: "in", Population: "in", Train: train}}}
		mustCheck(t, s)
		var j journal
		run(t, build(t, s, 1, Probe{Variable: Vm, Population: "E"}, Probe{Variable: Vm, Population: "D"}, Probe{Variable: Overlap, Population: "E", Group: "basal"}), 100, &j)
		return &j
	}
	one, twice, two := at(0), at(0, 0), at(0, 1)
	for k := range one.values {
		a, b, c := one.values[k], twice.values[k], two.values[k]
		if b[0] != c[0] || b[1] != c[1] {
			t.Fatalf("step %d: %v mV with two spikes of one cell, %v mV with one of each of two", k, b[:2], c[:2])
		}
		if b[2] != a[2] {
			t.Fatalf("step %d: an overlap of %v with one spike, %v with two of the same cell", k, a[2], b[2])
		}
	}
	if one.values[60][0] == twice.values[60][0] || one.values[60][1] == twice.values[60][1] {
		t.Error("the second spike changes nothing")
	}
	if len(twice.spikes) != 2 {
		t.Errorf("%v recorded", twice.spikes)
	}
}
