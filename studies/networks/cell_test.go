package networks

import (
	"math"
	"slices"
	"strings"
	"testing"

	"neurosim/figure"
)

// highestOf draws the figure of a configuration, and returns it with the highest values of the
// columns of the trace map.
func highestOf(t *testing.T, text string) (fig figure.Figure, highest map[float64]int) {
	t.Helper()
	fig, _, _, table := drawn(t, text)
	highest = map[float64]int{}
	for _, c := range table.Columns {
		highest[slices.Max(c.Values)]++
	}
	return fig, highest
}

// The colours of a cell are the highest potentials of the trace, those of both panels alike;
// the electrode stands at the soma and the segments at the middles of the tips.
func TestCellShowsTheHighestPotentials(t *testing.T) {
	fig, highest := highestOf(t, forkedCell+"[figures.c]\nkind = \"cell\"\n")
	if len(fig.Panels) != 2 || fig.Panels[0].Colours.Low != fig.Panels[1].Colours.Low || !fig.Panels[0].Equal || fig.Panels[0].ScaleBar != 50 {
		t.Fatalf("%d panels, %+v", len(fig.Panels), fig.Panels[0])
	}
	for _, p := range fig.Panels {
		shown := map[float64]bool{}
		for _, z := range p.Series[0].Z {
			shown[z] = true
		}
		for v := range highest {
			if !shown[v] {
				t.Errorf("the highest potential %g mV of a compartment is not shown", v)
			}
		}
		if len(shown) != len(highest) {
			t.Errorf("%d colours for %d potentials", len(shown), len(highest))
		}
		segments, electrode := p.Series[1], p.Series[2]
		if segments.Name != "Segments tips" || len(segments.X) != 2 || electrode.Name != "Electrode pulse" || len(electrode.X) != 1 {
			t.Errorf("%s at %v, %s at %v", segments.Name, segments.X, electrode.Name, electrode.X)
		}
	}
	if e := fig.Panels[0].Series[2]; e.X[0] != 0 || e.Y[0] != 0 {
		t.Errorf("electrode at %v, %v", e.X, e.Y)
	}
	if s := fig.Panels[1].Series[1]; s.Y[0] != 130 || s.Y[1] != 130 {
		t.Errorf("segments at paths %v, want 130 µm", s.Y)
	}
	if !strings.Contains(fig.Note, "schematic") || !strings.Contains(fig.Note, "3 times") || strings.Contains(fig.Note, "Grey") {
		t.Errorf("note %q", fig.Note)
	}
}

// Compartments that the trace does not hold are grey, and the note counts them: of 21, all
// but that of the soma and the 5 of the trunk.
func TestCellWithCompartmentsNotRecorded(t *testing.T) {
	text := strings.Replace(forkedCell, `["*"]`, `["soma", "trunk"]`, 1)
	fig, _, tree, table := drawn(t, text+"[figures.c]\nkind = \"cell\"\nshow = \"time\"\ntime = \"8 ms\"\ndendrogram = false\nsegments = false\nelectrodes = false\n")
	p := fig.Panels[0]
	if len(fig.Panels) != 1 || len(p.Series) != 2 || p.Series[0].Name != "Not recorded" {
		t.Fatalf("%d panels, series %v", len(fig.Panels), p.Series)
	}
	for _, z := range p.Series[0].Z {
		if !math.IsNaN(z) {
			t.Errorf("a compartment that is not recorded has %g", z)
		}
	}
	at := slices.Index(table.Steps, 80)
	for i, name := range []string{"soma", "trunk"} {
		want := table.Columns[i].Values[at]
		if !strings.Contains(table.Columns[i].Name, name) || !slices.Contains(p.Series[1].Z, want) {
			t.Errorf("%s: %g mV at 8 ms is not among %v", table.Columns[i].Name, want, p.Series[1].Z)
		}
	}
	if tree.Compartments() != 21 || !strings.Contains(fig.Note, "Grey: 15 of 21 compartments") {
		t.Errorf("%d compartments; note %q", tree.Compartments(), fig.Note)
	}
}

// Regions need no trace; each has a name in the legend, and all compartments are drawn.
func TestCellByRegion(t *testing.T) {
	text, _, _ := strings.Cut(forkedCell, "[record")
	x, open, _ := recorded(t, text+"[figures.c]\nkind = \"cell\"\nshow = \"region\"\n")
	made := makeFigures(t.Context(), x, x.Figures, 1, open, nil)
	if made[0].Err != nil {
		t.Fatal(made[0].Err)
	}
	var names []string
	for _, s := range made[0].Figure.Panels[0].Series {
		names = append(names, s.Name)
	}
	if want := []string{"apical", "no region", "Segments tips"}; !slices.Equal(names, want) {
		t.Errorf("series %q, want %q", names, want)
	}
}
