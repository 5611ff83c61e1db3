package study

import (
	"errors"
	"math"
	"strings"
	"testing"

	"neurosim/grammar"
)

// Scores by hand: of a mean, (model - mean)/sd; of a range, the distance from it in halves of its
// width. What has no value says why, and a strict comparison fails the report.
func TestScores(t *testing.T) {
	nan := math.NaN()
	r := Report{Metrics: map[string]any{"a_mV": 7.0, "b": 3, "none": nil, "none" + WhyKey: "there were no spikes", "text": "x"}, Tables: []NamedTable{{Name: "t", Table: Table{Columns: Columns([][3]string{{"K", "", ""}, {"y", "", ""}}), Rows: [][]string{{"1", "2.5"}, {"2", "3.5"}, {"3", ""}}}}}}
	mean := func(c grammar.Comparison, mean, sd float64) grammar.Comparison {
		c.Mean, c.SD, c.Low, c.High = mean, sd, nan, nan
		return c
	}
	span := func(c grammar.Comparison, low, high float64) grammar.Comparison {
		c.Mean, c.SD, c.Low, c.High = nan, nan, low, high
		return c
	}
	row := func(k string) grammar.Comparison {
		return grammar.Comparison{Table: "t", Column: "y", Where: map[string]string{"K": k}}
	}
	for _, c := range []struct {
		of      grammar.Comparison
		score   float64
		verdict string
		why     string
	}{
		{mean(grammar.Comparison{Metric: "a_mV"}, 5, 2), 1, within1, ""},
		{mean(grammar.Comparison{Metric: "a_mV"}, 10, 2), -1.5, within2, ""},
		{mean(grammar.Comparison{Metric: "b"}, 0, 1), 3, outside, ""},
		{span(grammar.Comparison{Metric: "b"}, 1, 3), 0, inside, ""},
		{span(grammar.Comparison{Metric: "b"}, 5, 9), -1, outside, ""},
		{mean(row("2.0"), 3, 1), 0.5, within1, ""},
		{mean(row("4"), 3, 1), nan, missing, "0 rows of tables/t.csv match"},
		{mean(row("3"), 3, 1), nan, missing, "y has no number in that row"},
		{mean(grammar.Comparison{Table: "t", Column: "z"}, 3, 1), nan, missing, `no column "z"`},
		{mean(grammar.Comparison{Table: "u", Column: "y"}, 3, 1), nan, missing, `there is no table "u"`},
		{mean(grammar.Comparison{Metric: "none"}, 3, 1), nan, missing, "none has no value: there were no spikes"},
		{mean(grammar.Comparison{Metric: "text"}, 3, 1), nan, missing, "is no number"},
		{mean(grammar.Comparison{Metric: "bb"}, 3, 1), nan, missing, `did you mean "b"?`},
	} {
		s := r.judge(&c.of)
		if s.verdict != c.verdict || s.score != c.score && s.score == s.score || !strings.Contains(s.why, c.why) || (s.why == "") != (c.why == "") {
			t.Errorf("%+v: %g %s %q, want %g %s %q", c.of, s.score, s.verdict, s.why, c.score, c.verdict, c.why)
		}
	}
	x := &Config{Configuration: &grammar.Configuration{Comparisons: []grammar.Comparison{mean(grammar.Comparison{Name: "far", Metric: "b"}, 0, 1)}}}
	for _, strict := range []bool{false, true} {
		out := Report{Metrics: r.Metrics}
		x.Compare(&out, strict)
		if errors.Is(out.Failed, ErrCheck) != strict || len(out.Tables) != 1 || len(out.Figures) != 1 {
			t.Errorf("strict %v: %v", strict, out.Failed)
		}
	}
}
