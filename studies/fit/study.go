// Package fit is the study of which values of keys bring a configuration nearest to
// measurements, and how well the measurements determine them.
//
// The measurements are data of figures: a data set is compared with the curve that the study
// draws in the same axes. With residuals r = (measured - model)/σ over all points,
//
//	χ²(θ) = Σ r²
//
// is minimised over the free parameters θ: over the whole box by CMA-ES, from the best found by
// the method of Levenberg and Marquardt. The 95 % interval of a parameter is where the profile
//
//	χ²_p(θ_i) = min over the other parameters of χ²
//
// is less than 3.84 above its minimum, the quantile of χ² with one degree of freedom. Where no
// σ is known, residuals are taken as of one variance, which the rest tells, and the quantile is
// that of F.
//
// A σ from n measurements is itself uncertain: 1/s² is 1/σ² times (n-1)/χ²_{n-1}. Residuals count
// (n-3)/(n-1), so that their mean square is 1. Such weights vary, which makes the variance of
// what is fitted larger than weights would that were known, by ⟨w²⟩/⟨w⟩² = (n-3)/(n-5); the
// quantile for the intervals is larger by the mean of that over the points.
//
// Every evaluation is a function of the parameters alone, is computed once, and is kept in the
// state of the study: a fit that is interrupted goes the same way when it is resumed.
package fit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/study"
)

// A Study is a fit of a configuration.
type Study struct {
	Of  *study.Config
	Fit grammar.Fit
}

// A dataSet is measurements with the variant of the configuration that they are of.
type dataSet struct {
	grammar.FitData
	variant int
}

// An evaluation is what the model gives at one point of the parameters.
type evaluation struct {
	R      []float64 // residuals
	Model  []float64 // in the units of the axes
	Curves []curve   // one for each comparison
}

// A curve is one of the model's.
type curve struct{ X, Y []float64 }

// missing is the residual of a point for which the model has no value, such as a threshold that
// is not reached.
const missing = 100

// problem is a fit at work.
type problem struct {
	of       *study.Config
	free     []grammar.FreeKey
	sets     []dataSet
	variants [][]grammar.Override
	weighted bool               // points have standard errors
	spread   float64            // factor of the variances for weights that are uncertain
	shape    []study.Comparison // of the first evaluation: what the points are
	left     []string           // what of the data is left out
}

// newProblem works out what is compared, by an evaluation at the values of the configuration.
func newProblem(ctx context.Context, of *study.Config, f grammar.Fit) (*problem, error) {
	p := &problem{of: of, free: f.Free}
	for _, d := range f.Data {
		p.add(d)
	}
	if len(p.variants) == 0 {
		p.variants = [][]grammar.Override{nil}
	}
	first, err := p.reports(ctx, p.start())
	if err != nil {
		return nil, err
	}
	for _, fig := range first[0].Figures { // data that figures name
		if fig.Measured != nil {
			p.add(grammar.FitData{Name: fig.Name, Figure: fig.Name, Measured: fig.Measured})
		}
	}
	if len(p.sets) == 0 {
		return nil, fmt.Errorf("there are no data: give --data FILE, [fit.data.NAME] or the key data of a figure")
	}
	if len(p.variants) > len(first) {
		if first, err = p.reports(ctx, p.start()); err != nil {
			return nil, err
		}
	}
	if p.shape, err = p.compare(first); err != nil {
		return nil, err
	}
	return p, p.weigh()
}

// add adds a data set.
func (p *problem) add(d grammar.FitData) {
	same := func(v []grammar.Override) bool { return slices.Equal(v, d.Set) }
	i := slices.IndexFunc(p.variants, same)
	if i < 0 {
		i = len(p.variants)
		p.variants = append(p.variants, d.Set)
	}
	p.sets = append(p.sets, dataSet{FitData: d, variant: i})
}

// start returns the values of the configuration.
func (p *problem) start() []float64 {
	u := make([]float64, len(p.free))
	for i := range p.free {
		if u[i] = 0.5; !math.IsNaN(p.free[i].Start) {
			u[i] = min(1, max(0, p.free[i].Of(p.free[i].Start)))
		}
	}
	return u
}

// uncertain returns the factor of the variances for weights from n measurements. For n of 5 and
// less it has no limit; what is returned then is that of 6.
func uncertain(n float64) float64 {
	n = max(n, 6)
	return (n - 3) / (n - 5)
}

// weigh sees whether points have standard errors, and leaves out those that others have and they
// have not.
func (p *problem) weigh() error {
	with, without, in, few := 0, 0, 0, 0
	factor := 0.0
	for _, c := range p.shape {
		for k := range c.At {
			if c.Sigma != nil && c.Sigma[k] > 0 {
				with++
				factor += 1
				if c.N != nil {
					factor += uncertain(c.N[k]) - 1
					if c.N[k] < 6 {
						few++
					}
				}
			} else {
				without++
			}
			if c.Model[k] == c.Model[k] {
				in++
			}
		}
	}
	p.weighted, p.spread = with > 0, 1
	if p.weighted {
		p.spread = factor / float64(with)
	}
	if few > 0 {
		p.left = append(p.left, fmt.Sprintf("%s of less than 6 measurements: as weights they are too uncertain for intervals that can be trusted", grammar.Count(float64(few), "standard error is", "standard errors are")))
	}
	if p.weighted && without > 0 {
		p.left = append(p.left, fmt.Sprintf("%s without a standard error above 0 left out", grammar.Count(float64(without), "point is", "points are")))
	}
	n := with
	if !p.weighted {
		n = without
	}
	switch {
	case in == 0:
		return fmt.Errorf("no point of the data lies in the range of the model's curves")
	case n <= len(p.free):
		return fmt.Errorf("%s for %s: a fit needs more points than parameters", grammar.Count(float64(n), "point"), grammar.Count(float64(len(p.free)), "parameter"))
	}
	return nil
}

// overrides returns what the configuration is at a point of the parameters.
func (p *problem) overrides(u []float64) (out []grammar.Override) {
	for i := range p.free {
		k := &p.free[i]
		for _, key := range k.All() {
			out = append(out, grammar.Override{Key: key, Value: k.Literal(k.At(u[i]))})
		}
	}
	return out
}

// reports runs all variants at a point of the parameters.
func (p *problem) reports(ctx context.Context, u []float64) ([]study.Report, error) {
	var out []study.Report
	for _, v := range p.variants {
		c, err := p.of.With(slices.Concat(v, p.overrides(u)))
		if err != nil {
			return nil, err
		}
		r, err := c.Whole(ctx, study.New(study.Options{Threads: 1}))
		if err != nil {
			return nil, fmt.Errorf("with %s: %w", p.names(u), err)
		}
		out = append(out, r)
	}
	return out, nil
}

// names says what the parameters are.
func (p *problem) names(u []float64) string {
	var out []string
	for i := range p.free {
		out = append(out, p.free[i].Name+" = "+p.free[i].Literal(study.Significant(p.free[i].At(u[i]), 6)))
	}
	return strings.Join(out, ", ")
}

// compare puts the data beside what the variants give.
func (p *problem) compare(reports []study.Report) ([]study.Comparison, error) {
	var out []study.Comparison
	for i := range p.sets {
		s := &p.sets[i]
		c, err := study.Compare(reports[s.variant].Figures, s.Measured, s.Figure, s.Curve)
		if err != nil {
			return nil, fmt.Errorf("data %s: %w", s.Name, err)
		}
		for k := range c {
			if n := c[k].N; n != nil && c[k].Sigma != nil {
				for j := range c[k].Sigma {
					if n[j] > 3 {
						c[k].Sigma[j] *= math.Sqrt((n[j] - 1) / (n[j] - 3))
					}
				}
			}
			if c[k].Label == "" {
				c[k].Label = s.Name
			}
		}
		out = append(out, c...)
	}
	return out, nil
}

// evaluate runs the model at a point of the parameters.
func (p *problem) evaluate(ctx context.Context, u []float64) (evaluation, error) {
	reports, err := p.reports(ctx, u)
	if err != nil {
		return evaluation{}, err
	}
	all, err := p.compare(reports)
	if err != nil {
		return evaluation{}, err
	}
	var e evaluation
	for _, c := range all {
		e.Curves = append(e.Curves, curve{c.CurveX, c.CurveY})
		for k := range c.At {
			sigma := 1.0
			if p.weighted {
				if c.Sigma == nil || !(c.Sigma[k] > 0) {
					continue
				}
				sigma = c.Sigma[k]
			}
			r := (c.Measured[k] - c.Model[k]) / sigma
			if r != r {
				r = missing
			}
			e.R, e.Model = append(e.R, r), append(e.Model, c.Model[k])
		}
	}
	return e, nil
}
