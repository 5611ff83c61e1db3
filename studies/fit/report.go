package fit

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"neurosim/grammar"
	"neurosim/study"
)

// report says what was found.
func (f *found) report() study.Report {
	rep := study.Report{Metrics: map[string]any{"points": len(f.points), "degrees_of_freedom": f.freedom(), "evaluations": f.made.evaluations}}
	f.tell(&rep)
	f.goodness(&rep)
	f.doubts(&rep)
	rep.Tables = []study.NamedTable{{Name: "parameters", Table: f.parameters()}, {Name: "correlations", Table: f.correlations()}, {Name: "residuals", Table: f.residuals()}, {Name: "profile_points", Table: f.profilePoints()}}
	rep.Files = []study.File{{Name: "fit.toml", Holds: "The values that were found, as a configuration that others include.", Text: f.overlay()}}
	rep.Figures = []study.Figure{f.dataFigure(), f.profileFigure()}
	return rep
}

// tell says the values of the parameters and their intervals.
func (f *found) tell(rep *study.Report) {
	for i := range f.free {
		k := &f.free[i]
		v, lo, hi, why := f.value(i, f.best.U[i]), f.value(i, f.profiles[i].Lo.u), f.value(i, f.profiles[i].Hi.u), f.open(i)
		m := rep.Metrics
		m[k.Name+"_value"], m[k.Name+"_low"], m[k.Name+"_high"], m[k.Name+"_identified"] = v, lo, hi, why == ""
		unit := ""
		if k.Unit != "" {
			unit = " " + k.Unit
		}
		rep.Lines = append(rep.Lines, fmt.Sprintf("%s = %.4g%s, 95 %% interval %.4g to %.4g%s", k.Name, v, unit, lo, hi, unit))
		if why != "" {
			rep.Warnings = append(rep.Warnings, k.Name+" "+why)
		}
	}
}

// open says which end of an interval the data do not give; "": they give both.
func (f *found) open(i int) (why string) {
	a, k := &f.profiles[i], &f.free[i]
	switch {
	case a.Lo.open && a.Hi.open:
		return fmt.Sprintf("is not identified: %s does not rise by %.3g over the whole range, %s to %s", f.measure(), f.inUnits(a.Raised), k.Literal(k.Min), k.Literal(k.Max))
	case a.Lo.open:
		return fmt.Sprintf("has no lower end of its interval within the range, from %s on", k.Literal(k.Min))
	case a.Hi.open:
		return fmt.Sprintf("has no upper end of its interval within the range, to %s", k.Literal(k.Max))
	}
	return ""
}

// inUnits returns a sum of squares in the squared unit of the data, where there are no standard
// errors; χ² has none.
func (f *found) inUnits(sum float64) float64 {
	if f.weighted {
		return sum
	}
	return float64(sum*f.points[0].unit) * f.points[0].unit
}

// goodness says how well the model describes the data.
func (f *found) goodness(rep *study.Report) {
	n, dof := len(f.points), f.freedom()
	if !f.weighted {
		rms := math.Sqrt(f.inUnits(f.best.Sum) / float64(n))
		rep.Metrics["rms"] = study.Significant(rms, 6)
		rep.Lines = append(rep.Lines, fmt.Sprintf("root mean square of the residuals %s (%d points, no standard errors)", strings.TrimSpace(fmt.Sprintf("%.4g %s", rms, f.model[0].Y.Unit)), n))
		return
	}
	q := distuv.ChiSquared{K: float64(dof)}.Survival(f.best.Sum)
	rep.Metrics["chi_square"], rep.Metrics["p"] = study.Significant(f.best.Sum, 6), study.Significant(q, 6)
	says := fmt.Sprintf("χ² = %.4g with %d degrees of freedom (%d points), P = %.3g", f.best.Sum, dof, n, q)
	rep.Lines = append(rep.Lines, says)
	rep.Metrics["goodness.holds"], rep.Metrics["goodness.why"] = q >= 0.001, says
	if q < 0.001 {
		rep.Warnings = append(rep.Warnings, fmt.Sprintf("the model does not describe the data within their errors (χ² = %.4g with %d degrees of freedom): the intervals hold for the model, not for the cell", f.best.Sum, dof))
	}
}

// strong is a correlation that is told.
const strong = 0.95

// doubts says what may be wrong with what was found.
func (f *found) doubts(rep *study.Report) {
	say := func(rule string, args ...any) { rep.Warnings = append(rep.Warnings, fmt.Sprintf(rule, args...)) }
	for i := range f.free {
		for j := range i {
			if r := f.correlation(i, j); math.Abs(r) > strong {
				say("%s and %s are correlated by %.3f: the data determine their combination better than each", f.free[j].Name, f.free[i].Name, r)
			}
		}
	}
	rep.Warnings = append(rep.Warnings, f.left...)
	if n := f.without(); n > 0 {
		say("%s of the data: the model has no value there at the values found", grammar.Count(float64(n), "point"))
	}
	if t := f.made; t.refused > 0 {
		say("%d of %d evaluations gave nothing: %s", t.refused, t.evaluations, t.why)
	}
	if f.best.Stuck {
		say("the search for the minimum ended before its steps were small")
	}
}

// correlation returns that of two parameters; NaN where there is none.
func (f *found) correlation(i, j int) float64 {
	c := f.best.Covariance()
	if c == nil {
		return math.NaN()
	}
	return c.At(i, j) / math.Sqrt(c.At(i, i)*c.At(j, j))
}

// without returns how many points have no value of the model at the best values.
func (f *found) without() (n int) {
	for _, at := range f.points {
		if r := f.model[at.group].residual(at); r != r {
			n++
		}
	}
	return n
}

func (f *found) parameters() study.Table {
	t := study.Table{Text: "The parameters of the fit, a row for each.", Columns: study.Columns([][3]string{
		{"parameter", "", "name of the parameter"},
		{"keys", "", "keys of the configuration that have its value"},
		{"unit", "", "unit of value, low, high, min and max; 1: none"},
		{"value", "", "best value, in the unit of the row"},
		{"low", "", "lower end of its 95 % interval, from the profile of the sum of squares"},
		{"high", "", "upper end of its 95 % interval"},
		{"low_open", "", "true: the interval does not end within the bounds"},
		{"high_open", "", "true: the interval does not end within the bounds"},
		{"identified", "", "true: the data determine the parameter"},
		{"min", "", "lower bound of the search"},
		{"max", "", "upper bound of the search"},
		{"scale", "", "log or linear: the scale of the search"},
	})}
	for i := range f.free {
		k, a := &f.free[i], &f.profiles[i]
		t.Add(k.Name, strings.Join(k.All(), " "), cmp.Or(k.Unit, "1"), study.Exactly(f.value(i, f.best.U[i])), study.Exactly(f.value(i, a.Lo.u)), study.Exactly(f.value(i, a.Hi.u)),
			fmt.Sprint(a.Lo.open), fmt.Sprint(a.Hi.open), fmt.Sprint(f.open(i) == ""), study.Exactly(k.Min), study.Exactly(k.Max), k.Scale)
	}
	return t
}

func (f *found) correlations() study.Table {
	t := study.Table{Text: "Correlations of the parameters at the best values, a row for each pair.", Columns: study.Columns([][3]string{
		{"parameter", "", "name of a parameter"},
		{"other", "", "name of another"},
		{"correlation", "", "correlation of their errors, -1 to 1"},
	})}
	for i := range f.free {
		for j := range i {
			t.Add(f.free[j].Name, f.free[i].Name, study.Measured(study.Significant(f.correlation(i, j), 4)))
		}
	}
	return t
}

func (f *found) residuals() study.Table {
	t := study.Table{Text: "The measured points and the model at the best values, a row for each.", Columns: study.Columns([][3]string{
		{"data", "", "name of the data"},
		{"figure", "", "figure whose curve is compared"},
		{"panel", "", "panel of the figure"},
		{"curve", "", "curve of the panel"},
		{"x", "", "place of the point, in x_unit"},
		{"x_unit", "", "unit of x; 1: none"},
		{"measured", "", "measured value, in the unit of the row"},
		{"model", "", "value of the curve there, in the unit of the row"},
		{"residual", "", "measured - model, in the unit of the row"},
		{"unit", "", "unit of measured, model and residual; 1: none"},
	})}
	if f.weighted {
		t.Columns = append(t.Columns, study.Columns([][3]string{
			{"sigma", "", "standard error of the measured value, in the unit of the row"},
			{"residual_of_sigma", "", "residual over sigma"},
		})...)
	}
	for _, at := range f.points {
		c := &f.model[at.group]
		x, y := c.At[at.k], c.Measured[at.k]
		row := []string{c.name(), c.Figure, c.Panel, c.Curve.Name, study.Measured(x), cmp.Or(c.X.Unit, "1"),
			study.Measured(y), study.Measured(c.Model(x)), study.Measured(y - c.Model(x)), cmp.Or(c.Y.Unit, "1")}
		if f.weighted {
			row = append(row, study.Measured(at.unit), study.Measured((y-c.Model(x))/at.unit))
		}
		t.Add(row...)
	}
	return t
}

func (f *found) profilePoints() study.Table {
	t := study.Table{Text: "Profiles of the sum of squares: a parameter is held at a value and the others are fitted again.", Columns: study.Columns([][3]string{
		{"parameter", "", "name of the parameter that is held"},
		{"unit", "", "unit of value; 1: none"},
		{"value", "", "value at which it is held, in the unit of the row"},
		{"rise", "", "by how much the sum of squares rises above the best; without standard errors, in the squared unit of the data"},
	})}
	for i, a := range f.profiles {
		for k := range a.U {
			t.Add(f.free[i].Name, cmp.Or(f.free[i].Unit, "1"), study.Exactly(f.value(i, a.U[k])), study.Measured(f.inUnits(a.Rise[k])))
		}
	}
	return t
}

// overlay returns the values found as a configuration that others include.
func (f *found) overlay() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Values found by neurosim fit; a configuration takes them by include = [..., \"fit.toml\"].\n")
	for i := range f.free {
		k := &f.free[i]
		fmt.Fprintf(&b, "# %s: 95 %% interval %s to %s", k.Name, study.Unquoted(k.Literal(f.value(i, f.profiles[i].Lo.u))), study.Unquoted(k.Literal(f.value(i, f.profiles[i].Hi.u))))
		if why := f.open(i); why != "" {
			fmt.Fprintf(&b, "; %s", why)
		}
		fmt.Fprintln(&b)
		for _, key := range k.All() {
			fmt.Fprintf(&b, "%s = %s\n", key, k.Literal(f.value(i, f.best.U[i])))
		}
	}
	return b.Bytes()
}
