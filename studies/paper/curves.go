package paper

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"neurosim/analysis"
	"neurosim/experiments"
)

// A curve is one parameter set of a reproduced figure: theory as a line, our
// simulation as markers in a ring each, which is what the authors recorded.
type curve struct {
	line, ours, theirs analysis.Series
}

// newCurve returns an empty curve with the colour and marker of an index.
func newCurve(name string, index int) *curve {
	return &curve{
		line:   analysis.Series{Name: name, Mark: analysis.Line, Role: analysis.Theory, Index: index},
		ours:   analysis.Series{Name: name, Mark: analysis.Points, Role: analysis.Simulation, Index: index},
		theirs: analysis.Series{Name: "Ahmad & Hawkins (2016)", Mark: analysis.Rings, Role: analysis.Measurement},
	}
}

// theory adds a point to the line.
func (c *curve) theory(x, y float64) {
	c.line.X, c.line.Y = append(c.line.X, x), append(c.line.Y, y)
}

// simulated adds a marker with its 95 % Wilson interval; without hits it is an
// upper limit.
func (c *curve) simulated(x float64, p analysis.Proportion) {
	lo, hi := p.Wilson(analysis.Z95)
	c.ours.X, c.ours.Y = append(c.ours.X, x), append(c.ours.Y, p.Rate())
	c.ours.Lo, c.ours.Hi = append(c.ours.Lo, lo), append(c.ours.Hi, hi)
}

// recorded adds what the authors found, if they found anything.
func (c *curve) recorded(x float64, p analysis.Proportion) {
	if p.Hits > 0 {
		c.recordedValue(x, p.Rate())
	}
}

// recordedValue adds a number that the authors computed.
func (c *curve) recordedValue(x, y float64) {
	c.theirs.X, c.theirs.Y = append(c.theirs.X, x), append(c.theirs.Y, y)
}

// seriesOf returns all that the curves hold, back to front: the rings of every
// curve, the lines, the markers.
func seriesOf(curves []*curve) (out []analysis.Series) {
	for _, layer := range []func(c *curve) analysis.Series{
		func(c *curve) analysis.Series { return c.theirs },
		func(c *curve) analysis.Series { return c.line },
		func(c *curve) analysis.Series { return c.ours },
	} {
		for _, c := range curves {
			if s := layer(c); len(s.X) > 0 {
				out = append(out, s)
			}
		}
	}
	return out
}

// reproduced is the figure of a study: one column wide, with a note of what its marks
// are. markers says what one is and its n; rings, what was recorded.
func reproduced(name string, height float64, m analysis.Meanings, panels ...analysis.Panel) analysis.Figure {
	fig := analysis.Figure{Name: name, Width: 89, Height: height, Panels: panels}
	if m.Rings == "" {
		m.Rings = "numbers recorded by the authors"
	}
	fig.Note = m.Note(fig)
	return fig
}

// asCounts turns a recorded rate back into the count that it came from.
func asCounts(rate, trials float64) analysis.Proportion {
	return analysis.Proportion{Hits: int64(math.Round(rate * trials)), Trials: int64(trials)}
}

// A pointTable lists every point that was counted: parameters, theory, our
// counts and the authors'.
type pointTable struct{ table experiments.Table }

func newPointTable(parameters ...string) *pointTable {
	return &pointTable{experiments.Table{Header: append(parameters, "theory", "hits", "trials", "rate", "lo95", "hi95", "z",
		"recorded_hits", "recorded_trials", "recorded_z")}}
}

// add appends a row; theirs without trials means that nothing was recorded.
func (t *pointTable) add(parameters []int, want float64, ours, theirs analysis.Proportion) {
	var row []string
	for _, p := range parameters {
		row = append(row, strconv.Itoa(p))
	}
	lo, hi := ours.Wilson(analysis.Z95)
	row = append(row, experiments.Exactly(want), fmt.Sprint(ours.Hits), fmt.Sprint(ours.Trials),
		experiments.Exactly(ours.Rate()), experiments.Exactly(lo), experiments.Exactly(hi), experiments.Exactly(ours.Z(want)))
	if theirs.Trials > 0 {
		row = append(row, fmt.Sprint(theirs.Hits), fmt.Sprint(theirs.Trials), experiments.Exactly(theirs.Z(want)))
	} else {
		row = append(row, "", "", "")
	}
	t.table.Rows = append(t.table.Rows, row)
}

// tens writes a number of trials for people: 10^{8}, 5×10^{6}, 4000.
func tens(n int) string {
	digits := strings.TrimRight(strconv.Itoa(n), "0")
	zeros := len(strconv.Itoa(n)) - len(digits)
	switch {
	case n < 100_000 || len(digits) > 2:
		return strconv.Itoa(n)
	case digits == "1":
		return fmt.Sprintf("10^{%d}", zeros)
	case len(digits) == 2:
		return fmt.Sprintf("%s.%s×10^{%d}", digits[:1], digits[1:], zeros+1)
	}
	return fmt.Sprintf("%s×10^{%d}", digits, zeros)
}
