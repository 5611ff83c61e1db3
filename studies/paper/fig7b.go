package paper

import (
	"context"
	"fmt"
	"math"
	"slices"

	"neurosim/analysis"
	"neurosim/figure"
	"neurosim/published"
	"neurosim/stimulus"
	"neurosim/study"
	"neurosim/theory"
)

// fig7b is Figure 7B of [AH16]: how often a random activity matches a segment
// that stores a union of M patterns, M = 1 … 19; a = 200, s = 25, θ = 15;
// n = 1000, 10,000, 20,000. The paper draws equation (14), which puts the
// expected size of the union, rounded, into equation (4). Here unions are drawn
// and compared, and held against the exact average over their sizes.
//
// A recorded value was computed in double precision by way of sums near 1. Rule:
// where it misses (14) by more than a millionth, but by less than half a unit
// in the last place of 1, 2^-53, it is an erratum; else it counts.
func fig7b(ctx context.Context, e effort) (reproduction, error) {
	rows := published.Rows("fig7b_union_false_positive")
	var runs []unionRun
	for _, row := range rows {
		n, m := row.Int("n"), row.Int("M")
		runs = append(runs, unionRun{name: fmt.Sprintf("fig7b n=%d M=%d", n, m), n: n, m: m,
			a: row.Int("a"), s: row.Int("s"), segments: 1000, patterns: 1000})
	}
	chunks := e.of(5, 100)
	hist, err := pooled(ctx, e, slices.Repeat([]int{chunks}, len(rows)), func(i, index int) histogram { return runs[i].chunk(e.Seed, index) })
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart(article, "n", "M", "a", "s", "theta")
	ch.table.Columns = append(ch.table.Columns, study.Columns([][3]string{
		designEffect,
		{"plug_in", "", "equation (14), which takes the expected size of the union for its size"},
		{"recorded", "", "value that the authors recorded"},
	})...)
	var average deviations
	low, high := math.Inf(1), 0.0
	for i, row := range rows {
		n, m, a, s, θ := row.Int("n"), row.Int("M"), row.Int("a"), row.Int("s"), row.Int("theta")
		if begins(rows, i, "n") {
			ch.curve("n = %d", n)
		}
		c, label := ch.last(), fmt.Sprintf("n = %d, M = %d", n, m)
		plug, want := theory.UnionFalsePositive(n, a, s, θ, m).Value(), theory.UnionFalsePositiveExact(n, a, s, θ, m).Value()
		low, high = min(low, want/plug), max(high, want/plug)
		ch.exact.add(plug, row.Float("exact_plugin"), label)
		average.add(want, row.Float("exact_mixture"), label)
		theirs := row.Float("script_value")
		if off := math.Abs(theirs - plug); off > 1e-6*plug && off < 0x1p-53 {
			ch.erratum("%s: recorded %.6g, exact %.6g: rounding", label, theirs, plug)
		} else {
			ch.computed.add(theirs, plug, label)
		}
		c.theory(float64(m), want)
		c.ring(float64(m), theirs)
		counts, effect := hist[i].atLeast(θ), runs[i].designEffect(θ, want)
		if _, hi := thinned(counts, effect).Wilson(analysis.Z95); counts.Hits > 0 || want > hi/100 {
			c.simulated(float64(m), counts, effect)
		}
		ch.add(point{at: []int{n, m, a, s, θ}, want: want, ours: counts, effect: effect,
			more: []string{study.Exactly(effect), study.Exactly(plug), row["script_value"]}})
	}
	ch.erratum("equation (14) takes the expected size for the size; the exact average is %.3f to %.3f times its value", low, high)
	return ch.reproduction("fig7b", 72,
		figure.Meanings{Lines: "equation (4) averaged over the sizes of the union", Markers: comparisons(chunks * 1000 * 1000),
			Bars: figure.WilsonIntervals + ", wider where comparisons share a segment", Rings: "equation (14) as recorded by the authors"},
		[]check{ch.exact.check(ofTheory, exactDigits), average.check("theory-exact", tenDigits), ch.simulated.check(ofSimulation), ch.computed.check(ofAuthors, 1e-6)},
		ch.panel(figure.Axis{Label: "Stored patterns M", Min: 0, Max: 20}, figure.Axis{Label: "False-positive rate", Log: true, Min: 1e-25, Max: 10})), nil
}

// unionRun counts the overlaps of segments that store unions of m patterns by s
// synapses each with random activities. Every segment of a chunk meets every
// activity of it.
type unionRun struct {
	name               string
	n, a, s, m         int
	segments, patterns int // in a chunk
}

func (u unionRun) chunk(seed uint64, index int) histogram {
	sampler, from := stimulus.NewSampler(u.n), newUnions(u.n)
	segments, patterns := streams(seed, u.name, index)
	return compared{u.n, u.segments, u.patterns, u.s * u.m}.count(
		func([]int32) []int32 { return from.draw(segments, u.s, u.m) },
		func(cells []int32) []int32 { return sampler.Pick(patterns, u.a, cells) })
}

// designEffect returns by how much the variance of a count exceeds that of
// independent comparisons (L. Kish, Survey Sampling, 1965). Pairs that share an
// activity are uncorrelated as at crossed, but those that share a segment also
// share its size |X|: with Q activities a segment,
//
//	1 + (Q-1)·Var P(|X|) / (P(1-P)),  P(|X|) by equation (4), P its average.
func (u unionRun) designEffect(θ int, mean float64) float64 {
	if u.m == 1 {
		return 1
	}
	variance := 0.0
	for size, p := range theory.UnionSizes(u.n, u.s, u.m) {
		if p > 0 {
			d := theory.FalsePositive(u.n, u.a, size, θ).Value() - mean
			variance += float64(p * float64(d*d))
		}
	}
	single := float64(mean * (1 - mean))
	if single <= 0 {
		return 1
	}
	return 1 + float64(float64(u.patterns-1)*variance)/single
}
