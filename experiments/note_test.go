package experiments

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/grammar"
)

// unsaid lists what a figure draws and neither its note nor its legend names: bars,
// arrows and lines of which a reader cannot know what they are.
func unsaid(fig analysis.Figure) (missing []string) {
	has := fig.Marks()
	named := func(marks ...analysis.Mark) bool { // by the legend
		for _, p := range fig.Panels {
			for _, s := range p.Series {
				if len(s.X) > 0 && slices.Contains(marks, s.Mark) && s.Name == "" && s.Role != analysis.Scale && !verticalLines(s) {
					return false
				}
			}
		}
		return true
	}
	for _, c := range []struct {
		drawn bool
		word  string
		named bool
	}{
		{has.Markers, "Markers:", false}, {has.Rings, "Rings:", false}, {has.Bars, "Bars:", false}, {has.Arrows, "Arrows:", false},
		{has.Dashed, "Dashed:", named(analysis.Dashed)}, {has.Ribbon, "Shaded:", false},
		{has.Lines, "Lines:", named(analysis.Line, analysis.Steps)},
	} {
		if c.drawn && !c.named && !strings.Contains(fig.Note, c.word) {
			missing = append(missing, c.word)
		}
	}
	return missing
}

// verticalLines reports whether a series is marks of spikes, which have a sentence.
func verticalLines(s analysis.Series) bool {
	return len(s.Y) > 2 && math.IsNaN(s.Y[2]) && s.X[0] == s.X[1]
}

// Every figure of a study of one cell says what its marks are, at one column too; none
// of them did, and no test asked.
func TestCellFiguresSayTheirMarks(t *testing.T) {
	for _, c := range []struct {
		name string
		set  []grammar.Override
	}{
		{"uncaging", []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}, {Key: "figures.uncaging.width", Value: `"89 mm"`}}},
		{"inhibition", []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}, {Key: "figures.inhibition.width", Value: `"89 mm"`}}},
		{"morphology", []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}}},
		{"psychometric", []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}, {Key: "psychometric.trials", Value: "60"}, {Key: "psychometric.length", Value: `"20 um"`}}},
	} {
		x, err := configs.Load(c.name, grammar.Options{Set: c.set})
		if err != nil {
			t.Fatal(err)
		}
		s, err := Of(x).Run(context.Background(), onThreads(2))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range s.Figures {
			fig := m.Figure
			if m.Err != nil {
				t.Errorf("%s, %s: %v", c.name, m.Name, m.Err)
			}
			if missing := unsaid(fig); missing != nil {
				t.Errorf("%s, %s: the note says nothing of %v: %q", c.name, fig.Name, missing, fig.Note)
			}
			if fig.Width == 89 && fig.Cols != 1 {
				t.Errorf("%s, %s: %d panels side by side in one column", c.name, fig.Name, fig.Cols)
			}
			checkRules(t, c.name, fig)
		}
	}
}

// checkRules holds what rules of these studies are called: a criterion in mV on an axis
// of mV above rest, and when glutamate and GABA come, which nothing marked.
func checkRules(t *testing.T, study string, fig analysis.Figure) {
	labels := map[string]float64{}
	for _, p := range fig.Panels {
		for _, r := range p.Rules {
			if r.Label != "" {
				labels[r.Label] = r.At
			}
		}
	}
	want := map[string]map[string]float64{
		"uncaging uncaging":     {"30 mV above rest: -40 mV": 30},
		"uncaging traces":       {"glutamate": 20, "level, -40 mV": -40},
		"inhibition inhibition": {"glutamate": 20},
		"inhibition traces":     {"glutamate": 20, "GABA": 45},
	}[study+" "+fig.Name]
	for label, at := range want {
		if got, ok := labels[label]; !ok || math.Abs(got-at) > 1e-6 {
			t.Errorf("%s, %s: rule %q at %g, want %g; rules are %v", study, fig.Name, label, got, at, labels)
		}
	}
}

// Axes over decades are logarithmic: 200 to 10,000 cells were on a linear one.
func TestAxesOverDecades(t *testing.T) {
	for _, c := range []struct {
		points []float64
		want   bool
	}{{[]float64{200, 1000, 10_000}, true}, {[]float64{0, 1, 100}, false}, {[]float64{1, 10, 20}, false}, {[]float64{1, 100}, false}} {
		if got := spansDecades(c.points); got != c.want {
			t.Errorf("%v: logarithmic %v", c.points, got)
		}
	}
}

// note = false leaves the note out.
func TestNoteIsOptional(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "false": false} {
		x, err := configs.Load("uncaging", grammar.Options{Set: []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}, {Key: "figures.uncaging.note", Value: value}}})
		if err != nil {
			t.Fatal(err)
		}
		s, err := Of(x).Run(context.Background(), onThreads(2))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Figures[0].Figure.Note != ""; got != want {
			t.Errorf("note = %s: a note: %v", value, got)
		}
	}
}

// The last row of a raster is the last cell: rows ended at cell 2998 of 2999.
func TestRowsReachTheLastCell(t *testing.T) {
	for _, c := range []struct{ cells, most int }{{3000, 2048}, {2048, 2048}, {5, 2}, {7, 1}, {1, 10}, {100, 99}} {
		m := newRowMap(c.cells, c.most)
		if first, last := m.cell(0), m.cell(m.shown-1); first != 0 || m.shown > 1 && last != c.cells-1 {
			t.Errorf("%d of %d: rows from cell %d to %d", c.most, c.cells, first, last)
		}
		shown := 0
		for cell := range c.cells {
			if row := m.row(cell); row >= 0 {
				if shown++; m.cell(row) != cell {
					t.Errorf("%d of %d: cell %d in row %d, which shows %d", c.most, c.cells, cell, row, m.cell(row))
				}
			}
		}
		if shown != m.shown {
			t.Errorf("%d of %d: %d rows", c.most, c.cells, shown)
		}
	}
}

// Theory is drawn between the points of a sweep where it is known, in a single-valued
// order, and keeps the points' range.
func TestTheoryBetweenThePoints(t *testing.T) {
	points := func(of func(e *expected, x float64), xs ...float64) (at []expected) {
		for _, x := range xs {
			e := expected{n: 1000, a: 40, s: 24, theta: 12, window: 5, dt: 0.1, patterns: 1}
			of(&e, x)
			at = append(at, e)
		}
		return at
	}
	for _, c := range []struct {
		key string
		of  func(e *expected, x float64)
		xs  []float64
		min int
	}{
		{"jitter", func(e *expected, x float64) { e.jitter = x }, []float64{0, 5, 20}, 40},
		{"n", func(e *expected, x float64) { e.n = int(x) }, []float64{200, 1000, 10_000}, 60},
		{"patterns", func(e *expected, x float64) { e.patterns = int(x) }, []float64{1, 10, 20}, 20},
		{"theta", func(e *expected, x float64) { e.theta = int(x) }, []float64{8, 12, 16}, 3},
	} {
		at, xs := between(c.key, points(c.of, c.xs...), c.xs)
		if len(at) < c.min || len(at) != len(xs) || xs[0] != c.xs[0] || !slices.IsSorted(xs) || xs[len(xs)-1] > c.xs[2] || c.key != "jitter" && xs[len(xs)-1] != c.xs[2] {
			t.Errorf("%s: %d points from %g to %g", c.key, len(at), xs[0], xs[len(xs)-1])
		}
	}
	// The size of another population: only the points are known.
	if at, _ := between("n", points(func(*expected, float64) {}, 1, 2, 3), []float64{1, 2, 3}); len(at) != 3 {
		t.Errorf("%d points of a key that theory does not see", len(at))
	}
}

// Of rings that would hide each other one is drawn, and every case keeps some.
func TestThinOut(t *testing.T) {
	rings := make([]analysis.Series, 5)
	for i := range rings {
		for k := range 40 {
			y := 0.5
			if k == 20 {
				y = 0.1 * float64(i)
			}
			rings[i].X, rings[i].Y = append(rings[i].X, float64(k)), append(rings[i].Y, y)
		}
	}
	thinOut(rings)
	at := map[float64]int{}
	for i, s := range rings {
		if len(s.X) < 7 {
			t.Errorf("case %d keeps %d rings", i, len(s.X))
		}
		for _, x := range s.X {
			at[x]++
		}
	}
	for x, n := range at {
		if want := 1; x != 20 && n != want || x == 20 && n != 5 {
			t.Errorf("%d rings at %g", n, x)
		}
	}
}
