package record

import (
	"cmp"
	"io"
	"slices"
	"strconv"

	"neurosim/dendrite"
	"neurosim/internal/dictionary"
	"neurosim/network"
)

// Synapses writes, at the start of each NMDA spike, the synapses of its segment that are active;
// the package comment says which these are.
//
// It asks the engine for nothing: it draws the synapses of the cell again, as the building of the
// network did (network.Afferents), and looks the spikes up that reached them. So a network that
// is not recorded does not pay for it, rank 0 of several processes needs nothing of the others,
// and segments whose NMDA spikes become certain only later are no different. What it holds are the
// spikes of the last steps that can still matter.
type Synapses struct {
	out
	clock   network.Clock
	settled settled
	groups  []afferents // as those of settled
	axons   []*axons
	cells   []int32  // scratch: spikes
	spikes  []spiked // scratch: those that reached a synapse
	row     []byte   // scratch: what the rows of an NMDA spike begin with
}

const synapsesHeader = "step,time_ms,population,cell,group,segment,projection,synapse,source_population,source_cell,arrival_step,arrival_ms,weight,pattern\n"

// synapsesHolds says what a file of Synapses holds.
func synapsesHolds() dictionary.File {
	return dictionary.File{Text: "Synapses that are active at the start of each NMDA spike, a row for each spike by which one is.",
		Columns: slices.Concat(timeColumns("in which the NMDA spike starts"), cellColumns, dictionary.Columns([][3]string{
			{"group", "", "name of the group of segments"},
			{"segment", "", "segment of the cell and group, from 0"},
			{"projection", "", "name of the projection"},
			{"synapse", "", "synapse of the cell from the projection, from 0"},
			{"source_population", "", "name of the population of the source cell"},
			{"source_cell", "", "source cell, from 0"},
			{"arrival_step", "", "step in which the spike arrived, delay included"},
			{"arrival_ms", "ms", "arrival_step · dt, the beginning of the step"},
			{"weight", "", "weight of the spike by short-term plasticity, u x/U; 1 for threshold segments"},
			{"pattern", "", "first pattern, from 0, that the segment stores and that holds the source cell; empty where there is none"},
		}))}
}

// afferents are the synapses of a group and whose spikes reach them.
type afferents struct {
	*network.Afferents
	conducts bool // the synapses open conductances
	of       map[int32]pathway
}

// A pathway is one projection of afferents.
type pathway struct {
	*network.AfferentProjection
	axons *axons
	name  []byte // projection, and source population
}

// NewSynapses returns a recorder of the synapses at the starts of NMDA spikes on the named groups
// of segments, all for nil.
func NewSynapses(n *network.Network, named []Group, w io.Writer) (*Synapses, error) {
	chosen, err := chooseGroups(n, named)
	if err != nil {
		return nil, err
	}
	s := &Synapses{out: newTable(w, synapsesHolds()), clock: network.NewClock(n.Spec().Dt), settled: newSettled(n, chosen)}
	for _, c := range chosen {
		g := afferents{Afferents: n.Afferents(c.p, c.g), conducts: n.Populations()[c.p].Kind == network.Compartmental, of: map[int32]pathway{}}
		for i := range g.Projections {
			q := &g.Projections[i]
			for _, name := range []string{q.Name, q.Projection.Source} {
				if err := plain(name); err != nil {
					return nil, err
				}
			}
			a := s.axonsOf(n, q, g.conducts)
			a.keep = max(a.keep, g.Longest()+s.settled.delay)
			g.of[int32(q.Index)] = pathway{q, a, []byte(q.Name)}
		}
		s.groups = append(s.groups, g)
	}
	return s, nil
}

// axonsOf returns the axons of a projection: those of its source, which projections without
// short-term plasticity share.
func (s *Synapses) axonsOf(n *network.Network, q *network.AfferentProjection, weighs bool) *axons {
	for _, a := range s.axons {
		if a.population == q.Source && a.shortTerm == nil && q.ShortTerm == nil {
			return a
		}
	}
	size := n.Populations()[q.Source].Size()
	a := &axons{population: q.Source, weighs: weighs, latest: make([]int64, size)}
	for i := range a.latest {
		a.latest[i] = -1
	}
	if q.ShortTerm != nil {
		a.shortTerm = dendrite.NewShortTerm(size, *q.ShortTerm, n.Spec().Dt)
	}
	s.axons = append(s.axons, a)
	return a
}

// Record writes the synapses of the NMDA spikes that a block settles.
func (s *Synapses) Record(b *network.Block) error {
	s.begin()
	for i := range b.Steps {
		k := b.First + int64(i)
		for _, a := range s.axons {
			s.cells = b.Spikes(a.population, i, s.cells[:0])
			a.add(k, s.cells)
		}
		if k, ok := s.settled.observe(b, i); ok {
			if err := s.addStep(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close writes those of the NMDA spikes that are still held, and all that is left.
func (s *Synapses) Close() error {
	for k, ok := s.settled.next(0); ok; k, ok = s.settled.next(0) {
		if err := s.addStep(k); err != nil {
			return err
		}
	}
	return s.out.Close()
}

// addStep writes the rows of the NMDA spikes that start in step k.
func (s *Synapses) addStep(k int64) error {
	for j := range s.settled.groups {
		starts, _, _ := s.settled.take(j, k)
		for _, segment := range starts {
			s.addRows(k, &s.settled.groups[j], &s.groups[j], segment)
			if err := s.spill(); err != nil {
				return err
			}
		}
	}
	return nil
}

// addRows writes the rows of one NMDA spike.
func (s *Synapses) addRows(k int64, c *chosen, g *afferents, segment uint32) {
	cell, on := int(segment/c.perCell), segment%c.perCell
	s.row = s.clock.AppendStep(s.row[:0], k)
	s.row = append(append(s.row, c.Population...), ',')
	s.row = append(strconv.AppendInt(s.row, int64(cell), 10), ',')
	s.row = append(append(s.row, c.Name...), ',')
	s.row = append(strconv.AppendUint(s.row, uint64(on), 10), ',')
	synapses := g.Of(cell)
	for i := range synapses {
		syn := &synapses[i]
		if syn.Segment != on {
			continue
		}
		q := g.of[syn.Projection]
		s.spikes = q.reached(s.spikes[:0], cell, syn, k, g.conducts)
		if len(s.spikes) == 0 {
			continue
		}
		pattern := q.Pattern(cell, syn)
		for _, at := range s.spikes {
			buf := append(s.buf, s.row...)
			buf = append(append(buf, q.name...), ',')
			buf = append(strconv.AppendUint(buf, uint64(syn.Number), 10), ',')
			buf = append(append(buf, q.Projection.Source...), ',')
			buf = append(strconv.AppendInt(buf, int64(syn.Source), 10), ',')
			buf = s.clock.AppendStep(buf, at.step+syn.Delay)
			buf = append(strconv.AppendFloat(buf, at.weight, 'g', -1, 64), ',')
			if pattern >= 0 {
				buf = strconv.AppendInt(buf, int64(pattern), 10)
			}
			s.buf = append(buf, '\n')
		}
	}
}

// reached appends the spikes by which a synapse of a cell is active in step k, in their order. A
// synapse of a threshold segment is active by the last that released; conductances add.
func (q *pathway) reached(to []spiked, cell int, syn *network.Synapse, k int64, conducts bool) []spiked {
	a, from := q.axons, len(to)
	for i := a.latest[syn.Source] - a.first; i >= 0; i = a.spikes[i].before - a.first {
		x := &a.spikes[i]
		arrival := x.step + syn.Delay
		if arrival <= k-q.Window {
			break
		}
		if arrival > k {
			continue
		}
		weight, p := x.weight, 1.0
		if !conducts {
			weight, p = 1, x.weight
		}
		if (q.Release != nil || !conducts && q.ShortTerm != nil) && !q.Releases(cell, syn, arrival, uint64(x.number), p) {
			continue
		}
		to = append(to, spiked{step: x.step, weight: weight})
		if !conducts {
			break
		}
	}
	slices.Reverse(to[from:])
	return to
}

// axons are the cells of a population with their spikes of the last steps.
type axons struct {
	population int
	keep       int64               // steps for which a spike is kept
	shortTerm  *dendrite.ShortTerm // of each cell; nil for none
	weighs     bool                // short-term plasticity gives weights, not probabilities of release

	spikes []spiked
	first  int64   // number of spikes[0]; they are counted from the beginning
	latest []int64 // [cell] number of its latest spike, -1 for none
}

// spiked is a spike of an axon.
type spiked struct {
	step   int64
	before int64   // number of the spike of the same axon before it
	weight float64 // u x/U of short-term plasticity, or u x; 1 without
	cell   int32
	number uint32 // of the spike among those of the axon in the step
}

// add adds the spikes of step k and drops those that matter no more.
func (a *axons) add(k int64, cells []int32) {
	for _, x := range cells {
		weight := 1.0
		switch {
		case a.shortTerm != nil && a.weighs:
			weight = a.shortTerm.Spike(int(x), k)
		case a.shortTerm != nil:
			weight = a.shortTerm.Release(int(x), k)
		}
		a.append(spiked{step: k, weight: weight, cell: x})
	}
	old, _ := slices.BinarySearchFunc(a.spikes, k-a.keep+1, func(x spiked, step int64) int { return cmp.Compare(x.step, step) })
	if old > len(a.spikes)/2 { // so that moving costs no more than adding did
		a.first += int64(old)
		a.spikes = a.spikes[:copy(a.spikes, a.spikes[old:])]
	}
}

// append adds a spike behind those that there are.
func (a *axons) append(x spiked) {
	x.before = a.latest[x.cell]
	if i := x.before - a.first; i >= 0 && a.spikes[i].step == x.step {
		x.number = a.spikes[i].number + 1
	}
	a.latest[x.cell] = a.first + int64(len(a.spikes))
	a.spikes = append(a.spikes, x)
}

// synapsesState is the state of Synapses.
type synapsesState struct {
	Out   []byte
	Held  settledState
	Axons []axonsState
}

// axonsState is what axons hold.
type axonsState struct {
	Steps   []int64
	Cells   []int32
	Weights []float64
	U, X    []float64 // dendrite.ShortTerm.State
	Last    []int64
}

// MarshalBinary returns the state for a checkpoint; call Flush first.
func (s *Synapses) MarshalBinary() ([]byte, error) {
	o, err := s.out.MarshalBinary()
	if err != nil {
		return nil, err
	}
	st := synapsesState{Out: o, Held: s.settled.st}
	for _, a := range s.axons {
		var to axonsState
		for _, x := range a.spikes {
			to.Steps, to.Cells, to.Weights = append(to.Steps, x.step), append(to.Cells, x.cell), append(to.Weights, x.weight)
		}
		if a.shortTerm != nil {
			to.U, to.X, to.Last = a.shortTerm.State()
		}
		st.Axons = append(st.Axons, to)
	}
	return marshal(st)
}

// UnmarshalBinary sets the state; call it before the first Record.
func (s *Synapses) UnmarshalBinary(data []byte) error {
	var st synapsesState
	if err := unmarshal(data, &st); err != nil {
		return err
	}
	if len(st.Axons) != len(s.axons) {
		return errState
	}
	for i, a := range s.axons {
		if err := a.restore(&st.Axons[i]); err != nil {
			return err
		}
	}
	if err := s.settled.restore(st.Held); err != nil {
		return err
	}
	return s.out.UnmarshalBinary(st.Out)
}

// restore sets the spikes and the resources.
func (a *axons) restore(st *axonsState) error {
	if len(st.Cells) != len(st.Steps) || len(st.Weights) != len(st.Steps) {
		return errState
	}
	if a.shortTerm != nil {
		u, x, last := a.shortTerm.State()
		if len(st.U) != len(u) || len(st.X) != len(u) || len(st.Last) != len(u) {
			return errState
		}
		copy(u, st.U)
		copy(x, st.X)
		copy(last, st.Last)
	}
	for i, cell := range st.Cells {
		if cell < 0 || int(cell) >= len(a.latest) {
			return errState
		}
		a.append(spiked{step: st.Steps[i], weight: st.Weights[i], cell: cell})
	}
	return nil
}
