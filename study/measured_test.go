package study

import (
	"math"
	"slices"
	"strings"
	"testing"

	"neurosim/figure"
	"neurosim/grammar"
)

// A line of the model against three points, by hand: residuals 1, -1 and 2 mV with standard
// errors of 1, 0.5 and 2 mV give an RMSE of √2 mV and χ² = 1 + 4 + 1. A fourth point lies beyond
// the curve. The file is in V and ms, the axes in mV and ms.
func TestDistanceFromData(t *testing.T) {
	f := Figure{Name: "x", Figure: figure.Figure{Note: "Lines: cells.", Panels: []figure.Panel{
		{X: figure.Axis{Unit: "ms"}, Y: figure.Axis{Unit: "pA"}},
		{X: figure.Axis{Unit: "ms"}, Y: figure.Axis{Unit: "mV", Min: 0, Max: 5}, Series: []figure.Series{
			{Name: "model", Mark: figure.Line, Role: figure.Simulation, X: []float64{0, 10}, Y: []float64{0, 10}},
			{Name: "model", Mark: figure.Points, Role: figure.Simulation, X: []float64{0, 10}, Y: []float64{0, 10}},
			{Name: "rings", Mark: figure.Rings, Role: figure.Simulation, X: []float64{0, 10}, Y: []float64{0, 10}},
		}}}}}
	m := &grammar.Measured{File: "d/mine.csv", Line: 1, XUnit: "ms", YUnit: "V", XName: "x (ms)", YName: "y (V)", Bars: "SEM", Groups: []grammar.MeasuredGroup{{
		X: []float64{1, 5, 8, 12}, Y: []float64{0.002, 0.004, 0.010, 0.02}, Sigma: []float64{0.001, 0.0005, 0.002, 0.001},
		Lo: []float64{0.001, 0.0035, 0.008, 0.019}, Hi: []float64{0.003, 0.0045, 0.012, 0.021}, N: []float64{5, 5, 5, 5}}}}
	if err := f.show(m); err != nil {
		t.Fatal(err)
	}
	p := f.Figure.Panels[1]
	s := p.Series[len(p.Series)-1]
	if s.Role != figure.Measurement || s.Name != "Data" || math.Abs(s.Y[2]-10) > 1e-12 || math.Abs(s.Hi[3]-21) > 1e-12 || p.Y.Max < 21 {
		t.Errorf("shown as %+v on %+v", s, p.Y)
	}
	if len(f.Data.Rows) != 1 || f.Data.Name != "x_data" {
		t.Fatalf("table %+v", f.Data)
	}
	if got, want := strings.Join(f.Data.Rows[0], " "), "b Data model 3 1 1.41421 mV 6 3"; got != want {
		t.Errorf("row %q, want %q", got, want)
	}
	if want := "Lines: cells. Open markers: data of mine.csv, n = 5; their bars: SEM. Data to model: RMSE 1.41 mV, χ² = 6 of 3 points."; f.Figure.Note != want {
		t.Errorf("note %q, want %q", f.Figure.Note, want)
	}
}

// Data that fit no panel leave the figure as it is, and say which axes there are.
func TestDataThatDoNotFit(t *testing.T) {
	for panel, want := range map[string]string{"": "mine.csv:1: the data fit no panel", "b": `mine.csv:1: there is no panel "b"; panels are a to a`, "a": `mine.csv:1: panel a: column "y" has no unit`} {
		f := Figure{Figure: figure.Figure{Panels: []figure.Panel{{X: figure.Axis{Unit: "ms"}, Y: figure.Axis{Label: "V", Unit: "mV"}}}}}
		m := &grammar.Measured{File: "mine.csv", Line: 1, XUnit: "s", XName: "x (s)", YName: "y", Groups: []grammar.MeasuredGroup{{Panel: panel, X: []float64{1}, Y: []float64{1}}}}
		if err := f.show(m); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("panel %q: %v, want %q", panel, err, want)
		}
		if f.Figure.Panels[0].Series != nil {
			t.Error("the figure was changed")
		}
	}
}

// Markers of a simulation and its line of theory have one name: two rows of the table were "θ = 8".
func TestDataSayWhichCurveIsTheory(t *testing.T) {
	line := func(role figure.Role, name string) figure.Series {
		return figure.Series{Name: name, Mark: figure.Line, Role: role, X: []float64{0, 10}, Y: []float64{0, 1}}
	}
	f := Figure{Name: "x", Figure: figure.Figure{Panels: []figure.Panel{{Series: []figure.Series{
		line(figure.Simulation, "θ = 8"), line(figure.Theory, "θ = 8"), line(figure.Theory, "Static")}}}}}
	m := &grammar.Measured{File: "mine.csv", XName: "x", YName: "y", Groups: []grammar.MeasuredGroup{{X: []float64{1}, Y: []float64{0.1}}}}
	if err := f.show(m); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range f.Data.Rows {
		got = append(got, row[2])
	}
	if want := []string{"θ = 8", "θ = 8 (theory)", "Static"}; !slices.Equal(got, want) {
		t.Errorf("curves %q, want %q", got, want)
	}
}
