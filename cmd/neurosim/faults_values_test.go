package main

import (
	"strings"
	"testing"
)

// A window longer than the run is one of any length. No test saw otherwise: all
// windows of the tests were a small part of the run, so that no conversion to steps
// came near the limits of its type.
func TestWindowsOfAnyLength(t *testing.T) { faultScript(t, "window-overflow") }

// checked runs neurosim check on the working directory's c.toml and returns its
// status and what it says.
func checked(t *testing.T, args ...string) (status int, says string) {
	t.Helper()
	status, out, says := neurosim(append([]string{"check"}, args...)...)
	return status, out + says
}

// Units that look like those that are known, or are written in another way. The one
// table had one spelling of each, and the tests used those.
func TestUnitsThatLookAlike(t *testing.T) {
	fault(t, "units_lookalikes")
	if status, says := checked(t, "c.toml"); status != 0 || !strings.Contains(says, `R_m = "20000 ohm cm2"`) || !strings.Contains(says, `C_m = "1 uF/cm2"`) {
		t.Errorf("status %d:\n%s", status, says)
	}
}

// A default that does not fit dt is moved to whole steps, and said; t_ref has no
// meaning for a soma that does not spike. All tests had steps that divide the defaults.
func TestDefaultsFitTheStep(t *testing.T) {
	fault(t, "default_blocks_dt")
	status, says := checked(t, "c.toml")
	if status != 0 || !strings.Contains(says, `rates_bin = "5.1 ms"`) || !strings.Contains(says, "defaults were moved to whole steps: record.rates_bin 5.1 ms") {
		t.Errorf("status %d:\n%s", status, says)
	}
	if status, says := checked(t, "passive.toml"); status != 0 || strings.Contains(says, "t_ref") {
		t.Errorf("a passive soma: status %d:\n%s", status, says)
	}
	if status, says := checked(t, "passive.toml", "--set", "populations.E.soma.t_ref=3 ms"); status != 2 || !strings.Contains(says, "has no meaning for soma.model = \"passive\"") {
		t.Errorf("t_ref of a passive soma is written: status %d:\n%s", status, says)
	}
}

// Lists that are empty or name a column twice are refused at their line. No test gave
// an empty list, and check did not look at how many probes there are.
func TestTracesOfNothing(t *testing.T) {
	fault(t, "trace_empty")
	for _, c := range []struct{ set, want string }{
		{"run.seed=1", "c.toml:32: record.traces.t.cells = []: must not be empty"},
		{"record.traces.t.cells=[0, 0]", "record.traces.t.cells = [0, 0]: holds 0 twice"},
		{"record.traces.t.variables=[]", "record.traces.t.variables = []: must not be empty; without the key the default holds"},
		{`record.traces.t.variables=["V_m","V_m"]`, `holds "V_m" twice`},
	} {
		if status, says := checked(t, "c.toml", "--set", c.set); status != 2 || !strings.Contains(says, c.want) {
			t.Errorf("%s: status %d, %s; want %s", c.set, status, says, c.want)
		}
	}
}

// The numbers of cells of a psychometric study are refused when they are none.
func TestPsychometricOfNothing(t *testing.T) {
	faultScript(t, "psychometric-empty-lists")
	for _, key := range []string{"n", "active"} {
		if status, says := checked(t, "psychometric", "--set", "psychometric."+key+"=[]"); status != 2 || !strings.Contains(says, "must not be empty") {
			t.Errorf("psychometric.%s = []: status %d, %s", key, status, says)
		}
	}
}
