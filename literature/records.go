package literature

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
)

// Verdicts on a published range against the interval of best thresholds.
const (
	inside  = "inside"  // one of the two lies in the other
	partly  = "partly"  // they overlap
	outside = "outside" // they have no θ in common
)

// A Record is a published threshold with its verdict, "" where it is no
// number of synapses or spines of one dendritic spike, or a prediction of the
// same theory.
type Record struct {
	Threshold
	Verdict string
}

// MarshalJSON writes what a report says of a record; null for a number that is not
// stated.
func (r Record) MarshalJSON() ([]byte, error) {
	number := func(x float64) *float64 {
		if math.IsNaN(x) {
			return nil
		}
		return &x
	}
	return json.Marshal(struct {
		ID        string   `json:"id"`
		Kind      string   `json:"kind"`
		Event     string   `json:"event"`
		Reference string   `json:"reference"`
		DOI       string   `json:"doi"`
		Low       *float64 `json:"low"`
		Typical   *float64 `json:"typical"`
		High      *float64 `json:"high"`
		Unit      string   `json:"unit"`
		Grade     string   `json:"grade"`
		Verdict   string   `json:"verdict"`
	}{r.ID, r.Kind, r.Event, r.Reference, r.DOI, number(r.Low), number(r.Typical), number(r.High), r.Unit, r.Grade, r.Verdict})
}

// Drawn reports whether a record has a place on an axis of θ.
func (r Record) Drawn() bool {
	return r.Counts() && r.Event != "somatic_spike"
}

// IsNMDA reports whether a record is about the event that the theory models.
func (r Record) IsNMDA() bool { return r.Event == "nmda_spike" || r.Event == "plateau" }

// Compare gives every record its verdict against the interval from lo to hi, and
// orders them: NMDA spikes before other events, each by kind.
func Compare(published []Threshold, lo, hi float64) []Record {
	var records []Record
	for _, t := range published {
		r := Record{Threshold: t}
		if from, to, ok := t.Range(); ok && r.Drawn() && t.Kind != "prediction" {
			// "As few as 10" is a range without an upper end.
			if r.From() {
				to = math.Inf(1)
			} else if r.UpTo() {
				from = math.Inf(-1)
			}
			r.Verdict = verdict(from, to, lo, hi)
		}
		records = append(records, r)
	}
	order := []string{"cited", "review", "measurement", "model", "prediction"}
	rank := func(r Record) int {
		i := slices.Index(order, r.Kind)
		if !r.IsNMDA() && r.Kind != "prediction" {
			i += len(order)
		}
		return i
	}
	slices.SortStableFunc(records, func(a, b Record) int { return cmp.Compare(rank(a), rank(b)) })
	return records
}

// stated tells whether a work states a number.
func stated(x float64) bool { return !math.IsNaN(x) }

// From tells whether a lower end is all that is stated.
func (t Threshold) From() bool { return stated(t.Low) && !stated(t.Typical) && !stated(t.High) }

// UpTo tells whether an upper end is.
func (t Threshold) UpTo() bool { return stated(t.High) && !stated(t.Typical) && !stated(t.Low) }

// verdict compares the published range from..to with the predicted lo..hi.
func verdict(from, to, lo, hi float64) string {
	switch {
	case to < lo || from > hi:
		return outside
	case from <= lo && hi <= to, lo <= from && to <= hi:
		return inside
	}
	return partly
}

// Name is how tables and figures name a record: reference, what tells it apart,
// and an end that is open.
func (r Record) Name() string {
	name := r.Reference
	if r.Label != "" {
		name += ", " + r.Label
	}
	return name
}

// Stated writes the numbers of a record with their unit as they are in the
// table: "8-20 synapses", "from 10 synapses", "20 (10-30) synapses".
func (r Record) Stated() string {
	low, typical, high := stated(r.Low), stated(r.Typical), stated(r.High)
	var text string
	switch {
	case low && high:
		text = fmt.Sprintf("%g to %g", r.Low, r.High)
		if r.Low >= 0 {
			text = fmt.Sprintf("%g-%g", r.Low, r.High)
		}
		if typical {
			text = fmt.Sprintf("%g (%s)", r.Typical, text)
		}
	case typical:
		text = fmt.Sprintf("%g", r.Typical)
	case low:
		text = fmt.Sprintf("from %g", r.Low)
	case high:
		text = fmt.Sprintf("up to %g", r.High)
	default:
		return "no number"
	}
	unit := r.Unit
	if unit == "percent" {
		unit = "%"
	}
	return text + " " + unit
}

// Comparison is the verdict, or why there is none.
func (r Record) Comparison() string {
	switch {
	case r.Verdict != "":
		return r.Verdict
	case r.Kind == "prediction":
		return "the theory's own"
	}
	return "not comparable"
}

// Bands shades what is reviewed, cited and measured of NMDA spikes
// behind the errors, wide ranges first.
func Bands(rows []Record) []figure.Band {
	var bands []figure.Band
	for _, kind := range []struct {
		name, says string
		role       figure.Role
	}{{"review", "Reviewed", figure.Background}, {"cited", "Cited", figure.Measurement}, {"measurement", "Measured", figure.Measurement}} {
		for _, x := range rows {
			lo, hi, _ := x.Range()
			if x.Kind == kind.name && x.IsNMDA() && lo < hi {
				bands = append(bands, figure.Band{Name: fmt.Sprintf("%s: %g–%g, %s", kind.says, lo, hi, x.Reference), Axis: "x", Lo: lo, Hi: hi, Role: kind.role})
			}
		}
	}
	return bands
}

// PublishedBands shades along y what has been cited, reviewed and measured of the
// NMDA-spike threshold in synapses.
func PublishedBands() ([]figure.Band, error) {
	published, err := Load(nil, nil)
	if err != nil {
		return nil, err
	}
	var rows []Record
	for _, r := range Compare(published, 0, 0) {
		if r.Drawn() {
			rows = append(rows, r)
		}
	}
	bands := Bands(rows)
	for i := range bands {
		bands[i].Axis = "y"
	}
	return bands, nil
}
