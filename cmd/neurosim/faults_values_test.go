package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A window longer than the run is one of any length. No test saw otherwise: all
// windows of the tests were a small part of the run, so that no conversion to steps
// came near the limits of its type.
func TestWindowsOfAnyLength(t *testing.T) {
	long(t, "runs a sweep five times")
	faultScript(t, "window-overflow")
}

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
		{"record.traces.t.variables=[]", "record.traces.t.variables = []: must not be empty; leave the key out for the default"},
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

// A key that is too large is named, first, with its place: the step before what does
// not fit it, and the population or the synapses that need the memory. No test gave a
// network that was too large for another reason than its size.
func TestTooLargeNamesTheKey(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"run.dt=1e300 ms", `run.dt = "1e300 ms": must be at most 1e+15 ms`},
		{"run.dt=1e9 ms", `run.dt = "1e9 ms": must not be longer than the run (tstop = 2000 ms)`},
		{"populations.E.size=1000000000", "populations.E.size = 1000000000: makes the network too large"},
		{"populations.input.patterns=1000000000", "populations.input.patterns = 1000000000: makes the network too large"},
		{"populations.E.segments.basal.count=4611686018427387904", "count = 4611686018427387904: must be from 1 to 65535"},
		{"populations.E.segments.basal.plateau=1e-300 ms", "plateau = \"1e-300 ms\": must be 0 or at least 1e-18 ms"},
		{"inputs.patterns.period=1e-9 ms", "must be a whole number of steps of dt = 0.1 ms: 0 or 0.1 ms"},
		{"sweep.repeats=4611686018427387904", "sweep.repeats = 4611686018427387904: makes"},
	} {
		status, says := checked(t, "quickstart", "--quiet", "--set", c.set)
		if status != 2 || !strings.HasPrefix(says, "--set: ") || !strings.Contains(says, c.want) {
			t.Errorf("%s: status %d, %s\nwant %s", c.set, status, says, c.want)
		}
	}
}

// Synapses that would be active after the end are refused: 40 of them counted as fewer.
func TestUncagingEndsWithinTheRun(t *testing.T) {
	if status, says := checked(t, "uncaging", "--quiet", "--set", "uncaging.interval=10 ms"); status != 2 ||
		!strings.Contains(says, "the last of 40 synapses would be active at 410 ms, after the end of the run (run.tstop = 250 ms)") {
		t.Errorf("status %d, %s", status, says)
	}
}

// A name that nothing bears is an error, with a suggestion where there is a near one.
func TestNamesOfNothing(t *testing.T) {
	for _, c := range []struct{ config, set, want string }{
		{"quickstart", `projections.basal.source="inputt"`, `did you mean "input"?`},
		{"quickstart", `projections.basal.target="E/basall"`, `did you mean "basal"?`},
		{"quickstart", `detection.input="pattern"`, `did you mean "patterns"?`},
		{"quickstart", `inputs.patterns.population="imput"`, `did you mean "input"?`},
		{"quickstart", `record.spikes=["EE"]`, `unknown population; did you mean "E"?`},
		{"quickstart", `figures.raster.populations=["inputt"]`, `unknown population; did you mean "input"?`},
		{"quickstart", `figures.traces.trace="cel"`, `must name a table [record.traces.NAME]`},
		{"quickstart", `projections.basal.rule="stor"`, `did you mean "store"?`},
		{"conductances", `record.traces.cell.group="bassal"`, `did you mean "basal"?`},
		{"conductances", `populations.E.segments.basal.sections=["basal0","basl1"]`, `there is no section "basl1"; did you mean`},
		{"conductances", `populations.E.sections.basal1.parent="some"`, `did you mean "soma"?`},
		{"conductances", `populations.E.sections.basal1.region="x"`, `no region has this name`},
		{"conductances", `populations.E.regions.dend.R_m="1 kohm cm2"`, `populations.E.regions.dend: no section is of this region`},
		{"conductances", `populations.E.segments.basal.nmda.block.law="eyal2019"`, `did you mean "eyal2018"?`},
		{"uncaging", `uncaging.target="E/basel"`, `did you mean`},
		{"sequence-highorder", `figures.learning.cases=["fist_order"]`, `did you mean`},
		{"quickstart", `sweep.axes={"inputs.patterns.swapp"=[0.1]}`, `did you mean "inputs.patterns.swap"?`},
	} {
		if status, says := checked(t, c.config, "--quiet", "--set", c.set); status != 2 || !strings.Contains(says, c.want) {
			t.Errorf("%s, %s: status %d, %s\nwant %s", c.config, c.set, status, says, c.want)
		}
	}
}

// The resolved configuration of a run, loaded again, is the same and gives the same
// files. It showed values that stand for none (at = -1.0, compartments = 0), and only
// what the loader makes of it was compared, not what a run does.
func TestResolvedGivesTheSameRun(t *testing.T) {
	long(t, "runs five studies twice")
	for _, c := range []struct {
		config string
		set    []string
	}{
		{"context", []string{"run.tstop=300 ms", `output.formats=["svg"]`}},
		{"conductances", []string{"run.tstop=30 ms", "record.spikes=[]", "figures={}", "sweep.axes={\"inputs.patterns.swap\"=[0.5]}", "sweep.repeats=1", "populations.E.size=2"}},
		{"uncaging", []string{"uncaging.synapses=3", "run.tstop=30 ms", "uncaging.time=5 ms", "figures={}", "sweep.axes={\"run.dt\"=[\"0.025 ms\"]}"}},
		{"inhibition", []string{"uncaging.synapses=3", "run.tstop=30 ms", "uncaging.time=5 ms", "figures={}", "sweep.axes={\"run.dt\"=[\"0.025 ms\"]}"}},
		{"sequence-highorder", []string{"stream.elements=60", "run.repeats=1", "figures={}", "stream.change_after=20"}},
	} {
		dir := t.TempDir()
		args := append(set(c.set...), "--quiet", "--threads", "1")
		first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
		must(t, append([]string{"run", c.config, "-o", first}, args...)...)
		must(t, "run", filepath.Join(first, "resolved.toml"), "-o", second, "--quiet", "--threads", "1")
		if a := contents(t, first); a["resolved.toml"] == "" || len(a) < 4 {
			t.Fatalf("%s: the run left %d files", c.config, len(a))
		}
		same(t, c.config, first, second, "config.toml")
	}
}
