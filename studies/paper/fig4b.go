package paper

import (
	"context"
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
	"neurosim/internal/rng"
	"neurosim/published"
	"neurosim/stimulus"
	"neurosim/theory"
)

// fig4b is Figure 4B of [AH16]: how often a segment misses its own pattern when
// v of the pattern's a cells are swapped for others. a = 128, n = 6000, s = 30;
// θ = 8, 12, 16, each with random numbers of its own.
func fig4b(ctx context.Context, e effort) (reproduction, error) {
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
	chunks := e.of(5, 100)
	hist, err := pooled(ctx, e, slices.Repeat([]int{chunks}, len(rows)), func(i, index int) histogram {
		row := rows[i]
		return noisyCopies{
			name: fmt.Sprintf("fig4b theta=%d v=%d", row.Int("theta"), row.Int("v_bits_swapped")),
			n:    row.Int("n"), a: row.Int("a"), s: row.Int("s"), v: row.Int("v_bits_swapped"),
			segments: 1000, copies: 1000,
		}.chunk(e.Seed, index)
	})
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart(article, "theta", "v", "a", "n", "s")
	for i, row := range rows {
		θ, v, a, s := row.Int("theta"), row.Int("v_bits_swapped"), row.Int("a"), row.Int("s")
		if begins(rows, i, "theta") {
			c := ch.curve("θ = %d", θ)
			for k := 0; k <= 108; k++ {
				c.theory(float64(k)/float64(a), theory.FalseNegative(a, s, k, θ).Value())
			}
		}
		want := theory.FalseNegative(a, s, v, θ).Value()
		ch.exact.add(want, row.Float("exact"), ch.label(θ, v))
		misses, theirs := hist[i].atLeast(θ).Not(), asCounts(row.Float("observed"), row.Float("trials_inferred"))
		x := float64(v) / float64(a)
		if misses.Hits > 0 || want > 1e-9 {
			ch.last().simulated(x, misses, 0)
		}
		ch.last().recorded(x, theirs)
		ch.add(point{at: []int{θ, v, a, row.Int("n"), s}, want: want, ours: misses, theirs: theirs})
	}
	if len(finer) > 0 {
		ch.erratum("the caption says 10^7 trials a point; at %d noise levels rates are no multiples of 1e-7: 10^8", len(finer))
	}
	return ch.reproduction("fig4b", 70,
		figure.Meanings{Lines: "equation (6)", Markers: comparisons(chunks * 1000 * 1000), Bars: figure.WilsonIntervals}, ch.checks(exactDigits),
		ch.panel(figure.Axis{Label: "Swapped share of the pattern v/a", Min: 0, Max: 0.85}, figure.Axis{Label: "False-negative rate", Log: true, Min: 1e-9, Max: 1})), nil
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
	return compared{c.n, c.segments, c.copies, c.s}.count(
		func(cells []int32) []int32 { return sampler.Subset(&r, c.s, pattern, cells) },
		func(cells []int32) []int32 {
			cells = sampler.Subset(&r, c.a-c.v, pattern, cells)
			return sampler.DrawOutside(&r, c.v, pattern, cells)
		})
}
