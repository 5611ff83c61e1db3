package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A cell that is driven far beyond what formulas can follow ends with status 3 and says
// which cell, section, gate and time; 100 nA it follows.
func TestAbsurdCurrentsSayWhere(t *testing.T) {
	dir := t.TempDir()
	run := func(amplitude string) (int, string) {
		status, _, errs := neurosim("run", "l5-bac", "--quiet", "--set", "run.tstop=97 ms", "--set", "figures.bac.stop=97 ms", "--set", "stimulation.epsc.start=90 ms",
			"--set", "stimulation.pulse.amplitude="+amplitude, "-o", filepath.Join(dir, amplitude), "--overwrite")
		return status, errs
	}
	const want = "the membrane potential of cell 0 of L5, section trunk0, is not finite at 95.025 ms (step 3801): gate m of Im has no value at "
	if status, errs := run("10 uA"); status != exitNumeric || !strings.Contains(errs, want) {
		t.Errorf("10 uA: status %d, %s", status, errs)
	}
	for _, follows := range []string{"100 nA", "-100 nA"} {
		if status, errs := run(follows); status != exitDone {
			t.Errorf("%s: status %d, %s", follows, status, errs)
		}
	}
}
