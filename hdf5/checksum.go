package hdf5

import (
	"encoding/binary"
	"math/bits"
)

// lookup3 is the hash hashlittle of Bob Jenkins, lookup3.c of May 2006, with the initial
// value 0. HDF5 ends its newer structures with it.
func lookup3(b []byte) uint32 {
	h := 0xdeadbeef + uint32(len(b))
	x, y, z := h, h, h
	for len(b) > 12 {
		x += binary.LittleEndian.Uint32(b)
		y += binary.LittleEndian.Uint32(b[4:])
		z += binary.LittleEndian.Uint32(b[8:])
		x, y, z = mix(x, y, z)
		b = b[12:]
	}
	if len(b) == 0 {
		return z
	}
	var last [12]byte
	copy(last[:], b)
	x += binary.LittleEndian.Uint32(last[:])
	y += binary.LittleEndian.Uint32(last[4:])
	z += binary.LittleEndian.Uint32(last[8:])
	z = (z ^ y) - bits.RotateLeft32(y, 14)
	x = (x ^ z) - bits.RotateLeft32(z, 11)
	y = (y ^ x) - bits.RotateLeft32(x, 25)
	z = (z ^ y) - bits.RotateLeft32(y, 16)
	x = (x ^ z) - bits.RotateLeft32(z, 4)
	y = (y ^ x) - bits.RotateLeft32(x, 14)
	z = (z ^ y) - bits.RotateLeft32(y, 24)
	return z
}

// mix mixes three words reversibly.
func mix(x, y, z uint32) (_, _, _ uint32) {
	x = (x - z) ^ bits.RotateLeft32(z, 4)
	z += y
	y = (y - x) ^ bits.RotateLeft32(x, 6)
	x += z
	z = (z - y) ^ bits.RotateLeft32(y, 8)
	y += x
	x = (x - z) ^ bits.RotateLeft32(z, 16)
	z += y
	y = (y - x) ^ bits.RotateLeft32(x, 19)
	x += z
	z = (z - y) ^ bits.RotateLeft32(y, 4)
	y += x
	return x, y, z
}

// fletcher32 is the checksum of the filter of that name: two sums modulo 65535 over
// 16-bit words, the first byte of a word being the higher; an odd last byte is the higher
// byte of a word.
func fletcher32(b []byte) uint32 {
	var s1, s2 uint32
	for len(b) > 0 {
		n := min(len(b), 720) // 360 words: more could pass 32 bits
		for i := 0; i+1 < n; i += 2 {
			s1 += uint32(b[i])<<8 | uint32(b[i+1])
			s2 += s1
		}
		if n%2 == 1 {
			s1 += uint32(b[n-1]) << 8
			s2 += s1
		}
		s1, s2 = s1&0xffff+s1>>16, s2&0xffff+s2>>16
		b = b[n:]
	}
	s1, s2 = s1&0xffff+s1>>16, s2&0xffff+s2>>16
	return s2<<16 | s1
}
