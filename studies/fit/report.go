package fit

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/leastsquares"
	"neurosim/study"
)

// Plan is that of the configuration.
func (s *Study) Plan() study.Plan {
	p := s.Of.Study.Plan()
	p.DiskBytes = 0
	p.Lines = append(p.Lines, fmt.Sprintf("a fit of %s; the numbers above are those of one evaluation", grammar.Count(float64(len(s.Fit.Free)), "parameter")))
	return p
}

// found is a fit that has been made.
type found struct {
	p        *problem
	best     leastsquares.Result
	profiles []profile
	e        evaluation
	band     [][]float64 // [comparison][point of the curve] half the 95 % band; nil where there is none
}

// Do makes the fit.
func (s *Study) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	begin := time.Now()
	p, err := newProblem(ctx, s.Of, s.Fit)
	if err != nil {
		return study.Report{}, err
	}
	r, err := newRunner(p, w)
	if err != nil {
		return study.Report{}, err
	}
	r.bar = w.Watch("  fit", 0, "evaluations")
	defer r.bar.End()
	f, err := s.find(ctx, p, r)
	if err != nil {
		if kept := w.Save(); kept != nil {
			return study.Report{}, fmt.Errorf("%w; its state could not be kept: %w", err, kept)
		}
		return study.Report{}, err
	}
	r.bar.End()
	w.Say("  %d evaluations in %.3g s", r.asks, time.Since(begin).Seconds())
	return f.report(len(r.done)), nil
}

// find searches, refines and follows the profiles; where a profile finds a better minimum, it
// begins again from there.
func (s *Study) find(ctx context.Context, p *problem, r *runner) (*found, error) {
	u := p.start()
	if s.Fit.Global {
		var err error
		if u, err = p.global(ctx, r, s.Fit.Generations, s.Of.Seed); err != nil {
			return nil, err
		}
	}
	f := &found{p: p}
	for again := 0; ; again++ {
		var err error
		if f.best, err = leastsquares.Minimise(ctx, r.residuals, u, leastsquares.Options{Steps: 40, Tolerance: 1e-3}); err != nil {
			return nil, err
		}
		if u, err = f.follow(ctx, r); err != nil {
			return nil, err
		}
		if u == nil || again == 3 {
			break
		}
	}
	var err error
	if f.e, err = r.one(ctx, f.best.U); err != nil {
		return nil, err
	}
	return f, f.bands(ctx, r)
}

// follow follows all profiles; u is a better minimum that one has found, nil for none.
func (f *found) follow(ctx context.Context, r *runner) (u []float64, err error) {
	c := f.best.Covariance()
	f.profiles = nil
	for i := range f.p.free {
		spread := 0.1
		if c != nil {
			spread = min(0.5, max(1e-3, math.Sqrt(c.At(i, i)*f.p.raised(f.best.Sum, len(f.best.R)))))
		}
		along, err := f.p.along(ctx, r, f.best, i, spread)
		if err != nil {
			return nil, err
		}
		if along.improved != nil {
			return along.improved, nil
		}
		f.profiles = append(f.profiles, along)
	}
	return nil, nil
}

// scale returns the variance of a residual as the bands take it.
func (f *found) scale() float64 {
	if f.p.weighted {
		return f.p.spread
	}
	return f.best.Sum / float64(len(f.best.R)-len(f.p.free))
}

// bands works out the 95 % bands of the curves from how they change with the parameters.
func (f *found) bands(ctx context.Context, r *runner) error {
	c := f.best.Covariance()
	if c == nil {
		return nil
	}
	var points [][]float64
	var h []float64
	for i := range f.p.free {
		u := slices.Clone(f.best.U)
		d := leastsquares.Step
		if u[i]+d > 1 {
			d = -d
		}
		u[i] += d
		points, h = append(points, u), append(h, d)
	}
	moved, err := r.all(ctx, points)
	if err != nil {
		return err
	}
	factor := 1.96 * math.Sqrt(f.scale())
	for k, at := range f.e.Curves {
		half := make([]float64, len(at.Y))
		for j := range half {
			variance := 0.0
			for a := range h {
				for b := range h {
					ca, cb := moved[a].Curves[k], moved[b].Curves[k]
					if len(ca.Y) != len(at.Y) || len(cb.Y) != len(at.Y) {
						variance = math.NaN()
						continue
					}
					variance += float64((ca.Y[j] - at.Y[j]) / h[a] * (cb.Y[j] - at.Y[j]) / h[b] * c.At(a, b))
				}
			}
			half[j] = factor * math.Sqrt(max(0, variance))
		}
		f.band = append(f.band, half)
	}
	return nil
}

// value returns a parameter in its unit, with six digits.
func (f *found) value(i int, u float64) float64 { return study.Significant(f.p.free[i].At(u), 6) }

// identified says whether the data determine a parameter, or why not.
func (f *found) identified(i int) (why string) {
	a, k := &f.profiles[i], &f.p.free[i]
	switch {
	case a.LoOpen && a.HiOpen:
		return fmt.Sprintf("is not identified: χ² rises by less than %.3g over the whole range, %s to %s", a.Raised, k.Literal(k.Min), k.Literal(k.Max))
	case a.LoOpen:
		return fmt.Sprintf("has no lower end of its interval within the range, from %s on", k.Literal(k.Min))
	case a.HiOpen:
		return fmt.Sprintf("has no upper end of its interval within the range, to %s", k.Literal(k.Max))
	}
	return ""
}

func (f *found) report(evaluations int) study.Report {
	rep := study.Report{Metrics: map[string]any{}}
	n, dof := len(f.best.R), len(f.best.R)-len(f.p.free)
	parameters := study.Table{Header: []string{"parameter", "keys", "unit", "value", "low", "high", "low_open", "high_open", "identified", "min", "max", "scale"}}
	for i := range f.p.free {
		k, a := &f.p.free[i], &f.profiles[i]
		v, lo, hi, why := f.value(i, f.best.U[i]), f.value(i, a.Lo), f.value(i, a.Hi), f.identified(i)
		parameters.Add(k.Name, strings.Join(k.All(), " "), k.Unit, study.Exactly(v), study.Exactly(lo), study.Exactly(hi), fmt.Sprint(a.LoOpen), fmt.Sprint(a.HiOpen),
			fmt.Sprint(why == ""), study.Exactly(k.Min), study.Exactly(k.Max), k.Scale)
		unit := ""
		if k.Unit != "" {
			unit = " " + k.Unit
		}
		rep.Metrics[k.Name], rep.Metrics[k.Name+"_low"], rep.Metrics[k.Name+"_high"], rep.Metrics[k.Name+"_identified"] = v, lo, hi, why == ""
		rep.Lines = append(rep.Lines, fmt.Sprintf("%s = %.4g%s, 95 %% interval %.4g to %.4g%s", k.Name, v, unit, lo, hi, unit))
		if why != "" {
			rep.Warnings = append(rep.Warnings, k.Name+" "+why)
		}
	}
	rep.Metrics["points"], rep.Metrics["degrees_of_freedom"], rep.Metrics["evaluations"] = n, dof, evaluations
	if f.p.weighted {
		q := distuv.ChiSquared{K: float64(dof)}.Survival(f.best.Sum)
		rep.Metrics["chi_square"], rep.Metrics["p"] = study.Significant(f.best.Sum, 6), study.Significant(q, 6)
		rep.Lines = append(rep.Lines, fmt.Sprintf("χ² = %.4g with %d degrees of freedom (%d points), P = %.3g", f.best.Sum, dof, n, q))
		if q < 0.001 {
			rep.Warnings = append(rep.Warnings, fmt.Sprintf("the model does not describe the data within their errors (χ² = %.4g with %d degrees of freedom): the intervals hold for the model, not for the cell", f.best.Sum, dof))
		}
	} else {
		rep.Metrics["rms"] = study.Significant(math.Sqrt(f.best.Sum/float64(n)), 6)
		rep.Lines = append(rep.Lines, fmt.Sprintf("root mean square of the residuals %.4g (%d points, no standard errors)", math.Sqrt(f.best.Sum/float64(n)), n))
	}
	rep.Warnings = append(rep.Warnings, f.p.left...)
	if f.best.Stuck {
		rep.Warnings = append(rep.Warnings, "the search for the minimum ended before its steps were small")
	}
	rep.Tables = []study.NamedTable{{Name: "parameters", Table: parameters}, {Name: "correlations", Table: f.correlations(&rep)}, {Name: "residuals", Table: f.residuals()}, {Name: "profiles", Table: f.profilesTable()}}
	rep.Files = []study.File{{Name: "fit.toml", Text: f.overlay()}}
	rep.Figures = []study.Figure{f.dataFigure(), f.profileFigure()}
	return rep
}

// strong is a correlation that is told.
const strong = 0.95

func (f *found) correlations(rep *study.Report) study.Table {
	t := study.Table{Header: []string{"parameter", "other", "correlation"}}
	c := f.best.Covariance()
	for i := range f.p.free {
		for j := range i {
			r := math.NaN()
			if c != nil {
				r = c.At(i, j) / math.Sqrt(c.At(i, i)*c.At(j, j))
				if math.Abs(r) > strong {
					rep.Warnings = append(rep.Warnings, fmt.Sprintf("%s and %s are correlated by %.3f: the data determine their combination better than each", f.p.free[j].Name, f.p.free[i].Name, r))
				}
			}
			t.Add(f.p.free[j].Name, f.p.free[i].Name, study.Measured(study.Significant(r, 4)))
		}
	}
	return t
}

func (f *found) residuals() study.Table {
	t := study.Table{Header: []string{"data", "figure", "panel", "curve", "x", "x_unit", "measured", "sigma", "model", "unit", "residual"}}
	i := 0
	for _, c := range f.p.shape {
		for k := range c.At {
			sigma := ""
			if f.p.weighted {
				if c.Sigma == nil || !(c.Sigma[k] > 0) {
					continue
				}
				sigma = study.Measured(c.Sigma[k])
			}
			t.Add(c.Label, c.Figure, c.Panel, c.Curve, study.Measured(c.At[k]), c.X.Unit, study.Measured(c.Measured[k]), sigma, study.Measured(f.e.Model[i]), c.Y.Unit, study.Measured(f.e.R[i]))
			i++
		}
	}
	return t
}

func (f *found) profilesTable() study.Table {
	t := study.Table{Header: []string{"parameter", "unit", "value", "rise"}}
	for i, a := range f.profiles {
		for k := range a.U {
			t.Add(f.p.free[i].Name, f.p.free[i].Unit, study.Exactly(f.value(i, a.U[k])), study.Measured(a.Sum[k]-f.best.Sum))
		}
	}
	return t
}

// overlay returns the values found as a configuration that others include.
func (f *found) overlay() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Values found by neurosim fit; a configuration takes them by include = [..., \"fit.toml\"].\n")
	for i := range f.p.free {
		k := &f.p.free[i]
		fmt.Fprintf(&b, "# %s: 95 %% interval %s to %s", k.Name, study.Unquoted(k.Literal(f.value(i, f.profiles[i].Lo))), study.Unquoted(k.Literal(f.value(i, f.profiles[i].Hi))))
		if why := f.identified(i); why != "" {
			fmt.Fprintf(&b, "; %s", why)
		}
		fmt.Fprintln(&b)
		for _, key := range k.All() {
			fmt.Fprintf(&b, "%s = %s\n", key, k.Literal(f.value(i, f.best.U[i])))
		}
	}
	return b.Bytes()
}

// dataFigure draws each data set with the curve that was found and its band.
func (f *found) dataFigure() study.Figure {
	fig := figure.Figure{Name: "fit", Width: 183, Height: math.NaN()}
	at := map[string]int{}
	for k, c := range f.p.shape {
		where := c.Figure + c.Panel + c.Curve + strconv.Itoa(f.variant(k))
		p, known := at[where]
		if !known {
			p = len(fig.Panels)
			at[where] = p
			x, y := c.X, c.Y
			x.Min, x.Max, y.Min, y.Max = 0, 0, 0, 0
			panel := figure.Panel{X: x, Y: y, Legend: true, Title: f.setName(k)}
			curve := f.e.Curves[k]
			if f.band != nil {
				s := figure.Series{Name: "95 % band", Mark: figure.Ribbon, Role: figure.Simulation, X: curve.X}
				for j, y := range curve.Y {
					s.Lo, s.Hi = append(s.Lo, y-f.band[k][j]), append(s.Hi, y+f.band[k][j])
				}
				panel.Series = append(panel.Series, s)
			}
			panel.Series = append(panel.Series, figure.Series{Name: "Fit", Mark: figure.Line, Role: figure.Simulation, X: curve.X, Y: curve.Y})
			fig.Panels = append(fig.Panels, panel)
		}
		s := figure.Series{Name: c.Label, Mark: figure.Points, Role: figure.Measurement, Index: k, X: c.At, Y: c.Measured}
		if len(f.p.sets) == 1 && len(f.p.shape) == 1 || c.Label == f.setName(k) {
			s.Name, s.Index = "Data", 0
		}
		if c.Sigma != nil {
			for j, y := range c.Measured {
				s.Lo, s.Hi = append(s.Lo, y-max(0, c.Sigma[j])), append(s.Hi, y+max(0, c.Sigma[j]))
			}
		}
		fig.Panels[p].Series = append(fig.Panels[p].Series, s)
	}
	study.Arrange(&fig, 66)
	fig.Note = figure.Meanings{Markers: "data", Bars: "standard errors, for few measurements widened by √((n-1)/(n-3))", Lines: "the model at the values found",
		Ribbon: "95 % band of the model, from the curvature of χ²", More: f.says()}.Note(fig)
	return study.Figure{Name: fig.Name, Figure: fig}
}

// says puts the values found into the note of a figure.
func (f *found) says() (out []string) {
	for i := range f.p.free {
		k := &f.p.free[i]
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %.3g (%.3g to %.3g) %s", k.Name, f.value(i, f.best.U[i]), f.value(i, f.profiles[i].Lo), f.value(i, f.profiles[i].Hi), k.Unit))+".")
	}
	if f.p.weighted {
		out = append(out, fmt.Sprintf("χ² = %.3g, %d degrees of freedom.", f.best.Sum, len(f.best.R)-len(f.p.free)))
	}
	return out
}

// set returns the data set of a comparison.
func (f *found) set(k int) *dataSet {
	for i := range f.p.sets {
		if k -= len(f.p.sets[i].Measured.Groups); k < 0 {
			return &f.p.sets[i]
		}
	}
	panic("fit: a comparison of no data set")
}

func (f *found) variant(k int) int    { return f.set(k).variant }
func (f *found) setName(k int) string { return f.set(k).Name }

// curve joins the points of a profile: between two, the root of the rise is straight.
func (a *profile) curve(k *grammar.FreeKey, best leastsquares.Result) figure.Series {
	const pieces = 16
	s := figure.Series{Name: "Profile", Mark: figure.Line, Role: figure.Simulation}
	root := func(i int) float64 { return math.Sqrt(max(0, a.Sum[i]-best.Sum)) }
	for i := range a.U {
		s.Add(k.At(a.U[i]), root(i)*root(i))
		if i+1 == len(a.U) {
			break
		}
		for j := 1; j < pieces; j++ {
			f := float64(j) / pieces
			r := root(i) + float64(f*(root(i+1)-root(i)))
			s.Add(k.At(a.U[i]+float64(f*(a.U[i+1]-a.U[i]))), r*r)
		}
	}
	return s
}

// profileFigure draws how χ² rises along each parameter.
func (f *found) profileFigure() study.Figure {
	fig := figure.Figure{Name: "profiles", Width: 183, Height: math.NaN()}
	for i, a := range f.profiles {
		k := &f.p.free[i]
		s := figure.Series{Name: "Profile", Mark: figure.Points, Role: figure.Simulation}
		for j, u := range a.U {
			s.Add(k.At(u), max(0, a.Sum[j]-f.best.Sum))
		}
		p := figure.Panel{X: figure.Axis{Label: k.Name, Unit: k.Unit}, Y: figure.Axis{Label: "Rise of χ²", Min: 0, Max: 1.5 * a.Raised}, Series: []figure.Series{a.curve(k, f.best), s},
			Rules: []figure.Rule{{Axis: "y", At: a.Raised, Label: "95 %"}, {Axis: "x", At: k.At(f.best.U[i])}}}
		if !f.p.weighted {
			p.Y.Label = "Rise of the sum of squares"
		}
		for _, end := range []struct {
			at   float64
			open bool
		}{{a.Lo, a.LoOpen}, {a.Hi, a.HiOpen}} {
			if !end.open {
				p.Rules = append(p.Rules, figure.Rule{Axis: "x", At: k.At(end.at)})
			}
		}
		fig.Panels = append(fig.Panels, p)
	}
	study.Arrange(&fig, 58)
	fig.Note = figure.Meanings{Markers: "the least χ² with the parameter held there, less that of the minimum", Lines: "parabolas between them",
		More: []string{"Vertical: best value and ends of the 95 % interval. An end that is missing lies outside the range."}}.Note(fig)
	return study.Figure{Name: fig.Name, Figure: fig}
}
