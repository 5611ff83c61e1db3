package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/theory"
)

// A sweep of stratified estimates has the same files for any number of threads.
func TestRareSameFilesForAnyThreads(t *testing.T) {
	sameOnThreads(t, []string{"1", "3"}, append([]string{"run", "rare"}, set("detection.trials=2000", `sweep.axes."populations.input.n"=[400, 2000]`,
		`sweep.axes."inputs.patterns.jitter"=["0 ms", "2 ms"]`, `output.formats=["svg"]`)...)...)
}

// Without a sweep the configuration itself is estimated, in the metrics of --json
// too; rates of no trials are null there. P is that of equation (4), which the
// strata reproduce to 1e-9 where every one of them responds or none can.
func TestEstimateWithoutSweep(t *testing.T) {
	tmp := t.TempDir()
	var files []string
	for _, threads := range []string{"1", "2"} {
		dir := filepath.Join(tmp, threads)
		var report struct{ Metrics map[string]any }
		_, errs := mustJSON(t, &report, "run", "../../testdata/benchmarks/rare.toml", "-o", dir, "--threads", threads)
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
