package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"neurosim/internal/dictionary"
)

// A Table is rows of text under a header, all of one length.
type Table struct {
	Text    string // what a row is
	Columns []dictionary.Column
	Rows    [][]string
}

// Columns makes columns of a table of their names, units and meanings.
func Columns(of [][3]string) []dictionary.Column { return dictionary.Columns(of) }

// Header returns the names of the columns.
func (t Table) Header() []string { return dictionary.Names(t.Columns) }

// Holds says what the table holds.
func (t Table) Holds() dictionary.File { return dictionary.File{Text: t.Text, Columns: t.Columns} }

// Add appends a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Empty returns the columns in which no row has a value.
func (t Table) Empty() []string {
	var empty []string
	for i, column := range t.Header() {
		if !slices.ContainsFunc(t.Rows, func(row []string) bool { return row[i] != "" && row[i] != "NaN" }) {
			empty = append(empty, column)
		}
	}
	return empty
}

// Exactly writes the fewest digits that give x back.
func Exactly(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// Measured writes a measured quantity with six digits; nothing for none.
func Measured(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return fmt.Sprintf("%.6g", x)
}

// Significant rounds x to so many significant digits.
func Significant(x float64, digits int) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64) // what it wrote
	return y
}

// Digits writes a number with at most so many significant digits.
func Digits(x float64, n int) string { return strconv.FormatFloat(x, 'g', n, 64) }
