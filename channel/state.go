package channel

import (
	"math"
	"slices"
)

// State is the gates and calcium of N cells of a membrane. An element is a compartment of a
// cell; those of a group are [place][cell].
type State struct {
	*Membrane
	n       int
	groups  []groupState
	scratch [4][]float64 // of stages, of few cells

	// Of advance: potentials, and where they are in the table; see locate.
	potentials, t []float64
	at            []int32

	fault *Fault // the first; nil for none
}

// groupState is the state of the elements of a group.
type groupState struct {
	*group
	x   []float64 // [P][N][C][4] gates
	c   []float64 // [P][N] calcium (mM); nil without pools
	ica []float64 // [P][N] calcium current (pA)

	// What follows from them, for the next step.
	eca  []float64 // [P][N] E_Ca where currents are taken (mV); nil where no channel needs it
	gca  []float64 // [P][N] calcium conductance (nS)
	geca []float64 // [P][N] Σ g E of the calcium channels (pA)

	// The sums of g (nS) and g E (pA) over the channels [P][N]; of a staggered membrane also
	// those of the last three steps, the latest first.
	g, e [4][]float64

	stretches []stretch
	sweep     sweep
	flow      flow
}

// A stretch is places from … to-1 of a group whose nodes follow one another, and their rows:
// what vector code does at a time.
type stretch struct{ from, to, node, row int }

// longest is how many elements a stretch of more than one place has at most: so many that a
// call costs little, and so few that what is worked out for them stays near the processor.
const longest = 256

// stretches returns those of the places of a group, of n cells.
func (g *group) stretches(n int) (out []stretch) {
	for p, node := range g.nodes {
		if k := len(out) - 1; k >= 0 {
			last, i := &out[k], p-out[k].from
			if int(node) == last.node+i && int(g.rows[p]) == last.row+i && (i+1)*n <= longest {
				last.to++
				continue
			}
		}
		out = append(out, stretch{p, p + 1, int(node), int(g.rows[p])})
	}
	return out
}

// NewState returns n cells whose gates stand at their steady state.
func (m *Membrane) NewState(n int) *State {
	s := &State{Membrane: m, n: n}
	s.groups = make([]groupState, len(m.groups))
	most := 0 // elements at a time
	for i, g := range m.groups {
		s.groups[i].group = g
		s.groups[i].stretches = g.stretches(n)
		s.groups[i].begin(s)
		if n < few {
			most = max(most, n*len(g.nodes))
		}
		for _, t := range s.groups[i].stretches {
			most = max(most, n*(t.to-t.from))
		}
	}
	if n < few {
		s.potentials = make([]float64, most)
		for i := range s.scratch {
			if m.spec.Staggered {
				s.scratch[i] = make([]float64, most)
			}
		}
	}
	s.t, s.at = make([]float64, most), make([]int32, most)
	return s
}

// Bytes returns the memory of an element that has the channels, and a pool or none, and about
// that of the tables of a group of such elements: how fine they are depends on the formulas.
func Bytes(channels []*Kinetics, pool, staggered bool) (element, tables float64) {
	if len(channels) == 0 && !pool {
		return 0, 0
	}
	volts, calcium := voltageScale(2*coarsestV), calciumScale(finestCa)
	var gates []int
	for _, k := range channels {
		gates = append(gates, len(k.gates))
		for i := range k.gates {
			if k.gates[i].reads == readsCa {
				tables += float64(8 * 8 * calcium.size)
			}
		}
	}
	slices.SortFunc(gates, func(a, b int) int { return b - a })
	columns := 0
	for first := 0; first < len(gates); first += lanes {
		columns += max(1, gates[first])
	}
	numbers := columns*lanes + 2 // with g and g E
	if staggered {
		numbers += 6 // of three steps before
	}
	if pool {
		numbers += 4 // c, and the current, conductance and g E of calcium
		if slices.ContainsFunc(channels, func(k *Kinetics) bool { return k.Ion == Calcium && math.IsNaN(k.E) }) {
			numbers++
			tables += float64(4 * 8 * calcium.size)
		}
	}
	return 8 * float64(numbers), tables + float64(8*8*lanes*columns*volts.size)
}

// begin sets gates and pools to the beginning.
func (g *groupState) begin(s *State) {
	size := len(g.nodes) * s.n
	array := func() []float64 { return make([]float64, size) }
	g.x = make([]float64, size*g.columns*lanes)
	g.g[0], g.e[0] = array(), array()
	if g.pools != nil {
		g.c, g.ica, g.gca, g.geca = array(), array(), array(), array()
	}
	if g.nernst {
		g.eca = array()
	}
	for p, node := range g.nodes {
		v, c := s.spec.Start[node], rest
		if g.c != nil {
			c = s.spec.Pools[node].start()
		}
		for e := p * s.n; e < (p+1)*s.n; e++ {
			x := g.element(e)
			for i := range x {
				x[i] = 1
			}
			g.columnOf(s.Membrane, func(column, lane, channel, gate int) {
				x[column*lanes+lane] = s.spec.Channels[channel].Steady(gate, v, c)
			})
			if g.c != nil {
				g.c[e] = c
			}
		}
	}
	g.prepare(s)
	g.refresh(s)
	if s.spec.Staggered { // conductances have been what they are
		for i := 1; i < len(g.g); i++ {
			g.g[i], g.e[i] = slices.Clone(g.g[0]), slices.Clone(g.e[0])
		}
	}
}

// refresh works out what follows from gates and pools.
func (g *groupState) refresh(s *State) {
	for e := range len(g.nodes) * s.n {
		g.reverse(s, e/s.n, e)
		g.conduct(e/s.n, e)
	}
}

// element returns the gates of element e.
func (g *groupState) element(e int) []float64 {
	w := g.columns * lanes
	return g.x[e*w : (e+1)*w : (e+1)*w]
}

// Gate returns a gate of a channel on a node of a cell, ok where the channel is there.
func (s *State) Gate(node, cell, channel, gate int) (x float64, ok bool) {
	g, lane := s.lane(node, channel)
	if g == nil {
		return 0, false
	}
	e := int(s.place[node])*s.n + cell
	return g.element(e)[(g.quads[lane/lanes].first+gate)*lanes+lane%lanes], true
}

// lane returns the group of a node and the lane of a channel in it; nil where the channel is
// not there.
func (s *State) lane(node, channel int) (*groupState, int) {
	if s.of[node] < 0 {
		return nil, 0
	}
	g := &s.groups[s.of[node]]
	for lane, c := range g.channels {
		if c == channel {
			return g, lane
		}
	}
	return nil, 0
}

// Conductance returns that of a channel on a node of a cell (nS); 0 where it is not there.
func (s *State) Conductance(node, cell, channel int) float64 {
	g, lane := s.lane(node, channel)
	if g == nil {
		return 0
	}
	e := int(s.place[node])*s.n + cell
	product := g.gbar[(int(s.place[node])*len(g.quads))*lanes+lane]
	for k := range s.spec.Channels[channel].gates {
		y := g.element(e)[(g.quads[lane/lanes].first+k)*lanes+lane%lanes]
		for range s.spec.Channels[channel].gates[k].power {
			product *= y
		}
	}
	return product
}

// Current returns the current of a channel on a node of a cell at the potential v (mV),
// outward positive (pA).
func (s *State) Current(node, cell, channel int, v float64) float64 {
	return float64(s.Conductance(node, cell, channel) * (v - s.Reversal(node, cell, channel)))
}

// Reversal returns the reversal potential of a channel on a node of a cell (mV).
func (s *State) Reversal(node, cell, channel int) float64 {
	if c := &s.spec.Channels[channel]; !c.Nernst() {
		return c.E
	}
	return s.ECa(node, cell)
}

// Calcium returns the concentration on a node of a cell (mM), NaN where there is no pool.
func (s *State) Calcium(node, cell int) float64 {
	if s.of[node] < 0 || s.groups[s.of[node]].c == nil {
		return math.NaN()
	}
	return s.groups[s.of[node]].c[int(s.place[node])*s.n+cell]
}

// ECa returns the Nernst potential of calcium on a node of a cell (mV), NaN where there is
// no pool.
func (s *State) ECa(node, cell int) float64 {
	c := s.Calcium(node, cell)
	if c != c {
		return c
	}
	return s.eca(c, &s.groups[s.of[node]].pools[s.place[node]])
}

// Save returns the state as rows of one number for each cell, for a checkpoint.
func (s *State) Save() []float64 {
	var out []float64
	s.rows(func(x *float64) { out = append(out, *x) })
	return out
}

// Restore sets the state to rows that Save has made.
func (s *State) Restore(rows []float64) {
	i := 0
	s.rows(func(x *float64) { *x = rows[i]; i++ })
	for k := range s.groups {
		s.groups[k].refresh(s)
	}
}

// rows goes through the numbers that are the state, cells innermost.
func (s *State) rows(f func(x *float64)) {
	for k := range s.groups {
		g := &s.groups[k]
		w := g.columns * lanes
		for p := range g.nodes {
			g.columnOf(s.Membrane, func(column, lane, _, _ int) {
				for j := range s.n {
					f(&g.x[(p*s.n+j)*w+column*lanes+lane])
				}
			})
			if g.c != nil {
				for j := range s.n {
					f(&g.c[p*s.n+j])
				}
				for j := range s.n {
					f(&g.ica[p*s.n+j])
				}
			}
			for _, a := range [...][]float64{g.g[1], g.g[2], g.g[3], g.e[1], g.e[2], g.e[3]} {
				if a != nil {
					for j := range s.n {
						f(&a[p*s.n+j])
					}
				}
			}
		}
	}
}
