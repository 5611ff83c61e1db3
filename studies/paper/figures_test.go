package paper

import (
	"strings"
	"testing"

	"neurosim/figure"
	"neurosim/study"
)

// saysMarks checks that the note of a figure names the marks that it has.
func saysMarks(t *testing.T, fig figure.Figure, marks ...string) {
	t.Helper()
	for _, mark := range marks {
		if !strings.Contains(fig.Note, mark+": ") {
			t.Errorf("%s: the note says nothing of %s: %q", fig.Name, strings.ToLower(mark), fig.Note)
		}
	}
}

// Figures say below them what their marks are.
func TestFiguresSayTheirMarks(t *testing.T) {
	for name, marks := range map[string][]string{
		"fig4a": {"Markers", "Rings", "Bars", "Arrows", "Lines"},
		"fig7a": {"Markers", "Rings", "Bars", "Lines"},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name == "fig4a" {
				t.Skip("10^7 comparisons a point take seconds, and fig7a is drawn: run without -short")
			}
			for _, f := range Figures() {
				if f.Name != name {
					continue
				}
				r, err := f.run(t.Context(), effort{Seed: 1, Work: study.New(study.Options{Threads: 2}), Figure: f.Name})
				if err != nil {
					t.Fatal(err)
				}
				saysMarks(t, r.Figure, marks...)
			}
		})
	}
}

// No line joins the rings of correlated patterns, so each parameter set's have its own
// look. The data sets stand in for drawn ones: 20 in each of two bins of each set.
func TestRingsOfCorrelatedPatterns(t *testing.T) {
	var drawn []correlatedSet
	_, first := correlationRows()
	for range first {
		for k := range 40 {
			drawn = append(drawn, correlatedSet{Correlation: 0.02 + 0.04*float64(k%2), FalsePositives: 10 + k})
		}
	}
	r := correlationFigure(drawn)
	saysMarks(t, r.Figure, "Markers", "Rings", "Bars")
	colours := map[int]bool{}
	for _, x := range r.Figure.Panels[0].Series {
		if x.Mark == figure.Rings {
			colours[x.Index] = x.Role == figure.Simulation
		}
	}
	if len(colours) != 3 || !colours[0] || !colours[1] || !colours[2] {
		t.Errorf("rings of three data sets have the looks %v", colours)
	}
	if c := r.Verdict.Checks[0]; c.Points != 2*len(first) || c.Holds {
		t.Errorf("two bins of each set with counts that nobody recorded: %+v", c)
	}
}
