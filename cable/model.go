package cable

import (
	"fmt"
	"slices"

	"neurosim/channel"
	"neurosim/dendrite"
	"neurosim/neuron"
)

// A Site is a compartment that bears synapses of a receptor.
type Site struct {
	Receptor int // index of Spec.Receptors
	Node     int // node of the tree, with membrane
}

// Segment is a group of compartments on which NMDA spikes are looked for.
type Segment struct {
	Nodes    []int
	Detector dendrite.DetectorParams
}

// Spec describes a population of cells that share one tree.
type Spec struct {
	Tree      *neuron.Tree
	Dt        float64 // (ms)
	Method    neuron.Method
	Receptors []dendrite.ReceptorParams
	Sites     []Site // every pair once
	Inputs    []int  // nodes that currents are injected into

	Channels []channel.Placed
	Pools    []*channel.PoolParams // [nodes] calcium; nil: none, anywhere or on a node
	Celsius  float64               // temperature of the Nernst potential

	// A cell spikes where its soma, node 0, reaches a threshold and is reset
	// (Firing), or where it crosses a level upwards, its channels making the
	// spike (Level, mV). At most one of them; neither for a cell that does not.
	Firing *neuron.FiringParams
	Level  *float64

	Segments []Segment // on which NMDA spikes are looked for

	// VInit is the potential at the beginning (mV), everywhere; nil begins
	// at the steady potentials of the leak.
	VInit *float64

	// Settle is the number of steps, without any input, that a cell has done when it
	// begins: its channels then stand where they rest, and not where VInit puts them.
	Settle int
}

// A Model is what is common to all cells of a Spec: the plan of the
// elimination, constants and tables. It is not changed by use.
type Model struct {
	spec      Spec
	plan      *neuron.Plan
	receptors []*dendrite.Receptor
	rows      []int             // [sites] row of the site among those of its receptor
	floors    [][]float64       // [receptors][rows] C/h over the blocked receptors there (nS)
	membrane  *channel.Membrane // nil without channels and calcium
	start     []float64         // [nodes] potentials at the beginning (mV)
	settled   *Cells            // one cell after Settle steps; nil without them
	passive   neuron.Loads      // the live nodes but the paired of work
	work      []work            // of every node with synapses, ascending
}

// work is what a step does to set the rows of a node with synapses.
type work struct {
	neuron.Passive
	node   int
	rows   []synapses // the receptors on the node
	paired bool       // the first two are set in one pass
}

// synapses is a row of the conductances of a receptor.
type synapses struct{ receptor, row int }

// NewModel checks a spec and works out what all its cells share.
func NewModel(s Spec) (*Model, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	changing := slices.Clone(s.Inputs)
	blocked := map[int]int{} // receptors with block, by node
	for _, site := range s.Sites {
		changing = append(changing, site.Node)
		if s.Receptors[site.Receptor].Blocked() {
			blocked[site.Node]++
		}
	}
	m := &Model{spec: s, floors: make([][]float64, len(s.Receptors))}
	m.start = s.Tree.Rest()
	if s.VInit != nil {
		for i := range m.start {
			m.start[i] = *s.VInit
		}
	}
	if len(s.Channels) > 0 || s.Pools != nil {
		if s.Pools == nil {
			s.Pools = make([]*channel.PoolParams, s.Tree.Len())
		}
		var err error
		m.membrane, err = channel.NewMembrane(channel.MembraneSpec{
			Channels: s.Channels, Pools: s.Pools, Area: s.Tree.Area, Start: m.start, Celsius: s.Celsius, Dt: s.Dt,
			Staggered: s.Method == neuron.SecondOrder,
		})
		if err != nil {
			return nil, err
		}
		changing = append(changing, m.membrane.Nodes()...)
	}
	m.plan = neuron.NewPlan(s.Tree, s.Dt, s.Method, changing)
	if m.membrane != nil {
		m.membrane.SetRows(m.plan.Row)
	}
	for i, p := range s.Receptors {
		if same := slices.Index(s.Receptors[:i], p); same >= 0 { // its tables are those of another
			m.receptors = append(m.receptors, m.receptors[same])
			continue
		}
		m.receptors = append(m.receptors, dendrite.NewReceptor(p, s.Dt, m.plan.EvalFraction()))
	}
	for _, site := range s.Sites {
		f := &m.floors[site.Receptor]
		m.rows = append(m.rows, len(*f))
		*f = append(*f, m.plan.CapOverStep(site.Node)/float64(max(1, blocked[site.Node])))
	}
	byNode := map[int][]synapses{}
	for i, site := range s.Sites {
		byNode[site.Node] = append(byNode[site.Node], synapses{site.Receptor, m.rows[i]})
	}
	var passive []int32
	for _, node := range m.plan.Live() {
		w := work{node: int(node), Passive: m.plan.Passive(int(node)), rows: byNode[int(node)]}
		w.paired = m.pairUp(w.rows)
		if !w.paired {
			passive = append(passive, node)
		}
		if len(w.rows) > 0 {
			m.work = append(m.work, w)
		}
	}
	m.passive = m.plan.Loads(passive)
	if s.Settle > 0 {
		c := m.NewCells(1)
		for range s.Settle {
			c.Step(nil)
		}
		m.settled = c
	}
	return m, nil
}

// pairUp puts the first two rows that one pass can set to the front.
func (m *Model) pairUp(rows []synapses) bool {
	for i, a := range rows {
		for j, b := range rows {
			if m.receptors[a.receptor].Pairs(m.receptors[b.receptor]) {
				rest := slices.Clone(rows)
				rest = slices.DeleteFunc(rest, func(s synapses) bool { return s == rows[i] || s == rows[j] })
				copy(rows, append([]synapses{a, b}, rest...))
				return true
			}
		}
	}
	return false
}

// check returns the first rule that s breaks.
func (s Spec) check() error {
	if !(s.Dt > 0) {
		return fmt.Errorf("cable: dt must be positive")
	}
	if s.Method != neuron.BackwardEuler && s.Method != neuron.SecondOrder {
		return fmt.Errorf("cable: method must be %q or %q", neuron.BackwardEuler, neuron.SecondOrder)
	}
	compartment := func(node int) bool {
		return node >= 0 && node < s.Tree.Len() && s.Tree.Index[node] >= 0
	}
	for i, p := range s.Receptors {
		check := func(bad func(key, rule string, args ...any)) { p.Check(s.Dt, bad) }
		if err := firstProblem(fmt.Sprintf("receptor %d", i), check); err != nil {
			return err
		}
	}
	if s.Firing != nil {
		check := func(bad func(key, rule string, args ...any)) { s.Firing.Check(s.Dt, bad) }
		if err := firstProblem("soma", check); err != nil {
			return err
		}
	}
	if s.Firing != nil && s.Level != nil {
		return fmt.Errorf("cable: a soma has a threshold or a level, not both")
	}
	for i, c := range s.Channels {
		if len(c.Density) != s.Tree.Len() {
			return fmt.Errorf("cable: channel %d has densities for %d nodes of %d", i, len(c.Density), s.Tree.Len())
		}
		for node, x := range c.Density {
			if x > 0 && !compartment(node) {
				return fmt.Errorf("cable: channel %d: node %d is no compartment", i, node)
			}
		}
	}
	for i, segment := range s.Segments {
		check := func(bad func(key, rule string, args ...any)) { segment.Detector.Check(s.Dt, bad) }
		if err := firstProblem(fmt.Sprintf("segment %d", i), check); err != nil {
			return err
		}
		if len(segment.Nodes) == 0 {
			return fmt.Errorf("cable: segment %d has no compartments", i)
		}
		for _, node := range segment.Nodes {
			if !compartment(node) {
				return fmt.Errorf("cable: segment %d: node %d is no compartment", i, node)
			}
		}
	}
	seen := map[Site]bool{}
	for i, site := range s.Sites {
		switch {
		case site.Receptor < 0 || site.Receptor >= len(s.Receptors):
			return fmt.Errorf("cable: site %d: there is no receptor %d", i, site.Receptor)
		case !compartment(site.Node):
			return fmt.Errorf("cable: site %d: node %d is no compartment", i, site.Node)
		case seen[site]:
			return fmt.Errorf("cable: site %d: node %d bears this receptor already", i, site.Node)
		}
		seen[site] = true
	}
	for i, node := range s.Inputs {
		if !compartment(node) {
			return fmt.Errorf("cable: input %d: node %d is no compartment", i, node)
		}
	}
	return nil
}

// firstProblem returns the first rule that a check of parameters reports.
func firstProblem(what string, check func(bad func(key, rule string, args ...any))) error {
	var first error
	check(func(key, rule string, args ...any) {
		if first == nil {
			first = fmt.Errorf("cable: %s: %s %s", what, key, fmt.Sprintf(rule, args...))
		}
	})
	return first
}
