package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/hdf5"
	"neurosim/internal/fixture"
	"neurosim/studies"
	"neurosim/studies/networks"
)

// Files of SONATA are the same for any number of threads and after an interruption, and h5py
// finds in them what the files of text hold: spikes, starts of NMDA spikes, traces.
func TestSONATAOfARun(t *testing.T) {
	sonata := []string{"--set", `record.formats=["csv", "sonata"]`}
	dir := sameOnThreads(t, []string{"1", "3"}, append(append([]string{"run", "quickstart"}, short...), sonata...)...)
	again := filepath.Join(t.TempDir(), "again")
	interrupted(t, quickstart(again, sonata...)...)
	must(t, quickstart(again, append(sonata, "--resume")...)...)
	same(t, "resumed", dir, again)
	binary := filepath.Join(t.TempDir(), "binary")
	must(t, quickstart(binary, "--set", `record.formats=["sonata"]`)...)
	for _, name := range []string{"spikes.h5", "nmda.h5", "nodes.h5", "simulation_config.json"} {
		if read(t, filepath.Join(dir, name)) != read(t, filepath.Join(binary, name)) {
			t.Errorf("%s of a run with binary spikes differs", name)
		}
	}
	const check = `
import csv, json, sys, h5py, numpy as np
dir = sys.argv[1] + '/'
f = h5py.File(dir + 'spikes.h5')
rows = list(csv.DictReader(open(dir + 'spikes.csv')))
populations = sorted({r['population'] for r in rows})
assert list(f['spikes']) == populations and len(populations) == 2
for p in populations:
    of = [r for r in rows if r['population'] == p]
    assert f['spikes'][p]['timestamps'][:].tolist() == [float(r['time_ms']) for r in of]
    assert f['spikes'][p]['node_ids'][:].tolist() == [int(r['cell']) for r in of]
rows = [r for r in csv.DictReader(open(dir + 'dendritic_events.csv')) if r['event'] == 'start']
f = h5py.File(dir + 'nmda.h5')['spikes/E:basal']
assert len(rows) > 10
assert f['timestamps'][:].tolist() == [float(r['time_ms']) for r in rows]
assert f['node_ids'][:].tolist() == [int(r['cell']) for r in rows]
assert f['element_ids'][:].tolist() == [int(r['segment']) for r in rows]
simulation = json.load(open(dir + 'simulation_config.json'))
rows = list(csv.DictReader(open(dir + 'traces_cell.csv')))
assert sorted(simulation['reports']) == ['cell.V_m', 'cell.overlap']
for name, columns in [('cell.V_m', ['E.0.V_m (mV)']), ('cell.overlap', ['E.0.basal.0.overlap', 'E.0.basal.1.overlap'])]:
    r = simulation['reports'][name]
    g = h5py.File(dir + r['file_name'])['report/E']
    assert np.array_equal(g['data'][:], np.array([[float(row[c]) for c in columns] for row in rows], 'f4'))
    start, stop, step = g['mapping/time'][:]
    assert (start, step) == (r['start_time'], r['dt']) and abs(stop - r['end_time']) < 1e-6
    assert g['mapping/element_ids'][:].tolist() == list(range(len(columns)))
circuit = json.load(open(dir + simulation['network'].replace('$BASE_DIR/', '')))
nodes = h5py.File(dir + circuit['networks']['nodes'][0]['nodes_file'].replace('$BASE_DIR/', ''))['nodes']
assert sorted(nodes) == populations and len(nodes['input/node_type_id']) == 2048
`
	if out, err := exec.Command(fixture.Python(t, "h5py"), "-c", check, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// A file of SONATA that cannot be written costs neither the run nor the other files.
func TestSONATAThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	sonata := []string{"--set", `record.formats=["sonata"]`, "--overwrite"}
	must(t, quickstart(dir)...)
	if err := os.Mkdir(filepath.Join(dir, "spikes.h5"), 0o755); err != nil {
		t.Fatal(err)
	}
	status, _, errs := neurosim(quickstart(dir, sonata...)...)
	if cure := "neurosim export " + dir; status != exitFailed || !strings.Contains(errs, "failed: spikes.h5: ") || !strings.Contains(errs, cure) {
		t.Fatalf("status %d\n%s", status, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "nmda.h5")); err != nil {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(dir, "spikes.h5")); err != nil {
		t.Fatal(err)
	}
	must(t, "export", dir)
	whole := filepath.Join(t.TempDir(), "b")
	must(t, quickstart(whole, sonata...)...)
	same(t, "exported", dir, whole)
}

// pointNeurons is a configuration of the network 300_pointneurons of the SONATA repository, from
// its own files. Its cells are ours: the parameters of its NEST models are in files that it does
// not have.
func pointNeurons(t *testing.T, more string) string {
	t.Helper()
	folder := fixture.Shared(t, "data", "sonata", "300_pointneurons")
	file := filepath.Join(t.TempDir(), "points.toml")
	write(t, file, strings.ReplaceAll(`
[run]
tstop = "400 ms"
dt = "0.1 ms"
[populations.external]
kind = "sdr"
nodes_file = "FOLDER/network/external_nodes.h5"
[populations.internal]
kind = "pyramidal"
nodes_file = "FOLDER/network/internal_nodes.h5"
I_e = "200 pA"
[populations.internal.soma]
kernel = "alpha"
[inputs.drive]
kind = "spikes"
population = "external"
file = "FOLDER/inputs/external_spike_trains.h5"
[projections.drive]
rule = "sonata"
source = "external"
target = "internal"
file = "FOLDER/network/external_internal_edges.h5"
types = "FOLDER/network/external_internal_edge_types.csv"
weight_unit = "pA"
`+more, "FOLDER", filepath.ToSlash(folder)))
	return file
}

// recurrent are the connections among the cells, of both signs.
const recurrent = `
[projections.excitation]
rule = "sonata"
source = "internal"
target = "internal"
file = "FOLDER/network/internal_internal_edges.h5"
types = "FOLDER/network/internal_internal_edge_types.csv"
weight_unit = "pA"
edge_types = [100, 101]
[projections.inhibition]
rule = "sonata"
source = "internal"
target = "internal"
sign = "inhibitory"
file = "FOLDER/network/internal_internal_edges.h5"
types = "FOLDER/network/internal_internal_edge_types.csv"
weight_unit = "pA"
edge_types = [102, 103]
`

// network300 loads such a configuration.
func network300(t *testing.T, file string) *networks.Study {
	t.Helper()
	c, err := configs.Load(studies.All(), file, grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Study.(*networks.Study)
}

// The network is that of its files as h5py reads them: cells, sources, targets, weights and
// delays.
func TestNetworkOfSONATA(t *testing.T) {
	python := fixture.Python(t, "h5py")
	x := network300(t, pointNeurons(t, recurrent))
	out, err := exec.Command(python, "-c", `
import sys, zlib, h5py, numpy as np
dir = sys.argv[1] + '/network/'
delays = {100: 2.0, 101: 2.0, 102: 2.0, 103: 2.0} # of internal_internal_edge_types.csv
for name in ['external', 'internal']:
    print(name, len(h5py.File(dir + name + '_nodes.h5')['nodes'][name]['node_id']))
for name, types in [('external', [100, 101]), ('internal', [100, 101]), ('internal', [102, 103])]:
    g = h5py.File(dir + name + '_internal_edges.h5')['edges'][name + '_to_internal']
    of = np.isin(g['edge_type_id'][:], types)
    crc = lambda x: '%08x' % zlib.crc32(x.tobytes())
    print(of.sum(), crc(g['source_node_id'][:][of].astype('<i4')), crc(g['target_node_id'][:][of].astype('<i4')), crc(np.abs(g['0/syn_weight'][:][of])),
          sum(delays[k] for k in g['edge_type_id'][:][of]) if name == 'internal' else 0.0)
`, fixture.Shared(t, "data", "sonata", "300_pointneurons")).CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out))
	}
	var got strings.Builder
	for _, p := range x.Network.Populations {
		fmt.Fprintln(&got, p.Name, p.Size())
	}
	crc := func(v any) uint32 {
		b, err := binary.Append(nil, binary.LittleEndian, v)
		if err != nil {
			t.Fatal(err)
		}
		return crc32.ChecksumIEEE(b)
	}
	for _, p := range x.Network.Projections {
		delay := 0.0
		for _, ms := range p.Table.Delay {
			delay += ms
		}
		fmt.Fprintf(&got, "%d %08x %08x %08x %.1f\n", len(p.Table.Source), crc(p.Table.Source), crc(p.Table.Cell), crc(p.Table.Weight), delay)
	}
	if got.String() != string(out) {
		t.Errorf("%s\nwant, by h5py, %s", got.String(), out)
	}
}

// Driven by its own spike trains, each cell spikes first when a sum of closed forms says.
//
// A current I(t) = w e/tau t e^(-t/tau) into a membrane gives, with a = 1/tau_m and b = 1/tau,
//
//	u(t) = w e/(tau C_m) [t e^(-bt)/(a-b) - (e^(-bt) - e^(-at))/(a-b)²]
//
// which solves du/dt = -a u + I/C_m. A spike of step s drives from the beginning of its step,
// and a cell spikes in the first step at whose end u is at least V_th - E_L.
func TestFirstSpikesOfANetworkOfSONATA(t *testing.T) {
	alone, whole := pointNeurons(t, ""), pointNeurons(t, recurrent)
	x := network300(t, alone)
	soma := x.Network.Populations[1].Soma
	dt, a, b := x.Run.Dt, 1/soma.TauM, 1/soma.TauEx
	constant := x.Network.Populations[1].Ie.Mean
	u := func(t float64) float64 {
		return math.E * b / soma.Cm * (t*math.Exp(-b*t)/(a-b) - (math.Exp(-b*t)-math.Exp(-a*t))/((a-b)*(a-b)))
	}
	train, edges := x.Network.Inputs[0].Train, x.Network.Projections[0].Table
	spikesOf := map[int32][]int64{} // by axon
	for i, c := range train.Cells {
		spikesOf[c] = append(spikesOf[c], train.Steps[i])
	}
	n := x.Network.Populations[1].Size()
	steps := int(x.Network.Steps)
	want := make([]int, n) // first step with a spike; steps for none
	for cell := range n {
		weight := make([]float64, steps) // that arrives in each step
		for i, c := range edges.Cell {
			if int(c) == cell {
				for _, s := range spikesOf[edges.Source[i]] {
					weight[s] += edges.Weight[i]
				}
			}
		}
		want[cell] = steps
		for k := range steps {
			v := constant * soma.TauM / soma.Cm * (1 - math.Exp(-a*float64(k+1)*dt))
			for s, w := range weight[:k+1] {
				if w != 0 {
					v += w * u(float64(k+1-s)*dt)
				}
			}
			if v >= soma.Vth-soma.EL {
				want[cell] = k
				break
			}
		}
	}
	first := func(file string) []int {
		dir := filepath.Join(t.TempDir(), "run")
		must(t, "run", file, "-o", dir)
		out := make([]int, n)
		for i := range out {
			out[i] = steps
		}
		for _, r := range readTable(t, filepath.Join(dir, "spikes.csv")) {
			cell, step := int(r.num("cell")), int(r.num("step"))
			if r["population"] == "internal" && out[cell] == steps {
				out[cell] = step
			}
		}
		return out
	}
	got := first(alone)
	if !slices.Equal(got, want) {
		t.Errorf("first steps with spikes %d\nwant %d", got, want)
	}
	earliest := slices.Min(want)
	if earliest == steps || slices.Max(want) < earliest+20 {
		t.Errorf("first spikes from step %d to %d show little", earliest, slices.Max(want))
	}
	// With its own synapses, the same up to 2 ms after the first spike, their delay.
	for cell, k := range first(whole) {
		if w := want[cell]; min(k, w) < earliest+20 && k != w {
			t.Errorf("cell %d spikes first in step %d, not %d", cell, k, w)
		}
	}
}

// smallSONATA writes nodes, edges, types and spikes: 4 inputs, 3 cells of two types, 4 edges.
func smallSONATA(t *testing.T, dir string) {
	t.Helper()
	create := func(name string, fill func(root *hdf5.GroupWriter) error) {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		w := hdf5.Create(f)
		if err := errors.Join(fill(w.Root()), w.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	group := func(g *hdf5.GroupWriter, names ...string) *hdf5.GroupWriter {
		for _, name := range names {
			var err error
			if g, err = g.Group(name); err != nil {
				t.Fatal(err)
			}
		}
		return g
	}
	put := func(g *hdf5.GroupWriter, name string, values any) *hdf5.DatasetWriter {
		d, err := g.Values(name, nil, values)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	create("nodes.h5", func(root *hdf5.GroupWriter) error {
		put(group(root, "nodes", "in"), "node_type_id", []uint64{0, 0, 0, 0})
		put(group(root, "nodes2"), "x", []uint64{0})
		return nil
	})
	create("cells.h5", func(root *hdf5.GroupWriter) error {
		put(group(root, "nodes", "V1"), "node_type_id", []uint64{10, 20, 10})
		return nil
	})
	create("edges.h5", func(root *hdf5.GroupWriter) error {
		edges := group(root, "edges")
		for name, of := range map[string]string{"drive": "in", "odd": "in", "many": "in", "groups": "in", "far": "in"} {
			g := group(edges, name)
			source := put(g, "source_node_id", []uint64{0, 1, 2, 3})
			targets := []uint64{0, 1, 2, 2}
			if name == "far" {
				targets[3] = 3
			}
			put(g, "target_node_id", targets)
			put(g, "edge_type_id", []uint64{1, 1, 2, 3})
			attributes := group(g, "0")
			switch name {
			case "groups":
				group(g, "1")
			case "many":
				put(attributes, "nsyns", []uint64{1, 5, 2, 0})
			case "drive", "far":
				put(attributes, "syn_weight", []float64{1, 2, 3, -4})
				put(attributes, "delay", []float64{0.5, 1.02, 2, 3})
			}
			if err := source.SetAttribute("node_population", of); err != nil {
				return err
			}
		}
		return nil
	})
	create("spikes.h5", func(root *hdf5.GroupWriter) error {
		spikes := group(root, "spikes")
		g := group(spikes, "lgn")
		put(g, "timestamps", []float64{1, 2.04, 500})
		put(g, "node_ids", []uint64{0, 3, 1})
		g = group(spikes, "V1")
		put(g, "timestamps", []float64{1})
		put(g, "node_ids", []uint64{9})
		return nil
	})
	write(t, filepath.Join(dir, "types.csv"), "edge_type_id syn_weight delay model_template\n1 0.5 1.0 static_synapse\n2 0.25 NULL NULL\n3 1 2 tsodyks_synapse\n")
	write(t, filepath.Join(dir, "text.h5"), "timestamps population node_ids\n")
}

const smallNetwork = `
[run]
tstop = "100 ms"
dt = "0.1 ms"
[populations.in]
kind = "sdr"
nodes_file = "nodes.h5"
[populations.E]
kind = "pyramidal"
nodes_file = "cells.h5"
[inputs.drive]
kind = "spikes"
population = "in"
file = "spikes.h5"
from = "lgn"
[projections.drive]
rule = "sonata"
source = "in"
target = "E"
file = "edges.h5"
edges = "drive"
edge_types = [1, 2]
weight_unit = "nA"
`

// What of a file of SONATA is not taken as it stands is said with numbers, and what cannot be
// taken is refused by name, with the key that helps.
func TestWhatSONATAHasIsTakenOrSaid(t *testing.T) {
	dir := t.TempDir()
	smallSONATA(t, dir)
	file := filepath.Join(dir, "small.toml")
	for _, c := range []struct{ name, old, new, want string }{
		{"as it stands", "", "", ""},
		{"late", "", "", "spikes.h5: 1 spike at or after run.tstop (100 ms) is not used"},
		{"off the grid", "", "", "spikes.h5: 1 time lies between two steps of dt = 0.1 ms and was moved to the nearer"},
		{"delay off the grid", "", "", "edges.h5: 1 delay lies between two steps of dt = 0.1 ms and was moved to the nearer"},
		{"part of the nodes", `"cells.h5"`, "\"cells.h5\"\nnode_types = [10]", "edges.h5: 1 edge of nodes that are no cells of in and E is not used"},
		{"nsyns", "edges = \"drive\"\nedge_types = [1, 2]\nweight_unit = \"nA\"", "edges = \"many\"\nweight = \"3 pA\"", "edges.h5: 2 edges stand for several synapses, for each: it counts once (nsyns)"},
		{"no synapse", "edges = \"drive\"\nedge_types = [1, 2]\nweight_unit = \"nA\"", "edges = \"many\"\nweight = \"3 pA\"", "edges.h5: 1 edge stands for no synapse and is not used"},

		{"!no unit", "weight_unit = \"nA\"\n", "", "small.toml:16: projections.drive.weight_unit: must be given"},
		{"!unit", `"nA"`, `"nS"`, `projections.drive.weight_unit = "nS": must be "pA" or "nA"`},
		{"!signs", "edge_types = [1, 2]\n", "", "projections.drive.edge_types: must be given: weights of the types 3 are negative, of 1, 2 positive, and a projection has one sign"},
		{"!negative", "[1, 2]", "[3]", "is excitatory, and the weights are negative; sign = \"inhibitory\" reads them"},
		{"!type", "[1, 2]", "[1, 7]", "names type 7; the file has 1, 2, 3"},
		{"!population of edges", "edges = \"drive\"\n", "", "edges.h5: has the populations drive, far, groups, many, odd: say which (edges = \"NAME\")"},
		{"!groups", `edges = "drive"`, `edges = "groups"`, "edges.h5: /edges/groups has its edges in several groups of attributes (0 and 1): one is read; divide the population"},
		{"!beyond", "edges = \"drive\"\nedge_types = [1, 2]", "edges = \"far\"\nedge_types = [3]\nsign = \"inhibitory\"", "edges.h5: edge 3 of far leads to node 3; E has 3 nodes"},
		{"!no weight", "edges = \"drive\"\nedge_types = [1, 2]\nweight_unit = \"nA\"", `edges = "odd"`, "projections.drive.weight: must be given: the file has no syn_weight"},
		{"!model", "edge_types = [1, 2]\n", "types = \"types.csv\"\n", "types.csv: edges of type 3 are of the model tsodyks_synapse; there is static_synapse"},
		{"!delay of a type", "edges = \"drive\"\n", "edges = \"odd\"\ntypes = \"types.csv\"\n", "edges.h5: edge 2 of odd of type 2 has no delay"},
		{"!segments", "[inputs.drive]", "[populations.E.segments.basal]\ncount = 1\ntheta = 1\n[projections.more]\nsource = \"in\"\ntarget = \"E/basal\"\nrule = \"sonata\"\nfile = \"edges.h5\"\n[inputs.drive]", "projections.more.target = \"E/basal\": must be the somata of a population"},
		{"!source", `source = "in"`, `source = "E"`, "projections.drive.source = \"E\": is of the nodes V1; the sources of the edges drive are nodes of in"},
		{"!key of another rule", `rule = "sonata"`, `rule = "one_to_one"`, "has no meaning for rule = \"one_to_one\""},
		{"!n", `"nodes.h5"`, "\"nodes.h5\"\nn = 4", "populations.in.n = 4: has no meaning with nodes_file, which has the number of cells"},
		{"!node type", `"cells.h5"`, "\"cells.h5\"\nnode_types = [30]", "populations.E.node_types = [30]: names type 30; the file has 10, 20"},
		{"!nodes", `"cells.h5"`, "\"cells.h5\"\nnode_population = \"LM\"", `cells.h5: has no population "LM"; it has V1`},
		{"!no nodes", `"cells.h5"`, `"spikes.h5"`, "spikes.h5: is no file of nodes of SONATA: it has no group /nodes"},
		{"!from", "from = \"lgn\"\n", "", `spikes.h5: has no spikes of a population "in"; it has those of V1, lgn: file does not exist (from = "NAME" reads one of another name)`},
		{"!node", `"lgn"`, `"V1"`, "spikes.h5: spike 0 is of node 9; in has the nodes 0 to 3"},
		{"!text", `"spikes.h5"`, `"text.h5"`, "text.h5: is no HDF5 file: it has no signature"},
		{"!keys of a table", `"lgn"`, "\"lgn\"\ntime_unit = \"s\"\ncolumns = { cell = \"a\", time = \"b\" }", "has no meaning for a file of SONATA"},
	} {
		text := smallNetwork
		if c.old != "" {
			if text = strings.Replace(text, c.old, c.new, 1); text == smallNetwork {
				t.Fatalf("%s: nothing is replaced", c.name)
			}
		}
		write(t, file, text)
		status, out, errs := neurosim("check", file, "--no-measure")
		bad := strings.HasPrefix(c.name, "!")
		if (status != exitDone) != bad || !strings.Contains(out+errs, c.want) {
			t.Errorf("%s: status %d\n%s%s\nwant %s", c.name, status, out, errs, c.want)
		}
	}
	write(t, file, smallNetwork)
	x := network300(t, file)
	p := x.Network.Projections[0].Table
	if fmt.Sprint(p.Source, p.Cell, p.Weight, p.Delay) != "[0 1 2] [0 1 2] [1000 2000 3000] [0.5 1 2]" {
		t.Error(p)
	}
}

// A file of HDF5 that is too large to be held in memory gives what it gives in memory: its end is
// made of nothing here, which readers of HDF5 pass over.
func TestLargeSONATA(t *testing.T) {
	dir := t.TempDir()
	smallSONATA(t, dir)
	file := filepath.Join(dir, "small.toml")
	write(t, file, smallNetwork)
	said := func() string {
		_, errs := must(t, "run", file, "-o", filepath.Join(t.TempDir(), "o"))
		_, hash, _ := strings.Cut(errs, "spikes_sha256=")
		if hash == "" {
			t.Fatal(errs)
		}
		return hash
	}
	want := said()
	for _, name := range []string{"spikes.h5", "edges.h5", "nodes.h5", "cells.h5"} {
		if err := os.Truncate(filepath.Join(dir, name), 17<<20); err != nil {
			t.Fatal(err)
		}
	}
	if got := said(); got != want {
		t.Errorf("the spikes of large files are %s, not %s", got, want)
	}
	write(t, file, strings.Replace(smallNetwork, `"lgn"`, `"V1"`, 1))
	if status, _, errs := neurosim("check", file); status != exitUsage || !strings.Contains(errs, "spikes.h5: spike 0 is of node 9; in has the nodes 0 to 3") {
		t.Errorf("status %d: %s", status, errs)
	}
}
