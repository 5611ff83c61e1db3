package network

import (
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
	return b.events(p, g, i, dst, starts)
}

func starts(g *group) *events { return &g.starts }

func ends(g *group) *events { return &g.ends }

// Ends is described with Starts.
func (b *Block) Ends(p, g, i int, dst []uint32) []uint32 {
	return b.events(p, g, i, dst, ends)
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
// above the level, and not yet for long enough to be an NMDA spike. Of several processes
// it is known on rank 0, of the step in which State was called last.
func (n *Network) Undecided(p, g int) int {
	if n.ranks != nil {
		return n.ranks.gathered.Undecided[p][g]
	}
	return n.ownUndecided(p, g)
}

func (n *Network) ownUndecided(p, g int) (count int) {
	for _, s := range n.shards {
		count += s.cells[p].undecided(g)
	}
	return count
}

// Peaks appends to dst the highest potentials of the NMDA spikes that Ends lists, in
// its order (mV); NaN for threshold segments, which have none.
func (b *Block) Peaks(p, g, i int, dst []float64) []float64 {
	for _, s := range b.net.shards {
		gr := s.cells[p].own().groups[g]
		from, to := gr.ends.span(i)
		if len(gr.peaks) > 0 {
			dst = append(dst, gr.peaks[from:to]...)
			continue
		}
		for range to - from {
			dst = append(dst, math.NaN())
		}
	}
	for _, other := range b.net.others() {
		gr := &other[p][g]
		from, to := gr.ends.span(i)
		if b.net.pops[p].Kind == Compartmental {
			dst = append(dst, gr.peaks[from:to]...)
			continue
		}
		for range to - from {
			dst = append(dst, math.NaN())
		}
	}
	return dst
}

func (b *Block) events(p, g, i int, dst []uint32, which func(*group) *events) []uint32 {
	for _, s := range b.net.shards {
		own := s.cells[p].own()
		gr := own.groups[g]
		for _, seg := range which(gr).of(i) {
			dst = append(dst, uint32(own.lo)*uint32(gr.perCell)+seg)
		}
	}
	for _, other := range b.net.others() {
		dst = append(dst, which(&other[p][g]).of(i)...)
	}
	return dst
}

// others returns the events of the processes beside rank 0, in their order.
func (n *Network) others() [][][]group {
	if n.ranks == nil {
		return nil
	}
	return n.ranks.others
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

// Synapses returns the number of synapses, those of other processes included.
func (n *Network) Synapses() int {
	if n.ranks != nil {
		return n.ranks.synapses
	}
	return n.ownSynapses()
}

func (n *Network) ownSynapses() int {
	total := 0
	for _, s := range n.shards {
		for _, c := range s.neurons {
			total += c.synapses()
		}
	}
	return total
}
