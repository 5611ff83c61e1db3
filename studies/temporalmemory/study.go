// Package temporalmemory is the study of the temporal memory in discrete steps (package sequence). On
// a mixed stream, sequences of letters among random patterns, it measures the accuracy of predictions
// while sequences change or cells die (Hawkins & Ahmad 2016, Front. Neural Circuits 10:23). On a series
// of numbers it predicts values some rows ahead, online (Cui, Ahmad & Hawkins 2016, Neural Comput.
// 28:2474).
package temporalmemory

import (
	"context"
	"fmt"
	"math"
	"time"

	"neurosim/grammar"
	"neurosim/study"
)

// A job is one run of a study of the temporal memory, by its place:
// cases slowest, repeats fastest.
type job struct {
	Case   int
	Repeat int
	Steps  int
}

// A result is what one job gave.
type result struct {
	Mixed  mixedResult
	Series seriesResult
}

// runsOf lists the runs of a study.
func runsOf(t *Study) []job {
	cases, steps := 1, 0
	if t.Mixed != nil {
		cases, steps = len(t.Mixed.Cases), t.Mixed.Elements
	} else {
		steps = len(t.Series.Values)
	}
	var jobs []job
	for c := range cases {
		for r := range t.Run.Repeats {
			jobs = append(jobs, job{c, r, steps})
		}
	}
	return jobs
}

// Plan sums up the elements of all runs.
func (t *Study) Plan() study.Plan {
	jobs := runsOf(t)
	cells := int64(t.Memory.Columns) * int64(t.Memory.CellsPerColumn)
	p := study.Plan{Cells: cells, Neurons: cells, MemoryBytes: t.bytes(), Runs: len(jobs)}
	for _, j := range jobs {
		p.Steps += int64(j.Steps)
	}
	p.Size = fmt.Sprintf("a temporal memory of %s; %s", grammar.Count(float64(cells), "cell"), grammar.Count(float64(len(jobs)), "run"))
	p.Lines = []string{fmt.Sprintf("%s in all; memory at most %s a run", grammar.Count(float64(p.Steps), "element"), grammar.FormatBytes(p.MemoryBytes))}
	active := 0
	if t.Mixed != nil {
		active = t.Mixed.Active
	} else {
		active = t.Series.Columns.Active
		if t.Series.Values == nil {
			p.Warnings = append(p.Warnings, "stream.file: no file is named; to run: --set stream.file=PATH")
			p.Missing = grammar.Problems{{File: t.File, Key: "stream.file", Rule: "must be given to run: --set stream.file=PATH"}}
		}
	}
	for _, w := range t.Memory.Warnings(active) {
		p.Warnings = append(p.Warnings, "memory."+w)
	}
	return p
}

// Do runs every run of the study.
func (t *Study) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	start := time.Now()
	results, err := learnAll(ctx, t, w)
	if err != nil {
		return study.Report{}, err
	}
	elements, seconds := float64(t.Plan().Steps), time.Since(start).Seconds()
	w.Say("  %s in %.3g s (%s per second)", grammar.Count(elements, "element"), seconds, grammar.Grouped(elements/seconds))
	r := study.Report{Tables: tables(t, results), Figures: makeFigures(t, results), Metrics: metrics(t, results),
		Reasons: []study.Reason{{Part: "mape", Why: "no row was scored"}, {Part: "lowest_accuracy", Why: "nothing was scored after the change"}}}
	r.Lines = lines(t, r.Metrics)
	return r, nil
}

// learnAll runs every job of a study and returns the results in order.
func learnAll(ctx context.Context, t *Study, w *study.Work) ([]result, error) {
	jobs := runsOf(t)
	of := study.Stage{Name: "learn", Label: "  learning", Unit: "elements", Total: float64(len(jobs) * jobs[0].Steps)}
	return study.Parts(ctx, w, of, len(jobs), func(ctx context.Context, p *study.Part) (r result, err error) {
		job := jobs[p.Index]
		seed := t.Run.Seed + uint64(job.Repeat)
		if t.Mixed != nil {
			r.Mixed, err = runMixed(ctx, mixedCase(t, job.Case, seed), p)
		} else {
			r.Series, err = runSeries(ctx, t, seed, p)
		}
		return r, err
	})
}

// mixedCase is the c-th case of a mixed study.
func mixedCase(t *Study, c int, seed uint64) mixedRun {
	m, k := t.Mixed, &t.Mixed.Cases[c]
	p := t.Memory
	p.CellsPerColumn = k.CellsPerColumn
	before := m.ChangeAfter
	if before == 0 {
		before = m.Elements / 2
	}
	return mixedRun{Memory: p, Stream: m.stream(p.Columns, seed, k.Change), Elements: m.Elements, Dead: k.Dead, DeadBefore: before, Seed: seed}
}

// metrics are the numbers of a study, flat.
func metrics(t *Study, results []result) map[string]any {
	m := map[string]any{}
	if t.Series != nil {
		var runs []seriesResult
		for _, r := range results {
			runs = append(runs, r.Series)
		}
		seriesMetrics(t.Series, runs, m)
		return m
	}
	m["ceiling"] = func() float64 { s := t.Mixed.stream(t.Memory.Columns, 0, false); return s.Ceiling() }()
	for c, k := range t.Mixed.Cases {
		blocks := meanBlocks(caseResults(t, c, results))
		if len(blocks) == 0 {
			continue
		}
		at := func(name string, element int) {
			for _, b := range blocks {
				if b.Element == element {
					m[k.Name+"."+name] = b.Accuracy
				}
			}
		}
		last := blocks[len(blocks)-1]
		if change := t.Mixed.ChangeAfter; change > 0 {
			at("accuracy_before_change", change)
			lowest := math.Inf(1)
			for _, b := range blocks {
				if b.Element > change {
					lowest = min(lowest, b.Accuracy)
				}
			}
			m[k.Name+".lowest_accuracy_after_change"] = lowest
		}
		m[k.Name+".accuracy"], m[k.Name+".anomaly"] = last.Accuracy, last.Anomaly
		m[k.Name+".segments"], m[k.Name+".synapses"] = last.Segments, last.Synapses
		m[k.Name+".segments_that_can_be_active"] = len(caseResults(t, c, results)[0].Learned)
	}
	return m
}

// lines says in words what came out, from the metrics.
func lines(t *Study, m map[string]any) (lines []string) {
	if t.Series != nil {
		line := fmt.Sprintf("error of the prediction of %s ahead (MAPE, from row %v of %v): %.4g", grammar.Count(float64(t.Series.Ahead), "row"), m["score_from"], m["rows"], m["mape"])
		if season, ok := m["mape.season_before"]; ok {
			line += fmt.Sprintf("; of the value a season before: %.4g", season)
		}
		return []string{line}
	}
	lines = append(lines, fmt.Sprintf("the highest accuracy possible amid the noise is %.4g", m["ceiling"]))
	for _, k := range t.Mixed.Cases {
		if _, ok := m[k.Name+".accuracy"]; !ok {
			continue
		}
		line := fmt.Sprintf("%s: accuracy %.4g at the end", k.Name, m[k.Name+".accuracy"])
		if before, ok := m[k.Name+".accuracy_before_change"]; ok {
			line += fmt.Sprintf(" (%.4g before the change, at least %.4g after it)", before, m[k.Name+".lowest_accuracy_after_change"])
		}
		lines = append(lines, fmt.Sprintf("%s, anomaly %.4g; %s, %s", line, m[k.Name+".anomaly"],
			grammar.Count(float64(m[k.Name+".segments"].(int)), "segment"), grammar.Count(float64(m[k.Name+".synapses"].(int)), "synapse")))
	}
	return lines
}

// caseResults returns the results of one case.
func caseResults(t *Study, c int, results []result) []mixedResult {
	var out []mixedResult
	for i, j := range runsOf(t) {
		if j.Case == c {
			out = append(out, results[i].Mixed)
		}
	}
	return out
}

// meanBlocks averages runs block by block.
func meanBlocks(runs []mixedResult) []block {
	if len(runs) == 0 {
		return nil
	}
	out := make([]block, len(runs[0].Blocks))
	n := float64(len(runs))
	for i := range out {
		segments, synapses := 0, 0
		for _, r := range runs {
			b := r.Blocks[i]
			out[i].Element = b.Element
			out[i].Hits += b.Hits / n
			out[i].Anomaly += b.Anomaly / n
			out[i].Accuracy += b.Accuracy / n
			segments += b.Segments
			synapses += b.Synapses
		}
		out[i].Segments, out[i].Synapses = segments/len(runs), synapses/len(runs)
	}
	return out
}

// tables returns the tables of a study.
func tables(t *Study, results []result) []study.NamedTable {
	if t.Mixed == nil {
		return []study.NamedTable{{Name: "runs", Table: runsTable(t, results)}}
	}
	return []study.NamedTable{{Name: "runs", Table: runsTable(t, results)}, {Name: "segments", Table: segmentsTable(t, results)}}
}

// runsTable returns every block of every run of a mixed study, or every row of the runs
// of a series.
func runsTable(t *Study, results []result) (table study.Table) {
	jobs := runsOf(t)
	if t.Mixed != nil {
		table.Text = "Blocks of the stream of every run, a row for each."
		table.Columns = study.Columns([][3]string{
			{"case", "", "name of the case"},
			{"seed", "", "seed of the run"},
			{"element", "", "elements of the stream seen at the end of the block"},
			{"hits", "", "mean of predicted active columns over predicted columns, 0 where none is predicted"},
			{"anomaly", "", "mean share of active columns that were not predicted"},
			{"accuracy", "", "at the end of the block: mean of the last 60 running means of hits, m ← 0.99 m + 0.01 hits"},
			{"segments", "", "segments of the memory"},
			{"synapses", "", "synapses of the memory"},
		})
		for i, r := range results {
			for _, b := range r.Mixed.Blocks {
				table.Add(t.Mixed.Cases[jobs[i].Case].Name, fmt.Sprint(t.Run.Seed+uint64(jobs[i].Repeat)), fmt.Sprint(b.Element),
					study.Measured(b.Hits), study.Measured(b.Anomaly), study.Measured(b.Accuracy), fmt.Sprint(b.Segments), fmt.Sprint(b.Synapses))
			}
		}
		return table
	}
	table.Text = "Rows of the series in every run, a row for each."
	table.Columns = study.Columns([][3]string{
		{"seed", "", "seed of the run"},
		{"row", "", "row of the series, from 0"},
		{"value", "", "value of the series, in its own unit"},
		{"predicted", "", "value that was predicted for this row, in the unit of the series; empty: none was"},
		{"season_before", "", "value one season earlier, in the unit of the series"},
		{"anomaly", "", "share of active columns that were not predicted"},
	})
	for i, r := range results {
		for row := range r.Series.Values {
			table.Add(fmt.Sprint(t.Run.Seed+uint64(jobs[i].Repeat)), fmt.Sprint(row), study.Measured(r.Series.Values[row]),
				study.Measured(r.Series.Predicted[row]), study.Measured(r.Series.Seasonal[row]), study.Measured(r.Series.Anomaly[row]))
		}
	}
	return table
}

// segmentsTable returns the segments that the first run of every case of a mixed study
// has learned.
func segmentsTable(t *Study, results []result) (table study.Table) {
	table.Text = "Segments that the first run of every case has learned, a row for each."
	table.Columns = study.Columns([][3]string{
		{"case", "", "name of the case"},
		{"cell", "", "cell of the segment, from 0"},
		{"predicts", "", "element that the column of the cell stands for"},
		{"synapses", "", "synapses of the segment"},
		{"connected", "", "synapses whose permanence is above the threshold"},
		{"mean_permanence", "", "mean permanence of the synapses, 0 to 1"},
		{"sees", "", "elements that the presynaptic cells stand for"},
	})
	for c, k := range t.Mixed.Cases {
		for _, s := range caseResults(t, c, results)[0].Learned {
			table.Add(k.Name, fmt.Sprint(s.Cell), s.Predicts, fmt.Sprint(s.Synapses), fmt.Sprint(s.Connected), fmt.Sprintf("%.4f", s.Mean), s.Sees)
		}
	}
	return table
}
