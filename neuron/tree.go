package neuron

import "math"

// A Tree is a cell as compartments: the nodes of an electric network, each but
// the first joined to its parent. A node is the centre of a compartment, or a
// point without membrane where sections meet. Arrays are by node, in an order
// in which every parent stands before its children (Hines order); node 0 is the
// soma, the middle compartment of the first section.
type Tree struct {
	parent   []int32   // [nodes] -1 for node 0
	Section  []int32   // [nodes] section that the node belongs to
	Index    []int32   // [nodes] compartment of the section, from 0; -1 for a point without membrane
	along    []float64 // [nodes] place on the section, from its beginning (µm)
	Area     []float64 // [nodes] of the membrane (µm²)
	Length   []float64 // [nodes] of the compartment (µm)
	Distance []float64 // [nodes] path from node 0 (µm); leaving a centre costs nothing
	Cap      []float64 // [nodes] capacitance (pF)
	Leak     []float64 // [nodes] leak conductance (nS)
	el       []float64 // [nodes] leak reversal potential (mV)
	Axial    []float64 // [nodes] conductance to the parent (nS); 0 for node 0

	Sections []Section
	first    []int32 // [sections] its first node
}

// NewTree returns the compartments of a cell:
//
//	C = F C_m A,   g = F g_L A,   1/g_axial = R_a ∫ dx/(π r²)
//
// with the area A of a compartment, the factor F of the spines at its centre
// (Spines; 1 without) and the integral from centre to centre (frusta, see stretch). A section begins at a point of its parent:
// the far end for at = 1, the beginning for at = 0, and otherwise the centre of
// the compartment that holds the point. Where it begins on the end or the
// beginning of a section there is a node without membrane. Sections that begin
// at a centre see nothing of the resistance within that compartment: at = 0.5
// on a soma of one compartment makes it isopotential. Free ends are sealed.
func NewTree(sections []Section) (*Tree, error) {
	if err := checkSections(sections); err != nil {
		return nil, err
	}
	t := &Tree{Sections: sections, first: make([]int32, len(sections))}
	// Which ends need a node: those that a child begins on.
	wantsEnd, wantsStart := make([]bool, len(sections)), false
	for _, s := range sections[1:] {
		switch {
		case s.At == 1:
			wantsEnd[s.Parent] = true
		case s.At == 0 && s.Parent == 0:
			wantsStart = true
		}
	}
	start := make([]int32, len(sections)) // node that a section begins on; -1 for none
	end := make([]int32, len(sections))
	start[0] = -1
	for i, s := range sections {
		if i > 0 {
			start[i] = t.attach(s, start, end)
		}
		t.addCompartments(i, start[i])
		if i == 0 && wantsStart {
			_, perRa := stretch(s.Profile, 0, s.Length()/float64(2*s.Compartments))
			start[0] = t.addPoint(0, t.Node(0, 0), 0, perRa)
		}
		if wantsEnd[i] {
			_, perRa := stretch(s.Profile, s.Length()-s.Length()/float64(2*s.Compartments), s.Length())
			end[i] = t.addPoint(i, t.Node(i, s.Compartments-1), s.Length(), perRa)
		}
	}
	return t, t.vary()
}

// attach returns the node that section s begins on.
func (t *Tree) attach(s Section, start, end []int32) int32 {
	p := t.Sections[s.Parent]
	switch {
	case s.At == 1:
		return end[s.Parent]
	case s.At == 0:
		return start[s.Parent]
	}
	return int32(t.Node(s.Parent, p.holds(s.At)))
}

// addCompartments adds the compartments of section i, which begins on node from. Those of the
// soma lead from the middle one outwards: on to its end, then back to its beginning.
func (t *Tree) addCompartments(i int, from int32) {
	s := t.Sections[i]
	t.first[i] = int32(len(t.parent))
	if i > 0 {
		t.addChain(i, from, 0, 0, s.Compartments, 1)
		return
	}
	middle, dx := s.holds(0.5), s.Length()/float64(s.Compartments)
	_, left := stretch(s.Profile, float64(float64(middle)*dx), s.middle())
	t.addChain(0, -1, 0, middle, s.Compartments, 1)
	t.addChain(0, 0, left, middle-1, -1, -1)
}

// addChain adds compartments of section i, from k on to before end, each joined to the one
// before and the first to node from; left is ∫ dx/(π r²) from there to where the first begins.
func (t *Tree) addChain(i int, from int32, left float64, k, end, step int) {
	s := t.Sections[i]
	dx := s.Length() / float64(s.Compartments)
	begin := 0.0
	if i > 0 {
		begin = t.Distance[from]
	}
	for ; k != end; k += step {
		lo, mid, hi := float64(float64(k)*dx), float64((float64(k)+0.5)*dx), float64(float64(k+1)*dx)
		if k == s.Compartments-1 {
			hi = s.Length()
		}
		distance := begin + mid
		if i == 0 {
			distance = math.Abs(mid - s.middle())
		}
		a1, r1 := stretch(s.Profile, lo, mid)
		a2, r2 := stretch(s.Profile, mid, hi)
		if step < 0 {
			r1, r2 = r2, r1
		}
		n := node{parent: from, section: int32(i), index: int32(k), along: mid, area: a1 + a2, length: dx, distance: distance, membrane: s.Membrane, spines: s.spineFactor(distance)}
		if from >= 0 {
			n.perRa = left + r1
		}
		from = t.add(n)
		left = r2
	}
}

// addPoint adds a node without membrane to section i, half a compartment on
// from its parent.
func (t *Tree) addPoint(i, parent int, along, perRa float64) int32 {
	return t.add(node{
		parent: int32(parent), section: int32(i), index: -1, along: along, perRa: perRa,
		distance: t.Distance[parent] + float64(t.Length[parent]/2), membrane: t.Sections[i].Membrane,
	})
}

// node is what add needs of one.
type node struct {
	parent, section, index int32
	along, area, length    float64
	distance, perRa        float64
	membrane               MembraneParams
	spines                 float64 // factor on C_m and g_L
}

// add appends a node. Units: 1 µF/cm² = 0.01 pF/µm², 1 S/cm² = 10 nS/µm², and
// 1 Ω cm / µm = 0.01 MΩ.
func (t *Tree) add(n node) int32 {
	t.parent = append(t.parent, n.parent)
	t.Section = append(t.Section, n.section)
	t.Index = append(t.Index, n.index)
	t.along = append(t.along, n.along)
	t.Area = append(t.Area, n.area)
	t.Length = append(t.Length, n.length)
	t.Distance = append(t.Distance, n.distance)
	t.Cap = append(t.Cap, n.membrane.Cm*n.area*0.01*n.spines)
	t.Leak = append(t.Leak, n.membrane.leak()*n.area*10*n.spines)
	t.el = append(t.el, n.membrane.EL)
	axial := 0.0
	if n.parent >= 0 {
		axial = 1000 / (n.membrane.Ra * n.perRa * 0.01)
	}
	t.Axial = append(t.Axial, axial)
	return int32(len(t.parent) - 1)
}

// Len returns the number of nodes.
func (t *Tree) Len() int { return len(t.parent) }

// Compartments returns the number of nodes with membrane.
func (t *Tree) Compartments() int {
	n := 0
	for _, s := range t.Sections {
		n += s.Compartments
	}
	return n
}

// TotalArea returns the area of all membrane (µm²).
func (t *Tree) TotalArea() float64 {
	var sum float64
	for _, a := range t.Area {
		sum += a
	}
	return sum
}

// SpineFactor returns the factor by which the spines multiply C_m and g_L of a node; 1
// for none.
func (t *Tree) SpineFactor(node int) float64 {
	return t.Sections[t.Section[node]].spineFactor(t.Distance[node])
}

// Node returns the node of compartment k (from 0) of a section.
func (t *Tree) Node(section, k int) int {
	if section > 0 {
		return int(t.first[section]) + k
	}
	soma := t.Sections[0]
	if middle := soma.holds(0.5); k >= middle {
		return k - middle
	}
	return soma.Compartments - 1 - k
}

// At returns the node of the compartment of a section that holds the place x,
// from 0 to 1: compartment min(⌊x n⌋, n-1).
func (t *Tree) At(section int, x float64) int {
	return t.Node(section, t.Sections[section].holds(x))
}

// SectionNamed returns the index of the section of that name, or -1.
func (t *Tree) SectionNamed(name string) int {
	for i, s := range t.Sections {
		if s.Name == name {
			return i
		}
	}
	return -1
}
