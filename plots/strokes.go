package plots

import (
	"image/color"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/figure"
)

const (
	strokeWidth vg.Length = 1.1 // of strokes without a width
	leastStroke vg.Length = 0.5 // a thinner one has no colour that can be seen
)

// drawStrokes draws straight pieces, each in the colour of its value. Pieces that go on where
// the one before ends, in the same colour and width, are one line; ends are round, so that
// no gap shows where a line bends into the next.
func (p *panel) drawStrokes(pen *pen, s figure.Series, l look) {
	point := func(x, y float64) (vg.Point, bool) {
		a, okX := p.x.at(x)
		b, okY := p.y.at(y)
		return vg.Point{X: a, Y: b}, okX && okY
	}
	var line []vg.Point
	var width vg.Length
	var colour color.RGBA
	flush := func() {
		if len(line) > 1 {
			p.ink.line(line)
			strokeLong(&pen.Canvas, draw.LineStyle{Color: colour, Width: width}, line)
			for _, end := range []vg.Point{line[0], line[len(line)-1]} {
				var path vg.Path
				addCircle(&path, end, width/2)
				fill(pen, path, colour)
				p.ink.rect(around(end, width/2))
			}
		}
		line = line[:0]
	}
	for i := range s.X {
		from, ok1 := point(s.X[i], s.Y[i])
		to, ok2 := point(s.X2[i], s.Y2[i])
		if !ok1 || !ok2 {
			flush()
			continue
		}
		w, c := strokeWidth, l.colour
		if s.Width != nil {
			w = max(leastStroke, vg.Length(vg.Length(s.Width[i]/(p.x.hi-p.x.lo))*(p.x.to-p.x.from)))
		}
		if s.Z != nil {
			c = p.valueColour(s.Z[i])
		}
		if n := len(line); n == 0 || line[n-1] != from || w != width || c != colour {
			flush()
			line, width, colour = append(line, from), w, c
		}
		line = append(line, to)
	}
	flush()
}

// valueColour returns the colour of a value; grey for none.
func (p *panel) valueColour(z float64) color.RGBA {
	if k, ok := shadeOf(p.Colours, z); ok {
		return shade(k)
	}
	return noValue
}

// strokeColour is the colour of strokes in the legend: that of none for those without values.
func strokeColour(s figure.Series, l look) color.RGBA {
	if s.Z != nil {
		return noValue
	}
	return l.colour
}

// barRoom is the strip below the data that a scale bar has to itself.
const barRoom = textSize * 1.7

// equalise widens the range of one axis so that a unit is as long along both, and keeps the
// strip of the scale bar free.
func (p *panel) equalise() {
	if p.ScaleBar > 0 {
		p.y.from += p.pt(barRoom)
	}
	x, y := float64(p.x.to-p.x.from)/(p.x.hi-p.x.lo), float64(p.y.to-p.y.from)/(p.y.hi-p.y.lo) // points per unit
	widen := func(s *scale, by float64) {
		mid, half := (s.lo+s.hi)/2, float64((s.hi-s.lo)/2*by)
		s.lo, s.hi = mid-half, mid+half
	}
	if x > y {
		widen(&p.x, x/y)
	} else {
		widen(&p.y, y/x)
	}
}

// drawScaleBar draws a bar of a stated length in the lower left corner, with the length below it.
func (p *panel) drawScaleBar(pen *pen) {
	if p.ScaleBar == 0 {
		return
	}
	label := strconv.FormatFloat(p.ScaleBar, 'g', 6, 64) + " " + unitText(p.X.Unit)
	length := vg.Length(vg.Length(p.ScaleBar/(p.x.hi-p.x.lo)) * (p.x.to - p.x.from))
	x, y := p.data.Min.X+max(length, pen.width(label, style{}))/2, p.data.Min.Y+p.pt(textSize)*1.3
	pen.StrokeLine2(draw.LineStyle{Color: black, Width: 1.2}, x-length/2, y, x+length/2, y)
	pen.text(label, vg.Point{X: x, Y: y - 2}, style{x: 0.5, y: 1})
}
