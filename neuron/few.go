package neuron

// A step of few cells. Loops over the cells of a node are as short as there are cells, and a
// call for each costs more than what it does. So for less than four cells, which fill no
// vector, the nodes are the inner loop, over flat arrays, in an order in which most nodes do
// not wait for the one before: a division or a chain of sums then overlaps with the next.
// Every row has the same operations in the same order as with many cells, so the same bits.

// few is the number of cells from which on nodes have vectors of cells.
const few = 4

// kind is what an elimination needs of a node.
type kind int

const (
	live         kind = iota // its parent is live too
	fixedToFixed             // the node and its parent are fixed
	fixedToLive
)

// A schedule is the nodes but the root in an order of elimination; backwards it is that of
// the substitution. Children of a node come in descending order, as everywhere.
type schedule struct {
	runs []series
	live []liveStep
	in   []inStep  // of fixed nodes
	out  []outStep // of fixed nodes
}

// series is successive nodes of one kind: from … to-1 of live or of fixed.
type series struct {
	kind     kind
	from, to int32
}

type liveStep struct {
	axial        float64 // to the parent (nS)
	row, up      int32   // of the diagonal: of the node and its parent
	node, upNode int32
}

type inStep struct {
	inward
	node, to int32 // to: parent, or its row if that is live
}

type outStep struct {
	outward
	node, up int32
}

// newSchedule orders the nodes by how many others they wait for.
func newSchedule(p *Plan) *schedule {
	n := len(p.live)
	level := make([]int, n) // 0: waits for none
	waits := make([]int, n) // for the level of the last child
	byLevel := [][]int32{}
	for i := n - 1; i > 0; i-- {
		up := p.tree.parent[i]
		level[i] = max(waits[i], waits[up])
		waits[up] = level[i] + 1
		for len(byLevel) <= level[i] {
			byLevel = append(byLevel, nil)
		}
		byLevel[level[i]] = append(byLevel[level[i]], int32(i))
	}
	s := &schedule{}
	for _, nodes := range byLevel {
		for _, k := range [...]kind{live, fixedToFixed, fixedToLive} {
			for _, i := range nodes {
				if p.kindOf(i) == k {
					s.add(p, i, k)
				}
			}
		}
	}
	return s
}

// kindOf returns the kind of a node that is not the root.
func (p *Plan) kindOf(i int32) kind {
	switch {
	case p.live[i] >= 0:
		return live
	case p.live[p.tree.parent[i]] >= 0:
		return fixedToLive
	}
	return fixedToFixed
}

// add appends a node to a schedule.
func (s *schedule) add(p *Plan, i int32, k kind) {
	up := p.tree.parent[i]
	var at int
	if k == live {
		at = len(s.live)
		s.live = append(s.live, liveStep{axial: p.tree.Axial[i], row: p.live[i], up: p.live[up], node: i, upNode: up})
	} else {
		at = len(s.in)
		to := up
		if k == fixedToLive {
			to = p.live[up]
		}
		s.in = append(s.in, inStep{p.in[i], i, to})
		s.out = append(s.out, outStep{p.out[i], i, up})
	}
	if last := len(s.runs) - 1; last >= 0 && s.runs[last].kind == k {
		s.runs[last].to++
		return
	}
	s.runs = append(s.runs, series{k, int32(at), int32(at + 1)})
}

// Loads are live nodes whose rows LoadEach sets: stretches of nodes and rows that follow each
// other.
type Loads []rowsOf

type rowsOf struct{ node, row, count int }

// Loads returns some live nodes, ascending, for LoadEach.
func (p *Plan) Loads(nodes []int32) (out Loads) {
	for _, i := range nodes {
		row := p.Row(int(i))
		if last := len(out) - 1; last >= 0 && out[last].node+out[last].count == int(i) && out[last].row+out[last].count == row {
			out[last].count++
			continue
		}
		out = append(out, rowsOf{int(i), row, 1})
	}
	return out
}

// LoadEach is Load for some nodes.
func (c *Cable) LoadEach(nodes Loads) {
	for _, l := range nodes {
		if c.n == 1 {
			copy(c.diag[l.row:][:l.count], c.Plan.diag[l.row:])
			weigh(c.right[l.row:][:l.count], c.ch[l.node:], c.v[l.node:], c.leak[l.node:])
			continue
		}
		for i := l.node; i < l.node+l.count; i++ {
			c.Load(i)
		}
	}
}

// solveFew is solve for cell j, of few.
func (c *Cable) solveFew(j int, refractory []int32) {
	s := c.schedule
	for _, r := range s.runs {
		switch r.kind {
		case live:
			c.eliminateFew(s.live[r.from:r.to], j)
		case fixedToFixed:
			c.carry(c.v, s.in[r.from:r.to], j)
		case fixedToLive:
			c.carry(c.right, s.in[r.from:r.to], j)
		}
	}
	c.rootFew(j, refractory)
	for i := len(s.runs) - 1; i >= 0; i-- {
		r := s.runs[i]
		if r.kind == live {
			c.substituteFew(s.live[r.from:r.to], j)
		} else {
			c.returnFew(s.out[r.from:r.to], j)
		}
	}
}

// eliminateFew is eliminate for cell j of some nodes.
func (c *Cable) eliminateFew(steps []liveStep, j int) {
	n, diag, right := c.n, c.diag, c.right[:len(c.diag)]
	for i := range steps {
		s := &steps[i]
		k, up := int(s.row)*n+j, int(s.up)*n+j
		r, b := 1/diag[k], right[k]
		f := float64(s.axial * r)
		diag[up] -= float64(s.axial * f)
		right[up] += float64(f * b)
		diag[k] = f
		right[k] = b * r
	}
}

// carry is combine for cell j of some nodes, inwards; y is potentials of fixed parents or the
// right-hand sides of live ones.
func (c *Cable) carry(y []float64, steps []inStep, j int) {
	n, v := c.n, c.v
	for i := range steps {
		s := &steps[i]
		to := &y[int(s.to)*n+j]
		*to = float64(s.a**to) + (float64(s.b*v[int(s.node)*n+j]) + s.c)
	}
}

// rootFew is root for cell j.
func (c *Cable) rootFew(j int, refractory []int32) {
	if refractory != nil && refractory[j] > 0 {
		return
	}
	if c.live[0] < 0 {
		k := c.out[0]
		c.v[j] = float64(k.a*c.v[j]) + k.c
		return
	}
	c.right[j] /= c.diag[j]
	c.v[j] = c.right[j]
}

// substituteFew is substitute for cell j of some nodes, the last first.
func (c *Cable) substituteFew(steps []liveStep, j int) {
	n, v, diag, right := c.n, c.v, c.diag, c.right[:len(c.diag)]
	for i := len(steps) - 1; i >= 0; i-- {
		s := &steps[i]
		k := int(s.row)*n + j
		v[int(s.node)*n+j] = right[k] + float64(diag[k]*v[int(s.upNode)*n+j])
	}
}

// returnFew is combine for cell j of some nodes, outwards, the last first.
func (c *Cable) returnFew(steps []outStep, j int) {
	n, v := c.n, c.v
	for i := len(steps) - 1; i >= 0; i-- {
		s := &steps[i]
		to := &v[int(s.node)*n+j]
		*to = float64(s.a**to) + (float64(s.b*v[int(s.up)*n+j]) + s.c)
	}
}
