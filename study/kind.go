package study

import (
	"context"
	"io"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/internal/dictionary"
	"neurosim/results"
	"neurosim/timeline"
)

// A Kind is one kind of study: what its configuration may hold, and how it is read.
type Kind struct {
	Name    string               // for people: "a network"
	Model   string               // value of the key model; the first kind's is the default
	Marks   []string             // tables of which one selects the kind among those of its model; nil: where no other does
	Tables  []grammar.Table      // of the reference; what may stand in a configuration follows from their titles
	Figures []grammar.FigureKind // those that it draws
	Writes  []string             // tables of a run, tables/NAME.csv
	Aside   []string             // tables that the points of a sweep do without, as recordings
	Named   []string             // tables of named tables whose names stand in figures

	// PointsAlone says that a study with a sweep is that of its points, and nothing is run
	// besides.
	PointsAlone bool

	// Read reads the tables of a configuration, and calls Sweep, Figures and Output of
	// the decoder when it has read the others.
	Read func(d *grammar.Decoder) Study

	// Later says which differences from an interrupted run, whose state is given, only
	// follow from a later end of the run, and why it cannot go on to that; nil: the
	// kind cannot go on to a later end.
	Later func(s Study, state State, differences []grammar.Difference) (follows func(grammar.Difference) bool, bad []string)

	// Redraw makes figures of a finished run again from its recordings, which open opens; nil:
	// the kind records nothing that figures are made of.
	Redraw func(ctx context.Context, s Study, names []string, workers int, open func(name string) (io.ReadCloser, error)) []Figure

	// Timeline reads what happened in a finished run from its recordings, which open opens;
	// nil: the kind records no course in time.
	Timeline func(s Study, open func(name string) (io.ReadCloser, error)) (*timeline.Timeline, error)

	// Exports lists what is written once more in other formats when a run is done, of the files
	// that the run has, and of what they hold; nil: nothing is.
	Exports func(s Study, files []string, holds results.Holds) []Export
}

// An Export is a file that is made of other files of a run, when these are whole. Write reads
// those by open, which opens them at their beginnings. A format whose parts are not written in
// their order has WriteAt in place of Write.
type Export struct {
	Name    string
	Holds   dictionary.File
	Write   func(w io.Writer, open func(name string) (io.ReadCloser, error)) error
	WriteAt func(w io.WriterAt, open func(name string) (io.ReadCloser, error)) error
}

// A Config is a configuration, read, checked and resolved.
type Config struct {
	*grammar.Configuration
	Study Study
	Kind  *Kind
	kinds []Kind
}

// At resolves the configuration of one point of the sweep. Its rules are checked as
// those of c are.
func (c *Config) At(p grammar.Point) (*Config, error) {
	return grammar.At(c.Configuration, p, Reader(c.kinds))
}

// With resolves the configuration with some keys replaced. Its rules are checked as those of c
// are.
func (c *Config) With(set []grammar.Override) (*Config, error) {
	return grammar.With(c.Configuration, set, Reader(c.kinds))
}

// header is what stands before the first table.
type header struct {
	Title string `toml:"title"`
	Model string `toml:"model"`
}

// Defaults returns the keys of c whose values are those that they would have unwritten, see
// grammar.Defaults.
func (c *Config) Defaults() map[string]bool {
	return grammar.Defaults(c.Configuration, Reader(c.kinds))
}

// Reader returns what reads a configuration of one of several kinds.
func Reader(kinds []Kind) func(d *grammar.Decoder) *Config {
	return func(d *grammar.Decoder) *Config {
		c := &Config{Configuration: d.Configuration(), kinds: kinds}
		c.read(d)
		return c
	}
}

func (c *Config) read(d *grammar.Decoder) {
	if d.Empty() {
		needs := c.kinds[0].tables()
		d.Report(grammar.Problem{File: c.File, Rule: "is empty: a configuration needs at least [" + strings.Join(needs[:min(2, len(needs))], "] and [") + "]"})
		return
	}
	root := d.Root()
	if _, present := root["model"]; !present && d.Misspelt("", root, "model") {
		return // what else is read depends on it
	}
	model, _ := root["model"].(string)
	if model == "" {
		model = c.kinds[0].Model
	}
	of, models := c.ofModel(model)
	known := []string{"sweep", "figures", "output", "compare", "fit"}
	for _, k := range of {
		known = append(known, k.tables()...)
	}
	h := &header{}
	d.Into("", root, h, known...)
	c.Title = h.Title
	if !slices.Contains(models, model) {
		d.OneOf("model", h.Model, models...)
		return
	}
	c.Kind = chosen(of, root)
	e := grammar.Expectation{Study: c.Kind.Name, Tables: c.Kind.Writes, Aside: c.Kind.Aside, Named: c.Kind.Named}
	for _, k := range of {
		if k != c.Kind {
			e.Others = append(e.Others, k.Figures...)
		}
	}
	d.Expect(e)
	c.Study = c.Kind.Read(d)
	d.Compare(published())
	d.Fit()
}

// ofModel returns the kinds of a model, all if it is none, and the models that there are.
func (c *Config) ofModel(model string) (of []*Kind, models []string) {
	var all []*Kind
	for i := range c.kinds {
		k := &c.kinds[i]
		if all = append(all, k); k.Model == model {
			of = append(of, k)
		}
		if !slices.Contains(models, k.Model) {
			models = append(models, k.Model)
		}
	}
	if of == nil {
		return all, models
	}
	return of, models
}

// chosen returns the kind of a configuration among those of its model: the one that a
// table of the file marks, else the one without marks.
func chosen(of []*Kind, root map[string]any) *Kind {
	kind := of[0]
	for _, k := range of {
		if slices.ContainsFunc(k.Marks, func(table string) bool { _, there := root[table]; return there }) {
			return k
		}
		if k.Marks == nil {
			kind = k
		}
	}
	return kind
}

// tables returns the names of the tables that a configuration of the kind may have.
func (k *Kind) tables() (names []string) {
	for _, t := range k.Tables {
		name := strings.TrimLeft(t.Title[strings.IndexByte(t.Title, '[')+1:], "[")
		if name = name[:strings.IndexAny(name, ".]")]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Reference describes every key of configurations of some kinds, as Markdown.
func Reference(kinds []Kind) string { return grammar.Reference(referenceTables(kinds)) }

// Keys describes every key of configurations of some kinds.
func Keys(kinds []Kind) []grammar.Key { return grammar.Keys(referenceTables(kinds)) }

func referenceTables(kinds []Kind) []grammar.Table {
	var all []grammar.Table
	common, seen := false, map[string]bool{}
	for i := range kinds {
		k := &kinds[i]
		var tables []grammar.Table
		for _, t := range k.Tables {
			if !seen[k.Model+t.Title] { // else another kind of its model has it
				seen[k.Model+t.Title] = true
				tables = append(tables, t)
			}
		}
		if k.Model != kinds[0].Model && len(tables) > 0 {
			if !common {
				all, common = append(all, commonTables()...), true
			}
			tables[0].Title = `model = "` + k.Model + `": ` + tables[0].Title
		}
		all = append(append(all, tables...), grammar.KindTables(k.Name, k.Figures)...)
	}
	if !common {
		all = append(all, commonTables()...)
	}
	return all
}

// commonTables are the tables of every study.
func commonTables() []grammar.Table {
	tables := []grammar.Table{
		{Title: "[sweep]", Text: "Every study may be swept. `[sweep.axes]` holds lists of values by dotted key, in quotes; the first axis is drawn along x. In place of a list stands a range, `{ from = \"0.5 nS\", to = \"2 nS\", steps = 5, scale = \"log\" }`, with both ends; values between have four digits. `[sweep.linked]` holds keys that follow an axis: `{ with = \"KEY\", factor = 2 }`, or `values`, one for each of the axis. `[sweep.set]` holds values that all runs of the sweep have in place of those of the file. The points are run without recordings and figures; their metrics are in `tables/sweep.csv`, unless a study has its own table for them.", Default: new(grammar.DefaultSweep())},
		{Title: "[sweep.samples]", Text: "Points that are drawn, in place of `[sweep.axes]`. `[sweep.samples.keys]` holds a range for each key, `{ from = ..., to = ..., scale = \"log\" }`. The numbers depend on `run.seed` and the key, so an additional key changes none of them.", Default: new(grammar.DefaultSamples())},
		grammar.FigureTable(),
		grammar.PanelTable(),
		grammar.ColoursTable(),
	}
	tables = append(tables, grammar.KindTables("every study", grammar.SweepKinds())...)
	tables = append(append(tables, grammar.CompareTable()), grammar.FitTables()...)
	return append(tables, grammar.Table{Title: "[output]", Default: new(grammar.DefaultOutput())})
}
