package paper

import (
	"context"
	"fmt"

	"neurosim/analysis"
	"neurosim/published"
	"neurosim/theory"
)

// neuronNoise is the neuron's Figure 4B: how often a neuron of 500 segments misses
// one of its 500 patterns when v of the a active cells were moved; n = 6000, a = 128,
// s = 30. The authors' routine may switch a cleared cell on again, so theory is
// not equation (6) but theory.FalseNegativeReadd, with help from other segments
// (theory.NeuronFalseNegative).
func neuronNoise(ctx context.Context, e Effort) (Reproduction, error) {
	const n, a, s = 6000, 128, 30
	thetas := []int{8, 12, 16}
	rows := published.Rows("neuron_noise_false_negative")
	var cells []int // v, once each
	for _, row := range rows {
		if row.Int("theta") == thetas[0] {
			cells = append(cells, row.Int("v_used"))
		}
	}
	trials := make([]int, len(cells))
	for i := range trials {
		trials[i] = e.of(20, 400) // the authors' 200 trials, twice
	}
	misses, err := pooled(ctx, e, trials, func(p, trial int) histogram {
		return neuronFalseNegatives(e.Seed, trial, n, a, s, cells[p], thetas)
	})
	if err != nil {
		return Reproduction{}, err
	}
	panel := analysis.Panel{
		X:      analysis.Axis{Label: "Fraction of active cells moved, v/a", Min: 0.15, Max: 0.85},
		Y:      analysis.Axis{Label: "False negatives of the neuron", Log: true, Min: 1e-6, Max: 1.5},
		Legend: true,
	}
	points := newPointTable("theta", "v")
	var exact deviations
	var simulated, recorded counted
	var curves []*curve
	for i, theta := range thetas {
		c := laterCurve(fmt.Sprintf("θ = %d", theta), i)
		curves = append(curves, c)
		for v := 20; v <= 108; v++ {
			c.theory(float64(v)/a, neuronMiss(n, a, s, v, theta))
		}
	}
	for i, row := range rows {
		theta, v := row.Int("theta"), row.Int("v_used")
		k, p := i/len(cells), i%len(cells)
		label := fmt.Sprintf("θ = %d, v = %d", theta, v)
		want := neuronMiss(n, a, s, v, theta)
		exact.add(want, row.Float("model_with_readd"), label)
		ours := analysis.Proportion{Hits: misses[p][k], Trials: int64(trials[p]) * segmentsPerNeuron}
		theirs := analysis.Proportion{Hits: int64(row.Int("false_negatives")), Trials: int64(row.Int("tests"))}
		simulated.add(ours, want, label)
		recorded.add(theirs, want, label)
		if telling(ours, want) {
			curves[k].simulated(float64(v)/a, ours)
		}
		curves[k].recorded(float64(v)/a, theirs)
		points.add([]int{theta, v}, want, ours, theirs)
	}
	panel.Series = seriesOf(curves)
	const columnDigits = 1e-7 // the column is given to 8 digits
	return Reproduction{
		Figure: reproduced("neuron-noise", 70, analysis.Meanings{Lines: "equation (6) for noise that may switch a cell on again", Markers: fmt.Sprintf("simulation, %s patterns each", tens(trials[0]*segmentsPerNeuron)), Bars: analysis.WilsonIntervals, Rings: "counts recorded by the authors, where a miss was seen"}, panel),
		Table:  points.table,
		Verdict: Verdict{
			Checks: []Check{exact.check(ofTheory, columnDigits), simulated.check(ofSimulation), recorded.check(ofAuthors)},
			Errata: []string{eq6Erratum(rows, a, s)},
		},
	}, nil
}

// neuronMiss is the probability that a neuron misses a stored pattern.
func neuronMiss(n, a, s, v, theta int) float64 {
	return theory.NeuronFalseNegative(theory.FalseNegativeReadd(n, a, s, v, theta), theory.FalsePositive(n, a, s, theta), segmentsPerNeuron).Value()
}

// eq6Erratum compares the theory that the authors drew, equation (6) at the rounded
// number of cells, with their counts.
func eq6Erratum(rows []published.Row, a, s int) string {
	var drawn counted
	for _, row := range rows {
		theirs := analysis.Proportion{Hits: int64(row.Int("false_negatives")), Trials: int64(row.Int("tests"))}
		p := theory.FalseNegative(a, s, row.Int("v_script_theory"), row.Int("theta")).Value()
		drawn.add(theirs, p, fmt.Sprintf("θ = %d, v = %d", row.Int("theta"), row.Int("v_used")))
	}
	c := drawn.check(ofAuthors)
	return "the theory drawn, equation (6) at the rounded number of cells, does not fit the recorded counts: " + c.Why
}
