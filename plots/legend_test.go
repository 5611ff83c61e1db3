package plots

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"neurosim/figure"
)

// boxes returns what each entry of a legend covers.
func boxes(pen *pen, p *panel) (out []vg.Rectangle) {
	for i, e := range p.key {
		at := p.keyPlaces[i]
		out = append(out, vg.Rectangle{Min: vg.Point{X: at.X, Y: at.Y - pen.entryHeight(e)}, Max: vg.Point{X: at.X + pen.entryWidth(e), Y: at.Y}})
	}
	return out
}

func meet(a, b vg.Rectangle) bool {
	const touch = 0.01
	return a.Min.X < b.Max.X-touch && b.Min.X < a.Max.X-touch && a.Min.Y < b.Max.Y-touch && b.Min.Y < a.Max.Y-touch
}

// manyEntries is a figure whose legend is wide: at 89 mm it took half of the plot or
// ran off the page. Tests looked at one width alone, with short names.
func manyEntries(width float64, cols, entries int) figure.Figure {
	var p figure.Panel
	for i := range entries {
		p.Series = append(p.Series, figure.Series{Name: fmt.Sprintf("A name of many words that says what series %d is and is longer than a column", i),
			Mark: figure.Line, Role: figure.Simulation, Index: i, X: []float64{0, 1}, Y: []float64{0, float64(i)}})
	}
	p.X, p.Y = figure.Axis{Label: "x"}, figure.Axis{Label: "y"}
	fig := figure.Figure{Width: width, Height: 120, Cols: cols}
	for range cols {
		fig.Panels = append(fig.Panels, p)
	}
	fig.Panels[0].Legend = true
	return fig
}

// manyTraces is a figure of panels below each other with so many curves of short names: their
// legends beside the data ran into each other and off the page. Tests had few names, and compared
// the entries of one panel alone.
func manyTraces(curves ...int) figure.Figure {
	fig := figure.Figure{Name: fmt.Sprint("traces ", curves), Width: 183, Cols: 1, ShareX: true}
	for _, n := range curves {
		p := figure.Panel{X: figure.Axis{Label: "Time", Unit: "ms"}, Y: figure.Axis{Label: "Overlap"}, Legend: true}
		for i := range n {
			p.Series = append(p.Series, figure.Series{Name: fmt.Sprintf("E cell %d", i), Mark: figure.Line, Index: i, X: []float64{0, 1}, Y: []float64{0, float64(i)}})
		}
		fig.Panels = append(fig.Panels, p)
		fig.Height += 40 + float64(n)
	}
	return fig
}

// At 89 and 183 mm legends lie on the page, off the data of all panels, and the
// entries of all of them off each other.
func TestLegendsLieOffTheData(t *testing.T) {
	figs := []figure.Figure{manyEntries(89, 1, 5), manyEntries(89, 2, 3), manyEntries(183, 3, 4), manyEntries(183, 1, 5),
		manyTraces(24, 12), manyTraces(2, 24), manyTraces(8, 7, 9), manyTraces(13, 1, 1, 1), manyTraces(14)}
	for _, fig := range examples() {
		for _, width := range []float64{89, 183} {
			if f := fig; len(f.Panels) <= 2 || width == 183 {
				f.Width = width
				figs = append(figs, f)
			}
		}
	}
	for _, fig := range figs {
		pen := &pen{Canvas: draw.NewCanvas(new(recorder.Canvas), vg.Length(fig.Width)*mm, vg.Length(fig.Height)*mm)}
		panels, err := arrange(pen, fig)
		if err != nil {
			t.Fatalf("%s at %g mm: %v", fig.Name, fig.Width, err)
		}
		var before []vg.Rectangle // entries of the panels before
		for _, p := range panels {
			all := boxes(pen, p)
			for i, b := range all {
				if b.Min.X < 0 || b.Max.X > vg.Length(fig.Width)*mm || b.Min.Y < 0 || b.Max.Y > vg.Length(fig.Height)*mm {
					t.Errorf("%s at %g mm: %q runs off the page: %v", fig.Name, fig.Width, p.key[i].name, b)
				}
				for _, q := range panels {
					if meet(b, q.data) {
						t.Errorf("%s at %g mm: %q lies on data", fig.Name, fig.Width, p.key[i].name)
					}
				}
				for _, c := range append(all[:i:i], before...) {
					if meet(b, c) {
						t.Errorf("%s at %g mm: entries %q and another overlap", fig.Name, fig.Width, p.key[i].name)
					}
				}
			}
			before = append(before, all...)
		}
	}
}

// A legend had entries of series without a point: "Predicted" of an episode in which
// nothing is predicted.
func TestLegendNamesWhatIsDrawn(t *testing.T) {
	nan := math.NaN()
	p := figure.Panel{Legend: true, Y: figure.Axis{Log: true}, Series: []figure.Series{
		{Name: "drawn", Mark: figure.Line, X: []float64{0, 1}, Y: []float64{1, 2}},
		{Name: "empty", Mark: figure.Line},
		{Name: "missing", Mark: figure.Points, X: []float64{1}, Y: []float64{nan}},
		{Name: "zero", Mark: figure.Points, X: []float64{1}, Y: []float64{0}},
		{Name: "limit", Mark: figure.Points, X: []float64{1}, Y: []float64{0}, Lo: []float64{0}, Hi: []float64{1}},
		{Name: "area", Mark: figure.Ribbon, X: []float64{1}, Lo: []float64{1}, Hi: []float64{2}},
		{Name: "no area", Mark: figure.Ribbon, X: []float64{1}, Lo: []float64{nan}, Hi: []float64{nan}},
	}}
	var names []string
	for _, e := range keyOf(p) {
		names = append(names, e.name)
	}
	if got := strings.Join(names, ", "); got != "drawn, limit, area" {
		t.Errorf("entries %q", got)
	}
}

// Series of one name and several colours have one sample, which is of none of them:
// the legend showed the dashes of the first colour alone, and rings of five shapes on
// top of each other.
func TestSampleOfSeveralColours(t *testing.T) {
	p := &panel{hued: true}
	var e keyEntry
	for i := range 3 {
		e.series = append(e.series, figure.Series{Name: "sum", Mark: figure.Dashed, Role: figure.Theory, Index: i},
			figure.Series{Name: "sum", Mark: figure.Rings, Role: figure.Simulation, Index: i})
	}
	series, looks := p.sampleLooks(e)
	if len(series) != 2 {
		t.Fatalf("%d samples, want one of dashes and one of rings", len(series))
	}
	for i, l := range looks {
		if l.colour != darkGrey || l.shape != 0 {
			t.Errorf("sample of %s has %v, shape %d", series[i].Mark, l.colour, l.shape)
		}
	}
	for i := range 3 { // one meaning has one pattern
		if l := p.look(e.series[2*i]); len(l.dashes) != len(dashes[0]) || l.dashes[0] != dashes[0][0] {
			t.Errorf("dashes of colour %d: %v", i, l.dashes)
		}
	}
}

// The limits of three curves at one x hid each other.
func TestLimitsStandSideBySide(t *testing.T) {
	p := figure.Panel{Y: figure.Axis{Log: true, Min: 1e-4, Max: 1}, X: figure.Axis{Max: 1}}
	for k := range 3 {
		s := figure.Series{Mark: figure.Points, Role: figure.Simulation, Index: k}
		for i := range 11 {
			s.X, s.Y, s.Lo, s.Hi = append(s.X, float64(i)/10), append(s.Y, 0), append(s.Lo, 0), append(s.Hi, 0.01)
		}
		p.Series = append(p.Series, s)
	}
	for _, width := range []float64{45, 89} {
		fig := small(p)
		fig.Width = width
		q := arranged(t, fig)[0]
		places := q.placeLimits()
		if len(places) != 33 {
			t.Fatalf("%d limits, want 33", len(places))
		}
		for a, l := range places {
			for b, m := range places {
				if a != b && meet(l.box(q.y.from), m.box(q.y.from)) {
					t.Fatalf("at %g mm the limits %v and %v overlap", width, a, b)
				}
			}
		}
	}
}

// Theory that becomes 0 stopped in mid-air on a log axis.
func TestLineFallsToZero(t *testing.T) {
	s := figure.Series{Mark: figure.Line, Role: figure.Simulation, X: []float64{0, 1, 2, 3, 4}, Y: []float64{0, 0.01, 0.1, 0, 0.5}}
	q := arranged(t, small(figure.Panel{Y: figure.Axis{Log: true, Min: 1e-4, Max: 1}, Series: []figure.Series{s}}))[0]
	var drawn recorder.Canvas
	q.ink = newInk(q.data)
	pen := &pen{Canvas: draw.NewCanvas(&drawn, 200, 200)}
	q.drawLine(pen, s.X, s.Y, look{colour: blue})
	foot := 0
	for _, a := range drawn.Actions {
		if st, ok := a.(*recorder.Stroke); ok {
			for _, c := range st.Path {
				if c.Type == vg.LineComp && math.Abs(float64(c.Pos.Y-q.y.from)) < 1e-6 || c.Type == vg.MoveComp && math.Abs(float64(c.Pos.Y-q.y.from)) < 1e-6 {
					foot++
				}
			}
		}
	}
	if foot != 3 {
		t.Errorf("%d ends at the foot of the panel, want 3: before 1, after 2, before 4", foot)
	}
}

// The note has room of its own: the data are as high with it as without.
func TestNoteCostsNoData(t *testing.T) {
	fig := accuracyFigure()
	heights := func() vg.Length {
		pen := &pen{Canvas: draw.NewCanvas(new(recorder.Canvas), vg.Length(fig.Width)*mm, vg.Length(fig.Height)*mm+noteHeight(fig))}
		panels, err := arrange(pen, fig)
		if err != nil {
			t.Fatal(err)
		}
		if fig.Note != "" && panels[0].data.Min.Y < noteHeight(fig) {
			t.Error("the data lie on the note")
		}
		return panels[0].data.Size().Y
	}
	without := heights()
	fig.Note = strings.Repeat("Markers: simulation, with intervals of 95 %. ", 12)
	if with := heights(); math.Abs(float64(with-without)) > 1e-6 {
		t.Errorf("height of the data %v with a note, %v without", with, without)
	}
	if !bytes.Contains(render(t, fig, "svg"), []byte("<svg")) {
		t.Error("not drawn")
	}
}

// Colours that stand side by side differ in lightness, so that print without colour
// tells them apart: neighbours of hues, bands of different roles, classes.
func TestColoursDifferInLightness(t *testing.T) {
	light := func(r, g, b uint8) float64 { return (0.299*float64(r) + 0.587*float64(g) + 0.114*float64(b)) / 255 }
	for i := range 4 {
		for j := range i {
			a, b := hues[i], hues[j]
			if d := math.Abs(light(a.R, a.G, a.B) - light(b.R, b.G, b.B)); d < 0.1 {
				t.Errorf("hues %d and %d differ by %.2f in lightness", i, j, d)
			}
		}
	}
	a, b := bandColour(figure.Background), bandColour(figure.Measurement)
	if d := light(a.R, a.G, a.B) - light(b.R, b.G, b.B); d < 0.1 {
		t.Errorf("bands of what is reviewed and what is cited differ by %.2f in lightness", d)
	}
}
