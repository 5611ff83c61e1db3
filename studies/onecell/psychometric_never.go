package onecell

import (
	"context"

	"neurosim/dendrite"
)

// maxArrangements bounds the cells of one proof.
const maxArrangements = 4000

// never returns the largest b of which no arrangement spikes: none of all multisets
// of compartments, with every synapse as strong as the bound allows and its course
// the envelope of all that it can have. -1 where background leaves nothing out.
func (t *trials) never(ctx context.Context) (int, error) {
	if t.of.Background > 0 {
		return -1, nil
	}
	first, last := t.node(&t.of.Cluster, 0), t.node(&t.of.Cluster, 1)
	receptors := t.pop.Segments[t.of.Group].Place.Receptors
	var courses [][]event
	for _, p := range []dendrite.ReceptorParams{receptors.AMPA, receptors.NMDA} {
		if p.GMax > 0 {
			courses = append(courses, t.envelope(p))
		}
	}
	for b := 1; b <= t.of.Synapses; b++ {
		all := multisets(last-first+1, b, maxArrangements)
		if all == nil {
			return b - 1, nil
		}
		var events []event
		for c, arrangement := range all {
			for _, i := range arrangement {
				for k, site := range t.Excite(t.pop, t.of.Group, first+i) {
					for _, e := range courses[k] {
						events = append(events, event{t.step(t.of.Time) + e.step, c, site, e.weight, unsaturated})
					}
				}
			}
		}
		spiked, _, err := t.spikes(ctx, len(all), events)
		if err != nil {
			return 0, err
		}
		for _, s := range spiked {
			if s {
				return b - 1, nil
			}
		}
	}
	return t.of.Synapses, nil
}

// envelope returns events of one synapse whose conductance is at no step below that
// of a synapse of the largest weight, whenever within the spread that is active: the
// first at once, more to hold the peak until the last could come.
func (t *trials) envelope(p dendrite.ReceptorParams) []event {
	spread := t.step(t.of.Spread)
	g := make([]float64, t.steps)
	peak := 0
	for k := range g {
		g[k] = p.Course(float64(k) * t.dt)
		if g[k] > g[peak] {
			peak = k
		}
	}
	sum := make([]float64, len(g))
	var events []event
	give := func(step int, weight float64) {
		events = append(events, event{step: step, weight: weight})
		for k := step; k < len(g); k++ {
			sum[k] += float64(weight * g[k-step])
		}
	}
	give(0, 1)
	for k := peak; k <= peak+spread && k < len(g); k++ {
		if sum[k] < g[peak] {
			give(k-peak, (g[peak]-sum[k])/g[peak])
		}
	}
	scale := 1.0
	for k := range g {
		highest := g[max(0, k-spread)]
		switch {
		case k <= peak:
			highest = g[k]
		case k <= peak+spread:
			highest = g[peak]
		}
		if sum[k] > 0 {
			scale = max(scale, highest/sum[k])
		}
	}
	for i := range events {
		events[i].weight *= float64(scale * t.weight(maxDeviation))
	}
	return events
}

// multisets returns all ways to choose b of m things with repetition, in ascending
// order, nil if there are more than most.
func multisets(m, b, most int) (all [][]int) {
	chosen := make([]int, b)
	for {
		if len(all) == most {
			return nil
		}
		all = append(all, append([]int(nil), chosen...))
		i := b - 1
		for i >= 0 && chosen[i] == m-1 {
			i--
		}
		if i < 0 {
			return all
		}
		next := chosen[i] + 1
		for ; i < b; i++ {
			chosen[i] = next
		}
	}
}
