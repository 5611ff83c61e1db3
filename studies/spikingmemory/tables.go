package spikingmemory

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/grid"
	"neurosim/sequence/spiking"
	"neurosim/study"
)

// Plan counts the networks and what they hold.
func (s *Study) Plan() study.Plan {
	p := &s.Network
	cells := int64(p.N())
	at := spiking.NewSchedule(p, &s.Task, firstStep(s))
	_, bytes := p.Bytes()
	plan := study.Plan{Cells: cells + int64(p.Subpopulations), Neurons: cells + int64(p.Subpopulations), Segments: cells,
		Synapses: float64(cells) * float64(p.InDegree()), MemoryBytes: bytes, Divided: true, Runs: s.Run.Repeats,
		Steps: int64(s.Run.Repeats) * (at.Begin(s.Run.Episodes) - at.Begin(0))}
	plan.Size = fmt.Sprintf("%s of %s with %s", grammar.Count(float64(plan.Runs), "network"), grammar.Count(float64(plan.Cells), "cell"), grammar.Count(plan.Synapses, "plastic synapse"))
	plan.Lines = []string{fmt.Sprintf("%s of %g ms in all; memory about %s a network", grammar.Count(float64(plan.Steps), "step"), s.Run.Dt, grammar.FormatBytes(plan.MemoryBytes))}
	for _, w := range p.Warnings(&s.Task) {
		plan.Warnings = append(plan.Warnings, "network."+w)
	}
	if s.Run.LearnFrom >= s.Run.Episodes || s.Run.LearnUntil <= s.Run.LearnFrom {
		plan.Warnings = append(plan.Warnings, fmt.Sprintf("run.learn_from = %d, run.learn_until = %d: learning is never on in %s", s.Run.LearnFrom, s.Run.LearnUntil, grammar.Count(float64(s.Run.Episodes), "episode")))
	}
	return plan
}

// firstStep is the step of the first element.
func firstStep(s *Study) int64 { return grid.Steps(s.Task.First, s.Network.Dt) }

// zeroes returns the first episode without error, and the first from which there
// is none; -1 where there is no such episode.
func zeroes(episodes []spiking.Outcome) (first, forGood int) {
	first, forGood = -1, -1
	for i := range episodes {
		if episodes[i].Error() != 0 {
			forGood = -1
			continue
		}
		if first < 0 {
			first = i
		}
		if forGood < 0 {
			forGood = i
		}
	}
	return first, forGood
}

// metrics are the numbers of a study, flat. Medians of episodes count
// networks that never get there as later than all others, and are left out where
// the median network never does.
func metrics(s *Study, results []result) map[string]any {
	m := map[string]any{"networks": len(results), "episodes": s.Run.Episodes, "synapses": s.Network.N() * s.Network.InDegree()}
	var first, good []int
	var sum [6]float64
	right, cues := 0, 0
	var digests []string
	for i := range results {
		r := &results[i]
		f, g := zeroes(r.Episodes)
		first, good = append(first, later(f)), append(good, later(g))
		o := &r.Episodes[len(r.Episodes)-1]
		for k, x := range []float64{o.Error(), o.FalsePositives(), o.FalseNegatives(), o.Active(), o.DAPs(), float64(o.Mature)} {
			sum[k] += x / float64(len(results))
		}
		for _, c := range r.Recalled {
			cues++
			if c.Right {
				right++
			}
		}
		digests = append(digests, r.Digest)
	}
	for k, name := range []string{"error", "false_positives", "false_negatives", "active_last", "daps_last", "mature_synapses"} {
		m[name] = sum[k]
	}
	whole := 0
	for _, g := range good {
		if g < math.MaxInt {
			whole++
		}
	}
	m["networks_without_error"] = whole
	for name, x := range map[string][]int{"first_episode_without_error": first, "no_error_from_episode": good} {
		slices.Sort(x)
		if median := x[len(x)/2]; median < math.MaxInt {
			m[name+"_median"] = median
		}
	}
	if s.Replay != nil {
		m["replayed"], m["cues"] = right, cues
	}
	m["events_sha256"] = results[0].Digest
	if len(digests) > 1 {
		m["events_sha256"] = combined(digests)
	}
	return m
}

// lines says in words what came out, from the metrics.
func lines(s *Study, m map[string]any) []string {
	networks := grammar.Count(float64(s.Run.Repeats), "network")
	says := []string{
		fmt.Sprintf("last of %s, mean of %s: error %.3g, false positives %.3g, false negatives %.3g", grammar.Count(float64(s.Run.Episodes), "episode"), networks,
			m["error"], m["false_positives"], m["false_negatives"]),
		fmt.Sprintf("of %s, %v without error at the end", networks, m["networks_without_error"]),
	}
	if at, ok := m["no_error_from_episode_median"]; ok {
		says[1] += fmt.Sprintf("; the median network makes no error from episode %v on", at)
	}
	if s.Replay != nil {
		says = append(says, fmt.Sprintf("recalled from cues: %v of %v", m["replayed"], m["cues"]))
	}
	return append(says, fmt.Sprintf("events_sha256=%v", m["events_sha256"]))
}

// later puts what never happens after everything else.
func later(episode int) int {
	if episode < 0 {
		return math.MaxInt
	}
	return episode
}

// tables returns the numbers of a study: every episode, every volley of
// the recall, every mature synapse of the first network, and its events.
func tables(s *Study, results []result) []study.NamedTable {
	runs := study.Table{Text: "Training episodes of every network, a row for each.", Columns: study.Columns([][3]string{
		{"seed", "", "seed of the network"},
		{"episode", "", "episode, from 0"},
		{"learning", "", "true: synapses change in it"},
		{"error", "", "root of false positives plus false negatives of the last element, mean over the sequences"},
		{"false_positives", "", "subpopulations that are predicted and do not come, mean number over the sequences"},
		{"false_negatives", "", "subpopulations that come and are not predicted, mean number over the sequences"},
		{"active_last", "", "cells that spike at the last element, mean number over the sequences"},
		{"daps_last", "", "cells of the subpopulation of the last element with a plateau when the prediction is read, mean number over the sequences"},
		{"mature_synapses", "", "synapses above the threshold of maturity after the episode"},
		{"able_segments", "", "cells with as many mature synapses as a plateau needs"},
		{"active", "", "cells that spike at each element, by sequence"},
	})}
	recall := study.Table{Text: "Volleys of the recall from cues, a row for each.", Columns: study.Columns([][3]string{
		{"seed", "", "seed of the network"},
		{"sequence", "", "sequence whose first element was the cue"},
		{"right", "", "true: the recall is the sequence"},
		{"volley", "", "volley of the recall, from 1"},
		{"symbol", "", "element whose cells spike"},
		{"spikes", "", "spikes of the volley"},
		{"first_ms", "ms", "time of its first spike, from the cue"},
		{"median_ms", "ms", "median time of its spikes, from the cue"},
		{"last_ms", "ms", "time of its last spike, from the cue"},
	})}
	for i := range results {
		seed := fmt.Sprint(s.Run.Seed + uint64(i))
		for e := range results[i].Episodes {
			o := &results[i].Episodes[e]
			runs.Rows = append(runs.Rows, []string{seed, strconv.Itoa(e), fmt.Sprint(s.Run.learns(e)), study.Digits(o.Error(), 8), study.Digits(o.FalsePositives(), 8),
				study.Digits(o.FalseNegatives(), 8), study.Digits(o.Active(), 8), study.Digits(o.DAPs(), 8), strconv.Itoa(o.Mature), strconv.Itoa(o.Segments), actives(s, o)})
		}
		for _, r := range results[i].Recalled {
			for k, v := range r.Volleys {
				recall.Rows = append(recall.Rows, []string{seed, s.Task.Sequences[r.Sequence], fmt.Sprint(r.Right), strconv.Itoa(k + 1), spiking.Symbol(v.Subpopulation),
					strconv.Itoa(v.Spikes), study.Digits(v.First, 8), study.Digits(v.Median, 8), study.Digits(v.Last, 8)})
			}
		}
	}
	segments := study.Table{Text: "Mature synapses of the first network, a row for each.", Columns: study.Columns([][3]string{
		{"cell", "", "postsynaptic cell, from 0"},
		{"symbol", "", "element of its subpopulation"},
		{"predicts", "", "what the cell predicts: the element after which predecessors"},
		{"source", "", "presynaptic cell, from 0"},
		{"source_symbol", "", "element of its subpopulation"},
		{"source_stands_for", "", "element and predecessors that the presynaptic cell stands for"},
		{"permanence", "", "permanence at the end"},
		{"initial", "", "permanence at the beginning"},
	})}
	symbol := func(cell int) string { return spiking.Symbol(cell / s.Network.Cells) }
	for _, x := range results[0].Learned {
		segments.Rows = append(segments.Rows, []string{strconv.Itoa(x.Cell), symbol(x.Cell), x.Predicts, strconv.Itoa(x.Source), symbol(x.Source), x.After, study.Digits(x.Permanence, 8), study.Digits(x.Initial, 8)})
	}
	tables := []study.NamedTable{{Name: "runs", Table: runs}, {Name: "segments", Table: segments},
		{Name: "events_first", Table: eventTable(s, results[0].First)}, {Name: "events_last", Table: eventTable(s, results[0].Last)}}
	if s.Replay != nil {
		tables = append(tables, study.NamedTable{Name: "recall", Table: recall}, study.NamedTable{Name: "events_replay", Table: eventTable(s, results[0].Replay)})
	}
	return tables
}

// actives writes how many cells answered every element: A150 D18 B20 E17 | ...
func actives(s *Study, o *spiking.Outcome) string {
	var parts []string
	for q, seq := range o.Sequences {
		var of []string
		for k, n := range seq.Active {
			of = append(of, fmt.Sprintf("%c%d", s.Task.Sequences[q][k], n))
		}
		parts = append(parts, strings.Join(of, " "))
	}
	return strings.Join(parts, " | ")
}

func eventTable(s *Study, events []spiking.Event) study.Table {
	t := study.Table{Text: "Spikes and plateaus of one episode, or of the recall, of the first network, a row for each event.", Columns: study.Columns([][3]string{
		{"step", "", "step of the episode, from 0"},
		{"time_ms", "ms", "step · dt"},
		{"kind", "", "spike, dap_start, dap_end (of a dendritic plateau) or inhibitory_spike"},
		{"symbol", "", "element of the subpopulation"},
		{"cell", "", "cell, from 0; of an inhibitory spike the subpopulation"},
	})}
	names := map[spiking.Kind]string{spiking.Spike: "spike", spiking.DAPStart: "dap_start", spiking.DAPEnd: "dap_end", spiking.Inhibitory: "inhibitory_spike"}
	for _, e := range events {
		q := int(e.Cell)
		if e.Kind != spiking.Inhibitory {
			q /= s.Network.Cells
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(int(e.Step)), study.Digits(float64(e.Step)*s.Network.Dt, 8), names[e.Kind], spiking.Symbol(q), strconv.Itoa(int(e.Cell))})
	}
	return t
}

// makeFigures makes the figures that a study of the spiking memory asks for.
func makeFigures(x *Study, results []result) []study.Figure {
	return study.MakeFigures(x.Figures, func(f Figure) (figure.Figure, error) {
		fig, says := study.Frame(f.Figure), figure.Meanings{}
		switch f.Kind {
		case "learning":
			says = learning(&fig, x, &f.Spec, results)
		case "raster":
			says = raster(&fig, x, &f.Spec, &results[0])
		case "replay":
			fig.Panels = []figure.Panel{replay(x, &f.Spec, results)}
			says = figure.Meanings{Markers: "means of the median spike times in " + grammar.Count(float64(len(results)), "network", "networks") + " that recall", Bars: "their range", Rings: replaySays(x)}
		case "growth":
			fig.Panels = []figure.Panel{growth(x, results)}
			says = figure.Meanings{Lines: "means of " + grammar.Count(float64(len(results)), "network", "networks")}
		case "permanences":
			fig.Panels = []figure.Panel{permanences(x, results)}
			says = figure.Meanings{Lines: fmt.Sprintf("histograms of one network, bins of %.3g", x.Network.PMax/histogramBins)}
		}
		if math.IsNaN(fig.Height) {
			fig.Height = 65
		}
		return study.Noted(f.Figure, fig, says), nil
	})
}
