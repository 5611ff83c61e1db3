package paper

import (
	"context"
	"fmt"
	"math"

	"neurosim/analysis"
	"neurosim/published"
	"neurosim/theory"
)

// fig4a is Figure 4A of [AH16]: how often random activities match a random
// segment, against n. s = 24, θ = 12; a = 64, 128, 256. The authors drew
// 200,000 segments and 500 activities for each; here 2000 segments meet 500
// activities, 50 such sets in the paper's number of 10^8 comparisons a point.
func fig4a(ctx context.Context, e Effort) (Reproduction, error) {
	rows := published.Rows("fig4a_false_positive_vs_n")
	var runs []crossed
	for _, row := range rows {
		n, a, s := row.Int("n"), row.Int("a"), row.Int("s")
		runs = append(runs, crossed{name: fmt.Sprintf("fig4a n=%d a=%d s=%d", n, a, s), n: n, a: a, s: s,
			segments: 2000, patterns: 500, chunks: e.of(10, 100)})
	}
	hist, err := compareAll(ctx, e, runs)
	if err != nil {
		return Reproduction{}, err
	}

	p := analysis.Panel{
		X:      analysis.Axis{Label: "Population size n", Min: 200, Max: 3800},
		Y:      analysis.Axis{Label: "False-positive rate", Log: true, Min: 3e-10, Max: 1},
		Legend: true,
	}
	points := newPointTable("a", "n", "s", "theta")
	var exact deviations
	var simulated, recorded counted
	var v Verdict
	var curves []*curve
	for i, row := range rows {
		n, a, s, θ := row.Int("n"), row.Int("a"), row.Int("s"), row.Int("theta")
		if i == 0 || a != rows[i-1].Int("a") {
			c := newCurve(fmt.Sprintf("a = %d", a), len(curves))
			for n := 300; n <= 3700; n += 20 {
				c.theory(float64(n), theory.FalsePositive(n, a, s, θ).Value())
			}
			curves = append(curves, c)
		}
		c := curves[len(curves)-1]
		want := theory.FalsePositive(n, a, s, θ).Value()
		exact.add(want, row.Float("exact"), runs[i].label())
		hits := hist[i].atLeast(θ)
		simulated.add(hits, want, runs[i].label())
		c.simulated(float64(n), hits)

		theirs := asCounts(row.Float("observed"), row.Float("trials"))
		c.recorded(float64(n), theirs)
		points.add([]int{a, n, s, θ}, want, hits, theirs)
		if note := accumulated(theirs, want, a, n); note != "" {
			v.Errata = append(v.Errata, note)
			continue
		}
		recorded.add(theirs, want, runs[i].label())
	}
	p.Series = seriesOf(curves)
	v.Checks = []Check{exact.check(ofTheory, exactDigits), simulated.check(ofSimulation), recorded.check(ofAuthors)}
	fig := reproduced("fig4a", 70, analysis.Meanings{Lines: "equation (4)", Markers: fmt.Sprintf("simulation, %s comparisons each", tens(runs[0].chunks*runs[0].segments*runs[0].patterns)), Bars: analysis.WilsonIntervals}, p)
	return Reproduction{Figure: fig, Table: points.table, Verdict: v}, nil
}

// exactDigits is what theory may differ from the anchors' exact numbers, which
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
