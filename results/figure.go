package results

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"neurosim/figure"
	"neurosim/internal/dictionary"
)

const (
	figuresFolder = "figures/"
	tablesFolder  = "tables/"

	maxPoints = 4 << 30 // bytes of the table of a figure
	maxRow    = 1 << 20 // bytes of a row of it
)

// A figureFile is figures/NAME.json: the figure without its points, and how
// many points the table must hold for each series of each panel.
type figureFile struct {
	figure.Figure
	Points [][]shape `json:"points"`
}

// A shape says which slices of a series are given, and how long they are.
type shape struct {
	Count   int      `json:"count"`
	Columns []string `json:"columns"`
}

// SaveFigure writes a figure as numbers: the points of each panel to a table, tables/NAME.csv
// or, where there are several, tables/NAME_a.csv and so on; the rest to figures/NAME.json.
//
// A table has one row per point. Its first columns are the series, counted from 1, and the
// name of the series. Then come x and y by the labels and units of their axes, as "Time (ms)",
// and what else occurs: low and high ends of intervals, ends of bars, the value that a colour
// stands for. What a series does not have is an empty field; a missing value is NaN. Quotes are
// as in RFC 4180, lines end in LF.
//
// A NaN or an infinity in an axis, a band, a rule or a size is an error, as is
// a series with slices of unequal length.
func (d *Dir) SaveFigure(fig figure.Figure) error {
	if err := checkFigureName(fig.Name); err != nil {
		return err
	}
	file := figureFile{Figure: fig, Points: make([][]shape, len(fig.Panels))}
	for p, panel := range fig.Panels {
		for s, series := range panel.Series {
			shape, err := shapeOf(series)
			if err != nil {
				return fmt.Errorf("figure %s: panel %d: series %d %q: %w", fig.Name, p+1, s+1, series.Name, err)
			}
			file.Points[p] = append(file.Points[p], shape)
		}
	}
	for p, name := range fig.Tables() {
		err := d.WriteTo(tablesFolder+name+".csv", func(w io.Writer) error { return writeTable(w, &fig.Panels[p]) })
		if err != nil {
			return err
		}
		d.Describe(tablesFolder+name+".csv", tableHolds(&fig, p))
	}
	d.Describe(figuresFolder+fig.Name+".json", dictionary.File{Text: "The figure " + fig.Name + " without its points: axes, marks, bands, rules. neurosim plot draws it again."})
	return d.WriteTo(figuresFolder+fig.Name+".json", func(w io.Writer) error {
		return writeJSON(w, file)
	})
}

// LoadFigure returns a saved figure, equal to the one given to SaveFigure but
// that empty Ticks, Bands and Rules are nil. A table that does not hold the
// points that were saved is an error.
func (d *Dir) LoadFigure(name string) (figure.Figure, error) {
	var file figureFile
	if err := checkFigureName(name); err != nil {
		return file.Figure, err
	}
	jsonName := figuresFolder + name + ".json"
	data, err := readSmall(d.path, jsonName, maxJSON)
	if err != nil {
		return figure.Figure{}, about(jsonName, err)
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return figure.Figure{}, about(jsonName, err)
	}
	if err := file.makeRoom(); err != nil {
		return figure.Figure{}, about(jsonName, err)
	}
	for p, name := range file.Tables() {
		if err := d.readPanel(tablesFolder+name+".csv", &file.Panels[p], file.Points[p]); err != nil {
			return figure.Figure{}, err
		}
	}
	return file.Figure, nil
}

// readPanel reads the points of a panel from its table.
func (d *Dir) readPanel(name string, panel *figure.Panel, points []shape) error {
	table, err := d.readUpTo(name, maxPoints)
	if err != nil {
		return err
	}
	defer table.Close()
	if err := readTable(table, panel, points); err != nil {
		return about(name, err)
	}
	return nil
}

// Figures returns the names of the saved figures in alphabetical order.
func (d *Dir) Figures() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var names []string
	for _, f := range d.rec.Files {
		name, inside := strings.CutPrefix(f.Name, figuresFolder)
		if name, is := strings.CutSuffix(name, ".json"); inside && is {
			names = append(names, name)
		}
	}
	slices.Sort(names) // the files are sorted with ".json", which moves "a" behind "a-b"
	return names
}

func checkFigureName(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, `/\`) {
		return fmt.Errorf("figure %q: its name must be that of a file without a folder", name)
	}
	return checkName(figuresFolder + name + ".json")
}

// columns are those of the table that hold numbers, in order.
var columns = [...]string{"x", "y", "lo", "hi", "x2", "y2", "z", "width"}

// slicesOf returns the slices of a series in the order of columns.
func slicesOf(s *figure.Series) [len(columns)]*[]float64 {
	return [...]*[]float64{&s.X, &s.Y, &s.Lo, &s.Hi, &s.X2, &s.Y2, &s.Z, &s.Width}
}

func shapeOf(s figure.Series) (shape, error) {
	sh := shape{Count: len(s.X), Columns: []string{}}
	for c, values := range slicesOf(&s) {
		if *values == nil {
			continue
		}
		if len(*values) != len(s.X) {
			return sh, fmt.Errorf("%d values in %s for %d in x", len(*values), columns[c], len(s.X))
		}
		sh.Columns = append(sh.Columns, columns[c])
	}
	return sh, nil
}

// makeRoom checks that the shapes are those of the figure's series and makes
// the slices that are given, empty.
func (f *figureFile) makeRoom() error {
	if len(f.Points) != len(f.Panels) {
		return fmt.Errorf("points of %d panels for %d", len(f.Points), len(f.Panels))
	}
	for p, panel := range f.Panels {
		if len(f.Points[p]) != len(panel.Series) {
			return fmt.Errorf("panel %d: points of %d series for %d", p+1, len(f.Points[p]), len(panel.Series))
		}
		for s := range panel.Series {
			sh, to := f.Points[p][s], slicesOf(&panel.Series[s])
			for _, name := range sh.Columns {
				c := columnOf(name)
				if c < 0 {
					return fmt.Errorf("panel %d: series %d: unknown column %q", p+1, s+1, name)
				}
				*to[c] = make([]float64, 0, min(max(sh.Count, 0), 1<<20)) // more only if the table holds it
			}
		}
	}
	return nil
}

func columnOf(name string) int {
	for c, known := range columns {
		if name == known {
			return c
		}
	}
	return -1
}
