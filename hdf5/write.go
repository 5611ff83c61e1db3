package hdf5

import (
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// Writer writes a file. Values go to the file as they come; names, attributes and the
// superblock follow at Close, so that a file whose writing was broken off is none: it has
// no signature. A Writer is for one goroutine.
type Writer struct {
	w       io.WriterAt
	end     uint64 // where the next block goes
	root    *GroupWriter
	heap    heapWriter
	deflate map[int]*zlib.Writer // by level
	err     error                // of w, the first, for good
	closed  bool
}

// superblockSize is the bytes of a superblock of version 2.
const superblockSize = 48

// Create returns a Writer of a file that is empty so far. Close writes what is left; it
// does not close w.
func Create(w io.WriterAt) *Writer {
	out := &Writer{w: w, end: superblockSize, deflate: map[int]*zlib.Writer{}}
	out.root = &GroupWriter{header{w: out, path: "/"}, nil, map[string]bool{}}
	return out
}

// Root returns the root group.
func (w *Writer) Root() *GroupWriter { return w.root }

// Close writes the last chunks, all names and attributes and the superblock. It returns the
// first error that writing had.
func (w *Writer) Close() error {
	if w.closed {
		return w.err
	}
	w.closed = true
	root := w.root.write()
	w.heap.flush(w)
	b := append([]byte(signature), 2, 8, 8, 0)
	for _, address := range []uint64{0, undefined, w.end, root} {
		b = binary.LittleEndian.AppendUint64(b, address)
	}
	w.writeAt(binary.LittleEndian.AppendUint32(b, lookup3(b)), 0)
	return w.err
}

// reserve returns the address of n bytes that will be written.
func (w *Writer) reserve(n int) uint64 {
	at := (w.end + 7) &^ 7
	w.end = at + uint64(n)
	return at
}

// writeAt writes at a reserved address. After an error nothing more is written.
func (w *Writer) writeAt(b []byte, address uint64) {
	if w.err == nil {
		_, w.err = w.w.WriteAt(b, int64(address))
	}
}

// put writes a block and returns its address.
func (w *Writer) put(b []byte) uint64 {
	at := w.reserve(len(b))
	w.writeAt(b, at)
	return at
}

// header is what groups and datasets have in common: their object header.
type header struct {
	w        *Writer
	path     string
	messages []message // attributes
	links    int       // that lead to it
	address  uint64    // once written
}

// GroupWriter is a group that is being written.
type GroupWriter struct {
	header
	children []child
	names    map[string]bool
}

// child is a link: to a group or to a dataset.
type child struct {
	name    string
	group   *GroupWriter
	dataset *DatasetWriter
}

// maxLinks is how many links a group may have: more would need an index.
const maxLinks = math.MaxUint16

// link adds a name.
func (g *GroupWriter) link(c child) error {
	switch {
	case g.w.closed:
		return fmt.Errorf("hdf5: %s: the file is closed", g.at(c.name))
	case c.name == "" || c.name == "." || strings.ContainsAny(c.name, "/\x00") || !utf8.ValidString(c.name) || len(c.name) > 1<<15:
		return fmt.Errorf("hdf5: %q in %s: a name has at least one sign, no slash, no NUL, is no single point and is UTF-8 of at most 32 KiB", c.name, g.path)
	case g.names[c.name]:
		return fmt.Errorf("hdf5: %s: there is one already", g.at(c.name))
	case len(g.children) == maxLinks:
		return fmt.Errorf("hdf5: %s has %d links, the most that are written in one group", g.path, maxLinks)
	}
	g.names[c.name] = true
	g.children = append(g.children, c)
	return nil
}

func (g *GroupWriter) at(name string) string {
	return strings.TrimSuffix(g.path, "/") + "/" + name
}

// Group makes a group in g. The error says that the name is there already or is none.
func (g *GroupWriter) Group(name string) (*GroupWriter, error) {
	out := &GroupWriter{header{w: g.w, path: g.at(name), links: 1}, nil, map[string]bool{}}
	return out, g.link(child{name: name, group: out})
}

// Link gives a dataset of the same file one more name.
func (g *GroupWriter) Link(name string, to *DatasetWriter) error {
	if to.w != g.w {
		return fmt.Errorf("hdf5: %s: a link to a dataset of another file", g.at(name))
	}
	if err := g.link(child{name: name, dataset: to}); err != nil {
		return err
	}
	to.links++
	return nil
}

// EnumValue is the value of an attribute that is an enumeration over uint8: the names of
// the numbers 0, 1 ..., and which of them it is.
type EnumValue struct {
	Names []string
	Value uint8
}

// SetAttribute adds an attribute. value is a number or a slice of numbers, of a type of fixed
// size (uint32, []float64 ...); a string, which is written as UTF-8 of variable length;
// or an EnumValue. The error says that the attribute is there already or takes more than
// 64 KiB; a value of another type is one too.
func (h *header) SetAttribute(name string, value any) error {
	if name == "" || strings.Contains(name, "\x00") || !utf8.ValidString(name) {
		return fmt.Errorf("hdf5: attribute %q of %s: a name has at least one sign, no NUL and is UTF-8", name, h.path)
	}
	var kind, data []byte
	var shape []uint64
	switch v := value.(type) {
	case string:
		kind = encodeType(Type{Class: VarString, Size: 16})
		data = h.w.heap.add(h.w, nil, v)
	case EnumValue:
		if int(v.Value) >= len(v.Names) || len(v.Names) > math.MaxUint8 {
			return fmt.Errorf("hdf5: attribute %s of %s: value %d of %d names", name, h.path, v.Value, len(v.Names))
		}
		t := Type{Class: Enum, Size: 1, Names: v.Names}
		for i := range v.Names {
			t.Values = append(t.Values, int64(i))
		}
		kind, data = encodeType(t), []byte{v.Value}
	default:
		t, n, scalar, ok := typeOf(value)
		if !ok {
			return fmt.Errorf("hdf5: attribute %s of %s: a value of type %T is not written", name, h.path, value)
		}
		if !scalar {
			shape = []uint64{uint64(n)}
		}
		kind = encodeType(t)
		var err error
		if data, err = binary.Append(nil, binary.LittleEndian, value); err != nil {
			return fmt.Errorf("hdf5: attribute %s of %s: %w", name, h.path, err)
		}
	}
	space := encodeSpace(shape, nil)
	b := []byte{3, 0}
	for _, n := range []int{len(name) + 1, len(kind), len(space)} {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	b = append(b, 1) // UTF-8
	b = append(append(b, name...), 0)
	head := len(b)
	b = append(append(append(b, kind...), space...), data...)
	if len(b) > math.MaxUint16 || len(name) > 1<<15 {
		return fmt.Errorf("hdf5: attribute %s of %s takes %d bytes: at most %d; write a dataset", name, h.path, len(b), math.MaxUint16)
	}
	for _, m := range h.messages {
		if len(m.body) >= head && string(m.body[9:head]) == string(b[9:head]) {
			return fmt.Errorf("hdf5: attribute %s of %s: there is one already", name, h.path)
		}
	}
	h.messages = append(h.messages, message{kind: msgAttribute, body: b})
	return nil
}

// write writes the group and all below it that is not written yet.
func (g *GroupWriter) write() uint64 {
	// No heap and no index: the links are messages. As many may become messages when other
	// programs add to them.
	info := binary.LittleEndian.AppendUint64([]byte{0, 0}, undefined)
	info = binary.LittleEndian.AppendUint64(info, undefined)
	group := binary.LittleEndian.AppendUint16([]byte{0, 1}, maxLinks)
	group = binary.LittleEndian.AppendUint16(group, 6)
	messages := []message{{msgLinkInfo, 0, info}, {msgGroupInfo, 1, group}}
	for _, c := range g.children {
		var to uint64
		if c.group != nil {
			to = c.group.write()
		} else {
			to = c.dataset.write()
		}
		messages = append(messages, message{msgLink, 0, encodeLink(c.name, to)})
	}
	return g.header.write(messages)
}

// write writes an object header of version 2, without times.
func (h *header) write(messages []message) uint64 {
	if len(h.messages) > 0 {
		// Without it the library reads attributes, but counts none, and h5repack loses them.
		info := binary.LittleEndian.AppendUint64([]byte{0, 0}, undefined)
		messages = append(messages, message{msgAttributes, 4, binary.LittleEndian.AppendUint64(info, undefined)})
	}
	messages = append(messages, h.messages...)
	if h.links > 1 {
		messages = append(messages, message{msgReferences, 0, binary.LittleEndian.AppendUint32([]byte{0}, uint32(h.links))})
	}
	size := 0
	for _, m := range messages {
		size += 4 + len(m.body)
	}
	b := append(make([]byte, 0, size+14), "OHDR\x02\x02"...) // the size has 4 bytes
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	for _, m := range messages {
		b = append(b, byte(m.kind))
		b = binary.LittleEndian.AppendUint16(b, uint16(len(m.body)))
		b = append(append(b, m.flags), m.body...)
	}
	h.address = h.w.put(binary.LittleEndian.AppendUint32(b, lookup3(b)))
	return h.address
}

// encodeLink encodes a link by address.
func encodeLink(name string, address uint64) []byte {
	b := []byte{1, 0x11, 1} // the name has a length of 2 bytes and is UTF-8
	b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
	return binary.LittleEndian.AppendUint64(append(b, name...), address)
}

// encodeSpace encodes a shape. limits is how far it may grow; nil if it may not.
func encodeSpace(shape, limits []uint64) []byte {
	b := []byte{2, byte(len(shape)), 0, 0}
	if len(shape) > 0 {
		b[3] = 1
	}
	if limits != nil {
		b[2] = 1
	}
	for _, n := range append(append([]uint64{}, shape...), limits...) {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

// encodeType encodes a type; numbers are little-endian.
func encodeType(t Type) []byte {
	head := func(class byte, flags uint32) []byte {
		b := binary.LittleEndian.AppendUint32(nil, flags<<8|uint32(class)|0x10)
		return binary.LittleEndian.AppendUint32(b, uint32(t.Size))
	}
	switch t.Class {
	case Float:
		form := ieee[t.Size]
		return append(head(1, uint32(form.sign)<<8|0x20), form.layout[:]...)
	case VarString: // ends at NUL, UTF-8, a sequence of bytes
		return append(head(9, 0x101), encodeType(Uint8)...)
	case Enum:
		base := Type{Class: Int, Size: t.Size, Signed: t.Signed}
		b := append(head(8, uint32(len(t.Names))), encodeType(base)...)
		for _, name := range t.Names {
			b = append(append(b, name...), make([]byte, padded(len(name)+1)-len(name))...)
		}
		for _, v := range t.Values {
			for k := range t.Size {
				b = append(b, byte(v>>(8*k)))
			}
		}
		return b
	}
	flags := uint32(0)
	if t.Signed {
		flags = 8
	}
	return binary.LittleEndian.AppendUint16(append(head(0, flags), 0, 0), uint16(8*t.Size))
}

// typeOf returns the type and the number of values that are numbers of fixed size.
func typeOf(values any) (t Type, n int, scalar, ok bool) {
	switch v := values.(type) {
	case int8:
		return Int8, 1, true, true
	case int16:
		return Int16, 1, true, true
	case int32:
		return Int32, 1, true, true
	case int64:
		return Int64, 1, true, true
	case uint8:
		return Uint8, 1, true, true
	case uint16:
		return Uint16, 1, true, true
	case uint32:
		return Uint32, 1, true, true
	case uint64:
		return Uint64, 1, true, true
	case float32:
		return Float32, 1, true, true
	case float64:
		return Float64, 1, true, true
	case []int8:
		return Int8, len(v), false, true
	case []int16:
		return Int16, len(v), false, true
	case []int32:
		return Int32, len(v), false, true
	case []int64:
		return Int64, len(v), false, true
	case []uint8:
		return Uint8, len(v), false, true
	case []uint16:
		return Uint16, len(v), false, true
	case []uint32:
		return Uint32, len(v), false, true
	case []uint64:
		return Uint64, len(v), false, true
	case []float32:
		return Float32, len(v), false, true
	case []float64:
		return Float64, len(v), false, true
	}
	return Type{}, 0, false, false
}

// heapWriter gathers strings in global heap collections.
type heapWriter struct {
	b       []byte // of the collection, from its beginning
	address uint64
	size    int // bytes that the collection will have
	next    uint16
}

// collectionSize is the least size of a collection (bytes).
const collectionSize = 4096

// add puts a string into the heap and appends the 16 bytes that lead to it to dst.
func (h *heapWriter) add(w *Writer, dst []byte, s string) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
	if s == "" {
		return append(dst, make([]byte, 12)...)
	}
	n := 16 + padded(len(s))
	if h.b != nil && len(h.b)+n > h.size {
		h.flush(w)
	}
	if h.b == nil {
		h.size = max(collectionSize, 16+n)
		h.address = w.reserve(h.size)
		h.b = append([]byte("GCOL\x01\x00\x00\x00"), make([]byte, 8)...)
		binary.LittleEndian.PutUint64(h.b[8:], uint64(h.size))
		h.next = 1
	}
	h.b = binary.LittleEndian.AppendUint16(h.b, h.next)
	h.b = append(h.b, make([]byte, 6)...)
	h.b = binary.LittleEndian.AppendUint64(h.b, uint64(len(s)))
	h.b = append(append(h.b, s...), make([]byte, padded(len(s))-len(s))...)
	dst = binary.LittleEndian.AppendUint64(dst, h.address)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(h.next))
	h.next++
	return dst
}

// flush writes the collection that is open.
func (h *heapWriter) flush(w *Writer) {
	if h.b == nil {
		return
	}
	if rest := h.size - len(h.b); rest >= 16 { // free space is the object 0
		h.b = append(h.b, make([]byte, 8)...)
		h.b = binary.LittleEndian.AppendUint64(h.b, uint64(rest))
	}
	w.writeAt(append(h.b, make([]byte, h.size-len(h.b))...), h.address)
	h.b = nil
}
