package grammar

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/internal/table"
)

// A Column is one column of a CSV file that a configuration names.
type Column struct {
	Name     string // header
	Optional bool
	Whole    bool    // whole numbers
	Min, Max float64 // bounds, inclusive
	Rule     string  // what the numbers are, for messages

	// Check returns what else is wrong with a number on a line, or "".
	Check func(line int, x float64) string
}

// ReadFile reads a file that a key names, of limited size, and makes it an input.
func (d *Decoder) ReadFile(key, file string, limit int64) (text []byte, ok bool) {
	text, err := d.src.reader.data(file, limit)
	if err != nil {
		d.Bad(key, "%s: %s", file, reason(err))
		return nil, false
	}
	d.src.keep(file, text)
	return text, true
}

// A TableForm is what a user says of how a table is written.
type TableForm struct {
	table.Options
	Comma *bool             // whether numbers have a decimal comma; nil: where semicolons separate them
	Names map[string]string // column → its name in the file; where it is not nil, other columns do not matter
	Hint  string            // how to read decimal commas, if there is a key
}

// A TableFile is a table being read, which reports what is wrong with it.
type TableFile struct {
	*table.Reader
	d       *Decoder
	file    string
	columns []Column
	at      []int // [columns] place in a row; -1 for an optional one that the file lacks
	comma   bool
	bad     int // problems
	hint    string
	src     io.Closer // nil: the table is in memory
	rows    int       // of a large file, about
}

// Has tells whether the file has column i.
func (t *TableFile) Has(i int) bool { return t.at[i] >= 0 }

// Text returns column i of the row as it stands.
func (t *TableFile) Text(i int) []byte { return t.Field(t.at[i]) }

// Sound tells whether nothing was reported.
func (t *TableFile) Sound() bool { return t.bad == 0 }

// Warn says what of the file is not taken as it stands.
func (t *TableFile) Warn(format string, args ...any) {
	t.d.Warn("%s: %s", t.file, fmt.Sprintf(format, args...))
}

// Report reports what is wrong with a line of the file; 0: with the whole.
func (t *TableFile) Report(line int, column, got, rule string, args ...any) {
	t.bad++
	t.d.problems = append(t.d.problems, Problem{t.file, line, column, got, fmt.Sprintf(rule, args...)})
}

// OpenTable begins to read a table and finds its columns; it is nil where something
// was reported.
func (d *Decoder) OpenTable(file string, text []byte, columns []Column, form TableForm) *TableFile {
	r, line, err := table.New(text, form.Options)
	return d.openTable(file, r, line, err, columns, form)
}

// OpenData is OpenTable of a file that may be large. The table is read to its end, then closed.
func (d *Decoder) OpenData(file string, data *Data, columns []Column, form TableForm) *TableFile {
	if data.path == "" {
		return d.OpenTable(file, data.text, columns, form)
	}
	src, err := data.open()
	if err != nil {
		d.Report(Problem{File: file, Rule: reason(err)})
		return nil
	}
	r, line, err := table.NewReader(src, form.Options)
	t := d.openTable(file, r, line, err, columns, form)
	if t == nil {
		src.Close()
		return nil
	}
	t.src, t.rows = src, data.rows
	return t
}

// Close closes the file of the table.
func (t *TableFile) Close() {
	if t.src != nil {
		t.src.Close()
	}
}

// Rows returns how many rows the table has, or more by a few.
func (t *TableFile) Rows() int {
	if t.rows > 0 {
		return t.rows
	}
	return t.Reader.Rows()
}

func (d *Decoder) openTable(file string, r *table.Reader, line int, err error, columns []Column, form TableForm) *TableFile {
	t := &TableFile{d: d, file: file, columns: columns, hint: form.Hint}
	if err != nil {
		if is := err.Error(); line > 0 && is == "has no header" {
			t.Report(line, "", "", "has no header; columns are %s", columnNames(columns))
		} else {
			t.Report(line, "", "", "%s", err)
		}
		return nil
	}
	t.Reader = r
	if t.comma = r.Separator() == "semicolon"; form.Comma != nil {
		t.comma = *form.Comma
	}
	for i, h := range r.Header {
		if slices.Index(r.Header, h) < i && h != "" {
			t.Report(r.HeaderRow, "", "", "column %q is there twice", h)
		}
	}
	for _, c := range columns {
		name := c.Name
		if other, named := form.Names[c.Name]; named {
			name = other
		}
		at := -1
		if name != "" { // of a column that is not read; a header may have one without a name
			at = slices.Index(r.Header, name)
		}
		if at < 0 && !c.Optional {
			t.Report(r.HeaderRow, "", "", "has no column %q%s; it has %s", name, DidYouMean(name, r.Header), t.Described())
		}
		t.at = append(t.at, at)
	}
	for i, h := range r.Header {
		if form.Names == nil && !slices.Contains(t.at, slices.Index(r.Header, h)) && !isIndex(i, h) {
			t.Report(r.HeaderRow, "", "", "unknown column %q%s; columns are %s", h, DidYouMean(h, Names(columns, func(c Column) string { return c.Name })), columnNames(columns))
		}
	}
	if t.bad > 0 {
		return nil
	}
	return t
}

// isIndex tells whether a column is the row numbers that pandas and R write before
// the others.
func isIndex(i int, name string) bool { return i == 0 && (name == "" || name == "Unnamed: 0") }

// Described lists the columns of the file, and what separates them unless it is the
// comma.
func (t *TableFile) Described() string {
	list := strings.Join(t.Header, ", ")
	if len(list) > 200 {
		list = list[:200] + " ..."
	}
	switch s := t.Separator(); {
	case len(t.Header) == 1:
		return fmt.Sprintf("the one column %q", list)
	case s != "comma":
		return fmt.Sprintf("%s (separator: %s)", list, s)
	}
	return list
}

// Next goes to the next row that can be read; bad ones are reported, up to
// MaxRowProblems.
func (t *TableFile) Next() bool {
	for t.bad < MaxRowProblems {
		ok, err := t.Reader.Next()
		if !ok {
			return false
		}
		if err == nil {
			return true
		}
		t.Report(t.Line(), "", "", "%s", err)
	}
	t.Report(t.Line(), "", "", "more rows may be bad; only the first %d problems are listed", t.bad)
	return false
}

// Number returns column i of the row, and reports one that is no good.
func (t *TableFile) Number(i int) (float64, bool) {
	c := t.columns[i]
	field := t.Field(t.at[i])
	x, ok := table.Number(field, t.comma)
	rule := ""
	switch {
	case !ok || !(x >= c.Min && x <= c.Max) || c.Whole && x != math.Trunc(x):
		rule = "must be " + c.Rule
		if !ok && bytes.IndexByte(field, ',') >= 0 {
			rule += "; a number has a decimal point" + t.hint
		}
	case c.Check != nil:
		rule = c.Check(t.Line(), x)
	}
	if rule != "" {
		name := c.Name
		if t.Header[t.at[i]] != "" {
			name = t.Header[t.at[i]]
		}
		t.Report(t.Line(), name, strconv.Quote(Shorten(string(field))), "%s", rule)
		return 0, false
	}
	return x, true
}

// ReadTable reads columns of a table that a key names: a header, then one row of
// numbers per line, separated as the header tells. The result has one slice per
// column, nil for an optional one that the file lacks. Every bad row is reported,
// with its line, up to MaxRowProblems.
func (d *Decoder) ReadTable(key, file string, columns []Column) ([][]float64, bool) {
	text, ok := d.ReadFile(key, file, MaxTable)
	if !ok {
		return nil, false
	}
	t := d.OpenTable(file, text, columns, TableForm{})
	if t == nil {
		return nil, false
	}
	out := make([][]float64, len(columns))
	for i := range out {
		if t.Has(i) {
			out[i] = make([]float64, 0, t.Rows())
		}
	}
	for t.Next() {
		for i := range out {
			if t.Has(i) {
				x, _ := t.Number(i)
				out[i] = append(out[i], x)
			}
		}
	}
	return out, t.bad == 0
}

// MaxRowProblems bounds the bad rows of one file that are listed.
const MaxRowProblems = 20

func columnNames(columns []Column) string {
	return strings.Join(Names(columns, func(c Column) string {
		if c.Optional {
			return "[" + c.Name + "]"
		}
		return c.Name
	}), ", ")
}
