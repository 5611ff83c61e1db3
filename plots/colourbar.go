package plots

import (
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"neurosim/figure"
)

const (
	barStrip = 6   // width of a colour bar
	barShare = 0.8 // of the height of the data that it has at most
	classMax = 14  // height of one class at most
)

// classColour returns the colour of class k of n, from the darkest to the lightest
// whatever n is.
func classColour(k, n int) int {
	if n < 2 {
		return 0
	}
	return (len(classes) - 1) * min(k, n-1) / (n - 1)
}

// classLabel writes the lower end of class k; the upper end of all is that of class
// Count.
func classLabel(c *figure.Classes, k int) string {
	return strconv.FormatFloat(c.Low+float64(float64(k)*c.Step), 'g', 6, 64)
}

// barWidthOf is what the colour bar of a panel takes right of the data.
func (pen *pen) barWidthOf(c *figure.Classes) vg.Length {
	if c == nil {
		return 0
	}
	var labels vg.Length
	for k := range c.Count + 1 {
		labels = max(labels, pen.width(classLabel(c, k), style{}))
	}
	return pen.pt(keyOffset) + barStrip + tickLength + pen.pt(tickGap) + labels + pen.pt(labelGap) + pen.pt(textSize)
}

// drawBar draws the classes of a quantity as one bar, the lowest at the bottom, with
// a label at each border. All classes are there, also those that nothing is in.
func (p *panel) drawBar(pen *pen) {
	c := p.Scale
	if c == nil {
		return
	}
	h := min(barShare*p.data.Size().Y/vg.Length(c.Count), classMax)
	x, bottom := p.data.Max.X+p.pt(keyOffset), p.data.Max.Y-h*vg.Length(c.Count)
	every := 1 // labels stay apart
	for h*vg.Length(every) < p.pt(textSize)*1.1 {
		every++
	}
	sty := draw.LineStyle{Color: black, Width: axisWidth}
	var labels vg.Length
	for k := range c.Count + 1 {
		y := bottom + h*vg.Length(k)
		if k < c.Count {
			fill(pen, vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + barStrip, Y: y + h}}.Path(), classes[classColour(k, c.Count)])
		}
		if k%every != 0 || k == c.Count && c.Open {
			continue
		}
		s := classLabel(c, k)
		labels = max(labels, pen.width(s, style{}))
		pen.StrokeLine2(sty, x+barStrip, y, x+barStrip+tickLength, y)
		pen.text(s, vg.Point{X: x + barStrip + tickLength + p.pt(tickGap), Y: y}, style{y: 0.5})
	}
	mid := vg.Point{X: x + barStrip + tickLength + p.pt(tickGap) + labels + p.pt(labelGap) + capHeight*p.pt(textSize), Y: bottom + h*vg.Length(c.Count)/2}
	pen.text(axisTitle(c.Label, c.Unit), mid, style{x: 0.5, vertical: true})
}
