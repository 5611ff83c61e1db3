package plots

import (
	"fmt"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"neurosim/figure"
)

// A textBoxes is a page that notes what each line of text covers.
type textBoxes struct {
	recorder.Canvas
	texts []string
	boxes []vg.Rectangle
}

func (b *textBoxes) drawText(line []piece, width vg.Length, at vg.Point, st style) {
	text := ""
	for _, p := range line {
		text += p.text()
	}
	from := st.along(at, -vg.Length(st.x)*width, 0)
	to := st.along(from, width, capHeight*st.size)
	b.texts = append(b.texts, text)
	b.boxes = append(b.boxes, vg.Rectangle{
		Min: vg.Point{X: min(from.X, to.X), Y: min(from.Y, to.Y)}, Max: vg.Point{X: max(from.X, to.X), Y: max(from.Y, to.Y)},
	})
}

// textOf returns the lines of text of a figure with what they cover.
func textOf(fig figure.Figure) (*textBoxes, error) {
	page := new(textBoxes)
	w, h := vg.Length(fig.Width)*mm, vg.Length(fig.Height)*mm+noteHeight(fig)
	pen := &pen{Canvas: draw.NewCanvas(page, w, h)}
	return page, drawFigure(pen, fig)
}

// Text of any size meets no other and stays on the page; where there is no room for it, the
// figure says so. Labels of rules may lie on marks, and are looked at as well.
func TestTextMeetsNoText(t *testing.T) {
	figs := append(examples(), wordy())
	drawn := 0
	for _, fig := range figs {
		for _, width := range []float64{89, 120, 183} {
			for _, size := range []float64{5, 0, 9, 12, 14} {
				fig.Width, fig.FontSize = width, size
				page, err := textOf(fig)
				if err != nil {
					if !strings.Contains(err.Error(), "too narrow") && !strings.Contains(err.Error(), "too low") || size <= 7 && width > 89 {
						t.Errorf("%s at %g mm and %g pt: %v", fig.Name, width, size, err)
					}
					continue
				}
				drawn++
				for i, b := range page.boxes {
					if b.Min.X < -0.01 || b.Min.Y < -0.01 || b.Max.X > vg.Length(width)*mm+0.01 || b.Max.Y > vg.Length(fig.Height)*mm+noteHeight(fig) {
						t.Errorf("%s at %g mm and %g pt: %q runs off the page: %v", fig.Name, width, size, page.texts[i], b)
					}
					for k, c := range page.boxes[:i] {
						if meet(b, c) {
							t.Errorf("%s at %g mm and %g pt: %q and %q meet", fig.Name, width, size, page.texts[i], page.texts[k])
						}
					}
				}
			}
		}
	}
	if drawn < 2*len(figs) {
		t.Errorf("%d drawn", drawn)
	}
}

// wordy is a figure whose every text is long.
func wordy() figure.Figure {
	p := figure.Panel{Title: "A title of a panel that says what is seen and under which conditions", Legend: true,
		X: figure.Axis{Label: "distance along the dendrite from the middle of the soma", Unit: "um"},
		Y: figure.Axis{Label: "peak of the potential above rest at the place of the electrode", Unit: "mV"},
		Series: []figure.Series{
			{Name: "Simulation with all of the channels", Mark: figure.Line, Role: figure.Simulation, X: []float64{0, 10}, Y: []float64{0, 4}},
			{Name: "Theory", Mark: figure.Dashed, Role: figure.Theory, X: []float64{0, 10}, Y: []float64{4, 0}}},
		Rules: []figure.Rule{{Axis: "y", At: 2, Label: "the level above which a potential counts as a spike of the dendrite"}}}
	return figure.Figure{Name: "wordy", Title: "A title of the figure that is longer than a column of a journal is wide, whatever the size of its letters",
		Height: 140, Cols: 2, Panels: []figure.Panel{p, p}, Note: strings.Repeat("Lines: one cell each. ", 9)}
}

// The size of text is that of every text, in its proportions; lines and markers keep theirs.
func TestFontSize(t *testing.T) {
	fig := accuracyFigure()
	fig.Note = "Bars: intervals."
	for _, c := range []struct {
		size               float64
		text, letter, note string
	}{{0, "7", "8", "6"}, {7, "7", "8", "6"}, {10.5, "10.5", "12", "9"}} {
		fig.FontSize = c.size
		svg := string(render(t, fig, "svg"))
		for _, size := range []string{c.text, c.letter, c.note} {
			if want := fmt.Sprintf(` font-size="%s" `, size); !strings.Contains(svg, want) {
				t.Errorf("at %g pt no text has%s", c.size, want)
			}
		}
		if n := strings.Count(svg, `stroke-width="0.8"`); n == 0 {
			t.Errorf("at %g pt no line is as wide as ever", c.size)
		}
	}
}

// A legend stands where a user says: in corners on the data, above, right, or nowhere.
func TestPlacesOfLegends(t *testing.T) {
	for _, place := range figure.Places {
		fig := small(figure.Panel{Legend: true, LegendAt: place, Series: []figure.Series{
			{Name: "one", Mark: figure.Line, X: []float64{0, 1}, Y: []float64{0, 1}}, {Name: "two", Mark: figure.Line, X: []float64{0, 1}, Y: []float64{1, 1}}}})
		fig.Width, fig.Height = 89, 60
		pen := &pen{Canvas: draw.NewCanvas(new(recorder.Canvas), vg.Length(fig.Width)*mm, vg.Length(fig.Height)*mm)}
		panels, err := arrange(pen, fig)
		if err != nil {
			t.Fatal(err)
		}
		p := panels[0]
		all := boxes(pen, p)
		if place == figure.NoPlace {
			if len(all) > 0 {
				t.Errorf("a legend at %q", place)
			}
			continue
		}
		mid := p.data.Min.Add(p.data.Max).Scale(0.5)
		for _, b := range all {
			inside := b.Min.X > p.data.Min.X && b.Max.X < p.data.Max.X && b.Min.Y > p.data.Min.Y && b.Max.Y < p.data.Max.Y
			var good bool
			switch place {
			case figure.Above, figure.AnyPlace:
				good = b.Min.Y >= p.data.Max.Y
			case figure.Right:
				good = b.Min.X >= p.data.Max.X
			case figure.TopLeft:
				good = inside && b.Max.X < mid.X && b.Min.Y > mid.Y
			case figure.TopRight:
				good = inside && b.Min.X > mid.X && b.Min.Y > mid.Y
			case figure.BottomLeft:
				good = inside && b.Max.X < mid.X && b.Max.Y < mid.Y
			case figure.BottomRight:
				good = inside && b.Min.X > mid.X && b.Max.Y < mid.Y
			}
			if !good {
				t.Errorf("a legend at %q lies in %v of %v", place, b, p.data)
			}
		}
		if meet(all[0], all[1]) {
			t.Errorf("at %q the entries meet", place)
		}
	}
	crowded := manyEntries(60, 1, 12)
	crowded.Height, crowded.Panels[0].LegendAt = 50, figure.TopLeft
	if _, err := textOf(crowded); err == nil || !strings.Contains(err.Error(), `panel a has no room for its legend at "top left"`) {
		t.Errorf("a legend higher than the data: %v", err)
	}
}

// The colour of a series is that of its marks and of its sample.
func TestColourOfASeries(t *testing.T) {
	fig := small(figure.Panel{Legend: true, Series: []figure.Series{
		{Name: "a", Mark: figure.Line, Role: figure.Simulation, Colour: "#1B9E77", X: []float64{0, 1}, Y: []float64{0, 1}},
		{Name: "b", Mark: figure.Line, Role: figure.Simulation, Index: 1, X: []float64{0, 1}, Y: []float64{0, 2}}}})
	svg := string(render(t, fig, "svg"))
	if n := strings.Count(svg, `stroke="#1B9E77"`); n != 2 {
		t.Errorf("%d lines have the colour, want that of the data and that of the legend", n)
	}
	if strings.Contains(svg, hex(blue)) || !strings.Contains(svg, hex(orange)) {
		t.Error("the other series has lost its colour, or the first one has two")
	}
}

// Errors of what users may set.
func TestErrorsOfShapes(t *testing.T) {
	line := figure.Series{Name: "s", Mark: figure.Line, Colour: "red", X: []float64{1, 2}, Y: []float64{1, 2}}
	fig := small(figure.Panel{LegendAt: "left", Series: []figure.Series{line}})
	fig.FontSize = 15
	err := check(fig)
	for _, want := range []string{"font size = 15 pt: must be from 5 to 14", `legend at "left"`, `colour "red"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	fig = small(figure.Panel{LegendAt: figure.Right, Colours: &figure.Colours{High: 1}})
	if err := check(fig); err == nil || !strings.Contains(err.Error(), "the names of colours or parts stand there") {
		t.Errorf("%v", err)
	}
}
