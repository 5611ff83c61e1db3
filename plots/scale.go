package plots

import (
	"math"

	"gonum.org/v1/plot/vg"

	"neurosim/internal/fpmath"
)

// A scale maps the values lo..hi of an axis to the canvas range from..to.
type scale struct {
	lo, hi   float64
	log      bool
	from, to vg.Length
}

// at returns where v lies and whether it lies anywhere: NaN, infinities, and
// on a log axis zero and below, do not. Values far outside the axis are moved
// to a million axis lengths away, which keeps clipping finite.
func (s scale) at(v float64) (vg.Length, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) || s.log && v <= 0 {
		return 0, false
	}
	lo, hi := s.lo, s.hi
	if s.log {
		v, lo, hi = fpmath.Log10(v), fpmath.Log10(lo), fpmath.Log10(hi)
	}
	n := min(max((v-lo)/(hi-lo), -1e6), 1e6)
	return s.from + vg.Length(n)*(s.to-s.from), true
}

// clamp returns where v lies, moved into the axis; what lies below every log
// axis lies at its start.
func (s scale) clamp(v float64) vg.Length {
	pos, ok := s.at(v)
	switch {
	case !ok && v > 0: // +Inf
		return s.to
	case !ok:
		return s.from
	}
	return min(max(pos, s.from), s.to)
}

// holds reports whether v lies on the axis, with room for rounding.
func (s scale) holds(v float64) bool {
	pos, ok := s.at(v)
	eps := (s.to - s.from) * 1e-9
	return ok && pos >= s.from-eps && pos <= s.to+eps
}
