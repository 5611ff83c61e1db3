package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/results"
	"neurosim/study"
)

// maxListed bounds the differences that are listed.
const maxListed = 20

// goesOn compares the unfinished run in the directory with what is to go on with it:
// the program, every input file, the whole resolved configuration, and what the command
// was asked. What cannot change what is there already may differ, and becomes a note;
// anything else is refused, by name and with both values. It returns the state of the
// run. Nothing is written.
func (j *job) goesOn() (study.State, error) {
	old := j.dir.Record()
	var from kept
	err := j.dir.ReadCheckpoint(&from)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(from.State) == 0 {
		j.notes = append(j.notes, "nothing of the run was done; it begins again")
	}
	if err != nil { // it was killed before it wrote anything
		return nil, nil
	}
	var bad []string
	if was, is := programOf(old.Version, old.Build), programOf(version, results.ThisBuild()); was != is {
		bad = append(bad, fmt.Sprintf("the program was %s, now %s", was, is))
	}
	bad = append(bad, otherAsked(from.Asked, j.asked)...)
	bad = append(bad, otherInputs(old.Inputs, j.inputs())...)
	if j.x != nil {
		others, err := j.otherConfig(old, from.State)
		if err != nil {
			return nil, err
		}
		bad = append(bad, others...)
	}
	if bad != nil {
		return nil, otherValues(j.flags.dir, bad)
	}
	return from.State, nil
}

// otherAsked says what a command was asked otherwise before.
func otherAsked(old, now []asked) (bad []string) {
	value := func(of []asked, what string) string {
		for _, a := range of {
			if a.What == what {
				return a.Value
			}
		}
		return "not given"
	}
	for i, a := range slices.Concat(old, now) {
		if was, is := value(old, a.What), value(now, a.What); was != is && (i < len(old) || was == "not given") {
			bad = append(bad, fmt.Sprintf("%s was %s, now %s", a.What, was, is))
		}
	}
	return bad
}

// otherConfig says which values of the configuration differ from those of the run in
// the directory. Those that change nothing of what is there become notes.
func (j *job) otherConfig(old results.Record, state study.State) (bad []string, err error) {
	if len(state) == 0 && !slices.ContainsFunc(old.Files, isResolved) {
		return nil, nil // killed before it wrote any of its values
	}
	text, err := resolvedOf(j.dir, old)
	if err != nil {
		return nil, err
	}
	differences, err := grammar.Differences(text, j.x.ResolvedBesideCopies())
	if err != nil {
		return nil, err
	}
	later := func(grammar.Difference) bool { return false }
	if j.x.Kind.Later != nil {
		later, bad = j.x.Kind.Later(j.x.Study, state, differences)
	}
	for _, d := range differences {
		line := fmt.Sprintf("%s was %s, now %s", d.Key, valueOr(d.Old), valueOr(d.New))
		switch {
		case strings.HasSuffix(d.Key, ".file"): // compared by content
		case changesNoPast(d.Key) || later(d):
			j.notes = append(j.notes, line)
		default:
			bad = append(bad, line)
		}
	}
	return bad, nil
}

// otherValues refuses to resume the run in a directory, and says which values differ.
func otherValues(path string, bad []string) error {
	if more := len(bad) - maxListed; more > 0 {
		bad = append(bad[:maxListed], fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("%s: its run was started with other values, so its saved state cannot be used: not resumed\n  %s",
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

// inputs returns the files that are read besides the configuration.
func (j *job) inputs() (files []results.File) {
	if j.x != nil {
		for _, in := range j.x.Inputs {
			files = append(files, results.File{Name: in.Name, Bytes: in.Size(), SHA256: in.SHA256()})
		}
	}
	return append(files, j.data...)
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
	i := slices.IndexFunc(old.Files, isResolved)
	if i < 0 || old.Files[i].SHA256 != results.HashBytes(resolvedName, text).SHA256 {
		return "", fmt.Errorf("%s: was changed since the run wrote it: not resumed", resolvedName)
	}
	return string(text), nil
}

// isResolved tells whether a file is the resolved configuration.
func isResolved(f results.File) bool { return f.Name == resolvedName }

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

// valueOr writes a value, or that there is none.
func valueOr(literal string) string {
	if literal == "" {
		return "not given"
	}
	return literal
}
