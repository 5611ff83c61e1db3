package hdf5

import (
	"fmt"
	"strings"
)

// collection says where the objects of one global heap collection are.
type collection struct {
	address uint64
	objects map[uint16]span
}

// collect reads the list of objects of the collection at an address. The last one is kept,
// since strings that follow each other mostly are in one.
func (f *File) collect(address uint64) (*collection, error) {
	if f.heap != nil && f.heap.address == address {
		return f.heap, nil
	}
	head := 8 + uint64(f.lengths)
	c, err := f.block(address, head, "GCOL", "a global heap", false)
	if err != nil {
		return nil, err
	}
	if version := c.u8(); version != 1 {
		return nil, unsupported(fmt.Sprintf("global heap version %d", version), repack)
	}
	c.skip(3)
	size := c.length()
	if err := f.within(address, size, "a global heap"); err != nil {
		return nil, err
	}
	g := &collection{address, map[uint16]span{}}
	for at := head; at+head <= size; {
		b, err := f.bytes(address+at, head, "an object of a global heap")
		if err != nil {
			return nil, err
		}
		c := f.cursor(b)
		index := c.u16()
		c.skip(6)
		n := c.length()
		if index == 0 {
			break // the rest is free
		}
		if n > size-at-head {
			return nil, damaged("a global heap", address)
		}
		g.objects[index] = span{address + at + head, n}
		at += head + (n+7)&^7
	}
	f.heap = g
	return g, nil
}

// heapString returns the string to which an element of variable length leads.
func (f *File) heapString(element []byte, room *uint64) (string, error) {
	c := f.cursor(element)
	n, address, index := uint64(c.u32()), c.address(), uint16(c.u32())
	if n == 0 || address == 0 {
		return "", nil
	}
	g, err := f.collect(address)
	if err != nil {
		return "", err
	}
	object, ok := g.objects[index]
	if !ok || n > object.length {
		return "", fmt.Errorf("a string of %d bytes is not in the global heap at %d: damaged", n, address)
	}
	if n > *room {
		return "", unsupported(fmt.Sprintf("more than %d bytes of strings at once", maxBlock), "read fewer at a time")
	}
	*room -= n
	b, err := f.bytes(object.address, n, "a string")
	return cString(b), err
}

// texts converts elements of strings.
func (f *File) texts(t *Type, b []byte) ([]string, error) {
	out := make([]string, 0, len(b)/t.Size)
	room := uint64(maxBlock)
	for ; len(b) > 0; b = b[t.Size:] {
		element := b[:t.Size]
		switch {
		case t.Class == VarString:
			s, err := f.heapString(element, &room)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		case t.padding == 0:
			out = append(out, cString(element))
		case t.padding == 1:
			out = append(out, strings.TrimRight(string(element), "\x00"))
		default:
			out = append(out, strings.TrimRight(string(element), " "))
		}
	}
	return out, nil
}
