package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A study gives the same files for any number of threads, and what a segment has
// learned is in a table.
func TestSpikingStudyIsTheSameOnAnyThreads(t *testing.T) {
	study := []string{"sequence-spiking", "--set", "run.episodes=12", "--set", "run.repeats=2"}
	var first map[string]string
	for _, threads := range []string{"1", "2", "7"} {
		dir := filepath.Join(t.TempDir(), "run")
		must(t, append([]string{"run", "-o", dir, "--threads", threads}, study...)...)
		got := contents(t, dir)
		delete(got, "run.json")
		if first == nil {
			first = got
			for file, want := range map[string]string{
				"tables/runs.csv": "A150 D150 B150 E150 | F150 D150 B150 C150", "tables/segments.csv": "ADBE.2", "tables/recall.csv": "sequence,right",
				"tables/events_last.csv": "dap_start", "metrics.json": "false_negatives",
			} {
				if !strings.Contains(got[file], want) {
					t.Errorf("%s does not hold %q; files are %q", file, want, slices.Sorted(maps.Keys(got)))
				}
			}
			continue
		}
		for name := range first {
			if first[name] != got[name] {
				t.Errorf("%s differs on %s threads", name, threads)
			}
		}
	}
}
