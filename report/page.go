// Package report makes one HTML file of a finished run: what it found, how it went, and with what
// it was made. The file needs no server and no network, and says so to the browser by a content
// security policy that allows its own script and style and nothing else. Without scripts its
// tables, figures and configuration are there; the course in time needs them.
//
// The course in time is a Timeline, packed as the package's encode.go says. page/report.js unpacks
// and draws it; uPlot draws the quantities against time.
package report

import (
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"neurosim/figure"
	"neurosim/plots"
	"neurosim/results"
	"neurosim/timeline"
)

// A Page is what a report shows.
type Page struct {
	Title    string
	Facts    []Fact   // of the run: command, seed, machine ...
	Failures []string // what the run could not make of its results
	Warnings []string
	Notes    []string // what this report leaves out, with numbers
	Verdicts []Verdict
	Metrics  []Fact
	Figures  []Figure
	Tables   []Table
	Texts    []Text
	Config   []ConfigLine // the resolved configuration; nil: the run has none
	Changed  []Fact       // its values that are no defaults
	Record   string       // run.json
	Timeline *timeline.Timeline
}

// A Fact is a name with a value.
type Fact struct{ Name, Value string }

// A Verdict is a number or a figure that was held against another.
type Verdict struct {
	Name, Says, Why string
	Holds           bool
}

// A Figure is a picture with what it is made of.
type Figure struct {
	Name, Caption string
	Source        string // of the picture: a data URL; "" where it could not be drawn
	Tables        []Link
	Problem       string
}

// A Link is a file of the run directory. URL is empty where the report cannot lead to it.
type Link struct{ Name, URL string }

// A Table is the beginning of a table of the run.
type Table struct {
	Link
	Header []string
	Rows   [][]string
	Total  int // rows
}

// A Text is a file of plain text.
type Text struct{ Name, Text string }

// A ConfigLine is a line of the resolved configuration.
type ConfigLine struct {
	Text    string
	Default bool // the value is the one that it would have if it were not written
}

// Limits of a page, so that it stays below 20 MB together with the course in time.
const (
	maxPicture  = 1_500_000 // bytes of one picture
	maxPictures = 8_000_000 // of all
	previewRows = 12
	maxText     = 100_000 // bytes of a text
)

// Read gathers what a finished run leaves for a page, and draws its figures. link leads from the
// report to a file of the run; it may return "". A figure that cannot be drawn, or a file that
// cannot be read, has its reason in the place of it.
func Read(ctx context.Context, dir *results.Dir, link func(name string) string) (*Page, error) {
	rec := dir.Record()
	// A report that is replaced is no part of the next, which would else never be the same.
	rec.Files = slices.DeleteFunc(rec.Files, func(f results.File) bool { return f.Name == Name })
	p := &Page{Facts: facts(&rec), Failures: rec.Failures, Warnings: rec.Warnings}
	text, err := json.MarshalIndent(rec, "", "  ")
	if err != nil {
		return nil, err
	}
	p.Record = string(text)
	if err := p.metrics(dir, &rec); err != nil {
		p.note("%s", err)
	}
	p.fitted(dir, &rec)
	pictures := 0
	drawn := map[string]bool{} // tables that figures lead to
	for _, name := range dir.Figures() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f := p.figure(dir, name, link, pictures)
		pictures += len(f.Source)
		for _, t := range f.Tables {
			drawn[t.Name] = true
		}
		p.Figures = append(p.Figures, f)
	}
	for _, f := range rec.Files {
		switch {
		case strings.HasPrefix(f.Name, "tables/") && strings.HasSuffix(f.Name, ".csv"):
			t := Table{Link: Link{f.Name, link(f.Name)}}
			if !drawn[f.Name] {
				if err := t.read(dir); err != nil {
					p.note("%s", err)
				}
			}
			if f.Name == "tables/comparisons.csv" {
				p.compared(dir)
			}
			p.Tables = append(p.Tables, t)
		case !strings.Contains(f.Name, "/") && slices.Contains([]string{".csv", ".bin", ".npz", ".h5"}, path.Ext(f.Name)):
			p.Tables = append(p.Tables, Table{Link: Link{f.Name, link(f.Name)}})
		case !strings.Contains(f.Name, "/") && strings.HasSuffix(f.Name, ".txt"), f.Name == "fit.toml":
			p.text(dir, f)
		}
	}
	return p, nil
}

func (p *Page) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

// facts says in a few lines who ran what, where and how it ended.
func facts(rec *results.Record) (list []Fact) {
	add := func(name, format string, args ...any) { list = append(list, Fact{name, fmt.Sprintf(format, args...)}) }
	add("Command", "%s", strings.Join(rec.Command, " "))
	if rec.Config.Name != "" {
		add("Configuration", "%s (SHA-256 %.12s...)", rec.Config.Name, rec.Config.SHA256)
	}
	add("Seed", "%d (%s)", rec.Seed, rec.RNG)
	took := 0.0
	for _, t := range rec.Timings {
		took += t.Seconds
	}
	add("Run", "%s, %.3g s on %d of %d cores of %s", rec.Start.Format("2006-01-02 15:04 UTC"), took, rec.Threads, rec.Machine.Cores, rec.Machine.CPU)
	build := rec.Build.Revision
	if build == "" {
		build = "built without version control"
	} else if rec.Build.Modified {
		build += ", modified"
	}
	add("Program", "%s %s, %s, %s, %s/%s", rec.Program, rec.Version, build, rec.Build.Go, rec.Build.OS, rec.Build.Arch)
	if rec.ExitCode != 0 {
		add("Exit status", "%d", rec.ExitCode)
	}
	for _, key := range slices.Sorted(maps.Keys(rec.Counts)) {
		add(strings.ToUpper(key[:1])+key[1:], "%d", rec.Counts[key])
	}
	if rec.SpikeHash != "" {
		add("SHA-256 of all spikes", "%s", rec.SpikeHash)
	}
	return list
}

// metrics reads metrics.json; those that are verdicts go to the verdicts.
func (p *Page) metrics(dir *results.Dir, rec *results.Record) error {
	text, err := all(dir, results.MetricsName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var metrics map[string]any
	if err := json.Unmarshal(text, &metrics); err != nil {
		return fmt.Errorf("%s: %w", results.MetricsName, err)
	}
	for _, key := range slices.Sorted(maps.Keys(metrics)) {
		of, is := strings.CutSuffix(key, ".holds")
		if holds, isBool := metrics[key].(bool); is && isBool {
			v := Verdict{Name: of, Holds: holds, Says: "does not hold"}
			if holds {
				v.Says = "holds"
			}
			v.Why, _ = metrics[of+".why"].(string)
			p.Verdicts = append(p.Verdicts, v)
			continue
		}
		if of, is := strings.CutSuffix(key, ".why"); is {
			if _, verdict := metrics[of+".holds"].(bool); verdict {
				continue
			}
		}
		p.Metrics = append(p.Metrics, Fact{key, value(metrics[key])})
	}
	return nil
}

// value writes a metric for people: a number with at most six digits.
func value(v any) string {
	switch v := v.(type) {
	case nil:
		return "no value"
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	return fmt.Sprint(v)
}

// compared adds a verdict for each number that was held against a measured one.
func (p *Page) compared(dir *results.Dir) {
	var t Table
	t.Name = "tables/comparisons.csv"
	if t.readUpTo(dir, 1<<30) != nil {
		return // said already
	}
	for _, row := range t.Rows {
		at := t.at(row)
		v := Verdict{Name: at("comparison"), Says: at("verdict")}
		v.Holds = strings.HasPrefix(v.Says, "within") || v.Says == "inside"
		against := at("mean") + " ± " + at("sd")
		if at("mean") == "" {
			against = at("low") + " to " + at("high")
		}
		v.Why = fmt.Sprintf("%s: %s %s, measured %s (%s)", at("quantity"), at("model"), at("unit"), against, at("source"))
		p.Verdicts = append(p.Verdicts, v)
	}
}

// fitted puts the parameters of a fit before the metrics, each with its interval, in place of the
// metrics of its ends, and says whether the data determine it.
func (p *Page) fitted(dir *results.Dir, rec *results.Record) {
	const name = "tables/parameters.csv"
	if !slices.ContainsFunc(rec.Files, func(f results.File) bool { return f.Name == name }) {
		return
	}
	t := Table{Link: Link{Name: name}}
	if err := t.readUpTo(dir, 1<<30); err != nil {
		p.note("%s", err)
		return
	}
	var facts []Fact
	var verdicts []Verdict
	for _, row := range t.Rows {
		at := t.at(row)
		number := func(column string) string {
			x, err := strconv.ParseFloat(at(column), 64)
			if err != nil {
				return at(column)
			}
			return value(x)
		}
		if at("low") == "" {
			continue // a table of another study
		}
		interval := number("low") + " to " + number("high")
		switch low, high := at("low_open") == "true", at("high_open") == "true"; {
		case low && high:
			interval = "open at both ends, within the bounds " + number("min") + " to " + number("max")
		case low:
			interval = "open below, to " + number("high")
		case high:
			interval = "from " + number("low") + ", open above"
		}
		unit := ""
		if at("unit") != "1" {
			unit = " " + at("unit")
		}
		parameter := at("parameter")
		says := number("value") + unit + " (95 % interval " + interval + unit + ")"
		facts = append(facts, Fact{parameter, says})
		v := Verdict{Name: parameter, Says: "identified", Holds: at("identified") == "true", Why: says + ": " + at("keys")}
		if !v.Holds {
			v.Says = "not identified"
		}
		verdicts = append(verdicts, v)
		for _, end := range []string{"value", "low", "high", "identified"} {
			p.Metrics = slices.DeleteFunc(p.Metrics, func(f Fact) bool { return f.Name == parameter+"_"+end })
		}
	}
	p.Metrics, p.Verdicts = append(facts, p.Metrics...), append(verdicts, p.Verdicts...)
}

// at returns what looks up a row by the names of columns; "" for one that is not there.
func (t *Table) at(row []string) func(column string) string {
	return func(column string) string {
		if i := slices.Index(t.Header, column); i >= 0 {
			return row[i]
		}
		return ""
	}
}

// figure draws a figure of the run.
func (p *Page) figure(dir *results.Dir, name string, link func(string) string, before int) Figure {
	f := Figure{Name: name}
	fig, err := dir.LoadFigure(name)
	if err != nil {
		f.Problem = err.Error()
		return f
	}
	for _, t := range fig.Tables() {
		f.Tables = append(f.Tables, Link{"tables/" + t + ".csv", link("tables/" + t + ".csv")})
	}
	if caption, err := all(dir, "figures/"+name+".txt"); err == nil {
		f.Caption = string(caption)
	}
	var picture string
	picture, err = draw(fig)
	switch {
	case err != nil:
		f.Problem = err.Error()
	case before+len(picture) > maxPictures:
		f.Problem = fmt.Sprintf("left out: with its %d bytes the pictures of this report would have more than %d", len(picture), maxPictures)
	default:
		f.Source = picture
	}
	return f
}

// draw returns a picture as a data URL: as vectors, or where these need too much, in pixels. A
// picture has a document of its own, so that no identifier in it can meet one of another.
func draw(fig figure.Figure) (string, error) {
	for _, format := range []struct{ name, media string }{{"svg", "image/svg+xml"}, {"png", "image/png"}} {
		var b strings.Builder
		err := plots.Write(&b, fig.Finite(), format.name)
		if errors.Is(err, plots.ErrNoRoom) {
			fig.Panels = slices.Clone(fig.Panels)
			for i := range fig.Panels {
				fig.Panels[i].Legend = false
			}
			b.Reset()
			err = plots.Write(&b, fig.Finite(), format.name)
		}
		if err != nil {
			return "", err
		}
		if b.Len() <= maxPicture || format.name == "png" {
			return "data:" + format.media + ";base64," + base64.StdEncoding.EncodeToString([]byte(b.String())), nil
		}
	}
	return "", nil
}

// text reads a text that a study left.
func (p *Page) text(dir *results.Dir, f results.File) {
	text, err := all(dir, f.Name)
	if err != nil {
		p.note("%s", err)
		return
	}
	if len(text) > maxText {
		p.note("%s: the first %d of %d bytes", f.Name, maxText, len(text))
		text = text[:maxText]
	}
	p.Texts = append(p.Texts, Text{f.Name, strings.ToValidUTF8(string(text), "�")})
}

// all reads a file of a run.
func all(dir *results.Dir, name string) ([]byte, error) {
	f, err := dir.Read(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path.Base(name), err)
	}
	return text, nil
}

// read reads the beginning of a table and counts its rows.
func (t *Table) read(dir *results.Dir) error { return t.readUpTo(dir, previewRows) }

func (t *Table) readUpTo(dir *results.Dir, most int) error {
	f, err := dir.Read(t.Name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	for {
		row, err := r.Read()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", t.Name, err)
		case t.Header == nil:
			t.Header = slices.Clone(row)
			continue
		}
		if t.Total++; t.Total <= most {
			t.Rows = append(t.Rows, slices.Clone(row))
		}
	}
}
