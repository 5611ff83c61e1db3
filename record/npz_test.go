package record

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"neurosim/internal/fixture"
)

// arrays writes the files of a run as arrays, into a directory beside the files.
func arrays(t *testing.T, seed uint64) (dir string) {
	t.Helper()
	j, files := recorded(t, seed)
	dir = t.TempDir()
	dt, populations := j.n.Spec().Dt, []string{"in", "E", "I"}
	var groups []string
	for _, g := range j.n.Spec().Populations[1].Segments {
		groups = append(groups, g.Name)
	}
	var inputs []string
	for _, in := range j.n.Spec().Inputs {
		inputs = append(inputs, in.Name)
	}
	var projections []string
	for _, q := range j.n.Spec().Projections {
		projections = append(projections, q.Name)
	}
	file := func(name string) io.Reader { return bytes.NewReader(files[name].Bytes()) }
	table := func(name string) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return io.NopCloser(file(name)), nil }
	}
	for name, write := range map[string]func(w io.Writer) error{
		"spikes": func(w io.Writer) error {
			return SpikesNPZ(w, dt, populations, func(each func(Spike)) error {
				return ReadSpikesBinary(file("binary"), populations, 0, math.MaxInt64, func(step int64, population string, cell int) { each(Spike{step, population, cell}) })
			})
		},
		"dendritic": func(w io.Writer) error {
			return DendriticNPZ(w, dt, populations, groups, func(each func(DendriticEvent)) error {
				return ReadDendritic(file("dendritic"), 0, math.MaxInt64, each)
			})
		},
		"synapses": func(w io.Writer) error {
			return SynapsesNPZ(w, dt, populations, groups, projections, func(each func(ActiveSynapse)) error {
				return ReadSynapses(file("synapses"), 0, math.MaxInt64, each)
			})
		},
		"presentations": func(w io.Writer) error {
			return PresentationsNPZ(w, dt, inputs, func(each func(Presentation)) error {
				return ReadPresentations(file("presentations"), 0, math.MaxInt64, each)
			})
		},
		"traces": func(w io.Writer) error { return TableNPZ(w, table("traces")) },
		"rates":  func(w io.Writer) error { return TableNPZ(w, table("rates")) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for ext, data := range map[string][]byte{".npz": b.Bytes(), ".csv": files[name].Bytes()} {
			if err := os.WriteFile(filepath.Join(dir, name+ext), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// NumPy finds in the arrays what Python's own reader finds in the CSV files.
func TestArraysHoldTheFiles(t *testing.T) {
	const check = `
import csv, sys, numpy as np
for name in ['spikes', 'dendritic', 'synapses', 'presentations', 'traces', 'rates']:
    with open(sys.argv[1] + '/' + name + '.csv') as f:
        rows = list(csv.DictReader(f))
    d = dict(np.load(sys.argv[1] + '/' + name + '.npz'))
    assert len(rows) == len(d['step']) and len(rows) > 0, (name, len(rows))
    heads = dict(zip(d['columns'], d['units'])) if 'columns' in d else {}
    for i, row in enumerate(rows):
        assert int(row['step']) == d['step'][i] and float(row['time_ms']) == d['time_ms'][i]
        for column, text in row.items():
            if column in ('step', 'time_ms'):
                continue
            if heads:
                k = list(row).index(column) - 2
                unit = d['units'][k]
                assert column == d['columns'][k] + (' (%s)' % unit if unit else ''), column
                assert float(text) == d['values'][i, k]
            elif column == 'event':
                assert (text == 'start') == d['start'][i]
            elif column == 'source_population':
                assert text == d['populations'][d[column][i]]
            elif column in ('population', 'group', 'projection', 'input'):
                assert text == d[column + 's'][d[column][i]]
            elif column == 'pattern' and text == '':
                assert d[column][i] == -1
            elif text == '':
                assert np.isnan(d[column][i])
            else:
                assert float(text) == d[column][i], (column, text)
`
	python := fixture.Python(t, "numpy")
	for seed := range uint64(3) {
		if out, err := exec.Command(python, "-c", check, arrays(t, seed)).CombinedOutput(); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, out)
		}
	}
}

// An error of the file that is read, or of the one that is written, is returned, and so is a
// name that the configuration does not have.
func TestArraysOfBadFiles(t *testing.T) {
	bad := errors.New("bad")
	if err := SpikesNPZ(io.Discard, 0.1, nil, func(func(Spike)) error { return bad }); !errors.Is(err, bad) {
		t.Error(err)
	}
	if err := TableNPZ(io.Discard, func() (io.ReadCloser, error) { return nil, bad }); !errors.Is(err, bad) {
		t.Error(err)
	}
	one := func(each func(Spike)) error { each(Spike{1, "X", 2}); return nil }
	if err := SpikesNPZ(io.Discard, 0.1, []string{"E"}, one); err == nil {
		t.Error("a spike of an unknown population is taken")
	}
	if err := SpikesNPZ(failing{}, 0.1, []string{"X"}, one); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}

// failing takes nothing.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
