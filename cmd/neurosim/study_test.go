package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A study leaves the same files for any number of threads, with its tables, its
// metrics and its figures, and redraws from them.
func TestStudySameFilesForAnyThreads(t *testing.T) {
	long(t, "runs two studies twice")
	for _, c := range []struct {
		config string
		set    []string
		files  []string
	}{
		{"traces", []string{"run.tstop=60 ms", "run.dt=0.05 ms"}, []string{"tables/responses.csv", "tables/thresholds.csv", "tables/traces_a.csv", "figures/traces.svg"}},
		{"psychometric", []string{"run.tstop=40 ms", "run.dt=0.1 ms", "psychometric.trials=60", "psychometric.synapses=18", "psychometric.weighted=20", "psychometric.length=20 um"},
			[]string{"tables/curve.csv", "tables/fit.csv", "tables/false_positives.csv", "tables/false_negatives.csv", "figures/psychometric.svg"}},
	} {
		first := sameOnThreads(t, []string{"1", "3"}, append([]string{"run", c.config}, set(append(c.set, `output.formats=["svg"]`)...)...)...)
		files := contents(t, first)
		for _, name := range append(c.files, "metrics.json", "config.toml", "resolved.toml") {
			if files[name] == "" {
				t.Errorf("%s: no %s", c.config, name)
			}
		}
		figure := filepath.Join(first, c.files[len(c.files)-1])
		before := read(t, figure)
		if err := os.Remove(figure); err != nil {
			t.Fatal(err)
		}
		must(t, "plot", first, "--formats", "svg")
		if read(t, figure) != before {
			t.Errorf("%s: drawn again the figure differs", c.config)
		}
	}
}

// A study with --json prints one object with its metrics, and has nothing to resume.
func TestStudyOnTheCommandLine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	var got struct{ Metrics map[string]float64 }
	out, errs := mustJSON(t, &got, append([]string{"run", "uncaging", "-o", dir}, set("run.tstop=120 ms", "run.dt=0.05 ms", `output.formats=["svg"]`)...)...)
	if got.Metrics["K_star"] < 8 || got.Metrics["K_star"] > 20 {
		t.Errorf("%s", out)
	}
	if !strings.Contains(errs, "K* = ") {
		t.Errorf("nothing is said of K*:\n%s", errs)
	}
	if status, _, errs := neurosim("run", "uncaging", "-o", dir, "--resume"); status == exitDone || errs == "" {
		t.Errorf("--resume of a finished study: status %d\n%s", status, errs)
	}
}

// thresholds takes the θ of a psychometric study, which is one of each point of its
// sweep, and says how sharp it is.
func TestThresholdsOfAStudiedCell(t *testing.T) {
	long(t, "activates a cell in trials for 2 s")
	dir := filepath.Join(t.TempDir(), "a")
	args := append([]string{"thresholds", "psychometric", "-o", dir}, set("psychometric.trials=40", "psychometric.weighted=0", `output.formats=["svg"]`, "run.dt=0.1 ms", "run.tstop=50 ms", "psychometric.length=20 um")...)
	if status, _, errs := neurosim(args...); status != exitUsage || !strings.Contains(errs, "law = jahr-stevens; E/basal, law = larkum2009; choose with --group") {
		t.Errorf("two points: status %d\n%s", status, errs)
	}
	var got struct {
		Case  struct{ N, A, S, Theta int }
		Notes []string
	}
	out, _ := mustJSON(t, &got, append(args, "--group", "E/basal, law = larkum2009")...)
	if c := got.Case; c.N != 10000 || c.A != 200 || c.S != 40 || c.Theta < 8 || c.Theta > 20 || len(got.Notes) != 3 || !strings.Contains(got.Notes[0], "of 40 trials") {
		t.Errorf("%s", out)
	}
}
