package experiments

import (
	"context"
	"fmt"
	"strings"
	"time"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/neuron"
	"neurosim/study"
)

// cellStudy studies one cell in place of a network: its synapses are activated
// directly.
type cellStudy struct{ x *configs.Experiment }

// Run runs the study at every point of its sweep.
func (s *cellStudy) Run(ctx context.Context, w *study.Work) (study.Report, error) {
	start, r := time.Now(), study.Report{Metrics: map[string]any{}}
	run := s.uncaging
	if s.x.Psychometric != nil {
		run = s.psychometric
	}
	if err := run(ctx, w, &r); err != nil {
		return r, err
	}
	w.Say("  study in %.3g s", time.Since(start).Seconds())
	return r, nil
}

func (s *cellStudy) psychometric(ctx context.Context, w *study.Work, r *study.Report) error {
	results, err := runPsychometric(ctx, s.x, w)
	if err != nil {
		return err
	}
	r.Tables = psychometricTables(s.x, results)
	for i := range results {
		addPoint(r, pointKey(s.x, results[i].Point), results[i].metrics(s.x, r))
	}
	r.Figures = makeAll(s.x, func(f configs.Figure) (analysis.Figure, error) { return psychometricFigure(s.x, f, results), nil })
	return nil
}

func (s *cellStudy) uncaging(ctx context.Context, w *study.Work, r *study.Report) error {
	var keep []int
	for _, f := range s.x.Figures {
		if f.UncagingTraces != nil {
			keep = append(keep, f.UncagingTraces.Counts...)
		}
		if f.Morphology != nil {
			keep = append(keep, f.Morphology.Count)
		}
	}
	results, err := runUncaging(ctx, s.x, w, keep)
	if err != nil {
		return err
	}
	r.Tables = uncagingTables(s.x, results)
	for i := range results {
		addPoint(r, pointKey(s.x, results[i].Point), results[i].metrics(s.x, r))
	}
	r.Lines, r.Warnings = summary(r.Lines), summary(r.Warnings)
	r.Figures = makeAll(s.x, func(f configs.Figure) (analysis.Figure, error) {
		switch {
		case f.Uncaging != nil:
			return uncagingFigure(s.x, f, results), nil
		case f.ThresholdCurve != nil:
			return thresholdCurve(s.x, f, results)
		case f.UncagingTraces != nil:
			return uncagingTraces(s.x, f, results), nil
		}
		tree, err := neuron.NewTree(s.x.Network.Population(s.x.Uncaging.Population).Trees.Sections)
		if err != nil {
			return analysis.Figure{}, err
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
		of, why := strings.CutSuffix(key, WhyKey)
		if of += at; why {
			of += WhyKey
		}
		r.Metrics[of] = v
	}
}

// repeated tells whether the points of a sweep have several runs each.
func repeated(x *configs.Experiment) bool { return x.Sweep != nil && x.Sweep.Repeats > 1 }

// axisColumns are the names of the axes of a sweep, with units, for a table.
func axisColumns(x *configs.Experiment) (header []string) {
	if x.Sweep == nil {
		return nil
	}
	for _, a := range x.Sweep.Axes {
		name := a.Key
		if a.Unit != "" {
			name += " (" + a.Unit + ")"
		}
		header = append(header, name)
	}
	return header
}

// axisValues are the values of a point on the axes.
func axisValues(x *configs.Experiment, p grammar.Point) (row []string) {
	for j, at := range p.At {
		a := x.Sweep.Axes[j]
		if a.Unit != "" {
			row = append(row, fmt.Sprint(a.Points[at]))
		} else {
			row = append(row, unquoted(a.Values[at]))
		}
	}
	return row
}

// pointColumns are the columns that tell the points of a sweep apart.
func pointColumns(x *configs.Experiment) []string {
	if repeated(x) {
		return append(axisColumns(x), "repeat")
	}
	return axisColumns(x)
}

// pointValues are what a point has in these columns.
func pointValues(x *configs.Experiment, p grammar.Point) []string {
	if repeated(x) {
		return append(axisValues(x, p), itoa(p.Repeat))
	}
	return axisValues(x, p)
}

// pointLabel names a point in a legend: by labels, where given, else by the values
// of its axes.
func pointLabel(x *configs.Experiment, p grammar.Point, labels []string, i int) string {
	if i < len(labels) {
		return labels[i]
	}
	var parts []string
	for j, at := range p.At {
		a := x.Sweep.Axes[j]
		parts = append(parts, shortKey(a.Key)+" = "+unquoted(a.Values[at]))
	}
	if repeated(x) {
		parts = append(parts, fmt.Sprintf("run %d", p.Repeat+1))
	}
	return strings.Join(parts, ", ")
}

// pointKey is a point as the end of the name of a metric, "" without a sweep.
func pointKey(x *configs.Experiment, p grammar.Point) string {
	if len(p.At) == 0 {
		return ""
	}
	if repeated(x) {
		return fmt.Sprintf("[%s, repeat = %d]", x.PointName(p), p.Repeat)
	}
	return "[" + x.PointName(p) + "]"
}
