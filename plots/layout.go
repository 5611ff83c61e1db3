package plots

import (
	"fmt"

	"gonum.org/v1/plot/vg"

	"neurosim/figure"
)

// A layout gives every panel its place in a grid. Data areas of a column share
// their left and right ends exactly, those of a row their top and bottom, and
// all are equally wide, whatever their labels.
type layout struct {
	pen        *pen
	fig        figure.Figure
	panels     []*panel
	rows, cols int
	w, h       vg.Length // of the page without the note
	foot       vg.Length // height of the note

	left, right []vg.Length // per column, beside the data
	above       []vg.Length // per row, over the data
	strip       []vg.Length // per row, over all that: a legend of the whole row
	below       []vg.Length
	width       vg.Length   // of each data area
	height      []vg.Length // per row
}

// arrange prepares and places the panels of a checked figure.
func arrange(pen *pen, fig figure.Figure) ([]*panel, error) {
	pen.zoom = zoomOf(fig)
	l := &layout{pen: pen, fig: fig, cols: min(max(fig.Cols, 1), len(fig.Panels))}
	l.rows = (len(fig.Panels) + l.cols - 1) / l.cols
	l.w, l.h = pen.Size().X, pen.Size().Y-noteHeight(fig)
	l.foot = pen.Size().Y - l.h
	l.left, l.right = make([]vg.Length, l.cols), make([]vg.Length, l.cols)
	l.above, l.below, l.height = make([]vg.Length, l.rows), make([]vg.Length, l.rows), make([]vg.Length, l.rows)
	l.strip = make([]vg.Length, l.rows)
	for i, p := range fig.Panels {
		np := &panel{Panel: p, zoom: pen.zoom, hued: isHued(fig), key: keyOf(p), row: i / l.cols, col: i % l.cols}
		np.showX = !fig.ShareX || i+l.cols >= len(fig.Panels)
		if len(fig.Panels) > 1 && !fig.NoLetters {
			np.letter = figure.Letter(i)
		}
		l.panels = append(l.panels, np)
	}
	l.setScales()
	l.chooseKeySides()

	// Margins depend on tick labels, those on the size of the axes, and that
	// on the margins. Starting from a guess it settles at once; the last round
	// is for the rare tick that fits only then. Larger text is folded, and needs more rounds.
	rounds := 3
	if pen.zoom > 1 {
		rounds = 6
	}
	l.width = l.w / vg.Length(l.cols) * 0.7
	for row := range l.height {
		l.height[row] = l.h / vg.Length(l.rows) * 0.6
	}
	for range rounds {
		for _, p := range l.panels {
			p.x.from, p.x.to = 0, l.width
			p.y.from, p.y.to = 0, l.height[p.row]
		}
		l.setTicks()
		l.setTitles()
		l.setHeights()
		l.setWidths()
		l.moveKeys()
		var least vg.Length = 8 // below this ticks and labels run into each other
		if pen.zoom > 1 {
			least = 4 * pen.pt(textSize)
		}
		if l.width < least {
			return nil, fmt.Errorf("%g mm is too narrow: %w %.0f mm for the data", fig.Width, ErrNoRoom, max(l.width, 0)/mm)
		}
		for _, h := range l.height {
			if h < least {
				return nil, fmt.Errorf("%g mm is too low: %w %.0f mm for a panel", fig.Height, ErrNoRoom, max(h, 0)/mm)
			}
		}
	}
	l.place()
	for _, p := range l.panels {
		if box := l.pen.keyBox(p); p.side == keyInside && (box.Size().X > p.data.Size().X || box.Size().Y > p.data.Size().Y) {
			return nil, fmt.Errorf("panel %s has no room for its legend at %q: above or right of the data it has", figure.Letter(p.row*l.cols+p.col), p.LegendAt)
		}
	}
	for _, p := range l.panels {
		if p.Equal {
			p.equalise()
		}
	}
	l.setTicks()
	return l.panels, nil
}

// setScales chooses the ranges. Markers are kept off the ends of their axes;
// lines, rasters and bars fill theirs in x. With ShareX the panels of a column
// have the range given by one of them, or one that covers them all.
func (l *layout) setScales() {
	for col := range l.cols {
		shared := newExtent(l.fig.Panels[0].X.Log)
		var axis figure.Axis
		pad := 0.0
		for _, p := range l.column(col) {
			e := xExtent(p.Panel)
			shared.log = p.X.Log
			shared.add(e.lo, e.hi)
			if axis.Min == axis.Max {
				axis = p.X
			}
			pad = max(pad, xPad(p.Panel))
		}
		for _, p := range l.column(col) {
			if l.fig.ShareX {
				p.x = scaleFor(axis, shared, pad, false)
			} else {
				p.x = scaleFor(p.X, xExtent(p.Panel), xPad(p.Panel), false)
			}
			p.y = scaleFor(p.Y, yExtent(p.Panel), yPad(p.Panel), hasMark(p.Panel, figure.Bars, figure.Steps))
		}
	}
}

func xPad(p figure.Panel) float64 {
	if hasMark(p, figure.Points, figure.Rings, figure.Pointers, figure.Strokes) {
		return 0.04
	}
	return 0
}

// yPad is none for rasters: their extent has half a row on either side.
func yPad(p figure.Panel) float64 {
	if hasMark(p, figure.Raster, figure.Spans, figure.Image) {
		return 0
	}
	return 0.05
}

func hasMark(p figure.Panel, ms ...figure.Mark) bool {
	for _, s := range p.Series {
		for _, m := range ms {
			if s.Mark == m {
				return true
			}
		}
	}
	return false
}

func (l *layout) column(col int) []*panel {
	var in []*panel
	for _, p := range l.panels {
		if p.col == col {
			in = append(in, p)
		}
	}
	return in
}

// chooseKeySides puts the legends of a column right of the data or above it,
// whichever costs less area: a strip beside narrows the whole column, a strip
// above lowers a row. A legend never takes more than a third of the width. One that has a
// place stands there.
func (l *layout) chooseKeySides() {
	for col := range l.cols {
		var beside, above, widest vg.Length
		for _, p := range l.column(col) {
			if len(p.key) > 0 && p.LegendAt == "" {
				w := l.pen.keyWidth(p.key) + l.pen.pt(keyOffset)
				widest = max(widest, w)
				beside = max(beside, w*l.h*vg.Length(l.cols))
				_, h := l.pen.flow(p.key, l.w/vg.Length(l.cols)*0.8)
				above += h * l.w
			}
		}
		for _, p := range l.column(col) {
			switch p.LegendAt {
			case figure.Right:
				p.side = keyRight
				l.pen.fold(p.key, l.w/vg.Length(3*l.cols))
				continue
			case figure.TopLeft, figure.TopRight, figure.BottomLeft, figure.BottomRight:
				p.side = keyInside
				continue
			case figure.Above:
				continue
			}
			if beside < above && widest < l.w/vg.Length(3*l.cols) && p.Scale == nil && p.Colours == nil && len(p.Parts) == 0 {
				p.side = keyRight
				l.pen.fold(p.key, l.w)
			}
		}
	}
}

// leastKey is the width from which on a legend may stand left of an axis.
const leastKey vg.Length = 90

// moveKeys moves a legend that is above the data to where it costs nothing: left of the
// axis, where the labels of another panel leave room. Where it is the only one of a
// row and needs more than one line, it gets the width of the row. Where a legend beside the data
// is higher than its panel, those of the column move above: it would run into the next one.
func (l *layout) moveKeys() {
	for _, p := range l.panels {
		if p.side == keyRight && p.LegendAt == "" && l.pen.keyHeight(p.key) > l.height[p.row]+l.below[p.row] {
			for _, q := range l.column(p.col) {
				if q.LegendAt == "" {
					q.side = keyAbove
				}
			}
		}
	}
	for _, p := range l.panels {
		if len(p.key) == 0 || p.side == keyRight || p.LegendAt != "" {
			continue
		}
		room := l.left[p.col] - l.leftOf(p) - l.pen.pt(keyOffset)
		if room >= l.pen.pt(leastKey) {
			l.pen.fold(p.key, room)
			if l.pen.keyHeight(p.key) <= l.height[p.row]-l.pen.pt(letterSize) {
				p.side = keyLeft
				continue
			}
		}
		if l.cols > 1 && l.onlyKeyOf(p) {
			if _, h := l.pen.flow(p.key, l.width); h > l.pen.pt(keyLine) {
				p.side = keyOver
			}
		}
	}
}

// onlyKeyOf reports whether no other panel in the row of p has a legend.
func (l *layout) onlyKeyOf(p *panel) bool {
	for _, q := range l.panels {
		if q != p && q.row == p.row && len(q.key) > 0 {
			return false
		}
	}
	return true
}

// keyRoom is the width that a legend above has.
func (l *layout) keyRoom(p *panel) vg.Length {
	if p.side == keyOver {
		return l.w - 2*margin - l.left[0]
	}
	return l.width
}

func (l *layout) setTicks() {
	for _, p := range l.panels {
		xsize := func(s string) vg.Length { return l.pen.width(s, style{}) + l.pen.pt(tickSpace) }
		ysize := func(string) vg.Length { return l.pen.pt(textSize + tickSpace) }
		p.xticks = ticksFor(p.X, p.x, xsize)
		p.yticks = ticksFor(p.Y, p.y, ysize)
	}
}

// setTitles folds the titles of panels and axes to the room they have.
func (l *layout) setTitles() {
	for _, p := range l.panels {
		p.titles, p.xtitles, p.ytitle = nil, nil, nil
		if p.Title != "" {
			room := l.width + l.right[p.col]
			if p.col < l.cols-1 {
				room += l.pen.pt(labelGap)
			}
			p.titles = l.pen.folded(p.Title, room, style{})
		}
		if t := axisTitle(p.X.Label, p.X.Unit); t != "" && !p.X.Hidden && p.showX {
			p.xtitles = l.pen.folded(t, l.left[p.col]+l.width+l.right[p.col], style{})
		}
		if t := axisTitle(p.Y.Label, p.Y.Unit); t != "" && !p.Y.Hidden {
			p.ytitle = l.pen.wrap(t, l.height[p.row]+min(l.above[p.row], l.pen.pt(letterSize)*lineHeight))
		}
	}
}

func (l *layout) setHeights() {
	clear(l.above)
	clear(l.below)
	clear(l.strip)
	for _, p := range l.panels {
		above, below := p.headHeight(), p.xTickDepth()
		switch p.side {
		case keyOver:
			_, l.strip[p.row] = l.pen.flow(p.key, l.keyRoom(p))
		case keyAbove:
			_, h := l.pen.flow(p.key, l.width)
			if p.Title == "" { // the legend stands beside the letter
				above = max(above, h)
			} else {
				above += h
			}
		}
		if n := len(p.xtitles); n > 0 {
			below += l.pen.pt(labelGap) + (capHeight+0.22)*l.pen.pt(textSize) + l.pen.lines(n-1)
		}
		l.above[p.row] = max(l.above[p.row], above)
		l.below[p.row] = max(l.below[p.row], below)
	}
	rest := l.h - 2*margin - l.titleHeight() - l.pen.pt(panelGap)*vg.Length(l.rows-1)
	var weights vg.Length
	weight := make([]vg.Length, l.rows)
	for row := range l.rows {
		rest -= l.strip[row] + l.above[row] + l.below[row]
		for _, p := range l.panels {
			if p.row == row {
				weight[row] = max(weight[row], vg.Length(p.Weight))
			}
		}
		if weight[row] == 0 {
			weight[row] = 1
		}
		weights += weight[row]
	}
	for row := range l.rows {
		l.height[row] = rest * weight[row] / weights
	}
}

func (l *layout) setWidths() {
	clear(l.left)
	clear(l.right)
	for _, p := range l.panels {
		right := l.overhang(p)
		if p.side == keyRight && len(p.key) > 0 {
			right = max(right, l.pen.pt(keyOffset)+l.pen.keyWidth(p.key))
		}
		right = max(right, l.partsWidth(p)+max(l.pen.barWidthOf(p.Scale), l.coloursWidth(p)))
		l.left[p.col] = max(l.left[p.col], l.leftOf(p))
		l.right[p.col] = max(l.right[p.col], right)
	}
	rest := l.w - 2*margin - l.pen.pt(panelGap)*vg.Length(l.cols-1)
	for col := range l.cols {
		rest -= l.left[col] + l.right[col]
	}
	l.width = rest / vg.Length(l.cols)
}

// leftOf is what a panel needs left of its data.
func (l *layout) leftOf(p *panel) vg.Length {
	if p.Y.Hidden {
		return 0
	}
	var labels vg.Length
	for _, t := range p.yticks {
		labels = max(labels, l.pen.width(t.Label, style{}))
	}
	left := tickLength
	if labels > 0 {
		left += l.pen.pt(tickGap) + labels
	}
	if n := len(p.ytitle); n > 0 {
		left += l.pen.pt(labelGap) + vg.Length(n)*lineHeight*l.pen.pt(textSize) - (lineHeight-1)*l.pen.pt(textSize)
	}
	return left
}

// headHeight is what the letter and title take above the data, at least the
// upper half of a tick label.
func (p *panel) headHeight() vg.Length {
	if p.letter == "" && p.Title == "" {
		return 0.5 * capHeight * p.pt(textSize)
	}
	return p.pt(letterSize)*lineHeight + p.lines(max(len(p.titles)-1, 0))
}

// overhang is how far the labels of x reach beyond the data on the right.
func (l *layout) overhang(p *panel) vg.Length {
	var over vg.Length
	for _, t := range p.xticks {
		x, _ := p.x.at(t.At)
		over = max(over, x+l.pen.width(t.Label, style{})/2-p.x.to)
	}
	return over
}

func (l *layout) titleHeight() vg.Length {
	if l.fig.Title == "" {
		return 0
	}
	return l.pen.pt(letterSize)*1.6 + vg.Length(len(l.pen.titleLines(l.fig))-1)*lineHeight*l.pen.pt(letterSize)
}

// titleLines folds the title of a figure to its width.
func (pen *pen) titleLines(fig figure.Figure) []string {
	return pen.folded(fig.Title, vg.Length(fig.Width)*mm-2*margin, style{font: bold, size: letterSize})
}

// place turns margins into positions.
func (l *layout) place() {
	top := l.foot + l.h - margin - l.titleHeight()
	for row := range l.rows {
		top -= l.strip[row]
		x := margin
		for col := range l.cols {
			for _, p := range l.panels {
				if p.row == row && p.col == col {
					l.placePanel(p, x, top)
				}
			}
			x += l.left[col] + l.width + l.right[col] + l.pen.pt(panelGap)
		}
		top -= l.above[row] + l.height[row] + l.below[row] + l.pen.pt(panelGap)
	}
}

// placePanel places a panel whose tile has its upper left corner at (x, top).
func (l *layout) placePanel(p *panel, x, top vg.Length) {
	p.data = vg.Rectangle{
		Min: vg.Point{X: x + l.left[p.col], Y: top - l.above[p.row] - l.height[p.row]},
		Max: vg.Point{X: x + l.left[p.col] + l.width, Y: top - l.above[p.row]},
	}
	// The y titles of a column share a line, but one that the long labels of
	// another panel would push far from its own axis stays with that.
	const far = 60
	p.edge = x
	if away := l.left[p.col] - l.leftOf(p); away > far {
		p.edge += away
	}
	gap := l.pen.pt(panelGap) / 2
	p.tile = [2]vg.Length{max(x-gap, 0), min(x+l.left[p.col]+l.width+l.right[p.col]+gap, l.w)}
	p.head = vg.Point{X: x, Y: top - capHeight*l.pen.pt(letterSize)}
	p.x.from, p.x.to = p.data.Min.X, p.data.Max.X
	p.y.from, p.y.to = p.data.Min.Y, p.data.Max.Y
	switch p.side {
	case keyRight:
		p.keyAt = vg.Point{X: p.data.Max.X + l.pen.pt(keyOffset), Y: p.data.Max.Y}
	case keyLeft:
		p.keyAt = vg.Point{X: x, Y: p.data.Max.Y - l.pen.pt(letterSize)}
	case keyInside:
		p.keyAt = l.corner(p)
	case keyOver:
		p.keyAt = vg.Point{X: margin + l.left[0], Y: top + l.strip[p.row]}
	default:
		_, h := l.pen.flow(p.key, l.width)
		p.keyAt = vg.Point{X: p.titleX(), Y: p.data.Max.Y + h + 1}
	}
	l.placeKey(p)
}
