package onecell

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/study"
)

// What one event does is what the study finds for one synapse, by other code and without a
// network; potentials of 70 mV are rounded to 1e-14 mV in each of 10000 steps. One that has
// another place, or another conductance, has another response.
func TestEventIsThatOfUncaging(t *testing.T) {
	for _, set := range [][]string{nil, {"uncaging.at", "0.2"}, {"populations.E.segments.basal.ampa.g_max", "1 nS"}} {
		x := studyOf(t, "uncaging", append(slices.Clone(shortly), append([]string{"uncaging.length", "0 um"}, set...)...)...)
		x.Figures = nil
		r, err := uncage(context.Background(), x, nil, func(float64) {})
		if err != nil {
			t.Fatal(err)
		}
		e := x.Forecast(context.Background()).Events[0]
		if one := r.Responses[1]; math.Abs(e.Soma.Min-one.Soma) > 1e-9 || math.Abs(e.Site.Max-one.Dendrite) > 1e-9 || math.Abs(e.Rest-r.Rest) > 1e-9 {
			t.Errorf("%q: one event makes %g mV at the soma and %g mV at the synapse, the study %g and %g mV", set, e.Soma.Min, e.Site.Max, one.Soma, one.Dendrite)
		}
	}
}

// A figure of a psychometric curve is said to have no lines of theory where all synapses make
// no NMDA spike, and not where they do.
func TestForecastOfMissingCurve(t *testing.T) {
	for synapses, want := range map[string]bool{"3": true, "40": false} {
		x := studyOf(t, "psychometric", "psychometric.synapses", synapses)
		said := strings.Join(x.Forecast(context.Background()).Warnings, "\n")
		if got := strings.Contains(said, "no lines of theory"); got != want {
			t.Errorf("%s synapses: says %q", synapses, said)
		}
	}
}

// Keys of a study of one cell that do nothing are named where they were written, and not
// where an axis of the sweep gives them an effect.
func TestIdleKeysOfOneCell(t *testing.T) {
	for _, c := range []struct {
		name string
		set  []string
		want string
	}{
		{"uncaging", []string{"uncaging.period", `"5 ms"`}, "uncaging.period has no effect: pulses = 1"},
		{"uncaging", []string{"uncaging.period", `"5 ms"`, "uncaging.pulses", "2"}, ""},
		{"uncaging", []string{"uncaging.bias.target", `"E/basal"`}, "uncaging.bias.target has no effect: count = 0"},
		{"uncaging", []string{"uncaging.bias.target", `"E/basal"`, "uncaging.bias.count", "3"}, ""},
		{"uncaging", []string{"populations.E.segments.basal.gaba.tau_decay", `"7 ms"`}, "gaba.tau_decay has no effect: no inhibitory synapse"},
		{"inhibition", []string{"populations.E.segments.same.gaba.tau_decay", `"7 ms"`}, ""},
		{"inhibition", []string{"populations.E.segments.sister.gaba.tau_decay", `"7 ms"`}, ""}, // a target at other points
		{"inhibition", []string{"populations.E.segments.same.nmda.tau_decay", `"7 ms"`}, "nmda.tau_decay has no effect: nmda.g_max = 0 nS"},
		{"uncaging", []string{"populations.E.segments.basal.synapses", "7"}, "basal.synapses has no effect"},
		{"uncaging", []string{"populations.E.size", "2"}, "populations.E.size has no effect"},
	} {
		var set []grammar.Override
		for i := 0; i < len(c.set); i += 2 {
			set = append(set, grammar.Override{Key: c.set[i], Value: c.set[i+1]})
		}
		x, err := configs.Load([]study.Kind{Kind()}, c.name, grammar.Options{Set: set})
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(x.Idle(), "\n")
		if c.want == "" && said != "" || !strings.Contains(said, c.want) {
			t.Errorf("%s with %q: says %q, want %q", c.name, c.set, said, c.want)
		}
	}
}
