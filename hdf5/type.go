package hdf5

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Class says what the elements of an array are.
type Class int

// Classes of types.
const (
	Int       Class = iota // an integer of 1 to 8 bytes
	Float                  // IEEE 754, of 4 or 8 bytes
	Enum                   // an integer whose values have names
	String                 // text of Size bytes
	VarString              // text of any length
)

// Type is the type of the elements of a dataset or attribute.
type Type struct {
	Class     Class
	Size      int  // bytes of an element in the file
	Signed    bool // of Int and Enum
	BigEndian bool
	Names     []string // of Enum
	Values    []int64  // of Enum, beside Names
	padding   byte     // of String: 0 ends at NUL, 1 padded with NUL, 2 with blanks
}

// Types of numbers and strings that are written.
var (
	Int8    = Type{Class: Int, Size: 1, Signed: true}
	Int16   = Type{Class: Int, Size: 2, Signed: true}
	Int32   = Type{Class: Int, Size: 4, Signed: true}
	Int64   = Type{Class: Int, Size: 8, Signed: true}
	Uint8   = Type{Class: Int, Size: 1}
	Uint16  = Type{Class: Int, Size: 2}
	Uint32  = Type{Class: Int, Size: 4}
	Uint64  = Type{Class: Int, Size: 8}
	Float32 = Type{Class: Float, Size: 4, Signed: true}
	Float64 = Type{Class: Float, Size: 8, Signed: true}
)

// String returns the type in words, such as uint64, big-endian int32 or string of 24 bytes.
func (t Type) String() string {
	var s string
	switch t.Class {
	case String:
		return fmt.Sprintf("string of %d bytes", t.Size)
	case VarString:
		return "string of variable length"
	case Float:
		s = fmt.Sprintf("float%d", 8*t.Size)
	default:
		s = fmt.Sprintf("int%d", 8*t.Size)
		if !t.Signed {
			s = "u" + s
		}
	}
	if t.BigEndian && t.Size > 1 {
		s = "big-endian " + s
	}
	if t.Class == Enum {
		s = "enum over " + s
	}
	return s
}

// typeMessage reads the type of a message, which may be that of a named type elsewhere.
func (f *File) typeMessage(m *message) (Type, error) {
	body := m.body
	if m.flags&flagShared != 0 {
		var err error
		if body, err = f.namedType(body); err != nil {
			return Type{}, err
		}
	}
	c := f.cursor(body)
	return readType(&c)
}

// namedType returns the body of the type message to which a shared message leads.
func (f *File) namedType(body []byte) ([]byte, error) {
	c := f.cursor(body)
	version, kind := c.u8(), c.u8()
	if version == 1 {
		c.skip(6)
	}
	if version < 1 || version > 3 || version == 3 && kind != 2 {
		return nil, unsupported("a type in the table of shared messages", repack)
	}
	at := c.address()
	if c.short {
		return nil, fmt.Errorf("a shared type message is too short: damaged")
	}
	messages, err := f.header(at)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		if m.kind == msgType && m.flags&flagShared == 0 {
			return m.body, nil
		}
	}
	return nil, damaged("a named type", at)
}

// classNames has the format's classes.
var classNames = []string{"an integer", "a float", "a time", "a string", "a bit field", "an opaque type", "a compound type", "a reference", "an enumeration", "a sequence of variable length", "an array type"}

// readType reads a type and leaves the cursor behind it.
func readType(c *cursor) (Type, error) {
	head := c.u8()
	flags := c.uint(3)
	t := Type{Size: int(c.u32())}
	if c.short {
		return t, fmt.Errorf("a type message is too short: damaged")
	}
	class, version := head&15, head>>4
	if version < 1 || version > 4 {
		return t, unsupported(fmt.Sprintf("type message version %d", version), repack)
	}
	t.BigEndian = flags&1 != 0
	switch class {
	case 0:
		return t, t.readInt(c, flags)
	case 1:
		return t, t.readFloat(c, flags)
	case 3:
		t.Class, t.BigEndian, t.padding = String, false, byte(flags&15)
		if t.Size < 1 || t.padding > 2 {
			return t, fmt.Errorf("a string of %d bytes padded by rule %d: damaged", t.Size, t.padding)
		}
		return t, nil
	case 8:
		return t, t.readEnum(c, version, int(flags&0xffff))
	case 9:
		if flags&15 == 1 {
			t.Class, t.BigEndian = VarString, false
			if t.Size != 8+c.offset {
				return t, fmt.Errorf("a string of variable length takes %d bytes, not %d: damaged", t.Size, 8+c.offset)
			}
			return t, nil
		}
	}
	name := fmt.Sprintf("type class %d", class)
	if int(class) < len(classNames) {
		name = classNames[class]
	}
	return t, unsupported(name, "")
}

func (t *Type) readInt(c *cursor, flags uint64) error {
	t.Class, t.Signed = Int, flags&8 != 0
	start, bits := c.u16(), c.u16()
	if c.short || t.Size < 1 || t.Size > 8 || start != 0 || int(bits) != 8*t.Size {
		return unsupported(fmt.Sprintf("an integer of %d bits in %d bytes", bits, t.Size), "")
	}
	return nil
}

// IEEE 754 as the format describes it: place of the sign; bits from 0 on, exponent from and
// of, mantissa from and of, bias.
var ieee = map[int]struct {
	sign   byte
	layout [12]byte
}{
	4: {31, [12]byte{0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0}},
	8: {63, [12]byte{0, 0, 64, 0, 52, 11, 0, 52, 0xff, 3, 0, 0}},
}

func (t *Type) readFloat(c *cursor, flags uint64) error {
	t.Class, t.Signed = Float, true
	layout := c.take(12)
	form, ok := ieee[t.Size]
	// Bit 6 is the order of bytes of a VAX; bits 4 and 5 are 2 where the first bit of the
	// mantissa is implied.
	if c.short || !ok || flags&0x40 != 0 || flags>>4&3 != 2 || byte(flags>>8) != form.sign || !slices.Equal(layout, form.layout[:]) {
		return unsupported(fmt.Sprintf("a float of %d bytes that is not IEEE 754 of 4 or 8", t.Size), "")
	}
	return nil
}

func (t *Type) readEnum(c *cursor, version byte, n int) error {
	base, err := readType(c)
	if err != nil {
		return err
	}
	if base.Class != Int || base.Size != t.Size {
		return unsupported("an enumeration over what is no integer of its size", "")
	}
	*t = base
	t.Class = Enum
	for range n {
		before := len(c.b)
		name := c.name()
		if version < 3 {
			c.skip(padded(before-len(c.b)) - (before - len(c.b)))
		}
		t.Names = append(t.Names, name)
		if c.short {
			return fmt.Errorf("an enumeration of %d names is too short: damaged", n)
		}
	}
	for range n {
		t.Values = append(t.Values, t.int64(c.take(t.Size)))
		if c.short {
			return fmt.Errorf("an enumeration of %d values is too short: damaged", n)
		}
	}
	return nil
}

// bits returns the bits of one element.
func (t *Type) bits(b []byte) uint64 {
	switch {
	case len(b) == 8 && !t.BigEndian:
		return binary.LittleEndian.Uint64(b)
	case len(b) == 4 && !t.BigEndian:
		return uint64(binary.LittleEndian.Uint32(b))
	}
	var v uint64
	for i := range b {
		if t.BigEndian {
			v = v<<8 | uint64(b[i])
		} else {
			v |= uint64(b[i]) << (8 * i)
		}
	}
	return v
}

// int64 returns an integer, extended by its sign; one of 64 bits without a sign wraps.
func (t *Type) int64(b []byte) int64 {
	v := t.bits(b)
	if t.Signed && len(b) < 8 {
		shift := 64 - 8*len(b)
		return int64(v<<shift) >> shift
	}
	return int64(v)
}

// readSpace reads a dataspace: the shape, empty for a scalar. null says that there is no
// element at all.
func readSpace(c *cursor) (shape []uint64, null bool, err error) {
	version, rank, flags, kind := c.u8(), int(c.u8()), c.u8(), byte(1)
	switch version {
	case 1:
		c.skip(5)
	case 2:
		kind = c.u8()
	default:
		return nil, false, unsupported(fmt.Sprintf("dataspace version %d", version), repack)
	}
	for range rank {
		shape = append(shape, c.length())
	}
	if flags&1 != 0 {
		c.skip(rank * c.lengths) // how far they may grow
	}
	if c.short || kind > 2 || kind != 1 && rank != 0 || rank > 32 {
		return nil, false, fmt.Errorf("a dataspace of %d dimensions is not as the format has it: damaged", rank)
	}
	if _, ok := product(shape...); !ok {
		return nil, false, fmt.Errorf("a dataspace of more elements than a file can have: damaged")
	}
	return shape, kind == 2, nil
}
