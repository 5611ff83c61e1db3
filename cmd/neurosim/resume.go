package main

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"neurosim/configs"
	"neurosim/experiments"
	"neurosim/grammar"
	"neurosim/results"
)

// maxListed bounds the differences that are listed.
const maxListed = 20

// goesOn compares the unfinished run in a directory with what is to go on with it:
// the program, every input file and the whole resolved configuration. What cannot
// change what is there already may differ, and is told in notes; anything else is
// refused, by name and with both values. Nothing is written.
func goesOn(x *configs.Experiment, dir *results.Dir, path string) (notes []string, err error) {
	old := dir.Record()
	var bad []string
	if was, is := programOf(old.Version, old.Build), programOf(version, results.ThisBuild()); was != is {
		bad = append(bad, fmt.Sprintf("the program was %s, now %s", was, is))
	}
	bad = append(bad, otherInputs(old.Inputs, hashesOf(x))...)
	text, err := resolvedOf(dir, old)
	if err != nil {
		return nil, err
	}
	differences, err := grammar.Differences(text, x.ResolvedBesideCopies())
	if err != nil {
		return nil, err
	}
	later, laterBad := laterEnd(x, dir, differences)
	bad = append(bad, laterBad...)
	for _, d := range differences {
		line := fmt.Sprintf("%s was %s, now %s", d.Key, valueOr(d.Old), valueOr(d.New))
		switch {
		case strings.HasSuffix(d.Key, ".file"): // compared by content
		case changesNoPast(d.Key) || later(d):
			notes = append(notes, line)
		default:
			bad = append(bad, line)
		}
	}
	if bad == nil {
		return notes, nil
	}
	return nil, otherValues(path, bad)
}

// otherValues refuses to resume the run in a directory, and says which values differ.
func otherValues(path string, bad []string) error {
	if more := len(bad) - maxListed; more > 0 {
		bad = append(bad[:maxListed], fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("%s: the run in it was begun with other values, so that its state does not belong to these: not resumed\n  %s",
		path, strings.Join(bad, "\n  "))
}

// programOf names a program so that another one has another name.
func programOf(version string, b results.Build) string {
	name := version
	if b.Revision != "" {
		name += fmt.Sprintf(" (revision %.12s)", b.Revision)
	}
	if b.Modified {
		name += " with changes"
	}
	return name
}

// hashesOf returns the files that x was read from, besides the configuration.
func hashesOf(x *configs.Experiment) []results.File {
	var files []results.File
	for _, in := range x.Inputs {
		files = append(files, results.HashBytes(in.Name, in.Text))
	}
	return files
}

// otherInputs says which files have another content than before. Their paths may
// differ, since the command may be given elsewhere. Configurations are not compared
// here: their values are.
func otherInputs(old, now []results.File) (bad []string) {
	data := func(files []results.File) []results.File {
		return slices.DeleteFunc(slices.Clone(files), func(f results.File) bool { return strings.HasSuffix(f.Name, ".toml") })
	}
	old, now = data(old), data(now)
	for _, f := range old {
		same := func(g results.File) bool { return f.SHA256 == g.SHA256 }
		if slices.ContainsFunc(now, same) {
			continue
		}
		line := fmt.Sprintf("%s had sha256 %.12s, now ", f.Name, f.SHA256)
		if i := slices.IndexFunc(now, func(g results.File) bool { return path.Base(g.Name) == path.Base(f.Name) }); i >= 0 {
			line += fmt.Sprintf("%.12s", now[i].SHA256)
		} else {
			line += "is not read"
		}
		bad = append(bad, line)
	}
	if bad == nil && len(old) != len(now) {
		bad = append(bad, fmt.Sprintf("%s, now %s", grammar.Count(float64(len(old)), "data file was read", "data files were read"), grammar.Grouped(float64(len(now)))))
	}
	return bad
}

// resolvedOf returns the resolved configuration of the run in a directory, as it
// wrote it.
func resolvedOf(dir *results.Dir, old results.Record) (string, error) {
	f, err := dir.Read(resolvedName)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(old.Files, func(f results.File) bool { return f.Name == resolvedName })
	if i < 0 || old.Files[i].SHA256 != results.HashBytes(resolvedName, text).SHA256 {
		return "", fmt.Errorf("%s: was changed since the run wrote it: not resumed", resolvedName)
	}
	return string(text), nil
}

// changesNoPast tells whether a key concerns only what a run does at its end, or
// how it says it.
func changesNoPast(key string) bool {
	for _, table := range []string{"title", "figures", "output", "run.checkpoint"} {
		if key == table || strings.HasPrefix(key, table+".") {
			return true
		}
	}
	return false
}

// laterEnd returns which differences only follow from a later end of the run of a
// network: run.tstop, and each stop that was at the end and is again. Where the run so
// far would have been another one with the later end, bad says so.
func laterEnd(x *configs.Experiment, dir *results.Dir, differences []grammar.Difference) (follows func(grammar.Difference) bool, bad []string) {
	no := func(grammar.Difference) bool { return false }
	i := slices.IndexFunc(differences, func(d grammar.Difference) bool { return d.Key == tstopKey })
	if i < 0 || x.Temporal != nil || x.Spiking != nil || x.StudiesCell() {
		return no, nil
	}
	end := differences[i]
	was, err := grammar.ParseQuantity(strings.Trim(end.Old, `"`), "ms")
	if err != nil || was >= x.Run.Tstop {
		return no, nil
	}
	var from checkpoint
	if err := dir.ReadCheckpoint(&from); err != nil {
		return no, []string{err.Error()}
	}
	at := float64(from.State.Step) * x.Run.Dt
	if same := experiments.SameUntil(x, was); at > same {
		return no, []string{fmt.Sprintf("%s was %s, now %s: a presentation that begins after the old end has spikes from %g ms on, but the run has come to %g ms",
			tstopKey, end.Old, end.New, same, at)}
	}
	return func(d grammar.Difference) bool {
		return d == end || strings.HasSuffix(d.Key, ".stop") && d.Old == end.Old && d.New == end.New
	}, nil
}

const tstopKey = "run.tstop"

// valueOr writes a value, or that there is none.
func valueOr(literal string) string {
	if literal == "" {
		return "not given"
	}
	return literal
}
