// Package literature is the table of published thresholds of dendritic spikes, with the
// place where each number was seen, and how they compare with an interval.
package literature

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/grammar"
	"neurosim/internal/filetype"
	"neurosim/internal/table"
)

//go:embed data
var files embed.FS

var library = grammar.Library{Folder: "literature", Files: files}

// thresholdsFile is how users see the name of the shipped thresholds.
const thresholdsFile = "literature/data/nmda_thresholds.csv"

// A Threshold is one row of a table of published thresholds: what a work states
// about how much input makes a dendritic spike.
type Threshold struct {
	ID          string
	Kind        string // of kinds
	Event       string // of events
	Reference   string // authors and year
	Label       string // tells rows of one reference apart
	DOI         string
	Species     string
	Preparation string
	Method      string
	Quantity    string  // what the numbers count or measure
	Low         float64 // lower end of the stated range or spread, in Unit; NaN where none is stated
	Typical     float64 // stated value; NaN where none is
	High        float64 // upper end; NaN where none is stated
	Unit        string  // of units
	Grade       string  // of grades
	Evidence    string  // where the number was seen
	Note        string

	File string // where the row stands
	Line int
}

// What the columns kind, event, unit and grade of a table of thresholds may say.
// The comment at the top of literature/data/nmda_thresholds.csv explains them.
func kinds() []string {
	return []string{"measurement", "review", "cited", "model", "prediction"}
}

// events returns the events, the default first.
func events() []string {
	return []string{"nmda_spike", "plateau", "na_spike", "somatic_spike"}
}

// units returns the units; counts are synapses and spines.
func units() []string {
	return []string{"synapses", "spines", "nS", "mV", "uA", "activations", "percent", "none"}
}

// grades returns the grades of evidence.
func grades() []string { return []string{"A", "B", "C", "derived"} }

// Counts reports whether the threshold is a number of synapses or spines.
func (t Threshold) Counts() bool { return t.Unit == "synapses" || t.Unit == "spines" }

// Own reports whether a row is of a user's table and not of the shipped one.
func (t Threshold) Own() bool { return t.File != thresholdsFile }

// Range returns the least and the greatest number of the row; ok is false where
// it has none. They are equal for a single number.
func (t Threshold) Range() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range []float64{t.Low, t.Typical, t.High} {
		if !math.IsNaN(x) {
			lo, hi, ok = min(lo, x), max(hi, x), true
		}
	}
	return lo, hi, ok
}

// Load returns the shipped thresholds and then those of more files,
// tables of the same columns (separated by commas, semicolons or tabs), of which only id, kind, reference, unit and grade
// have to be there; lines that begin with # are comments. read is nil for files
// on the disk. The error is grammar.Problems: all that is wrong in all files, each with
// file, line, column, value and rule.
func Load(more []string, read grammar.ReadFunc) ([]Threshold, error) {
	t := &thresholdReader{}
	shipped, _ := files.ReadFile("data/nmda_thresholds.csv") // an embedded file always reads
	t.read(thresholdsFile, shipped)
	for _, file := range more {
		text, problems := grammar.ReadText(file, library, read)
		if problems != nil {
			t.problems = append(t.problems, problems...)
			continue
		}
		t.read(file, text)
	}
	if len(t.problems) > 0 {
		return nil, t.problems
	}
	return t.rows, nil
}

// thresholdReader collects rows and what is wrong with them.
type thresholdReader struct {
	rows     []Threshold
	problems grammar.Problems

	decimalComma bool // in the numbers of the file
}

// textColumns returns the columns of a table that are text, with their places in
// a row.
func textColumns(t *Threshold) map[string]*string {
	return map[string]*string{"id": &t.ID, "kind": &t.Kind, "event": &t.Event, "reference": &t.Reference, "label": &t.Label,
		"doi": &t.DOI, "species": &t.Species, "preparation": &t.Preparation, "method": &t.Method, "quantity": &t.Quantity,
		"unit": &t.Unit, "grade": &t.Grade, "evidence": &t.Evidence, "note": &t.Note}
}

// numberColumns returns those that are numbers.
func numberColumns(t *Threshold) map[string]*float64 {
	return map[string]*float64{"low": &t.Low, "typical": &t.Typical, "high": &t.High}
}

var (
	thresholdColumns = []string{"id", "kind", "event", "reference", "label", "doi", "species", "preparation", "method",
		"quantity", "low", "typical", "high", "unit", "grade", "evidence", "note"}
	neededColumns = []string{"id", "kind", "reference", "unit", "grade"}
)

func (t *thresholdReader) read(file string, text []byte) {
	report := func(line int, column, got, rule string, args ...any) {
		t.problems = append(t.problems, grammar.Problem{File: file, Line: line, Key: column, Got: got, Rule: fmt.Sprintf(rule, args...)})
	}
	if is := filetype.Known(text); is != "" {
		report(0, "", "", "is %s", is)
		return
	}
	r := csv.NewReader(bytes.NewReader(text)) // notes in quotes may have line breaks
	r.Comment, r.TrimLeadingSpace = '#', true
	if form, _, err := table.New(text, table.Options{}); err == nil {
		t.decimalComma = form.Separator() == "semicolon"
		if c, other := map[string]rune{"semicolon": ';', "tab": '\t'}[form.Separator()]; other {
			r.Comma, r.TrimLeadingSpace = c, c != '\t' // an empty field is no space before the next
		}
	}
	header, err := r.Read()
	if err != nil {
		report(1, "", "", "has no header; columns are %s", strings.Join(thresholdColumns, ", "))
		return
	}
	line, _ := r.FieldPos(0)
	before := len(t.problems)
	for i, h := range header {
		header[i] = strings.TrimSpace(h)
		switch h = header[i]; {
		case !slices.Contains(thresholdColumns, h):
			report(line, "", "", "unknown column %q%s", h, grammar.DidYouMean(h, thresholdColumns))
		case slices.Index(header, h) < i:
			report(line, "", "", "column %q is there twice", h)
		}
	}
	for _, name := range neededColumns {
		if !slices.Contains(header, name) {
			report(line, "", "", "has no column %q; columns are %s", name, strings.Join(thresholdColumns, ", "))
		}
	}
	if len(t.problems) > before {
		return
	}
	for {
		row, err := r.Read()
		var syntax *csv.ParseError
		switch {
		case err == io.EOF:
			return
		case errors.As(err, &syntax):
			report(syntax.Line, "", "", "%s", strings.TrimPrefix(syntax.Err.Error(), "record on line: "))
		case err != nil:
			report(0, "", "", "%s", err)
			return
		default:
			line, _ := r.FieldPos(0)
			t.row(file, line, header, row)
		}
		if len(t.problems)-before >= grammar.MaxRowProblems {
			report(0, "", "", "more rows may be bad; only the first %d problems are listed", len(t.problems)-before)
			return
		}
	}
}

// row reads and checks one row.
func (t *thresholdReader) row(file string, line int, header, cells []string) {
	x := Threshold{Event: events()[0], Low: math.NaN(), Typical: math.NaN(), High: math.NaN(), File: file, Line: line}
	texts, numbers := textColumns(&x), numberColumns(&x)
	bad := func(column, got, rule string, args ...any) {
		t.problems = append(t.problems, grammar.Problem{File: file, Line: line, Key: column, Got: got, Rule: fmt.Sprintf(rule, args...)})
	}
	sound := true
	for i, name := range header {
		cell := strings.TrimSpace(cells[i])
		switch to := texts[name]; {
		case cell == "":
		case to != nil:
			*to = cell
		default:
			v, ok := table.Number([]byte(cell), t.decimalComma)
			if !ok || math.IsNaN(v) || math.IsInf(v, 0) {
				bad(name, strconv.Quote(cell), "must be a number, or empty where none is stated")
				sound = false
				continue
			}
			*numbers[name] = v
		}
	}
	oneOf := func(column string, allowed []string) {
		if got := *texts[column]; got == "" {
			bad(column, "", "must be given: %s", strings.Join(allowed, ", "))
		} else if !slices.Contains(allowed, got) {
			bad(column, strconv.Quote(got), "must be of %s%s", strings.Join(allowed, ", "), grammar.DidYouMean(got, allowed))
		}
	}
	if x.ID == "" {
		bad("id", "", "must be given")
	} else if i := slices.IndexFunc(t.rows, func(y Threshold) bool { return y.ID == x.ID }); i >= 0 {
		bad("id", strconv.Quote(x.ID), "is also in %s:%d", t.rows[i].File, t.rows[i].Line)
	}
	if x.Reference == "" {
		bad("reference", "", "must be given: authors and year")
	}
	oneOf("kind", kinds())
	oneOf("event", events())
	oneOf("unit", units())
	oneOf("grade", grades())
	if prefix, suffix, ok := strings.Cut(x.DOI, "/"); x.DOI != "" && !(ok && strings.HasPrefix(prefix, "10.") && suffix != "") {
		bad("doi", strconv.Quote(x.DOI), "must be a DOI, like 10.1002/jnr.22444, without an address before it")
	}
	if sound && slices.Contains(units(), x.Unit) {
		x.checkNumbers(bad)
	}
	t.rows = append(t.rows, x)
}

// checkNumbers holds the numbers of a row to its unit and to each other.
func (t Threshold) checkNumbers(bad func(column, got, rule string, args ...any)) {
	lo, _, ok := t.Range()
	given := func(x float64) string { return strconv.Quote(grammar.FormatNumber(x)) }
	switch {
	case t.Unit == "none" && ok:
		bad("unit", `"none"`, "must name a unit, since the row has numbers")
	case t.Unit != "none" && !ok:
		bad("unit", strconv.Quote(t.Unit), "needs a number in low, typical or high; a row without one has the unit none")
	case t.Counts() && lo <= 0:
		for _, c := range []struct {
			name string
			x    float64
		}{{"low", t.Low}, {"typical", t.Typical}, {"high", t.High}} {
			if c.x <= 0 {
				bad(c.name, given(c.x), "must be positive, a number of %s", t.Unit)
			}
		}
	case t.Low > t.Typical:
		bad("low", given(t.Low), "must not exceed typical (%s)", grammar.FormatNumber(t.Typical))
	case t.Typical > t.High:
		bad("typical", given(t.Typical), "must not exceed high (%s)", grammar.FormatNumber(t.High))
	case t.Low > t.High:
		bad("low", given(t.Low), "must not exceed high (%s)", grammar.FormatNumber(t.High))
	}
}
