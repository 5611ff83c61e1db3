package configs

import (
	"errors"
	"math"
	"slices"
	"strings"

	"neurosim/sequence"
	"neurosim/stimulus"
)

// temporal reads a study of the temporal memory.
func (d *decoder) temporal(x *Experiment) {
	t := &Temporal{Run: defaultTemporalRun(), Memory: sequence.Default()}
	x.Temporal = t
	root := d.src.tree
	d.into("run", d.table("run", root, "run"), &t.Run)
	if t.Run.Repeats < 1 || t.Run.Repeats > maxPoints {
		d.bad("run.repeats", "must be from 1 to %d", maxPoints)
	}
	x.Run.Seed = t.Run.Seed
	d.into("memory", d.table("memory", root, "memory"), &t.Memory)
	active := 0
	stream := d.table("stream", root, "stream")
	if stream == nil {
		d.bad("stream", "must be given: what the memory sees")
	} else if kind, ok := d.kind("stream", stream, "mixed", "series"); ok {
		if kind == "mixed" {
			active = d.mixed(t, stream)
			d.temporalFigures(x, mixedFigures, mixedTables)
		} else {
			active = d.series(x, t, stream)
			d.temporalFigures(x, seriesFigures, seriesTables)
		}
	}
	t.Memory.Check(active, func(key, rule string, args ...any) { d.bad("memory."+key, rule, args...) })
	if need := t.Bytes(); len(d.problems) == 0 && d.memory(x) > 0 && need > float64(d.memory(x)) {
		key := "memory.columns"
		if t.Mixed != nil && float64(t.Mixed.Elements) > float64(t.Memory.Columns) {
			key = "stream.elements"
		}
		d.bad(key, "makes the memory need up to %s; there are %s", FormatBytes(need), FormatBytes(float64(d.memory(x))))
	}
}

// Bytes bounds the memory of one run from above: every column of every element
// could make a segment.
func (t *Temporal) Bytes() float64 {
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
func (d *decoder) mixed(t *Temporal, tree map[string]any) int {
	m := new(MixedStudy)
	*m = defaultMixed()
	t.Mixed = m
	d.into("stream", tree, m)
	if m.Elements < 1 || m.Elements > 1<<31-1 {
		d.bad("stream.elements", "must be from 1 to %d", 1<<31-1)
	}
	if m.Active < 1 || m.Active > t.Memory.Columns {
		d.bad("stream.active", "must be from 1 to memory.columns (%d)", t.Memory.Columns)
	}
	if m.Noise < 0 || m.Noise > 1<<20 {
		d.bad("stream.noise", "must be from 0 to %d", 1<<20)
	}
	length := 0
	if d.must("stream.sequences") {
		length = d.letters("stream.sequences", m.Sequences, t, 0)
	}
	if m.Changed != nil {
		d.letters("stream.changed", m.Changed, t, length)
	}
	if m.ChangeAfter < 0 || m.ChangeAfter >= m.Elements {
		d.bad("stream.change_after", "must be from 0 to stream.elements - 1 (%d)", m.Elements-1)
	}
	root := d.table("cases", d.src.tree, "cases")
	for _, name := range d.named("cases", root) {
		at := join("cases", name)
		tree := d.table(at, root, name)
		if tree == nil {
			continue
		}
		c := &MixedCase{Name: name, Label: name, CellsPerColumn: t.Memory.CellsPerColumn}
		d.into(at, tree, c)
		p := t.Memory
		p.CellsPerColumn = c.CellsPerColumn
		p.Check(m.Active, func(key, rule string, args ...any) {
			if key == "cells_per_column" || c.CellsPerColumn != t.Memory.CellsPerColumn && strings.HasSuffix(key, "threshold") {
				d.bad(at+".cells_per_column", "memory."+key+" "+rule, args...)
			}
		})
		if c.Change && (m.Changed == nil || m.ChangeAfter == 0) {
			d.bad(at+".change", "needs stream.changed and stream.change_after")
		}
		if !(c.Dead >= 0 && c.Dead < 1) {
			d.bad(at+".dead", "must be from 0 to below 1")
		} else if c.Dead > 0 && m.ChangeAfter == 0 {
			d.bad(at+".dead", "needs stream.change_after: when they die")
		}
		m.Cases = append(m.Cases, *c)
	}
	if len(root) == 0 {
		d.bad("cases", "must be given: at least one table [cases.NAME]")
	}
	return m.Active
}

// letters checks sequences and returns their length.
func (d *decoder) letters(key string, sequences []string, t *Temporal, length int) int {
	if len(sequences) == 0 {
		d.bad(key, "must hold at least one sequence")
	}
	for _, s := range sequences {
		if length == 0 {
			length = len(s)
		}
		if s == "" || len(s) != length {
			d.bad(key, "%q has %d letters; all sequences have %d", s, len(s), length)
		}
		for _, r := range s {
			if r < 'A' || r > 'Z' {
				d.bad(key, "%q must be of the letters A to Z", s)
				break
			}
			if end := (int(r-'A') + 1) * t.Mixed.Active; end > t.Memory.Columns {
				d.bad(key, "letter %c needs column %d: %d active columns a letter; memory.columns is %d", r, end-1, t.Mixed.Active, t.Memory.Columns)
				break
			}
		}
	}
	return length
}

// series reads the stream, encoders, column map and read-out of a series study
// and returns the number of active columns of a row.
func (d *decoder) series(x *Experiment, t *Temporal, tree map[string]any) int {
	s := new(SeriesStudy)
	*s = defaultSeries()
	s.Columns, s.Readout = defaultColumns(), defaultReadout()
	t.Series = s
	d.into("stream", tree, s)
	for _, k := range []struct {
		key          string
		value, least int
	}{{"skip_rows", s.SkipRows, 0}, {"rows", s.Rows, 0}, {"ahead", s.Ahead, 1}, {"season", s.Season, 0}, {"score_from", s.ScoreFrom, 0}} {
		if k.value < k.least {
			d.bad("stream."+k.key, "must be at least %d", k.least)
		}
	}
	d.encoders(t)
	d.into("columns", d.table("columns", d.src.tree, "columns"), &s.Columns)
	inputs := 0
	for _, e := range s.Encoders {
		inputs += e.Size()
	}
	if s.Columns.Active < 1 || s.Columns.Active > t.Memory.Columns {
		d.bad("columns.active", "must be from 1 to memory.columns (%d)", t.Memory.Columns)
	}
	if p := s.Columns.Potential; !(p > 0 && p <= 1) || len(s.Encoders) > 0 && p*float64(inputs) < 1 {
		d.bad("columns.potential", "must be above 0 and at most 1, and at least one of the encoders' %d cells", inputs)
	}
	d.into("readout", d.table("readout", d.src.tree, "readout"), &s.Readout)
	if len(s.Readout.Sees) == 0 {
		d.bad("readout.sees", "must name at least one of winners, active and columns")
	}
	for _, f := range s.Readout.Sees {
		d.oneOf("readout.sees", f, "winners", "active", "columns")
	}
	if slices.Contains(s.Readout.Sees, "winners") && slices.Contains(s.Readout.Sees, "active") {
		d.bad("readout.sees", "has the winners among the active cells")
	}
	if d.must("readout.max") && !(s.Readout.Max > s.Readout.Min) {
		d.bad("readout.max", "must be above readout.min (%g)", s.Readout.Min)
	}
	if s.Readout.Buckets < 2 || s.Readout.Buckets > 10000 {
		d.bad("readout.buckets", "must be from 2 to 10000")
	}
	if !(s.Readout.Spread >= 0 && s.Readout.Spread <= 1000) {
		d.bad("readout.spread", "must be from 0 to 1000")
	}
	if !(s.Readout.Rate > 0) {
		d.bad("readout.rate", "must be positive: at rate 0 nothing is learned")
	}
	if s.File != "" && len(d.problems) == 0 {
		d.seriesFile(s)
	}
	return s.Columns.Active
}

// seriesFile reads the columns that the study needs.
func (d *decoder) seriesFile(s *SeriesStudy) {
	text, ok := d.readFile("stream.file", s.File, maxTable)
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
				got = quote(bad.Value)
			}
			d.problems = append(d.problems, Problem{bad.File, bad.Line, bad.Column, got, bad.Rule})
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
		d.bad("stream.score_from", "leaves nothing to score: there are %d rows", rows)
		return
	}
	for _, note := range notes {
		d.note("%s: %s", s.File, note)
	}
	if !slices.ContainsFunc(s.Values[s.ScoreFrom:], func(y float64) bool { return y != 0 && !math.IsNaN(y) }) {
		d.note("stream.value: from stream.score_from on no row has a value other than 0; mape, an error relative to the values, has no value")
	}
}

// temporalFigures reads [figures] and [output] and refuses tables of other
// studies.
func (d *decoder) temporalFigures(x *Experiment, kinds, known []string) {
	for _, name := range temporalTables() {
		if _, given := d.src.tree[name]; given && !slices.Contains(known, name) {
			d.bad(name, "has no meaning for a stream of this kind; tables are %s", strings.Join(known, ", "))
		}
	}
	d.sweep(x)
	root := d.table("figures", d.src.tree, "figures")
	for _, name := range d.named("figures", root) {
		at := join("figures", name)
		tree := d.table(at, root, name)
		if tree == nil {
			continue
		}
		kind, ok := d.kind(at, tree, kinds...)
		if !ok {
			continue
		}
		if kind == sweepKind {
			f := Figure{Name: name, FigureSize: defaultFigureSize()}
			f.Sweep = d.sweepFigure(x, at, tree, &f)
			d.checkFigure(x, at, name, tree, f.FigureSize)
			x.Figures = append(x.Figures, f)
			continue
		}
		f := &struct {
			FigureSize
			TemporalFigure
		}{FigureSize: defaultFigureSize()}
		d.into(at, tree, f)
		d.temporalFigureOf(x, at, f.Kind, &f.TemporalFigure)
		d.checkFigure(x, at, name, tree, f.FigureSize)
		x.Figures = append(x.Figures, Figure{Name: name, FigureSize: f.FigureSize, Temporal: &f.TemporalFigure})
	}
	d.output(x)
}

// temporalFigureOf holds the keys of a figure to its kind and to the cases.
func (d *decoder) temporalFigureOf(x *Experiment, at, kind string, f *TemporalFigure) {
	if kind != "learning" {
		d.without(at, []string{"reference"}, "for a figure of this kind")
	}
	if x.Temporal.Mixed == nil {
		d.without(at, []string{"cases"}, "for a stream of kind = %q", "series")
		return
	}
	var names []string
	for _, c := range x.Temporal.Mixed.Cases {
		names = append(names, c.Name)
	}
	for _, c := range f.Cases {
		if !slices.Contains(names, c) {
			d.bad(at+".cases", "names %q, which is no case%s", c, didYouMean(c, names))
		}
	}
}

// temporalTables are the tables of studies of either kind.
func temporalTables() []string {
	all := slices.Concat(mixedTables, seriesTables)
	slices.Sort(all)
	return slices.Compact(all)
}
