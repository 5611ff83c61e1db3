package networks

import (
	"encoding"
	"fmt"
	"io"

	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/record"
	"neurosim/results"
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
}

// recording is everything that watches a run, by name: those with a file under
// the file's name.
type recording struct {
	names     []string // in the order in which they record
	recorders map[string]recorder
	writers   map[string]writer
	streams   map[string]*results.Stream
	hash      *record.Hash
	totals    *record.Totals
	detection *record.Detection // nil if not asked for
}

// newRecording opens what the configuration asks to record. from is nil for a
// new run; otherwise files and recorders continue from it.
// Without a directory nothing is written.
func newRecording(x *Study, n *network.Network, dir *results.Dir, from *networkState) (*recording, error) {
	r := &recording{recorders: map[string]recorder{}, writers: map[string]writer{}, streams: map[string]*results.Stream{}}
	var files []recordedFile
	if dir != nil {
		files = recordedFiles(x)
	}
	for _, w := range files {
		stream, err := openStream(dir, w.file, from)
		if err != nil {
			return nil, err
		}
		rec, err := w.make(n, stream)
		if err != nil {
			return nil, err
		}
		r.add(w.file, rec)
		r.writers[w.file], r.streams[w.file] = rec, stream
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

func openStream(dir *results.Dir, file string, from *networkState) (*results.Stream, error) {
	if from != nil {
		return dir.StreamAt(file, from.Files[file])
	}
	return dir.Stream(file)
}

// recordedFile is a file of recorded events and how to make its recorder.
type recordedFile struct {
	file string
	make func(n *network.Network, w io.Writer) (writer, error)
}

// recordedFiles lists what the configuration asks to record, in a fixed order.
func recordedFiles(x *Study) []recordedFile {
	format := record.CSV
	if x.Record.Format == "binary" {
		format = record.Binary
	}
	steps := func(ms float64) int64 { return grid.Steps(ms, x.Run.Dt) }
	files := []recordedFile{
		{spikesFile(x.Record.Format), func(n *network.Network, w io.Writer) (writer, error) {
			return record.NewSpikes(n, x.Record.Spikes, format, w)
		}},
		{ratesFile, func(n *network.Network, w io.Writer) (writer, error) {
			return record.NewRates(n, nil, nil, steps(x.Record.RatesBin), w)
		}},
		{presentationsFile, func(n *network.Network, w io.Writer) (writer, error) {
			return record.NewPresentations(n, nil, w)
		}},
	}
	if x.Record.Dendritic {
		files = append(files, recordedFile{dendriticFile, func(n *network.Network, w io.Writer) (writer, error) {
			return record.NewDendritic(n, nil, w)
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
			mark, err := r.streams[name].Mark()
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
			if _, err := r.streams[name].Mark(); err != nil { // on the disk, for the figures to read
				return err
			}
		}
	}
	return nil
}
