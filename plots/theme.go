package plots

import (
	"image/color"
	"strconv"

	"gonum.org/v1/plot/vg"

	"neurosim/figure"
)

// The theme: what journals ask for (7 pt sans, open frame, no grid) at the
// printed size. Lengths are points.
const (
	mm  vg.Length = 72 / 25.4
	dpi           = 600 // of PNG, and of marks that are drawn as an image

	textSize   vg.Length = 7 // unless a figure says another: see zoom
	letterSize vg.Length = 8 // panel letters, bold
	lineHeight           = 1.2
	capHeight            = 0.69 // of Liberation Sans, share of the text size

	margin     vg.Length = 3 // around the figure
	panelGap   vg.Length = 8 // between panels, beside what their labels take
	labelGap   vg.Length = 4 // axis label to tick labels
	tickGap    vg.Length = 1.5
	tickSpace  vg.Length = 5.6 // least between the labels of two ticks
	tickLength vg.Length = 2

	axisWidth   vg.Length = 0.5
	lineWidth   vg.Length = 0.8
	ruleWidth   vg.Length = 0.5
	barWidth    vg.Length = 0.6 // of an interval
	markRadius  vg.Length = 1.7
	ringRadius  vg.Length = 3
	limitLength vg.Length = 6 // arrow of an upper limit

	bandTint     = 0.16 // share of the role's colour in a shaded band
	measuredTint = 0.3  // the same of measurements, which lie on other bands
	ribbonTint   = 0.28
	spanTint     = 0.6
)

// A zoom is the size of the text of a figure over textSize; 0 stands for 1. Lengths that text
// needs room by follow it, and lines and markers do not.
type zoom float64

func zoomOf(fig figure.Figure) zoom { return zoom(fig.FontSize / float64(textSize)) }

// pt returns a length of the theme at the size of the text of the figure.
func (z zoom) pt(x vg.Length) vg.Length {
	if z == 0 {
		return x
	}
	return x * vg.Length(z)
}

// lines is what n more lines of text take.
func (z zoom) lines(n int) vg.Length { return vg.Length(n) * lineHeight * z.pt(textSize) }

// The colours that users can name, and those that they cannot.
var (
	black      = named("black")
	white      = rgb(0xffffff)
	orange     = named("orange")
	sky        = named("sky")
	green      = named("green")
	blue       = named("blue")
	vermillion = named("vermillion")
	purple     = named("purple")
	darkGrey   = rgb(0x4d4d4d)
	midGrey    = named("grey")
	lightGrey  = rgb(0x999999)
	noValue    = rgb(0xbdbdbd) // of what has no value
)

// roles gives each role its colour in every figure.
var roles = map[figure.Role]color.RGBA{
	"":                 black,
	figure.Theory:      black,
	figure.Simulation:  blue,
	figure.Measurement: midGrey,
	figure.Excitatory:  blue,
	figure.Inhibitory:  vermillion,
	figure.Input:       green,
	figure.Dendritic:   orange,
	figure.Predicted:   sky,
	figure.Background:  lightGrey,
	figure.Scale:       midGrey, // of a class: see classes
}

// hues tell theories and simulations of different Index apart. Yellow is left
// out: a thin yellow line cannot be seen on paper.
// Neighbours differ in lightness, and the first four from each other by at least a
// tenth of it, so that lines are told apart in print without colour.
var hues = []color.RGBA{blue, orange, black, vermillion, green, purple, sky}

// measured tells measurements of different Index apart, from each other and from the first
// theories and simulations.
var measured = []color.RGBA{midGrey, purple, green, vermillion, black}

// classes are the colours of the classes of a quantity, dark to light at equal steps of
// lightness (after the map viridis of S. van der Walt & N. Smith, without its
// lightest end, which cannot be seen on paper).
var classes = []color.RGBA{
	{0x44, 0x01, 0x54, 0xff}, {0x48, 0x28, 0x78, 0xff}, {0x3e, 0x49, 0x89, 0xff}, {0x31, 0x68, 0x8e, 0xff}, {0x26, 0x82, 0x8e, 0xff},
	{0x1f, 0x9e, 0x89, 0xff}, {0x35, 0xb7, 0x79, 0xff}, {0x6e, 0xce, 0x58, 0xff}, {0xb5, 0xde, 0x2b, 0xff}, {0xe5, 0xc1, 0x00, 0xff},
}

// dashes are the patterns of Dashed lines by Index.
var dashes = [][]vg.Length{{3, 1.5}, {1, 1.2}, {4.5, 1.2, 1, 1.2}, {6, 2}}

// A look is how the marks of one series are drawn.
type look struct {
	colour color.RGBA
	hollow bool // markers filled white
	shape  int  // of markers, index into shapes
	radius vg.Length
	dashes []vg.Length
}

// lookOf returns the look of a series. With hued, theory and simulation take
// their colour from Index, so that a theory line is recognised as belonging to
// its markers; without, theory is black. A figure is hued as a whole.
func lookOf(s figure.Series, hued bool) look {
	l := look{
		colour: roles[s.Role],
		hollow: s.Role == figure.Measurement,
		shape:  s.Index % len(shapes),
		radius: markRadius,
	}
	if s.Mark == figure.Rings {
		l.hollow, l.radius = true, ringRadius
	}
	switch {
	case s.Role == figure.Theory || s.Role == figure.Simulation:
		if hued {
			l.colour = hues[s.Index%len(hues)]
		}
	case s.Role == figure.Scale:
		l.colour = classes[min(s.Index, len(classes)-1)]
	case s.Role == figure.Measurement:
		l.colour = measured[s.Index%len(measured)]
	case s.Role == figure.Background:
		if s.Index%2 == 1 {
			l.colour = mix(l.colour, black, 0.6)
		}
	case s.Index > 0:
		l.colour = otherHue(l.colour, s.Index)
	}
	if s.Mark == figure.Dashed {
		l.dashes = dashes[s.Index%len(dashes)]
		if hued && (s.Role == figure.Theory || s.Role == figure.Simulation) { // its colour tells it apart; the dashes say what it is
			l.dashes = dashes[0]
		}
	}
	return l
}

// otherHue returns the colour of the series after the first of a role that has a
// colour of its own.
func otherHue(own color.RGBA, index int) color.RGBA {
	var others []color.RGBA
	for _, c := range hues {
		if c != own {
			others = append(others, c)
		}
	}
	return others[(index-1)%len(others)]
}

// isHued reports whether a figure tells theories or simulations apart.
func isHued(fig figure.Figure) bool {
	for _, p := range fig.Panels {
		for _, s := range p.Series {
			if s.Index > 0 && (s.Role == figure.Theory || s.Role == figure.Simulation) {
				return true
			}
		}
	}
	return false
}

// bandColour returns the colour of a shaded range of the given role.
// What is cited is darker than what is only in the background, and what was measured
// darker still.
func bandColour(r figure.Role) color.RGBA {
	tint := bandTint
	if r == figure.Measurement {
		tint = measuredTint
	}
	return mix(white, roles[r], tint)
}

// spanColour is lighter than the role, so that spikes on a plateau stand out.
func spanColour(l look) color.RGBA { return mix(white, l.colour, spanTint) }

// mix returns a with the given share of b. Shades are mixed here and painted
// opaque: transparent colours differ between formats and some journals refuse
// them.
func mix(a, b color.RGBA, share float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(float64(x) + share*(float64(y)-float64(x)) + 0.5) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 255}
}

// parseColour reads "#RRGGBB".
func parseColour(s string) (color.RGBA, bool) {
	if len(s) != 7 || s[0] != '#' {
		return color.RGBA{}, false
	}
	hex, err := strconv.ParseUint(s[1:], 16, 32)
	return rgb(uint32(hex)), err == nil
}

// named returns a colour by the name that users give it.
func named(name string) color.RGBA {
	hex, _ := figure.Colour(name)
	c, ok := parseColour(hex)
	if !ok {
		panic("plots: there is no colour " + name)
	}
	return c
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255}
}
