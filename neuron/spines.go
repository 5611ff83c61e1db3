package neuron

import (
	"fmt"
	"math"
)

// Spines are dendritic spines as membrane that is added to a stretch of a section, not
// as compartments: C_m and g_L of a compartment whose centre lies from From to below
// To, as a path from the soma, are multiplied by
//
//	F = 1 + (area of the spines) / (area of the shaft)
//
// (Holmes 1989, Brain Res. 478:127). The area of the compartment itself, its axial
// resistance and the densities of channels stay as they are. Eyal et al. (2016, eLife
// 5:e16553) take F = 1.9 from 60 µm on for human pyramidal cells of layer 2/3.
type Spines struct {
	Factor float64 `toml:"factor" must:"yes" doc:"F, by which C_m and g_L are multiplied: 1 + area of spines / area of the shaft"`
	From   float64 `toml:"from" unit:"um" doc:"path from the soma at which the spines begin"`
	To     float64 `toml:"to" unset:"0" unit:"um" doc:"path from the soma at which the spines end; default: at the tips"`
}

// Check reports every rule that s breaks.
func (s Spines) Check(bad func(key, rule string, args ...any)) {
	if !(s.Factor >= 1) || math.IsInf(s.Factor, 0) {
		bad("factor", "must be at least 1: spines add membrane")
	}
	if !(s.From >= 0) || math.IsInf(s.From, 0) {
		bad("from", "must not be negative")
	}
	if s.To != 0 && !(s.To > s.From) {
		bad("to", "must be beyond from (%g um)", s.From)
	}
}

// end returns where the spines end, infinity for the tips (µm).
func (s Spines) end() float64 {
	if s.To == 0 {
		return math.Inf(1)
	}
	return s.To
}

// Overlaps tells whether some place has both spines.
func (s Spines) Overlaps(o Spines) bool { return s.From < o.end() && o.From < s.end() }

// spineFactor returns the factor of the spines at a path from the soma (µm).
func (s Section) spineFactor(distance float64) float64 {
	for _, x := range s.Spines {
		if distance >= x.From && distance < x.end() {
			return x.Factor
		}
	}
	return 1
}

// spinyLength returns the length between two paths of a section (µm), with those parts
// that have spines times √F: λ of such a part is shorter by that factor.
func (s Section) spinyLength(from, to float64) float64 {
	length := to - from
	for _, x := range s.Spines {
		if lo, hi := max(s.begin+from, x.From), min(s.begin+to, x.end()); lo < hi {
			length += float64((hi - lo) * (math.Sqrt(x.Factor) - 1))
		}
	}
	return length
}

// checkSpines reports what is wrong with the spines of a section.
func (s Section) checkSpines(bad func(key, rule string, args ...any)) {
	for i, x := range s.Spines {
		x.Check(bad)
		for _, y := range s.Spines[:i] {
			if x.Overlaps(y) {
				bad("from", "must not overlap: %s and %s", y, x)
			}
		}
	}
}

// String says where the spines are.
func (s Spines) String() string {
	if s.To == 0 {
		return fmt.Sprintf("from %g um on", s.From)
	}
	return fmt.Sprintf("from %g to %g um", s.From, s.To)
}
