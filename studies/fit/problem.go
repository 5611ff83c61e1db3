package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/internal/fpmath"
	"neurosim/study"
	"neurosim/sweep"
)

// problem is what a fit varies and what it compares.
type problem struct {
	of       *study.Config
	free     []grammar.FreeKey
	sets     []dataSet
	variants [][]grammar.Override // what the configuration is for the data sets
	points   []point              // measurements that count
	weighted bool                 // they have standard errors
	spread   float64              // factor of the variances for weights that are uncertain
	left     []string             // what of the data does not count, and why
}

// A dataSet is measurements with the variant of the configuration that they are of.
type dataSet struct {
	grammar.FitData
	variant int
}

// A compared is a group of a data set beside the curve of the model.
type compared struct {
	*study.Match
	set *dataSet
}

// A point is a measurement that counts. Its residual is (measured - model)/unit.
type point struct {
	group, k int     // of the compared, of its measurements
	unit     float64 // standard error; a hundredth of the range of all data where none is known
	missing  float64 // the residual where the model has no value, such as a threshold not reached
}

// newProblem works out what is compared, by a run at the values of the configuration.
func newProblem(ctx context.Context, of *study.Config, f grammar.Fit) (*problem, error) {
	p := &problem{of: of, free: f.Free}
	for _, d := range f.Data {
		p.add(d)
	}
	for _, s := range of.Shown {
		if i := slices.IndexFunc(f.Data, func(d grammar.FitData) bool { return d.Measured.File == s.File }); i >= 0 {
			p.left = append(p.left, fmt.Sprintf("the data of figure %s count once, as data %s", s.Figure, f.Data[i].Name))
			continue
		}
		p.add(grammar.FitData{Name: s.Figure, Figure: s.Figure, Measured: s.Measured})
	}
	first, err := p.run(ctx, p.start())
	if err != nil {
		return nil, err
	}
	p.weigh(first)
	if err := p.oneUnit(first); err != nil {
		return nil, err
	}
	p.choose(first)
	if len(p.points) <= len(p.free) {
		return nil, fmt.Errorf("%s for %s: a fit needs more points than parameters%s", grammar.Count(float64(len(p.points)), "point"), grammar.Count(float64(len(p.free)), "parameter"), inBrackets(p.left))
	}
	return p, nil
}

// inBrackets adds reasons to a sentence.
func inBrackets(reasons []string) string {
	if reasons == nil {
		return ""
	}
	return " (" + strings.Join(reasons, "; ") + ")"
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

// weigh sees whether points have standard errors.
func (p *problem) weigh(first []compared) {
	for _, c := range first {
		for k := range c.At {
			p.weighted = p.weighted || c.Reaches(c.At[k]) && c.hasError(k)
		}
	}
}

// hasError tells whether a measurement has a standard error.
func (c *compared) hasError(k int) bool { return c.Sigma != nil && c.Sigma[k] > 0 }

// oneUnit refuses data that cannot be added up.
func (p *problem) oneUnit(first []compared) error {
	for _, c := range first {
		if to := first[0]; !p.weighted && c.Y.Unit != to.Y.Unit {
			return fmt.Errorf("data %s are in %s and %s in %s: without standard errors their residuals cannot be added", to.set.Name, to.Y.Unit, c.set.Name, c.Y.Unit)
		}
	}
	return nil
}

// choose takes the measurements that count: those where the model's curve goes, and where some
// have standard errors, those that have one.
func (p *problem) choose(first []compared) {
	hundredth := 0.01 * reach(first)
	factor, few := 0.0, 0
	for g := range first {
		c := &first[g]
		outside, bare := 0, 0
		for k := range c.At {
			switch {
			case !c.Reaches(c.At[k]):
				outside++
				continue
			case p.weighted && !c.hasError(k):
				bare++
				continue
			}
			at, widened := point{group: g, k: k, unit: hundredth}, 1.0
			if p.weighted {
				at.unit = c.Sigma[k]
				if c.N != nil {
					at.unit *= widen(c.N[k])
					widened = uncertain(c.N[k])
					if c.N[k] < fewest {
						few++
					}
				}
			}
			at.missing = 10 * reach(first[g:g+1]) / at.unit
			factor += widened
			p.points = append(p.points, at)
		}
		for _, why := range []struct {
			n    int
			text string
		}{{outside, "beyond the curve of the model"}, {bare, "without a standard error, which others have"}} {
			if why.n > 0 {
				p.left = append(p.left, fmt.Sprintf("data %s: %d of %s, %s, left out", c.name(), why.n, grammar.Count(float64(len(c.At)), "point"), why.text))
			}
		}
	}
	p.spread = factor / float64(len(p.points))
	if few > 0 {
		p.left = append(p.left, fmt.Sprintf("%s of less than %d measurements: as weights they are too uncertain for intervals that can be trusted", grammar.Count(float64(few), "standard error is", "standard errors are"), fewest))
	}
}

// reach returns how far apart measurements are; 1 where they are equal.
func reach(all []compared) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, c := range all {
		lo, hi = min(lo, slices.Min(c.Measured)), max(hi, slices.Max(c.Measured))
	}
	if hi > lo {
		return hi - lo
	}
	return 1
}

// fewest is the least number of measurements whose standard error has weights of a variance.
const fewest = 6

// uncertain returns the factor of the variances for weights from n measurements. For less than
// fewest it has no limit; what is returned then is that of fewest.
func uncertain(n float64) float64 {
	n = max(n, fewest)
	return (n - 3) / (n - 5)
}

// widen returns the factor of a standard error from n measurements with which the mean square
// of residuals is 1; 1 where there is none.
func widen(n float64) float64 {
	if n <= 3 {
		return 1
	}
	return math.Sqrt((n - 1) / (n - 3))
}

// name names a group in words.
func (c *compared) name() string {
	if c.Label == "" || c.Label == c.set.Name {
		return c.set.Name
	}
	return c.set.Name + ", " + c.Label
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

// A refusal says why the model has no curves at a point of the parameters: rules of the
// configuration refuse the values, its state is not finite, or a figure has nothing to draw.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// run runs all variants at a point of the parameters and puts the data beside what they give.
func (p *problem) run(ctx context.Context, u []float64) ([]compared, error) {
	figures := make([][]study.Figure, len(p.variants))
	for i, v := range p.variants {
		c, err := p.of.With(slices.Concat(v, p.overrides(u)))
		if err != nil {
			return nil, refusal{err}
		}
		r, err := c.Whole(ctx, study.New(study.Options{Threads: 1, Shows: p.figures(i)}))
		switch {
		case errors.Is(err, fpmath.ErrNonFinite):
			return nil, refusal{fmt.Errorf("with %s: %w", p.names(u), err)}
		case err != nil:
			return nil, fmt.Errorf("with %s: %w", p.names(u), err)
		}
		figures[i] = r.Figures
	}
	var out []compared
	for i := range p.sets {
		s := &p.sets[i]
		matches, err := study.Matches(figures[s.variant], s.Measured, s.Figure, s.Curve)
		if err != nil {
			return nil, refusal{fmt.Errorf("data %s: %w", s.Name, err)}
		}
		for _, m := range matches {
			out = append(out, compared{m, s})
		}
	}
	return out, nil
}

// figures returns the names of those that data of a variant are in.
func (p *problem) figures(variant int) (names []string) {
	for i := range p.sets {
		if p.sets[i].variant == variant {
			names = append(names, p.sets[i].Figure)
		}
	}
	return names
}

// runs is run at several points.
func (p *problem) runs(ctx context.Context, threads int, points [][]float64) ([][]compared, error) {
	out, _, err := sweep.Map(ctx, threads, len(points), func(i int) ([]compared, error) { return p.run(ctx, points[i]) })
	return out, err
}

// names says what the parameters are.
func (p *problem) names(u []float64) string {
	var out []string
	for i := range p.free {
		out = append(out, p.free[i].Name+" = "+p.free[i].Literal(study.Significant(p.free[i].At(u[i]), 6)))
	}
	return strings.Join(out, ", ")
}

// An evaluation is what comes out at one point of the parameters.
type evaluation struct {
	R       []float64 // residuals
	Refused string    // why the model cannot be run there; "": it can
}

// evaluate runs the model at a point of the parameters. Where it refuses, every measurement
// counts as missing, and the search goes on elsewhere.
func (p *problem) evaluate(ctx context.Context, u []float64) (e evaluation, err error) {
	all, err := p.run(ctx, u)
	switch {
	case errors.As(err, new(refusal)):
		e.Refused = err.Error()
	case err != nil:
		return e, err
	}
	for _, at := range p.points {
		r := math.NaN()
		if all != nil {
			r = all[at.group].residual(at)
		}
		if math.IsNaN(r) || math.IsInf(r, 0) {
			r = at.missing
		}
		e.R = append(e.R, r)
	}
	return e, nil
}

// residual returns that of a point; NaN where the model has no value.
func (c *compared) residual(at point) float64 {
	return (c.Measured[at.k] - c.Model(c.At[at.k])) / at.unit
}
