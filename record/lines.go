package record

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// lines reads a table row by row and splits rows at commas. It is in the
// place of encoding/csv because the files here hold no quotes, and hundreds of
// millions of rows.
type lines struct {
	r    *bufio.Reader
	n    int    // number of the line in rest, from 1
	long []byte // a line that is longer than the buffer of r
	rest []byte // what is left of the line
	prev int64  // step of the row before
	err  error  // what is wrong with the row, the first of it
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 1<<18), prev: -1} }

// next reads a line; it returns io.EOF after the last one.
func (l *lines) next() error {
	line, err := l.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		l.long = l.long[:0]
		for err == bufio.ErrBufferFull {
			l.long = append(l.long, line...)
			line, err = l.r.ReadSlice('\n')
		}
		l.long = append(l.long, line...)
		line = l.long
	}
	if err == io.EOF && len(line) == 0 {
		return io.EOF
	}
	l.n++
	if err == io.EOF {
		return l.fail("the file ends within the line")
	}
	if err != nil {
		return l.wrap(err)
	}
	l.rest = line[:len(line)-1]
	return nil
}

// header reads the first line, which must be want.
func (l *lines) header(want string) error {
	err := l.next()
	if err == io.EOF {
		return fmt.Errorf("the file is empty; its first line should be %q", want[:len(want)-1])
	}
	if err == nil && string(l.rest) != want[:len(want)-1] {
		return l.fail("the header is %q, not %q", l.rest, want[:len(want)-1])
	}
	return err
}

// field cuts the next field off the line; the last has no comma after it.
func (l *lines) field(last bool) []byte {
	i := bytes.IndexByte(l.rest, ',')
	switch {
	case last && i >= 0:
		l.bad("too many fields")
		return nil
	case !last && i < 0:
		l.bad("too few fields")
		return nil
	case last:
		return l.rest
	}
	f := l.rest[:i]
	l.rest = l.rest[i+1:]
	return f
}

// int reads a field that holds an integer.
func (l *lines) int(name string, last bool) int64 {
	f := l.field(last)
	x, ok := parseInt(f)
	if !ok {
		l.bad("%s %q is not an integer", name, f)
	}
	return x
}

// float reads a real number.
func (l *lines) float(name string, f []byte) float64 {
	x, err := strconv.ParseFloat(string(f), 64)
	if err != nil {
		l.bad("%s %q is not a number", name, f)
	}
	return x
}

// parseInt reads decimal digits, perhaps after a minus sign.
func parseInt(f []byte) (int64, bool) {
	digits := f
	if len(f) > 0 && f[0] == '-' {
		digits = f[1:]
	}
	if len(digits) == 0 || len(digits) > 18 { // no 18 digits overflow
		return 0, false
	}
	var x int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		x = 10*x + int64(c-'0')
	}
	if len(digits) < len(f) {
		x = -x
	}
	return x, true
}

// bad notes what is wrong with a row.
func (l *lines) bad(format string, args ...any) {
	if l.err == nil {
		l.err = l.fail(format, args...)
	}
}

func (l *lines) fail(format string, args ...any) error {
	return l.wrap(fmt.Errorf(format, args...))
}

func (l *lines) wrap(err error) error { return fmt.Errorf("line %d: %w", l.n, err) }

// names turns the bytes of a name into a string without a new one each time.
type names struct {
	last string
	all  map[string]string
}

func (n *names) of(b []byte) string {
	if string(b) == n.last {
		return n.last
	}
	s, ok := n.all[string(b)]
	if !ok {
		if n.all == nil {
			n.all = map[string]string{}
		}
		s = string(b)
		n.all[s] = s
	}
	n.last = s
	return s
}

// rows calls row for each row after the header with a step in [from, to), once the step
// and the time have been read. Rows out of order are refused: who asks for a window of
// steps would miss some.
func (l *lines) rows(from, to int64, row func(step int64, ms []byte)) error {
	for {
		if err := l.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		k := l.int("step", false)
		if k < l.prev {
			l.bad("step %d after step %d", k, l.prev)
		}
		if l.prev = k; l.err != nil || k >= to {
			return l.err
		}
		if k < from {
			continue
		}
		if row(k, l.field(false)); l.err != nil {
			return l.err
		}
	}
}
