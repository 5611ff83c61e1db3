package hdf5

import (
	"fmt"
	"slices"
)

// Dataset is an array of a file.
type Dataset struct {
	Type  Type
	Shape []uint64 // empty for a scalar
	Chunk []uint64 // shape of a chunk; nil if the array is not chunked

	f       *File
	path    string
	size    uint64 // bytes of an element
	fill    []byte // value of elements that were never written; nil for 0
	compact []byte // the array of a compact dataset
	address uint64 // of the array or of the tree of chunks; undefined if there is none
	filters []filter
	cached  []uint64 // which chunk is in chunk
	chunk   []byte

	// Memory that is used again, so that reading in blocks leaves none behind: a block; a chunk as
	// it is in the file and behind each of its filters, of which none comes twice.
	block, stored, inflated, ordered []byte
	inflater                         inflater
}

// Dataset returns the dataset that o is. The error says that o is none, wraps
// ErrUnsupported if the dataset is of a form that is not read, or says where the file is
// damaged.
func (o *Object) Dataset() (*Dataset, error) {
	d := &Dataset{f: o.f, path: o.path}
	if !o.IsDataset() {
		return nil, d.fail(fmt.Errorf("is no dataset"))
	}
	return d, d.fail(d.read(o))
}

// Dataset returns the dataset with a path from the root.
func (f *File) Dataset(path string) (*Dataset, error) {
	o, err := f.Object(path)
	if err != nil {
		return nil, err
	}
	return o.Dataset()
}

func (d *Dataset) fail(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", d.path, err)
}

func (d *Dataset) read(o *Object) error {
	kind, space := o.find(msgType), o.find(msgSpace)
	if kind == nil || space == nil {
		return fmt.Errorf("has no type or no shape: damaged")
	}
	var err error
	if d.Type, err = o.f.typeMessage(kind); err != nil {
		return err
	}
	d.size = uint64(d.Type.Size)
	if d.size > maxBlock {
		return unsupported(fmt.Sprintf("an element of %d bytes", d.size), "")
	}
	if space.flags&flagShared != 0 {
		return unsupported("a shared dataspace", repack)
	}
	c := o.f.cursor(space.body)
	var null bool
	if d.Shape, null, err = readSpace(&c); err != nil {
		return err
	}
	if null {
		d.Shape = []uint64{0}
	}
	total, ok := product(append([]uint64{d.size}, d.Shape...)...)
	if !ok {
		return fmt.Errorf("has more bytes than a file can have: damaged")
	}
	if o.find(msgExternal) != nil {
		return unsupported("a dataset whose values are in other files", "h5repack -l CONTI OLD NEW brings them into one")
	}
	if err := d.readFill(o); err != nil {
		return err
	}
	if m := o.find(msgFilters); m != nil {
		if d.filters, err = readFilters(m.body); err != nil {
			return err
		}
	}
	return d.readLayout(o.find(msgLayout), total)
}

// readLayout reads where the values are. total is how many bytes they have.
func (d *Dataset) readLayout(m *message, total uint64) error {
	c := d.f.cursor(m.body)
	version, class := c.u8(), c.u8()
	if version != 3 && version != 4 {
		return unsupported(fmt.Sprintf("layout version %d", version), repack)
	}
	switch class {
	case 0:
		d.compact = c.take(int(c.u16()))
		if c.short || uint64(len(d.compact)) < total {
			return fmt.Errorf("a compact dataset has %d bytes, and its type and shape take %d: damaged", len(d.compact), total)
		}
	case 1:
		d.address = c.address()
		if size := c.length(); c.short || d.address != undefined && size < total {
			return fmt.Errorf("a contiguous dataset has %d bytes, and its type and shape take %d: damaged", size, total)
		}
		if d.address != undefined {
			return d.f.within(d.address, total, "a contiguous dataset")
		}
	case 2:
		if version != 3 {
			return unsupported("a chunked dataset of layout version 4", repack)
		}
		return d.readChunked(&c)
	case 3:
		return unsupported("a virtual dataset", "h5repack -l CONTI OLD NEW brings its values into one file")
	default:
		return fmt.Errorf("layout class %d is not of the format: damaged", class)
	}
	return nil
}

// readFill reads the value of elements that were never written.
func (d *Dataset) readFill(o *Object) error {
	var value []byte
	if m := o.find(msgFill); m != nil {
		c := d.f.cursor(m.body)
		version := c.u8()
		defined := false
		switch version {
		case 1, 2:
			c.skip(2)
			defined = c.u8() != 0
		case 3:
			defined = c.u8()&0x20 != 0
		default:
			return unsupported(fmt.Sprintf("fill value version %d", version), repack)
		}
		if defined {
			value = c.take(int(c.u32()))
		}
		if c.short {
			return fmt.Errorf("a fill value message is too short: damaged")
		}
	} else if m := o.find(msgOldFill); m != nil {
		c := d.f.cursor(m.body)
		if value = c.take(int(c.u32())); c.short {
			return fmt.Errorf("a fill value message is too short: damaged")
		}
	}
	if len(value) == 0 {
		return nil
	}
	if uint64(len(value)) != d.size {
		return fmt.Errorf("a fill value of %d bytes for elements of %d: damaged", len(value), d.size)
	}
	for _, b := range value {
		if b != 0 {
			d.fill = value
		}
	}
	return nil
}

// Len returns the number of elements.
func (d *Dataset) Len() uint64 {
	n, _ := product(d.Shape...)
	return n
}

// Path returns the path by which the dataset was opened.
func (d *Dataset) Path() string { return d.path }

// Bytes reads a box of elements into dst as they are in the file, in row-major order. dst
// has the bytes of all of them. For a scalar start and count are empty.
func (d *Dataset) Bytes(dst []byte, start, count []uint64) error {
	if len(start) != len(d.Shape) || len(count) != len(d.Shape) {
		return d.fail(fmt.Errorf("a box of %d dimensions in an array of %d", len(start), len(d.Shape)))
	}
	for i, n := range d.Shape {
		if start[i] > n || count[i] > n-start[i] {
			return d.fail(fmt.Errorf("a box from %d on of %d elements in a dimension of %d", start[i], count[i], n))
		}
	}
	if n, ok := product(append([]uint64{d.size}, count...)...); !ok || n != uint64(len(dst)) {
		return d.fail(fmt.Errorf("a box of %d bytes is read into %d", n, len(dst)))
	}
	return d.fail(d.bytes(dst, start, count))
}

func (d *Dataset) bytes(dst []byte, start, count []uint64) error {
	if d.Chunk != nil {
		return d.readChunks(dst, start, count)
	}
	if d.compact == nil && d.address == undefined {
		d.fillWith(dst)
		return nil
	}
	return runs(count, d.Shape, start, count, make([]uint64, len(count)), func(a, b, n uint64) error {
		to := dst[b*d.size : (b+n)*d.size]
		if d.compact != nil {
			copy(to, d.compact[a*d.size:])
			return nil
		}
		return d.f.readAt(to, d.address+a*d.size, "a contiguous dataset")
	})
}

// fillWith sets elements to the fill value.
func (d *Dataset) fillWith(dst []byte) {
	if d.fill == nil {
		clear(dst)
		return
	}
	for len(dst) > 0 {
		dst = dst[copy(dst, d.fill):]
	}
}

// window returns the whole rows of the array that begin with the element first of its first
// dimension, n of them.
func (d *Dataset) window(first, n uint64) (start, count []uint64) {
	start, count = make([]uint64, len(d.Shape)), slices.Clone(d.Shape)
	if len(d.Shape) > 0 {
		start[0], count[0] = first, n
	}
	return start, count
}

// ReadFloat64s reads n rows from the row first on; a row is all that has one index of the
// first dimension, so one element of an array of one dimension. Integers of more than 53
// bits are refused.
func (d *Dataset) ReadFloat64s(first, n uint64) ([]float64, error) {
	return datasetValues[float64](d, first, n)
}

// ReadInt64s is ReadFloat64s for integers and enumerations.
func (d *Dataset) ReadInt64s(first, n uint64) ([]int64, error) {
	return datasetValues[int64](d, first, n)
}

// ReadUint64s is ReadFloat64s for integers from 0 on.
func (d *Dataset) ReadUint64s(first, n uint64) ([]uint64, error) {
	return datasetValues[uint64](d, first, n)
}

// ReadStrings is ReadFloat64s for text. At most 64 MiB of it are read at once.
func (d *Dataset) ReadStrings(first, n uint64) ([]string, error) {
	if d.Type.Class != String && d.Type.Class != VarString {
		return nil, d.fail(fmt.Errorf("is %s, no text", d.Type))
	}
	b, err := d.rows(first, n)
	if err != nil {
		return nil, err
	}
	out, err := d.f.texts(&d.Type, b)
	return out, d.fail(err)
}

// AppendFloat64s is ReadFloat64s that appends to dst, so that blocks can be read into the same
// memory.
func (d *Dataset) AppendFloat64s(dst []float64, first, n uint64) ([]float64, error) {
	return appendValues(dst, d, first, n)
}

// AppendUint64s is AppendFloat64s for integers from 0 on.
func (d *Dataset) AppendUint64s(dst []uint64, first, n uint64) ([]uint64, error) {
	return appendValues(dst, d, first, n)
}

func datasetValues[T Value](d *Dataset, first, n uint64) ([]T, error) {
	return appendValues([]T{}, d, first, n)
}

func appendValues[T Value](dst []T, d *Dataset, first, n uint64) ([]T, error) {
	b, err := d.rows(first, n)
	if err != nil {
		return nil, err
	}
	had, more := len(dst), len(b)/int(d.size)
	dst = slices.Grow(dst, more)[:had+more]
	return dst, d.fail(convert(dst[had:], b, &d.Type))
}

// sized returns a slice of n bytes in the memory of *b, which grows where it is less. What the
// bytes are does not matter.
func sized(b *[]byte, n int) []byte {
	if cap(*b) < n {
		*b = make([]byte, n)
	}
	return (*b)[:n]
}

// rows reads whole rows, into memory that the next call uses again.
func (d *Dataset) rows(first, n uint64) ([]byte, error) {
	start, count := d.window(first, n)
	size, ok := product(append([]uint64{d.size}, count...)...)
	if !ok || size > 1<<34 || len(d.Shape) > 0 && n > d.Shape[0] {
		return nil, d.fail(fmt.Errorf("%d rows of an array of shape %d are more than are read at once", n, d.Shape))
	}
	b := sized(&d.block, int(size))
	return b, d.Bytes(b, start, count)
}
