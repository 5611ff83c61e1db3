package paper

import (
	"context"
	"fmt"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/published"
	"neurosim/theory"
)

// neuronFP is the neuron's Figure 5B: how often a neuron of 500 segments, each on s
// of the a active cells of its own pattern, responds to a random pattern, against
// s; θ = s/2. A trial is a neuron and 500 patterns; full takes as many as the
// authors. Patterns shown to one neuron are not independent tests, but that shows
// in no count: over 600 trials their variance is that of independent ones within
// 5 % (its own error).
func neuronFP(ctx context.Context, e effort) (reproduction, error) {
	rows := published.Rows("neuron_false_positive_vs_s")
	trials := make([]int, len(rows))
	for i, row := range rows {
		trials[i] = e.of(1, 20) // of a = 4000 they ran about one
		if tests := row.Float("observed_tests"); tests > 0 {
			trials[i] = e.of(20, int(tests)/segmentsPerNeuron)
		}
	}
	hits, err := pooled(ctx, e, trials, func(p, trial int) histogram {
		row := rows[p]
		return histogram{int64(neuronFalsePositives(e.Seed, trial, row.Int("n"), row.Int("a"), row.Int("s"), row.Int("theta")))}
	})
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart(later, "a", "n", "s", "theta")
	for i, row := range rows {
		n, a, s, theta := row.Int("n"), row.Int("a"), row.Int("s"), row.Int("theta")
		if begins(rows, i, "a", "n") {
			ch.curve("a = %d, n = %d", a, n)
		}
		want := theory.SetFalsePositive(n, a, s, theta, segmentsPerNeuron).Value()
		ch.exact.add(want, row.Float("exact"), ch.label(a, n, s))
		ch.last().theory(float64(s), want)
		tests := row.Float("observed_tests")
		if a == 4000 {
			tests = segmentsPerNeuron // recorded as a rate with three digits
		}
		ours := analysis.Proportion{Hits: hits[i][0], Trials: int64(trials[i]) * segmentsPerNeuron}
		ch.addTelling(float64(s), point{at: []int{a, n, s, theta}, want: want, ours: ours, theirs: asCounts(row.Float("observed_rate"), tests)})
	}
	return ch.reproduction("neuron-fp", 70,
		figure.Meanings{Lines: "equation (8)", Markers: fmt.Sprintf("simulation, %s patterns each, of the dense population fewer", tens(trials[0]*segmentsPerNeuron)),
			Bars: figure.WilsonIntervals, Rings: "counts recorded by the authors, where a response was seen"},
		ch.checks(exactDigits),
		ch.panel(figure.Axis{Label: "Synapses per segment s", Min: 1, Max: 31}, figure.Axis{Label: "False positives of the neuron", Log: true, Min: 1e-8, Max: 2})), nil
}
