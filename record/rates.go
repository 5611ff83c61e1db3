package record

import (
	"bytes"
	"encoding/gob"
	"errors"
	"io"
	"strconv"

	"neurosim/network"
)

// Rates writes the mean rates of populations and groups of segments in bins.
type Rates struct {
	out
	clock       clock
	every       int64
	populations []int
	groups      []chosen
	cells       []float64 // [column]
	cellIDs     []int32   // scratch
	segments    []uint32  // scratch

	bin bin
}

// bin is the bin in progress.
type bin struct {
	First  int64   // its first step
	Steps  int64   // steps counted so far; 0: none
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
	r := &Rates{clock: newClock(n.Spec().Dt), every: every, populations: ps, groups: gs}
	header := appendColumn([]byte("step,time_ms"), "width", "ms")
	for _, p := range ps {
		pop := n.Populations()[p]
		header = appendColumn(header, pop.Name, "spikes/s")
		r.cells = append(r.cells, float64(pop.Size()))
	}
	for _, g := range gs {
		header = appendColumn(header, g.String(), "NMDA spikes/s")
		r.cells = append(r.cells, float64(g.cells))
	}
	r.out = newOut(w, append(header, '\n'))
	r.bin.Counts = make([]int64, len(r.cells))
	return r, nil
}

// Record counts the events of a block and writes the bins that end in it.
func (r *Rates) Record(b *network.Block) error {
	r.begin()
	for i := range b.Steps {
		k := b.First + int64(i)
		if r.bin.Steps == 0 {
			r.bin.First = k
		}
		r.bin.Steps++
		for j, p := range r.populations {
			r.cellIDs = b.Spikes(p, i, r.cellIDs[:0])
			r.bin.Counts[j] += int64(len(r.cellIDs))
		}
		for j, g := range r.groups {
			r.segments = b.Starts(g.p, g.g, i, r.segments[:0])
			r.bin.Counts[len(r.populations)+j] += int64(len(r.segments))
		}
		if (k+1)%r.every == 0 {
			r.endBin()
		}
	}
	return r.spill()
}

// endBin writes the row of the bin and empties it.
func (r *Rates) endBin() {
	r.buf = r.clock.appendStep(r.buf, r.bin.First)
	from := len(r.buf)
	r.buf = r.clock.appendMs(r.buf, r.bin.Steps)
	// the printed width is the exact one; k·dt in floating point is not
	width, _ := strconv.ParseFloat(string(r.buf[from:]), 64)
	for j, count := range r.bin.Counts {
		r.buf = append(r.buf, ',')
		r.buf = strconv.AppendFloat(r.buf, float64(count)*1000/float64(r.cells[j]*width), 'g', -1, 64)
	}
	r.buf = append(r.buf, '\n')
	r.bin.Steps = 0
	clear(r.bin.Counts)
}

// Close writes the last bin, with its true width if it is incomplete, and all
// that is left.
func (r *Rates) Close() error {
	if r.bin.Steps > 0 {
		r.endBin()
	}
	return r.out.Close()
}

// ratesState is the state of Rates.
type ratesState struct {
	Out []byte
	Bin bin
}

// MarshalBinary returns the state for a checkpoint; call Flush first.
func (r *Rates) MarshalBinary() ([]byte, error) {
	o, err := r.out.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return marshal(ratesState{o, r.bin})
}

// UnmarshalBinary sets the state; call it before the first Record.
func (r *Rates) UnmarshalBinary(data []byte) error {
	var st ratesState
	if err := unmarshal(data, &st); err != nil {
		return err
	}
	if len(st.Bin.Counts) != len(r.cells) || st.Bin.Steps < 0 || st.Bin.Steps >= r.every {
		return errState
	}
	if err := r.out.UnmarshalBinary(st.Out); err != nil {
		return err
	}
	r.bin = st.Bin
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
