// Package profile holds quantities of a membrane that are the same everywhere or follow a
// rule of the distance along the dendrites.
package profile

import "neurosim/internal/fpmath"

// Rule names the form of a profile.
type Rule string

// Rules of a profile: d is the distance (µm).
const (
	Constant    Rule = ""        // Value
	Linear      Rule = "linear"  // from Start at From to End at To, constant beyond
	Exponential Rule = "exp"     // Scale (Offset + Factor e^(Rate d)), or d/d_max in place of d
	Sigmoid     Rule = "sigmoid" // Low + (High - Low)/(1 + e^(-(d - Midpoint)/Width))
	Step        Rule = "step"    // Inside where From < d < To, else Outside
)

// Rules lists the rules that have a name.
func Rules() []string {
	return []string{string(Linear), string(Exponential), string(Sigmoid), string(Step)}
}

// Origins of distances besides sections, whose beginning is the origin.
const (
	Soma      = "soma"       // the centre of the soma
	SomaStart = "soma-start" // the beginning of the soma
	Trunk     = "trunk"      // the beginning of the apical trunk
)

// Sample says where in a compartment the distance is taken.
const (
	Centre = "centre" // at its centre
	Hoc    = "hoc"    // at its centre, of the last compartment of a section at the section's end
)

// Relative is what an exponential is of: the distance, or its part of the farthest tip's.
const (
	Distance         = "d"
	RelativeDistance = "d/d_max"
)

// A Profile is a quantity, in one unit, of the distance.
type Profile struct {
	Rule  Rule
	Value float64

	Start, End      float64
	From, To        float64 // (µm)
	Scale           float64
	Offset, Factor  float64
	Rate            float64 // (1/µm), or per d_max
	Low, High       float64
	Midpoint, Width float64 // (µm)
	Inside, Outside float64

	Of     string
	Origin string
	Sample string
}

// Const returns the profile that is the same everywhere.
func Const(x float64) Profile { return Profile{Value: x, Origin: Soma, Sample: Centre} }

// Fixed tells whether the profile is the same everywhere.
func (p Profile) Fixed() bool { return p.Rule == Constant }

// A Key is a number of a rule: its name, unit and place. Unit "" is that of the quantity,
// "1" a bare number.
type Key struct {
	Name string
	Unit string
	At   *float64
}

// Keys returns the numbers that the rule needs.
func (p *Profile) Keys() []Key {
	switch p.Rule {
	case Linear:
		return []Key{{"start", "", &p.Start}, {"end", "", &p.End}, {"from", "um", &p.From}, {"to", "um", &p.To}}
	case Exponential:
		rate := "1/um"
		if p.Of == RelativeDistance {
			rate = "1"
		}
		return []Key{{"scale", "", &p.Scale}, {"offset", "1", &p.Offset}, {"factor", "1", &p.Factor}, {"rate", rate, &p.Rate}}
	case Sigmoid:
		return []Key{{"low", "", &p.Low}, {"high", "", &p.High}, {"midpoint", "um", &p.Midpoint}, {"width", "um", &p.Width}}
	case Step:
		return []Key{{"inside", "", &p.Inside}, {"outside", "", &p.Outside}, {"from", "um", &p.From}, {"to", "um", &p.To}}
	}
	return nil
}

// Check reports every rule that p breaks.
func (p Profile) Check(bad func(key, rule string, args ...any)) {
	switch p.Rule {
	case Linear, Step:
		if !(p.To > p.From) {
			bad("to", "must be beyond from (%g um)", p.From)
		}
	case Sigmoid:
		if p.Width == 0 {
			bad("width", "must not be 0")
		}
	}
}

// At returns the value at a distance d (µm), the farthest tip being at dMax.
func (p Profile) At(d, dMax float64) float64 {
	switch p.Rule {
	case Linear:
		f := min(max((d-p.From)/(p.To-p.From), 0), 1)
		return p.Start + float64(f*(p.End-p.Start))
	case Exponential:
		if p.Of == RelativeDistance {
			d /= dMax
		}
		return float64(p.Scale * (p.Offset + float64(p.Factor*exp(float64(p.Rate*d)))))
	case Sigmoid:
		return p.Low + (p.High-p.Low)/(1+exp(-(d-p.Midpoint)/p.Width))
	case Step:
		if d > p.From && d < p.To {
			return p.Inside
		}
		return p.Outside
	}
	return p.Value
}

// Largest returns the largest value of the rule within 2 mm.
func (p Profile) Largest() float64 {
	const reach, steps = 2000.0, 200
	most := p.At(0, reach)
	for i := range steps {
		most = max(most, p.At(reach*float64(i+1)/steps, reach))
	}
	return most
}

// exp is e^x, with x cut to ±700.
func exp(x float64) float64 {
	return fpmath.Exp(min(max(x, -700), 700))
}
