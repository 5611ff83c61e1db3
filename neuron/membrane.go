package neuron

import "math"

// MembraneParams is what a user sets of the passive membrane and the cytoplasm
// of a region of a cell. Exactly one of g_L and R_m is given; R_m = 1/g_L.
type MembraneParams struct {
	Cm float64 `toml:"C_m" unit:"uF/cm2" doc:"capacitance of the membrane"`
	Ra float64 `toml:"R_a" unit:"ohm cm" doc:"resistivity of the cytoplasm"`
	GL float64 `toml:"g_L" unset:"0" unit:"S/cm2" doc:"leak conductance; instead of R_m"`
	Rm float64 `toml:"R_m" unset:"0" unit:"ohm cm2" doc:"resistance of the membrane, 1/g_L; instead of g_L"`
	EL float64 `toml:"E_L" unit:"mV" doc:"leak reversal potential, the rest"`
}

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
