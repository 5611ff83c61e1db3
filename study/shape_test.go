package study

import (
	"math"
	"strings"
	"testing"

	"neurosim/figure"
	"neurosim/grammar"
)

func shaped() figure.Figure {
	line := figure.Series{Mark: figure.Line, X: []float64{0, 400}, Y: []float64{-70, 30}}
	return figure.Figure{Name: "f", Note: "Lines: cells.", Panels: []figure.Panel{
		{X: figure.Axis{Label: "Time", Unit: "ms"}, Y: figure.Axis{Label: "V", Unit: "mV"}, Series: []figure.Series{line}, Legend: true},
		{X: figure.Axis{Label: "n", Min: 0, Max: 10}, Y: figure.Axis{Label: "P"}, Series: []figure.Series{{X: []float64{1, 9}, Y: []float64{0.01, 1}}}},
	}}
}

// Ends of axes come in any unit of what the axis measures; an end that is not given stays, or
// leaves 5 % of the data's range beyond them.
func TestShapeOfAxes(t *testing.T) {
	fig := shaped()
	err := shapePanels(&fig, []grammar.PanelShape{{Letter: "a", Title: "A", XMin: `"0.1 s"`, YMax: "40", YLabel: "Soma"}, {Letter: "b", XMax: "20", YScale: "log", YMin: "0.001"}})
	if err != nil {
		t.Fatal(err)
	}
	a, b := fig.Panels[0], fig.Panels[1]
	if a.Title != "A" || a.Y.Label != "Soma" || a.X.Min != 100 || a.X.Max != 420 || a.Y.Max != 40 || math.Abs(a.Y.Min+75) > 1e-9 {
		t.Errorf("a: %+v", a)
	}
	if b.X.Min != 0 || b.X.Max != 20 || !b.Y.Log || b.Y.Min != 0.001 || b.Y.Max != 1.2 {
		t.Errorf("b: %+v", b)
	}
	fig = shaped()
	if err := Redraw(&fig, grammar.Redraw{Title: "T", Width: 89, Height: 60, Start: `"200 ms"`}); err != nil {
		t.Fatal(err)
	}
	if p := fig.Panels[0]; fig.Title != "T" || fig.Width != 89 || fig.Note != "" || !p.Legend || !fig.NoLetters || p.X.Min != 200 || fig.Panels[1].X.Min != 0 {
		t.Errorf("%+v", fig)
	}
}

func TestShapesThatAreNone(t *testing.T) {
	for _, c := range []struct {
		shape grammar.PanelShape
		want  string
	}{
		{grammar.PanelShape{Letter: "c"}, "figures.f.axes.c: there is no such panel; panels are a to b"},
		{grammar.PanelShape{Letter: "a", XMin: `"3 mV"`}, `figures.f.axes.a.x_min = "3 mV": must be a time (ms), is a voltage`},
		{grammar.PanelShape{Letter: "a", XMin: `"soon"`}, `must be a time: a number and a unit, like "10 ms"`},
		{grammar.PanelShape{Letter: "b", XMin: "30"}, "the axis would go from 30 to 10"},
		{grammar.PanelShape{Letter: "b", YScale: "log", YMin: "0"}, "must be above 0 on a logarithmic axis"},
	} {
		fig := shaped()
		if err := shapePanels(&fig, []grammar.PanelShape{c.shape}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.shape, err, c.want)
		}
	}
}
