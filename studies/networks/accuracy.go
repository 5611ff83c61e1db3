package networks

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/network"
	"neurosim/record"
	"neurosim/study"
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

// accuracy draws rates of detection and error over the first axis of the sweep,
// a curve for each value of the second: markers from the simulation with 95 %
// intervals, those of Wilson or of the stratified estimate, lines from theory: equations (4), (6) and (8) of Ahmad &
// Hawkins (2016), and, where spikes are jittered, the scan statistic of package
// theory (T2), with the static theory dashed. Where segments store several patterns,
// the line is the average over the sizes of their union, and equation (14) is dashed.
func accuracy(ctx context.Context, x *Study, f Figure, workers int, results []PointResult) (figure.Figure, error) {
	axes := x.Sweep.Axes
	curves := study.Curves(x.Sweep)
	fig, shared := study.Frame(f.Figure), &detections{}
	spread := study.SpansDecades(axes[0].Points)
	for i, name := range f.Accuracy.Panels {
		spec := accuracyPanels[name]
		p := figure.Panel{
			X:      figure.Axis{Label: xLabel(f.Accuracy, axes[0]), Unit: axes[0].Unit, Log: spread, Whole: !spread && study.AllWhole(axes[0].Points)},
			Y:      figure.Axis{Label: spec.label, Log: spec.log},
			Legend: i == len(f.Accuracy.Panels)-1,
		}
		if !spec.log {
			p.Y.Min, p.Y.Max = 0, 1
		}
		for c := range curves {
			label := "Simulation"
			if curves > 1 {
				if label = study.AxisLabel(axes[1], c); !study.HasSymbol(axes[1].Key) {
					label = strings.ToUpper(label[:1]) + label[1:]
				}
			}
			if f.Accuracy.Theory && spec.theory != nil {
				line, simpler, err := theoryCurves(ctx, x, workers, c, spec, shared)
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
				if simpler != nil && !slices.ContainsFunc(p.Series, func(s figure.Series) bool { return slices.Equal(s.Y, simpler.Y) }) {
					p.Series = append(p.Series, *simpler)
				}
			}
			s := simulated(x, results, c, spec)
			s.Name, s.Index = label, c
			p.Series = append(p.Series, s)
		}
		// Lines, over them the dashes of a simpler theory, which would be lost
		// below a line that they follow, and markers on top.
		slices.SortStableFunc(p.Series, func(a, b figure.Series) int { return depth(a) - depth(b) })
		fig.Panels = append(fig.Panels, p)
	}
	study.Arrange(&fig, 62)
	says, err := accuracySays(x, f, results)
	return study.Noted(f.Figure, fig, says), err
}

// depth orders the series of an accuracy panel from back to front.
func depth(s figure.Series) int {
	return map[figure.Mark]int{figure.Dashed: 1, figure.Points: 2}[s.Mark]
}

// accuracySays says what the marks of an accuracy figure are: of the points of the
// sweep, which need not be like the run.
func accuracySays(x *Study, f Figure, results []PointResult) (figure.Meanings, error) {
	m := figure.Meanings{Bars: figure.WilsonIntervals, Markers: "simulation, n = " + trialsSay(x, f, results)}
	if x.Detection.Estimator == Stratified {
		m.Markers = fmt.Sprintf("simulation, %d stratified trials each", x.Detection.Trials)
		m.Bars = "95 % intervals of the stratified estimate"
	}
	var equations []string
	for _, e := range []struct{ says, panel string }{
		{"(6)", "detection"}, {"(6)", "false_negatives"}, {"(4)", "false_positives"}, {"(8)", "cell_false_positives"},
	} {
		if slices.Contains(f.Accuracy.Panels, e.panel) && !slices.Contains(equations, e.says) {
			equations = append(equations, e.says)
		}
	}
	noun := "equation "
	if len(equations) > 1 {
		noun = "equations "
	}
	static := noun + strings.Join(equations, " and ") + " of Ahmad & Hawkins 2016"
	m.Lines = "theory, " + static
	jittered, still, united := false, false, false
	for _, p := range x.Points() {
		y, err := x.At(p)
		if err != nil {
			return m, err
		}
		e, _ := expectedOf(y)
		jittered, still, united = jittered || e.jitter > 0, still || e.jitter == 0, united || e.patterns > 1
	}
	switch {
	case united:
		m.Lines += " averaged over the sizes of the union"
		m.Dashed = "their equation (14), the mean size in place of the sizes"
	case jittered && still:
		m.Lines = "theory, " + static + ", and with jitter the scan statistic"
		m.Dashed = "theory without time, " + static
	case jittered:
		m.Lines = "theory, the scan statistic of jittered spikes"
		m.Dashed = "theory without time, " + static
	}
	return m, nil
}

// trialsSay says how many trials the markers have, of each panel where they differ.
func trialsSay(x *Study, f Figure, results []PointResult) string {
	var parts []string
	for _, name := range f.Accuracy.Panels {
		least, most := int64(math.MaxInt64), int64(0)
		for c := range study.Curves(x.Sweep) {
			for k := range x.Sweep.Axes[0].Points {
				if n := accuracyPanels[name].counts(pooledAt(x, results, k, c)).Trials; n > 0 {
					least, most = min(least, n), max(most, n)
				}
			}
		}
		switch {
		case most == 0:
			parts = append(parts, "no trials")
		case most == 1:
			parts = append(parts, "1 trial")
		case least == most:
			parts = append(parts, fmt.Sprintf("%d trials", most))
		default:
			parts = append(parts, fmt.Sprintf("%d to %d trials", least, most))
		}
	}
	if len(slices.Compact(slices.Clone(parts))) == 1 {
		return parts[0]
	}
	for i := range parts {
		parts[i] += fmt.Sprintf(" (%c)", 'a'+i)
	}
	return strings.Join(parts, ", ")
}

// pooledAt returns the counts of point i of curve c, repetitions together.
func pooledAt(x *Study, results []PointResult, i, c int) (counts record.Counts) {
	for _, r := range results {
		if r.Point.At[0] == i && (len(r.Point.At) < 2 || r.Point.At[1] == c) {
			counts.Add(r.Counts)
		}
	}
	return counts
}

// simulated collects the points of curve c, repetitions pooled.
func simulated(x *Study, results []PointResult, c int, spec panel) figure.Series {
	s := figure.Series{Mark: figure.Points, Role: figure.Simulation}
	for i, at := range x.Sweep.Axes[0].Points {
		counts, estimate := pooledAt(x, results, i, c), Estimate{}
		for _, r := range results {
			if r.Estimate != nil && r.Point.At[0] == i && (len(r.Point.At) < 2 || r.Point.At[1] == c) {
				estimate = estimate.plus(*r.Estimate)
			}
		}
		y, lo, hi := math.NaN(), math.NaN(), math.NaN()
		if p := spec.counts(counts); p.Trials > 0 {
			y = p.Rate()
			lo, hi = p.Wilson(analysis.Z95)
		} else if x.Detection.Estimator == Stratified {
			y, lo, hi = estimate.Probability()
		}
		s.AddInterval(at, y, lo, hi)
	}
	return s
}

// theoryCurves evaluates theory along the first axis: at the points of the sweep, and
// between them where theory knows what lies there (see between). simpler is what the
// theory becomes without time, or with the mean size of a union, where that is
// another, else nil; both are nil where no theory applies.
func theoryCurves(ctx context.Context, x *Study, workers, c int, spec panel, shared *detections) (line, simpler *figure.Series, err error) {
	axis := x.Sweep.Axes[0]
	var at []expected
	var positions []float64
	jittered, united := false, false
	for i, position := range axis.Points {
		point := grammar.Point{At: []int{i, c}[:len(x.Sweep.Axes)]}
		y, err := x.At(point)
		if err != nil {
			return nil, nil, err
		}
		e, why := expectedOf(y)
		if why != "" { // warnTheory says it
			return nil, nil, nil
		}
		jittered, united = jittered || e.jitter > 0, united || e.patterns > 1
		e.shared = shared
		at, positions = append(at, e), append(positions, position)
	}
	at, positions = between(study.LastPart(axis.Key), at, positions)
	line = &figure.Series{Mark: figure.Line, Role: figure.Theory, X: positions}
	line.Y, _, err = sweep.Map(ctx, workers, len(at), func(i int) (float64, error) {
		if !at[i].drawn() {
			return math.NaN(), nil
		}
		return spec.theory(at[i]), nil
	})
	if err != nil || !jittered && !united {
		return line, nil, err
	}
	simpler = &figure.Series{Name: "Static theory", Mark: figure.Dashed, X: positions}
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

// between returns e along an axis as finely as a line needs: at every whole number of
// swapped cells or of stored patterns, at equal steps of jitter, at equal factors of
// the size of the population. What lies between the points of another key, or of
// another population, is not known; there the line joins the points.
func between(key string, at []expected, positions []float64) ([]expected, []float64) {
	lo, hi := slices.Min(positions), slices.Max(positions)
	e := at[0]
	var fine []expected
	var where []float64
	add := func(x float64) { fine, where = append(fine, e), append(where, x) }
	varies := func(of func(e expected) float64) bool {
		for i := range at {
			if of(at[i]) != positions[i] {
				return false
			}
		}
		return true
	}
	const steps = 12 // of jitter in one window
	switch {
	case key == "swap":
		return everySwap(e, hi)
	case key == "jitter" && varies(func(e expected) float64 { return e.jitter }):
		// Steps of the window, so that the probabilities are those of every window.
		for k := 0; float64(float64(k)*e.window)/steps <= hi; k++ {
			if e.jitter = float64(float64(k)*e.window) / steps; e.jitter >= lo {
				e.ratio = float64(k) / steps
				add(e.jitter)
			}
		}
	case key == "n" && varies(func(e expected) float64 { return float64(e.n) }):
		e.known = sync.OnceValue(e.response) // of the spikes, whatever n is
		for _, x := range logSteps(lo, hi) {
			e.n = int(x)
			add(x)
		}
	case key == "patterns" && varies(func(e expected) float64 { return float64(e.patterns) }):
		for x := lo; x <= hi; x++ {
			e.patterns = int(x)
			add(x)
		}
	default:
		return at, positions
	}
	return fine, where
}

// logSteps returns whole numbers from lo to hi, each at most a twentieth above the one
// before it, and hi.
func logSteps(lo, hi float64) (at []float64) {
	for n := lo; n < hi; n = math.Ceil(n * 1.05) {
		at = append(at, n)
	}
	return append(at, hi)
}

// everySwap returns e at every whole number of swapped cells up to a fraction.
func everySwap(e expected, most float64) (at []expected, fractions []float64) {
	for v := 0; float64(v) <= math.Round(most*float64(e.a)); v++ {
		e.v = v
		at, fractions = append(at, e), append(fractions, float64(v)/float64(e.a))
	}
	return at, fractions
}

func xLabel(f *accuracySpec, axis grammar.SweepAxis) string {
	if f.XLabel != "" {
		return f.XLabel
	}
	return study.ShortKey(axis.Key)
}

// sweepTable returns the points of a sweep.
func sweepTable(x *Study, results []PointResult) (t study.Table) {
	t.Text, t.Columns = study.SweepColumns(x.Configuration)
	if x.Detection.Estimator == Stratified {
		t.Columns = append(t.Columns, EstimateColumns()...)
	} else {
		t.Columns = append(t.Columns, study.Columns([][3]string{
			{"presentations", "", "presentations that lie whole in the run"},
			{"detection_hits", "", "trials with an NMDA spike, of detection_trials"},
			{"detection_trials", "", "pairs of a segment and a presentation of a pattern that it stores"},
			{"blocked", "", "trials without one whose segment was in a plateau when the pattern came"},
			{"novel_hits", "", "trials with an NMDA spike, of novel_trials: false positives"},
			{"novel_trials", "", "pairs of a segment and a presentation of a novel pattern"},
			{"cross_talk_hits", "", "trials with an NMDA spike, of cross_talk_trials"},
			{"cross_talk_trials", "", "pairs of a segment and a presentation of a stored pattern that it does not store"},
			{"cell_detection_hits", "", "trials with an NMDA spike on any segment of the cell, of cell_detection_trials"},
			{"cell_detection_trials", "", "pairs of a cell and a presentation of a pattern that a segment of it stores"},
			{"cell_novel_hits", "", "trials with an NMDA spike on any segment of the cell, of cell_novel_trials"},
			{"cell_novel_trials", "", "pairs of a cell and a presentation of a novel pattern"},
			{"latency_ms", "ms", "mean time from the beginning of a presentation to the NMDA spike that detects it"},
		})...)
	}
	clock := network.NewClock(x.Run.Dt)
	for _, r := range results {
		row := append(study.AxisValues(x.Configuration, r.Point), fmt.Sprint(r.Point.Repeat), fmt.Sprint(r.Point.Seed))
		if r.Estimate != nil {
			t.Add(append(row, r.Estimate.Row()...)...)
			continue
		}
		s, c := r.Counts.Segments, r.Counts.Cells
		latency := study.Measured(clock.Ms(s.Latency) / float64(s.Detection.Hits)) // of no hits it is none
		t.Add(append(row, fmt.Sprint(r.Counts.Presentations),
			fmt.Sprint(s.Detection.Hits), fmt.Sprint(s.Detection.Trials), fmt.Sprint(s.Blocked),
			fmt.Sprint(s.Novel.Hits), fmt.Sprint(s.Novel.Trials), fmt.Sprint(s.CrossTalk.Hits), fmt.Sprint(s.CrossTalk.Trials),
			fmt.Sprint(c.Detection.Hits), fmt.Sprint(c.Detection.Trials), fmt.Sprint(c.Novel.Hits), fmt.Sprint(c.Novel.Trials), latency)...)
	}
	return t
}
