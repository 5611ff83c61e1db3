package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"neurosim/experiments"
)

// study runs a study of one cell, in place of a network.
func (j *job) study(ctx context.Context) error {
	if j.flags.resume {
		return errors.New("a study of one cell has no checkpoint to resume from; run it again with --overwrite")
	}
	start := time.Now()
	total := experiments.StudyParts(j.x)
	bar := j.progress("  study", float64(total), "parts")
	defer bar.end()
	var mu sync.Mutex
	count := 0
	s, err := experiments.StudyCell(ctx, j.x, j.workers(), func() {
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
	j.cell = &s
	j.warn(s.Warnings)
	return j.conclude(ctx, s.Tables, func() []experiments.Made { return s.Figures }, func() map[string]any { return experiments.Explain(s.Metrics) }, nil)
}

// reportStudy says what came out of a study of one cell.
func (j *job) reportStudy() error {
	for _, line := range j.cell.Says {
		j.say("  %s", line)
	}
	j.say("  %s", j.flags.dir)
	return j.print()
}
