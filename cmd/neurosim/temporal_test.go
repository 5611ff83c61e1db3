package main

import (
	"path/filepath"
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
		first := sameOnThreads(t, []string{"1", "2", "5"}, append([]string{"run"}, study...)...)
		if !strings.Contains(read(t, first+"/tables/runs.csv"), "anomaly") || !strings.Contains(read(t, first+"/metrics.json"), "segments") {
			t.Errorf("%s: metrics %v", study[0], metricsOf(t, first))
		}
	}
}

// A study that is interrupted keeps the runs that it has finished, and goes on to
// the files of the uninterrupted one.
func TestTemporalStudyResumes(t *testing.T) {
	study := []string{"sequence-highorder", "--set", "stream.elements=400", "--set", "stream.change_after=200", "--set", "run.repeats=1", "--threads", "1"}
	whole, part := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "part")
	must(t, append([]string{"run", "-o", whole}, study...)...)
	interrupted(t, append([]string{"run", "-o", part}, study...)...)
	must(t, append([]string{"run", "-o", part, "--resume"}, study...)...)
	same(t, "resumed", whole, part)
}

// Without its data a study of a series is refused with what to do; check only
// warns. A file named on the command line is relative to the working directory.
func TestTemporalStudyNeedsItsData(t *testing.T) {
	if got, _, errs := neurosim("run", "taxi", "-o", filepath.Join(t.TempDir(), "x")); got != exitUsage || !strings.Contains(errs, "stream.file: must be given to run: --set stream.file=PATH") {
		t.Errorf("exit %d: %s", got, errs)
	}
	if plan := checkJSON(t, "taxi").Plan; plan.Cells != 65536 || len(plan.Warnings) != 1 {
		t.Errorf("%+v", plan)
	}
	t.Chdir(filepath.Dir(taxiTable(t, 10)))
	if got, _, errs := neurosim("check", "taxi", "--set", "stream.file=table.csv", "--quiet"); got != exitUsage || !strings.Contains(errs, "there are 10 rows") {
		t.Errorf("exit %d: %s", got, errs)
	}
}
