package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurosim/grammar"
	"neurosim/internal/rescue"
	"neurosim/results"
	"neurosim/study"
)

// A partFlag is --part: which share of a divided run this process does.
type partFlag struct {
	index, of int // index from 0; of 0: the whole run
	from      string
}

func (f *partFlag) String() string {
	if f.of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", f.index, f.of)
}

// maxParts is more than any array of jobs has.
const maxParts = 1 << 20

func (f *partFlag) Set(text string) error {
	i, n, two := strings.Cut(text, "/")
	if i == "auto" {
		of := 0
		if two {
			var err error
			if of, err = strconv.Atoi(n); err != nil || of < 1 || of > maxParts {
				return fmt.Errorf("auto/N needs the number of parts")
			}
		}
		return f.auto(os.Getenv, of)
	}
	index, err1 := strconv.Atoi(i)
	of, err2 := strconv.Atoi(n)
	if err1 != nil || err2 != nil || of < 1 || of > maxParts || index < 0 || index > of {
		return fmt.Errorf("must be i/N, with i from 1 to N or from 0 to N-1, or auto")
	}
	f.index, f.of = index%of, of // N/N is 0/N: both ways of counting give every part once
	return nil
}

// arrays are the variables in which schedulers say which task of an array this is. Those of
// which the last is empty do not say how many tasks there are.
var arrays = []struct{ scheduler, id, first, last, step string }{
	{"Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP"},
	{"Kubernetes", "JOB_COMPLETION_INDEX", "", "", ""},
	{"PBS", "PBS_ARRAY_INDEX", "", "", ""},
	{"LSF", "LSB_JOBINDEX", "", "LSB_JOBINDEX_END", "LSB_JOBINDEX_STEP"},
	{"SGE", "SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE"},
}

// auto reads the environment of an array of jobs. It never guesses: without one it is an error,
// since all tasks would do everything or one part only.
func (f *partFlag) auto(env func(string) string, of int) error {
	var names []string
	for _, a := range arrays {
		names = append(names, a.id)
		id, err := strconv.Atoi(env(a.id))
		if err != nil || a.scheduler == "LSF" && id == 0 { // "undefined" or 0: no array
			continue
		}
		number := func(name string, other int) int {
			if v, err := strconv.Atoi(env(name)); err == nil {
				return v
			}
			return other
		}
		first, step := 0, max(1, number(a.step, 1))
		if a.scheduler == "LSF" {
			first = 1
		}
		first = number(a.first, first)
		n := of
		if last := number(a.last, -1); n == 0 && a.last != "" && last >= first {
			n = (last-first)/step + 1
		}
		if n == 0 {
			return fmt.Errorf("auto: %s gives the number of the task (%s = %d), but not the number of tasks: use auto/N", a.scheduler, a.id, id)
		}
		if id < first || (id-first)/step > n {
			return fmt.Errorf("auto: %s = %d is not one of %d tasks from %d in steps of %d", a.id, id, n, first, step)
		}
		f.index, f.of, f.from = (id-first)/step%n, n, fmt.Sprintf("%s = %d", a.id, id)
		return nil
	}
	return fmt.Errorf("auto: this is not a task of an array of jobs: none of %s is set", strings.Join(names, ", "))
}

// A description is parts/run.json: what is divided. Parts of another run are refused.
type description struct {
	Program  string         `json:"program"`
	Words    []string       `json:"command"` // without those that say where and which part
	Config   string         `json:"config,omitempty"`
	Asked    []asked        `json:"asked,omitempty"`
	Inputs   []results.File `json:"inputs,omitempty"`
	Resolved string         `json:"-"` // in a file of its own
}

// Files of the folder of parts.
const (
	describedName = "run.json"
	partSuffix    = ".part.json" // how a part stands
	stateSuffix   = ".part.bin"  // what it has done
)

// A standing is how a part stands: 3-of-24.part.json.
type standing struct {
	Part    int           `json:"part"`
	Of      int           `json:"of"`
	Outcome string        `json:"outcome"`
	Error   string        `json:"error,omitempty"`
	Host    string        `json:"host"`
	Process int           `json:"process"`
	Began   time.Time     `json:"began"`
	Updated time.Time     `json:"updated"` // by the clock of the host
	Missing []study.Waits `json:"missing,omitempty"`
}

// Outcomes of parts, beside those of runs.
const (
	partWaits   = "share done" // of the stages that can be done before others are
	partStopped = "stopped"    // and saved
)

// describeParts says what is divided.
func (j *job) describeParts() description {
	d := description{Program: programOf(version, results.ThisBuild()), Words: j.again[1:], Asked: j.asked, Inputs: j.inputs()}
	if j.x != nil {
		d.Config, d.Resolved = j.x.File, j.x.ResolvedBesideCopies()
	}
	return d
}

// admitParts makes the folder of parts, or holds what is in it to what is to be done.
func (j *job) admitParts() (*results.Parts, error) {
	if _, err := os.Stat(filepath.Join(j.flags.dir, "run.json")); err == nil {
		return nil, fmt.Errorf("%s: holds a run: its parts are merged, or it was never divided", j.flags.dir)
	}
	p, err := results.OpenParts(j.flags.dir)
	if err != nil {
		return nil, err
	}
	is := j.describeParts()
	was, err := readDescription(p)
	if err != nil {
		return nil, err
	}
	if was == nil {
		return p, j.writeDescription(p, is)
	}
	return p, was.same(j.flags.dir, is)
}

// writeDescription writes what is divided, with copies of the configuration and of what it reads.
func (j *job) writeDescription(p *results.Parts, d description) error {
	if j.x != nil {
		for _, in := range j.x.Inputs {
			if in.Copy != "" {
				if err := p.WriteTo(in.Copy, in.Put); err != nil {
					return err
				}
			}
		}
		if err := errors.Join(p.Write("config.toml", j.x.Text), p.Write(resolvedName, []byte(d.Resolved))); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	return p.Write(describedName, append(text, '\n')) // last: where it is, the others are
}

// readDescription returns what the parts of a directory are of, nil where none has begun.
func readDescription(p *results.Parts) (*description, error) {
	text, err := p.Read(describedName)
	if text == nil || err != nil {
		return nil, err
	}
	d := new(description)
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("%s: %w", p.Path(describedName), err)
	}
	if d.Config != "" {
		resolved, err := p.Read(resolvedName)
		if err != nil {
			return nil, err
		}
		d.Resolved = string(resolved)
	}
	return d, nil
}

// same refuses parts of another program, configuration or input, by name.
func (d *description) same(dir string, is description) error {
	var bad []string
	if d.Program != is.Program {
		bad = append(bad, fmt.Sprintf("the program was %s, now %s", d.Program, is.Program))
	}
	bad = append(append(bad, otherAsked(d.Asked, is.Asked)...), otherInputs(d.Inputs, is.Inputs)...)
	differences, err := grammar.Differences(d.Resolved, is.Resolved)
	if err != nil {
		return err
	}
	for _, x := range differences {
		if !strings.HasSuffix(x.Key, ".file") { // compared by content
			bad = append(bad, fmt.Sprintf("%s was %s, now %s", x.Key, valueOr(x.Old), valueOr(x.New)))
		}
	}
	if bad == nil {
		return nil
	}
	if more := len(bad) - maxListed; more > 0 {
		bad = append(bad[:maxListed], fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("%s: holds parts of another run:\n  %s", dir, strings.Join(bad, "\n  "))
}

// partName is the name of the files of a part, without their suffix.
func partName(index, of int) string { return fmt.Sprintf("%d-of-%d", index, of) }

// doneByAll returns what all parts have done. A damaged file is that of a part that has done
// nothing: it is said, and the part is done again.
func (c *cli) doneByAll(p *results.Parts) (study.State, error) {
	names, err := p.Names(stateSuffix)
	if err != nil {
		return nil, err
	}
	all := study.State{}
	for _, name := range names {
		var s study.State
		if err := p.ReadState(name, &s); err != nil {
			c.warn("  warning: %s: taken as not done", err)
			continue
		}
		for stage, of := range s {
			to, there := all[stage]
			if !there {
				to = study.StageState{Parts: of.Parts, Done: map[int][]byte{}}
			} else if to.Parts != of.Parts {
				return nil, fmt.Errorf("%s: %s has %d parts, elsewhere %d", p.Path(name), stage, of.Parts, to.Parts)
			}
			maps.Copy(to.Done, of.Done)
			all[stage] = to
		}
	}
	return all, nil
}

// share does the share of the study that is this process's, and leaves it in the folder of parts.
func (j *job) share(ctx context.Context, began time.Time) error {
	part := j.flags.part
	switch {
	case j.flags.dir == "":
		return usagef("--part needs -o DIR, the same for all parts")
	case j.flags.overwrite || j.flags.resume:
		return usagef("--part continues what is there: --overwrite and --resume have no meaning with it")
	}
	p, err := j.admitParts()
	if err != nil {
		return err
	}
	name := partName(part.index, part.of)
	if part.from != "" {
		j.say("part %d/%d, by %s", part.index, part.of, part.from)
	}
	host, _ := os.Hostname()
	at := standing{Part: part.index, Of: part.of, Outcome: string(results.Running), Host: host, Process: os.Getpid(), Began: began}
	stand := func() error {
		at.Updated = time.Now().UTC()
		text, err := json.MarshalIndent(at, "", "  ")
		if err != nil {
			return err
		}
		return p.Note(name+partSuffix, append(text, '\n'))
	}
	alive := func() error { // now and then
		if time.Since(at.Updated) < keptEvery/3 {
			return nil
		}
		return stand()
	}
	var from study.State
	if old, err := readStanding(p, name+partSuffix); err == nil && old != nil {
		if old.Outcome == string(results.Done) {
			j.say("%s: part %d/%d is done already", j.flags.dir, part.index, part.of)
			return nil
		}
		if err := p.ReadState(name+stateSuffix, &from); err != nil {
			from = nil // it had saved nothing
		}
	}
	if err := stand(); err != nil {
		return err
	}
	j.work = study.New(study.Options{
		Threads: j.flags.helpers(), Exactly: j.flags.threads > 0, Every: keptEvery, From: from,
		Tell:     func(line string) { j.say("%s", line) },
		Progress: func(label string, total float64, unit string) study.Progress { return j.progress(label, total, unit) },
		Deliver:  func(context.Context, study.Report) error { return nil },
		Keep:     func(s study.State) error { return errors.Join(p.WriteState(name+stateSuffix, s), alive()) },
		Share:    &study.Share{Index: part.index, Of: part.of, Others: func() (study.State, error) { return j.doneByAll(p) }},
	})
	err = rescue.Do(func() error { return j.parts(ctx) })
	waits := study.AllWaits(err)
	switch {
	case err == nil:
		at.Outcome = string(results.Done)
	case waits != nil:
		at.Outcome, err = partWaits, nil
		for _, w := range waits {
			at.Missing = append(at.Missing, *w)
		}
	case ctx.Err() != nil:
		at.Outcome = partStopped
	default:
		at.Outcome, at.Error = string(results.Failed), err.Error()
	}
	if stood := stand(); stood != nil {
		return errors.Join(err, stood)
	}
	switch at.Outcome {
	case partWaits:
		if mine(waits, j.work.Share) {
			return fmt.Errorf("part %d/%d: some of its own work is still missing: %w", part.index, part.of, waits[0])
		}
		j.say("part %d/%d: its share is done; when all parts are done: neurosim merge %s", part.index, part.of, shellWords([]string{j.flags.dir}))
	case string(results.Done):
		j.say("part %d/%d: all parts are done: neurosim merge %s", part.index, part.of, shellWords([]string{j.flags.dir}))
	case partStopped:
		j.say("stopped; continue with: %s", shellWords(append(slices.Clone(j.again), "--part", part.String(), "-o", j.flags.dir)))
	}
	return err
}

// mine tells whether a process still has parts to do: it has not, unless something went wrong.
func mine(waits []*study.Waits, s *study.Share) bool {
	return slices.ContainsFunc(waits, func(w *study.Waits) bool { return s.HasOwn(w) })
}

// parts does the share of all stages that can be done.
func (j *job) parts(ctx context.Context) error {
	r, err := j.study.Do(ctx, j.work)
	if err == nil && j.sweeps {
		err = j.x.AddSweep(ctx, j.work, &r)
	}
	if err == nil && !j.work.Share.Divided() {
		return usagef("this is one run, which cannot be divided into parts: run it without --part")
	}
	return err
}

// readStanding returns how a part stands; nil where it has not begun.
func readStanding(p *results.Parts, name string) (*standing, error) {
	text, err := p.Read(name)
	if text == nil || err != nil {
		return nil, err
	}
	s := new(standing)
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("%s: %w", p.Path(name), err)
	}
	return s, nil
}
