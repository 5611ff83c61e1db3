// Package neuron holds the models of the soma and cells as trees of
// compartments.
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
//
// # Trees of compartments
//
// A cell is sections (SectionParams, ReadSWC or ReadASC), cut into compartments of
// equal length (Discretisation). Compartment i has the area A_i of its piece of
// membrane and is joined to its parent by the resistance between the centres
// (NewTree):
//
//	C_i dV_i/dt = g_L,i (E_L,i - V_i) + Σ_j g_ij (V_j - V_i) + I_i(V_i, t)
//	C_i = F_i C_m A_i,   g_L,i = F_i A_i/R_m,   1/g_ij = R_a ∫ dx/(π r²)
//
// V in mV, C in pF, g in nS, I in pA, t in ms. F_i is the factor of the spines
// there (Spines), 1 without. A frustum with the radii a and b
// and the height h has the area π (a+b) √(h² + (a-b)²) and the integral
// h/(π a b). Points where sections meet are nodes without membrane. Free ends are
// sealed.
//
// I is what synapses (package dendrite), channels and electrodes bring in; a
// step needs it linear in V, I = i_0 - g V, with g and i_0 taken at the beginning
// of the step.
//
// # A step
//
// Backward Euler solves, for the potentials V' at the end of the step h = dt,
//
//	(C_i/h + g_L,i + g_i + Σ_j g_ij) V'_i - Σ_j g_ij V'_j = (C_i/h) V_i + g_L,i E_L,i + i_0,i
//
// by elimination from the ends of the tree to the soma and back (Hines 1984, Int.
// J. Bio-Med. Comput. 15:69), exactly, in time proportional to the number of
// nodes. The method of second order solves two such systems a step, with h = γ dt and γ = 1 - 1/√2
// (Cable.Solve); synaptic conductances, known in closed form, are those of the middle of the
// step, and so are the gates of channels (package channel).
//
// Nodes beyond which no conductance changes are eliminated once (NewPlan), for
// all cells and steps; a step only passes currents inwards and potentials
// outwards there. State is [node][cell], cells innermost.
//
// # Firing of a soma on a tree
//
// Either the soma, node 0, is reset where it reaches V_th at the end of a step,
// and keeps V_reset for the next R = t_ref/dt steps, in which the dendrites go on
// and see it (Firing). Or channels make the spike (package channel).
package neuron
