package main

import (
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The network of testdata/reference/active_dendrites as a configuration: its
// cells spike as often as Brian2's, 4354 times, within 2 %: that program steps the
// same equations by forward Euler.
func TestActiveDendritesFromConfiguration(t *testing.T) {
	const folder, cells, dendrites, synapses = "../../testdata/reference/active_dendrites", 1000, 8, 20
	open := func(name string) io.Reader {
		f, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	dir := t.TempDir()
	axon := make([]int32, cells*dendrites*synapses)
	if err := binary.Read(open("syn.i32.gz"), binary.LittleEndian, axon); err != nil {
		t.Fatal(err)
	}
	var connections strings.Builder
	connections.WriteString("source,cell,segment\n")
	for i, a := range axon {
		fmt.Fprintf(&connections, "%d,%d,%d\n", a, i/(dendrites*synapses), i/synapses%dendrites)
	}
	write(t, filepath.Join(dir, "connections.csv"), connections.String())
	spikes, err := io.ReadAll(open("spikes.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(spikes), "\n")
	write(t, filepath.Join(dir, "input.csv"), "step,cell\n"+rows)
	write(t, filepath.Join(dir, "active_dendrites.toml"), read(t, filepath.Join(folder, "active_dendrites.toml")))
	out := filepath.Join(dir, "out")
	must(t, "run", filepath.Join(dir, "active_dendrites.toml"), "-o", out)
	got, want := len(readTable(t, filepath.Join(out, "spikes.csv"))), 4354
	t.Logf("%d spikes, Brian2 %d (%+.2f %%)", got, want, 100*float64(got-want)/float64(want))
	if math.Abs(float64(got-want)) > 0.02*float64(want) {
		t.Errorf("%d spikes, want %d within 2 %%", got, want)
	}
}
