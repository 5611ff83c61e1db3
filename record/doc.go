// Package record watches a run. Its recorders read the blocks of steps that
// network.Run shows them and write files, or keep counts; they change nothing,
// and what they hold does not grow with the length of the run.
//
// # Life of a recorder
//
// A recorder is made from the built network before the run. Those that write
// (Spikes, Dendritic, Synapses, Traces, Rates, Presentations) gather rows in a buffer:
// Flush hands them to the io.Writer, and Close, at the end of the run, also what
// is incomplete. Neither closes the io.Writer.
//
// For a checkpoint a recorder is flushed, then MarshalBinary gives its state,
// which holds the length of its file (Size). To resume, the file is cut to that
// length and opened for appending, the recorder is made as before, and
// UnmarshalBinary is called before the first Record. The file is then, byte for
// byte, that of the uninterrupted run.
//
// # Files
//
// Text files are CSV: one header line, commas, line feeds, no quotes and no
// comments; names with a comma, a quote or a line break are refused. A step is
// an integer; time_ms is step·dt, the beginning of the step, in exact decimals
// (12.3, not 12.299999999999999). Time means this in every file, also in the tables and
// figures of studies of one cell: an input spike of step k is given at the beginning of
// the step, the spikes and potentials that follow from it are those at its end.
// A program that stamps potentials with the end of the step, as NEURON does, has the
// same value dt later. Rows ascend by step. Real numbers are printed
// with the fewest digits that read back as the same float64.
//
// Spikes, CSV: one row per spike, by step, population (in the order of the
// configuration), cell.
//
//	step,time_ms,population,cell
//
// Spikes, Binary: the same rows as records of 14 bytes, little-endian: step
// (int64), index of the population in the order of the configuration (uint16),
// cell (uint32). A header of 64 bytes comes first: text that ends in dt in ms,
// padded with spaces, and a line feed. In numpy:
//
//	np.fromfile(path, offset=64, dtype=[('step','<i8'),('population','<u2'),('cell','<u4')])
//
// Dendritic: one row per start and end of an NMDA spike. An end carries the
// last step of the plateau, which begins in the step after the start. Where an NMDA
// spike is detected, not declared, the start carries the step of the crossing: the
// first after which the potential is at or above detect.level; the end carries the
// first step after which it is below the level again, and the highest potential in
// between. That the crossing begins an NMDA spike is certain only detect.duration
// later. So rows, rates and detection windows wait for as long (settled), and an
// excursion that the end of the run cuts before that is no NMDA spike. By step,
// population, group (in the order of the configuration), starts before ends,
// cell, segment; segment counts within the cell and group.
//
//	step,time_ms,population,cell,group,segment,event,peak_mV      event: start or end
//
// Synapses: the synapses that are active in the step in which an NMDA spike starts, by step,
// population, group, cell and segment of the NMDA spike, then by projection (in the order of the
// configuration), number of the synapse among those of its cell from the projection, and arrival.
//
//	step,time_ms,population,cell,group,segment,projection,synapse,source_population,source_cell,arrival_step,arrival_ms,weight,pattern
//
// A synapse of a threshold segment has one row, of the last spike that reached it and that it did
// not fail to pass on; it is active where that arrived no more than the window, less one step,
// before the start (the shunt window, of an inhibitory one). So the rows of excitatory synapses
// are as many as the overlap. A synapse that opens a conductance has a row for each spike whose
// conductance is open still: those that arrived in the step of the crossing or before, as long as
// the course of one of its receptors was, at the beginning of that step, before its peak or at
// least a tenth of it. weight is what short-term plasticity makes of the spike, u x/U; a synapse
// of a threshold segment has weight 1. Saturation of receptors is not in it. pattern is the number
// of the first pattern that the segment stores by this projection and that holds the source cell;
// empty, where it stores none.
//
// Traces: one row per recorded step (start, start + every ...), one column per probe,
// in the order in which they were set or asked for. The value is that after the step; a count has no unit.
//
//	step,time_ms,E.0.V_m (mV),E.0.I_syn (pA),E.3.basal.0.overlap,…
//
// Rates: one row per bin, one column per population and per group of segments:
// spikes, or NMDA spikes that start, per cell and second of the bin. step and
// time_ms are those of the first step of the bin. Bins begin at multiples of
// their length; the first and the last may be shorter, and width (ms) says so.
//
//	step,time_ms,width (ms),E (spikes/s),E.basal (NMDA spikes/s),…
//
// Presentations: one row as each presentation begins, by step, input (in the
// order of the configuration). The pattern is -1 for a novel one.
//
//	step,time_ms,input,presentation,pattern
//
// # Arrays
//
// The functions …NPZ write what is in a file once more as arrays of NumPy, in an .npz file,
// a ZIP archive that is not compressed. Columns become arrays of these names, with one value for
// each row: step and arrival_step int64, time_ms, arrival_ms and weight float64, cell, segment,
// synapse and source_cell uint32, presentation and pattern int64 (-1 for none), peak_mV float64
// (NaN for none), start bool in place of event. Names become indices from 0, uint16, in the arrays
// population, source_population, group, projection and input, into the texts of the arrays
// populations, groups, projections and inputs. Of traces and rates the array values, [row][column], holds the
// columns, and the arrays columns and units say their names and units.
//
// The functions Read… read these files back.
package record

// Times says, for the record of a run, what the times in its files mean.
const Times = "a time is the beginning of a step; spikes and potentials are those at its end, one dt later"
