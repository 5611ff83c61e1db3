// Package spiking is the spiking temporal memory of Bouhadjar et al. [B22]: a
// network that learns to predict the next element of a sequence, in its context,
// by dendritic action potentials (dAP) that depolarise cells before their input
// comes.
//
// # Structure
//
// M subpopulations, one for each symbol, have n_E excitatory cells and one
// inhibitory cell each. A symbol is one external spike to all n_E cells. Each
// excitatory cell has one dendrite with K = ⌊p M n_E⌋ plastic synapses from
// distinct cells, itself excluded; the potential connections never change, only
// their permanences do. Cells whose dendrite has fired are predicted: they spike
// earlier, and the inhibitory cell, driven by about ρ of them, silences the rest.
//
// # Equations
//
//	τ_m dV/dt = -V + (τ_m/C)(I_EX + I_ED + I_EI)      spike: V > V_th,E
//	τ dI/dt = -I, I += J                              I_EX, I_EI, I_IE
//	dI_ED/dt = A - I_ED/τ_ED, dA/dt = -A/τ_ED, A += J e/τ_ED
//
// Where I_ED > I_dAP,th, it is held at I_dAP for τ_dAP; then I_ED = A = 0. Each dAP
// adds 1 to z, dz/dt = -z/τ_h. A spike sets V = I_ED = A = 0, ends the dAP and
// holds all of them for τ_ref. The inhibitory cell is neuron.LIF.
//
// # Plasticity
//
// Permanence P of a synapse j → i, in [P_min, P_max], P_min the value that it was
// drawn with; x_j, the trace of the spikes of j: +1 at each, decay τ_+.
//
//	at each spike of j:                 P -= λ_- P_max
//	at t = t_i + d_EE, for each spike   P += λ_+ x_j(t) P_max, at most P_max, then
//	t_i of i, if Δt_min < t - t_j <     P += λ_h (z* - z_i(t_i)) P_max
//	Δt_max for the last t_j < t:
//
// A spike of j passes the synapse with weight J_max if then P > P_θ, else with 0.
//
// # The order of a step
//
// Time goes in steps of h; an event in step k is stamped with the time k h.
//
//  1. Plasticity of the excitatory spikes stamped k - d_EE (network.go, plastic).
//  2. Excitatory cells: integrate from k-1 to k with the values of k-1; then the
//     dendrite: a dAP begins, goes on or ends; then the soma (excitatory.go).
//  3. Inhibitory cells: integrate, fire.
//  4. What arrives in k is added to the currents: it acts on V from k+1.
//  5. Spikes stamped k are sent: they arrive in k + d_EE at dendrites, in k+1 at
//     the cells of their own subpopulation and at the inhibitory cell. Depression
//     and the weight belong to the stamp.
//
// # Blocks and threads
//
// What happens to a synapse in step k matters no earlier than k + d_EE, where a
// spike through it arrives. So a network advances in blocks of d_EE: all cells
// first, then all plasticity of the block, and the two meet once. A shard owns
// whole subpopulations with the synapses onto their cells and shares nothing but
// the spikes of the last two blocks; the number of shards changes no byte.
//
// # Cost
//
// Synapses are stored by source, in the order of their targets: target (4
// bytes), permanence (8), P_min (4, drawn so that nothing is rounded): 16 bytes.
// A spike of j walks one run of them. A spike of i needs the few sources that
// spiked within Δt_max; for each, a binary search finds where the targets that
// spiked in the same step lie, so that no second index is kept. Cells that can
// reach no threshold before something arrives are not stepped (propagate.go).
//
// # Versions
//
// The equations are those of [B22]. The first published implementation, for
// NEST, differs in two points (Reading NEST2022): every synapse starts as if its
// source had spiked at t = 0 with an empty trace, and a dAP leaves
// A = -(h e^{-h/τ}/τ²) I_dAP/(1 - (1 - h/τ) e^{-h/τ}), τ = τ_ED, behind. Neither
// changes what is learned; with them the spikes are those of NEST, all of them.
//
// [B22]: Y. Bouhadjar, D. J. Wouters, M. Diesmann & T. Tetzlaff, PLOS Comput.
// Biol. 18:e1010233 (2022).
package spiking
