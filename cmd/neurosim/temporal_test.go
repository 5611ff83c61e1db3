package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A study gives the same files for any number of threads, and says what it found
// in metrics.json and as JSON.
func TestTemporalStudyIsTheSameOnAnyThreads(t *testing.T) {
	table := taxiTable(t, 600)
	for _, study := range [][]string{
		{"sequence-highorder", "--set", "stream.elements=400", "--set", "stream.change_after=200", "--set", "run.repeats=2"},
		{"taxi", "--set", "stream.file=" + table, "--set", "stream.score_from=400"},
	} {
		var first map[string]string
		for _, threads := range []string{"1", "2", "5"} {
			dir := filepath.Join(t.TempDir(), "run")
			must(t, append([]string{"run", "-o", dir, "--threads", threads}, study...)...)
			got := contents(t, dir)
			delete(got, "run.json")
			if first == nil {
				first = got
				if !strings.Contains(got["tables/runs.csv"], "anomaly") || !strings.Contains(got["metrics.json"], "segments") {
					t.Errorf("%s: files %q", study[0], slices.Sorted(maps.Keys(got)))
				}
				continue
			}
			for name := range first {
				if first[name] != got[name] {
					t.Errorf("%s: %s differs on %s threads", study[0], name, threads)
				}
			}
		}
	}
}

// A study that is interrupted keeps the runs that it has finished, and goes on to
// the files of the uninterrupted one.
func TestTemporalStudyResumes(t *testing.T) {
	study := []string{"sequence-highorder", "--set", "stream.elements=400", "--set", "stream.change_after=200", "--set", "run.repeats=1", "--threads", "1"}
	whole, part := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "part")
	must(t, append([]string{"run", "-o", whole}, study...)...)
	ctx, stop := context.WithCancel(context.Background())
	stop() // before the first run is done
	var out, errs bytes.Buffer
	if got := command(ctx, append([]string{"run", "-o", part}, study...), &out, &errs); got != exitInterrupted {
		t.Fatalf("exit %d: %s", got, errs.String())
	}
	must(t, append([]string{"run", "-o", part, "--resume"}, study...)...)
	a, b := contents(t, whole), contents(t, part)
	delete(a, "run.json")
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs after the resume", name)
		}
	}
}

// Without its data a study of a series is refused with what to do; check only
// warns. A file named on the command line is relative to the working directory.
func TestTemporalStudyNeedsItsData(t *testing.T) {
	var out, errs bytes.Buffer
	if got := command(context.Background(), []string{"run", "taxi", "-o", filepath.Join(t.TempDir(), "x")}, &out, &errs); got != exitUsage || !strings.Contains(errs.String(), "stream.file: must be given to run: --set stream.file=PATH") {
		t.Errorf("exit %d: %s", got, errs.String())
	}
	out.Reset()
	if got := command(context.Background(), []string{"check", "taxi", "--json"}, &out, &errs); got != exitDone {
		t.Errorf("exit %d: %s", got, errs.String())
	}
	var report struct {
		Configs []struct {
			Plan struct {
				Cells    int64    `json:"cells"`
				Warnings []string `json:"warnings"`
			} `json:"plan"`
		} `json:"configs"`
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || report.Configs[0].Plan.Cells != 65536 || len(report.Configs[0].Plan.Warnings) != 1 {
		t.Errorf("%v: %s", err, out.String())
	}
	t.Chdir(filepath.Dir(taxiTable(t, 10)))
	errs.Reset()
	if got := command(context.Background(), []string{"check", "taxi", "--set", "stream.file=table.csv", "--quiet"}, &out, &errs); got != exitUsage || !strings.Contains(errs.String(), "there are 10 rows") {
		t.Errorf("exit %d: %s", got, errs.String())
	}
}
