// Package memories draws what studies of sequence memories have in common: how they
// learn, and what their permanences are.
package memories

import (
	"math"

	"neurosim/figure"
)

// Ranged is a quantity of several runs against what they have seen.
type Ranged struct {
	X, Mean []float64
	Runs    int
	Of      func(run, at int) float64
}

// Draw returns the mean over the runs and the band from the lowest to the highest.
func (l Ranged) Draw(name, bandName string, index int) (line, band figure.Series) {
	line = figure.Series{Name: name, Mark: figure.Line, Role: figure.Simulation, Index: index, X: l.X, Y: l.Mean}
	band = figure.Series{Name: bandName, Mark: figure.Ribbon, Role: figure.Simulation, Index: index}
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
func PermanencePanel(most, at float64, works string, empty float64, edge func(k int) float64, histograms ...PermanenceHistogram) figure.Panel {
	p := figure.Panel{X: figure.Axis{Label: "Permanence", Max: most}, Y: figure.Axis{Label: "Synapses", Log: true},
		Rules: []figure.Rule{{Label: works, Axis: "x", At: at}}}
	for _, h := range histograms {
		line := figure.Series{Name: h.Name, Mark: figure.Steps, Role: figure.Simulation, Index: h.Index}
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
