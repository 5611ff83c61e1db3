package main

import (
	"strings"
	"testing"

	"neurosim/configs"
)

// What check expects of some shipped configurations. The numbers are the engine's, which
// other tests hold against closed forms and against studies.
var forecasts = map[string]string{
	"quickstart": `
proximal (input → E): one EPSP is 0.267 mV at the soma; 200 synapses a cell; 23 at once reach V_th = -55 mV from -61 mV
E/basal: a synapse counts and has no EPSP; a plateau of 50 ms lifts the soma by 5.56 mV, to -55.44 mV; V_th = -55 mV is not reached by it alone
E: background holds the membrane at -59.4 mV, standard deviation 0.516 mV; V_th = -55 mV; no spikes are expected from this alone
`,
	"conductances": `
store (input → E/basal): one EPSP is 2.09 mV at the soma, 6.68 mV at the synapse; 48 synapses a cell; 11 at once would reach V_th = -50 mV from -72 mV, if they added
background (noise → E/basal): one EPSP is 2.09 mV at the soma, 6.68 mV at the synapse; 40 synapses a cell; 11 at once would reach V_th = -50 mV from -72 mV, if they added
E: background holds the membrane at -69.43 mV, standard deviation 1.71 mV; V_th = -50 mV; no rate: there is no theory of the rate of cells with conductances
`,
	"context": `
element (element → E): one EPSP is 1.07 mV at the soma; 20 synapses a cell; 15 at once reach V_th = -55 mV from -70 mV
IE (I → E): one IPSP is -2.5 mV at the soma; 4 synapses a cell, from -70 mV
E/basal: a synapse counts and has no EPSP; a plateau of 60 ms lifts the soma by 5.99 mV, to -64.01 mV; V_th = -55 mV is not reached by it alone
EI (E → I): one EPSP is 6.69 mV at the soma; 40 synapses a cell; 3 at once reach V_th = -55 mV from -70 mV
`,
	"inhibition": `
E/basal: one EPSP is 0.676 mV at the soma, 6.47 mV at the synapse, from -70 mV
inhibition, E/same: one event does not move the soma at rest, where its current reverses
`,
	"uncaging-fit": `
E/basal: one EPSP is 1.36 to 1.38 mV at the soma, 3.66 to 4.88 mV at the synapse, from -70 mV
`,
}

func TestForecasts(t *testing.T) {
	for name, want := range forecasts {
		var x forecastJSON
		mustJSON(t, &x, "check", name, "--no-measure")
		if got := strings.Join(x.Configs[0].Forecast.Lines, "\n"); got != strings.TrimSpace(want) {
			t.Errorf("%s: check expects\n%s\nwant\n%s", name, got, want)
		}
	}
}

// No shipped configuration is said to be silent or saturated, to lack a line of theory, or to
// have keys without effect. What else is warned of is not the forecast's.
func TestShippedAreNotWarnedOf(t *testing.T) {
	for _, name := range configs.Shipped() {
		var x forecastJSON
		mustJSON(t, &x, "check", name, "--no-measure")
		said := strings.Join(append(x.Configs[0].Plan.Warnings, x.Configs[0].Plan.Notes...), "\n")
		for _, bad := range []string{"silent", "saturated", "nothing reaches", "no lines of theory", "has no effect"} {
			if strings.Contains(said, bad) {
				t.Errorf("%s: says %q", name, said)
			}
		}
	}
}
