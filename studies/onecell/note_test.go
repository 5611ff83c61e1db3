package onecell

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/study/studytest"
)

// unsaid lists what a figure draws and neither its note nor its legend names: bars,
// arrows and lines of which a reader cannot know what they are.
func unsaid(fig figure.Figure) (missing []string) {
	has := fig.Marks()
	named := func(marks ...figure.Mark) bool { // by the legend
		for _, p := range fig.Panels {
			for _, s := range p.Series {
				if len(s.X) > 0 && slices.Contains(marks, s.Mark) && s.Name == "" && s.Role != figure.Scale && !verticalLines(s) {
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
		{has.Dashed, "Dashed:", named(figure.Dashed)}, {has.Ribbon, "Shaded:", false},
		{has.Lines, "Lines:", named(figure.Line, figure.Steps)},
	} {
		if c.drawn && !c.named && !strings.Contains(fig.Note, c.word) {
			missing = append(missing, c.word)
		}
	}
	return missing
}

// verticalLines reports whether a series is marks of spikes, which have a sentence.
func verticalLines(s figure.Series) bool {
	return len(s.Y) > 2 && math.IsNaN(s.Y[2]) && s.X[0] == s.X[1]
}

// Every figure of a study of one cell says what its marks are, at one column too; none
// of them did, and no test asked.
func TestCellFiguresSayTheirMarks(t *testing.T) {
	if testing.Short() {
		t.Skip("draws the figures of four studies: run without -short")
	}
	for _, c := range []struct {
		name string
		set  []grammar.Override
	}{
		{"uncaging", []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}, {Key: "figures.uncaging.width", Value: `"89 mm"`}}},
		{"inhibition", []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}, {Key: "figures.inhibition.width", Value: `"89 mm"`}}},
		{"morphology", []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}}},
		{"psychometric", []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}, {Key: "psychometric.trials", Value: "60"}, {Key: "psychometric.length", Value: `"20 um"`},
			{Key: "psychometric.synapses", Value: "18"}, {Key: "psychometric.weighted", Value: "20"}}},
	} {
		x, err := load(c.name, grammar.Options{Set: c.set})
		if err != nil {
			t.Fatal(err)
		}
		s, err := x.Do(context.Background(), studytest.OnThreads(2))
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
func checkRules(t *testing.T, study string, fig figure.Figure) {
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

// note = false leaves the note out.
func TestNoteIsOptional(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "false": false} {
		x, err := load("uncaging", grammar.Options{Set: []grammar.Override{{Key: "run.dt", Value: `"0.1 ms"`}, {Key: "figures.uncaging.note", Value: value}}})
		if err != nil {
			t.Fatal(err)
		}
		s, err := x.Do(context.Background(), studytest.OnThreads(2))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Figures[0].Figure.Note != ""; got != want {
			t.Errorf("note = %s: a note: %v", value, got)
		}
	}
}
