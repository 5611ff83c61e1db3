package spiking

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"slices"

	"neurosim/internal/fpmath"
	"neurosim/internal/ranks"
)

// sharing is what a network has that is divided among processes. Each has whole
// subpopulations; all learn of all events, so that each runs the same task.
type sharing struct {
	ranks.Ranks
	stop  bool      // a process was told to stop
	posts [][]int32 // [2 d_EE] cells of other processes that spiked, by step
	own   []byte    // scratch
}

// span returns the subpopulations of this process, from first to end-1.
func span(p *Params, of ranks.Ranks) (first, end int) {
	if of == nil {
		return 0, p.Subpopulations
	}
	return ranks.Range(p.Subpopulations, of.Rank(), of.Size())
}

// share brings the events of a block that begins with step from to all processes, and
// returns those of all.
func (n *Network) share(ctx context.Context, own []Event, from int64) []Event {
	if n.ranks == nil {
		return own
	}
	r := n.ranks
	flag := byte(0)
	if ctx.Err() != nil {
		flag = 1
	}
	r.own = append(r.own[:0], flag)
	for _, e := range own {
		r.own = binary.AppendUvarint(r.own, uint64(e.Step-from)<<2|uint64(e.Kind))
		r.own = binary.AppendUvarint(r.own, uint64(e.Cell))
	}
	for k := from; k < n.now; k++ {
		slot := &r.posts[k%int64(len(r.posts))]
		*slot = (*slot)[:0]
	}
	all, _ := r.Exchange(r.own, nil)
	for rank, m := range all {
		r.stop = r.stop || m[0] != 0
		if rank == r.Rank() {
			continue
		}
		for m = m[1:]; len(m) > 0; {
			what, a := binary.Uvarint(m)
			cell, b := binary.Uvarint(m[a:])
			m = m[a+b:]
			e := Event{from + int64(what>>2), Kind(what & 3), int32(cell)}
			own = append(own, e)
			if e.Kind == Spike {
				slot := &r.posts[e.Step%int64(len(r.posts))]
				*slot = append(*slot, e.Cell)
			}
		}
	}
	sortEvents(own)
	return own
}

// stopped returns why the run is to stop after this block. Processes stop after the same
// block, in which one of them was told to.
func (n *Network) stopped(ctx context.Context) error {
	switch {
	case n.ranks == nil:
		return ctx.Err()
	case !n.ranks.stop: // whoever was told since tells it with the next block
		return nil
	}
	n.ranks.stop = false
	if err := ctx.Err(); err != nil {
		return err
	}
	return context.Canceled
}

// sum adds up the counts of all processes, in place.
func (n *Network) sum(counts []int) {
	if n.ranks == nil {
		return
	}
	own := n.ranks.own[:0]
	for _, c := range counts {
		own = binary.AppendUvarint(own, uint64(c))
	}
	n.ranks.own = own
	all, _ := n.ranks.Exchange(own, nil)
	clear(counts)
	for _, m := range all {
		for i := range counts {
			c, size := binary.Uvarint(m)
			counts[i] += int(c)
			m = m[size:]
		}
	}
}

// checkFinite reports the first cell of all processes whose potential is no finite number.
func (n *Network) checkFinite() error {
	cell := n.notFinite()
	if n.ranks != nil {
		own := binary.AppendVarint(n.ranks.own[:0], int64(cell))
		n.ranks.own = own
		all, _ := n.ranks.Exchange(own, nil)
		for _, m := range slices.Backward(all) {
			if c, _ := binary.Varint(m); c >= 0 {
				cell = int(c)
			}
		}
	}
	if cell < 0 {
		return nil
	}
	return fmt.Errorf("the membrane potential of cell %d is %w before step %d: a weight or current is too large", cell, fpmath.ErrNonFinite, n.now)
}

// gather returns the state of all cells, given that of this process's; nil but on rank 0.
func (n *Network) gather(own *saved) (*saved, error) {
	if n.ranks == nil {
		return own, nil
	}
	var m []byte
	if n.ranks.Rank() > 0 {
		own.X, own.Last, own.Inputs = nil, nil, nil // rank 0 has them all
		var err error
		if m, err = encode(own); err != nil {
			return nil, err
		}
	}
	_, first := n.ranks.Exchange(nil, m)
	if n.ranks.Rank() > 0 {
		return nil, nil
	}
	for _, m := range first[1:] {
		var more saved
		if err := gob.NewDecoder(bytes.NewReader(m)).Decode(&more); err != nil {
			return nil, err
		}
		own.add(&more)
	}
	return own, nil
}

// encode returns x as a gob.
func encode(x any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(x)
	return b.Bytes(), err
}

// addWirings adds up the fingerprints of the wirings of all processes.
func (n *Network) addWirings() {
	all, _ := n.ranks.Exchange(binary.LittleEndian.AppendUint64(nil, n.wiring), nil)
	n.wiring = 0
	for _, m := range all {
		n.wiring += binary.LittleEndian.Uint64(m)
	}
}
