package main

import (
	"context"
	"flag"
	"slices"
	"strings"
	"time"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/studies/convergence"
)

const convergeUsage = "converge CONFIG [-o DIR] [--set key=value]... [--seed N] [--threads N] [--json]"

// convergeCommand runs a configuration at dt, dt/2 and dt/4 and says what still moves.
func convergeCommand(ctx context.Context, c *cli, args []string) error {
	began, fs := time.Now(), flag.NewFlagSet("converge", flag.ContinueOnError)
	var cf configFlags
	var jf jobFlags
	cf.add(fs)
	jf.add(fs, "CONFIG-converge")
	files, err := parse(c, fs, args, convergeUsage)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return usagef("converge takes one configuration; shipped ones are %s", strings.Join(configs.Shipped(), ", "))
	}
	o := cf.options()
	st := &convergence.Study{}
	j := &job{writeup: writeup{cli: c, formats: []string{"png"}}, flags: jf, again: slices.Concat([]string{"neurosim", "converge"}, files, given(fs))}
	for _, divisor := range convergence.Divisors {
		at := o
		if divisor > 1 {
			dt := st.Dt[0] / float64(divisor)
			at.Set = append(slices.Clip(o.Set), grammar.Override{Key: "run.dt", Value: grammar.FormatNumber(dt) + " ms"})
		}
		x, err := j.load(ctx, files[0], at)
		if err != nil {
			return err
		}
		if divisor == 1 {
			stepped, ok := x.Study.(interface{ TimeStep() float64 })
			if !ok {
				return usagef("%s has no time step", x.File)
			}
			st.Dt = append(st.Dt, stepped.TimeStep())
			j.x, j.seed, j.name, j.formats = x, x.Seed, baseName(x.File)+"-converge", x.Output.Formats
		} else {
			st.Dt = append(st.Dt, st.Dt[0]/float64(divisor))
		}
		st.At = append(st.At, x)
	}
	j.study = st
	if j.plan = planned(j.x, st.Plan()); j.plan.Missing != nil {
		return j.plan.Missing
	}
	return j.run(ctx, began)
}
