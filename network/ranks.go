package network

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"math"

	"neurosim/internal/ranks"
)

// sharing is what a network has that is divided among processes.
type sharing struct {
	ranks.Ranks
	stop     bool        // a process was told to stop
	synapses int         // of all processes
	owners   []int       // [probe] rank of its cell
	others   [][][]group // [rank-1][population][group] events of a block, numbered through the population; on rank 0
	gathered *rankState  // of all processes, merged on rank 0
	toAll    []byte      // scratch
	toFirst  []byte      // scratch
}

// bounds returns where the parts of a population's cells begin: part i has the cells
// bounds[i] … bounds[i+1]-1. The parts are the cells of lower ranks together, those of each
// thread of this process, and those of higher ranks together; first is the part of thread 0.
func bounds(cells, threads int, of *sharing) (bounds []int32, first int) {
	rank, size := 0, 1
	if of != nil {
		rank, size = of.Rank(), of.Size()
	}
	lo, hi := ranks.Range(cells, rank, size)
	if rank > 0 {
		bounds, first = append(bounds, 0), 1
	}
	for s := range threads + 1 {
		bounds = append(bounds, int32(lo+(hi-lo)*s/threads))
	}
	if rank < size-1 {
		bounds = append(bounds, int32(cells))
	}
	return bounds, first
}

// prepare makes room for the events of the other processes.
func (r *sharing) prepare(pops []population) {
	if r.Rank() > 0 {
		return
	}
	for range r.Size() - 1 {
		of := make([][]group, len(pops))
		for p := range pops {
			of[p] = make([]group, len(pops[p].Segments))
		}
		r.others = append(r.others, of)
	}
}

// agree ends the building on all processes if it failed on one, and adds up the synapses.
func (n *Network) agree(err error) error {
	own := binary.AppendUvarint(nil, 0)
	if err != nil {
		own = append(own, err.Error()...)
	} else {
		own = binary.AppendUvarint(own[:0], uint64(n.ownSynapses()))
	}
	all, _ := n.ranks.Exchange(own, nil)
	for r, b := range all {
		synapses, at := binary.Uvarint(b)
		if len(b) > at && err == nil {
			err = fmt.Errorf("rank %d: %s", r, b[at:])
		}
		n.ranks.synapses += int(synapses)
	}
	return err
}

// stopped returns why the run is to stop before the next block. Processes stop after the
// same block, in which one of them was told to.
func (n *Network) stopped(ctx context.Context) error {
	switch {
	case n.ranks == nil:
		return ctx.Err()
	case !n.ranks.stop:
		return nil
	}
	n.ranks.stop = false
	if err := ctx.Err(); err != nil {
		return err
	}
	return context.Canceled
}

// share brings the spikes of a block to all processes, and the other events and the
// samples to rank 0.
func (n *Network) share(ctx context.Context, b *Block) {
	r := n.ranks
	flag := byte(0)
	if ctx.Err() != nil {
		flag = 1
	}
	r.toAll = n.appendSpikes(append(r.toAll[:0], flag), b)
	r.toFirst = r.toFirst[:0]
	if r.Rank() > 0 {
		r.toFirst = n.appendEvents(r.toFirst, b)
	}
	all, first := r.Exchange(r.toAll, r.toFirst)
	n.clearOthers(b)
	for rank, m := range all {
		r.stop = r.stop || m[0] != 0
		if rank != r.Rank() {
			n.takeSpikes(rank, m[1:], b)
		}
	}
	for rank, m := range first {
		if rank > 0 {
			n.takeEvents(rank, m, b)
		}
	}
}

// appendSpikes writes, of every population of neurons and step, the number of cells of this
// process that spiked, and the cells, each as the difference to the one before.
func (n *Network) appendSpikes(to []byte, b *Block) []byte {
	for p := range n.pops {
		if n.pops[p].Kind == SDR {
			continue
		}
		for i := range b.Steps {
			count := 0
			for _, s := range n.shards {
				count += len(n.at(n.pops[p].parts[s.id], b.First+int64(i)))
			}
			to = binary.AppendUvarint(to, uint64(count))
			last := n.shards[0].cells[p].own().lo
			for _, s := range n.shards {
				for _, x := range n.at(n.pops[p].parts[s.id], b.First+int64(i)) {
					to = binary.AppendUvarint(to, uint64(x-last))
					last = x
				}
			}
		}
	}
	return to
}

// clearOthers empties the history of the other processes' cells in a block.
func (n *Network) clearOthers(b *Block) {
	for p := range n.pops {
		if n.pops[p].Kind == SDR {
			continue
		}
		for part, ring := range n.pops[p].parts {
			if n.isOwn(part) {
				continue
			}
			for k := b.First; k < b.First+int64(b.Steps); k++ {
				slot := &ring[k%int64(n.ring)]
				*slot = (*slot)[:0]
			}
		}
	}
}

// isOwn tells whether a part of the history is that of one of the shards.
func (n *Network) isOwn(part int) bool {
	first := n.shards[0].id
	return part >= first && part < first+len(n.shards)
}

// takeSpikes puts the spikes of another process into the history. Processes come by rank, so
// the cells of a part stay in ascending order.
func (n *Network) takeSpikes(rank int, m []byte, b *Block) {
	from := reader{m}
	for p := range n.pops {
		if n.pops[p].Kind == SDR {
			continue
		}
		parts := n.pops[p].parts
		part := parts[0]
		if rank > n.ranks.Rank() {
			part = parts[len(parts)-1]
		}
		cells := n.pops[p].Size()
		for k := b.First; k < b.First+int64(b.Steps); k++ {
			slot := &part[k%int64(n.ring)]
			x := int32(cells * rank / n.ranks.Size())
			for range from.uint() {
				x += int32(from.uint())
				*slot = append(*slot, x)
			}
		}
	}
}

// appendEvents writes the starts and ends of NMDA spikes of this process with their peaks,
// and the samples of its probes; nothing where there are none.
func (n *Network) appendEvents(to []byte, b *Block) []byte {
	empty, some := len(to), false
	for p := range n.pops {
		for g := range n.pops[p].Segments {
			for i := range b.Steps {
				for _, which := range []func(*group) *events{starts, ends} {
					n.segments = b.events(p, g, i, n.segments[:0], which)
					some = some || len(n.segments) > 0
					to = binary.AppendUvarint(to, uint64(len(n.segments)))
					for _, s := range n.segments {
						to = binary.AppendUvarint(to, uint64(s))
					}
				}
				if n.pops[p].Kind == Compartmental {
					n.values = b.Peaks(p, g, i, n.values[:0])
					for _, x := range n.values {
						to = binary.LittleEndian.AppendUint64(to, math.Float64bits(x))
					}
				}
			}
		}
	}
	for i, w := range n.watched {
		if n.ranks.owners[i] == n.ranks.Rank() {
			some = true
			for _, x := range w.samples {
				to = binary.LittleEndian.AppendUint64(to, math.Float64bits(x))
			}
		}
	}
	if !some {
		return to[:empty]
	}
	return to
}

// takeEvents reads what appendEvents of another process has written.
func (n *Network) takeEvents(rank int, m []byte, b *Block) {
	from, none := reader{m}, len(m) == 0
	for p := range n.pops {
		for g := range n.pops[p].Segments {
			gr := &n.ranks.others[rank-1][p][g]
			gr.clear()
			for range b.Steps {
				count := uint64(0)
				for _, e := range []*events{&gr.starts, &gr.ends} {
					if count = 0; !none {
						count = from.uint()
					}
					for range count {
						e.items = append(e.items, uint32(from.uint()))
					}
					e.close()
				}
				if n.pops[p].Kind == Compartmental {
					for range count { // of ends
						gr.peaks = append(gr.peaks, from.float())
					}
				}
			}
		}
	}
	for i, w := range n.watched {
		if n.ranks.owners[i] == rank {
			w.samples = w.samples[:0]
			for range b.Steps {
				w.samples = append(w.samples, from.float())
			}
		}
	}
}

// reader reads the numbers of a message.
type reader struct{ left []byte }

func (r *reader) uint() uint64 {
	x, n := binary.Uvarint(r.left)
	if n <= 0 {
		panic("network: a message of another process is cut")
	}
	r.left = r.left[n:]
	return x
}

func (r *reader) float() float64 {
	x := math.Float64frombits(binary.LittleEndian.Uint64(r.left))
	r.left = r.left[8:]
	return x
}

// owner returns the rank that has a cell of a population.
func (r *sharing) owner(cell, cells int) int {
	rank := cell * r.Size() / cells
	for cell >= cells*(rank+1)/r.Size() { // the division rounds down
		rank++
	}
	return rank
}

// firstFault returns the first fault of all processes, by population and cell, given that
// of this one.
func (n *Network) firstFault(own *NonFiniteError) *NonFiniteError {
	var text []byte
	if own != nil {
		text = encode(own)
	}
	all, _ := n.ranks.Exchange(text, nil)
	var first *NonFiniteError
	for _, m := range all {
		if len(m) == 0 {
			continue
		}
		e := new(NonFiniteError)
		decode(m, e)
		if first == nil || n.index(e.Population) < n.index(first.Population) {
			first = e
		}
	}
	return first
}

// A rankState is what the cells of one process add to the state of a network.
type rankState struct {
	State     *State
	Undecided [][]int // [population][group] see Network.Undecided
}

// gather merges the parts of the state on rank 0, once in a step; others get no State.
func (n *Network) gather() *rankState {
	r := n.ranks
	if r.gathered != nil && r.gathered.State.Step == n.now {
		return r.gathered
	}
	own := &rankState{State: n.ownState()}
	for p := range n.pops {
		own.Undecided = append(own.Undecided, make([]int, len(n.pops[p].Segments)))
		for g := range own.Undecided[p] {
			own.Undecided[p][g] = n.ownUndecided(p, g)
		}
	}
	var m []byte
	if r.Rank() > 0 {
		for p := range own.State.Populations {
			own.State.Populations[p].Spikes = nil // rank 0 has them all
		}
		m = encode(own)
		own = &rankState{State: &State{Step: n.now}}
	}
	_, first := r.Exchange(nil, m)
	for rank, m := range first {
		if rank == 0 {
			continue
		}
		var x rankState
		decode(m, &x)
		for p := range n.pops {
			own.State.Populations[p].add(&x.State.Populations[p])
			for g, count := range x.Undecided[p] {
				own.Undecided[p][g] += count
			}
		}
	}
	r.gathered = own
	return own
}

// add appends the state of more cells.
func (ps *PopulationState) add(more *PopulationState) {
	ps.Floats, ps.Ints, ps.Plateaus = merge(ps.Floats, more.Floats), merge(ps.Ints, more.Ints), merge(ps.Plateaus, more.Plateaus)
	for i, s := range more.ShortTerm {
		ps.mergeBranches(i, s.U, s.X, s.Last)
	}
	for i := range more.Synapses {
		to, s := &ps.Synapses[i], &more.Synapses[i]
		to.Count, to.Last, to.Bound = append(to.Count, s.Count...), append(to.Last, s.Last...), merge(to.Bound, s.Bound)
	}
}

// encode writes a value for another process of the same program.
func encode(x any) []byte {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(x); err != nil {
		panic(errors.Join(errors.New("network: a state cannot be sent"), err))
	}
	return b.Bytes()
}

func decode(m []byte, x any) {
	if err := gob.NewDecoder(bytes.NewReader(m)).Decode(x); err != nil {
		panic(errors.Join(errors.New("network: a state did not come whole"), err))
	}
}
