package configs

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/internal/table"
)

// A column is one column of a CSV file that a configuration names.
type column struct {
	name     string // header
	optional bool
	whole    bool    // whole numbers
	min, max float64 // bounds, inclusive
	rule     string  // what the numbers are, for messages

	// check returns what else is wrong with a number on a line, or "".
	check func(line int, x float64) string
}

// readFile reads a file that a key names; see field.file.
func (d *decoder) readFile(key, file string, limit int64) (text []byte, ok bool) {
	text, err := d.src.reader.data(file, limit)
	if err != nil {
		d.bad(key, "%s: %s", file, reason(err))
		return nil, false
	}
	d.src.keep(file, text)
	return text, true
}

// tableForm is what a user says of how a table is written.
type tableForm struct {
	table.Options
	comma *bool             // whether numbers have a decimal comma; nil: where semicolons separate them
	names map[string]string // column → its name in the file; where it is not nil, other columns do not matter
}

// tableFile is a table being read, which reports what is wrong with it.
type tableFile struct {
	*table.Reader
	d       *decoder
	file    string
	columns []column
	at      []int // [columns] place in a row; -1 for an optional one that the file lacks
	comma   bool
	bad     int    // problems
	hint    string // how to read decimal commas, if there is a key
}

func (t *tableFile) report(line int, column, got, rule string, args ...any) {
	t.bad++
	t.d.problems = append(t.d.problems, Problem{t.file, line, column, got, fmt.Sprintf(rule, args...)})
}

// openTable begins to read a table and finds its columns; it is nil where something
// was reported.
func (d *decoder) openTable(file string, text []byte, columns []column, form tableForm) *tableFile {
	t := &tableFile{d: d, file: file, columns: columns}
	r, line, err := table.New(text, form.Options)
	if err != nil {
		if is := err.Error(); line > 0 && is == "has no header" {
			t.report(line, "", "", "has no header; columns are %s", columnNames(columns))
		} else {
			t.report(line, "", "", "%s", err)
		}
		return nil
	}
	t.Reader = r
	if t.comma = r.Separator() == "semicolon"; form.comma != nil {
		t.comma = *form.comma
	}
	for i, h := range r.Header {
		if slices.Index(r.Header, h) < i && h != "" {
			t.report(r.HeaderRow, "", "", "column %q is there twice", h)
		}
	}
	for _, c := range columns {
		name := c.name
		if other, named := form.names[c.name]; named {
			name = other
		}
		at := slices.Index(r.Header, name)
		if at < 0 && !c.optional {
			t.report(r.HeaderRow, "", "", "has no column %q%s; it has %s", name, didYouMean(name, r.Header), t.described())
		}
		t.at = append(t.at, at)
	}
	for i, h := range r.Header {
		if form.names == nil && !slices.Contains(t.at, slices.Index(r.Header, h)) && !isIndex(i, h) {
			t.report(r.HeaderRow, "", "", "unknown column %q%s; columns are %s", h, didYouMean(h, namesOf(columns)), columnNames(columns))
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

// described lists the columns of the file, and what separates them unless it is the
// comma.
func (t *tableFile) described() string {
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

// next goes to the next row that can be read; bad ones are reported, up to
// maxRowProblems.
func (t *tableFile) next() bool {
	for t.bad < maxRowProblems {
		ok, err := t.Next()
		if !ok {
			return false
		}
		if err == nil {
			return true
		}
		t.report(t.Line(), "", "", "%s", err)
	}
	t.report(t.Line(), "", "", "more rows may be bad; only the first %d problems are listed", t.bad)
	return false
}

// number returns column i of the row, and reports one that is no good.
func (t *tableFile) number(i int) (float64, bool) {
	c := t.columns[i]
	field := t.Field(t.at[i])
	x, ok := table.Number(field, t.comma)
	rule := ""
	switch {
	case !ok || !(x >= c.min && x <= c.max) || c.whole && x != math.Trunc(x):
		rule = "must be " + c.rule
		if !ok && bytes.IndexByte(field, ',') >= 0 {
			rule += "; a number has a decimal point" + t.hint
		}
	case c.check != nil:
		rule = c.check(t.Line(), x)
	}
	if rule != "" {
		name := c.name
		if t.Header[t.at[i]] != "" {
			name = t.Header[t.at[i]]
		}
		t.report(t.Line(), name, strconv.Quote(shorten(string(field))), "%s", rule)
		return 0, false
	}
	return x, true
}

// readTable reads columns of a table that a key names: a header, then one row of
// numbers per line, separated as the header tells. The result has one slice per
// column, nil for an optional one that the file lacks. Every bad row is reported,
// with its line, up to maxRowProblems.
func (d *decoder) readTable(key, file string, columns []column) ([][]float64, bool) {
	text, ok := d.readFile(key, file, maxTable)
	if !ok {
		return nil, false
	}
	t := d.openTable(file, text, columns, tableForm{})
	if t == nil {
		return nil, false
	}
	out := make([][]float64, len(columns))
	for i := range out {
		if t.at[i] >= 0 {
			out[i] = make([]float64, 0, t.Rows())
		}
	}
	for t.next() {
		for i := range out {
			if t.at[i] >= 0 {
				x, _ := t.number(i)
				out[i] = append(out[i], x)
			}
		}
	}
	return out, t.bad == 0
}

// maxRowProblems bounds the bad rows of one file that are listed.
const maxRowProblems = 20

func namesOf(columns []column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.name
	}
	return out
}

func columnNames(columns []column) string {
	out := namesOf(columns)
	for i, c := range columns {
		if c.optional {
			out[i] = "[" + out[i] + "]"
		}
	}
	return strings.Join(out, ", ")
}

func int32s(x []float64) []int32 {
	if x == nil {
		return nil
	}
	out := make([]int32, len(x))
	for i, v := range x {
		out[i] = int32(v)
	}
	return out
}
