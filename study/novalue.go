package study

import (
	"math"
	"strings"
)

// WhyKey ends the key beside a metric without a value, which says why it has none.
const WhyKey = ".why"

// A Reason says why metrics whose keys hold a part may have no value.
type Reason struct{ Part, Why string }

// Explained returns the metrics, with a reason beside each one that has no value: the
// first of the study's reasons that fits, under its key and WhyKey. A file then says so
// itself where it holds null.
func (r *Report) Explained() map[string]any {
	for key, v := range r.Metrics {
		if x, isFloat := v.(float64); v != nil && (!isFloat || !math.IsNaN(x) && !math.IsInf(x, 0)) {
			continue
		}
		if _, said := r.Metrics[key+WhyKey]; said {
			continue
		}
		r.Metrics[key+WhyKey] = r.why(key)
	}
	return r.Metrics
}

func (r *Report) why(key string) string {
	for _, reason := range r.Reasons {
		if strings.Contains(key, reason.Part) {
			return reason.Why
		}
	}
	return "there was nothing to take it from"
}
