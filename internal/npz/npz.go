// Package npz writes arrays as NumPy reads them: an .npz file is a ZIP archive of .npy files,
// one for each array. Both formats are specified in NumPy's documentation, "numpy.lib.format".
//
// An archive holds no times and is not compressed, so that equal arrays give equal bytes with
// any version of Go. Values are written as they come and none is held back, so an array may be
// larger than the memory; its shape is said before its values.
package npz

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// A Type is how the values of an array are stored, little-endian.
type Type string

const (
	Float64 Type = "<f8"
	Int64   Type = "<i8"
	Uint16  Type = "<u2"
	Uint32  Type = "<u4"
	Bool    Type = "|b1" // 0 or 1
)

// size is the bytes of a value.
func (t Type) size() int64 { return int64(t[2] - '0') }

// A Writer writes an archive. The first error stays: every later call returns it.
type Writer struct {
	zip *zip.Writer
	err error
}

// NewWriter returns a writer of an archive. Close ends it, and does not close w.
func NewWriter(w io.Writer) *Writer { return &Writer{zip: zip.NewWriter(w)} }

// Array writes an array of a shape, the last index running fastest; no shape is a single value.
// fill gives its values in this order by the methods of a. It is an error if they are not as
// many as the shape says.
func (w *Writer) Array(name string, t Type, shape []int64, fill func(a *Array) error) error {
	count := int64(1)
	for _, n := range shape {
		count *= n
	}
	to := w.entry(name, string(t), shape)
	if w.err != nil {
		return w.err
	}
	a := &Array{w: bufio.NewWriterSize(to, 1<<16), t: t, left: count}
	err := fill(a)
	if err == nil {
		err = a.err
	}
	if err == nil && a.left != 0 {
		err = fmt.Errorf("%d values for an array of %d", count-a.left, count)
	}
	if err == nil {
		err = a.w.Flush()
	}
	return w.keep(name, err)
}

// Strings writes an array of texts.
func (w *Writer) Strings(name string, texts []string) error {
	longest := 1 // a text of no characters has no type
	for _, s := range texts {
		longest = max(longest, utf8.RuneCountInString(s))
	}
	return w.Texts(name, int64(len(texts)), longest, func(add func(string)) error {
		for _, s := range texts {
			add(s)
		}
		return nil
	})
}

// Texts writes an array of so many texts, none of which has more characters than longest, at
// least 1. fill adds them in order.
func (w *Writer) Texts(name string, count int64, longest int, fill func(add func(text string)) error) error {
	to := w.entry(name, fmt.Sprintf("<U%d", longest), []int64{count})
	if w.err != nil {
		return w.err
	}
	b, left, long := bufio.NewWriter(to), count, ""
	err := fill(func(text string) {
		n := utf8.RuneCountInString(text)
		if left--; n > longest {
			long = text
			return
		}
		for _, r := range text {
			b.Write(binary.LittleEndian.AppendUint32(nil, uint32(r))) // errors surface in Flush
		}
		b.Write(make([]byte, 4*(longest-n)))
	})
	switch {
	case err != nil:
	case long != "":
		err = fmt.Errorf("%q has more than %d characters", long, longest)
	case left != 0:
		err = fmt.Errorf("%d texts for an array of %d", count-left, count)
	default:
		err = b.Flush()
	}
	return w.keep(name, err)
}

// Close ends the archive.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	return w.zip.Close()
}

// entry begins an array with its header.
func (w *Writer) entry(name, descr string, shape []int64) io.Writer {
	if w.err != nil {
		return nil
	}
	// The earliest date that the format has, which NumPy writes too.
	to, err := w.zip.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err == nil {
		_, err = to.Write(header(descr, shape))
	}
	w.keep(name, err)
	return to
}

// keep makes the first error the writer's own.
func (w *Writer) keep(name string, err error) error {
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("array %s: %w", name, err)
	}
	return w.err
}

// header is what an .npy file of version 1.0 begins with: magic, version, length, and a Python
// dictionary, padded so that the values begin at a multiple of 64 bytes.
func header(descr string, shape []int64) []byte {
	var dims strings.Builder
	for _, n := range shape {
		fmt.Fprintf(&dims, "%d,", n) // one dimension is written (3,)
	}
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, dims.String())
	const before = 10 // magic, version, length
	length := (before+len(dict)+1+63)/64*64 - before
	out := append([]byte("\x93NUMPY\x01\x00"), byte(length), byte(length>>8))
	return fmt.Appendf(out, "%-*s\n", length-1, dict)
}

// An Array takes the values of an array that is being written.
type Array struct {
	w    *bufio.Writer
	t    Type
	left int64
	err  error
	buf  [8]byte
}

// Int adds a whole number, which must fit the type of the array.
func (a *Array) Int(x int64) {
	if a.t == Float64 {
		a.Float(float64(x))
		return
	}
	bits := 8 * a.t.size()
	if a.t == Bool {
		bits = 1
	}
	if a.t != Int64 && (x < 0 || x>>bits != 0) {
		a.err = fmt.Errorf("%d does not fit the type %s", x, a.t)
	}
	a.add(uint64(x))
}

// Float adds a number to an array of Float64.
func (a *Array) Float(x float64) {
	if a.t != Float64 {
		a.err = fmt.Errorf("%g does not fit the type %s", x, a.t)
	}
	a.add(math.Float64bits(x))
}

func (a *Array) add(bits uint64) {
	a.left--
	binary.LittleEndian.PutUint64(a.buf[:], bits)
	a.w.Write(a.buf[:a.t.size()]) // errors surface in Flush
}
