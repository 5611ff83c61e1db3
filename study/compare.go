package study

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/literature"
)

// Verdicts on a number beside a measured one.
const (
	within1 = "within 1 sd"
	within2 = "within 2 sd"
	inside  = "inside"
	outside = "outside"
	missing = "no value"
)

// A score is a number of a study beside a measured one.
type score struct {
	*grammar.Comparison
	model   float64
	score   float64 // (model - mean)/sd; of a range, how far outside it lies in halves of its width
	verdict string
	why     string // of a missing value
}

// Compare adds to a report how far its numbers are from measured ones. With strict, one that is
// outside or has no value fails the run.
func (c *Config) Compare(r *Report, strict bool) {
	if len(c.Comparisons) == 0 {
		return
	}
	var scores []score
	var told []map[string]any // for --json
	t := NamedTable{Name: "comparisons"}
	t.Text = "Numbers of the study and measured ones, a row for each [compare.NAME]."
	t.Columns = Columns([][3]string{
		{"comparison", "", "name of the comparison"},
		{"quantity", "", "the metric, or the column of a table, that is compared"},
		{"unit", "", "unit of model, mean, sd, low and high"},
		{"model", "", "value of the study, in the unit of the row"},
		{"mean", "", "measured mean, in the unit of the row"},
		{"sd", "", "measured standard deviation, in the unit of the row"},
		{"low", "", "lower end of the measured range, in the unit of the row"},
		{"high", "", "upper end of the measured range, in the unit of the row"},
		{"score", "", "(model - mean)/sd; of a range, how far outside the value is in halves of its width"},
		{"verdict", "", "how far the value is from what was measured, in words"},
		{"source", "", "where the measurement is from"},
	})
	failed := 0
	for i := range c.Comparisons {
		s := r.judge(&c.Comparisons[i])
		scores = append(scores, s)
		t.Add(s.Name, s.Quantity(), s.Unit, Measured(s.model), Measured(s.Mean), Measured(s.SD), Measured(s.Low), Measured(s.High), Measured(s.score), s.verdict, s.Source)
		r.Lines = append(r.Lines, s.says())
		told = append(told, map[string]any{"comparison": s.Name, "quantity": s.Quantity(), "unit": s.Unit, "model": finite(s.model), "mean": finite(s.Mean), "sd": finite(s.SD),
			"low": finite(s.Low), "high": finite(s.High), "score": finite(s.score), "verdict": s.verdict, "source": s.Source})
		if s.verdict == outside || s.verdict == missing {
			failed++
		}
		if s.why != "" {
			r.Warnings = append(r.Warnings, "compare."+s.Name+": "+s.why)
		}
	}
	r.Tables = append(r.Tables, t)
	if r.JSON == nil {
		r.JSON = map[string]any{}
	}
	r.JSON["comparisons"] = told
	fig := scoreFigure(scores)
	r.Figures = append(r.Figures, Figure{Name: fig.Name, Figure: fig})
	if strict && failed > 0 {
		r.Failed = errors.Join(r.Failed, fmt.Errorf("%w: %s outside what was measured", ErrCheck, grammar.Count(float64(failed), "number is", "numbers are")))
	}
}

// finite returns a number for JSON, nil for none.
func finite(x float64) any {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return x
}

// published returns the published thresholds.
func published() (out []grammar.Published) {
	all, err := literature.Load(nil, nil)
	if err != nil {
		panic(err) // the shipped table reads
	}
	for _, t := range all {
		out = append(out, grammar.Published{ID: t.ID, Low: t.Low, High: t.High, Unit: t.Unit, Reference: t.Reference})
	}
	return out
}

// judge finds a number in a report and says how far it is from what was measured.
func (r *Report) judge(c *grammar.Comparison) score {
	s := score{Comparison: c, model: math.NaN(), score: math.NaN(), verdict: missing}
	if c.Metric != "" {
		s.model, s.why = r.metric(c.Metric)
	} else {
		s.model, s.why = r.cell(c)
	}
	if s.why != "" {
		return s
	}
	if math.IsNaN(c.Mean) {
		half := (c.High - c.Low) / 2
		switch s.score, s.verdict = 0, inside; {
		case s.model < c.Low:
			s.score, s.verdict = (s.model-c.Low)/half, outside
		case s.model > c.High:
			s.score, s.verdict = (s.model-c.High)/half, outside
		}
		return s
	}
	s.score = (s.model - c.Mean) / c.SD
	switch z := math.Abs(s.score); {
	case z <= 1:
		s.verdict = within1
	case z <= 2:
		s.verdict = within2
	default:
		s.verdict = outside
	}
	return s
}

// metric returns a metric, or why there is none.
func (r *Report) metric(name string) (float64, string) {
	v, known := r.Metrics[name]
	if !known {
		names := metricNames([]map[string]any{r.Metrics})
		return math.NaN(), fmt.Sprintf("there is no metric %q%s; metrics are %s", name, grammar.DidYouMean(name, names), strings.Join(names[:min(len(names), 30)], ", "))
	}
	x, isNumber := metricNumber(v)
	switch {
	case !isNumber:
		return math.NaN(), fmt.Sprintf("%s is no number but %v", name, v)
	case math.IsNaN(x):
		why, _ := r.Explained()[name+WhyKey].(string)
		return x, strings.TrimSuffix(fmt.Sprintf("%s has no value: %s", name, why), ": ")
	}
	return x, ""
}

// cell returns a number of a table, or why there is none.
func (r *Report) cell(c *grammar.Comparison) (float64, string) {
	var names []string
	for _, t := range r.Tables {
		if names = append(names, t.Name); t.Name != c.Table {
			continue
		}
		column := slices.Index(t.Header(), c.Column)
		if column < 0 {
			return math.NaN(), fmt.Sprintf("tables/%s.csv has no column %q%s", t.Name, c.Column, grammar.DidYouMean(c.Column, t.Header()))
		}
		rows := t.Rows
		for _, key := range slices.Sorted(maps.Keys(c.Where)) {
			at := slices.Index(t.Header(), key)
			if at < 0 {
				return math.NaN(), fmt.Sprintf("tables/%s.csv has no column %q%s", t.Name, key, grammar.DidYouMean(key, t.Header()))
			}
			rows = slices.DeleteFunc(slices.Clone(rows), func(row []string) bool { return !same(row[at], c.Where[key]) })
		}
		if len(rows) != 1 {
			return math.NaN(), fmt.Sprintf("%s of tables/%s.csv match; where must pick one", grammar.Count(float64(len(rows)), "row"), t.Name)
		}
		x, err := strconv.ParseFloat(rows[0][column], 64)
		if err != nil || math.IsNaN(x) {
			return math.NaN(), fmt.Sprintf("%s has no number in that row of tables/%s.csv", c.Column, t.Name)
		}
		return x, ""
	}
	return math.NaN(), fmt.Sprintf("there is no table %q%s; tables are %s", c.Table, grammar.DidYouMean(c.Table, names), strings.Join(names, ", "))
}

// same tells whether a field of a table has a value, as text or as a number.
func same(field, value string) bool {
	a, errA := strconv.ParseFloat(field, 64)
	b, errB := strconv.ParseFloat(value, 64)
	return field == value || errA == nil && errB == nil && a == b
}

// says puts a score into words.
func (s *score) says() string {
	unit := ""
	if s.Unit != "" {
		unit = " " + s.Unit
	}
	measured := fmt.Sprintf("%.4g ± %.3g%s", s.Mean, s.SD, unit)
	if math.IsNaN(s.Mean) {
		measured = fmt.Sprintf("%.4g to %.4g%s", s.Low, s.High, unit)
	}
	if s.verdict == missing {
		return fmt.Sprintf("%s: no value to compare with %s", s.Name, measured)
	}
	return fmt.Sprintf("%s: %.4g%s against %s: %s (%.2f)", s.Name, s.model, unit, measured, s.verdict, s.score)
}

// scoreFigure draws all scores.
func scoreFigure(scores []score) figure.Figure {
	fig := figure.Figure{Name: "compare", Width: 89, Height: float64(22 + 7*len(scores))}
	p := figure.Panel{X: figure.Axis{Label: "Score"}, Y: figure.Axis{Min: -0.6, Max: float64(len(scores)) - 0.4}, Legend: true,
		Bands: []figure.Band{{Name: "Within 2", Axis: "x", Lo: -2, Hi: 2, Role: figure.Background}}, Rules: []figure.Rule{{Axis: "x", At: 0}}}
	means := figure.Series{Name: "(Model - mean)/sd", Mark: figure.Points, Role: figure.Simulation}
	ranges := figure.Series{Name: "Distance from a range, in half widths", Mark: figure.Points, Role: figure.Simulation, Index: 1}
	widest := 3.0
	for i, s := range scores {
		row := float64(len(scores) - 1 - i)
		p.Y.Ticks = append(p.Y.Ticks, figure.Tick{At: row, Label: s.Name})
		if s.verdict == missing {
			continue
		}
		widest = max(widest, math.Abs(s.score))
		if math.IsNaN(s.Mean) {
			ranges.Add(s.score, row)
		} else {
			means.Add(s.score, row)
		}
	}
	p.X.Min, p.X.Max = -1.1*widest, 1.1*widest
	for _, s := range []figure.Series{means, ranges} {
		if len(s.X) > 0 {
			p.Series = append(p.Series, s)
		}
	}
	fig.Panels = []figure.Panel{p}
	fig.Note = "Markers: the model compared with the measurement. Grey: within two standard deviations. A number without a value has no marker."
	return fig
}
