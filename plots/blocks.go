package plots

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"

	"neurosim/figure"
)

// maxVector is how many blocks are still drawn one by one. More become one
// image, which is quicker to draw and to open than a path for each spike.
const maxVector = 5000

// fewDots is up to how many dots are drawn larger, in rows that are too low for ticks.
const fewDots = 1500

// blocks returns the marks of a raster or of spans as rectangles. In rows high
// enough a spike is a tick of 70 % of the row, else a dot; no row is left out
// or moved, so silent rows stay visible as gaps.
func (p *panel) blocks(s figure.Series) []vg.Rectangle {
	row := (p.y.to - p.y.from) / vg.Length(p.y.hi-p.y.lo)
	width, height := vg.Length(0.6), max(0.7*row, 1.2)
	switch {
	case len(s.X) > maxVector:
		height = max(0.7*row, 0.7) // many dots must not flow together
	case len(s.X) < fewDots && row < 0.8:
		width, height = 1.2, 1.5 // a few must show on the bars of their rows
	}
	if s.Mark == figure.Spans {
		height = min(max(0.7*row, 0.7), 2.4)
	}
	var out []vg.Rectangle
	for i := range s.X {
		x, okX := p.x.at(s.X[i])
		y, okY := p.y.at(s.Y[i])
		if !okX || !okY || !p.y.holds(s.Y[i]) {
			continue
		}
		x0, x1 := x-width/2, x+width/2
		if s.Mark == figure.Spans {
			end, ok := p.x.at(s.X2[i])
			if !ok || end < x {
				continue
			}
			x0, x1 = x, end
		} else if !p.x.holds(s.X[i]) {
			continue
		}
		r := vg.Rectangle{
			Min: vg.Point{X: max(x0, p.data.Min.X), Y: max(y-height/2, p.data.Min.Y)},
			Max: vg.Point{X: min(x1, p.data.Max.X), Y: min(y+height/2, p.data.Max.Y)},
		}
		if r.Max.X > r.Min.X && r.Max.Y > r.Min.Y {
			out = append(out, r)
		}
	}
	return out
}

// drawBlocks paints rectangles of one colour, as shapes or as an image.
func (p *panel) drawBlocks(pen *pen, blocks []vg.Rectangle, colour color.RGBA) {
	for _, b := range blocks {
		p.ink.rect(b)
	}
	if len(blocks) > maxVector {
		rect, img := rasterise(p.data, blocks, colour)
		pen.DrawImage(rect, img)
		return
	}
	const piece = 100 // rectangles per path: filling slows with their square
	for len(blocks) > 0 {
		n := min(piece, len(blocks))
		var path vg.Path
		for _, b := range blocks[:n] {
			addRect(&path, b)
		}
		fill(pen, path, colour)
		blocks = blocks[n:]
	}
}

// rasterise paints blocks into an image of two colours, one of them clear, on
// the grid of a 600 dpi page, and returns it with the rectangle it covers: the
// bounds, grown to whole pixels, so that no canvas has to resample it.
func rasterise(bounds vg.Rectangle, blocks []vg.Rectangle, colour color.RGBA) (vg.Rectangle, *image.Paletted) {
	const pixel = 72.0 / dpi
	left, bottom := math.Floor(float64(bounds.Min.X)/pixel), math.Floor(float64(bounds.Min.Y)/pixel)
	right, top := math.Ceil(float64(bounds.Max.X)/pixel), math.Ceil(float64(bounds.Max.Y)/pixel)
	// What is clear has the colour too, or a viewer that scales the image down
	// would give its marks dark edges.
	palette := color.Palette{color.NRGBA{colour.R, colour.G, colour.B, 0}, colour}
	img := image.NewPaletted(image.Rect(0, 0, int(right-left), int(top-bottom)), palette)
	for _, b := range blocks {
		// Rounding the corner and the size apart gives all ticks one width.
		w := max(1, int(math.Round(float64(b.Max.X-b.Min.X)/pixel)))
		h := max(1, int(math.Round(float64(b.Max.Y-b.Min.Y)/pixel)))
		x := int(math.Round(float64(b.Min.X)/pixel - left))
		y := int(math.Round(top - float64(b.Max.Y)/pixel))
		for j := max(y, 0); j < min(y+h, img.Rect.Dy()); j++ {
			line := img.Pix[j*img.Stride : j*img.Stride+img.Rect.Dx()]
			for i := max(x, 0); i < min(x+w, len(line)); i++ {
				line[i] = 1
			}
		}
	}
	return vg.Rectangle{
		Min: vg.Point{X: vg.Length(left * pixel), Y: vg.Length(bottom * pixel)},
		Max: vg.Point{X: vg.Length(right * pixel), Y: vg.Length(top * pixel)},
	}, img
}
