package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/internal/dictionary"
	"neurosim/published"
	"neurosim/study"
)

// What rings are, in a legend.
const (
	article = "Ahmad & Hawkins (2016)"
	later   = "Ahmad & Hawkins, recorded 2017-18"
)

// A chart is a figure of one panel in the making: its curves, a table with a row for
// each point, and what the verdict is based on.
type chart struct {
	authors    string // article or later
	parameters []string
	curves     []*curve
	table      study.Table

	exact     deviations // theory against published exact numbers
	computed  deviations // what the authors computed against theory
	simulated counted    // our counts against theory
	recorded  counted    // the authors' counts against theory
	errata    []string
}

// newChart returns a chart whose points have the given parameters.
func newChart(authors string, parameters ...string) *chart {
	return &chart{authors: authors, parameters: parameters, table: study.Table{Text: pointsText, Columns: append(parameterColumns(parameters...), study.Columns([][3]string{
		{"theory", "", "what theory says of the rate"},
		{"hits", "", "trials that count"},
		{"trials", "", "trials"},
		{"rate", "", "hits over trials"},
		{"lo95", "", "lower end of its 95 % Wilson interval"},
		{"hi95", "", "upper end of its 95 % Wilson interval"},
		{"z", "", "rate less theory, in standard errors"},
		{"recorded_hits", "", "hits that the authors recorded; empty: none are recorded"},
		{"recorded_trials", "", "their trials"},
		{"recorded_z", "", "their rate less theory, in standard errors"},
	})...)}}
}

// pointsText says what the rows of the tables of figures are.
const pointsText = "The points of the figure, a row for each parameter set."

// meanings of parameters of the paper.
var meanings = map[string]string{
	"n": "cells of the population", "a": "active cells of a pattern", "s": "synapses of a segment", "theta": "threshold of an NMDA spike, in synapses",
	"v": "active cells that noise replaces", "M": "patterns in a union",
}

// parameterColumns are the columns of parameters of the paper.
func parameterColumns(names ...string) (columns []dictionary.Column) {
	for _, name := range names {
		columns = append(columns, dictionary.Column{Name: name, Text: meanings[name]})
	}
	return columns
}

// designEffect is the column of the factor by which the variance of a rate is larger than that
// of independent trials.
var designEffect = [3]string{"design_effect", "", "variance of the rate over that of independent trials"}

// A point is one parameter set of a chart.
type point struct {
	at           []int // its parameters
	want         float64
	ours, theirs analysis.Proportion // theirs without trials: nothing was recorded
	excused      bool                // an erratum explains theirs

	effect, theirEffect float64  // design effects of the counts; 0: they are of independent trials
	more                []string // further columns
}

// add appends the row of a point and holds its counts against theory.
func (ch *chart) add(p point) {
	label := ch.label(p.at...)
	ch.simulated.add(thinned(p.ours, p.effect), p.want, label)
	var row []string
	for _, x := range p.at {
		row = append(row, strconv.Itoa(x))
	}
	lo, hi := p.ours.Wilson(analysis.Z95)
	row = append(row, study.Exactly(p.want), fmt.Sprint(p.ours.Hits), fmt.Sprint(p.ours.Trials),
		study.Exactly(p.ours.Rate()), study.Exactly(lo), study.Exactly(hi), study.Exactly(p.ours.Z(p.want)))
	if p.theirs.Trials > 0 {
		row = append(row, fmt.Sprint(p.theirs.Hits), fmt.Sprint(p.theirs.Trials), study.Exactly(p.theirs.Z(p.want)))
		if !p.excused {
			ch.recorded.add(thinned(p.theirs, p.theirEffect), p.want, label)
		}
	} else {
		row = append(row, "", "", "")
	}
	ch.table.Add(append(row, p.more...)...)
}

// addTelling adds a point and draws it on the last curve, our count only where it is
// telling.
func (ch *chart) addTelling(x float64, p point) {
	if telling(p.ours, p.want) {
		ch.last().simulated(x, p.ours, p.effect)
	}
	ch.last().recorded(x, p.theirs)
	ch.add(p)
}

// label says where a point stands: n = 300, θ = 12.
func (ch *chart) label(at ...int) string {
	var parts []string
	for i, x := range at {
		parts = append(parts, fmt.Sprintf("%s = %d", strings.Replace(ch.parameters[i], "theta", "θ", 1), x))
	}
	return strings.Join(parts, ", ")
}

// curve adds a curve with a name.
func (ch *chart) curve(format string, args ...any) *curve {
	c := newCurve(fmt.Sprintf(format, args...), len(ch.curves), ch.authors)
	ch.curves = append(ch.curves, c)
	return c
}

// last returns the curve that was added last.
func (ch *chart) last() *curve { return ch.curves[len(ch.curves)-1] }

// erratum adds a sentence to the errata.
func (ch *chart) erratum(format string, args ...any) {
	ch.errata = append(ch.errata, fmt.Sprintf(format, args...))
}

// checks returns those that most charts have: theory, whose published numbers have
// the given digits, our simulation, the authors.
func (ch *chart) checks(digits float64) []check {
	authors := ch.recorded.check(ofAuthors)
	if ch.computed.points > 0 {
		authors = ch.computed.check(ofAuthors, exactDigits)
	}
	return []check{ch.exact.check(ofTheory, digits), ch.simulated.check(ofSimulation), authors}
}

// panel returns the panel of the chart's curves.
func (ch *chart) panel(x, y figure.Axis) figure.Panel {
	return figure.Panel{X: x, Y: y, Series: seriesOf(ch.curves), Legend: true}
}

// reproduction ends the chart.
func (ch *chart) reproduction(name string, height float64, m figure.Meanings, checks []check, panels ...figure.Panel) reproduction {
	fig := figure.Figure{Name: name, Width: 89, Height: height, Panels: panels}
	if m.Rings == "" {
		m.Rings = "numbers recorded by the authors"
	}
	fig.Note = m.Note(fig)
	return reproduction{Figure: fig, Table: ch.table, Verdict: verdict{Checks: checks, Errata: ch.errata}}
}

// A curve is one parameter set of a figure: theory as a line, our simulation as
// markers in a ring each, which is what the authors recorded.
type curve struct {
	line, ours, theirs figure.Series
}

// newCurve returns an empty curve with the colour and marker of an index.
func newCurve(name string, index int, authors string) *curve {
	return &curve{
		line:   figure.Series{Name: name, Mark: figure.Line, Role: figure.Theory, Index: index},
		ours:   figure.Series{Name: name, Mark: figure.Points, Role: figure.Simulation, Index: index},
		theirs: figure.Series{Name: authors, Mark: figure.Rings, Role: figure.Measurement},
	}
}

// theory adds a point to the line.
func (c *curve) theory(x, y float64) {
	c.line.Add(x, y)
}

// marker adds a marker with its interval.
func (c *curve) marker(x, y, lo, hi float64) {
	c.ours.AddInterval(x, y, lo, hi)
}

// simulated adds a marker with the 95 % Wilson interval of the count under its design
// effect; without hits it is an upper limit.
func (c *curve) simulated(x float64, p analysis.Proportion, effect float64) {
	lo, hi := thinned(p, effect).Wilson(analysis.Z95)
	c.marker(x, p.Rate(), min(lo, p.Rate()), max(hi, p.Rate()))
}

// recorded adds what the authors found, if they found anything.
func (c *curve) recorded(x float64, p analysis.Proportion) {
	if p.Hits > 0 {
		c.ring(x, p.Rate())
	}
}

// ring adds a number that the authors recorded.
func (c *curve) ring(x, y float64) {
	c.theirs.Add(x, y)
}

// seriesOf returns all that the curves hold, back to front: the rings of every
// curve, the lines, the markers.
func seriesOf(curves []*curve) (out []figure.Series) {
	for _, layer := range []func(c *curve) figure.Series{
		func(c *curve) figure.Series { return c.theirs },
		func(c *curve) figure.Series { return c.line },
		func(c *curve) figure.Series { return c.ours },
	} {
		for _, c := range curves {
			if s := layer(c); len(s.X) > 0 {
				out = append(out, s)
			}
		}
	}
	return out
}

// begins reports whether row i has other values in some columns than the row before.
func begins(rows []published.Row, i int, columns ...string) bool {
	return i == 0 || slices.ContainsFunc(columns, func(c string) bool { return rows[i][c] != rows[i-1][c] })
}

// asCounts turns a recorded rate back into the count that it came from.
func asCounts(rate, trials float64) analysis.Proportion {
	return analysis.Proportion{Hits: int64(math.Round(rate * trials)), Trials: int64(trials)}
}

// thinned returns the number of independent trials, and of hits among them, that
// say as much as p does under a design effect; 0 is none.
func thinned(p analysis.Proportion, effect float64) analysis.Proportion {
	if effect == 0 {
		return p
	}
	by := func(x int64) int64 { return int64(math.Round(float64(x) / effect)) }
	if p.Hits > p.Trials/2 {
		return thinned(p.Not(), effect).Not()
	}
	return analysis.Proportion{Hits: by(p.Hits), Trials: by(p.Trials)}
}

// telling reports whether a count says anything of a probability: a hit was
// counted or at least leastExpected of one was expected. Points that do not are in
// the table but not drawn.
func telling(count analysis.Proportion, prob float64) bool {
	const leastExpected = 0.2
	return count.Hits > 0 || float64(count.Trials)*prob >= leastExpected
}

// comparisons says how many comparisons a marker is of.
func comparisons(n int) string { return "simulation, " + tens(n) + " comparisons each" }

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
