package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// kindsOfRun are the kinds of things that can be run, each by a command that takes about
// a second, with a sweep where a configuration has one.
var kindsOfRun = []struct {
	name  string
	args  []string
	sweep []string // "": the kind has no configuration
}{
	{"network", []string{"run", "conductances", "--set", "run.tstop=800 ms", "--set", "run.dt=0.1 ms"},
		[]string{"--set", `sweep.set={"run.tstop"="300 ms"}`, "--set", "sweep.repeats=1"}},
	{"network without detection", []string{"run", "small.toml", "--set", "run.tstop=60 s"},
		[]string{"--set", `sweep.axes={"populations.E.I_e"=["205 pA","210 pA"]}`, "--set", `figures.s={kind="sweep",metrics=["E.spikes"]}`}},
	{"stratified estimate", []string{"run", "rare", "--set", "detection.trials=1000"}, nil},
	{"uncaging", []string{"run", "uncaging-place", "--set", "run.dt=0.1 ms", "--set", "run.tstop=60 ms", "--set", "uncaging.synapses=20"}, []string{"--set", "sweep.repeats=2"}},
	{"psychometric", []string{"run", "psychometric", "--set", "run.dt=0.1 ms", "--set", "run.tstop=40 ms", "--set", "psychometric.length=20 um",
		"--set", "psychometric.trials=150", "--set", "psychometric.synapses=18", "--set", "psychometric.weighted=20"}, []string{"--set", "sweep.repeats=1"}},
	{"temporal memory", []string{"run", "sequence-highorder", "--set", "stream.elements=200", "--set", "stream.change_after=100", "--set", "run.repeats=1"},
		[]string{"--set", `sweep.axes={"memory.permanence_increment"=[0.05,0.1]}`, "--set", `figures.s={kind="sweep",metrics=["high_order.accuracy"]}`}},
	{"spiking memory", []string{"run", "sequence-spiking", "--set", "run.repeats=1", "--set", "run.episodes=6"},
		[]string{"--set", `sweep.axes={"network.lambda_plus"=[0.2,0.3]}`, "--set", `figures.s={kind="sweep",metrics=["error"]}`}},
	{"paper", []string{"reproduce", "fig7a", "tm-noise"}, nil},
	{"thresholds", []string{"thresholds", "psychometric", "--group", "E/basal, law = larkum2009", "--set", "run.dt=0.1 ms", "--set", "run.tstop=40 ms",
		"--set", "psychometric.length=20 um", "--set", "psychometric.trials=300", "--set", "psychometric.weighted=0"}, nil},
}

// Whatever is run is interrupted again and again, resumed on another number of threads,
// and leaves the files of the run that no one interrupted. One runner does it for all; a
// kind of run that did it for itself could not resume, and no test asked.
func TestEveryKindOfRunResumes(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "small.toml", "[run]\ntstop = \"1 s\"\n[populations.E]\nkind = \"inhibitory\"\nsize = 20\nI_e = \"210 pA\"\n[figures.r]\nkind = \"raster\"\nstop = \"1 s\"\n")
	for _, kind := range kindsOfRun {
		t.Run(kind.name, func(t *testing.T) {
			if kind.name != "network" {
				long(t, "runs each kind of run twice")
			}
			tmp := t.TempDir()
			args := append(slices.Clone(kind.args), kind.sweep...)
			if args[0] == "run" {
				args = append(args, "--set", `output.formats=["svg"]`)
			} else {
				args = append(args, "--formats", "svg")
			}
			whole, cut := filepath.Join(tmp, "whole"), filepath.Join(tmp, "cut")
			start := time.Now()
			must(t, append(slices.Clone(args), "-o", whole, "--threads", "1")...)
			patience := time.Since(start) / 4
			for cuts := 0; ; cuts++ {
				again := append(slices.Clone(args), "-o", cut, "--threads", []string{"1", "2"}[cuts%2])
				if cuts > 0 {
					again = append(again, "--resume")
				}
				ctx, cancel := context.WithTimeoutCause(t.Context(), patience, context.Canceled)
				var out, errs bytes.Buffer
				got := command(ctrlC{ctx}, again, &out, &errs)
				cancel()
				if got == exitDone && cuts > 0 {
					break
				}
				if got == exitDone { // it was faster than its first time
					if patience /= 2; patience < time.Millisecond {
						t.Fatal("it cannot be interrupted")
					}
					if err := os.RemoveAll(cut); err != nil {
						t.Fatal(err)
					}
					cuts = -1
					continue
				}
				if got != exitInterrupted || !strings.Contains(errs.String(), "stopped; continue with: neurosim") {
					t.Fatalf("status %d, said\n%s", got, errs.String())
				}
				patience += patience / 4 // a single part may take longer than a quarter
			}
			same(t, "interrupted and resumed", whole, cut)
		})
	}
}

// ctrlC is a context whose end is that of Ctrl-C.
type ctrlC struct{ context.Context }

func (c ctrlC) Err() error {
	if c.Context.Err() != nil {
		return context.Canceled
	}
	return nil
}
