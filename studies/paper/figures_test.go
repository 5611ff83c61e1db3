package paper

import (
	"strings"
	"testing"

	"neurosim/analysis"
	"neurosim/study"
)

// Figures say below them what their marks are, and name every ring's curve where no line
// joins them.
func TestFiguresSayTheirMarks(t *testing.T) {
	for _, f := range Figures() {
		marks, ok := map[string][]string{
			"fig4a": {"Markers: ", "Rings: ", "Bars: ", "Arrows: ", "Lines: "}, "fig7a": {"Markers: ", "Rings: ", "Bars: ", "Lines: "},
			"neuron-correlation": {"Markers: ", "Rings: ", "Bars: "},
		}[f.Name]
		if !ok {
			continue
		}
		r, err := f.Run(t.Context(), Effort{Seed: 1, Work: study.New(study.Options{Threads: 2}), Figure: f.Name})
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range marks {
			if !strings.Contains(r.Figure.Note, mark) {
				t.Errorf("%s: the note says nothing of %s%q", f.Name, mark, r.Figure.Note)
			}
		}
		if f.Name == "neuron-correlation" {
			colours := map[int]bool{}
			for _, x := range r.Figure.Panels[0].Series {
				if x.Mark == analysis.Rings {
					colours[x.Index] = x.Role == analysis.Simulation
				}
			}
			if len(colours) != 3 || !colours[0] || !colours[1] || !colours[2] {
				t.Errorf("rings of three data sets have the looks %v", colours)
			}
		}
	}
}
