package sequence

// store holds the segments of some columns. L cells, N presynaptic
// cells, S segments; synapses of a segment are in the order in which they grew.
type store struct {
	p     kernelParams
	first int32 // the first of the L cells

	// Segments of cells, each a list in order of creation; 0 ends it.
	head  []uint32 // [L] first segment
	count []uint16 // [L] segments of the cell

	// Segments; number 0 is none, so that zero ends lists.
	cell    []int32  // [S] owner
	next    []uint32 // [S] next of the same cell, or of the free segments
	born    []uint32 // [S] order of creation
	used    []uint32 // [S] step in which it was last active or made
	at      []uint32 // [S] block of its synapses
	n       []uint16 // [S] synapses
	class   []uint8  // [S] size of the block
	overlap []uint8  // [S] synapses from active cells; 0 outside overlaps
	free    uint32   // first free segment
	made    uint32   // segments ever made

	// Synapses. blocks holds presynaptic cells.
	blocks     arena
	permanence [][]float32 // parallel to blocks.chunks

	index index

	segments, synapses int // that exist
	hits               []hit
	matching           []uint32 // scratch: segments that reached the matching threshold
}

// kernelParams are the parameters of segments as the kernel needs them.
type kernelParams struct {
	theta                  int
	matching               uint8
	maxNew, maxSeg, maxSyn int
	initial, connected     float32
	up, down, punish       float32
	htmCore                bool
}

// leastPermanence is where a synapse ends; connectedSlack keeps a permanence
// that reached p_c in decimal steps on its side of it.
const (
	leastPermanence = 1e-5
	connectedSlack  = 1e-5
)

func newStore(p *SegmentParams, rules Rules, first, cells int32, sources, group int) *store {
	s := &store{
		p: kernelParams{
			theta: p.ActivationThreshold, matching: uint8(p.MinThreshold),
			maxNew: p.MaxNewSynapseCount, maxSeg: p.MaxSegmentsPerCell, maxSyn: p.MaxSynapses,
			initial: float32(p.InitialPermanence), connected: p.connectedFrom(),
			up: float32(p.PermanenceIncrement), down: float32(p.PermanenceDecrement), punish: float32(p.PredictedDecrement),
			htmCore: rules == HTMCore,
		},
		first: first, head: make([]uint32, cells), count: make([]uint16, cells),
		blocks: newArena(),
	}
	s.index.init(sources, group)
	s.addSegments(1)
	return s
}

// addSegments makes room for n more segments.
func (s *store) addSegments(n int) {
	s.cell, s.next, s.born = extended(s.cell, n), extended(s.next, n), extended(s.born, n)
	s.used, s.at, s.n = extended(s.used, n), extended(s.at, n), extended(s.n, n)
	s.class, s.overlap = extended(s.class, n), extended(s.overlap, n)
	clear(s.overlap[len(s.overlap)-n:])
}

// create makes a segment without synapses, the last of its cell, with room for
// some.
func (s *store) create(cell int32, room int, step uint32) uint32 {
	k := s.free
	if k == 0 {
		k = uint32(len(s.cell))
		s.addSegments(1)
	} else {
		s.free = s.next[k]
	}
	s.cell[k], s.next[k], s.used[k], s.n[k] = cell, 0, step, 0
	s.born[k] = s.made
	s.made++
	s.class[k] = s.blocks.class(room, 0)
	s.at[k] = s.takeBlock(s.class[k])
	link := &s.head[cell-s.first]
	for *link != 0 {
		link = &s.next[*link]
	}
	*link = k
	s.count[cell-s.first]++
	s.segments++
	return k
}

func (s *store) takeBlock(class uint8) uint32 {
	at := s.blocks.take(class)
	for n := len(s.permanence); n < len(s.blocks.chunks); n++ {
		s.permanence = append(s.permanence, make([]float32, len(s.blocks.chunks[n])))
	}
	return at
}

// destroy removes a segment with its synapses.
func (s *store) destroy(k uint32) {
	pre, _ := s.of(k)
	for _, c := range pre {
		s.index.remove(c, k)
	}
	s.synapses -= len(pre)
	s.blocks.give(s.at[k], s.class[k])
	link := &s.head[s.cell[k]-s.first]
	for *link != k {
		link = &s.next[*link]
	}
	*link = s.next[k]
	s.count[s.cell[k]-s.first]--
	s.cell[k], s.next[k], s.n[k] = -1, s.free, 0
	s.free = k
	s.segments--
}

// of returns the synapses of a segment: presynaptic cells and permanences.
func (s *store) of(k uint32) ([]uint32, []float32) {
	return s.room(s.at[k], int(s.n[k]))
}

// room returns n places for synapses from a position on.
func (s *store) room(at uint32, n int) ([]uint32, []float32) {
	return s.blocks.block(at, n), s.permanence[at>>chunkBits][at&(1<<chunkBits-1):][:n:n]
}

// add gives a segment one more synapse.
func (s *store) add(k uint32, source uint32, permanence float32) {
	n := int(s.n[k])
	if n == int(s.blocks.sizes[s.class[k]]) {
		class := s.blocks.class(n+1, s.class[k])
		at := s.takeBlock(class)
		s.move(at, s.at[k], n)
		s.blocks.give(s.at[k], s.class[k])
		s.at[k], s.class[k] = at, class
	}
	pre, permanences := s.room(s.at[k], n+1)
	pre[n], permanences[n] = source, permanence
	s.n[k]++
	s.index.add(source, k)
	s.synapses++
}

// move copies n synapses between positions.
func (s *store) move(to, from uint32, n int) {
	pre, permanence := s.room(from, n)
	toPre, toPermanence := s.room(to, n)
	copy(toPre, pre)
	copy(toPermanence, permanence)
}

// remove takes synapse i from segment k; the order of the others stays.
func (s *store) remove(k uint32, i int) {
	pre, permanence := s.of(k)
	s.index.remove(pre[i], k)
	copy(pre[i:], pre[i+1:])
	copy(permanence[i:], permanence[i+1:])
	s.n[k]--
	s.synapses--
}

// tidy rebuilds the blocks where too much is idle. Nothing but positions
// changes.
func (s *store) tidy() {
	if s.index.lists.wasteful() {
		s.index.compact()
	}
	if s.blocks.wasteful() {
		s.compact()
	}
}

// compact lays the synapses out in the order of cells.
func (s *store) compact() {
	old := store{blocks: s.blocks, permanence: s.permanence}
	s.blocks.free = make([]uint32, len(old.blocks.free))
	s.blocks.reset()
	s.permanence = nil
	for _, k := range s.head {
		for ; k != 0; k = s.next[k] {
			n := int(s.n[k])
			pre, permanence := old.room(s.at[k], n)
			s.class[k] = s.blocks.class(n, 0)
			s.at[k] = s.takeBlock(s.class[k])
			toPre, toPermanence := s.room(s.at[k], n)
			copy(toPre, pre)
			copy(toPermanence, permanence)
		}
	}
}
