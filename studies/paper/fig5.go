package paper

import (
	"context"
	"fmt"
	"slices"

	"neurosim/figure"
	"neurosim/published"
	"neurosim/theory"
)

// countable is the least probability that is simulated: one hit is expected among 10^7
// comparisons.
const countable = 1e-7

// fig5a is Figure 5A of [AH16]: false positives against n up to 20,000 for three
// sparse activities and a dense one; s = 24, θ = 12. The paper draws theory
// alone. Here some points are also simulated, where a probability of 1e-7 or
// more gives 10^7 comparisons a hit; of the dense curve, a few.
//
// The authors' dense curve is captioned as 50 % activity. Rule: it counts as
// that of a = n/4, an erratum, if it has these values and not those of a = n/2.
func fig5a(ctx context.Context, e effort) (reproduction, error) {
	rows := published.Rows("fig5a_effect_of_n")
	runs := fig5aRuns(e, rows)
	hist, err := compareAll(ctx, e, runs)
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart(article, "a", "n", "s", "theta")
	for _, a := range fig5aSparse {
		column := fmt.Sprintf("a%d", a)
		ch.fig5aLine(rows, ch.curve("a = %d", a), "exact_"+column, "script_"+column, func(int) int { return a })
	}
	half, quarter := ch.curve("a = n/2"), ch.curve("a = n/4")
	half.line.Mark, quarter.line.Mark = figure.Dashed, figure.Dashed
	ch.fig5aLine(rows, half, "exact_a_half", "", func(n int) int { return n / 2 })
	ch.fig5aLine(rows, quarter, "exact_a_quarter", "script_dense", func(n int) int { return n / 4 })
	var asHalf deviations
	for k, row := range rows {
		asHalf.add(row.Float("script_dense"), half.line.Y[k], row["n"])
	}
	if asHalf.largest > exactDigits {
		ch.erratum("the dashed curve is captioned as 50 %% activity but is that of 25 %%: at n = %d recorded %.4g, a = n/2 gives %.4g, a = n/4 %.4g",
			rows[0].Int("n"), rows[0].Float("script_dense"), half.line.Y[0], quarter.line.Y[0])
	}
	ch.erratum("the authors' script draws the curves of a = 128, a = 256 and 50 %% against a list of n without its first entry, 200 cells too far to the right; here they stand at their n")
	for i, c := range runs {
		to := half
		if k := slices.Index(fig5aSparse, c.a); c.a != c.n/2 {
			to = ch.curves[k]
		}
		hits := hist[i].atLeast(fig5aTheta)
		to.simulated(float64(c.n), hits, 0)
		ch.add(point{at: []int{c.a, c.n, c.s, fig5aTheta}, want: theory.FalsePositive(c.n, c.a, c.s, fig5aTheta).Value(), ours: hits})
	}
	return ch.reproduction("fig5a", 72,
		figure.Meanings{Lines: "equation (4)", Markers: comparisons(runs[0].size()) + ", of the dense curve fewer", Bars: figure.WilsonIntervals, Dashed: "equation (4) for a that grows with n"},
		ch.checks(exactDigits),
		ch.panel(figure.Axis{Label: "Population size n", Min: 0, Max: 20_400}, figure.Axis{Label: "False-positive rate", Log: true, Min: 1e-24, Max: 1})), nil
}

// The segments and the sparse activities of figure 5A.
const fig5aSynapses, fig5aTheta = 24, 12

var fig5aSparse = []int{64, 128, 256}

// fig5aRuns returns the points that are simulated, of the sparse curves and of a = n/2.
func fig5aRuns(e effort, rows []published.Row) (runs []crossed) {
	for _, a := range append(slices.Clone(fig5aSparse), 0) {
		for i, row := range rows {
			c := crossed{n: row.Int("n"), a: a, s: fig5aSynapses, segments: 2000, patterns: 500, chunks: e.of(10, 100)}
			near := i%4 == 0 || c.n <= 900
			if a == 0 {
				near, c.a, c.chunks = i%14 == 0, c.n/2, 2
			}
			c.name = fmt.Sprintf("fig5a n=%d a=%d", c.n, c.a)
			if near && theory.FalsePositive(c.n, c.a, c.s, fig5aTheta).Value() >= countable {
				runs = append(runs, c)
			}
		}
	}
	return runs
}

// fig5aLine draws the theory of a curve with active(n) active cells and every tenth of
// the authors' numbers, and holds both against the columns of exact and recorded ones.
func (ch *chart) fig5aLine(rows []published.Row, c *curve, exact, recorded string, active func(n int) int) {
	for k, row := range rows {
		n := row.Int("n")
		a := active(n)
		want := theory.FalsePositive(n, a, fig5aSynapses, fig5aTheta).Value()
		ch.exact.add(want, row.Float(exact), ch.label(a, n))
		c.theory(float64(n), want)
		if recorded == "" {
			continue
		}
		ch.computed.add(row.Float(recorded), want, ch.label(a, n))
		if k%10 == 0 {
			c.ring(float64(n), row.Float(recorded))
		}
	}
}

// fig5b is Figure 5B of [AH16]: false positives against the synapses of a
// segment, s = 2, 4 … 30, with θ = s/2, for three sparse activities and a dense
// one. The paper draws theory alone; here every point where at least one hit is
// expected among 10^7 comparisons is also simulated.
func fig5b(ctx context.Context, e effort) (reproduction, error) {
	rows := slices.DeleteFunc(published.Rows("fig5b_effect_of_s"), func(r published.Row) bool {
		return r["role"] != "solid" && r["role"] != "dashed" // computed by the authors, not drawn
	})
	var runs []crossed
	for _, row := range rows {
		n, a, s := row.Int("n"), row.Int("a"), row.Int("s")
		if theory.FalsePositive(n, a, s, row.Int("theta")).Value() < countable {
			continue
		}
		runs = append(runs, crossed{name: fmt.Sprintf("fig5b n=%d a=%d s=%d", n, a, s), n: n, a: a, s: s,
			segments: 10_000, patterns: 500, chunks: e.of(2, 20)})
	}
	hist, err := compareAll(ctx, e, runs)
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart(article, "a", "n", "s", "theta")
	k := 0 // the next of runs
	for i, row := range rows {
		n, a, s, θ := row.Int("n"), row.Int("a"), row.Int("s"), row.Int("theta")
		if begins(rows, i, "a", "n") {
			c := ch.curve("a = %d, n = %d", a, n)
			if 10*a > n {
				c.line.Mark = figure.Dashed
			}
		}
		c := ch.last()
		want := theory.FalsePositive(n, a, s, θ).Value()
		ch.exact.add(want, row.Float("exact"), ch.label(a, n, s))
		ch.computed.add(row.Float("script_value"), want, ch.label(a, n, s))
		c.theory(float64(s), want)
		c.ring(float64(s), row.Float("script_value"))
		if want >= countable {
			hits := hist[k].atLeast(θ)
			c.simulated(float64(s), hits, 0)
			ch.add(point{at: []int{a, n, s, θ}, want: want, ours: hits})
			k++
		}
	}
	return ch.reproduction("fig5b", 72,
		figure.Meanings{Lines: "equation (4)", Markers: comparisons(runs[0].size()), Bars: figure.WilsonIntervals, Dashed: "equation (4) for a dense population"},
		ch.checks(exactDigits),
		ch.panel(figure.Axis{Label: "Synapses of a segment s = 2θ", Min: 0, Max: 32}, figure.Axis{Label: "False-positive rate", Log: true, Min: 1e-26, Max: 1})), nil
}
