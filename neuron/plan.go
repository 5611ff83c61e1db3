package neuron

// Method is the rule of a time step.
type Method string

const (
	BackwardEuler Method = "backward-euler" // of first order: NEURON's
	SecondOrder   Method = "second-order"   // of second order: two stages, gates at the middles of steps; see Cable.Solve
)

// A Plan is what is common to all cells of one tree: the constants of the
// elimination. Nodes whose own conductance and that of all nodes beyond them
// never changes are fixed: their elimination is done once, here, and a step
// only carries currents inwards and voltages outwards. The other nodes are
// live.
type Plan struct {
	tree  *Tree
	h     float64   // step of an implicit solution: dt, or γ dt of second order (ms)
	twice bool      // of second order: a step is two solutions
	live  []int32   // [nodes] row of the diagonal, or -1 for a fixed node
	rows  []int32   // [live] the nodes that are live, ascending
	diag  []float64 // [live] diagonal without what changes: C/h + g_L + Σ g_axial - fixed children (nS)
	ch    []float64 // [nodes] C/h (nS)
	leak  []float64 // [nodes] g_L E_L (pA)

	in  []inward  // [nodes] elimination of fixed nodes
	out []outward // [nodes] back-substitution of fixed nodes

	schedule *schedule // of few cells
}

// inward: y_parent ← a y_parent + (b y + c).
type inward struct{ a, b, c float64 }

// outward: v ← a y + (b v_parent + c).
type outward struct{ a, b, c float64 }

// NewPlan returns the plan of a tree for steps of dt (ms). The nodes named in
// changing have conductances that change (synapses, channels).
func NewPlan(t *Tree, dt float64, m Method, changing []int) *Plan {
	n := t.Len()
	p := &Plan{tree: t, h: dt, twice: m == SecondOrder, live: make([]int32, n),
		ch: make([]float64, n), leak: make([]float64, n), in: make([]inward, n), out: make([]outward, n)}
	if p.twice {
		p.h = stage * dt
	}
	d := t.conductances()
	for i := range n {
		p.ch[i] = t.Cap[i] / p.h
		p.leak[i] = float64(t.Leak[i] * t.el[i])
		d[i] += p.ch[i]
		p.live[i] = -1
	}
	for _, i := range changing {
		for i := int32(i); i >= 0 && p.live[i] < 0; i = t.parent[i] {
			p.live[i] = 0
		}
	}
	touched := make([]bool, n) // rows that hold a right-hand side already
	for i := n - 1; i >= 0; i-- {
		if p.live[i] >= 0 {
			continue
		}
		p.eliminate(i, d, touched)
	}
	for i := range n {
		if p.live[i] >= 0 {
			p.live[i] = int32(len(p.rows))
			p.rows = append(p.rows, int32(i))
			p.diag = append(p.diag, d[i])
		}
	}
	p.schedule = newSchedule(p)
	return p
}

// eliminate works out the constants of fixed node i, all of whose children are
// done. A row that no child has touched still holds v, of which the right-hand
// side is (C/h) v + g_L E_L.
func (p *Plan) eliminate(i int, d []float64, touched []bool) {
	own := inward{b: 1}
	if !touched[i] {
		own = inward{b: p.ch[i], c: p.leak[i]}
	}
	p.out[i] = outward{a: own.b / d[i], c: own.c / d[i]}
	if i == 0 {
		return
	}
	up, g := p.tree.parent[i], p.tree.Axial[i]
	f := g / d[i]
	d[up] -= float64(f * g)
	p.out[i].b = f
	p.in[i] = inward{a: 1, b: f * own.b, c: f * own.c}
	if p.live[up] < 0 && !touched[up] {
		p.in[i].a = p.ch[up]
		p.in[i].c += p.leak[up]
		touched[up] = true
	}
}

// EvalFraction returns the time within a step at which conductances are evaluated, as a
// part of the step: 0 for backward Euler, ½ for the method of second order.
func (p *Plan) EvalFraction() float64 {
	if p.twice {
		return 0.5
	}
	return 0
}

// CapOverStep returns C/h of a node (nS), h the step of the implicit solution.
func (p *Plan) CapOverStep(node int) float64 { return p.ch[node] }

// Live returns the nodes whose rows Load must set, ascending.
func (p *Plan) Live() []int32 { return p.rows }

// Row returns the row of a live node in the equations.
func (p *Plan) Row(node int) int { return int(p.live[node]) }

// Passive is what the passive membrane and the neighbours of a live node say
// about its rows: diag = Diag, right = CapOverStep v + Leak.
type Passive struct {
	Diag        float64 // C/h + g_L + Σ g_axial, without what fixed children take back (nS)
	CapOverStep float64 // C/h (nS)
	Leak        float64 // g_L E_L (pA)
}

// Passive returns that of a live node.
func (p *Plan) Passive(node int) Passive {
	return Passive{p.diag[p.live[node]], p.ch[node], p.leak[node]}
}
