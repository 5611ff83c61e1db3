package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"neurosim/internal/rescue"
	"neurosim/results"
	"neurosim/study"
)

// A merging is what merge and status hand to the command that was divided, which they give again.
type merging struct {
	dir    string
	parts  *results.Parts
	is     *description
	status bool // say what is missing, and merge nothing
	wait   bool // until nothing is
	flags  struct{ asJSON, quiet bool }
}

// errIncomplete says that parts are missing.
var errIncomplete = errors.New("is not complete")

// mergeCommand makes the run of which the parts are done.
func mergeCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("merge", flag.ContinueOnError)
	m := &merging{}
	fs.BoolVar(&m.flags.asJSON, "json", false, "print one JSON object on standard output")
	fs.BoolVar(&m.flags.quiet, "quiet", false, "print only warnings and errors")
	fs.BoolVar(&m.wait, "wait", false, "wait until all parts are done")
	dirs, err := parse(c, fs, args, "merge DIR\n\nJoins the parts in DIR. The files have the same bytes as those of a run in one process. Ends with status 5 if parts are missing.")
	if err != nil {
		return err
	}
	return m.again(ctx, c, dirs)
}

// statusCommand says how the parts of a run stand.
func statusCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("status", flag.ContinueOnError)
	m := &merging{status: true}
	fs.BoolVar(&m.flags.asJSON, "json", false, "print one JSON object on standard output")
	dirs, err := parse(c, fs, args, "status DIR\n\nSays which parts of a divided run are done, running or failed, and what is missing. Ends with status 5 while parts are missing.")
	if err != nil {
		return err
	}
	return m.again(ctx, c, dirs)
}

// again gives the command again whose parts a directory holds.
func (m *merging) again(ctx context.Context, c *cli, dirs []string) error {
	if len(dirs) != 1 {
		return usagef("one directory must be given")
	}
	m.dir = dirs[0]
	if !results.HasParts(m.dir) {
		if d, err := results.Open(m.dir); err == nil {
			c.say("%s: is a finished run", m.dir)
			return d.Close()
		}
		if _, err := os.Stat(m.dir); err != nil {
			return fmt.Errorf("%s: there is no such directory", m.dir)
		}
		return fmt.Errorf("%s: holds no parts of a divided run", m.dir)
	}
	var err error
	if m.parts, err = results.OpenParts(m.dir); err != nil {
		return err
	}
	if m.is, err = readDescription(m.parts); err != nil {
		return err
	}
	for ; m.is == nil && m.wait; m.is, err = readDescription(m.parts) {
		if err := pause(ctx); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if m.is == nil {
		return fmt.Errorf("%s: no part has begun", m.dir)
	}
	with := *c
	with.merging = m
	return dispatch(ctx, &with, m.words())
}

// words is the command, with the copy of the configuration in the place of the file, which holds
// what flags had changed. What is said of where it goes follows.
func (m *merging) words() []string {
	changed := []string{"--set", "--seed", "--data", "--free"}
	var out []string
	for i := 0; i < len(m.is.Words); i++ {
		switch w := m.is.Words[i]; {
		case w == "--json" || w == "--quiet": // of a part; the merge has its own
		case w == "--threads":
			i++
		case m.is.Config == "":
			out = append(out, w)
		case w == m.is.File():
			out = append(out, m.parts.Path(resolvedName))
		case slices.Contains(changed, w):
			i++ // its value
		default:
			out = append(out, w)
		}
	}
	out = append(out, "-o", m.dir)
	if m.flags.asJSON {
		out = append(out, "--json")
	}
	if m.flags.quiet {
		out = append(out, "--quiet")
	}
	return out
}

// File returns the word of the command that names the configuration; "" where there is none.
func (d *description) File() string {
	if d.Config == "" || len(d.Words) < 2 {
		return ""
	}
	return d.Words[1]
}

// merged makes the run, or says what is missing.
func (j *job) merged(ctx context.Context, began time.Time) error {
	m := j.merging
	if j.x != nil { // as the user gave it
		text, err := m.parts.Read("config.toml")
		if err != nil {
			return err
		}
		j.x.Text, j.x.File = text, m.is.Config
	}
	if err := m.is.same(m.dir, j.describeParts()); err != nil {
		return err
	}
	state, waits, err := j.missing(ctx)
	for ; err == nil && waits != nil && m.wait; state, waits, err = j.missing(ctx) {
		if err := pause(ctx); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if m.status {
		return j.stand(waits)
	}
	if waits != nil {
		return fmt.Errorf("%s %w: %s", m.dir, errIncomplete, waits[0])
	}
	if j.dir, err = results.Create(m.dir, results.Merge); err != nil {
		return err
	}
	defer j.dir.Close()
	if err := j.into(ctx, began, state); err != nil {
		return err
	}
	return m.parts.Remove()
}

// missing goes through the study with what is done, and returns that and what is not.
func (j *job) missing(ctx context.Context) (study.State, []*study.Waits, error) {
	state, err := j.doneByAll(j.merging.parts)
	if err != nil {
		return nil, nil, err
	}
	j.work = study.New(study.Options{
		Threads: j.flags.helpers(), Deliver: func(context.Context, study.Report) error { return nil },
		Share: &study.Share{Index: -1, Of: 1, Others: func() (study.State, error) { return state, nil }},
	})
	err = rescue.Do(func() error { return j.parts(ctx) })
	if waits := study.AllWaits(err); waits != nil {
		return nil, waits, nil
	}
	return state, nil, err
}

// pollEvery is how often what others have done is looked at. A shared disk should not feel it.
const pollEvery = 5 * time.Second

// pause lets some time pass.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pollEvery):
		return nil
	}
}

// stand prints how the parts stand.
func (j *job) stand(waits []*study.Waits) error {
	names, err := j.merging.parts.Names(partSuffix)
	if err != nil {
		return err
	}
	all := []standing{}
	for _, name := range names {
		if s, err := readStanding(j.merging.parts, name); err != nil {
			j.warn("  warning: %s", err)
		} else if s != nil {
			all = append(all, *s)
		}
	}
	slices.SortFunc(all, func(a, b standing) int {
		if a.Of != b.Of {
			return a.Of - b.Of
		}
		return a.Part - b.Part
	})
	if j.merging.flags.asJSON {
		if err := j.json(map[string]any{"complete": waits == nil, "parts": all, "missing": append([]*study.Waits{}, waits...)}); err != nil {
			return err
		}
	} else {
		j.printStanding(all, waits)
	}
	if waits != nil {
		return fmt.Errorf("%s %w", j.merging.dir, errIncomplete)
	}
	return nil
}

// printStanding prints a line for each part that has begun, and what is missing of each stage.
func (j *job) printStanding(all []standing, waits []*study.Waits) {
	w := tabwriter.NewWriter(j.out, 0, 0, 2, ' ', 0)
	for _, s := range all {
		line := fmt.Sprintf("part %d/%d\t%s", s.Part, s.Of, s.Outcome)
		switch s.Outcome {
		case string(results.Running):
			line += fmt.Sprintf("\ton %s, last sign of life %s", s.Host, s.Updated.Format(time.RFC3339))
		case string(results.Failed):
			line += "\t" + strings.ReplaceAll(s.Error, "\n", "; ")
		}
		fmt.Fprintln(w, line)
	}
	w.Flush()
	for _, m := range waits {
		fmt.Fprintln(j.out, "missing: "+m.Error())
	}
	if waits == nil {
		fmt.Fprintf(j.out, "complete: neurosim merge %s\n", shellWords([]string{filepath.Clean(j.merging.dir)}))
	}
}
