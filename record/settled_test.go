package record

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"neurosim/internal/grid"
	"neurosim/network"
)

// The rows of compartmental cells are those that follow from the potentials of the
// segments by the words of the criterion: an NMDA spike starts in the first step after
// which the potential is at or above the level, if it stays there for the duration; it
// ends in the first step after which it is not. Rows ascend by step, though a start is
// known only later. No test saw that starts stood at the end of the duration, because
// each compared the engine with what the engine had said.
func TestDetectedStartsAreTheCrossings(t *testing.T) {
	rows := 0
	for seed := range uint64(12) {
		spec := randomTrees(seed)
		n := build(t, spec, 1+int(seed%3))
		var text bytes.Buffer
		j, d := &journal{n: n}, must(NewDendritic(n, nil, &text))
		run(t, n, spec.Steps, j, d)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		e := spec.Population("E")
		for i, p := range n.Probes() {
			if p.Variable != network.Vseg {
				continue
			}
			detect := e.Group(p.Group).Place.Detect
			need, since := grid.Steps(detect.Duration, spec.Dt), int64(-1)
			for k := range spec.Steps {
				switch above := j.values[k][i] >= detect.Level; {
				case above && since < 0:
					since = k
				case !above && since >= 0:
					if k-since >= need {
						want[fmt.Sprint("end ", k, p.Cell, p.Group, p.Segment)] = true
					}
					since = -1
				}
				if since >= 0 && k-since+1 == need {
					want[fmt.Sprint("start ", since, p.Cell, p.Group, p.Segment)] = true
				}
			}
		}
		got := map[string]bool{}
		err := ReadDendritic(&text, 0, math.MaxInt64, func(x DendriticEvent) { // refuses steps out of order
			kind := "end "
			if x.Start {
				kind = "start "
			}
			got[fmt.Sprint(kind, x.Step, x.Cell, x.Group, x.Segment)] = true
		})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
		}
		rows += len(want)
	}
	if rows < 100 {
		t.Errorf("%d rows: the test is nearly blind", rows)
	}
}

// The rates of NMDA spikes are those of the crossings, also where a bin is written long
// after its end.
func TestRatesCountCrossings(t *testing.T) {
	for seed := range uint64(12) {
		spec := randomTrees(seed)
		n := build(t, spec, 1)
		var text bytes.Buffer
		j, r := &journal{n: n}, must(NewRates(n, nil, nil, 7, &text))
		run(t, n, spec.Steps, j, r)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		table := must(ReadTable(strings.NewReader(text.String()), 0, math.MaxInt64))
		if len(table.Steps) != 100 {
			t.Fatalf("%d bins of 700 steps", len(table.Steps))
		}
		for g, seg := range spec.Population("E").Segments {
			counts := make([]float64, len(table.Steps))
			for _, e := range j.events {
				if e.kind == "start" && e.g == g && e.pop == 1 {
					counts[e.step/7]++
				}
			}
			column := table.Column("E." + seg.Name)
			for i, c := range counts {
				if want := c * 1000 / (float64(spec.Population("E").Count) * 0.7); column.Values[i] < want*0.999999 || column.Values[i] > want*1.000001 {
					t.Fatalf("seed %d, %s, bin %d: %g spikes/s, want %g", seed, seg.Name, i, column.Values[i], want)
				}
			}
		}
	}
}
