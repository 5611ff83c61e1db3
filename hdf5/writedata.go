package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// maxCompact is the most bytes that a dataset keeps in its header.
const maxCompact = 32 << 10

// DatasetWriter is a dataset that is being written.
type DatasetWriter struct {
	header
	t       Type
	shape   []uint64
	layout  []byte // the message, once it is known
	growth  Growth // of one that grows
	grows   bool
	band    []byte // rows that do not fill chunks yet
	rowSize int    // bytes of a row
	tree    chunkTree
	done    bool
}

// Growth is how a dataset grows: by rows, along its first dimension.
type Growth struct {
	Row     []uint64 // shape of a row; empty for an array of one dimension
	Chunk   []uint64 // shape of a chunk, rows first; one dimension more than Row
	Deflate int      // level of compression, 1 to 9, after shuffle; 0 for neither
}

// Values writes a dataset whose values are known: a slice of numbers of fixed size, or of
// strings. shape is its shape; nil for one dimension.
func (g *GroupWriter) Values(name string, shape []uint64, values any) (*DatasetWriter, error) {
	d := &DatasetWriter{header: header{w: g.w, path: g.at(name), links: 1}, done: true}
	var n int
	var data []byte
	if text, ok := values.([]string); ok {
		d.t, n = Type{Class: VarString, Size: 16}, len(text)
	} else {
		var scalar bool
		if d.t, n, scalar, ok = typeOf(values); !ok || scalar {
			return nil, fmt.Errorf("hdf5: %s: values of type %T are not written", d.path, values)
		}
	}
	if shape == nil {
		shape = []uint64{uint64(n)}
	}
	if p, ok := product(shape...); !ok || p != uint64(n) || len(shape) > 32 {
		return nil, fmt.Errorf("hdf5: %s: %d values for the shape %d", d.path, n, shape)
	}
	d.shape = slices.Clone(shape)
	if err := g.link(child{name: name, dataset: d}); err != nil {
		return nil, err
	}
	if text, ok := values.([]string); ok {
		for _, s := range text {
			data = g.w.heap.add(g.w, data, s)
		}
	} else {
		var err error
		if data, err = binary.Append(nil, binary.LittleEndian, values); err != nil {
			return nil, fmt.Errorf("hdf5: %s: %w", d.path, err)
		}
	}
	if len(data) <= maxCompact {
		d.layout = binary.LittleEndian.AppendUint16([]byte{3, 0}, uint16(len(data)))
		d.layout = append(d.layout, data...)
	} else {
		d.layout = binary.LittleEndian.AppendUint64([]byte{3, 1}, g.w.put(data))
		d.layout = binary.LittleEndian.AppendUint64(d.layout, uint64(len(data)))
	}
	return d, g.w.err
}

// Growing starts a dataset without rows, to which Append adds some. The error says what of
// name, type or growth is not possible.
func (g *GroupWriter) Growing(name string, t Type, growth Growth) (*DatasetWriter, error) {
	d := &DatasetWriter{header: header{w: g.w, path: g.at(name), links: 1}, t: t, growth: growth, grows: true}
	if t.Class != Int && t.Class != Float || t.BigEndian || t.Size < 1 || t.Size > 8 {
		return nil, fmt.Errorf("hdf5: %s: %s does not grow", d.path, t)
	}
	if len(growth.Chunk) != len(growth.Row)+1 || len(growth.Row) > 31 || growth.Deflate < 0 || growth.Deflate > 9 {
		return nil, fmt.Errorf("hdf5: %s: chunks of shape %d for rows of shape %d, deflate %d", d.path, growth.Chunk, growth.Row, growth.Deflate)
	}
	for _, n := range growth.Chunk {
		if n == 0 || n > math.MaxUint32 {
			return nil, fmt.Errorf("hdf5: %s: chunks of shape %d", d.path, growth.Chunk)
		}
	}
	size := uint64(t.Size)
	row, ok1 := product(append([]uint64{size}, growth.Row...)...)
	band, ok2 := product(growth.Chunk[0], row)
	chunk, ok3 := product(append([]uint64{size}, growth.Chunk...)...)
	if !ok1 || !ok2 || !ok3 || row == 0 || band > 1<<30 || chunk > maxBlock {
		return nil, fmt.Errorf("hdf5: %s: chunks of shape %d for rows of shape %d take too much memory, or a row is empty", d.path, growth.Chunk, growth.Row)
	}
	d.rowSize = int(row)
	d.shape = append([]uint64{0}, growth.Row...)
	d.tree = chunkTree{w: g.w, key: 8 + 8*(len(d.shape)+1)}
	if err := g.link(child{name: name, dataset: d}); err != nil {
		return nil, err
	}
	return d, nil
}

// Append adds rows: a slice of numbers of the dataset's type, whole rows of them. The error
// is that of the file, or says that the values do not fit.
func (d *DatasetWriter) Append(values any) error {
	t, n, scalar, ok := typeOf(values)
	switch {
	case d.done:
		return fmt.Errorf("hdf5: %s: does not grow, or is closed", d.path)
	case !ok || scalar || t.Class != d.t.Class || t.Size != d.t.Size || t.Signed != d.t.Signed:
		return fmt.Errorf("hdf5: %s: values of type %T for a dataset of %s", d.path, values, d.t)
	case n*t.Size%d.rowSize != 0:
		return fmt.Errorf("hdf5: %s: %d values are not whole rows of %d bytes", d.path, n, d.rowSize)
	}
	switch v := values.(type) {
	case []int8:
		return grow(d, v)
	case []int16:
		return grow(d, v)
	case []int32:
		return grow(d, v)
	case []int64:
		return grow(d, v)
	case []uint8:
		return grow(d, v)
	case []uint16:
		return grow(d, v)
	case []uint32:
		return grow(d, v)
	case []uint64:
		return grow(d, v)
	case []float32:
		return grow(d, v)
	case []float64:
		return grow(d, v)
	}
	return nil
}

// grow adds values to the band of rows, and writes it whenever it is full.
func grow[T any](d *DatasetWriter, values []T) error {
	full := int(d.growth.Chunk[0]) * d.rowSize
	for len(values) > 0 {
		n := min(len(values), (full-len(d.band))/d.t.Size)
		var err error
		if d.band, err = binary.Append(d.band, binary.LittleEndian, values[:n]); err != nil {
			return fmt.Errorf("hdf5: %s: %w", d.path, err)
		}
		values = values[n:]
		if len(d.band) == full {
			d.flush()
		}
	}
	return d.w.err
}

// Rows returns how many rows the dataset has.
func (d *DatasetWriter) Rows() uint64 {
	if !d.grows || d.done {
		return d.shape[0]
	}
	return d.shape[0] + uint64(len(d.band)/d.rowSize)
}

// flush cuts the rows of the band into chunks and writes them. Chunks at the edge are
// filled up with zeros, as the format has it.
func (d *DatasetWriter) flush() {
	rows := uint64(len(d.band) / d.rowSize)
	if rows == 0 {
		return
	}
	g := d.growth
	rank := len(d.shape)
	bandShape := append([]uint64{rows}, g.Row...)
	many := []uint64{1}
	for i, n := range g.Row {
		many = append(many, (n-1)/g.Chunk[i+1]+1)
	}
	zero, at := make([]uint64, rank), make([]uint64, rank)
	corner, from, count := make([]uint64, rank), make([]uint64, rank), make([]uint64, rank)
	size, _ := product(append([]uint64{uint64(d.t.Size)}, g.Chunk...)...)
	chunk := make([]byte, size)
	for {
		clear(chunk)
		for i := range at {
			from[i] = at[i] * g.Chunk[i]
			count[i] = min(g.Chunk[i], bandShape[i]-from[i])
			corner[i] = from[i]
		}
		corner[0] = d.shape[0]
		s := uint64(d.t.Size)
		runs(count, bandShape, from, g.Chunk, zero, func(a, b, n uint64) error {
			copy(chunk[b*s:(b+n)*s], d.band[a*s:])
			return nil
		})
		stored := d.filter(chunk)
		d.tree.add(0, treeEntry{d.chunkKey(len(stored), corner), d.w.put(stored)})
		if !advance(at, many) {
			break
		}
	}
	d.shape[0] += rows
	d.band = d.band[:0]
}

// chunkKey encodes the key of a chunk.
func (d *DatasetWriter) chunkKey(size int, corner []uint64) []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, d.tree.key), uint32(size))
	b = append(b, 0, 0, 0, 0) // no filter left out
	for _, n := range corner {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return binary.LittleEndian.AppendUint64(b, 0)
}

// filter shuffles and deflates a chunk.
func (d *DatasetWriter) filter(chunk []byte) []byte {
	level := d.growth.Deflate
	if level == 0 {
		return chunk
	}
	z := d.w.deflate[level]
	var out bytes.Buffer
	if z == nil {
		z, _ = zlib.NewWriterLevel(&out, level) // 1 to 9 are levels
		d.w.deflate[level] = z
	}
	z.Reset(&out)
	z.Write(shuffle(chunk, d.t.Size)) // a bytes.Buffer has no errors
	z.Close()
	return out.Bytes()
}

// shuffle puts the bytes of elements of n bytes apart: first all first bytes, then all
// second ones, and so on.
func shuffle(b []byte, n int) []byte {
	if n < 2 {
		return b
	}
	count := len(b) / n
	out := make([]byte, len(b))
	for k := range n {
		to := out[k*count : (k+1)*count]
		for i := range to {
			to[i] = b[i*n+k]
		}
	}
	return out
}

// write writes what is left of a dataset and its header, once, and returns its address.
func (d *DatasetWriter) write() uint64 {
	if d.address != 0 {
		return d.address
	}
	fill := []byte{3, 0x09} // space is taken early; the fill value is the default, 0
	switch {
	case d.layout != nil && d.layout[1] == 1:
		fill[1] = 0x0a
	case d.grows:
		fill[1] = 0x0b
		d.flush()
		d.done = true
		last := slices.Clone(d.shape)
		for i := range last {
			last[i] = ((last[i]-1)/d.growth.Chunk[i] + 1) * d.growth.Chunk[i]
		}
		root := uint64(undefined)
		if d.shape[0] > 0 {
			root = d.tree.finish(d.chunkKey(0, last))
		}
		d.layout = binary.LittleEndian.AppendUint64([]byte{3, 2, byte(len(d.shape) + 1)}, root)
		for _, n := range append(slices.Clone(d.growth.Chunk), uint64(d.t.Size)) {
			d.layout = binary.LittleEndian.AppendUint32(d.layout, uint32(n))
		}
	}
	var limits []uint64
	if d.grows {
		limits = slices.Clone(d.shape)
		limits[0] = math.MaxUint64
	}
	messages := []message{
		{msgSpace, 0, encodeSpace(d.shape, limits)},
		{msgType, 1, encodeType(d.t)},
		{msgFill, 1, fill},
		{msgLayout, 0, d.layout},
	}
	if d.growth.Deflate > 0 {
		// Version 2, two filters: number, may be left out, one value.
		b := []byte{2, 2, filterShuffle, 0, 1, 0, 1, 0}
		b = binary.LittleEndian.AppendUint32(b, uint32(d.t.Size))
		b = append(b, filterDeflate, 0, 1, 0, 1, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(d.growth.Deflate))
		messages = append(messages, message{msgFilters, 1, b})
	}
	return d.header.write(messages)
}

// chunkTree writes a B-tree of version 1 from the left to the right. It keeps one node of
// each level; a full one is written when its right neighbour has its place.
type chunkTree struct {
	w      *Writer
	key    int // bytes of a key
	levels []treeLevel
}

type treeLevel struct {
	entries       []treeEntry
	address, left uint64
}

type treeEntry struct {
	key   []byte
	child uint64
}

// treeEntries is how many children a node has at most: twice the rank that the format sets
// where the superblock does not say another.
const treeEntries = 64

// nodeBytes returns the bytes of a node.
func (t *chunkTree) nodeBytes() int { return 24 + treeEntries*(t.key+8) + t.key }

// add adds an entry to a level.
func (t *chunkTree) add(level int, e treeEntry) {
	if level == len(t.levels) {
		t.levels = append(t.levels, treeLevel{address: t.w.reserve(t.nodeBytes()), left: undefined})
	}
	if l := t.levels[level]; len(l.entries) == treeEntries {
		right := t.w.reserve(t.nodeBytes())
		t.write(level, right, e.key)
		t.add(level+1, treeEntry{l.entries[0].key, l.address})
		t.levels[level] = treeLevel{l.entries[:0], right, l.address}
	}
	t.levels[level].entries = append(t.levels[level].entries, e)
}

// write writes the node of a level. The key after its last entry is that of what follows.
func (t *chunkTree) write(level int, right uint64, after []byte) {
	l := t.levels[level]
	b := append(make([]byte, 0, t.nodeBytes()), "TREE\x01"...)
	b = append(b, byte(level))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(l.entries)))
	b = binary.LittleEndian.AppendUint64(b, l.left)
	b = binary.LittleEndian.AppendUint64(b, right)
	for _, e := range l.entries {
		b = binary.LittleEndian.AppendUint64(append(b, e.key...), e.child)
	}
	b = append(b, after...)
	t.w.writeAt(b[:t.nodeBytes()], l.address) // the rest is unused
}

// finish writes the last node of each level and returns the address of the root.
func (t *chunkTree) finish(after []byte) uint64 {
	for level := 0; ; level++ {
		t.write(level, undefined, after)
		l := t.levels[level]
		if level == len(t.levels)-1 {
			return l.address
		}
		t.add(level+1, treeEntry{l.entries[0].key, l.address})
	}
}
