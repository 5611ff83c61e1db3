package paper

import (
	"context"
	"fmt"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/internal/fpmath"
	"neurosim/published"
	"neurosim/stimulus"
	"neurosim/study"
	"neurosim/theory"
)

// tmUnion is the sequence memory that predicts several continuations at once: what
// share of a random pattern it predicts, against their number M; n = 2000 and 4000,
// a = 40. A trial learns an onset of 5 patterns with M = 1 … 50 continuations, one
// after the other, each by 10 presentations of onset and continuation, and after
// each continuation is shown the onset and compared with 50 fresh patterns. Full
// compares 10,000 patterns a point, as many as the authors, who taught another memory
// for each.
func tmUnion(ctx context.Context, e effort) (reproduction, error) {
	const a, most = 40, 50
	ns := []int{2000, 4000}
	trials := e.of(8, 200)
	parts, err := inChunks(ctx, e, trials*len(ns), func(i int) ([]int64, error) {
		return continued(e.Seed, i/len(ns), ns[i%len(ns)], a, most)
	})
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart(later, "n", "M")
	ch.table.Columns = append(ch.table.Columns, study.Columns([][3]string{designEffect})...)
	rows := published.Rows("tm_union")
	for i, row := range rows {
		n, m := row.Int("n"), row.Int("M")
		if begins(rows, i, "n") {
			ch.curve("n = %d", n)
		}
		want := theory.Surprise(n, a, m).Complement().Value()
		ch.exact.add(want, row.Float("exact_overlap"), ch.label(n, m))
		if m > most {
			continue // theory alone was recorded
		}
		ch.last().theory(float64(m), want)
		ours := analysis.Proportion{Trials: int64(trials) * freshPatterns * a}
		for i, hits := range parts {
			if ns[i%len(ns)] == n {
				ours.Hits += hits[m-1]
			}
		}
		theirs := asCounts(row.Float("observed_overlap"), recordedTests*a)
		effect := sharedUnionEffect(n, a, m, freshPatterns)
		if m == 1 || m%5 == 0 { // more markers would hide each other; the table has all
			ch.last().simulated(float64(m), ours, effect)
			ch.last().recorded(float64(m), theirs)
		}
		ch.add(point{at: []int{n, m}, want: want, ours: ours, theirs: theirs, effect: effect, theirEffect: sharedUnionEffect(n, a, m, 1),
			more: []string{study.Exactly(effect)}})
	}
	ch.erratum("the axis says surprise, the cells of the pattern that are not predicted; the recorded numbers are the share that is")
	return ch.reproduction("tm-union", 70,
		figure.Meanings{Lines: "1 - (1 - a/n)^{M}", Markers: fmt.Sprintf("simulation, %d memories and %d patterns each", trials, freshPatterns),
			Bars: figure.WilsonIntervals + ", wider for patterns that share a memory", Rings: fmt.Sprintf("the authors, %s patterns each", tens(recordedTests))},
		ch.checks(columnDigits12),
		ch.panel(figure.Axis{Label: "Continuations M", Min: 0, Max: 52}, figure.Axis{Label: "Predicted share of a random pattern", Min: 0, Max: 0.75})), nil
}

const (
	onsetLength   = 5
	presentations = 10     // of onset and one continuation
	freshPatterns = 50     // that we compare with one prediction
	recordedTests = 10_000 // patterns that the authors compared at a point
)

// columnDigits12 is the accuracy of published columns that were written with 12 digits.
const columnDigits12 = 1e-11

// continued teaches a memory one continuation after the other and returns, for 1 …
// most of them, how many cells of the fresh patterns are predicted after the onset.
func continued(seed uint64, trial, n, a, most int) ([]int64, error) {
	m, r, err := newPlain(seed, fmt.Sprintf("tm-union n=%d", n), trial, n, 10)
	if err != nil {
		return nil, err
	}
	sampler := stimulus.NewSampler(n)
	patterns := drawPatterns(&r, sampler, onsetLength+1, a)
	hits := make([]int64, most)
	var fresh stimulus.Pattern
	for k := range hits {
		patterns[onsetLength] = sampler.Draw(&r, a, nil)
		for range presentations {
			teach(m, patterns)
		}
		for _, p := range patterns[:onsetLength] {
			m.Step(p, false)
		}
		predicted := m.Predicted()
		m.Reset()
		for range freshPatterns {
			fresh = sampler.Draw(&r, a, fresh[:0])
			hits[k] += int64(common(predicted, fresh))
		}
	}
	return hits, nil
}

// sharedUnionEffect returns the variance of the number of predicted cells in several
// random patterns that meet the same union of m others, over that of as many
// independent cells. A cell is in no pattern of the union with probability q = (1-a/n)^m,
// each of two cells with r = ((n-a)(n-a-1)/(n(n-1)))^m. The a cells of a pattern are
// different: their covariance is r - q². Those of different patterns are the same
// cell with probability 1/n: (q - r)/n + r - q². Hence, for t patterns,
//
//	1 + ((a-1)·(r - q²) + (t-1)·a·((q-r)/n + r - q²)) / (q(1-q))
func sharedUnionEffect(n, a, m, t int) float64 {
	single := float64(n-a) / float64(n)
	q := fpmath.ExpAll(float64(m) * fpmath.LogAll(single))
	// r - q² = q²·((1-d)^m - 1), with d = 1 - r₁/q₁², r₁ and q₁ those of m = 1
	d := float64(a) / (float64(n-1) * float64(n-a))
	within := float64(float64(q*q) * fpmath.Expm1(float64(m)*fpmath.Log1p(-d)))
	r := within + float64(q*q)
	between := (q-r)/float64(n) + within
	return 1 + (float64(float64(a-1)*within)+float64(float64((t-1)*a)*between))/float64(q*(1-q))
}
