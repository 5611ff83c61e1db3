package thresholds

import (
	"fmt"
	"math"
	"strings"

	"neurosim/figure"
	"neurosim/internal/fpmath"
	"neurosim/literature"
	"neurosim/theory"
)

// figure draws the errors of a neuron against θ, with Fig. 6 of the paper
// in grey, and below them, on the same axis of θ, every published threshold in
// synapses or spines: a grey bar for a range, a marker for a single number.
func (r comparison) figure() figure.Figure {
	c := r.Case
	top := float64(c.S)
	var rows []literature.Record
	for _, x := range r.Records {
		if x.Drawn() {
			_, hi, _ := x.Range()
			rows, top = append(rows, x), max(top, hi)
		}
	}
	x := figure.Axis{Label: "NMDA threshold θ", Unit: "active synapses", Min: 0, Max: 1.04 * top}
	best := figure.Band{Name: fmt.Sprintf("Total error within ×%g of its best", c.Factor), Axis: "x",
		Lo: float64(r.Lo) - 0.5, Hi: float64(r.Hi) + 0.5, Role: figure.Predicted}

	errors := r.errorPanel(x)
	errors.Bands = append(literature.Bands(rows), best)
	best.Name = ""
	published := recordPanel(rows, x)
	published.Bands = []figure.Band{best}
	const curves, row, labels = 62, 3.9, 28 // heights in mm
	published.Weight = row * float64(len(rows)) / curves
	fig := figure.Figure{Name: "thresholds", Width: 183, Height: curves + labels + float64(row*float64(len(rows))), ShareX: true,
		Panels: []figure.Panel{errors, published}}
	fig.Note = figure.Meanings{
		Lines:   "theory, equations (8) and (6) of Ahmad & Hawkins 2016",
		Markers: "single published values",
		More:    []string{"(b) Thick bars: published ranges. In brackets the kind of statement and its grade of evidence, after them whether it and the predicted interval (blue) contain one another."},
	}.Note(fig)
	return fig
}

// caption describes the figure and says what it supports.
func (r comparison) caption() string {
	return fmt.Sprintf("(a) Theory: probability that a random pattern fires one of %s (equation 8 of Ahmad & Hawkins 2016), that a segment misses its pattern, and their sum, against the NMDA threshold θ. "+
		"Grey: the median of their Figure 6, one segment, over their grid of n, a and s. "+
		"(b) Published thresholds in synapses or spines: bars are ranges, circles single values; in brackets the kind of statement and its grade of evidence, then whether it and the predicted interval (blue) contain one another. ",
		segments(r.Case.Segments)) + strings.Join(r.lines(), " ")
}

// errorPanel draws the three errors on a logarithmic axis that ends four decades
// below the best, where nothing matters any more.
func (r comparison) errorPanel(x figure.Axis) figure.Panel {
	c := r.Case
	fp := figure.Series{Name: "False positives, " + segments(c.Segments), Mark: figure.Line, Role: figure.Theory, Index: 0}
	fn := figure.Series{Name: fmt.Sprintf("False negatives, %d of %d cells lost", r.V, c.A), Mark: figure.Line, Role: figure.Theory, Index: 1}
	total := figure.Series{Name: "Total error", Mark: figure.Dashed, Index: 0}
	decades := math.Min(300, 4-math.Floor(r.Errors[r.Best-1].Log10))
	const head = 0.07 // of the axis, above 1, for the labels of rules
	for _, e := range r.Errors {
		at := float64(e.Theta)
		fp.Add(at, e.FP)
		fn.Add(at, e.FN)
		total.Add(at, e.Total)
	}
	median := figure.Series{Name: "False positives of Ahmad & Hawkins 2016, Fig. 6", Mark: figure.Line, Role: figure.Background}
	for theta := 3; theta <= 24; theta++ {
		median.Add(float64(theta), theory.Figure6Median(theta))
	}
	p := figure.Panel{
		Title:  fmt.Sprintf("Errors of a neuron: n = %d, a = %d, s = %d", c.N, c.A, c.S),
		X:      x,
		Y:      figure.Axis{Label: "Probability", Log: true, Min: fpmath.Pow10(-decades), Max: fpmath.Pow10(head * decades)},
		Series: []figure.Series{median, fp, fn, total},
		Rules:  []figure.Rule{{Label: fmt.Sprintf("s = %d", c.S), Axis: "x", At: float64(c.S)}},
		Legend: true,
	}
	if c.Theta > 0 {
		p.Rules = append(p.Rules, figure.Rule{Label: fmt.Sprintf("θ = %d", c.Theta), Axis: "x", At: float64(c.Theta)})
	}
	return p
}

// recordPanel draws one row for each record, the first on top, its grade and
// verdict in its label.
func recordPanel(rows []literature.Record, x figure.Axis) figure.Panel {
	p := figure.Panel{X: x, Title: "Published, in synapses or spines: no primary measurement of an NMDA spike was found",
		Y: figure.Axis{Min: -0.5, Max: float64(len(rows)) - 0.5}, Legend: true}
	single := map[figure.Role]figure.Series{}
	bars := map[figure.Role]figure.Series{}
	for i, r := range rows {
		y := float64(len(rows) - 1 - i)
		p.Y.Ticks = append(p.Y.Ticks, figure.Tick{At: y, Label: tick(r)})
		if r.Kind == "measurement" && r.IsNMDA() {
			p.Title = "Published, in synapses or spines"
		}
		lo, hi, _ := r.Range()
		role := recordRole(r)
		if lo < hi {
			b := bars[role]
			b.X, b.X2, b.Y = append(b.X, lo), append(b.X2, hi), append(b.Y, y)
			bars[role] = b
		}
		if !math.IsNaN(r.Typical) {
			lo, hi = r.Typical, r.Typical
		}
		if lo == hi {
			s := single[role]
			s.Add(lo, y)
			single[role] = s
		}
	}
	for _, kind := range []struct {
		role figure.Role
		name string
	}{{figure.Measurement, "NMDA spike or plateau"}, {figure.Background, "Another event"}, {figure.Predicted, "Prediction of this theory"}, {figure.Excitatory, "Own rows"}} {
		if b := bars[kind.role]; len(b.X) > 0 {
			b.Name, b.Mark, b.Role = kind.name, figure.Spans, kind.role
			p.Series = append(p.Series, b)
		}
		if s := single[kind.role]; len(s.X) > 0 {
			s.Name, s.Mark, s.Role = kind.name, figure.Points, kind.role
			p.Series = append(p.Series, s)
		}
	}
	return p
}

// recordRole is the colour of a record: the user's own rows have one of their own.
func recordRole(r literature.Record) figure.Role {
	switch {
	case r.Own():
		return figure.Excitatory
	case r.Kind == "prediction":
		return figure.Predicted
	case !r.IsNMDA():
		return figure.Background
	}
	return figure.Measurement
}

// tick labels the row of a record.
func tick(r literature.Record) string {
	name := r.Name()
	switch {
	case r.From():
		name += fmt.Sprintf(", ≥ %g", r.Low)
	case r.UpTo():
		name += fmt.Sprintf(", ≤ %g", r.High)
	}
	kind := r.Kind
	if r.Event == "na_spike" {
		name, kind = r.Reference, "Na^{+} spike"
	}
	text := fmt.Sprintf("%s (%s, %s)", name, kind, r.Grade)
	if r.Verdict != "" {
		text += ": " + r.Verdict
	}
	return text
}
