package network

import (
	"neurosim/dendrite"
	"neurosim/neuron"
)

// A shard owns a range of cells of every population and advances them alone.
type shard struct {
	net      *Network
	id       int
	cells    []cells // [population]; empty for input cells
	branches []uint32
	samples  [][]float64 // [probe][step of the block]; nil for probes of other shards
}

// cells are the neurons lo..hi-1 of one population.
type cells struct {
	lo, hi   int32
	soma     *neuron.LIF
	tree     *trees        // in place of soma, of Compartmental cells
	groups   []group       // [segments of the population]
	proximal []pathway     // in order of the projections
	ie       []float64     // [hi-lo] constant current (pA)
	clamps   []currentStep // steps of current
	clamped  []float64     // [hi-lo] sum of those that flow into a soma now (pA)
}

// group is the segments of one name on the cells of a shard: segment s is
// number s mod perCell of cell lo + s/perCell.
type group struct {
	perCell  int
	segments *dendrite.Threshold
	sites    *siteGroup // in place of segments, on Compartmental cells
	paths    []pathway
	current  float64  // I_dAP (pA)
	sum      bool     // one I_dAP per plateau, not per cell
	running  []uint16 // [cells] plateaus that drive the soma

	starts, ends events
}

// pathway is the synapses of one projection on a shard, grouped by branch: one
// per delay line and source cell.
type pathway struct {
	source  int // population
	inhibit bool
	lines   []line

	// Pathways to Compartmental cells only.
	base      uint32              // branch of line 0 and source cell 0
	shortTerm *dendrite.ShortTerm // of every branch; nil for none

	// Proximal pathways only; dendrite keeps the synapses of segments.
	start   []uint32  // [branches+1] offsets into target
	target  []uint32  // cell, from lo
	weights []float32 // pA; nil: all have weight
	weight  float64
}

// line is the synapses of one pathway that share a delay: branch first + x is
// that of source cell x.
type line struct {
	delay int64
	first uint32
}

// events are segments at which something happened, for each step of a block.
type events struct {
	items []uint32
	end   []int32 // [step of the block] end of its items
}

func (e *events) clear() { e.items, e.end = e.items[:0], e.end[:0] }

func (e *events) close() { e.end = append(e.end, int32(len(e.items))) }

func (e *events) of(i int) []uint32 {
	from := int32(0)
	if i > 0 {
		from = e.end[i-1]
	}
	return e.items[from:e.end[i]]
}

// step advances the shard by one time step. The order of the phases is part of
// the model; the package comment gives the reasons.
func (s *shard) step(k int64) {
	for p := range s.cells {
		c := &s.cells[p]
		c.switchClamps(k) // they change at the beginning of a step
		switch {
		case c.tree != nil:
			s.stepTrees(c, p, k)
			continue
		case c.soma == nil:
			continue // input cells: phase 1, for all shards at once, is Network.emit
		}
		for g := range c.groups {
			s.deliverToSegments(&c.groups[g], k) // 2
			c.groups[g].startSpikes(k)           // 3
		}
		s.deliverToSomata(c, k) // 2
		s.integrate(c, p, k)    // 4, 5
		for g := range c.groups {
			c.switchPlateaus(g, k) // 6
		}
	}
	s.sample(k) // 7
}

// stepTrees is the step of Compartmental cells, of which NMDA spikes are found, not
// declared: after the membrane potentials that show them.
func (s *shard) stepTrees(c *cells, p int, k int64) {
	for g := range c.groups {
		s.deliverToTrees(&c.groups[g], c.tree, k) // 2
	}
	s.integrateTrees(c, p, k) // 4, 5, then 3 and 6
}

// deliverToSegments ends the windows that are over and lets the spikes arrive
// whose delay ends in step k.
func (s *shard) deliverToSegments(g *group, k int64) {
	g.segments.Expire(k)
	for i := range g.paths {
		path := &g.paths[i]
		for _, l := range path.lines {
			s.branches = s.branches[:0]
			for _, part := range s.net.pops[path.source].parts {
				for _, x := range s.net.at(part, k-l.delay) {
					s.branches = append(s.branches, l.first+uint32(x))
				}
			}
			switch {
			case len(s.branches) == 0:
			case path.inhibit:
				g.segments.Inhibit(s.branches, k)
			default:
				g.segments.Excite(s.branches, k)
			}
		}
	}
}

// startSpikes begins the NMDA spikes of step k.
func (g *group) startSpikes(k int64) {
	g.starts.items = g.segments.Start(k, g.starts.items)
	g.starts.close()
}

// deliverToSomata adds to the synaptic currents the spikes whose delay ends in
// step k.
func (s *shard) deliverToSomata(c *cells, k int64) {
	for i := range c.proximal {
		path := &c.proximal[i]
		for _, l := range path.lines {
			for _, part := range s.net.pops[path.source].parts {
				for _, x := range s.net.at(part, k-l.delay) {
					path.drive(c.soma, l.first+uint32(x))
				}
			}
		}
	}
}

// drive adds one spike on branch b to the currents of its targets.
func (path *pathway) drive(soma *neuron.LIF, b uint32) {
	lo, hi := path.start[b], path.start[b+1]
	targets := path.target[lo:hi]
	switch {
	case path.weights != nil && path.inhibit:
		soma.InhibitEach(targets, path.weights[lo:hi])
	case path.weights != nil:
		soma.ExciteEach(targets, path.weights[lo:hi])
	case path.inhibit:
		soma.Inhibit(targets, path.weight)
	default:
		soma.Excite(targets, path.weight)
	}
}

// integrate advances the somata and puts the cells that spike into the history.
func (s *shard) integrate(c *cells, p int, k int64) {
	slot := &s.net.pops[p].parts[s.id][k%int64(s.net.ring)]
	*slot = c.soma.Step((*slot)[:0])
	for i := range *slot {
		(*slot)[i] += c.lo
	}
}

// switchPlateaus ends the plateaus of group g whose last step is k and lets
// those that started in step k drive the soma from the next step on.
func (c *cells) switchPlateaus(g int, k int64) {
	gr := &c.groups[g]
	gr.ends.items = gr.segments.End(k, gr.ends.items)
	gr.ends.close()
	i := len(gr.ends.end) - 1
	for _, s := range gr.ends.of(i) {
		cell := int(s) / gr.perCell
		gr.running[cell]--
		c.setCurrent(cell)
	}
	for _, s := range gr.starts.of(i) {
		cell := int(s) / gr.perCell
		gr.running[cell]++
		c.setCurrent(cell)
	}
}

// setCurrent sets what drives a cell from the next step on: I_e and the currents
// of its plateaus, added in the order of the groups.
func (c *cells) setCurrent(cell int) {
	pA := c.ie[cell]
	if c.clamped != nil {
		pA += c.clamped[cell]
	}
	for i := range c.groups {
		g := &c.groups[i]
		switch n := g.running[cell]; {
		case n == 0:
		case g.sum:
			pA += float64(float64(n) * g.current)
		default:
			pA += g.current
		}
	}
	c.soma.SetCurrent(int32(cell), pA)
}
