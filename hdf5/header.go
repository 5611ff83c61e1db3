package hdf5

import "fmt"

// What a message of an object header holds.
const (
	msgSpace        = 0x01
	msgLinkInfo     = 0x02
	msgType         = 0x03
	msgOldFill      = 0x04
	msgFill         = 0x05
	msgLink         = 0x06
	msgExternal     = 0x07
	msgLayout       = 0x08
	msgGroupInfo    = 0x0a
	msgFilters      = 0x0b
	msgAttribute    = 0x0c
	msgContinuation = 0x10
	msgSymbols      = 0x11
	msgAttributes   = 0x15
	msgReferences   = 0x16
)

// flagShared marks a message whose body says where the message is.
const flagShared = 2

// message is one message of an object header.
type message struct {
	kind  uint16
	flags byte
	body  []byte
}

// header reads the messages of the object header at an address, of version 1 or 2, with
// all its continuations.
func (f *File) header(address uint64) ([]message, error) {
	start, err := f.bytes(address, 6, "an object header")
	if err != nil {
		return nil, err
	}
	h := headerReader{f: f, address: address, seen: map[uint64]bool{}}
	if string(start[:4]) == "OHDR" {
		err = h.version2(start[4], start[5])
	} else {
		err = h.version1(start[0])
	}
	return h.messages, err
}

type headerReader struct {
	f        *File
	address  uint64
	messages []message
	total    uint64 // bytes of all blocks
	seen     map[uint64]bool
	waiting  []span // continuations
}

type span struct{ address, length uint64 }

func (h *headerReader) version1(version byte) error {
	if version != 1 {
		return fmt.Errorf("no object header at %d: damaged", h.address)
	}
	b, err := h.f.bytes(h.address, 16, "an object header")
	if err != nil {
		return err
	}
	c := h.f.cursor(b[8:])
	h.waiting = append(h.waiting, span{h.address + 16, uint64(c.u32())})
	for len(h.waiting) > 0 {
		next, err := h.next()
		if err != nil {
			return err
		}
		b, err := h.f.bytes(next.address, next.length, "a block of an object header")
		if err != nil {
			return err
		}
		c := h.f.cursor(b)
		for len(c.b) >= 8 {
			m := message{kind: c.u16()}
			size := c.u16()
			m.flags = c.u8()
			c.skip(3)
			m.body = c.take(int(size))
			if c.short {
				return damaged("an object header", h.address)
			}
			h.add(m)
		}
	}
	return nil
}

func (h *headerReader) version2(version, flags byte) error {
	if version != 2 {
		return unsupported(fmt.Sprintf("object header version %d", version), repack)
	}
	prefix := uint64(6)
	if flags&0x20 != 0 {
		prefix += 16 // times
	}
	if flags&0x10 != 0 {
		prefix += 4 // when attributes become dense
	}
	width := uint64(1) << (flags & 3)
	b, err := h.f.bytes(h.address, prefix+width, "an object header")
	if err != nil {
		return err
	}
	c := h.f.cursor(b[prefix:])
	n := c.uint(int(width))
	if n > maxBlock {
		return damaged("an object header", h.address)
	}
	c, err = h.f.block(h.address, prefix+width+n+4, "OHDR", "an object header", true)
	if err != nil {
		return err
	}
	h.total = n
	c.skip(int(prefix + width - 4))
	for {
		if err := h.messages2(c, flags); err != nil {
			return err
		}
		if len(h.waiting) == 0 {
			return nil
		}
		next, err := h.next()
		if err != nil {
			return err
		}
		if c, err = h.f.block(next.address, next.length, "OCHK", "a block of an object header", true); err != nil {
			return err
		}
	}
}

// messages2 reads the messages of one block of version 2.
func (h *headerReader) messages2(c cursor, flags byte) error {
	head := 4
	if flags&4 != 0 {
		head = 6 // with the order of creation
	}
	for len(c.b) >= head {
		m := message{kind: uint16(c.u8())}
		size := c.u16()
		m.flags = c.u8()
		c.skip(head - 4)
		m.body = c.take(int(size))
		if c.short {
			return damaged("an object header", h.address)
		}
		h.add(m)
	}
	return nil
}

// add keeps a message, or what continues the header.
func (h *headerReader) add(m message) {
	if m.kind == msgContinuation {
		c := h.f.cursor(m.body)
		h.waiting = append(h.waiting, span{c.address(), c.length()})
		return
	}
	if m.kind != 0 {
		h.messages = append(h.messages, m)
	}
}

// next takes a continuation that has not been read.
func (h *headerReader) next() (span, error) {
	s := h.waiting[0]
	h.waiting = h.waiting[1:]
	if h.seen[s.address] {
		return s, fmt.Errorf("the object header at %d leads back to itself: damaged", h.address)
	}
	h.seen[s.address] = true
	if h.total += s.length; s.length > maxBlock || h.total > maxBlock {
		return s, unsupported(fmt.Sprintf("an object header of more than %d bytes", maxBlock), "")
	}
	return s, nil
}
