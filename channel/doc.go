// Package channel holds voltage- and calcium-dependent conductances and the calcium beneath
// the membrane, as text and as arrays.
//
// # Equations
//
// The current of a channel per area of membrane is
//
//	i = g Π_k x_k^{p_k} (V - E)
//
// with the density of conductance g (S/cm²), the gates x_k of whole powers p_k, the potential V
// and the reversal potential E (mV); it is positive outwards. A gate goes to its steady state
// with its time constant,
//
//	dx/dt = (x∞ - x)/τ,   x∞ = α/(α+β),   τ = 1/(q (α+β))
//
// which are formulas of V, of the calcium concentration c, or of both (GateText). A gate
// without time constant is x∞. Calcium currents fill a pool (PoolParams), and reverse at
//
//	E_Ca = (R T/2F) ln(c_outside/c)
//
// where no E is given.
//
// # From text to steps
//
// A Definition is text. Compile checks it over the range of the tables, -128 to 128 mV and 1 nM
// to 16 mM: a pole, a steady state outside [0, 1] or a time constant that is not positive is
// reported with its potential, and a formula that is 0/0 is continued by its limit. The result
// is a Kinetics.
//
// A Membrane is the channels and pools of the cells of one tree. In a step of length h a gate
// does
//
//	x ← a + b x,   b = e^(-h/τ),   a = x∞ (1 - b)
//
// which is exact while V and c are constant. a and b are tabulated for the step as cubics over
// intervals of V, or of octaves of c; intervals are halved until no gate has an error of more than 1e-8.
// So the cost of a step does not depend on the formulas. Beyond the range, in the few intervals
// where a formula has a corner or a jump, and for gates that read both V and c, the formulas are
// evaluated as they stand.
//
// # Order of a step
//
// Unstaggered, as NEURON's fixed step has it: E_Ca follows from c, currents from the gates, both
// at the beginning of the step; the cable is solved; c goes on with the current of the
// beginning; gates go on with V and c at the end. Staggered, for the method of second order:
// gates are known at the middles of steps, V and c at their ends; see State.Currents.
package channel
