package experiments

import (
	"math"

	"neurosim/analysis"
)

// The figures that both kinds of sequence memories have: how they learn, grow, and what
// their permanences are.

// ranged is a quantity of several runs against what they have seen.
type ranged struct {
	x, mean []float64
	runs    int
	of      func(run, at int) float64
}

// draw returns the mean over the runs and the band from the lowest to the highest.
func (l ranged) draw(name, bandName string, index int) (line, band analysis.Series) {
	line = analysis.Series{Name: name, Mark: analysis.Line, Role: analysis.Simulation, Index: index, X: l.x, Y: l.mean}
	band = analysis.Series{Name: bandName, Mark: analysis.Ribbon, Role: analysis.Simulation, Index: index}
	for k := range l.x {
		lo, hi := math.Inf(1), math.Inf(-1)
		for run := range l.runs {
			lo, hi = min(lo, l.of(run, k)), max(hi, l.of(run, k))
		}
		band.AddInterval(l.x[k], l.mean[k], lo, hi)
	}
	return line, band
}

// permanenceHistogram counts synapses by permanence.
type permanenceHistogram struct {
	name   string
	index  int // its colour
	counts []int
}

// permanencePanel draws how many synapses have which permanence, in bins from edge(k)
// on; from the permanence at on a synapse works, and empty is drawn for bins without
// synapses.
func permanencePanel(most, at float64, works string, empty float64, edge func(k int) float64, histograms ...permanenceHistogram) analysis.Panel {
	p := analysis.Panel{X: analysis.Axis{Label: "Permanence", Max: most}, Y: analysis.Axis{Label: "Synapses", Log: true},
		Rules: []analysis.Rule{{Label: works, Axis: "x", At: at}}}
	for _, h := range histograms {
		line := analysis.Series{Name: h.name, Mark: analysis.Steps, Role: analysis.Simulation, Index: h.index}
		for k, n := range h.counts {
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
