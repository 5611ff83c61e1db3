package sequence

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Every rule refuses the value beyond its boundary, with the arithmetic, and
// takes the one on it.
func TestBadParametersAreRefused(t *testing.T) {
	for _, c := range []struct {
		key     string
		bad, ok func(p *Params)
		says    string
	}{
		{"columns", func(p *Params) { p.Columns = 39 }, func(p *Params) { p.Columns = 40 }, "40 active columns"},
		{"cells_per_column", func(p *Params) { p.CellsPerColumn = 1<<17 + 1 }, func(p *Params) { p.CellsPerColumn = 32 }, "from 1 to 131072"},
		{"rules", func(p *Params) { p.Rules = "htm" }, func(p *Params) { p.Rules = HTMCore }, `"nupic" or "htm.core"`},
		{"activation_threshold", func(p *Params) { p.MaxSynapses, p.MaxNewSynapseCount, p.MinThreshold = 14, 14, 14 }, func(p *Params) { p.MaxSynapses, p.MaxNewSynapseCount = 15, 15 }, "can never be met: a segment has at most 14 synapses"},
		{"activation_threshold", func(p *Params) { p.CellsPerColumn, p.ActivationThreshold = 1, 41 }, func(p *Params) { p.CellsPerColumn, p.ActivationThreshold = 1, 40 }, "can never be met: 40 active columns of 1 cells are 40 cells"},
		{"min_threshold", func(p *Params) { p.MinThreshold = 16 }, func(p *Params) { p.MinThreshold = 15 }, "at most activation_threshold (15)"},
		{"min_threshold", func(p *Params) { p.MinThreshold = 0 }, func(p *Params) { p.MinThreshold = 1 }, "from 1"},
		{"max_new_synapse_count", func(p *Params) { p.MaxSynapses = 39 }, func(p *Params) { p.MaxSynapses = 40 }, "max_synapses_per_segment (39)"},
		{"max_synapses_per_segment", func(p *Params) { p.MaxSynapses = 256 }, func(p *Params) { p.MaxSynapses = 255 }, "from 1 to 255"},
		{"initial_permanence", func(p *Params) { p.InitialPermanence = 1.01 }, func(p *Params) { p.InitialPermanence = 1 }, "from 0 to 1"},
		{"initial_permanence", func(p *Params) { p.InitialPermanence = 0 }, func(p *Params) { p.InitialPermanence = 1e-5 }, "below it is destroyed"},
		{"permanence_increment", func(p *Params) { p.PermanenceIncrement = 0 }, func(p *Params) { p.PermanenceIncrement, p.InitialPermanence = 0, 0.5 }, "permanence 0.21 could never reach connected_permanence = 0.5"},
		{"permanence_decrement", func(p *Params) { p.PermanenceDecrement = -0.1 }, func(p *Params) { p.PermanenceDecrement = 0 }, "from 0 to 1"},
	} {
		for _, want := range []bool{true, false} {
			p := Default()
			c.ok(&p)
			if want {
				p = Default()
				c.bad(&p)
			}
			got := ""
			p.Check(40, func(key, rule string, args ...any) {
				if key == c.key {
					got += fmt.Sprintf(rule, args...)
				} else if !want {
					t.Errorf("%s on its boundary: %s: %s", c.key, key, fmt.Sprintf(rule, args...))
				}
			})
			if want && !strings.Contains(got, c.says) || !want && got != "" {
				t.Errorf("%s: %q, want %q", c.key, got, c.says)
			}
		}
	}
	p := Default()
	p.MinThreshold, p.PermanenceDecrement = 0, 2
	if _, err := New(p, 1, 1); err == nil || !strings.Contains(err.Error(), "min_threshold") || !strings.Contains(err.Error(), "permanence_decrement") {
		t.Errorf("New tells of all mistakes: %v", err)
	}
}

// What is allowed and probably not meant is warned of; the published parameters
// are not.
func TestWarnings(t *testing.T) {
	p := Default()
	if w := p.Warnings(40); len(w) > 0 {
		t.Errorf("the published parameters: %q", w)
	}
	for says, change := range map[string]func(p *Params){
		"an element has only 40 winners":     func(p *Params) { p.MaxNewSynapseCount = 41 },
		"only by segments that mix contexts": func(p *Params) { p.MaxNewSynapseCount = 14 },
		"only bursts can make":               func(p *Params) { p.ActivationThreshold = 41 },
		"needs 29 repetitions":               func(p *Params) { p.PermanenceIncrement = 0.01 },
		"nothing is ever forgotten":          func(p *Params) { p.PermanenceDecrement, p.PredictedDecrement = 0, 0 },
	} {
		p := Default()
		change(&p)
		if w := p.Warnings(40); !slices.ContainsFunc(w, func(s string) bool { return strings.Contains(s, says) }) {
			t.Errorf("no warning of %q: %q", says, w)
		}
	}
}

// A memory takes the threads that help: none beside the first where they cost more than
// they bring.
func TestThreadsThatHelp(t *testing.T) {
	for _, c := range []struct{ columns, threads, want int }{
		{2048, 2, 1},
		{65535, 2, 1},
		{65536, 2, 2},
		{65536, 1, 1},
		{65536, 7, 2},
		{65536, 0, 1},
	} {
		p := Default()
		p.Columns, p.CellsPerColumn = c.columns, 32
		m, err := New(p, 1, c.threads)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(m.shards); got != c.want {
			t.Errorf("%d columns, %d threads: on %d, want %d", c.columns, c.threads, got, c.want)
		}
	}
}
