// Package timeline is what happened in a network, in numbers and by the step: what studies read
// from their recordings and package report shows. It reads no files and draws nothing, as package
// figure for pictures.
package timeline

// A Timeline is the course of a run of a network. Steps are those of the run: step k begins at
// k·Dt.
type Timeline struct {
	Dt          float64 // (ms)
	Steps       int64   // of the run
	Populations []Population
	Shown       []Presentation // by From
	Charts      []Chart        // quantities against time: rates, then traces
	Notes       []string       // what is thinned or left out, with numbers
}

// A Population is cells with their spikes and their NMDA spikes.
type Population struct {
	Name     string
	Kind     string // as kind in the configuration
	Cells    int
	Recorded bool  // its spikes are
	Total    int64 // spikes that were recorded

	// Every is n where only every n-th cell is here, from 0: its spikes, and its NMDA spikes.
	Every  int
	Spikes []Spike // by step
	Groups []Group
	Tree   *Tree // of its cells; nil: they are points
}

// A Tree is how the cells of a population are drawn: their sections in a plane.
type Tree struct {
	// Lies tells that x and y are those of the cell's file (µm). Else the drawing is a dendrogram: y
	// is the path from the centre of the soma (µm), apical dendrites upwards and the others
	// downwards, and branches are spread along x, in steps of 1.
	Lies     bool
	Says     string    // what the drawing is, for people
	Sections []Section // the first is the soma
}

// A Section is an unbranched piece of a tree.
type Section struct {
	Name   string
	Parent int32    // the section that it begins on; -1 for the soma
	Begin  float64  // path from the centre of the soma to its beginning (µm); negative for the soma's own
	Width  float64  // mean diameter (µm)
	Line   []Vertex // from its beginning to its end
}

// A Vertex is a place on a section and in the plane.
type Vertex struct {
	Path float64 // from the beginning of the section (µm)
	X, Y float64
}

// A Spike is a spike of a cell.
type Spike struct {
	Step int64
	Cell int32
}

// A Group is the segments of one name on the cells of a population.
type Group struct {
	Name, Zone string
	Count      int   // segments of a cell
	Theta      int   // threshold (synapses); 0: NMDA spikes are found in the potential
	Window     int64 // for which a synapse of a threshold segment is active (steps)
	Level      float64

	// On a tree, segment j lies on section Sections[j], From and To being parts of the section's
	// length; nil elsewhere.
	Sections []int32
	From, To float64

	Spikes []NMDASpike // by start
	Total  int64       // NMDA spikes that were recorded

	// Explained is the last step of whose starts the synapses are here; -1: they are not recorded.
	Explained   int64
	Projections []Projection // onto the group

	// Wiring are the synapses of the shown cells, by which overlaps follow from the spikes; nil:
	// there are too many, or the spikes do not tell them, and NoWiring says which.
	Wiring   []CellSynapses
	NoWiring string
}

// A Projection is the synapses from one population.
type Projection struct {
	Name, Source string
	Inhibits     bool
}

// An NMDASpike is an NMDA spike of a segment.
type NMDASpike struct {
	Start, End int64   // steps; End is -1 where the run ended before it
	Peak       float64 // highest potential (mV); NaN for threshold segments
	Cell       int32
	Segment    int32 // of the cell and group
	Synapses   []Active
}

// An Active is a synapse that is active at a start, by one of the spikes that reached it.
type Active struct {
	Projection int32 // of the group
	Number     int32 // of the synapse among those of its cell from the projection
	Source     int32 // cell
	Pattern    int32 // that the segment stores and that holds the source; -1: none
	Arrival    int64 // step
	Weight     float64
	Along      float64 // where it lies on the section of its segment, in parts of the length
}

// A CellSynapses is the excitatory synapses on the segments of a cell.
type CellSynapses []Synapse

// A Synapse is one of them.
type Synapse struct {
	Segment, Projection, Source int32
	Delay                       int64 // (steps)
}

// A Presentation is one of an input, from the first to the last step in which it makes spikes.
type Presentation struct {
	From, To int64
	Input    string
	Pattern  int // -1: a novel one
}

// A Chart is quantities of one unit against time.
type Chart struct {
	Name  string // what it shows, such as "rates" or the name of a trace
	File  string // where all of it is
	Unit  string // "" for a count
	Steps []int64
	Lines []Line

	Bin int64 // a value holds from its step for as many steps; 0: it is of the step
}

// A Line is one of them, with a value for each of the steps.
type Line struct {
	Name   string
	Values []float64
}
