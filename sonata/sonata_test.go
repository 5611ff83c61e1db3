package sonata

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"neurosim/hdf5"
	"neurosim/internal/fixture"
)

// open opens a file until the end of a test.
func open(t testing.TB, path string) *hdf5.File {
	t.Helper()
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	info, err := r.Stat()
	if err != nil {
		t.Fatal(err)
	}
	f, err := hdf5.Open(r, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// write writes a file by a function.
func write(t testing.TB, path string, fill func(w *os.File) error) {
	t.Helper()
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(fill(w), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// run writes what a run leaves: three populations of which one is silent, NMDA spikes, a
// report of two cells, nodes and configurations.
func run(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	populations := []Population{{"in", 100, 0, true, ""}, {"E", 20000, 1, false, "neurosim:lif"}, {"silent", 3, 2, false, "neurosim:compartmental"}}
	write(t, filepath.Join(dir, "spikes.h5"), func(w *os.File) error {
		s, err := NewSpikeWriter(w, false)
		for i := range 40000 {
			err = errors.Join(err, s.Add("E", float64(i/3)/10, uint64(i*7919%20000), 0))
			if i%100 == 0 {
				err = errors.Join(err, s.Add("in", float64(i)/10, uint64(i/100%100), 0))
			}
		}
		return errors.Join(err, s.Close())
	})
	write(t, filepath.Join(dir, "nmda.h5"), func(w *os.File) error {
		s, err := NewSpikeWriter(w, true)
		return errors.Join(err, s.Add("E:basal", 1.5, 7, 3), s.Add("E:basal", 2.5, 6, 0), s.Close())
	})
	write(t, filepath.Join(dir, "V.h5"), func(w *os.File) error {
		r, err := NewReportWriter(w, Report{"E", "mV", 0.1, 0.1, []ReportNode{
			{3, []Element{{0, 0.5}}}, {7, []Element{{0, 0.5}, {1, 0.25}, {1, 0.75}}},
		}})
		for i := range 1000 {
			err = errors.Join(err, r.Frame([]float64{float64(i), -70, -60.1, float64(i) / 3}))
		}
		return errors.Join(err, r.Close())
	})
	write(t, filepath.Join(dir, NodesFile), func(w *os.File) error { return WriteNodes(w, populations) })
	write(t, filepath.Join(dir, NodeTypesFile), func(w *os.File) error { return WriteNodeTypes(w, populations) })
	write(t, filepath.Join(dir, CircuitFile), func(w *os.File) error { return WriteCircuit(w, populations) })
	write(t, filepath.Join(dir, SimulationFile), func(w *os.File) error {
		return WriteSimulation(w, Simulation{4000, 0.1, 7, "spikes.h5", map[string]ReportEntry{"V": {"V.h5", "V_m", "mV", 0.1, 100.1, 0.1, false}}})
	})
	return dir
}

// values reads a dataset, whole.
func values(t testing.TB, f *hdf5.File, path string) []float64 {
	t.Helper()
	d, err := f.Dataset(path)
	if err != nil {
		t.Fatal(err)
	}
	n := uint64(1)
	if len(d.Shape) > 0 {
		n = d.Shape[0]
	}
	v, err := d.ReadFloat64s(0, n)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// attribute describes an attribute: type and values.
func attribute(t testing.TB, f *hdf5.File, path, name string) string {
	t.Helper()
	o, err := f.Object(path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := o.Attribute(name)
	if err != nil {
		return err.Error()
	}
	if a.Type.Class == hdf5.VarString {
		s, err := a.Strings()
		return fmt.Sprintf("%s %d %s %v", a.Type, a.Shape, s, err)
	}
	v, err := a.Int64s()
	s := fmt.Sprintf("%s %d %d %v", a.Type, a.Shape, v, err)
	if a.Type.Class == hdf5.Enum {
		s += fmt.Sprintf(" %s %d", a.Type.Names, a.Type.Values)
	}
	return s
}

func names(t testing.TB, f *hdf5.File, path string) (out []string) {
	t.Helper()
	o, err := f.Object(path)
	if err != nil {
		t.Fatal(err)
	}
	links, err := o.Links()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		out = append(out, l.Name)
	}
	return out
}

// The rules of readers of spikes: libsonata takes each child of /spikes for a population,
// asks for units and reads sorting as an enumeration, and searches by it; BMTK takes a file
// with an empty population for empty.
func TestSpikeFilesAreAsReadersAsk(t *testing.T) {
	dir := run(t)
	f := open(t, filepath.Join(dir, "spikes.h5"))
	sorting := "enum over uint8 [] [2] <nil> [none by_id by_time] [0 1 2]"
	units := "string of variable length [] [ms] <nil>"
	for path, want := range map[string]string{
		"/@magic":                     "uint32 [] [2682] <nil>",
		"/@version":                   "uint32 [2] [0 1] <nil>",
		"/spikes/E@sorting":           sorting,
		"/spikes/in@sorting":          sorting,
		"/spikes/E/timestamps@units":  units,
		"/spikes/in/timestamps@units": units,
	} {
		at, name, _ := strings.Cut(path, "@")
		if got := attribute(t, f, at, name); got != want {
			t.Errorf("%s: %s\nwant %s", path, got, want)
		}
	}
	if got := names(t, f, "/spikes"); !slices.Equal(got, []string{"E", "in"}) {
		t.Error("populations:", got)
	}
	for _, p := range []string{"E", "in"} {
		times, ids := values(t, f, "/spikes/"+p+"/timestamps"), values(t, f, "/spikes/"+p+"/node_ids")
		if len(times) != len(ids) || !slices.IsSorted(times) || slices.Min(ids) != 0 {
			t.Error(p, len(times), len(ids))
		}
		for name, want := range map[string]hdf5.Type{"timestamps": hdf5.Float64, "node_ids": hdf5.Uint64} {
			if d, err := f.Dataset("/spikes/" + p + "/" + name); err != nil || d.Type.String() != want.String() || len(d.Shape) != 1 {
				t.Error(p, name, d.Type, d.Shape, err)
			}
		}
	}
	nmda := open(t, filepath.Join(dir, "nmda.h5"))
	if got := names(t, nmda, "/spikes/E:basal"); !slices.Equal(got, []string{"element_ids", "node_ids", "timestamps"}) {
		t.Error(got)
	}
	if got := values(t, nmda, "/spikes/E:basal/element_ids"); !slices.Equal(got, []float64{3, 0}) {
		t.Error(got)
	}
}

// The rules of readers of reports: libsonata refuses other data than float32, asks for units of
// data and time, for one pointer more than nodes, and counts frames by adding intervals until
// within 1e-6 of the end; BMTK asks for index_pointer and element_pos and divides.
func TestReportsAreAsReadersAsk(t *testing.T) {
	f := open(t, filepath.Join(run(t), "V.h5"))
	d, err := f.Dataset("/report/E/data")
	if err != nil || d.Type.String() != "float32" || !slices.Equal(d.Shape, []uint64{1000, 4}) || !slices.Equal(d.Chunk, []uint64{4096, 4}) {
		t.Error(d.Type, d.Shape, d.Chunk, err)
	}
	for _, path := range []string{"/report/E/data", "/report/E/mapping/time"} {
		want := map[bool]string{true: "[mV]", false: "[ms]"}[path == "/report/E/data"]
		if got := attribute(t, f, path, "units"); !strings.Contains(got, want) || !strings.HasPrefix(got, "string of variable length") {
			t.Error(path, got)
		}
	}
	for name, want := range map[string][]float64{
		"node_ids": {3, 7}, "index_pointers": {0, 1, 4}, "index_pointer": {0, 1, 4}, "element_ids": {0, 0, 1, 1}, "element_pos": {0.5, 0.5, 0.25, 0.75},
	} {
		if got := values(t, f, "/report/E/mapping/"+name); !slices.Equal(got, want) {
			t.Error(name, got)
		}
	}
	for name, want := range map[string]hdf5.Type{"node_ids": hdf5.Uint64, "index_pointers": hdf5.Uint64, "element_ids": hdf5.Uint32, "element_pos": hdf5.Float32, "time": hdf5.Float64} {
		if d, err := f.Dataset("/report/E/mapping/" + name); err != nil || d.Type.String() != want.String() {
			t.Error(name, d.Type, err)
		}
	}
	time := values(t, f, "/report/E/mapping/time")
	frames := 0
	for at := time[0]; at < time[1]-1e-6; at += time[2] {
		frames++
	}
	if frames != 1000 || int((time[1]-time[0])/time[2]) != 1000 {
		t.Error(frames, "frames by adding,", int((time[1]-time[0])/time[2]), "by dividing")
	}
	if got := values(t, f, "/report/E/data"); got[4*999] != 999 || got[4*999+2] != float64(float32(-60.1)) {
		t.Error(got[4*999 : 4*999+4])
	}
}

// Every number of frames and interval is found by both rules.
func TestReportsEndWhereReadersCount(t *testing.T) {
	for _, step := range []float64{0.025, 0.1, 0.05, 1, 1.0 / 3} {
		for _, n := range []int{1, 2, 3, 10, 999, 12345} {
			for _, start := range []float64{0, 0.1, 1234.5} {
				name := filepath.Join(t.TempDir(), "r.h5")
				write(t, name, func(w *os.File) error {
					r, err := NewReportWriter(w, Report{"E", "mV", start, step, []ReportNode{{0, []Element{{}}}}})
					for range n {
						err = errors.Join(err, r.Frame([]float64{0}))
					}
					return errors.Join(err, r.Close())
				})
				time := values(t, open(t, name), "/report/E/mapping/time")
				frames := 0
				for at := time[0]; at < time[1]-1e-6; at += time[2] {
					frames++
				}
				if divided := int((time[1] - time[0]) / time[2]); frames != n || divided != n {
					t.Errorf("%d frames from %g every %g ms: %d by adding, %d by dividing", n, start, step, frames, divided)
				}
			}
		}
	}
}

// The rules of readers of nodes and configurations.
func TestNodesAndConfigurationsAreAsReadersAsk(t *testing.T) {
	dir := run(t)
	f := open(t, filepath.Join(dir, NodesFile))
	for name, size := range map[string]uint64{"in": 100, "E": 20000, "silent": 3} {
		n, err := OpenNodes(f, name)
		if err != nil || n.Size != size || n.Name != name {
			t.Fatal(n, err)
		}
		seen := uint64(0)
		if err := n.EachType(func(node, kind uint64) {
			if node == seen && kind == uint64(slices.Index([]string{"in", "E", "silent"}, name)) {
				seen++
			}
		}); err != nil || seen != size {
			t.Error(name, seen, err)
		}
		if got := names(t, f, "/nodes/"+name); !slices.Equal(got, []string{"0", "node_group_id", "node_group_index", "node_id", "node_type_id"}) {
			t.Error(got)
		}
		ids := values(t, f, "/nodes/"+name+"/node_id")
		for i, id := range ids {
			if id != float64(i) {
				t.Fatal(name, i, id)
			}
		}
	}
	table, err := os.ReadFile(filepath.Join(dir, NodeTypesFile))
	if err != nil {
		t.Fatal(err)
	}
	if string(table) != "node_type_id population model_type model_template\n0 in virtual NULL\n1 E point_neuron neurosim:lif\n2 silent point_neuron neurosim:compartmental\n" {
		t.Errorf("%s", table)
	}
	var simulation struct {
		Run                     map[string]float64
		Network                 string
		Output                  map[string]string
		Reports                 map[string]map[string]any
		Inputs, TargetSimulator any
	}
	read(t, filepath.Join(dir, SimulationFile), &simulation)
	if simulation.Run["tstop"] != 4000 || simulation.Run["dt"] != 0.1 || simulation.Run["random_seed"] != 7 || simulation.Output["output_dir"] == "" || simulation.Output["spikes_file"] != "spikes.h5" {
		t.Error(simulation)
	}
	if simulation.Inputs != nil || simulation.Network != "$BASE_DIR/circuit_config.json" {
		t.Error(simulation)
	}
	for _, key := range []string{"type", "variable_name", "dt", "start_time", "end_time", "file_name", "sections"} {
		if simulation.Reports["V"][key] == nil {
			t.Error("a report without", key)
		}
	}
	var circuit struct {
		Networks struct {
			Nodes []struct {
				Nodes_file, Node_types_file string
				Populations                 map[string]map[string]string
			}
			Edges []any
		}
	}
	read(t, filepath.Join(dir, CircuitFile), &circuit)
	nodes := circuit.Networks.Nodes
	if len(nodes) != 1 || circuit.Networks.Edges == nil || nodes[0].Populations["in"]["type"] != "virtual" || nodes[0].Populations["E"]["type"] != "point_neuron" {
		t.Error(circuit)
	}
	if bytes := readFile(t, filepath.Join(dir, SimulationFile)); strings.Contains(bytes, "target_simulator") {
		t.Error("libsonata refuses a target simulator that it does not know")
	}
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func read(t testing.TB, path string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(readFile(t, path)), to); err != nil {
		t.Fatal(err)
	}
}

// h5py sees the same, by the one-liners of docs/sonata.md.
func TestH5pyReadsARun(t *testing.T) {
	python := fixture.Python(t, "h5py")
	dir := run(t)
	out, err := exec.Command(python, "-c", `
import sys, h5py
f = h5py.File(sys.argv[1] + "/spikes.h5")
t, i = f["spikes/E/timestamps"][:], f["spikes/E/node_ids"][:]
print(t.dtype, i.dtype, len(t), t[-1], i[-1], f["spikes/E/timestamps"].attrs["units"], f["spikes/E"].attrs["sorting"])
print(h5py.check_enum_dtype(f["spikes/E"].attrs.get_id("sorting").dtype), hex(f.attrs["magic"]), list(f.attrs["version"]))
r = h5py.File(sys.argv[1] + "/V.h5")["report/E"]
print(r["data"].shape, r["data"].dtype, r["data"][999, 3], r["data"].attrs["units"], r["mapping/index_pointer"] == r["mapping/index_pointers"])
n = h5py.File(sys.argv[1] + "/nodes.h5")["nodes"]
print({k: len(n[k]["node_type_id"]) for k in n}, list(n["E/0"]))
`, dir).CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out))
	}
	want := `float64 uint64 40000 1333.3 12081 ms 2
{'none': 0, 'by_id': 1, 'by_time': 2} 0xa7a [0, 1]
(1000, 4) float32 333.0 mV True
{'E': 20000, 'in': 100, 'silent': 3} []
`
	if string(out) != want {
		t.Errorf("%s\nwant %s", out, want)
	}
}

// Spikes come back as they were written; the old layout is read too.
func TestReadsSpikes(t *testing.T) {
	dir := run(t)
	r, err := OpenSpikes(open(t, filepath.Join(dir, "spikes.h5")), "E")
	if err != nil || r.Len != 40000 || r.Population != "E" {
		t.Fatal(r, err)
	}
	i := 0
	err = r.Each(func(ms float64, node uint64) error {
		if ms != float64(i/3)/10 || node != uint64(i*7919%20000) {
			return fmt.Errorf("spike %d: %g, %d", i, ms, node)
		}
		i++
		return nil
	})
	if err != nil || i != 40000 {
		t.Error(i, err)
	}
	_, err = OpenSpikes(open(t, filepath.Join(dir, "spikes.h5")), "F")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "it has those of E, in") {
		t.Error(err)
	}
	_, err = OpenSpikes(open(t, filepath.Join(dir, NodesFile)), "E")
	if err == nil || err.Error() != "is no file of spikes of SONATA: it has no group /spikes" {
		t.Error(err)
	}
	// The first spikes and the number, by h5py.
	r, err = OpenSpikes(open(t, fixture.Shared(t, "data", "sonata", "300_pointneurons", "inputs", "external_spike_trains.h5")), "external")
	if err != nil || r.Len != 4334 || r.Population != "" {
		t.Fatal(r, err)
	}
	var first []float64
	if err := r.Each(func(ms float64, node uint64) error {
		if first = append(first, ms); len(first) == 3 {
			return io.EOF
		}
		return nil
	}); err != io.EOF || fmt.Sprintf("%.8f", first) != "[0.38432237 40.46365877 80.41125264]" {
		t.Error(first, err)
	}
}

// Edges of the files of the Allen Institute: numbers and weights by h5py and numpy.
func TestReadsEdges(t *testing.T) {
	dir := fixture.Shared(t, "data", "sonata", "300_pointneurons", "network")
	e, err := OpenEdges(open(t, filepath.Join(dir, "internal_internal_edges.h5")), "")
	if err != nil {
		t.Fatal(err)
	}
	if e.Name != "internal_to_internal" || e.Source != "internal" || e.Target != "internal" || e.Len != 27588 || !e.HasWeight || e.HasDelay || e.HasCount {
		t.Error(e)
	}
	count, weight := map[uint64]int{}, map[uint64]float64{}
	if err := e.Each(func(e Edge) error {
		count[e.Type]++
		weight[e.Type] = e.Weight
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(count, weight) != "map[100:11428 101:7188 102:7171 103:1801] map[100:2.5 101:7 102:-7.5 103:-3]" {
		t.Error(count, weight)
	}
	types, err := ReadTypes(strings.NewReader(readFile(t, filepath.Join(dir, "internal_internal_edge_types.csv"))), "edge_type_id")
	if err != nil {
		t.Fatal(err)
	}
	if d, ok, err := types.Number(102, "delay"); d != 2 || !ok || err != nil || len(types.IDs) != 4 {
		t.Error(d, ok, err, types.IDs)
	}
}

func TestReadsTypes(t *testing.T) {
	types, err := ReadTypes(strings.NewReader("edge_type_id\ttarget_query  delay\n7 \"ei == 'e' & x\" NULL\n\n8 * 2.5\r\n"), "edge_type_id")
	if err != nil {
		t.Fatal(err)
	}
	if q, ok := types.Text(7, "target_query"); q != "ei == 'e' & x" || !ok {
		t.Error(q)
	}
	if _, ok := types.Text(7, "delay"); ok || types.Has(9) {
		t.Error("NULL is a value")
	}
	if d, ok, err := types.Number(8, "delay"); d != 2.5 || !ok || err != nil {
		t.Error(d, ok, err)
	}
	if _, _, err := types.Number(8, "target_query"); err == nil || err.Error() != `target_query of type 8 is "*", no number` {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"":                        "is empty: it has no column edge_type_id",
		"a b\n":                   "line 1: has no column edge_type_id; it has a, b",
		"edge_type_id b\n1\n":     "line 2: has 1 fields, the header 2",
		"edge_type_id\n-1\n":      `line 2: edge_type_id is "-1", no whole number from 0 on`,
		"edge_type_id\n1\n1\n":    "line 3: type 1 is there already",
		"edge_type_id b\n1 \"x\n": "line 2: a quote does not end",
	} {
		if _, err := ReadTypes(strings.NewReader(text), "edge_type_id"); err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

// bad writes a file by calls that return errors.
func bad(t testing.TB, fill func(root *hdf5.GroupWriter)) *hdf5.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "bad.h5")
	write(t, name, func(w *os.File) error {
		f := hdf5.Create(w)
		fill(f.Root())
		return f.Close()
	})
	return open(t, name)
}

// must is what is no part of what a test looks at.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// What is not as SONATA has it, or is not read, is said by its name.
func TestRefuses(t *testing.T) {
	columns := func(g *hdf5.GroupWriter, times []float64, ids any) *hdf5.DatasetWriter {
		must(g.Values("node_ids", nil, ids))
		return must(g.Values("timestamps", nil, times))
	}
	population := func(root *hdf5.GroupWriter) *hdf5.GroupWriter {
		return must(must(root.Group("spikes")).Group("E"))
	}
	for _, c := range []struct {
		fill func(root *hdf5.GroupWriter)
		want string
	}{
		{func(r *hdf5.GroupWriter) { columns(population(r), []float64{1, 2}, []uint64{1}) }, "/spikes/E has 2 times and 1 nodes"},
		{func(r *hdf5.GroupWriter) {
			if err := columns(population(r), []float64{1}, []uint64{1}).SetAttribute("units", "s"); err != nil {
				panic(err)
			}
		}, `/spikes/E/timestamps has the unit "s": SONATA has ms`},
		{func(r *hdf5.GroupWriter) { columns(population(r), []float64{1, math.NaN()}, []uint64{1, 2}) }, "/spikes/E: spike 1 has the time NaN ms"},
		{func(r *hdf5.GroupWriter) { columns(population(r), []float64{-1}, []uint64{1}) }, "/spikes/E: spike 0 has the time -1 ms"},
		{func(r *hdf5.GroupWriter) { columns(population(r), []float64{1}, []int64{-1}) }, "/spikes/E/node_ids: has -1, where numbers from 0 on are wanted"},
		{func(r *hdf5.GroupWriter) { columns(population(r), []float64{1}, []float64{1}) }, "/spikes/E/node_ids: is float64, where integers are wanted"},
		{func(r *hdf5.GroupWriter) {
			g := must(r.Group("spikes"))
			columns(g, []float64{1}, []uint64{1})
			must(g.Group("E"))
		}, "/spikes has datasets and populations side by side (E): of which layout it is cannot be told"},
		{func(r *hdf5.GroupWriter) { must(r.Group("spikes")) }, "/spikes has no population: no spike was recorded"},
		{func(r *hdf5.GroupWriter) { must(population(r).Values("timestamps", nil, []float64{1})) }, "/spikes/E has neither node_ids nor gids"},
	} {
		f := bad(t, c.fill)
		r, err := OpenSpikes(f, "E")
		if err == nil {
			err = r.Each(func(float64, uint64) error { return nil })
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
	edges := func(more func(g *hdf5.GroupWriter)) *hdf5.File {
		return bad(t, func(root *hdf5.GroupWriter) {
			g := must(must(root.Group("edges")).Group("x"))
			for _, name := range []string{"source_node_id", "target_node_id", "edge_type_id"} {
				must(g.Values(name, nil, []uint64{0, 1}))
			}
			more(g)
		})
	}
	for _, c := range []struct {
		more func(g *hdf5.GroupWriter)
		want string
	}{
		{func(g *hdf5.GroupWriter) { must(g.Group("0")); must(g.Group("1")) }, "/edges/x has its edges in several groups of attributes (0 and 1): one is read; divide the population"},
		{func(g *hdf5.GroupWriter) { must(must(g.Group("0")).Values("delay", nil, []float64{1})) }, "/edges/x/0/delay has 1 values for 2 edges"},
		{func(g *hdf5.GroupWriter) {
			must(must(g.Group("0")).Values("delay", nil, []float64{1, 2}))
			must(g.Values("edge_group_index", nil, []uint64{1, 0}))
		}, "/edges/x/edge_group_index: edge 0 is row 1 of its group: attributes in another order are not read"},
	} {
		e, err := OpenEdges(edges(c.more), "")
		if err == nil {
			err = e.Each(func(Edge) error { return nil })
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
	if _, err := OpenEdges(edges(func(*hdf5.GroupWriter) {}), "y"); err == nil || !strings.HasPrefix(err.Error(), `has no population "y"; it has x`) {
		t.Error(err)
	}
	s := must(NewSpikeWriter(new(discard), false))
	if err := errors.Join(s.Add("E", 2, 0, 0)); err != nil {
		t.Error(err)
	}
	if err := s.Add("E", 1, 0, 0); err == nil {
		t.Error("spikes out of order are written as by_time")
	}
	if _, err := NewReportWriter(new(discard), Report{"E", "mV", 0, 1, []ReportNode{{1, []Element{{}}}, {1, []Element{{}}}}}); err == nil {
		t.Error("a node twice")
	}
	var b bytes.Buffer
	if err := WriteNodeTypes(&b, []Population{{Name: "a b"}}); err == nil {
		t.Error("a name with a blank")
	}
}

// discard is a file that keeps nothing.
type discard struct{}

func (discard) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }
