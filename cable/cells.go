package cable

import (
	"fmt"
	"slices"

	"neurosim/channel"
	"neurosim/dendrite"
	"neurosim/neuron"
)

// Cells is the state of N cells of a model, and its step. Cells do not meet in
// it: a population may be divided into any number of Cells, which may be
// stepped by different threads, and gives the same bits.
type Cells struct {
	*Model
	n        int
	cable    *neuron.Cable
	synapses []*dendrite.Conductances // by receptor
	injected [][]float64              // [inputs][N] currents (pA); nil while there is none
	clamps   []clamp                  // [inputs] voltage clamps

	injecting, clamping []int // inputs that have a current or a clamp, ascending

	membrane *channel.State // nil without channels and calcium
	firing   *neuron.Firing // nil for none
	above    []int32        // [N] 1 where the soma is at or above Level; nil for none

	step     int64     // steps done
	fault    *Fault    // the first; nil for none
	saved    []float64 // of membrane, since State
	detector *dendrite.Detector
	highest  []float64 // [N] scratch: the highest potential of a segment
	found    []dendrite.Spike
	ended    []dendrite.Spike
}

// NewCells returns n cells at the beginning.
func (m *Model) NewCells(n int) *Cells {
	c := &Cells{Model: m, n: n, cable: neuron.NewCable(m.plan, n, m.start), injected: make([][]float64, len(m.spec.Inputs)), clamps: make([]clamp, len(m.spec.Inputs))}
	for i, r := range m.receptors {
		c.synapses = append(c.synapses, dendrite.NewConductances(r, n, m.floors[i]))
	}
	if m.membrane != nil {
		c.membrane = m.membrane.NewState(n)
	}
	if level := m.spec.Level; level != nil {
		c.above = make([]int32, n)
		c.crossings(*level, nil) // a soma that begins above it has not crossed it
	}
	if p := m.spec.Firing; p != nil {
		c.firing = neuron.NewFiring(n, *p, m.spec.Dt)
	}
	if len(m.spec.Segments) > 0 {
		var criteria []dendrite.DetectorParams
		for _, s := range m.spec.Segments {
			criteria = append(criteria, s.Detector)
		}
		c.detector = dendrite.NewDetector(n, criteria, m.spec.Dt)
		c.highest = make([]float64, n)
	}
	if m.settled != nil {
		c.settle()
	}
	return c
}

// settle puts all cells where one is that has settled.
func (c *Cells) settle() {
	floats, ints := c.State()
	from, fromInts := c.settled.State()
	for i, row := range floats {
		for j := range row {
			row[j] = from[i][0]
		}
	}
	for i, row := range ints {
		for j := range row {
			row[j] = fromInts[i][0]
		}
	}
	c.SetStep(0)
}

// Len returns N.
func (c *Cells) Len() int { return c.n }

// V returns the potentials of a node (mV), by cell.
func (c *Cells) V(node int) []float64 { return c.cable.V(node) }

// Excite adds an event of the given weight, in units of the receptor's g_max, to
// a site of a cell, at the beginning of the next step.
func (c *Cells) Excite(site, cell int, weight float64) {
	c.synapses[c.spec.Sites[site].Receptor].Excite(c.rows[site], cell, weight)
}

// Conductance returns that of a site of a cell as the next step takes it, the block not
// counted (nS).
func (c *Cells) Conductance(site, cell int) float64 {
	return c.synapses[c.spec.Sites[site].Receptor].Conductance(c.rows[site], cell)
}

// Inject sets the current into an input of a cell (pA) from the next step on.
func (c *Cells) Inject(input, cell int, pA float64) {
	if c.injected[input] == nil {
		c.injected[input] = make([]float64, c.n)
		c.injecting = insert(c.injecting, input)
	}
	c.injected[input][cell] = pA
}

// insert puts an input into an ascending list.
func insert(list []int, input int) []int {
	at, _ := slices.BinarySearch(list, input)
	return slices.Insert(list, at, input)
}

// A clamp holds an input of cells at potentials through a resistance.
type clamp struct{ conductance, command []float64 } // [N] (nS, mV); nil while there is none

// Clamp sets the voltage clamp at an input of a cell from the next step on: the command
// potential (mV), and the conductance that it acts through (nS), 1/R_s; 0 lets go.
//
//	I = (V_command - V)/R_s
func (c *Cells) Clamp(input, cell int, nS, mV float64) {
	k := &c.clamps[input]
	if k.conductance == nil {
		k.conductance, k.command = make([]float64, c.n), make([]float64, c.n)
		c.clamping = insert(c.clamping, input)
	}
	k.conductance[cell], k.command[cell] = nS, mV
}

// ClampCurrent returns the current of the voltage clamp at an input of a cell, as it is at
// the potentials now (pA).
func (c *Cells) ClampCurrent(input, cell int) float64 {
	k := &c.clamps[input]
	if k.conductance == nil {
		return 0
	}
	return float64(k.conductance[cell] * (k.command[cell] - c.V(c.spec.Inputs[input])[cell]))
}

func (k *clamp) add(cable *neuron.Cable, node int) {
	diag, right := cable.Diag(node), cable.Right(node)
	for j, g := range k.conductance {
		diag[j] += g
		right[j] += float64(g * k.command[j])
	}
}

// A Fault is the first number of a cell that is not finite.
type Fault struct {
	Cell, Node int
	Step       int64  // in which it came; -1 where that is not known
	Why        string // "" where that is not known
}

// Fault returns the first number that is not finite; nil for none.
func (c *Cells) Fault() *Fault {
	if c.fault != nil {
		return c.fault
	}
	if cell, node := c.cable.NonFinite(); cell >= 0 {
		return &Fault{Cell: cell, Node: node, Step: -1}
	}
	return nil
}

// Membrane returns the channels and calcium of the cells; nil where there are none.
func (c *Cells) Membrane() *channel.State { return c.membrane }

// Step advances all cells by one step and appends those that spike to spikes,
// ascending.
func (c *Cells) Step(spikes []int32) []int32 {
	var refractory []int32
	if c.firing != nil {
		refractory = c.firing.Refractory()
	}
	c.cable.Begin()
	c.cable.LoadEach(c.passive)
	for i := range c.work {
		c.load(&c.work[i])
	}
	for _, i := range c.injecting {
		right := c.cable.Right(c.spec.Inputs[i])
		for j, x := range c.injected[i] {
			right[j] += x
		}
	}
	for _, i := range c.clamping {
		c.clamps[i].add(c.cable, c.spec.Inputs[i])
	}
	c.cable.Split()
	if c.membrane != nil {
		c.membrane.Currents(c.cable)
	}
	c.cable.Solve(refractory)
	for _, s := range c.synapses {
		s.Advance()
	}
	if c.membrane != nil {
		c.membrane.Advance(c.cable)
		if f := c.membrane.Fault(); f != nil && c.fault == nil {
			c.fault = &Fault{Cell: f.Cell, Node: f.Node, Step: c.step, Why: fmt.Sprintf("gate %s of %s has no value at %.4g mV", f.Gate, f.Channel, f.V)}
		}
	}
	if c.above != nil {
		spikes = c.crossings(*c.spec.Level, spikes)
	}
	if c.firing != nil {
		spikes = c.firing.Step(c.cable.V(0), spikes)
	}
	c.found, c.ended = c.found[:0], c.ended[:0]
	for i := range c.spec.Segments {
		if !c.spec.Segments[i].Detector.Enabled {
			continue
		}
		c.found, c.ended = c.detector.Observe(c.step, i, c.segment(i), c.found, c.ended)
	}
	c.step++
	return spikes
}

// Detected returns the NMDA spikes that became certain in the last step, and
// those that ended in it, by segment and cell. They stand until the next step.
func (c *Cells) Detected() (found, ended []dendrite.Spike) { return c.found, c.ended }

// Active tells whether a segment of a cell is in an NMDA spike that is certain.
func (c *Cells) Active(segment, cell int) bool { return c.detector.Active(segment, cell) }

// Undecided returns the number of cells on whose segment the potential is above the
// level, and not yet for long enough to be an NMDA spike.
func (c *Cells) Undecided(segment int) int { return c.detector.Undecided(segment) }

// segment returns the highest potential of a segment's compartments, by cell.
func (c *Cells) segment(i int) []float64 {
	nodes := c.spec.Segments[i].Nodes
	if len(nodes) == 1 {
		return c.cable.V(nodes[0])
	}
	copy(c.highest, c.cable.V(nodes[0]))
	for _, node := range nodes[1:] {
		for j, v := range c.cable.V(node)[:len(c.highest)] {
			c.highest[j] = max(c.highest[j], v)
		}
	}
	return c.highest
}

// load brings the synapses of a compartment into its rows.
func (c *Cells) load(w *work) {
	v, diag, right := c.cable.V(w.node), c.cable.Diag(w.node), c.cable.Right(w.node)
	rest := w.rows
	if w.paired {
		a, b := rest[0], rest[1]
		c.synapses[a.receptor].SetPair(a.row, c.synapses[b.receptor], b.row, w.Diag, w.CapOverStep, w.Leak, v, diag, right)
		rest = rest[2:]
	}
	for _, r := range rest {
		c.synapses[r.receptor].Add(r.row, v, diag, right)
	}
}

// crossings appends the cells whose soma has come to level in this step.
func (c *Cells) crossings(level float64, spikes []int32) []int32 {
	above := c.above
	for i, v := range c.cable.V(0)[:len(above)] {
		now := int32(0)
		if v >= level {
			now = 1
		}
		if now > above[i] {
			spikes = append(spikes, int32(i))
		}
		above[i] = now
	}
	return spikes
}
