package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"neurosim/experiments"
	"neurosim/internal/rescue"
	"neurosim/internal/rng"
	"neurosim/plots"
	"neurosim/results"
)

// reproduceFlags are the flags of reproduce.
type reproduceFlags struct {
	dir         string
	quick, full bool
	seed        seedFlag
	threads     int
	formats     string
	overwrite   bool
	asJSON      bool
}

// errVerdict says that a figure was made but does not hold.
var errVerdict = errors.New("a verdict does not hold")

// reproduceCommand makes the figures of the paper anew and says what of each
// holds.
func reproduceCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("reproduce", flag.ContinueOnError)
	f := reproduceFlags{seed: seedFlag{value: 1}}
	fs.Var((*textFlag)(&f.dir), "o", "`DIR` to write; default: out/reproduce, or out/reproduce-2 ... where that exists")
	fs.BoolVar(&f.quick, "quick", false, "small samples: seconds a figure (the default)")
	fs.BoolVar(&f.full, "full", false, "the paper's sample sizes: minutes")
	fs.Var(&f.seed, "seed", "`N` of all random numbers")
	fs.Var((*threadsFlag)(&f.threads), "threads", "`N` threads; 0: all. Results do not depend on it")
	fs.StringVar(&f.formats, "formats", "png", "comma-separated `LIST` of "+strings.Join(plots.Formats, ", "))
	fs.BoolVar(&f.overwrite, "overwrite", false, "replace the run in DIR")
	fs.BoolVar(&f.asJSON, "json", false, "print one JSON object on standard output")
	usage := "reproduce [FIGURE...] [--quick|--full] [-o DIR] [--seed N] [--threads N]\n"
	for _, s := range experiments.Studies() {
		usage += fmt.Sprintf("\n  %-18s %s", s.Name, s.Title)
	}
	names, err := parse(c, fs, args, usage)
	if err != nil {
		return err
	}
	studies, err := chosen(names)
	switch {
	case err != nil:
		return err
	case f.quick && f.full:
		return usagef("--quick and --full exclude each other")
	}
	formats, err := formatList(f.formats)
	if err != nil {
		return err
	}
	if f.threads == 0 {
		f.threads = runtime.GOMAXPROCS(0)
	}
	if f.dir == "" {
		f.dir = filepath.Join("out", "reproduce")
		if !f.overwrite {
			f.dir = freeDir(f.dir)
		}
	}
	mode := results.New
	if f.overwrite {
		mode = results.Overwrite
	}
	dir, err := results.Create(f.dir, mode)
	if err != nil {
		return err
	}
	defer dir.Close()
	r := &reproduction{writeup: writeup{cli: c, dir: dir, formats: formats}, flags: f}
	return r.run(ctx, studies)
}

// chosen returns the studies with the given names, or all, in their own order.
func chosen(names []string) ([]experiments.Study, error) {
	all := experiments.Studies()
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
	return slices.DeleteFunc(all, func(s experiments.Study) bool { return !slices.Contains(names, s.Name) }), nil
}

// reproduction is one run of reproduce on its way to a run directory.
type reproduction struct {
	writeup
	flags    reproduceFlags
	record   results.Record
	verdicts []namedVerdict
}

// A namedVerdict is what one study found.
type namedVerdict struct {
	Figure string              `json:"figure"`
	Title  string              `json:"title"`
	Holds  bool                `json:"holds"`
	Checks []experiments.Check `json:"checks"`
	Errata []string            `json:"errata"`
}

// run makes the figures and leaves a finished directory, or one that says why
// it is not.
func (r *reproduction) run(ctx context.Context, studies []experiments.Study) error {
	rec := &r.record
	rec.Program, rec.Version, rec.Build = "neurosim", version, results.ThisBuild()
	rec.Command = append([]string{"neurosim"}, os.Args[1:]...)
	rec.Seed, rec.RNG = r.flags.seed.value, rng.Algorithm
	rec.Machine, rec.Threads = results.ThisMachine(), r.flags.threads
	if err := r.dir.Begin(*rec); err != nil {
		return err
	}
	err := rescue.Do(func() error {
		if err := r.studies(ctx, studies); err != nil {
			return err
		}
		return r.finish()
	})
	if err == nil {
		return errors.Join(r.err(), r.report())
	}
	outcome := results.Failed
	if errors.Is(err, context.Canceled) {
		outcome = results.Interrupted
	}
	rec.ExitCode = status(&cli{io.Discard, io.Discard}, err)
	r.say("%s holds an unfinished run", r.flags.dir)
	return errors.Join(err, r.dir.Abandon(*rec, outcome, err))
}

// studies runs every study and writes what it gives.
func (r *reproduction) studies(ctx context.Context, studies []experiments.Study) error {
	for _, s := range studies {
		start := time.Now()
		bar := r.progress("  "+s.Name, 1, "")
		var mu sync.Mutex
		made, err := s.Run(ctx, experiments.Effort{
			Seed: r.flags.seed.value, Full: r.flags.full, Threads: r.flags.threads,
			Progress: func(share float64) {
				mu.Lock()
				defer mu.Unlock()
				bar.at(share)
			},
		})
		bar.end()
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		if err := r.draw(ctx, experiments.Made{Name: made.Figure.Name, Figure: made.Figure}); err != nil {
			return err
		}
		if err := r.table("tables/"+s.Name+"-points.csv", made.Table); err != nil {
			return err
		}
		took := time.Since(start).Seconds()
		r.record.Timings = append(r.record.Timings, results.Timing{Phase: s.Name, Seconds: took})
		v := made.Verdict
		r.verdicts = append(r.verdicts, namedVerdict{s.Name, s.Title, v.Holds(), v.Checks, v.Errata})
		r.say("  %-18s %6.1f s", s.Name, took)
	}
	return nil
}

// finish writes the metrics and closes the directory.
func (r *reproduction) finish() error {
	m := map[string]any{"seed": r.flags.seed.value, "full": r.flags.full}
	for _, v := range r.verdicts {
		experiments.Verdict{Checks: v.Checks, Errata: v.Errata}.Metrics(v.Figure, m)
	}
	if err := r.metrics(m); err != nil {
		return err
	}
	r.record.Failures, r.record.Warnings = r.failed, r.remarks
	switch {
	case r.failed != nil:
		r.record.ExitCode = exitFailed
	case !r.hold():
		r.record.ExitCode = exitCheck
	}
	return r.dir.Finish(r.record)
}

func (r *reproduction) hold() bool {
	return !slices.ContainsFunc(r.verdicts, func(v namedVerdict) bool { return !v.Holds })
}

// report prints the verdicts.
func (r *reproduction) report() error {
	r.say("\n%s", r.flags.dir)
	longest := 0
	for _, v := range r.verdicts {
		longest = max(longest, len(v.Figure))
	}
	for _, v := range r.verdicts {
		word := "holds"
		if !v.Holds {
			word = "DOES NOT HOLD"
		}
		r.say("\n%-*s  %s: %s", longest, v.Figure, word, v.Title)
		for _, c := range v.Checks {
			mark := " "
			if !c.Holds {
				mark = "!"
			}
			r.say("  %s %-12s %s", mark, c.Name, c.Why)
		}
		for _, e := range v.Errata {
			r.say("    %-12s %s", "erratum", e)
		}
	}
	if r.flags.asJSON {
		err := r.json(map[string]any{"directory": r.flags.dir, "full": r.flags.full, "seed": r.flags.seed.value, "holds": r.hold(), "verdicts": r.verdicts, "failures": append([]string{}, r.failed...)})
		if err != nil {
			return err
		}
	}
	if !r.hold() {
		return errVerdict
	}
	return nil
}
