package plots

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/figure"
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
func isLimit(s figure.Series, i int) bool {
	return s.Hi != nil && s.Y[i] <= 0 && s.Hi[i] > 0
}

// drawPoints draws intervals first, then markers over them. On a log axis a
// point at 0 has no place, but "none of N observed" is a result: its interval
// is drawn as a bar at Hi with an open arrow pointing down.
func (p *panel) drawPoints(pen *pen, index int, s figure.Series, l look) {
	bar := draw.LineStyle{Color: l.colour, Width: barWidth}
	for i := range s.X {
		if !p.x.holds(s.X[i]) {
			continue
		}
		x, _ := p.x.at(s.X[i])
		if p.y.log && isLimit(s, i) {
			p.drawLimit(pen, p.limits[mark{index, i}], l)
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

// A mark is a point of a series of a panel.
type mark struct{ series, point int }

// A limitPlace is where the mark of an upper limit is drawn: its top, and how far it
// reaches to either side.
type limitPlace struct {
	x, top, half vg.Length
	hidden       bool // it lies below the axis
}

// limitHalf is how far the mark of an upper limit reaches to either side where it has
// room.
const limitHalf = 1.7

// box is what the mark covers.
func (l limitPlace) box(bottom vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: l.x - l.half, Y: max(l.top-limitLength, bottom)}, Max: vg.Point{X: l.x + l.half, Y: l.top}}
}

// placeLimits gives every upper limit its place. Series of as many trials have the
// same limits at the same x, and would hide one another: they stand side by side,
// narrower where their neighbours leave no room.
func (p *panel) placeLimits() map[mark]limitPlace {
	out := map[mark]limitPlace{}
	if !p.y.log {
		return out
	}
	var order []mark
	for k, s := range p.Series {
		if !marked(s.Mark) {
			continue
		}
		for i := range s.X {
			x, ok := p.x.at(s.X[i])
			if !ok || !p.x.holds(s.X[i]) || !isLimit(s, i) {
				continue
			}
			top, ok := p.y.at(s.Hi[i])
			m := mark{k, i}
			out[m] = limitPlace{x: x, top: min(top, p.y.to), half: limitHalf, hidden: !ok || top <= p.y.from}
			if !out[m].hidden {
				order = append(order, m)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b mark) int { return cmp.Compare(out[a].x, out[b].x) })
	var groups [][]mark // of limits at one x, from left to right
	for _, m := range order {
		if n := len(groups); n > 0 && out[m].x-out[groups[n-1][0]].x < 0.3 {
			groups[n-1] = append(groups[n-1], m)
		} else {
			groups = append(groups, []mark{m})
		}
	}
	middle := make([]vg.Length, len(groups))
	for g, group := range groups {
		middle[g] = out[group[0]].x
	}
	for g, group := range groups {
		room := vg.Length(math.Inf(1)) // to the middle of the next group
		if g > 0 {
			room = middle[g] - middle[g-1]
		}
		if g+1 < len(groups) {
			room = min(room, middle[g+1]-middle[g])
		}
		step := min(2*limitHalf+0.6, room/vg.Length(len(group)))
		for i, m := range group {
			l := out[m]
			l.half = min(limitHalf, 0.42*step)
			l.x += step * (vg.Length(i) - vg.Length(len(group)-1)/2)
			out[m] = l
		}
	}
	return out
}

// drawLimit draws the mark of an upper limit. Where its end lies above the
// axis it hangs from the top, where below it cannot be shown.
func (p *panel) drawLimit(pen *pen, at limitPlace, l look) {
	if at.hidden {
		return
	}
	head := 0.82 * at.half
	tip := at.box(p.y.from).Min.Y
	sty := draw.LineStyle{Color: l.colour, Width: barWidth}
	pen.StrokeLine2(sty, at.x-at.half, at.top, at.x+at.half, at.top)
	pen.StrokeLine2(sty, at.x, at.top, at.x, min(at.top, tip+1.6*head))
	arrow := []vg.Point{{X: at.x - head, Y: tip + 1.8*head}, {X: at.x, Y: tip}, {X: at.x + head, Y: tip + 1.8*head}}
	pen.FillPolygon(white, arrow)
	pen.StrokeLines(sty, append(arrow, arrow[0], arrow[1]))
	p.ink.rect(at.box(p.y.from))
}

const (
	pointerLength vg.Length = 10
	pointerWidth  vg.Length = 4 // of its blunt end
)

func (p *panel) drawPointers(pen *pen, s figure.Series, l look) {
	for i := range s.X {
		if !p.x.holds(s.X[i]) || !p.y.holds(s.Y[i]) {
			continue
		}
		x, _ := p.x.at(s.X[i])
		y, _ := p.y.at(s.Y[i])
		tip := vg.Point{X: x, Y: y}
		p.ink.line([]vg.Point{tip, tip.Add(vg.Point{X: pointerLength, Y: pointerLength}.Scale(0.7))})
		drawPointer(pen, tip, l.colour)
	}
}

// drawPointer draws a triangle that comes from the upper right, with a white edge, so that it
// stands out from any colour.
func drawPointer(pen *pen, tip vg.Point, colour color.Color) {
	const cos = 0.70710678 // of 45°
	along := vg.Point{X: cos * pointerLength, Y: cos * pointerLength}
	across := vg.Point{X: -cos * pointerWidth / 2, Y: cos * pointerWidth / 2}
	var path vg.Path
	path.Move(tip)
	path.Line(tip.Add(along).Add(across))
	path.Line(tip.Add(along).Sub(across))
	path.Close()
	pen.SetLineStyle(draw.LineStyle{Color: white, Width: 2 * barWidth})
	pen.Stroke(path)
	fill(pen, path, colour)
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
