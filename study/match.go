package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/figure"
	"neurosim/grammar"
)

// A Match is a group of measurements and a curve of the model in the same axes, in their units.
type Match struct {
	Figure, Panel, Label string
	X, Y                 figure.Axis
	At, Measured         []float64      // the measurements
	Sigma                []float64      // their standard errors; nil where they are not known
	N                    []float64      // how often each was measured; nil where that is not said
	Curve                *figure.Series // of the model
}

// Model returns the curve at x, straight between its points; NaN where it has no value.
func (m *Match) Model(x float64) float64 {
	c := m.Curve
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

// Reaches tells whether the curve goes as far as x.
func (m *Match) Reaches(x float64) bool {
	return x >= m.Curve.X[0] && x <= m.Curve.X[len(m.Curve.X)-1]
}

// match puts a group of measurements beside a curve of a panel.
func match(p *figure.Panel, of *grammar.Measured, g *grammar.MeasuredGroup, c *figure.Series) *Match {
	x, _ := grammar.Conversion(of.XUnit, p.X.Unit)
	y, _ := grammar.Conversion(of.YUnit, p.Y.Unit)
	return &Match{Label: g.Label, Curve: c, X: p.X, Y: p.Y, At: scaled(g.X, x), Measured: scaled(g.Y, y), Sigma: scaled(g.Sigma, y), N: g.N}
}

// Matches finds the curves of figures to which measurements belong: in the named figure or the
// first that their units fit, with the given name or that of the group's label, else the first.
func Matches(figures []Figure, m *grammar.Measured, name, curve string) ([]*Match, error) {
	var out []*Match
	for i := range m.Groups {
		found, err := matchGroup(figures, m, &m.Groups[i], name, curve)
		if err != nil {
			return nil, err
		}
		out = append(out, found)
	}
	return out, nil
}

// matchGroup is Matches for one group. The error is that of the last figure that was looked at.
func matchGroup(figures []Figure, m *grammar.Measured, g *grammar.MeasuredGroup, name, curve string) (*Match, error) {
	last := fmt.Errorf("%s: the study draws no figure that the data could belong to", m.File)
	for i := range figures {
		f := &figures[i]
		if name != "" && f.Name != name {
			continue
		}
		found, err := f.match(m, g, curve)
		if err == nil {
			return found, nil
		}
		last = fmt.Errorf("figure %s: %w", f.Name, err)
	}
	return nil, last
}

// match finds the curve of a figure to which a group belongs.
func (f *Figure) match(m *grammar.Measured, g *grammar.MeasuredGroup, curve string) (*Match, error) {
	if f.Err != nil {
		return nil, f.Err
	}
	p, err := place(&f.Figure, m, g)
	if err != nil {
		return nil, err
	}
	panel := &f.Figure.Panels[p]
	c, err := curveFor(panel, g.Label, curve)
	if err != nil {
		return nil, fmt.Errorf("panel %s: %w", figure.Letter(p), err)
	}
	out := match(panel, m, g, c)
	out.Figure, out.Panel = f.Name, figure.Letter(p)
	return out, nil
}

// curveFor returns the curve of a panel that a group belongs to. What is dashed is so only by
// its name: it is what something else is held against.
func curveFor(p *figure.Panel, label, name string) (*figure.Series, error) {
	var names []string
	var first *figure.Series
	for _, c := range curves(p) {
		switch {
		case name != "" && c.Name == name, name == "" && label != "" && c.Name == label:
			return c, nil
		case first == nil && c.Mark != figure.Dashed:
			first = c
		}
		names = append(names, c.Name)
	}
	switch {
	case name != "":
		return nil, fmt.Errorf("there is no curve %q%s; curves are %s", name, grammar.DidYouMean(name, names), strings.Join(names, ", "))
	case first == nil:
		return nil, fmt.Errorf("there is no curve of the model")
	}
	return first, nil
}

// rivals returns the curves that a group is compared with: the one of its name, else all.
func rivals(p *figure.Panel, name string) []*figure.Series {
	all := curves(p)
	if i := slices.IndexFunc(all, func(c *figure.Series) bool { return c.Name == name }); i >= 0 {
		return all[i : i+1]
	}
	return all
}

// among is the name of a curve among others. A line of theory often has the name of the simulation
// that it belongs to; then it says that it is one.
func among(others []*figure.Series, c *figure.Series) string {
	if c.Role == figure.Theory && slices.ContainsFunc(others, func(o *figure.Series) bool { return o.Name == c.Name && o.Role != c.Role }) {
		return c.Name + " (theory)"
	}
	return c.Name
}

// curves returns the series of a panel that are values of the model along x. Of a line and the
// markers on it there is the first.
func curves(p *figure.Panel) (out []*figure.Series) {
	for i := range p.Series {
		c := &p.Series[i]
		twice := slices.ContainsFunc(out, func(o *figure.Series) bool { return o.Name == c.Name && o.Role == c.Role && o.Index == c.Index })
		if isCurve(c) && !twice {
			out = append(out, c)
		}
	}
	return out
}

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

// A distance is how far a curve of the model is from measurements.
type distance struct {
	model           string
	points, outside int // where the curve has a value, and where it has none
	rmse            float64
	chi2            float64
	weighted        int // points of chi2: those with a standard error
}

// distance returns that of a match.
func (m *Match) distance() distance {
	d, sum := distance{model: m.Curve.Name}, 0.0
	for k := range m.At {
		r := m.Measured[k] - m.Model(m.At[k])
		if r != r {
			d.outside++
			continue
		}
		d.points++
		sum += float64(r * r)
		if m.Sigma != nil && m.Sigma[k] > 0 {
			z := r / m.Sigma[k]
			d.chi2 += float64(z * z)
			d.weighted++
		}
	}
	d.rmse = math.Sqrt(sum / float64(d.points))
	return d
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
		text += fmt.Sprintf(", χ² = %.3g of %s", d.chi2, grammar.Count(float64(d.weighted), "point"))
	}
	return text + "."
}
