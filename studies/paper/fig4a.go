package paper

import (
	"context"
	"fmt"
	"math"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/published"
	"neurosim/theory"
)

// fig4a is Figure 4A of [AH16]: how often random activities match a random
// segment, against n. s = 24, θ = 12; a = 64, 128, 256. The authors drew
// 200,000 segments and 500 activities for each; here 2000 segments meet 500
// activities, 50 such sets in the paper's number of 10^8 comparisons a point.
func fig4a(ctx context.Context, e effort) (reproduction, error) {
	rows := published.Rows("fig4a_false_positive_vs_n")
	var runs []crossed
	for _, row := range rows {
		n, a, s := row.Int("n"), row.Int("a"), row.Int("s")
		runs = append(runs, crossed{name: fmt.Sprintf("fig4a n=%d a=%d s=%d", n, a, s), n: n, a: a, s: s,
			segments: 2000, patterns: 500, chunks: e.of(10, 100)})
	}
	hist, err := compareAll(ctx, e, runs)
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart(article, "a", "n", "s", "theta")
	for i, row := range rows {
		n, a, s, θ := row.Int("n"), row.Int("a"), row.Int("s"), row.Int("theta")
		if begins(rows, i, "a") {
			c := ch.curve("a = %d", a)
			for n := 300; n <= 3700; n += 20 {
				c.theory(float64(n), theory.FalsePositive(n, a, s, θ).Value())
			}
		}
		want := theory.FalsePositive(n, a, s, θ).Value()
		ch.exact.add(want, row.Float("exact"), ch.label(a, n))
		ours, theirs := hist[i].atLeast(θ), asCounts(row.Float("observed"), row.Float("trials"))
		ch.last().simulated(float64(n), ours, 0)
		ch.last().recorded(float64(n), theirs)
		note := accumulated(theirs, want, a, n)
		if note != "" {
			ch.errata = append(ch.errata, note)
		}
		ch.add(point{at: []int{a, n, s, θ}, want: want, ours: ours, theirs: theirs, excused: note != ""})
	}
	return ch.reproduction("fig4a", 70,
		figure.Meanings{Lines: "equation (4)", Markers: comparisons(runs[0].size()), Bars: figure.WilsonIntervals}, ch.checks(exactDigits),
		ch.panel(figure.Axis{Label: "Population size n", Min: 200, Max: 3800}, figure.Axis{Label: "False-positive rate", Log: true, Min: 3e-10, Max: 1})), nil
}

// exactDigits is what theory may differ from the published exact numbers, which
// are given to 15 digits: theory promises 1e-12.
const exactDigits = 1e-12

// accumulated explains a recorded count of fig4a by how it was added up. The
// authors' program sums the hits of each segment's 500 activities in single
// precision. From 2^26 on such a sum holds multiples of 8 only, so a count of
// 500 adds 496. Rule: where more than 2^26 hits are expected, and such a sum of
// the expected counts gives the recorded rate to its six digits, the point is an
// erratum; else it counts as any other.
func accumulated(p analysis.Proportion, prob float64, a, n int) string {
	const each, segments = 500, 200_000
	if float64(p.Trials)*prob <= 1<<26 {
		return ""
	}
	sum, counted := float32(0), int64(0)
	for i := range segments {
		expected := int64(float64(each*prob) * float64(i+1))
		sum += float32(expected - counted)
		counted = expected
	}
	emulated := float64(sum) / (each * segments)
	if math.Abs(emulated-p.Rate()) > 0.5e-6 {
		return ""
	}
	return fmt.Sprintf("a = %d, n = %d: recorded %.6f, exact %.9f; a sum in single precision gives %.6f", a, n, p.Rate(), prob, emulated)
}
