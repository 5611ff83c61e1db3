package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"neurosim/configs"
	"neurosim/experiments"
	"neurosim/grammar"
)

// temporalCheckpoint is what a study of the temporal memory resumes from: the
// runs that are done.
type temporalCheckpoint struct {
	Done map[int]experiments.TemporalResult
}

// readyToRun refuses a study without its data.
func readyToRun(x *configs.Experiment) error {
	if x.Temporal != nil && x.Temporal.Series != nil && x.Temporal.Series.Values == nil {
		return grammar.Problems{{File: x.File, Key: "stream.file", Rule: "must be given to run: --set stream.file=PATH"}}
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
		j.say("  resumed with %d of %s", len(have), grammar.Count(float64(len(jobs)), "run"))
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
	keep := func() error {
		saved := temporalCheckpoint{map[int]experiments.TemporalResult{}}
		for i := range out {
			if done[i] {
				saved.Done[i] = out[i]
			}
		}
		return j.dir.WriteCheckpoint(saved)
	}
	if err != nil {
		if ctx.Err() == nil {
			return err
		}
		return errors.Join(ctx.Err(), keep())
	}
	j.lap("learn", start)
	if seconds := time.Since(start).Seconds(); count > 0 {
		j.say("  %s in %.3g s (%s per second)", grammar.Count(float64(count), "element"), seconds, grammar.Grouped(float64(count)/seconds))
	}
	if time.Since(start).Seconds() > worthSaving {
		if err := keep(); err != nil {
			return err
		}
	}
	return j.conclude(ctx, experiments.TemporalTables(t, out), func() []experiments.Made { return experiments.TemporalFigures(j.x, out) },
		func() map[string]any { return experiments.Explain(experiments.TemporalMetrics(t, out)) }, keep)
}

// reportSequences says what a study of a sequence memory gave.
func (j *job) reportSequences() error {
	says := func() []string {
		if j.x.Spiking != nil {
			return experiments.SpikingSays(j.x.Spiking, j.found)
		}
		return experiments.TemporalSays(j.x.Temporal, j.found)
	}
	for _, line := range says() {
		j.say("  %s", line)
	}
	j.say("  %s", j.flags.dir)
	return j.print()
}
