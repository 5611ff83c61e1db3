package hdf5

import "fmt"

// symbols reads the links of a group of the old form: a B-tree whose leaves are nodes of
// symbols, with the names in a local heap.
func (f *File) symbols(tree, heap uint64) ([]Link, error) {
	// HEAP: version, 3 unused, size of the data, free list, address of the data.
	c, err := f.block(heap, 8+2*uint64(f.lengths)+uint64(f.offset), "HEAP", "a local heap", false)
	if err != nil {
		return nil, err
	}
	c.skip(4)
	size := c.length()
	c.length()
	names, err := f.bytes(c.address(), size, "the names of a group")
	if err != nil {
		return nil, err
	}
	s := symbolReader{f: f, names: names, seen: map[uint64]bool{}}
	return s.links, s.node(tree, -1)
}

type symbolReader struct {
	f     *File
	names []byte
	seen  map[uint64]bool // nodes: a file that reaches one twice would be read without end
	links []Link
}

// node reads a node of the tree. level is what its parent expects; -1 for the root.
func (s *symbolReader) node(address uint64, level int) error {
	if s.seen[address] {
		return fmt.Errorf("a B-tree reaches its node at %d twice: damaged", address)
	}
	s.seen[address] = true
	head, err := s.f.treeNode(address, 0)
	if err != nil {
		return err
	}
	if level >= 0 && head.level != level {
		return damaged("a B-tree", address)
	}
	key, child := s.f.lengths, s.f.offset
	b, err := s.f.bytes(address, uint64(head.size+head.entries*(key+child)+key), "a node of a B-tree")
	if err != nil {
		return err
	}
	c := s.f.cursor(b[head.size:])
	for range head.entries {
		c.skip(key)
		at := c.address()
		if head.level > 0 {
			err = s.node(at, head.level-1)
		} else {
			err = s.leaf(at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leaf reads a node of symbols.
func (s *symbolReader) leaf(address uint64) error {
	if s.seen[address] {
		return fmt.Errorf("a B-tree reaches the symbols at %d twice: damaged", address)
	}
	s.seen[address] = true
	c, err := s.f.block(address, 8, "SNOD", "a node of symbols", false)
	if err != nil {
		return err
	}
	c.skip(2)
	n := int(c.u16())
	entry := 2*s.f.offset + 24
	b, err := s.f.bytes(address+8, uint64(n*entry), "a node of symbols")
	if err != nil {
		return err
	}
	c = s.f.cursor(b)
	for range n {
		l := Link{}
		name := c.address()
		l.address = c.address()
		cached := c.u32()
		c.skip(4)
		scratch := c.take(16)
		if l.Name, err = s.name(name); err != nil {
			return err
		}
		if cached == 2 {
			target := s.f.cursor(scratch)
			l.Kind = Soft
			if l.Target, err = s.name(uint64(target.u32())); err != nil {
				return err
			}
		}
		s.links = append(s.links, l)
	}
	return nil
}

// name returns the text at an offset of the local heap.
func (s *symbolReader) name(offset uint64) (string, error) {
	if offset >= uint64(len(s.names)) {
		return "", fmt.Errorf("a name at %d of a local heap of %d bytes: damaged", offset, len(s.names))
	}
	c := cursor{b: s.names[offset:]}
	name := c.name()
	if c.short {
		return "", fmt.Errorf("a name at %d of a local heap does not end: damaged", offset)
	}
	return name, nil
}

// treeHead is the beginning of a node of a B-tree of version 1.
type treeHead struct {
	level   int // 0 for a leaf
	entries int
	size    int // bytes before the first key
}

// treeNode reads the beginning of a node of a B-tree of version 1: kind 0 for groups, 1
// for chunks.
func (f *File) treeNode(address uint64, kind byte) (treeHead, error) {
	h := treeHead{size: 8 + 2*f.offset}
	c, err := f.block(address, uint64(h.size), "TREE", "a node of a B-tree", false)
	if err != nil {
		return h, err
	}
	if c.u8() != kind {
		return h, damaged("a B-tree", address)
	}
	h.level = int(c.u8())
	h.entries = int(c.u16())
	return h, nil
}
