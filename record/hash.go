package record

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"neurosim/network"
)

// Hash is the SHA-256 of all events of a run: two runs with equal sums had the
// same spikes and NMDA spikes.
//
// The hashed bytes are a record of 16 bytes per event, little-endian: step
// (int64), index of the population (uint16), kind (uint16), cell or segment
// (uint32). The kind is 0 for a spike, 1+2g for the start of an NMDA spike in
// group g of the population, 2+2g for its end; a segment is numbered through its
// population, cell by cell. Records come by the step in which an event becomes known,
// population, kind, number; that is the step of the record except for the start of a
// detected NMDA spike, whose record has the earlier step of the start.
type Hash struct {
	sha      hash.Hash
	lags     [][]int64 // [population][group] steps until a start is known
	cells    []int32   // scratch
	segments []uint32  // scratch
	buf      []byte    // scratch
}

// NewHash returns a recorder of the sum of everything that happens.
func NewHash(n *network.Network) *Hash {
	h := &Hash{sha: sha256.New()}
	for i, p := range n.Populations() {
		lags := make([]int64, len(groups(p)))
		for g := range lags {
			lags[g] = n.Lag(i, g)
		}
		h.lags = append(h.lags, lags)
	}
	return h
}

// Record adds the events of a block.
func (h *Hash) Record(b *network.Block) error {
	for i := range b.Steps {
		k := b.First + int64(i)
		for p, lags := range h.lags {
			h.cells = b.Spikes(p, i, h.cells[:0])
			for _, c := range h.cells {
				h.add(k, p, 0, uint32(c))
			}
			for g, lag := range lags {
				h.segments = b.Starts(p, g, i, h.segments[:0])
				for _, s := range h.segments {
					h.add(k-lag, p, 1+2*g, s)
				}
				h.segments = b.Ends(p, g, i, h.segments[:0])
				for _, s := range h.segments {
					h.add(k, p, 2+2*g, s)
				}
			}
		}
	}
	h.drain()
	return nil
}

func (h *Hash) add(step int64, population, kind int, id uint32) {
	h.buf = binary.LittleEndian.AppendUint64(h.buf, uint64(step))
	h.buf = binary.LittleEndian.AppendUint16(h.buf, uint16(population))
	h.buf = binary.LittleEndian.AppendUint16(h.buf, uint16(kind))
	h.buf = binary.LittleEndian.AppendUint32(h.buf, id)
	if len(h.buf) >= spillAt {
		h.drain()
	}
}

func (h *Hash) drain() {
	h.sha.Write(h.buf)
	h.buf = h.buf[:0]
}

// Sum returns the sum of the events so far, in hexadecimal. Recording may go on.
func (h *Hash) Sum() string { return hex.EncodeToString(h.sha.Sum(nil)) }

// MarshalBinary returns the state for a checkpoint.
func (h *Hash) MarshalBinary() ([]byte, error) {
	return h.sha.(encoding.BinaryMarshaler).MarshalBinary()
}

// UnmarshalBinary sets the state.
func (h *Hash) UnmarshalBinary(data []byte) error {
	if h.sha.(encoding.BinaryUnmarshaler).UnmarshalBinary(data) != nil {
		return errState
	}
	return nil
}
