package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/theory"
)

// A sweep of stratified estimates has the same files for any number of threads.
func TestRareSameFilesForAnyThreads(t *testing.T) {
	tmp := t.TempDir()
	first := ""
	for _, n := range []string{"1", "3"} {
		dir := filepath.Join(tmp, n)
		must(t, "run", "rare", "-o", dir, "--threads", n, "--set", "detection.trials=2000", "--set", `sweep.axes."populations.input.n"=[400, 2000]`,
			"--set", `sweep.axes."inputs.patterns.jitter"=["0 ms", "2 ms"]`, "--set", `output.formats=["svg"]`)
		if first == "" {
			first = dir
		}
		same(t, n+" threads", first, dir)
	}
}

// Without a sweep the configuration itself is estimated, in the metrics of --json
// too; rates of no trials are null there. P is that of equation (4), which the
// strata reproduce to 1e-9 where every one of them responds or none can.
func TestEstimateWithoutSweep(t *testing.T) {
	tmp := t.TempDir()
	var files []string
	for _, threads := range []string{"1", "2"} {
		dir := filepath.Join(tmp, threads)
		out, errs := must(t, "run", "../../testdata/benchmarks/rare.toml", "-o", dir, "--threads", threads, "--json")
		var report struct {
			Metrics map[string]any `json:"metrics"`
		}
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
		want := theory.FalsePositive(10000, 300, 30, 12)
		rate, _ := report.Metrics["detection.stratified.false_positives.rate"].(float64)
		if math.Abs(rate-want.Value()) > 2e-9*want.Value() || !strings.Contains(errs, "stratified") {
			t.Errorf("rate %g, want %v; said %q", rate, want, errs)
		}
		if v, there := report.Metrics["detection.segments.false_positives.rate"]; !there || v != nil {
			t.Errorf("rate of no novel patterns is %v, want null", v)
		}
		files = append(files, contents(t, dir)["metrics.json"])
	}
	if files[0] != files[1] {
		t.Error("metrics.json differs between one thread and two")
	}
}
