package paper

import (
	"context"
	"fmt"
	"slices"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/published"
	"neurosim/theory"
)

// neuronNoise is the neuron's Figure 4B: how often a neuron of 500 segments misses
// one of its 500 patterns when v of the a active cells were moved; n = 6000, a = 128,
// s = 30. The authors' routine may switch a cleared cell on again, so theory is
// not equation (6) but theory.FalseNegativeReadd, with help from other segments
// (theory.NeuronFalseNegative).
func neuronNoise(ctx context.Context, e effort) (reproduction, error) {
	const n, a, s = 6000, 128, 30
	thetas := []int{8, 12, 16}
	rows := published.Rows("neuron_noise_false_negative")
	var cells []int // v, once each
	for _, row := range rows {
		if row.Int("theta") == thetas[0] {
			cells = append(cells, row.Int("v_used"))
		}
	}
	trials := e.of(20, 400) // the authors' 200 trials, twice
	misses, err := pooled(ctx, e, slices.Repeat([]int{trials}, len(cells)), func(p, trial int) histogram {
		return neuronFalseNegatives(e.Seed, trial, n, a, s, cells[p], thetas)
	})
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart(later, "theta", "v")
	var drawn counted // the theory that the authors drew, against their counts
	for i, row := range rows {
		theta, v := row.Int("theta"), row.Int("v_used")
		if begins(rows, i, "theta") {
			c := ch.curve("θ = %d", theta)
			for v := 20; v <= 108; v++ {
				c.theory(float64(v)/a, neuronMiss(n, a, s, v, theta))
			}
		}
		k, p := i/len(cells), i%len(cells)
		want := neuronMiss(n, a, s, v, theta)
		ch.exact.add(want, row.Float("model_with_readd"), ch.label(theta, v))
		theirs := analysis.Proportion{Hits: int64(row.Int("false_negatives")), Trials: int64(row.Int("tests"))}
		drawn.add(theirs, theory.FalseNegative(a, s, row.Int("v_script_theory"), theta).Value(), ch.label(theta, v))
		ours := analysis.Proportion{Hits: misses[p][k], Trials: int64(trials) * segmentsPerNeuron}
		ch.addTelling(float64(v)/a, point{at: []int{theta, v}, want: want, ours: ours, theirs: theirs})
	}
	ch.erratum("the theory drawn, equation (6) at the rounded number of cells, does not fit the recorded counts: %s", drawn.check(ofAuthors).Why)
	const columnDigits = 1e-7 // the column is given to 8 digits
	return ch.reproduction("neuron-noise", 70,
		figure.Meanings{Lines: "equation (6) for noise that may switch a cell on again", Markers: fmt.Sprintf("simulation, %s patterns each", tens(trials*segmentsPerNeuron)),
			Bars: figure.WilsonIntervals, Rings: "counts recorded by the authors, where a miss was seen"},
		ch.checks(columnDigits),
		ch.panel(figure.Axis{Label: "Fraction of active cells moved, v/a", Min: 0.15, Max: 0.85}, figure.Axis{Label: "False negatives of the neuron", Log: true, Min: 1e-6, Max: 1.5})), nil
}

// neuronMiss is the probability that a neuron misses a stored pattern.
func neuronMiss(n, a, s, v, theta int) float64 {
	return theory.NeuronFalseNegative(theory.FalseNegativeReadd(n, a, s, v, theta), theory.FalsePositive(n, a, s, theta), segmentsPerNeuron).Value()
}
