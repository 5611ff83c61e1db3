package experiments

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"neurosim/analysis"
	"neurosim/configs"
)

// wilson is what the bars of counted rates are.
const wilson = "95 % Wilson intervals"

// meanings say what the marks of a figure stand for. One that is empty stands for
// itself, by its name in the legend.
type meanings struct {
	markers string   // what they are and their n
	rings   string   // the same of rings
	bars    string   // intervals of markers; of counted rates, wilson
	lines   string   // what lines without markers are
	dashed  string   // the same of dashed lines
	ribbon  string   // what an area around a line spans
	more    []string // whole sentences
}

// note writes below a figure what its marks are: only of those it has. That an arrow
// is the upper end of an interval follows from the marks alone.
func note(fig analysis.Figure, m meanings) string {
	has := marksOf(fig)
	var says []string
	say := func(drawn bool, what, is string) {
		if drawn && is != "" {
			says = append(says, what+": "+is+".")
		}
	}
	say(has.markers, "Markers", m.markers)
	say(has.rings, "Rings", m.rings)
	say(has.bars, "Bars", m.bars)
	say(has.arrows, "Arrows", "upper ends of the intervals where nothing was seen")
	say(has.lines, "Lines", m.lines)
	say(has.dashed, "Dashed", m.dashed)
	say(has.ribbon, "Shaded", m.ribbon)
	return strings.Join(append(says, m.more...), " ")
}

// drawnMarks are the kinds of marks that a figure has.
type drawnMarks struct{ markers, rings, bars, arrows, lines, dashed, ribbon bool }

func marksOf(fig analysis.Figure) (has drawnMarks) {
	for _, p := range fig.Panels {
		for _, s := range p.Series {
			some := slices.ContainsFunc(s.Y, func(y float64) bool { return !math.IsNaN(y) })
			switch s.Mark {
			case analysis.Points:
				has.markers = has.markers || some
			case analysis.Rings:
				has.rings = has.rings || some
			case analysis.Line, analysis.Steps:
				has.lines = has.lines || some
			case analysis.Dashed:
				has.dashed = has.dashed || some
			case analysis.Ribbon:
				has.ribbon = has.ribbon || len(s.X) > 0
			}
			if s.Mark != analysis.Points && s.Mark != analysis.Rings {
				continue
			}
			for i := range s.Hi {
				switch {
				case p.Y.Log && s.Y[i] <= 0:
					has.arrows = has.arrows || s.Hi[i] > 0
				case s.Lo[i] < s.Hi[i]:
					has.bars = true
				}
			}
		}
	}
	return has
}

// noted adds the note to a figure that asks for one.
func noted(f configs.Figure, fig analysis.Figure, m meanings) analysis.Figure {
	if f.Note {
		fig.Note = note(fig, m)
	}
	return fig
}

// frame returns a figure as a configuration asks for it, without panels.
func frame(f configs.Figure) analysis.Figure {
	return analysis.Figure{Name: f.Name, Title: f.Title, Width: f.Width, Height: f.Height}
}

// arrangeIn places panels side by side, as many as the width of the figure has room
// for, and gives a figure of no stated height that of its rows (mm).
func arrangeIn(fig *analysis.Figure, row float64) {
	const least = 50 // mm for a panel: its axis takes 12 to 15 of them
	n := len(fig.Panels)
	fig.Cols = min(n, max(1, int(fig.Width/least)))
	rows := (n + fig.Cols - 1) / fig.Cols
	if n > 1 && fig.Cols == 1 {
		row = min(row, 48) // one below the other they would fill more than a page
	}
	if math.IsNaN(fig.Height) {
		fig.Height = row * float64(rows)
	}
}

// counted writes n with its noun: 1 network, 2 networks.
func count(n int, one, many string) string {
	return itoa(n) + " " + cmp.Or(map[bool]string{true: one}[n == 1], many)
}
