package hdf5

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Attribute is a small array with a name that belongs to an object.
type Attribute struct {
	Name  string
	Type  Type
	Shape []uint64 // empty for a scalar
	f     *File
	path  string
	data  []byte
	err   error // why its values are not read
}

// Attributes returns the attributes of o by ascending name. One of a type that is not read
// is among them; its values are refused when they are asked for.
func (o *Object) Attributes() ([]*Attribute, error) {
	var all []*Attribute
	add := func(body []byte) error {
		a, err := o.f.attribute(body, o.path)
		if err != nil {
			return err
		}
		all = append(all, a)
		return nil
	}
	for _, m := range o.messages {
		var err error
		switch m.kind {
		case msgAttribute:
			if m.flags&flagShared != 0 {
				err = unsupported("an attribute in the table of shared messages", repack)
			} else {
				err = add(m.body)
			}
		case msgAttributes:
			c := o.f.cursor(m.body)
			version, flags := c.u8(), c.u8()
			if version != 0 {
				return nil, fmt.Errorf("%s: %w", o.path, unsupported(fmt.Sprintf("attribute info version %d", version), repack))
			}
			if flags&1 != 0 {
				c.skip(2) // greatest order of creation
			}
			heap, names := c.address(), c.address()
			if c.short {
				err = fmt.Errorf("an attribute info message is too short: damaged")
			} else if heap != undefined {
				err = o.f.dense(heap, names, 8, 0, add)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("attributes of %s: %w", o.path, err)
		}
	}
	slices.SortFunc(all, func(a, b *Attribute) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Attribute returns the attribute of o with a name. The error wraps fs.ErrNotExist if there
// is none.
func (o *Object) Attribute(name string) (*Attribute, error) {
	all, err := o.Attributes()
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.Name == name {
			return a, nil
		}
	}
	return nil, fmt.Errorf("attribute %s of %s: %w", name, o.path, fs.ErrNotExist)
}

// attribute reads an attribute message. Where its type is not read, the error stays with
// the attribute.
func (f *File) attribute(body []byte, path string) (*Attribute, error) {
	c := f.cursor(body)
	version, flags := c.u8(), c.u8()
	if version < 1 || version > 3 {
		return nil, unsupported(fmt.Sprintf("attribute version %d", version), repack)
	}
	sizes := [3]int{int(c.u16()), int(c.u16()), int(c.u16())}
	if version == 3 {
		c.skip(1) // character set of the name
	}
	var parts [3][]byte // name, type, space
	for i, n := range sizes {
		if version == 1 {
			n = padded(n)
		}
		parts[i] = c.take(n)
	}
	if c.short {
		return nil, fmt.Errorf("an attribute message is too short: damaged")
	}
	a := &Attribute{Name: cString(parts[0]), f: f, path: path, data: c.b}
	a.err = a.read(parts[1], parts[2], version > 1 && flags&1 != 0, version > 1 && flags&2 != 0)
	return a, nil
}

// read reads type and space, and cuts the data to their size.
func (a *Attribute) read(kind, space []byte, sharedType, sharedSpace bool) error {
	m := message{kind: msgType, body: kind}
	if sharedType {
		m.flags = flagShared
	}
	var err error
	if a.Type, err = a.f.typeMessage(&m); err != nil {
		return err
	}
	if sharedSpace {
		return unsupported("a shared dataspace", repack)
	}
	c := a.f.cursor(space)
	var null bool
	if a.Shape, null, err = readSpace(&c); err != nil {
		return err
	}
	n, ok := product(append([]uint64{uint64(a.Type.Size)}, a.Shape...)...)
	if null {
		n, a.Shape = 0, []uint64{0}
	}
	if !ok || n > uint64(len(a.data)) {
		return fmt.Errorf("has %d bytes, and its type and shape take more: damaged", len(a.data))
	}
	a.data = a.data[:n]
	return nil
}

// values returns an error that names the attribute.
func (a *Attribute) fail(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("attribute %s of %s: %w", a.Name, a.path, err)
}

// Strings returns the values of an attribute of text.
func (a *Attribute) Strings() ([]string, error) {
	if a.err != nil {
		return nil, a.fail(a.err)
	}
	if a.Type.Class != String && a.Type.Class != VarString {
		return nil, a.fail(fmt.Errorf("is %s, no text", a.Type))
	}
	out, err := a.f.texts(&a.Type, a.data)
	return out, a.fail(err)
}

// Float64s returns the values of an attribute of numbers.
func (a *Attribute) Float64s() ([]float64, error) { return attributeValues[float64](a) }

// Int64s returns the values of an attribute of integers or of an enumeration.
func (a *Attribute) Int64s() ([]int64, error) { return attributeValues[int64](a) }

// Uint64s returns the values of an attribute of integers or of an enumeration.
func (a *Attribute) Uint64s() ([]uint64, error) { return attributeValues[uint64](a) }

// Bytes returns the values as they are in the file.
func (a *Attribute) Bytes() ([]byte, error) { return a.data, a.fail(a.err) }

func attributeValues[T Value](a *Attribute) ([]T, error) {
	if a.err != nil {
		return nil, a.fail(a.err)
	}
	out := make([]T, len(a.data)/a.Type.Size)
	return out, a.fail(convert(out, a.data, &a.Type))
}
