package neuron

import (
	"fmt"
	"math"
)

// A Point of a section's profile: its radius at a distance along the path.
type Point struct {
	Path   float64 // from the section's beginning (µm)
	Radius float64 // (µm)
}

// A Section is an unbranched piece of a cell. Its profile is a chain of
// frusta between points of ascending path; two at one path are a step of the radius,
// which has no area.
type Section struct {
	Name    string
	Region  string       // "" for none
	Parent  int          // index of the parent section, less than the own; -1 for the first, the soma
	At      float64      // place on the parent where it begins, 0 … 1
	Profile []Point      // at least two; the first at path 0
	Points  [][3]float64 // where in space each point of the profile lies (µm), for pictures; nil: nowhere

	Compartments int // of equal length
	Membrane     MembraneParams
	Spines       []Spines // on parts of it that do not overlap

	byRule bool    // Discretise sets Compartments
	begin  float64 // path from the centre of the soma to its beginning (µm), by Discretise
}

// SectionParams is what a user sets of a section that is a cylinder or a cone.
type SectionParams struct {
	Name         string  `toml:"-"` // the first is the soma
	Parent       string  `toml:"parent" must:"except for the first section" doc:"section that it begins on"`
	At           float64 `toml:"at" unset:"-1" doc:"place on the parent, from 0 (its beginning) to 1 (its end); 0.5 on the first section, otherwise 1, if not set"`
	Length       float64 `toml:"length" must:"yes" unit:"um" doc:"length"`
	Diameter     float64 `toml:"diameter" must:"yes" unit:"um" doc:"diameter, at the beginning if diameter_end is set"`
	DiameterEnd  float64 `toml:"diameter_end" unset:"0" unit:"um" doc:"diameter at the end; that at the beginning if not set"`
	Compartments int     `toml:"compartments" unset:"0" doc:"number of compartments; by the rule of discretisation if not set"`
	Region       string  `toml:"region" doc:"region whose membrane it has"`
}

// DefaultSection returns the defaults. At is negative for "not set".
func DefaultSection() SectionParams { return SectionParams{At: -1} }

// Check reports every rule that p breaks as a section by itself.
func (p SectionParams) Check(bad func(key, rule string, args ...any)) {
	if p.Name == "" {
		bad("name", "must not be empty")
	}
	positive := func(key string, x float64) {
		if !(x > 0) || math.IsInf(x, 0) {
			bad(key, "must be positive")
		}
	}
	positive("length", p.Length)
	positive("diameter", p.Diameter)
	if p.DiameterEnd != 0 {
		positive("diameter_end", p.DiameterEnd)
	}
	if p.Compartments < 0 || p.Compartments > MaxCompartments {
		bad("compartments", "must be from 1 to %d", MaxCompartments)
	}
	if p.At != -1 && !(p.At >= 0 && p.At <= 1) {
		bad("at", "must be from 0 to 1")
	}
}

// MaxCompartments bounds the compartments of one section and, with it, a slip
// in a unit (µm for mm) that would ask for millions.
const MaxCompartments = 10000

// Discretisation is the rule for the number of compartments of sections that
// do not say it. Exactly one of the three is positive.
type Discretisation struct {
	DLambda   float64 `toml:"d_lambda" unset:"0" doc:"longest compartment, as a part of the length constant at 100 Hz"`
	MaxLength float64 `toml:"max_length" unset:"0" unit:"um" doc:"longest compartment; instead of d_lambda"`
	PerLength float64 `toml:"per_length" unset:"0" unit:"um" doc:"1 + 2 int(L / per_length) compartments in a section of length L, as models for NEURON often have it; instead of d_lambda"`
}

// DefaultDiscretisation returns d_lambda = 0.1 (Hines & Carnevale 2001,
// Neuroscientist 7:123).
func DefaultDiscretisation() Discretisation { return Discretisation{DLambda: 0.1} }

// Check reports every rule that d breaks.
func (d Discretisation) Check(bad func(key, rule string, args ...any)) {
	length := func(key string, x float64) {
		if !(x > 0) || math.IsInf(x, 0) {
			bad(key, "must be positive")
		}
	}
	switch {
	case d.PerLength != 0 && (d.DLambda != 0 || d.MaxLength != 0):
		bad("per_length", "give one of d_lambda, max_length and per_length")
	case d.DLambda != 0 && d.MaxLength != 0:
		bad("max_length", "give one of d_lambda, max_length and per_length")
	case d.MaxLength != 0:
		length("max_length", d.MaxLength)
	case d.PerLength != 0:
		length("per_length", d.PerLength)
	case !(d.DLambda > 0 && d.DLambda <= 1):
		bad("d_lambda", "must be above 0 and at most 1")
	}
}

// count returns the number of compartments of a section whose beginning is known:
// 1 + 2 ⌊L/per_length⌋, or the smallest odd number n with
// L/n ≤ max_length, or with (Σ h/λ)/n ≤ d_lambda, summed over the frusta of
// length h and mean diameter d (µm), where
//
//	λ = ½ √(d / (π f R_a C_m)),   f = 100 Hz
//
// is the length constant of a wave of frequency f, at which the membrane is
// all capacitance; where there are spines, C_m is theirs too. Odd, so that the middle
// of the section is a centre.
func (d Discretisation) count(s Section) int {
	want := s.Length() / d.MaxLength
	switch {
	case d.PerLength > 0:
		want = 1 + 2*math.Floor(s.Length()/d.PerLength)
	case d.DLambda > 0:
		var lambdas float64
		for i, q := range s.Profile[1:] {
			p := s.Profile[i]
			// R_a in Ω µm is 10⁴ that in Ω cm; C_m in F/µm² is 10⁻¹⁴ that in µF/cm².
			lambda := math.Sqrt((p.Radius+q.Radius)/(math.Pi*100*s.Membrane.Ra*s.Membrane.Cm*1e-10)) / 2
			lambdas += s.spinyLength(p.Path, q.Path) / lambda
		}
		want = lambdas / d.DLambda
	}
	n := 1
	for float64(n) < want && n <= MaxCompartments {
		n += 2
	}
	return n
}

// Discretise gives the sections of a cell that do not say how many compartments they
// have the number that the rule asks for; the first, the soma, gets one. Whoever
// changes membranes or spines of sections calls it again.
func Discretise(ss []Section, d Discretisation) {
	for i := range ss {
		s := &ss[i]
		s.begin = beginning(ss, i)
		switch {
		case s.byRule && i == 0:
			s.Compartments = 1
		case s.byRule:
			s.Compartments = d.count(*s)
		}
	}
}

// beginning returns the path from the centre of the soma to where section i begins
// (µm), as Tree.Distance has it; it is known of the sections before.
func beginning(ss []Section, i int) float64 {
	if ss[i].Parent < 0 {
		return 0
	}
	p := ss[ss[i].Parent]
	place := p.leaves(ss[i].At)
	if ss[i].Parent == 0 {
		return math.Abs(place - p.middle())
	}
	return p.begin + place
}

// middle returns where along the section (µm) the centre of the compartment lies that holds its
// middle: of the soma, node 0.
func (s Section) middle() float64 { return s.leaves(0.5) }

// leaves returns where along the section (µm) one begins that is joined to its place x: at an
// end, or at the centre of the compartment that holds x.
func (s Section) leaves(x float64) float64 {
	switch x {
	case 0:
		return 0
	case 1:
		return s.Length()
	}
	dx := s.Length() / float64(s.Compartments)
	return float64((float64(s.holds(x)) + 0.5) * dx)
}

// holds returns the compartment that holds the place x, from 0 to 1.
func (s Section) holds(x float64) int {
	return min(max(int(x*float64(s.Compartments)), 0), s.Compartments-1)
}

// Length returns the length of s along its path (µm).
func (s Section) Length() float64 { return s.Profile[len(s.Profile)-1].Path }

// MeanDiameter returns the diameter of s, averaged along its path (µm).
func (s Section) MeanDiameter() float64 {
	sum := 0.0
	for i, q := range s.Profile[1:] {
		p := s.Profile[i]
		sum += float64((q.Path - p.Path) * (p.Radius + q.Radius))
	}
	return sum / s.Length()
}

// Sections lowers what a user wrote to sections: parents to indices, region
// names to membranes, the rule of discretisation to counts. A section has the
// membrane of its region, by name, or base if it names none. It reports every
// rule that is broken, with the index of the section; the result is of use only
// where nothing was reported.
func Sections(ps []SectionParams, base MembraneParams, regions map[string]MembraneParams, d Discretisation,
	bad func(section int, key, rule string, args ...any)) []Section {
	index := map[string]int{}
	out := make([]Section, 0, len(ps))
	sound := make([]bool, len(ps))
	if len(ps) == 0 {
		bad(0, "", "a cell needs at least one section")
	}
	for i, p := range ps {
		sound[i] = true
		report := func(key, rule string, args ...any) {
			sound[i] = false
			bad(i, key, rule, args...)
		}
		p.Check(report)
		s := Section{Name: p.Name, Region: p.Region, Parent: -1, At: p.At, Compartments: p.Compartments, Membrane: base, byRule: p.Compartments == 0}
		if _, twice := index[p.Name]; twice && p.Name != "" {
			report("name", "is the name of another section")
		}
		parent, known := index[p.Parent]
		switch {
		case i == 0 && p.Parent != "":
			report("parent", "the first section, the soma, has none")
		case i > 0 && !known && p.Parent == p.Name:
			report("parent", "a section cannot begin on itself")
		case i > 0 && !known && p.Parent == "":
			report("parent", "must name the section that this one begins on")
		case i > 0 && !known:
			report("parent", "no section above has this name")
		case i > 0:
			s.Parent = parent
		}
		if p.At < 0 {
			s.At = 1
			if s.Parent == 0 {
				s.At = 0.5
			}
		}
		if p.Region != "" {
			m, known := regions[p.Region]
			if !known {
				report("region", "no region has this name")
			}
			s.Membrane = m
		}
		end := p.DiameterEnd
		if end == 0 {
			end = p.Diameter
		}
		s.Profile = []Point{{0, p.Diameter / 2}, {p.Length, end / 2}}
		index[p.Name] = i
		out = append(out, s)
	}
	Discretise(out, d)
	for i, s := range out {
		if sound[i] && s.Compartments > MaxCompartments {
			bad(i, "length", "needs more than %d compartments", MaxCompartments)
		}
	}
	return out
}

// checkSections returns an error for sections that no tree can be built from.
func checkSections(ss []Section) error {
	if len(ss) == 0 {
		return fmt.Errorf("neuron: a cell needs at least one section")
	}
	for i, s := range ss {
		fail := func(rule string, args ...any) error {
			return fmt.Errorf("neuron: section %d (%s): %s", i, s.Name, fmt.Sprintf(rule, args...))
		}
		var problem error
		s.Membrane.Check(func(key, rule string, args ...any) {
			if problem == nil {
				problem = fail(key+" "+rule, args...)
			}
		})
		if problem != nil {
			return problem
		}
		if i == 0 && s.Parent != -1 || i > 0 && (s.Parent < 0 || s.Parent >= i) {
			return fail("the parent must be a section before it")
		}
		if !(s.At >= 0 && s.At <= 1) && i > 0 {
			return fail("its place on the parent must be from 0 to 1")
		}
		s.checkSpines(func(key, rule string, args ...any) {
			if problem == nil {
				problem = fail("spines: "+key+" "+rule, args...)
			}
		})
		if problem != nil {
			return problem
		}
		if s.Compartments < 1 || s.Compartments > MaxCompartments {
			return fail("needs from 1 to %d compartments", MaxCompartments)
		}
		if len(s.Profile) < 2 || s.Profile[0].Path != 0 || !(s.Length() > 0) {
			return fail("its profile needs two points, the first at 0 and the last beyond")
		}
		if s.Points != nil && len(s.Points) != len(s.Profile) {
			return fail("%d places in space for a profile of %d points", len(s.Points), len(s.Profile))
		}
		for k, p := range s.Profile {
			if !(p.Radius > 0) || math.IsInf(p.Radius, 0) {
				return fail("radii must be positive")
			}
			if math.IsInf(p.Path, 0) || k > 0 && !(p.Path >= s.Profile[k-1].Path) {
				return fail("paths must not descend")
			}
		}
	}
	return nil
}
