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
	"strings"
	"sync"
	"time"

	"neurosim/configs"
	"neurosim/experiments"
	"neurosim/grammar"
	"neurosim/internal/grid"
	"neurosim/internal/rescue"
	"neurosim/internal/rng"
	"neurosim/network"
	"neurosim/record"
	"neurosim/results"
)

// resolvedName is the file of the configuration with every default.
const resolvedName = "resolved.toml"

// runFlags are the flags of run.
type runFlags struct {
	configFlags
	config            string // the argument
	dir               string
	threads           int
	overwrite, resume bool
	asJSON, quiet     bool
}

// resumption returns the command that goes on with an interrupted run, as a shell
// reads it.
func (f *runFlags) resumption() string {
	words := []string{"neurosim", "run", f.config, "-o", f.dir}
	for _, o := range f.set {
		words = append(words, "--set", o.Key+"="+o.Value)
	}
	if f.seed.given {
		words = append(words, "--seed", f.seed.String())
	}
	return shellWords(append(words, "--resume"))
}

// shellWords writes a command as a shell reads it.
func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if strings.ContainsFunc(w, func(r rune) bool { return !isPlain(r) }) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// isPlain tells whether a shell takes r for itself.
func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./=:,+%@", r)
}

// runCommand simulates a configuration and leaves a run directory.
func runCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("run", flag.ContinueOnError)
	var f runFlags
	f.add(fs)
	fs.Var((*textFlag)(&f.dir), "o", "`DIR` to write; default: out/NAME, or out/NAME-2 ... where that exists")
	fs.Var((*threadsFlag)(&f.threads), "threads", "`N` threads; 0: all that help. Results do not depend on it")
	fs.BoolVar(&f.overwrite, "overwrite", false, "replace the run in DIR")
	fs.BoolVar(&f.resume, "resume", false, "go on with the unfinished run in DIR")
	fs.BoolVar(&f.asJSON, "json", false, "print one JSON object on standard output")
	fs.BoolVar(&f.quiet, "quiet", false, "say nothing but what is wrong")
	files, err := parse(c, fs, args, "run CONFIG [-o DIR] [--set key=value]... [--seed N] [--threads N]")
	switch {
	case err != nil:
		return err
	case len(files) != 1:
		return usagef("run needs one configuration; shipped ones are %s", strings.Join(configs.Shipped(), ", "))
	case f.overwrite && f.resume:
		return usagef("--overwrite and --resume exclude each other")
	case f.resume && f.dir == "":
		return usagef("--resume needs -o DIR")
	}
	if f.quiet {
		c = &cli{c.out, io.Discard}
	}
	started := time.Now()
	at := f.dir
	if at == "" {
		at = "out"
	}
	x, plan, err := prepare(ctx, files[0], at, f.options())
	if err != nil {
		return err
	}
	if err := readyToRun(x); err != nil {
		return err
	}
	if f.dir == "" {
		f.dir = filepath.Join("out", baseName(x.File))
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
	var notes []string
	if f.resume {
		if notes, err = goesOn(x, dir, f.dir); err != nil {
			return err
		}
	}
	f.config = files[0]
	r := &job{writeup: writeup{cli: c, dir: dir, formats: x.Output.Formats}, x: x, flags: f, plan: plan, notes: notes,
		threads: threadsFor(f.threads, x), points: map[int]experiments.PointResult{}}
	r.lap("load", started)
	return r.run(ctx)
}

// baseName names a run after its configuration.
func baseName(file string) string {
	return strings.TrimSuffix(filepath.Base(filepath.FromSlash(file)), ".toml")
}

// freeDir returns path, or path-2, path-3 ... , the first that is not there.
func freeDir(path string) string {
	for i := 1; ; i++ {
		dir := path
		if i > 1 {
			dir = fmt.Sprintf("%s-%d", path, i)
		}
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return dir
		}
	}
}

// job is one run on its way to a run directory.
type job struct {
	writeup
	x       *configs.Experiment
	flags   runFlags
	plan    experiments.Plan
	threads int
	notes   []string // what differs from the run that is resumed
	record  results.Record
	points  map[int]experiments.PointResult // of the sweep, by index
	rare    *experiments.Estimate           // of false positives, without a sweep; nil if not asked for

	net *network.Network
	rec *recording

	found map[string]any         // the metrics
	cell  *experiments.CellStudy // in place of net and rec
}

// lap notes how long a phase took, from its start until now.
func (j *job) lap(phase string, start time.Time) {
	j.record.Timings = append(j.record.Timings, results.Timing{Phase: phase, Seconds: time.Since(start).Seconds()})
}

// run leaves a finished directory, or one that says how far it came.
func (j *job) run(ctx context.Context) error {
	j.describe()
	if err := j.dir.Begin(j.record); err != nil {
		return err
	}
	err := rescue.Do(func() error { return j.phases(ctx) })
	if err == nil {
		if err := j.report(); err != nil {
			return err
		}
		return j.err()
	}
	outcome := results.Failed
	if errors.Is(err, context.Canceled) {
		outcome = results.Interrupted
	}
	j.record.ExitCode = status(&cli{io.Discard, io.Discard}, err)
	if abandoned := j.dir.Abandon(j.record, outcome, err); abandoned != nil {
		err = errors.Join(err, abandoned)
	}
	if outcome == results.Interrupted && !j.x.StudiesCell() {
		j.say("stopped; go on with: %s", j.flags.resumption())
	} else {
		j.say("%s holds an unfinished run", j.flags.dir)
	}
	return err
}

// describe fills in run.json as far as it is known before the run.
func (j *job) describe() {
	r := &j.record
	r.Program, r.Version, r.Build = "neurosim", version, results.ThisBuild()
	r.Command = append([]string{"neurosim"}, os.Args[1:]...)
	r.Config = results.HashBytes(j.x.File, j.x.Text)
	r.Inputs = hashesOf(j.x)
	r.Seed, r.RNG = j.x.Run.Seed, rng.Algorithm
	r.Times = record.Times
	r.Machine, r.Threads = results.ThisMachine(), j.threads
	r.Warnings = j.plan.Warnings
	r.Counts = map[string]int64{
		"cells": j.plan.Cells, "neurons": j.plan.Neurons, "segments": j.plan.Segments, "steps": j.plan.Steps,
	}
	title := j.x.Title
	if title == "" {
		title = baseName(j.x.File)
	}
	j.say("%s", title)
	j.say("  %s", size(j.plan))
	for _, w := range j.plan.Warnings {
		j.say("  warning: %s", w)
	}
	for _, n := range j.notes {
		j.say("  note: %s", n)
		r.Warnings = append(slices.Clip(r.Warnings), n)
	}
}

// phases does the work.
func (j *job) phases(ctx context.Context) error {
	if err := j.dir.WriteFile("config.toml", j.x.Text); err != nil {
		return err
	}
	for _, in := range j.x.Inputs {
		if in.Copy == "" {
			continue
		}
		if err := j.dir.WriteFile(in.Copy, in.Text); err != nil {
			return err
		}
	}
	if err := j.dir.WriteFile(resolvedName, []byte(j.x.ResolvedBesideCopies())); err != nil {
		return err
	}
	if j.x.Temporal != nil {
		return j.temporal(ctx)
	}
	if j.x.StudiesCell() {
		return j.study(ctx)
	}
	if j.x.Spiking != nil {
		return j.spiking(ctx)
	}
	if err := j.build(); err != nil {
		return err
	}
	if err := j.simulate(ctx); err != nil {
		return err
	}
	if err := j.sweep(ctx); err != nil {
		return err
	}
	return j.finish(ctx)
}

// build builds the network and opens the recordings, or brings both back to
// where a checkpoint left them.
func (j *job) build() error {
	start := time.Now()
	var err error
	if j.net, err = network.Build(&j.x.Network, j.threads); err != nil {
		return err
	}
	j.net.Watch(probes(j.x))
	j.record.Counts["synapses"] = int64(j.net.Synapses())
	var from *checkpoint
	if j.flags.resume {
		from = new(checkpoint)
		if err := j.dir.ReadCheckpoint(from); err != nil {
			return err
		}
		if err := j.net.Resume(from.State); err != nil {
			return err
		}
		if from.Tstop == j.x.Run.Tstop { // else they are of runs of another length
			maps.Copy(j.points, from.Points)
		}
		clock := network.NewClock(j.x.Run.Dt)
		j.say("  resumed at %g ms", clock.Ms(j.net.Now()))
	}
	j.rec, err = newRecording(j.x, j.net, j.dir, from)
	j.lap("build", start)
	return err
}

// simulate runs the network, with a checkpoint now and then if asked, and one
// when it is interrupted.
func (j *job) simulate(ctx context.Context) error {
	start, first := time.Now(), j.net.Now()
	bar := j.progress("  simulating", j.x.Run.Tstop/1000, "s")
	defer bar.end()
	recorders := append(j.rec.all(), record.NewProgress(j.x.Network.Steps, redrawEvery, func(step, total int64) {
		bar.at(float64(step) * j.x.Run.Dt / 1000)
	}))
	every := grid.Steps(j.x.Run.Checkpoint, j.x.Run.Dt)
	for j.net.Now() < j.x.Network.Steps {
		until := j.x.Network.Steps
		if every > 0 {
			until = min(until, (j.net.Now()/every+1)*every)
		}
		err := j.net.Run(ctx, until, recorders...)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if err != nil || until < j.x.Network.Steps {
			if saved := j.save(); saved != nil {
				return errors.Join(err, saved)
			}
		}
		if err != nil {
			return err
		}
	}
	bar.end()
	seconds, model := time.Since(start).Seconds(), float64(j.net.Now()-first)*j.x.Run.Dt/1000
	j.lap("simulate", start)
	if seconds > worthSaving {
		if err := j.save(); err != nil {
			return err
		}
	}
	threads := grammar.Count(float64(j.threads), "thread")
	j.say("  simulated %.4g s in %.3g s on %s (%.3g times real time)", model, seconds, threads, model/seconds)
	return nil
}

// worthSaving is how long a simulation takes (s) for its end to be saved: what
// comes after it, the sweep and the figures, may still fail.
const worthSaving = 10

// save writes a checkpoint.
func (j *job) save() error {
	c, err := j.rec.checkpoint(j.net, j.x.Run.Tstop, j.points)
	if err != nil {
		return err
	}
	return j.dir.WriteCheckpoint(c)
}

// sweep runs the points of the sweep. Those that are done when it is interrupted
// go into the checkpoint.
func (j *job) sweep(ctx context.Context) error {
	workers := j.workers()
	if j.x.Sweep == nil {
		return j.estimate(ctx, workers)
	}
	start := time.Now()
	total := len(j.x.Points())
	bar := j.progress("  sweep", float64(total), "runs")
	defer bar.end()
	var mu sync.Mutex
	ran := len(j.points)
	results, done, err := experiments.Sweep(ctx, j.x, workers, j.points, func() {
		mu.Lock()
		defer mu.Unlock()
		ran++
		bar.at(float64(ran))
	})
	for i := range results {
		if done[i] {
			j.points[i] = results[i]
		}
	}
	bar.end()
	if err != nil {
		if ctx.Err() != nil {
			err = errors.Join(ctx.Err(), j.save())
		}
		return err
	}
	j.lap("sweep", start)
	j.say("  sweep of %s in %.3g s", grammar.Count(float64(total), "run"), time.Since(start).Seconds())
	if time.Since(start).Seconds() > worthSaving {
		return j.save()
	}
	return nil
}

// estimate makes the stratified estimate of a configuration without a sweep, if
// it asks for one.
func (j *job) estimate(ctx context.Context, workers int) error {
	if j.x.Detection == nil || j.x.Detection.Estimator != configs.Stratified {
		return nil
	}
	start := time.Now()
	var mu sync.Mutex
	bar := j.progress("  estimating", 1, "")
	defer bar.end()
	e, err := experiments.EstimateFalsePositives(ctx, j.x, workers, func(share float64) {
		mu.Lock()
		defer mu.Unlock()
		bar.at(share)
	})
	if err != nil {
		if ctx.Err() != nil {
			err = errors.Join(ctx.Err(), j.save()) // to be resumed at the estimate
		}
		return err
	}
	bar.end()
	j.rare = &e
	rate, lo, hi := e.Probability()
	j.lap("estimate", start)
	j.say("  false positives, stratified: %.4g, 95 %% interval %.4g to %.4g, in %.3g s (%s of %s)", rate, lo, hi,
		time.Since(start).Seconds(), grammar.Count(float64(e.Trials()), "trial"), grammar.Count(float64(len(e.Strata)), "overlap"))
	return nil
}

// conclude makes what is to be made of the results, tables, figures and metrics, and
// closes the directory. keep brings the state to the disk where that cannot be done
// now, so that it can be resumed; nil: there is no state.
func (j *job) conclude(ctx context.Context, tables []experiments.NamedTable, figures func() []experiments.Made, metrics func() map[string]any, keep func() error) error {
	start := time.Now()
	err := j.makeAll(ctx, tables, figures, metrics)
	if err == nil {
		j.lap("figures", start)
		j.record.Failures = j.failed
		j.record.Warnings = append(slices.Clip(j.record.Warnings), j.remarks...)
		if j.failed != nil {
			j.record.ExitCode = exitFailed
		}
		err = j.dir.Finish(j.record)
	}
	if err != nil && keep != nil {
		err = errors.Join(err, keep())
	}
	return err
}

// makeAll makes what conclude is told.
func (j *job) makeAll(ctx context.Context, tables []experiments.NamedTable, figures func() []experiments.Made, metrics func() map[string]any) error {
	for _, t := range tables {
		name := strings.TrimSuffix(strings.TrimPrefix(t.Name, "tables/"), ".csv")
		if !slices.Contains(j.x.Tables(), name) { // the names that figures may not have
			return fmt.Errorf("%s: a run of this kind has no table of that name", t.Name)
		}
		if err := j.table(t.Name, t.Table); err != nil {
			return err
		}
	}
	for _, made := range figures() {
		if err := j.draw(ctx, made); err != nil {
			return err
		}
	}
	for _, file := range j.written {
		j.say("  %s", file)
	}
	j.found = metrics()
	return j.writeup.metrics(j.found)
}

// finish closes the recordings of a network and concludes its run.
func (j *job) finish(ctx context.Context) error {
	state, err := j.rec.checkpoint(j.net, j.x.Run.Tstop, j.points) // before close writes what a resumed run writes again
	if err != nil {
		return err
	}
	if err := j.rec.close(); err != nil {
		return err
	}
	for _, p := range j.rec.totals.Populations() {
		j.record.Counts["spikes "+p.Name] = p.Spikes
		for _, g := range p.Groups {
			if !j.detects(p.Name, g.Name) {
				continue
			}
			j.record.Counts["NMDA spikes "+p.Name+"/"+g.Name] = g.NMDASpikes
		}
	}
	j.record.SpikeHash = j.rec.hash.Sum()
	j.warn(experiments.CutWarnings(j.net))
	points := make([]experiments.PointResult, len(j.points))
	for i := range points {
		points[i] = j.points[i]
	}
	var tables []experiments.NamedTable
	if j.x.Sweep != nil {
		header, rows := experiments.SweepTable(j.x, points)
		tables = append(tables, experiments.NamedTable{Name: "tables/sweep.csv", Table: experiments.Table{Header: header, Rows: rows}})
	}
	figures := func() []experiments.Made {
		return experiments.Figures(ctx, j.x, j.workers(), j.dir.Read, points)
	}
	return j.conclude(ctx, tables, figures, j.metrics, func() error { return j.dir.WriteCheckpoint(state) })
}

// workers is the number of threads for independent work: as asked, else all.
func (j *job) workers() int {
	if j.flags.threads > 0 {
		return j.flags.threads
	}
	return runtime.GOMAXPROCS(0)
}

// detects tells whether a group of segments has NMDA spikes, or is only a place.
func (j *job) detects(population, group string) bool {
	at := j.x.Network.Population(population).Group(group).Place
	return at == nil || at.Detect.Enabled
}

// warn says what came to light during the run, and keeps it for run.json.
func (j *job) warn(warnings []string) {
	for _, w := range warnings {
		j.say("  warning: %s", w)
	}
	j.record.Warnings = append(slices.Clip(j.record.Warnings), warnings...)
}

// metrics are the numbers of the run, flat.
func (j *job) metrics() map[string]any {
	seconds := j.x.Run.Tstop / 1000
	m := map[string]any{"spikes_sha256": j.rec.hash.Sum(), "tstop_ms": j.x.Run.Tstop}
	for _, p := range j.rec.totals.Populations() {
		m[p.Name+".spikes"] = p.Spikes
		m[p.Name+".rate_Hz"] = float64(p.Spikes) / float64(p.Cells) / seconds
		for _, g := range p.Groups {
			if !j.detects(p.Name, g.Name) {
				continue
			}
			m[p.Name+"."+g.Name+".nmda_spikes"] = g.NMDASpikes
			m[p.Name+"."+g.Name+".nmda_rate_per_segment_Hz"] = float64(g.NMDASpikes) / float64(g.Segments) / seconds
		}
	}
	if j.rec.detection != nil {
		experiments.DetectionMetrics(j.rec.detection.Counts(), j.x.Run.Dt, m)
	}
	if j.rare != nil {
		experiments.EstimateMetrics(*j.rare, m)
	}
	return experiments.Explain(m)
}

// report says what came out.
func (j *job) report() error {
	if j.x.Temporal != nil || j.x.Spiking != nil {
		return j.reportSequences()
	}
	if j.cell != nil {
		return j.reportStudy()
	}
	m := j.found
	for _, p := range j.rec.totals.Populations() {
		line := fmt.Sprintf("  %s: %s, %.3g spikes/s", p.Name, grammar.Count(float64(p.Spikes), "spike"), m[p.Name+".rate_Hz"])
		for _, g := range p.Groups {
			if !j.detects(p.Name, g.Name) {
				continue
			}
			line += fmt.Sprintf("; %s on %s", grammar.Count(float64(g.NMDASpikes), "NMDA spike"), g.Name)
		}
		j.say("%s", line)
	}
	if d := j.rec.detection; d != nil {
		s := d.Counts().Segments
		j.say("  detection: %d of %d; false positives: %d of %d novel, %d of %d other patterns", s.Detection.Hits, s.Detection.Trials,
			s.Novel.Hits, s.Novel.Trials, s.CrossTalk.Hits, s.CrossTalk.Trials)
		if missed := s.Detection.Trials - s.Detection.Hits; s.Blocked > 0 {
			j.say("  of %s, %s in a plateau when the pattern came", grammar.Count(float64(missed), "miss", "misses"), grammar.Count(float64(s.Blocked), "was", "were"))
		}
	}
	j.say("  %s", j.flags.dir)
	j.say("  spikes_sha256=%s", j.record.SpikeHash)
	return j.print()
}

// print prints the JSON of --json.
func (j *job) print() error {
	if !j.flags.asJSON {
		return nil
	}
	object := map[string]any{"directory": j.flags.dir, "outcome": results.Done, "metrics": results.Finite(j.found), "timings": j.record.Timings, "warnings": j.record.Warnings}
	if j.record.SpikeHash != "" {
		object["spike_hash"] = j.record.SpikeHash
	}
	if j.failed != nil {
		object["failures"] = j.failed
	}
	return j.json(object)
}
