package record

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"

	"neurosim/internal/dictionary"
	"neurosim/network"
)

// Format is the form of a file of spikes; the package comment describes both.
type Format int

const (
	CSV    Format = iota // text
	Binary               // fixed records
)

// Spikes writes the spikes of somata and input cells.
type Spikes struct {
	out
	clock       network.Clock
	format      Format
	populations []int
	names       []string // of populations
	cells       []int32  // scratch
	row         []byte   // scratch: what the rows of one step and population begin with
}

const spikesHeader = "step,time_ms,population,cell\n"

// spikesHold says what a file of spikes holds.
func spikesHold(format Format) dictionary.File {
	f := dictionary.File{Text: "Spikes of somata and input cells, a row for each, by step, population and cell.",
		Columns: slices.Concat(timeColumns("at the end of which the cell has spiked"), cellColumns)}
	if format == Binary {
		f.Text = "Spikes of somata and input cells, a record of 14 bytes for each, little-endian, after a header of 64 bytes; neurosim plot makes figures of it again. In numpy: np.fromfile(path, offset=64, dtype=[('step','<i8'),('population','<u2'),('cell','<u4')])."
		f.Columns = dictionary.Columns([][3]string{
			{"step", "", "step of the run, from 0, at the end of which the cell has spiked; its time is step · dt, and the header ends in dt in ms"},
			{"population", "", "population, from 0, in the order of the configuration"},
			{"cell", "", "cell of the population, from 0"},
		})
	}
	return f
}

// NewSpikes returns a recorder of the spikes of the named populations, all for
// nil.
func NewSpikes(n *network.Network, populations []string, format Format, w io.Writer) (*Spikes, error) {
	ps, err := choosePopulations(n, populations)
	if err != nil {
		return nil, err
	}
	dt := n.Spec().Dt
	s := &Spikes{clock: network.NewClock(dt), format: format, populations: ps}
	switch format {
	case CSV:
		s.out = newTable(w, spikesHold(CSV))
	case Binary:
		if len(n.Populations()) > 1<<16 {
			return nil, fmt.Errorf("record: a binary file of spikes can tell %d populations apart; there are %d", 1<<16, len(n.Populations()))
		}
		s.out = newOut(w, binaryHeader(dt), spikesHold(Binary))
	default:
		return nil, fmt.Errorf("record: no format %d of spikes", format)
	}
	for _, p := range ps {
		s.names = append(s.names, n.Populations()[p].Name)
	}
	return s, nil
}

// Record writes the spikes of a block.
func (s *Spikes) Record(b *network.Block) error {
	s.begin()
	for i := range b.Steps {
		for j, p := range s.populations {
			s.cells = b.Spikes(p, i, s.cells[:0])
			if len(s.cells) == 0 {
				continue
			}
			if s.format == CSV {
				s.row = s.clock.AppendStep(s.row[:0], b.First+int64(i))
				s.row = append(append(s.row, s.names[j]...), ',')
			}
			// in pieces, so that a large volley does not make a large buffer
			for cells := range slices.Chunk(s.cells, 1024) {
				if s.format == CSV {
					s.addRows(cells)
				} else {
					s.addRecords(b.First+int64(i), p, cells)
				}
				if err := s.spill(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *Spikes) addRows(cells []int32) {
	buf := s.buf
	for _, c := range cells {
		buf = append(buf, s.row...)
		buf = strconv.AppendUint(buf, uint64(c), 10)
		buf = append(buf, '\n')
	}
	s.buf = buf
}

func (s *Spikes) addRecords(step int64, population int, cells []int32) {
	buf := s.buf
	for _, c := range cells {
		buf = binary.LittleEndian.AppendUint64(buf, uint64(step))
		buf = binary.LittleEndian.AppendUint16(buf, uint16(population))
		buf = binary.LittleEndian.AppendUint32(buf, uint32(c))
	}
	s.buf = buf
}

// The binary form: a header of text, then records.
const (
	binaryMagic  = "neurosim spikes 1 <i8 <u2 <u4 dt_ms "
	headerBytes  = 64
	recordBytes  = 14
	headerFormat = "%-63s\n"
)

func binaryHeader(dt float64) []byte {
	return fmt.Appendf(nil, headerFormat, binaryMagic+strconv.FormatFloat(dt, 'g', -1, 64))
}
