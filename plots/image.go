package plots

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/figure"
)

// shades is how many colours a quantity without steps is drawn in; with the clear one they
// fit the palette of an image.
const shades = 255

// shade returns colour k of the shades, between those of the classes.
func shade(k int) color.RGBA {
	at := float64(float64(k)*float64(len(classes)-1)) / (shades - 1)
	i := min(int(at), len(classes)-2)
	return mix(classes[i], classes[i+1], at-float64(i))
}

// shadeOf returns which shade a value has; false for one that is no number. What lies beyond
// the ends has their colour.
func shadeOf(c *figure.Colours, z float64) (k int, ok bool) {
	if math.IsNaN(z) {
		return 0, false
	}
	share := min(max((z-c.Low)/(c.High-c.Low), 0), 1)
	return int(math.Round(share * (shades - 1))), true
}

// shadePalette is a clear colour and then all shades.
func shadePalette() color.Palette {
	p := color.Palette{color.NRGBA{255, 255, 255, 0}}
	for k := range shades {
		p = append(p, shade(k))
	}
	return p
}

// A tile is a rectangle of one shade.
type tile struct {
	vg.Rectangle
	shade int
}

// paint draws tiles as one image on the grid of a 600 dpi page, see rasterise. Tiles that
// share a border share it to the pixel.
func paint(pen *pen, bounds vg.Rectangle, tiles []tile) {
	const pixel = 72.0 / dpi
	left, bottom := math.Floor(float64(bounds.Min.X)/pixel), math.Floor(float64(bounds.Min.Y)/pixel)
	right, top := math.Ceil(float64(bounds.Max.X)/pixel), math.Ceil(float64(bounds.Max.Y)/pixel)
	img := image.NewPaletted(image.Rect(0, 0, int(right-left), int(top-bottom)), shadePalette())
	for _, t := range tiles {
		x0, x1 := int(math.Round(float64(t.Min.X)/pixel-left)), int(math.Round(float64(t.Max.X)/pixel-left))
		y0, y1 := int(math.Round(top-float64(t.Max.Y)/pixel)), int(math.Round(top-float64(t.Min.Y)/pixel))
		for y := max(y0, 0); y < min(max(y1, y0+1), img.Rect.Dy()); y++ {
			line := img.Pix[y*img.Stride : y*img.Stride+img.Rect.Dx()]
			for x := max(x0, 0); x < min(max(x1, x0+1), len(line)); x++ {
				line[x] = uint8(1 + t.shade)
			}
		}
	}
	pen.DrawImage(vg.Rectangle{
		Min: vg.Point{X: vg.Length(left * pixel), Y: vg.Length(bottom * pixel)},
		Max: vg.Point{X: vg.Length(right * pixel), Y: vg.Length(top * pixel)},
	}, img)
}

// drawImage draws rectangles in the colours of their values, as one image: a page of
// rectangles would be slow to open and show hairlines between them. Where there is no value
// the page stays white.
func (p *panel) drawImage(pen *pen, s figure.Series) {
	var tiles []tile
	for i := range s.X {
		k, ok := shadeOf(p.Colours, s.Z[i])
		if !ok || math.IsNaN(s.X[i]) || math.IsNaN(s.X2[i]) || math.IsNaN(s.Lo[i]) || math.IsNaN(s.Hi[i]) {
			continue
		}
		r := vg.Rectangle{
			Min: vg.Point{X: p.x.clamp(s.X[i]), Y: p.y.clamp(s.Lo[i])},
			Max: vg.Point{X: p.x.clamp(s.X2[i]), Y: p.y.clamp(s.Hi[i])},
		}
		if r.Max.X > r.Min.X && r.Max.Y > r.Min.Y {
			p.ink.rect(r)
			tiles = append(tiles, tile{r, k})
		}
	}
	if len(tiles) > 0 {
		paint(pen, p.data, tiles)
	}
}

// coloursWidth is what the colour bar of a quantity without steps takes right of the data.
func (l *layout) coloursWidth(p *panel) vg.Length {
	if p.Colours == nil || p.Colours.NoBar {
		return 0
	}
	var labels vg.Length
	for _, t := range l.pen.colourTicks(p.Colours, l.height[p.row]) {
		labels = max(labels, l.pen.width(t.Label, style{}))
	}
	return l.pen.pt(keyOffset) + barStrip + tickLength + l.pen.pt(tickGap) + labels + l.pen.pt(labelGap) + l.pen.pt(textSize)
}

// colourTicks returns the ticks of a colour bar of a height.
func (pen *pen) colourTicks(c *figure.Colours, height vg.Length) []figure.Tick {
	return ticksFor(figure.Axis{}, scale{lo: c.Low, hi: c.High, to: height}, func(string) vg.Length { return pen.pt(textSize + tickSpace) })
}

// drawColours draws the colours of a quantity as a bar as high as the data, with ticks.
func (p *panel) drawColours(pen *pen) {
	c := p.Colours
	if c == nil || c.NoBar {
		return
	}
	bar := vg.Rectangle{Min: vg.Point{X: p.data.Max.X + p.partsRoom + p.pt(keyOffset), Y: p.data.Min.Y}}
	bar.Max = vg.Point{X: bar.Min.X + barStrip, Y: p.data.Max.Y}
	tiles := make([]tile, shades)
	step := bar.Size().Y / shades
	for k := range tiles {
		tiles[k] = tile{vg.Rectangle{Min: vg.Point{X: bar.Min.X, Y: bar.Min.Y + vg.Length(step*vg.Length(k))}, Max: vg.Point{X: bar.Max.X, Y: bar.Min.Y + vg.Length(step*vg.Length(k+1))}}, k}
	}
	paint(pen, bar, tiles)
	sty := draw.LineStyle{Color: black, Width: axisWidth}
	s := scale{lo: c.Low, hi: c.High, from: bar.Min.Y, to: bar.Max.Y}
	var labels vg.Length
	for _, t := range pen.colourTicks(c, bar.Size().Y) {
		y, _ := s.at(t.At)
		labels = max(labels, pen.width(t.Label, style{}))
		pen.StrokeLine2(sty, bar.Max.X, y, bar.Max.X+tickLength, y)
		pen.text(t.Label, vg.Point{X: bar.Max.X + tickLength + p.pt(tickGap), Y: y}, style{y: 0.5})
	}
	mid := vg.Point{X: bar.Max.X + tickLength + p.pt(tickGap) + labels + p.pt(labelGap) + capHeight*p.pt(textSize), Y: (bar.Min.Y + bar.Max.Y) / 2}
	pen.text(axisTitle(c.Label, c.Unit), mid, style{x: 0.5, vertical: true})
}

// partsWidth is what the names of the parts of y take right of the data.
func (l *layout) partsWidth(p *panel) vg.Length {
	p.partsRoom = 0
	for _, q := range p.Parts {
		p.partsRoom = max(p.partsRoom, l.pen.pt(partsGap)+tickLength+l.pen.pt(tickGap)+l.pen.width(q.Label, style{size: partsSize}))
	}
	return p.partsRoom
}

const (
	partsGap  = 2.5              // data to the line of a part
	partsSize = textSize * 6 / 7 // of their names
)

// drawParts draws each part of y as a line beside the data with its name, where the line is
// as long as the name is high.
func (p *panel) drawParts(pen *pen) {
	sty := draw.LineStyle{Color: darkGrey, Width: barWidth}
	x := p.data.Max.X + p.pt(partsGap)
	for _, q := range p.Parts {
		lo, hi := p.y.clamp(q.Lo), p.y.clamp(q.Hi)
		if hi-lo > 1.5 {
			pen.StrokeLine2(sty, x, lo+0.5, x, hi-0.5)
		}
		if hi-lo >= p.pt(partsSize)*0.95 {
			pen.text(q.Label, vg.Point{X: x + tickLength + p.pt(tickGap) - 1, Y: (lo + hi) / 2}, style{size: partsSize, y: 0.5})
		}
	}
}
