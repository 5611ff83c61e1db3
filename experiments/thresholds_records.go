package experiments

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/internal/fpmath"
)

// Verdicts on a published range against the interval of best thresholds.
const (
	Inside  = "inside"  // one of the two lies in the other
	Partly  = "partly"  // they overlap
	Outside = "outside" // they have no θ in common
)

// A ThresholdRecord is a published threshold with its verdict, "" where it is no
// number of synapses or spines of one dendritic spike, or a prediction of the
// same theory.
type ThresholdRecord struct {
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

	row configs.Threshold
}

// drawn reports whether a record has a place on an axis of θ.
func (r ThresholdRecord) drawn() bool {
	return r.row.Counts() && r.Event != "somatic_spike"
}

// isNMDA reports whether a record is about the event that the theory models.
func (r ThresholdRecord) isNMDA() bool { return r.Event == "nmda_spike" || r.Event == "plateau" }

// compare gives every record its verdict against the interval from lo to hi, and
// orders them: NMDA spikes before other events, each by kind.
func compare(published []configs.Threshold, lo, hi float64) []ThresholdRecord {
	number := func(x float64) *float64 {
		if math.IsNaN(x) {
			return nil
		}
		return &x
	}
	var records []ThresholdRecord
	for _, t := range published {
		r := ThresholdRecord{t.ID, t.Kind, t.Event, t.Reference, t.DOI, number(t.Low), number(t.Typical), number(t.High), t.Unit, t.Grade, "", t}
		if from, to, ok := t.Range(); ok && r.drawn() && t.Kind != "prediction" {
			// "As few as 10" is a range without an upper end.
			if r.Typical == nil && r.High == nil {
				to = math.Inf(1)
			} else if r.Typical == nil && r.Low == nil {
				from = math.Inf(-1)
			}
			r.Verdict = verdict(from, to, lo, hi)
		}
		records = append(records, r)
	}
	order := []string{"cited", "review", "measurement", "model", "prediction"}
	rank := func(r ThresholdRecord) int {
		i := slices.Index(order, r.Kind)
		if !r.isNMDA() && r.Kind != "prediction" {
			i += len(order)
		}
		return i
	}
	slices.SortStableFunc(records, func(a, b ThresholdRecord) int { return cmp.Compare(rank(a), rank(b)) })
	return records
}

// verdict compares the published range from..to with the predicted lo..hi.
func verdict(from, to, lo, hi float64) string {
	switch {
	case to < lo || from > hi:
		return Outside
	case from <= lo && hi <= to, lo <= from && to <= hi:
		return Inside
	}
	return Partly
}

// Name is how tables and figures name a record: reference, what tells it apart,
// and an end that is open.
func (r ThresholdRecord) Name() string {
	name := r.Reference
	if r.row.Label != "" {
		name += ", " + r.row.Label
	}
	return name
}

// Stated writes the numbers of a record with their unit as they stand in the
// table: "8-20 synapses", "from 10 synapses", "20 (10-30) synapses".
func (r ThresholdRecord) Stated() string {
	low, typical, high := r.Low != nil, r.Typical != nil, r.High != nil
	var text string
	switch {
	case low && high:
		text = fmt.Sprintf("%g to %g", *r.Low, *r.High)
		if *r.Low >= 0 {
			text = fmt.Sprintf("%g-%g", *r.Low, *r.High)
		}
		if typical {
			text = fmt.Sprintf("%g (%s)", *r.Typical, text)
		}
	case typical:
		text = fmt.Sprintf("%g", *r.Typical)
	case low:
		text = fmt.Sprintf("from %g", *r.Low)
	case high:
		text = fmt.Sprintf("up to %g", *r.High)
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
func (r ThresholdRecord) Comparison() string {
	switch {
	case r.Verdict != "":
		return r.Verdict
	case r.Kind == "prediction":
		return "the theory's own"
	}
	return "not comparable"
}

// Quantity returns what the numbers of a record are.
func (r ThresholdRecord) Quantity() string { return r.row.Quantity }

// Says states in words what the comparison shows and what the record supports:
// the predicted interval, each cited and reviewed range, and whether anybody
// measured an NMDA-spike threshold in synapses.
func (r ThresholdReport) Says() []string {
	c := r.Case
	best := r.Errors[r.Best-1]
	noise := "replaced by others"
	if c.Readd {
		noise = "cleared and drawn anew"
	}
	says := []string{
		fmt.Sprintf("Prediction: with n = %d, a = %d, s = %d, %d of the %d active cells %s and %s, the total error is least at θ = %d (%s) and within a factor of %g of that for θ = %s.",
			c.N, c.A, c.S, r.V, c.A, noise, segments(c.Segments), r.Best, scientific(best.Total, best.Log10), c.Factor, interval(r.Lo, r.Hi)),
		fmt.Sprintf("A higher θ costs tolerance: of %d active synapses, s - θ may be lost without a miss, %d at θ = %d and none at θ = %d. Figure 6 of Ahmad & Hawkins (2016) counts false positives alone, by which the highest θ would be the best.",
			c.S, best.Tolerance, r.Best, c.S),
	}
	if best.Total >= 0.5 {
		says = append(says, "No θ is of use: the neuron errs on every second pattern or more.")
	}
	if c.Theta > 0 {
		e := r.Errors[c.Theta-1]
		says = append(says, fmt.Sprintf("The θ = %d in use has a total error of %s, %s that of the best.", c.Theta, scientific(e.Total, e.Log10), times(fpmath.Pow10(e.Log10-best.Log10))))
	}
	var measured []string
	for _, x := range r.Records {
		switch {
		case !x.drawn() || !x.isNMDA():
		case x.Kind == "cited":
			says = append(says, fmt.Sprintf("Cited: %s by %s as measured by others, second-hand (grade %s); the predicted interval: %s.", x.Stated(), x.Name(), x.Grade, x.Verdict))
		case x.Kind == "review":
			says = append(says, fmt.Sprintf("Reviewed: %s by %s (grade %s); the predicted interval: %s.", x.Stated(), x.Name(), x.Grade, x.Verdict))
		case x.Kind == "measurement":
			measured = append(measured, fmt.Sprintf("%s by %s (grade %s; %s:%d): %s", x.Stated(), x.Name(), x.Grade, x.row.File, x.row.Line, x.Verdict))
		}
	}
	if measured != nil {
		return append(says, "Measured in synapses or spines: "+strings.Join(measured, "; ")+".")
	}
	return append(says, "Measured: no primary measurement of an NMDA-spike threshold in synapses or spines was found. Experiments state glutamate dose, stimulus strength, current or voltage; counts come from citations, reviews and models.")
}

// segments writes a number of segments in words.
func segments(n int) string {
	if n == 1 {
		return "1 segment"
	}
	return fmt.Sprintf("%d segments", n)
}

// scientific writes a probability with three digits, also where a float64 of it
// is 0.
func scientific(p, log10 float64) string {
	if p > 1e-300 || math.IsInf(log10, -1) {
		return fmt.Sprintf("%.3g", p)
	}
	e := math.Floor(log10)
	return fmt.Sprintf("%.2fe%+d", fpmath.Pow10(log10-e), int(e))
}

func interval(lo, hi int) string {
	if lo == hi {
		return fmt.Sprint(lo)
	}
	return fmt.Sprintf("%d-%d", lo, hi)
}

// times writes how many times one error is another: in words of powers where large.
func times(ratio float64) string {
	switch {
	case ratio < 1.005:
		return "1 times"
	case ratio < 1000:
		return fmt.Sprintf("%.3g times", ratio)
	case ratio < 1e9:
		return grammar.Grouped(ratio) + " times"
	}
	return fmt.Sprintf("10^%.0f times", math.Log10(ratio))
}
