package study

import "strconv"

// Add appends a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Exactly writes the fewest digits that give x back.
func Exactly(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
