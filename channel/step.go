package channel

import "neurosim/internal/fpmath"

// Cable is what the channels see of the cable equation. All arrays are by node or row, then by
// cell; SetRows says which row a node has.
type Cable interface {
	Potentials() []float64 // (mV)
	Before() []float64     // potentials at the beginning of the step that was solved (mV)

	// Rows are the sums of conductances (nS), and of currents at V = 0 (pA); of a step of
	// second order for both of its stages.
	Rows() (diag, right, diag2, right2 []float64)
}

// few is the number of cells from which on a place has vectors of cells. For less, vectors are
// of places.
const few = 4

// Currents adds the currents of all channels to the equations of their compartments: g to
// the diagonal and g E to the right-hand side. Unstaggered, g is what the gates are at the
// beginning of the step, and E_Ca what the concentrations say there.
//
// Staggered, gates are those of the middle of the step. Its two stages end later, where g is
// extrapolated by the cubic through the last four middles: a membrane that follows its
// channels within a step, as during a spike, would otherwise lag by half of it.
func (s *State) Currents(cable Cable) {
	diag, right, diag2, right2 := cable.Rows()
	for i := range s.groups {
		g := &s.groups[i]
		if g.columns > 0 && s.spec.Staggered {
			g.stages(s, diag, right, diag2, right2)
		} else if g.columns > 0 {
			g.add(s.n, diag, right, g.g[0], g.e[0])
			if g.c != nil {
				g.calcium(s.n, cable.Potentials())
			}
		}
	}
}

// add adds sums of g and g E to the rows of all places.
func (g *groupState) add(n int, diag, right, sum, sumE []float64) {
	rows := g.rows
	if n == 1 {
		right, sum, sumE = right[:len(diag)], sum[:len(rows)], sumE[:len(rows)]
		for k, row := range rows {
			diag[row] += sum[k]
			right[row] += sumE[k]
		}
		return
	}
	for _, t := range g.stretches {
		e, k, size := t.from*n, t.row*n, (t.to-t.from)*n
		add(diag[k:][:size], sum[e:][:size])
		add(right[k:][:size], sumE[e:][:size])
	}
}

// calcium sets the calcium currents to those at potentials.
func (g *groupState) calcium(n int, v []float64) {
	ica, gca, geca := g.ica, g.gca[:len(g.ica)], g.geca[:len(g.ica)]
	if n == 1 {
		for p, node := range g.nodes[:len(ica)] {
			ica[p] = float64(gca[p]*v[node]) - geca[p]
		}
		return
	}
	for _, t := range g.stretches {
		e, size := t.from*n, (t.to-t.from)*n
		v, ica, gca, geca := v[t.node*n:][:size], ica[e:][:size], gca[e:][:size], geca[e:][:size]
		for j := multiplyWide(ica, gca, v, geca); j < size; j++ {
			ica[j] = float64(gca[j]*v[j]) - geca[j]
		}
	}
}

// add adds x to y.
func add(y, x []float64) {
	i := addWide(y, x)
	y, x = y[i:], x[i:]
	x = x[:len(y)]
	for j := range y {
		y[j] += x[j]
	}
}

// A stage is where a stage of a step ends, and how the cubic through four middles goes on to
// there: x, (x+1)/2 and (x+2)/3, with x in steps from the last middle.
type stage struct{ x, half, third float64 }

func newStage(x float64) stage { return stage{x, (x + 1) / 2, (x + 2) / 3} }

// The stages end at γ - ½ and at ½, with γ of package neuron.
var stage1, stage2 = newStage(-0.20710678118654752440), newStage(0.5)

// extrapolate returns at x the cubic through y₀ at 0 and y₁, y₂, y₃ at -1, -2, -3:
//
//	y₀ + x ∇y + ½ x (x+1) ∇²y + ⅙ x (x+1) (x+2) ∇³y
//
// with the backward differences ∇y = y₀ - y₁, ∇²y = y₀ - 2 y₁ + y₂, ...
func (s *stage) extrapolate(y0, y1, y2, y3 float64) float64 {
	a, b, c := y0-y1, y1-y2, y2-y3
	d2, d3 := a-b, (a-b)-(b-c)
	return y0 + float64(s.x*(a+float64(s.half*(d2+float64(s.third*d3)))))
}

// stages adds the currents of all places to both stages of a step.
func (g *groupState) stages(s *State, diag, right, diag2, right2 []float64) {
	n, size := s.n, len(g.nodes)*s.n
	if n < few { // all places at a time
		w := &s.scratch
		for i := range w {
			clear(w[i][:size])
		}
		g.extrapolate(0, w[0][:size], w[1][:size], w[2][:size], w[3][:size])
		g.add(n, diag, right, w[0][:size], w[1][:size])
		g.add(n, diag2, right2, w[2][:size], w[3][:size])
	} else {
		for _, t := range g.stretches {
			k, size := t.row*n, (t.to-t.from)*n
			g.extrapolate(t.from*n, diag[k:][:size], right[k:][:size], diag2[k:][:size], right2[k:][:size])
		}
	}
	g.g[0], g.g[1], g.g[2], g.g[3] = g.g[3], g.g[0], g.g[1], g.g[2]
	g.e[0], g.e[1], g.e[2], g.e[3] = g.e[3], g.e[0], g.e[1], g.e[2]
}

// extrapolate adds g and g E where the first stage ends to a and aE, and those where the second
// does to b and bE, of elements from e on. Where g would become negative, both fall too fast to
// be extrapolated.
func (g *groupState) extrapolate(e int, a, aE, b, bE []float64) {
	for j := g.extrapolateWide(e, a, aE, b, bE); j < len(a); j++ {
		y0, y1, y2, y3 := g.g[0][e+j], g.g[1][e+j], g.g[2][e+j], g.g[3][e+j]
		z0, z1, z2, z3 := g.e[0][e+j], g.e[1][e+j], g.e[2][e+j], g.e[3][e+j]
		x, y := stage1.extrapolate(y0, y1, y2, y3), stage2.extrapolate(y0, y1, y2, y3)
		xE, yE := stage1.extrapolate(z0, z1, z2, z3), stage2.extrapolate(z0, z1, z2, z3)
		if x < 0 || y < 0 {
			x, y, xE, yE = y0, y0, z0, z0
		}
		a[j] += x
		aE[j] += xE
		b[j] += y
		bE[j] += yE
	}
}

// Advance steps gates and concentrations by dt to the potentials that Solve has left, and
// works out what they conduct then.
func (s *State) Advance(cable Cable) {
	v := cable.Potentials()
	for i := range s.groups {
		g := &s.groups[i]
		if g.c != nil {
			if s.spec.Staggered {
				g.middle(s.n, cable.Before(), v)
			}
			g.flowAll(s)
			for _, b := range g.both {
				g.advanceBoth(s, b, v)
			}
		}
		if g.columns > 0 {
			g.advance(s, v)
		}
	}
}

// flowAll advances the pools of all places and the gates that read them alone.
func (g *groupState) flowAll(s *State) {
	for e := 0; e < len(g.c); {
		end := len(g.c)
		if s.n >= few {
			end = int(g.alike[e/s.n]) * s.n // of the places that are alike
		}
		e += g.flowWide(s, e)
		for next := min(e+4, end); e < next; e++ {
			g.flowOne(s, e/s.n, e)
		}
	}
}

// middle sets the calcium currents to those in the middle of the step.
func (g *groupState) middle(n int, before, v []float64) {
	if n == 1 {
		ica, gca, geca := g.ica, g.gca[:len(g.ica)], g.geca[:len(g.ica)]
		before = before[:len(v)]
		for p, node := range g.nodes[:len(ica)] {
			ica[p] = float64(gca[p]*float64(0.5*(before[node]+v[node]))) - geca[p]
		}
		return
	}
	for _, t := range g.stretches {
		e, k, size := t.from*n, t.node*n, (t.to-t.from)*n
		old, v := before[k:][:size], v[k:][:size]
		ica, gca, geca := g.ica[e:][:size], g.gca[e:][:size], g.geca[e:][:size]
		for j := middleWide(ica, gca, old, v, geca); j < size; j++ {
			ica[j] = float64(gca[j]*float64(0.5*(old[j]+v[j]))) - geca[j]
		}
	}
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

// flowOne advances the pool of an element and the gates that read it alone.
func (g *groupState) flowOne(s *State, p, e int) {
	g.c[e] = g.pools[p].after(g.c[e], g.ica[e], g.pools[p].decay)
	i, t, ok := s.tables.ca.find(g.c[e])
	for k := range g.slow {
		sl := &g.slow[k]
		x := &g.x[e*g.columns*lanes+sl.lane]
		if !ok {
			s.exactly(g, e, sl.channel, sl.gate, x, rest, g.c[e])
			continue
		}
		c := sl.table[8*i : 8*i+8]
		a := (*cubic)(c).at(t)
		*x = a + float64((*cubic)(c[4:]).at(t)**x)
	}
	g.reverse(s, p, e)
}

// reverse works out E_Ca of an element at the concentration of the time at which the currents
// of a step are taken: the beginning, or the middle, to which the current of the last step
// leads.
func (g *groupState) reverse(s *State, p, e int) {
	if g.eca == nil {
		return
	}
	c, pool := g.c[e], &g.pools[p]
	if s.spec.Staggered {
		c = pool.after(c, g.ica[e], pool.half)
	}
	g.eca[e] = s.eca(c, pool)
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

// advanceBoth advances a gate that reads the potential and calcium.
func (g *groupState) advanceBoth(s *State, b slowGate, v []float64) {
	for e := range len(g.nodes) * s.n {
		u := v[int(g.nodes[e/s.n])*s.n+e%s.n]
		s.exactly(g, e, b.channel, b.gate, &g.x[e*g.columns*lanes+b.lane], u, g.c[e])
	}
}

// advance advances the gates that read the potential alone, and then conducts: a stretch at a
// time or, of few cells, all places.
func (g *groupState) advance(s *State, v []float64) {
	n, size := s.n, len(g.nodes)*s.n
	if n >= few {
		for _, t := range g.stretches {
			g.advanceSome(s, t.from*n, v[t.node*n:][:(t.to-t.from)*n])
		}
		return
	}
	u := s.potentials[:size]
	if n == 1 {
		for p, node := range g.nodes[:len(u)] {
			u[p] = v[node]
		}
	} else {
		for p, node := range g.nodes {
			copy(u[p*n:][:n], v[int(node)*n:])
		}
	}
	g.advanceSome(s, 0, u)
}

// advanceSome advances the elements from e on to potentials.
func (g *groupState) advanceSome(s *State, e int, v []float64) {
	row := g.columns * 8 * lanes
	s.tables.v.locate(s.t, s.at, v, row)
	for j := 0; j < len(v); j++ {
		if j += g.advanceWide(s, e+j, j, len(v)); j == len(v) {
			return
		}
		if at := int(s.at[j]); at >= 0 {
			g.step(e+j, g.table[at:at+row], s.t[j])
		} else {
			g.direct(s, e+j, v[j])
		}
		g.conduct((e+j)/s.n, e+j)
	}
}

// locate finds potentials in a table of rows of numbers: where the row of the interval
// begins, -1 where formulas are used, and the place in the interval.
func (s *scale) locate(t []float64, at []int32, v []float64, row int) {
	done := s.locateWide(t, at, v, row)
	if s.exact != nil {
		for j, k := range at[:done] {
			if k >= 0 && s.exact[int(k)/row] {
				at[j] = -1
			}
		}
	}
	for j := done; j < len(v); j++ {
		i, x, ok := s.find(v[j])
		t[j], at[j] = x, int32(i*row)
		if !ok {
			at[j] = -1
		}
	}
}

// step advances the gates of an element by place t in an interval, whose row of the table is
// given.
func (g *groupState) step(e int, table []float64, t float64) {
	x := g.element(e)
	for len(x) >= lanes {
		x4, k := (*[lanes]float64)(x), (*[8 * lanes]float64)(table)
		for lane := range lanes {
			a := k[lane] + float64(t*(k[4+lane]+float64(t*(k[8+lane]+float64(t*k[12+lane])))))
			b := k[16+lane] + float64(t*(k[20+lane]+float64(t*(k[24+lane]+float64(t*k[28+lane])))))
			x4[lane] = a + float64(b*x4[lane])
		}
		x, table = x[lanes:], table[8*lanes:]
	}
}

// direct advances the gates that read the potential by their formulas.
func (g *groupState) direct(s *State, e int, v float64) {
	x := g.element(e)
	g.columnOf(s.Membrane, func(column, lane, channel, gate int) {
		if s.spec.Channels[channel].gates[gate].reads == readsV {
			s.exactly(g, e, channel, gate, &x[column*lanes+lane], v, rest)
		}
	})
}

// exactly advances a gate by its formulas.
func (s *State) exactly(g *groupState, e, channel, gate int, x *float64, v, c float64) {
	k := &s.spec.Channels[channel]
	a, b := k.gates[gate].step(v, c, s.spec.Dt)
	*x = a + float64(b**x)
	if *x-*x != 0 && s.fault == nil {
		s.fault = &Fault{Node: int(g.nodes[e/s.n]), Cell: e % s.n, Channel: k.Name, Gate: k.gates[gate].name, V: v}
	}
}

// A Fault is a gate that is no finite number: its formulas have none at the potential, which is
// outside the table.
type Fault struct {
	Node, Cell    int
	Channel, Gate string
	V             float64 // (mV)
}

// Fault returns the first gate that was no finite number; nil for none.
func (s *State) Fault() *Fault { return s.fault }

// conduct works out the sums of g (nS) and g E (pA) over the channels of an element, and
// over the calcium channels alone. Lanes are summed quad by quad, then across, so that vector
// code has the same bits. Lanes without a gate hold 1.
func (g *groupState) conduct(p, e int) {
	gbar := g.gbar[p*len(g.quads)*lanes:]
	x := g.element(e)
	var all, allE, ca, caE [lanes]float64
	for qi := range g.quads {
		q := &g.quads[qi]
		product := [lanes]float64(gbar[qi*lanes:])
		for k, more := range q.powers {
			y := (*[lanes]float64)(x[(q.first+k)*lanes:])
			for lane := range lanes {
				product[lane] *= y[lane]
			}
			for i := range more {
				for lane, on := range more[i] {
					if on {
						product[lane] *= y[lane]
					}
				}
			}
		}
		for lane := range lanes {
			reversal := q.e[lane]
			if q.isE[lane] {
				reversal = g.eca[e]
			}
			current := float64(product[lane] * reversal)
			all[lane] += product[lane]
			allE[lane] += current
			if q.calcium[lane] {
				ca[lane] += product[lane]
				caE[lane] += current
			}
		}
	}
	g.g[0][e], g.e[0][e] = across(&all), across(&allE)
	if g.c != nil {
		g.gca[e], g.geca[e] = across(&ca), across(&caE)
	}
}

// across returns the sum of the lanes, in the order of vector code.
func across(x *[lanes]float64) float64 { return (x[0] + x[2]) + (x[1] + x[3]) }
