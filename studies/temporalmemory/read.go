package temporalmemory

import (
	"errors"
	"math"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/internal/dotted"
	"neurosim/sequence"
	"neurosim/stimulus"
	"neurosim/study"
)

// Kind is the study of the temporal memory.
func Kind() study.Kind {
	return study.Kind{
		Name: "a temporal memory", Model: "temporal-memory", Tables: referenceTables(), Figures: allFigures(), Writes: []string{"runs", "segments"}, Named: []string{"cases"},
		Read: func(d *grammar.Decoder) study.Study { return read(d) },
	}
}

// reader reads the tables of a study of the temporal memory.
type reader struct{ *grammar.Decoder }

func read(decoder *grammar.Decoder) *Study {
	d := reader{decoder}
	t := &Study{Configuration: d.Configuration(), Run: defaultRun(), Memory: sequence.Default()}
	root := d.Root()
	d.Into("run", d.Table("run", root, "run"), &t.Run)
	d.Rule(t.Run.Repeats >= 1 && t.Run.Repeats <= grammar.MaxPoints, "run.repeats", "must be from 1 to %d", grammar.MaxPoints)
	t.Seed = t.Run.Seed
	d.Into("memory", d.Table("memory", root, "memory"), &t.Memory)
	active := 0
	stream := d.Table("stream", root, "stream")
	if stream == nil {
		d.Bad("stream", "must be given: what the memory sees")
	} else if kind, ok := d.Kind("stream", stream, "mixed", "series"); ok {
		if kind == "mixed" {
			active = d.mixed(t, stream)
			d.figures(t, mixedFigures(), seriesTables)
		} else {
			active = d.series(t, stream)
			d.figures(t, seriesFigures(), mixedTables)
		}
	}
	t.Memory.Check(active, d.Under("memory"))
	if need := t.bytes(); d.Problems() == 0 && d.Memory() > 0 && need > float64(d.Memory()) {
		key := "memory.columns"
		if t.Mixed != nil && float64(t.Mixed.Elements) > float64(t.Memory.Columns) {
			key = "stream.elements"
		}
		d.Bad(key, "makes the memory need up to %s; there are %s", grammar.FormatBytes(need), grammar.FormatBytes(float64(d.Memory())))
	}
	return t
}

// bytes bounds the memory of one run from above: every column of every element
// could make a segment.
func (t *Study) bytes() float64 {
	elements, active, classes := 0, 0, 0
	if t.Mixed != nil {
		elements, active = t.Mixed.Elements, t.Mixed.Active
	} else if t.Series != nil {
		elements, active, classes = len(t.Series.Values), t.Series.Columns.Active, t.Series.Readout.Buckets
	}
	cells := float64(t.Memory.Columns) * float64(t.Memory.CellsPerColumn)
	segments := min(float64(elements)*float64(active), cells*float64(t.Memory.MaxSegmentsPerCell))
	return float64(cells*(32+float64(4*float64(classes)))) + float64(segments*(32+float64(16*float64(t.Memory.MaxNewSynapseCount))))
}

// mixed reads the stream and the cases of a mixed study and returns the number
// of active columns of an element.
func (d reader) mixed(t *Study, tree map[string]any) int {
	m := new(defaultMixed())
	t.Mixed = m
	d.Into("stream", tree, m)
	d.Rule(m.Elements >= 1 && m.Elements <= 1<<31-1, "stream.elements", "must be from 1 to %d", 1<<31-1)
	d.Rule(m.Active >= 1 && m.Active <= t.Memory.Columns, "stream.active", "must be from 1 to memory.columns (%d)", t.Memory.Columns)
	d.Rule(m.Noise >= 0 && m.Noise <= 1<<20, "stream.noise", "must be from 0 to %d", 1<<20)
	length := 0
	if d.Require("stream.sequences") {
		length = d.letters("stream.sequences", m.Sequences, t, 0)
	}
	if m.Changed != nil {
		d.letters("stream.changed", m.Changed, t, length)
	}
	d.Rule(m.ChangeAfter >= 0 && m.ChangeAfter < m.Elements, "stream.change_after", "must be from 0 to stream.elements - 1 (%d)", m.Elements-1)
	root := d.Table("cases", d.Root(), "cases")
	for name, tree := range d.Tables("cases", root) {
		at := grammar.Join("cases", name)
		c := &Case{Name: name, Label: name, CellsPerColumn: t.Memory.CellsPerColumn}
		d.Into(at, tree, c)
		p := t.Memory
		p.CellsPerColumn = c.CellsPerColumn
		p.Check(m.Active, func(key, rule string, args ...any) {
			if key == "cells_per_column" || c.CellsPerColumn != t.Memory.CellsPerColumn && strings.HasSuffix(key, "threshold") {
				d.Bad(at+".cells_per_column", "memory."+key+" "+rule, args...)
			}
		})
		if c.Change && (m.Changed == nil || m.ChangeAfter == 0) {
			d.Bad(at+".change", "needs stream.changed and stream.change_after")
		}
		if !(c.Dead >= 0 && c.Dead < 1) {
			d.Bad(at+".dead", "must be from 0 to below 1")
		} else if c.Dead > 0 && m.ChangeAfter == 0 {
			d.Bad(at+".dead", "needs stream.change_after: when they die")
		}
		m.Cases = append(m.Cases, *c)
	}
	d.Rule(len(root) != 0, "cases", "must be given: at least one table [cases.NAME]")
	return m.Active
}

// letters checks sequences and returns their length.
func (d reader) letters(key string, sequences []string, t *Study, length int) int {
	d.Rule(len(sequences) != 0, key, "must hold at least one sequence")
	for _, s := range sequences {
		if length == 0 {
			length = len(s)
		}
		d.Rule(s != "" && len(s) == length, key, "%q has %d letters; all sequences have %d", s, len(s), length)
		for _, r := range s {
			if r < 'A' || r > 'Z' {
				d.Bad(key, "%q must be of the letters A to Z", s)
				break
			}
			if end := (int(r-'A') + 1) * t.Mixed.Active; end > t.Memory.Columns {
				d.Bad(key, "letter %c needs column %d: %d active columns a letter; memory.columns is %d", r, end-1, t.Mixed.Active, t.Memory.Columns)
				break
			}
		}
	}
	return length
}

// series reads the stream, encoders, column map and read-out of a series study
// and returns the number of active columns of a row.
func (d reader) series(t *Study, tree map[string]any) int {
	s := new(defaultSeries())
	s.Columns, s.Readout = defaultColumns(), defaultReadout()
	t.Series = s
	d.Into("stream", tree, s)
	for _, k := range []struct {
		key          string
		value, least int
	}{{"skip_rows", s.SkipRows, 0}, {"rows", s.Rows, 0}, {"ahead", s.Ahead, 1}, {"season", s.Season, 0}, {"score_from", s.ScoreFrom, 0}} {
		d.Rule(k.value >= k.least, "stream."+k.key, "must be at least %d", k.least)
	}
	d.encoders(t)
	d.Into("columns", d.Table("columns", d.Root(), "columns"), &s.Columns)
	inputs := 0
	for _, e := range s.Encoders {
		inputs += e.Size()
	}
	d.Rule(s.Columns.Active >= 1 && s.Columns.Active <= t.Memory.Columns, "columns.active", "must be from 1 to memory.columns (%d)", t.Memory.Columns)
	if p := s.Columns.Potential; !(p > 0 && p <= 1) || len(s.Encoders) > 0 && p*float64(inputs) < 1 {
		d.Bad("columns.potential", "must be above 0 and at most 1, and at least one of the encoders' %d cells", inputs)
	}
	d.Into("readout", d.Table("readout", d.Root(), "readout"), &s.Readout)
	d.Rule(len(s.Readout.Sees) != 0, "readout.sees", "must name at least one of winners, active and columns")
	d.Rule(!slices.Contains(s.Readout.Sees, "winners") || !slices.Contains(s.Readout.Sees, "active"), "readout.sees", "has the winners among the active cells")
	if d.Require("readout.max") && !(s.Readout.Max > s.Readout.Min) {
		d.Bad("readout.max", "must be above readout.min (%g)", s.Readout.Min)
	}
	d.Rule(s.Readout.Buckets >= 2 && s.Readout.Buckets <= 10000, "readout.buckets", "must be from 2 to 10000")
	d.Rule(s.Readout.Spread >= 0 && s.Readout.Spread <= 1000, "readout.spread", "must be from 0 to 1000")
	d.Rule(s.Readout.Rate > 0, "readout.rate", "must be positive: at rate 0 nothing is learned")
	if s.File != "" && d.Problems() == 0 {
		d.seriesFile(s)
	}
	return s.Columns.Active
}

// seriesFile reads the columns that the study needs.
func (d reader) seriesFile(s *seriesStream) {
	text, ok := d.ReadFile("stream.file", s.File, grammar.MaxTable)
	if !ok {
		return
	}
	columns := []string{s.Value}
	for _, e := range s.Encoders {
		columns = append(columns, e.Column)
	}
	read, notes, errs := stimulus.ReadSeries(text, s.File, columns, max(s.SkipRows, 0))
	for _, err := range errs {
		var bad *stimulus.SeriesError
		if errors.As(err, &bad) {
			got := ""
			if bad.Column != "" {
				got = dotted.Quote(bad.Value)
			}
			d.Report(grammar.Problem{File: bad.File, Line: bad.Line, Key: bad.Column, Got: got, Rule: bad.Rule})
		}
	}
	if len(errs) > 0 {
		return
	}
	rows := len(read[0])
	if s.Rows > 0 {
		rows = min(rows, s.Rows)
	}
	for i := range read {
		read[i] = read[i][:rows]
	}
	s.Values, s.Inputs = read[0], read[1:]
	if s.ScoreFrom+s.Ahead >= rows {
		d.Bad("stream.score_from", "leaves nothing to score: there are %d rows", rows)
		return
	}
	for _, note := range notes {
		d.Warn("%s: %s", s.File, note)
	}
	if !slices.ContainsFunc(s.Values[s.ScoreFrom:], func(y float64) bool { return y != 0 && !math.IsNaN(y) }) {
		d.Warn("stream.value: from stream.score_from on no row has a value other than 0; mape, an error relative to the values, has no value")
	}
}

// figures reads [sweep], [figures] and [output], and refuses tables of another stream.
func (d reader) figures(t *Study, kinds []grammar.FigureKind, others []string) {
	for _, name := range others {
		if _, given := d.Root()[name]; given {
			d.Bad(name, "has no meaning for a stream of this kind")
		}
	}
	d.Sweep()
	for _, f := range d.Figures(kinds) {
		out := Figure{Figure: f}
		d.IntoFigure(f, &out.Spec)
		if f.Kind != "learning" {
			d.Without(f.Path, []string{"reference"}, "for a figure of this kind")
		}
		d.drawnCases(t, f.Path, out.Spec.Cases)
		d.CheckFigure(f)
		t.Figures = append(t.Figures, out)
	}
	d.Output()
}

// drawnCases holds the cases of a figure to those of the study.
func (d reader) drawnCases(x *Study, at string, drawn []string) {
	if x.Mixed == nil {
		d.Without(at, []string{"cases"}, "for a stream of kind = %q", "series")
		return
	}
	names := grammar.Names(x.Mixed.Cases, func(c Case) string { return c.Name })
	for _, c := range drawn {
		d.Rule(slices.Contains(names, c), at+".cases", "names %q, which is no case%s", c, grammar.DidYouMean(c, names))
	}
}
