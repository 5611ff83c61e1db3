package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/internal/fixture"
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
