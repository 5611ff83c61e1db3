package sequence

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The saved state: what the rest of a run depends on, in the order of cells and
// of creation. Positions of blocks, free lists, overlaps and the division among
// threads are not in it: they follow, or do not matter.
const stateVersion = 2

// MarshalBinary returns the state after the last step.
func (m *Memory) MarshalBinary() ([]byte, error) {
	w := &writer{}
	w.b.Grow(64 + 4*(len(m.active)+len(m.winners)+m.p.Columns*m.p.CellsPerColumn) + 12*m.Segments() + 8*m.Synapses()) // no less than it takes
	w.u32(stateVersion, m.fingerprint(), m.step)
	w.u64(m.seed, math.Float64bits(m.anomaly))
	w.list(m.active)
	w.list(m.winners)
	var dead []uint32
	for c := range uint32(m.p.Columns * m.p.CellsPerColumn) {
		if m.isDead(c) {
			dead = append(dead, c)
		}
	}
	w.list(dead)
	w.u32(uint32(m.Segments()))
	for _, sh := range m.shards {
		s := sh.basal
		for _, k := range s.head {
			for ; k != 0; k = s.next[k] {
				pre, permanence := s.of(k)
				w.u32(uint32(s.cell[k]), s.used[k])
				w.list(pre)
				for _, p := range permanence {
					w.u32(math.Float32bits(p))
				}
			}
		}
	}
	return w.b.Bytes(), nil
}

// UnmarshalBinary sets the state of a memory that New made with the same
// parameters, for any number of threads. The steps that follow are those that
// the saved memory would have done, bit for bit.
func (m *Memory) UnmarshalBinary(data []byte) error {
	r := &reader{b: data}
	if v := r.u32(); v != stateVersion {
		return fmt.Errorf("temporal memory: state of version %d; this program reads %d", v, stateVersion)
	}
	if r.u32() != m.fingerprint() {
		return errors.New("temporal memory: the state is that of other parameters")
	}
	fresh, err := newOn(m.p, m.seed, len(m.shards))
	if err != nil {
		return err
	}
	cells := uint32(m.p.Columns * m.p.CellsPerColumn)
	fresh.step = r.u32()
	fresh.seed = r.u64()
	fresh.anomaly = math.Float64frombits(r.u64())
	fresh.active, fresh.winners = r.list(cells), r.list(cells)
	fresh.Kill(r.list(cells))
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		fresh.restore(r, cells)
	}
	if r.err == nil && len(r.b) > 0 {
		r.err = errDamaged
	}
	if r.err != nil {
		return r.err
	}
	fresh.basal.set(fresh.active, fresh.winners)
	fresh.each(func(s *shard) { s.predict(fresh, false) })
	*m = *fresh
	return nil
}

// restore reads one segment.
func (m *Memory) restore(r *reader, cells uint32) {
	cell, used := r.u32(), r.u32()
	pre := r.list(cells)
	if r.err != nil || cell >= cells || len(r.b) < 4*len(pre) {
		r.err = errDamaged
		return
	}
	s, _ := m.storeOf(cell)
	if int(s.count[int32(cell)-s.first]) >= s.p.maxSeg || len(pre) > s.p.maxSyn {
		r.err = errDamaged
		return
	}
	k := s.create(int32(cell), len(pre), used)
	for _, c := range pre {
		s.add(k, c, math.Float32frombits(r.u32()))
	}
}

// fingerprint tells parameters apart: FNV-1a of how they are written.
func (m *Memory) fingerprint() uint32 {
	text := fmt.Sprintf("%d %d %s %v", m.p.Columns, m.p.CellsPerColumn, m.p.Rules, m.p.SegmentParams)
	h := uint32(2166136261)
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * 16777619
	}
	return h
}

var errDamaged = errors.New("temporal memory: the state is damaged")

// writer writes little-endian numbers.
type writer struct{ b bytes.Buffer }

func (w *writer) u32(values ...uint32) {
	for _, v := range values {
		w.b.Write(binary.LittleEndian.AppendUint32(w.b.AvailableBuffer(), v))
	}
}

func (w *writer) u64(values ...uint64) {
	for _, v := range values {
		w.b.Write(binary.LittleEndian.AppendUint64(w.b.AvailableBuffer(), v))
	}
}

func (w *writer) list(values []uint32) {
	w.u32(uint32(len(values)))
	w.u32(values...)
}

// reader reads them and keeps the first error.
type reader struct {
	b   []byte
	err error
}

func (r *reader) u32() uint32 {
	if len(r.b) < 4 {
		r.b, r.err = nil, errDamaged
		return 0
	}
	v := binary.LittleEndian.Uint32(r.b)
	r.b = r.b[4:]
	return v
}

func (r *reader) u64() uint64 { lo := r.u32(); return uint64(lo) | uint64(r.u32())<<32 }

// list reads numbers below a bound.
func (r *reader) list(below uint32) []uint32 {
	n := r.u32()
	if uint64(n)*4 > uint64(len(r.b)) {
		r.b, r.err = nil, errDamaged
		return nil
	}
	out := make([]uint32, n)
	for i := range out {
		if out[i] = r.u32(); out[i] >= below {
			r.err = errDamaged
			return nil
		}
	}
	return out
}
