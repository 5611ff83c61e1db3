package main

import (
	"bytes"
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
	"neurosim/studies"
	"neurosim/studies/networks"
	"neurosim/studies/onecell"
	"neurosim/studies/protocols"
	"neurosim/studies/spikingmemory"
	"neurosim/studies/temporalmemory"
	"neurosim/study"
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
	must(t, quickstart(b, "--set", `record.traces.more={ population = "E", cells = [5, 6], variables = ["I_syn"] }`, "--set", `figures.traces.trace=more`, "--set", `record.formats=["binary"]`)...)
	x, y := contents(t, a), contents(t, b)
	for _, name := range []string{"dendritic_events.csv", "rates.csv", "metrics.json", "tables/sweep.csv", "tables/raster_b.csv"} {
		if x[name] != y[name] || x[name] == "" {
			t.Errorf("%s differs", name)
		}
	}
}

// A run that is interrupted, or killed after a checkpoint, and then resumed
// leaves the files of the uninterrupted run.
func TestInterruptedAndKilledRunsResume(t *testing.T) {
	needsUnix(t)
	long := []string{"--set", "run.tstop=20 s", "--set", `sweep.axes."inputs.patterns.swap"=[0.2, 0.5]`,
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
		_, hint, _ := strings.Cut(errs.String(), "continue with: neurosim ")
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
		waitFor(t, filepath.Join(dir, "checkpoint.bin"), 1<<10) // not the first, which is empty
		cmd.Process.Signal(syscall.SIGKILL)
		cmd.Wait()
		must(t, run(dir, append(every, "--resume")...)...)
		same(t, "killed and resumed", whole, dir, "resolved.toml") // has another run.checkpoint
	})
}

// The reference cases, run from their configurations and CSV files through the
// program, give the reference's events.
func TestReferenceConfigurations(t *testing.T) {
	long(t, "simulates 5 s, as the engine does in its own tests")
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
// SVG, and the configuration with them.
func shortRun(t *testing.T, name string) (args []string, x *study.Config) {
	t.Helper()
	x, err := configs.Load(studies.All(), name, grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	short := []string{`output.formats=["svg"]`}
	pointsDrawn := false // figures name points of the sweep
	switch x := x.Study.(type) {
	case *spikingmemory.Study:
		short = append(short, "run.episodes=4", "run.repeats=2")
	case *temporalmemory.Study:
		if x.Mixed != nil {
			short = append(short, "stream.elements=300", "stream.change_after=200", "run.repeats=1")
		} else {
			short = append(short, "stream.file="+taxiTable(t, 500), "stream.score_from=400")
		}
	case *onecell.Study:
		pointsDrawn = true
		if x.Psychometric != nil {
			short = append(short, "run.dt=0.1 ms", "psychometric.trials=40", "psychometric.length=20 um", "psychometric.synapses=18", "psychometric.weighted=20")
			break
		}
		short = append(short, "run.dt=0.1 ms", "run.tstop=80 ms")
		if !slices.ContainsFunc(x.Figures, func(f onecell.Figure) bool { return f.ThresholdCurve == nil }) {
			a := x.Sweep.Axes[0] // no figure names points of the sweep
			short = append(short, fmt.Sprintf("sweep.axes.%q=[%s]", a.Key, strings.Join(a.Values[:3], ", ")))
		}
	case *protocols.Study:
		short = append(short, "run.dt=0.1 ms", "protocols.settle=20 ms")
		for _, key := range []string{"input_resistance.steps=2", "input_resistance.duration=50 ms", "f_i.steps=2", "f_i.duration=50 ms", "rheobase.tolerance=200 pA", "rheobase.duration=50 ms",
			"spike_shape.duration=30 ms", "attenuation.places=2", "attenuation.duration=30 ms", "dendritic_input_output.steps=2", "critical_frequency.steps=2", "critical_frequency.after=20 ms"} {
			short = append(short, "protocols."+key)
		}
	case *networks.Study:
		if len(x.Network.Stimulations) > 0 { // which begin when they begin
			short = append(short, "run.dt=0.05 ms")
			break
		}
		short = append(short, "run.tstop=300 ms")
		if x.Detection != nil && x.Detection.Estimator == networks.Stratified {
			short = append(short, "detection.trials=4000")
		}
		for _, f := range x.Figures {
			if f.Raster != nil || f.Traces != nil {
				short = append(short, "figures."+f.Name+".stop=300 ms")
			}
		}
	}
	if x.Sweep != nil && !pointsDrawn {
		short = append(short, `sweep.set."run.tstop"=600 ms`)
		for _, a := range x.Sweep.Axes {
			two := a.Values[:min(2, len(a.Values))]
			if n := len(a.Values); n > 3 {
				two = []string{a.Values[0], a.Values[n/3]}
			}
			short = append(short, fmt.Sprintf("sweep.axes.%q=[%s]", a.Key, strings.Join(two, ", ")))
		}
	}
	if name == "coincidence" { // the theory's curve of 24 synapses takes 12 s
		short = append(short, "populations.E.segments.basal.synapses=12", "populations.E.segments.basal.theta=6")
	}
	return set(short...), x
}

// Every shipped configuration runs, shortened, to all of its figures, and plot draws
// the same bytes again. A second run into its directory is refused; an overwritten
// directory equals a fresh one byte for byte; an interrupted run that is resumed does
// too; and one figure that cannot be written costs that figure alone. The first version
// drew the figures of an overwritten run from the old one's files, because no test
// overwrote with other results, and ended a run as unfinished for one figure, because
// no test had one fail.
func TestShippedConfigurations(t *testing.T) {
	for _, name := range configs.Shipped() {
		t.Run(name, func(t *testing.T) {
			if !slices.Contains([]string{"quickstart", "uncaging", "sequence-spiking"}, name) { // one of each engine
				long(t, "runs each shipped configuration three times")
			}
			t.Parallel()
			args, x := shortRun(t, name)
			tmp := t.TempDir()
			dir, fresh := filepath.Join(tmp, "run"), filepath.Join(tmp, "fresh")
			run := func(dir string, more ...string) []string {
				return append(append([]string{"run", name, "-o", dir}, args...), more...)
			}
			must(t, run(fresh)...)
			drawnAgain(t, fresh, x)
			if status, _, errs := neurosim(run(fresh)...); status != exitFailed || !strings.Contains(errs, "is not empty") {
				t.Errorf("a second run: status %d, said %s", status, errs)
			}
			older(t, fresh, dir)
			must(t, run(dir, "--overwrite")...)
			same(t, "overwritten", fresh, dir)

			// Interrupted, and resumed with a folder where a picture has to be.
			interrupted(t, run(dir, "--overwrite")...)
			picture := "figures/" + x.FigureNames[0] + ".svg"
			if err := os.RemoveAll(filepath.Join(dir, picture)); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, picture, "x"), "")
			status, _, errs := neurosim(run(dir, "--resume")...)
			if status != exitFailed || !strings.Contains(errs, "failed: "+picture) {
				t.Errorf("one picture that cannot be written: status %d, said %s", status, errs)
			}
			if rec := finished(t, dir); len(rec.Failures) != 1 || rec.ExitCode != exitFailed {
				t.Errorf("failures %q, exit code %d", rec.Failures, rec.ExitCode)
			}
			if err := os.RemoveAll(filepath.Join(dir, picture)); err != nil {
				t.Fatal(err)
			}
			must(t, "plot", dir, "--formats", "svg")
			same(t, "interrupted, resumed and drawn again", fresh, dir)
		})
	}
}

// drawnAgain fails unless a run has all of its figures and plot draws them again. The
// other formats are drawn of one configuration: a PNG takes a second, and .ci/levels
// draws those of all.
func drawnAgain(t *testing.T, dir string, x *study.Config) {
	t.Helper()
	before := contents(t, dir)
	must(t, "plot", dir, "--formats", "svg")
	after := contents(t, dir)
	for _, name := range x.FigureNames {
		file := "figures/" + name + ".svg"
		if len(before[file]) < 1000 || before[file] != after[file] {
			t.Errorf("%s: %d bytes from the run, %d drawn again", file, len(before[file]), len(after[file]))
		}
	}
}

// older makes a directory of a run that had other results: that of a run, with tables
// that lack their last line and other files that no one can read.
func older(t *testing.T, fresh, dir string) {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(fresh)); err != nil {
		t.Fatal(err)
	}
	for name, text := range contents(t, dir) {
		if body := strings.TrimSuffix(text, "\n"); filepath.Ext(name) == ".csv" {
			text = body[:strings.LastIndexByte(body, '\n')+1]
		} else {
			text += "x"
		}
		write(t, filepath.Join(dir, name), text)
	}
}

// Pictures in every format are drawn again with the same bytes.
func TestFormatsAreDrawnAgain(t *testing.T) {
	long(t, "draws six PNG files of 600 dpi")
	dir := filepath.Join(t.TempDir(), "run")
	must(t, quickstart(dir, "--set", `output.formats=["png", "svg", "pdf"]`)...)
	before := contents(t, dir)
	must(t, "plot", dir, "--formats", "png,svg,pdf")
	after := contents(t, dir)
	for _, figure := range []string{"raster", "traces", "accuracy"} {
		for _, format := range []string{"png", "svg", "pdf"} {
			file := "figures/" + figure + "." + format
			if len(before[file]) < 1000 || before[file] != after[file] {
				t.Errorf("%s: %d bytes from the run, %d drawn again", file, len(before[file]), len(after[file]))
			}
		}
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

// A figure is changed without simulating again, as it would be in the configuration; what makes
// no sense is refused, and the others are drawn.
func TestPlotChangesFigures(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "u")
	must(t, "run", "uncaging", "-o", out, "--set", "run.tstop=60 ms", "--set", "uncaging.synapses=30")
	before, err := os.ReadFile(filepath.Join(out, "figures", "uncaging.png"))
	if err != nil {
		t.Fatal(err)
	}
	must(t, "plot", out, "--figure", "uncaging", "--set", "figures.uncaging.axes.b.y_scale=log", "--set", "figures.uncaging.legend=false")
	after, err := os.ReadFile(filepath.Join(out, "figures", "uncaging.png"))
	if err != nil || bytes.Equal(before, after) {
		t.Errorf("the figure is the same: %v", err)
	}
	if status, _, errs := neurosim("plot", out, "--set", "figures.uncagings.legend=false"); status != exitUsage || !strings.Contains(errs, `did you mean "uncaging"?`) {
		t.Errorf("%d %s", status, errs)
	}
	svg := func(set ...string) string {
		args := []string{"plot", out, "--figure", "uncaging", "--formats", "svg"}
		for _, s := range set {
			args = append(args, "--set", s)
		}
		must(t, args...)
		text, err := os.ReadFile(filepath.Join(out, "figures", "uncaging.svg"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	plain := svg()
	for set, want := range map[string]string{
		"figures.uncaging.font_size=9":                      ` font-size="9" `,
		"figures.uncaging.colours.Cell=#123abc":             `fill="#123ABC"`,
		"figures.uncaging.axes.a.x_ticks=[0, 7.25]":         ">7.25<",
		`figures.uncaging.axes.b.y_ticks=["0.0125 V", 0]`:   ">12.5<",
		`figures.uncaging.axes.c.title="Above −40 mV"`:      ">Above −40 mV<",
		`figures.uncaging.axes.a.y_label="Branch < & soma"`: ">Branch &lt; &amp; soma (mV)<",
	} {
		if changed := svg(set); !strings.Contains(changed, want) || strings.Contains(plain, want) {
			t.Errorf("%s: %s must be in the figure with it alone", set, want)
		}
	}
	if entries := strings.Count(plain, ">Cell<"); entries != 1 || svg("figures.uncaging.legend=none") == plain || strings.Contains(svg("figures.uncaging.legend=none"), ">Cell<") ||
		strings.Count(svg("figures.uncaging.axes.c.legend=top left"), ">Cell<") != 2 {
		t.Errorf("%d legends, or not those that were asked for", entries)
	}
	if svg() != plain {
		t.Error("the figure does not come back as it was")
	}
	for set, want := range map[string]string{
		"figures.uncaging.font_size=4":             "must be from 5 to 14 (points)",
		"figures.uncaging.legend=left":             "must be true, false or a place",
		"figures.uncaging.colours.Cell=bleu":       `did you mean "blue"?`,
		"figures.uncaging.axes.a.x_ticks=7":        "must be a list of numbers or quantities",
		"figures.uncaging.colours.Cells=blue":      `there is no series "Cells"; did you mean "Cell"?`,
		`figures.uncaging.axes.a.x_ticks=["3 mV"]`: "must be a number without a unit",
	} {
		if status, _, errs := neurosim("plot", out, "--figure", "uncaging", "--set", set); status == exitDone || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d, %s; want %s", set, status, errs, want)
		}
	}
	if status, _, errs := neurosim("plot", out, "--set", "figures.uncaging.axes.a.y_max=3 ms"); status != exitFailed || !strings.Contains(errs, `must be a voltage (mV), is a time`) || !strings.Contains(errs, "traces.png") {
		t.Errorf("%d %s", status, errs)
	}
	// The study has no recordings from which its figure could be made again.
	if status, _, errs := neurosim("plot", out, "--set", `figures.uncaging.labels=["a"]`); status != exitUsage || !strings.Contains(errs, "change the configuration and run it") {
		t.Errorf("%d %s", status, errs)
	}
}

// What the raster of a network shows can be chosen without simulating again: the run has its
// recordings.
func TestPlotChoosesCells(t *testing.T) {
	out := filepath.Join(t.TempDir(), "q")
	must(t, quickstart(out)...)
	file := filepath.Join(out, "figures", "raster.svg")
	all, spikes := read(t, file), read(t, filepath.Join(out, "spikes.csv"))
	draw := func(set string) string {
		must(t, "plot", out, "--formats", "svg", "--figure", "raster", "--set", set)
		return read(t, file)
	}
	few, rates := draw(`figures.raster.cells=["E/0-3"]`), draw("figures.raster.spikes=false")
	if few == all || len(rates) >= len(few) || read(t, filepath.Join(out, "spikes.csv")) != spikes {
		t.Errorf("pictures of %d, %d and %d bytes", len(all), len(few), len(rates))
	}
	if again := draw(`figures.raster.cells=["E/0-99"]`); again != all {
		t.Error("all cells by their numbers are not all cells")
	}
	for set, want := range map[string]string{
		`figures.raster.cells=["E/100"]`: "E has cells 0 to 99", "figures.raster.rots=3": `did you mean "rows"?`,
		`figures.rooster.cells=["E/1"]`: `did you mean "raster"?`, "figures.accuracy.theory=false": "its points are those of the sweep",
	} {
		if status, _, errs := neurosim("plot", out, "--formats", "svg", "--set", set); status == exitDone || !strings.Contains(errs, want) {
			t.Errorf("%s: %d %s", set, status, errs)
		}
	}
}
