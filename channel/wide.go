package channel

import "math"

// What the vector code of wide_amd64.s reads, which does for many elements what step and
// conduct, or flowOne, do for one: the same operations in the same order, so with the same
// bits. wide_amd64_test.go compares.

// A program is the columns of a group: what conduct does after each, and its constants.
type program struct {
	ops    []uint64
	consts []float64 // vectors of four, in the order of use
}

// An op is the number of masks that its gates are multiplied through once more, and flags.
const (
	endOfQuad    = 1 << 8
	nernstQuad   = 1 << 9  // a lane reverses at E_Ca
	calciumQuad  = 1 << 10 // a lane fills the pool
	endOfElement = 1 << 11
)

const bytesOfVector = lanes * 8

// compile writes the program of a group.
func (g *group) compile() (c program) {
	for i := range g.quads {
		q := &g.quads[i]
		for _, more := range q.powers {
			c.ops = append(c.ops, uint64(len(more)))
			for _, m := range more {
				c.consts = append(c.consts, m.bits()...)
			}
		}
		last := &c.ops[len(c.ops)-1]
		*last |= endOfQuad
		c.consts = append(c.consts, q.e[:]...)
		if q.isE.any() {
			*last |= nernstQuad
			c.consts = append(c.consts, q.isE.bits()...)
		}
		if q.calcium.any() {
			*last |= calciumQuad
			c.consts = append(c.consts, q.calcium.bits()...)
		}
		if i == len(g.quads)-1 {
			*last |= endOfElement
		}
	}
	return c
}

// bits returns numbers whose bits are all 1 in the lanes of a mask, and 0 elsewhere.
func (m mask) bits() []float64 {
	out := make([]float64, lanes)
	for lane, on := range m {
		if on {
			out[lane] = allBits()
		}
	}
	return out
}

func allBits() float64 { return math.Float64frombits(math.MaxUint64) }

// A sweep is the arguments of sweepElements, whose code knows the places of its fields.
type sweep struct {
	x       *float64 // 0: gates of element 0
	t       *float64 // 8: see locate
	at      *int32   // 16
	gbar    *float64 // 24
	table   *float64 // 32
	ops     *uint64  // 40
	consts  *float64 // 48
	eca     *float64 // 56
	g, e    *float64 // 64, 72
	gca     *float64 // 80; nil without pools
	geca    *float64 // 88
	n       int      // 96: cells
	columns int      // 104
	gbarRow int      // 112: bytes of a place
}

// A flow is the arguments of flowElements, whose code knows the places of its fields.
type flow struct {
	c, ica *float64    // 0, 8
	eca    *float64    // 16; nil for none
	nernst *float64    // 24: rows of 4
	slow   *slowWide   // 32
	slows  int         // 40
	x      *float64    // 48
	stride int         // 56: bytes of the gates of an element
	shift  uint64      // 64: 52 - bits, to the number of an interval
	bits   uint64      // 72
	base   int64       // 80: number of the first interval
	last   int64       // 88: of the last, from the first
	rt2F   float64     // 96
	middle int         // 104: 1 of a staggered membrane
	blocks *poolBlock  // 112: of the first four elements
	step   int         // 120: bytes from a block to the next
	all    []poolBlock // of n ≥ few one for each place, else one for each four
	slowly []slowWide
}

// poolBlock is the constants of the pools of four elements.
type poolBlock struct {
	influx, floor, decay, half, logOut, inward [4]float64
}

// slowWide is a gate that reads calcium.
type slowWide struct {
	table *float64
	lane  int // bytes
}

// set sets one of the four.
func (b *poolBlock) set(i int, p *pool) {
	b.influx[i], b.floor[i], b.decay[i], b.half[i], b.logOut[i], b.inward[i] = p.influx, p.floor, p.decay, p.half, p.logOut, 0
	if p.inward {
		b.inward[i] = allBits()
	}
}

// prepare sets the arguments that stand.
func (g *groupState) prepare(s *State) {
	t := &s.tables
	if g.columns > 0 {
		g.sweep = sweep{x: &g.x[0], gbar: &g.gbar[0], table: &g.table[0], ops: &g.code.ops[0], consts: &g.code.consts[0],
			n: s.n, columns: g.columns, gbarRow: len(g.quads) * bytesOfVector}
	}
	if g.c == nil {
		return
	}
	f := &g.flow
	*f = flow{c: &g.c[0], ica: &g.ica[0], slows: len(g.slow), stride: g.columns * bytesOfVector,
		shift: uint64(52 - t.ca.bits), bits: uint64(t.ca.bits), base: (1023 + lowOctave) << t.ca.bits, last: int64(t.ca.size - 1), rt2F: t.rt2F}
	if s.spec.Staggered {
		f.middle = 1
	}
	if g.columns > 0 {
		f.x = &g.x[0]
		g.sweep.gca, g.sweep.geca = &g.gca[0], &g.geca[0]
	}
	if g.nernst {
		f.eca, f.nernst = &g.eca[0], &t.nernst[0][0]
		g.sweep.eca = f.eca
	}
	for i := range g.slow {
		f.slowly = append(f.slowly, slowWide{&g.slow[i].table[0], g.slow[i].lane * 8})
	}
	if len(f.slowly) > 0 {
		f.slow = &f.slowly[0]
	}
	if s.n >= few {
		f.all = make([]poolBlock, len(g.pools))
		for p := range f.all {
			for i := range 4 {
				f.all[p].set(i, &g.pools[p])
			}
		}
		return
	}
	f.step = len(poolBlock{}.influx) * 6 * 8
	f.all = make([]poolBlock, len(g.pools)*s.n/4)
	for b := range f.all {
		for i := range 4 {
			f.all[b].set(i, &g.pools[(4*b+i)/s.n])
		}
	}
}

// advanceWide advances elements from e on, of which j … n-1 were located, and lets them
// conduct, up to one whose potential is outside the table; it returns how many.
func (g *groupState) advanceWide(s *State, e, j, n int) int {
	if !wide {
		return 0
	}
	w := &g.sweep
	w.t, w.at, w.g, w.e = &s.t[j], &s.at[j], &g.g[0][0], &g.e[0][0]
	return sweepElements(w, e/s.n, e%s.n, n-j)
}

// locateWide does whole fours of locate and returns how many.
func (s *scale) locateWide(t []float64, at []int32, v []float64, row int) int {
	n := len(v) &^ 3
	if !wide || n == 0 {
		return 0
	}
	locateElements(&t[:n][0], &at[:n][0], &v[0], lowV, s.perUnit, float64(s.size), row, n)
	return n
}

// flowWide advances the pools of elements from e on, of places with the same constants or, of
// few cells, of all, and returns how many were done: whole fours, up to one with a concentration outside the table.
func (g *groupState) flowWide(s *State, e int) int {
	f, n := &g.flow, 0
	if !wide || s.tables.ca.exact != nil {
		return 0
	}
	if s.n >= few {
		p := e / s.n
		f.blocks = &f.all[p]
		n = (int(g.alike[p])*s.n - e) &^ 3
	} else if e%4 == 0 {
		n = (len(g.c) - e) &^ 3
		if n > 0 {
			f.blocks = &f.all[e/4]
		}
	}
	if n == 0 {
		return 0
	}
	return flowElements(f, e, n)
}

// An ahead is the arguments of extrapolateElements, whose code knows the places of its fields.
type ahead struct {
	y, z         [4]*float64 // 0, 32: g and g E in the last four steps
	a, aE, b, bE *float64    // 64, 72, 80, 88
	stages       [2]stage    // 96, 120
}

// extrapolateWide does whole fours of extrapolate and returns how many elements.
func (g *groupState) extrapolateWide(e int, a, aE, b, bE []float64) int {
	n := len(a) &^ 3
	if !wide || n == 0 {
		return 0
	}
	w := ahead{a: &a[0], aE: &aE[:n][0], b: &b[:n][0], bE: &bE[:n][0], stages: [2]stage{stage1, stage2}}
	for i := range w.y {
		w.y[i], w.z[i] = &g.g[i][e:][:n][0], &g.e[i][e:][:n][0]
	}
	extrapolateElements(&w, n)
	return n
}

// addWide does whole fours of add and returns how many cells.
func addWide(y, x []float64) int {
	n := len(y) &^ 3
	if !wide || n == 0 {
		return 0
	}
	addElements(&y[0], &x[:n][0], n)
	return n
}

// multiplyWide sets whole fours of y to a b - c and returns how many cells.
func multiplyWide(y, a, b, c []float64) int {
	n := len(y) &^ 3
	if !wide || n == 0 {
		return 0
	}
	multiplyElements(&y[0], &a[:n][0], &b[:n][0], &c[:n][0], n)
	return n
}

// middleWide sets whole fours of y to a (u+v)/2 - c and returns how many cells.
func middleWide(y, a, u, v, c []float64) int {
	n := len(y) &^ 3
	if !wide || n == 0 {
		return 0
	}
	middleElements(&y[0], &a[:n][0], &u[:n][0], &v[:n][0], &c[:n][0], n)
	return n
}
