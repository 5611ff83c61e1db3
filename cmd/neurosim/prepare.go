package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/internal/rescue"
	"neurosim/plots"
	"neurosim/results"
	"neurosim/study"
)

// prepare is the beginning of run, and all of check: it reads a configuration, plans
// its run, which would be written below dir, "" where it records nothing, and says
// everything that can be known before.
func (c *cli) prepare(ctx context.Context, file, dir string, o grammar.Options) (*study.Config, study.Plan, error) {
	x, err := c.load(ctx, file, o)
	if err != nil {
		return nil, study.Plan{}, err
	}
	plan := planned(x, x.Study.Plan())
	plan.SweepPoints = len(x.Points())
	if free, ok := results.Free(dir); ok && dir != "" && plan.DiskBytes > float64(free) {
		return nil, plan, fmt.Errorf("%s: the recordings need about %s of disk; %s has %s", x.File, grammar.FormatBytes(plan.DiskBytes), dir, grammar.FormatBytes(float64(free)))
	}
	return x, plan, nil
}

// planned adds what reading the configuration has told to a plan.
func planned(x *study.Config, p study.Plan) study.Plan {
	p.Warnings, p.Notes = slices.Concat(x.Warnings, p.Warnings, signWarnings(x)), x.Notes
	return p
}

// load is configs.Load that ends when ctx is done.
func (c *cli) load(ctx context.Context, file string, o grammar.Options) (*study.Config, error) {
	return awaited(ctx, func() (*study.Config, error) { return configs.Load(c.kinds, file, o) })
}

// awaited reads what may come from a pipe that no one writes, and gives up when ctx is done.
func awaited[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		x   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		r.err = rescue.Do(func() (err error) {
			r.x, err = read()
			return err
		})
		done <- r
	}()
	select {
	case r := <-done:
		return r.x, r.err
	case <-ctx.Done():
	}
	// What is there is read in no time, and what follows says how it ended; only what may never
	// come is given up.
	select {
	case r := <-done:
		return r.x, r.err
	case <-time.After(patience):
		var none T
		return none, ctx.Err()
	}
}

// patience is how long an interrupted command waits for what it reads.
const patience = 3 * time.Second

// signWarnings names the signs in figures that no font has.
func signWarnings(x *study.Config) (warnings []string) {
	for _, t := range x.FigureTexts() {
		missing, apart := plots.Missing(t.Text)
		for _, of := range []struct {
			signs []rune
			rule  string
		}{{missing, "no font has %s; a box is drawn instead"}, {apart, "%s drawn one by one from left to right, not as their script is written"}} {
			if of.signs == nil {
				continue
			}
			var names []string
			for _, r := range of.signs {
				names = append(names, fmt.Sprintf("%q (%U)", r, r))
			}
			warnings = append(warnings, t.Key+": "+fmt.Sprintf(of.rule, strings.Join(names, ", ")))
		}
	}
	return warnings
}
