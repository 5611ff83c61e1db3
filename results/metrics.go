package results

import (
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
)

// MetricsName is the file of WriteMetrics.
const MetricsName = "metrics.json"

// WriteMetrics writes metrics.json: one flat JSON object with sorted keys.
// Values are numbers, texts, booleans or nil. A number is printed with the
// fewest digits that give it back; NaN and infinities, for which JSON has no
// word, become null, so that a run is not lost for a rate of nothing. Anything
// else is an error.
func (d *Dir) WriteMetrics(metrics map[string]any) error {
	flat := make(map[string]any, len(metrics))
	for _, key := range slices.Sorted(maps.Keys(metrics)) {
		v := reflect.ValueOf(metrics[key])
		switch {
		case !v.IsValid():
			flat[key] = nil
		case v.CanFloat() && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)):
			flat[key] = nil
		case v.Kind() == reflect.Float32:
			flat[key] = float32(v.Float())
		case v.CanFloat():
			flat[key] = v.Float()
		case v.CanInt():
			flat[key] = v.Int()
		case v.CanUint():
			flat[key] = v.Uint()
		case v.Kind() == reflect.String:
			flat[key] = v.String()
		case v.Kind() == reflect.Bool:
			flat[key] = v.Bool()
		default:
			return fmt.Errorf("%s: %s is a %s: must be a number, a text, a boolean or nil", MetricsName, key, v.Type())
		}
	}
	return d.WriteTo(MetricsName, func(w io.Writer) error { return writeJSON(w, flat) })
}
