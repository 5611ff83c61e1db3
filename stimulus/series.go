package stimulus

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"neurosim/internal/table"
)

// A SeriesError is what is wrong with a line of a table.
type SeriesError struct {
	File   string
	Line   int    // from 1; 0: the whole file
	Column string // "" if it is not about one
	Value  string // as it is written
	Rule   string
}

// Error is file:line: column = value: rule.
func (e *SeriesError) Error() string {
	text := e.File
	if e.Line > 0 {
		text += fmt.Sprintf(":%d", e.Line)
	}
	if e.Column != "" {
		text += fmt.Sprintf(": %s = %q", e.Column, e.Value)
	}
	return text + ": " + e.Rule
}

// timeLayouts are the forms in which a time of a table may stand; seconds may have
// decimals. Dates with slashes begin with the year: 1/2/2006 does not tell the day
// from the month.
var timeLayouts = [...]string{
	"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02",
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 MST",
	"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006",
	"2-Jan-2006 15:04:05", "2-Jan-2006", "2 Jan 2006 15:04:05", "2 Jan 2006", "Jan 2, 2006",
}

// missing are the words for a missing value, in lower case.
var missing = [...]string{"", "nan", "na", "n/a", "#n/a", "null", "none", "nil", "missing", "?", ".", "-"}

// maxSeriesErrors bounds the bad lines of one file that are listed.
const maxSeriesErrors = 20

// ReadSeries reads columns of a table: a header, skip lines that are no data, then a
// row a line. A field is a number, a time, which becomes the seconds since 1970-01-01
// 00:00 of its own clock, or missing: empty, or a word such as NaN or NA, which
// becomes NaN. Every other field is an error; file names the text in errors, all of
// them *SeriesError. The notes say what a reader should know of the rows, with
// counts.
func ReadSeries(text []byte, file string, columns []string, skip int) (values [][]float64, notes []string, errs []error) {
	bad := func(line int, column, value, rule string, args ...any) {
		errs = append(errs, &SeriesError{file, line, column, value, fmt.Sprintf(rule, args...)})
	}
	r, line, err := table.New(text, table.Options{})
	if err != nil {
		bad(line, "", "", "%s", err)
		return nil, nil, errs
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		at[i] = slices.Index(r.Header, name)
		switch {
		case at[i] < 0:
			bad(r.HeaderRow, "", "", "has no column %q; columns are %s", name, strings.Join(r.Header, ", "))
		case slices.Contains(r.Header[at[i]+1:], name):
			bad(r.HeaderRow, "", "", "column %q is there twice", name)
		}
	}
	if len(errs) > 0 {
		return nil, nil, errs
	}
	comma := r.Separator() == "semicolon"
	values = make([][]float64, len(columns))
	times := make([]bool, len(columns)) // columns of times
	for n := 0; len(errs) < maxSeriesErrors; n++ {
		ok, err := r.Next()
		switch {
		case !ok:
			if len(errs) == 0 && len(values[0]) == 0 {
				bad(0, "", "", "has no rows")
			}
			return values, seriesNotes(columns, values, times), errs
		case n < skip:
			continue
		case err != nil:
			bad(r.Line(), "", "", "%s", err)
			continue
		}
		for i, name := range columns {
			x, isTime, rule := seriesValue(r.Field(at[i]), comma)
			if rule != "" {
				bad(r.Line(), name, string(r.Field(at[i])), "%s", rule)
			}
			times[i] = times[i] || isTime
			values[i] = append(values[i], x)
		}
	}
	bad(r.Line(), "", "", "more lines may be bad; only the first %d are listed", maxSeriesErrors)
	return values, nil, errs
}

// seriesValue reads one field; rule says what is wrong with it.
func seriesValue(field []byte, comma bool) (x float64, isTime bool, rule string) {
	if x, ok := table.Number(field, comma); ok && !math.IsNaN(x) {
		if math.IsInf(x, 0) {
			return 0, false, "must be finite"
		}
		return x, false, ""
	}
	text := string(field)
	if slices.Contains(missing[:], strings.ToLower(text)) {
		return math.NaN(), false, ""
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			_, offset := t.Zone()
			return float64(t.Unix() + int64(offset)), true, ""
		}
	}
	rule = "must be a number, a time like 2006-01-02 15:04:05, or missing (empty, NaN, NA)"
	switch {
	case strings.Count(text, "/") == 2:
		rule += "; a date with slashes begins with the year"
	case strings.Contains(text, ","):
		rule += "; a number has a decimal point, or semicolons separate the columns"
	}
	return 0, false, rule
}

// seriesNotes counts missing values, and times that do not ascend: rows count in the
// order in which they stand.
func seriesNotes(columns []string, values [][]float64, times []bool) (notes []string) {
	for i, name := range columns {
		if slices.Contains(columns[:i], name) {
			continue // encoded twice
		}
		gaps, back, same := 0, 0, 0
		before := math.Inf(-1)
		for _, x := range values[i] {
			switch {
			case math.IsNaN(x):
				gaps++
				continue
			case !times[i]:
			case x < before:
				back++
			case x == before:
				same++
			}
			before = x
		}
		if gaps > 0 {
			notes = append(notes, fmt.Sprintf("column %s: %d of %d values are missing", name, gaps, len(values[i])))
		}
		if back > 0 {
			notes = append(notes, fmt.Sprintf("column %s: %d of %d times are earlier than that of the row before; rows count in the order in which they stand", name, back, len(values[i])))
		}
		if same > 0 {
			notes = append(notes, fmt.Sprintf("column %s: %d of %d times are that of the row before; each row counts", name, same, len(values[i])))
		}
	}
	return notes
}
