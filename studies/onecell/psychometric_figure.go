package onecell

import (
	"fmt"
	"math"
	"strconv"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/fpmath"
	"neurosim/study"
	"neurosim/theory"
)

// psychometricFigure draws what biophysics makes of a threshold: (a) P(spike | b)
// with its fit and the hard threshold that stands for it, (b) its tail, with how often
// random patterns have an overlap b, (c) false positives against the number of cells
// and (d) false negatives against the loss of active cells, each over the lines of the
// static theory for that threshold.
func psychometricFigure(x *Study, f Figure, results []PsychometricResult) figure.Figure {
	fig := study.Frame(f.Figure)
	t := results[0].Of
	a := t.Active[0]
	curve := figure.Panel{X: figure.Axis{Label: fmt.Sprintf("Active synapses of %d, b", t.Synapses), Whole: true}, Legend: true,
		Y: figure.Axis{Label: "P(NMDA spike | b)", Min: 0, Max: 1.02}}
	rare := figure.Panel{X: curve.X, Legend: true, Y: figure.Axis{Label: "Probability", Log: true, Min: 1e-12, Max: 2}}
	for i, n := range []int{t.N[0], t.N[len(t.N)-1]} {
		s := figure.Series{Name: fmt.Sprintf("P(b) of random patterns, n = %s", powerOfTen(n)), Mark: figure.Line, Role: figure.Background, Index: i}
		for b := 0; b <= t.Synapses; b++ {
			s.Add(float64(b), theory.Overlap(n, a, t.Synapses, b).Value())
		}
		rare.Series = append(rare.Series, s)
	}
	fps := figure.Panel{Legend: true, X: figure.Axis{Label: "Presynaptic cells, n", Log: true}, Y: figure.Axis{Label: fmt.Sprintf("False-positive rate, a = %d", a), Log: true}}
	fns := figure.Panel{Legend: true, X: figure.Axis{Label: "Fraction of active cells lost"}, Y: figure.Axis{Label: fmt.Sprintf("False-negative rate, a = %d", a), Log: true}}
	top := 0
	for i := range results {
		r := &results[i]
		t := r.Of
		label := pointLabel(x, r.Point, f.Psychometric.Labels, i)
		if label == "" {
			label = "Segment"
		}
		theta := r.Fit.Threshold()
		top = max(top, drawCurve(&curve, r, label, i))
		drawTail(&rare, r, label, i)
		if math.IsNaN(r.Fit.Mid) {
			continue
		}
		line := figure.Series{Name: fmt.Sprintf("Equation (4), θ = %d", theta), Mark: figure.Line, Role: figure.Theory, Index: i}
		carried := figure.Series{Name: "Equation (4) over the fitted distribution", Mark: figure.Dashed, Role: figure.Theory, Index: i}
		points := figure.Series{Mark: figure.Points, Role: figure.Simulation, Index: i}
		for k := range 41 { // enough for a smooth line between the first and the last n
			n := math.Round(fpmath.ExpAll(fpmath.LogAll(float64(t.N[0])) + float64(float64(k)/40*fpmath.LogAll(float64(t.N[len(t.N)-1])/float64(t.N[0])))))
			line.Add(n, theory.FalsePositive(int(n), a, t.Synapses, theta).Value())
			carried.Add(n, r.fitted(int(n), a))
		}
		for _, n := range t.N {
			q := r.FalsePositive(n, a)
			points.AddInterval(float64(n), q.P, q.Lo, q.Hi)
		}
		fps.Series = append(fps.Series, carried, line, points)
		line = figure.Series{Name: fmt.Sprintf("Equation (6), θ = %d", theta), Mark: figure.Line, Role: figure.Theory, Index: i}
		points = figure.Series{Mark: figure.Points, Role: figure.Simulation, Index: i}
		for v := 0; v <= a; v++ {
			line.Add(float64(v)/float64(a), theory.FalseNegative(a, t.Synapses, v, theta).Value())
		}
		for k := range 20 {
			v := int(math.Round(float64(a) * float64(k) / 20))
			if q := r.falseNegative(a, v); q.P >= 1/float64(r.Trials()) {
				points.AddInterval(float64(v)/float64(a), q.P, q.Lo, q.Hi)
			}
		}
		fns.Series = append(fns.Series, line, points)
	}
	curve.X.Min, curve.X.Max = 0, math.Min(float64(t.Synapses), 1.3*float64(top))
	rare.X = curve.X
	fns.Y.Min, fns.Y.Max = 1/(2*float64(results[0].Trials())), 1.3
	fig.Panels = []figure.Panel{curve, rare, fps, fns}
	study.Arrange(&fig, 63)
	fig.Cols = min(fig.Cols, 2)
	if math.IsNaN(f.Height) && fig.Cols == 2 {
		fig.Height = 126
	}
	return study.Noted(f.Figure, fig, figure.Meanings{
		Markers: fmt.Sprintf("%d trials of a biophysical segment; where a spike is rare, weighted trials (b)", results[0].Trials()),
		Bars:    "95 % intervals, of Wilson in (a). In (c) and (d) a bar reaches up alone where the errors that no trial showed could add more than those that were seen",
		Lines:   "(a) cumulative normal distributions fitted to the markers; (c, d) theory with the hard threshold θ of the fit",
		Dashed:  "the fitted distribution where it is rare (b), and what it makes of equation (4) (c)",
	})
}

// drawCurve draws P(spike | b) of one point: markers with Wilson intervals, the fit,
// and dashed the hard threshold. It returns the largest b at which a trial is open.
func drawCurve(p *figure.Panel, r *PsychometricResult, label string, i int) (top int) {
	points := figure.Series{Name: label, Mark: figure.Points, Role: figure.Simulation, Index: i}
	for b := range len(r.Counts) - 1 {
		q := r.spikes(b)
		lo, hi := q.Wilson(analysis.Z95)
		points.AddInterval(float64(b), q.Rate(), lo, hi)
		if q.Hits < q.Trials {
			top = b
		}
	}
	if !math.IsNaN(r.Fit.Mid) {
		fit := figure.Series{Name: label, Mark: figure.Line, Role: figure.Theory, Index: i}
		for k := range 40*(len(r.Counts)-2) + 1 {
			b := float64(k) / 40
			fit.Add(b, rounded(r.Fit.At(b)))
		}
		p.Series = append(p.Series, fit)
		p.Rules = append(p.Rules, figure.Rule{Label: fmt.Sprintf("θ = %d", r.Fit.Threshold()), Axis: "x", At: float64(r.Fit.Threshold())})
	}
	p.Series = append(p.Series, points)
	return top
}

// drawTail draws P(spike | b) where it is rare: markers of all trials, weighted ones
// too, over the fitted distribution.
func drawTail(p *figure.Panel, r *PsychometricResult, label string, i int) {
	points := figure.Series{Name: label, Mark: figure.Points, Role: figure.Simulation, Index: i}
	fit := figure.Series{Name: "Fitted distribution", Mark: figure.Dashed, Role: figure.Theory, Index: i}
	for b := r.Never + 1; b < len(r.Counts)-1; b++ {
		q := r.At(b)
		points.AddInterval(float64(b), q.P, q.Lo, q.Hi)
	}
	for k := range 10*(len(r.Counts)-2) + 1 {
		b := float64(k) / 10
		fit.Add(b, rounded(r.Fit.At(b)))
	}
	p.Series = append(p.Series, fit, points)
}

// powerOfTen writes a whole number, a power of ten as one.
func powerOfTen(n int) string {
	e, m := 0, n
	for ; m%10 == 0 && m > 0; m /= 10 {
		e++
	}
	if m == 1 && e > 3 {
		return fmt.Sprintf("10^{%d}", e)
	}
	return strconv.Itoa(n)
}

// psychometricTables lists P(spike | b), the fits, and the errors.
func psychometricTables(x *Study, results []PsychometricResult) []study.NamedTable {
	curve := study.Table{Text: "The psychometric curve, a row for each number of active synapses.", Columns: pointColumns(x, [][3]string{
		{"b", "", "active synapses"},
		{"spikes", "", "trials with a spike"},
		{"trials", "", "trials with b active synapses"},
		{"P", "", "probability of a spike"},
		{"lo95", "", "lower end of its 95 % interval"},
		{"hi95", "", "upper end of its 95 % interval"},
		{"fit", "", "fitted curve at b"},
	})}
	fit := study.Table{Text: "The fits of the psychometric curve.", Columns: pointColumns(x, [][3]string{
		{"theta", "", "threshold: mu rounded up to a whole number"},
		{"mu", "", "number of synapses at which the fitted curve is 1/2"},
		{"mu_lo95", "", "lower end of its 95 % interval"},
		{"mu_hi95", "", "upper end of its 95 % interval"},
		{"sigma", "", "width of the fitted curve, in synapses"},
		{"sigma_lo95", "", "lower end of its 95 % interval"},
		{"sigma_hi95", "", "upper end of its 95 % interval"},
		{"slope_per_synapse", "", "slope of the fitted curve at mu, probability per synapse"},
		{"no_spike_up_to_b", "", "largest number of synapses up to which no trial has a spike"},
	})}
	fps := study.Table{Text: "False positives that follow from the curve, a row for each n and a.", Columns: pointColumns(x, [][3]string{
		{"n", "", "cells of the population"},
		{"a", "", "active cells of a pattern"},
		{"s", "", "synapses of the segment"},
		{"false_positive", "", "probability of a spike for a random pattern"},
		{"lo95", "", "lower end of its 95 % interval"},
		{"hi95", "", "upper end of its 95 % interval"},
		{"equation_4", "", "the same by equation (4) with the threshold theta"},
		{"theta_of_equal_error", "", "hard threshold that has this probability by equation (4)"},
	})}
	fns := study.Table{Text: "False negatives that follow from the curve, a row for each a and number of cells lost.", Columns: pointColumns(x, [][3]string{
		{"a", "", "active cells of a pattern"},
		{"s", "", "synapses of the segment"},
		{"lost", "", "active cells of the stored pattern that are replaced"},
		{"false_negative", "", "probability of no spike for the stored pattern"},
		{"lo95", "", "lower end of its 95 % interval"},
		{"hi95", "", "upper end of its 95 % interval"},
		{"equation_6", "", "the same by equation (6) with the threshold theta"},
	})}
	for i := range results {
		r := &results[i]
		t, at := r.Of, pointValues(x, r.Point)
		row := func(t *study.Table, cells ...string) { t.Rows = append(t.Rows, append(at[:len(at):len(at)], cells...)) }
		for b := range len(r.Counts) - 1 {
			q := r.spikes(b)
			p := r.At(b)
			row(&curve, strconv.Itoa(b), fmt.Sprint(q.Hits), fmt.Sprint(q.Trials), study.Measured(p.P), study.Measured(p.Lo), study.Measured(p.Hi), study.Measured(r.Fit.At(float64(b))))
		}
		f := r.Fit
		if math.IsNaN(f.Mid) {
			row(&fit, "", "", "", "", "", "", "", "", strconv.Itoa(r.Never))
			continue
		}
		theta := f.Threshold()
		row(&fit, strconv.Itoa(theta), study.Measured(f.Mid), study.Measured(f.MidLo), study.Measured(f.MidHi), study.Measured(f.Width), study.Measured(f.WidthLo), study.Measured(f.WidthHi), study.Measured(f.Slope()), strconv.Itoa(r.Never))
		for _, a := range t.Active {
			for _, n := range t.N {
				q := r.FalsePositive(n, a)
				row(&fps, strconv.Itoa(n), strconv.Itoa(a), strconv.Itoa(t.Synapses), study.Measured(q.P), study.Measured(q.Lo), study.Measured(q.Hi),
					study.Measured(theory.FalsePositive(n, a, t.Synapses, theta).Value()), study.Measured(equalTheta(n, a, t.Synapses, q.P)))
			}
			for k := range 20 {
				v := a * k / 20
				q := r.falseNegative(a, v)
				row(&fns, strconv.Itoa(a), strconv.Itoa(t.Synapses), strconv.Itoa(v), study.Measured(q.P), study.Measured(q.Lo), study.Measured(q.Hi), study.Measured(theory.FalseNegative(a, t.Synapses, v, theta).Value()))
			}
		}
	}
	return []study.NamedTable{{Name: "curve", Table: curve}, {Name: "fit", Table: fit}, {Name: "false_positives", Table: fps}, {Name: "false_negatives", Table: fns}}
}

// equalTheta returns the hard threshold with an error of p by equation (4), its
// logarithm interpolated between whole thresholds; NaN for none.
func equalTheta(n, a, s int, p float64) float64 {
	if !(p > 0) {
		return math.NaN()
	}
	before := 0.0
	for theta := 1; theta <= s; theta++ {
		at := theory.FalsePositive(n, a, s, theta).Log()
		if l := fpmath.LogAll(p); l >= at {
			return float64(theta) - (l-at)/(before-at)
		}
		before = at
	}
	return float64(s)
}

// metrics returns the numbers of a point, and adds to a report what they say.
func (r *PsychometricResult) metrics(x *Study, s *study.Report) map[string]any {
	t, f, m := r.Of, r.Fit, map[string]any{}
	name := pointPrefix(x, r.Point)
	if r.Cut > 0 {
		s.Warnings = append(s.Warnings, name+cutWarning(x, t.Population, t.Group, r.Cut, "trial"))
	}
	if math.IsNaN(f.Mid) {
		for _, key := range []string{"theta", "mu", "sigma", "false_positive"} {
			m[key] = nil
		}
		m["false_positive"+study.WhyKey] = "there is no threshold to take it from"
		s.Lines = append(s.Lines, fmt.Sprintf("%sno threshold within 1 to %s", name, grammar.Count(float64(t.Synapses), "synapse")))
		return m
	}
	m["theta"], m["mu"], m["mu_lo95"], m["mu_hi95"] = f.Threshold(), f.Mid, f.MidLo, f.MidHi
	m["sigma"], m["sigma_lo95"], m["sigma_hi95"] = f.Width, f.WidthLo, f.WidthHi
	m["no_spike_up_to_b"], m["trials"] = r.Never, r.Trials()
	s.Lines = append(s.Lines, fmt.Sprintf("%seffective θ = %d: P = ½ at %.2f (%.2f to %.2f) synapses, σ = %.2f (%.2f to %.2f); no spike can be with %d or fewer",
		name, f.Threshold(), f.Mid, f.MidLo, f.MidHi, f.Width, f.WidthLo, f.WidthHi, r.Never))
	n, a := t.N[0], t.Active[0]
	q := r.FalsePositive(n, a)
	hard := theory.FalsePositive(n, a, t.Synapses, f.Threshold()).Value()
	m["false_positive"], m["false_positive_lo95"], m["false_positive_hi95"], m["equation_4"] = q.P, q.Lo, q.Hi, hard
	s.Lines = append(s.Lines, fmt.Sprintf("  false positives at n = %d, a = %d: %.3g (%.2g to %.2g); a hard θ = %d gives %.3g; as many as one of θ = %.1f",
		n, a, q.P, q.Lo, q.Hi, f.Threshold(), hard, equalTheta(n, a, t.Synapses, q.P)))
	return m
}
