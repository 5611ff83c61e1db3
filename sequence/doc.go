// Package sequence is a sequence memory whose segments learn: the temporal
// memory of Hawkins & Ahmad [HA16] in discrete steps, and what is needed to put
// data through it.
//
// # The temporal memory
//
// C columns of P cells; cell = column·P + index. A cell owns segments; a segment
// holds synapses, at most one from each presynaptic cell, each with a permanence
// p in [0, 1] and connected where p ≥ p_c. One [Memory.Step] takes the active
// columns and does, in this order:
//
//  1. The prediction that the step before left: a cell is predicted if one of
//     its segments had at least θ connected synapses from active cells (it is
//     active); a segment with at least θ_m synapses, connected or not, from
//     active cells is matching.
//  2. In an active column with predicted cells, these become active and are the
//     winners. Their active segments learn: p rises by p+ where the presynaptic
//     cell was active and falls by p- elsewhere, and the segment grows synapses
//     to winners of the step before until as many of them are active as
//     max_new_synapse_count says.
//  3. In an active column without one, all cells become active (it bursts). The
//     cell with the best matching segment wins and that segment learns; without
//     any, a cell with fewest segments wins and gets a new segment onto winners
//     of the step before.
//  4. In a column that is not active, matching segments are punished: p falls by
//     predicted_segment_decrement where the presynaptic cell was active.
//  5. Overlaps of all segments with the cells that are active now: the next
//     prediction.
//
// A synapse whose permanence falls below 1e-5 is destroyed, and with its last
// one the segment. Overlaps are frozen at the end of a step: learning in the
// next uses them as they were.
//
// Two published implementations differ in ties and limits; [Rules] chooses.
//
// # How growth keeps the layout flat
//
// Synapses are in two flat arrays (presynaptic cell, permanence), those of a
// segment side by side in a block; the inverted index, which lists the segments
// that each presynaptic cell has synapses on, is a third, with a block for each
// column of presynaptic cells. The arrays are cut into chunks, so that they grow
// without being copied. Blocks have slack and come in size classes; one that
// becomes too small is left to the free list of its class and its content moves
// to a larger one. When an eighth of an array is idle, all its blocks are rebuilt
// without gaps. A synapse takes 12 bytes, and with its segment, the
// index and the slack less than 16 in a memory of a million synapses.
//
// # Sameness
//
// Everything that learns is local to a column, so columns are divided among
// threads; a draw is keyed by the seed, what it is for, the step and the column
// or cell. Results depend neither on threads, nor on where blocks lie, nor on
// whether the state was saved and restored in between.
//
// [HA16]: J. Hawkins & S. Ahmad, "Why neurons have thousands of synapses, a
// theory of sequence memory in neocortex", Front. Neural Circuits 10:23 (2016),
// doi:10.3389/fncir.2016.00023.
package sequence
