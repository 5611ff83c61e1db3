package channel

import (
	"math"
	"slices"

	"neurosim/internal/fpmath"
)

// State is the gates and calcium of N cells of a membrane. An element is a compartment of a
// cell; those of a group are [place][cell].
type State struct {
	*Membrane
	n      int
	groups []groupState
}

// groupState is the state of the elements of a group.
type groupState struct {
	*group
	x    []float64 // [P][N][C][4] gates
	c    []float64 // [P][N] calcium (mM); nil without pools
	ica  []float64 // [P][N] calcium current (pA)
	gca  []float64 // [P][N] calcium conductance of the step (nS)
	geca []float64 // [P][N] Σ g E of the calcium channels (pA)

	// Of a staggered membrane [P][N]: the sums of g (nS) and g E (pA) over the channels in the
	// last three steps, the latest first.
	g, e [3][]float64
}

// NewState returns n cells whose gates stand at their steady state.
func (m *Membrane) NewState(n int) *State {
	s := &State{Membrane: m, n: n}
	for _, g := range m.groups {
		gs := groupState{group: g, x: make([]float64, len(g.nodes)*n*g.columns*lanes)}
		if g.pools != nil {
			size := len(g.nodes) * n
			gs.c, gs.ica = make([]float64, size), make([]float64, size)
			gs.gca, gs.geca = make([]float64, size), make([]float64, size)
		}
		for p, node := range g.nodes {
			v, c := m.spec.Start[node], rest
			if gs.c != nil {
				c = m.spec.Pools[node].start()
			}
			for j := range n {
				e := p*n + j
				x := gs.element(e)
				for i := range x {
					x[i] = 1
				}
				g.columnOf(m, func(column, lane, channel, gate int) {
					x[column*lanes+lane] = m.spec.Channels[channel].Steady(gate, v, c)
				})
				if gs.c != nil {
					gs.c[e] = c
				}
			}
		}
		if m.spec.Staggered {
			gs.begin(s)
		}
		s.groups = append(s.groups, gs)
	}
	return s
}

// element returns the gates of element e.
func (g *groupState) element(e int) []float64 {
	w := g.columns * lanes
	return g.x[e*w : (e+1)*w : (e+1)*w]
}

// begin lets the conductances have been what they are before the first step.
func (g *groupState) begin(s *State) {
	size := len(g.nodes) * s.n
	g.g[0], g.e[0] = make([]float64, size), make([]float64, size)
	for e := range size {
		g.g[0][e], g.e[0][e] = g.conduct(s, e/s.n, e)
	}
	for i := 1; i < len(g.g); i++ {
		g.g[i], g.e[i] = slices.Clone(g.g[0]), slices.Clone(g.e[0])
	}
}

// Cable is what the channels see of the cable equation: the potentials, and where each
// compartment has its rows. All arrays are by cell.
type Cable interface {
	V(node int) []float64      // potentials (mV)
	Before(node int) []float64 // potentials at the beginning of the step that was solved (mV)
	Diag(node int) []float64   // sum of conductances (nS)
	Right(node int) []float64  // sum of currents at V = 0 (pA)

	// Stages are the rows of the two stages of a step of second order.
	Stages(node int) (diag, right, diag2, right2 []float64)
}

// Currents adds the currents of all channels to the equations of their compartments: g to
// the diagonal and g E to the right-hand side. Unstaggered, g is what the gates are at the
// beginning of the step, and E_Ca what the concentrations say there.
//
// Staggered, gates are those of the middle of the step. Its two stages end later, where g is
// extrapolated by the cubic through the last four middles: a membrane that follows its
// channels within a step, as during a spike, would otherwise lag by half of it.
func (s *State) Currents(cable Cable) {
	for i := range s.groups {
		g := &s.groups[i]
		for p, node := range g.nodes {
			if s.spec.Staggered {
				g.stages(s, p, cable, int(node))
				continue
			}
			v, diag, right := cable.V(int(node)), cable.Diag(int(node)), cable.Right(int(node))
			for j := range v {
				e := p*s.n + j
				sum, sumE := g.conduct(s, p, e)
				diag[j] += sum
				right[j] += sumE
				if g.c != nil {
					g.ica[e] = float64(g.gca[e]*v[j]) - g.geca[e]
				}
			}
		}
	}
}

// Where the two stages of a step end, from its middle, in steps: γ - ½ and ½, with γ of
// package neuron.
const (
	stage1 = -0.20710678118654752440
	stage2 = 0.5
)

// extrapolate returns at x the cubic through y₀ at 0 and y₁, y₂, y₃ at -1, -2, -3:
//
//	y₀ + x ∇y + ½ x (x+1) ∇²y + ⅙ x (x+1) (x+2) ∇³y
//
// with the backward differences ∇y = y₀ - y₁, ∇²y = y₀ - 2 y₁ + y₂, ...
func extrapolate(x, y0, y1, y2, y3 float64) float64 {
	d1, d2 := y0-y1, (y0-y1)-(y1-y2)
	d3 := d2 - ((y1 - y2) - (y2 - y3))
	return y0 + float64(x*(d1+float64((x+1)/2*(d2+float64((x+2)/3*d3)))))
}

// stages adds the currents of a place to both stages of a step.
func (g *groupState) stages(s *State, p int, cable Cable, node int) {
	diag, right, diag2, right2 := cable.Stages(node)
	for j := range diag {
		e := p*s.n + j
		sum, sumE := g.conduct(s, p, e)
		g1, g2, g3 := g.g[0][e], g.g[1][e], g.g[2][e]
		e1, e2, e3 := g.e[0][e], g.e[1][e], g.e[2][e]
		a, b := extrapolate(stage1, sum, g1, g2, g3), extrapolate(stage2, sum, g1, g2, g3)
		aE, bE := extrapolate(stage1, sumE, e1, e2, e3), extrapolate(stage2, sumE, e1, e2, e3)
		if a < 0 || b < 0 { // they fall too fast to be extrapolated
			a, b, aE, bE = sum, sum, sumE, sumE
		}
		g.g[0][e], g.g[1][e], g.g[2][e] = sum, g1, g2
		g.e[0][e], g.e[1][e], g.e[2][e] = sumE, e1, e2
		diag[j] += a
		right[j] += aE
		diag2[j] += b
		right2[j] += bE
	}
}

// conduct returns the sums of g (nS) and g E (pA) over the channels of an element, and keeps
// those of the calcium channels. Lanes are summed quad by quad, then across, so that vector
// code has the same bits.
func (g *groupState) conduct(s *State, p, e int) (sum, sumE float64) {
	gbar := g.gbar[p*len(g.quads)*lanes:]
	x := g.element(e)
	eca := 0.0
	if g.nernst {
		eca = s.eca(g.concentration(s, p, e), &g.pools[p])
	}
	var all, allE, ca, caE [lanes]float64
	for qi := range g.quads {
		q := &g.quads[qi]
		for lane := range lanes {
			product := gbar[qi*lanes+lane]
			for k, steps := range q.powers {
				y := x[(q.first+k)*lanes+lane]
				for _, on := range steps {
					if on[lane] != 0 {
						product *= y
					}
				}
			}
			current := float64(product * (q.e[lane] + float64(q.isE[lane]*eca)))
			all[lane] += product
			allE[lane] += current
			ca[lane] += float64(product * q.calcium[lane])
			caE[lane] += float64(current * q.calcium[lane])
		}
	}
	if g.c != nil {
		g.gca[e], g.geca[e] = across(&ca), across(&caE)
	}
	return across(&all), across(&allE)
}

// across returns the sum of the lanes, in the order of vector code.
func across(x *[lanes]float64) float64 { return (x[0] + x[2]) + (x[1] + x[3]) }

// concentration returns that of the time at which the currents of a step are taken: the
// beginning, or the middle, to which the current of the last step leads.
func (g *groupState) concentration(s *State, p, e int) float64 {
	if !s.spec.Staggered {
		return g.c[e]
	}
	return g.pools[p].after(g.c[e], g.ica[e], g.pools[p].half)
}

// after returns the concentration after a time in which the current (pA) stands still;
// decay is e^(-time/decay).
func (p *pool) after(c, ica, decay float64) float64 {
	if p.inward && ica > 0 {
		ica = 0
	}
	inf := p.floor + float64(p.influx*ica)
	return inf + float64((c-inf)*decay)
}

// eca returns the Nernst potential of calcium (mV):
//
//	E_Ca = (R T/2F) ln(c_outside/c)
func (m *Membrane) eca(c float64, p *pool) float64 {
	i, t, ok := m.tables.ca.find(c)
	if !ok || m.tables.nernst == nil {
		return float64(m.tables.rt2F * (p.logOut - fpmath.LogAll(c)))
	}
	return float64(m.tables.rt2F * (p.logOut + m.tables.nernst[i].at(t)))
}

// Advance steps gates and concentrations by dt to the potentials that Solve has left.
func (s *State) Advance(cable Cable) {
	for i := range s.groups {
		g := &s.groups[i]
		for p, node := range g.nodes {
			v := cable.V(int(node))
			if g.c != nil {
				var old []float64
				if s.spec.Staggered {
					old = cable.Before(int(node))
				}
				g.flow(s, p, v, old)
			}
			g.advance(s, p, v)
		}
	}
}

// flow advances the pools of a place.
func (g *groupState) flow(s *State, p int, v, old []float64) {
	pool := &g.pools[p]
	for j := range v {
		e := p*s.n + j
		if old != nil {
			g.ica[e] = float64(g.gca[e]*float64(0.5*(old[j]+v[j]))) - g.geca[e]
		}
		g.c[e] = pool.after(g.c[e], g.ica[e], pool.decay)
	}
}

// advance advances the gates of a place, the pool being done.
func (g *groupState) advance(s *State, p int, v []float64) {
	row := g.columns * 8 * lanes
	for j, u := range v {
		e := p*s.n + j
		x := g.element(e)
		i, t, ok := s.tables.v.find(u)
		if !ok {
			g.direct(s, x, u)
		} else {
			table := g.table[i*row : (i+1)*row]
			for col := 0; col < len(x); col += lanes {
				k := table[col*8 : col*8+8*lanes]
				for lane := range lanes {
					a := k[lane] + float64(t*(k[4+lane]+float64(t*(k[8+lane]+float64(t*k[12+lane])))))
					b := k[16+lane] + float64(t*(k[20+lane]+float64(t*(k[24+lane]+float64(t*k[28+lane])))))
					x[col+lane] = a + float64(b*x[col+lane])
				}
			}
		}
		for _, sl := range g.slow {
			fit := &s.tables.gates[sl.channel][sl.gate]
			if sl.reads == readsCa {
				if i, t, ok := s.tables.ca.find(g.c[e]); ok {
					x[sl.lane] = fit.a[i].at(t) + float64(fit.b[i].at(t)*x[sl.lane])
					continue
				}
			}
			s.exactly(sl.channel, sl.gate, &x[sl.lane], u, g.c[e])
		}
	}
}

// direct advances the gates that read the potential by their formulas, where it is outside
// the table.
func (g *groupState) direct(s *State, x []float64, v float64) {
	g.columnOf(s.Membrane, func(column, lane, channel, gate int) {
		if s.spec.Channels[channel].gates[gate].reads == readsV {
			s.exactly(channel, gate, &x[column*lanes+lane], v, rest)
		}
	})
}

// exactly advances a gate by its formulas.
func (s *State) exactly(channel, gate int, x *float64, v, c float64) {
	a, b := s.spec.Channels[channel].gates[gate].step(v, c, s.spec.Dt)
	*x = a + float64(b**x)
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
			for _, a := range [...][]float64{g.g[0], g.g[1], g.g[2], g.e[0], g.e[1], g.e[2]} {
				if a != nil {
					for j := range s.n {
						f(&a[p*s.n+j])
					}
				}
			}
		}
	}
}
