// Package network builds a network from its description and advances it in
// time.
//
// # The step
//
// Time goes in steps k of length dt; an event in step k is stamped with k and
// with the time k·dt, the beginning of the step. The order of one step is part
// of the model. It is the function shard.step and, for LIF cells, somata.step:
//
//  1. Input cells spike (package stimulus), perhaps several times in a step. Several
//     spikes open a conductance, or drive a soma, as often; a synapse of a threshold
//     segment is active or not, so for it one counts.
//  2. Spikes arrive whose delay ends now: those of input cells and of somata
//     that spiked in step k - delay. The delay of an input may be 0, that of a
//     soma is at least one step. Synapses whose coincidence window is over
//     become inactive. Short-term plasticity, failure of release and saturation act on
//     a spike as it arrives, in this order (package dendrite).
//  3. Segments whose overlap is now at least θ start an NMDA spike, unless they
//     are in a plateau or shunted (package dendrite).
//  4. Somata integrate over the step with the constant current, the synaptic
//     currents and the current of the plateaus that cover step k. A plateau that
//     starts in step k covers k+1 … k+P: its current begins with the next step.
//  5. Somata at or above threshold spike, and are reset (package neuron).
//  6. Plateaus whose last step is k end; those that started in step k begin.
//  7. Probes and recorders read.
//
// The order agrees with that of the reference networks in
// testdata/reference/segments, event for event.
//
// Compartmental cells (trees.step) have no declared NMDA spike, so their order
// is 2, 4, 5, 3, 6: arrivals open conductances at the places of their synapses
// (TreeModel); the trees are solved (package cable) and somata spike; then the potentials
// show which NMDA spikes have become certain and which have ended (dendrite.Detector).
//
// The plateau current of a group of segments drives the soma once, however many
// of the cell's segments are in a plateau, or once per plateau (Combine).
//
// # Who is connected
//
// A projection draws, for each target unit (a segment, or a soma), which cells of the
// source it has synapses from (Rule). Fixed numbers: a random subset of a pattern's or of
// all cells, the cell of the same number, every cell, a table. A binomial number: rule
// Pairwise makes a synapse of every pair with probability p, independently; with
// DistanceParams with p e^(-d²/2σ²) or p e^(-d/λ), d the distance of the two cells
// (PositionParams). Pairs are drawn by going from one synapse to the next, with geometric
// numbers of pairs between, and kept with the part that the distance leaves, so a unit costs
// p n draws. All draws are keyed by projection and target cell.
//
// # Threads
//
// A shard owns a range of cells of every population: their synapses, segments
// and somata. Shards share nothing but the history of spikes. They advance on
// their own for as many steps as the shortest delay between somata, then meet.
// Overlaps are integers, and each soma adds its currents in the order of the
// projections, delays and sources, so the number of shards changes no byte.
//
// # Processes
//
// Of several processes (ranks.Ranks) each has a contiguous range of the cells of every population,
// and divides it among its threads. It draws the synapses of its cells alone. After every
// block each tells all others which of its cells spiked, so that all have the same history;
// the spikes of input cells are made by every process. NMDA spikes, their peaks and samples
// go to rank 0, whose recorders see the Block of one process. In the history of a process
// the cells of lower ranks are one part, those of each of its threads another, those of
// higher ranks the last: spikes arrive in the order of one process.
//
// # Sameness
//
// Every draw is keyed by (seed, purpose, name, index): see internal/rng. The
// state before a step is a function of the spikes of the last window and delay,
// the potentials and currents of the somata, the running plateaus, the resources of axons
// with short-term plasticity and the bound receptors of synapses that saturate; that is
// what a State holds, whatever the number of shards and processes. Whether a synapse releases is drawn by
// (projection, cell, synapse, step, number of the spike in the step), so it needs no state,
// except for the releases of short-term plasticity on threshold segments, whose
// probabilities are those of the past: the last of each synapse is saved.
package network
