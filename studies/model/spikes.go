package model

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/internal/grid"
	"neurosim/internal/table"
	"neurosim/stimulus"
)

// spikesInput is [inputs.NAME] of kind spikes.
type spikesInput struct {
	Kind       string       `toml:"kind" must:"yes" doc:"sdr, poisson or spikes"`
	Population string       `toml:"population" must:"yes" doc:"the input cells that spike"`
	File       string       `toml:"file" file:"table" must:"yes" doc:"table with columns cell and step or time_ms, such as spikes.csv of a run; one of another program, whose columns are found by their names or said by the keys below; or a file of SONATA, .h5"`
	From       string       `toml:"from" doc:"of a table with a column population, or of a file of SONATA: the population of the file whose spikes are read; default: the one with the name of population, of the nodes of SONATA that it is of"`
	Separator  string       `toml:"separator" doc:"comma, semicolon, tab or space; default: that of the header"`
	Decimal    string       `toml:"decimal" doc:"point or comma; default: comma where semicolons separate, else point"`
	Header     bool         `toml:"header" doc:"the first row names the columns; if not, they are called 1, 2, ..."`
	FirstCell  int          `toml:"first_cell" doc:"number in the file of the first cell of the population"`
	TimeUnit   string       `toml:"time_unit" must:"where the name of the column of times does not end with it" doc:"s, ms or us: unit of the times in a table of another program"`
	Columns    spikeColumns `toml:"columns"`
}

// spikeColumns names the columns of a foreign table; others in it do not matter then.
type spikeColumns struct {
	Cell       string `toml:"cell" doc:"name in the file of the column of cells; default: the only one with a known name"`
	Time       string `toml:"time" doc:"name of the column of times; default: the only one with a known name"`
	Step       string `toml:"step" doc:"name of the column of steps, in place of times"`
	Population string `toml:"population" doc:"name of the column of populations"`
}

func defaultSpikesInput() spikesInput { return spikesInput{Kind: "spikes", Header: true} }

// Places of the columns of a table of spikes.
const (
	spikeStep = iota
	spikeTime
	spikePopulation
	spikeCell
)

// train reads the spikes of an input of kind spikes.
func (d Reader) train(x *Model, path string, t *spikesInput) *stimulus.Train {
	form, ok := d.spikesForm(path, t)
	if !ok || !(x.Run.Dt > 0) {
		return nil
	}
	file := t.File
	data, ok := d.Open(path+".file", file, grammar.MaxTable)
	if !ok {
		return nil
	}
	if isHDF5(file, data.Head()) {
		return d.sonataTrain(x, path, t, data)
	}
	found, wrong := findSpikes(data.Head(), t, form.Options)
	if wrong != nil {
		d.Report(grammar.Problem{File: file, Line: wrong.line, Rule: wrong.rule})
		return nil
	}
	form.Options.Separator, form.Names = found.separator, found.names()
	n := x.Network.Population(t.Population).Size()
	cells := "a cell of " + t.Population
	if t.FirstCell != 0 {
		cells += fmt.Sprintf(", from %d to %d", t.FirstCell, t.FirstCell+n-1)
	}
	columns := []grammar.Column{
		spikeStep:       {Name: "step", Optional: found.step == "", Whole: true, Min: 0, Max: 1 << 53, Rule: "a whole number from 0"},
		spikeTime:       {Name: "time_ms", Optional: found.time == "", Min: 0, Max: 1e15, Rule: "a time, not negative"},
		spikePopulation: {Name: "population", Optional: t.Columns.Population == "" && t.From == ""},
		spikeCell:       {Name: "cell", Whole: true, Min: float64(t.FirstCell), Max: float64(t.FirstCell + n - 1), Rule: cells},
	}
	f := d.OpenData(file, data, columns, form)
	if f == nil {
		return nil
	}
	defer f.Close()
	if found.own && t.TimeUnit != "" {
		d.Bad(path+".time_unit", "has no meaning for %s, which has times in its column time_ms, or steps; columns.time reads them otherwise", file)
		return nil
	}
	if !f.Has(spikeStep) && !f.Has(spikeTime) {
		f.Report(f.HeaderRow, "", "", "must have one of the columns step and time_ms; it has %s", f.Described())
		return nil
	}
	from := t.From
	if from == "" {
		from = t.Population
	}
	train := spikes(f, spikeRows{dt: x.Run.Dt, steps: x.Network.Steps, scale: found.scale(), first: t.FirstCell, from: from, tstop: x.Run.Tstop})
	if train != nil {
		if note := found.note(train, t.FirstCell); note != "" {
			d.Note("%s: %s", file, note)
		}
	}
	return train
}

// spikesForm checks what is said of the form of the table and returns it.
func (d Reader) spikesForm(path string, t *spikesInput) (form grammar.TableForm, ok bool) {
	before := d.Problems()
	if t.Separator != "" {
		d.OneOf(path+".separator", t.Separator, table.SeparatorNames()...)
	}
	if t.Decimal != "" && d.OneOf(path+".decimal", t.Decimal, "point", "comma") {
		comma := t.Decimal == "comma"
		form.Comma = &comma
	}
	d.Rule(t.FirstCell >= -1<<31 && t.FirstCell <= 1<<53, path+".first_cell", "must be from %d to %d", -1<<31, 1<<53)
	form.Hint = ", unless decimal = \"comma\""
	form.Options = table.Options{Separator: t.Separator, NoHeader: !t.Header}
	c := t.Columns
	d.Rule(c.Time == "" || c.Step == "", path+".columns.step", "cannot be used together with columns.time; give one of the two")
	switch {
	case t.TimeUnit != "" && c.Step != "":
		d.Bad(path+".time_unit", "has no meaning with columns.step")
	case t.TimeUnit != "":
		d.OneOf(path+".time_unit", t.TimeUnit, "s", "ms", "us")
	case c.Time != "" && unitOf(c.Time) == "" && c.Time != "timestamps": // of which the header decides
		d.Bad(path+".time_unit", "must be given: the name of the column, %q, has no unit", c.Time)
	}
	if !t.Header && (c.Cell == "" || c.Time == "" && c.Step == "") {
		d.Bad(path+".header", "leaves the columns without names; say them, like columns = { cell = \"1\", time = \"2\" }")
	}
	return form, d.Problems() == before
}

// spikeRows says which rows become which spikes.
type spikeRows struct {
	dt    float64 // (ms)
	steps int64   // of the run
	tstop float64 // (ms)
	scale float64 // unit of the times (ms)
	first int     // number of cell 0
	from  string  // population whose rows are read
}

// trainBuilder gathers spikes and counts what does not become one as it stands.
type trainBuilder struct {
	spikeRows
	train         *stimulus.Train
	late, between int
}

// at returns the step that is nearest to a time of the file.
func (b *trainBuilder) at(time float64) float64 {
	exact, step := time*b.scale/b.dt, float64(grid.Steps(time*b.scale, b.dt))
	if math.Abs(exact-step) > 1e-6 {
		b.between++
	}
	return step
}

// add adds a spike, unless it is beyond the end of the run.
func (b *trainBuilder) add(step float64, cell int32) {
	if b.steps > 0 && step >= float64(b.steps) {
		b.late++
		return
	}
	b.train.Steps = append(b.train.Steps, int64(step))
	b.train.Cells = append(b.train.Cells, cell)
}

// finish sorts the spikes and notes what does not stand for itself.
func (b *trainBuilder) finish(warn func(format string, args ...any)) *stimulus.Train {
	train, same := b.train, 0
	if train.Sort(); len(train.Steps) > 0 {
		for i := range train.Steps[1:] {
			if train.Steps[i] == train.Steps[i+1] && train.Cells[i] == train.Cells[i+1] {
				same++
			}
		}
	}
	dt := grammar.FormatQuantity(b.dt, "ms")
	noteCount(warn, b.late, "1 spike at or after run.tstop (%s) is not used", "%d spikes at or after run.tstop (%s) are not used", grammar.FormatQuantity(b.tstop, "ms"))
	noteCount(warn, b.between, "1 time lies between two steps of dt = %s and was moved to the nearer", "%d times lie between two steps of dt = %s and were moved to the nearer", dt)
	noteCount(warn, same, "1 spike falls into a step of dt = %s in which its cell spikes already; it adds to conductances and somata, and a threshold synapse counts once", "%d spikes fall into a step of dt = %s in which their cell spikes already; they add to conductances and somata, and a threshold synapse counts once", dt)
	return train
}

// spikes reads the rows. What does not become a spike as it stands is noted with
// counts.
func spikes(t *grammar.TableFile, o spikeRows) *stimulus.Train {
	b := trainBuilder{spikeRows: o, train: &stimulus.Train{Steps: make([]int64, 0, t.Rows()), Cells: make([]int32, 0, t.Rows())}}
	var others, rows int
	var seen []string // other populations
	for t.Next() {
		rows++
		if p := spikePopulation; t.Has(p) && string(t.Text(p)) != o.from {
			if name := string(t.Text(p)); len(seen) < 10 && !slices.Contains(seen, name) {
				seen = append(seen, name)
			}
			others++
			continue
		}
		var step float64
		var ok bool
		if t.Has(spikeTime) {
			var time float64
			if time, ok = t.Number(spikeTime); ok {
				step = b.at(time)
			}
		} else {
			step, ok = t.Number(spikeStep)
		}
		if cell, good := t.Number(spikeCell); ok && good {
			b.add(step, int32(cell-float64(o.first)))
		}
	}
	if !t.Sound() {
		return nil
	}
	if rows > 0 && others == rows {
		t.Report(0, "", "", "has no rows of population %s; it has those of %s (from = %q reads them)", o.from, strings.Join(seen, ", "), seen[0])
		return nil
	}
	if rows == 0 {
		t.Warn("has no rows")
	}
	noteCount(t.Warn, others, "1 row of other populations (%s) is not read", "%d rows of other populations (%s) are not read", strings.Join(seen, ", "))
	return b.finish(t.Warn)
}

// noteCount notes n of something; of none it says nothing.
func noteCount(warn func(format string, args ...any), n int, one, many string, arg any) {
	switch {
	case n == 1:
		warn(one, arg)
	case n > 1:
		warn(many, n, arg)
	}
}
