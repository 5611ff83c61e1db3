package plots

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/analysis"
)

// shapes are the markers by Index, as corners on the unit circle's scale; nil
// is the circle itself. Areas are about equal, so that none stands out.
var shapes = [][]vg.Point{
	nil,
	{{X: -0.89, Y: -0.89}, {X: 0.89, Y: -0.89}, {X: 0.89, Y: 0.89}, {X: -0.89, Y: 0.89}},
	{{X: -1.17, Y: -0.72}, {X: 1.17, Y: -0.72}, {X: 0, Y: 1.31}},
	{{X: 0, Y: -1.25}, {X: 1.25, Y: 0}, {X: 0, Y: 1.25}, {X: -1.25, Y: 0}},
	{{X: -1.17, Y: 0.72}, {X: 0, Y: -1.31}, {X: 1.17, Y: 0.72}},
}

// isLimit reports whether point i of a series is an upper limit on a log axis:
// nothing was observed (Y at or below 0), and its interval says how much there
// may be (Hi above 0).
func isLimit(s analysis.Series, i int) bool {
	return s.Hi != nil && s.Y[i] <= 0 && s.Hi[i] > 0
}

// drawPoints draws intervals first, then markers over them. On a log axis a
// point at 0 has no place, but "none of N observed" is a result: its interval
// is drawn as a bar at Hi with an open arrow pointing down.
func (p *panel) drawPoints(pen *pen, s analysis.Series, l look) {
	bar := draw.LineStyle{Color: l.colour, Width: barWidth}
	for i := range s.X {
		if !p.x.holds(s.X[i]) {
			continue
		}
		x, _ := p.x.at(s.X[i])
		if p.y.log && isLimit(s, i) {
			p.drawLimit(pen, x, s.Hi[i], l)
			continue
		}
		_, hasY := p.y.at(s.Y[i])
		if !hasY || s.Lo == nil || !(s.Lo[i] <= s.Hi[i]) {
			continue
		}
		lo, hi := p.y.clamp(s.Lo[i]), p.y.clamp(s.Hi[i])
		if hi > lo {
			pen.StrokeLine2(bar, x, lo, x, hi)
			p.ink.rect(vg.Rectangle{Min: vg.Point{X: x - barWidth, Y: lo}, Max: vg.Point{X: x + barWidth, Y: hi}})
		}
	}
	for i := range s.X {
		if !p.x.holds(s.X[i]) || !p.y.holds(s.Y[i]) {
			continue
		}
		x, _ := p.x.at(s.X[i])
		y, _ := p.y.at(s.Y[i])
		p.ink.rect(around(vg.Point{X: x, Y: y}, l.radius))
		drawMarker(pen, vg.Point{X: x, Y: y}, l)
	}
}

// drawLimit draws the mark of an upper limit. Where its end lies above the
// axis it hangs from the top, where below it cannot be shown.
func (p *panel) drawLimit(pen *pen, x vg.Length, hi float64, l look) {
	top, ok := p.y.at(hi)
	if !ok || top <= p.y.from {
		return
	}
	const cap, head = 1.7, 1.4
	top = min(top, p.y.to)
	tip := max(top-limitLength, p.y.from)
	sty := draw.LineStyle{Color: l.colour, Width: barWidth}
	pen.StrokeLine2(sty, x-cap, top, x+cap, top)
	pen.StrokeLine2(sty, x, top, x, min(top, tip+1.6*head))
	arrow := []vg.Point{{X: x - head, Y: tip + 1.8*head}, {X: x, Y: tip}, {X: x + head, Y: tip + 1.8*head}}
	pen.FillPolygon(white, arrow)
	pen.StrokeLines(sty, append(arrow, arrow[0], arrow[1]))
	p.ink.rect(vg.Rectangle{Min: vg.Point{X: x - cap, Y: tip}, Max: vg.Point{X: x + cap, Y: top}})
}

// drawMarker draws one marker at pt.
func drawMarker(pen *pen, pt vg.Point, l look) {
	path := markerPath(pt, l.shape, l.radius)
	if !l.hollow {
		fill(pen, path, l.colour)
		return
	}
	fill(pen, path, white)
	pen.SetLineStyle(draw.LineStyle{Color: l.colour, Width: barWidth})
	pen.Stroke(path)
}

func markerPath(pt vg.Point, shape int, radius vg.Length) vg.Path {
	var path vg.Path
	if shapes[shape] == nil {
		addCircle(&path, pt, radius)
		return path
	}
	for i, q := range shapes[shape] {
		v := pt.Add(q.Scale(radius))
		if i == 0 {
			path.Move(v)
		} else {
			path.Line(v)
		}
	}
	path.Close()
	return path
}

// addCircle appends a circle of four Bézier curves. The canvases' own arcs
// differ in how they join a path.
func addCircle(path *vg.Path, c vg.Point, r vg.Length) {
	k := 0.5522847498 * r // control length that comes closest to a circle
	at := func(dx, dy vg.Length) vg.Point { return vg.Point{X: c.X + dx, Y: c.Y + dy} }
	path.Move(at(r, 0))
	path.CubeTo(at(r, k), at(k, r), at(0, r))
	path.CubeTo(at(-k, r), at(-r, k), at(-r, 0))
	path.CubeTo(at(-r, -k), at(-k, -r), at(0, -r))
	path.CubeTo(at(k, -r), at(r, -k), at(r, 0))
	path.Close()
}

func around(c vg.Point, r vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: c.X - r, Y: c.Y - r}, Max: vg.Point{X: c.X + r, Y: c.Y + r}}
}
