package experiments

import (
	"strconv"

	"neurosim/study"
)

// A Table is rows of text under a header, all of one length.
type Table = study.Table

// eightDigits writes a number of a table that people read.
func eightDigits(x float64) string { return strconv.FormatFloat(x, 'g', 8, 64) }
