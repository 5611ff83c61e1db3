package main

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"sync"
	"time"

	"neurosim/experiments"
	"neurosim/results"
)

// study runs a study of one cell, in place of a network.
func (j *job) study(ctx context.Context) error {
	if j.flags.resume {
		return errors.New("a study of one cell has no checkpoint to resume from; run it again with --overwrite")
	}
	start := time.Now()
	workers := j.flags.threads
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	total := experiments.StudyParts(j.x)
	bar := j.progress("  study", float64(total), "parts")
	defer bar.end()
	var mu sync.Mutex
	count := 0
	s, err := experiments.StudyCell(ctx, j.x, workers, func() {
		mu.Lock()
		defer mu.Unlock()
		count++
		bar.at(float64(count))
	})
	bar.end()
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return err
	}
	j.lap("study", start)
	j.say("  study in %.3g s", time.Since(start).Seconds())
	start = time.Now()
	for _, t := range s.Tables {
		if err := j.table(t.Name, t.Header, t.Rows); err != nil {
			return err
		}
	}
	if err := j.draw(s.Figures); err != nil {
		return err
	}
	j.lap("figures", start)
	if err := j.dir.WriteMetrics(experiments.Explain(s.Metrics)); err != nil {
		return err
	}
	j.cell = &s
	j.warn(s.Warnings)
	return j.dir.Finish(j.record)
}

// reportStudy says what came out of a study of one cell.
func (j *job) reportStudy() error {
	for _, line := range j.cell.Says {
		j.say("  %s", line)
	}
	j.say("  %s", j.flags.dir)
	if !j.flags.asJSON {
		return nil
	}
	enc := json.NewEncoder(j.out)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"directory": j.flags.dir, "outcome": results.Done, "metrics": j.cell.Metrics, "timings": j.record.Timings, "warnings": j.plan.Warnings})
}
