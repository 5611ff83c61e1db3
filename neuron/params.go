package neuron

import "math"

// Kernel is the time course of a synaptic current.
type Kernel string

const (
	Exponential Kernel = "exponential" // jumps to the weight, decays with τ
	Alpha       Kernel = "alpha"       // rises to the weight at τ, then decays
)

// LIFParams is what a user sets of a leaky integrate-and-fire soma.
type LIFParams struct {
	Cm     float64 `toml:"C_m" unit:"pF" doc:"membrane capacitance"`
	TauM   float64 `toml:"tau_m" unit:"ms" doc:"membrane time constant"`
	EL     float64 `toml:"E_L" unit:"mV" doc:"leak reversal potential, the rest"`
	Vth    float64 `toml:"V_th" unit:"mV" doc:"spike threshold"`
	Vreset float64 `toml:"V_reset" unit:"mV" doc:"potential after a spike"`
	TRef   float64 `toml:"t_ref" unit:"ms" grid:"dt" doc:"absolute refractory time"`
	Kernel Kernel  `toml:"kernel" of:"exponential alpha" doc:"time course of the synaptic currents: exponential or alpha"`
	TauEx  float64 `toml:"tau_syn_ex" unit:"ms" doc:"time constant of the excitatory current"`
	TauIn  float64 `toml:"tau_syn_in" unit:"ms" doc:"time constant of the inhibitory current"`
	B      float64 `toml:"b" unit:"pA" doc:"adaptation current added by each spike of the cell"`
	TauW   float64 `toml:"tau_w" unit:"ms" doc:"time constant of the adaptation current"`
}

// DefaultLIF returns the defaults: a pyramidal cell with C_m and τ_m as in
// Bouhadjar et al. (2022, PLOS Comput. Biol. 18:e1010233) around a rest of
// -70 mV, and no adaptation.
func DefaultLIF() LIFParams {
	return LIFParams{
		Cm: 250, TauM: 10, EL: -70, Vth: -55, Vreset: -70, TRef: 2,
		Kernel: Exponential, TauEx: 2, TauIn: 5, TauW: 100,
	}
}

// Check reports every rule that p breaks; dt in ms.
func (p LIFParams) Check(dt float64, bad func(key, rule string, args ...any)) {
	positive := func(key string, x float64) {
		if !(x > 0) || math.IsInf(x, 0) {
			bad(key, "must be positive")
		} else if x < dt/100 && key != "C_m" {
			bad(key, "must be at least a hundredth of a step (dt = %g ms)", dt)
		}
	}
	positive("C_m", p.Cm)
	positive("tau_m", p.TauM)
	positive("tau_syn_ex", p.TauEx)
	positive("tau_syn_in", p.TauIn)
	positive("tau_w", p.TauW)
	if !(p.Vth > p.EL) {
		bad("V_th", "must be above E_L (%g mV): the cell would fire at rest", p.EL)
	}
	if !(p.Vreset < p.Vth) {
		bad("V_reset", "must be below V_th (%g mV): the cell would fire without end", p.Vth)
	}
	checkRefractory(p.TRef, dt, bad)
	if !(p.B >= 0) || math.IsInf(p.B, 0) {
		bad("b", "must not be negative")
	}
	if p.Kernel != Exponential && p.Kernel != Alpha {
		bad("kernel", "must be %q or %q", Exponential, Alpha)
	}
}

// checkRefractory reports what is wrong with a refractory time (ms): its steps are
// counted in 32 bits.
func checkRefractory(ms, dt float64, bad func(key, rule string, args ...any)) {
	if !(ms >= 0) {
		bad("t_ref", "must not be negative")
	} else if most := math.MaxInt32 * dt; ms > most {
		bad("t_ref", "must be at most %g ms (%d steps)", most, math.MaxInt32)
	}
}

// Rheobase returns the constant current at which V ends at V_th (pA):
// C_m (V_th - E_L)/τ_m. A larger one makes the cell fire on its own.
func (p LIFParams) Rheobase() float64 { return p.Cm * (p.Vth - p.EL) / p.TauM }
