package plots

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/png"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"neurosim/figure"
)

// small returns a figure of one panel that draws quickly.
func small(p figure.Panel) figure.Figure {
	return figure.Figure{Name: "small", Width: 40, Height: 30, Panels: []figure.Panel{p}}
}

func TestSameBytes(t *testing.T) {
	for _, fig := range []figure.Figure{rasterFigure(), twoImages()} {
		fig.Width, fig.Height = 70, 55
		for _, format := range Formats {
			if a, b := render(t, fig, format), render(t, fig, format); !bytes.Equal(a, b) {
				t.Errorf("%s as %s: two drawings differ", fig.Name, format)
			}
		}
	}
}

// twoImages has several images of one size: the order of their objects in a
// PDF is easily left to chance.
func twoImages() figure.Figure {
	fig := denseRaster(4 * maxVector)
	fig.Panels[0].Legend = false
	fig.Panels[0].Series[1].Role = figure.Excitatory
	fig.Panels[0].Series = append(fig.Panels[0].Series, fig.Panels[0].Series[0])
	return fig
}

func render(t *testing.T, fig figure.Figure, format string) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := Write(&buf, fig, format); err != nil {
		t.Fatalf("%s as %s: %v", fig.Name, format, err)
	}
	return buf.Bytes()
}

// A PNG has the figure's size in pixels, says so in its density chunk, and has
// no alpha channel.
func TestPNGSize(t *testing.T) {
	fig := small(figure.Panel{})
	fig.Width, fig.Height = 89, 30
	data := render(t, fig, "png")
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X != 2102 || got.Y != 709 { // 89 and 30 mm / 25.4 · 600
		t.Errorf("size %v, want 2102 × 709", got)
	}
	i := bytes.Index(data, []byte("pHYs"))
	if i < 0 {
		t.Fatal("no density chunk")
	}
	x, y := binary.BigEndian.Uint32(data[i+4:]), binary.BigEndian.Uint32(data[i+8:])
	if x != 23622 || y != 23622 || data[i+12] != 1 { // 600 / 0.0254 m
		t.Errorf("density %d × %d, unit %d", x, y, data[i+12])
	}
	if colourType := data[8+8+9]; colourType != 2 {
		t.Errorf("PNG colour type %d, want 2 (RGB, no alpha)", colourType)
	}
}

func TestSVGSize(t *testing.T) {
	svg := string(render(t, small(figure.Panel{}), "svg"))
	if want := `<svg width="40mm" height="30mm" viewBox="0 0 113.386 85.039"`; !strings.Contains(svg, want) {
		t.Errorf("%.300s\nwant in it: %s", svg, want)
	}
	svg = string(render(t, twoImages(), "svg"))
	if strings.Contains(svg, "image/jpg") || !strings.Contains(svg, "data:image/png;base64,") {
		t.Error("images must be declared as the PNG they are")
	}
}

// Nothing that a run may produce can bring drawing down: no data, one point,
// zeros and gaps on log axes, ranges at the ends of float64.
func TestDegenerateFiguresAreDrawn(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	data := map[string][]float64{
		"empty": {}, "one": {3}, "zero": {0}, "NaN": {nan}, "gaps": {1, nan, 2, nan, nan, 3}, "constant": {5, 5, 5},
		"negative": {-3, -2, -1}, "infinite": {1, inf, 2, -inf}, "tiny": {5e-324, 1e-300}, "huge": {1e300, 1e307},
		"one ulp": {1, math.Nextafter(1, 2)}, "far": {1e-300, 1e300}, "zeros and ones": {0, 1, 0, 1}, "back": {3, 1, 2},
	}
	for _, name := range slices.Sorted(maps.Keys(data)) {
		v := data[name]
		for _, mark := range marks {
			for _, log := range []bool{false, true} {
				s := figure.Series{Name: "s", Mark: mark, X: v, Y: v, Lo: v, Hi: v, X2: v, Y2: v, Z: v, Width: v}
				fig := small(figure.Panel{X: figure.Axis{Label: "x", Log: log}, Y: figure.Axis{Label: "y", Log: log},
					Series: []figure.Series{s}, Legend: true, Colours: &figure.Colours{Label: "z", High: 4},
					Parts: []figure.Part{{Label: "p", Lo: 0, Hi: 1}, {Lo: -1e300, Hi: 1e300}},
					Bands: []figure.Band{{Name: "b", Axis: "x", Lo: 0, Hi: 1}, {Axis: "y", Lo: -1, Hi: 0}},
					Rules: []figure.Rule{{Axis: "x", At: 0, Label: "r"}, {Axis: "y", At: nan, Label: "n"}}})
				if !log {
					fig.Panels[0].Equal, fig.Panels[0].ScaleBar = true, 1
				}
				formats := Formats
				if mark != figure.Points { // rasterising is slow, and the canvases do not see marks
					formats = []string{"svg", "pdf"}
				}
				for _, format := range formats {
					if err := Write(io.Discard, fig, format); err != nil {
						t.Errorf("%s, %s, log %v, %s: %v", name, mark, log, format, err)
					}
				}
			}
		}
	}
}

func TestErrors(t *testing.T) {
	line := figure.Series{Name: "s", Mark: figure.Line, X: []float64{1, 2}, Y: []float64{1, 2}}
	with := func(change func(*figure.Series)) figure.Figure {
		s := line
		change(&s)
		return small(figure.Panel{Series: []figure.Series{s}})
	}
	for _, c := range []struct {
		fig  figure.Figure
		want string
	}{
		{figure.Figure{Width: 89, Height: 60}, "no panels"},
		{figure.Figure{Width: 0, Height: 60, Panels: []figure.Panel{{}}}, "width = 0 mm: must be above 0 and at most 400"},
		{figure.Figure{Width: 89, Height: math.NaN(), Panels: []figure.Panel{{}}}, "height = NaN mm"},
		{figure.Figure{Width: 8, Height: 60, Panels: []figure.Panel{{Y: figure.Axis{Label: "voltage"}}}}, "too narrow"},
		{figure.Figure{Width: 89, Height: 20, Panels: make([]figure.Panel, 3)}, "too low"},
		{with(func(s *figure.Series) { s.Y = s.Y[:1] }), `panel 1: series 1 "s": 1 values in Y for 2 in X`},
		{with(func(s *figure.Series) { s.Hi = s.Y }), "0 values in Lo for 2 in X"},
		{with(func(s *figure.Series) { s.Mark = figure.Ribbon }), "0 values in Lo for 2 in X"},
		{with(func(s *figure.Series) { s.Mark = figure.Spans }), "0 values in X2 for 2 in X"},
		{with(func(s *figure.Series) { s.Mark = "pie" }), `unknown mark "pie"`},
		{with(func(s *figure.Series) { s.Role = "hero" }), `unknown role "hero"`},
		{with(func(s *figure.Series) { s.Index = -1 }), "index = -1"},
		{with(func(s *figure.Series) { s.X = []float64{-1.7e308, 1.7e308} }), "too wide to draw"},
		{small(figure.Panel{X: figure.Axis{Min: 2, Max: 1}}), "x axis from 2 to 1"},
		{small(figure.Panel{Y: figure.Axis{Min: 0, Max: 1, Log: true}}), "a logarithmic axis must start above 0"},
		{small(figure.Panel{Y: figure.Axis{Min: 1, Max: 1 + 1e-15}}), "too narrow to tell numbers apart"},
		{small(figure.Panel{Rules: []figure.Rule{{Axis: "z"}}}), `axis "z": must be x or y`},
		{small(figure.Panel{Bands: []figure.Band{{Axis: "", Role: "hero"}}}), `unknown role "hero"`},
		{small(figure.Panel{Weight: -1}), "weight = -1"},
		{figure.Figure{Width: 89, Height: 60, ShareX: true, Panels: []figure.Panel{{}, {X: figure.Axis{Log: true}}}}, "only one is logarithmic"},
	} {
		for _, format := range Formats {
			var buf bytes.Buffer
			err := Write(&buf, c.fig, format)
			if err == nil || !strings.Contains(err.Error(), c.want) || buf.Len() > 0 {
				t.Errorf("%s: error %q with %d bytes written, want %q and none", format, fmt.Sprint(err), buf.Len(), c.want)
			}
		}
	}
	if err := Write(io.Discard, small(figure.Panel{}), "gif"); err == nil {
		t.Error("gif: no error")
	}
}

// Lengths that differ in the last bits, as processors make them, are written alike.
func TestDecimalsOfEveryProcessor(t *testing.T) {
	for x, want := range map[float64]string{236.8775: "236.878", 0.0005: "0.001", -0.0005: "0", 58.796: "58.796", 2: "2", 0: "0"} {
		for _, y := range []float64{x - 1e-13, x, x + 1e-13} {
			if got := decimal(vg.Length(y)); got != want {
				t.Errorf("%.15g is written %s, want %s", y, got, want)
			}
		}
	}
}
