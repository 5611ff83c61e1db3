package spikingmemory

import (
	"fmt"
	"math"
	"strconv"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/published"
	"neurosim/sequence/spiking"
	"neurosim/studies/memories"
)

// learning draws error, false positives and negatives and active cells
// against episodes: the mean over networks, a band from the lowest to the highest
// error, and the means of an independent program.
func learning(fig *figure.Figure, s *Study, f *figureSpec, results []result) figure.Meanings {
	x := episodes(s)
	rules := learningRules(s)
	curve := func(name string, index int, of func(o *spiking.Outcome) float64) (line, band figure.Series) {
		r := memories.Ranged{Runs: len(results), Of: func(run, e int) float64 { return of(&results[run].Episodes[e]) }}
		for e := range s.Run.Episodes {
			sum := 0.0
			for i := range results {
				sum += r.Of(i, e)
			}
			r.X, r.Mean = append(r.X, float64(e)), append(r.Mean, sum/float64(len(results)))
		}
		return r.Draw(name, rangeOf(results), index)
	}
	type measure struct {
		name, column string
		of           func(o *spiking.Outcome) float64
	}
	panel := func(y figure.Axis, measures ...measure) figure.Panel {
		p := figure.Panel{X: x, Y: y, Rules: rules, Legend: true}
		var lines []figure.Series
		for i, m := range measures {
			line, band := curve(m.name, i, m.of)
			if len(results) > 1 && len(measures) == 1 {
				p.Series = append(p.Series, band)
			}
			lines = append(lines, line)
			if ref := referenceTables(s, f, m.column, i); len(ref.X) > 0 {
				p.Series = append(p.Series, ref)
			}
		}
		p.Series = append(p.Series, lines...)
		return p
	}
	fig.ShareX = true
	fig.Panels = []figure.Panel{
		panel(figure.Axis{Label: "Prediction error", Max: 1.5}, measure{meanOf(results), "error", (*spiking.Outcome).Error}),
		panel(figure.Axis{Label: "Wrong symbols", Max: 1.1}, measure{"False positives", "false_positives", (*spiking.Outcome).FalsePositives},
			measure{"False negatives", "false_negatives", (*spiking.Outcome).FalseNegatives}),
		panel(figure.Axis{Label: "Active cells", Max: 1.05 * float64(s.Network.Cells)}, measure{meanOf(results), "active", (*spiking.Outcome).Active}),
	}
	fig.Panels[2].Rules = append(fig.Panels[2].Rules[:len(rules):len(rules)], figure.Rule{Label: fmt.Sprintf("aim: %d", s.Network.Active), Axis: "y", At: float64(s.Network.Active)})
	if math.IsNaN(fig.Height) {
		fig.Height = 130
	}
	m := figure.Meanings{
		Lines:  "means of " + grammar.Count(float64(len(results)), "network", "networks"),
		Ribbon: "the range of the networks",
	}
	if n := referenceNetworks(s); f.Reference && n > 0 {
		m.Rings = fmt.Sprintf("an independent program, means of %d networks with other random connections", n)
		m.Bars = "their range. On the same connections both programs agree in every episode; means of so few networks differ"
	}
	m.More = []string{"Wrong symbols: symbols predicted in error (false positives) or missed, for each element. (c) Cells that answer the last element of a sequence."}
	return m
}

// episodes is the axis of the episodes, from the first to the last.
func episodes(s *Study) figure.Axis {
	return figure.Axis{Label: "Episode", Max: float64(max(1, s.Run.Episodes-1)), Whole: true}
}

func meanOf(results []result) string {
	if len(results) == 1 {
		return "One network"
	}
	return fmt.Sprintf("Mean of %d networks", len(results))
}

func rangeOf(results []result) string {
	return fmt.Sprintf("Range of %d networks", len(results))
}

// referenceNetworks is how many networks the independent program ran, 0 where it did
// not run the preset.
func referenceNetworks(s *Study) int {
	for _, row := range published.Rows("spiking_learning") {
		if row["set"] == s.Preset.Name {
			return row.Int("networks")
		}
	}
	return 0
}

// learningRules marks where learning is switched on and off.
func learningRules(s *Study) (rules []figure.Rule) {
	if s.Run.LearnFrom > 0 {
		rules = append(rules, figure.Rule{Label: "learning on", Axis: "x", At: float64(s.Run.LearnFrom)})
	}
	if s.Run.LearnUntil < s.Run.Episodes {
		rules = append(rules, figure.Rule{Label: "off", Axis: "x", At: float64(s.Run.LearnUntil)})
	}
	return rules
}

// referenceTables returns what an independent program found on a preset, every
// third episode: the mean of its networks and their range.
func referenceTables(s *Study, f *figureSpec, column string, index int) figure.Series {
	ring := figure.Series{Name: "Independent program", Mark: figure.Rings, Role: figure.Simulation, Index: index}
	const every = 3
	for _, row := range published.Rows("spiking_learning") {
		if e := row.Int("episode"); f.Reference && row["set"] == s.Preset.Name && e%every == 0 && e < s.Run.Episodes {
			ring.AddInterval(float64(e), row.Float(column), row.Float(column+"_low"), row.Float(column+"_high"))
		}
	}
	return ring
}

// growth draws how many synapses are mature, and on how many segments
// there are enough for a dAP.
func growth(s *Study, results []result) figure.Panel {
	p := figure.Panel{X: episodes(s), Y: figure.Axis{Label: "Count (thousands)"},
		Rules: learningRules(s), Legend: true}
	for k, c := range []struct {
		name string
		of   func(o *spiking.Outcome) int
	}{
		{"Mature synapses", func(o *spiking.Outcome) int { return o.Mature }},
		{fmt.Sprintf("Segments with %d or more", s.Network.Coincident), func(o *spiking.Outcome) int { return o.Segments }},
	} {
		line := figure.Series{Name: c.name, Mark: figure.Line, Role: figure.Simulation, Index: k}
		for e := range s.Run.Episodes {
			sum := 0
			for i := range results {
				sum += c.of(&results[i].Episodes[e])
			}
			line.Add(float64(e), float64(sum)/float64(len(results))/1000)
		}
		p.Series = append(p.Series, line)
	}
	return p
}

// permanences draws how many synapses of the first network have which
// permanence, before and after learning.
func permanences(s *Study, results []result) figure.Panel {
	width := s.Network.PMax / histogramBins
	p := memories.PermanencePanel(s.Network.PMax, s.Network.PTheta, "mature", math.NaN(), func(k int) float64 { return float64(k) * width },
		memories.PermanenceHistogram{Name: "After learning", Counts: results[0].After}, memories.PermanenceHistogram{Name: "Before", Index: 1, Counts: results[0].Before})
	p.Legend = true
	return p
}

// replaySays says what the rings of a replay are.
func replaySays(s *Study) string {
	for _, row := range published.Rows("spiking_replay") {
		if row["set"] == s.Preset.Name {
			return "an independent program, means of " + row["networks"] + " networks with other random connections"
		}
	}
	return ""
}

// replay draws when each element of a recalled sequence comes: the mean
// over networks of its median spike time, from the earliest to the latest, and
// those of an independent program.
func replay(s *Study, f *figureSpec, results []result) figure.Panel {
	longest := 0
	for _, name := range s.Task.Sequences {
		longest = max(longest, len(name))
	}
	p := figure.Panel{X: figure.Axis{Label: "Element", Min: 0.5, Max: float64(longest) + 0.5},
		Y: figure.Axis{Label: "Time after the cue", Unit: "ms"}, Legend: true}
	for k := range longest {
		p.X.Ticks = append(p.X.Ticks, figure.Tick{At: float64(k + 1), Label: strconv.Itoa(k + 1)})
	}
	var lines, rings []figure.Series
	for q, name := range s.Task.Sequences {
		// Sequences side by side, so that none hides another.
		shift := float64(0.04 * float64(2*q-len(s.Task.Sequences)+1))
		line := figure.Series{Name: name, Mark: figure.Points, Role: figure.Simulation, Index: q}
		for k := range len(name) {
			sum, lo, hi, n := 0.0, math.Inf(1), math.Inf(-1), 0
			for i := range results {
				if r := results[i].Recalled[q]; r.Right {
					sum, n = sum+r.Volleys[k].Median, n+1
					lo, hi = min(lo, r.Volleys[k].Median), max(hi, r.Volleys[k].Median)
				}
			}
			if n > 0 {
				line.AddInterval(float64(k+1)+shift, sum/float64(n), lo, hi)
			}
		}
		lines = append(lines, line)
		ring := figure.Series{Name: "Independent program", Mark: figure.Rings, Role: figure.Simulation, Index: q}
		for _, row := range published.Rows("spiking_replay") {
			if f.Reference && row["set"] == s.Preset.Name && row["sequence"] == name {
				ring.Add(row.Float("element")+shift, row.Float("median_ms"))
			}
		}
		if len(ring.X) > 0 {
			rings = append(rings, ring)
		}
	}
	p.Series = append(rings, lines...)
	return p
}
