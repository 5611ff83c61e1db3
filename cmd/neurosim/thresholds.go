package main

import (
	"context"
	"flag"
	"slices"
	"strings"
	"time"

	"neurosim/grammar"
	"neurosim/literature"
	"neurosim/plots"
	"neurosim/results"
	"neurosim/studies/thresholds"
	"neurosim/study"
)

const thresholdsUsage = "thresholds [--n N] [--a A] [--s S] [--noise F] [--segments G] [--factor X] [CONFIG] [--data FILE]... [-o DIR] [--json]"

// thresholdsFlags are the flags of thresholds.
type thresholdsFlags struct {
	configFlags
	jobFlags
	from, values thresholds.Case // defaults; what was given
	group        string
	data         stringList
	formats      string
}

// stringList collects a flag that may be given again.
type stringList []string

func (l *stringList) String() string { return "" }

func (l *stringList) Set(s string) error { *l = append(*l, s); return nil }

// thresholdsCommand compares the best threshold of a neuron with published ones.
func thresholdsCommand(ctx context.Context, c *cli, args []string) error {
	began, fs := time.Now(), flag.NewFlagSet("thresholds", flag.ContinueOnError)
	f := &thresholdsFlags{from: thresholds.DefaultCase()}
	v, d := &f.values, f.from
	fs.IntVar(&v.N, "n", d.N, "presynaptic cells")
	fs.IntVar(&v.A, "a", d.A, "cells active in a pattern")
	fs.IntVar(&v.S, "s", d.S, "synapses of a segment")
	fs.Float64Var(&v.Noise, "noise", d.Noise, "`FRACTION` of the active cells that a shown pattern has lost")
	fs.BoolVar(&v.Readd, "readd", false, "lost cells may come back, as in the authors' later experiments")
	fs.IntVar(&v.Segments, "segments", d.Segments, "segments of a neuron whose false positives are counted")
	fs.Float64Var(&v.Factor, "factor", d.Factor, "the interval contains the thresholds whose error is at most this many times the least")
	fs.IntVar(&v.Theta, "theta", 0, "the threshold that you use; the figure marks it")
	fs.Var((*textFlag)(&f.group), "group", "the group `POPULATION/SEGMENTS` of CONFIG, if it has several")
	fs.Var(&f.data, "data", "CSV `FILE` with more published thresholds; may be repeated")
	fs.StringVar(&f.formats, "formats", "png", "comma-separated `LIST` of "+strings.Join(plots.Formats, ", "))
	f.configFlags.add(fs)
	f.jobFlags.add(fs, "thresholds")
	files, err := parse(c, fs, args, thresholdsUsage)
	if err != nil {
		return err
	}
	if len(files) > 1 {
		return usagef("thresholds takes one configuration; got %s", strings.Join(files, ", "))
	}
	formats, err := formatList(f.formats)
	if err != nil {
		return err
	}
	j := &job{writeup: writeup{cli: c, formats: formats}, flags: f.jobFlags, name: "thresholds", again: slices.Concat([]string{"neurosim", "thresholds"}, files, given(fs))}
	st, err := f.study(ctx, fs, files, j)
	if err != nil {
		return err
	}
	if st.Published, err = literature.Load(f.data, nil); err != nil {
		return err
	}
	for _, name := range f.data {
		file, err := results.HashFile(name)
		if err != nil {
			return err
		}
		j.data = append(j.data, file)
	}
	j.study = st
	fs.Visit(func(given *flag.Flag) {
		if slices.Contains([]string{"n", "a", "s", "noise", "readd", "segments", "factor", "theta", "group"}, given.Name) {
			j.asked = append(j.asked, asked{"--" + given.Name, given.Value.String()})
		}
	})
	return j.run(ctx, began)
}

// study returns the comparison of the segments of the configuration, or of the default
// ones, with what the flags replace.
func (f *thresholdsFlags) study(ctx context.Context, fs *flag.FlagSet, files []string, j *job) (*thresholds.Study, error) {
	st := &thresholds.Study{Candidate: thresholds.Candidate{Target: thresholds.Target{Case: f.from}}}
	if len(files) == 1 {
		x, err := j.load(ctx, files[0], f.options())
		if err != nil {
			return nil, err
		}
		if err := f.choose(x, st); err != nil {
			return nil, err
		}
		j.x, j.seed = x, x.Seed
	} else if f.group != "" || f.set != nil || f.seed.given {
		return nil, usagef("--group, --set and --seed need a configuration")
	}
	if f.values.Theta == 0 && isGiven(fs, "theta") {
		return nil, usagef("--theta = 0: must be at least 1")
	}
	st.Replace = func(c thresholds.Case) thresholds.Case { return f.replace(fs, c) }
	var lines []string
	to := st.Replace(st.Case)
	for _, b := range to.Check() {
		lines = append(lines, "--"+b.Error())
	}
	if lines != nil {
		return nil, usagef("%s", strings.Join(lines, "\nneurosim: "))
	}
	return st, nil
}

// isGiven tells whether a flag was given.
func isGiven(fs *flag.FlagSet, name string) (given bool) {
	fs.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// replace returns a case with what the flags replace.
func (f *thresholdsFlags) replace(fs *flag.FlagSet, to thresholds.Case) thresholds.Case {
	from := f.values
	fs.Visit(func(given *flag.Flag) {
		switch given.Name {
		case "n":
			to.N = from.N
		case "a":
			to.A = from.A
		case "s":
			to.S = from.S
		case "noise":
			to.Noise = from.Noise
		case "readd":
			to.Readd = from.Readd
		case "segments":
			to.Segments = from.Segments
		case "factor":
			to.Factor = from.Factor
		case "theta":
			to.Theta = from.Theta
		}
	})
	return to
}

// choose takes the group of segments of a configuration that is asked for.
func (f *thresholdsFlags) choose(x *study.Config, st *thresholds.Study) error {
	all, err := thresholds.Candidates(x.Study)
	if err != nil {
		return err
	}
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	i := slices.Index(names, f.group)
	switch {
	case len(names) == 0:
		return usagef("%s has no segments that one projection from an sdr population feeds, and no [uncaging] or [psychometric] study of one", x.File)
	case i < 0 && f.group != "":
		return usagef("--group = %s: %s has %s%s", f.group, x.File, strings.Join(names, ", "), grammar.DidYouMean(f.group, names))
	case i < 0 && len(names) > 1:
		return usagef("%s has %s; choose with --group", x.File, strings.Join(names, "; "))
	}
	st.Candidate = all[max(i, 0)]
	return nil
}
