package record

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"neurosim/internal/dictionary"
)

// timeColumns are what every table begins with.
func timeColumns(of string) []dictionary.Column {
	return dictionary.Columns([][3]string{
		{"step", "", "step of the run, from 0, " + of},
		{"time_ms", "ms", "step · dt, the beginning of the step"},
	})
}

// cellColumns say which cell it is.
var cellColumns = dictionary.Columns([][3]string{
	{"population", "", "name of the population"},
	{"cell", "", "cell of the population, from 0"},
})

// spillAt is the number of gathered bytes that are written at once.
const spillAt = 1 << 16

// out is the file of a recorder: a header and rows, gathered in a buffer. The
// header is written with the first row and not by the constructor, because a
// resumed recorder must not repeat it.
type out struct {
	w       io.Writer
	header  []byte
	holds   dictionary.File
	written int64 // bytes handed to w
	buf     []byte
}

func newOut(w io.Writer, header []byte, holds dictionary.File) out {
	return out{w: w, header: header, holds: holds, buf: make([]byte, 0, spillAt+spillAt/4)}
}

// newTable is newOut of a table, whose header names the columns.
func newTable(w io.Writer, holds dictionary.File) out {
	return newOut(w, []byte(strings.Join(dictionary.Names(holds.Columns), ",")+"\n"), holds)
}

// Holds says what the file holds.
func (o *out) Holds() dictionary.File { return o.holds }

// begin puts the header in front of the first row.
func (o *out) begin() {
	if o.Size() == 0 {
		o.buf = append(o.buf, o.header...)
	}
}

// spill writes the buffer if it is large.
func (o *out) spill() error {
	if len(o.buf) < spillAt {
		return nil
	}
	return o.Flush()
}

// Flush writes the complete rows gathered so far.
func (o *out) Flush() error {
	if len(o.buf) == 0 {
		return nil
	}
	n, err := o.w.Write(o.buf)
	o.written += int64(n)
	o.buf = o.buf[:copy(o.buf, o.buf[n:])]
	return err
}

// Close writes all that is left. A file without rows still gets its header.
func (o *out) Close() error {
	o.begin()
	return o.Flush()
}

// Size returns the length of the file in bytes, gathered rows included.
func (o *out) Size() int64 { return o.written + int64(len(o.buf)) }

// MarshalBinary returns the state for a checkpoint; call Flush first.
func (o *out) MarshalBinary() ([]byte, error) {
	if len(o.buf) > 0 {
		return nil, errors.New("record: state of a recorder that was not flushed")
	}
	return binary.LittleEndian.AppendUint64(nil, uint64(o.written)), nil
}

// UnmarshalBinary sets the state; call it before the first Record.
func (o *out) UnmarshalBinary(data []byte) error {
	if len(data) != 8 || int64(binary.LittleEndian.Uint64(data)) < 0 {
		return errState
	}
	o.written, o.buf = int64(binary.LittleEndian.Uint64(data)), o.buf[:0]
	return nil
}

var errState = errors.New("record: not the state of this recorder")
