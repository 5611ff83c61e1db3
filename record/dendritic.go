package record

import (
	"io"
	"math"
	"strconv"

	"neurosim/network"
)

// Dendritic writes the starts and ends of NMDA spikes.
type Dendritic struct {
	out
	clock    clock
	groups   []chosen
	segments []uint32  // scratch
	peaks    []float64 // scratch: of the ends
	row      []byte    // scratch: step and time
}

const dendriticHeader = "step,time_ms,population,cell,group,segment,event,peak_mV\n"

// NewDendritic returns a recorder of the NMDA spikes of the named groups of
// segments, all for nil.
func NewDendritic(n *network.Network, groups []Group, w io.Writer) (*Dendritic, error) {
	gs, err := chooseGroups(n, groups)
	if err != nil {
		return nil, err
	}
	return &Dendritic{out: newOut(w, []byte(dendriticHeader)), clock: newClock(n.Spec().Dt), groups: gs}, nil
}

// Record writes the starts and ends of a block.
func (d *Dendritic) Record(b *network.Block) error {
	d.begin()
	for i := range b.Steps {
		d.row = d.row[:0]
		for j := range d.groups {
			g := &d.groups[j]
			d.segments = b.Starts(g.p, g.g, i, d.segments[:0])
			d.addRows(b.First+int64(i), g, ",start,", nil)
			d.segments = b.Ends(g.p, g.g, i, d.segments[:0])
			d.peaks = b.Peaks(g.p, g.g, i, d.peaks[:0])
			d.addRows(b.First+int64(i), g, ",end,", d.peaks)
			if err := d.spill(); err != nil {
				return err
			}
		}
	}
	return nil
}

// addRows writes one row for each of d.segments; peaks are theirs, nil or NaN for
// none.
func (d *Dendritic) addRows(step int64, g *chosen, event string, peaks []float64) {
	if len(d.segments) > 0 && len(d.row) == 0 {
		d.row = d.clock.appendStep(d.row, step)
	}
	buf := d.buf
	for i, s := range d.segments {
		buf = append(buf, d.row...)
		buf = append(buf, g.Population...)
		buf = append(buf, ',')
		buf = strconv.AppendUint(buf, uint64(s/g.perCell), 10)
		buf = append(buf, ',')
		buf = append(buf, g.Name...)
		buf = append(buf, ',')
		buf = strconv.AppendUint(buf, uint64(s%g.perCell), 10)
		buf = append(buf, event...)
		if peaks != nil && !math.IsNaN(peaks[i]) {
			buf = strconv.AppendFloat(buf, peaks[i], 'g', -1, 64)
		}
		buf = append(buf, '\n')
	}
	d.buf = buf
}
