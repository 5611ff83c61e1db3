package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A file given by --set is looked up in the working directory. Tests had set values
// only, never files.
func TestFaultSetRelative(t *testing.T) {
	fault(t, "set_relative")
	status, _, errs := neurosim("check", "morphology", "--set", "populations.E.morphology.file=cell.swc")
	if strings.Contains(errs, "no such file") {
		t.Errorf("status %d: %s", status, errs)
	}
	// The cell has other sections than the shipped one, and no more is wrong.
	if status != exitUsage || !strings.Contains(errs, "there is no section") {
		t.Errorf("status %d: %s", status, errs)
	}
	if status, _, errs := neurosim("check", "morphology", "--set", "populations.E.morphology.file=none.swc"); status != exitUsage ||
		!strings.HasPrefix(errs, `--set: populations.E.morphology.file = "none.swc": none.swc: no such file`) {
		t.Errorf("status %d: %s", status, errs)
	}
}

// A file named in an included configuration is looked up beside that one. Tests
// included files from the same folder.
func TestFaultIncludeRelative(t *testing.T) {
	fault(t, "include_relative")
	must(t, "check", "base.toml")
	must(t, "check", "studies/main.toml")
	must(t, "run", "studies/main.toml", "-o", "out")
	if err := os.Rename("out", "moved"); err != nil {
		t.Fatal(err)
	}
	must(t, "check", "moved/resolved.toml")
}

// A byte order mark is read over, and does not move lines. No test had one.
func TestFaultTOMLMark(t *testing.T) {
	fault(t, "toml_bom")
	must(t, "check", "c.toml")
	write(t, "bad.toml", strings.Replace(read(t, "c.toml"), "size = 1", "sise = 1", 1))
	if status, _, errs := neurosim("check", "bad.toml"); status != exitUsage || !strings.Contains(errs, `bad.toml:7: populations.E.sise: unknown key; did you mean "size"?`) {
		t.Errorf("status %d: %s", status, errs)
	}
}

// A configuration comes through a pipe or standard input as well. It was read twice,
// the second time empty; tests had files only.
func TestFaultPipeInput(t *testing.T) {
	needsUnix(t)
	fault(t, "pipe_input")
	for _, line := range []string{
		`cat c.toml | "$NS" run /dev/stdin -o a`, `"$NS" run <(cat c.toml) -o b`, `cat c.toml | "$NS" run - -o c`, `"$NS" run - -o d < c.toml`, `"$NS" run /dev/stdin -o e < c.toml`,
	} {
		if out, err := shell(t, line).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
	for _, dir := range []string{"b", "c", "d", "e"} {
		same(t, "run from "+dir, "a", dir)
	}
}

// The configuration that a run resolves to runs from the folder of the run, wherever
// that is moved, also one of the program's own, and gives the same files. No test ran
// it where it lay.
func TestResolvedRunsFromItsFolder(t *testing.T) {
	fault(t, "include_relative")
	must(t, "run", "studies/main.toml", "-o", "out/one", "--quiet")
	if err := os.Rename("out/one", "moved"); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"base.toml", "cells", "studies"} {
		if err := os.RemoveAll(gone); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir("moved")
	must(t, "run", "resolved.toml", "-o", "../two", "--quiet")
	same(t, "run from its folder", ".", "../two", "config.toml")
}

// Of a directory given to plot only regular files are read, and those within limits.
func TestPlotReadsNoDevices(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs the devices of Linux: run it there")
	}
	fault(t, "pipe_input")
	must(t, "run", "c.toml", "-o", "out", "--set", `figures.spikes.kind="raster"`, "--set", `output.formats=["svg"]`, "--quiet")
	dir := "out"
	must(t, "plot", dir, "--formats", "svg")
	for _, name := range []string{"figures/spikes.json", "tables/spikes_a.csv", "run.json"} {
		name = filepath.Join(dir, name)
		text := read(t, name)
		for _, bad := range []string{"device", "pipe", "sparse"} {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
			if err := unfit(name, bad); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			status, _, errs := neurosim("plot", dir, "--formats", "svg")
			if status != exitFailed || strings.Count(errs, "\n") > 2 || !strings.Contains(errs, filepath.Base(name)) || time.Since(start) > 10*time.Second {
				t.Errorf("%s is a %s: status %d after %v: %s", name, bad, status, time.Since(start), errs)
			}
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		write(t, name, text)
	}
	must(t, "plot", dir, "--formats", "svg")
}

// unfit makes what is no readable file under a name.
func unfit(name, kind string) error {
	switch kind {
	case "device":
		return os.Symlink("/dev/zero", name)
	case "pipe":
		return exec.Command("mkfifo", name).Run()
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(5<<30), f.Close())
}

// Ctrl-C ends a program that waits for a configuration from a pipe that no one writes.
// It was taken for a wish to save a run, of which there was none, and did nothing.
func TestInterruptWhileReading(t *testing.T) {
	needsUnix(t)
	for _, args := range [][]string{{"check", "-"}, {"run", "-", "-o", filepath.Join(t.TempDir(), "r")}, {"thresholds", "-"}} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			cmd := program(t, args...)
			never, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer never.Close()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(300 * time.Millisecond) // until it reads; a signal before would end it as well
			cmd.Process.Signal(os.Interrupt)
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case err := <-ended:
				if code := exitCode(err); code != exitInterrupted {
					t.Errorf("status %d", code)
				}
			case <-time.After(10 * time.Second):
				t.Error("still waits after Ctrl-C")
				cmd.Process.Kill()
			}
		})
	}
}

// Thousands of populations with segments and a projection each are read, checked and
// planned in seconds: what compared each with each took minutes. The test of many
// populations had neither segments nor projections.
func TestManyPopulationsWithProjections(t *testing.T) {
	long(t, "4000 populations are checked in 2 s")
	var b strings.Builder
	b.WriteString("[run]\ntstop = \"1 ms\"\n[populations.in]\nkind = \"sdr\"\nn = 100\nactive = 10\npatterns = 2\n")
	for i := range 4000 {
		fmt.Fprintf(&b, "[populations.p%d]\nkind = \"pyramidal\"\nsize = 1\n[populations.p%d.segments.basal]\ncount = 1\nsynapses = 8\ntheta = 6\n", i, i)
		fmt.Fprintf(&b, "[projections.q%d]\nsource = \"in\"\ntarget = \"p%d/basal\"\nrule = \"store\"\n", i, i)
	}
	t.Chdir(t.TempDir())
	write(t, "many.toml", b.String())
	must(t, "check", "--quiet", "many.toml")
}
