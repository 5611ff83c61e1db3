package neuron

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever the text, reading it as SWC gives mistakes with lines or a cell whose
// compartments have finite, positive areas and resistances.
func FuzzReadSWC(f *testing.F) {
	files, _ := filepath.Glob("testdata/bad-swc/*.swc")
	for _, file := range append(files, syntheticFile) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "drop")
	}
	f.Add("1 1 0 0 0 5 -1\n2 3 8 0 0 1 1\n3 3 18 0 0 1 2\n4 2 28 0 0 1 3\n5 2 38 0 0 1 4\n", "keep")
	f.Fuzz(func(t *testing.T, text, axon string) {
		m, err := ReadSWC(strings.NewReader(text), SWCParams{Soma: SomaCylinders, Axon: Axon(axon)})
		soundOrMistaken(t, m, err)
	})
}

// The same for ASC.
func FuzzReadASC(f *testing.F) {
	files, _ := filepath.Glob("testdata/bad-asc/*.asc")
	for _, file := range append(files, "testdata/small.asc") {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "keep")
	}
	f.Add(circle(4, 0, -3)+circle(6, 0, 0)+"((Dendrite) (1 0 2 1) (1 0 50 1))", "stub")
	f.Fuzz(func(t *testing.T, text, axon string) {
		m, err := ReadASC(strings.NewReader(text), Axon(axon))
		soundOrMistaken(t, m, err)
	})
}

// soundOrMistaken fails if a reader of morphologies gives an error without a mistake, or
// a cell whose compartments are none.
func soundOrMistaken(t *testing.T, m *Morphology, err error) {
	if err != nil {
		if len(err.(MorphologyError)) == 0 {
			t.Fatal("an error without a mistake")
		}
		return
	}
	sections := m.Sections(DefaultMembrane(), nil, Discretisation{MaxLength: 1000})
	for _, s := range sections {
		if s.Compartments > 100 {
			return // takes long, and some will be refused
		}
	}
	tree, err := NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	for i := range tree.Len() {
		if tree.Index[i] >= 0 && !(tree.Area[i] > 0 && tree.Area[i] < math.Inf(1)) || i > 0 && !(tree.Axial[i] > 0) {
			t.Fatalf("node %d: area %g, axial %g", i, tree.Area[i], tree.Axial[i])
		}
	}
}
