package results

import (
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"

	"neurosim/internal/dictionary"
)

// MetricsName is the file of WriteMetrics.
const MetricsName = "metrics.json"

// WriteMetrics writes metrics.json: one flat JSON object with sorted keys.
// Values are numbers, texts, booleans or nil. A number is printed with the
// fewest digits that give it back; NaN and infinities, for which JSON has no
// word, become null, so that a run is not lost for a rate of nothing. Anything
// else is an error.
func (d *Dir) WriteMetrics(metrics map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(metrics)) {
		v := reflect.ValueOf(metrics[key])
		if v.IsValid() && !v.CanFloat() && !v.CanInt() && !v.CanUint() && v.Kind() != reflect.String && v.Kind() != reflect.Bool {
			return fmt.Errorf("%s: %s is a %s: must be a number, a text, a boolean or nil", MetricsName, key, v.Type())
		}
	}
	d.Describe(MetricsName, dictionary.File{Text: "Numbers that the run is about, one flat JSON object. Names end in their units; a missing value is null, and NAME.note says why."})
	return d.WriteTo(MetricsName, func(w io.Writer) error { return writeJSON(w, Finite(metrics)) })
}

// Finite returns metrics with nil in place of what JSON has no word for: NaN and
// infinities.
func Finite(metrics map[string]any) map[string]any {
	finite := maps.Clone(metrics)
	for key, value := range metrics {
		if v := reflect.ValueOf(value); v.CanFloat() && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)) {
			finite[key] = nil
		}
	}
	return finite
}
