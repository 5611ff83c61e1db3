package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// Filters that are read.
const (
	filterDeflate  = 1
	filterShuffle  = 2
	filterFletcher = 3
)

// filterNames has the filters that are not read and that have names.
var filterNames = map[uint16]string{4: "szip", 5: "nbit", 6: "scale-offset", 307: "bzip2", 32000: "lzf", 32001: "blosc", 32004: "lz4", 32008: "bitshuffle", 32013: "zfp", 32015: "zstd"}

// filter is one step of what is done to a chunk before it is written.
type filter struct {
	id     uint16
	values []uint32
}

// readFilters reads a filter pipeline.
func readFilters(b []byte) ([]filter, error) {
	c := cursor{b: b}
	version, n := c.u8(), int(c.u8())
	if version == 1 {
		c.skip(6)
	} else if version != 2 {
		return nil, unsupported(fmt.Sprintf("filter pipeline version %d", version), repack)
	}
	var out []filter
	for i := range n {
		f := filter{id: c.u16()}
		name := 0
		if version == 1 || f.id >= 256 {
			name = int(c.u16())
		}
		c.skip(2)
		count := int(c.u16())
		if version == 1 {
			name = padded(name)
		}
		c.skip(name)
		for range min(count, len(c.b)/4+1) {
			f.values = append(f.values, c.u32())
		}
		if version == 1 && count%2 == 1 {
			c.skip(4)
		}
		if c.short {
			return nil, fmt.Errorf("filter %d of a pipeline is cut off: damaged", i)
		}
		if f.id < filterDeflate || f.id > filterFletcher {
			name := filterNames[f.id]
			if name == "" {
				name = "a registered filter"
			}
			return nil, unsupported(fmt.Sprintf("the filter %s (number %d)", name, f.id), "h5repack -f GZIP=1 OLD NEW writes another, where it has the filter")
		}
		if slices.ContainsFunc(out, func(o filter) bool { return o.id == f.id }) {
			return nil, unsupported(fmt.Sprintf("a pipeline with filter %d twice", f.id), "")
		}
		out = append(out, f)
	}
	return out, nil
}

// readChunked reads the layout of a chunked dataset.
func (d *Dataset) readChunked(c *cursor) error {
	rank := int(c.u8()) - 1
	d.address = c.address()
	if rank != len(d.Shape) || rank < 1 {
		return fmt.Errorf("chunks of %d dimensions in an array of %d: damaged", rank, len(d.Shape))
	}
	for range rank {
		d.Chunk = append(d.Chunk, uint64(c.u32()))
	}
	if size := c.u32(); c.short || uint64(size) != d.size {
		return fmt.Errorf("chunks of elements of %d bytes, where the type has %d: damaged", size, d.size)
	}
	n, ok := product(append([]uint64{d.size}, d.Chunk...)...)
	if n == 0 && ok {
		return fmt.Errorf("chunks without elements: damaged")
	}
	if !ok || n > maxBlock {
		return unsupported(fmt.Sprintf("a chunk of more than %d bytes", maxBlock), "h5repack -l CHUNK=65536 OLD NEW divides it")
	}
	return nil
}

// chunkBytes returns the bytes of a chunk in memory.
func (d *Dataset) chunkBytes() uint64 {
	n, _ := product(append([]uint64{d.size}, d.Chunk...)...)
	return n
}

// readChunks reads a box chunk by chunk.
func (d *Dataset) readChunks(dst []byte, start, count []uint64) error {
	rank := len(count)
	first, many := make([]uint64, rank), make([]uint64, rank) // chunks that the box meets
	for i, n := range count {
		if n == 0 {
			return nil
		}
		first[i] = start[i] / d.Chunk[i]
		many[i] = (start[i]+n-1)/d.Chunk[i] - first[i] + 1
	}
	at := make([]uint64, rank)
	corner, from, to, size := make([]uint64, rank), make([]uint64, rank), make([]uint64, rank), make([]uint64, rank)
	for {
		for i := range at {
			corner[i] = (first[i] + at[i]) * d.Chunk[i]
			low, high := max(start[i], corner[i]), min(start[i]+count[i], corner[i]+d.Chunk[i])
			from[i], to[i], size[i] = low-corner[i], low-start[i], high-low
		}
		if err := d.load(corner); err != nil {
			return err
		}
		err := runs(size, d.Chunk, from, count, to, func(a, b, n uint64) error {
			copy(dst[b*d.size:(b+n)*d.size], d.chunk[a*d.size:])
			return nil
		})
		if err != nil {
			return err
		}
		if !advance(at, many) {
			return nil
		}
	}
}

// load brings the chunk that begins at a corner into d.chunk. The last one is kept, since
// the next box mostly begins in it.
func (d *Dataset) load(corner []uint64) error {
	if d.cached != nil && slices.Equal(d.cached, corner) {
		return nil
	}
	d.cached = nil
	stored, err := d.findChunk(corner)
	if err != nil {
		return err
	}
	if stored.address == undefined {
		d.reserve()
		d.fillWith(d.chunk)
	} else if err := d.decode(stored); err != nil {
		return fmt.Errorf("the chunk at %d: %w", corner, err)
	}
	d.cached = slices.Clone(corner)
	return nil
}

// reserve makes d.chunk as large as a chunk.
func (d *Dataset) reserve() {
	if n := d.chunkBytes(); uint64(len(d.chunk)) != n {
		d.chunk = make([]byte, n)
	}
}

// storedChunk says where a chunk is in the file.
type storedChunk struct {
	address uint64
	size    uint32
	mask    uint32 // which filters were left out
}

// findChunk looks a chunk up in the tree. Its address is undefined if it was never written.
func (d *Dataset) findChunk(corner []uint64) (storedChunk, error) {
	none := storedChunk{address: undefined}
	address, level := d.address, -1
	for address != undefined {
		head, err := d.f.treeNode(address, 1)
		if err != nil {
			return none, err
		}
		if level >= 0 && head.level != level {
			return none, damaged("the tree of chunks", address)
		}
		level = head.level - 1 // so that a loop ends
		b, err := d.f.bytes(address, uint64(head.size+head.entries*(d.keyBytes()+d.f.offset)), "a node of the tree of chunks")
		if err != nil {
			return none, err
		}
		found, exact, err := d.searchNode(b[head.size:], corner)
		if err != nil {
			return none, fmt.Errorf("%w, at %d", err, address)
		}
		if found.address == undefined || head.level == 0 && !exact {
			return none, nil
		}
		if head.level == 0 {
			return found, nil
		}
		address = found.address
	}
	return none, nil
}

// keyBytes returns the bytes of a key of the tree of chunks.
func (d *Dataset) keyBytes() int { return 8 + 8*(len(d.Shape)+1) }

// searchNode returns the last entry of a node whose key is not above a corner, and whether
// it is the corner. It looks at all keys, since nothing else shows that they are damaged.
func (d *Dataset) searchNode(b []byte, corner []uint64) (found storedChunk, exact bool, err error) {
	found.address = undefined
	key, before := make([]uint64, len(corner)), make([]uint64, len(corner))
	c := d.f.cursor(b)
	for i := 0; len(c.b) > 0; i++ {
		entry := storedChunk{size: c.u32(), mask: c.u32()}
		for k := range key {
			key[k] = c.u64()
			if key[k]%d.Chunk[k] != 0 || key[k] >= max(d.Shape[k], 1) {
				return found, false, fmt.Errorf("a chunk at %d is not in the grid of the array: damaged", key[k])
			}
		}
		if c.u64() != 0 || i > 0 && slices.Compare(before, key) >= 0 {
			return found, false, fmt.Errorf("the tree of chunks is not in order: damaged")
		}
		copy(before, key)
		if entry.address = c.address(); slices.Compare(key, corner) <= 0 {
			found, exact = entry, slices.Equal(key, corner)
		}
	}
	return found, exact, nil
}

// decode reads a chunk and undoes its filters, the last first.
func (d *Dataset) decode(s storedChunk) error {
	want := int(d.chunkBytes())
	for i, f := range d.filters {
		if f.id == filterFletcher && s.mask>>i&1 == 0 {
			want += 4
		}
	}
	if err := d.f.within(s.address, uint64(s.size), "its bytes"); err != nil {
		return err
	}
	// Deflate can shorten 1032 times; it adds 11 bytes and 5 for every 16 KiB, and filters
	// before it 4.
	if uint64(s.size) > uint64(want)+uint64(want)/1024+64 {
		return fmt.Errorf("has %d bytes in the file for %d in memory: damaged", s.size, want)
	}
	if uint64(want) > 1040*uint64(s.size)+64 {
		return fmt.Errorf("has %d bytes in the file, too few for %d in memory: damaged", s.size, want)
	}
	b := sized(&d.stored, int(s.size))
	if err := d.f.readAt(b, s.address, "its bytes"); err != nil {
		return err
	}
	for i := len(d.filters) - 1; i >= 0; i-- {
		if i < 32 && s.mask>>i&1 == 1 {
			continue
		}
		var err error
		switch d.filters[i].id {
		case filterDeflate:
			b, err = d.inflater.inflate(sized(&d.inflated, want), b)
		case filterShuffle:
			b = unshuffle(sized(&d.ordered, len(b)), b, int(d.filterSize(i)))
		case filterFletcher:
			if b, err = checkFletcher(b); err == nil {
				want -= 4
			}
		}
		if err != nil {
			return err
		}
	}
	if len(b) != int(d.chunkBytes()) {
		return fmt.Errorf("has %d bytes without its filters, not %d: damaged", len(b), d.chunkBytes())
	}
	d.chunk = b
	return nil
}

// filterSize returns the bytes of an element for the shuffle filter i.
func (d *Dataset) filterSize(i int) uint64 {
	if v := d.filters[i].values; len(v) > 0 && v[0] > 0 {
		return uint64(v[0])
	}
	return d.size
}

// An inflater undoes deflate. It keeps the tables of zlib from one chunk to the next.
type inflater struct {
	from bytes.Reader
	z    io.ReadCloser // nil before the first
}

// inflate inflates b into out and returns what of out it fills. The checksum of zlib is
// compared.
func (f *inflater) inflate(out, b []byte) ([]byte, error) {
	f.from.Reset(b)
	var err error
	if f.z == nil {
		f.z, err = zlib.NewReader(&f.from)
	} else {
		err = f.z.(zlib.Resetter).Reset(&f.from, nil)
	}
	if err != nil {
		return nil, err
	}
	n, err := io.ReadFull(f.z, out)
	if err == io.ErrUnexpectedEOF {
		return out[:n], nil // a later step compares the length; the checksum was right
	}
	if err != nil {
		return nil, err
	}
	if n, err := f.z.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		if err == nil || err == io.EOF {
			err = fmt.Errorf("has more than %d bytes when inflated: damaged", len(out))
		}
		return nil, err
	}
	return out, nil
}

// unshuffle brings the bytes of each element of n bytes together again, which shuffle has
// put apart: first all first bytes, then all second ones. A rest is as it was. The result is in
// out, which is as long as b, or b itself where there is nothing to do.
func unshuffle(out, b []byte, n int) []byte {
	count := len(b) / n
	if n < 2 || count < 2 {
		return b
	}
	for k := range n {
		from := b[k*count : (k+1)*count]
		for i, v := range from {
			out[i*n+k] = v
		}
	}
	copy(out[n*count:], b[n*count:])
	return out
}

// checkFletcher compares the checksum that ends b and cuts it off.
func checkFletcher(b []byte) ([]byte, error) {
	n := len(b) - 4
	if n < 0 {
		return nil, fmt.Errorf("has no room for its checksum: damaged")
	}
	if fletcher32(b[:n]) != binary.LittleEndian.Uint32(b[n:]) {
		return nil, fmt.Errorf("its checksum (fletcher32) is wrong: damaged")
	}
	return b[:n], nil
}
