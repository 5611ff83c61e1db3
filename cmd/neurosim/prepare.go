package main

import (
	"fmt"
	"slices"
	"strings"

	"neurosim/configs"
	"neurosim/experiments"
	"neurosim/plots"
)

// prepare is the beginning of run, and all of check: it reads a configuration, plans
// its run and says everything that can be known before.
func prepare(file string, o configs.Options) (*configs.Experiment, experiments.Plan, error) {
	x, err := configs.Load(file, o)
	if err != nil {
		return nil, experiments.Plan{}, err
	}
	plan := experiments.NewPlan(x)
	plan.Warnings = append(slices.Clip(plan.Warnings), signWarnings(x)...)
	return x, plan, nil
}

// signWarnings names the signs in figures that no font has.
func signWarnings(x *configs.Experiment) (warnings []string) {
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
