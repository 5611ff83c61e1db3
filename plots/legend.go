package plots

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/analysis"
)

const (
	keyLine   = textSize * 1.45 // from one entry to the next
	keySample = 12              // width of the sample beside a name
	keyGap    = 3               // sample to name
	keySpace  = 9               // between entries on one line
	keyOffset = 7               // legend to data
)

// A keyEntry is one name in the legend, with all that bears it: a theory line
// and the markers that test it are one entry.
type keyEntry struct {
	name   string
	bands  []analysis.Band
	series []analysis.Series
}

// keyOf lists the named series of a panel and then its bands, each name once.
func keyOf(p analysis.Panel) []keyEntry {
	if !p.Legend {
		return nil
	}
	var key []keyEntry
	entry := func(name string) *keyEntry {
		for i := range key {
			if key[i].name == name {
				return &key[i]
			}
		}
		key = append(key, keyEntry{name: name})
		return &key[len(key)-1]
	}
	for _, s := range p.Series {
		if s.Name != "" {
			e := entry(s.Name)
			e.series = append(e.series, s)
		}
	}
	for _, b := range p.Bands {
		if b.Name != "" {
			e := entry(b.Name)
			e.bands = append(e.bands, b)
		}
	}
	return key
}

func (pen *pen) entryWidth(e keyEntry) vg.Length {
	return keySample + keyGap + pen.width(e.name, style{})
}

// keyWidth is the width of a legend with one entry on each line.
func (pen *pen) keyWidth(key []keyEntry) (w vg.Length) {
	for _, e := range key {
		w = max(w, pen.entryWidth(e))
	}
	return w
}

// flow places the entries side by side on lines of at most the given width. It
// returns the offset of each from the upper left corner, and the height.
func (pen *pen) flow(key []keyEntry, width vg.Length) (at []vg.Point, height vg.Length) {
	var x, y vg.Length
	for _, e := range key {
		w := pen.entryWidth(e)
		if x > 0 && x+w > width {
			x, y = 0, y-keyLine
		}
		at = append(at, vg.Point{X: x, Y: y})
		x += w + keySpace
	}
	if len(key) == 0 {
		return nil, 0
	}
	return at, keyLine - y
}

// drawKey draws the legend in the strip that layout reserved for it.
func (p *panel) drawKey(pen *pen) {
	at, _ := pen.flow(p.key, p.data.Size().X)
	for i, e := range p.key {
		if p.keyRight {
			at[i] = vg.Point{Y: -vg.Length(i) * keyLine}
		}
		mid := p.keyAt.Add(at[i])
		mid.Y -= keyLine / 2
		p.drawSample(pen, mid, e)
		pen.text(e.name, vg.Point{X: mid.X + keySample + keyGap, Y: mid.Y}, style{y: 0.5})
	}
}

// drawSample draws how the series of an entry look, at the size they have in
// the panel. left is the middle of the sample's left side.
func (p *panel) drawSample(pen *pen, left vg.Point, e keyEntry) {
	box := func(h vg.Length) vg.Path {
		return vg.Rectangle{
			Min: vg.Point{X: left.X, Y: left.Y - h/2}, Max: vg.Point{X: left.X + keySample, Y: left.Y + h/2},
		}.Path()
	}
	mid := vg.Point{X: left.X + keySample/2, Y: left.Y}
	for _, b := range e.bands {
		fill(pen, box(textSize*0.75), bandColour(b.Role))
	}
	for _, s := range e.series {
		l := lookOf(s, p.hued)
		switch s.Mark {
		case analysis.Line, analysis.Dashed, analysis.Steps:
			pen.StrokeLine2(draw.LineStyle{Color: l.colour, Width: lineWidth, Dashes: l.dashes},
				left.X, left.Y, left.X+keySample, left.Y)
		case analysis.Points, analysis.Rings:
			if s.Lo != nil {
				pen.StrokeLine2(draw.LineStyle{Color: l.colour, Width: barWidth}, mid.X, mid.Y-3, mid.X, mid.Y+3)
			}
			drawMarker(pen, mid, l)
		case analysis.Bars:
			fill(pen, box(textSize*0.75), l.colour)
		case analysis.Ribbon:
			fill(pen, box(textSize*0.75), mix(white, l.colour, ribbonTint))
		case analysis.Spans:
			fill(pen, box(2), spanColour(l))
		case analysis.Raster:
			for _, dx := range []vg.Length{-3, 0, 3} {
				pen.StrokeLine2(draw.LineStyle{Color: l.colour, Width: 0.8}, mid.X+dx, mid.Y-2.2, mid.X+dx, mid.Y+2.2)
			}
		}
	}
}
