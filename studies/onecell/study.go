// Package onecell is the study of one compartmental cell whose synapses are activated directly.
// [uncaging] activates 0, 1, 2 ... K synapses and finds the smallest number that makes an NMDA spike,
// K*. [psychometric] draws trials and measures the probability P(b) of an NMDA spike when b synapses
// are active; false positives and false negatives follow from it by the equations of package theory.
// Copies of the cell, one for each number of synapses or trial, are stepped together (package cable).
package onecell

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/dictionary"
	"neurosim/neuron"
	"neurosim/study"
)

// Do runs the study at every point of its sweep.
func (x *Study) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	start, r := time.Now(), study.Report{Metrics: map[string]any{}, Reasons: reasons()}
	run := x.uncage
	if x.Psychometric != nil {
		run = x.trials
	}
	if err := run(ctx, w, &r); err != nil {
		return r, err
	}
	w.Say("  study in %.3g s", time.Since(start).Seconds())
	return r, nil
}

func (x *Study) trials(ctx context.Context, w *study.Work, r *study.Report) error {
	results, err := RunPsychometric(ctx, x, w)
	if err != nil {
		return err
	}
	r.Tables = psychometricTables(x, results)
	for i := range results {
		addPoint(r, pointKey(x, results[i].Point), results[i].metrics(x, r))
	}
	r.Figures = study.MakeFigures(x.Figures, func(f Figure) (figure.Figure, error) { return psychometricFigure(x, f, results), nil })
	return nil
}

func (x *Study) uncage(ctx context.Context, w *study.Work, r *study.Report) error {
	var keep []int
	for _, f := range x.Figures {
		if f.UncagingTraces != nil {
			keep = append(keep, f.UncagingTraces.Counts...)
		}
		if f.Morphology != nil {
			keep = append(keep, f.Morphology.Count)
		}
	}
	results, err := runUncaging(ctx, x, w, keep)
	if err != nil {
		return err
	}
	r.Tables = uncagingTables(x, results)
	for i := range results {
		addPoint(r, pointKey(x, results[i].Point), results[i].metrics(x, r))
	}
	r.Lines, r.Warnings = summary(r.Lines), summary(r.Warnings)
	r.Figures = study.MakeFigures(x.Figures, func(f Figure) (figure.Figure, error) {
		switch {
		case f.Uncaging != nil:
			return uncagingFigure(x, f, results), nil
		case f.Expected != nil:
			return expectedFigure(x, f, results), nil
		case f.ThresholdCurve != nil:
			return thresholdCurve(x, f, results)
		case f.UncagingTraces != nil:
			return uncagingTraces(x, f, results), nil
		}
		tree, err := neuron.NewTree(x.Network.Population(x.Uncaging.Population).Trees.Sections)
		if err != nil {
			return figure.Figure{}, err
		}
		return morphology(tree, f, &results[0]), nil
	})
	return nil
}

// addPoint adds the metrics of a point of a sweep to those of the study, whose names
// end in at.
func addPoint(r *study.Report, at string, m map[string]any) {
	r.Points = append(r.Points, m)
	for key, v := range m {
		of, why := strings.CutSuffix(key, study.WhyKey)
		if of += at; why {
			of += study.WhyKey
		}
		r.Metrics[of] = v
	}
}

// repeated tells whether the points of a sweep have several runs each.
func repeated(x *Study) bool { return x.Sweep != nil && x.Sweep.Repeats > 1 }

// pointColumns are the columns that tell the points of a sweep apart, and more.
func pointColumns(x *Study, more [][3]string) []dictionary.Column {
	columns := study.AxisColumns(x.Configuration)
	if repeated(x) {
		columns = append(columns, dictionary.Column{Name: "repeat", Text: "run at the point, from 0"})
	}
	return append(columns, study.Columns(more)...)
}

// pointValues are what a point has in these columns.
func pointValues(x *Study, p grammar.Point) []string {
	if repeated(x) {
		return append(study.AxisValues(x.Configuration, p), strconv.Itoa(p.Repeat))
	}
	return study.AxisValues(x.Configuration, p)
}

// pointLabel names a point in a legend: by labels, where given, else by the values
// of its axes.
func pointLabel(x *Study, p grammar.Point, labels []string, i int) string {
	if i < len(labels) {
		return labels[i]
	}
	var parts []string
	for j, at := range p.At {
		parts = append(parts, study.AxisLabel(x.Sweep.Axes[j], at))
	}
	if repeated(x) {
		parts = append(parts, fmt.Sprintf("run %d", p.Repeat+1))
	}
	return strings.Join(parts, ", ")
}

// PointLabel names a point by the values of its axes; "" without a sweep.
func (x *Study) PointLabel(p grammar.Point) string { return pointLabel(x, p, nil, 0) }

// pointPrefix begins what is said of a point.
func pointPrefix(x *Study, p grammar.Point) string {
	if name := x.PointLabel(p); name != "" {
		return name + ": "
	}
	return ""
}

// pointKey is a point as the end of the name of a metric, "" without a sweep.
func pointKey(x *Study, p grammar.Point) string {
	if len(p.At) == 0 {
		return ""
	}
	if repeated(x) {
		return fmt.Sprintf("[%s, repeat = %d]", x.PointName(p), p.Repeat)
	}
	return "[" + x.PointName(p) + "]"
}

// reasons say why a metric of a cell may have no value.
func reasons() []study.Reason {
	const noThreshold = "all trials agree, or none has a threshold within the synapses: see the printed lines"
	return []study.Reason{
		{Part: "K_star", Why: "no number of synapses up to the most made an NMDA spike"},
		{Part: "supralinearity", Why: "the arithmetic sum is 0"},
		{Part: "mu", Why: noThreshold},
		{Part: "sigma", Why: noThreshold},
		{Part: "theta", Why: "no trial has a threshold within the synapses"},
	}
}
