package study

import (
	"context"
	"encoding/json"
	"errors"
)

// A Study is a configuration that was read and checked, or the flags of a command:
// what is to be done, ready to be done.
type Study interface {
	// Plan says what a run would build and what is to be expected of it.
	Plan() Plan
	// Do does it. What it returns depends neither on the threads of w nor on
	// interruptions. If ctx is done it keeps its state in w and returns the error
	// of ctx.
	Do(ctx context.Context, w *Work) (Report, error)
}

// A Plan says what a run would build.
type Plan struct {
	Cells       int64          `json:"cells"`
	Neurons     int64          `json:"neurons"`
	Segments    int64          `json:"segments"`
	Synapses    float64        `json:"synapses"`
	MemoryBytes float64        `json:"memory_bytes"`
	Steps       int64          `json:"steps"`
	DiskBytes   float64        `json:"disk_bytes"` // expected of the recordings
	SweepPoints int            `json:"sweep_points"`
	Runs        int            `json:"runs,omitempty"` // of a study of a sequence memory
	Details     map[string]any `json:"-"`              // of one kind of study; in JSON beside the rest
	Warnings    []string       `json:"warnings"`
	Notes       []string       `json:"notes"` // how what is right was taken

	Size    string   `json:"-"` // in words
	Lines   []string `json:"-"` // what check prints of it, below the size
	Missing error    `json:"-"` // why it cannot be run yet; nil: it can
	Threads int      `json:"-"` // most threads that help; 0: any number
	Divided bool     `json:"-"` // processes of MPI do it together, all by Do: see Options.World; else one does it
}

// MarshalJSON writes the details beside the rest.
func (p Plan) MarshalJSON() ([]byte, error) {
	type plain Plan
	p.Warnings, p.Notes = append([]string{}, p.Warnings...), append([]string{}, p.Notes...) // lists, also where there are none
	text, err := json.Marshal(plain(p))
	if err != nil {
		return nil, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	for key, detail := range p.Details {
		if all[key], err = json.Marshal(detail); err != nil {
			return nil, err
		}
	}
	return json.Marshal(all)
}

// A Report is what a study found.
type Report struct {
	Tables   []NamedTable
	Figures  []Figure
	Files    []File           // of other kinds
	Metrics  map[string]any   // flat: numbers, texts, nil for no value; nil: there are none
	Reasons  []Reason         // why metrics may have no value
	Points   []map[string]any // metrics of the points of a sweep, if the study ran them itself
	Lines    []string         // what came out, in words
	Warnings []string         // what may be wrong with it
	Text     []byte           // for the standard output, where --json is not asked for
	JSON     map[string]any   // for --json, beside what every run prints
	Counts   map[string]int64 // for run.json
	Hash     string           // of all spikes; "": none
	Failed   error            // a check of the study's own that does not hold; see ErrCheck
}

// Twice returns a name that two tables have, of the study or of panels of figures: each would
// write tables/NAME.csv. It is "" where there is none.
func (r *Report) Twice() string {
	seen := map[string]bool{}
	for _, t := range r.Tables {
		if seen[t.Name] {
			return t.Name
		}
		seen[t.Name] = true
	}
	for _, f := range r.Figures {
		names := f.Figure.Tables()
		if f.Data != nil {
			names = append(names, f.Data.Name)
		}
		for _, name := range names {
			if seen[name] {
				return name
			}
			seen[name] = true
		}
	}
	return ""
}

// ErrCheck says that the results are there, but that something that was to be checked
// does not hold.
var ErrCheck = errors.New("a check does not hold")

// A File is a whole file, by its name in the run directory.
type File struct {
	Name  string
	Holds string // what it is, in a sentence
	Text  []byte
}

// A NamedTable is a table with its name: it goes to tables/NAME.csv.
type NamedTable struct {
	Name string
	Table
}
