package study

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"neurosim/figure"
	"neurosim/grammar"
)

// A figure that is drawn again keeps the size of its text, its legends and colours where the
// user says nothing, and a legend that was switched off comes back.
func TestShapeOfLegendsAndText(t *testing.T) {
	fig := shaped()
	fig.Panels[0].Series[0].Name = "soma"
	set := func(s grammar.FigureShape, colours []grammar.SeriesColour, panels ...grammar.PanelShape) {
		t.Helper()
		if err := shape(&fig, s, colours, panels); err != nil {
			t.Fatal(err)
		}
	}
	set(grammar.FigureShape{FontSize: 9, Legend: "top left", Letters: true}, []grammar.SeriesColour{{Series: "soma", Colour: "#1B9E77"}})
	set(grammar.FigureShape{FontSize: fig.FontSize, Letters: true}, nil)
	a, b := &fig.Panels[0], &fig.Panels[1]
	if fig.FontSize != 9 || a.LegendAt != figure.TopLeft || b.LegendAt != "" || a.Series[0].Colour != "#1B9E77" || b.Series[0].Colour != "" {
		t.Errorf("%+v", fig)
	}
	set(grammar.FigureShape{Legend: "false"}, nil, grammar.PanelShape{Letter: "b", Legend: "right"})
	if a.LegendAt != figure.NoPlace || b.LegendAt != figure.Right || !b.Legend {
		t.Errorf("a at %q, b at %q", a.LegendAt, b.LegendAt)
	}
	set(grammar.FigureShape{Legend: "true"}, nil)
	if a.LegendAt != figure.AnyPlace || !a.Legend {
		t.Errorf("a at %q", a.LegendAt)
	}
}

// Ticks stand where a user says, in the unit of the axis, labelled as computed ones are; those
// of x hold for the column where panels share it.
func TestTicksOfUsers(t *testing.T) {
	fig := shaped()
	fig.ShareX = true
	err := shapePanels(&fig, []grammar.PanelShape{{Letter: "a", XTicks: []grammar.Literal{`"0.3 s"`, "0", "100.5"}, YTicks: []grammar.Literal{`"-20000 uV"`, "1e6"}},
		{Letter: "b", YScale: "log", YTicks: []grammar.Literal{"0.01", "0.5", "1"}}})
	if err != nil {
		t.Fatal(err)
	}
	labels := func(a figure.Axis) string {
		var out []string
		for _, tick := range a.Ticks {
			out = append(out, fmt.Sprintf("%g %s", tick.At, tick.Label))
		}
		return strings.Join(out, ", ")
	}
	a, b := fig.Panels[0], fig.Panels[1]
	for _, c := range [][2]string{
		{labels(a.X), "0 0, 100.5 100.5, 300 300"}, {labels(b.X), labels(a.X)},
		{labels(a.Y), "-20 -20, 1e+06 1×10^{6}"}, {labels(b.Y), "0.01 10^{-2}, 0.5 0.5, 1 10^{0}"},
	} {
		if c[0] != c[1] {
			t.Errorf("ticks %q, want %q", c[0], c[1])
		}
	}
}

func TestTickLabel(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", 7: "7", -70: "-70", 0.25: "0.25", 200.00000000000003: "200", 1e5: "1×10^{5}", 2.5e-4: "2.5×10^{-4}", 12345: "12345", 0.001: "0.001",
	} {
		if got := tickLabel(x, false); got != want {
			t.Errorf("%g is written %q, want %q", x, got, want)
		}
	}
}

func TestMoreShapesThatAreNone(t *testing.T) {
	for _, c := range []struct {
		change func(*figure.Figure) error
		want   string
	}{
		{func(f *figure.Figure) error {
			return shapePanels(f, []grammar.PanelShape{{Letter: "b", XTicks: []grammar.Literal{"30"}}})
		}, "figures.f.axes.b.x_ticks: 30 is not on the axis, which goes from 0 to 10"},
		{func(f *figure.Figure) error {
			return shapePanels(f, []grammar.PanelShape{{Letter: "a", XMax: "300", XTicks: []grammar.Literal{`"1 s"`}}})
		}, `figures.f.axes.a.x_ticks: "1 s" is not on the axis, which goes from -20 to 300 ms`},
		{func(f *figure.Figure) error {
			return shapePanels(f, []grammar.PanelShape{{Letter: "a", XTicks: []grammar.Literal{`"3 mV"`}}})
		}, `x_ticks: "3 mV": must be a time (ms), is a voltage`},
		{func(f *figure.Figure) error {
			return shapePanels(f, []grammar.PanelShape{{Letter: "b", YScale: "log", YTicks: []grammar.Literal{"0"}}})
		}, "y_ticks: 0 has no place on a logarithmic axis"},
		{func(f *figure.Figure) error {
			f.Panels[0].Series[0].Name = "soma"
			return shape(f, grammar.FigureShape{}, []grammar.SeriesColour{{Series: "somma", Colour: "#000000"}}, nil)
		}, `figures.f.colours: there is no series "somma"; did you mean "soma"?; the figure has "soma"`},
		{func(f *figure.Figure) error {
			f.Panels[0].Colours = &figure.Colours{}
			return shape(f, grammar.FigureShape{Legend: "right"}, nil, nil)
		}, "figures.f.legend: right of the axes stand the names of colours or parts"},
	} {
		fig := shaped()
		if err := c.change(&fig); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// What the grammar takes as a place of a legend is one that is drawn.
func TestPlacesOfTheGrammarAreDrawn(t *testing.T) {
	for _, place := range grammar.Places() {
		p := figure.Panel{}
		if err := placeLegend(&p, grammar.LegendAt(place)); err != nil || !slices.Contains(figure.Places, p.LegendAt) || p.LegendAt == "" {
			t.Errorf("%q becomes %q, %v", place, p.LegendAt, err)
		}
	}
}
