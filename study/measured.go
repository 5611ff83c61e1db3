package study

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"neurosim/figure"
	"neurosim/grammar"
)

// show adds measurements to a figure, and makes the table of how far the model's curves in the
// same axes are from them.
func (f *Figure) show(m *grammar.Measured) error {
	fig := &f.Figure
	t := &NamedTable{Name: f.Name + grammar.DataSuffix}
	t.Header = []string{"panel", "data", "model", "points", "outside", "rmse", "rmse_unit", "chi_square", "chi_square_points"}
	var says []string
	places := make([]int, len(m.Groups))
	for i := range places {
		var err error
		if places[i], err = place(fig, m, &m.Groups[i]); err != nil {
			return err
		}
	}
	for i, p := range places {
		g, panel := &m.Groups[i], &fig.Panels[p]
		s := series(m, g, panel, i)
		for _, d := range distances(panel, &s, g, m) {
			t.Add(append([]string{letter(p), s.Name}, d.row(panel.Y.Unit)...)...)
			if says = append(says, d.say(s.Name, panel.Y.Unit)); len(says) > most {
				says = says[:most]
			}
		}
		panel.Series = append(panel.Series, s)
		widen(&panel.X, s.X, s.X)
		widen(&panel.Y, or(s.Lo, s.Y), or(s.Hi, s.Y))
		if !slices.ContainsFunc(fig.Panels, func(p figure.Panel) bool { return p.Legend }) {
			fig.Panels[0].Legend = true
		}
	}
	if fig.Note != "" {
		fig.Note += " " + strings.Join(append([]string{describe(m)}, says...), " ")
	}
	if f.Data = t; len(t.Rows) == 0 { // no curve of the model where there are data
		f.Data = nil
	}
	return nil
}

// most is how many distances from data the note of a figure tells; the table has all.
const most = 4

// letter returns the letter of a panel.
func letter(p int) string { return string(rune('a' + p)) }

// or returns a, or b where a is nil.
func or(a, b []float64) []float64 {
	if a == nil {
		return b
	}
	return a
}

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
	if m.Bars != "" {
		says += "; their bars: " + map[string]string{"SEM": "SEM", "SD": "SD", "interval": "the interval of the file"}[m.Bars]
	}
	return says + "."
}

// place returns the panel in which a group is drawn: the one that it names, or the first whose
// axes measure what it does.
func place(fig *figure.Figure, m *grammar.Measured, g *grammar.MeasuredGroup) (int, error) {
	at := func(rule string, args ...any) error {
		return fmt.Errorf("%s:%d: %s", m.File, m.Line, fmt.Sprintf(rule, args...))
	}
	var axes []string
	for p := range fig.Panels {
		why := misfit(&fig.Panels[p], m)
		if g.Panel == letter(p) {
			if why != "" {
				return 0, at("panel %s: %s", g.Panel, why)
			}
			return p, nil
		}
		if g.Panel == "" && why == "" {
			return p, nil
		}
		axes = append(axes, fmt.Sprintf("%s: %s", letter(p), why))
	}
	if g.Panel != "" {
		return 0, at("there is no panel %q; panels are a to %s", g.Panel, letter(len(fig.Panels)-1))
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
	fx, _ := grammar.Conversion(m.XUnit, p.X.Unit)
	fy, _ := grammar.Conversion(m.YUnit, p.Y.Unit)
	scale := func(values []float64, by float64) (out []float64) {
		for _, v := range values {
			out = append(out, v*by)
		}
		return out
	}
	s.X, s.Y, s.Lo, s.Hi = scale(g.X, fx), scale(g.Y, fy), scale(g.Lo, fy), scale(g.Hi, fy)
	for i := range s.Lo { // a single measurement has no bar
		if s.Lo[i] != s.Lo[i] || s.Hi[i] != s.Hi[i] {
			s.Lo[i], s.Hi[i] = s.Y[i], s.Y[i]
		}
	}
	return s
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

// A distance is how far a curve of the model is from measurements.
type distance struct {
	model           string
	points, outside int // in the range of the curve, and beyond it
	rmse            float64
	chi2            float64
	weighted        int // points of chi2: those with a standard error
}

func (d *distance) row(unit string) []string {
	chi2 := ""
	if d.weighted > 0 {
		chi2 = Measured(d.chi2)
	}
	return []string{d.model, strconv.Itoa(d.points), strconv.Itoa(d.outside), Measured(d.rmse), unit, chi2, strconv.Itoa(d.weighted)}
}

// say says it in a sentence.
func (d *distance) say(data, unit string) string {
	model := d.model
	if model == "" {
		model = "the model"
	}
	text := strings.TrimSpace(fmt.Sprintf("%s to %s: RMSE %.3g %s", data, model, d.rmse, unit))
	if d.weighted > 0 {
		text += fmt.Sprintf(", χ² = %.3g of %d points", d.chi2, d.weighted)
	}
	return text + "."
}

// distances compares a series of measurements with the curves of the model in a panel: with the
// one of its name, if there is one, else with each.
func distances(p *figure.Panel, s *figure.Series, g *grammar.MeasuredGroup, m *grammar.Measured) (out []distance) {
	var models []*figure.Series
	for i := range p.Series {
		if c := &p.Series[i]; isCurve(c) && !slices.ContainsFunc(models, func(o *figure.Series) bool { return o.Name == c.Name && o.Role == c.Role && o.Index == c.Index }) {
			models = append(models, c)
		}
	}
	if i := slices.IndexFunc(models, func(c *figure.Series) bool { return c.Name == s.Name }); i >= 0 {
		models = models[i : i+1]
	}
	fy, _ := grammar.Conversion(m.YUnit, p.Y.Unit)
	for _, c := range models {
		d, sum := distance{model: c.Name}, 0.0
		for i, x := range s.X {
			y := at(c, x)
			if y != y {
				d.outside++
				continue
			}
			r := s.Y[i] - y
			sum += float64(r * r)
			d.points++
			if g.Sigma != nil && g.Sigma[i] > 0 {
				z := r / (g.Sigma[i] * fy)
				d.chi2 += float64(z * z)
				d.weighted++
			}
		}
		if d.points > 0 {
			d.rmse = math.Sqrt(sum / float64(d.points))
			out = append(out, d)
		}
	}
	return out
}

// A Comparison is a group of measurements beside a curve of the model, in the units of the axes.
type Comparison struct {
	Figure, Panel, Label, Curve string
	X, Y                        figure.Axis
	At, Measured, Sigma, Model  []float64 // by point; Sigma is nil where it is not known, Model NaN outside the curve
	N                           []float64 // measurements of each point; nil where it is not said
	CurveX, CurveY              []float64
}

// Compare finds the curves of figures to which measurements belong: in the named figure or the
// first that their units fit, with the given name or that of the group's label, else the first.
func Compare(figures []Figure, m *grammar.Measured, name, curve string) ([]Comparison, error) {
	var out []Comparison
	for i := range m.Groups {
		c, err := compareGroup(figures, m, &m.Groups[i], name, curve)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func compareGroup(figures []Figure, m *grammar.Measured, g *grammar.MeasuredGroup, name, curve string) (Comparison, error) {
	var c Comparison
	var why error
	for i := range figures {
		f := &figures[i]
		if name != "" && f.Name != name {
			continue
		}
		if f.Err != nil {
			why = fmt.Errorf("figure %s: %w", f.Name, f.Err)
			continue
		}
		p, err := place(&f.Figure, m, g)
		if err != nil {
			why = fmt.Errorf("figure %s: %w", f.Name, err)
			continue
		}
		panel := &f.Figure.Panels[p]
		s := series(m, g, panel, 0)
		of, err := chooseCurve(panel, g.Label, curve)
		if err != nil {
			why = fmt.Errorf("figure %s, panel %s: %w", f.Name, letter(p), err)
			continue
		}
		c = Comparison{Figure: f.Name, Panel: letter(p), Label: g.Label, Curve: of.Name, X: panel.X, Y: panel.Y, At: s.X, Measured: s.Y, N: g.N, CurveX: of.X, CurveY: of.Y}
		factor, _ := grammar.Conversion(m.YUnit, panel.Y.Unit)
		for k, x := range s.X {
			c.Model = append(c.Model, at(of, x))
			if g.Sigma != nil {
				c.Sigma = append(c.Sigma, g.Sigma[k]*factor)
			}
		}
		return c, nil
	}
	if why == nil {
		why = fmt.Errorf("%s: the study draws no figure that the data could belong to", m.File)
	}
	return c, why
}

// chooseCurve returns the curve of a panel that a group of measurements belongs to.
func chooseCurve(p *figure.Panel, label, name string) (*figure.Series, error) {
	var names []string
	var first *figure.Series
	for i := range p.Series {
		s := &p.Series[i]
		if !isCurve(s) || s.Mark == figure.Dashed && s.Name != name {
			continue
		}
		if s.Name == name && name != "" || name == "" && s.Name == label && label != "" {
			return s, nil
		}
		if first == nil {
			first = s
		}
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	switch {
	case first == nil:
		return nil, fmt.Errorf("there is no curve of the model")
	case name != "":
		return nil, fmt.Errorf("there is no curve %q%s; curves are %s", name, grammar.DidYouMean(name, names), strings.Join(names, ", "))
	}
	return first, nil
}

// isCurve tells whether a series is values of the model along x.
func isCurve(c *figure.Series) bool {
	switch c.Role {
	case figure.Measurement, figure.Background, figure.Scale:
		return false
	}
	switch c.Mark {
	case figure.Points, figure.Line, figure.Dashed, figure.Steps:
	default:
		return false
	}
	return len(c.X) > 1 && slices.IsSorted(c.X)
}

// at returns the value of a curve at x, straight between its points; NaN outside.
func at(c *figure.Series, x float64) float64 {
	i, found := slices.BinarySearch(c.X, x)
	switch {
	case found:
		return c.Y[i]
	case i == 0 || i == len(c.X):
		return math.NaN()
	case c.Mark == figure.Steps:
		return c.Y[i-1]
	}
	f := (x - c.X[i-1]) / (c.X[i] - c.X[i-1])
	return c.Y[i-1] + float64(f*(c.Y[i]-c.Y[i-1]))
}
