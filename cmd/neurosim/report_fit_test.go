package main

import (
	"fmt"
	"strings"
	"testing"
)

// The report of a fit has each parameter with its interval, whether the data determine it, how well the
// model describes them, and the curves.
func TestReportOfAFit(t *testing.T) {
	long(t, "makes a fit")
	t.Chdir(t.TempDir())
	must(t, append([]string{"fit", "uncaging-fit", "-o", "r", "--quiet"}, set("fit.global=false", "uncaging.synapses=10", "run.dt=0.1 ms", `output.formats=["svg"]`)...)...)
	must(t, "report", "r")
	text := readPage(t, "r/report.html")
	rows := readTable(t, "r/tables/parameters.csv")
	for _, r := range rows {
		want := fmt.Sprintf(`<tr><th scope="row">%s</th><td class=`, r["parameter"])
		if !strings.Contains(text, want) {
			t.Errorf("no verdict on %s", r["parameter"])
		}
		value := fmt.Sprintf(`<tr><th scope="row">%s</th><td>%.6g`, r["parameter"], floatOf(t, r["value"]))
		if !strings.Contains(text, value) || !strings.Contains(text, "95 % interval ") || strings.Contains(text, r["parameter"]+"_low") {
			t.Errorf("the metrics lack %s with its interval: %q", r["parameter"], value)
		}
	}
	if len(rows) == 0 {
		t.Error("no parameters")
	}
	for _, want := range []string{`<th scope="row">goodness</th>`, `id="figure-`, "tables/residuals.csv", "fit.toml"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}
