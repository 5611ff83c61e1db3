package record

import (
	"io"
	"strings"
)

// A Table is a file of Traces or Rates, column by column.
type Table struct {
	Steps   []int64
	Ms      []float64 // times of the steps
	Columns []Column
}

// A Column is one quantity, with a value for every step of its table.
type Column struct {
	Name   string
	Unit   string // "" for a count
	Values []float64
}

// Column returns the column of that name, or nil.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// ReadTable reads the rows of a file of Traces or Rates with a step in
// [from, to). Errors name the line.
func ReadTable(r io.Reader, from, to int64) (*Table, error) {
	l := newLines(r)
	t, err := readHead(l)
	if err != nil {
		return nil, err
	}
	err = l.rows(from, to, func(step int64, ms []byte) {
		t.Steps, t.Ms = append(t.Steps, step), append(t.Ms, l.float("time_ms", ms))
		for i := range t.Columns {
			c := &t.Columns[i]
			c.Values = append(c.Values, l.float(c.Name, l.field(i == len(t.Columns)-1)))
		}
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// readHead reads the header: step, time_ms and one or more columns.
func readHead(l *lines) (*Table, error) {
	const start = "step,time_ms,"
	if err := l.next(); err == io.EOF {
		return nil, l.header(start) // says that the file is empty
	} else if err != nil {
		return nil, err
	}
	heads, ok := strings.CutPrefix(string(l.rest), start)
	if !ok {
		return nil, l.fail("the header is %q; it should begin with %q", l.rest, start)
	}
	t := &Table{}
	for head := range strings.SplitSeq(heads, ",") {
		c := Column{Name: head}
		if i := strings.LastIndex(head, " ("); i >= 0 && strings.HasSuffix(head, ")") {
			c.Name, c.Unit = head[:i], head[i+2:len(head)-1]
		}
		t.Columns = append(t.Columns, c)
	}
	return t, nil
}
