package figure

import (
	"math"
	"slices"
	"strings"
)

// WilsonIntervals is what the bars of counted rates are.
const WilsonIntervals = "95 % Wilson intervals"

// Meanings say what the marks of a figure stand for. One that is empty stands for
// itself, by its name in the legend.
type Meanings struct {
	Markers string   // what they are and their n
	Rings   string   // the same of rings
	Bars    string   // intervals of markers; of counted rates, WilsonIntervals
	Lines   string   // what lines without markers are
	Dashed  string   // the same of dashed lines
	Ribbon  string   // what an area around a line spans
	More    []string // whole sentences
}

// Note writes below a figure what its marks are: only of those it has. That an arrow
// is the upper end of an interval follows from the marks alone.
func (m Meanings) Note(fig Figure) string {
	has := fig.Marks()
	var says []string
	say := func(drawn bool, what, is string) {
		if drawn && is != "" {
			says = append(says, what+": "+is+".")
		}
	}
	say(has.Markers, "Markers", m.Markers)
	say(has.Rings, "Rings", m.Rings)
	say(has.Bars, "Bars", m.Bars)
	say(has.Arrows, "Arrows", "upper ends of the intervals where nothing was seen")
	say(has.Lines, "Lines", m.Lines)
	say(has.Dashed, "Dashed", m.Dashed)
	say(has.Ribbon, "Shaded", m.Ribbon)
	return strings.Join(append(says, m.More...), " ")
}

// Marks are the kinds of marks that a figure has.
type Marks struct{ Markers, Rings, Bars, Arrows, Lines, Dashed, Ribbon bool }

// Marks returns the kinds of marks that a figure has.
func (f Figure) Marks() (has Marks) {
	for _, p := range f.Panels {
		for _, s := range p.Series {
			some := slices.ContainsFunc(s.Y, func(y float64) bool { return !math.IsNaN(y) })
			switch s.Mark {
			case Points:
				has.Markers = has.Markers || some
			case Rings:
				has.Rings = has.Rings || some
			case Line, Steps:
				has.Lines = has.Lines || some
			case Dashed:
				has.Dashed = has.Dashed || some
			case Ribbon:
				has.Ribbon = has.Ribbon || len(s.X) > 0
			}
			if s.Mark != Points && s.Mark != Rings {
				continue
			}
			for i := range s.Hi {
				switch {
				case p.Y.Log && s.Y[i] <= 0:
					has.Arrows = has.Arrows || s.Hi[i] > 0
				case s.Lo[i] < s.Hi[i]:
					has.Bars = true
				}
			}
		}
	}
	return has
}
