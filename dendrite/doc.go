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
// costs nothing in a step in which none of its synapses changes.
//
// [AH16]: S. Ahmad & J. Hawkins, arXiv:1601.00720 (2016).
package dendrite
