package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"neurosim/plots"
	"neurosim/studies/paper"
)

// reproduceCommand makes figures of the paper and says what of each holds.
func reproduceCommand(ctx context.Context, c *cli, args []string) error {
	began, fs := time.Now(), flag.NewFlagSet("reproduce", flag.ContinueOnError)
	var f jobFlags
	seed := seedFlag{value: 1}
	f.add(fs, "reproduce")
	quick := fs.Bool("quick", false, "small samples: seconds for each figure (the default)")
	full := fs.Bool("full", false, "the paper's sample sizes: minutes")
	fs.Var(&seed, "seed", "seed `N` of all random numbers")
	formats := fs.String("formats", "png", "comma-separated `LIST` of "+strings.Join(plots.Formats, ", "))
	usage := "reproduce [FIGURE...] [--quick|--full] [-o DIR] [--seed N] [--threads N] [--resume]\n"
	for _, s := range paper.Figures() {
		usage += fmt.Sprintf("\n  %-18s %s", s.Name, s.Title)
	}
	names, err := parse(c, fs, args, usage)
	if err != nil {
		return err
	}
	figures, err := chosen(names)
	switch {
	case err != nil:
		return err
	case *quick && *full:
		return usagef("--quick and --full exclude each other")
	}
	list, err := formatList(*formats)
	if err != nil {
		return err
	}
	names = nil
	for _, s := range figures {
		names = append(names, s.Name)
	}
	j := &job{writeup: writeup{cli: c, formats: list}, study: &paper.Study{Figures: figures, Seed: seed.value, Full: *full}, flags: f,
		name: "reproduce", seed: seed.value, again: slices.Concat([]string{"neurosim", "reproduce"}, names, given(fs)),
		asked: []asked{{"the list of figures", strings.Join(names, " ")}, {"--seed", seed.String()}, {"--full", fmt.Sprint(*full)}}}
	return j.run(ctx, began)
}

// chosen returns the studies with the given names, or all, in their own order.
func chosen(names []string) ([]paper.Figure, error) {
	all := paper.Figures()
	if len(names) == 0 {
		return all, nil
	}
	var known []string
	for _, s := range all {
		known = append(known, s.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, usagef("unknown figure %q; figures are %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(all, func(s paper.Figure) bool { return !slices.Contains(names, s.Name) }), nil
}
