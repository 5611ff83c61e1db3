// Package cable steps populations of cells that share one tree of compartments:
// the tree from package neuron, channels and calcium from package channel, synapses and the
// detector of NMDA spikes from package dendrite.
//
// A Spec says what the cells are; a Model is the constants that they share; Cells
// is the state of N of them. A population is any number of Cells, each the work
// of one thread; some hundred cells each keep the calls for each compartment cheap, and one
// cell alone has none.
//
// # A step
//
// Events (Excite) and currents (Inject) are given before the step in which they
// act. Step then
//
//  1. sets the equations of every compartment that changes: passive membrane,
//     synapses, injected currents, voltage clamps, channels, with conductances as they are
//     at the beginning of the step (backward Euler) or in its middle (second order);
//  2. solves them on the tree for the potentials at the end of the step;
//  3. advances synaptic conductances, then calcium, then gates at the new potentials;
//  4. finds the somata that fire, and resets them where they have a threshold;
//  5. looks for NMDA spikes in the new potentials.
//
// With backward Euler this is the order of NEURON's default method, and its
// numbers.
package cable
