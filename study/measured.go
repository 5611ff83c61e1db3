package study

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"neurosim/figure"
	"neurosim/grammar"
)

// show adds measurements to a figure, and makes the table of how far the model's curves in the
// same axes are from them. Where they fit no panel, the figure stays as it is.
func (f *Figure) show(m *grammar.Measured) error {
	fig := &f.Figure
	places := make([]int, len(m.Groups))
	for i := range places {
		var err error
		if places[i], err = place(fig, m, &m.Groups[i]); err != nil {
			return err
		}
	}
	t := &NamedTable{Name: f.Name + grammar.DataSuffix}
	t.Text = "How far curves of the figure " + f.Name + " are from the data shown with them, a row for each pair."
	t.Columns = Columns([][3]string{
		{"panel", "", "letter of the panel"},
		{"data", "", "name of the data"},
		{"model", "", "name of the curve; NAME (theory): the line of theory that has the name of a simulation"},
		{"points", "", "points of the data at which the curve has a value"},
		{"outside", "", "points of the data at which it has none"},
		{"rmse", "", "root of the mean square distance, in rmse_unit"},
		{"rmse_unit", "", "unit of rmse"},
		{"chi_square", "", "sum of squares of distances over standard errors of the data"},
		{"chi_square_points", "", "points of that sum, which have a standard error"},
	})
	says, hidden := []string{describe(m)}, 0
	for i, p := range places {
		panel, s := &fig.Panels[p], series(m, &m.Groups[i], &fig.Panels[p], i)
		all := rivals(panel, s.Name)
		for _, c := range all {
			d := match(panel, m, &m.Groups[i], c).distance()
			d.model = among(all, c)
			if d.points == 0 {
				continue
			}
			t.Add(append([]string{figure.Letter(p), s.Name}, d.row(panel.Y.Unit)...)...)
			if len(says) <= most {
				says = append(says, d.say(s.Name, panel.Y.Unit))
			}
		}
		panel.Series = append(panel.Series, s)
		panel.Legend = true // it is named where it is drawn
		hidden += below(panel, &s)
		widen(&panel.X, s.X, s.X)
		if s.Lo == nil {
			widen(&panel.Y, s.Y, s.Y)
		} else {
			widen(&panel.Y, s.Lo, s.Hi)
		}
	}
	if hidden > 0 {
		says = append(says, fmt.Sprintf("%s of the data at or below 0 cannot be drawn on a logarithmic axis.", grammar.Count(float64(hidden), "point")))
	}
	if fig.Note != "" {
		fig.Note += " " + strings.Join(says, " ")
	}
	if len(t.Rows) > 0 { // else there is no curve of the model where there are data
		f.Data = t
	}
	return nil
}

// most is how many distances from data the note of a figure tells; the table has all.
const most = 4

// describe says what the markers of measurements are.
func describe(m *grammar.Measured) string {
	says := "Open markers: data of " + filepath.Base(m.File)
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range m.Groups {
		for _, n := range m.Groups[i].N {
			lo, hi = min(lo, n), max(hi, n)
		}
	}
	switch {
	case lo == hi:
		says += fmt.Sprintf(", n = %g", lo)
	case lo < hi:
		says += fmt.Sprintf(", n = %g to %g", lo, hi)
	}
	switch m.Bars {
	case "":
	case "interval":
		says += "; their bars: the interval of the file"
	default:
		says += "; their bars: " + m.Bars
	}
	return says + "."
}

// place returns the panel in which a group is drawn: the one that it names, or the first whose
// axes measure what it does.
func place(fig *figure.Figure, m *grammar.Measured, g *grammar.MeasuredGroup) (int, error) {
	at := func(rule string, args ...any) error {
		return fmt.Errorf("%s:%d: %s", m.File, m.Line, fmt.Sprintf(rule, args...))
	}
	if g.Panel != "" {
		p := panelOf(fig, g.Panel)
		if p < 0 {
			return 0, at("there is no panel %q; panels are a to %s", g.Panel, figure.Letter(len(fig.Panels)-1))
		}
		if why := misfit(&fig.Panels[p], m); why != "" {
			return 0, at("panel %s: %s", g.Panel, why)
		}
		return p, nil
	}
	var axes []string
	for p := range fig.Panels {
		why := misfit(&fig.Panels[p], m)
		if why == "" {
			return p, nil
		}
		axes = append(axes, fmt.Sprintf("%s: %s", figure.Letter(p), why))
	}
	return 0, at("the data fit no panel (%s)", strings.Join(axes, "; "))
}

// misfit says why measurements cannot be drawn in a panel, "" where they can.
func misfit(p *figure.Panel, m *grammar.Measured) string {
	for _, a := range []struct {
		axis         *figure.Axis
		header, unit string
	}{{&p.X, m.XName, m.XUnit}, {&p.Y, m.YName, m.YUnit}} {
		switch _, ok := grammar.Conversion(a.unit, a.axis.Unit); {
		case a.axis.Hidden || a.axis.Ticks != nil:
			return fmt.Sprintf("the axis %q has no numbers", a.axis.Label)
		case ok:
		case a.unit == "":
			return fmt.Sprintf("column %q has no unit, the axis %q is in %s; write \"%s (%s)\"", a.header, a.axis.Label, a.axis.Unit, a.header, a.axis.Unit)
		case a.axis.Unit == "":
			return fmt.Sprintf("column %q is in %s, the axis %q has no unit", a.header, a.unit, a.axis.Label)
		default:
			return fmt.Sprintf("column %q is in %s, the axis %q in %s", a.header, a.unit, a.axis.Label, a.axis.Unit)
		}
	}
	return ""
}

// series returns a group of measurements in the units of a panel.
func series(m *grammar.Measured, g *grammar.MeasuredGroup, p *figure.Panel, index int) figure.Series {
	s := figure.Series{Name: g.Label, Mark: figure.Points, Role: figure.Measurement, Index: index}
	if s.Name == "" {
		s.Name = "Data"
	}
	x, _ := grammar.Conversion(m.XUnit, p.X.Unit)
	y, _ := grammar.Conversion(m.YUnit, p.Y.Unit)
	s.X, s.Y, s.Lo, s.Hi = scaled(g.X, x), scaled(g.Y, y), scaled(g.Lo, y), scaled(g.Hi, y)
	for i := range s.Lo { // a single measurement has no bar
		if s.Lo[i] != s.Lo[i] || s.Hi[i] != s.Hi[i] {
			s.Lo[i], s.Hi[i] = s.Y[i], s.Y[i]
		}
	}
	return s
}

// scaled returns numbers in another unit; nil for nil.
func scaled(values []float64, by float64) (out []float64) {
	for _, v := range values {
		out = append(out, v*by)
	}
	return out
}

// below returns how many points of a series a logarithmic axis cannot hold.
func below(p *figure.Panel, s *figure.Series) (n int) {
	for i := range s.X {
		if p.X.Log && s.X[i] <= 0 || p.Y.Log && s.Y[i] <= 0 {
			n++
		}
	}
	return n
}

// widen makes room on an axis of fixed ends.
func widen(a *figure.Axis, lo, hi []float64) {
	if a.Min == a.Max || len(lo) == 0 {
		return
	}
	room := float64(0.05 * (a.Max - a.Min))
	if low := slices.Min(lo); low < a.Min && !a.Log {
		a.Min = low - room
	}
	if high := slices.Max(hi); high > a.Max {
		a.Max = high + room
		if a.Log {
			a.Max = high * 1.2
		}
	}
}
