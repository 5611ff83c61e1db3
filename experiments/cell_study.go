package experiments

import (
	"context"
	"fmt"
	"strings"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/grammar"
)

// A CellStudy is what a study of one cell leaves in its run directory.
type CellStudy struct {
	Tables  []NamedTable
	Figures []Made
	Metrics map[string]any
	Says    []string // what came out, in words

	Warnings []string // what may be wrong with it
}

// A NamedTable is a table with the name of its file.
type NamedTable struct {
	Name string // "tables/uncaging.csv"
	Table
}

// StudyCell runs the study of one cell that x asks for, on workers threads.
// progress is called after each of StudyParts parts, from any goroutine.
func StudyCell(ctx context.Context, x *configs.Experiment, workers int, progress func()) (CellStudy, error) {
	s := CellStudy{Metrics: map[string]any{}}
	if x.Psychometric != nil {
		results, err := PsychometricSweep(ctx, x, workers, progress)
		if err != nil {
			return s, err
		}
		s.Tables = psychometricTables(x, results)
		psychometricMetrics(x, results, &s)
		s.Figures = makeAll(x, func(f configs.Figure) (analysis.Figure, error) { return psychometricFigure(x, f, results), nil })
		return s, nil
	}
	var keep []int
	for _, f := range x.Figures {
		if f.UncagingTraces != nil {
			keep = append(keep, f.UncagingTraces.Counts...)
		}
		if f.Morphology != nil {
			keep = append(keep, f.Morphology.Count)
		}
	}
	results, err := UncagingSweep(ctx, x, workers, keep, progress)
	if err != nil {
		return s, err
	}
	s.Tables = uncagingTables(x, results)
	uncagingMetrics(x, results, &s)
	s.Says, s.Warnings = summary(s.Says), summary(s.Warnings)
	s.Figures = makeAll(x, func(f configs.Figure) (analysis.Figure, error) {
		switch {
		case f.Uncaging != nil:
			return uncagingFigure(x, f, results), nil
		case f.ThresholdCurve != nil:
			return thresholdCurve(x, f, results)
		case f.UncagingTraces != nil:
			return uncagingTraces(x, f, results), nil
		}
		return morphology(f, &results[0]), nil
	})
	return s, nil
}

// StudyParts returns how often StudyCell calls progress.
func StudyParts(x *configs.Experiment) int {
	points := max(1, len(x.Points()))
	if x.Psychometric != nil {
		return points * trialChunks(x.Psychometric.Trials)
	}
	return points
}

// pointColumns are the names of the axes of a sweep, with units, for a table.
func pointColumns(x *configs.Experiment) (header []string) {
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

// pointValues are the values of a point on the axes.
func pointValues(x *configs.Experiment, p grammar.Point) (row []string) {
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
	return strings.Join(parts, ", ")
}

// pointKey is a point as the end of the name of a metric, "" without a sweep.
func pointKey(x *configs.Experiment, p grammar.Point) string {
	if len(p.At) == 0 {
		return ""
	}
	return "[" + x.PointName(p) + "]"
}
