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
	t := &Table{}
	var values [][]float64
	columns, err := ReadRows(r, from, to, func(step int64, ms float64, row []float64) {
		t.Steps, t.Ms = append(t.Steps, step), append(t.Ms, ms)
		if values == nil {
			values = make([][]float64, len(row))
		}
		for i, x := range row {
			values[i] = append(values[i], x)
		}
	})
	if err != nil {
		return nil, err
	}
	t.Columns = columns
	for i := range values {
		t.Columns[i].Values = values[i]
	}
	return t, nil
}

// ReadRows calls row for every row of a file of Traces or Rates with a step in [from, to), in
// order, with the step, its time (ms) and the value of each column. It returns the columns
// without their values. Errors name the line.
func ReadRows(r io.Reader, from, to int64, row func(step int64, ms float64, values []float64)) ([]Column, error) {
	l := newLines(r)
	columns, err := readHead(l)
	if err != nil {
		return nil, err
	}
	values := make([]float64, len(columns))
	return columns, l.rows(from, to, func(step int64, ms []byte) {
		at := l.float("time_ms", ms)
		for i := range columns {
			values[i] = l.float(columns[i].Name, l.field(i == len(columns)-1))
		}
		if l.err == nil {
			row(step, at, values)
		}
	})
}

// readHead reads the header: step, time_ms and one or more columns.
func readHead(l *lines) (columns []Column, err error) {
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
	for head := range strings.SplitSeq(heads, ",") {
		c := Column{Name: head}
		if i := strings.LastIndex(head, " ("); i >= 0 && strings.HasSuffix(head, ")") {
			c.Name, c.Unit = head[:i], head[i+2:len(head)-1]
		}
		columns = append(columns, c)
	}
	return columns, nil
}
