package record

import (
	"io"
	"math"
	"slices"
	"strconv"

	"neurosim/internal/dictionary"
	"neurosim/network"
)

// Dendritic writes the starts and ends of NMDA spikes.
type Dendritic struct {
	out
	clock   network.Clock
	settled settled
	row     []byte // scratch: step and time
}

const dendriticHeader = "step,time_ms,population,cell,group,segment,event,peak_mV\n"

// dendriticHolds says what a file of Dendritic holds.
func dendriticHolds() dictionary.File {
	return dictionary.File{Text: "Starts and ends of NMDA spikes, a row for each.",
		Columns: slices.Concat(timeColumns("of the event: a start, of threshold segments before the plateau, of detected NMDA spikes at the crossing of the level; an end, the last step of the plateau, or the first after which the potential is below the level"),
			cellColumns, dictionary.Columns([][3]string{
				{"group", "", "name of the group of segments"},
				{"segment", "", "segment of the cell and group, from 0"},
				{"event", "", "start or end"},
				{"peak_mV", "mV", "of an end: highest potential of the NMDA spike; empty for threshold segments, which have no potential"},
			}))}
}

// NewDendritic returns a recorder of the NMDA spikes of the named groups of
// segments, all for nil.
func NewDendritic(n *network.Network, groups []Group, w io.Writer) (*Dendritic, error) {
	gs, err := chooseGroups(n, groups)
	if err != nil {
		return nil, err
	}
	return &Dendritic{out: newTable(w, dendriticHolds()), clock: network.NewClock(n.Spec().Dt), settled: newSettled(n, gs)}, nil
}

// Record writes the starts and ends of the steps that a block settles.
func (d *Dendritic) Record(b *network.Block) error {
	d.begin()
	for i := range b.Steps {
		if k, ok := d.settled.observe(b, i); ok {
			d.addStep(k)
		}
		if err := d.spill(); err != nil {
			return err
		}
	}
	return nil
}

// addStep writes the events of one step.
func (d *Dendritic) addStep(k int64) {
	d.row = d.row[:0]
	for j := range d.settled.groups {
		starts, ends, peaks := d.settled.take(j, k)
		d.addRows(k, &d.settled.groups[j], ",start,", starts, nil)
		d.addRows(k, &d.settled.groups[j], ",end,", ends, peaks)
	}
}

// Close writes the events that are still held, and all that is left. What has not
// become certain by the end of the run is no NMDA spike.
func (d *Dendritic) Close() error {
	for k, ok := d.settled.next(0); ok; k, ok = d.settled.next(0) {
		d.addStep(k)
	}
	return d.out.Close()
}

// addRows writes one row for each of the segments; peaks are theirs, nil or NaN for
// none.
func (d *Dendritic) addRows(step int64, g *chosen, event string, segments []uint32, peaks []float64) {
	if len(segments) > 0 && len(d.row) == 0 {
		d.row = d.clock.AppendStep(d.row, step)
	}
	buf := d.buf
	for i, s := range segments {
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

// dendriticState is the state of Dendritic.
type dendriticState struct {
	Out  []byte
	Held settledState
}

// MarshalBinary returns the state for a checkpoint; call Flush first.
func (d *Dendritic) MarshalBinary() ([]byte, error) {
	o, err := d.out.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return marshal(dendriticState{o, d.settled.st})
}

// UnmarshalBinary sets the state; call it before the first Record.
func (d *Dendritic) UnmarshalBinary(data []byte) error {
	var st dendriticState
	if err := unmarshal(data, &st); err != nil {
		return err
	}
	if err := d.settled.restore(st.Held); err != nil {
		return err
	}
	return d.out.UnmarshalBinary(st.Out)
}
