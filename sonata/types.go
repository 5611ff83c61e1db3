package sonata

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Types is a table of the types of nodes or edges: text, by column, of each type.
type Types struct {
	Columns []string
	rows    map[uint64][]string
	IDs     []uint64 // in the order of the file
}

// ReadTypes reads a table: a header, then a row for each type. Blanks or tabs separate
// fields; quotes enclose fields with blanks. The column id, node_type_id or edge_type_id, is
// the number of the type. NULL and an empty field are none. Errors name the line.
func ReadTypes(r io.Reader, id string) (*Types, error) {
	t := &Types{rows: map[uint64][]string{}}
	at := -1
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		fields, err := split(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if len(fields) == 0 {
			continue
		}
		if t.Columns == nil {
			t.Columns = fields
			for i, name := range fields {
				if name == id {
					at = i
				}
			}
			if at < 0 {
				return nil, fmt.Errorf("line %d: has no column %s; it has %s", n, id, strings.Join(fields, ", "))
			}
			continue
		}
		if len(fields) != len(t.Columns) {
			return nil, fmt.Errorf("line %d: has %d fields, the header %d", n, len(fields), len(t.Columns))
		}
		number, err := strconv.ParseUint(fields[at], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: %s is %q, no whole number from 0 on", n, id, fields[at])
		}
		if t.rows[number] != nil {
			return nil, fmt.Errorf("line %d: type %d is there already", n, number)
		}
		t.rows[number] = fields
		t.IDs = append(t.IDs, number)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if t.Columns == nil {
		return nil, fmt.Errorf("is empty: it has no column %s", id)
	}
	return t, nil
}

// split divides a line into fields.
func split(line string) (fields []string, err error) {
	for {
		line = strings.TrimLeft(line, " \t\r")
		if line == "" {
			return fields, nil
		}
		if quote := line[:1]; quote == `"` {
			end := strings.Index(line[1:], quote)
			if end < 0 {
				return nil, fmt.Errorf("a quote does not end")
			}
			fields = append(fields, line[1:end+1])
			line = line[end+2:]
			if line != "" && !strings.ContainsAny(line[:1], " \t\r") {
				return nil, fmt.Errorf("no blank follows a quote")
			}
			continue
		}
		end := strings.IndexAny(line, " \t\r")
		if end < 0 {
			end = len(line)
		}
		fields = append(fields, line[:end])
		line = line[end:]
	}
}

// Has reports whether a type is in the table.
func (t *Types) Has(id uint64) bool { return t.rows[id] != nil }

// Text returns a field of a type, and whether it has one.
func (t *Types) Text(id uint64, column string) (string, bool) {
	for i, name := range t.Columns {
		if row := t.rows[id]; name == column && row != nil && row[i] != "" && row[i] != "NULL" && row[i] != "None" {
			return row[i], true
		}
	}
	return "", false
}

// Number returns a field of a type that is a number. The error names type and column.
func (t *Types) Number(id uint64, column string) (x float64, ok bool, err error) {
	s, ok := t.Text(id, column)
	if !ok {
		return 0, false, nil
	}
	if x, err = strconv.ParseFloat(s, 64); err != nil {
		return 0, false, fmt.Errorf("%s of type %d is %q, no number", column, id, s)
	}
	return x, true, nil
}
