package study

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/dictionary"
)

// SweepStage is the stage of the points of a sweep.
func SweepStage() Stage { return Stage{Name: "sweep", Label: "  sweep", Unit: "runs"} }

// SweepPoints runs a study at every point of its sweep, without recordings, and returns
// the metrics of each.
func SweepPoints(ctx context.Context, c *Config, w *Work) ([]map[string]any, error) {
	return EachPoint(ctx, c.Configuration, w, func(ctx context.Context, p *Part, of grammar.Point) (map[string]any, error) {
		at, err := c.At(of)
		if err != nil {
			return nil, err
		}
		within, err := p.inner()
		if err != nil {
			return nil, err
		}
		r, err := at.Study.Do(ctx, within)
		maps.DeleteFunc(r.Metrics, func(_ string, v any) bool { return v == nil }) // what has no value is not there
		return r.Metrics, err
	})
}

// EachPoint calls run for every point of a sweep, points in parallel, and returns the
// results in order.
func EachPoint[T any](ctx context.Context, c *grammar.Configuration, w *Work, run func(ctx context.Context, p *Part, of grammar.Point) (T, error)) ([]T, error) {
	start, points := time.Now(), c.Points()
	out, err := Parts(ctx, w, SweepStage(), len(points), func(ctx context.Context, p *Part) (T, error) {
		r, err := run(ctx, p, points[p.Index])
		return r, AtPoint(c, points[p.Index], err)
	})
	if err == nil {
		w.Say("  sweep of %s in %.3g s", grammar.Count(float64(len(points)), "run"), time.Since(start).Seconds())
	}
	return out, err
}

// AtPoint says of an error at which point of a sweep it is. Problems say so themselves.
func AtPoint(c *grammar.Configuration, p grammar.Point, err error) error {
	if err == nil || c.Sweep == nil || errors.As(err, new(grammar.Problems)) {
		return err
	}
	name := c.PointName(p)
	if c.Sweep.Repeats > 1 {
		name += fmt.Sprintf(", run %d", p.Repeat+1)
	}
	return fmt.Errorf("the point of the sweep where %s: %w", name, err)
}

// PointsTable returns the metrics of the points of a sweep as a table.
func PointsTable(c *Config, metrics []map[string]any) NamedTable {
	t := NamedTable{Name: "sweep"}
	names := metricNames(metrics)
	t.Text, t.Columns = SweepColumns(c.Configuration)
	for _, name := range names {
		t.Columns = append(t.Columns, dictionary.Column{Name: name, Text: "metric of the run, as in metrics.json; names end in their units"})
	}
	for i, p := range c.Points() {
		row := append(AxisValues(c.Configuration, p), strconv.Itoa(p.Repeat), fmt.Sprint(p.Seed))
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

// Whole runs a study with the points of its sweep, and makes all of its figures.
func (c *Config) Whole(ctx context.Context, w *Work) (Report, error) {
	r, err := c.Study.Do(ctx, w)
	if err != nil || c.Sweep == nil {
		return r, err
	}
	return r, c.AddSweep(ctx, w, &r)
}

// AddSweep runs the points of a sweep, unless the study has done so itself, and adds their
// table and their figures to the report.
func (c *Config) AddSweep(ctx context.Context, w *Work, r *Report) error {
	if r.Points == nil {
		var err error
		if r.Points, err = SweepPoints(ctx, c, w); err != nil {
			return err
		}
		r.Tables = append(r.Tables, PointsTable(c, r.Points))
	}
	r.Figures = append(r.Figures, SweepFigures(c, r.Points)...)
	return nil
}

// SweepFigures makes the figures of the metrics of a sweep.
func SweepFigures(c *Config, metrics []map[string]any) []Figure {
	return append(MakeFigures(c.SweepFigures, func(f *grammar.SweepFigure) (figure.Figure, error) { return sweepFigure(c, f, metrics) }),
		MakeFigures(c.HeatMaps, func(f *grammar.HeatMap) (figure.Figure, error) { return heatMap(c, f, metrics) })...)
}

// sweepFigure draws metrics over the first axis of a sweep: a panel for each, a curve for
// each value of the second axis; of three axes a panel for each value of the third. Of several
// runs of a point it draws the mean, with their range.
func sweepFigure(c *Config, f *grammar.SweepFigure, metrics []map[string]any) (figure.Figure, error) {
	fig, names, points := Frame(f.Figure), metricNames(metrics), c.Points()
	across := SweepAxis(c.Sweep.Axes[0], f.XLabel)
	for i, name := range f.Metrics {
		if !slices.Contains(names, name) {
			return fig, fmt.Errorf("metrics names %q, which no point of the sweep has; there are %s", name, strings.Join(names, ", "))
		}
		label := name
		if i < len(f.Labels) {
			label = f.Labels[i]
		}
		for third := range panels(c.Sweep) {
			p := figure.Panel{X: across, Y: figure.Axis{Label: label, Log: f.Log}, Legend: len(fig.Panels) == 0 && Curves(c.Sweep) > 1}
			if len(c.Sweep.Axes) > 2 {
				p.Title = AxisLabel(c.Sweep.Axes[2], third)
			}
			for k := range Curves(c.Sweep) {
				s, err := metricCurve(c, points, metrics, name, k, third)
				if err != nil {
					return fig, err
				}
				if across.Ticks == nil { // between names there is nothing
					line := s
					line.Mark, line.Lo, line.Hi = figure.Line, nil, nil
					p.Series = append(p.Series, line)
				}
				p.Series = append(p.Series, s)
			}
			fig.Panels = append(fig.Panels, p)
		}
	}
	if len(c.Sweep.Axes) > 2 {
		oneScale(fig.Panels)
	}
	Arrange(&fig, 62)
	says := figure.Meanings{Markers: "one run each"}
	if n := c.Sweep.Repeats; n > 1 {
		says = figure.Meanings{Markers: fmt.Sprintf("means of %d runs", n), Bars: "the range of the runs"}
	}
	if across.Ticks == nil {
		says.Markers += "; lines join them"
	} else {
		for i := range fig.Panels { // room for the names at the ends
			fig.Panels[i].X.Min, fig.Panels[i].X.Max = -0.5, float64(len(across.Ticks))-0.5
		}
	}
	return Noted(f.Figure, fig, says), nil
}

// panels is how many panels a metric has.
func panels(s *grammar.Sweep) int {
	if len(s.Axes) > 2 {
		return len(s.Axes[2].Values)
	}
	return 1
}

// oneScale gives panels the same vertical axis, so that they can be compared.
func oneScale(panels []figure.Panel) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range panels {
		_, y := ends(&panels[i])
		lo, hi = min(lo, y[0]), max(hi, y[1])
	}
	if !(lo < hi) {
		return
	}
	for i := range panels {
		a := &panels[i].Y
		a.Min, a.Max = around([2]float64{lo, hi}, a.Log)
	}
}

// metricCurve collects a metric along a curve of a panel.
func metricCurve(c *Config, points []grammar.Point, metrics []map[string]any, name string, curve, panel int) (figure.Series, error) {
	s := figure.Series{Mark: figure.Points, Role: figure.Simulation, Index: curve, X: slices.Clone(c.Sweep.Axes[0].Points)}
	if axes := c.Sweep.Axes; len(axes) > 1 {
		s.Name = AxisLabel(axes[1], curve)
	}
	values := make([][]float64, len(s.X)) // of the runs of each point
	for k, p := range points {
		if len(p.At) > 1 && p.At[1] != curve || len(p.At) > 2 && p.At[2] != panel {
			continue
		}
		y, ok := metricNumber(metrics[k][name])
		if !ok {
			return s, fmt.Errorf("metrics names %q, which is no number but %v", name, metrics[k][name])
		}
		if !math.IsNaN(y) {
			values[p.At[0]] = append(values[p.At[0]], y)
		}
	}
	for _, of := range values {
		y, lo, hi := math.NaN(), math.NaN(), math.NaN()
		if of != nil {
			sum := 0.0
			for _, v := range of {
				sum += v
			}
			y, lo, hi = sum/float64(len(of)), slices.Min(of), slices.Max(of)
		}
		s.Y, s.Lo, s.Hi = append(s.Y, y), append(s.Lo, lo), append(s.Hi, hi)
	}
	return s, nil
}

// Curves is how many curves a sweep gives.
func Curves(s *grammar.Sweep) int {
	if len(s.Axes) > 1 {
		return len(s.Axes[1].Values)
	}
	return 1
}

// SweepColumns are the first columns of a table with a row for each run of a sweep, and what its
// rows are.
func SweepColumns(c *grammar.Configuration) (text string, columns []dictionary.Column) {
	return "The runs of the sweep, a row for each.", append(AxisColumns(c), Columns([][3]string{
		{"repeat", "", "run at the point, from 0"},
		{"seed", "", "seed of the run"},
	})...)
}

// AxisColumns are the axes of a sweep, as columns of a table.
func AxisColumns(c *grammar.Configuration) (columns []dictionary.Column) {
	if c.Sweep == nil {
		return nil
	}
	for _, a := range c.Sweep.Axes {
		name := a.Key
		if a.Unit != "" {
			name += " (" + a.Unit + ")"
		}
		columns = append(columns, dictionary.Column{Name: name, Unit: a.Unit, Text: "value of the key at the point of the sweep"})
	}
	return columns
}

// AxisValues are the values of a point on the axes.
func AxisValues(c *grammar.Configuration, p grammar.Point) (row []string) {
	for j, at := range p.At {
		a := c.Sweep.Axes[j]
		if a.Unit != "" {
			row = append(row, fmt.Sprint(a.Points[at]))
		} else {
			row = append(row, Unquoted(a.Values[at]))
		}
	}
	return row
}

// SpansDecades reports whether the points of an axis are drawn on a logarithmic one:
// all above 0 and over more than a decade.
func SpansDecades(points []float64) bool {
	return len(points) > 2 && slices.Min(points) > 0 && slices.Max(points) >= 30*slices.Min(points)
}

// AllWhole reports whether the points of an axis are whole numbers.
func AllWhole(points []float64) bool {
	return !slices.ContainsFunc(points, func(v float64) bool { return v != math.Trunc(v) })
}

// symbol returns the letter of the field for a key that has one.
func symbol(key string) string {
	return map[string]string{"theta": "θ", "n": "n", "active": "a", "synapses": "s"}[LastPart(key)]
}

// HasSymbol tells whether a figure names a key by the letter of the field.
func HasSymbol(key string) bool { return symbol(key) != "" }

// LastPart returns the last part of a dotted key.
func LastPart(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// ShortKey is how a figure names a key: its symbol, or its last part.
func ShortKey(key string) string {
	if s := symbol(key); s != "" {
		return s
	}
	return spelled(LastPart(key))
}

// spelled writes a part of a key as words.
func spelled(part string) string {
	words := strings.Split(part, "_")
	for i, w := range words {
		if w == "nmda" || w == "ampa" || w == "gaba" {
			words[i] = strings.ToUpper(w)
		}
	}
	return strings.Join(words, " ")
}

// axisName is how a figure names an axis of a sweep: with as much of its key as tells it from
// the others.
func axisName(a grammar.SweepAxis) string {
	if a.Tail < 2 {
		return ShortKey(a.Key)
	}
	parts := strings.Split(a.Key, ".")
	parts = parts[max(0, len(parts)-a.Tail):]
	for i := range parts {
		parts[i] = spelled(parts[i])
	}
	return strings.Join(parts, " ")
}

// AxisLabel names a value of an axis in a figure.
func AxisLabel(a grammar.SweepAxis, i int) string {
	return axisName(a) + " = " + Unquoted(a.Values[i])
}

// Unquoted returns a TOML literal as people read it.
func Unquoted(literal string) string { return strings.Trim(literal, `"`) }

// SweepAxis is the horizontal axis of what is drawn over an axis of a sweep. The unit of the axis is
// drawn after its label, so a label that ends with the unit, as in "Weight (pA)", loses it.
func SweepAxis(axis grammar.SweepAxis, label string) figure.Axis {
	a := figure.Axis{Label: label, Unit: axis.Unit}
	if label == "" {
		a.Label = axisName(axis)
	}
	if a.Unit == "um" {
		a.Unit = "µm"
	}
	for _, unit := range []string{axis.Unit, a.Unit} {
		if bare, has := strings.CutSuffix(a.Label, "("+unit+")"); has && unit != "" {
			a.Label = strings.TrimRight(bare, " ")
		}
	}
	if axis.Unit == "" && strings.HasPrefix(axis.Values[0], `"`) {
		for i, v := range axis.Values {
			a.Ticks = append(a.Ticks, figure.Tick{At: axis.Points[i], Label: Unquoted(v)})
		}
		return a
	}
	a.Log = SpansDecades(axis.Points)
	a.Whole = !a.Log && AllWhole(axis.Points)
	return a
}
