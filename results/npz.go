package results

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"neurosim/internal/npz"
)

// TableNPZ writes a table of the folder tables as arrays of NumPy, one for each column, by its
// name: int64 where all values are whole numbers, float64 where they are numbers, NaN where
// there is none, and text otherwise, as for whole numbers that int64 cannot hold. The memory that it takes does not grow with the table,
// which open opens, from its beginning, several times.
func TableNPZ(w io.Writer, open func() (io.ReadCloser, error)) error {
	columns, rows, err := scanColumns(open)
	if err != nil {
		return err
	}
	z := npz.NewWriter(w)
	for i, c := range columns {
		each := func(add func(text string)) error {
			return eachRow(open, func(at int64, row []string) {
				if at >= 0 {
					add(row[i])
				}
			})
		}
		switch {
		case c.whole && rows > 0:
			z.Array(c.name, npz.Int64, []int64{rows}, func(a *npz.Array) error { // errors stay in z
				return each(func(text string) {
					n, _ := strconv.ParseInt(text, 10, 64) // it is whole
					a.Int(n)
				})
			})
		case c.number:
			z.Array(c.name, npz.Float64, []int64{rows}, func(a *npz.Array) error {
				return each(func(text string) { a.Float(numberOrNaN(text)) })
			})
		default:
			z.Texts(c.name, rows, max(1, c.longest), each)
		}
	}
	return z.Close()
}

// columnType is what the values of a column of a table are.
type columnType struct {
	name          string
	whole, number bool // all are
	longest       int  // characters
}

// scanColumns reads a table for the types of its columns and the number of its rows.
func scanColumns(open func() (io.ReadCloser, error)) (columns []columnType, rows int64, err error) {
	err = eachRow(open, func(at int64, row []string) {
		if at < 0 {
			for _, name := range row {
				columns = append(columns, columnType{name: name, whole: true, number: true})
			}
			return
		}
		rows++
		for i, text := range row {
			c := &columns[i]
			_, err := strconv.ParseInt(text, 10, 64)
			c.whole = c.whole && err == nil
			c.number = c.number && !errors.Is(err, strconv.ErrRange) && (text == "" || !math.IsNaN(numberOrNaN(text)) || text == "NaN")
			c.longest = max(c.longest, utf8.RuneCountInString(text))
		}
	})
	return columns, rows, err
}

// eachRow calls row for every row of a table, counted from 0; the header is row -1.
func eachRow(open func() (io.ReadCloser, error), row func(at int64, cells []string)) error {
	f, err := open()
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	for at := int64(-1); ; at++ {
		cells, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		row(at, cells)
	}
}

// numberOrNaN reads a number; NaN where there is none.
func numberOrNaN(text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}
