package network

import "fmt"

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

// sampler is a probe of a cell of a shard.
type sampler struct {
	read    func() float64
	samples []float64 // [step of the block]
}

// Watch sets the probes. It is called before Run; the cells, groups and
// segments exist.
func (n *Network) Watch(probes []Probe) {
	n.probes, n.watched = probes, make([]*sampler, len(probes))
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
	}
	g := &c.segments[group]
	segment := uint32(cell*g.perCell + p.Segment)
	return func() float64 { return float64(g.Overlap(segment)) }
}

func (t *trees) reader(p Probe, cell, group int) func() float64 {
	switch p.Variable {
	case Vm:
		return func() float64 { return t.v(0, cell) }
	case V:
		node := t.Tree.At(t.Tree.SectionNamed(p.Section), p.At)
		return func() float64 { return t.v(node, cell) }
	case Plateaus:
		return t.plateausOf(cell, group)
	}
	return func() float64 { return t.highest(group, p.Segment, cell) }
}

func (p *portion) plateausOf(cell, group int) func() float64 {
	running := p.groups[group].running
	return func() float64 { return float64(running[cell]) }
}
