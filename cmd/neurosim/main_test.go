package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"neurosim/configs"
)

// TestMain lets the test binary stand in for the program, so that tests can
// interrupt and kill it.
func TestMain(m *testing.M) {
	if os.Getenv("NEUROSIM_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// neurosim runs a command line and returns its status and what it wrote.
func neurosim(args ...string) (status int, out, errs string) {
	var o, e bytes.Buffer
	status = command(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

// must runs a command line that has to succeed.
func must(t *testing.T, args ...string) (out, errs string) {
	t.Helper()
	status, out, errs := neurosim(args...)
	if status != exitDone {
		t.Fatalf("neurosim %s: status %d\n%s", strings.Join(args, " "), status, errs)
	}
	return out, errs
}

// contents returns the bytes of every file of a run but those that tell when
// and how it was run.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if name == "run.json" {
			return nil
		}
		text, err := os.ReadFile(path)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// same fails unless two runs left the same files.
func same(t *testing.T, what, a, b string) {
	t.Helper()
	x, y := contents(t, a), contents(t, b)
	for name := range x {
		if x[name] != y[name] {
			t.Errorf("%s: %s differs", what, name)
		}
	}
	for name := range y {
		if _, ok := x[name]; !ok {
			t.Errorf("%s: %s is there only once", what, name)
		}
	}
}

// short makes the quickstart small enough for a test, its sweep too.
var short = []string{"--set", "run.tstop=400 ms", "--set", `sweep.axes."inputs.patterns.swap"=[0.2, 0.5]`,
	"--set", `output.formats=["svg"]`}

func quickstart(dir string, more ...string) []string {
	return append(append([]string{"run", "quickstart", "-o", dir}, short...), more...)
}

func TestSameFilesForAnyThreads(t *testing.T) {
	tmp := t.TempDir()
	first := filepath.Join(tmp, "1")
	must(t, quickstart(first, "--threads", "1")...)
	for _, n := range []string{"2", "3", "7"} {
		dir := filepath.Join(tmp, n)
		must(t, quickstart(dir, "--threads", n)...)
		same(t, n+" threads", first, dir)
	}
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

// start runs the program itself, in a process of its own.
func start(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), "NEUROSIM_TEST_MAIN=1")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &errs
}

// waitFor returns when the file is there and has some bytes.
func waitFor(t *testing.T, file string) {
	t.Helper()
	for range 2000 {
		if info, err := os.Stat(file); err == nil && info.Size() > 1<<17 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s does not appear", file)
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}

// A run that is interrupted, or killed after a checkpoint, and then resumed
// leaves the files of the uninterrupted run.
func TestInterruptedAndKilledRunsResume(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs signals")
	}
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
		waitFor(t, filepath.Join(dir, "spikes.csv.part"))
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
		waitFor(t, filepath.Join(dir, "spikes.csv.part"))
		waitForFile(t, filepath.Join(dir, "checkpoint.bin"))
		cmd.Process.Signal(syscall.SIGKILL)
		cmd.Wait()
		must(t, run(dir, append(every, "--resume")...)...)
		x, y := contents(t, whole), contents(t, dir)
		delete(y, "resolved.toml") // has another run.checkpoint
		for name := range y {
			if x[name] != y[name] {
				t.Errorf("killed and resumed: %s differs", name)
			}
		}
	})
}

func waitForFile(t *testing.T, file string) {
	t.Helper()
	for range 2000 {
		if _, err := os.Stat(file); err == nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s does not appear", file)
}

// rows reads a CSV file and returns some columns of the rows that keep.
func rows(t *testing.T, path string, keep func(map[string]string) bool, columns ...string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, c := range all[0] {
			m[c] = row[i]
		}
		if keep != nil && !keep(m) {
			continue
		}
		var s []string
		for _, c := range columns {
			s = append(s, m[c])
		}
		out = append(out, strings.Join(s, " "))
	}
	return out
}

// The reference cases, run from their configurations and CSV files through the
// program, give the reference's events.
func TestReferenceConfigurations(t *testing.T) {
	const ref = "../../testdata/reference/"
	for _, name := range []string{"a_one_neuron/one_neuron", "b_network/network"} {
		dir := t.TempDir()
		at := ref + "segments/" + filepath.Dir(name) + "/"
		must(t, "run", ref+"segments/"+name+".toml", "-o", dir)
		got := rows(t, dir+"/dendritic_events.csv", func(m map[string]string) bool { return m["event"] == "start" }, "step", "cell", "segment")
		if want := rows(t, at+"nmda_spikes.csv", nil, "step", "neuron", "segment"); !slices.Equal(got, want) {
			t.Errorf("%s: %d NMDA spikes, want the %d of the reference", name, len(got), len(want))
		}
		got = rows(t, dir+"/spikes.csv", func(m map[string]string) bool { return m["population"] == "E" }, "step", "cell")
		if want := rows(t, at+"soma_spikes.csv", nil, "step", "neuron"); !slices.Equal(got, want) {
			t.Errorf("%s: %d spikes, want the %d of the reference", name, len(got), len(want))
		}
	}
	dir := t.TempDir()
	must(t, "run", ref+"lif/lif.toml", "-o", dir)
	got := map[string][]string{}
	for _, row := range rows(t, dir+"/spikes.csv", nil, "population", "step") {
		population, step, _ := strings.Cut(row, " ")
		got[population] = append(got[population], step)
	}
	want := map[string][]string{}
	for _, row := range rows(t, ref+"lif/spikes_grid.csv", nil, "case", "step") {
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
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// shortRun returns the flags that make a shipped configuration short, with figures as
// SVG.
func shortRun(t *testing.T, name string) (args []string, x *configs.Experiment) {
	t.Helper()
	args = []string{"--set", `output.formats=["svg"]`}
	x, err := configs.Load(name, configs.Options{})
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
	if err := os.MkdirAll(full, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(full, "thesis.tex"), []byte("years of work"), 0o644); err != nil {
		t.Fatal(err)
	}
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
	if text, err := os.ReadFile(filepath.Join(full, "thesis.tex")); err != nil || string(text) != "years of work" {
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
