package cable

import (
	"encoding/binary"
	"fmt"
	"math"
)

// arrays are the state of the cells in a fixed order. They are the state itself.
func (c *Cells) arrays() (floats [][]float64, ints [][]int32) {
	floats = [][]float64{c.cable.Values()}
	for _, s := range c.synapses {
		x, y := s.State()
		floats = append(floats, x, y)
	}
	for _, g := range c.gates {
		m, h := g.State()
		floats = append(floats, m, h)
	}
	floats = append(floats, c.injected...)
	if c.firing != nil {
		ints = append(ints, c.firing.Hold())
	}
	ints = append(ints, c.above)
	if c.detector != nil {
		above, since, peak := c.detector.State()
		floats, ints = append(floats, peak), append(ints, above, since)
	}
	return floats, ints
}

// MarshalBinary writes the state, all but what the model says.
func (c *Cells) MarshalBinary() ([]byte, error) {
	b := binary.LittleEndian.AppendUint64(nil, uint64(c.step))
	for _, s := range c.synapses {
		b = binary.LittleEndian.AppendUint64(b, uint64(s.Age()))
	}
	for _, a := range c.injected {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(a)))
	}
	floats, ints := c.arrays()
	for _, a := range floats {
		for _, x := range a {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
	}
	for _, a := range ints {
		for _, x := range a {
			b = binary.LittleEndian.AppendUint32(b, uint32(x))
		}
	}
	return b, nil
}

// UnmarshalBinary restores a state that MarshalBinary wrote of as many cells of
// the same model. The steps that follow are the same to the last bit.
func (c *Cells) UnmarshalBinary(b []byte) error {
	left := b
	next := func() uint64 {
		if len(left) < 8 {
			left = nil
			return 0
		}
		x := binary.LittleEndian.Uint64(left)
		left = left[8:]
		return x
	}
	step := next()
	ages := make([]uint64, len(c.synapses))
	for i := range ages {
		ages[i] = next()
	}
	for i := range c.injected {
		c.injected[i] = nil
		if next() > 0 {
			c.injected[i] = make([]float64, c.n)
		}
	}
	floats, ints := c.arrays()
	size := 0
	for _, a := range floats {
		size += 8 * len(a)
	}
	for _, a := range ints {
		size += 4 * len(a)
	}
	if len(left) != size {
		return fmt.Errorf("cable: a state of %d bytes is not one of %d cells of this model", len(b), c.n)
	}
	c.step = int64(step)
	for i, s := range c.synapses {
		s.SetAge(int(ages[i]))
	}
	for _, a := range floats {
		for i := range a {
			a[i] = math.Float64frombits(next())
		}
	}
	for _, a := range ints {
		for i := range a {
			a[i] = int32(binary.LittleEndian.Uint32(left))
			left = left[4:]
		}
	}
	return nil
}

// NonFinite returns the first cell of which a potential is not a finite number
// and the node, or -1.
func (c *Cells) NonFinite() (cell, node int) { return c.cable.NonFinite() }

// Bytes returns the memory of the state.
func (c *Cells) Bytes() int {
	floats, ints := c.arrays()
	n := c.cable.Scratch()
	for _, a := range floats {
		n += 8 * cap(a)
	}
	for _, a := range ints {
		n += 4 * cap(a)
	}
	return n
}
