package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"neurosim/internal/fpmath"
	"neurosim/network"
)

// Progress is told in numbers that people read: a long run said "9.54e+04 of 6.3e+05".
func TestProgressIsReadable(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, what: "  learning", total: 630000, unit: "elements", start: time.Now().Add(-10 * time.Second)}
	p.At(95400)
	if got := b.String(); !strings.Contains(got, "95,400 of 630,000 elements") || strings.Contains(got, "e+") {
		t.Errorf("said %q", got)
	}
}

// Counts agree in number, and what a study of sequences found is told in sentences and
// not by its keys.
func TestLinesForPeople(t *testing.T) {
	resumableFiles(t)
	one := []string{"net.toml", "--set", "populations.E.size=1", "--set", "run.tstop=100 ms", "--set", "figures.raster.stop=50 ms", "--threads", "1"}
	_, errs := must(t, append([]string{"run", "-o", "r"}, one...)...)
	if !strings.Contains(errs, "(1 neuron), 1 segment, ") || !strings.Contains(errs, "on 1 thread ") {
		t.Errorf("said\n%s", errs)
	}
	_, errs = must(t, "run", "sequence-spiking", "-o", "s", "--set", `output.formats=["svg"]`, "--set", "run.episodes=1", "--set", "run.repeats=1")
	if !strings.Contains(errs, "last of 1 episode, mean of 1 network: error ") || strings.Contains(errs, "false_negatives =") {
		t.Errorf("said\n%s", errs)
	}
	_, errs = must(t, "run", "sequence-highorder", "-o", "h", "--set", `output.formats=["svg"]`, "--set", "run.repeats=1", "--set", "stream.elements=100", "--set", "stream.change_after=50")
	if !strings.Contains(errs, "high_order: accuracy ") || strings.Contains(errs, "segments_that_can_be_active =") {
		t.Errorf("said\n%s", errs)
	}
	out, _ := must(t, "thresholds", "--n", "2048", "--a", "40", "--s", "24", "--theta", "1", "-o", "t", "--formats", "svg")
	if !strings.Contains(out, "The θ = 1 in use has a total error of ") || strings.Contains(out, "e+") {
		t.Errorf("printed\n%s", out)
	}
}

// What is not finite ends with status 3, whichever engine says so.
func TestNonFiniteIsStatus3(t *testing.T) {
	for _, err := range []error{&network.NonFiniteError{Population: "E"}, fmt.Errorf("cell 3 is %w", fpmath.ErrNonFinite)} {
		if got := status(t.Context(), &cli{out: io.Discard, err: io.Discard}, fmt.Errorf("run: %w", err)); got != exitNumeric {
			t.Errorf("%v: status %d", err, got)
		}
	}
}
