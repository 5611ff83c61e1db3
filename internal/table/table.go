// Package table reads tables of text as spreadsheets and other simulators write
// them: a header and then a row a line.
//
//   - Fields are separated by commas, semicolons, tabs or blanks. Which, the header
//     tells, unless it is said.
//   - Lines end in LF, CR LF or CR; a byte order mark may come first. Blank lines
//     and lines that begin with # are skipped.
//   - A field may be in double quotes, with "" for a quote; a line break within
//     them is none of these tables'.
//
// A row costs no memory, and a long line is refused.
package table

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"neurosim/internal/filetype"
)

// Separators by the names that users write.
var separators = map[string]byte{"comma": ',', "semicolon": ';', "tab": '\t', "space": ' '}

// SeparatorNames lists what New takes besides "".
func SeparatorNames() []string { return []string{"comma", "semicolon", "tab", "space"} }

// maxLine bounds a line (bytes).
const maxLine = 1 << 20

// A Reader goes through the rows of a table.
type Reader struct {
	Header    []string // of the columns, in order; "1", "2" ... in a table without
	HeaderRow int      // line of the header or, without one, of the first row

	src    io.Reader // of what comes after text; nil: nothing does
	err    error     // of src
	text   []byte    // the whole, or what of src is in memory
	at     int       // what of text has been read
	lf, cr int       // the next LF and CR from there on, len(text) for none
	line   int       // of the row, from 1
	row    []byte
	sep    byte
	fields [][]byte
	first  bool // the first row has been read: it stood in the place of the header
}

// Options say what the text itself does not.
type Options struct {
	Separator string // of SeparatorNames; "": as the header tells
	NoHeader  bool   // the first row is data
}

// New begins to read a table. The error says in words what is wrong, and line where.
func New(text []byte, o Options) (r *Reader, line int, err error) {
	if is := filetype.Known(text); is != "" {
		return nil, 0, fmt.Errorf("is %s", is)
	}
	return begin(&Reader{text: bytes.TrimPrefix(text, []byte(filetype.BOM)), lf: -1, cr: -1}, o)
}

// window is how much of a table is in memory at least (bytes).
const window = 1 << 20

// NewReader begins to read a table of which only a part is in memory at a time. An error of src
// is one of the row at which it came, and ends the table.
func NewReader(src io.Reader, o Options) (r *Reader, line int, err error) {
	r = &Reader{src: src, lf: -1, cr: -1}
	r.fill()
	if r.err != nil {
		return nil, 0, r.err
	}
	if is := filetype.Known(r.text); is != "" {
		return nil, 0, fmt.Errorf("is %s", is)
	}
	r.text = bytes.TrimPrefix(r.text, []byte(filetype.BOM))
	return begin(r, o)
}

// fill drops what of the text has been read, and reads more behind the rest.
func (r *Reader) fill() {
	rest := r.text[r.at:]
	text := r.text[:0]
	if cap(text) < len(rest)+window {
		text = make([]byte, 0, 2*(len(rest)+window))
	}
	text = append(text, rest...)
	n, err := io.ReadFull(r.src, text[len(text):len(text)+window])
	r.text = text[:len(text)+n]
	r.at, r.lf, r.cr = 0, -1, -1
	if err != nil {
		r.src = nil
		if err != io.EOF && err != io.ErrUnexpectedEOF {
			r.err = err
		}
	}
}

// begin reads the header.
func begin(r *Reader, o Options) (_ *Reader, line int, err error) {
	if !r.nextLine() {
		return nil, 1, fmt.Errorf("has no header")
	}
	if len(r.row) > maxLine {
		return nil, r.line, tooLong(r.row)
	}
	r.sep = separators[o.Separator]
	if o.Separator == "" {
		r.sep = separatorOf(r.row)
	}
	r.HeaderRow = r.line
	if err := r.split(); err != nil {
		return nil, r.line, err
	}
	for i, f := range r.fields {
		name := string(f)
		if o.NoHeader {
			name = strconv.Itoa(i + 1)
		}
		r.Header = append(r.Header, name)
	}
	r.first = o.NoHeader
	return r, 0, nil
}

// separatorOf tells what separates the fields of a header.
func separatorOf(row []byte) byte {
	for _, c := range []byte("\t;,") {
		if bytes.IndexByte(row, c) >= 0 {
			return c
		}
	}
	return ' '
}

// Separator returns the name of what separates fields.
func (r *Reader) Separator() string {
	for name, c := range separators {
		if c == r.sep {
			return name
		}
	}
	return ""
}

// Rows returns how many rows are left at most in a table that is whole in memory.
func (r *Reader) Rows() int {
	n := bytes.Count(r.text[r.at:], []byte{'\n'})
	if n == 0 {
		n = bytes.Count(r.text[r.at:], []byte{'\r'})
	}
	return n + 2
}

// Next goes to the next row and returns false after the last. The error says what is
// wrong with that row; there may be more.
func (r *Reader) Next() (ok bool, err error) {
	if r.first {
		r.first = false
		return true, nil
	}
	if !r.nextLine() {
		err, r.err = r.err, nil
		return err != nil, err
	}
	if len(r.row) > maxLine {
		return true, tooLong(r.row)
	}
	if err := r.split(); err != nil {
		return true, err
	}
	if len(r.fields) != len(r.Header) {
		return true, fmt.Errorf("has %s; the header has %d", counted(len(r.fields), "field", "fields"), len(r.Header))
	}
	return true, nil
}

// Line returns the number of the row's line, from 1.
func (r *Reader) Line() int { return r.line }

// Field returns field i of the row, without blanks around it. It is of use until Next.
func (r *Reader) Field(i int) []byte { return r.fields[i] }

// nextLine goes to the next line that is not skipped.
func (r *Reader) nextLine() bool {
	for r.at < len(r.text) || r.src != nil {
		r.lf, r.cr = r.find(r.lf, '\n'), r.find(r.cr, '\r')
		end := min(r.lf, r.cr)
		if r.src != nil && end+1 >= len(r.text) { // the line may go on, and a CR be one of CR LF
			r.fill()
			continue
		}
		r.row = r.text[r.at:end]
		if r.at = min(end+1, len(r.text)); r.cr+1 == r.lf {
			r.at = r.lf + 1
		}
		r.line++
		if row := bytes.TrimLeft(r.row, " \t"); len(row) > 0 && row[0] != '#' && row[0] != '\x1a' {
			return true
		}
	}
	return false
}

// find returns the place of c from r.at on, where it was before if it still is there:
// files with line ends of one kind are searched once for the other.
func (r *Reader) find(before int, c byte) int {
	if before >= r.at {
		return before
	}
	if i := bytes.IndexByte(r.text[r.at:], c); i >= 0 {
		return r.at + i
	}
	return len(r.text)
}

// cut cuts a text at the first separator.
func (r *Reader) cut(text []byte) (field, rest []byte, more bool) {
	i := bytes.IndexByte(text, r.sep)
	if r.sep == ' ' {
		i = bytes.IndexAny(text, " \t")
	}
	if i < 0 {
		return text, nil, false
	}
	return text[:i], text[i+1:], true
}

// split cuts the row into fields.
func (r *Reader) split() error {
	r.fields = r.fields[:0]
	rest := r.row
	if r.sep == ' ' {
		rest = bytes.Trim(rest, " \t")
	}
	for {
		var field []byte
		var more bool
		if trimmed := bytes.TrimLeft(rest, " "); len(trimmed) > 0 && trimmed[0] == '"' {
			end := closing(trimmed)
			if end < 0 {
				return fmt.Errorf("has a quote that is not closed")
			}
			field = bytes.ReplaceAll(trimmed[1:end], []byte(`""`), []byte(`"`))
			_, rest, more = r.cut(trimmed[end+1:])
		} else {
			field, rest, more = r.cut(rest)
		}
		r.fields = append(r.fields, bytes.TrimSpace(field))
		if !more {
			return nil
		}
		if r.sep == ' ' {
			rest = bytes.TrimLeft(rest, " \t")
		}
	}
}

// closing returns where the quote ends that text begins with, or -1.
func closing(text []byte) int {
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '"' {
			i++
			continue
		}
		return i
	}
	return -1
}

func tooLong(row []byte) error {
	return fmt.Errorf("is %d bytes long; a line has at most %d", len(row), maxLine)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Number reads a number; comma says that its decimal sign is one.
func Number(field []byte, comma bool) (float64, bool) {
	if x, ok := short(field); ok {
		return x, true
	}
	text := string(field)
	if comma && strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	if strings.ContainsAny(text, "_xXpP") {
		return 0, false // numbers of Go, not of tables
	}
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil
}

// powers are the powers of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// short reads the plain decimals of up to 15 digits that most numbers are: their
// digits and the power of ten are exact, so one division rounds as it should.
func short(field []byte) (float64, bool) {
	digits := field
	if len(field) > 0 && field[0] == '-' {
		digits = field[1:]
	}
	if len(digits) == 0 || len(digits) > 16 {
		return 0, false
	}
	var n int64
	point := -1
	for i, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			n = 10*n + int64(c-'0')
		case c == '.' && point < 0:
			point = i
		default:
			return 0, false
		}
	}
	x := float64(n)
	if point >= 0 {
		if len(digits) == 1 {
			return 0, false
		}
		x /= powers[len(digits)-1-point]
	} else if len(digits) > 15 {
		return 0, false
	}
	if len(digits) < len(field) {
		x = -x
	}
	return x, true
}
