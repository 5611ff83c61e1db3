package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"neurosim/internal/rescue"
	"neurosim/results"
	"neurosim/study"
)

// A resumed run was compared with its directory by the seed and the text of the main
// file alone, and no test resumed with another --set.
func TestResumeRefusesOtherValues(t *testing.T) { faultScript(t, "resume-other-values") }

// A network in which cells spike from input and background, with a pattern every
// 50 ms that is not jittered beyond the end of the run.
const resumable = `include = ["input.toml"]
[run]
tstop = "60 s"
[populations.input]
kind = "sdr"
n = 200
active = 10
patterns = 3
[populations.E]
kind = "pyramidal"
size = 20
I_e = "210 pA"
[populations.E.segments.basal]
count = 1
theta = 6
[projections.basal]
source = "input"
target = "E/basal"
rule = "store"
synapses = 10
[projections.out]
source = "listed"
target = "E/basal"
rule = "random"
synapses = 2
[record.traces.v]
population = "E"
cells = [0]
every = "10 ms"
[figures.raster]
kind = "raster"
stop = "1 s"
[output]
formats = ["svg"]
`

const resumableInput = `[populations.listed]
kind = "sdr"
n = 5
active = 1
[inputs.show]
kind = "sdr"
population = "input"
period = "50 ms"
jitter = "1 ms"
[inputs.background]
kind = "poisson"
population = "input"
rate = "5 Hz"
[inputs.list]
kind = "spikes"
population = "listed"
file = "spikes.csv"
`

// resumableFiles writes the network above and makes its folder the working directory.
func resumableFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "net.toml", resumable)
	write(t, "input.toml", resumableInput)
	write(t, "spikes.csv", "step,cell\n10,0\n20,1\n")
}

// What differs between a run and what is to go on with it is named with both values:
// keys, included files, data files and the program; and before anything is written.
func TestResumeComparesEverything(t *testing.T) {
	resumableFiles(t)
	run := []string{"run", "net.toml", "-o", "r"}
	stopped(t, "r/spikes.csv.part", 1, run...)
	for _, c := range []struct {
		name   string
		change func(dir string)
		set    string
		says   []string
	}{
		{"step", nil, "run.dt=0.05 ms", []string{`run.dt was "0.1 ms", now "0.05 ms"`}},
		{"earlier end", nil, "run.tstop=40 s", []string{`run.tstop was "60000 ms", now "40000 ms"`}},
		{"current", nil, "populations.E.I_e=200 pA", []string{`populations.E.I_e was "210 pA", now "200 pA"`}},
		{"distribution", nil, `populations.E.I_e={ dist = "normal", mean = "210 pA", sd = "1 pA" }`, []string{`populations.E.I_e was "210 pA", now not given`, `populations.E.I_e.sd was not given, now "1 pA"`}},
		{"seed", nil, "run.seed=2", []string{"run.seed was 1, now 2"}},
		{"recording", nil, "record.dendritic=false", []string{"record.dendritic was true, now false"}},
		{"trace", nil, "record.traces.v.stop=50 s", []string{`record.traces.v.stop was "60000 ms", now "50000 ms"`}},
		{"included file", func(string) { edit(t, "input.toml", `"5 Hz"`, `"6 Hz"`) }, "", []string{`inputs.background.rate was "5 Hz", now "6 Hz"`}},
		{"data file", func(string) { edit(t, "spikes.csv", "20,1", "21,1") }, "", []string{"spikes.csv had sha256", ", now "}},
		{"program", func(dir string) { edit(t, dir+"/run.json", `"version": "`+version, `"version": "0.0.9`) }, "", []string{"the program was 0.0.9", "now " + version}},
		{"resolved.toml", func(dir string) { edit(t, dir+"/resolved.toml", `"210 pA"`, `"200 pA"`) }, "", []string{"resolved.toml: was changed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copyDir(t, "r")
			if c.change != nil {
				c.change(dir)
				defer write(t, "input.toml", resumableInput)
				defer write(t, "spikes.csv", "step,cell\n10,0\n20,1\n")
			}
			before := contents(t, dir)
			record := read(t, dir+"/run.json")
			args := []string{"run", "net.toml", "-o", dir, "--resume"}
			if c.set != "" {
				args = append(args, "--set", c.set)
			}
			status, _, errs := neurosim(args...)
			if status != exitFailed {
				t.Errorf("status %d", status)
			}
			for _, want := range c.says {
				if !strings.Contains(errs, want) {
					t.Errorf("said %q, want %q", errs, want)
				}
			}
			after := contents(t, dir)
			for name := range after {
				if after[name] != before[name] {
					t.Errorf("%s was written", name)
				}
			}
			if read(t, dir+"/run.json") != record {
				t.Error("run.json was written")
			}
		})
	}
}

// A run goes on with another title, other figures and a later end, and says so. With
// the later end it gives the bytes of a run that had it from the beginning.
func TestResumeAllowsWhatChangesNoPast(t *testing.T) {
	long(t, "simulates 130 s")
	resumableFiles(t)
	stopped(t, "r/spikes.csv.part", 1, "run", "net.toml", "-o", "r")
	more := []string{"--set", "run.tstop=70 s", "--set", "figures.raster.title=Later", "--set", "title=Other"}
	_, errs := must(t, append([]string{"run", "net.toml", "-o", "r", "--resume"}, more...)...)
	for _, want := range []string{`note: run.tstop was "60000 ms", now "70000 ms"`, `record.traces.v.stop was "60000 ms", now "70000 ms"`, `figures.raster.title was not given, now "Later"`} {
		if !strings.Contains(errs, want) {
			t.Errorf("said %s, want %q", errs, want)
		}
	}
	must(t, append([]string{"run", "net.toml", "-o", "whole"}, more...)...)
	same(t, "resumed with a later end", "whole", "r")
}

// A presentation after the old end can have spikes before it, which the run so far
// has not seen: with wide jitter the later end is refused.
func TestResumeRefusesALaterEndThatChangesThePast(t *testing.T) {
	resumableFiles(t)
	wide := []string{"--set", "inputs.show.jitter=7 s", "--set", "inputs.show.start=59 s"}
	stopped(t, "r/spikes.csv.part", 1, append([]string{"run", "net.toml", "-o", "r"}, wide...)...)
	status, _, errs := neurosim(append([]string{"run", "net.toml", "-o", "r", "--resume", "--set", "run.tstop=70 s"}, wide...)...)
	if status != exitFailed || !strings.Contains(errs, "a presentation that begins after the old end has spikes from") {
		t.Errorf("status %d, said %s", status, errs)
	}
}

// What a run has written is its own: a part that was edited since is not gone on
// with, even if it is long enough.
func TestResumeRefusesEditedParts(t *testing.T) {
	resumableFiles(t)
	stopped(t, "r/spikes.csv.part", 1, "run", "net.toml", "-o", "r")
	part := "r/dendritic_events.csv.part"
	text := []byte(read(t, part))
	text[len(text)/2] ^= 1
	write(t, part, string(text))
	status, _, errs := neurosim("run", "net.toml", "-o", "r", "--resume")
	if status != exitFailed || !strings.Contains(errs, "dendritic_events.csv: its first") || !strings.Contains(errs, "changed since") {
		t.Errorf("status %d, said %s", status, errs)
	}
	text[len(text)/2] ^= 1 // put right, it goes on
	write(t, part, string(text))
	must(t, "run", "net.toml", "-o", "r", "--resume")
}

// A study of a sequence memory resumes with its own values only. Another decrement
// was mixed into the results, and a shorter stream ended in a panic.
func TestResumeOfSequencesComparesEverything(t *testing.T) {
	for _, c := range []struct{ args, sets []string }{
		{[]string{"sequence-highorder", "--threads", "1", "--set", "run.repeats=2", "--set", "stream.elements=400", "--set", "stream.change_after=200"},
			[]string{"stream.elements=300", "memory.predicted_segment_decrement=0.05", "run.repeats=3", "run.seed=4"}},
		{[]string{"sequence-spiking", "--threads", "1", "--set", "run.episodes=4", "--set", "run.repeats=1"},
			[]string{"run.episodes=5", "run.episodes=3", "run.repeats=2", "task.pause=200 ms"}},
	} {
		dir := filepath.Join(t.TempDir(), "r")
		interrupted(t, append([]string{"run", "-o", dir}, c.args...)...)
		for _, set := range c.sets {
			key, value, _ := strings.Cut(set, "=")
			status, _, errs := neurosim(append(append([]string{"run", "-o", dir, "--resume"}, c.args...), "--set", set)...)
			if status != exitFailed || !strings.Contains(errs, key+" was ") || !strings.Contains(errs, value) {
				t.Errorf("%s with %s: status %d, said %s", c.args[0], set, status, errs)
			}
		}
	}
}

func TestResumeOfATemporalMemoryOfOtherLength(t *testing.T) {
	long(t, "trains memories for 2 s")
	faultScript(t, "resume-temporal-other-length")
}

// A closed terminal stops a run as SIGTERM does. Only Ctrl-C and SIGTERM were tried.
func TestHangup(t *testing.T) { faultScript(t, "hangup") }

// The first version left NAME.tmp and NAME.part to what stood there; no test had a
// link in the directory.
func TestOverwriteWritesThroughNoLink(t *testing.T) {
	faultScript(t, "links-in-the-run-directory")
}

// A flag whose value has no meaning is a mistake; --seed -3 was ignored, because -1
// stood for "not given" and no test gave another negative number.
func TestValuesOfFlags(t *testing.T) {
	fault(t, "negative_seed")
	for _, c := range [][]string{
		{"run", "c.toml", "--seed", "-3"}, {"run", "c.toml", "--seed", "-1"}, {"run", "c.toml", "--seed", "18446744073709551616"},
		{"run", "c.toml", "--seed", "x"}, {"run", "c.toml", "--seed", ""}, {"run", "c.toml", "--seed", "1.5"},
		{"run", "c.toml", "--threads", "-1"}, {"run", "c.toml", "--threads", "two"}, {"run", "c.toml", "--threads", "1000000000"},
		{"run", "c.toml", "-o", ""}, {"run", "c.toml", "--set", ""}, {"run", "c.toml", "--json=perhaps"},
		{"check", "c.toml", "--seed", "-3"}, {"check", "c.toml", "--seed", "x"},
		{"reproduce", "--seed", "-3", "fig5a"}, {"reproduce", "--threads", "-1"}, {"reproduce", "-o", ""}, {"reproduce", "--formats", ""},
		{"thresholds", "quickstart", "--seed", "-3"}, {"thresholds", "--seed", "3"}, {"thresholds", "-o", ""}, {"thresholds", "quickstart", "--group", ""},
		{"thresholds", "--formats", "gif"}, {"thresholds", "--n", "x"}, {"thresholds", "--noise", "NaN"}, {"thresholds", "--factor", "NaN"},
		{"thresholds", "--theta", "0"}, {"thresholds", "--theta", "-1"}, {"thresholds", "--segments", "0"}, {"thresholds", "--threads", "-2"},
		{"plot", "r", "--figure", ""}, {"plot", "r", "--formats", "png,"},
		{"theory", "fp", "--n", ""}, {"theory", "fp", "--n", "x"},
	} {
		if status, out, errs := neurosim(c...); status != exitUsage || out != "" || errs == "" {
			t.Errorf("neurosim %q: status %d, printed %q, said %q", c, status, out, errs)
		}
	}
	must(t, "check", "c.toml", "--seed", "9223372036854775807")
	if status, _, errs := neurosim("run", "c.toml", "-o", "r", "--seed", "18446744073709551615"); status != exitDone && !strings.Contains(errs, "18446744073709551615") {
		t.Errorf("the largest seed: status %d, said %s", status, errs)
	}
}

// --overwrite without -o replaces out/NAME; it was ignored, and a new directory taken.
func TestOverwriteWithoutADirectory(t *testing.T) {
	fault(t, "negative_seed")
	must(t, "run", "c.toml")
	must(t, "run", "c.toml", "--overwrite")
	if _, err := os.Stat("out/c"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat("out/c-2"); err == nil {
		t.Error("--overwrite made another directory")
	}
}

// What is said to a pipe that no one reads is dropped, and a device without room is an
// error of every command that prints data.
func TestClosedPipesAndFullDevices(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("needs /dev/full: run it on Linux")
	}
	fault(t, "negative_seed")
	if code := exitCode(shell(t, `"$NS" run c.toml -o piped 2>&1 | head -1; exit ${PIPESTATUS[0]}`).Run()); code != exitDone {
		t.Errorf("run | head -1: status %d", code)
	}
	if code := exitCode(shell(t, `"$NS" run c.toml -o closed --json 2>&1 | true; exit ${PIPESTATUS[0]}`).Run()); code != exitDone {
		t.Errorf("run | true: status %d", code)
	}
	must(t, "plot", "piped")
	for _, line := range []string{"check c.toml", "check c.toml --json", "list", "list --json", "keys", "version", "version --json", "help", "run -h",
		"theory", "theory fp --n 2048 --a 40 --s 24 --theta 12", "theory fp --n 2048 --a 40 --s 24 --theta 12 --json",
		"run c.toml -o full --json", "plot piped --json", "thresholds -o t --formats svg", "thresholds -o t2 --formats svg --json"} {
		if code := exitCode(shell(t, `"$NS" `+line+` >/dev/full 2>err`).Run()); code != exitFailed {
			t.Errorf("%s > /dev/full: status %d", line, code)
		}
		if text := read(t, "err"); !strings.Contains(text, "standard output: no space left on device") {
			t.Errorf("%s > /dev/full said %q", line, text)
		}
	}
	must(t, "plot", "full") // the run is finished
}

// agree runs check and run on a configuration with one change and fails unless both
// end with the same status.
func agree(t *testing.T, args ...string) {
	t.Helper()
	check, _, said := neurosim(append([]string{"check", "--quiet"}, args...)...)
	run, _, errs := neurosim(append([]string{"run", "--quiet", "-o", filepath.Join(t.TempDir(), "r")}, args...)...)
	if check != run {
		t.Errorf("%q: check ends with %d, run with %d: %s%s", args, check, run, said, errs)
	}
}

// check refuses what run would refuse only after the simulation. The tests of check and
// those of run used different configurations.
func TestCheckAndRunAgree(t *testing.T) {
	fault(t, "refused-only-at-the-end")
	for set := range strings.Lines(read(t, "sets.txt")) {
		agree(t, append([]string{"quickstart", "--set", strings.TrimSpace(set)}, short...)...)
	}
	resumableFiles(t)
	for _, set := range []string{
		`figures.raster.height="30 mm"`, `figures.raster.width="40 mm"`, `figures.raster.populations=[]`, `figures.raster.start="2 s"`,
		`record.traces.v.stop="1e300 ms"`, `record.traces.v.every="1e300 ms"`, `record.traces.v.start="1e6 ms"`, `record.traces.v.variables=[]`,
		`record.rates_bin="1e300 ms"`, `record.spikes=[]`, `output.formats=[]`, `run.checkpoint="1e300 ms"`,
		`figures.raster.title="10^{3 ∝ ⟨日⟩ 😀 ع"`, `figures."CON".kind="raster"`, `figures."a.".kind="raster"`, `figures."Sweep".kind="raster"`,
		`inputs.show.count=1`, `populations.listed.active=0`,
	} {
		agree(t, "net.toml", "--set", "run.tstop=100 ms", "--set", "figures.raster.stop=50 ms", "--set", set)
	}
}

// The same for studies of a cell and of sequences, at the least sizes of their figures.
func TestCheckAndRunAgreeOnStudies(t *testing.T) {
	long(t, "runs seven studies")
	for _, c := range []struct{ config, keep, set string }{
		{"uncaging", "run.dt=0.1 ms", `figures.uncaging.width="40 mm"`},
		{"uncaging", "run.dt=0.1 ms", `figures.traces.height="30 mm"`},
		{"morphology", "run.dt=0.1 ms", `figures.morphology.width="40 mm"`},
		{"sequence-highorder", "stream.elements=30", `figures.learning.height="30 mm"`},
		{"sequence-highorder", "stream.elements=30", `stream.change_after=30`},
		{"sequence-spiking", "run.episodes=2", `figures.learning.height="30 mm"`},
		{"sequence-spiking", "run.episodes=2", `figures.learning.height="40 mm"`},
	} {
		agree(t, c.config, "--set", `output.formats=["svg"]`, "--set", c.keep, "--set", c.set)
	}
}

// A figure named as a table of the run would replace it.
func TestFigureNamedAsATable(t *testing.T) { faultScript(t, "figure-named-sweep") }

// A sign that a title needs never costs the figure, and check names what no font has.
func TestSignsInTitles(t *testing.T) {
	fault(t, "late_glyph")
	must(t, "run", "c.toml", "-o", "o", "--set", `output.formats=["svg"]`)
	must(t, "plot", "o", "--formats", "svg")
	for sign, says := range map[string]string{"日": `figures.r.title: no font has '日' (U+65E5); a box is drawn`, "ع": "drawn one by one", "∝": ""} {
		_, errs := must(t, "check", "c.toml", "--quiet", "--set", "figures.r.title=a "+sign)
		if !strings.Contains(errs, says) || says == "" && strings.Contains(errs, "font") {
			t.Errorf("%s: said %q", sign, errs)
		}
	}
	for _, text := range []string{`two\nlines`, `a\tb`} {
		if status, _, errs := neurosim("check", "c.toml", "--set", `figures.r.title="`+text+`"`); status != exitUsage || !strings.Contains(errs, "must be one line") {
			t.Errorf("%s: status %d, said %s", text, status, errs)
		}
	}
}

// finished fails unless a run is done, without a checkpoint, with its metrics.
func finished(t *testing.T, dir string) results.Record {
	t.Helper()
	d, err := results.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "checkpoint.bin")); err == nil {
		t.Errorf("%s: the checkpoint is left", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, "metrics.json")); err != nil {
		t.Error(err)
	}
	return d.Record()
}

// A full disk while figures are made leaves a run that can be resumed.
func TestDiskFullDuringFigures(t *testing.T) {
	resumableFiles(t)
	dir, err := results.Create("r", results.New)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	var out, errs bytes.Buffer
	w := writeup{cli: &cli{out: &out, err: &errs}, dir: dir, formats: []string{"svg"}}
	full := &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	if err := w.attempt("figure a", func() error { return full }); !errors.Is(err, syscall.ENOSPC) || w.failed != nil {
		t.Errorf("%v, %q", err, w.failed)
	}
	if err := w.attempt("figure a", func() error { panic("no") }); err != nil || len(w.failed) != 1 || !strings.Contains(w.failed[0], "figure a: a fault of the program at neurosim/faults_runs_test.go:") {
		t.Errorf("%v, %q", err, w.failed)
	}
	j := &job{writeup: writeup{cli: w.cli}, flags: jobFlags{dir: "full"}, study: found{study.Report{Figures: []study.Figure{{Name: "a", Err: full}}}}}
	err = j.run(t.Context(), time.Now())
	if _, kept := os.Stat("full/checkpoint.bin"); !errors.Is(err, syscall.ENOSPC) || kept != nil {
		t.Errorf("%v; the state is kept: %v", err, kept)
	}
}

// A study that writes a figure before it is done, and is stopped while that is drawn,
// keeps the parts that it has done. Only stages of parts kept them, so a reproduction
// that was interrupted between two stages left no checkpoint.
func TestStoppedWhileAFigureIsDrawn(t *testing.T) {
	t.Chdir(t.TempDir())
	j := &job{writeup: writeup{cli: &cli{out: io.Discard, err: io.Discard}}, flags: jobFlags{dir: "r"}, study: delivering{}}
	err := j.run(t.Context(), time.Now())
	dir, opened := results.Create("r", results.Resume)
	if opened != nil {
		t.Fatal(opened)
	}
	defer dir.Close()
	var k kept
	if got := dir.ReadCheckpoint(&k); got != nil || !errors.Is(err, context.Canceled) || len(k.State["squares"].Done) != 3 {
		t.Errorf("%v, %v, %v", err, got, k.State)
	}
}

// delivering is a study of three parts whose figure is drawn when Ctrl-C comes.
type delivering struct{}

func (delivering) Plan() study.Plan { return study.Plan{} }

func (delivering) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	_, err := study.Parts(ctx, w, study.Stage{Name: "squares"}, 3, func(_ context.Context, p *study.Part) (int, error) { return p.Index * p.Index, nil })
	return study.Report{}, errors.Join(err, w.Deliver(ctx, study.Report{Figures: []study.Figure{{Name: "a", Err: context.Canceled}}}))
}

// A run that is killed in its first moments begins again with --resume, as one that was
// interrupted then does. It was refused for want of a checkpoint.
func TestResumeOfARunKilledAtOnce(t *testing.T) {
	fault(t, "negative_seed")
	must(t, "run", "c.toml", "-o", "whole")
	for _, at := range []string{"run.json", "checkpoint", "config.toml"} {
		t.Run(at, func(t *testing.T) {
			dir, err := results.Create("r", results.Overwrite)
			if err != nil {
				t.Fatal(err)
			}
			err = dir.Begin(results.Record{Version: version, Build: results.ThisBuild()})
			if at != "run.json" {
				err = errors.Join(err, dir.WriteCheckpoint(kept{}))
			}
			if at == "config.toml" {
				err = errors.Join(err, dir.WriteFile("config.toml", []byte("[run]")))
			}
			if err = errors.Join(err, dir.Close()); err != nil {
				t.Fatal(err)
			}
			if _, errs := must(t, "run", "c.toml", "-o", "r", "--resume"); !strings.Contains(errs, "it begins again") {
				t.Errorf("said %s", errs)
			}
			same(t, "killed at "+at, "whole", "r")
		})
	}
	if status, _, errs := neurosim("run", "c.toml", "-o", "r", "--resume"); status != exitFailed || !strings.Contains(errs, "is finished") {
		t.Errorf("a finished run: status %d, said %s", status, errs)
	}
}

// The command that is printed for going on has all that was given, so that it draws the
// same formats and reads the same files. Each command listed its flags by hand, and
// --formats of reproduce and thresholds was missing.
func TestTheCommandThatGoesOn(t *testing.T) {
	needsUnix(t)
	t.Chdir(t.TempDir())
	write(t, "my data.csv", "id,kind,reference,low,high,unit,grade\nU1,measurement,Me 2027,12,15,synapses,C\n")
	for dir, args := range map[string][]string{
		"a b": {"run", "quickstart", "--json", "--seed", "7", "--set", "run.tstop=1 s", "--set", `title="it's"`, "--threads", "2"},
		"r":   {"reproduce", "fig6", "fig7a", "--formats", "svg,pdf", "--full", "--seed", "0", "--threads", "1"},
		"t":   {"thresholds", "quickstart", "--data", "my data.csv", "--formats", "svg", "--group", "E/basal", "--n", "3000", "--readd", "--set", "run.seed=4"},
	} {
		args = append(args, "-o", dir)
		errs := interrupted(t, args...)
		_, hint, _ := strings.Cut(errs, "continue with: neurosim ")
		hint, _, _ = strings.Cut(hint, "\n")
		text, err := exec.Command("sh", "-c", `printf '%s\n' `+hint).Output()
		if words := strings.Split(strings.TrimSpace(string(text)), "\n"); err != nil || !slices.Equal(words, append(args, "--resume")) {
			t.Errorf("%q: printed %q", args, hint)
		}
	}
}

// A comparison of thresholds goes on with the same data under any name, and refuses
// others. With a configuration it refused its own data, as not read any more.
func TestThresholdsResumeWithTheirData(t *testing.T) {
	t.Chdir(t.TempDir())
	const data = "id,kind,reference,low,high,unit,grade\nU1,measurement,Me 2027,12,15,synapses,C\n"
	write(t, "a.csv", data)
	for _, args := range [][]string{{"thresholds", "quickstart"}, {"thresholds"}} {
		dir := fmt.Sprint("r", len(args))
		args = append(args, "--formats", "svg", "-o", dir)
		interrupted(t, append(args, "--data", "a.csv")...)
		write(t, "b.csv", data+"U2,measurement,Me 2028,12,15,synapses,C\n")
		status, _, errs := neurosim(append(args, "--resume", "--data", "b.csv")...)
		if status != exitFailed || !strings.Contains(errs, "a.csv had sha256") {
			t.Errorf("other data: status %d, said %s", status, errs)
		}
		if status, _, errs = neurosim(append(args, "--resume")...); status != exitFailed || !strings.Contains(errs, "a.csv had sha256") {
			t.Errorf("no data: status %d, said %s", status, errs)
		}
		write(t, "c/a.csv", data)
		must(t, append(args, "--resume", "--data", "c/a.csv")...)
	}
}

// --quiet keeps back what is well, not what is wrong: it hid the warnings and the names of
// the figures that failed, and only check was asked for them. Nothing wrong is [] in JSON.
func TestQuietSaysWhatIsWrong(t *testing.T) {
	fault(t, "negative_seed")
	if _, errs := must(t, "run", "c.toml", "-o", "well", "--quiet"); errs != "" {
		t.Errorf("nothing is wrong, said %q", errs)
	}
	status, _, errs := neurosim("run", "c.toml", "-o", "r", "--quiet", "--set", `figures.r={kind="raster",title="日"}`,
		"--set", `sweep.axes={"run.tstop"=["1 ms","2 ms"]}`, "--set", `figures.s={kind="sweep",metrics=["none"]}`)
	lines := strings.Split(errs, "\n")
	if status != exitFailed || len(lines) != 4 || !strings.HasPrefix(lines[0], "  warning: figures.r.title: no font") || !strings.HasPrefix(lines[1], `  failed: figure s: metrics names "none"`) {
		t.Errorf("status %d, said %q", status, lines)
	}
	var checked struct {
		Configs []struct{ Plan struct{ Warnings []string } }
	}
	if mustJSON(t, &checked, "check", "c.toml"); len(checked.Configs) != 1 || checked.Configs[0].Plan.Warnings == nil {
		t.Errorf("%+v", checked)
	}
}

// A panic of a command is one line with its place, and status 1.
func TestPanicsOfCommands(t *testing.T) {
	var out, errs bytes.Buffer
	c := &cli{out: &out, err: &errs}
	code := status(t.Context(), c, rescue.Do(func() error {
		var g rescue.Group
		g.Go(func() { var none []int; none[len(none)] = 1 })
		g.Wait()
		return nil
	}))
	if said := errs.String(); code != exitFailed || strings.Count(said, "\n") != 1 || !strings.Contains(said, "faults_runs_test.go:") || !strings.Contains(said, "please report") {
		t.Errorf("status %d, said %q", code, said)
	}
}
