package neuron

import "slices"

// Cable is the voltage of N cells of one plan; see the package comment.
// A step is Begin; Load of every live node and what its membrane adds to Diag
// and Right; Split; Solve.
type Cable struct {
	*Plan
	n     int
	v     []float64 // [nodes][N] membrane potential (mV)
	diag  []float64 // [live][N] diagonal (nS)
	right []float64 // [live][N] right-hand side (pA)

	// Of the method of second order: v before the step [nodes][N], and the rows of the
	// second stage [live][N], of right without (C/h) v.
	old, diag2, right2 []float64
}

// NewCable returns n cells at the given voltages of the nodes (mV).
func NewCable(p *Plan, n int, v []float64) *Cable {
	c := &Cable{Plan: p, n: n,
		v:    make([]float64, n*len(p.live)),
		diag: make([]float64, n*len(p.rows)), right: make([]float64, n*len(p.rows))}
	if p.twice {
		c.old = make([]float64, len(c.v))
		c.diag2, c.right2 = make([]float64, len(c.diag)), make([]float64, len(c.diag))
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

// Potentials returns those of all nodes (mV), by node and cell. It is the state, for a
// checkpoint: copying into it restores it.
func (c *Cable) Potentials() []float64 { return c.v }

// Before returns the potentials before the step that Solve has ended, by node and cell (mV).
// The method of second order keeps them.
func (c *Cable) Before() []float64 { return c.old }

// Diag and Right return the rows of a live node, by cell: a membrane current
// g (E - v), g (nS) evaluated at the time that EvalFraction says, adds g to Diag and g E
// to Right; a current into the cell adds to Right (pA).
func (c *Cable) Diag(node int) []float64  { return row(c.diag, c.live[node], c.n) }
func (c *Cable) Right(node int) []float64 { return row(c.right, c.live[node], c.n) }

func row(a []float64, i int32, n int) []float64 {
	return a[int(i)*n : (int(i)+1)*n : (int(i)+1)*n]
}

// Begin begins a step.
func (c *Cable) Begin() {
	if c.twice {
		copy(c.old, c.v)
	}
}

// Load sets Diag and Right of a live node to what its passive membrane says.
func (c *Cable) Load(node int) {
	p := c.Passive(node)
	load(c.Diag(node), c.Right(node), c.V(node), p.Diag, p.CapOverStep, p.Leak)
}

// Rows returns the rows of all live nodes, for both stages of a step, when they are complete
// except for what differs between the stages. Of first order there is one stage.
func (c *Cable) Rows() (diag, right, diag2, right2 []float64) {
	return c.diag, c.right, c.diag2, c.right2
}

// Split begins the second stage with what the rows hold now; what is added to one stage
// alone follows. Of first order there is none, and it does nothing.
func (c *Cable) Split() {
	if !c.twice {
		return
	}
	if c.n == 1 {
		copy(c.diag2, c.diag)
		to, right := c.right2, c.right[:len(c.right2)]
		for k, i := range c.rows[:len(to)] {
			to[k] = right[k] - float64(c.ch[i]*c.v[i])
		}
		return
	}
	for k, i := range c.rows {
		copy(row(c.diag2, int32(k), c.n), row(c.diag, int32(k), c.n))
		take(row(c.right2, int32(k), c.n), row(c.right, int32(k), c.n), c.V(int(i)), c.ch[i])
	}
}

// stage is γ = 1 - 1/√2 of the diagonally implicit method of two stages that is of second
// order and L-stable (Alexander 1977, SIAM J. Numer. Anal. 14:1006). For C dV/dt = b - G V:
//
//	(C/γh + G) V₁ = (C/γh) V + b
//	(C/γh + G) V' = (C/γh) (V + (V₁ - V)(1-γ)/γ) + b
//
// What relaxes within a step, such as the membrane during a spike, ends where it should and
// does not overshoot.
const (
	stage     = 0.29289321881345247560
	secondary = (1 - stage) / stage
)

// Solve ends a step: voltages at its end. Where refractory is not nil, cells with
// refractory > 0 keep the potential of node 0.
func (c *Cable) Solve(refractory []int32) {
	c.solve(refractory)
	if !c.twice {
		return
	}
	if c.n == 1 {
		begin(c.v, c.old)
		right := c.right2
		for k, i := range c.rows[:len(right)] {
			right[k] += float64(c.ch[i] * c.v[i])
		}
	} else {
		for i, k := range c.live {
			v := c.V(i)
			begin(v, c.old[i*c.n:][:c.n])
			if k >= 0 {
				give(row(c.right2, k, c.n), v, c.ch[i])
			}
		}
	}
	c.diag, c.diag2 = c.diag2, c.diag
	c.right, c.right2 = c.right2, c.right
	c.solve(refractory)
}

// solve solves the rows: voltages from right-hand sides. Rows of fixed nodes are their
// voltages.
func (c *Cable) solve(refractory []int32) {
	if c.n < few {
		for j := range c.n {
			c.solveFew(j, refractory)
		}
		return
	}
	for i := len(c.live) - 1; i > 0; i-- {
		c.inwards(i)
	}
	c.root(refractory)
	for i := 1; i < len(c.live); i++ {
		c.outwards(i)
	}
}

// inwards eliminates node i from the row of its parent.
func (c *Cable) inwards(i int) {
	up := int(c.tree.parent[i])
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
func (c *Cable) root(refractory []int32) {
	v := c.V(0)
	if c.live[0] < 0 {
		k := c.out[0]
		for j, x := range v {
			if refractory == nil || refractory[j] <= 0 {
				v[j] = float64(k.a*x) + k.c
			}
		}
		return
	}
	b := c.Right(0)
	divide(b, c.Diag(0))
	if refractory == nil {
		copy(v, b)
		return
	}
	refractory, b = refractory[:len(v)], b[:len(v)]
	for j := range v {
		if refractory[j] <= 0 {
			v[j] = b[j]
		}
	}
}

// outwards solves node i from the potential of its parent.
func (c *Cable) outwards(i int) {
	v, up := c.V(i), c.V(int(c.tree.parent[i]))
	if c.live[i] < 0 {
		k := c.out[i]
		combine(v, up, k.a, k.b, k.c)
		return
	}
	substitute(v, c.Diag(i), c.Right(i), up)
}

// NonFinite returns the first cell of which a potential is not a finite number
// and the node, or -1.
func (c *Cable) NonFinite() (cell, node int) {
	i := slices.IndexFunc(c.v, func(x float64) bool { return x-x != 0 })
	if i < 0 {
		return -1, -1
	}
	return i % c.n, i / c.n
}
