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
	"neurosim/studies/paper"
	"neurosim/study"
)

// reproduceFlags are the flags of reproduce.
type reproduceFlags struct {
	dir         string
	quick, full bool
	seed        seedFlag
	threads     int
	formats     string
	overwrite   bool
	resume      bool
	asJSON      bool
}

// reproduceCheckpoint is what an interrupted reproduction resumes from: what it was
// asked, and what is done of each study.
type reproduceCheckpoint struct {
	Figures []string
	Seed    uint64
	Full    bool
	State   study.State
}

// keptEvery is how often the state of a command is kept while it runs, so that one that
// is killed loses little.
const keptEvery = 30 * time.Second

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
	fs.BoolVar(&f.resume, "resume", false, "go on with the unfinished run in DIR")
	fs.BoolVar(&f.asJSON, "json", false, "print one JSON object on standard output")
	usage := "reproduce [FIGURE...] [--quick|--full] [-o DIR] [--seed N] [--threads N] [--resume]\n"
	for _, s := range paper.Figures() {
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
	case f.overwrite && f.resume:
		return usagef("--overwrite and --resume exclude each other")
	case f.resume && f.dir == "":
		return usagef("--resume needs -o DIR")
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
	switch {
	case f.overwrite:
		mode = results.Overwrite
	case f.resume:
		mode = results.Resume
	}
	dir, err := results.Create(f.dir, mode)
	if err != nil {
		return err
	}
	defer dir.Close()
	r := &reproduction{writeup: writeup{cli: c, dir: dir, formats: formats}, flags: f}
	r.asked = reproduceCheckpoint{Seed: f.seed.value, Full: f.full}
	for _, s := range studies {
		r.asked.Figures = append(r.asked.Figures, s.Name)
	}
	var from study.State
	if f.resume {
		if from, err = r.resumed(); err != nil {
			return err
		}
	}
	r.work = study.New(study.Options{Threads: f.threads, Keep: r.keep, Every: keptEvery, From: from})
	return r.run(ctx, studies)
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

// reproduction is one run of reproduce on its way to a run directory.
type reproduction struct {
	writeup
	flags    reproduceFlags
	asked    reproduceCheckpoint // without a state
	work     *study.Work
	record   results.Record
	verdicts []namedVerdict
}

// A namedVerdict is what one study found.
type namedVerdict struct {
	Figure string        `json:"figure"`
	Title  string        `json:"title"`
	Holds  bool          `json:"holds"`
	Checks []paper.Check `json:"checks"`
	Errata []string      `json:"errata"`
}

// resumed returns the state of the interrupted run in the directory, if it was asked the
// same of the same program. Nothing is written.
func (r *reproduction) resumed() (study.State, error) {
	old := r.dir.Record()
	var from reproduceCheckpoint
	if err := r.dir.ReadCheckpoint(&from); err != nil {
		return nil, err
	}
	var bad []string
	differs := func(what string, was, is any) {
		if fmt.Sprint(was) != fmt.Sprint(is) {
			bad = append(bad, fmt.Sprintf("%s was %v, now %v", what, was, is))
		}
	}
	differs("the program", programOf(old.Version, old.Build), programOf(version, results.ThisBuild()))
	differs("the list of figures", strings.Join(from.Figures, " "), strings.Join(r.asked.Figures, " "))
	differs("--seed", from.Seed, r.asked.Seed)
	differs("--full", from.Full, r.asked.Full)
	if bad != nil {
		return nil, otherValues(r.flags.dir, bad)
	}
	return from.State, nil
}

// keep writes a checkpoint.
func (r *reproduction) keep(s study.State) error {
	c := r.asked
	c.State = s
	return r.dir.WriteCheckpoint(c)
}

// resumption is the command that goes on with an interrupted run.
func (r *reproduction) resumption() string {
	words := append([]string{"neurosim", "reproduce"}, r.asked.Figures...)
	words = append(words, "-o", r.flags.dir)
	if r.asked.Full {
		words = append(words, "--full")
	}
	if r.flags.seed.given {
		words = append(words, "--seed", fmt.Sprint(r.asked.Seed))
	}
	return shellWords(append(words, "--resume"))
}

// run makes the figures and leaves a finished directory, or one that says why
// it is not.
func (r *reproduction) run(ctx context.Context, studies []paper.Figure) error {
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
	if outcome == results.Interrupted {
		err = errors.Join(err, r.work.Keep())
		r.say("stopped; go on with: %s", r.resumption())
	} else {
		r.say("%s holds an unfinished run", r.flags.dir)
	}
	return errors.Join(err, r.dir.Abandon(*rec, outcome, err))
}

// studies runs every study and writes what it gives.
func (r *reproduction) studies(ctx context.Context, studies []paper.Figure) error {
	for _, s := range studies {
		start := time.Now()
		bar := r.progress("  "+s.Name, 1, "")
		var mu sync.Mutex
		made, err := s.Run(ctx, paper.Effort{
			Seed: r.flags.seed.value, Full: r.flags.full, Threads: r.flags.threads, Work: r.work, Stage: s.Name,
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
		paper.Verdict{Checks: v.Checks, Errata: v.Errata}.Metrics(v.Figure, m)
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
