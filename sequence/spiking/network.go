package spiking

import (
	"context"
	"errors"

	"neurosim/internal/ranks"
	"neurosim/internal/rescue"
	"neurosim/neuron"
)

// Network is the cells, their plastic synapses, and where the run stands.
type Network struct {
	p       Params
	k       *constants
	pulsed  [][]int32
	wiring  uint64   // fingerprint
	ranks   *sharing // nil: this process has all cells
	shards  []*shard
	now     int64 // the next step
	inputs  []Input
	mode    Mode
	current []Input // those that the block concerns
}

// Mode is what may change while a network runs.
type Mode struct {
	Learning bool    // permanences change
	VthE     float64 // spike threshold of excitatory cells (mV)
	PeakIE   float64 // peak potential of an excitatory spike in the inhibitory cell (mV)
}

// Input is external spikes stamped Step: they arrive in the step after.
type Input struct {
	Step  int64
	Cells []int32 // ascending
	Pulse bool    // to the dendrites; else to the somata, as a symbol
}

// A shard owns whole subpopulations, the synapses onto their cells, and a copy
// of the presynaptic traces.
type shard struct {
	p        *Params
	k        *constants
	lo, hi   int // cells
	cellsPer int

	cells       []excitatory // [hi-lo]
	active      []bool       // [hi-lo] whether integrated in every step; else it is propagated when something arrives
	at          []int64      // [hi-lo] step of the state of an inactive cell
	activeCells []int        // [subpopulations] cells that are active
	jumps       []jump       // shared by all shards
	daps        []dapTrace   // [hi-lo]
	inh         *neuron.LIF  // [subpopulations]
	fired       []int        // [subpopulations] excitatory spikes in the step
	arrived     []int        // [subpopulations] those of the step before
	inhibits    []int32      // subpopulations whose inhibitory cell fired in the step
	silenced    []int32      // those of the step before
	index       []uint32     // 0, 1, 2 ...

	syn      synapses
	pre      presynaptic
	posts    [][]post   // [2 d_EE] spikes of the shard by step
	arrivals [][]uint32 // [d_EE] targets of spikes on their way, by step
	due      []bool     // [hi-lo]
	homeo    []float64  // [hi-lo]

	events []Event // of the block
}

// perThread is the plastic synapses from which on a thread helps. With the 0.9 million of
// set II an episode takes longer on two threads than on one, with 5.8 million sometimes, with 13
// million never: a block is 2 ms of model time, and waking a thread takes as long as most blocks
// of set II. See docs/performance.md.
const perThread = 4_000_000

// New builds the network of p, resolved and checked, with the wiring given, for
// up to so many threads: as many of them as help. Results do not depend on it.
func New(p Params, w *Wiring, threads int) (*Network, error) { return NewShared(p, w, threads, nil) }

// NewShared is New for one of several processes, which has the cells of some
// subpopulations, with the wiring of DrawShared. All processes call it, with the same
// parameters, as they do all methods of a network that is shared. nil is one process.
func NewShared(p Params, w *Wiring, threads int, of ranks.Ranks) (*Network, error) {
	return newOn(p, w, min(threads, w.cells()*p.InDegree()/perThread), of)
}

// newOn is NewShared on threads whether they help or not.
func newOn(p Params, w *Wiring, threads int, of ranks.Ranks) (*Network, error) {
	first, end := span(&p, of)
	if err := w.check(&p, first*p.Cells, (end-first)*p.Cells); err != nil {
		return nil, err
	}
	k := newConstants(&p)
	n := &Network{p: p, k: &k, pulsed: w.Pulsed, wiring: w.fingerprint(), mode: Mode{Learning: true, VthE: p.VthE, PeakIE: p.PeakIE}}
	if of != nil && of.Size() > 1 {
		n.ranks = &sharing{Ranks: of, posts: make([][]int32, 2*k.delay)}
		n.addWirings()
	}
	threads = max(1, min(threads, end-first))
	table := newJumps(&p)
	for t := range threads {
		lo, hi := first+(end-first)*t/threads, first+(end-first)*(t+1)/threads
		n.shards = append(n.shards, newShard(&n.p, n.k, table, w, lo, hi))
	}
	return n, nil
}

func newShard(p *Params, k *constants, jumps []jump, w *Wiring, lo, hi int) *shard {
	m := hi - lo
	c := m * p.Cells
	s := &shard{
		p: p, k: k, lo: lo * p.Cells, hi: hi * p.Cells, cellsPer: p.Cells,
		cells: make([]excitatory, c), active: make([]bool, c), at: make([]int64, c), jumps: jumps, activeCells: make([]int, m), daps: make([]dapTrace, c),
		inh: neuron.NewLIF(m, p.inhibitory(), p.Dt, true, false), fired: make([]int, m), arrived: make([]int, m),
		syn: w.sorted(lo*p.Cells, hi*p.Cells, p.N()), pre: newPresynaptic(p.N(), p.Reading),
		posts: make([][]post, 2*k.delay), arrivals: make([][]uint32, k.delay), due: make([]bool, c), homeo: make([]float64, c),
	}
	for q := range m {
		s.index = append(s.index, uint32(q))
	}
	s.pre.list(0, k.pairingMax)
	return s
}

// advance moves the cells of the shard from step k to the step before end:
// phases 2 to 4 of each step.
func (s *shard) advance(k, end int64, inputs []Input, mode Mode) {
	s.events = s.events[:0]
	for ; k < end; k++ {
		slot := k % int64(len(s.posts))
		s.posts[slot] = s.posts[slot][:0]
		for q, active := range s.activeCells {
			if active > 0 {
				s.integrate(q, k) // 2
			}
		}
		s.inhibits = s.inh.Step(s.inhibits[:0]) // 3
		for _, q := range s.inhibits {
			s.events = append(s.events, Event{k, Inhibitory, int32(s.lo/s.cellsPer) + q})
		}
		s.arrive(k, inputs, mode) // 4
		s.fired, s.arrived = s.arrived, s.fired
		clear(s.fired)
		s.inhibits, s.silenced = s.silenced, s.inhibits
	}
}

// arrive adds to the currents what arrives in step k.
func (s *shard) arrive(k int64, inputs []Input, mode Mode) {
	slot := &s.arrivals[k%s.k.delay]
	for _, i := range *slot {
		s.propagated(int(i), k).a += s.k.jED
	}
	for _, i := range *slot {
		s.wake(int(i)) // all of the step's input is there
	}
	*slot = (*slot)[:0]
	for _, in := range inputs {
		if in.Step != k-1 {
			continue
		}
		for _, i := range in.Cells {
			switch i := int(i); {
			case i < s.lo || i >= s.hi:
			case in.Pulse:
				s.propagated(i-s.lo, k).a += s.k.jPulse
				s.wake(i - s.lo)
			default:
				s.propagated(i-s.lo, k).ex += s.k.jEX
				s.wake(i - s.lo)
			}
		}
	}
	for _, q := range s.silenced {
		for i := int(q) * s.cellsPer; i < int(q+1)*s.cellsPer; i++ {
			s.propagated(i, k).ei += s.k.jEI // only lowers V
		}
	}
	for q, spikes := range s.arrived {
		if spikes > 0 {
			s.inh.Excite(s.index[q:q+1], float64(spikes)*s.k.jIE)
		}
	}
}

// plastic does phases 1 and 5 of the steps from k to the step before end, for
// the synapses onto the shard's cells; all cells have been advanced over them.
func (s *shard) plastic(k, end int64, of *Network) {
	learning := of.mode.Learning
	for ; k < end; k++ {
		if learning {
			s.potentiate(k)
		}
		slot := k % int64(len(s.posts))
		for _, from := range of.shards {
			for _, p := range from.posts[slot] {
				j := int32(from.lo) + int32(p.cell)
				s.send(j, k, learning)
				s.trace(j, k)
			}
		}
		if of.ranks != nil {
			for _, j := range of.ranks.posts[slot] {
				s.send(j, k, learning)
				s.trace(j, k)
			}
		}
	}
}

// Observer is called after every block with the events of its steps, ordered by
// step; it keeps nothing of them.
type Observer func(events []Event)

// run advances the network to step until (exclusive) and shows every block's
// events to the observers. If ctx is done it stops between blocks with ctx's
// error; the network is then whole.
func (n *Network) run(ctx context.Context, until int64, observers ...Observer) error {
	var merged []Event
	var first int64 // of the block whose plasticity is still to be done
	pending := false
	stop := error(nil)
	for n.now < until && stop == nil {
		end := min((n.now/n.k.delay+1)*n.k.delay, until)
		n.take(end)
		before, from := pending, n.now
		n.each(n.worthwhile(merged), func(s *shard) {
			if before {
				s.plastic(first, from, n)
			}
			s.advance(from, end, n.current, n.mode)
		})
		first, pending, n.now = from, true, end
		merged = n.share(ctx, n.merge(merged[:0]), from)
		for _, o := range observers {
			o(merged)
		}
		stop = n.stopped(ctx)
	}
	if pending {
		n.each(n.worthwhile(merged), func(s *shard) { s.plastic(first, n.now, n) })
	}
	return errors.Join(stop, n.checkFinite())
}

// each calls f for every shard and returns when all are done: in parallel, or one
// after the other where there is too little to do.
func (n *Network) each(parallel bool, f func(s *shard)) {
	var wg rescue.Group
	for _, s := range n.shards[1:] {
		if parallel {
			wg.Go(func() { f(s) })
		} else {
			f(s)
		}
	}
	f(n.shards[0])
	wg.Wait()
}

// worthwhile tells whether the block to come, and the plasticity of the last with
// its events, have enough steps of cells and visits to synapses (a few ns each) to
// pay for waking threads.
func (n *Network) worthwhile(last []Event) bool {
	const enough = 20_000
	work := 0
	for _, s := range n.shards {
		for _, cells := range s.activeCells {
			work += cells * int(n.k.delay)
		}
	}
	for _, e := range last {
		if e.Kind == Spike {
			work += n.p.InDegree() // of all processes together
		}
	}
	return work > enough
}

// take moves the inputs that arrive before step end to the block's.
func (n *Network) take(end int64) {
	n.current = n.current[:0]
	for len(n.inputs) > 0 && n.inputs[0].Step+1 < end {
		n.current = append(n.current, n.inputs[0])
		n.inputs = n.inputs[1:]
	}
}

// notFinite returns the first cell of this process whose potential is no finite number,
// -1 if there is none.
func (n *Network) notFinite() int {
	for _, s := range n.shards {
		for i := range s.cells {
			if v := s.cells[i].v; v-v != 0 {
				return s.lo + i
			}
		}
	}
	return -1
}
