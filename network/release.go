package network

import (
	"cmp"
	"slices"

	"neurosim/dendrite"
	"neurosim/internal/rng"
)

// A release is what becomes of a spike between the axon and the synapses of a pathway:
// short-term plasticity, by branch, and failure, by synapse. The zero value is that of
// synapses that release the same at every spike.
type release struct {
	shortTerm *dendrite.ShortTerm // of every branch; nil for none
	p         float64             // probability of release; 0: all spikes release
	lo        int32               // first cell of the shard
	draws     rng.Draws
	ids       []uint32 // [synapses] number of the synapse among those of its cell from the projection
}

// newRelease returns the release of the synapses of one projection on cells lo and
// later; ids are still to be given to synapses that may fail (drawn).
func newRelease(w *wiring, lo int32) release {
	r := release{lo: lo, draws: rng.NewDraws(w.spec.Seed, rng.Release, w.owner)}
	if w.p.ShortTerm != nil {
		r.shortTerm = dendrite.NewShortTerm(w.branches(), *w.p.ShortTerm, w.spec.Dt)
	}
	if w.p.Release != nil {
		r.p = w.p.Release.P
	}
	return r
}

// fails tells whether synapses fail by ReleaseParams.
func (r *release) fails() bool { return r.p > 0 }

// scale returns the weight of a spike on a branch, and uses the resources of its axon.
func (r *release) scale(branch uint32, k int64) float64 {
	if r.shortTerm == nil {
		return 1
	}
	return r.shortTerm.Spike(int(branch), k)
}

// releases draws whether synapse i of the pathway, on a cell (from lo), releases at a spike that
// arrives in step k, the number-th of its axon in the step, with probability p times that
// of ReleaseParams. The draw depends on these alone, so not on the division into shards.
func (r *release) releases(i int, cell uint32, k int64, number uint64, p float64) bool {
	if r.fails() {
		p *= r.p
	}
	return drawRelease(r.draws, r.lo+int32(cell), r.ids[i], k, number) < p
}

// An arrival numbers the spikes of one axon in a step: they stand one after the other.
type arrival struct {
	source int32
	number uint64
	begun  bool
}

// next goes to the next spike.
func (a *arrival) next(source int32) {
	if a.begun && a.source == source {
		a.number++
		return
	}
	*a = arrival{source: source, begun: true}
}

// released appends those synapses of a branch that release at a spike.
func (path *thresholdPathway) released(to []uint32, branch uint32, k int64, number uint64) []uint32 {
	p := 1.0
	if path.shortTerm != nil {
		p = path.shortTerm.Release(int(branch), k)
	}
	first := path.start[0]
	for y := path.start[branch]; y < path.start[branch+1]; y++ {
		i := int(y - first)
		if !path.releases(i, path.cells[i], k, number, p) {
			continue
		}
		if path.last != nil {
			path.last[i] = k
		}
		to = append(to, y)
	}
	return to
}

// A perSynapse is what the synapses of a pathway hold one by one, for a checkpoint: the
// state itself.
type perSynapse struct {
	cells []uint32    // [synapses] from lo
	bound [][]float64 // [receptor][synapses], as dendrite.Saturation; none of threshold segments
	last  []int64     // [synapses]
}

// SynapseState is perSynapse of all cells of a population, in the order of the cells and,
// of one cell, of branches.
type SynapseState struct {
	Count []int32 // [N] synapses of each cell
	Bound [][]float64
	Last  []int64
}

// order returns the synapses by cell. Those of one cell are in the order of branches,
// which are the same on every shard.
func (s *perSynapse) order() []int {
	order := make([]int, len(s.cells))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.cells[a], s.cells[b]) })
	return order
}

// append adds the synapses on the next size cells.
func (st *SynapseState) append(s perSynapse, size int) {
	counts := make([]int32, size)
	for _, c := range s.cells {
		counts[c]++
	}
	st.Count = append(st.Count, counts...)
	if st.Bound == nil {
		st.Bound = make([][]float64, len(s.bound))
	}
	for _, i := range s.order() {
		st.Last = append(st.Last, s.last[i])
		for k, r := range s.bound {
			if r != nil {
				st.Bound[k] = append(st.Bound[k], r[i])
			}
		}
	}
}

// restore sets the synapses on cells lo and later.
func (s *perSynapse) restore(st *SynapseState, lo int32) {
	from := 0
	for _, n := range st.Count[:lo] {
		from += int(n)
	}
	for j, i := range s.order() {
		s.last[i] = st.Last[from+j]
		for k, r := range s.bound {
			if r != nil {
				r[i] = st.Bound[k][from+j]
			}
		}
	}
}

// matches tells whether a state is one of as many synapses on each of size cells, of
// which s are those on cells lo and later.
func (s *perSynapse) matches(st *SynapseState, lo, hi int32, size int) bool {
	if len(st.Count) != size || len(st.Bound) != len(s.bound) {
		return false
	}
	own := make([]int32, hi-lo)
	for _, c := range s.cells {
		own[c]++
	}
	total := 0
	for _, n := range st.Count {
		total += int(n)
	}
	if !slices.Equal(own, st.Count[lo:hi]) || len(st.Last) != total {
		return false
	}
	for k, r := range s.bound {
		if r != nil && len(st.Bound[k]) != total {
			return false
		}
	}
	return true
}

// prepareReplay lists the synapses that released from a step on and whose releases do not
// follow from the spikes alone: short-term plasticity is at the state of later.
func (g *thresholdGroup) prepareReplay(begin int64) {
	for i := range g.paths {
		path := &g.paths[i]
		if path.last == nil {
			continue
		}
		path.replay = path.replay[:0]
		for y, k := range path.last {
			if k >= begin {
				path.replay = append(path.replay, uint32(y))
			}
		}
		slices.SortStableFunc(path.replay, func(a, b uint32) int { return cmp.Compare(path.last[a], path.last[b]) })
	}
}

// replay brings segments through a past step: by its spikes, and of synapses with
// short-term plasticity by their last releases, beyond which earlier ones have no effect.
func (s *shard) replay(g *thresholdGroup, k int64) {
	g.Expire(k)
	for i := range g.paths {
		path := &g.paths[i]
		if path.last == nil {
			s.deliverPath(g, path, k)
			continue
		}
		s.branches = s.branches[:0]
		for len(path.replay) > 0 && path.last[path.replay[0]] == k {
			s.branches = append(s.branches, path.start[0]+path.replay[0])
			path.replay = path.replay[1:]
		}
		g.arrive(path, s.branches, k)
	}
}
