package network

import (
	"neurosim/dendrite"
	"neurosim/neuron"
)

// A shard owns a range of cells of every population of neurons and advances them alone.
type shard struct {
	net      *Network
	id       int       // of its part of the history
	cells    []neurons // [population]; nil for input cells
	neurons  []neurons // of cells, those that are there
	branches []uint32
	probes   []*sampler // of its cells
}

// neurons are the cells of one population on a shard. There are two kinds: somata,
// with declared NMDA spikes, and trees of compartments, with detected ones.
type neurons interface {
	own() *portion
	step(s *shard, k int64) // phases 2 to 6 of the step

	reader(p Probe, cell, group int) func() float64
	undecided(group int) int // see Network.Undecided

	state() state
	resume(s *shard, from *PopulationState, step int64) // once the spikes of the last steps are in the history

	nonFinite() *NonFiniteError // of a cell with a potential that is not a finite number; nil for none
	synapses() int
}

// A portion is what both kinds of neurons have.
type portion struct {
	population int
	lo, hi     int32    // cells lo..hi-1
	groups     []*group // [segments of the population]
	electrodes []electrode
}

func (p *portion) own() *portion { return p }

// has tells whether cell is one of them.
func (p *portion) has(cell int32) bool { return cell >= p.lo && cell < p.hi }

// A group is the segments of one name, of either kind: segment s is number s mod
// perCell of cell lo + s/perCell.
type group struct {
	perCell int
	running []uint16 // [cells] plateaus that drive the soma, or detected NMDA spikes

	starts, ends events
	peaks        []float64 // of the ends, in their order (mV); none of declared NMDA spikes
}

// clear forgets the events of the block before.
func (g *group) clear() {
	g.starts.clear()
	g.ends.clear()
	g.peaks = g.peaks[:0]
}

// somata are LIF cells with threshold segments.
type somata struct {
	portion
	lif      *neuron.LIF
	segments []thresholdGroup
	proximal []proximalPathway // in order of the projections
	ie       []float64         // [hi-lo] constant current (pA)
	injected []float64         // [hi-lo] sum of the currents of electrodes in this step (pA); nil for none
}

// A thresholdGroup is a group of declared NMDA spikes.
type thresholdGroup struct {
	group
	*dendrite.Threshold
	paths   []thresholdPathway
	current float64 // I_dAP (pA)
	sum     bool    // one I_dAP per plateau, not per cell
}

// pathway is the synapses of one projection on a shard, grouped by branch: one
// per delay line and source cell.
type pathway struct {
	source  int // population
	inhibit bool
	lines   []line
}

// proximalPathway is one on somata.
type proximalPathway struct {
	pathway
	release
	start   []uint32  // [branches+1] offsets into target
	target  []uint32  // cell, from lo
	weights []float32 // pA; nil: all have weight
	weight  float64
}

// thresholdPathway is one on threshold segments, whose synapses package dendrite keeps.
// Synapses that may fail are a branch of dendrite.Synapses each, for they are not
// active together; those of branch b of the pathway are then start[b] … start[b+1]-1.
type thresholdPathway struct {
	pathway
	release
	start  []uint32 // [branches+1]; nil: the branches of lines are those of dendrite.Synapses
	cells  []uint32 // [synapses] cell, from lo; of those that may fail
	last   []int64  // [synapses] step of the last release; nil without short-term plasticity
	replay []uint32 // synapses by last, to be activated again when a run is resumed
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
	from, to := e.span(i)
	return e.items[from:to]
}

// span returns where the items of a step of the block begin and end.
func (e *events) span(i int) (from, to int32) {
	if i > 0 {
		from = e.end[i-1]
	}
	return from, e.end[i]
}

// step advances the shard by one time step. The order of the phases is part of
// the model; the package comment gives the reasons. Phase 1, for all shards at once,
// is Network.emit.
func (s *shard) step(k int64) {
	for _, c := range s.neurons {
		c.step(s, k)
	}
	for _, p := range s.probes {
		p.samples = append(p.samples, p.read()) // 7
	}
}

func (c *somata) step(s *shard, k int64) {
	c.stimulate(k, s.net.spec.Dt)
	for g := range c.segments {
		s.deliverToSegments(&c.segments[g], k) // 2
		c.segments[g].startSpikes(k)           // 3
	}
	s.deliverToSomata(c, k) // 2
	s.integrate(c, k)       // 4, 5
	for g := range c.segments {
		c.switchPlateaus(g, k) // 6
	}
}

// step of Compartmental cells: their NMDA spikes are found, not declared, after the
// membrane potentials that show them.
func (t *trees) step(s *shard, k int64) {
	t.stimulate(k, s.net.spec.Dt)
	for g := range t.segments {
		s.deliverToTrees(&t.segments[g], t, k) // 2
	}
	s.integrateTrees(t, k) // 4, 5, then 3 and 6
}

// deliverToSegments ends the windows that are over and lets the spikes arrive
// whose delay ends in step k.
func (s *shard) deliverToSegments(g *thresholdGroup, k int64) {
	g.Expire(k)
	for i := range g.paths {
		s.deliverPath(g, &g.paths[i], k)
	}
}

// deliverPath lets those of one projection arrive.
func (s *shard) deliverPath(g *thresholdGroup, path *thresholdPathway, k int64) {
	for _, l := range path.lines {
		s.branches = s.branches[:0]
		for _, part := range s.net.pops[path.source].parts {
			var of arrival
			for _, x := range s.net.at(part, k-l.delay) {
				if path.start == nil {
					s.branches = append(s.branches, l.first+uint32(x))
					continue
				}
				of.next(x)
				s.branches = path.released(s.branches, l.first+uint32(x), k, of.number)
			}
		}
		g.arrive(path, s.branches, k)
	}
}

// arrive lets spikes arrive on branches of a path in step k.
func (g *thresholdGroup) arrive(path *thresholdPathway, branches []uint32, k int64) {
	switch {
	case len(branches) == 0:
	case path.inhibit:
		g.Inhibit(branches, k)
	default:
		g.Excite(branches, k)
	}
}

// startSpikes begins the NMDA spikes of step k.
func (g *thresholdGroup) startSpikes(k int64) {
	g.starts.items = g.Start(k, g.starts.items)
	g.starts.close()
}

// deliverToSomata adds to the synaptic currents the spikes whose delay ends in
// step k.
func (s *shard) deliverToSomata(c *somata, k int64) {
	for i := range c.proximal {
		path := &c.proximal[i]
		for _, l := range path.lines {
			for _, part := range s.net.pops[path.source].parts {
				var of arrival
				for _, x := range s.net.at(part, k-l.delay) {
					of.next(x)
					path.arrive(c, l.first+uint32(x), k, of.number)
				}
			}
		}
	}
}

// arrive lets a spike, one of a number in this step, arrive on branch b.
func (path *proximalPathway) arrive(c *somata, b uint32, k int64, number uint64) {
	scale := path.scale(b, k)
	lo, hi := path.start[b], path.start[b+1]
	if !path.fails() {
		path.drive(c.lif, lo, hi, scale)
		return
	}
	for y := lo; y < hi; y++ {
		if path.releases(int(y), path.target[y], k, number, 1) {
			path.drive(c.lif, y, y+1, scale)
		}
	}
}

// drive adds a spike to the currents of the targets of some synapses.
func (path *proximalPathway) drive(soma *neuron.LIF, lo, hi uint32, scale float64) {
	targets := path.target[lo:hi]
	switch {
	case path.weights != nil && path.inhibit:
		soma.InhibitEach(targets, path.weights[lo:hi], scale)
	case path.weights != nil:
		soma.ExciteEach(targets, path.weights[lo:hi], scale)
	case path.inhibit:
		soma.Inhibit(targets, float64(path.weight*scale))
	default:
		soma.Excite(targets, float64(path.weight*scale))
	}
}

// integrate advances the somata and puts the cells that spike into the history.
func (s *shard) integrate(c *somata, k int64) {
	slot := &s.net.pops[c.population].parts[s.id][k%int64(s.net.ring)]
	*slot = c.lif.Step((*slot)[:0])
	for i := range *slot {
		(*slot)[i] += c.lo
	}
}

// switchPlateaus ends the plateaus of group g whose last step is k and lets
// those that started in step k drive the soma from the next step on.
func (c *somata) switchPlateaus(g int, k int64) {
	gr := &c.segments[g]
	gr.ends.items = gr.End(k, gr.ends.items)
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
func (c *somata) setCurrent(cell int) {
	pA := c.ie[cell]
	if c.injected != nil {
		pA += c.injected[cell]
	}
	for i := range c.segments {
		g := &c.segments[i]
		switch n := g.running[cell]; {
		case n == 0:
		case g.sum:
			pA += float64(float64(n) * g.current)
		default:
			pA += g.current
		}
	}
	c.lif.SetCurrent(int32(cell), pA)
}

func (c *somata) nonFinite() *NonFiniteError {
	if cell := c.lif.NonFinite(); cell >= 0 {
		return &NonFiniteError{Cell: int(c.lo) + cell, Step: -1}
	}
	return nil
}

func (c *somata) undecided(int) int { return 0 }

func (c *somata) synapses() (count int) {
	for i := range c.proximal {
		count += len(c.proximal[i].target)
	}
	for i := range c.segments {
		count += c.segments[i].Synapses()
	}
	return count
}
