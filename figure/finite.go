package figure

import (
	"math"
	"slices"
)

// Finite returns the figure without the numbers that no drawing and no JSON can hold:
// an axis whose range is not finite takes it from the data, and ticks, bands and rules
// at such places are left out. In the series they are gaps already.
func (f Figure) Finite() Figure {
	f.Panels = slices.Clone(f.Panels)
	for i := range f.Panels {
		p := &f.Panels[i]
		p.X, p.Y = p.X.finite(), p.Y.finite()
		if !isFinite(p.Weight) {
			p.Weight = 0
		}
		if c := p.Colours; c != nil && !(isFinite(c.Low) && isFinite(c.High)) {
			p.Colours = &Colours{Label: c.Label, Unit: c.Unit, High: 1, NoBar: c.NoBar}
		}
		p.Parts = slices.DeleteFunc(slices.Clone(p.Parts), func(q Part) bool { return !isFinite(q.Lo) || !isFinite(q.Hi) })
		p.Bands = slices.DeleteFunc(slices.Clone(p.Bands), func(b Band) bool { return !isFinite(b.Lo) || !isFinite(b.Hi) })
		p.Rules = slices.DeleteFunc(slices.Clone(p.Rules), func(r Rule) bool { return !isFinite(r.At) })
	}
	return f
}

// Empty tells whether no series of a figure has a point with a value.
func (f Figure) Empty() bool {
	for _, p := range f.Panels {
		for _, s := range p.Series {
			if len(s.X) > 0 && (len(s.Y) == 0 || slices.ContainsFunc(s.Y, isFinite)) {
				return false
			}
		}
	}
	return true
}

func (a Axis) finite() Axis {
	if !isFinite(a.Min) || !isFinite(a.Max) {
		a.Min, a.Max = 0, 0
	}
	a.Ticks = slices.DeleteFunc(slices.Clone(a.Ticks), func(t Tick) bool { return !isFinite(t.At) })
	return a
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
