package record

import (
	"encoding/binary"
	"errors"
	"io"
)

// spillAt is the number of gathered bytes that are written at once.
const spillAt = 1 << 16

// out is the file of a recorder: a header and rows, gathered in a buffer. The
// header is written with the first row and not by the constructor, because a
// resumed recorder must not repeat it.
type out struct {
	w       io.Writer
	header  []byte
	written int64 // bytes handed to w
	buf     []byte
}

func newOut(w io.Writer, header []byte) out {
	return out{w: w, header: header, buf: make([]byte, 0, spillAt+spillAt/4)}
}

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
