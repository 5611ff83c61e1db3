package plots

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os/exec"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"neurosim/figure"
)

func arranged(t *testing.T, fig figure.Figure) []*panel {
	t.Helper()
	pen := &pen{Canvas: draw.NewCanvas(new(recorder.Canvas), vg.Length(fig.Width)*mm, vg.Length(fig.Height)*mm)}
	panels, err := arrange(pen, fig)
	if err != nil || pen.err != nil {
		t.Fatal(err, pen.err)
	}
	return panels
}

// Data areas of a column end at the same x, of a row at the same y; they lie on
// the page and do not meet; legends lie outside of them.
func TestPanelsAreAligned(t *testing.T) {
	for _, fig := range examples() {
		panels := arranged(t, fig)
		page := vg.Rectangle{Max: vg.Point{X: vg.Length(fig.Width) * mm, Y: vg.Length(fig.Height) * mm}}
		for i, p := range panels {
			if p.data.Min.X < page.Min.X || p.data.Min.Y < page.Min.Y || p.data.Max.X > page.Max.X || p.data.Max.Y > page.Max.Y {
				t.Errorf("%s: panel %d lies off the page", fig.Name, i+1)
			}
			if len(p.key) > 0 && p.keyAt.X < p.data.Max.X && p.keyAt.Y < p.data.Max.Y {
				t.Errorf("%s: panel %d: the legend lies on the data", fig.Name, i+1)
			}
			for _, q := range panels[:i] {
				if p.col == q.col && (p.data.Min.X != q.data.Min.X || p.data.Max.X != q.data.Max.X) {
					t.Errorf("%s: panels of column %d are not aligned", fig.Name, p.col+1)
				}
				if p.row == q.row && (p.data.Min.Y != q.data.Min.Y || p.data.Max.Y != q.data.Max.Y) {
					t.Errorf("%s: panels of row %d are not aligned", fig.Name, p.row+1)
				}
				if p.row > q.row && p.data.Max.Y >= q.data.Min.Y || p.row == q.row && p.data.Min.X <= q.data.Max.X {
					t.Errorf("%s: panels %d and %d meet", fig.Name, i+1, p.row+1)
				}
			}
		}
	}
}

func TestShareX(t *testing.T) {
	series := func(x ...float64) []figure.Series {
		return []figure.Series{{Mark: figure.Line, X: x, Y: x}}
	}
	fig := figure.Figure{Width: 89, Height: 80, ShareX: true, Panels: []figure.Panel{{Series: series(0, 10)}, {Series: series(5, 40)}}}
	p := arranged(t, fig)
	if p[0].x != p[1].x || p[0].x.lo != 0 || p[0].x.hi != 40 {
		t.Errorf("ranges %v and %v, want both 0..40", p[0].x, p[1].x)
	}
	if p[0].showX || !p[1].showX {
		t.Error("only the lowest panel shows the labels of x")
	}
	fig.Panels[1].X.Max = 20
	if p = arranged(t, fig); p[0].x.hi != 20 || p[1].x.hi != 20 {
		t.Errorf("a stated range must hold for the column: %v, %v", p[0].x, p[1].x)
	}
}

// The range covers intervals, rules and y bands, and keeps zero for bars.
func TestAutoRange(t *testing.T) {
	p := figure.Panel{Series: []figure.Series{{Mark: figure.Points, X: []float64{1, 2}, Y: []float64{3, 4}, Lo: []float64{2, 1}, Hi: []float64{5, 6}}},
		Rules: []figure.Rule{{Axis: "y", At: 9}}, Bands: []figure.Band{{Axis: "y", Lo: -2, Hi: 0}}}
	if e := yExtent(p); e.lo != -2 || e.hi != 9 {
		t.Errorf("%v, want -2..9", e)
	}
	p = figure.Panel{Series: []figure.Series{{Mark: figure.Bars, X: []float64{0, 1, 2}, Y: []float64{3, 4, 5}}}}
	a := arranged(t, small(p))[0]
	if a.y.lo != 0 || a.x.lo != 0 || a.x.hi != 3 {
		t.Errorf("bars: x %v, y %v, want x 0..3 and y from 0", a.x, a.y)
	}
}

// Raster images have high rows at the top, in pixels and on paper.
func TestRasterImageIsUpright(t *testing.T) {
	bounds := vg.Rectangle{Max: vg.Point{X: 72, Y: 36}}
	at := func(x, y vg.Length) vg.Rectangle { return around(vg.Point{X: x, Y: y}, 3) }
	rect, img := rasterise(bounds, []vg.Rectangle{at(9, 30)}, blue)
	if img.Rect.Dx() != dpi || img.Rect.Dy() != dpi/2 || rect != bounds {
		t.Errorf("image of %v on %v, want %d × %d on %v", img.Rect, rect, dpi, dpi/2, bounds)
	}
	if img.ColorIndexAt(75, 50) != 1 || img.ColorIndexAt(75, 250) != 0 {
		t.Error("a mark near the upper left corner is not near the top of the image")
	}
	pdf := newPDF(72, 36)
	pdf.DrawImage(rect, img)
	if want := []byte("72 0 0 36 0 0 cm"); !bytes.Contains(pdf.(*pdfPage).ops.Bytes(), want) {
		t.Errorf("a PDF image with positive height stands upright; want %q in\n%s", want, pdf.(*pdfPage).ops.Bytes())
	}
}

// The same on the rendered page, where a renderer is at hand: all marks are in
// the upper left quarter of the data.
func TestPDFRendersUpright(t *testing.T) {
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Skip("needs the program pdftoppm: install poppler-utils")
	}
	s := figure.Series{Mark: figure.Raster, Role: figure.Inhibitory}
	for i := range 2 * maxVector {
		s.X, s.Y = append(s.X, float64(i%100)/10), append(s.Y, 60+float64(i/100)/4)
	}
	fig := small(figure.Panel{X: figure.Axis{Min: -1, Max: 30}, Y: figure.Axis{Min: 0, Max: 100}, Series: []figure.Series{s}})
	cmd := exec.Command(tool, "-r", "100", "-png")
	cmd.Stdin = bytes.NewReader(render(t, fig, "pdf"))
	page, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	box := image.Rectangle{Min: image.Pt(1e6, 1e6)}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA); int(c.R) > int(c.B)+100 {
				box.Min.X, box.Min.Y = min(box.Min.X, x), min(box.Min.Y, y)
				box.Max.X, box.Max.Y = max(box.Max.X, x), max(box.Max.Y, y)
			}
		}
	}
	if half := img.Bounds().Size().Div(2); box.Max.Y == 0 || box.Max.Y > half.Y || box.Max.X > half.X*5/4 {
		t.Errorf("marks lie in %v of %v, want the upper left", box, img.Bounds())
	}
}

// "None of N observed" is drawn; a bare zero has no place on a log axis.
func TestUpperLimit(t *testing.T) {
	fig := func(hi float64) figure.Figure {
		return small(figure.Panel{Y: figure.Axis{Log: true, Min: 1e-4, Max: 1}, X: figure.Axis{Max: 2},
			Series: []figure.Series{{Mark: figure.Points, Role: figure.Simulation,
				X: []float64{1}, Y: []float64{0}, Lo: []float64{0}, Hi: []float64{hi}}}})
	}
	colour := []byte("#0072B2")
	if !bytes.Contains(render(t, fig(1e-2), "svg"), colour) {
		t.Error("no mark for a zero with an interval")
	}
	if bytes.Contains(render(t, fig(0), "svg"), colour) {
		t.Error("a mark for a zero without an interval")
	}
}

// Decimation keeps extremes: no spike of a trace may vanish.
func TestDecimateKeepsExtremes(t *testing.T) {
	var pts []vg.Point
	for i := range 100_000 {
		pts = append(pts, vg.Point{X: vg.Length(i) / 1000, Y: vg.Length(i % 7)})
	}
	pts[54_321].Y, pts[77_777].Y = 50, -50
	got := decimate(pts)
	if len(got) > 4*100*dpi/72+4 {
		t.Errorf("%d points left", len(got))
	}
	var lo, hi vg.Length
	for _, p := range got {
		lo, hi = min(lo, p.Y), max(hi, p.Y)
	}
	if lo != -50 || hi != 50 || got[0] != pts[0] || got[len(got)-1] != pts[len(pts)-1] {
		t.Errorf("extremes %v..%v, want -50..50, and the ends kept", lo, hi)
	}
}
