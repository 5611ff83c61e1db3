package network

import (
	"fmt"
	"slices"
)

// Variable is a quantity that a probe reads.
type Variable string

const (
	Vm       Variable = "V_m"      // membrane potential of the soma after the step (mV)
	Vseg     Variable = "V_seg"    // highest potential of the compartments of a segment, after the step (mV); Compartmental cells
	V        Variable = "V"        // potential at a place of a section, after the step (mV); Compartmental cells
	Isyn     Variable = "I_syn"    // synaptic current I_ex - I_in after the step (pA)
	Overlap  Variable = "overlap"  // active synapses of a segment
	Plateaus Variable = "plateaus" // segments of the group whose plateau drives the soma in the next step; of detected NMDA spikes those that are certain

	// At a place of a section of Compartmental cells, after the step. Currents are positive
	// outward.
	Ca    Variable = "ca"    // calcium concentration (mM)
	ECa   Variable = "E_Ca"  // Nernst potential of calcium (mV)
	Ionic Variable = "i"     // current of all channels together (mA/cm²)
	ICh   Variable = "i_ch"  // current of one channel (mA/cm²)
	GCh   Variable = "g_ch"  // conductance of one channel (S/cm²)
	GateX Variable = "gate"  // a gate of a channel
	GSyn  Variable = "g_syn" // conductance of a receptor on the compartments of a segment, the block not counted (nS)

	// Electrode is the current that an electrode injects (pA): in the step, and of a voltage
	// clamp at the potential after it.
	Electrode Variable = "electrode"
)

// A Probe is one quantity of one cell or segment that is read in every step.
type Probe struct {
	Variable   Variable
	Population string
	Cell       int
	Group      string  // Vseg, Overlap, Plateaus
	Segment    int     // Vseg, Overlap
	Section    string  // of a place
	At         float64 // place on the section, 0 to 1
	Place      string  // name of the place; "": section and at
	Channel    string  // ICh, GCh, GateX
	Gate       string  // GateX
	Receptor   string  // GSyn: ampa, nmda or gaba
	Electrode  string  // name of the Stimulation
}

// Unit returns the unit of a variable; "" for counts and gates.
func (v Variable) Unit() string {
	switch v {
	case Vm, Vseg, V, ECa:
		return "mV"
	case Isyn, Electrode:
		return "pA"
	case Ca:
		return "mM"
	case Ionic, ICh:
		return "mA/cm2"
	case GCh:
		return "S/cm2"
	case GSyn:
		return "nS"
	}
	return ""
}

// AtPlace tells whether a variable is read at a place of a section.
func (v Variable) AtPlace() bool {
	switch v {
	case V, Ca, ECa, Ionic, ICh, GCh, GateX:
		return true
	}
	return false
}

// Meaning says in words what the probe reads.
func (p Probe) Meaning() string {
	of := fmt.Sprintf("cell %d of %s", p.Cell, p.Population)
	segment := fmt.Sprintf("segment %d of %s, %s", p.Segment, p.Group, of)
	if p.Variable.AtPlace() {
		place := fmt.Sprintf("%.5g along section %s", p.At, p.Section)
		if p.Place != "" {
			place = p.Place + ", " + place
		}
		of = fmt.Sprintf("at %s, %s", place, of)
	}
	switch p.Variable {
	case Vm:
		return "membrane potential of the soma, after the step; " + of
	case Vseg:
		return "highest potential of the compartments of the segment, after the step; " + segment
	case V:
		return "membrane potential, after the step; " + of
	case Isyn:
		return "synaptic current of the soma, excitatory minus inhibitory, after the step; " + of
	case Overlap:
		return "active synapses of the segment, a number; " + segment
	case Plateaus:
		return fmt.Sprintf("segments of %s whose plateau drives the soma in the next step, a number; %s", p.Group, of)
	case Ca:
		return "calcium concentration, after the step; " + of
	case ECa:
		return "Nernst potential of calcium, after the step; " + of
	case Ionic:
		return "current of all channels, positive outward, after the step; " + of
	case ICh:
		return fmt.Sprintf("current of the channel %s, positive outward, after the step; %s", p.Channel, of)
	case GCh:
		return fmt.Sprintf("conductance of the channel %s, after the step; %s", p.Channel, of)
	case GateX:
		return fmt.Sprintf("gate %s of the channel %s, 0 to 1, after the step; %s", p.Gate, p.Channel, of)
	case GSyn:
		return fmt.Sprintf("conductance of %s on the compartments of the segment, without the block by magnesium, after the step; %s", p.Receptor, segment)
	case Electrode:
		return fmt.Sprintf("current that the electrode %s injects in the step; %s", p.Electrode, of)
	}
	return string(p.Variable) + "; " + of
}

// What returns the variable as users write it: "i:NaTa_t", "NaTa_t.m", "g_nmda".
func (p Probe) What() string {
	switch p.Variable {
	case ICh:
		return "i:" + p.Channel
	case GCh:
		return "g:" + p.Channel
	case GateX:
		return p.Channel + "." + p.Gate
	case GSyn:
		return "g_" + p.Receptor
	case Electrode:
		return "stimulation:" + p.Electrode
	}
	return string(p.Variable)
}

// Where returns the name of the place of a probe.
func (p Probe) Where() string {
	if p.Place != "" {
		return p.Place
	}
	return fmt.Sprintf("%s.%.5g", p.Section, p.At)
}

// Name returns a short name, unique among probes: "E.17.basal.2.overlap".
func (p Probe) Name() string {
	switch {
	case p.Variable == Overlap || p.Variable == Vseg || p.Variable == GSyn:
		return fmt.Sprintf("%s.%d.%s.%d.%s", p.Population, p.Cell, p.Group, p.Segment, p.What())
	case p.Variable.AtPlace():
		return fmt.Sprintf("%s.%d.%s.%s", p.Population, p.Cell, p.Where(), p.What())
	case p.Variable == Plateaus:
		return fmt.Sprintf("%s.%d.%s.%s", p.Population, p.Cell, p.Group, p.Variable)
	}
	return fmt.Sprintf("%s.%d.%s", p.Population, p.Cell, p.What())
}

// sampler is a probe of a cell of a shard.
type sampler struct {
	read    func() float64
	samples []float64 // [step of the block]
}

// Watch sets the probes. It is called before Run; the cells, groups and
// segments exist.
func (n *Network) Watch(probes []Probe) {
	n.probes, n.watched = probes, make([]*sampler, len(probes))
	if n.ranks != nil {
		n.ranks.owners = make([]int, len(probes))
		for i, p := range probes {
			n.watched[i] = new(sampler) // filled by its owner's
			n.ranks.owners[i] = n.ranks.owner(p.Cell, n.pops[n.index(p.Population)].Size())
		}
	}
	for _, s := range n.shards {
		s.probes = nil
		for i, p := range probes {
			c := s.cells[n.index(p.Population)]
			if own := c.own(); own.has(int32(p.Cell)) {
				group := n.pops[own.population].groupIndex(p.Group)
				n.watched[i] = &sampler{read: c.reader(p, p.Cell-int(own.lo), group)}
				s.probes = append(s.probes, n.watched[i])
			}
		}
	}
}

// Probes returns the probes that Watch has set.
func (n *Network) Probes() []Probe { return n.probes }

// Sample returns what probe i read in step First+step.
func (b *Block) Sample(i, step int) float64 { return b.net.watched[i].samples[step] }

// reader returns what a probe reads, of a cell from lo and a group of its segments.
func (c *somata) reader(p Probe, cell, group int) func() float64 {
	switch p.Variable {
	case Vm:
		return func() float64 { return c.lif.V(int32(cell)) }
	case Isyn:
		return func() float64 { return c.lif.Synaptic(int32(cell)) }
	case Plateaus:
		return c.plateausOf(cell, group)
	case Electrode:
		return c.electrodeOf(p.Electrode, cell)
	}
	g := &c.segments[group]
	segment := uint32(cell*g.perCell + p.Segment)
	return func() float64 { return float64(g.Overlap(segment)) }
}

func (t *trees) reader(p Probe, cell, group int) func() float64 {
	cells, at := t.batches[cell/t.batch], cell%t.batch
	switch p.Variable {
	case Vm:
		return func() float64 { return t.v(0, cell) }
	case Plateaus:
		return t.plateausOf(cell, group)
	case Electrode:
		if e, _ := t.electrodeNamed(p.Electrode, cell); e != nil && e.Rs > 0 {
			return func() float64 { return cells.ClampCurrent(e.input, at) }
		}
		return t.electrodeOf(p.Electrode, cell)
	case GSyn:
		return func() float64 { return t.conductance(group, p.Segment, p.Receptor, cell) }
	}
	if !p.Variable.AtPlace() {
		return func() float64 { return t.highest(group, p.Segment, cell) }
	}
	node := t.Tree.At(t.Tree.SectionNamed(p.Section), p.At)
	if p.Variable == V {
		return func() float64 { return t.v(node, cell) }
	}
	m := cells.Membrane()
	k, gate := t.channelNamed(p.Channel, p.Gate)
	density := 0.1 / t.Tree.Area[node] // 1 pA/µm² = 0.1 mA/cm²; 1 nS/µm² = 0.1 S/cm²
	switch p.Variable {
	case Ca:
		return func() float64 { return m.Calcium(node, at) }
	case ECa:
		return func() float64 { return m.ECa(node, at) }
	case ICh:
		return func() float64 { return m.Current(node, at, k, cells.V(node)[at]) * density }
	case GCh:
		return func() float64 { return m.Conductance(node, at, k) * density }
	case GateX:
		return func() float64 {
			x, _ := m.Gate(node, at, k, gate)
			return x
		}
	}
	return func() (sum float64) {
		for k := range t.channels {
			if m.Conductance(node, at, k) != 0 {
				sum += m.Current(node, at, k, cells.V(node)[at])
			}
		}
		return sum * density
	}
}

// channelNamed returns the indices of a channel and one of its gates; 0 for none.
func (t *trees) channelNamed(name, gate string) (channel, of int) {
	for i := range t.channels {
		if t.channels[i].Name != name {
			continue
		}
		gates, _ := t.channels[i].Gates()
		return i, max(0, slices.Index(gates, gate))
	}
	return 0, 0
}

// conductance returns that of a receptor on the compartments of a segment of a cell (nS).
func (t *trees) conductance(group, segment int, receptor string, cell int) (sum float64) {
	k := slices.Index(t.receptorsOf[group], receptor)
	for _, node := range t.spans[group][segment] {
		sum += t.batches[cell/t.batch].Conductance(t.sites[group][node]+k, cell%t.batch)
	}
	return sum
}

// electrodeOf returns the current of an electrode into a cell (pA); 0 for a cell that it is
// not in.
func (p *portion) electrodeOf(name string, cell int) func() float64 {
	if e, j := p.electrodeNamed(name, cell); e != nil {
		return func() float64 { return e.of(e.k, j) }
	}
	return func() float64 { return 0 }
}

// electrodeNamed returns an electrode and which of its cells a cell is; nil where it is not
// in it.
func (p *portion) electrodeNamed(name string, cell int) (*electrode, int) {
	for i := range p.electrodes {
		e := &p.electrodes[i]
		if j := slices.Index(e.cells, int32(cell)); e.Name == name && j >= 0 {
			return e, j
		}
	}
	return nil, 0
}

func (p *portion) plateausOf(cell, group int) func() float64 {
	running := p.groups[group].running
	return func() float64 { return float64(running[cell]) }
}
