package paper

import (
	"context"
	"fmt"
	"math"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/studies/networks"
	"neurosim/study"
)

// rare is no figure of [AH16]: it confirms by simulation what the paper computes.
// The points are those of the shipped configuration of that name, false positives
// of spiking segments over twenty decades, in steps of 1.25 ms: with a window of
// four steps the theory of jittered spikes is exact (theory.StepDetection), so
// that the responses of every stratum can be held against it as counts.
func rare(ctx context.Context, e effort) (reproduction, error) {
	c, err := configs.Load([]study.Kind{networks.Kind()}, "rare", grammar.Options{Seed: &e.Seed, Set: []grammar.Override{
		{Key: "run.dt", Value: `"1.25 ms"`},
		{Key: "populations.E.soma.t_ref", Value: `"2.5 ms"`}, // whole steps; a soma does nothing here
		{Key: "detection.trials", Value: fmt.Sprint(e.of(50_000, 500_000))},
	}})
	if err != nil {
		return reproduction{}, err
	}
	x := c.Study.(*networks.Study)
	points := x.Points()
	results, err := inChunks(ctx, e, len(points), func(i int) (networks.PointResult, error) { return networks.RunPoint(ctx, x, points[i], 1) })
	if err != nil {
		return reproduction{}, err
	}
	ch := newChart("")
	ch.table.Columns = append(study.Columns([][3]string{{"n", "", "cells of the population"}, {"jitter_ms", "ms", "jitter of the spikes of a presentation"}, {"theory", "", "probability of a false positive by equation (4), without jitter"}}), networks.EstimateColumns()...)
	var still deviations
	var intervals counted
	inside, jittered := int64(0), int64(0)
	for j, jitter := range x.Sweep.Axes[1].Points {
		c := ch.curve("Jitter %g ms", jitter)
		for _, r := range results {
			if r.Point.At[1] != j {
				continue
			}
			want, err := rareTheory(x, r.Point)
			if err != nil {
				return reproduction{}, err
			}
			p := want.Among(want.N).Value()
			rate, lo, hi := r.Estimate.Probability()
			c.marker(float64(want.N), rate, lo, hi)
			ch.table.Add(append([]string{fmt.Sprint(want.N), fmt.Sprint(jitter), study.Exactly(p)}, r.Estimate.Row()...)...)
			at := fmt.Sprintf("n = %d, jitter %g ms", want.N, jitter)
			if jitter == 0 {
				still.add(rate, p, at)
				continue
			}
			for _, s := range r.Estimate.Strata {
				ch.simulated.add(analysis.Proportion{Hits: s.Hits, Trials: s.Trials}, want.Response[s.Overlap].Value(), fmt.Sprintf("%s, overlap %d", at, s.Overlap))
			}
			jittered++
			if lo <= p && p <= hi {
				inside++
			}
		}
		if err := c.overSizes(x, j); err != nil {
			return reproduction{}, err
		}
	}
	intervals.add(analysis.Proportion{Hits: inside, Trials: jittered}, 0.95, "all")
	checks := []check{still.check("equation-4", 2*networks.Negligible), ch.simulated.check(ofSimulation), intervals.check("intervals")}
	checks[2].Why = fmt.Sprintf("theory in %d of %d intervals of 95 %%", inside, jittered)
	return ch.reproduction("rare", 70,
		figure.Meanings{Lines: "equation (4); with jitter, over the scan statistic", Markers: fmt.Sprintf("spiking segments, %s stratified trials each", tens(x.Detection.Trials)), Bars: "95 % intervals, mostly smaller than a marker"},
		checks,
		ch.panel(figure.Axis{Label: "Population size n", Log: true, Min: 170, Max: 12_000}, figure.Axis{Label: "False-positive rate", Log: true, Min: 1e-25, Max: 1})), nil
}

// rareTheory returns the theory at a point of the sweep.
func rareTheory(x *networks.Study, at grammar.Point) (networks.FalsePositiveTheory, error) {
	y, err := x.At(at)
	if err != nil {
		return networks.FalsePositiveTheory{}, err
	}
	return networks.FalsePositivesOf(y)
}

// overSizes draws the theory of the jitter with index j between the sizes of the
// first axis, in steps of a factor.
func (c *curve) overSizes(x *networks.Study, j int) error {
	sizes := x.Sweep.Axes[0].Points
	want, err := rareTheory(x, grammar.Point{At: []int{0, j}})
	if err != nil {
		return err
	}
	last := sizes[len(sizes)-1]
	for n := sizes[0]; ; n = min(last, math.Ceil(n*1.05)) {
		c.theory(n, want.Among(int(n)).Value())
		if n == last {
			return nil
		}
	}
}
