package hdf5

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// signature begins every file, or follows its user block.
const signature = "\x89HDF\r\n\x1a\n"

// maxBlock is the most memory that one part of a file may ask for (bytes): a chunk, the
// header of an object.
const maxBlock = 64 << 20

// repack is the cure for structures newer than those that are read. Without a filter to
// change, h5repack 1.10 copies datasets as they are, and fails.
const repack = "h5repack -f GZIP=1 --low=0 --high=1 OLD NEW writes a file that is read"

// ErrUnsupported is wrapped by the errors about what the format has and this package does
// not read.
var ErrUnsupported = errors.New("is not read")

// unsupported says what is not read and how the file becomes readable; cure may be empty.
func unsupported(what, cure string) error {
	if cure == "" {
		return fmt.Errorf("%s %w", what, ErrUnsupported)
	}
	return fmt.Errorf("%s %w; %s", what, ErrUnsupported, cure)
}

// File is an HDF5 file that is open for reading. It and what is opened from it are for
// one goroutine at a time.
type File struct {
	r       io.ReaderAt
	size    uint64 // bytes of the file
	base    uint64 // what addresses count from: the place of the signature
	offset  int    // bytes of an address
	lengths int    // bytes of a length
	root    *Object
	heap    *collection // the global heap that was read last
}

// Open reads the superblock and the root group of a file of size bytes. It does not close
// r. The error says where the file is not as the format has it, wraps ErrUnsupported if
// the file is of a form that is not read, or is that of r.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: uint64(max(size, 0)), offset: 8, lengths: 8}
	// The signature is at 0, or at a power of 2 from 512 on behind a user block.
	for ; ; f.base = max(512, 2*f.base) {
		b, err := f.bytes(0, 8, "the signature")
		if errors.Is(err, errBeyond) {
			return nil, errors.New("is no HDF5 file: it has no signature")
		}
		if err != nil {
			return nil, err
		}
		if string(b) == signature {
			break
		}
	}
	root, err := f.superblock()
	if err != nil {
		return nil, err
	}
	f.root, err = f.object(root, "/")
	return f, err
}

// superblock reads the superblock and returns the address of the root group.
func (f *File) superblock() (uint64, error) {
	head, err := f.bytes(8, 6, "the superblock")
	if err != nil {
		return 0, err
	}
	version := head[0]
	var n uint64 // bytes of the whole superblock
	switch version {
	case 0, 1:
		f.offset, f.lengths = int(head[5]), 0
		b, err := f.bytes(14, 1, "the superblock")
		if err != nil {
			return 0, err
		}
		f.lengths = int(b[0])
		n = 24 + 4*uint64(version) + 4*uint64(f.offset) + 2*uint64(f.offset) + 24
	case 2, 3:
		f.offset, f.lengths = int(head[1]), int(head[2])
		n = 12 + 4*uint64(f.offset) + 4
	default:
		return 0, unsupported(fmt.Sprintf("superblock version %d", version), repack)
	}
	for _, w := range []int{f.offset, f.lengths} {
		if w != 2 && w != 4 && w != 8 {
			return 0, fmt.Errorf("the superblock says that addresses have %d bytes and lengths %d: they have 2, 4 or 8", f.offset, f.lengths)
		}
	}
	b, err := f.bytes(0, n, "the superblock")
	if err != nil {
		return 0, err
	}
	c := f.cursor(b)
	var base, end, root uint64
	if version < 2 {
		c.skip(24 + 4*int(version))
		base = c.address()
		c.skip(f.offset) // free space
		end = c.address()
		if driver := c.address(); driver != undefined {
			return 0, unsupported("a file that is divided into several (a driver block)", repack)
		}
		c.skip(f.offset) // the root has no name
		root = c.address()
	} else {
		if lookup3(b[:n-4]) != sum32(b[n-4:]) {
			return 0, errors.New("the superblock's checksum is wrong: damaged")
		}
		c.skip(12)
		base = c.address()
		c.skip(f.offset) // extension
		end = c.address()
		root = c.address()
	}
	// The end counts from the beginning of the file as it was when it was written.
	if end < base || end-base > f.size-f.base {
		return 0, fmt.Errorf("ends at %d bytes, and its superblock says %d: cut off, or not closed by the program that wrote it", f.size, end)
	}
	return root, nil
}

// cursor returns a cursor over b.
func (f *File) cursor(b []byte) cursor {
	return cursor{b: b, offset: f.offset, lengths: f.lengths}
}

var errBeyond = errors.New("beyond the end of the file")

// within says whether n bytes at an address are in the file.
func (f *File) within(address, n uint64, what string) error {
	if room := f.size - min(f.base, f.size); address > room || n > room-address {
		if address == undefined {
			return fmt.Errorf("%s has no address: damaged", what)
		}
		return fmt.Errorf("%s, %d bytes at %d, is %w, which has %d bytes: damaged", what, n, address, errBeyond, f.size)
	}
	return nil
}

// bytes reads n bytes at an address. what names them in errors.
func (f *File) bytes(address, n uint64, what string) ([]byte, error) {
	if err := f.within(address, n, what); err != nil {
		return nil, err
	}
	if n > maxBlock {
		return nil, unsupported(fmt.Sprintf("%s of %d bytes, more than %d,", what, n, maxBlock), "")
	}
	b := make([]byte, n)
	return b, f.readAt(b, address, what)
}

// readAt fills b from an address that within has approved.
func (f *File) readAt(b []byte, address uint64, what string) error {
	at := f.base + address
	if at > math.MaxInt64 {
		return fmt.Errorf("%s is %w", what, errBeyond)
	}
	if n, err := f.r.ReadAt(b, int64(at)); n < len(b) {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("%s, %d bytes at %d: %w", what, len(b), address, err)
	}
	return nil
}

// block reads a structure of n bytes that begins with four letters, and returns a cursor
// behind them. Where checked, it ends with a checksum, which is compared and cut off.
func (f *File) block(address, n uint64, letters, what string, checked bool) (cursor, error) {
	b, err := f.bytes(address, n, what)
	if err != nil {
		return cursor{}, err
	}
	if len(b) < 8 || string(b[:4]) != letters {
		return cursor{}, fmt.Errorf("%s at %d does not begin with %s: damaged", what, address, letters)
	}
	if checked {
		if lookup3(b[:n-4]) != sum32(b[n-4:]) {
			return cursor{}, fmt.Errorf("%s at %d: its checksum is wrong: damaged", what, address)
		}
		b = b[:n-4]
	}
	return f.cursor(b[4:]), nil
}

// damaged is the error of a structure that ends too early or has a number that it cannot.
func damaged(what string, address uint64) error {
	return fmt.Errorf("%s at %d is not as the format has it: damaged", what, address)
}
