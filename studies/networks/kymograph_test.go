package networks

import (
	"bytes"
	"context"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/profile"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/record"
)

// forkedCell is a cell with a trunk, a branch on its middle and two tips, with a pulse into the soma.
const forkedCell = `
[run]
tstop = "20 ms"
dt    = "0.1 ms"
[populations.E]
kind = "compartmental"
size = 2
soma.model = "passive"
discretisation.max_length = "20 um"
[populations.E.sections]
soma    = { length = "20 um", diameter = "20 um" }
trunk   = { parent = "soma", length = "100 um", diameter = "2 um", region = "apical" }
tuft1   = { parent = "trunk", length = "60 um", diameter = "1 um", region = "apical" }
tuft2   = { parent = "trunk", length = "60 um", diameter = "1 um", region = "apical" }
oblique = { parent = "trunk", at = 0.5, length = "60 um", diameter = "1 um", region = "apical" }
basal   = { parent = "soma", length = "60 um", diameter = "1 um" }
axon    = { parent = "soma", length = "40 um", diameter = "1 um" }
[populations.E.regions.apical]
C_m = "1 uF/cm2"
[populations.E.segments.tips]
sections = ["tuft1", "tuft2"]
nmda.block.law = "eyal2018"
[stimulation.pulse]
kind = "step"
population = "E"
cells = [1]
start = "5 ms"
duration = "2 ms"
amplitude = "1 nA"
[record.traces.map]
population = "E"
cells = [1]
variables = ["V"]
sections = ["*"]
compartments = 1
`

// recorded runs the network of a configuration and returns its files.
func recorded(t *testing.T, text string) (*Study, opener, map[string]*bytes.Buffer) {
	t.Helper()
	x, err := load("main.toml", grammar.Options{Read: func(string) ([]byte, error) { return []byte(text), nil }})
	if err != nil {
		t.Fatal(err)
	}
	n, err := network.Build(&x.Network, 1)
	if err != nil {
		t.Fatal(err)
	}
	n.Watch(probes(x))
	files := map[string]*bytes.Buffer{}
	var writers []writer
	var recorders []network.Recorder
	for _, f := range recordedFiles(x) {
		files[f.file] = new(bytes.Buffer)
		w, err := f.make(n, files[f.file])
		if err != nil {
			t.Fatal(err)
		}
		writers, recorders = append(writers, w), append(recorders, w)
	}
	if err := n.Run(context.Background(), x.Network.Steps, recorders...); err != nil {
		t.Fatal(err)
	}
	for _, w := range writers {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return x, func(name string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files[name].Bytes())), nil
	}, files
}

// drawn makes the figure of a configuration, which is its only one.
func drawn(t *testing.T, text string) (figure.Figure, *Study, *neuron.Tree, *record.Table) {
	t.Helper()
	x, open, files := recorded(t, text)
	made := makeFigures(context.Background(), x, x.Figures, 1, open, nil)
	if len(made) != 1 || made[0].Err != nil {
		t.Fatalf("%d figures, %v", len(made), made[0].Err)
	}
	tree, err := neuron.NewTree(x.Network.Populations[0].Trees.Sections)
	if err != nil {
		t.Fatal(err)
	}
	table, err := record.ReadTable(bytes.NewReader(files["traces_map.csv"].Bytes()), 0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	return made[0].Figure, x, tree, table
}

// The rows of a kymograph are the compartments between the soma and the tip, at their
// distances, without gap or overlap, and its colours are the numbers of the trace; the
// electrode is at the soma when its pulse begins.
func TestKymographShowsTheTrace(t *testing.T) {
	fig, _, tree, table := drawn(t, forkedCell+"[figures.k]\nkind = \"kymograph\"\nto = { section = \"tuft2\" }\n")
	distance, _, err := tree.Distances(profile.Soma, profile.Centre)
	if err != nil {
		t.Fatal(err)
	}
	p := fig.Panels[0]
	s := p.Series[0]
	n, top := len(table.Steps), -10.0 // the soma reaches 10 µm below its centre
	i := 0
	for _, section := range []string{"soma", "trunk", "tuft2"} {
		of := tree.SectionNamed(section)
		for k := range tree.Sections[of].Compartments {
			node := tree.Node(of, k)
			var column []float64
			for _, c := range table.Columns {
				if c.Name == (network.Probe{Variable: network.V, Population: "E", Cell: 1, Section: section, At: (float64(k) + 0.5) / float64(tree.Sections[of].Compartments)}).Name() {
					column = c.Values
				}
			}
			for j := range n {
				if s.Y[i] != distance[node] || s.Lo[i] != top || s.Z[i] != column[j] || math.Abs(s.X[i]-float64(table.Steps[j])*0.1) > 1e-9 {
					t.Fatalf("%s, compartment %d, sample %d: %g µm from %g to %g, %g mV at %g ms; want %g µm from %g, %g mV", section, k, j, s.Y[i], s.Lo[i], s.Hi[i], s.Z[i], s.X[i], distance[node], top, column[j])
				}
				i++
			}
			top = s.Hi[i-1]
		}
	}
	if i != len(s.X) || math.Abs(top-160) > 1e-9 {
		t.Errorf("%d rectangles up to %g µm, want %d up to 160", len(s.X), top, i)
	}
	if want := []figure.Part{{Label: "soma", Lo: -10}, {Label: "trunk", Hi: 100}, {Label: "tuft2", Lo: 100, Hi: 160}}; len(p.Parts) != 3 || p.Parts[0] != want[0] || p.Parts[1] != want[1] || p.Parts[2].Label != "tuft2" {
		t.Errorf("parts %v, want %v", p.Parts, want)
	}
	if e := p.Series[1]; len(p.Series) != 2 || e.X[0] != 5 || e.Y[0] != 0 {
		t.Errorf("electrode at %v ms, %v µm; want 5 ms, 0 µm", e.X, e.Y)
	}
	if c := p.Colours; c.Low != slices.Min(s.Z) || c.High != slices.Max(s.Z) || c.Unit != "mV" {
		t.Errorf("colours %+v", c)
	}
}

// A path that leaves a section at its middle goes on from the centre of the compartment there.
// Of compartments every second one is recorded: rows reach to the middle between them. Samples
// that share a column leave the one farthest from the mean of the row.
func TestKymographThinned(t *testing.T) {
	text := strings.Replace(forkedCell, "compartments = 1", "compartments = 2", 1)
	fig, _, tree, table := drawn(t, text+"[figures.k]\nkind = \"kymograph\"\nwidth = \"40 mm\"\nlow = -69\nto = { section = \"oblique\", x = 0.9 }\n")
	s := fig.Panels[0].Series[0]
	var rows, lo, hi []float64
	for i := range s.Y {
		if i == 0 || s.Y[i] != s.Y[i-1] {
			rows, lo, hi = append(rows, s.Y[i]), append(lo, s.Lo[i]), append(hi, s.Hi[i])
		}
	}
	// Trunk: 5 compartments of 20 µm, of which 0, 2 (the middle, at 50 µm); oblique: 3 of 20 µm, of which 0 and 2.
	want := []float64{0, 10, 50, 60, 100}
	if !slices.EqualFunc(rows, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) {
		t.Errorf("rows at %v µm, want %v", rows, want)
	}
	for i := 1; i < len(rows); i++ {
		if lo[i] != hi[i-1] {
			t.Errorf("row %d from %g µm, the one before to %g", i, lo[i], hi[i-1])
		}
	}
	if tree.Len() == 0 || len(table.Steps) != 200 || len(s.X) != 5*200 {
		t.Errorf("%d samples, %d rectangles", len(table.Steps), len(s.X))
	}
	if c := fig.Panels[0].Colours; c.Low != -69 || !strings.Contains(fig.Note, "beyond the ends") || !strings.Contains(fig.Note, "Not all compartments") {
		t.Errorf("colours %+v, note %q", c, fig.Note)
	}
	row := []row{{node: 3, hi: 1}}
	span := span{to: 6, dt: 1, clock: network.NewClock(1), unit: "ms", scale: 1}
	got := imageOf(row, map[int][]float64{3: {0, 9, 0, 0, -8, 0}}, []int64{0, 1, 2, 3, 4, 5}, span, 1, 3)
	if !slices.Equal(got.Z, []float64{9, -8}) || !slices.Equal(got.X, []float64{0, 3}) || !slices.Equal(got.X2, []float64{3, 6}) {
		t.Errorf("thinned to %v at %v to %v", got.Z, got.X, got.X2)
	}
}
