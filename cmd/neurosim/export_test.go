package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/results"
	"neurosim/study"
)

// Whatever formats a run is asked for, it has the same spikes, metrics and figures; each format
// has its files, and no other.
func TestFormatsOfRecordings(t *testing.T) {
	tmp := t.TempDir()
	base := filepath.Join(tmp, "csv")
	must(t, quickstart(base)...)
	x := contents(t, base)
	for formats, want := range map[string][]string{
		`["binary"]`:               {"spikes.bin"},
		`["npz"]`:                  {"spikes.bin", "spikes.npz"},
		`["csv", "binary", "npz"]`: {"spikes.bin", "spikes.csv", "spikes.npz"},
		`["npz", "csv"]`:           {"spikes.csv", "spikes.npz"},
	} {
		dir := filepath.Join(tmp, "other"+formats)
		must(t, quickstart(dir, "--set", "record.formats="+formats)...)
		var spikes []string
		y := contents(t, dir)
		for name := range y {
			text, there := x[name]
			switch {
			case strings.HasPrefix(name, "spikes."):
				spikes = append(spikes, name)
			case strings.HasSuffix(name, ".npz"):
				if _, of := x[strings.TrimSuffix(name, ".npz")+".csv"]; !of {
					t.Errorf("%s: %s is of no file", formats, name)
				}
			case name != "resolved.toml" && name != "FILES.md" && (!there || text != y[name]):
				t.Errorf("%s: %s differs", formats, name)
			}
		}
		if slices.Sort(spikes); !slices.Equal(spikes, want) {
			t.Errorf("%s: %v, want %v", formats, spikes, want)
		}
		if csv, there := y["spikes.csv"]; there && csv != x["spikes.csv"] {
			t.Errorf("%s: spikes.csv differs", formats)
		}
		must(t, "plot", dir, "--set", `figures.raster.start="100 ms"`)
	}
}

// Arrays are the same for any number of threads and after an interruption, and NumPy finds in
// them the spikes that the CSV file holds.
func TestArraysOfARun(t *testing.T) {
	npz := []string{"--set", `record.formats=["csv", "npz"]`}
	dir := sameOnThreads(t, []string{"1", "3"}, append(append([]string{"run", "quickstart"}, short...), npz...)...)
	again := filepath.Join(t.TempDir(), "again")
	interrupted(t, quickstart(again, npz...)...)
	must(t, quickstart(again, append(npz, "--resume")...)...)
	same(t, "resumed", dir, again)
	const check = `
import csv, sys, numpy as np
d = dict(np.load(sys.argv[1] + '/spikes.npz'))
rows = list(csv.DictReader(open(sys.argv[1] + '/spikes.csv')))
assert len(rows) > 100 and [int(r['cell']) for r in rows] == d['cell'].tolist()
assert [r['population'] for r in rows] == [d['populations'][i] for i in d['population']]
assert [float(r['time_ms']) for r in rows] == d['time_ms'].tolist()
s = np.load(sys.argv[1] + '/tables/sweep.npz')
rows = list(csv.DictReader(open(sys.argv[1] + '/tables/sweep.csv')))
assert list(rows[0]) == s.files and [int(r['seed']) for r in rows] == s['seed'].tolist()
`
	if out, err := exec.Command(fixture.Python(t, "numpy"), "-c", check, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// A format that cannot be written costs nothing else: the run is finished, the status says that
// something is missing, and the command that is named writes it.
func TestFormatThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	npz := []string{"--set", `record.formats=["npz"]`, "--overwrite"}
	must(t, quickstart(dir)...)
	if err := os.Mkdir(filepath.Join(dir, "spikes.npz"), 0o755); err != nil {
		t.Fatal(err)
	}
	status, _, errs := neurosim(quickstart(dir, npz...)...)
	cure := "neurosim export " + dir
	if status != exitFailed || !strings.Contains(errs, "failed: spikes.npz: ") || !strings.Contains(errs, cure) {
		t.Fatalf("status %d\n%s", status, errs)
	}
	if record := read(t, filepath.Join(dir, "run.json")); !strings.Contains(record, `"outcome": "done"`) || !strings.Contains(record, `"spikes.npz: `) {
		t.Error("run.json does not say that the run is done, and what is missing")
	}
	if err := os.Remove(filepath.Join(dir, "spikes.npz")); err != nil {
		t.Fatal(err)
	}
	must(t, "export", dir)
	whole := filepath.Join(t.TempDir(), "b")
	must(t, quickstart(whole, npz...)...)
	same(t, "exported", dir, whole)
}

// A full disk is a failure of the file, not of the run; an interruption ends the run, which can
// be resumed.
func TestExportOnAFullDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	must(t, quickstart(dir)...)
	w := &writeup{cli: &cli{err: io.Discard}, dir: opened(t, dir)}
	full := []study.Export{{Name: "a.npz", Write: func(io.Writer, func(string) (io.ReadCloser, error)) error { return syscall.ENOSPC }}}
	if err := w.export(context.Background(), full, "cure"); err != nil || len(w.failed) != 1 {
		t.Errorf("%v, failed %q", err, w.failed)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	some := []study.Export{{Name: "a.npz", Write: func(to io.Writer, _ func(string) (io.ReadCloser, error)) error {
		_, err := to.Write([]byte("x"))
		return err
	}}}
	if err := w.export(ctx, some, "cure"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// What a run cannot be exported to is said.
func TestExportRefuses(t *testing.T) {
	tmp := t.TempDir()
	dir := filepath.Join(tmp, "a")
	must(t, quickstart(dir)...)
	for want, args := range map[string][]string{
		"use --formats npz for arrays": {"export", dir},
		`did you mean "npz"?`:          {"export", dir, "--formats", "npy"},
		"one run directory":            {"export"},
		"not the directory of a run":   {"export", tmp},
	} {
		if status, _, errs := neurosim(args...); status == exitDone || !strings.Contains(errs, want) {
			t.Errorf("%v: status %d, %s; want %q", args, status, errs, want)
		}
	}
	out, _ := must(t, "export", dir, "--formats", "npz", "--json")
	if !strings.Contains(out, "spikes.npz") {
		t.Errorf("--json says %s", out)
	}
}

// opened opens a finished run.
func opened(t *testing.T, dir string) *results.Dir {
	t.Helper()
	d, err := results.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
