package results

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/figure"
	"neurosim/internal/dictionary"
	"neurosim/internal/infile"
)

// writeTable writes the points of a panel: see SaveFigure.
func writeTable(w io.Writer, panel *figure.Panel) error {
	used := usedColumns(panel)
	var row []byte
	for i, name := range header(panel) {
		if i > 0 {
			row = append(row, ',')
		}
		row = append(row, quote(name)...)
	}
	if _, err := w.Write(append(row, '\n')); err != nil {
		return err
	}
	for s, series := range panel.Series {
		where := fmt.Sprintf("%d,%s", s+1, quote(series.Name))
		values := slicesOf(&series)
		for i := range series.X {
			row = append(row[:0], where...)
			for c, v := range values {
				if !used[c] {
					continue
				}
				row = append(row, ',')
				if *v != nil {
					row = appendNumber(row, (*v)[i])
				}
			}
			if _, err := w.Write(append(row, '\n')); err != nil {
				return err
			}
		}
	}
	return nil
}

// usedColumns tells which columns a series of a panel has.
func usedColumns(panel *figure.Panel) (used [len(columns)]bool) {
	for _, series := range panel.Series {
		for c, v := range slicesOf(&series) {
			used[c] = used[c] || *v != nil
		}
	}
	return used
}

// header returns the names of the columns of a panel: what is measured along its axes, with
// units, and the ends of intervals by the names of what they are ends of. A name that would
// stand twice says the axis too.
func header(panel *figure.Panel) []string { return dictionary.Names(pointColumns(panel)) }

// tableHolds says what the table of a panel holds.
func tableHolds(fig *figure.Figure, panel int) dictionary.File {
	p := &fig.Panels[panel]
	text := "The points of the figure " + fig.Name
	if len(fig.Panels) > 1 {
		text += ", panel " + figure.Letter(panel)
	}
	if p.Title != "" {
		text += ": " + oneLine(p.Title)
	}
	return dictionary.File{Text: text + ".", Columns: pointColumns(p)}
}

// pointColumns are the columns of header.
func pointColumns(panel *figure.Panel) []dictionary.Column {
	var colours figure.Axis
	if c := panel.Colours; c != nil {
		colours = figure.Axis{Label: c.Label, Unit: c.Unit}
	}
	x, y, z := named(panel.X, "x"), named(panel.Y, "y"), named(colours, "colour")
	if x.Label == y.Label {
		x.Label, y.Label = x.Label+", x", y.Label+", y"
	}
	all := [len(columns)]dictionary.Column{
		column(x, "", "place along the horizontal axis"), column(y, "", "place along the vertical axis"),
		column(y, ", low", "lower end of the interval"), column(y, ", high", "upper end of the interval"),
		column(x, ", end", "end of the bar, the rectangle or the stroke"), column(y, ", end", "end of the stroke"),
		column(z, "", "value that the colour stands for"), column(x, ", width", "width of the stroke"),
	}
	out := dictionary.Columns([][3]string{{"series", "", "curve or set of points, from 1"}, {"name", "", "name of the series in the legend; empty: it has none"}})
	for c, used := range usedColumns(panel) {
		if !used {
			continue
		}
		for slices.Contains(dictionary.Names(out), all[c].Name) {
			all[c].Name += ", " + columns[c]
		}
		out = append(out, all[c])
	}
	return out
}

// named returns an axis with a label: that of the axis as plain text, or another where it has
// none.
func named(a figure.Axis, other string) figure.Axis {
	a.Label = cmp.Or(oneLine(a.Label), other)
	a.Unit = oneLine(a.Unit)
	return a
}

// oneLine writes a text without marks and with single spaces: fields of a header are words.
func oneLine(text string) string { return strings.Join(strings.Fields(figure.Plain(text)), " ") }

// column is a column of numbers along an axis.
func column(a figure.Axis, suffix, text string) dictionary.Column {
	c := dictionary.Column{Name: a.Label + suffix, Unit: a.Unit, Text: text}
	if a.Unit != "" {
		c.Name += " (" + a.Unit + ")"
	}
	return c
}

// quote returns a CSV field with quotes where it needs them.
func quote(s string) string {
	if !strings.ContainsAny(s, "\",\r\n") && strings.TrimSpace(s) == s {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// appendNumber appends the fewest digits that give v back, with an exponent
// only far from 1. Infinities are spelt as Python, R and Go read them.
func appendNumber(b []byte, v float64) []byte {
	switch abs := math.Abs(v); {
	case math.IsInf(v, 1):
		return append(b, "Inf"...)
	case abs == 0 || 1e-5 <= abs && abs < 1e15:
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	default:
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	}
}

// readTable appends the points of a table to the slices of a panel, of which it must hold so
// many.
func readTable(r io.Reader, panel *figure.Panel, points []shape) error {
	rows := csv.NewReader(infile.LimitLines(r, maxRow))
	rows.ReuseRecord = true
	head, err := rows.Read()
	if err == io.EOF {
		return errors.New("is empty")
	}
	if err != nil {
		return err
	}
	if want := header(panel); !slices.Equal(head, want) {
		return fmt.Errorf("not the table of this panel: its columns are %q, must be %q", head, want)
	}
	var in []int // which of columns each one is
	for c, used := range usedColumns(panel) {
		if used {
			in = append(in, c)
		}
	}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return checkCounts(panel, points)
		}
		if err == nil {
			err = readRow(row, in, panel, points)
		}
		if err != nil {
			if _, has := err.(*csv.ParseError); has {
				return err // it names the line
			}
			if _, has := infile.Reason(err); has {
				return err // the same
			}
			line, _ := rows.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func readRow(row []string, in []int, panel *figure.Panel, points []shape) error {
	s, err := strconv.Atoi(row[0])
	if err != nil || s < 1 || s > len(panel.Series) {
		return fmt.Errorf("series %s: the panel has none such", row[0])
	}
	to := slicesOf(&panel.Series[s-1])
	for i, text := range row[2:] {
		values, name := to[in[i]], columns[in[i]]
		if *values == nil {
			if text != "" {
				return fmt.Errorf("%s = %s: series %d has no such values", name, text, s)
			}
			continue
		}
		if len(*values) >= points[s-1].Count {
			return fmt.Errorf("series %d has more than %d values of %s", s, points[s-1].Count, name)
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%s = %q: must be a number", name, text)
		}
		*values = append(*values, v)
	}
	return nil
}

func checkCounts(panel *figure.Panel, points []shape) error {
	for s := range panel.Series {
		want := points[s]
		values := slicesOf(&panel.Series[s])
		for _, name := range want.Columns {
			if got := len(*values[columnOf(name)]); got != want.Count {
				return fmt.Errorf("%d values of %s in series %d: %d were saved", got, name, s+1, want.Count)
			}
		}
	}
	return nil
}
