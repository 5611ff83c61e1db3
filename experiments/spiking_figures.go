package experiments

import (
	"fmt"
	"math"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/published"
	"neurosim/sequence/spiking"
)

// spikingLearning draws error, false positives and negatives and active cells
// against episodes: the mean over networks, a band from the lowest to the highest
// error, and the means of an independent program.
func spikingLearning(fig *analysis.Figure, s *configs.Spiking, f *configs.SpikingFigure, results []SpikingResult) (height float64) {
	x := analysis.Axis{Label: "Episode", Max: float64(s.Run.Episodes)}
	rules := learningRules(s)
	curve := func(name string, index int, of func(o *spiking.Outcome) float64) (line, band analysis.Series) {
		line = analysis.Series{Name: name, Mark: analysis.Line, Role: analysis.Simulation, Index: index}
		band = analysis.Series{Name: "Range of networks", Mark: analysis.Ribbon, Role: analysis.Simulation, Index: index}
		for e := range s.Run.Episodes {
			sum, lo, hi := 0.0, math.Inf(1), math.Inf(-1)
			for i := range results {
				v := of(&results[i].Episodes[e])
				sum += v
				lo, hi = min(lo, v), max(hi, v)
			}
			line.X, line.Y = append(line.X, float64(e)), append(line.Y, sum/float64(len(results)))
			band.X, band.Y = append(band.X, float64(e)), append(band.Y, sum/float64(len(results)))
			band.Lo, band.Hi = append(band.Lo, lo), append(band.Hi, hi)
		}
		return line, band
	}
	type measure struct {
		name, column string
		of           func(o *spiking.Outcome) float64
	}
	panel := func(y analysis.Axis, measures ...measure) analysis.Panel {
		p := analysis.Panel{X: x, Y: y, Rules: rules, Legend: true}
		var lines []analysis.Series
		for i, m := range measures {
			line, band := curve(m.name, i, m.of)
			if len(results) > 1 && len(measures) == 1 {
				p.Series = append(p.Series, band)
			}
			lines = append(lines, line)
			if ref := spikingReference(s, f, m.column, i); len(ref.X) > 0 {
				p.Series = append(p.Series, ref)
			}
		}
		p.Series = append(p.Series, lines...)
		return p
	}
	fig.ShareX = true
	fig.Panels = []analysis.Panel{
		panel(analysis.Axis{Label: "Prediction error", Max: 1.5}, measure{"Mean of networks", "error", (*spiking.Outcome).Error}),
		panel(analysis.Axis{Label: "Wrong symbols"}, measure{"False positives", "false_positives", (*spiking.Outcome).FalsePositives},
			measure{"False negatives", "false_negatives", (*spiking.Outcome).FalseNegatives}),
		panel(analysis.Axis{Label: "Active cells", Max: 1.05 * float64(s.Network.Cells)}, measure{"Of the last element", "active", (*spiking.Outcome).Active}),
	}
	fig.Panels[2].Rules = append(fig.Panels[2].Rules[:len(rules):len(rules)], analysis.Rule{Label: "target", Axis: "y", At: float64(s.Network.Active)})
	return 130
}

// learningRules marks where learning is switched on and off.
func learningRules(s *configs.Spiking) (rules []analysis.Rule) {
	if s.Run.LearnFrom > 0 {
		rules = append(rules, analysis.Rule{Label: "learning on", Axis: "x", At: float64(s.Run.LearnFrom)})
	}
	if s.Run.LearnUntil < s.Run.Episodes {
		rules = append(rules, analysis.Rule{Label: "off", Axis: "x", At: float64(s.Run.LearnUntil)})
	}
	return rules
}

// spikingReference returns what an independent program found on a preset, every
// third episode.
func spikingReference(s *configs.Spiking, f *configs.SpikingFigure, column string, index int) analysis.Series {
	ring := analysis.Series{Name: "Independent program", Mark: analysis.Rings, Role: analysis.Simulation, Index: index}
	const every = 3
	for _, row := range published.Rows("spiking_learning") {
		if e := row.Int("episode"); f.Reference && row["set"] == s.Preset.Name && e%every == 0 && e < s.Run.Episodes {
			ring.X, ring.Y = append(ring.X, float64(e)), append(ring.Y, row.Float(column))
		}
	}
	return ring
}

// spikingGrowth draws how many synapses are mature, and on how many segments
// there are enough for a dAP.
func spikingGrowth(s *configs.Spiking, results []SpikingResult) analysis.Panel {
	p := analysis.Panel{X: analysis.Axis{Label: "Episode", Max: float64(s.Run.Episodes)}, Y: analysis.Axis{Label: "Count (thousands)"},
		Rules: learningRules(s), Legend: true}
	for k, c := range []struct {
		name string
		of   func(o *spiking.Outcome) int
	}{
		{"Mature synapses", func(o *spiking.Outcome) int { return o.Mature }},
		{fmt.Sprintf("Segments with %d or more", s.Network.Coincident), func(o *spiking.Outcome) int { return o.Segments }},
	} {
		line := analysis.Series{Name: c.name, Mark: analysis.Line, Role: analysis.Simulation, Index: k}
		for e := range s.Run.Episodes {
			sum := 0
			for i := range results {
				sum += c.of(&results[i].Episodes[e])
			}
			line.X, line.Y = append(line.X, float64(e+1)), append(line.Y, float64(sum)/float64(len(results))/1000)
		}
		p.Series = append(p.Series, line)
	}
	return p
}

// spikingPermanences draws how many synapses of the first network have which
// permanence, before and after learning.
func spikingPermanences(s *configs.Spiking, results []SpikingResult) analysis.Panel {
	p := analysis.Panel{X: analysis.Axis{Label: "Permanence", Max: s.Network.PMax}, Y: analysis.Axis{Label: "Synapses", Log: true},
		Rules: []analysis.Rule{{Label: "mature", Axis: "x", At: s.Network.PTheta}}, Legend: true}
	width := s.Network.PMax / spikingBins
	for i, h := range []struct {
		name   string
		counts []int
	}{{"After learning", results[0].After}, {"Before", results[0].Before}} {
		line := analysis.Series{Name: h.name, Mark: analysis.Steps, Role: analysis.Simulation, Index: i}
		for k, n := range h.counts {
			line.X = append(line.X, float64(k)*width)
			if n == 0 {
				line.Y = append(line.Y, math.NaN())
			} else {
				line.Y = append(line.Y, float64(n))
			}
		}
		line.X, line.Y = append(line.X, s.Network.PMax), append(line.Y, line.Y[len(line.Y)-1])
		p.Series = append(p.Series, line)
	}
	return p
}

// spikingReplay draws when each element of a recalled sequence comes: the mean
// over networks of its median spike time, from the earliest to the latest, and
// those of an independent program.
func spikingReplay(s *configs.Spiking, f *configs.SpikingFigure, results []SpikingResult) analysis.Panel {
	longest := 0
	for _, name := range s.Task.Sequences {
		longest = max(longest, len(name))
	}
	p := analysis.Panel{X: analysis.Axis{Label: "Element", Min: 0.5, Max: float64(longest) + 0.5},
		Y: analysis.Axis{Label: "Time after the cue", Unit: "ms"}, Legend: true}
	for k := range longest {
		p.X.Ticks = append(p.X.Ticks, analysis.Tick{At: float64(k + 1), Label: itoa(k + 1)})
	}
	var lines, rings []analysis.Series
	for q, name := range s.Task.Sequences {
		// Sequences side by side, so that none hides another.
		shift := float64(0.04 * float64(2*q-len(s.Task.Sequences)+1))
		line := analysis.Series{Name: name, Mark: analysis.Points, Role: analysis.Simulation, Index: q}
		for k := range len(name) {
			sum, lo, hi, n := 0.0, math.Inf(1), math.Inf(-1), 0
			for i := range results {
				if r := results[i].Recalled[q]; r.Right {
					sum, n = sum+r.Volleys[k].Median, n+1
					lo, hi = min(lo, r.Volleys[k].Median), max(hi, r.Volleys[k].Median)
				}
			}
			if n > 0 {
				line.X, line.Y = append(line.X, float64(k+1)+shift), append(line.Y, sum/float64(n))
				line.Lo, line.Hi = append(line.Lo, lo), append(line.Hi, hi)
			}
		}
		lines = append(lines, line)
		ring := analysis.Series{Name: "Independent program", Mark: analysis.Rings, Role: analysis.Simulation, Index: q}
		for _, row := range published.Rows("spiking_replay") {
			if f.Reference && row["set"] == s.Preset.Name && row["sequence"] == name {
				ring.X, ring.Y = append(ring.X, row.Float("element")+shift), append(ring.Y, row.Float("median_ms"))
			}
		}
		if len(ring.X) > 0 {
			rings = append(rings, ring)
		}
	}
	p.Series = append(rings, lines...)
	return p
}
