package onecell

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"neurosim/internal/fpmath"
)

const nmdaBound = "populations.E.segments.basal.nmda.bound"

// What a burst does. One release of each synapse is the same whether receptors saturate or
// not, to the bit. Three at 50 Hz lower K*, for those of the first are still bound when
// the next come (Polsky et al. 2009: residual glutamate). Without saturation the
// conductances of the three add and K* falls further than they could; the more of its
// receptors a release binds, the less a burst adds. Where all are bound (b = 1) it holds the
// conductance of one release and lengthens it, which still helps.
func TestBurstsLowerTheThreshold(t *testing.T) {
	study := func(pulses, bound string) uncagingResult {
		set := append(slices.Clone(shortly), "uncaging.pulses", pulses)
		if bound != "" {
			set = append(set, nmdaBound, bound)
		}
		return uncaged(t, "uncaging", set...)
	}
	single := study("1", "")
	if saturating := study("1", "0.5"); !reflect.DeepEqual(saturating, single) {
		t.Error("one release of each synapse differs where receptors saturate")
	}
	last := study("3", "")
	stars := []int{last.threshold()}
	for _, bound := range []string{"0.3", "0.7", "1"} {
		r := study("3", bound)
		stars = append(stars, r.threshold())
		if stars[len(stars)-1] <= stars[len(stars)-2] {
			t.Errorf("bound = %s: K* = %v; the more is bound, the less a burst adds", bound, stars)
		}
	}
	if k := single.threshold(); stars[len(stars)-1] >= k {
		t.Errorf("K* = %d for one release, %v for three", k, stars)
	}
	t.Logf("K* = %d for one release; for three at 50 Hz %d without saturation, %v with b = 0.3, 0.7, 1", single.threshold(), stars[0], stars[1:])
}

// The events of synapses are scaled one by one: by 1 - b e^(-Δ/τ) at a second release, at
// each synapse and receptor apart, whatever the conductance of the synapse. What is of no
// synapse stays.
func TestSaturateScalesEvents(t *testing.T) {
	x := studyOf(t, "uncaging", nmdaBound, "0.6")
	d, err := newPreparation(x, x.Uncaging.Population)
	if err != nil {
		t.Fatal(err)
	}
	sites := d.Excite(d.pop, x.Uncaging.Group, d.middle(&x.Uncaging.Cluster))
	ampa, nmda := sites[0], sites[1]
	events := []event{
		{10, 0, nmda, 1.5, 0}, {10, 0, ampa, 1.5, 0}, {10, 0, nmda, 1, 1}, {10, 1, nmda, 1, 0},
		{410, 0, nmda, 1.5, 0}, {410, 0, ampa, 1.5, 0}, {410, 0, nmda, 1, unsaturated},
	}
	d.saturate(events)
	second := 1.5 * (1 - 0.6*fpmath.Exp(-400*d.dt/d.Receptor(nmda).TauDecay))
	for i, want := range []float64{1.5, 1.5, 1, 1, second, 1.5, 1} {
		if math.Abs(events[i].weight-want) > 1e-14 {
			t.Errorf("event %d has the weight %.15f, want %.15f", i, events[i].weight, want)
		}
	}
}
