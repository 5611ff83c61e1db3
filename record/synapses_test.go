package record

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"neurosim/dendrite"
	"neurosim/internal/dist"
	"neurosim/network"
)

// The excitatory rows of an NMDA spike are as many as the overlap that the engine counted in the
// step of its start, by counters that know no synapse from another; whatever the rule and the
// delays, and where synapses fail and short-term plasticity tells how often.
func TestSynapsesAreAsManyAsTheOverlap(t *testing.T) {
	starts, failing := 0, 0
	for seed := range uint64(60) {
		s := randomSpec(seed)
		r := rand.New(rand.NewPCG(seed, 5))
		for i := range s.Projections {
			p := &s.Projections[i]
			if p.Group == "" {
				continue
			}
			if r.IntN(2) == 0 {
				p.Delay = network.Dist{Kind: dist.Uniform, Min: 0.3, Max: 2}
			}
			switch r.IntN(4) {
			case 0:
				p.Release = &dendrite.ReleaseParams{P: 0.9}
			case 1:
				p.ShortTerm = &dendrite.ShortTermParams{U: 0.8, TauRec: 40, TauFacil: 10 * float64(r.IntN(2))}
			}
		}
		n := build(t, s, 1+r.IntN(3))
		var probes []network.Probe
		at := map[string]int{}
		e := s.Population("E")
		for _, g := range e.Segments {
			for cell := range e.Count {
				for j := range g.Count {
					at[fmt.Sprint(cell, g.Name, j)] = len(probes)
					probes = append(probes, network.Probe{Variable: network.Overlap, Population: "E", Cell: cell, Group: g.Name, Segment: j})
				}
			}
		}
		n.Watch(probes)
		var text bytes.Buffer
		syn, j := must(NewSynapses(n, nil, &text)), &journal{n: n}
		run(t, n, s.Steps, syn, j)
		if err := syn.Close(); err != nil {
			t.Fatal(err)
		}
		rows := map[string]int{} // excitatory ones of each NMDA spike
		excites := map[string]bool{}
		for _, p := range s.Projections {
			excites[p.Name] = p.Sign == network.Excite
			if excites[p.Name] && p.Group != "" && !p.Reliable() {
				failing++
			}
		}
		err := ReadSynapses(&text, 0, math.MaxInt64, func(a ActiveSynapse) {
			if excites[a.Projection] {
				rows[fmt.Sprint(a.Step, a.Cell, a.Group, a.Segment)]++
			}
			if a.Weight != 1 || a.Arrival > a.Step {
				t.Errorf("seed %d: row %+v", seed, a)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range j.events {
			if v.kind != "start" {
				continue
			}
			g := e.Segments[v.g]
			cell, seg := v.id/g.Count, v.id%g.Count
			want := int(j.values[v.step][at[fmt.Sprint(cell, g.Name, seg)]])
			if got := rows[fmt.Sprint(v.step, cell, g.Name, seg)]; got != want || got < g.Theta {
				t.Fatalf("seed %d, step %d, cell %d, %s %d: %d rows, overlap %d, theta %d", seed, v.step, cell, g.Name, seg, got, want, g.Theta)
			}
			starts++
		}
	}
	if starts < 1000 || failing < 20 {
		t.Errorf("only %d NMDA spikes, %d projections that fail", starts, failing)
	}
}

// The rows are those that the spikes of spikes.csv give with the connections of a table, found
// by trying every spike with every synapse.
func TestSynapsesOfATable(t *testing.T) {
	for _, trees := range []bool{false, true} {
		rows, patterns := 0, 0
		for seed := range uint64(20) {
			s := randomSpec(seed)
			if trees {
				s = randomTrees(seed)
			}
			r := rand.New(rand.NewPCG(seed, 6))
			e := s.Population("E")
			table := &network.Connections{}
			for cell := range e.Count {
				for seg := range e.Segments[0].Count {
					for range 25 {
						table.Cell, table.Segment = append(table.Cell, int32(cell)), append(table.Segment, int32(seg))
						table.Source = append(table.Source, int32(r.IntN(s.Population("in").N)))
						table.Delay = append(table.Delay, float64(r.IntN(30))/10)
					}
				}
			}
			s.Projections = append(s.Projections, network.Projection{Name: "listed", Source: "in", Target: "E", Group: "basal", Rule: network.List, Sign: network.Excite,
				Weight: network.Const(0), Delay: network.Const(0), Table: table})
			window := func(age int64) bool { return age*10 < int64(math.Round(e.Segments[0].Window*100)) }
			if trees {
				// The slower of the two receptors is NMDA, of 2 and 50 ms, which peaks after
				// ln(25) 100/48 ms = 6.7 ms; the course is that of its doc comment.
				const peak = 6.70599
				norm := math.Exp(-peak/50) - math.Exp(-peak/2)
				window = func(age int64) bool {
					ms := float64(age) / 10
					return ms < peak || (math.Exp(-ms/50)-math.Exp(-ms/2))/norm >= 0.1
				}
			}
			n := build(t, s, 1+r.IntN(3))
			var spikesText, dendriticText, text bytes.Buffer
			spikes, dendritic, syn := must(NewSpikes(n, nil, CSV, &spikesText)), must(NewDendritic(n, nil, &dendriticText)), must(NewSynapses(n, nil, &text))
			run(t, n, s.Steps, spikes, dendritic, syn)
			for _, f := range []file{spikes, dendritic, syn} {
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
			}
			var want []string
			fired := map[string][][]string{} // by cell of the input
			for _, f := range readAll(t, &spikesText) {
				if f[2] == "in" {
					fired[f[3]] = append(fired[f[3]], f)
				}
			}
			for _, d := range readAll(t, &dendriticText) {
				if d[4] != "basal" || d[6] != "start" {
					continue
				}
				start := number(t, d[0])
				of := map[string]int{} // numbers of the synapses of a cell
				for i := range table.Cell {
					cell := strconv.Itoa(int(table.Cell[i]))
					of[cell]++
					if cell != d[3] || strconv.Itoa(int(table.Segment[i])) != d[5] {
						continue
					}
					last := ""
					for _, f := range fired[strconv.Itoa(int(table.Source[i]))] {
						arrival := number(t, f[0]) + int64(math.Round(table.Delay[i]*10))
						if arrival > start || !window(start-arrival) {
							continue
						}
						last = fmt.Sprintf("%s,%s,E,%s,basal,%s,listed,%d,in,%s,%d,%s,1,", d[0], d[1], cell, d[5], of[cell]-1, f[3], arrival, ms(arrival))
						if trees {
							want = append(want, last)
						}
					}
					if last != "" && !trees {
						want = append(want, last)
					}
				}
			}
			var got []string
			for _, row := range readAll(t, &text) {
				if row[6] == "listed" {
					got = append(got, strings.Join(row, ","))
				}
				if row[6] == "store" && row[13] != "" {
					patterns++
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("trees %v, seed %d: %d rows, want %d\n%s", trees, seed, len(got), len(want), firstDifference(got, want))
			}
			rows += len(got)
		}
		if rows < 500 || patterns < 500 {
			t.Errorf("trees %v: only %d rows of the table, %d of stored patterns", trees, rows, patterns)
		}
	}
}

func firstDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("row %d: %s\n  want %s", i, got[i], want[i])
		}
	}
	return fmt.Sprintf("after %d equal rows", min(len(got), len(want)))
}

// ms writes the time of a step of 0.1 ms.
func ms(step int64) string {
	return strings.TrimSuffix(fmt.Sprintf("%d.%d", step/10, step%10), ".0")
}

// number reads a whole number.
func number(t *testing.T, text string) int64 {
	t.Helper()
	x, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// readAll reads the rows of a file behind its header, by another reader than ours.
func readAll(t *testing.T, text *bytes.Buffer) [][]string {
	t.Helper()
	rows, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// The weight is that of short-term depression: spikes of one axon at a fixed interval use a part
// U of what has recovered since. With rests of 10 ms and τ_rec = 20 ms, x goes from 1 by
// x ← 1 - (1 - x(1-U)) e^(-1/2).
func TestWeightsOfSynapses(t *testing.T) {
	s := randomTrees(2)
	e := s.Population("E")
	e.Segments[0].Place.Detect.Level, e.Segments[0].Place.Detect.Duration = -45, 1
	e.Segments[0].Place.Receptors.NMDA.GMax, e.Segments[0].Place.Receptors.AMPA.GMax = 0.4, 0.2 // the first spikes of the axons do not suffice
	s.Projections[0].ShortTerm = &dendrite.ShortTermParams{U: 0.5, TauRec: 20}
	for i := range s.Inputs {
		if p := s.Inputs[i].Presentations; p != nil {
			p.Start, p.Period, p.Jitter, p.Novel, p.Sequence, p.Count = 5, 10, 0, 0, []int{0}, 0
		}
	}
	s.Inputs = s.Inputs[:1]
	n := build(t, s, 2)
	var text bytes.Buffer
	syn := must(NewSynapses(n, nil, &text))
	run(t, n, s.Steps, syn)
	if err := syn.Close(); err != nil {
		t.Fatal(err)
	}
	rows := 0
	err := ReadSynapses(&text, 0, math.MaxInt64, func(a ActiveSynapse) {
		if a.Projection != "store" {
			return
		}
		spike := (float64(a.Arrival)/10 - 0.2 - 5) / 10 // which of its axon
		x := 1.0
		for range int(math.Round(spike)) {
			x = 1 - (1-x*0.5)*math.Exp(-0.5)
		}
		if math.Abs(a.Weight-x) > 1e-12 || a.Pattern < 0 { // some tens of roundings
			t.Errorf("%+v: weight of spike %g is %g", a, spike, x)
		}
		if spike > 0.5 {
			rows++
		}
	})
	if err != nil || rows < 20 {
		t.Errorf("%d rows of later spikes, %v", rows, err)
	}
}
