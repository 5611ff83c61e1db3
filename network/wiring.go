package network

import (
	"math"
	"slices"

	"neurosim/internal/fpmath"
	"neurosim/internal/grid"
	"neurosim/internal/rng"
	"neurosim/stimulus"
)

// wiring draws the synapses of one projection, cell by cell. What a cell gets
// depends on the seed, the projection's name and the cell alone, so shards wire
// their cells on their own, and drawing twice gives the same.
type wiring struct {
	spec       *Spec
	p          *Projection
	owner      uint64
	source     int // size of the source population
	target     int // size of the target population
	self       bool
	segments   []int // segments of each cell that get synapses; one 0 for the soma
	perCell    int   // segments of each cell in the group
	synapses   int   // per unit and pattern
	stored     int   // patterns of a unit
	patternSet *stimulus.PatternSet
	sampler    *stimulus.Sampler
	logq       float64      // of Pairwise: ln(1 - probability)
	metric     metric       // where probability falls with distance
	places     [][3]float64 // [source] positions, once they are needed
	chance     rng.Stream   // of the last cell drawn: which pairs distance keeps
	here       [3]float64   // its position
	first      []int32      // [cells+1] rows of the table, ordered by cell
	rows       []int32

	least int64 // delay of line 0 (steps)
	lines int   // delays least, least+1, …, least+lines-1

	// The synapses of the last cell drawn, in parallel slices.
	from   []int32   // source cell
	on     []uint32  // segment of the cell; 0 for the soma
	line   []uint32  // delay line; nil if there is only one
	weight []float32 // pA; nil if all are the same
}

func newWiring(spec *Spec, p *Projection, sets map[string]*stimulus.PatternSet) *wiring {
	src, dst := spec.Population(p.Source), spec.Population(p.Target)
	w := &wiring{
		spec: spec, p: p, owner: rng.Name(p.Name), source: src.Size(), target: dst.Size(), self: p.Source == p.Target && !p.Autapses,
		segments: p.Segments, perCell: 1, synapses: spec.PerUnit(p), stored: max(1, p.Patterns),
		patternSet: sets[p.Source], sampler: stimulus.NewSampler(src.Size()),
	}
	if g := dst.Group(p.Group); g != nil {
		w.perCell = g.Count
	}
	if len(w.segments) == 0 {
		for j := range w.perCell {
			w.segments = append(w.segments, j)
		}
	}
	if p.Rule == Pairwise {
		w.logq = fpmath.Log1p(-p.Probability)
	}
	lo, hi := p.Delay.Bounds()
	if t := p.Table; t != nil {
		w.indexTable(t, dst.Size())
		if t.Delay != nil {
			lo, hi = math.Inf(1), math.Inf(-1)
			for _, d := range t.Delay {
				lo, hi = min(lo, d), max(hi, d)
			}
		}
	}
	if lo <= hi {
		w.least = w.steps(lo)
		w.lines = int(w.steps(hi)-w.least) + 1
	}
	return w
}

func (w *wiring) steps(ms float64) int64 { return grid.Steps(ms, w.spec.Dt) }

// indexTable groups the rows of a table by target cell, keeping their order.
func (w *wiring) indexTable(t *Connections, cells int) {
	w.first = make([]int32, cells+1)
	for _, c := range t.Cell {
		w.first[c+1]++
	}
	for c := range cells {
		w.first[c+1] += w.first[c]
	}
	w.rows = make([]int32, len(t.Cell))
	at := append([]int32(nil), w.first...)
	for i, c := range t.Cell {
		w.rows[at[c]] = int32(i)
		at[c]++
	}
}

// pattern returns the index of the first pattern that a segment of a cell stores.
func (w *wiring) pattern(cell int32, segment int) int {
	patterns := len(w.patternSet.Patterns)
	switch w.p.Assign {
	case AssignPerCell:
		return int(cell) * w.stored % patterns
	case AssignBlocks:
		return (int(cell)*patterns/w.target + segment*patterns/w.perCell) % patterns
	case AssignRandom:
		r := rng.New(w.spec.Seed, rng.Connect, w.owner^0x61737369676e, uint64(cell)*uint64(w.perCell)+uint64(segment)) // "assign"
		return r.IntN(patterns)
	default:
		return (int(cell)*w.perCell + segment) * w.stored % patterns
	}
}

// draw fills from, on, line and weight with the synapses of one cell.
func (w *wiring) draw(cell int32) {
	w.from, w.on = w.from[:0], w.on[:0]
	if w.p.Rule == List {
		w.fromTable(cell)
	} else {
		r := rng.New(w.spec.Seed, rng.Connect, w.owner, uint64(cell))
		if w.p.Distance != nil {
			w.locate(cell)
		}
		for _, j := range w.segments {
			w.unit(&r, cell, j)
			for len(w.on) < len(w.from) {
				w.on = append(w.on, uint32(j))
			}
		}
	}
	w.delays(cell)
	w.weights(cell)
}

// unit appends the sources of one segment or soma.
func (w *wiring) unit(r *rng.Stream, cell int32, segment int) {
	switch w.p.Rule {
	case Store:
		first, from := w.pattern(cell, segment), len(w.from)
		for k := range w.stored {
			w.from = w.sampler.Subset(r, w.synapses, w.patternSet.Patterns[(first+k)%len(w.patternSet.Patterns)], w.from)
		}
		if w.stored > 1 { // a cell of two of them gets one synapse
			slices.Sort(w.from[from:])
			w.from = w.from[:from+len(slices.Compact(w.from[from:]))]
		}
	case RandomIn:
		if w.self {
			w.from = w.sampler.DrawOutside(r, w.synapses, []int32{cell}, w.from)
		} else {
			w.from = w.sampler.Draw(r, w.synapses, w.from)
		}
	case Pairwise:
		w.pairs(r, cell)
	case OneToOne:
		w.from = append(w.from, cell)
	case AllToAll:
		for x := range int32(w.source) {
			if !w.self || x != cell {
				w.from = append(w.from, x)
			}
		}
	}
}

// pairs appends every cell of the source with the probability of the pair. It goes from
// one that is drawn to the next, by geometric numbers, with the probability at distance 0,
// and keeps it with the part that is left at the distance of the cells.
func (w *wiring) pairs(r *rng.Stream, cell int32) {
	n := w.source
	if w.self {
		n--
	}
	for at := r.Skip(w.logq); at < n; at += 1 + r.Skip(w.logq) {
		x := int32(at)
		if w.self && x >= cell {
			x++
		}
		if w.p.Distance == nil || w.chance.Float64() < w.p.Distance.at(w.metric.between(w.places[x], w.here)) {
			w.from = append(w.from, x)
		}
	}
}

// locate prepares the distances to a target cell.
func (w *wiring) locate(cell int32) {
	src, dst := w.spec.Population(w.p.Source), w.spec.Population(w.p.Target)
	if w.places == nil {
		w.metric = newMetric(w.spec.Seed, src, dst)
		w.places = make([][3]float64, w.source)
		for i := range w.places {
			w.places[i] = src.Position.at(w.spec.Seed, src, i)
		}
	}
	w.here = dst.Position.at(w.spec.Seed, dst, int(cell))
	w.chance = rng.New(w.spec.Seed, rng.Distance, w.owner, uint64(cell))
}

func (w *wiring) fromTable(cell int32) {
	t := w.p.Table
	for _, i := range w.rows[w.first[cell]:w.first[cell+1]] {
		w.from = append(w.from, t.Source[i])
		seg := uint32(0)
		if t.Segment != nil {
			seg = uint32(t.Segment[i])
		}
		w.on = append(w.on, seg)
	}
}

func (w *wiring) delays(cell int32) {
	if w.lines <= 1 {
		return
	}
	w.line = w.line[:0]
	if t := w.p.Table; t != nil && t.Delay != nil {
		for _, i := range w.rows[w.first[cell]:w.first[cell+1]] {
			w.line = append(w.line, uint32(w.steps(t.Delay[i])-w.least))
		}
		return
	}
	r := rng.New(w.spec.Seed, rng.Delay, w.owner, uint64(cell))
	for range w.from {
		w.line = append(w.line, uint32(w.steps(w.p.Delay.Draw(&r))-w.least))
	}
}

func (w *wiring) weights(cell int32) {
	w.weight = w.weight[:0]
	switch t := w.p.Table; {
	case t != nil && t.Weight != nil:
		for _, i := range w.rows[w.first[cell]:w.first[cell+1]] {
			w.weight = append(w.weight, float32(t.Weight[i]))
		}
	case !w.p.Weight.Fixed():
		r := rng.New(w.spec.Seed, rng.Weight, w.owner, uint64(cell))
		for range w.from {
			w.weight = append(w.weight, float32(w.p.Weight.Draw(&r)))
		}
	}
}

// weighted reports whether every synapse has a weight of its own.
func (w *wiring) weighted() bool {
	return w.p.Table != nil && w.p.Table.Weight != nil || !w.p.Weight.Fixed()
}

// branches returns the number of branches: one per delay line and source cell.
func (w *wiring) branches() int { return w.lines * w.source }

// branch returns the branch of synapse i of the last cell drawn.
func (w *wiring) branch(i int) uint32 {
	b := uint32(w.from[i])
	if w.lines > 1 {
		b += w.line[i] * uint32(w.source)
	}
	return b
}
