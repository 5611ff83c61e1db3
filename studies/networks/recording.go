package networks

import (
	"bytes"
	"encoding"
	"fmt"
	"io"
	"io/fs"

	"neurosim/internal/dictionary"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/record"
	"neurosim/results"
	"neurosim/study"
)

// recorder is one that a checkpoint can hold.
type recorder interface {
	network.Recorder
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// writer is a recorder with a file.
type writer interface {
	recorder
	Flush() error
	Close() error
	Holds() dictionary.File
}

// recording is everything that watches a run, by name: those with a file under
// the file's name.
type recording struct {
	names     []string // in the order in which they record
	recorders map[string]recorder
	writers   map[string]writer
	streams   map[string]*results.Stream
	memory    map[string]*bytes.Buffer // in place of streams
	hash      *record.Hash
	totals    *record.Totals
	detection *record.Detection // nil if not asked for
}

// newRecording opens what the configuration asks to record. from is nil for a
// new run; otherwise files and recorders continue from it. Without a directory what is
// recorded stays in memory, or where no figure is wanted of it, nothing is.
func newRecording(x *Study, n *network.Network, w *study.Work, from *networkState) (*recording, error) {
	r := &recording{recorders: map[string]recorder{}, writers: map[string]writer{}, streams: map[string]*results.Stream{}, memory: map[string]*bytes.Buffer{}}
	var files []recordedFile
	if w.Dir != nil || len(w.Shows) > 0 {
		files = recordedFiles(x)
	}
	for _, f := range files {
		to, err := r.open(f.file, w.Dir, from)
		if err != nil {
			return nil, err
		}
		rec, err := f.make(n, to)
		if err != nil {
			return nil, err
		}
		r.add(f.file, rec)
		r.writers[f.file] = rec
		if w.Dir != nil {
			w.Dir.Describe(f.file, rec.Holds())
		}
	}
	r.hash, r.totals = record.NewHash(n), record.NewTotals(n)
	r.add("hash", r.hash)
	r.add("totals", r.totals)
	if x.Detection != nil {
		var err error
		if r.detection, err = newDetection(n, x.Detection); err != nil {
			return nil, err
		}
		r.add("detection", r.detection)
	}
	if from != nil {
		for _, name := range r.names {
			if err := r.recorders[name].UnmarshalBinary(from.Recorders[name]); err != nil {
				return nil, fmt.Errorf("the state of %s: %w", name, err)
			}
		}
	}
	return r, nil
}

func (r *recording) add(name string, rec recorder) {
	r.names = append(r.names, name)
	r.recorders[name] = rec
}

// open opens a file of the directory, or a buffer where there is none.
func (r *recording) open(file string, dir *results.Dir, from *networkState) (io.Writer, error) {
	if dir == nil {
		r.memory[file] = new(bytes.Buffer)
		return r.memory[file], nil
	}
	var stream *results.Stream
	var err error
	if from != nil {
		stream, err = dir.StreamAt(file, from.Files[file])
	} else {
		stream, err = dir.Stream(file)
	}
	r.streams[file] = stream
	return stream, err
}

// read opens what was recorded in memory.
func (r *recording) read(file string) (io.ReadCloser, error) {
	b := r.memory[file]
	if b == nil {
		return nil, fmt.Errorf("%s: %w", file, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(b.Bytes())), nil
}

// mark brings a file to the disk, for figures to read, and returns how long it is.
func (r *recording) mark(file string) (results.Mark, error) {
	if s := r.streams[file]; s != nil {
		return s.Mark()
	}
	return results.Mark{}, nil
}

// recordedFile is a file of recorded events and how to make its recorder.
type recordedFile struct {
	file string
	make func(n *network.Network, w io.Writer) (writer, error)
}

// recordedFiles lists what the configuration asks to record, in a fixed order.
func recordedFiles(x *Study) []recordedFile {
	steps := func(ms float64) int64 { return grid.Steps(ms, x.Run.Dt) }
	var files []recordedFile
	for _, f := range spikesFiles {
		if x.Record.writes(f.key) {
			files = append(files, recordedFile{f.name, func(n *network.Network, w io.Writer) (writer, error) {
				return record.NewSpikes(n, x.Record.Spikes, f.format, w)
			}})
		}
	}
	files = append(files, []recordedFile{
		{ratesFile, func(n *network.Network, w io.Writer) (writer, error) {
			return record.NewRates(n, nil, nil, steps(x.Record.RatesBin), w)
		}},
		{presentationsFile, func(n *network.Network, w io.Writer) (writer, error) {
			return record.NewPresentations(n, nil, w)
		}},
	}...)
	if x.Record.Dendritic {
		files = append(files, recordedFile{dendriticFile, func(n *network.Network, w io.Writer) (writer, error) {
			return record.NewDendritic(n, nil, w)
		}})
	}
	if x.Record.Synapses {
		files = append(files, recordedFile{synapsesFile, func(n *network.Network, w io.Writer) (writer, error) {
			return record.NewSynapses(n, nil, w)
		}})
	}
	first := 0
	for _, t := range x.Traces {
		probes := make([]int, len(t.Probes))
		for i := range probes {
			probes[i] = first + i
		}
		first += len(t.Probes)
		files = append(files, recordedFile{traceFile(t.Name), func(n *network.Network, w io.Writer) (writer, error) {
			return record.NewTraces(n, probes, steps(t.Every), steps(t.Start), steps(t.Stop), w)
		}})
	}
	return files
}

// probes lists the probes of all traces, in the order that recordedFiles counts
// on.
func probes(x *Study) []network.Probe {
	var all []network.Probe
	for _, t := range x.Traces {
		all = append(all, t.Probes...)
	}
	return all
}

// all returns the recorders in order.
func (r *recording) all() []network.Recorder {
	out := make([]network.Recorder, 0, len(r.names))
	for _, name := range r.names {
		out = append(out, r.recorders[name])
	}
	return out
}

// networkState is what the run of a network resumes from.
type networkState struct {
	State     *network.State
	Recorders map[string][]byte
	Files     map[string]results.Mark // how far they had come
}

// state gathers the state of a run. It flushes the recorders, so that their files are
// as long as the state says.
func (r *recording) state(n *network.Network) (*networkState, error) {
	c := &networkState{State: n.State(), Recorders: map[string][]byte{}, Files: map[string]results.Mark{}}
	for _, name := range r.names {
		if w := r.writers[name]; w != nil {
			if err := w.Flush(); err != nil {
				return nil, err
			}
			mark, err := r.mark(name)
			if err != nil {
				return nil, err
			}
			c.Files[name] = mark
		}
		state, err := r.recorders[name].MarshalBinary()
		if err != nil {
			return nil, err
		}
		c.Recorders[name] = state
	}
	return c, nil
}

// close writes what the recorders still hold.
func (r *recording) close() error {
	for _, name := range r.names {
		if w := r.writers[name]; w != nil {
			if err := w.Close(); err != nil {
				return err
			}
			if _, err := r.mark(name); err != nil {
				return err
			}
		}
	}
	return nil
}
