package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"neurosim/experiments"
	"neurosim/grammar"
)

// spikingCheckpoint is what a study of the spiking memory resumes from: what is
// done of every network.
type spikingCheckpoint struct {
	Runs map[int]experiments.SpikingResult
}

// spiking runs a study of the spiking sequence memory: its networks, its tables,
// its figures.
func (j *job) spiking(ctx context.Context) error {
	start := time.Now()
	s := j.x.Spiking
	from := spikingCheckpoint{map[int]experiments.SpikingResult{}}
	total := s.Run.Repeats * s.Run.Episodes
	if j.flags.resume {
		if err := j.dir.ReadCheckpoint(&from); err != nil {
			return err
		}
		for _, r := range from.Runs {
			total -= len(r.Episodes)
		}
		j.say("  resumed; %s left", grammar.Count(float64(total), "episode is", "episodes are"))
	}
	bar := j.progress("  learning", float64(total), "episodes")
	defer bar.end()
	var mu sync.Mutex
	count := 0
	out, err := experiments.RunSpiking(ctx, s, j.threads, from.Runs, func() {
		mu.Lock()
		defer mu.Unlock()
		count++
		bar.at(float64(count))
	})
	bar.end()
	keep := func() error {
		saved := spikingCheckpoint{map[int]experiments.SpikingResult{}}
		for i := range out {
			if out[i].Episodes != nil {
				saved.Runs[i] = out[i]
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
		model := float64(count) * s.Task.EpisodeMs() / 1000
		j.say("  %s, %.4g s, in %.3g s (%.3g times real time)", grammar.Count(float64(count), "episode"), model, seconds, model/seconds)
	}
	if time.Since(start).Seconds() > worthSaving {
		if err := keep(); err != nil {
			return err
		}
	}
	return j.conclude(ctx, experiments.SpikingTables(s, out), func() []experiments.Made { return experiments.SpikingFigures(j.x, out) },
		func() map[string]any { return experiments.Explain(experiments.SpikingMetrics(s, out)) }, keep)
}
