package results

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"neurosim/internal/dictionary"
)

const (
	recordName   = "run.json"
	recordFormat = 1

	maxJSON = 64 << 20 // bytes of run.json and of a figure without its points
)

// A Record is run.json: all that is needed to trust a result, and to repeat it.
// The caller fills it in, except for the fields said to be kept by the Dir.
type Record struct {
	Format  int      `json:"run_format"` // kept by the Dir
	Program string   `json:"program"`
	Version string   `json:"version"`
	Build   Build    `json:"build"`
	Command []string `json:"command"` // the command line, program first

	Config  File    `json:"config"`           // as given by the user
	Inputs  []File  `json:"inputs,omitempty"` // other files that were read
	Seed    uint64  `json:"seed"`
	RNG     string  `json:"rng"`             // name of the generator
	Times   string  `json:"times,omitempty"` // what the times in the files mean
	Machine Machine `json:"machine"`
	Threads int     `json:"threads"`

	Start    time.Time   `json:"start"`             // UTC; Begin sets it if zero
	Resumed  []time.Time `json:"resumed,omitempty"` // kept by the Dir
	End      *time.Time  `json:"end,omitempty"`     // UTC; Finish and Abandon set it if nil
	Outcome  Outcome     `json:"outcome"`           // kept by the Dir
	Error    string      `json:"error,omitempty"`   // kept by the Dir
	ExitCode int         `json:"exit_code"`
	Failures []string    `json:"failures,omitempty"` // what could not be made of the results, and why
	Warnings []string    `json:"warnings,omitempty"`

	Timings   []Timing         `json:"timings,omitempty"` // in the order of the phases
	Counts    map[string]int64 `json:"counts,omitempty"`  // cells, segments, synapses, steps, spikes ...
	SpikeHash string           `json:"spike_hash,omitempty"`

	// The files of the run, kept by the Dir, each list in order of names: those
	// that are whole, those that are not yet, and those of the run that this one
	// replaces, which Finish removes unless they were written again.
	Files    []File   `json:"files"`
	Holds    Holds    `json:"holds,omitempty"` // what they hold, by their names
	Partial  []string `json:"partial,omitempty"`
	Replaces []string `json:"replaces,omitempty"`
}

// Holds says what files hold, by their names.
type Holds map[string]dictionary.File

// An Outcome is how a run ended.
type Outcome string

const (
	Running     Outcome = "running"     // or killed, if no process is writing
	Done        Outcome = "done"        // all files are whole
	Interrupted Outcome = "interrupted" // by the user or the system, between two steps
	Failed      Outcome = "failed"      // for the reason in Record.Error
)

// A File is one file by its content.
type File struct {
	Name   string `json:"name"` // with slashes; inside the run directory where it is a file of the run
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // lower-case hex
}

// A Timing is what one phase of a run took.
type Timing struct {
	Phase   string  `json:"phase"`
	Seconds float64 `json:"seconds"`
}

// list enters a file that is whole now.
func (r *Record) list(file File) {
	i, found := slices.BinarySearchFunc(r.Files, file.Name, func(f File, name string) int {
		return strings.Compare(f.Name, name)
	})
	if !found {
		r.Files = slices.Insert(r.Files, i, file)
	}
	r.Files[i] = file
}

// names returns every file that may be in the directory because of this run.
func (r *Record) names() []string {
	all := slices.Concat(r.Partial, r.Replaces)
	for _, f := range r.Files {
		all = append(all, f.Name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// lists reports whether a file is whole and of this run.
func (r *Record) lists(name string) bool {
	return slices.ContainsFunc(r.Files, func(f File) bool { return f.Name == name })
}

// clone copies what the Dir goes on changing.
func (r *Record) clone() Record {
	c := *r
	c.Files, c.Partial, c.Replaces = slices.Clone(r.Files), slices.Clone(r.Partial), slices.Clone(r.Replaces)
	c.Holds = maps.Clone(r.Holds)
	c.Resumed, c.Counts = slices.Clone(r.Resumed), maps.Clone(r.Counts)
	return c
}

// saveRecord writes run.json. d.mu is held.
func (d *Dir) saveRecord() error {
	record, err := d.asideRecord()
	if err != nil {
		return err
	}
	return record.keep()
}

// asideRecord writes what saveRecord will keep. d.mu is held.
func (d *Dir) asideRecord() (*aside, error) {
	d.enterDescribed()
	return writeAside(d.path, recordName, buffered(func(w io.Writer) error { return writeJSON(w, d.rec) }))
}

// writeJSON writes the JSON that people read: indented, with <, > and & as
// they are.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// readRecord reads the run.json of a directory, and no other program's.
func readRecord(dir string) (Record, error) {
	path := filepath.Join(dir, recordName)
	data, err := readSmall(dir, recordName, maxJSON)
	if err != nil {
		return Record{}, about(path, err)
	}
	var head struct {
		Format int `json:"run_format"`
	}
	var rec Record
	switch err := json.Unmarshal(data, &head); {
	case err != nil:
		return Record{}, fmt.Errorf("%s: not the record of a run: %w", path, err)
	case head.Format == 0:
		return Record{}, fmt.Errorf("%s: not the record of a run: holds no run_format", path)
	case head.Format != recordFormat:
		return Record{}, fmt.Errorf("%s: run_format = %d: this program reads %d", path, head.Format, recordFormat)
	}
	if err := json.Unmarshal(data, &rec); err != nil {
		return Record{}, fmt.Errorf("%s: not the record of a run: %w", path, err)
	}
	return rec, nil
}
