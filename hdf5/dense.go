package hdf5

import (
	"fmt"
	"math/bits"
)

// dense calls each with every object of a fractal heap that a B-tree of version 2 lists.
// kind is the type of the tree's records: 5 for links by name, 8 for attributes by name. A
// record has the heap's identifier at the byte idAt.
func (f *File) dense(heap, tree uint64, kind byte, idAt int, each func(object []byte) error) error {
	h, err := f.fractalHeap(heap)
	if err != nil {
		return err
	}
	return f.records(tree, kind, func(record []byte) error {
		if len(record) < idAt+h.idLength {
			return damaged("a B-tree", tree)
		}
		object, err := h.object(record[idAt : idAt+h.idLength])
		if err != nil {
			return err
		}
		return each(object)
	})
}

// fractalHeap is a heap of objects in blocks whose sizes double from row to row.
type fractalHeap struct {
	f         *File
	address   uint64
	idLength  int
	offsets   int    // bytes of an offset in the heap
	lengths   int    // bytes of the length of an object
	checked   bool   // direct blocks have checksums
	width     uint64 // blocks in a row
	start     uint64 // bytes of a block of the first row
	maxDirect uint64 // bytes of the largest direct block
	maxBits   uint   // log2 of the size of the heap
	root      uint64
	rows      int // rows of the root; 0 if it is a direct block
}

func (f *File) fractalHeap(address uint64) (*fractalHeap, error) {
	n := 26 + 12*uint64(f.lengths) + 3*uint64(f.offset)
	c, err := f.block(address, n, "FRHP", "a fractal heap", true)
	if err != nil {
		return nil, err
	}
	h := &fractalHeap{f: f, address: address}
	if version := c.u8(); version != 0 {
		return nil, unsupported(fmt.Sprintf("fractal heap version %d", version), repack)
	}
	h.idLength = int(c.u16())
	if c.u16() != 0 {
		return nil, unsupported("a fractal heap with filters", repack)
	}
	h.checked = c.u8()&2 != 0
	maxObject := c.u32()
	c.skip(f.lengths + f.offset) // huge objects
	c.skip(f.lengths + f.offset) // free space
	c.skip(8 * f.lengths)        // sums of sizes and counts
	h.width = uint64(c.u16())    // columns
	h.start = c.length()         // bytes of the smallest block
	h.maxDirect = c.length()     // bytes of the largest direct block
	h.maxBits = uint(c.u16())    // log2 of the size of the heap
	c.skip(2)                    // first number of rows
	h.root, h.rows = c.address(), int(c.u16())
	if c.short || h.width == 0 || h.start == 0 || h.start&(h.start-1) != 0 || h.width&(h.width-1) != 0 ||
		h.maxDirect < h.start || h.maxDirect > maxBlock || h.maxDirect&(h.maxDirect-1) != 0 || h.maxBits == 0 || h.maxBits > 64 || h.rows > 64 {
		return nil, damaged("a fractal heap", address)
	}
	h.offsets = int(h.maxBits+7) / 8
	h.lengths = min((bits.Len64(h.maxDirect-1)+7)/8, (bits.Len32(maxObject)+7)/8)
	return h, nil
}

// object returns the bytes of the object with an identifier.
func (h *fractalHeap) object(id []byte) ([]byte, error) {
	c := h.f.cursor(id)
	switch kind := c.u8() >> 4 & 3; kind {
	case 0:
		offset, length := c.uint(h.offsets), c.uint(h.lengths)
		if c.short {
			return nil, damaged("a fractal heap", h.address)
		}
		return h.managed(offset, length)
	case 2: // in the identifier itself, whose first byte has the length less 1
		object := c.take(int(id[0]&0xf) + 1)
		if c.short {
			return nil, damaged("a fractal heap", h.address)
		}
		return object, nil
	default:
		return nil, unsupported("a huge object of a fractal heap (an attribute of more than 4 KiB beside more than 8 others)", repack)
	}
}

// blockSize returns the bytes of a block of a row.
func (h *fractalHeap) blockSize(row int) uint64 {
	return h.start << max(row-1, 0)
}

// managed returns length bytes at an offset of the heap.
func (h *fractalHeap) managed(offset, length uint64) ([]byte, error) {
	address, rows := h.root, h.rows
	first, size := uint64(0), h.start // of the block at address
	for depth := 0; rows > 0; depth++ {
		if depth > 8 {
			return nil, damaged("a fractal heap", h.address)
		}
		// Row r begins at 0 for r = 0, else at width·start·2^(r-1).
		within := offset - first
		row := bits.Len64(within / (h.width * h.start))
		if row >= rows {
			return nil, damaged("a fractal heap", h.address)
		}
		size = h.blockSize(row)
		rowFirst := uint64(0)
		if row > 0 {
			rowFirst = h.width * size
		}
		column := (within - rowFirst) / size
		first += rowFirst + column*size

		directRows := min(rows, bits.Len64(h.maxDirect/h.start)+1)
		entries := uint64(rows) * h.width
		n := 5 + uint64(h.f.offset) + uint64(h.offsets) + entries*uint64(h.f.offset) + 4
		c, err := h.f.block(address, n, "FHIB", "an indirect block of a fractal heap", true)
		if err != nil {
			return nil, err
		}
		c.skip(1 + h.f.offset + h.offsets + int(uint64(row)*h.width+column)*h.f.offset)
		address = c.address()
		if row < directRows {
			break
		}
		// The rows of a block of this size.
		rows = bits.Len64(size / (h.start * h.width))
		if rows == 0 {
			return nil, damaged("a fractal heap", h.address)
		}
	}
	if h.rows == 0 {
		// The root is the only block, and it may have grown.
		if offset > h.maxDirect {
			return nil, damaged("a fractal heap", h.address)
		}
		return h.f.bytes(address+offset, length, "an object of a fractal heap")
	}
	if within := offset - first; within > size || length > size-within {
		return nil, damaged("a fractal heap", h.address)
	}
	return h.f.bytes(address+offset-first, length, "an object of a fractal heap")
}

// records calls each with every record of a B-tree of version 2 in order.
func (f *File) records(address uint64, kind byte, each func(record []byte) error) error {
	n := 22 + uint64(f.offset) + uint64(f.lengths)
	c, err := f.block(address, n, "BTHD", "a B-tree", true)
	if err != nil {
		return err
	}
	t := treeReader{f: f, address: address, kind: kind, seen: map[uint64]bool{}, each: each}
	if version := c.u8(); version != 0 {
		return unsupported(fmt.Sprintf("B-tree version %d", version), repack)
	}
	if c.u8() != kind {
		return damaged("a B-tree", address)
	}
	t.nodeSize = uint64(c.u32())
	t.record = uint64(c.u16())
	depth := int(c.u16())
	c.skip(2) // when nodes are divided and merged
	root, count := c.address(), uint64(c.u16())
	if c.short || t.record == 0 || t.nodeSize < 10+t.record || t.nodeSize > maxBlock || depth > 16 {
		return damaged("a B-tree", address)
	}
	if root == undefined {
		return nil
	}
	// What a pointer to a child takes follows from how many records fit below it.
	most := (t.nodeSize - 10) / t.record
	t.countBytes = (bits.Len64(most) + 7) / 8
	total := most
	t.totalBytes = append(t.totalBytes, 0)
	for level := 1; level <= depth; level++ {
		pointer := uint64(f.offset + t.countBytes + t.totalBytes[level-1])
		if t.nodeSize < 10+pointer {
			return damaged("a B-tree", address)
		}
		most = (t.nodeSize - 10 - pointer) / (t.record + pointer)
		var ok bool
		if total, ok = product(most+1, total+1); !ok {
			return damaged("a B-tree", address)
		}
		total-- // (most+1)·total + most
		t.totalBytes = append(t.totalBytes, (bits.Len64(total)+7)/8)
	}
	return t.node(root, count, depth)
}

type treeReader struct {
	f          *File
	address    uint64
	kind       byte
	nodeSize   uint64
	record     uint64 // bytes of a record
	countBytes int    // of the number of records of a child
	totalBytes []int  // of the number of records below a child, by the child's level
	seen       map[uint64]bool
	each       func(record []byte) error
}

// node reads a node with count records; level 0 is a leaf.
func (t *treeReader) node(address, count uint64, level int) error {
	if t.seen[address] {
		return fmt.Errorf("a B-tree reaches its node at %d twice: damaged", address)
	}
	t.seen[address] = true
	letters, pointer := "BTLF", uint64(0)
	if level > 0 {
		letters = "BTIN"
		pointer = uint64(t.f.offset + t.countBytes + t.totalBytes[level-1])
	}
	n := 6 + count*t.record + 4
	if level > 0 {
		n += (count + 1) * pointer
	}
	if n > t.nodeSize {
		return damaged("a B-tree", address)
	}
	c, err := t.f.block(address, n, letters, "a node of a B-tree", true)
	if err != nil {
		return err
	}
	if c.u8() != 0 || c.u8() != t.kind {
		return damaged("a B-tree", address)
	}
	records := c.take(int(count * t.record))
	for i := range count + 1 {
		if level > 0 {
			child, n := c.address(), c.uint(t.countBytes)
			c.skip(t.totalBytes[level-1])
			if err := t.node(child, n, level-1); err != nil {
				return err
			}
		}
		if i < count {
			if err := t.each(records[i*t.record : (i+1)*t.record]); err != nil {
				return err
			}
		}
	}
	return nil
}
