package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurosim/internal/dictionary"
	"neurosim/internal/mpi"
	"neurosim/internal/rescue"
	"neurosim/internal/rng"
	"neurosim/record"
	"neurosim/results"
	"neurosim/study"
)

// resolvedName is the file of the configuration with every default.
const resolvedName = "resolved.toml"

// keptEvery is how often the state of a study is kept while it runs, so that one that
// is killed loses little.
const keptEvery = 30 * time.Second

// jobFlags are the flags of every command that leaves a run directory.
type jobFlags struct {
	dir               string
	threads           int
	part              partFlag
	overwrite, resume bool
	asJSON, quiet     bool
}

func (f *jobFlags) add(fs *flag.FlagSet, name string) {
	fs.Var((*textFlag)(&f.dir), "o", fmt.Sprintf("`DIR` to write; default: out/%s, or out/%[1]s-2 ... where that exists", name))
	fs.Var((*threadsFlag)(&f.threads), "threads", "number `N` of threads; 0: as many as make the run faster. Results do not depend on it")
	fs.Var(&f.part, "part", "`i/N`: do part i of N of the run; neurosim merge joins the parts in DIR; auto: take i and N from the array of jobs that runs this task")
	fs.BoolVar(&f.overwrite, "overwrite", false, "replace the run in DIR")
	fs.BoolVar(&f.resume, "resume", false, "continue the unfinished run in DIR")
	fs.BoolVar(&f.asJSON, "json", false, "print one JSON object on standard output")
	fs.BoolVar(&f.quiet, "quiet", false, "print only warnings and errors")
}

// check refuses flags that exclude each other.
func (f *jobFlags) check() error {
	switch {
	case f.overwrite && f.resume:
		return usagef("--overwrite and --resume exclude each other")
	case f.resume && f.dir == "":
		return usagef("--resume needs -o DIR")
	}
	return nil
}

// A job is a study on its way to a run directory: the one way in which anything is run.
type job struct {
	writeup
	study    study.Study
	plan     study.Plan
	flags    jobFlags
	title    string
	name     string        // of the default directory
	x        *study.Config // nil: the study has no configuration
	sweeps   bool          // the sweep of the configuration is run
	compares bool          // with what [compare] says
	strict   bool          // a number outside what was measured fails the run
	seed     uint64
	asked    []asked        // what a study without configuration, or beside it, was asked
	again    []string       // the command that resumes it, without -o and --resume
	data     []results.File // read besides the configuration and what it names

	work   *study.Work
	record results.Record
	notes  []string // what differs from the run that is resumed
	found  map[string]any
}

// asked is one thing that a command was asked: a run resumes only if it was asked the
// same.
type asked struct{ What, Value string }

// A kept is what an interrupted study resumes from.
type kept struct {
	Asked []asked
	State study.State
}

// run opens the directory, runs the study and leaves a finished directory, or one that
// says how far it came.
func (j *job) run(ctx context.Context, began time.Time) error {
	if err := j.flags.check(); err != nil {
		return err
	}
	if j.flags.quiet {
		quiet := *j.cli
		quiet.quiet = true
		j.cli = &quiet
	}
	switch {
	case j.merging != nil:
		return j.merged(ctx, began)
	case j.flags.part.of > 0:
		return j.share(ctx, began)
	}
	if j.flags.dir == "" {
		j.flags.dir = filepath.Join("out", j.name)
		if !j.flags.overwrite {
			j.flags.dir = freeDir(j.flags.dir)
		}
	}
	mode := results.New
	switch {
	case j.flags.overwrite:
		mode = results.Overwrite
	case j.flags.resume:
		mode = results.Resume
	}
	var err error
	if j.dir, err = results.Create(j.flags.dir, mode); err != nil {
		return err
	}
	defer j.dir.Close()
	var from study.State
	if j.flags.resume {
		if from, err = j.goesOn(); err != nil {
			return err
		}
	}
	return j.into(ctx, began, from)
}

// into runs the study from a state and leaves the directory finished, or one that says how far it
// came.
func (j *job) into(ctx context.Context, began time.Time, from study.State) error {
	j.lend(from)
	j.work.Timed("load", began)
	j.describe()
	if err := j.dir.Begin(j.record); err != nil {
		return err
	}
	var report study.Report
	err := rescue.Do(func() (err error) {
		report, err = j.phases(ctx)
		return err
	})
	if err == nil {
		return errors.Join(j.err(), j.tell(report))
	}
	outcome := results.Failed
	if errors.Is(err, context.Canceled) {
		outcome = results.Interrupted
	}
	j.record.ExitCode = status(ctx, &cli{out: io.Discard, err: io.Discard}, err)
	err = errors.Join(err, j.dir.Abandon(j.record, outcome, err))
	if j.merging != nil {
		j.say("stopped; merge again: neurosim merge %s", shellWords([]string{j.flags.dir}))
		return err
	}
	if outcome == results.Interrupted {
		j.say("stopped; continue with: %s", shellWords(append(slices.Clone(j.again), "-o", j.flags.dir, "--resume")))
	} else {
		j.say("%s holds an unfinished run", j.flags.dir)
	}
	return err
}

// lend makes the work of the study.
func (j *job) lend(from study.State) {
	var world *mpi.World
	if j.joined {
		world = j.world
	}
	j.work = study.New(study.Options{
		Dir: j.dir, Threads: j.flags.helpers(), Exactly: j.flags.threads > 0, Every: keptEvery, From: from, World: world,
		Tell:     func(line string) { j.say("%s", line) },
		Progress: func(label string, total float64, unit string) study.Progress { return j.progress(label, total, unit) },
		Deliver:  func(ctx context.Context, r study.Report) error { return j.orSave(j.deliver(ctx, r)) },
		Keep:     func(s study.State) error { return j.dir.WriteCheckpoint(kept{j.asked, s}) },
	})
}

// helpers is how many threads may help: as many as asked for, as Slurm gave to the task, or as
// there are processors that this process may use.
func (f *jobFlags) helpers() int {
	if f.threads > 0 {
		return f.threads
	}
	if n, err := strconv.Atoi(os.Getenv("SLURM_CPUS_PER_TASK")); err == nil && n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// describe fills in run.json as far as it is known before the run, and says what is run.
func (j *job) describe() {
	r := &j.record
	r.Program, r.Version, r.Build = "neurosim", version, results.ThisBuild()
	r.Command = append([]string{"neurosim"}, os.Args[1:]...)
	r.Seed, r.RNG = j.seed, rng.Algorithm
	r.Machine, r.Threads = results.ThisMachine(), j.work.Helping(j.plan.Threads)
	r.Warnings = j.plan.Warnings
	r.Inputs = j.inputs()
	r.Counts = map[string]int64{}
	for what, n := range map[string]int64{"cells": j.plan.Cells, "neurons": j.plan.Neurons, "segments": j.plan.Segments, "steps": j.plan.Steps} {
		if j.plan.Cells > 0 {
			r.Counts[what] = n
		}
	}
	if j.x != nil {
		r.Config, r.Times = results.HashBytes(j.x.File, j.x.Text), record.Times
	}
	if j.title != "" {
		j.say("%s", j.title)
	}
	if j.plan.Size != "" {
		j.say("  %s", j.plan.Size)
	}
	for _, w := range j.plan.Warnings {
		j.warn("  warning: %s", w)
	}
	for _, n := range slices.Concat(j.plan.Notes, j.notes) {
		j.say("  note: %s", n)
		r.Warnings = append(slices.Clip(r.Warnings), n)
	}
}

// phases does the work: the configuration and its files, the study, its sweep, what is
// to be made of them.
func (j *job) phases(ctx context.Context) (study.Report, error) {
	if err := j.work.Save(); err != nil { // whenever it ends, it can be resumed
		return study.Report{}, err
	}
	if j.x != nil {
		if err := j.copies(); err != nil {
			return study.Report{}, err
		}
	}
	r, err := j.study.Do(ctx, j.work)
	if err == nil && j.sweeps {
		err = j.x.AddSweep(ctx, j.work, &r)
	}
	if err == nil && j.compares {
		j.x.Compare(&r, j.strict)
	}
	if err != nil {
		j.record.Timings = j.work.Timings()
		return r, err
	}
	if !j.flags.asJSON { // before what may fail
		if _, err := j.out.Write(r.Text); err != nil {
			return r, j.orSave(err)
		}
	}
	return r, j.orSave(j.conclude(ctx, r, time.Now()))
}

// orSave keeps the state of the study if what is to be made of its results ended the
// run: it may be made when it is resumed.
func (j *job) orSave(err error) error {
	if err != nil {
		err = errors.Join(err, j.work.Save())
	}
	return err
}

// copies writes the configuration, as given and with every default, and the files that
// it needs.
func (j *job) copies() error {
	files := []struct {
		name, holds string
		text        []byte
	}{
		{"config.toml", "The configuration as it was given.", j.x.Text},
		{resolvedName, "The configuration with every default and unit; it gives the same run.", []byte(j.x.ResolvedBesideCopies())},
	}
	for _, f := range files {
		if err := j.dir.WriteFile(f.name, f.text); err != nil {
			return err
		}
		j.dir.Describe(f.name, dictionary.File{Text: f.holds})
	}
	for _, in := range j.x.Inputs {
		if in.Copy == "" {
			continue
		}
		if err := j.dir.WriteTo(in.Copy, in.Put); err != nil {
			return err
		}
		j.dir.Describe(in.Copy, dictionary.File{Text: "Copy of a file that the configuration names; " + resolvedName + " reads it."})
	}
	return nil
}

// conclude makes what is to be made of the results, tables, figures and metrics, and
// closes the directory.
func (j *job) conclude(ctx context.Context, r study.Report, start time.Time) error {
	for _, w := range r.Warnings {
		j.warn("  warning: %s", w)
	}
	if err := j.deliver(ctx, r); err != nil {
		return err
	}
	if j.x != nil && j.x.Study == j.study && j.x.Kind.Exports != nil {
		if err := j.export(ctx, j.x.Kind.Exports(j.study, j.dir.Files(), j.dir.Holds()), shellWords([]string{"neurosim", "export", j.flags.dir})); err != nil {
			return err
		}
	}
	for _, file := range j.written {
		j.say("  %s", file)
	}
	j.found = r.Explained()
	if err := j.metrics(j.found); err != nil {
		return err
	}
	if err := j.guide(); err != nil {
		return err
	}
	j.work.Timed("figures", start)
	rec := &j.record
	maps.Copy(rec.Counts, r.Counts)
	rec.SpikeHash, rec.Timings, rec.Failures = r.Hash, j.work.Timings(), j.failed
	rec.Warnings = slices.Concat(rec.Warnings, r.Warnings, j.remarks)
	switch {
	case j.failed != nil:
		rec.ExitCode = exitFailed
	case r.Failed != nil:
		rec.ExitCode = exitCheck
	}
	return j.dir.Finish(*rec)
}

// deliver writes the tables and the figures of a report.
func (j *job) deliver(ctx context.Context, r study.Report) error {
	if twice := r.Twice(); twice != "" { // one would be lost in silence
		return fmt.Errorf("tables/%s.csv: the study has a table and a figure of that name, and a figure writes its numbers there", twice)
	}
	for _, t := range r.Tables {
		if j.x != nil && j.x.Study == j.study && !slices.Contains(j.x.Tables(), t.Name) { // the names that figures may not have
			return fmt.Errorf("tables/%s.csv: a run of this kind has no table of that name", t.Name)
		}
		if err := j.table("tables/"+t.Name+".csv", t.Table); err != nil {
			return err
		}
	}
	for _, f := range r.Files {
		if err := j.dir.WriteFile(f.Name, f.Text); err != nil {
			return err
		}
		j.dir.Describe(f.Name, dictionary.File{Text: f.Holds})
		j.written = append(j.written, j.dir.Path(f.Name))
	}
	j.caption(r)
	for _, f := range r.Figures {
		if err := j.draw(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// caption sets what the captions of figures have in common.
func (j *job) caption(r study.Report) {
	j.writeup.title, j.captioned = "", map[string]bool{}
	if j.x != nil {
		j.writeup.title = j.x.Title
	}
	for _, f := range r.Files {
		if name, is := strings.CutSuffix(strings.TrimPrefix(f.Name, "figures/"), ".txt"); is {
			j.captioned[name] = true
		}
	}
	j.parameters = fmt.Sprintf("neurosim %s", version)
	if j.x != nil {
		j.parameters += j.x.KeyParameters() // not the file's name: the resolved configuration gives the same files
	}
	for _, a := range j.asked {
		if key, isFlag := strings.CutPrefix(a.What, "--"); isFlag {
			j.parameters += ", " + key + " = " + a.Value
		}
	}
}

// tell says what came out.
func (j *job) tell(r study.Report) error {
	for _, line := range r.Lines {
		j.say("  %s", line)
	}
	j.say("  %s", j.flags.dir)
	if r.Hash != "" {
		j.say("  spikes_sha256=%s", r.Hash)
	}
	if !j.flags.asJSON {
		return r.Failed
	}
	object := map[string]any{"directory": j.flags.dir, "outcome": results.Done, "timings": j.record.Timings,
		"warnings": append([]string{}, j.record.Warnings...), "files": append([]string{}, j.written...), "failures": append([]string{}, j.failed...)}
	if j.found != nil {
		object["metrics"] = results.Finite(j.found)
	}
	if r.Hash != "" {
		object["spike_hash"] = r.Hash
	}
	maps.Copy(object, r.JSON)
	return errors.Join(j.json(object), r.Failed)
}
