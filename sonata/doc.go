// Package sonata writes and reads files of SONATA, the format in which programs of
// computational neuroscience exchange networks, spikes and traces: HDF5 files of one layout,
// with tables of text and configurations of JSON beside them. It knows the layout and
// nothing of simulation.
//
// # What is written
//
// Spikes: /spikes/POPULATION/timestamps (float64, ms) and node_ids (uint64, from 0), in the
// order of time, which the attribute sorting says as an enumeration. A population without
// spikes is left out, since BMTK takes a file with an empty one for empty.
//
// Reports: /report/POPULATION/data (float32, frames by values) with a mapping from values to
// cells and places. The mapping has index_pointers, which libsonata reads, and index_pointer,
// which BMTK reads: two names of one dataset. /mapping/time holds begin, end and interval;
// the end is 1e-9 ms late, so that the number of frames is the same by each reader's rule.
//
// Nodes: the sizes of populations, with a table of types. Configurations: one of the circuit
// and one of the simulation, which libsonata, SNAP and BMTK open.
//
// # What is read
//
// Spikes of this layout and of the older one without populations (/spikes/gids); the sizes
// of populations; edges with one group of attributes, and their table of types.
//
// Sources: the SONATA developer guide, github.com/AllenInstitute/sonata; the SONATA extension
// of the Blue Brain Project, github.com/BlueBrain/sonata-extension; and what libsonata, SNAP
// and BMTK read of it.
package sonata

// Magic and version, attributes of the root of a file of spikes.
const magic = 0x0a7a

var version = []uint32{0, 1}

// sortings are the names of the attribute sorting, by number.
var sortings = []string{"none", "by_id", "by_time"}

const byTime = 2

// chunk is how many rows of a dataset of one dimension are in a chunk.
const chunk = 1 << 14

// deflate is the level of compression: higher ones take several times as long for spikes
// that are a few percent smaller.
const deflate = 1
