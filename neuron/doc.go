// Package neuron holds the models of the soma.
//
// # Leaky integrate-and-fire
//
//	C_m dV/dt = -(C_m/τ_m)(V - E_L) + I_e + I_dAP + I_ex - I_in - w
//
// V is the membrane potential (mV), I_e a constant current, I_dAP the current of
// the dendritic plateaus, I_ex and I_in the synaptic currents and w the
// adaptation current (all pA). Where V ≥ V_th at the end of a step the cell
// spikes in that step: V is set to V_reset and stays there for the next
// R = t_ref/dt steps; the currents go on.
//
// An input spike of weight J (pA) at the beginning of a step adds
//
//	exponential:  I(t) = J e^(-t/τ)
//	alpha:        I(t) = J (t/τ) e^(1-t/τ)    (peak J at t = τ)
//
// and a spike of the cell itself adds b to w, which decays with τ_w.
//
// # Exact integration
//
// The subthreshold equations are linear, so a step of length h is exact
// (Rotter & Diesmann 1999, Biol. Cybern. 81:381), whatever h. With u = V - E_L,
// φ₁(x) = (e^x-1)/x, ψ₁(x) = ∫₀¹ s e^{xs} ds and x = h/τ_m - h/τ:
//
//	u ← P u + (1-P)(τ_m/C_m)(I_e + I_dAP) + Σ_I (A I + B y),   P = e^(-h/τ_m)
//	A = (h/C_m) P φ₁(x),   B = (h²/C_m) P ψ₁(x)
//	I ← p (I + h y),  y ← p y,                                  p = e^(-h/τ)
//
// where y = 0 for exponential currents and w, and y jumps by J e/τ for alpha
// currents. φ₁ and ψ₁ are smooth at 0, so τ_m = τ needs no special case.
package neuron
