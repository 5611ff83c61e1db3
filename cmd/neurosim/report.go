package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/internal/rescue"
	"neurosim/report"
	"neurosim/results"
)

// reportCommand makes one HTML file of a finished run. In the directory it is a file of the run: a
// later run that replaces this one removes it, as it does the figures.
func reportCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("report", flag.ContinueOnError)
	var to textFlag
	fs.Var(&to, "o", "`FILE` to write; default: DIR/"+report.Name+"; -: the standard output")
	asJSON := fs.Bool("json", false, "print one JSON object on standard output")
	dirs, err := parse(c, fs, args, "report DIR [-o report.html]")
	switch {
	case err != nil:
		return err
	case len(dirs) != 1:
		return usagef("report needs one run directory")
	case to == "-" && *asJSON:
		return usagef("-o - and --json exclude each other: both write to the standard output")
	}
	dir, err := results.Open(dirs[0])
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := reportMayBe(string(to)); err != nil {
		return err
	}
	page, err := report.Read(ctx, dir, linksFrom(string(to), dirs[0]))
	if err != nil {
		return err
	}
	failed := c.describeRun(ctx, page, dir)
	for _, f := range page.Figures {
		if f.Problem != "" {
			failed = append(failed, "figure "+f.Name+": "+f.Problem)
		}
	}
	for _, line := range failed {
		c.warn("  failed: %s", line)
	}
	for _, n := range page.Notes {
		c.say("  note: %s", n)
	}
	name := string(to)
	switch name {
	case "-":
		err = report.Write(c.out, page)
	case "":
		name = dir.Path(report.Name)
		err = withRoomCure(dir.WriteTo(report.Name, func(w io.Writer) error { return report.Write(w, page) }))
	default:
		err = withRoomCure(writeReport(name, page))
	}
	if err != nil {
		return err
	}
	if name != "-" {
		c.say("%s", name)
	}
	if *asJSON {
		err = c.json(map[string]any{"report": name, "notes": append([]string{}, page.Notes...), "failures": append([]string{}, failed...)})
	}
	if len(failed) > 0 {
		return errors.Join(err, fmt.Errorf("the report is there, but for what failed: %s", grammar.Count(float64(len(failed)), "thing")))
	}
	return err
}

// describeRun adds to a page what the configuration of the run says: its title, its values, and
// what was recorded against time. What fails costs that part of the page alone.
func (c *cli) describeRun(ctx context.Context, page *report.Page, dir *results.Dir) (failed []string) {
	rec := dir.Record()
	page.Title = strings.Join(rec.Command[min(1, len(rec.Command)):], " ")
	if page.Title == "" {
		page.Title = filepath.Base(dir.Path("."))
	}
	if !dir.Has(resolvedName) {
		return nil // a study of flags
	}
	fail := func(what string, err error) {
		line := what + ": " + err.Error()
		failed, page.Failures = append(failed, line), append(slices.Clip(page.Failures), "of this report: "+line)
	}
	text, err := readWhole(dir, resolvedName)
	if err != nil {
		fail(resolvedName, err)
		return failed
	}
	for _, line := range grammar.ResolvedLines(text) {
		page.Config = append(page.Config, report.ConfigLine{Text: line.Text})
	}
	x, err := c.load(ctx, dir.Path(resolvedName), grammar.Options{})
	if err != nil {
		fail("the configuration cannot be read again, so nothing of it is said to be a default, and there is no course in time", err)
		return failed
	}
	if x.Title != "" {
		page.Title = x.Title
	}
	err = rescue.Do(func() error {
		defaults := x.Defaults()
		for i, line := range grammar.ResolvedLines(text) {
			page.Config[i].Default = defaults[line.Key]
			if line.Key != "" && !defaults[line.Key] && line.Key != "title" {
				page.Changed = append(page.Changed, report.Fact{Name: line.Key, Value: line.Value})
			}
		}
		return nil
	})
	if err != nil {
		fail("differences from the defaults", err)
	}
	if x.Kind.Timeline == nil {
		return failed
	}
	err = rescue.Do(func() (err error) {
		page.Timeline, err = x.Kind.Timeline(x.Study, dir.Read)
		return err
	})
	if err != nil {
		fail("the course in time", err)
		return failed
	}
	page.Notes = append(page.Notes, page.Timeline.Notes...)
	return failed
}

// readWhole reads a text of a run.
func readWhole(dir *results.Dir, name string) (string, error) {
	f, err := dir.Read(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	return string(text), err
}

// linksFrom returns what leads from a report to a file of the run: nothing, from the standard
// output.
func linksFrom(to, dir string) func(name string) string {
	if to == "-" {
		return func(string) string { return "" }
	}
	base := "."
	if to != "" {
		from, err := filepath.Abs(filepath.Dir(to))
		run, err2 := filepath.Abs(dir)
		if err != nil || err2 != nil {
			return func(string) string { return "" }
		}
		if base, err = filepath.Rel(from, run); err != nil { // on another drive
			return func(string) string { return "" }
		}
	}
	return func(name string) string {
		u := url.URL{Path: filepath.ToSlash(filepath.Join(base, filepath.FromSlash(name)))}
		return u.String() // with ./ before a colon in the first part
	}
}

// reportMayBe refuses to write a report over a file that is none.
func reportMayBe(name string) error {
	if name == "" || name == "-" {
		return nil
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return usagef("-o %s: is a directory: name the file, as %s", name, filepath.Join(name, report.Name))
	case !info.Mode().IsRegular():
		return nil // a pipe, a terminal
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, len(report.Mark))
	if n, _ := io.ReadFull(f, head); n > 0 && !bytes.Equal(head[:n], []byte(report.Mark)) {
		return usagef("-o %s: exists and is no report of neurosim: choose another name", name)
	}
	return nil
}

// writeReport writes a report outside of the run directory: whole or not at all.
func writeReport(name string, page *report.Page) error {
	err := writeElsewhere(name, page)
	if path := new(os.PathError); errors.As(err, &path) {
		err = path.Err // without the name of the file aside
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func writeElsewhere(name string, page *report.Page) (err error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(report.Write(f, page), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := report.Write(f, page); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
