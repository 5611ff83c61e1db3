package plots

import (
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/figure"
)

const (
	keyLine   = textSize * 1.45 // from one entry to the next
	keySample = 12              // width of the sample beside a name
	keyGap    = 3               // sample to name
	keySpace  = 9               // between entries on one line
	keyOffset = 7               // legend to data
)

// A keySide is where the legend of a panel stands: on the data only where a user says so.
type keySide int

const (
	keyAbove  keySide = iota // over the data, beside the letter
	keyOver                  // over the whole row, whose only legend it is
	keyRight                 // right of the data
	keyInside                // on the data, in a corner, where a user says so
	keyLeft                  // left of the y axis, where the labels of another panel leave room
)

// A keyEntry is one name in the legend, with all that has it: a theory line
// and the markers that test it are one entry.
type keyEntry struct {
	name   string
	lines  []string // the name, folded to the room there is
	bands  []figure.Band
	series []figure.Series
}

// keyOf lists the named series of a panel and then its bands, each name once.
// What has no point that the axes can hold is not drawn and has no entry.
func keyOf(p figure.Panel) []keyEntry {
	if !p.Legend || p.LegendAt == figure.NoPlace {
		return nil
	}
	var key []keyEntry
	entry := func(name string) *keyEntry {
		for i := range key {
			if key[i].name == name {
				return &key[i]
			}
		}
		key = append(key, keyEntry{name: name, lines: []string{name}})
		return &key[len(key)-1]
	}
	for _, s := range p.Series {
		if s.Name != "" && s.Mark != figure.Image && shows(p, s) {
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

// shows reports whether a series has a point that is drawn.
func shows(p figure.Panel, s figure.Series) bool {
	finite := func(v float64, log bool) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) && (!log || v > 0) }
	for i := range s.X {
		switch {
		case !finite(s.X[i], p.X.Log):
		case s.Mark == figure.Ribbon:
			if finite(s.Hi[i], p.Y.Log) && !math.IsNaN(s.Lo[i]) {
				return true
			}
		case finite(s.Y[i], p.Y.Log), p.Y.Log && isLimit(s, i):
			return true
		}
	}
	return false
}

// fold breaks names that are wider than the room into lines.
func (pen *pen) fold(key []keyEntry, width vg.Length) {
	for i := range key {
		key[i].lines = pen.foldText(key[i].name, width-pen.pt(keySample)-pen.pt(keyGap), style{})
	}
}

// folded breaks s into lines only where it is wider than the room.
func (pen *pen) folded(s string, room vg.Length, st style) []string {
	if pen.width(s, st) <= room {
		return []string{s}
	}
	return pen.foldText(s, room, st)
}

// foldText breaks s at spaces into lines no wider than the room; a word that is
// wider alone stands alone.
func (pen *pen) foldText(s string, room vg.Length, st style) []string {
	var lines []string
	for _, word := range strings.Fields(s) {
		if n := len(lines); n > 0 && pen.width(lines[n-1]+" "+word, st) <= room {
			lines[n-1] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

func (pen *pen) entryWidth(e keyEntry) (w vg.Length) {
	for _, line := range e.lines {
		w = max(w, pen.width(line, style{}))
	}
	return pen.pt(keySample) + pen.pt(keyGap) + w
}

func (pen *pen) entryHeight(e keyEntry) vg.Length {
	return pen.pt(keyLine) + vg.Length(len(e.lines)-1)*lineHeight*pen.pt(textSize)
}

// keyWidth is the width of a legend with one entry on each line.
func (pen *pen) keyWidth(key []keyEntry) (w vg.Length) {
	for _, e := range key {
		w = max(w, pen.entryWidth(e))
	}
	return w
}

// keyHeight is the height of a legend with one entry below the other.
func (pen *pen) keyHeight(key []keyEntry) (h vg.Length) {
	for _, e := range key {
		h += pen.entryHeight(e)
	}
	return h
}

// flow folds the entries to the given width and places them side by side on lines
// of at most that width. It returns the offset of each from the upper left corner,
// and the height.
func (pen *pen) flow(key []keyEntry, width vg.Length) (at []vg.Point, height vg.Length) {
	pen.fold(key, width)
	var x, y, row vg.Length
	for _, e := range key {
		w := pen.entryWidth(e)
		if x > 0 && x+w > width {
			x, y, row = 0, y-row, 0
		}
		at = append(at, vg.Point{X: x, Y: y})
		x, row = x+w+pen.pt(keySpace), max(row, pen.entryHeight(e))
	}
	if len(key) == 0 {
		return nil, 0
	}
	return at, row - y
}

// corner returns the place of a legend that is in a corner of the data.
func (l *layout) corner(p *panel) vg.Point {
	l.pen.fold(p.key, p.data.Size().X-l.pen.pt(2*keyGap))
	pad := l.pen.pt(keyGap)
	at := vg.Point{X: p.data.Min.X + pad, Y: p.data.Max.Y - pad}
	if p.LegendAt == figure.TopRight || p.LegendAt == figure.BottomRight {
		at.X = p.data.Max.X - pad - l.pen.keyWidth(p.key)
	}
	if p.LegendAt == figure.BottomLeft || p.LegendAt == figure.BottomRight {
		at.Y = p.data.Min.Y + pad + l.pen.keyHeight(p.key)
	}
	return at
}

// keyBox is what a legend covers that has its entries one below the other.
func (pen *pen) keyBox(p *panel) vg.Rectangle {
	return vg.Rectangle{
		Min: vg.Point{X: p.keyAt.X, Y: p.keyAt.Y - pen.keyHeight(p.key)},
		Max: vg.Point{X: p.keyAt.X + pen.keyWidth(p.key), Y: p.keyAt.Y},
	}
}

// placeKey gives every entry its place.
func (l *layout) placeKey(p *panel) {
	switch p.side {
	case keyRight, keyLeft, keyInside:
		y := vg.Length(0)
		for _, e := range p.key {
			p.keyPlaces = append(p.keyPlaces, vg.Point{X: p.keyAt.X, Y: p.keyAt.Y + y})
			y -= l.pen.entryHeight(e)
		}
	default:
		at, _ := l.pen.flow(p.key, l.keyRoom(p))
		for _, q := range at {
			p.keyPlaces = append(p.keyPlaces, p.keyAt.Add(q))
		}
	}
}

// drawKey draws the legend in the strip that layout reserved for it.
func (p *panel) drawKey(pen *pen) {
	for i, e := range p.key {
		at := p.keyPlaces[i]
		at.Y -= p.pt(keyLine) / 2
		p.drawSample(pen, at, e)
		for k, line := range e.lines {
			pen.text(line, vg.Point{X: at.X + p.pt(keySample) + p.pt(keyGap), Y: at.Y - vg.Length(k)*lineHeight*p.pt(textSize)}, style{y: 0.5})
		}
	}
}

// sampleLooks returns one series and its look for each mark of an entry. Where
// series of one mark look different, as the dashes of several colours do, the look
// is neutral: it stands for all of them.
func (p *panel) sampleLooks(e keyEntry) (series []figure.Series, looks []look) {
	for _, s := range e.series {
		l, known := p.look(s), false
		for i, other := range series {
			if other.Mark != s.Mark {
				continue
			}
			known = true
			if o := looks[i]; o.colour != l.colour || o.shape != l.shape && marked(s.Mark) {
				looks[i].colour, looks[i].shape = darkGrey, 0
			}
			if hasInterval(s) {
				series[i] = s
			}
		}
		if !known {
			series, looks = append(series, s), append(looks, l)
		}
	}
	return series, looks
}

func marked(m figure.Mark) bool { return m == figure.Points || m == figure.Rings }

// hasInterval reports whether any point of a series has an interval.
func hasInterval(s figure.Series) bool {
	for i := range s.Lo {
		if s.Lo[i] < s.Hi[i] {
			return true
		}
	}
	return false
}

// drawSample draws how the series of an entry look, at the size they have in
// the panel. left is the middle of the sample's left side.
func (p *panel) drawSample(pen *pen, left vg.Point, e keyEntry) {
	box := func(h vg.Length) vg.Path {
		return vg.Rectangle{
			Min: vg.Point{X: left.X, Y: left.Y - h/2}, Max: vg.Point{X: left.X + p.pt(keySample), Y: left.Y + h/2},
		}.Path()
	}
	mid := vg.Point{X: left.X + p.pt(keySample)/2, Y: left.Y}
	for _, b := range e.bands {
		fill(pen, box(p.pt(textSize)*0.75), bandColour(b.Role))
	}
	series, looks := p.sampleLooks(e)
	for i, s := range series {
		l := looks[i]
		switch s.Mark {
		case figure.Line, figure.Dashed, figure.Steps:
			pen.StrokeLine2(draw.LineStyle{Color: l.colour, Width: lineWidth, Dashes: l.dashes},
				left.X, left.Y, left.X+p.pt(keySample), left.Y)
		case figure.Points, figure.Rings:
			if hasInterval(s) {
				pen.StrokeLine2(draw.LineStyle{Color: l.colour, Width: barWidth}, mid.X, mid.Y-3, mid.X, mid.Y+3)
			}
			drawMarker(pen, mid, l)
		case figure.Bars:
			fill(pen, box(p.pt(textSize)*0.75), l.colour)
		case figure.Ribbon:
			fill(pen, box(p.pt(textSize)*0.75), mix(white, l.colour, ribbonTint))
		case figure.Spans:
			fill(pen, box(2), spanColour(l))
		case figure.Pointers:
			drawPointer(pen, vg.Point{X: mid.X - 0.35*pointerLength, Y: mid.Y - 0.35*pointerLength}, l.colour)
		case figure.Strokes:
			pen.StrokeLine2(draw.LineStyle{Color: strokeColour(s, l), Width: 2}, left.X, left.Y, left.X+p.pt(keySample), left.Y)
		case figure.Raster:
			for _, dx := range []vg.Length{-3, 0, 3} {
				pen.StrokeLine2(draw.LineStyle{Color: l.colour, Width: 0.8}, mid.X+dx, mid.Y-2.2, mid.X+dx, mid.Y+2.2)
			}
		}
	}
}
