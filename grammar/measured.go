package grammar

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"neurosim/internal/table"
)

// DataKeys are what a user sets of measurements that a figure shows beside the model.
type DataKeys struct {
	Data        string      `toml:"data" file:"table" doc:"CSV of measurements to show in the figure: columns x, y, and optionally lo and hi, sem or sd, n, label (or series) and panel; units in the header, as in \"x (um)\""`
	DataPanel   string      `toml:"data_panel" doc:"letter of the panel that shows them, a, b ..., unless a column of data says it; default: the first whose units fit"`
	DataColumns DataColumns `toml:"data_columns"`
}

// DataSuffix ends the name of the table that says how far a figure's data are from the model.
const DataSuffix = "_data"

// DataColumns names the columns of the data of a figure; others in the file do not matter
// then.
type DataColumns struct {
	X     string `toml:"x" doc:"of data: its column of x"`
	Y     string `toml:"y" doc:"of data: its column of y"`
	Lo    string `toml:"lo" doc:"of data: lower end of the interval of y"`
	Hi    string `toml:"hi" doc:"of data: upper end of the interval of y"`
	SEM   string `toml:"sem" doc:"of data: standard error of the mean of y"`
	SD    string `toml:"sd" doc:"of data: standard deviation of y"`
	N     string `toml:"n" doc:"of data: number of measurements of y"`
	Label string `toml:"label" doc:"of data: the group of a point; each group has its own marker"`
	Panel string `toml:"panel" doc:"of data: the letter of the panel, a, b ...; default: the first whose units fit"`
}

// Columns of a table of measurements.
const (
	colX = iota
	colY
	colLo
	colHi
	colSEM
	colSD
	colN
	colLabel
	colPanel
	dataColumnCount
)

var dataColumnNames = [dataColumnCount]string{"x", "y", "lo", "hi", "sem", "sd", "n", "label", "panel"}

// Measured is measurements, in the units of their file.
type Measured struct {
	File         string
	Line         int    // of the header
	XUnit, YUnit string // "": none is said
	XName, YName string // headers
	Bars         string // what Lo and Hi are: "SEM", "SD", "interval"; "": there are none
	Groups       []MeasuredGroup
}

// A MeasuredGroup is the points of one label and panel.
type MeasuredGroup struct {
	Label, Panel string
	X, Y, Lo, Hi []float64 // Lo and Hi are nil without bars
	Sigma        []float64 // standard error of Y; nil where it is not known
	N            []float64 // nil where it is not said
}

// headerUnit is a unit at the end of a column's header, in parentheses or brackets.
var headerUnit = regexp.MustCompile(`^(.*?)\s*[(\[]([^)\]]*)[)\]]$`)

// splitHeader returns a header without its unit, and the unit: "y (mV)", "y [mV]" and "y_mV"
// are y in mV.
func splitHeader(h string) (name, unit string) {
	if m := headerUnit.FindStringSubmatch(h); m != nil {
		return m[1], m[2]
	}
	if i := strings.LastIndexByte(h, '_'); i > 0 && isSuffix(h[i+1:]) {
		return h[:i], h[i+1:]
	}
	return h, ""
}

// isSuffix tells whether the end of a header is a unit, and no word that looks like one, such
// as min.
func isSuffix(text string) bool {
	for _, q := range quantities {
		if slices.Contains(q.units, text) {
			return !slices.Contains([]string{"min", "h", "m", "M", "1"}, text)
		}
	}
	return false
}

// Measured reads a table of measurements that a key names; nil where it is no good. columns is
// the key that names columns, for messages.
func (d *Decoder) Measured(key, columns, file string, as DataColumns) *Measured {
	text, ok := d.ReadFile(key, file, MaxTable)
	if !ok {
		return nil
	}
	named := [dataColumnCount]string{as.X, as.Y, as.Lo, as.Hi, as.SEM, as.SD, as.N, as.Label, as.Panel}
	r := measuredReader{d: d, columns: columns, m: Measured{File: file}}
	t := r.open(text, named)
	if t == nil {
		return nil
	}
	for t.Next() {
		r.row(t)
	}
	if !t.Sound() {
		return nil
	}
	if len(r.m.Groups) == 0 {
		t.Report(r.m.Line, "", "", "has no rows")
		return nil
	}
	return &r.m
}

type measuredReader struct {
	d       *Decoder
	columns string // the key that names columns
	m       Measured
}

// open finds the columns of a table of measurements: by the names that the user gives, else by
// our own with or without units.
func (r *measuredReader) open(text []byte, named [dataColumnCount]string) *TableFile {
	var headers []string
	if first, _, err := table.New(text, table.Options{}); err == nil { // else OpenTable says what is wrong
		headers, r.m.Line = first.Header, first.HeaderRow
	}
	names, byUser := map[string]string{}, false
	for i, own := range dataColumnNames {
		names[own] = named[i]
		byUser = byUser || named[i] != ""
	}
	for _, h := range headers {
		base, _ := splitHeader(h)
		if base == "series" {
			base = dataColumnNames[colLabel]
		}
		if name, is := names[base]; is && name == "" {
			names[base] = h
		}
	}
	var columns []Column
	for i, own := range dataColumnNames {
		c := Column{Name: own, Optional: i > colY && named[i] == "", Min: -1e300, Max: 1e300, Rule: "a number"}
		switch i {
		case colSEM, colSD:
			c.Min, c.Rule = 0, "a number of at least 0"
		case colN:
			c.Min, c.Max, c.Whole, c.Rule = 1, 1e15, true, "a whole number from 1 on"
		}
		columns = append(columns, c)
		if names[own] == "" {
			names[own] = own
		}
	}
	used := slices.Collect(maps.Values(names))
	for i, h := range headers {
		if base, _ := splitHeader(h); !byUser && !slices.Contains(used, h) && !isIndex(i, h) {
			r.d.Report(Problem{r.m.File, r.m.Line, "", "", fmt.Sprintf("unknown column %q%s; columns are x, y, [lo, hi], [sem], [sd], [n], [label], [panel], with units as in \"y (mV)\"; or %s says which of yours they are",
				h, DidYouMean(base, dataColumnNames[:]), r.columns)})
			return nil
		}
	}
	t := r.d.OpenTable(r.m.File, text, columns, TableForm{Names: names})
	if t == nil || !r.units(t) {
		return nil
	}
	return t
}

// units reads the units of the headers and holds those of bars to that of y.
func (r *measuredReader) units(t *TableFile) bool {
	of := func(i int) (header, unit string) {
		header = t.Header[t.at[i]]
		_, unit = splitHeader(header)
		return header, unit
	}
	known := func(i int) bool {
		h, u := of(i)
		if _, ok := parseUnit(plain(u)); u != "" && !ok {
			t.Report(t.HeaderRow, "", "", "column %q: unknown unit %q", h, u)
			return false
		}
		return true
	}
	if !known(colX) || !known(colY) {
		return false
	}
	r.m.XName, r.m.XUnit = of(colX)
	r.m.YName, r.m.YUnit = of(colY)
	for i := colLo; i <= colSD; i++ {
		if !t.Has(i) {
			continue
		}
		if h, u := of(i); u != "" && plain(u) != plain(r.m.YUnit) {
			t.Report(t.HeaderRow, "", "", "column %q is in %s, and %q in %s; they must be in one unit", h, u, r.m.YName, cmp.Or(r.m.YUnit, "none"))
			return false
		}
	}
	switch {
	case t.Has(colLo) != t.Has(colHi):
		t.Report(t.HeaderRow, "", "", "has one of the columns lo and hi; an interval has both")
		return false
	case t.Has(colLo):
		r.m.Bars = "interval"
	case t.Has(colSEM):
		r.m.Bars = "SEM"
	case t.Has(colSD):
		r.m.Bars = "SD"
	}
	return true
}

// row takes a row of the table.
func (r *measuredReader) row(t *TableFile) {
	var v [colN + 1]float64
	for i := range v {
		v[i] = math.NaN()
		if !t.Has(i) || i > colY && len(strings.TrimSpace(string(t.Text(i)))) == 0 { // such as the bar of a single measurement
			continue
		}
		x, ok := t.Number(i)
		if !ok {
			return
		}
		v[i] = x
	}
	text := func(i int) string {
		if !t.Has(i) {
			return ""
		}
		return strings.TrimSpace(string(t.Text(i)))
	}
	label, panel := text(colLabel), strings.ToLower(text(colPanel))
	if panel != "" && !isPanel(panel) {
		t.Report(t.Line(), dataColumnNames[colPanel], fmt.Sprintf("%q", panel), "must be the letter of a panel, a, b ...")
		return
	}
	if v[colLo] > v[colHi] || v[colLo] > v[colY] || v[colHi] < v[colY] {
		t.Report(t.Line(), "", "", "y = %g does not lie in its interval, %g to %g", v[colY], v[colLo], v[colHi])
		return
	}
	g := r.group(label, panel)
	g.X, g.Y = append(g.X, v[colX]), append(g.Y, v[colY])
	sigma := v[colSEM]
	if sigma != sigma {
		sigma = v[colSD] / math.Sqrt(v[colN])
	}
	switch r.m.Bars {
	case "interval":
		g.Lo, g.Hi = append(g.Lo, v[colLo]), append(g.Hi, v[colHi])
	case "SEM":
		g.Lo, g.Hi = append(g.Lo, v[colY]-v[colSEM]), append(g.Hi, v[colY]+v[colSEM])
	case "SD":
		g.Lo, g.Hi = append(g.Lo, v[colY]-v[colSD]), append(g.Hi, v[colY]+v[colSD])
	}
	if t.Has(colSEM) || t.Has(colSD) && t.Has(colN) {
		g.Sigma = append(g.Sigma, sigma)
	}
	if t.Has(colN) {
		g.N = append(g.N, v[colN])
	}
}

// group returns the group of a label and panel, a new one if it is the first of it.
func (r *measuredReader) group(label, panel string) *MeasuredGroup {
	i := slices.IndexFunc(r.m.Groups, func(g MeasuredGroup) bool { return g.Label == label && g.Panel == panel })
	if i < 0 {
		i = len(r.m.Groups)
		r.m.Groups = append(r.m.Groups, MeasuredGroup{Label: label, Panel: panel})
	}
	return &r.m.Groups[i]
}

// inPanel puts measurements that name no panel into one.
func (d *Decoder) inPanel(path, panel string, m *Measured) {
	if !d.Rule(panel == "" || isPanel(panel), path, "must be the letter of a panel, a, b ...") || m == nil {
		return
	}
	for i := range m.Groups {
		if m.Groups[i].Panel == "" {
			m.Groups[i].Panel = panel
		}
	}
}

// isPanel tells whether a text is the letter of a panel: a … z, aa …
func isPanel(text string) bool {
	return text != "" && len(text) <= 2 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == ""
}

// Conversion returns the factor that takes numbers of one unit, as a header has it, to
// another, as an axis has it, and reports whether the two measure the same.
func Conversion(from, to string) (factor float64, ok bool) {
	if from == to {
		return 1, true
	}
	a, okA := parseUnit(plain(from))
	b, okB := parseUnit(plain(cmp.Or(to, "1")))
	if !okA || !okB || a.dimension != b.dimension {
		return 0, false
	}
	return a.scaled(1, b), true
}
