// Package memories draws what studies of sequence memories have in common: how they
// learn, and what their permanences are.
package memories

import (
	"math"

	"neurosim/analysis"
)

// Ranged is a quantity of several runs against what they have seen.
type Ranged struct {
	X, Mean []float64
	Runs    int
	Of      func(run, at int) float64
}

// Draw returns the mean over the runs and the band from the lowest to the highest.
func (l Ranged) Draw(name, bandName string, index int) (line, band analysis.Series) {
	line = analysis.Series{Name: name, Mark: analysis.Line, Role: analysis.Simulation, Index: index, X: l.X, Y: l.Mean}
	band = analysis.Series{Name: bandName, Mark: analysis.Ribbon, Role: analysis.Simulation, Index: index}
	for k := range l.X {
		lo, hi := math.Inf(1), math.Inf(-1)
		for run := range l.Runs {
			lo, hi = min(lo, l.Of(run, k)), max(hi, l.Of(run, k))
		}
		band.AddInterval(l.X[k], l.Mean[k], lo, hi)
	}
	return line, band
}

// PermanenceHistogram counts synapses by permanence.
type PermanenceHistogram struct {
	Name   string
	Index  int // its colour
	Counts []int
}

// PermanencePanel draws how many synapses have which permanence, in bins from edge(k)
// on; from the permanence at on a synapse works, and empty is drawn for bins without
// synapses.
func PermanencePanel(most, at float64, works string, empty float64, edge func(k int) float64, histograms ...PermanenceHistogram) analysis.Panel {
	p := analysis.Panel{X: analysis.Axis{Label: "Permanence", Max: most}, Y: analysis.Axis{Label: "Synapses", Log: true},
		Rules: []analysis.Rule{{Label: works, Axis: "x", At: at}}}
	for _, h := range histograms {
		line := analysis.Series{Name: h.Name, Mark: analysis.Steps, Role: analysis.Simulation, Index: h.Index}
		for k, n := range h.Counts {
			y := float64(n)
			if n == 0 {
				y = empty
			}
			line.Add(edge(k), y)
		}
		line.Add(most, line.Y[len(line.Y)-1])
		p.Series = append(p.Series, line)
	}
	return p
}
