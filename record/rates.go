package record

import (
	"bytes"
	"encoding/gob"
	"errors"
	"io"
	"strconv"

	"neurosim/internal/dictionary"
	"neurosim/network"
)

// Rates writes the mean rates of populations and groups of segments in bins.
type Rates struct {
	out
	clock       network.Clock
	every       int64
	populations []int
	settled     settled
	cells       []float64 // [column]
	cellIDs     []int32   // scratch

	bins []bin // those in progress, by time; more than one where NMDA spikes settle late
}

// bin is a bin in progress.
type bin struct {
	First  int64   // its first step
	Steps  int64   // steps counted so far
	Counts []int64 // [column] populations, then groups
}

// NewRates returns a recorder of the rates of the named populations and groups
// of segments, all for nil, in bins of every steps.
func NewRates(n *network.Network, populations []string, groups []Group, every int64, w io.Writer) (*Rates, error) {
	if every < 1 {
		return nil, errors.New("record: a bin must be at least one step long")
	}
	ps, err := choosePopulations(n, populations)
	if err != nil {
		return nil, err
	}
	gs, err := chooseGroups(n, groups)
	if err != nil {
		return nil, err
	}
	r := &Rates{clock: network.NewClock(n.Spec().Dt), every: every, populations: ps, settled: newSettled(n, gs)}
	columns := append(timeColumns("with which the bin begins"), column("width", "ms", "length of the bin; the first and the last may be shorter"))
	for _, p := range ps {
		pop := n.Populations()[p]
		columns = append(columns, column(pop.Name, "spikes/s", "spikes of the population in the bin, per cell and second"))
		r.cells = append(r.cells, float64(pop.Size()))
	}
	for _, g := range gs {
		columns = append(columns, column(g.String(), "NMDA spikes/s", "NMDA spikes of the segments that start in the bin, per cell and second"))
		r.cells = append(r.cells, float64(g.cells))
	}
	r.out = newTable(w, dictionary.File{Text: "Mean rates of populations and of groups of segments, a row for each bin.", Columns: columns})
	return r, nil
}

// Record counts the events of a block and writes the bins that are settled.
func (r *Rates) Record(b *network.Block) error {
	r.begin()
	for i := range b.Steps {
		now := r.in(b.First + int64(i))
		now.Steps++
		for j, p := range r.populations {
			r.cellIDs = b.Spikes(p, i, r.cellIDs[:0])
			now.Counts[j] += int64(len(r.cellIDs))
		}
		if k, ok := r.settled.observe(b, i); ok {
			r.settle(k)
		}
	}
	return r.spill()
}

// in returns the bin of a step, which is new or in progress.
func (r *Rates) in(k int64) *bin {
	last := len(r.bins) - 1
	for i := last; i >= 0; i-- {
		if r.bins[i].First/r.every == k/r.every {
			return &r.bins[i]
		}
	}
	r.bins = append(r.bins, bin{First: k, Counts: make([]int64, len(r.cells))})
	return &r.bins[len(r.bins)-1]
}

// settle counts the NMDA spikes that start in a step, and writes the bin that it ends.
func (r *Rates) settle(k int64) {
	for j := range r.settled.groups {
		starts, _, _ := r.settled.take(j, k)
		r.in(k).Counts[len(r.populations)+j] += int64(len(starts))
	}
	if (k+1)%r.every == 0 {
		r.endBin()
	}
}

// endBin writes the row of the first bin and drops it.
func (r *Rates) endBin() {
	bin := r.bins[0]
	r.buf = r.clock.AppendStep(r.buf, bin.First)
	from := len(r.buf)
	r.buf = r.clock.AppendMs(r.buf, bin.Steps)
	// the printed width is the exact one; k·dt in floating point is not
	width, _ := strconv.ParseFloat(string(r.buf[from:]), 64)
	for j, count := range bin.Counts {
		r.buf = append(r.buf, ',')
		r.buf = strconv.AppendFloat(r.buf, float64(count)*1000/float64(r.cells[j]*width), 'g', -1, 64)
	}
	r.buf = append(r.buf, '\n')
	r.bins = dropFirst(r.bins, 1)
}

// Close writes the last bin, with its true width if it is incomplete, and all
// that is left.
func (r *Rates) Close() error {
	for k, ok := r.settled.next(0); ok; k, ok = r.settled.next(0) {
		r.settle(k)
	}
	if len(r.bins) > 0 {
		r.endBin()
	}
	return r.out.Close()
}

// ratesState is the state of Rates.
type ratesState struct {
	Out  []byte
	Bins []bin
	Held settledState
}

// MarshalBinary returns the state for a checkpoint; call Flush first.
func (r *Rates) MarshalBinary() ([]byte, error) {
	o, err := r.out.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return marshal(ratesState{o, r.bins, r.settled.st})
}

// UnmarshalBinary sets the state; call it before the first Record.
func (r *Rates) UnmarshalBinary(data []byte) error {
	var st ratesState
	if err := unmarshal(data, &st); err != nil {
		return err
	}
	for i, b := range st.Bins {
		whole := i < len(st.Bins)-1 || r.settled.delay > 0 // the last one only where bins are held back
		if len(b.Counts) != len(r.cells) || b.Steps < 1 || b.Steps > r.every || b.Steps == r.every && !whole {
			return errState
		}
	}
	if err := r.settled.restore(st.Held); err != nil {
		return err
	}
	if err := r.out.UnmarshalBinary(st.Out); err != nil {
		return err
	}
	r.bins = st.Bins
	return nil
}

// marshal and unmarshal are for states with more than a few numbers.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func unmarshal(data []byte, v any) error {
	if gob.NewDecoder(bytes.NewReader(data)).Decode(v) != nil {
		return errState
	}
	return nil
}
