package neuron

import (
	"fmt"
	"math"

	"neurosim/internal/profile"
)

// MembraneParams is what a user sets of the passive membrane and the cytoplasm
// of a region of a cell. Exactly one of g_L and R_m is given; R_m = 1/g_L.
type MembraneParams struct {
	Cm float64 `toml:"C_m" unit:"uF/cm2" doc:"capacitance of the membrane"`
	Ra float64 `toml:"R_a" unit:"ohm cm" doc:"resistivity of the cytoplasm"`
	GL float64 `toml:"g_L" unset:"0" unit:"S/cm2" doc:"leak conductance; instead of R_m"`
	Rm float64 `toml:"R_m" unset:"0" unit:"ohm cm2" doc:"resistance of the membrane, 1/g_L; instead of g_L"`
	EL float64 `toml:"E_L" unit:"mV" doc:"leak reversal potential, the rest"`

	Varying Varying `toml:"-"`
}

// Varying is what of a membrane follows a rule of the distance; nil: nothing. The number in
// MembraneParams is then the one that stands for it in the rule of discretisation.
type Varying struct {
	Cm, GL, Rm, EL *profile.Profile
}

// any tells whether something varies.
func (v Varying) any() bool { return v.Cm != nil || v.GL != nil || v.Rm != nil || v.EL != nil }

// DefaultMembrane returns the defaults: C_m = 1 µF/cm², R_a = 150 Ω cm,
// E_L = -70 mV, and R_m = 20,000 Ω cm² (τ_m = 20 ms), round values within the
// range that models of pyramidal cells use.
func DefaultMembrane() MembraneParams {
	return MembraneParams{Cm: 1, Ra: 150, Rm: 20000, EL: -70}
}

// leak returns the leak conductance (S/cm²), whichever way it was given.
func (p MembraneParams) leak() float64 {
	if p.Rm > 0 {
		return 1 / p.Rm
	}
	return p.GL
}

// Check reports every rule that p breaks.
func (p MembraneParams) Check(bad func(key, rule string, args ...any)) {
	positive := func(key string, x float64) {
		if !(x > 0) || math.IsInf(x, 0) {
			bad(key, "must be positive")
		}
	}
	positive("C_m", p.Cm)
	positive("R_a", p.Ra)
	switch {
	case p.GL != 0 && p.Rm != 0:
		bad("R_m", "give g_L or R_m, not both")
	case p.Rm != 0:
		positive("R_m", p.Rm)
	default:
		positive("g_L", p.GL)
	}
	if !(math.Abs(p.EL) <= 200) {
		bad("E_L", "must be from -200 to 200 mV")
	}
}

// A VaryingError says that a membrane is not sound at a place of a cell.
type VaryingError struct {
	Section string
	Key     string // C_m, g_L, R_m or E_L
	Rule    string
}

func (e *VaryingError) Error() string {
	return fmt.Sprintf("neuron: section %s: %s %s", e.Section, e.Key, e.Rule)
}

// vary gives the nodes of sections whose membrane varies what their distance says. An error
// is a *VaryingError.
func (t *Tree) vary() error {
	type distances struct {
		d        []float64
		farthest float64
	}
	known := map[[2]string]distances{}
	for node := range t.parent {
		s := &t.Sections[t.Section[node]]
		if !s.Membrane.Varying.any() || t.Index[node] < 0 {
			continue
		}
		at := func(key string, p *profile.Profile, otherwise float64) (float64, error) {
			if p == nil {
				return otherwise, nil
			}
			of := [2]string{p.Origin, p.Sample}
			from, done := known[of]
			if !done {
				var err error
				if from.d, from.farthest, err = t.Distances(p.Origin, p.Sample); err != nil {
					return 0, &VaryingError{s.Name, key, err.Error()}
				}
				known[of] = from
			}
			x := p.At(from.d[node], from.farthest)
			if !(x > 0 || key == "E_L") || math.Abs(x) > 1e9 {
				return 0, &VaryingError{s.Name, key, fmt.Sprintf("is %.4g at %.4g um; it must be positive", x, from.d[node])}
			}
			return x, nil
		}
		m := s.Membrane
		var errs [4]error
		m.Cm, errs[0] = at("C_m", m.Varying.Cm, m.Cm)
		m.GL, errs[1] = at("g_L", m.Varying.GL, m.GL)
		m.Rm, errs[2] = at("R_m", m.Varying.Rm, m.Rm)
		m.EL, errs[3] = at("E_L", m.Varying.EL, m.EL)
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		f := s.spineFactor(t.Distance[node])
		t.Cap[node] = m.Cm * t.Area[node] * 0.01 * f
		t.Leak[node] = m.leak() * t.Area[node] * 10 * f
		t.el[node] = m.EL
	}
	return nil
}
