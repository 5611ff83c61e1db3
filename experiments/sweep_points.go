package experiments

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/study"
)

// SweepPoints runs a study at every point of its sweep, points in parallel, without
// recordings, and returns the metrics of each.
func SweepPoints(ctx context.Context, x *configs.Experiment, w *study.Work) ([]map[string]any, error) {
	start, points := time.Now(), x.Points()
	out, err := study.Parts(ctx, w, SweepStage(x), len(points), func(ctx context.Context, p *study.Part) (map[string]any, error) {
		y, err := x.At(points[p.Index])
		if err != nil {
			return nil, err
		}
		within, err := p.Work()
		if err != nil {
			return nil, err
		}
		r, err := Of(y).Run(ctx, within)
		if err != nil {
			return nil, fmt.Errorf("the point of the sweep where %s: %w", x.PointName(points[p.Index]), err)
		}
		maps.DeleteFunc(r.Metrics, func(_ string, v any) bool { return v == nil }) // what has no value is not there
		return r.Metrics, nil
	})
	if err == nil {
		w.Say("  sweep of %s in %.3g s", grammar.Count(float64(len(points)), "run"), time.Since(start).Seconds())
	}
	return out, err
}

// PointsTable returns the metrics of the points of a sweep as a table.
func PointsTable(x *configs.Experiment, metrics []map[string]any) study.NamedTable {
	t := study.NamedTable{Name: "sweep"}
	names := metricNames(metrics)
	t.Header = axisColumns(x)
	t.Header = append(append(t.Header, "repeat", "seed"), names...)
	for i, p := range x.Points() {
		row := append(axisValues(x, p), itoa(p.Repeat), fmt.Sprint(p.Seed))
		for _, name := range names {
			row = append(row, metricText(metrics[i][name]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// metricNames returns the names of all metrics, without reasons for missing ones.
func metricNames(metrics []map[string]any) []string {
	all := map[string]bool{}
	for _, m := range metrics {
		for name := range m {
			all[name] = all[name] || !strings.HasSuffix(name, WhyKey)
		}
	}
	maps.DeleteFunc(all, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(all))
}

// metricText writes a metric in a table: a number with all its digits, as in
// metrics.json; nothing where it has no value.
func metricText(v any) string {
	if f, ok := v.(float64); v == nil || ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return ""
	}
	return fmt.Sprint(v)
}

// metricNumber returns a metric as a number, NaN where it has no value.
func metricNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case nil:
		return math.NaN(), true
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return math.NaN(), false
}

// SweepFigures makes the figures of the metrics of a sweep.
func SweepFigures(x *configs.Experiment, metrics []map[string]any) []study.Figure {
	var all []study.Figure
	for _, f := range x.Figures {
		if f.Sweep != nil {
			all = append(all, study.MakeFigure(f.Name, func() (analysis.Figure, error) { return sweepFigure(x, f, metrics) }))
		}
	}
	return all
}

// sweepFigure draws metrics over the first axis of a sweep: a panel for each, a curve
// for each value of the second axis. Of several runs of a point it draws the mean, with
// their range.
func sweepFigure(x *configs.Experiment, f configs.Figure, metrics []map[string]any) (analysis.Figure, error) {
	fig, names := frame(f), metricNames(metrics)
	across := sweepAxis(x.Sweep.Axes[0], f.Sweep.XLabel)
	for i, name := range f.Sweep.Metrics {
		if !slices.Contains(names, name) {
			return fig, fmt.Errorf("metrics names %q, which no point of the sweep has; there are %s", name, strings.Join(names, ", "))
		}
		label := name
		if i < len(f.Sweep.Labels) {
			label = f.Sweep.Labels[i]
		}
		p := analysis.Panel{X: across, Y: analysis.Axis{Label: label, Log: f.Sweep.Log}, Legend: i == 0 && curvesOf(x) > 1}
		for c := range curvesOf(x) {
			s, err := metricCurve(x, metrics, name, c)
			if err != nil {
				return fig, err
			}
			line := s
			line.Mark, line.Lo, line.Hi = analysis.Line, nil, nil
			p.Series = append(p.Series, line, s)
		}
		fig.Panels = append(fig.Panels, p)
	}
	arrangeIn(&fig, 62)
	says := analysis.Meanings{Markers: "one run each; lines join them"}
	if n := x.Sweep.Repeats; n > 1 {
		says = analysis.Meanings{Markers: fmt.Sprintf("means of %d runs; lines join them", n), Bars: "the range of the runs"}
	}
	return noted(f, fig, says), nil
}

// metricCurve collects a metric along curve c.
func metricCurve(x *configs.Experiment, metrics []map[string]any, name string, c int) (analysis.Series, error) {
	s := analysis.Series{Mark: analysis.Points, Role: analysis.Simulation, Index: c}
	if axes := x.Sweep.Axes; len(axes) > 1 {
		s.Name = shortKey(axes[1].Key) + " = " + unquoted(axes[1].Values[c])
	}
	for i, at := range x.Sweep.Axes[0].Points {
		sum, n, lo, hi := 0.0, 0, math.Inf(1), math.Inf(-1)
		for k, p := range x.Points() {
			if p.At[0] != i || len(p.At) > 1 && p.At[1] != c {
				continue
			}
			y, ok := metricNumber(metrics[k][name])
			if !ok {
				return s, fmt.Errorf("metrics names %q, which is no number but %v", name, metrics[k][name])
			}
			if !math.IsNaN(y) {
				sum, n, lo, hi = sum+y, n+1, min(lo, y), max(hi, y)
			}
		}
		if n == 0 {
			lo, hi = math.NaN(), math.NaN()
		}
		s.X, s.Y, s.Lo, s.Hi = append(s.X, at), append(s.Y, sum/float64(n)), append(s.Lo, lo), append(s.Hi, hi)
	}
	return s, nil
}

// sweepAxis is the horizontal axis of what is drawn over an axis of a sweep.
func sweepAxis(axis grammar.SweepAxis, label string) analysis.Axis {
	a := analysis.Axis{Label: label, Unit: axis.Unit}
	if label == "" {
		a.Label = shortKey(axis.Key)
	}
	if a.Unit == "um" {
		a.Unit = "µm"
	}
	if axis.Unit == "" && strings.HasPrefix(axis.Values[0], `"`) {
		for i, v := range axis.Values {
			a.Ticks = append(a.Ticks, analysis.Tick{At: axis.Points[i], Label: unquoted(v)})
		}
		return a
	}
	a.Log = spansDecades(axis.Points)
	a.Whole = !a.Log && allWhole(axis.Points)
	return a
}
