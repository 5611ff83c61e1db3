package record

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// ReadSpikes calls each for every spike of a CSV file with a step in [from, to),
// in order. It stops reading where the window ends. Errors name the line.
func ReadSpikes(r io.Reader, from, to int64, each func(step int64, population string, cell int)) error {
	l := newLines(r)
	if err := l.header(spikesHeader); err != nil {
		return err
	}
	var names names
	return l.rows(from, to, func(step int64, _ []byte) {
		if population, cell := names.of(l.field(false)), l.int("cell", true); l.err == nil {
			each(step, population, int(cell))
		}
	})
}

// ReadSpikesBinary is ReadSpikes for the binary form, which tells populations
// apart by their index alone: populations holds their names in the order of the
// configuration. Errors name the record, from 0.
func ReadSpikesBinary(r io.Reader, populations []string, from, to int64, each func(step int64, population string, cell int)) error {
	in := bufio.NewReaderSize(r, 1<<18)
	header := make([]byte, headerBytes)
	if _, err := io.ReadFull(in, header); err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if !bytes.HasPrefix(header, []byte(binaryMagic)) {
		return fmt.Errorf("not a binary file of spikes: it does not begin with %q", binaryMagic)
	}
	for i, prev := 0, int64(0); ; i++ {
		rec, err := in.Peek(recordBytes)
		if err == io.EOF && len(rec) == 0 {
			return nil
		}
		if err == io.EOF {
			err = errors.New("the file ends within the record")
		}
		if err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
		step := int64(binary.LittleEndian.Uint64(rec))
		p := int(binary.LittleEndian.Uint16(rec[8:]))
		cell := int(binary.LittleEndian.Uint32(rec[10:]))
		in.Discard(recordBytes)
		switch {
		case step < prev:
			return fmt.Errorf("record %d: step %d after step %d", i, step, prev)
		case step >= to:
			return nil
		case p >= len(populations):
			return fmt.Errorf("record %d: population %d of %d", i, p, len(populations))
		case step >= from:
			each(step, populations[p], cell)
		}
		prev = step
	}
}

// A DendriticEvent is the start or the end of an NMDA spike.
type DendriticEvent struct {
	Step       int64
	Population string
	Cell       int
	Group      string
	Segment    int     // of the cell and group
	Start      bool    // else Step is the last step of the plateau
	Peak       float64 // of an end: highest potential (mV); NaN for threshold segments
}

// ReadDendritic calls each for every event of a file of Dendritic with a step in
// [from, to), in order.
func ReadDendritic(r io.Reader, from, to int64, each func(DendriticEvent)) error {
	l := newLines(r)
	if err := l.header(dendriticHeader); err != nil {
		return err
	}
	var populations, groups names
	return l.rows(from, to, func(step int64, _ []byte) {
		e := DendriticEvent{Step: step, Population: populations.of(l.field(false)), Cell: int(l.int("cell", false)),
			Group: groups.of(l.field(false)), Segment: int(l.int("segment", false)), Peak: math.NaN()}
		event := string(l.field(false))
		if peak := l.field(true); len(peak) > 0 {
			e.Peak = l.float("peak_mV", peak)
		}
		if e.Start = event == "start"; !e.Start && event != "end" {
			l.bad("event %q is neither start nor end", event)
		}
		if l.err == nil {
			each(e)
		}
	})
}

// A Presentation is the beginning of one presentation of an input.
type Presentation struct {
	Step    int64
	Input   string
	Number  int64 // from 0, counted by input
	Pattern int   // -1: a novel one
}

// ReadPresentations calls each for every presentation of a file of
// Presentations with a step in [from, to), in order.
func ReadPresentations(r io.Reader, from, to int64, each func(Presentation)) error {
	l := newLines(r)
	if err := l.header(presentationsHeader); err != nil {
		return err
	}
	var inputs names
	return l.rows(from, to, func(step int64, _ []byte) {
		p := Presentation{step, inputs.of(l.field(false)), l.int("presentation", false), int(l.int("pattern", true))}
		if l.err == nil {
			each(p)
		}
	})
}

// An ActiveSynapse is a synapse that is active where an NMDA spike starts, by one of the spikes
// that reached it.
type ActiveSynapse struct {
	Step       int64 // start of the NMDA spike
	Population string
	Cell       int
	Group      string
	Segment    int // of the cell and group
	Projection string
	Synapse    int // of the cell from the projection
	Source     string
	SourceCell int
	Arrival    int64   // step in which the spike arrived
	Weight     float64 // of the spike, by short-term plasticity
	Pattern    int     // that the segment stores and that holds the source; -1: none
}

// ReadSynapses calls each for every row of a file of Synapses with a step in [from, to), in order.
func ReadSynapses(r io.Reader, from, to int64, each func(ActiveSynapse)) error {
	l := newLines(r)
	if err := l.header(synapsesHeader); err != nil {
		return err
	}
	var populations, groups, projections, sources names
	return l.rows(from, to, func(step int64, _ []byte) {
		s := ActiveSynapse{Step: step, Population: populations.of(l.field(false)), Cell: int(l.int("cell", false)),
			Group: groups.of(l.field(false)), Segment: int(l.int("segment", false)),
			Projection: projections.of(l.field(false)), Synapse: int(l.int("synapse", false)),
			Source: sources.of(l.field(false)), SourceCell: int(l.int("source_cell", false)), Arrival: l.int("arrival_step", false), Pattern: -1}
		l.field(false) // arrival_ms
		s.Weight = l.float("weight", l.field(false))
		if pattern := l.field(true); len(pattern) > 0 {
			x, ok := parseInt(pattern)
			if !ok {
				l.bad("pattern %q is not an integer", pattern)
			}
			s.Pattern = int(x)
		}
		if l.err == nil {
			each(s)
		}
	})
}
