package plots

import (
	"math"

	"neurosim/figure"
	"neurosim/internal/fpmath"
)

// An extent is the range of the values it was shown, of those that can lie on
// its axis.
type extent struct {
	lo, hi float64
	log    bool
}

func newExtent(log bool) extent { return extent{math.Inf(1), math.Inf(-1), log} }

func (e *extent) add(vs ...float64) {
	for _, v := range vs {
		if math.IsNaN(v) || math.IsInf(v, 0) || e.log && v <= 0 {
			continue
		}
		e.lo, e.hi = min(e.lo, v), max(e.hi, v)
	}
}

// xExtent covers everything in a panel that has a place along x.
func xExtent(p figure.Panel) extent {
	e := newExtent(p.X.Log)
	for _, s := range p.Series {
		e.add(s.X...)
		e.add(s.X2...)
		if n := len(s.X); s.Mark == figure.Bars && n > 0 {
			e.add(barEnd(s.X))
		}
	}
	e.addMarks(p, "x", p.X)
	return e
}

// yExtent covers everything in a panel that has a place along y: intervals
// whole, bars down to zero, raster rows with half a row on either side.
func yExtent(p figure.Panel) extent {
	e := newExtent(p.Y.Log)
	for _, s := range p.Series {
		e.add(s.Lo...)
		e.add(s.Hi...)
		switch s.Mark {
		case figure.Image: // its rows lie between Lo and Hi
		case figure.Raster, figure.Spans:
			for _, y := range s.Y {
				e.add(y-0.5, y+0.5)
			}
		case figure.Bars:
			e.add(0)
			fallthrough
		default:
			e.add(s.Y...)
			e.add(s.Y2...)
		}
		if (s.Mark == figure.Points || s.Mark == figure.Rings) && p.Y.Log {
			for i := range s.Y {
				if isLimit(s, i) {
					e.add(s.Hi[i] / 4) // room for the arrow below it
				}
			}
		}
	}
	e.addMarks(p, "y", p.Y)
	return e
}

func (e *extent) addMarks(p figure.Panel, axis string, a figure.Axis) {
	for _, b := range p.Bands {
		if b.Axis == axis {
			e.add(b.Lo, b.Hi)
		}
	}
	for _, r := range p.Rules {
		if r.Axis == axis {
			e.add(r.At)
		}
	}
	for _, t := range a.Ticks {
		e.add(t.At)
	}
}

// scaleFor returns the axis' own range where it has one, else the extent,
// widened by pad of its length on both sides. A start at exactly 0 stays
// there with keepZero. An extent without length is given one.
func scaleFor(a figure.Axis, e extent, pad float64, keepZero bool) scale {
	if a.Min != a.Max {
		return scale{lo: a.Min, hi: a.Max, log: a.Log}
	}
	s := scale{lo: e.lo, hi: e.hi, log: a.Log}
	switch {
	case s.lo > s.hi && s.log: // nothing to show
		s.lo, s.hi = 0.1, 10
	case s.lo > s.hi:
		s.lo, s.hi = 0, 1
	case s.log && s.hi/s.lo < 1+1e-9:
		s.lo, s.hi = s.lo/math.Sqrt(10), s.hi*math.Sqrt(10)
	case !s.log && s.hi-s.lo <= 1e-9*max(math.Abs(s.lo), math.Abs(s.hi)):
		half := max(math.Abs(s.lo)*0.05, 1e-300)
		if s.lo == 0 {
			half = 1
		}
		s.lo, s.hi = s.lo-half, s.hi+half
	case s.log:
		f := fpmath.Pow(s.hi/s.lo, pad)
		s.lo, s.hi = s.lo/f, s.hi*f
	default:
		d := (s.hi - s.lo) * pad
		if s.lo != 0 || !keepZero {
			s.lo -= d
		}
		s.hi += d
	}
	if pad == 0 && !s.log {
		s.lo, s.hi = snap(s.lo, s.hi)
	}
	if s.log {
		// Ranges at the ends of float64 must stay positive and finite.
		s.lo, s.hi = max(s.lo, 1e-307), min(s.hi, 1e307)
	}
	return s
}

// snap moves ends to a round number that is within a hundredth of the range, so
// that a recording to 299.9 ms has a tick at 300.
func snap(lo, hi float64) (float64, float64) {
	step := fpmath.Pow10(math.Floor(fpmath.Log10(hi - lo)))
	near := (hi - lo) / 100
	if v := step * math.Floor(lo/step); lo-v <= near {
		lo = v
	}
	if v := step * math.Ceil(hi/step); v-hi <= near {
		hi = v
	}
	return lo, hi
}

// barEnd returns the right end of the last bar, which is as wide as the one
// before it.
func barEnd(x []float64) float64 {
	n := len(x)
	if n < 2 {
		return x[n-1] + 1
	}
	return 2*x[n-1] - x[n-2]
}
