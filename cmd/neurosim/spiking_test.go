package main

import (
	"strings"
	"testing"
)

// A study gives the same files for any number of threads, and what a segment has
// learned is in a table.
func TestSpikingStudyIsTheSameOnAnyThreads(t *testing.T) {
	first := sameOnThreads(t, []string{"1", "2", "7"}, append([]string{"run", "sequence-spiking"}, set("run.episodes=12", "run.repeats=2")...)...)
	for file, want := range map[string]string{
		"tables/runs.csv": "A150 D150 B150 E150 | F150 D150 B150 C150", "tables/segments.csv": "ADBE.2", "tables/recall.csv": "sequence,right",
		"tables/events_last.csv": "dap_start", "metrics.json": "false_negatives",
	} {
		if !strings.Contains(read(t, first+"/"+file), want) {
			t.Errorf("%s does not hold %q", file, want)
		}
	}
}
