package results

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"neurosim/figure"
	"neurosim/internal/infile"
)

// writeTable writes the points of a figure: see SaveFigure.
func writeTable(w io.Writer, fig figure.Figure) error {
	used := usedColumns(fig)
	row := []byte("panel,series,name")
	for c, name := range columns {
		if used[c] {
			row = append(append(row, ','), quote(header(fig, name))...)
		}
	}
	if _, err := w.Write(append(row, '\n')); err != nil {
		return err
	}
	for p, panel := range fig.Panels {
		for s, series := range panel.Series {
			where := fmt.Sprintf("%d,%d,%s", p+1, s+1, quote(series.Name))
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
	}
	return nil
}

func usedColumns(fig figure.Figure) (used [len(columns)]bool) {
	for _, panel := range fig.Panels {
		for _, series := range panel.Series {
			for c, v := range slicesOf(&series) {
				used[c] = used[c] || *v != nil
			}
		}
	}
	return used
}

// header returns a column's name with the axes that its numbers are of.
func header(fig figure.Figure, column string) string {
	var axes []string
	same := true
	for _, panel := range fig.Panels {
		axis := panel.Y
		switch {
		case strings.HasPrefix(column, "x"), column == "width":
			axis = panel.X
		case column == "z" && panel.Colours == nil:
			continue
		case column == "z":
			axis = figure.Axis{Label: panel.Colours.Label, Unit: panel.Colours.Unit}
		}
		text := axis.Label
		if axis.Unit != "" {
			text = strings.TrimSpace(text + " (" + axis.Unit + ")")
		}
		same = same && (len(axes) == 0 || axes[0] == text)
		axes = append(axes, text)
	}
	if same {
		axes = axes[:min(len(axes), 1)]
	}
	return strings.TrimSuffix(column+": "+strings.Join(axes, "; "), ": ")
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

// readTable appends the points of a table to the slices of a figure.
func readTable(r io.Reader, file *figureFile) error {
	rows := csv.NewReader(infile.LimitLines(r, maxRow))
	rows.ReuseRecord = true
	head, err := rows.Read()
	if err == io.EOF {
		return errors.New("is empty")
	}
	if err != nil {
		return err
	}
	if len(head) < 3 || head[0] != "panel" || head[1] != "series" || head[2] != "name" {
		return errors.New("not the table of a figure: its first columns must be panel, series, name")
	}
	in := make([]int, len(head)) // which of columns each one is
	for i, text := range head[3:] {
		name, _, _ := strings.Cut(text, ":")
		if in[3+i] = columnOf(name); in[3+i] < 0 {
			return fmt.Errorf("unknown column %q", text)
		}
	}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return checkCounts(file)
		}
		if err == nil {
			err = readRow(row, in, file)
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

func readRow(row []string, in []int, file *figureFile) error {
	p, err1 := strconv.Atoi(row[0])
	s, err2 := strconv.Atoi(row[1])
	if err1 != nil || err2 != nil || p < 1 || p > len(file.Panels) || s < 1 || s > len(file.Panels[p-1].Series) {
		return fmt.Errorf("panel %s, series %s: the figure has none such", row[0], row[1])
	}
	to := slicesOf(&file.Panels[p-1].Series[s-1])
	for i := 3; i < len(row); i++ {
		values := to[in[i]]
		if *values == nil {
			if row[i] != "" {
				return fmt.Errorf("%s = %s: panel %d, series %d has no such values", columns[in[i]], row[i], p, s)
			}
			continue
		}
		if len(*values) >= file.Points[p-1][s-1].Count {
			return fmt.Errorf("panel %d, series %d has more than %d values of %s", p, s, file.Points[p-1][s-1].Count, columns[in[i]])
		}
		v, err := strconv.ParseFloat(row[i], 64)
		if err != nil {
			return fmt.Errorf("%s = %q: must be a number", columns[in[i]], row[i])
		}
		*values = append(*values, v)
	}
	return nil
}

func checkCounts(file *figureFile) error {
	for p, panel := range file.Panels {
		for s := range panel.Series {
			want := file.Points[p][s]
			values := slicesOf(&panel.Series[s])
			for _, name := range want.Columns {
				if got := len(*values[columnOf(name)]); got != want.Count {
					return fmt.Errorf("%d values of %s in panel %d, series %d: %d were saved", got, name, p+1, s+1, want.Count)
				}
			}
		}
	}
	return nil
}
