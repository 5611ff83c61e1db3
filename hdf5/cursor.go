package hdf5

import (
	"encoding/binary"
	"math"
)

// undefined is the address of what a file does not have: all bits are set.
const undefined = math.MaxUint64

// cursor reads numbers from the bytes of one structure, all little-endian. A read past
// the end gives zeros and sets short, which the reader of a structure looks at once.
type cursor struct {
	b       []byte
	short   bool
	offset  int // bytes of an address in this file
	lengths int // bytes of a length in this file
}

// take returns the next n bytes, or nil past the end.
func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.short, c.b = true, nil
		return nil
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) skip(n int) { c.take(n) }

// uint returns the next number of n bytes, n at most 8.
func (c *cursor) uint(n int) uint64 {
	var v uint64
	for i, b := range c.take(n) {
		v |= uint64(b) << (8 * i)
	}
	return v
}

func (c *cursor) u8() byte    { return byte(c.uint(1)) }
func (c *cursor) u16() uint16 { return uint16(c.uint(2)) }
func (c *cursor) u32() uint32 { return uint32(c.uint(4)) }
func (c *cursor) u64() uint64 { return c.uint(8) }

// length returns the next number that has the width of lengths.
func (c *cursor) length() uint64 { return c.uint(c.lengths) }

// address returns the next address, undefined if all its bits are set.
func (c *cursor) address() uint64 {
	v := c.uint(c.offset)
	if c.offset < 8 && v == 1<<(8*c.offset)-1 {
		return undefined
	}
	return v
}

// name returns the bytes up to the next NUL and passes over it.
func (c *cursor) name() string {
	for i, b := range c.b {
		if b == 0 {
			return string(c.take(i + 1)[:i])
		}
	}
	c.short, c.b = true, nil
	return ""
}

// cString returns the bytes before the first NUL, or all.
func cString(b []byte) string {
	for i := range b {
		if b[i] == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// padded returns n rounded up to a multiple of 8.
func padded(n int) int { return (n + 7) &^ 7 }

// product returns the product of sizes, and whether it is a number of bytes that a file
// can have.
func product(sizes ...uint64) (uint64, bool) {
	p := uint64(1)
	for _, n := range sizes {
		if n != 0 && p > math.MaxInt64/n {
			return 0, false
		}
		p *= n
	}
	return p, true
}

// sum32 is the checksum that ends a structure.
func sum32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
