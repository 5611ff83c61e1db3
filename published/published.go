// Package published holds the numbers that neurosim is held against: those of the
// source paper, of later revisions of it and of independent programs, one CSV file
// each. The comment at the top of a file names its sources and says which columns
// were recorded by their authors and which are exact. Studies draw them, and tests
// compare with them; both read the same file.
package published

import (
	"embed"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
)

//go:embed *.csv
var files embed.FS

// A Row is one line of a file: the text of each field, by column.
type Row map[string]string

// Rows returns the lines of the file NAME.csv in their order. The files are part of
// the program: Rows panics if there is none of that name, and its test reads all.
func Rows(name string) []Row {
	f, err := files.Open(name + ".csv")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	lines, err := r.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("published: %s: %v", name, err))
	}
	var rows []Row
	for _, line := range lines[1:] {
		row := Row{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// Float returns the number in a column, NaN where the field is empty: not recorded.
// It panics if the column is not there or holds something else.
func (r Row) Float(column string) float64 {
	text, ok := r[column]
	if ok && text == "" {
		return math.NaN()
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("published: column %s: %v", column, err))
	}
	return x
}

// Int returns the whole number in a column. It panics if there is none.
func (r Row) Int(column string) int {
	x, err := strconv.Atoi(r[column])
	if err != nil {
		panic(fmt.Sprintf("published: column %s: %v", column, err))
	}
	return x
}
