package paper

import (
	"context"
	"fmt"
	"math"

	"neurosim/analysis"
	"neurosim/dendrite"
	"neurosim/internal/rng"
	"neurosim/published"
	"neurosim/stimulus"
	"neurosim/theory"
)

// fig4b is Figure 4B of [AH16]: how often a segment misses its own pattern when
// v of the pattern's a cells are swapped for others. a = 128, n = 6000, s = 30;
// θ = 8, 12, 16, each with random numbers of its own.
func fig4b(ctx context.Context, e Effort) (Reproduction, error) {
	var rows []published.Row
	var finer = map[int]bool{} // noise levels whose rates need more than 10^7 trials
	for _, row := range published.Rows("fig4b_false_negative_vs_noise") {
		if x := float64(row.Float("observed") * 1e7); math.Abs(x-math.Round(x)) > 1e-3 {
			finer[row.Int("v_bits_swapped")] = true
		}
		if θ := row.Int("theta"); θ == 8 || θ == 12 || θ == 16 {
			rows = append(rows, row)
		}
	}
	chunks := make([]int, len(rows))
	for i := range chunks {
		chunks[i] = e.of(5, 100)
	}
	hist, err := pooled(ctx, e, chunks, func(i, index int) histogram {
		row := rows[i]
		return noisyCopies{
			name: fmt.Sprintf("fig4b theta=%d v=%d", row.Int("theta"), row.Int("v_bits_swapped")),
			n:    row.Int("n"), a: row.Int("a"), s: row.Int("s"), v: row.Int("v_bits_swapped"),
			segments: 1000, copies: 1000,
		}.chunk(e.Seed, index)
	})
	if err != nil {
		return Reproduction{}, err
	}

	p := analysis.Panel{
		X:      analysis.Axis{Label: "Swapped share of the pattern v/a", Min: 0, Max: 0.85},
		Y:      analysis.Axis{Label: "False-negative rate", Log: true, Min: 1e-9, Max: 1},
		Legend: true,
	}
	points := newPointTable("theta", "v", "a", "n", "s")
	var exact deviations
	var simulated, recorded counted
	var v Verdict
	var curves []*curve
	for i, row := range rows {
		θ, swapped, a, s := row.Int("theta"), row.Int("v_bits_swapped"), row.Int("a"), row.Int("s")
		if i == 0 || θ != rows[i-1].Int("theta") {
			c := newCurve(fmt.Sprintf("θ = %d", θ), len(curves))
			for k := 0; k <= 108; k++ {
				c.theory(float64(k)/float64(a), theory.FalseNegative(a, s, k, θ).Value())
			}
			curves = append(curves, c)
		}
		c := curves[len(curves)-1]
		label := fmt.Sprintf("θ = %d, v = %d", θ, swapped)
		want := theory.FalseNegative(a, s, swapped, θ).Value()
		exact.add(want, row.Float("exact"), label)
		misses := hist[i].atLeast(θ).Not()
		simulated.add(misses, want, label)
		theirs := asCounts(row.Float("observed"), row.Float("trials_inferred"))
		recorded.add(theirs, want, label)
		points.add([]int{θ, swapped, a, row.Int("n"), s}, want, misses, theirs)
		x := float64(swapped) / float64(a)
		if misses.Hits > 0 || want > 1e-9 {
			c.simulated(x, misses)
		}
		c.recorded(x, theirs)
	}
	p.Series = seriesOf(curves)
	if len(finer) > 0 {
		v.Errata = append(v.Errata, fmt.Sprintf("the caption says 10^7 trials a point; at %d noise levels rates are no multiples of 1e-7: 10^8", len(finer)))
	}
	v.Checks = []Check{exact.check(ofTheory, exactDigits), simulated.check(ofSimulation), recorded.check(ofAuthors)}
	fig := reproduced("fig4b", 70, analysis.Meanings{Lines: "equation (6)", Markers: fmt.Sprintf("simulation, %s comparisons each", tens(chunks[0]*1000*1000)), Bars: analysis.WilsonIntervals}, p)
	return Reproduction{Figure: fig, Table: points.table, Verdict: v}, nil
}

// noisyCopies counts the overlaps of segments that are random parts of one
// pattern with copies of the pattern in which v cells are swapped for cells
// outside of it. A chunk draws a pattern, parts and copies, and compares every
// part with every copy. Given the copy, all parts are alike, and given the part,
// all copies are; so the variance of a count is binomial for the reason that is
// given at crossed.
type noisyCopies struct {
	name             string
	n, a, s, v       int
	segments, copies int // in a chunk
}

func (c noisyCopies) chunk(seed uint64, index int) histogram {
	sampler := stimulus.NewSampler(c.n)
	r := rng.New(seed, rng.Trial, rng.Name(c.name), uint64(index))
	pattern := sampler.Draw(&r, c.a, nil)
	set := dendrite.NewStatic(c.n)
	var cells []int32
	for range c.segments {
		cells = sampler.Subset(&r, c.s, pattern, cells[:0])
		set.Add(cells)
	}
	hist := make(histogram, c.s+1)
	activities(c.n, c.copies, func(cells []int32) []int32 {
		cells = sampler.Subset(&r, c.a-c.v, pattern, cells)
		return sampler.DrawOutside(&r, c.v, pattern, cells)
	}, func(act *dendrite.Activity) { set.Tally(act, hist) })
	return hist
}
