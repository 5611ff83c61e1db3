package plots

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawRules draws the lines across the panel, then their labels, each where it
// hides least of the data and of the labels before it.
func (p *panel) drawRules(pen *pen) {
	sty := draw.LineStyle{Color: darkGrey, Width: ruleWidth, Dashes: []vg.Length{2.5, 1.5}}
	d := p.data
	for _, r := range p.Rules {
		if x, _ := p.x.at(r.At); r.Axis == "x" && p.x.holds(r.At) {
			pen.StrokeLine2(sty, x, d.Min.Y, x, d.Max.Y)
			p.ink.line([]vg.Point{{X: x, Y: d.Min.Y}, {X: x, Y: d.Max.Y}})
		}
		if y, _ := p.y.at(r.At); r.Axis == "y" && p.y.holds(r.At) {
			pen.StrokeLine2(sty, d.Min.X, y, d.Max.X, y)
			p.ink.line([]vg.Point{{X: d.Min.X, Y: y}, {X: d.Max.X, Y: y}})
		}
	}
	for _, r := range p.Rules {
		s := p.x
		if r.Axis == "y" {
			s = p.y
		}
		if r.Label == "" || !s.holds(r.At) {
			continue
		}
		at, _ := s.at(r.At)
		lines := pen.folded(r.Label, d.Size().X-4, style{})
		var w vg.Length
		for _, line := range lines {
			w = max(w, pen.width(line, style{}))
		}
		more := p.lines(len(lines) - 1)
		box := p.labelBox(at, r.Axis, w, capHeight*p.pt(textSize)+p.pt(labelDescent)+more)
		hides := p.ink.under(box) > 0
		for i, line := range lines {
			y := box.Min.Y + p.pt(labelDescent) + more - p.lines(i)
			pen.text(line, vg.Point{X: box.Min.X, Y: y}, style{halo: hides})
		}
		p.ink.rect(box)
	}
}

// labelDescent is what letters may reach below their baseline.
const labelDescent = 0.22 * textSize

// labelBox returns the place of a rule's label: the first that hides nothing,
// or else that which hides least, of both sides of the line at its ends and
// then between them.
func (p *panel) labelBox(at vg.Length, axis string, w, h vg.Length) vg.Rectangle {
	const gap = 1.2
	d := p.data
	var best vg.Rectangle
	least := math.MaxInt
	for _, along := range []vg.Length{1, 0, 0.75, 0.5, 0.25} {
		x, y := d.Min.X+2+along*(d.Size().X-2-w), d.Min.Y+2+along*(d.Size().Y-4-h)
		sides := []vg.Point{{X: x, Y: at + gap}, {X: x, Y: at - gap - h}}
		if axis == "x" {
			sides = []vg.Point{{X: at + gap + 1, Y: y}, {X: at - gap - 1 - w, Y: y}}
		}
		for _, c := range sides {
			box := vg.Rectangle{Min: c, Max: vg.Point{X: c.X + w, Y: c.Y + h}}
			cost := p.ink.under(box)
			if c.X < d.Min.X || box.Max.X > d.Max.X+1 || c.Y < d.Min.Y || box.Max.Y > d.Max.Y+1 {
				cost += 1000 // outside of the axes it meets other text
			}
			if cost < least {
				best, least = box, cost
			}
		}
	}
	// Where there is room on neither side it lies on the line.
	dx, dy := max(d.Min.X-best.Min.X, 0)+min(d.Max.X+1-best.Max.X, 0), max(d.Min.Y-best.Min.Y, 0)+min(d.Max.Y+1-best.Max.Y, 0)
	return vg.Rectangle{Min: best.Min.Add(vg.Point{X: dx, Y: dy}), Max: best.Max.Add(vg.Point{X: dx, Y: dy})}
}
