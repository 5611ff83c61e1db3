package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"neurosim/configs"
	"neurosim/grammar"
)

// short makes the quickstart small enough for a test, its sweep too.
var short = []string{"--set", "run.tstop=400 ms", "--set", `sweep.axes."inputs.patterns.swap"=[0.2, 0.5]`,
	"--set", `output.formats=["svg"]`}

func quickstart(dir string, more ...string) []string {
	return append(append([]string{"run", "quickstart", "-o", dir}, short...), more...)
}

func TestSameFilesForAnyThreads(t *testing.T) {
	sameOnThreads(t, []string{"1", "2", "3", "7"}, append([]string{"run", "quickstart"}, short...)...)
}

func TestAnotherRecorderChangesNothing(t *testing.T) {
	tmp := t.TempDir()
	a, b := filepath.Join(tmp, "a"), filepath.Join(tmp, "b")
	must(t, quickstart(a)...)
	must(t, quickstart(b, "--set", `record.traces.more={ population = "E", cells = [5, 6], variables = ["I_syn"] }`, "--set", `figures.traces.trace=more`, "--set", `record.format=binary`)...)
	x, y := contents(t, a), contents(t, b)
	for _, name := range []string{"dendritic_events.csv", "rates.csv", "metrics.json", "tables/sweep.csv", "tables/raster.csv"} {
		if x[name] != y[name] || x[name] == "" {
			t.Errorf("%s differs", name)
		}
	}
}

// A run that is interrupted, or killed after a checkpoint, and then resumed
// leaves the files of the uninterrupted run.
func TestInterruptedAndKilledRunsResume(t *testing.T) {
	needsUnix(t)
	long := []string{"--set", "run.tstop=40 s", "--set", `sweep.axes."inputs.patterns.swap"=[0.2, 0.5]`,
		"--set", `output.formats=["svg"]`, "--set", "figures.raster.stop=1 s"}
	run := func(dir string, more ...string) []string {
		return append(append([]string{"run", "quickstart", "-o", dir}, long...), more...)
	}
	tmp := t.TempDir()
	whole := filepath.Join(tmp, "whole")
	must(t, run(whole)...)
	t.Run("interrupted", func(t *testing.T) {
		dir := filepath.Join(tmp, "interrupted")
		cmd, errs := start(t, run(dir)...)
		waitFor(t, filepath.Join(dir, "spikes.csv.part"), 1<<17)
		cmd.Process.Signal(os.Interrupt)
		if code := exitCode(cmd.Wait()); code != exitInterrupted || !strings.Contains(errs.String(), "--resume") {
			t.Fatalf("status %d, said\n%s", code, errs)
		}
		if status, _, errs := neurosim("plot", dir); status != exitFailed || !strings.Contains(errs, "interrupted") {
			t.Errorf("plot of an unfinished run: status %d, said %s", status, errs)
		}
		// The command that it names, split by a shell.
		_, hint, _ := strings.Cut(errs.String(), "go on with: neurosim ")
		hint, _, _ = strings.Cut(hint, "\n")
		words, err := exec.Command("sh", "-c", `printf '%s\n' `+hint).Output()
		if err != nil {
			t.Fatal(err)
		}
		must(t, append(strings.Split(strings.TrimSpace(string(words)), "\n"), "--threads", "2")...)
		same(t, "interrupted and resumed", whole, dir)
	})
	t.Run("killed", func(t *testing.T) {
		dir := filepath.Join(tmp, "killed")
		every := []string{"--set", "run.checkpoint=3 s"}
		cmd, _ := start(t, run(dir, every...)...)
		waitFor(t, filepath.Join(dir, "spikes.csv.part"), 1<<17)
		waitFor(t, filepath.Join(dir, "checkpoint.bin"), 0)
		cmd.Process.Signal(syscall.SIGKILL)
		cmd.Wait()
		must(t, run(dir, append(every, "--resume")...)...)
		same(t, "killed and resumed", whole, dir, "resolved.toml") // has another run.checkpoint
	})
}

// The reference cases, run from their configurations and CSV files through the
// program, give the reference's events.
func TestReferenceConfigurations(t *testing.T) {
	const ref = "../../testdata/reference/"
	for _, name := range []string{"a_one_neuron/one_neuron", "b_network/network"} {
		dir := t.TempDir()
		at := ref + "segments/" + filepath.Dir(name) + "/"
		must(t, "run", ref+"segments/"+name+".toml", "-o", dir)
		got := joined(readTable(t, dir+"/dendritic_events.csv"), func(r row) bool { return r["event"] == "start" }, "step", "cell", "segment")
		if want := joined(readTable(t, at+"nmda_spikes.csv"), nil, "step", "neuron", "segment"); !slices.Equal(got, want) {
			t.Errorf("%s: %d NMDA spikes, want the %d of the reference", name, len(got), len(want))
		}
		got = joined(readTable(t, dir+"/spikes.csv"), func(r row) bool { return r["population"] == "E" }, "step", "cell")
		if want := joined(readTable(t, at+"soma_spikes.csv"), nil, "step", "neuron"); !slices.Equal(got, want) {
			t.Errorf("%s: %d spikes, want the %d of the reference", name, len(got), len(want))
		}
	}
	dir := t.TempDir()
	must(t, "run", ref+"lif/lif.toml", "-o", dir)
	got := map[string][]string{}
	for _, row := range joined(readTable(t, dir+"/spikes.csv"), nil, "population", "step") {
		population, step, _ := strings.Cut(row, " ")
		got[population] = append(got[population], step)
	}
	want := map[string][]string{}
	for _, row := range joined(readTable(t, ref+"lif/spikes_grid.csv"), nil, "case", "step") {
		population, text, _ := strings.Cut(row, " ")
		var step int
		fmt.Sscan(text, &step)
		want[population] = append(want[population], fmt.Sprint(step-1)) // the reference counts one more
	}
	for population := range want {
		if !slices.Equal(got[population], want[population]) {
			t.Errorf("%s: spikes in steps %v, want %v", population, got[population], want[population])
		}
	}
}

// shortened returns the flags that make a study of a sequence memory short.
func shortened(t *testing.T, x *configs.Experiment) []string {
	if x.Spiking != nil {
		return []string{"--set", "run.episodes=4", "--set", "run.repeats=2"}
	}
	if x.Temporal.Mixed != nil {
		return []string{"--set", "stream.elements=300", "--set", "stream.change_after=200", "--set", "run.repeats=2"}
	}
	return []string{"--set", "stream.file=" + taxiTable(t, 700), "--set", "stream.score_from=400"}
}

// taxiTable writes a table like that of the taxis: days and weeks of half hours.
func taxiTable(t *testing.T, rows int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("timestamp,passenger_count,timeofday,dayofweek\ndatetime,int,int,int\nT,,,\n")
	at := time.Date(2014, 7, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		fmt.Fprintf(&b, "%s,%d,%d,%d\n", at.Format(time.DateTime), 1000+300*(i%48)+100*(i/48%7), i%48*30, i/48%7)
		at = at.Add(30 * time.Minute)
	}
	file := filepath.Join(t.TempDir(), "table.csv")
	write(t, file, b.String())
	return file
}

// shortRun returns the flags that make a shipped configuration short, with figures as
// SVG.
func shortRun(t *testing.T, name string) (args []string, x *configs.Experiment) {
	t.Helper()
	args = []string{"--set", `output.formats=["svg"]`}
	x, err := configs.Load(name, grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case x.Temporal != nil || x.Spiking != nil:
		args = append(args, shortened(t, x)...)
	case x.StudiesCell():
		args = append(args, "--set", "run.dt=0.1 ms")
		if x.Psychometric != nil {
			args = append(args, "--set", "psychometric.trials=60", "--set", "psychometric.length=20 um", "--set", "psychometric.weighted=100")
		}
	default:
		args = append(args, "--set", "run.tstop=300 ms")
	}
	if x.Sweep != nil && !x.StudiesCell() { // figures of those name points of the sweep
		args = append(args, "--set", `sweep.set."run.tstop"=600 ms`)
		for _, a := range x.Sweep.Axes {
			two := a.Values[:min(2, len(a.Values))]
			if n := len(a.Values); n > 3 {
				two = []string{a.Values[0], a.Values[n/3]}
			}
			args = append(args, "--set", fmt.Sprintf("sweep.axes.%q=[%s]", a.Key, strings.Join(two, ", ")))
		}
	}
	for _, f := range x.Figures {
		if f.Raster != nil || f.Traces != nil {
			args = append(args, "--set", "figures."+f.Name+".stop=300 ms")
		}
	}
	return args, x
}

// Every shipped configuration runs, shortened, to all of its figures, and plot
// draws the same bytes again.
func TestShippedConfigurationsRun(t *testing.T) {
	for _, name := range configs.Shipped() {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			args, x := shortRun(t, name)
			args = append([]string{"run", name, "-o", dir}, append(args, "--set", `output.formats=["png", "svg", "pdf"]`)...)
			must(t, args...)
			before := contents(t, dir)
			must(t, "plot", dir, "--formats", "png,svg,pdf")
			after := contents(t, dir)
			for _, f := range x.Figures {
				for _, format := range []string{"png", "svg", "pdf"} {
					file := "figures/" + f.Name + "." + format
					if len(before[file]) < 1000 || before[file] != after[file] {
						t.Errorf("%s: %d bytes from the run, %d drawn again", file, len(before[file]), len(after[file]))
					}
				}
			}
		})
	}
}

func TestMistakesOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	full := filepath.Join(dir, "full")
	write(t, filepath.Join(full, "thesis.tex"), "years of work")
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{}, exitUsage, "neurosim run"},
		{[]string{"rum"}, exitUsage, `unknown command "rum"; did you mean "run"?`},
		{[]string{"run"}, exitUsage, "quickstart"},
		{[]string{"run", "quickstart", "--thread", "2"}, exitUsage, `flag provided but not defined: -thread; did you mean "threads"?`},
		{[]string{"run", "quickstart", "--threads", "-2"}, exitUsage, "must be a whole number from 0"},
		{[]string{"run", "quickstart", "--set", "run.tstop"}, exitUsage, "is not key=value"},
		{[]string{"run", "quickstart", "-o", dir, "--set", "run.tstp=1 s"}, exitUsage, `did you mean "tstop"?`},
		{[]string{"run", "no-such.toml"}, exitUsage, "no-such.toml: no such file"},
		{[]string{"run", "quickstart", "-o", full}, exitFailed, "full"},
		{[]string{"run", "quickstart", "-o", full, "--overwrite"}, exitFailed, "full"},
		{[]string{"run", "quickstart", "-o", full, "--resume"}, exitFailed, "full"},
		{[]string{"run", "quickstart", "--resume"}, exitUsage, "--resume needs -o DIR"},
		{[]string{"plot", filepath.Join(dir, "nothing")}, exitFailed, "nothing"},
		{[]string{"check", "quickstart", "--set", "populations.E.soma.tau_m=5 mV"}, exitUsage, "must be a time (ms), is a voltage"},
	} {
		status, out, errs := neurosim(c.args...)
		if status != c.status || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("neurosim %s: status %d, want %d; said %q, want %q; printed %q", strings.Join(c.args, " "), status, c.status, errs, c.says, out)
		}
	}
	if read(t, filepath.Join(full, "thesis.tex")) != "years of work" {
		t.Error("a folder of the user's was touched")
	}
}

func TestCheckPrintsTheResolvedConfiguration(t *testing.T) {
	out, errs := must(t, "check", "quickstart")
	for _, want := range []string{"tau_m      = \"10 ms\"", "[populations.E.segments.basal]"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, want := range []string{"2,148 cells (100 neurons), 200 segments, 24,800 synapses", "n = 2048, a = 40, s = 24, θ = 12", "false-match rate 1.1", "up to 12 of 24"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %q in\n%s", want, errs)
		}
	}
	_, errs = must(t, "check", "quickstart", "--quiet", "--set", "populations.input.n=300", "--set", "populations.E.segments.basal.theta=5")
	if !strings.Contains(errs, "expected false-match rate") || !strings.Contains(errs, "(n = 300, a = 40, s = 24, θ = 5)") {
		t.Errorf("no lint of the false-match rate:\n%s", errs)
	}
}
