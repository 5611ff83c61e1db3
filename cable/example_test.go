package cable_test

import (
	"fmt"
	"log"

	"neurosim/cable"
	"neurosim/dendrite"
	"neurosim/neuron"
)

// How many synapses, active together, make an NMDA spike? A soma bears one thin
// dendrite with AMPA and NMDA receptors at its far end. Cell K has K synapses; all cells
// are stepped together.
func Example() {
	membrane := neuron.DefaultMembrane()
	cylinder := func(name string, parent int, length, diameter float64, compartments int) neuron.Section {
		return neuron.Section{Name: name, Parent: parent, At: 1, Compartments: compartments, Membrane: membrane,
			Profile: []neuron.Point{{Path: 0, Radius: diameter / 2}, {Path: length, Radius: diameter / 2}}}
	}
	tree, err := neuron.NewTree([]neuron.Section{
		cylinder("soma", -1, 20, 20, 1),
		cylinder("dendrite", 0, 200, 1, 20),
	})
	if err != nil {
		log.Fatal(err)
	}
	nmda := dendrite.DefaultNMDA()
	nmda.Block.Law = "jahr-stevens"
	far := tree.At(1, 0.9)
	model, err := cable.NewModel(cable.Spec{
		Tree: tree, Dt: 0.1, Method: neuron.BackwardEuler,
		Receptors: []dendrite.ReceptorParams{dendrite.DefaultAMPA(), nmda},
		Sites:     []cable.Site{{Receptor: 0, Node: far}, {Receptor: 1, Node: far}},
		Segments:  []cable.Segment{{Nodes: []int{far}, Detector: dendrite.DefaultDetector()}},
	})
	if err != nil {
		log.Fatal(err)
	}
	const most = 30
	cells := model.NewCells(most + 1)
	for cell := range cells.Len() {
		cells.Excite(0, cell, float64(cell))
		cells.Excite(1, cell, float64(cell))
	}
	fewest := most + 1
	for range 1000 {
		cells.Step(nil)
		found, _ := cells.Detected()
		for _, spike := range found {
			fewest = min(fewest, int(spike.Cell))
		}
	}
	fmt.Printf("%d synapses make an NMDA spike\n", fewest)
	// Output:
	// 4 synapses make an NMDA spike
}
