package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A study leaves the same files for any number of threads, with its tables, its
// metrics and its figures, and redraws from them.
func TestStudySameFilesForAnyThreads(t *testing.T) {
	tmp := t.TempDir()
	for _, c := range []struct {
		config string
		set    []string
		files  []string
	}{
		{"traces", []string{"run.tstop=60 ms", "run.dt=0.05 ms"}, []string{"tables/responses.csv", "tables/thresholds.csv", "tables/traces.csv", "figures/traces.svg"}},
		{"psychometric", []string{"run.tstop=40 ms", "run.dt=0.1 ms", "psychometric.trials=150", "psychometric.length=20 um"},
			[]string{"tables/curve.csv", "tables/fit.csv", "tables/false_positives.csv", "tables/false_negatives.csv", "figures/psychometric.svg"}},
	} {
		args := []string{"run", c.config, "--set", `output.formats=["svg"]`}
		for _, s := range c.set {
			args = append(args, "--set", s)
		}
		first := filepath.Join(tmp, c.config+"-1")
		must(t, append(args, "-o", first, "--threads", "1")...)
		files := contents(t, first)
		for _, name := range append(c.files, "metrics.json", "config.toml", "resolved.toml") {
			if files[name] == "" {
				t.Errorf("%s: no %s", c.config, name)
			}
		}
		second := filepath.Join(tmp, c.config+"-3")
		must(t, append(args, "-o", second, "--threads", "3")...)
		same(t, c.config+" on 3 threads", first, second)
		figure := filepath.Join(first, c.files[len(c.files)-1])
		before, _ := os.ReadFile(figure)
		if err := os.Remove(figure); err != nil {
			t.Fatal(err)
		}
		must(t, "plot", first, "--formats", "svg")
		if after, err := os.ReadFile(figure); err != nil || string(after) != string(before) {
			t.Errorf("%s: drawn again the figure differs (%v)", c.config, err)
		}
	}
}

// A study with --json prints one object with its metrics, and has nothing to resume.
func TestStudyOnTheCommandLine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	out, errs := must(t, "run", "uncaging", "-o", dir, "--json", "--set", "run.tstop=120 ms", "--set", "run.dt=0.05 ms", "--set", `output.formats=["svg"]`)
	var got struct {
		Outcome string
		Metrics map[string]float64
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Metrics["K_star"] < 8 || got.Metrics["K_star"] > 20 {
		t.Errorf("%v\n%s", err, out)
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
	dir := filepath.Join(t.TempDir(), "a")
	args := []string{"thresholds", "psychometric", "-o", dir, "--set", "psychometric.trials=40", "--set", "run.dt=0.1 ms", "--set", "run.tstop=50 ms", "--set", "psychometric.length=20 um"}
	if status, _, errs := neurosim(args...); status != exitUsage || !strings.Contains(errs, "law = jahr-stevens; E/basal, law = larkum2009; choose with --group") {
		t.Errorf("two points: status %d\n%s", status, errs)
	}
	out, _ := must(t, append(args, "--group", "E/basal, law = larkum2009", "--json")...)
	var got struct {
		Case  struct{ N, A, S, Theta int }
		Notes []string
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if c := got.Case; c.N != 10000 || c.A != 200 || c.S != 40 || c.Theta < 8 || c.Theta > 20 || len(got.Notes) != 3 || !strings.Contains(got.Notes[0], "of 40 trials") {
		t.Errorf("%s", out)
	}
}
