package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"neurosim/results"
	"neurosim/studies/paper"
	"neurosim/study"
)

func TestReproduceForAnyThreads(t *testing.T) {
	long(t, "fig4b counts 48 points of 5 million trials, twice")
	tmp := t.TempDir()
	first, second := filepath.Join(tmp, "1"), filepath.Join(tmp, "2")
	var printed struct {
		Holds    bool
		Verdicts []struct {
			Figure string
			Holds  bool
			Checks []struct{ Name string }
		}
	}
	out, errs := mustJSON(t, &printed, "reproduce", "fig7a", "fig4b", "-o", first, "--threads", "1", "--formats", "svg")
	must(t, "reproduce", "fig4b", "fig7a", "-o", second, "--threads", "3", "--formats", "svg")
	same(t, "3 threads", first, second)

	// in the order of the program, whatever that of the command line
	if v := printed.Verdicts; !printed.Holds || len(v) != 2 || v[0].Figure != "fig4b" || v[1].Figure != "fig7a" || len(v[0].Checks) != 3 {
		t.Errorf("printed %s", out)
	}
	if !strings.Contains(errs, "fig4b  holds") || !strings.Contains(errs, "erratum") {
		t.Errorf("the verdicts are not told: %s", errs)
	}
	if m := metricsOf(t, first); m["fig4b.simulation.holds"] != true || m["fig4b.simulation.points"] != 48.0 {
		t.Errorf("metrics: %v", m)
	}
	if names := joined(readTable(t, filepath.Join(first, "tables", "fig4b-points.csv")), nil, "theta", "v", "trials"); len(names) != 48 || names[0] != "8 6 5000000" {
		t.Errorf("points: %d, first %v", len(names), names[:1])
	}
	// and the figures can be drawn again
	must(t, "plot", first, "--figure", "fig7a", "--formats", "svg")
}

func TestReproduceAnotherSeed(t *testing.T) {
	long(t, "runs a study of the paper twice")
	tmp := t.TempDir()
	a, b := filepath.Join(tmp, "a"), filepath.Join(tmp, "b")
	must(t, "reproduce", "fig7a", "-o", a, "--formats", "svg")
	must(t, "reproduce", "fig7a", "-o", b, "--seed", "2", "--formats", "svg")
	if contents(t, a)["tables/fig7a.csv"] == contents(t, b)["tables/fig7a.csv"] {
		t.Error("another seed gives the same points")
	}
}

func TestReproduceMistakes(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"fig4c"}, exitUsage, `unknown figure "fig4c"; figures are fig4a, fig4b`},
		{[]string{"--quick", "--full"}, exitUsage, "exclude each other"},
		{[]string{"--threads", "-1"}, exitUsage, "must be a whole number from 0"},
		{[]string{"--formats", "gif"}, exitUsage, "must be of png, svg, pdf"},
		{[]string{"fig7a", "-o", "/dev/null/x"}, exitFailed, "/dev/null"},
	} {
		if runtime.GOOS == "windows" && c.status == exitFailed {
			continue
		}
		status, out, errs := neurosim(append([]string{"reproduce"}, c.args...)...)
		if status != c.status || !strings.Contains(errs, c.says) || out != "" {
			t.Errorf("reproduce %v: status %d, want %d; said %q, want %q", c.args, status, c.status, errs, c.says)
		}
	}
	must(t, "reproduce", "fig7a", "--formats", "svg", "-o", filepath.Join(dir, "x"))
	if status, _, errs := neurosim("reproduce", "fig7a", "-o", filepath.Join(dir, "x")); status != exitFailed || !strings.Contains(errs, "--overwrite") {
		t.Errorf("an existing run: status %d, %s", status, errs)
	}
	must(t, "reproduce", "fig7a", "--formats", "svg", "-o", filepath.Join(dir, "x"), "--overwrite")
}

// A check that does not hold gives status 4 and a finished directory that says so.
func TestCheckFails(t *testing.T) {
	var out, errs bytes.Buffer
	path := filepath.Join(t.TempDir(), "run")
	j := &job{writeup: writeup{cli: &cli{out: &out, err: &errs}}, flags: jobFlags{dir: path}, study: found{study.Report{
		Lines: []string{"it does not"}, Failed: fmt.Errorf("a verdict: %w", study.ErrCheck)}}}
	if got := status(t.Context(), j.cli, j.run(t.Context(), time.Now())); got != exitCheck || !strings.Contains(errs.String(), "it does not") {
		t.Errorf("status %d, said %s", got, errs.String())
	}
	done, err := results.Open(path)
	if err != nil || done.Record().ExitCode != exitCheck {
		t.Errorf("the directory: %v, exit code %d", err, done.Record().ExitCode)
	}
}

// found is a study that has its report already.
type found struct{ report study.Report }

func (f found) Plan() study.Plan                                      { return study.Plan{} }
func (f found) Do(context.Context, *study.Work) (study.Report, error) { return f.report, nil }

func TestReproduceInterrupted(t *testing.T) {
	needsUnix(t)
	dir := filepath.Join(t.TempDir(), "run")
	cmd, errs := start(t, "reproduce", "fig6", "--full", "-o", dir)
	waitFor(t, filepath.Join(dir, "run.json"), 0)
	time.Sleep(50 * time.Millisecond)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(cmd.Wait()); code != exitInterrupted {
		t.Errorf("status %d: %s", code, errs)
	}
	if _, err := results.Open(dir); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("the directory does not say that it is unfinished: %v", err)
	}
	if !strings.Contains(errs.String(), "--resume") {
		t.Errorf("said %s", errs)
	}
}

func TestStudiesHaveNamesOfTheirOwn(t *testing.T) {
	var names []string
	for _, s := range paper.Figures() {
		if slices.Contains(names, s.Name) || s.Title == "" {
			t.Errorf("study %q, %q", s.Name, s.Title)
		}
		names = append(names, s.Name)
	}
}

// A reproduction that is interrupted resumes with the parts that were done and leaves
// the files of the uninterrupted one; other values are refused before anything is
// written, and the command that it names is the one that goes on.
func TestInterruptedReproductionResumes(t *testing.T) {
	needsUnix(t)
	long(t, "runs a study of the paper twice, 4 s")
	tmp := t.TempDir()
	studies := []string{"reproduce", "fig7a", "tm-noise", "--formats", "svg"}
	whole, dir := filepath.Join(tmp, "whole"), filepath.Join(tmp, "interrupted")
	must(t, append(slices.Clone(studies), "-o", whole)...)
	cmd, errs := start(t, append(slices.Clone(studies), "-o", dir, "--threads", "1")...)
	waitFor(t, filepath.Join(dir, "tables", "fig7a-points.csv"), 0) // the next is at work
	time.Sleep(200 * time.Millisecond)
	cmd.Process.Signal(os.Interrupt)
	if code := exitCode(cmd.Wait()); code != exitInterrupted || !strings.Contains(errs.String(), "continue with: neurosim reproduce fig7a tm-noise --formats svg --threads 1 -o "+dir+" --resume") {
		t.Fatalf("status %d, said\n%s", code, errs)
	}
	before := contents(t, dir)
	status, _, said := neurosim("reproduce", "fig7a", "-o", dir, "--seed", "3", "--full", "--resume")
	for _, want := range []string{"the list of figures was fig7a tm-noise, now fig7a", "--seed was 1, now 3", "--full was false, now true"} {
		if status != exitFailed || !strings.Contains(said, want) {
			t.Errorf("status %d, not said: %s\n%s", status, want, said)
		}
	}
	for name, text := range contents(t, dir) {
		if before[name] != text {
			t.Errorf("%s was written though the run was not resumed", name)
		}
	}
	must(t, append(slices.Clone(studies), "-o", dir, "--resume", "--threads", "2")...)
	same(t, "interrupted and resumed", whole, dir)
}
