package plots

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/figure"
)

// A panel is an figure.Panel with its place and everything decided about it.
type panel struct {
	figure.Panel
	zoom
	letter   string // empty in a figure of one panel
	showX    bool   // whether x has tick labels and a title
	hued     bool
	row, col int

	x, y           scale // from and to set by layout, like all below
	xticks, yticks []figure.Tick
	titles         []string // lines of the title
	xtitles        []string // the same of x
	ytitle         []string // the same of y

	key       []keyEntry
	keyPlaces []vg.Point // upper left corner of each entry
	side      keySide
	limits    map[mark]limitPlace

	tile      [2]vg.Length // left and right end of what the panel may take
	head      vg.Point     // baseline of letter and title, at the left end
	edge      vg.Length    // left end of the y title
	partsRoom vg.Length    // what the names of Parts take right of the data
	data      vg.Rectangle // the area between the axes
	keyAt     vg.Point     // upper left corner of the legend
	ink       ink
}

// canvas is the data rectangle as a canvas, for clipping.
func (p *panel) canvas(pen *pen) *draw.Canvas {
	return &draw.Canvas{Canvas: pen.Canvas, Rectangle: p.data}
}

// draw draws the panel: bands at the back, then plateaus, so that the spikes of
// their row stay on top, the other series in order, rules, and the axes.
func (p *panel) draw(pen *pen) {
	p.ink = newInk(p.data)
	p.drawBands(pen)
	p.limits = p.placeLimits()
	for i, s := range p.Series {
		if s.Mark == figure.Spans {
			p.drawSeries(pen, i, s)
		}
	}
	for i, s := range p.Series {
		if s.Mark != figure.Spans {
			p.drawSeries(pen, i, s)
		}
	}
	if p.side == keyInside {
		p.ink.rect(pen.keyBox(p))
	}
	p.drawRules(pen)
	p.drawAxes(pen)
	p.drawScaleBar(pen)
	p.drawKey(pen)
	p.drawBar(pen)
	p.drawParts(pen)
	p.drawColours(pen)
	if p.letter != "" {
		pen.text(p.letter, p.head, style{font: bold, size: letterSize})
	}
	for i, line := range p.titles {
		pen.text(line, vg.Point{X: p.titleX(), Y: p.head.Y - p.lines(i)}, style{})
	}
}

// look returns how a series is drawn in this panel.
func (p *panel) look(s figure.Series) look {
	l := lookOf(s, p.hued)
	if s.Role == figure.Scale && p.Scale != nil {
		l.colour = classes[classColour(s.Index, p.Scale.Count)]
	}
	if c, ok := parseColour(s.Colour); ok {
		l.colour = c
	}
	return l
}

// titleX is where the panel's title starts: over the data, clear of the letter.
func (p *panel) titleX() vg.Length {
	if p.letter == "" {
		return p.data.Min.X
	}
	return max(p.data.Min.X, p.head.X+1.5*p.pt(letterSize))
}

func (p *panel) drawBands(pen *pen) {
	for _, b := range p.Bands {
		r := p.data
		if b.Axis == "x" {
			r.Min.X, r.Max.X = p.x.clamp(min(b.Lo, b.Hi)), p.x.clamp(max(b.Lo, b.Hi))
		} else {
			r.Min.Y, r.Max.Y = p.y.clamp(min(b.Lo, b.Hi)), p.y.clamp(max(b.Lo, b.Hi))
		}
		if r.Max.X > r.Min.X && r.Max.Y > r.Min.Y {
			fill(pen, r.Path(), bandColour(b.Role))
		}
	}
}

// drawAxes draws the left and bottom spines, ticks outward, and all labels.
func (p *panel) drawAxes(pen *pen) {
	sty := draw.LineStyle{Color: black, Width: axisWidth}
	d := p.data
	// The spines are one line, so that their corner is whole.
	spines := []vg.Point{{X: d.Min.X, Y: d.Max.Y}, d.Min, {X: d.Max.X, Y: d.Min.Y}}
	if p.Y.Hidden {
		spines = spines[1:]
	}
	if p.X.Hidden {
		spines = spines[:len(spines)-1]
	}
	if len(spines) > 1 {
		pen.StrokeLines(sty, spines)
	}
	for _, t := range p.xticks {
		x, _ := p.x.at(t.At)
		pen.StrokeLine2(sty, x, d.Min.Y-tickLengthOf(t), x, d.Min.Y)
		if p.showX {
			pen.text(t.Label, vg.Point{X: x, Y: d.Min.Y - tickLength - p.pt(tickGap)}, style{x: 0.5, y: 1})
		}
	}
	for _, t := range p.yticks {
		y, _ := p.y.at(t.At)
		pen.StrokeLine2(sty, d.Min.X-tickLengthOf(t), y, d.Min.X, y)
		pen.text(t.Label, vg.Point{X: d.Min.X - tickLength - p.pt(tickGap), Y: y}, style{x: 1, y: 0.5})
	}
	for i, line := range p.xtitles {
		half := pen.width(line, style{}) / 2
		x := max(min((d.Min.X+d.Max.X)/2, p.tile[1]-half), p.tile[0]+half)
		pen.text(line, vg.Point{X: x, Y: d.Min.Y - p.xTickDepth() - p.pt(labelGap) - p.lines(i)}, style{x: 0.5, y: 1})
	}
	for i, line := range p.ytitle {
		y := (d.Min.Y + d.Max.Y) / 2
		if p.letter != "" { // which stands above the title
			y = min(y, p.head.Y-p.pt(2)-pen.width(line, style{})/2)
		}
		x := p.edge + vg.Length(i)*lineHeight*p.pt(textSize)
		pen.text(line, vg.Point{X: x + capHeight*p.pt(textSize), Y: y}, style{x: 0.5, vertical: true})
	}
}

func tickLengthOf(t figure.Tick) vg.Length {
	if t.Label == "" {
		return 0.6 * tickLength
	}
	return tickLength
}

// xTickDepth is how far ticks and their labels reach below the data.
func (p *panel) xTickDepth() vg.Length {
	depth := tickLength
	for _, t := range p.xticks {
		if t.Label != "" && p.showX {
			return depth + p.pt(tickGap) + capHeight*p.pt(textSize)
		}
	}
	return depth
}
