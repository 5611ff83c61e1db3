package experiments

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/network"
	"neurosim/record"
	"neurosim/sweep"
)

// panel is one quantity of an accuracy figure.
type panel struct {
	label  string
	log    bool
	counts func(record.Counts) analysis.Proportion
	theory func(expected) float64
}

// accuracyPanels says what each panel shows, by its name in a configuration.
var accuracyPanels = map[string]panel{
	"detection": {label: "Detection probability",
		counts: func(c record.Counts) analysis.Proportion { return proportion(c.Segments.Detection) },
		theory: func(e expected) float64 { return e.falseNegative().Complement().Value() }},
	"false_negatives": {label: "False-negative rate", log: true,
		counts: func(c record.Counts) analysis.Proportion { return proportion(c.Segments.Detection).Not() },
		theory: func(e expected) float64 { return e.falseNegative().Value() }},
	"false_positives": {label: "False-positive rate", log: true,
		counts: func(c record.Counts) analysis.Proportion { return proportion(c.Segments.Novel) },
		theory: func(e expected) float64 { return e.falsePositive().Value() }},
	"cell_detection": {label: "Detection probability, cell",
		counts: func(c record.Counts) analysis.Proportion { return proportion(c.Cells.Detection) }},
	"cell_false_positives": {label: "False-positive rate, cell", log: true,
		counts: func(c record.Counts) analysis.Proportion { return proportion(c.Cells.Novel) },
		theory: func(e expected) float64 { return e.cellFalsePositive() }},
}

func proportion(t record.Tally) analysis.Proportion {
	return analysis.Proportion{Hits: t.Hits, Trials: t.Trials}
}

// Accuracy draws rates of detection and error over the first axis of the sweep,
// a curve for each value of the second: markers from the simulation with 95 %
// intervals, those of Wilson or of the stratified estimate, lines from theory: equations (4), (6) and (8) of Ahmad &
// Hawkins (2016), and, where spikes are jittered, the scan statistic of package
// theory (T2), with the static theory dashed. Where segments store several patterns,
// the line is the average over the sizes of their union, and equation (14) is dashed.
func Accuracy(ctx context.Context, x *configs.Experiment, f configs.Figure, workers int, results []PointResult) (analysis.Figure, error) {
	axes := x.Sweep.Axes
	curves := 1
	if len(axes) > 1 {
		curves = len(axes[1].Values)
	}
	fig := analysis.Figure{Name: f.Name, Title: f.Title, Width: f.Width, Height: f.Height, Cols: len(f.Accuracy.Panels)}
	if math.IsNaN(fig.Height) {
		fig.Height = min(62, f.Width)
	}
	for i, name := range f.Accuracy.Panels {
		spec := accuracyPanels[name]
		p := analysis.Panel{
			X:      analysis.Axis{Label: xLabel(f.Accuracy, axes[0]), Unit: axes[0].Unit},
			Y:      analysis.Axis{Label: spec.label, Log: spec.log},
			Legend: i == len(f.Accuracy.Panels)-1,
		}
		if !spec.log {
			p.Y.Min, p.Y.Max = 0, 1
		}
		for c := range curves {
			label := "Simulation"
			if curves > 1 {
				label = shortKey(axes[1].Key) + " = " + unquoted(axes[1].Values[c])
			}
			if f.Accuracy.Theory && spec.theory != nil {
				line, simpler, err := theoryCurves(ctx, x, workers, c, spec)
				if err != nil {
					return fig, err
				}
				if line != nil {
					line.Name, line.Index = label, c
					if curves == 1 {
						line.Name = "Theory"
					}
					p.Series = append(p.Series, *line)
				}
				if simpler != nil && !slices.ContainsFunc(p.Series, func(s analysis.Series) bool { return slices.Equal(s.Y, simpler.Y) }) {
					p.Series = append([]analysis.Series{*simpler}, p.Series...)
				}
			}
			s := simulated(x, results, c, spec)
			s.Name, s.Index = label, c
			p.Series = append(p.Series, s)
		}
		fig.Panels = append(fig.Panels, p)
	}
	return fig, nil
}

// simulated collects the points of curve c, repetitions pooled.
func simulated(x *configs.Experiment, results []PointResult, c int, spec panel) analysis.Series {
	s := analysis.Series{Mark: analysis.Points, Role: analysis.Simulation}
	for i, at := range x.Sweep.Axes[0].Points {
		counts, estimate := record.Counts{}, Estimate{}
		for _, r := range results {
			if r.Point.At[0] == i && (len(r.Point.At) < 2 || r.Point.At[1] == c) {
				counts.Add(r.Counts)
				if r.Estimate != nil {
					estimate = estimate.plus(*r.Estimate)
				}
			}
		}
		y, lo, hi := math.NaN(), math.NaN(), math.NaN()
		if p := spec.counts(counts); p.Trials > 0 {
			y = p.Rate()
			lo, hi = p.Wilson(analysis.Z95)
		} else if x.Detection.Estimator == configs.Stratified {
			y, lo, hi = estimate.Probability()
		}
		s.X, s.Y, s.Lo, s.Hi = append(s.X, at), append(s.Y, y), append(s.Lo, lo), append(s.Hi, hi)
	}
	return s
}

// theoryCurves evaluates theory along the first axis: at the points of the
// sweep, or, where the axis is the fraction of swapped cells, at every whole
// number of them. simpler is what the theory becomes without time, or with the
// mean size of a union, where that is another, else nil; both are nil where no
// theory applies.
func theoryCurves(ctx context.Context, x *configs.Experiment, workers, c int, spec panel) (line, simpler *analysis.Series, err error) {
	axis := x.Sweep.Axes[0]
	var at []expected
	var positions []float64
	jittered, united := false, false
	for i, position := range axis.Points {
		point := configs.Point{At: []int{i, c}[:len(x.Sweep.Axes)]}
		y, err := x.At(point)
		if err != nil {
			return nil, nil, err
		}
		e, why := expectedOf(y)
		if why != "" { // warnTheory says it
			return nil, nil, nil
		}
		jittered, united = jittered || e.jitter > 0, united || e.patterns > 1
		at, positions = append(at, e), append(positions, position)
	}
	if strings.HasSuffix(axis.Key, ".swap") {
		at, positions = everySwap(at[0], slices.Max(axis.Points))
	}
	line = &analysis.Series{Mark: analysis.Line, Role: analysis.Theory, X: positions}
	line.Y, _, err = sweep.Map(ctx, workers, len(at), func(i int) (float64, error) {
		if !at[i].drawn() {
			return math.NaN(), nil
		}
		return spec.theory(at[i]), nil
	})
	if err != nil || !jittered && !united {
		return line, nil, err
	}
	simpler = &analysis.Series{Name: "Static theory", Mark: analysis.Dashed, Role: analysis.Background, X: positions}
	if united {
		simpler.Name = "Mean size, equation (14)"
	}
	simpler.Y, _, err = sweep.Map(ctx, workers, len(at), func(i int) (float64, error) {
		e := at[i]
		e.jitter, e.meanSize = 0, true
		return spec.theory(e), nil
	})
	if err != nil || slices.Equal(simpler.Y, line.Y) {
		return line, nil, err
	}
	return line, simpler, nil
}

// everySwap returns e at every whole number of swapped cells up to a fraction.
func everySwap(e expected, most float64) (at []expected, fractions []float64) {
	for v := 0; float64(v) <= math.Round(most*float64(e.a)); v++ {
		e.v = v
		at, fractions = append(at, e), append(fractions, float64(v)/float64(e.a))
	}
	return at, fractions
}

func xLabel(f *configs.AccuracyFigure, axis configs.SweepAxis) string {
	if f.XLabel != "" {
		return f.XLabel
	}
	return shortKey(axis.Key)
}

// symbols are the letters of the field for keys that have one.
var symbols = map[string]string{"theta": "θ", "n": "n", "active": "a", "synapses": "s"}

// shortKey is how a figure names a key: its symbol, or its last part.
func shortKey(key string) string {
	last := key[strings.LastIndexByte(key, '.')+1:]
	if s, ok := symbols[last]; ok {
		return s
	}
	return strings.ReplaceAll(last, "_", " ")
}

func unquoted(literal string) string { return strings.Trim(literal, `"`) }

// SweepTable returns the points of a sweep as a table: header and rows of
// strings.
func SweepTable(x *configs.Experiment, results []PointResult) (header []string, rows [][]string) {
	for _, a := range x.Sweep.Axes {
		name := a.Key
		if a.Unit != "" {
			name += " (" + a.Unit + ")"
		}
		header = append(header, name)
	}
	header = append(header, "repeat", "seed")
	if x.Detection.Estimator == configs.Stratified {
		header = append(header, estimateColumns...)
	} else {
		header = append(header, "presentations", "detection_hits", "detection_trials", "blocked",
			"novel_hits", "novel_trials", "cross_talk_hits", "cross_talk_trials",
			"cell_detection_hits", "cell_detection_trials", "cell_novel_hits", "cell_novel_trials", "latency_ms")
	}
	clock := network.NewClock(x.Run.Dt)
	for _, r := range results {
		var row []string
		for j, a := range x.Sweep.Axes {
			if a.Unit != "" {
				row = append(row, fmt.Sprint(a.Points[r.Point.At[j]]))
			} else {
				row = append(row, unquoted(a.Values[r.Point.At[j]]))
			}
		}
		row = append(row, fmt.Sprint(r.Point.Repeat), fmt.Sprint(r.Point.Seed))
		if r.Estimate != nil {
			rows = append(rows, append(row, r.Estimate.row()...))
			continue
		}
		s, c := r.Counts.Segments, r.Counts.Cells
		latency := ""
		if s.Detection.Hits > 0 {
			latency = fmt.Sprintf("%.6g", clock.Ms(s.Latency)/float64(s.Detection.Hits))
		}
		row = append(row, fmt.Sprint(r.Counts.Presentations),
			fmt.Sprint(s.Detection.Hits), fmt.Sprint(s.Detection.Trials), fmt.Sprint(s.Blocked),
			fmt.Sprint(s.Novel.Hits), fmt.Sprint(s.Novel.Trials), fmt.Sprint(s.CrossTalk.Hits), fmt.Sprint(s.CrossTalk.Trials),
			fmt.Sprint(c.Detection.Hits), fmt.Sprint(c.Detection.Trials), fmt.Sprint(c.Novel.Hits), fmt.Sprint(c.Novel.Trials), latency)
		rows = append(rows, row)
	}
	return header, rows
}
