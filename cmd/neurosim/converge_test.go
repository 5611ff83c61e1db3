package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hhCell is a Hodgkin-Huxley soma with a step of current.
const hhCell = `
[run]
tstop = "60 ms"
dt    = "0.025 ms"
[populations.E]
kind = "compartmental"
size = 2
V_0  = "-65 mV"
temperature = "6.3 degC"
soma = { model = "channels", level = "0 mV" }
membrane = { g_L = "3e-4 S/cm2", E_L = "-54.3 mV" }
[populations.E.sections]
soma = { length = "20 um", diameter = "20 um" }
[populations.E.channels.na]
kind = "hh/na"
density = "0.12 S/cm2"
[populations.E.channels.k]
kind = "hh/kdr"
density = "0.036 S/cm2"
[stimulation.step]
kind = "step"
population = "E"
cells = [0]
start = "5 ms"
amplitude = "150 pA"
`

// converge runs a configuration at three steps and leaves a table, a figure and metrics.
// What moves falls with the step, of second order faster than of first; a second run into
// the directory is refused; a configuration without time steps is.
func TestConverge(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "hh.toml")
	if err := os.WriteFile(file, []byte(hhCell), 0o644); err != nil {
		t.Fatal(err)
	}
	shift := map[string]float64{}
	for _, method := range []string{"backward-euler", "second-order"} {
		out := filepath.Join(dir, method)
		_, errs := must(t, "converge", file, "--set", "populations.E.method="+method, "-o", out)
		if !strings.Contains(errs, "4, 4 and 4 spikes at dt = 0.025, 0.0125 and 0.00625 ms") {
			t.Errorf("%s says\n%s", method, errs)
		}
		var m map[string]float64
		if err := json.Unmarshal([]byte(read(t, filepath.Join(out, "metrics.json"))), &m); err != nil {
			t.Fatal(err)
		}
		shift[method] = m["E.largest_shift_ms"]
		if m["counts_that_change"] != 0 {
			t.Errorf("%s: %v", method, m)
		}
		if rows := readTable(t, filepath.Join(out, "tables/converge.csv")); len(rows) != 3 {
			t.Errorf("%d rows", len(rows))
		}
		if _, err := os.Stat(filepath.Join(out, "figures/shifts.png")); err != nil {
			t.Error(err)
		}
	}
	t.Log(shift)
	if !(shift["second-order"] <= 0.025) || !(shift["backward-euler"] > 0.1) {
		t.Errorf("spikes move by up to %v ms", shift)
	}
	if status, _, errs := neurosim("converge", file, "-o", filepath.Join(dir, "second-order")); status != exitFailed || !strings.Contains(errs, "is not empty") {
		t.Errorf("a second run: status %d, %s", status, errs)
	}
	if status, _, errs := neurosim("converge", "sequence-highorder", "-o", filepath.Join(dir, "none")); status != exitUsage || !strings.Contains(errs, "has no time step") {
		t.Errorf("without time steps: status %d, %s", status, errs)
	}
	// A step that changes the number of spikes is said.
	if _, errs := must(t, "converge", file, "--set", "run.dt=0.5 ms", "--set", "run.tstop=51 ms", "--set", "populations.E.method=backward-euler", "-o", filepath.Join(dir, "coarse")); !strings.Contains(errs, "warning: the number of spikes of E changes with the time step") {
		t.Errorf("a coarse step:\n%s", errs)
	}
}
