package plots

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/figure"
	"neurosim/internal/fpmath"
)

// drawSeries draws one series into its panel, which is clipped to the data
// rectangle.
func (p *panel) drawSeries(pen *pen, index int, s figure.Series) {
	l := p.look(s)
	switch s.Mark {
	case figure.Line, figure.Dashed:
		p.drawLine(pen, s.X, s.Y, l)
	case figure.Steps:
		x, y := corners(s.X, s.Y)
		p.drawLine(pen, x, y, l)
	case figure.Points, figure.Rings:
		p.drawPoints(pen, index, s, l)
	case figure.Bars:
		p.drawBars(pen, s, l)
	case figure.Ribbon:
		p.drawRibbon(pen, s, l)
	case figure.Raster:
		p.drawBlocks(pen, p.blocks(s), l.colour)
	case figure.Spans:
		p.drawBlocks(pen, p.blocks(s), spanColour(l))
	case figure.Pointers:
		p.drawPointers(pen, s, l)
	case figure.Image:
		p.drawImage(pen, s)
	case figure.Strokes:
		p.drawStrokes(pen, s, l)
	}
}

// corners turns a staircase into a line: each Y holds until the next X.
func corners(x, y []float64) (xs, ys []float64) {
	for i := range x {
		if i > 0 {
			xs, ys = append(xs, x[i]), append(ys, y[i-1])
		}
		xs, ys = append(xs, x[i]), append(ys, y[i])
	}
	return xs, ys
}

// drawLine draws the line through the points, broken where one has no place. On a
// log axis a value of 0 lies below every end: the line falls to the foot of the panel
// and does not stop in mid-air.
func (p *panel) drawLine(pen *pen, xs, ys []float64, l look) {
	sty := draw.LineStyle{Color: l.colour, Width: lineWidth, Dashes: l.dashes}
	var pts []vg.Point
	flush := func() {
		for _, line := range p.canvas(pen).ClipLinesXY(decimate(pts)) {
			p.ink.line(line)
			strokeLong(&pen.Canvas, sty, line)
		}
		pts = pts[:0]
	}
	for i := range xs {
		x, okX := p.x.at(xs[i])
		y, okY := p.y.at(ys[i])
		if okX && p.y.log && ys[i] <= 0 {
			if len(pts) > 0 {
				pts = append(pts, vg.Point{X: pts[len(pts)-1].X, Y: p.y.from})
			}
			flush()
			continue
		}
		if !okX || !okY {
			flush()
			continue
		}
		if i > 0 && p.y.log && ys[i-1] <= 0 {
			pts = append(pts, vg.Point{X: x, Y: p.y.from})
		}
		pts = append(pts, vg.Point{X: x, Y: y})
	}
	flush()
}

// decimate keeps of the points that fall into one pixel column the lowest and
// the highest, and the ends of the line: what is drawn stays the same.
func decimate(pts []vg.Point) []vg.Point {
	const column = 72.0 / dpi
	if len(pts) < 1000 {
		return pts
	}
	out := []vg.Point{pts[0]}
	for i := 0; i < len(pts); {
		col := math.Floor(float64(pts[i].X) / column)
		lo, hi, j := i, i, i+1
		for ; j < len(pts) && math.Floor(float64(pts[j].X)/column) == col; j++ {
			if pts[j].Y < pts[lo].Y {
				lo = j
			}
			if pts[j].Y > pts[hi].Y {
				hi = j
			}
		}
		out = append(out, pts[min(lo, hi)])
		if lo != hi {
			out = append(out, pts[max(lo, hi)])
		}
		i = j
	}
	return append(out, pts[len(pts)-1])
}

// strokeLong draws a polyline in pieces, because the cost of one stroke grows
// with the square of its length. Pieces share a segment, so that the corner
// between them is joined, and carry the dash pattern on.
func strokeLong(c *draw.Canvas, sty draw.LineStyle, pts []vg.Point) {
	const piece = 25
	var before vg.Length // from the start of the line to the start of the piece
	for i := 0; i < len(pts)-1; i += piece - 1 {
		end := min(i+piece+1, len(pts))
		if len(sty.Dashes) > 0 {
			sty.DashOffs = before
		}
		c.StrokeLines(sty, pts[i:end])
		for k := i; k < min(i+piece-1, len(pts)-1); k++ {
			d := pts[k+1].Sub(pts[k])
			before += vg.Length(fpmath.Hypot(float64(d.X), float64(d.Y)))
		}
	}
}

// drawBars fills a histogram. Bars share polygons, so that no white hairline
// shows between neighbours; each polygon repeats the last bar of the one
// before for the same reason.
func (p *panel) drawBars(pen *pen, s figure.Series, l look) {
	const piece = 100
	base := p.y.clamp(0)
	for start := 0; start < len(s.X); start += piece {
		var path vg.Path
		for i := max(start-1, 0); i < min(start+piece, len(s.X)); i++ {
			end := barEnd(s.X)
			if i+1 < len(s.X) {
				end = s.X[i+1]
			}
			if math.IsNaN(s.Y[i]) || math.IsNaN(s.X[i]) || math.IsNaN(end) {
				continue
			}
			r := vg.Rectangle{Min: vg.Point{X: p.x.clamp(s.X[i]), Y: base}, Max: vg.Point{X: p.x.clamp(end), Y: p.y.clamp(s.Y[i])}}
			if r.Max.X > r.Min.X && r.Max.Y != r.Min.Y {
				p.ink.rect(r)
				addRect(&path, r)
			}
		}
		fill(pen, path, l.colour)
	}
}

// drawRibbon fills the area between Lo and Hi, broken where either is missing.
func (p *panel) drawRibbon(pen *pen, s figure.Series, l look) {
	var low, high []vg.Point
	colour := mix(white, l.colour, ribbonTint)
	flush := func() {
		low, high = decimate(low), decimate(high)
		poly := append([]vg.Point(nil), low...)
		for i := len(high) - 1; i >= 0; i-- {
			poly = append(poly, high[i])
		}
		c := p.canvas(pen)
		if poly = c.ClipPolygonXY(poly); len(poly) > 2 {
			pen.FillPolygon(colour, poly)
		}
		low, high = nil, nil
	}
	for i := range s.X {
		x, ok := p.x.at(s.X[i])
		if !ok || math.IsNaN(s.Lo[i]) || math.IsNaN(s.Hi[i]) || p.y.log && s.Hi[i] <= 0 {
			flush()
			continue
		}
		low = append(low, vg.Point{X: x, Y: p.y.clamp(s.Lo[i])})
		high = append(high, vg.Point{X: x, Y: p.y.clamp(s.Hi[i])})
	}
	flush()
}

// fill paints a path, if there is one: an empty path spoils a PDF.
func fill(pen *pen, path vg.Path, colour color.Color) {
	if len(path) > 0 {
		pen.SetColor(colour)
		pen.Fill(path)
	}
}

// addRect appends a rectangle, always turning the same way, so that
// overlapping ones do not cancel.
func addRect(path *vg.Path, r vg.Rectangle) {
	x0, x1 := min(r.Min.X, r.Max.X), max(r.Min.X, r.Max.X)
	y0, y1 := min(r.Min.Y, r.Max.Y), max(r.Min.Y, r.Max.Y)
	path.Move(vg.Point{X: x0, Y: y0})
	path.Line(vg.Point{X: x1, Y: y0})
	path.Line(vg.Point{X: x1, Y: y1})
	path.Line(vg.Point{X: x0, Y: y1})
	path.Close()
}
