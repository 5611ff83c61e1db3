package paper

import (
	"context"
	"fmt"
	"slices"

	"neurosim/analysis"
	"neurosim/published"
	"neurosim/theory"
)

// fig5a is Figure 5A of [AH16]: false positives against n up to 20,000 for three
// sparse activities and a dense one; s = 24, θ = 12. The paper draws theory
// alone. Here some points are also simulated, where a probability of 1e-7 or
// more gives 10^7 comparisons a hit; of the dense curve, a few.
//
// The authors' dense curve is captioned as 50 % activity. Rule: it counts as
// that of a = n/4, an erratum, if it has these values and not those of a = n/2.
func fig5a(ctx context.Context, e Effort) (Reproduction, error) {
	const s, θ, every = 24, 12, 10
	rows := published.Rows("fig5a_effect_of_n")
	sparse := []int{64, 128, 256}
	var runs []crossed
	for _, a := range append(sparse, 0) {
		for i, row := range rows {
			n, chunks := row.Int("n"), e.of(10, 100)
			c := crossed{n: n, a: a, s: s, segments: 2000, patterns: 500}
			near := i%4 == 0 || n <= 900
			if a == 0 {
				near, c.a, chunks = i%14 == 0, n/2, 2
			}
			c.name = fmt.Sprintf("fig5a n=%d a=%d", n, c.a)
			c.chunks = chunks
			if near && theory.FalsePositive(n, c.a, s, θ).Value() >= 1e-7 {
				runs = append(runs, c)
			}
		}
	}
	hist, err := compareAll(ctx, e, runs)
	if err != nil {
		return Reproduction{}, err
	}

	var simulated counted
	var exact, recorded deviations
	curves := map[string]*curve{}
	for i, a := range sparse {
		c := newCurve(fmt.Sprintf("a = %d", a), i)
		column := fmt.Sprintf("a%d", a)
		for k, row := range rows {
			n := row.Int("n")
			want := theory.FalsePositive(n, a, s, θ).Value()
			label := fmt.Sprintf("n = %d, a = %d", n, a)
			exact.add(want, row.Float("exact_"+column), label)
			recorded.add(row.Float("script_"+column), want, label)
			c.theory(float64(n), want)
			if k%every == 0 {
				c.recordedValue(float64(n), row.Float("script_"+column))
			}
		}
		curves[column] = c
	}
	half, quarter := newCurve("a = n/2", 3), newCurve("a = n/4", 4)
	half.line.Mark, quarter.line.Mark = analysis.Dashed, analysis.Dashed
	var asHalf deviations
	for k, row := range rows {
		n, theirs := row.Int("n"), row.Float("script_dense")
		label := fmt.Sprintf("n = %d, dense", n)
		atHalf, atQuarter := theory.FalsePositive(n, n/2, s, θ).Value(), theory.FalsePositive(n, n/4, s, θ).Value()
		exact.add(atHalf, row.Float("exact_a_half"), label)
		exact.add(atQuarter, row.Float("exact_a_quarter"), label)
		recorded.add(theirs, atQuarter, label)
		asHalf.add(theirs, atHalf, label)
		half.theory(float64(n), atHalf)
		quarter.theory(float64(n), atQuarter)
		if k%every == 0 {
			quarter.recordedValue(float64(n), theirs)
		}
	}
	var v Verdict
	if asHalf.largest > exactDigits {
		first := rows[0]
		v.Errata = append(v.Errata, fmt.Sprintf("the dashed curve is captioned as 50 %% activity but is that of 25 %%: at n = %d recorded %.4g, a = n/2 gives %.4g, a = n/4 %.4g",
			first.Int("n"), first.Float("script_dense"), half.line.Y[0], quarter.line.Y[0]))
	}
	v.Errata = append(v.Errata, "the authors' script draws the curves of a = 128, a = 256 and 50 % against a list of n without its first entry, 200 cells too far to the right; here they stand at their n")
	points := newPointTable("a", "n", "s", "theta")
	for i, c := range runs {
		want := theory.FalsePositive(c.n, c.a, s, θ).Value()
		hits := hist[i].atLeast(θ)
		simulated.add(hits, want, c.label())
		points.add([]int{c.a, c.n, s, θ}, want, hits, analysis.Proportion{})
		to := half
		if c.a != c.n/2 {
			to = curves[fmt.Sprintf("a%d", c.a)]
		}
		to.simulated(float64(c.n), hits)
	}
	p := analysis.Panel{
		X:      analysis.Axis{Label: "Population size n", Min: 0, Max: 20_400},
		Y:      analysis.Axis{Label: "False-positive rate", Log: true, Min: 1e-24, Max: 1},
		Legend: true,
	}
	p.Series = seriesOf([]*curve{curves["a64"], curves["a128"], curves["a256"], half, quarter})
	v.Checks = []Check{exact.check(ofTheory, exactDigits), simulated.check(ofSimulation), recorded.check(ofAuthors, exactDigits)}
	fig := reproduced("fig5a", 72, analysis.Meanings{Lines: "equation (4)", Markers: fmt.Sprintf("simulation, %s comparisons each, of the dense curve fewer", tens(runs[0].chunks*runs[0].segments*runs[0].patterns)), Bars: analysis.WilsonIntervals, Dashed: "equation (4) for a that grows with n"}, p)
	return Reproduction{Figure: fig, Table: points.table, Verdict: v}, nil
}

// fig5b is Figure 5B of [AH16]: false positives against the synapses of a
// segment, s = 2, 4 … 30, with θ = s/2, for three sparse activities and a dense
// one. The paper draws theory alone; here every point where at least one hit is
// expected among 10^7 comparisons is also simulated.
func fig5b(ctx context.Context, e Effort) (Reproduction, error) {
	rows := slices.DeleteFunc(published.Rows("fig5b_effect_of_s"), func(r published.Row) bool {
		return r["role"] != "solid" && r["role"] != "dashed" // computed by the authors, not drawn
	})
	var runs []crossed
	var of []published.Row
	for _, row := range rows {
		n, a, s := row.Int("n"), row.Int("a"), row.Int("s")
		if theory.FalsePositive(n, a, s, row.Int("theta")).Value() < 1e-7 {
			continue
		}
		c := crossed{name: fmt.Sprintf("fig5b n=%d a=%d s=%d", n, a, s), n: n, a: a, s: s,
			segments: 10_000, patterns: 500, chunks: e.of(2, 20)}
		runs, of = append(runs, c), append(of, row)
	}
	hist, err := compareAll(ctx, e, runs)
	if err != nil {
		return Reproduction{}, err
	}
	p := analysis.Panel{
		X:      analysis.Axis{Label: "Synapses of a segment s = 2θ", Min: 0, Max: 32},
		Y:      analysis.Axis{Label: "False-positive rate", Log: true, Min: 1e-26, Max: 1},
		Legend: true,
	}
	var exact, recorded deviations
	var simulated counted
	points := newPointTable("a", "n", "s", "theta")
	var curves []*curve
	k := 0 // the next of runs
	for i, row := range rows {
		n, a, s, θ := row.Int("n"), row.Int("a"), row.Int("s"), row.Int("theta")
		if i == 0 || a != rows[i-1].Int("a") || n != rows[i-1].Int("n") {
			c := newCurve(fmt.Sprintf("a = %d, n = %d", a, n), len(curves))
			if 10*a > n {
				c.line.Mark = analysis.Dashed
			}
			curves = append(curves, c)
		}
		c := curves[len(curves)-1]
		label := fmt.Sprintf("n = %d, a = %d, s = %d", n, a, s)
		want := theory.FalsePositive(n, a, s, θ).Value()
		exact.add(want, row.Float("exact"), label)
		recorded.add(row.Float("script_value"), want, label)
		c.theory(float64(s), want)
		c.recordedValue(float64(s), row.Float("script_value"))
		if k < len(of) && of[k]["a"] == row["a"] && of[k]["n"] == row["n"] && of[k]["s"] == row["s"] {
			hits := hist[k].atLeast(θ)
			simulated.add(hits, want, label)
			c.simulated(float64(s), hits)
			points.add([]int{a, n, s, θ}, want, hits, analysis.Proportion{})
			k++
		}
	}
	p.Series = seriesOf(curves)
	v := Verdict{Checks: []Check{exact.check(ofTheory, exactDigits), simulated.check(ofSimulation), recorded.check(ofAuthors, exactDigits)}}
	fig := reproduced("fig5b", 72, analysis.Meanings{Lines: "equation (4)", Markers: fmt.Sprintf("simulation, %s comparisons each", tens(runs[0].chunks*runs[0].segments*runs[0].patterns)), Bars: analysis.WilsonIntervals, Dashed: "equation (4) for a dense population"}, p)
	return Reproduction{Figure: fig, Table: points.table, Verdict: v}, nil
}
