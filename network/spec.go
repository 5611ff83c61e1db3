package network

import (
	"neurosim/dendrite"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// A Spec describes a network, its input and the length of a run, as plain data.
// Check says whether it is sound; Build lowers it to arrays.
type Spec struct {
	Seed        uint64
	Dt          float64 // length of a step (ms)
	Steps       int64   // length of the run
	Populations []Population
	Projections []Projection
	Inputs      []Input

	Stimulations []Stimulation

	index map[string]int // population → where it is; see Index
}

// Kind says what the cells of a population are.
type Kind string

const (
	SDR        Kind = "sdr"        // input cells, which spike as their inputs say
	Pyramidal  Kind = "pyramidal"  // LIF somata with dendritic segments; excitatory
	Inhibitory Kind = "inhibitory" // LIF somata; inhibitory

	// Compartmental cells are trees of compartments with conductances; excitatory.
	Compartmental Kind = "compartmental"
)

// A Population is a set of cells of one kind.
type Population struct {
	Name string
	Kind Kind
	InputCells
	Cells
	Trees    *Trees          // of Compartmental cells, else nil
	Position *PositionParams // nil: the cells have no positions
	Segments []Segments
}

// Size returns the number of cells.
func (p *Population) Size() int {
	if p.Kind == SDR {
		return p.N
	}
	return p.Count
}

// MeanCurrent returns I_e (pA), its mean over the cells where it is drawn or from a file.
func (p *Population) MeanCurrent() (mean float64) {
	if p.IeOf == nil {
		mean, _ = p.Ie.Moments()
		return mean
	}
	for _, pA := range p.IeOf {
		mean += pA / float64(len(p.IeOf))
	}
	return mean
}

// InputCells is what a user sets of a population of input cells.
type InputCells struct {
	N          int                `toml:"n" must:"without nodes_file" doc:"number of cells, n"`
	Active     int                `toml:"active" doc:"active cells of a pattern, a"`
	Patterns   int                `toml:"patterns" doc:"number of patterns that segments can store"`
	PatternSet []stimulus.Pattern `toml:"-"` // the patterns, where they come from a file
}

// Cells is what a user sets of a population of neurons.
type Cells struct {
	Count int              `toml:"size" must:"without nodes_file" doc:"number of cells"`
	Soma  neuron.LIFParams `toml:"soma"`
	Ie    Dist             `toml:"I_e" unit:"pA" doc:"constant current, per cell"`
	V0    Dist             `toml:"V_0" unit:"mV" doc:"membrane potential at the start; default: E_L"`
	IeOf  []float64        `toml:"-"` // I_e of each cell, where it comes from a file
}

// Zone says where on the tree segments lie. It names and colours them; what they
// do follows from their parameters. The proximal zone has no segments: synapses
// there drive the soma directly.
type Zone string

const (
	Proximal Zone = "proximal"
	Basal    Zone = "basal"
	Apical   Zone = "apical"
)

// Combine says how several plateaus of one cell and group drive the soma.
type Combine string

const (
	Once Combine = "once" // I_dAP while at least one segment is in a plateau
	Sum  Combine = "sum"  // I_dAP for each segment that is
)

// Segments is what a user sets of a group of segments: Count on every cell.
type Segments struct {
	Name     string  `toml:"-"`
	Zone     Zone    `toml:"zone" doc:"basal or apical"`
	Count    int     `toml:"count" must:"yes" doc:"segments per cell"`
	Synapses int     `toml:"synapses" doc:"synapses of a segment from each projection that does not say otherwise, s"`
	IdAP     float64 `toml:"I_dAP" unit:"pA" doc:"current into the soma during a plateau"`
	Combine  Combine `toml:"combine" of:"once sum" doc:"once: one I_dAP however many plateaus; sum: one for each"`
	dendrite.ThresholdParams
	Place *Place `toml:"-"` // of Compartmental cells, in place of what stands above; else nil
}

// DefaultSegments returns the defaults; Count, Synapses and θ have none.
func DefaultSegments() Segments {
	return Segments{Zone: Basal, IdAP: 200, Combine: Once, ThresholdParams: dendrite.DefaultThreshold()}
}

// Rule says which cells of the source a target unit gets synapses from. The
// unit is a segment, or the soma of a cell for a proximal projection.
type Rule string

const (
	Store    Rule = "store"      // a random subset of the active cells of each of some patterns
	RandomIn Rule = "random"     // a random subset of all cells: fixed in-degree
	Pairwise Rule = "pairwise"   // every cell with a probability, independently: binomial in-degree
	OneToOne Rule = "one_to_one" // the cell of the same number
	AllToAll Rule = "all_to_all" // every cell
	List     Rule = "list"       // as a table says
)

// Assign says which pattern a unit stores, of several, M, the first: the others
// follow it, modulo the P there are. Units are numbered cell by cell.
type Assign string

const (
	AssignCyclic  Assign = "cyclic"   // unit u stores pattern u·M mod P
	AssignPerCell Assign = "per_cell" // all units of cell c store pattern c·M mod P
	AssignBlocks  Assign = "blocks"   // cells in P blocks; segment j is j·P/count patterns further on
	AssignRandom  Assign = "random"   // drawn uniformly, independently
)

// A Projection connects two populations.
type Projection struct {
	Name     string
	Source   string // population
	Target   string // population
	Group    string // name of the segments; "" for the soma
	Rule     Rule
	Synapses int   // per unit; 0: as the segments say
	Patterns int   // that a unit stores, M, with that many synapses on each; 0: one
	Segments []int // segments of each cell that get synapses; empty: all
	Assign   Assign
	Autapses bool
	Sign     Sign
	Weight   Dist // pA; proximal projections
	Delay    Dist // ms
	Table    *Connections

	// Probability is that of Pairwise, Distance how it falls with the distance of the
	// cells, Probability being that at distance 0; nil: it does not.
	Probability float64
	Distance    *DistanceParams

	// ShortTerm makes synapses depend on the recent spikes of their axon; nil: they do
	// not. It scales conductances and currents by u x/U; a synapse of a threshold segment
	// releases with probability u x.
	ShortTerm *dendrite.ShortTermParams
	// Release makes synapses fail, independently of each other and of ShortTerm, whose
	// resources are used whether they do or not; nil: every spike releases.
	Release *dendrite.ReleaseParams
}

// Reliable tells whether every spike activates every synapse, and alike.
func (p *Projection) Reliable() bool { return p.ShortTerm == nil && p.Release == nil }

// Sign says what the synapses of a projection do.
type Sign string

const (
	Excite  Sign = "excitatory"
	Inhibit Sign = "inhibitory"
)

// Connections is an explicit list of synapses.
type Connections struct {
	Source  []int32   // [K] cell of the source
	Cell    []int32   // [K] cell of the target
	Segment []int32   // [K] segment of the cell; nil for a proximal projection
	Weight  []float64 // [K] pA; nil: the projection's weight
	Delay   []float64 // [K] ms; nil: the projection's delay
}

// most returns the largest number of synapses on one segment, of perCell on a cell.
func (c *Connections) most(perCell int) int {
	if c == nil || len(c.Source) <= maxSynapses {
		return 0 // few enough, wherever they are
	}
	on, most := map[int64]int{}, 0
	for i, cell := range c.Cell {
		at := int64(cell) * int64(perCell)
		if c.Segment != nil {
			at += int64(c.Segment[i])
		}
		on[at]++
		most = max(most, on[at])
	}
	return most
}

// An Input makes the cells of one population spike.
type Input struct {
	Name          string
	Population    string
	Presentations *stimulus.PresentationParams // one of the three
	Poisson       *stimulus.PoissonParams
	Train         *stimulus.Train
}

// Index makes Population find the populations that there are now without looking
// through all of them.
func (s *Spec) Index() {
	s.index = make(map[string]int, len(s.Populations))
	for i := len(s.Populations) - 1; i >= 0; i-- { // the first of a name counts
		s.index[s.Populations[i].Name] = i
	}
}

// Population returns the population of that name, or nil.
func (s *Spec) Population(name string) *Population {
	if i, ok := s.index[name]; ok && i < len(s.Populations) && s.Populations[i].Name == name {
		return &s.Populations[i]
	}
	for i := range s.Populations {
		if s.Populations[i].Name == name {
			return &s.Populations[i]
		}
	}
	return nil
}

// Group returns the segments of that name, or nil.
func (p *Population) Group(name string) *Segments {
	if i := p.groupIndex(name); i >= 0 {
		return &p.Segments[i]
	}
	return nil
}

// groupIndex returns where they are, or -1.
func (p *Population) groupIndex(name string) int {
	for i := range p.Segments {
		if p.Segments[i].Name == name {
			return i
		}
	}
	return -1
}
