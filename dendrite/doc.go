// Package dendrite holds the models of dendritic segments.
//
// # Threshold segments
//
// The segment of Ahmad & Hawkins [AH16], set in time. A segment has s synapses,
// each from one presynaptic cell. Time goes in steps k of length dt.
//
//   - A synapse is active for the coincidence window: an arrival in step j makes
//     it active in steps j … j+W-1; an arrival while it is active prolongs this
//     and counts once.
//   - The overlap of a segment is its number of active synapses, the A·D of
//     [AH16, equation (1)].
//   - Where overlap ≥ θ, the segment is in no plateau and it is not shunted, an
//     NMDA spike starts in step k. Its plateau is steps k+1 … k+P, and the next
//     start is possible in step k+P+1, also where the overlap stayed ≥ θ.
//   - An inhibitory synapse is active for the shunt window in the same way. While
//     at least θ_inh of a segment's inhibitory synapses are active it is shunted:
//     no NMDA spike starts, and a plateau ends with the step in which the shunt
//     began.
//
// In the limit of no jitter and no background, a segment detects a pattern
// exactly where [AH16, equation (1)] says; package theory has the rates.
//
// # Cost
//
// Synapses are grouped by branch: the synapses of one axon on the segments that
// an arrival reaches in the same step. All synapses of a branch are active
// together, so one time per branch is all the state that a window needs, and a
// branch costs two visits per synapse however often it is prolonged. A segment
// costs nothing in a step in which none of its synapses changes. Synapses that may fail
// are not active together: each is a branch of its own, and is drawn at every spike.
//
// # Synaptic conductances
//
// An event of a receptor opens, t after it,
//
//	g(t) = g_max norm (e^(-t/τ_d) - e^(-t/τ_r)),   norm = 1/(e^(-t*/τ_d) - e^(-t*/τ_r)),   t* = ln(τ_d/τ_r) τ_d τ_r/(τ_d - τ_r)
//
// whose peak is g_max, at t*; for τ_r = 0 it is g_max e^(-t/τ_d), for τ_r = τ_d the
// limit g_max (t/τ) e^(1-t/τ). Events add, whichever synapse they come by, so a
// receptor has one state for all its synapses on a compartment (Conductances), and
// a step advances it exactly. The current into the cell is
//
//	I = g(t) B(V) (E - V),   B(V) = 1/(1 + η [Mg] e^(-γV))
//
// with B = 1 for receptors without magnesium block. V in mV, g in nS, I in pA, [Mg]
// in mM. Published laws of the block differ twenty-fold at rest, so a law is
// always named (BlockParams). B(V) (V - E) is tabulated as chords of 1/64 mV, to
// 2e-6 mV; a step takes the chord at V as the current's dependence on V,
// see Conductances.Add for where it does not.
//
// # What a spike opens
//
// A spike of an axon arrives at each of its synapses with a weight w, in units of g_max
// (of the weight in pA, where it is a current into a soma), in this order:
//
//   - Short-term plasticity (ShortTerm; Tsodyks, Pawelzik & Markram 1998), by axon: the
//     spike uses the part u x of the resources, and w = u x/U.
//   - Failure (ReleaseParams), by synapse: with probability 1 - p the synapse does nothing.
//     The resources are used whether it does or not.
//   - Saturation (Saturation; Destexhe, Mainen & Sejnowski 1994), by synapse and receptor: of
//     the receptors the fraction r is bound, the release binds min(1, b w) of the rest, and
//     the weight is the increase of r over b. r decays with τ_decay. Two releases at an
//     interval Δ open 1 and 1 - b e^(-Δ/τ_decay); many at once no more than 1/b. After a
//     burst NMDA receptors stay bound, so that fewer synapses make an NMDA spike, but not
//     as few as if the conductances of the burst added.
//
// A synapse of a threshold segment is active or not. There u x is the probability of
// release, and with failure it is p u x, for each spike and synapse independently.
//
// # NMDA spikes in voltages
//
// On conductance segments an NMDA spike is not declared but found: the highest
// potential of the segment's compartments stays at or above a level for a time
// (Detector; -40 mV for 20 ms unless set, after Eyal et al. 2018).
//
// [AH16]: S. Ahmad & J. Hawkins, arXiv:1601.00720 (2016).
package dendrite
