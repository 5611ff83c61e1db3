package configs

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A column is one column of a CSV file that a configuration names.
type column struct {
	name     string // header
	optional bool
	whole    bool    // whole numbers
	min, max float64 // bounds, inclusive
	rule     string  // what the numbers are, for messages
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

// readTable reads columns of a CSV file: a header, then one row of numbers per
// line; lines that begin with # are comments. The result has one slice per
// column, nil for an optional one that the file lacks. Every bad row is
// reported, with its line, up to maxRowProblems.
func (d *decoder) readTable(key, file string, columns []column) ([][]float64, bool) {
	text, ok := d.readFile(key, file, maxTable)
	if !ok {
		return nil, false
	}
	before := len(d.problems)
	report := func(line int, column, got, rule string, args ...any) {
		d.problems = append(d.problems, Problem{file, line, column, got, fmt.Sprintf(rule, args...)})
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment, r.TrimLeadingSpace, r.ReuseRecord = '#', true, true
	header, err := r.Read()
	if err != nil {
		report(1, "", "", "has no header; columns are %s", columnNames(columns))
		return nil, false
	}
	line, _ := r.FieldPos(0)
	at := make([]int, len(columns))
	for i, c := range columns {
		at[i] = slices.Index(header, c.name)
		if at[i] < 0 && !c.optional {
			report(line, "", "", "has no column %q; columns are %s", c.name, columnNames(columns))
		}
	}
	for _, h := range header {
		if !slices.ContainsFunc(columns, func(c column) bool { return c.name == h }) {
			report(line, "", "", "unknown column %q%s", h, didYouMean(h, namesOf(columns)))
		}
	}
	if len(d.problems) > before {
		return nil, false
	}
	out := make([][]float64, len(columns))
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			report(syntax.Line, "", "", "%s", strings.TrimPrefix(syntax.Err.Error(), "record on line: "))
		} else if err != nil {
			report(0, "", "", "%s", err)
		} else {
			line, _ := r.FieldPos(0)
			for i, c := range columns {
				if at[i] < 0 {
					continue
				}
				x, err := strconv.ParseFloat(strings.TrimSpace(row[at[i]]), 64)
				if err != nil || !(x >= c.min && x <= c.max) || c.whole && x != math.Trunc(x) {
					report(line, c.name, strconv.Quote(row[at[i]]), "must be %s", c.rule)
				}
				out[i] = append(out[i], x)
			}
		}
		if len(d.problems)-before >= maxRowProblems {
			report(0, "", "", "more rows are bad; only the first %d are listed", maxRowProblems)
			break
		}
	}
	return out, len(d.problems) == before
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
