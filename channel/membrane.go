package channel

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"neurosim/internal/fpmath"
)

// Placed is a channel on the compartments of a cell.
type Placed struct {
	*Kinetics
	Density []float64 // [nodes] conductance with all gates open (S/cm²); 0: not there
}

// Nernst tells whether the channel reverses at the Nernst potential of calcium.
func (p *Placed) Nernst() bool { return p.Ion == Calcium && math.IsNaN(p.E) }

// PoolParams is what a user sets of the calcium beneath a membrane: a shell that calcium
// currents fill and that empties with a time constant (Destexhe et al. 1994, J. Neurophysiol.
// 72:803),
//
//	dc/dt = -γ i_Ca/(2 F depth) - (c - floor)/decay
//
// with i_Ca the sum of the calcium currents per area, negative inwards.
type PoolParams struct {
	Depth   float64 `toml:"depth" unit:"um" doc:"depth of the shell"`
	Gamma   float64 `toml:"gamma" doc:"fraction of the entering calcium that stays free"`
	Decay   float64 `toml:"decay" unit:"ms" doc:"time constant of its removal"`
	Floor   float64 `toml:"floor" unit:"mM" doc:"concentration to which it decays"`
	Start   float64 `toml:"start" unit:"mM" doc:"concentration at the start; default: floor"`
	Outside float64 `toml:"outside" unit:"mM" doc:"concentration outside, for the Nernst potential"`
	Inward  bool    `toml:"inward_only" doc:"true: an outward calcium current removes no calcium"`
}

// DefaultPool returns what a pool is where nothing else is said: the defaults of CaDynamics_E2 of
// Hay et al. (2011).
func DefaultPool() PoolParams {
	return PoolParams{Depth: 0.1, Gamma: 0.05, Decay: 80, Floor: 1e-4, Start: math.NaN(), Outside: 2}
}

// Check reports every rule that p breaks.
func (p PoolParams) Check(bad Report) {
	positive := func(key string, x, most float64, unit string) {
		if !(x > 0 && x <= most) {
			bad(key, "must be above 0 and at most %s %s", strconv.FormatFloat(most, 'f', -1, 64), unit)
		}
	}
	positive("depth", p.Depth, 1e3, "um")
	positive("decay", p.Decay, 1e6, "ms")
	positive("outside", p.Outside, 1e3, "mM")
	positive("floor", p.Floor, 10, "mM")
	if !(p.Gamma >= 0 && p.Gamma <= 10) {
		bad("gamma", "must be from 0 to 10")
	}
	if !math.IsNaN(p.Start) {
		positive("start", p.Start, 10, "mM")
	}
}

// start returns the concentration at the start.
func (p PoolParams) start() float64 {
	if math.IsNaN(p.Start) {
		return p.Floor
	}
	return p.Start
}

// Constants of physics.
const (
	faraday = 96485.33212 // C/mol
	gas     = 8.314462618 // J/(mol K)
)

// MembraneSpec is the channels and pools of the cells of one tree.
type MembraneSpec struct {
	Channels []Placed
	Pools    []*PoolParams // [nodes]; nil: none
	Area     []float64     // [nodes] (µm²)
	Start    []float64     // [nodes] potential at which gates stand at their steady state (mV)
	Celsius  float64
	Dt       float64 // (ms)

	// Staggered: gates stand at the middles of steps, potentials and concentrations at
	// their ends, and currents are those of the middle; otherwise all stand at the ends and
	// currents are those of the beginning.
	Staggered bool
}

// A Membrane is what is common to all cells of a MembraneSpec: groups of compartments that
// have the same channels, and tables. It is not changed by use.
type Membrane struct {
	spec   MembraneSpec
	groups []*group
	of     []int32 // [nodes] group of the node, or -1
	place  []int32 // [nodes] place in it
	tables tables
}

// tables are those of all gates of a membrane.
type tables struct {
	v, ca  scale
	gates  [][]fitted // [channels][gates]; of readsBoth empty
	nernst []cubic    // -ln c over the scale ca; nil for none
	rt2F   float64    // RT/2F (mV)
}

// A group is compartments that have the same channels. Channels are lanes, four of a
// quad; each has a factor for every gate. A factor of the four lanes of a quad is a
// column: four gates side by side, in the state and in the rows of the table. Channels with
// many gates come first, so that columns are few.
type group struct {
	nodes    []int32    // [P]
	rows     []int32    // [P] their rows in the equations
	channels []int      // [lanes used] index of the channel
	quads    []quad     // [Q]
	columns  int        // C, of all quads
	table    []float64  // [intervals][C][8][4] coefficients of a, then of b
	gbar     []float64  // [P][Q][4] (nS)
	pools    []pool     // [P]; nil where the compartments have none
	alike    []int32    // [P] the first place after it whose pool is another
	nernst   bool       // a channel reverses at E_Ca
	slow     []slowGate // gates that depend on calcium
	both     []slowGate // and on V too
	code     program
}

// quad is four channels.
type quad struct {
	first   int        // its first column
	powers  [][]mask   // [factor][power - 1] the lanes that are multiplied once more
	e       [4]float64 // reversal potential (mV); 0 for the Nernst lanes
	isE     mask       // the lanes that reverse at E_Ca
	calcium mask       // the lanes that fill the pool
}

// mask is some lanes of a quad.
type mask [lanes]bool

func (m mask) any() bool { return m != mask{} }

// pool is the constants of a pool of one compartment.
type pool struct {
	influx float64 // what a current of 1 pA does to c∞ (mM)
	floor  float64
	decay  float64 // e^(-dt/decay)
	half   float64 // e^(-dt/2 decay)
	logOut float64 // ln of the concentration outside, in mM
	inward bool
}

// slowGate is a gate that the table over V does not hold.
type slowGate struct {
	channel, gate int
	lane          int // in the state of an element
	reads         reading
	table         []float64 // [intervals][8] coefficients of a, then of b; of those that read calcium alone
}

const lanes = 4

// NewMembrane returns the channels and pools of a spec that is sound: where a channel needs
// a pool, there is one.
func NewMembrane(s MembraneSpec) (*Membrane, error) {
	m := &Membrane{spec: s, tables: tables{rt2F: 1000 * gas * (s.Celsius + 273.15) / (2 * faraday)}, of: make([]int32, len(s.Area)), place: make([]int32, len(s.Area))}
	m.tabulate()
	index := map[string]int{}
	for node := range s.Area {
		m.of[node] = -1
		var on []int
		for i := range s.Channels {
			if s.Channels[i].Density[node] > 0 {
				on = append(on, i)
				if s.Pools[node] == nil && (s.Channels[i].Nernst() || s.Channels[i].ReadsCalcium()) {
					return nil, fmt.Errorf("channel: %s needs calcium, and there is none on node %d", s.Channels[i].Name, node)
				}
			}
		}
		pooled := s.Pools[node] != nil
		if len(on) == 0 && !pooled {
			continue
		}
		key := fmt.Sprint(on, pooled)
		g, known := index[key]
		if !known {
			g = len(m.groups)
			index[key] = g
			m.groups = append(m.groups, m.newGroup(on))
		}
		m.groups[g].add(m, node)
	}
	for _, g := range m.groups {
		g.setAlike()
	}
	m.tables.gates = nil // the groups have what they need of them
	return m, nil
}

// setAlike finds the places that follow one another and have the same pool.
func (g *group) setAlike() {
	g.alike = make([]int32, len(g.pools))
	for p := len(g.pools) - 1; p >= 0; p-- {
		g.alike[p] = int32(p + 1)
		if p+1 < len(g.pools) && g.pools[p+1] == g.pools[p] {
			g.alike[p] = g.alike[p+1]
		}
	}
}

// SetRows says which row of the equations each compartment has.
func (m *Membrane) SetRows(row func(node int) int) {
	for _, g := range m.groups {
		for p, node := range g.nodes {
			g.rows[p] = int32(row(int(node)))
		}
	}
}

// tabulate fits all gates on the coarsest scale that serves all of them.
func (m *Membrane) tabulate() {
	s := &m.spec
	each := func(r reading, f func(i, j int, g *gate)) {
		for i := range s.Channels {
			for j := range s.Channels[i].gates {
				if g := &s.Channels[i].gates[j]; g.reads == r {
					f(i, j, g)
				}
			}
		}
	}
	for i := range s.Channels {
		m.tables.gates = append(m.tables.gates, make([]fitted, len(s.Channels[i].gates)))
	}
	refine := func(r reading, from, to int, scaled func(fine int) scale) scale {
		for fine := from; ; fine *= 2 {
			sc := scaled(fine)
			errs, above := make([]float64, sc.size), 0
			each(r, func(i, j int, g *gate) { m.tables.gates[i][j] = g.tabulate(&sc, s.Dt, errs) })
			for _, err := range errs {
				if !(err <= tolerance) {
					above++
				}
			}
			if above <= corners || 2*fine > to {
				sc.keepOut(errs)
				return sc
			}
		}
	}
	m.tables.v = refine(readsV, coarsestV, finestV, voltageScale)
	m.tables.ca = refine(readsCa, coarsestCa, finestCa, calciumScale)
	for i := range s.Channels {
		if s.Channels[i].Nernst() && m.tables.nernst == nil {
			for k := range m.tables.ca.size {
				m.tables.nernst = append(m.tables.nernst, m.tables.ca.fit(k, func(c float64) float64 { return -fpmath.LogAll(c) }))
			}
		}
	}
}

// newGroup lays out the lanes of channels.
func (m *Membrane) newGroup(on []int) *group {
	gates := func(i int) int { return len(m.spec.Channels[i].gates) }
	on = slices.Clone(on)
	slices.SortStableFunc(on, func(i, j int) int { return gates(j) - gates(i) })
	g := &group{channels: on}
	for first := 0; first < len(on); first += lanes {
		g.addQuad(m, on[first:min(first+lanes, len(on))])
	}
	g.fill(m)
	g.code = g.compile()
	return g
}

// addQuad lays out four channels, or what is left of them.
func (g *group) addQuad(m *Membrane, of []int) {
	q := quad{first: g.columns}
	factors := 1
	for lane, i := range of {
		c := &m.spec.Channels[i]
		factors = max(factors, len(c.gates))
		if c.Nernst() {
			q.isE[lane], g.nernst = true, true
		} else {
			q.e[lane] = c.E
		}
		q.calcium[lane] = c.Ion == Calcium
	}
	for k := range factors {
		var more []mask
		for lane, i := range of {
			c := &m.spec.Channels[i]
			if k >= len(c.gates) {
				continue
			}
			for p := range c.gates[k].power - 1 {
				if p == len(more) {
					more = append(more, mask{})
				}
				more[p][lane] = true
			}
			g.addSlow(m, slowGate{channel: i, gate: k, lane: (g.columns+k)*lanes + lane, reads: c.gates[k].reads})
		}
		q.powers = append(q.powers, more)
	}
	g.columns += factors
	g.quads = append(g.quads, q)
}

// addSlow notes a gate that does not read V alone.
func (g *group) addSlow(m *Membrane, s slowGate) {
	switch s.reads {
	case readsV:
		return
	case readsBoth:
		g.both = append(g.both, s)
	case readsCa:
		fit := &m.tables.gates[s.channel][s.gate]
		for i := range fit.a {
			s.table = append(append(s.table, fit.a[i][:]...), fit.b[i][:]...)
		}
		g.slow = append(g.slow, s)
	}
}

// columnOf calls f for every lane of every column that a gate is on.
func (g *group) columnOf(m *Membrane, f func(column, lane, channel, gate int)) {
	for qi := range g.quads {
		for lane := range lanes {
			if at := qi*lanes + lane; at < len(g.channels) {
				for k := range m.spec.Channels[g.channels[at]].gates {
					f(g.quads[qi].first+k, lane, g.channels[at], k)
				}
			}
		}
	}
}

// fill writes the rows of the table. A lane without a gate, or with one that the table does
// not hold, keeps its value: a = 0, b = 1.
func (g *group) fill(m *Membrane) {
	row := g.columns * 8 * lanes
	g.table = make([]float64, m.tables.v.size*row)
	for i := range m.tables.v.size {
		for col := range g.columns {
			for lane := range lanes {
				g.table[i*row+(col*8+4)*lanes+lane] = 1
			}
		}
	}
	g.columnOf(m, func(column, lane, channel, gate int) {
		fit := &m.tables.gates[channel][gate]
		if m.spec.Channels[channel].gates[gate].reads != readsV {
			return
		}
		for i := range m.tables.v.size {
			for k := range 4 {
				g.table[i*row+(column*8+k)*lanes+lane] = fit.a[i][k]
				g.table[i*row+(column*8+4+k)*lanes+lane] = fit.b[i][k]
			}
		}
	})
}

// add adds a compartment.
func (g *group) add(m *Membrane, node int) {
	m.of[node], m.place[node] = int32(slices.Index(m.groups, g)), int32(len(g.nodes))
	g.nodes, g.rows = append(g.nodes, int32(node)), append(g.rows, int32(node))
	at := len(g.gbar)
	g.gbar = append(g.gbar, make([]float64, len(g.quads)*lanes)...)
	for i, c := range g.channels {
		p := &m.spec.Channels[c]
		g.gbar[at+i] = p.Density[node] * p.factor * m.spec.Area[node] * 10 // 1 S/cm² = 10 nS/µm²
	}
	if p := m.spec.Pools[node]; p != nil {
		g.pools = append(g.pools, pool{
			// 1 pA/µm² = 0.1 mA/cm²; γ i/(2 F depth) = 1e4 γ i[mA/cm²]/(2 F depth[µm]) mM/ms
			influx: -1e4 * p.Gamma * 0.1 / m.spec.Area[node] / (2 * faraday * p.Depth) * p.Decay,
			floor:  p.Floor,
			decay:  fpmath.Exp(-min(m.spec.Dt/p.Decay, 700)),
			half:   fpmath.Exp(-min(m.spec.Dt/2/p.Decay, 700)),
			logOut: fpmath.LogAll(p.Outside),
			inward: p.Inward,
		})
	}
}

// Nodes returns the compartments that have channels or a pool, ascending.
func (m *Membrane) Nodes() []int {
	var out []int
	for node, g := range m.of {
		if g >= 0 {
			out = append(out, node)
		}
	}
	return out
}
