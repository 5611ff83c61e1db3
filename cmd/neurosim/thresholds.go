package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"

	"neurosim/configs"
	"neurosim/experiments"
	"neurosim/grammar"
	"neurosim/internal/rescue"
	"neurosim/plots"
	"neurosim/results"
)

const thresholdsUsage = "thresholds [--n N] [--a A] [--s S] [--noise F] [--segments G] [--factor X] [CONFIG] [--data FILE]... [-o DIR] [--json]"

// thresholdsFlags are the flags of thresholds.
type thresholdsFlags struct {
	configFlags
	from, values experiments.ThresholdCase // defaults; what was given
	group        string
	data         stringList
	dir, formats string
	threads      int
	overwrite    bool
	asJSON       bool
}

// stringList collects a flag that may be given again.
type stringList []string

func (l *stringList) String() string { return "" }

func (l *stringList) Set(s string) error { *l = append(*l, s); return nil }

// thresholdsCommand compares the best threshold of a neuron with published ones.
func thresholdsCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("thresholds", flag.ContinueOnError)
	f := &thresholdsFlags{from: experiments.DefaultThresholdCase()}
	v, d := &f.values, f.from
	fs.IntVar(&v.N, "n", d.N, "presynaptic cells")
	fs.IntVar(&v.A, "a", d.A, "cells active in a pattern")
	fs.IntVar(&v.S, "s", d.S, "synapses of a segment")
	fs.Float64Var(&v.Noise, "noise", d.Noise, "`FRACTION` of the active cells that a shown pattern has lost")
	fs.BoolVar(&v.Readd, "readd", false, "lost cells may come back, as in the authors' later experiments")
	fs.IntVar(&v.Segments, "segments", d.Segments, "segments whose false positives count")
	fs.Float64Var(&v.Factor, "factor", d.Factor, "how many times worse than the best a threshold of the interval may be")
	fs.IntVar(&v.Theta, "theta", 0, "the threshold in use, to be marked")
	fs.Var((*textFlag)(&f.group), "group", "`POPULATION/SEGMENTS` of CONFIG, where it has several")
	fs.Var(&f.data, "data", "CSV `FILE` with more published thresholds; may be given again")
	fs.Var((*threadsFlag)(&f.threads), "threads", "`N` threads of a study of a cell; 0: all. Results do not depend on it")
	fs.Var((*textFlag)(&f.dir), "o", "`DIR` to write; default: out/thresholds, or out/thresholds-2 ... where that exists")
	fs.StringVar(&f.formats, "formats", "png", "comma-separated `LIST` of "+strings.Join(plots.Formats, ", "))
	fs.BoolVar(&f.overwrite, "overwrite", false, "replace the run in DIR")
	fs.BoolVar(&f.asJSON, "json", false, "print one JSON object on standard output")
	f.add(fs)
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
	target, x, err := f.target(ctx, fs, files)
	if err != nil {
		return err
	}
	published, err := configs.LoadThresholds(f.data, nil)
	if err != nil {
		return err
	}
	report := experiments.Thresholds(target.Case, published)
	var text bytes.Buffer
	printThresholds(&text, report, target.Notes)
	if !f.asJSON {
		if _, err := c.out.Write(text.Bytes()); err != nil {
			return err
		}
	}
	w := &writeup{cli: c, formats: formats}
	if err := f.save(ctx, w, report, x, text.Bytes()); err != nil {
		return err
	}
	for _, file := range w.written {
		c.say("%s", file)
	}
	if !f.asJSON {
		return w.err()
	}
	err = json.NewEncoder(c.out).Encode(struct {
		experiments.ThresholdReport
		Says  []string `json:"says"`
		Notes []string `json:"notes"`
		Files []string `json:"files"`
	}{report, report.Says(), append([]string{}, target.Notes...), w.written})
	return errors.Join(err, w.err())
}

// target returns the case: that of the configuration, or the default, with what
// the flags replace.
func (f *thresholdsFlags) target(ctx context.Context, fs *flag.FlagSet, files []string) (target experiments.ThresholdTarget, x *configs.Experiment, err error) {
	target.Case = f.from
	if len(files) == 1 {
		if x, err = load(ctx, files[0], f.options()); err != nil {
			return target, nil, err
		}
		if target, err = f.chosen(ctx, x); err != nil {
			return target, nil, err
		}
	} else if f.group != "" || f.set != nil || f.seed.given {
		return target, nil, usagef("--group, --set and --seed need a configuration")
	}
	to, from := &target.Case, f.values
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
			if from.Theta == 0 {
				err = usagef("--theta = 0: must be at least 1")
			}
		}
	})
	if err != nil {
		return target, nil, err
	}
	var lines []string
	for _, b := range to.Check() {
		lines = append(lines, "--"+b.Error())
	}
	if lines != nil {
		return target, nil, usagef("%s", strings.Join(lines, "\nneurosim: "))
	}
	return target, x, nil
}

// chosen returns the group of segments of a configuration that is asked for.
func (f *thresholdsFlags) chosen(ctx context.Context, x *configs.Experiment) (experiments.ThresholdTarget, error) {
	targets := experiments.ThresholdTargets(x)
	if x.Psychometric != nil {
		var err error
		workers := f.threads
		if workers == 0 {
			workers = runtime.GOMAXPROCS(0)
		}
		if targets, err = experiments.PsychometricTargets(ctx, x, workers); err != nil {
			return experiments.ThresholdTarget{}, err
		}
	}
	var names []string
	for _, t := range targets {
		if t.Name == f.group {
			return t, nil
		}
		names = append(names, t.Name)
	}
	switch {
	case len(targets) == 0:
		return experiments.ThresholdTarget{}, usagef("%s has no segments that one projection from an sdr population feeds, and no [psychometric] study of one", x.File)
	case f.group != "":
		return experiments.ThresholdTarget{}, usagef("--group = %s: %s has %s%s", f.group, x.File, strings.Join(names, ", "), grammar.DidYouMean(f.group, names))
	case len(targets) > 1:
		return experiments.ThresholdTarget{}, usagef("%s has %s; choose with --group", x.File, strings.Join(names, "; "))
	}
	return targets[0], nil
}

// printThresholds writes the table of errors around the best θ, the published
// thresholds, and what they say. All other θ are in the saved table.
func printThresholds(w io.Writer, r experiments.ThresholdReport, notes []string) {
	const around = 8
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "theta\tfalse positives\tfalse negatives\ttotal error\tlosses tolerated\t\t\n")
	for _, e := range r.Errors {
		if e.Theta < r.Lo-around || e.Theta > r.Hi+around {
			if e.Theta != r.Case.Theta {
				continue
			}
		}
		mark := ""
		switch {
		case e.Theta == r.Best:
			mark = "best"
		case e.Within:
			mark = "within"
		}
		fp, fn, total := e.Strings()
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%d\t%s\t\n", e.Theta, fp, fn, total, e.Tolerance, mark)
	}
	t.Flush()
	fmt.Fprintln(w)
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "published\tkind\tgrade\tevent\tstated\twhat\tpredicted interval\n")
	for _, x := range r.Records {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.Name(), x.Kind, x.Grade, x.Event, x.Stated(), x.Quantity(), x.Comparison())
	}
	t.Flush()
	fmt.Fprintln(w)
	for _, line := range r.Says() {
		fmt.Fprintln(w, line)
	}
	for _, n := range notes {
		fmt.Fprintf(w, "Note: %s.\n", n)
	}
}

// save leaves a run directory with the figure, its numbers and the printed text.
func (f *thresholdsFlags) save(ctx context.Context, w *writeup, r experiments.ThresholdReport, x *configs.Experiment, text []byte) error {
	path, mode := f.dir, results.New
	if path == "" {
		path = filepath.Join("out", "thresholds")
		if !f.overwrite {
			path = freeDir(path)
		}
	}
	if f.overwrite {
		mode = results.Overwrite
	}
	dir, err := results.Create(path, mode)
	if err != nil {
		return err
	}
	defer dir.Close()
	rec := results.Record{Program: "neurosim", Version: version, Build: results.ThisBuild(), Machine: results.ThisMachine(),
		Command: append([]string{"neurosim"}, os.Args[1:]...), Threads: 1}
	if x != nil {
		rec.Config, rec.Seed = results.HashBytes(x.File, x.Text), x.Run.Seed
	}
	for _, name := range f.data {
		file, err := results.HashFile(name)
		if err != nil {
			return err
		}
		rec.Inputs = append(rec.Inputs, file)
	}
	if err := dir.Begin(rec); err != nil {
		return err
	}
	w.dir = dir
	err = rescue.Do(func() error { return fillThresholds(ctx, w, r, text) })
	if err == nil {
		rec.Failures, rec.Warnings = w.failed, w.remarks
		if w.failed != nil {
			rec.ExitCode = exitFailed
		}
		err = dir.Finish(rec)
	}
	if err != nil {
		return errors.Join(err, dir.Abandon(rec, results.Failed, err))
	}
	return nil
}

func fillThresholds(ctx context.Context, w *writeup, r experiments.ThresholdReport, text []byte) error {
	fig := r.Figure()
	for _, file := range []struct {
		name string
		text []byte
	}{{"report.txt", text}, {"figures/" + fig.Name + ".txt", []byte(r.Caption() + "\n")}} {
		if err := w.dir.WriteFile(file.name, file.text); err != nil {
			return err
		}
		w.written = append(w.written, w.dir.Path(file.name))
	}
	return w.draw(ctx, experiments.Made{Name: fig.Name, Figure: fig})
}
