package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
)

// maxSize bounds a figure's sides (mm): at 600 dpi a square of it is a 360 MB
// image.
const maxSize = 400

// Bounds of the size of text (pt).
const leastFont, mostFont = 5, 14

var marks = []figure.Mark{
	figure.Line, figure.Dashed, figure.Steps, figure.Points, figure.Bars,
	figure.Ribbon, figure.Raster, figure.Spans, figure.Rings, figure.Image, figure.Strokes, figure.Pointers,
}

// check returns all that is wrong with a figure, so that one look mends it.
func check(fig figure.Figure) error {
	var errs []error
	for _, v := range []struct {
		name string
		mm   float64
	}{{"width", fig.Width}, {"height", fig.Height}} {
		if !(v.mm > 0 && v.mm <= maxSize) {
			errs = append(errs, fmt.Errorf("%s = %g mm: must be above 0 and at most %d", v.name, v.mm, maxSize))
		}
	}
	if s := fig.FontSize; s != 0 && !(s >= leastFont && s <= mostFont) {
		errs = append(errs, fmt.Errorf("font size = %g pt: must be from %d to %d", s, leastFont, mostFont))
	}
	if len(fig.Panels) == 0 {
		errs = append(errs, errors.New("no panels"))
	}
	if fig.Cols < 0 {
		errs = append(errs, fmt.Errorf("cols = %d: must not be negative", fig.Cols))
	}
	for i, p := range fig.Panels {
		for _, err := range checkPanel(p) {
			errs = append(errs, fmt.Errorf("panel %d: %w", i+1, err))
		}
		if up := i - max(fig.Cols, 1); fig.ShareX && up >= 0 && p.X.Log != fig.Panels[up].X.Log {
			errs = append(errs, fmt.Errorf("panel %d: shares x with panel %d, but only one is logarithmic", i+1, up+1))
		}
	}
	return errors.Join(errs...)
}

func checkPanel(p figure.Panel) (errs []error) {
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !(p.Weight >= 0) || math.IsInf(p.Weight, 0) {
		bad("weight = %g: must be at least 0", p.Weight)
	}
	for _, v := range []struct {
		name string
		figure.Axis
	}{{"x", p.X}, {"y", p.Y}} {
		width := v.Max - v.Min
		switch {
		case v.Min == v.Max && !math.IsInf(v.Min, 0):
		case !(width > 0) || math.IsInf(width, 0):
			bad("%s axis from %g to %g: must be two finite numbers, the smaller first", v.name, v.Min, v.Max)
		case v.Log && v.Min <= 0:
			bad("%s axis from %g: a logarithmic axis must start above 0", v.name, v.Min)
		case !v.Log && width <= 1e-12*max(math.Abs(v.Min), math.Abs(v.Max)):
			bad("%s axis from %g to %g: too narrow to tell numbers apart", v.name, v.Min, v.Max)
		}
	}
	for i, s := range p.Series {
		for _, err := range checkSeries(s) {
			bad("series %d %q: %w", i+1, s.Name, err)
		}
		if s.Z != nil && p.Colours == nil {
			bad("series %d %q: has values for colours, and the panel does not say what its colours are", i+1, s.Name)
		}
	}
	if c := p.Colours; c != nil && (!(c.High > c.Low) || math.IsInf(c.High-c.Low, 0)) {
		bad("colours from %g to %g: must be two finite numbers, the smaller first", c.Low, c.High)
	}
	if p.ScaleBar < 0 || math.IsInf(p.ScaleBar, 0) || math.IsNaN(p.ScaleBar) {
		bad("scale bar = %g: must be at least 0", p.ScaleBar)
	}
	switch right := p.Scale != nil || p.Colours != nil || len(p.Parts) > 0; {
	case !slices.Contains(figure.Places, p.LegendAt):
		bad("legend at %q: must be one of %q", p.LegendAt, figure.Places)
	case p.LegendAt == figure.Right && right:
		bad("legend at %q: the names of colours or parts stand there", p.LegendAt)
	}
	if p.Equal && (p.X.Log || p.Y.Log) {
		bad("units as long along y as along x, on a logarithmic axis")
	}
	if p.ScaleBar > 0 && !p.Equal {
		bad("a scale bar, and units that are not as long along y as along x")
	}
	for i, q := range p.Parts {
		if math.IsNaN(q.Lo) || math.IsNaN(q.Hi) {
			bad("part %d %q: from %g to %g: must be two numbers", i+1, q.Label, q.Lo, q.Hi)
		}
	}
	if e := yExtent(p); math.IsInf(e.hi-e.lo, 1) && e.hi > e.lo {
		bad("y from %g to %g: too wide to draw", e.lo, e.hi)
	}
	if e := xExtent(p); math.IsInf(e.hi-e.lo, 1) && e.hi > e.lo {
		bad("x from %g to %g: too wide to draw", e.lo, e.hi)
	}
	for i, b := range p.Bands {
		if _, ok := roles[b.Role]; !ok {
			bad("band %d %q: unknown role %q", i+1, b.Name, b.Role)
		}
		if b.Axis != "x" && b.Axis != "y" {
			bad("band %d %q: axis %q: must be x or y", i+1, b.Name, b.Axis)
		}
	}
	for i, r := range p.Rules {
		if r.Axis != "x" && r.Axis != "y" {
			bad("rule %d %q: axis %q: must be x or y", i+1, r.Label, r.Axis)
		}
	}
	return errs
}

func checkSeries(s figure.Series) (errs []error) {
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !slices.Contains(marks, s.Mark) {
		bad("unknown mark %q", s.Mark)
	}
	if _, ok := roles[s.Role]; !ok {
		bad("unknown role %q", s.Role)
	}
	if _, ok := parseColour(s.Colour); !ok && s.Colour != "" {
		bad("colour %q: must be like \"#1B9E77\"", s.Colour)
	}
	if s.Index < 0 {
		bad("index = %d: must not be negative", s.Index)
	}
	// A slice that a mark reads must be there; others may be.
	for _, v := range []struct {
		name   string
		data   []float64
		needed bool
	}{
		{"Y", s.Y, s.Mark != figure.Ribbon},
		{"Lo", s.Lo, s.Mark == figure.Ribbon || s.Mark == figure.Image || s.Hi != nil},
		{"Hi", s.Hi, s.Mark == figure.Ribbon || s.Mark == figure.Image || s.Lo != nil},
		{"X2", s.X2, s.Mark == figure.Spans || s.Mark == figure.Image || s.Mark == figure.Strokes},
		{"Y2", s.Y2, s.Mark == figure.Strokes},
		{"Z", s.Z, s.Mark == figure.Image},
		{"Width", s.Width, false},
	} {
		if len(v.data) != len(s.X) && (v.needed || v.data != nil) {
			bad("%d values in %s for %d in X", len(v.data), v.name, len(s.X))
		}
	}
	return errs
}
