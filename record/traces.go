package record

import (
	"errors"
	"io"
	"strconv"

	"neurosim/internal/dictionary"
	"neurosim/network"
)

// Traces writes what the probes of the network read.
type Traces struct {
	out
	clock           network.Clock
	probes          []int
	every, from, to int64
}

// NewTraces returns a recorder of some of the probes set by network.Watch, by
// their indices, all for nil, in the steps from, from + every ... before to.
// It is made after Watch.
func NewTraces(n *network.Network, probes []int, every, from, to int64, w io.Writer) (*Traces, error) {
	if every < 1 || from < 0 {
		return nil, errors.New("record: traces must begin at a step from 0 on, and be taken at least one step apart")
	}
	if probes == nil {
		for i := range n.Probes() {
			probes = append(probes, i)
		}
	}
	if len(probes) == 0 {
		return nil, errors.New("record: traces of no probes")
	}
	columns := timeColumns("after which the values are read")
	for _, i := range probes {
		p := n.Probes()[i]
		if err := plain(p.Name()); err != nil {
			return nil, err
		}
		columns = append(columns, column(p.Name(), p.Variable.Unit(), p.Meaning()))
	}
	return &Traces{
		out: newTable(w, dictionary.File{Text: "Quantities in time, a row for each sample.", Columns: columns}), clock: network.NewClock(n.Spec().Dt), probes: probes,
		every: every, from: from, to: to,
	}, nil
}

// column is a column with its unit in the header.
func column(name, unit, text string) dictionary.Column {
	if unit != "" {
		name += " (" + unit + ")"
	}
	return dictionary.Column{Name: name, Unit: unit, Text: text}
}

// Record writes the rows of a block.
func (t *Traces) Record(b *network.Block) error {
	t.begin()
	k := max(b.First, t.from)
	k += (t.every - (k-t.from)%t.every) % t.every
	for ; k < min(b.First+int64(b.Steps), t.to); k += t.every {
		t.buf = t.clock.AppendStep(t.buf, k)
		for _, p := range t.probes {
			t.buf = strconv.AppendFloat(t.buf, b.Sample(p, int(k-b.First)), 'g', -1, 64)
			t.buf = append(t.buf, ',')
		}
		t.buf[len(t.buf)-1] = '\n'
		if err := t.spill(); err != nil {
			return err
		}
	}
	return nil
}
