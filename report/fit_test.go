package report

import (
	"slices"
	"testing"

	"neurosim/results"
)

// The parameters of a fit stand before the metrics, with their units and intervals in place of the
// metrics of these; an end that the data do not give is open, and the verdict says so.
func TestFitted(t *testing.T) {
	dir, err := results.Create(t.TempDir(), results.New)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	const table = "parameter,keys,unit,value,low,high,low_open,high_open,identified,min,max\n" +
		"g,a.g b.g,nS,0.6123456789,0.5,0.75,false,false,true,0.1,2\n" +
		"below,k,ms,3,1,4,true,false,false,1,9\n" +
		"above,k,1,3,2,9,false,true,false,1,9\n" +
		"both,k,1,3,1,9,true,true,false,1,9\n"
	for _, err := range []error{dir.Begin(results.Record{Program: "neurosim"}), dir.WriteFile("tables/parameters.csv", []byte(table)), dir.WriteFile("fit.toml", []byte("a.g = 1")),
		dir.WriteMetrics(map[string]any{"g_value": 0.6, "g_low": 0.5, "g_high": 0.75, "g_identified": true, "points": 30, "goodness.holds": true, "goodness.why": "P = 0.5"}), dir.Finish(results.Record{Program: "neurosim"})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p, err := Read(t.Context(), dir, func(name string) string { return name })
	if err != nil {
		t.Fatal(err)
	}
	metrics := []Fact{{"g", "0.612346 nS (95 % interval 0.5 to 0.75 nS)"}, {"below", "3 ms (95 % interval open below, to 4 ms)"}, {"above", "3 (95 % interval from 2, open above)"},
		{"both", "3 (95 % interval open at both ends, within the bounds 1 to 9)"}, {"points", "30"}}
	if !slices.Equal(p.Metrics, metrics) {
		t.Errorf("metrics %q, want %q", p.Metrics, metrics)
	}
	verdicts := []Verdict{{"g", "identified", metrics[0].Value + ": a.g b.g", true}, {"below", "not identified", metrics[1].Value + ": k", false},
		{"above", "not identified", metrics[2].Value + ": k", false}, {"both", "not identified", metrics[3].Value + ": k", false}, {"goodness", "holds", "P = 0.5", true}}
	if !slices.Equal(p.Verdicts, verdicts) {
		t.Errorf("verdicts %v, want %v", p.Verdicts, verdicts)
	}
	if want := []Text{{"fit.toml", "a.g = 1"}}; !slices.Equal(p.Texts, want) || len(p.Notes) > 0 {
		t.Errorf("texts %q, notes %q", p.Texts, p.Notes)
	}
}
