package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/network"
	"neurosim/studies/model"
	"neurosim/study"
)

// checkCommand resolves configurations, prints them with their defaults, and
// says what they would build and what theory expects.
func checkCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("check", flag.ContinueOnError)
	var cf configFlags
	cf.add(fs)
	asJSON := fs.Bool("json", false, "print one JSON object instead of the resolved configuration")
	quiet := fs.Bool("quiet", false, "print only warnings and errors")
	sections := fs.Bool("sections", false, "print the sections of compartmental cells instead of the resolved configuration")
	always := fs.Bool("measure", false, "measure the time and memory that a run needs, for at most 2 s, also without a sweep or a fit")
	never := fs.Bool("no-measure", false, "do not measure the time and memory of a sweep or a fit")
	files, err := parse(c, fs, args, "check CONFIG... [--set key=value]... [--seed N] [--json] [--quiet] [--sections] [--measure | --no-measure]")
	if err != nil {
		return err
	}
	if *always && *never {
		return usagef("--measure and --no-measure exclude each other")
	}
	if len(files) == 0 {
		return usagef("check needs a configuration; shipped ones are %s", strings.Join(configs.Shipped(), ", "))
	}
	type report struct {
		File     string             `json:"file"`
		OK       bool               `json:"ok"`
		Problems grammar.Problems   `json:"problems,omitempty"`
		Plan     *study.Plan        `json:"plan,omitempty"`
		Forecast *study.Forecast    `json:"forecast,omitempty"`
		Cost     *cost              `json:"cost,omitempty"`
		Resolved string             `json:"resolved,omitempty"`
		Sections []model.SectionRow `json:"sections,omitempty"`
	}
	var reports []report
	var all grammar.Problems
	for _, file := range files {
		x, plan, err := c.prepare(ctx, file, ".", cf.options())
		var problems grammar.Problems
		if errors.As(err, &problems) {
			all = append(all, problems...)
			r := report{File: file, Problems: problems}
			if *sections {
				r.Sections = c.sectionsOfBad(file, cf.options(), *asJSON)
			}
			reports = append(reports, r)
			continue
		} else if err != nil {
			return err
		}
		r := report{File: x.File, OK: true, Plan: &plan, Resolved: x.Resolved()}
		if *sections {
			if r.Sections, err = sectionsOf(x); err != nil {
				return err
			}
		}
		var forecast study.Forecast
		if !*sections {
			if of, able := x.Study.(study.Forecaster); able {
				forecast = of.Forecast(ctx)
				r.Forecast = &forecast
			}
			plan.Warnings, plan.Notes = slices.Concat(plan.Warnings, forecast.Warnings), slices.Concat(plan.Notes, forecast.Notes, x.Idle())
		}
		long := x.Sweep != nil || x.Fit != nil
		if (long && !*never || *always) && !*quiet && !*sections && plan.Missing == nil {
			measured := measure(ctx, x, plan)
			if r.Cost = &measured; ctx.Err() != nil {
				return ctx.Err()
			}
			forecast.Lines = append(forecast.Lines, measured.line())
		}
		reports = append(reports, r)
		switch {
		case *asJSON:
		case *sections:
			if len(r.Sections) == 0 {
				c.say("%s: no population has sections: none is compartmental", x.File)
			} else if err := printSections(c, r.Sections); err != nil {
				return err
			}
		case *quiet:
			for _, w := range plan.Warnings {
				c.warn("%s: warning: %s", x.File, w)
			}
		default:
			fmt.Fprintf(c.out, "# %s, resolved\n%s", x.File, x.Resolved())
			c.sayPlan(x, plan, forecast.Lines)
		}
	}
	if *asJSON {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(map[string]any{"ok": len(all) == 0, "configs": reports}); err != nil {
			return err
		}
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

// sectionsOf lists the sections of the cells of a configuration, if it describes cells.
func sectionsOf(x *study.Config) ([]model.SectionRow, error) {
	if cells, ok := x.Study.(interface{ Spec() *network.Spec }); ok {
		return model.Sections(cells.Spec())
	}
	return nil, nil
}

// sectionsOfBad lists the sections of a configuration with mistakes, as far as the
// cells can be built.
func (c *cli) sectionsOfBad(file string, o grammar.Options, asJSON bool) []model.SectionRow {
	n := configs.LoadCells(file, o)
	if n == nil {
		return nil
	}
	rows, err := model.Sections(n)
	if err != nil || len(rows) == 0 || asJSON {
		return rows
	}
	if err := printSections(c, rows); err != nil {
		return nil
	}
	return rows
}

// sayPlan prints what would be built, and what is expected of it.
func (c *cli) sayPlan(x *study.Config, p study.Plan, expected []string) {
	c.say("%s", x.File)
	c.say("  %s", p.Size)
	c.say("  %s", p.Lines[0])
	if p.SweepPoints > 0 {
		c.say("  a sweep of %s", grammar.Count(float64(p.SweepPoints), "run"))
	}
	for _, line := range slices.Concat(p.Lines[1:], expected) {
		c.say("  %s", line)
	}
	for _, w := range p.Warnings {
		c.say("  warning: %s", w)
	}
	for _, n := range p.Notes {
		c.say("  note: %s", n)
	}
}
