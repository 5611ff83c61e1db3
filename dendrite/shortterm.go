package dendrite

import (
	"neurosim/internal/fpmath"
)

// ShortTermParams is what a user sets of short-term depression and facilitation.
type ShortTermParams struct {
	U        float64 `toml:"U" doc:"part of the resources that a first spike uses"`
	TauRec   float64 `toml:"tau_rec" unit:"ms" doc:"time constant with which resources recover"`
	TauFacil float64 `toml:"tau_facil" unit:"ms" doc:"time constant with which facilitation decays; 0 for none"`
}

// DefaultShortTerm returns the depressing synapse between pyramidal cells of
// Tsodyks & Markram (1997, PNAS 94:719): U = 0.5, τ_rec = 800 ms.
func DefaultShortTerm() ShortTermParams { return ShortTermParams{U: 0.5, TauRec: 800} }

// Check reports every rule that p breaks.
func (p ShortTermParams) Check(bad func(key, rule string, args ...any)) {
	if !(p.U > 0 && p.U <= 1) {
		bad("U", "must be above 0 and at most 1")
	}
	if !(p.TauRec > 0 && p.TauRec <= maxTau) {
		bad("tau_rec", "must be above 0 and at most %g ms", maxTau)
	}
	if !(p.TauFacil >= 0 && p.TauFacil <= maxTau) {
		bad("tau_facil", "must be from 0 to %g ms", maxTau)
	}
}

// ShortTerm is the short-term plasticity of M synapses (Tsodyks, Pawelzik &
// Markram 1998, Neural Comput. 10:821). Between spikes the resources x recover
// to 1 and the use u decays to 0; a spike after the time Δ does, in this order,
//
//	x ← 1 - (1-x) e^(-Δ/τ_rec)
//	u ← u e^(-Δ/τ_facil);  u ← u + U (1-u)
//	weight = u x / U;  x ← x - u x
//
// so a spike after a long silence has weight 1: g_max is its conductance.
// Without facilitation u = U. u x, the part of the resources that a spike uses, is in
// their model the probability of release too; where what counts is whether a synapse is
// active, as on threshold segments, it is taken as that (Release). x is the mean over
// releases in both. Work follows spikes.
type ShortTerm struct {
	params ShortTermParams
	dt     float64   // (ms)
	u, x   []float64 // [M] just after the last spike
	last   []int64   // [M] step of the last spike, -1 before the first
}

// NewShortTerm returns m rested synapses; dt in ms.
func NewShortTerm(m int, p ShortTermParams, dt float64) *ShortTerm {
	s := &ShortTerm{params: p, dt: dt, u: make([]float64, m), x: make([]float64, m), last: make([]int64, m)}
	for i := range s.x {
		s.x[i], s.last[i] = 1, -1
	}
	return s
}

// Spike returns the weight u x/U of a spike of synapse i in a step, not before that of
// its last.
func (s *ShortTerm) Spike(i int, step int64) float64 { return s.Release(i, step) / s.params.U }

// Release returns the probability u x with which a spike of synapse i releases, in place
// of Spike.
func (s *ShortTerm) Release(i int, step int64) float64 {
	p := s.params
	after := float64(float64(step-s.last[i]) * s.dt)
	s.last[i] = step
	x := 1 - float64((1-s.x[i])*left(after, p.TauRec))
	u := p.U
	if p.TauFacil > 0 {
		u = float64(s.u[i] * left(after, p.TauFacil))
		u += float64(p.U * (1 - u))
	}
	used := float64(u * x)
	s.u[i], s.x[i] = u, x-used
	return used
}

// left returns e^(-t/τ), 0 beyond 700 τ.
func left(t, tau float64) float64 {
	if t > 700*tau {
		return 0
	}
	return fpmath.Exp(-t / tau)
}

// State returns the arrays that make up the state, for a checkpoint. They are
// the state itself: copying into them restores it.
func (s *ShortTerm) State() (u, x []float64, last []int64) { return s.u, s.x, s.last }
