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
// The residuals are a function of the parameters alone. They are computed once for each point
// of the parameters and kept in the state of the study: a fit that is interrupted goes the same
// way when it is resumed.
package fit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"neurosim/grammar"
	"neurosim/internal/leastsquares"
	"neurosim/study"
)

// A Study is a fit of a configuration.
type Study struct {
	Of  *study.Config
	Fit grammar.Fit
}

// Plan is that of the configuration, which a fit runs many times without writing recordings.
func (s *Study) Plan() study.Plan {
	p := s.Of.Study.Plan()
	p.DiskBytes = 0
	p.Lines = append(p.Lines, fmt.Sprintf("a fit of %s; the numbers above are those of one evaluation", grammar.Count(float64(len(s.Fit.Free)), "parameter")))
	return p
}

// found is a fit that has been made.
type found struct {
	*problem
	best     leastsquares.Result
	profiles []profile
	model    []compared  // the data beside the model at the best values
	band     [][]float64 // [compared][point of the curve] half the 95 % band; nil where there is none
	made     tally
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
	f.made = r.tally()
	_, made := r.answers.All()
	w.Say("  %d evaluations in %.3g s", made, time.Since(begin).Seconds())
	return f.report(), nil
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
	f := &found{problem: p}
	enough := leastsquares.Options{Steps: 40, Tolerance: 1e-3, Relative: 1e-5}
	if !p.weighted { // the variance of a residual is what the minimum makes it
		enough.Tolerance, enough.Relative = 1e-9, 1e-3/float64(p.freedom())
	}
	for again := 0; ; again++ {
		var err error
		if f.best, err = leastsquares.Minimise(ctx, r.residuals, u, enough); err != nil {
			return nil, err
		}
		if u, err = f.follow(ctx, r); err != nil {
			return nil, err
		}
		if u == nil || again == 3 {
			break
		}
	}
	return f, f.curves(ctx, r.w.Threads)
}

// follow follows all profiles; u is a better minimum that one has found, nil for none.
func (f *found) follow(ctx context.Context, r *runner) (u []float64, err error) {
	f.profiles = nil
	for i := range f.free {
		along, better, err := f.along(ctx, r, &f.best, i)
		if better != nil || err != nil {
			return better, err
		}
		f.profiles = append(f.profiles, along)
	}
	return nil, nil
}

// curves runs the model at the best values and beside them, for its curves and how they change.
func (f *found) curves(ctx context.Context, threads int) error {
	points := [][]float64{f.best.U}
	var h []float64
	for i := range f.free {
		u := slices.Clone(f.best.U)
		d := leastsquares.Step
		if u[i]+d > 1 {
			d = -d
		}
		u[i] += d
		points, h = append(points, u), append(h, d)
	}
	all, err := f.runs(ctx, threads, points)
	if err != nil {
		return err
	}
	f.model = all[0]
	if c := f.best.Covariance(); c != nil {
		for k := range f.model {
			moved := make([]*study.Match, len(h))
			for i := range h {
				moved[i] = all[1+i][k].Match
			}
			f.band = append(f.band, halfBand(f.model[k].Match, moved, h, c.At, math.Sqrt(f.raised(f.best.Sum))))
		}
	}
	return nil
}

// halfBand returns half the band of a curve, factor standard deviations of what follows from the
// covariance of the parameters, given the curve with each of them moved by h; NaN where a curve
// has no value.
func halfBand(at *study.Match, moved []*study.Match, h []float64, covariance func(i, j int) float64, factor float64) []float64 {
	half := make([]float64, len(at.Curve.X))
	slope := make([]float64, len(h))
	for j, x := range at.Curve.X {
		for i := range h {
			slope[i] = (moved[i].Model(x) - at.Curve.Y[j]) / h[i]
		}
		variance := 0.0
		for a := range h {
			for b := range h {
				variance += float64(slope[a] * slope[b] * covariance(a, b))
			}
		}
		if half[j] = factor * math.Sqrt(variance); variance < 0 { // by rounding
			half[j] = 0
		}
	}
	return half
}

// freedom returns the degrees of freedom.
func (p *problem) freedom() int { return len(p.points) - len(p.free) }

// measure says what is minimised.
func (p *problem) measure() string {
	if p.weighted {
		return "χ²"
	}
	return "the sum of squares"
}

// value returns a parameter in its unit, with six digits.
func (f *found) value(i int, u float64) float64 { return study.Significant(f.free[i].At(u), 6) }
