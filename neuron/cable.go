package neuron

import "slices"

// Method is the rule of a time step.
type Method string

const (
	BackwardEuler Method = "backward-euler" // of first order
	CrankNicolson Method = "crank-nicolson" // of second order: a step to the middle, then as far again; see Cable.extrapolate
)

// A Plan is what is common to all cells of one tree: the constants of the
// elimination. Nodes whose own conductance and that of all nodes beyond them
// never changes are fixed: their elimination is done once, here, and a step
// only carries currents inwards and voltages outwards. The other nodes are
// live.
type Plan struct {
	tree  *Tree
	h     float64   // step of the implicit solution: dt, or dt/2 for Crank-Nicolson (ms)
	twice bool      // Crank-Nicolson: the solution is at the middle of the step
	live  []int32   // [nodes] row of the diagonal, or -1 for a fixed node
	rows  []int32   // [live] the nodes that are live, ascending
	diag  []float64 // [live] diagonal without what changes: C/h + g_L + Σ g_axial - fixed children (nS)
	ch    []float64 // [nodes] C/h (nS)
	leak  []float64 // [nodes] g_L E_L (pA)

	in  []inward  // [nodes] elimination of fixed nodes
	out []outward // [nodes] back-substitution of fixed nodes
}

// inward: y_parent ← a y_parent + (b y + c).
type inward struct{ a, b, c float64 }

// outward: v ← a y + (b v_parent + c).
type outward struct{ a, b, c float64 }

// NewPlan returns the plan of a tree for steps of dt (ms). The nodes named in
// changing have conductances that change (synapses, channels).
func NewPlan(t *Tree, dt float64, m Method, changing []int) *Plan {
	n := t.Len()
	p := &Plan{tree: t, h: dt, twice: m == CrankNicolson, live: make([]int32, n),
		ch: make([]float64, n), leak: make([]float64, n), in: make([]inward, n), out: make([]outward, n)}
	if p.twice {
		p.h = dt / 2
	}
	d := t.conductances()
	for i := range n {
		p.ch[i] = t.Cap[i] / p.h
		p.leak[i] = float64(t.Leak[i] * t.EL[i])
		d[i] += p.ch[i]
		p.live[i] = -1
	}
	for _, i := range changing {
		for i := int32(i); i >= 0 && p.live[i] < 0; i = t.Parent[i] {
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
	up, g := p.tree.Parent[i], p.tree.Axial[i]
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

// Cable is the voltage of N cells of one plan; see the package comment.
// A step is Begin; Load of every live node and what its membrane adds to Diag
// and Right; Solve.
type Cable struct {
	*Plan
	n     int
	v     []float64 // [nodes][N] membrane potential (mV)
	diag  []float64 // [live][N] diagonal (nS)
	right []float64 // [live][N] right-hand side (pA)
	old   []float64 // [nodes][N] v before the step; Crank-Nicolson only
	stiff []bool    // [live][N] see markStiff; Crank-Nicolson only
}

// NewCable returns n cells at the given voltages of the nodes (mV).
func NewCable(p *Plan, n int, v []float64) *Cable {
	c := &Cable{Plan: p, n: n,
		v:    make([]float64, n*len(p.live)),
		diag: make([]float64, n*len(p.rows)), right: make([]float64, n*len(p.rows))}
	if p.twice {
		c.old, c.stiff = make([]float64, len(c.v)), make([]bool, len(c.diag))
	}
	for i, x := range v {
		row := c.V(i)
		for k := range row {
			row[k] = x
		}
	}
	return c
}

// V returns the potentials of a node (mV), by cell.
func (c *Cable) V(node int) []float64 { return c.v[node*c.n : (node+1)*c.n : (node+1)*c.n] }

// Diag and Right return the rows of a live node, by cell: a membrane current
// g (E - v), g (nS) taken at the time that Phase says, adds g to Diag and g E
// to Right; a current into the cell adds to Right (pA).
func (c *Cable) Diag(node int) []float64  { return row(c.diag, c.live[node], c.n) }
func (c *Cable) Right(node int) []float64 { return row(c.right, c.live[node], c.n) }

func row(a []float64, i int32, n int) []float64 {
	return a[int(i)*n : (int(i)+1)*n : (int(i)+1)*n]
}

// Phase returns the time within a step at which conductances are taken, as a
// part of the step: 0 for backward Euler, ½ for Crank-Nicolson.
func (p *Plan) Phase() float64 {
	if p.twice {
		return 0.5
	}
	return 0
}

// CapOverStep returns C/h of a node (nS), h the step of the implicit solution.
func (p *Plan) CapOverStep(node int) float64 { return p.ch[node] }

// Begin begins a step.
func (c *Cable) Begin() {
	if c.twice {
		copy(c.old, c.v)
	}
}

// Live returns the nodes whose rows Load must set, ascending.
func (p *Plan) Live() []int32 { return p.rows }

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

// Load sets Diag and Right of a live node to what its passive membrane says.
func (c *Cable) Load(node int) {
	p := c.Passive(node)
	load(c.Diag(node), c.Right(node), c.V(node), p.Diag, p.CapOverStep, p.Leak)
}

// Solve ends a step: voltages at its end. Where hold is not nil, cells with
// hold > 0 keep the potential of node 0.
func (c *Cable) Solve(hold []int32) {
	if c.twice {
		c.markStiff()
	}
	for i := len(c.live) - 1; i > 0; i-- {
		c.inwards(i)
	}
	c.root(hold)
	for i := 1; i < len(c.live); i++ {
		c.outwards(i)
	}
	if c.twice {
		c.extrapolate()
	}
}

// markStiff marks the compartments whose membrane conductance exceeds C/h.
// There Crank-Nicolson would overshoot in every step, its factor (1-x)/(1+x),
// x = g h/C, being negative, and with a magnesium block diverge.
func (c *Cable) markStiff() {
	for k, i := range c.rows {
		limit := c.Plan.diag[k] + c.ch[i]
		d := row(c.diag, int32(k), c.n)
		stiff := c.stiff[k*c.n : (k+1)*c.n][:len(d)]
		for j, x := range d {
			stiff[j] = x > limit
		}
	}
}

// extrapolate goes from the middle of the step to its end, v ← 2 v - v_old. A
// stiff compartment stays at the potential of the middle, which it has all but
// settled to.
func (c *Cable) extrapolate() {
	for i, k := range c.live {
		v, old := c.V(i), c.old[i*c.n:(i+1)*c.n]
		old = old[:len(v)]
		if k < 0 {
			for j, x := range v {
				v[j] = float64(2*x) - old[j]
			}
			continue
		}
		stiff := c.stiff[int(k)*c.n : (int(k)+1)*c.n][:len(v)]
		for j, x := range v {
			if !stiff[j] {
				v[j] = float64(2*x) - old[j]
			}
		}
	}
}

// inwards eliminates node i from the row of its parent.
func (c *Cable) inwards(i int) {
	up := int(c.tree.Parent[i])
	if c.live[i] < 0 {
		k := c.in[i]
		x := c.V(i)
		y := c.V(up)
		if c.live[up] >= 0 {
			y = c.Right(up)
		}
		combine(y, x, k.a, k.b, k.c)
		return
	}
	eliminate(c.tree.Axial[i], c.Diag(i), c.Right(i), c.Diag(up), c.Right(up))
}

// root solves node 0.
func (c *Cable) root(hold []int32) {
	v := c.V(0)
	if c.live[0] < 0 {
		k := c.out[0]
		for j, x := range v {
			if hold == nil || hold[j] <= 0 {
				v[j] = float64(k.a*x) + k.c
			}
		}
		return
	}
	b := c.Right(0)
	divide(b, c.Diag(0))
	if hold == nil {
		copy(v, b)
		return
	}
	hold, b = hold[:len(v)], b[:len(v)]
	for j := range v {
		if hold[j] <= 0 {
			v[j] = b[j]
		}
	}
}

// outwards solves node i from the potential of its parent.
func (c *Cable) outwards(i int) {
	v, up := c.V(i), c.V(int(c.tree.Parent[i]))
	if c.live[i] < 0 {
		k := c.out[i]
		combine(v, up, k.a, k.b, k.c)
		return
	}
	substitute(v, c.Diag(i), c.Right(i), up)
}

// Values returns the state, for a checkpoint: the potentials themselves, by
// node and cell. Copying into it restores it.
func (c *Cable) Values() []float64 { return c.v }

// NonFinite returns the first cell of which a potential is not a finite number
// and the node, or -1.
func (c *Cable) NonFinite() (cell, node int) {
	i := slices.IndexFunc(c.v, func(x float64) bool { return x-x != 0 })
	if i < 0 {
		return -1, -1
	}
	return i % c.n, i / c.n
}

// Scratch returns the memory of what is not state (bytes).
func (c *Cable) Scratch() int { return 8*(cap(c.diag)+cap(c.right)+cap(c.old)) + cap(c.stiff) }
