package paper

import (
	"context"
	"fmt"
	"math"

	"neurosim/analysis"
	"neurosim/dendrite"
	"neurosim/experiments"
	"neurosim/internal/rng"
	"neurosim/published"
	"neurosim/stimulus"
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
func fig7b(ctx context.Context, e Effort) (Reproduction, error) {
	rows := published.Rows("fig7b_union_false_positive")
	var runs []unionRun
	chunks := make([]int, len(rows))
	for i, row := range rows {
		n, m := row.Int("n"), row.Int("M")
		runs = append(runs, unionRun{name: fmt.Sprintf("fig7b n=%d M=%d", n, m), n: n, m: m,
			a: row.Int("a"), s: row.Int("s"), segments: 1000, patterns: 1000})
		chunks[i] = e.of(5, 100)
	}
	hist, err := pooled(ctx, e, chunks, func(i, index int) histogram { return runs[i].chunk(e.Seed, index) })
	if err != nil {
		return Reproduction{}, err
	}
	var plugIn, average, recorded deviations
	var simulated counted
	var v Verdict
	points := newPointTable("n", "M", "a", "s", "theta")
	points.table.Header = append(points.table.Header, "design_effect", "plug_in", "recorded")
	var curves []*curve
	low, high := math.Inf(1), 0.0
	for i, row := range rows {
		n, m, a, s, θ := row.Int("n"), row.Int("M"), row.Int("a"), row.Int("s"), row.Int("theta")
		if i == 0 || n != rows[i-1].Int("n") {
			curves = append(curves, newCurve(fmt.Sprintf("n = %d", n), len(curves)))
		}
		c := curves[len(curves)-1]
		label := fmt.Sprintf("n = %d, M = %d", n, m)
		plug, want := theory.UnionFalsePositive(n, a, s, θ, m).Value(), theory.UnionFalsePositiveExact(n, a, s, θ, m).Value()
		low, high = min(low, want/plug), max(high, want/plug)
		plugIn.add(plug, row.Float("exact_plugin"), label)
		average.add(want, row.Float("exact_mixture"), label)
		theirs := row.Float("script_value")
		if off := math.Abs(theirs - plug); off > 1e-6*plug && off < 0x1p-53 {
			v.Errata = append(v.Errata, fmt.Sprintf("%s: recorded %.6g, exact %.6g: rounding", label, theirs, plug))
		} else {
			recorded.add(theirs, plug, label)
		}
		c.theory(float64(m), want)
		c.recordedValue(float64(m), theirs)

		counts, effect := hist[i].atLeast(θ), runs[i].designEffect(θ, want)
		effective := thinned(counts, effect)
		simulated.add(effective, want, label)
		if lo, hi := effective.Wilson(analysis.Z95); counts.Hits > 0 || want > hi/100 {
			c.ours.X, c.ours.Y = append(c.ours.X, float64(m)), append(c.ours.Y, counts.Rate())
			c.ours.Lo, c.ours.Hi = append(c.ours.Lo, min(lo, counts.Rate())), append(c.ours.Hi, max(hi, counts.Rate()))
		}
		points.add([]int{n, m, a, s, θ}, want, counts, analysis.Proportion{})
		last := len(points.table.Rows) - 1
		points.table.Rows[last] = append(points.table.Rows[last], experiments.Exactly(effect), experiments.Exactly(plug), row["script_value"])
	}
	v.Errata = append(v.Errata, fmt.Sprintf("equation (14) takes the expected size for the size; the exact average is %.3f to %.3f times its value", low, high))
	v.Checks = []Check{plugIn.check(ofTheory, exactDigits), average.check("theory-exact", tenDigits), simulated.check(ofSimulation), recorded.check(ofAuthors, 1e-6)}
	p := analysis.Panel{
		X:      analysis.Axis{Label: "Stored patterns M", Min: 0, Max: 20},
		Y:      analysis.Axis{Label: "False-positive rate", Log: true, Min: 1e-25, Max: 10},
		Series: seriesOf(curves),
		Legend: true,
	}
	fig := reproduced("fig7b", 72, analysis.Meanings{Lines: "equation (4) averaged over the sizes of the union", Markers: fmt.Sprintf("simulation, %s comparisons each", tens(chunks[0]*1000*1000)), Bars: analysis.WilsonIntervals + ", wider where comparisons share a segment", Rings: "equation (14) as recorded by the authors"}, p)
	return Reproduction{Figure: fig, Table: points.table, Verdict: v}, nil
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
	r := rng.New(seed, rng.Trial, rng.Name(u.name+" segments"), uint64(index))
	set, from := dendrite.NewStatic(u.n), newUnions(u.n)
	for range u.segments {
		set.Add(from.draw(&r, u.s, u.m))
	}
	r = rng.New(seed, rng.Trial, rng.Name(u.name+" patterns"), uint64(index))
	hist := make(histogram, u.s*u.m+1)
	sampler := stimulus.NewSampler(u.n)
	activities(u.n, u.patterns, func(cells []int32) []int32 {
		return sampler.Pick(&r, u.a, cells)
	}, func(act *dendrite.Activity) { set.Tally(act, hist) })
	return hist
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

// thinned returns the number of independent trials, and of hits among them, that
// say as much as p does under a design effect.
func thinned(p analysis.Proportion, effect float64) analysis.Proportion {
	by := func(x int64) int64 { return int64(math.Round(float64(x) / effect)) }
	if p.Hits > p.Trials/2 {
		return thinned(p.Not(), effect).Not()
	}
	return analysis.Proportion{Hits: by(p.Hits), Trials: by(p.Trials)}
}
