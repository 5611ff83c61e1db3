package fit

import (
	"fmt"
	"math"
	"strings"

	"neurosim/figure"
	"neurosim/study"
)

// dataFigure draws each data set with the curve that was found and its band.
func (f *found) dataFigure() study.Figure {
	fig := figure.Figure{Name: "fit", Width: 183, Height: math.NaN()}
	type place struct {
		figure, panel, curve string
		variant              int
	}
	at := map[place]int{}
	for k := range f.model {
		c := &f.model[k]
		where := place{c.Figure, c.Panel, c.Curve.Name, c.set.variant}
		p, drawn := at[where]
		if !drawn {
			p = len(fig.Panels)
			at[where] = p
			fig.Panels = append(fig.Panels, f.panel(k))
		}
		s := figure.Series{Name: c.name(), Mark: figure.Points, Role: figure.Measurement, X: c.At, Y: c.Measured}
		if s.Name == c.set.Name { // the title of the panel
			s.Name = "Data"
		}
		for _, other := range fig.Panels[p].Series {
			if other.Role == figure.Measurement {
				s.Index++
			}
		}
		if c.Sigma != nil {
			for j, y := range c.Measured {
				s.Lo, s.Hi = append(s.Lo, y-max(0, c.Sigma[j])), append(s.Hi, y+max(0, c.Sigma[j]))
			}
		}
		fig.Panels[p].Series = append(fig.Panels[p].Series, s)
	}
	study.Arrange(&fig, 66)
	fig.Note = figure.Meanings{Markers: "data", Bars: "standard errors", Lines: "the model at the values found", Ribbon: "95 % band of the model, from the curvature of " + f.measure(), More: f.says()}.Note(fig)
	return study.Figure{Name: fig.Name, Figure: fig}
}

// panel draws the curve of a group and its band.
func (f *found) panel(k int) figure.Panel {
	c := &f.model[k]
	p := figure.Panel{X: c.X, Y: c.Y, Legend: true, Title: c.set.Name}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 0, 0, 0
	if f.band != nil {
		s := figure.Series{Name: "95 % band", Mark: figure.Ribbon, Role: figure.Simulation, X: c.Curve.X}
		for j, y := range c.Curve.Y {
			s.Lo, s.Hi = append(s.Lo, y-f.band[k][j]), append(s.Hi, y+f.band[k][j])
		}
		p.Series = append(p.Series, s)
	}
	p.Series = append(p.Series, figure.Series{Name: "Fit", Mark: figure.Line, Role: figure.Simulation, X: c.Curve.X, Y: c.Curve.Y})
	return p
}

// says puts the values found into the note of a figure.
func (f *found) says() (out []string) {
	for i := range f.free {
		k := &f.free[i]
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %.3g (%.3g to %.3g) %s", k.Name, f.value(i, f.best.U[i]), f.value(i, f.profiles[i].Lo.u), f.value(i, f.profiles[i].Hi.u), k.Unit))+".")
	}
	if f.weighted {
		out = append(out, fmt.Sprintf("χ² = %.3g, %d degrees of freedom.", f.best.Sum, f.freedom()))
	}
	return out
}

// profileFigure draws how the sum of squares rises along each parameter.
func (f *found) profileFigure() study.Figure {
	fig := figure.Figure{Name: "profiles", Width: 183, Height: math.NaN()}
	for i := range f.profiles {
		a, k := &f.profiles[i], &f.free[i]
		raised := f.inUnits(a.Raised)
		p := figure.Panel{X: figure.Axis{Label: k.Name, Unit: k.Unit}, Y: figure.Axis{Label: "Rise of " + f.measure(), Unit: f.squared(), Min: 0, Max: 1.5 * raised}, Series: f.rises(i),
			Rules: []figure.Rule{{Axis: "y", At: raised, Label: "95 %"}, {Axis: "x", At: k.At(f.best.U[i])}}}
		for _, e := range []end{a.Lo, a.Hi} {
			if !e.open {
				p.Rules = append(p.Rules, figure.Rule{Axis: "x", At: k.At(e.u)})
			}
		}
		fig.Panels = append(fig.Panels, p)
	}
	study.Arrange(&fig, 58)
	fig.Note = figure.Meanings{Markers: "the least with the parameter held there, less the minimum", Lines: "parabolas between them",
		More: []string{"Vertical: best value and ends of the 95 % interval. An end that is missing lies outside the range."}}.Note(fig)
	return study.Figure{Name: fig.Name, Figure: fig}
}

// squared is the unit of a sum of squares; χ² has none.
func (f *found) squared() string {
	switch unit := f.model[0].Y.Unit; {
	case f.weighted || unit == "":
		return ""
	case strings.ContainsAny(unit, " /"):
		return "(" + unit + ")²"
	default:
		return unit + "²"
	}
}

// rises returns the points of a profile and a curve through them: between two, the root of the
// rise is straight.
func (f *found) rises(i int) []figure.Series {
	const pieces = 16
	a, k := &f.profiles[i], &f.free[i]
	line := figure.Series{Name: "Profile", Mark: figure.Line, Role: figure.Simulation}
	points := figure.Series{Name: "Profile", Mark: figure.Points, Role: figure.Simulation}
	root := func(j int) float64 { return math.Sqrt(max(0, f.inUnits(a.Rise[j]))) }
	for j, u := range a.U {
		points.Add(k.At(u), root(j)*root(j))
		line.Add(k.At(u), root(j)*root(j))
		for n := 1; n < pieces && j+1 < len(a.U); n++ {
			part := float64(n) / pieces
			r := root(j) + float64(part*(root(j+1)-root(j)))
			line.Add(k.At(u+float64(part*(a.U[j+1]-u))), r*r)
		}
	}
	return []figure.Series{line, points}
}
