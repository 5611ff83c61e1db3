package experiments

import (
	"embed"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
)

// anchorFiles are published numbers beside their exact values; the comment at
// the top of each file names its sources.
//
//go:embed anchors/*.csv
var anchorFiles embed.FS

// An anchor is one row of such a file, by column.
type anchor map[string]string

// readAnchors returns the rows of anchors/name.csv. The files are part of the
// program, so what is wrong with one is found by its tests.
func readAnchors(name string) []anchor {
	f, err := anchorFiles.Open("anchors/" + name + ".csv")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	lines, err := r.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	var rows []anchor
	for _, line := range lines[1:] {
		row := anchor{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// float returns a number; NaN where the field is empty: not recorded.
func (a anchor) float(column string) float64 {
	text, ok := a[column]
	if ok && text == "" {
		return math.NaN()
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("column %s: %v", column, err))
	}
	return x
}

func (a anchor) int(column string) int {
	x, err := strconv.Atoi(a[column])
	if err != nil {
		panic(fmt.Sprintf("column %s: %v", column, err))
	}
	return x
}
