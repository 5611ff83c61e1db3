package study

import (
	"math"
	"strings"
)

// WhyKey ends the key beside a metric without a value, which says why it has none.
const WhyKey = ".why"

// reasons say why a metric has no value, by a part of its key; the first that fits.
var reasons = []struct{ part, why string }{
	{".latency_ms", "no pattern was detected"},
	{".detected.", "no presentation of a stored pattern lies whole in the run, or no segment stores one that was shown"},
	{".false_positives.", "no presentation of a novel pattern lies whole in the run"},
	{".cross_talk.", "no presentation lies whole in the run in which a segment was shown a pattern that it does not store"},
	{"stratified", "no trial had a response"},
	{"K_star", "no number of synapses up to the most made an NMDA spike"},
	{"supralinearity", "the arithmetic sum is 0"},
	{"mu", "all trials agree, or none has a threshold within the synapses: see the printed lines"},
	{"sigma", "all trials agree, or none has a threshold within the synapses: see the printed lines"},
	{"theta", "no trial has a threshold within the synapses"},
	{"mape", "no row was scored"},
	{"lowest_accuracy", "nothing was scored after the change"},
	{"median", "less than half of the runs came so far"},
	{"", "there was nothing to take it from"},
}

// Explain adds to a flat set of metrics, beside each one that has no value, the reason:
// under its key and WhyKey. A file then says so itself where it holds null.
func Explain(m map[string]any) map[string]any {
	for key, v := range m {
		if x, isFloat := v.(float64); v != nil && (!isFloat || !math.IsNaN(x) && !math.IsInf(x, 0)) {
			continue
		}
		if _, said := m[key+WhyKey]; said {
			continue
		}
		for _, r := range reasons {
			if strings.Contains(key, r.part) {
				m[key+WhyKey] = r.why
				break
			}
		}
	}
	return m
}
