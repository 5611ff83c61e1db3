package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"neurosim/configs"
	"neurosim/experiments"
	"neurosim/results"
)

// temporalCheckpoint is what a study of the temporal memory resumes from: the
// runs that are done.
type temporalCheckpoint struct {
	Done map[int]experiments.TemporalResult
}

// readyToRun refuses a study without its data.
func readyToRun(x *configs.Experiment) error {
	if x.Temporal != nil && x.Temporal.Series != nil && x.Temporal.Series.Values == nil {
		return configs.Problems{{File: x.File, Key: "stream.file", Rule: "must be given to run: --set stream.file=PATH"}}
	}
	return nil
}

// temporal runs a study of the temporal memory: its runs, its table, its
// figures.
func (j *job) temporal(ctx context.Context) error {
	start := time.Now()
	t := j.x.Temporal
	jobs := experiments.TemporalJobs(t)
	have := map[int]experiments.TemporalResult{}
	if j.flags.resume {
		var from temporalCheckpoint
		if err := j.dir.ReadCheckpoint(&from); err != nil {
			return err
		}
		have = from.Done
		j.say("  resumed with %d of %d runs", len(have), len(jobs))
	}
	total := 0
	for i := range jobs {
		if _, done := have[i]; !done {
			total += jobs[i].Steps
		}
	}
	bar := j.progress("  learning", float64(total), "elements")
	defer bar.end()
	var mu sync.Mutex
	count := 0
	out, done, err := experiments.RunTemporal(ctx, t, j.threads, have, func(steps int) {
		mu.Lock()
		defer mu.Unlock()
		count += steps
		bar.at(float64(count))
	})
	bar.end()
	if err != nil {
		if ctx.Err() == nil {
			return err
		}
		saved := temporalCheckpoint{map[int]experiments.TemporalResult{}}
		for i := range out {
			if done[i] {
				saved.Done[i] = out[i]
			}
		}
		return errors.Join(ctx.Err(), j.dir.WriteCheckpoint(saved))
	}
	j.lap("learn", start)
	if seconds := time.Since(start).Seconds(); count > 0 {
		j.say("  %s elements in %.3g s (%.4g per second)", grouped(float64(count)), seconds, float64(count)/seconds)
	}
	header, rows := experiments.TemporalTable(t, out)
	if err := j.table("tables/runs.csv", header, rows); err != nil {
		return err
	}
	if t.Mixed != nil {
		header, rows := experiments.LearnedTable(t, out)
		if err := j.table("tables/segments.csv", header, rows); err != nil {
			return err
		}
	}
	start = time.Now()
	if err := j.draw(experiments.TemporalFigures(j.x, out)); err != nil {
		return err
	}
	j.lap("figures", start)
	j.learned = experiments.Explain(experiments.TemporalMetrics(t, out))
	if err := j.dir.WriteMetrics(j.learned); err != nil {
		return err
	}
	return j.dir.Finish(j.record)
}

// table writes one table of a study.
func (j *job) table(name string, header []string, rows [][]string) error {
	return j.dir.WriteTo(name, func(w io.Writer) error {
		c := csv.NewWriter(w)
		c.Write(header) // errors surface in Error
		c.WriteAll(rows)
		return c.Error()
	})
}

// reportSequences says what a study of a sequence memory gave.
func (j *job) reportSequences() error {
	for _, key := range slices.Sorted(maps.Keys(j.learned)) {
		text := fmt.Sprint(j.learned[key])
		if x, ok := j.learned[key].(float64); ok {
			text = fmt.Sprintf("%.4f", x)
		}
		j.say("  %s = %s", key, text)
	}
	j.say("  %s", j.flags.dir)
	if !j.flags.asJSON {
		return nil
	}
	enc := json.NewEncoder(j.out)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"directory": j.flags.dir, "outcome": results.Done, "metrics": j.learned, "timings": j.record.Timings, "warnings": j.plan.Warnings})
}
