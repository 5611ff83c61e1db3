package temporalmemory

import (
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/published"
	"neurosim/studies/memories"
	"neurosim/study"
)

// makeFigures makes the figures that a study of the temporal memory asks
// for.
func makeFigures(x *Study, results []result) []study.Figure {
	return study.MakeFigures(x.Figures, func(f Figure) (figure.Figure, error) {
		fig := study.Frame(f.Figure)
		runs := "one run"
		if n := seedsOf(x, results); n > 1 {
			runs = fmt.Sprintf("means of %d seeds", n)
		}
		says := figure.Meanings{Lines: runs}
		switch f.Kind {
		case "learning":
			fig.Panels = []figure.Panel{learning(x, &f.Spec, results)}
			says.Ribbon = "their range"
			says.Rings = referenceSays[f.Spec.Reference]
			says.More = []string{"Accuracy: share of the elements that were predicted, a running mean. Dashed: what a perfect memory reaches on average; a stretch of the stream may hold more elements that can be predicted."}
		case "growth":
			growth(&fig, x, &f.Spec, results)
		case "permanences":
			permanences(&fig, x, &f.Spec, results)
			says.Lines = fmt.Sprintf("histograms of one run, bins of %.3g", 1.0/permanenceBins)
		case "error":
			seriesError(&fig, x.Series, results)
			says.Lines = fmt.Sprintf("windows of %d rows, one run", errorWindow(x.Series))
			says.More = []string{"MAPE: sum of absolute errors over the sum of absolute values."}
		case "forecast":
			forecast(&fig, x.Series, results)
		}
		if math.IsNaN(fig.Height) {
			fig.Height = 70
		}
		return study.Noted(f.Figure, fig, says), nil
	})
}

// seedsOf returns how many runs a case of a stream has, 1 for a series.
func seedsOf(t *Study, results []result) int {
	if t.Mixed == nil {
		return 1
	}
	return len(caseResults(t, 0, results))
}

// drawnCases returns the places of the cases that a figure shows.
func drawnCases(t *Study, f *figureSpec) []int {
	var out []int
	for i, c := range t.Mixed.Cases {
		if len(f.Cases) == 0 || slices.Contains(f.Cases, c.Name) {
			out = append(out, i)
		}
	}
	return out
}

// learning draws accuracy against elements: the mean over seeds, a band from the
// lowest to the highest, and the curves of independent programs.
func learning(t *Study, f *figureSpec, results []result) figure.Panel {
	s := t.Mixed.stream(t.Memory.Columns, 0, false)
	p := figure.Panel{
		X:      figure.Axis{Label: "Elements seen", Max: float64(t.Mixed.Elements)},
		Y:      figure.Axis{Label: "Accuracy of prediction", Max: 0.1 * math.Ceil(float64(10*s.Ceiling())+0.5)},
		Legend: true,
		Rules:  []figure.Rule{{Label: "perfect memory, on average", Axis: "y", At: s.Ceiling()}},
	}
	if at := t.Mixed.ChangeAfter; at > 0 {
		p.Rules = append(p.Rules, figure.Rule{Label: changeLabel(t, f), Axis: "x", At: float64(at)})
	}
	var bands, lines, references []figure.Series
	for i, c := range drawnCases(t, f) {
		runs := caseResults(t, c, results)
		name := t.Mixed.Cases[c].Label
		accuracy := memories.Ranged{Runs: len(runs), Of: func(run, k int) float64 { return runs[run].Blocks[k].Accuracy }}
		for _, b := range meanBlocks(runs) {
			accuracy.X, accuracy.Mean = append(accuracy.X, float64(b.Element)), append(accuracy.Mean, b.Accuracy)
		}
		line, band := accuracy.Draw(name, name, i)
		if len(runs) > 1 {
			bands = append(bands, band)
		}
		lines = append(lines, line)
		if ref := reference(f.Reference, &t.Mixed.Cases[c]); len(ref.X) > 0 {
			ref.Index = i
			references = append(references, ref)
		}
	}
	thinOut(references)
	p.Series = slices.Concat(bands, references, lines) // rings are wider than lines
	return p
}

// changeLabel names what happens after the element at which the stream changes.
func changeLabel(t *Study, f *figureSpec) string {
	change, death := false, false
	for _, c := range drawnCases(t, f) {
		change, death = change || t.Mixed.Cases[c].Change, death || t.Mixed.Cases[c].Dead > 0
	}
	switch {
	case change && death:
		return "change, death"
	case change:
		return "sequences change"
	case death:
		return "cells die"
	}
	return ""
}

// referenceSays says what the rings of another program are.
var referenceSays = map[string]string{
	"mixed-stream": "htm.core, means of 5 seeds",
	"cell-death":   "an independent program after the rules of NuPIC, means of 5 seeds; of rings that would hide each other one is drawn",
}

// thinOut takes rings away that would lie on others: of those at one x that are
// closer than a ring, one is drawn, of another case at each x, so that every case
// keeps some.
func thinOut(rings []figure.Series) {
	const apart = 0.035 // of accuracy: about the height of a ring
	places := 0
	for _, s := range rings {
		places = max(places, len(s.X))
	}
	kept := make([]figure.Series, len(rings))
	for k := range places {
		var drawn []float64
		for i := range rings {
			j := (i + k) % len(rings)
			s := &rings[j]
			if k >= len(s.X) || slices.ContainsFunc(drawn, func(y float64) bool { return math.Abs(y-s.Y[k]) < apart }) {
				continue
			}
			drawn = append(drawn, s.Y[k])
			kept[j].Add(s.X[k], s.Y[k])
		}
	}
	for i := range rings {
		rings[i].X, rings[i].Y = kept[i].X, kept[i].Y
	}
}

// reference returns the curve of a case by another program, every 200 elements.
func reference(name string, c *Case) figure.Series {
	s := figure.Series{Mark: figure.Rings, Role: figure.Simulation}
	file, column, value := "", "", 0.0
	switch name {
	case "mixed-stream":
		file, column, value = "tm_mixed_stream", "cells_per_column", float64(c.CellsPerColumn)
		s.Name = "htm.core"
	case "cell-death":
		file, column, value = "tm_cell_death", "dead_fraction", c.Dead
		s.Name = "Independent program"
	default:
		return s
	}
	const every = 200
	for _, row := range published.Rows(file) {
		if e := row.Int("element"); row.Float(column) == value && e%every == 0 {
			s.Add(float64(e), row.Float("accuracy"))
		}
	}
	return s
}

// growth draws segments and synapses against time.
func growth(fig *figure.Figure, t *Study, f *figureSpec, results []result) {
	fig.Cols = 2
	x := figure.Axis{Label: "Elements seen"}
	if t.Series != nil {
		x = figure.Axis{Label: "Row", Max: float64(len(t.Series.Values))}
	} else {
		x.Max = float64(t.Mixed.Elements)
	}
	panel := func(y string, of func(block) float64) figure.Panel {
		p := figure.Panel{X: x, Y: figure.Axis{Label: y}}
		add := func(name string, index int, blocks []block) {
			s := figure.Series{Name: name, Mark: figure.Line, Role: figure.Simulation, Index: index}
			for _, b := range blocks {
				s.Add(float64(b.Element), of(b))
			}
			p.Series = append(p.Series, s)
		}
		if t.Series != nil {
			for i, r := range results {
				add("", i, r.Series.Sizes)
			}
			return p
		}
		for i, c := range drawnCases(t, f) {
			add(t.Mixed.Cases[c].Label, i, meanBlocks(caseResults(t, c, results)))
		}
		if at := t.Mixed.ChangeAfter; at > 0 {
			p.Rules = append(p.Rules, figure.Rule{Label: changeLabel(t, f), Axis: "x", At: float64(at)})
		}
		return p
	}
	fig.Panels = []figure.Panel{
		panel("Segments (thousands)", func(b block) float64 { return float64(b.Segments) / 1e3 }),
		panel("Synapses (millions)", func(b block) float64 { return float64(b.Synapses) / 1e6 }),
	}
	fig.Panels[1].Legend = t.Mixed != nil
	study.Arrange(fig, 70)
}

// permanences draws how many synapses have which permanence, early and at the
// end, a panel for each case.
func permanences(fig *figure.Figure, t *Study, f *figureSpec, results []result) {
	panel := func(title, early string, before, after []int) figure.Panel {
		p := memories.PermanencePanel(1, t.Memory.ConnectedPermanence, "connected", 0, func(k int) float64 { return float64(k) / permanenceBins },
			memories.PermanenceHistogram{Name: early, Index: 1, Counts: before}, memories.PermanenceHistogram{Name: "At the end", Counts: after})
		p.Title = title
		return p
	}
	if t.Series != nil {
		fig.Panels = []figure.Panel{panel("", "After half of the rows", results[0].Series.Half, results[0].Series.After)}
	} else {
		early := "Before the change"
		if t.Mixed.ChangeAfter == 0 {
			early = "After half of the elements"
		}
		for _, c := range drawnCases(t, f) {
			r := caseResults(t, c, results)[0]
			fig.Panels = append(fig.Panels, panel(t.Mixed.Cases[c].Label, early, r.Before, r.After))
		}
		study.Arrange(fig, 70)
	}
	fig.Panels[len(fig.Panels)-1].Legend = true
}

// seriesError draws the error of prediction over time, in windows of two
// seasons, beside that of the value one season earlier, and the anomaly.
func seriesError(fig *figure.Figure, s *seriesStream, results []result) {
	n, window := len(s.Values), errorWindow(s)
	step := max(1, window/2)
	p := figure.Panel{
		X:      figure.Axis{Label: "Row", Max: float64(n)},
		Y:      figure.Axis{Label: "MAPE"},
		Weight: 2,
		Legend: true,
	}
	windows := func(name string, mark figure.Mark, role figure.Role, predicted []float64) {
		score := "nothing to score"
		if mape := mape(s.Values, predicted, s.ScoreFrom, n); !math.IsNaN(mape) {
			score = fmt.Sprintf("%.4f", mape)
		}
		line := figure.Series{Name: fmt.Sprintf("%s: %s from row %d on", name, score, s.ScoreFrom), Mark: mark, Role: role}
		for from := 0; from+window <= n; from += step {
			line.X = append(line.X, float64(from)+float64(float64(window)/2))
			line.Y = append(line.Y, mape(s.Values, predicted, from, from+window))
		}
		for _, y := range line.Y {
			if !math.IsNaN(y) { // a window of zeros or missing values is a gap
				p.Y.Max = max(p.Y.Max, 0.05*math.Ceil(y/0.05))
			}
		}
		p.Series = append(p.Series, line)
	}
	r := results[0].Series
	if s.Season > 0 {
		windows("One season earlier", figure.Dashed, figure.Measurement, r.Seasonal)
	}
	windows("Temporal memory", figure.Line, figure.Simulation, r.Predicted)
	q := figure.Panel{X: p.X, Y: figure.Axis{Label: "Anomaly", Max: 1}}
	line := figure.Series{Mark: figure.Line, Role: figure.Background}
	for from := 0; from+window <= n; from += step {
		sum := 0.0
		for _, a := range r.Anomaly[from : from+window] {
			sum += a
		}
		line.Add(float64(from)+float64(float64(window)/2), sum/float64(window))
	}
	q.Series = []figure.Series{line}
	if s.ScoreFrom > 0 {
		p.Rules = append(p.Rules, figure.Rule{Label: "scored from here", Axis: "x", At: float64(s.ScoreFrom)})
		q.Rules = append(q.Rules, figure.Rule{Axis: "x", At: float64(s.ScoreFrom)})
	}
	fig.Panels, fig.ShareX = []figure.Panel{p, q}, true
}

// errorWindow is over how many rows an error is averaged: two seasons.
func errorWindow(s *seriesStream) int {
	n, window := len(s.Values), 2*s.Season
	if window == 0 {
		window = max(2, n/50)
	}
	return min(window, n)
}

// forecast draws the last two seasons, or a hundred rows, and what was said of
// them.
func forecast(fig *figure.Figure, s *seriesStream, results []result) {
	n := len(s.Values)
	from := max(0, n-max(2*s.Season, 100))
	p := figure.Panel{
		X:      figure.Axis{Label: "Row", Min: float64(from), Max: float64(n)},
		Y:      figure.Axis{Label: s.Value},
		Legend: true,
	}
	add := func(name string, mark figure.Mark, role figure.Role, y []float64) {
		line := figure.Series{Name: name, Mark: mark, Role: role}
		for i := from; i < n; i++ {
			line.Add(float64(i), y[i])
		}
		p.Series = append(p.Series, line)
	}
	add("Observed", figure.Line, figure.Measurement, s.Values)
	add("Predicted "+grammar.Count(float64(s.Ahead), "row")+" before", figure.Line, figure.Simulation, results[0].Series.Predicted)
	fig.Panels = []figure.Panel{p}
}
