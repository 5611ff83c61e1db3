package stimulus

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
	"time"
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

// timeLayouts are the forms in which a time of a table may stand.
var timeLayouts = [...]string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02"}

// maxSeriesErrors bounds the bad lines of one file that are listed.
const maxSeriesErrors = 20

// ReadSeries reads columns of a CSV text: a header, skip lines that are no data,
// then a row a line. A field is a number or a time, which becomes the seconds
// since 1970-01-01 00:00 of its own clock; an empty field is NaN. Every other
// field is an error; file names the text in errors, all of them *SeriesError.
func ReadSeries(text []byte, file string, columns []string, skip int) ([][]float64, []error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment, r.TrimLeadingSpace, r.ReuseRecord = '#', true, true
	header, err := r.Read()
	if err != nil {
		return nil, []error{&SeriesError{File: file, Line: 1, Rule: "has no header"}}
	}
	line, _ := r.FieldPos(0)
	var errs []error
	at := make([]int, len(columns))
	for i, name := range columns {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			errs = append(errs, &SeriesError{File: file, Line: line, Rule: fmt.Sprintf("has no column %q; columns are %s", name, strings.Join(header, ", "))})
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	out := make([][]float64, len(columns))
	for n := 0; len(errs) < maxSeriesErrors; n++ {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		var syntax *csv.ParseError
		switch {
		case errors.As(err, &syntax):
			errs = append(errs, &SeriesError{File: file, Line: syntax.Line, Rule: syntax.Err.Error()})
			continue
		case err != nil:
			return nil, append(errs, &SeriesError{File: file, Rule: err.Error()})
		case n < skip:
			continue
		}
		line, _ := r.FieldPos(0)
		for i, name := range columns {
			x, ok := seriesValue(strings.TrimSpace(row[at[i]]))
			if !ok {
				errs = append(errs, &SeriesError{file, line, name, row[at[i]], "must be a number, a time like 2006-01-02 15:04:05, or empty"})
			}
			out[i] = append(out[i], x)
		}
	}
	if len(errs) == 0 && len(out[0]) == 0 {
		errs = append(errs, &SeriesError{File: file, Rule: "has no rows"})
	}
	return out, errs
}

// seriesValue reads one field.
func seriesValue(text string) (float64, bool) {
	if text == "" {
		return math.NaN(), true
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		return x, !math.IsInf(x, 0)
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return float64(t.Unix()), true
		}
	}
	return 0, false
}
