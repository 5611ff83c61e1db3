package network

import (
	"fmt"
	"math"

	"neurosim/internal/grid"
	"neurosim/stimulus"
)

// A Block is what happened in some steps, for recorders to read.
type Block struct {
	net   *Network
	First int64 // first step
	Steps int   // number of steps
}

// Populations returns the populations in the order of their indices.
func (n *Network) Populations() []*Population {
	out := make([]*Population, len(n.pops))
	for i := range n.pops {
		out[i] = n.pops[i].Population
	}
	return out
}

// Spikes appends to dst the cells of population p that spiked in step First+i,
// ascending; an input cell that spiked several times is there as often.
func (b *Block) Spikes(p, i int, dst []int32) []int32 {
	for _, part := range b.net.pops[p].parts {
		dst = append(dst, b.net.at(part, b.First+int64(i))...)
	}
	return dst
}

// Starts appends to dst the segments of group g of population p whose NMDA spike
// becomes certain in step First+i, ascending: it started Lag steps before. Segment s
// is number s mod Count of cell s/Count. Ends appends those whose plateau has its last
// step in step First+i, or, of detected NMDA spikes, whose potential is below the level
// again after it for the first time.
func (b *Block) Starts(p, g, i int, dst []uint32) []uint32 {
	return b.events(p, g, i, dst, func(g *group) *events { return &g.starts })
}

// Ends is described with Starts.
func (b *Block) Ends(p, g, i int, dst []uint32) []uint32 {
	return b.events(p, g, i, dst, func(g *group) *events { return &g.ends })
}

// Lag returns the number of steps from the start of an NMDA spike on group g of
// population p to the step in which it becomes certain: 0 of threshold segments, one
// less than the criterion's duration where NMDA spikes are detected. A duration beyond
// the run has the lag of the run.
func (n *Network) Lag(p, g int) int64 {
	at := n.pops[p].Segments[g].Place
	if at == nil || !at.Detect.Enabled {
		return 0
	}
	return min(grid.Steps(at.Detect.Duration, n.spec.Dt), max(1, n.spec.Steps)) - 1
}

// Undecided returns the number of segments of group g of population p whose potential is
// above the level, and not yet for long enough to be an NMDA spike.
func (n *Network) Undecided(p, g int) (count int) {
	for _, s := range n.shards {
		c := &s.cells[p]
		if c.tree == nil {
			continue
		}
		for _, cells := range c.tree.cells {
			for j := range c.groups[g].perCell {
				count += cells.Undecided(c.groups[g].sites.first + j)
			}
		}
	}
	return count
}

// Peaks appends to dst the highest potentials of the NMDA spikes that Ends lists, in
// its order (mV); NaN for threshold segments, which have none.
func (b *Block) Peaks(p, g, i int, dst []float64) []float64 {
	for _, s := range b.net.shards {
		gr := &s.cells[p].groups[g]
		for k := range gr.ends.of(i) {
			if gr.sites == nil {
				dst = append(dst, math.NaN())
				continue
			}
			first := 0
			if i > 0 {
				first = int(gr.ends.end[i-1])
			}
			dst = append(dst, gr.sites.peaks[first+k])
		}
	}
	return dst
}

func (b *Block) events(p, g, i int, dst []uint32, which func(*group) *events) []uint32 {
	for _, s := range b.net.shards {
		c := &s.cells[p]
		gr := &c.groups[g]
		for _, seg := range which(gr).of(i) {
			dst = append(dst, uint32(c.lo)*uint32(gr.perCell)+seg)
		}
	}
	return dst
}

// Variable is a quantity that a probe reads.
type Variable string

const (
	Vm       Variable = "V_m"      // membrane potential of the soma after the step (mV)
	Vseg     Variable = "V_seg"    // highest potential of the compartments of a segment, after the step (mV); Compartmental cells
	V        Variable = "V"        // potential at a place of a section, after the step (mV); Compartmental cells
	Isyn     Variable = "I_syn"    // synaptic current I_ex - I_in after the step (pA)
	Overlap  Variable = "overlap"  // active synapses of a segment
	Plateaus Variable = "plateaus" // segments of the group whose plateau drives the soma in the next step; of detected NMDA spikes those that are certain
)

// A Probe is one quantity of one cell or segment that is read in every step.
type Probe struct {
	Variable   Variable
	Population string
	Cell       int
	Group      string  // Vseg, Overlap, Plateaus
	Segment    int     // Vseg, Overlap
	Section    string  // V
	At         float64 // V: place on the section, 0 to 1
}

// Unit returns the unit of a variable; "" for counts.
func (v Variable) Unit() string {
	switch v {
	case Vm, Vseg, V:
		return "mV"
	case Isyn:
		return "pA"
	}
	return ""
}

// Name returns a short name, unique among probes: "E.17.basal.2.overlap".
func (p Probe) Name() string {
	switch p.Variable {
	case Overlap, Vseg:
		return fmt.Sprintf("%s.%d.%s.%d.%s", p.Population, p.Cell, p.Group, p.Segment, p.Variable)
	case V:
		return fmt.Sprintf("%s.%d.%s.%g.%s", p.Population, p.Cell, p.Section, p.At, p.Variable)
	case Plateaus:
		return fmt.Sprintf("%s.%d.%s.%s", p.Population, p.Cell, p.Group, p.Variable)
	}
	return fmt.Sprintf("%s.%d.%s", p.Population, p.Cell, p.Variable)
}

// Watch sets the probes. It is called before Run; the cells, groups and
// segments exist.
func (n *Network) Watch(probes []Probe) {
	n.probes = probes
	for _, s := range n.shards {
		s.samples = make([][]float64, len(probes))
	}
}

// Probes returns the probes that Watch has set.
func (n *Network) Probes() []Probe { return n.probes }

// sample reads the probes whose cells the shard owns.
func (s *shard) sample(k int64) {
	for i, p := range s.net.probes {
		c := &s.cells[s.net.index(p.Population)]
		if int32(p.Cell) >= c.lo && int32(p.Cell) < c.hi {
			s.samples[i] = append(s.samples[i], c.read(s.net, p))
		}
	}
}

func (c *cells) read(n *Network, p Probe) float64 {
	cell := int32(p.Cell) - c.lo
	switch p.Variable {
	case Vm:
		if c.tree != nil {
			return c.tree.v(0, int(cell))
		}
		return c.soma.V(cell)
	case V:
		return c.tree.v(c.tree.Tree.At(c.tree.Tree.SectionNamed(p.Section), p.At), int(cell))
	case Isyn:
		return c.soma.Synaptic(cell)
	}
	spec := n.pops[n.index(p.Population)].Population
	for i := range spec.Segments {
		if spec.Segments[i].Name == p.Group {
			g := &c.groups[i]
			switch p.Variable {
			case Plateaus:
				return float64(g.running[cell])
			case Vseg:
				return c.tree.highest(i, p.Segment, int(cell))
			}
			return float64(g.segments.Overlap(uint32(cell)*uint32(g.perCell) + uint32(p.Segment)))
		}
	}
	panic("network: probe of no segments " + p.Group)
}

// Sample returns what probe i read in step First+step.
func (b *Block) Sample(i, step int) float64 {
	for _, s := range b.net.shards {
		if len(s.samples[i]) > 0 {
			return s.samples[i][step]
		}
	}
	panic("network: no shard has the cell of a probe")
}

// Presentations returns the input of that name that shows patterns, or nil.
func (n *Network) Presentations(input string) *stimulus.Presentations { return n.shown[input] }

// Stored returns the patterns that each segment of a group stores, by the first
// projection of rule Store that reaches it; nil if there is no such projection.
func (n *Network) Stored(population, group string) [][]int32 {
	p := n.spec.Population(population)
	g := p.Group(group)
	var stored [][]int32
	for i := range n.spec.Projections {
		q := &n.spec.Projections[i]
		if q.Target != population || q.Group != group || q.Rule != Store {
			continue
		}
		if stored == nil {
			stored = make([][]int32, p.Size()*g.Count)
		}
		w := newWiring(&n.spec, q, n.patternSets)
		all := make([]int32, 0, p.Size()*len(w.segments)*w.stored)
		for c := range p.Size() {
			for _, j := range w.segments {
				s := c*g.Count + j
				if stored[s] != nil {
					continue
				}
				first, from := w.pattern(int32(c), j), len(all)
				for k := range w.stored {
					all = append(all, int32((first+k)%len(w.patternSet.Patterns)))
				}
				stored[s] = all[from:len(all):len(all)]
			}
		}
	}
	return stored
}

// Bytes returns the memory of synapses, state and the history's table of steps.
func (n *Network) Bytes() int {
	total := 0
	for i := range n.pops {
		for _, part := range n.pops[i].parts {
			total += 24 * cap(part)
		}
	}
	for _, s := range n.shards {
		for i := range s.cells {
			c := &s.cells[i]
			switch {
			case c.tree != nil:
				total += 8 * cap(c.ie)
				for _, cells := range c.tree.cells {
					total += cells.Bytes()
				}
			case c.soma == nil:
				continue
			default:
				total += c.soma.Bytes() + 8*cap(c.ie)
			}
			for _, path := range c.proximal {
				total += 4 * (cap(path.start) + cap(path.target) + cap(path.weights))
			}
			for j := range c.groups {
				g := &c.groups[j]
				total += 2 * cap(g.running)
				if g.sites != nil {
					total += 4 * (cap(g.sites.start) + cap(g.sites.cell) + cap(g.sites.site))
				} else {
					total += g.segments.Bytes()
				}
			}
		}
	}
	return total
}

// Synapses returns the number of synapses.
func (n *Network) Synapses() int {
	total := 0
	for _, s := range n.shards {
		for i := range s.cells {
			for _, path := range s.cells[i].proximal {
				total += len(path.target)
			}
			for j := range s.cells[i].groups {
				if g := &s.cells[i].groups[j]; g.sites != nil {
					total += len(g.sites.cell)
				} else {
					total += g.segments.Synapses()
				}
			}
		}
	}
	return total
}
