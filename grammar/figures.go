package grammar

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of names that become those of files, and of text in figures (characters).
const (
	maxFileName   = 100
	maxFigureText = 500
)

// FigureSize is what a user sets of every figure.
type FigureSize struct {
	Kind   string  `toml:"kind" must:"yes" doc:"what the figure shows"`
	Title  string  `toml:"title" doc:"title above the figure"`
	Width  float64 `toml:"width" unit:"mm" doc:"width of the figure: 89 is one journal column, 183 two"`
	Height float64 `toml:"height" unit:"mm" doc:"height of the figure without its note; default: by its content"`
	Note   bool    `toml:"note" doc:"write below the figure what its markers, bars, arrows and lines are, and their n"`
	FigureShape
	DataKeys
}

// defaultFigureSize returns the defaults of figures of all kinds.
func defaultFigureSize() FigureSize {
	return FigureSize{Width: 183, Height: math.NaN(), Note: true, FigureShape: FigureShape{FontSize: TextSize, Legend: "true", Letters: true}}
}

// A FigureKind is one kind of figure that a study draws.
type FigureKind struct {
	Name    string
	Text    string // for the reference
	Needs   string // table without which the kind has no meaning; "": none
	Default any    // pointer to a struct of the keys that the kind has besides FigureSize; nil: it has none
	NoData  string // why it can show no measurements: "its rows are cells"; "": it can
	Axes    []Axes // what its panels may have; nil: that depends on more than the kind
}

// Axes are the units of x and y of a panel, AnyUnit where they depend on other keys.
type Axes [2]string

// AnyUnit stands for any unit.
const AnyUnit = "*"

// A Figure is a table [figures.NAME] that is being read.
type Figure struct {
	Name string
	Path string
	FigureSize
	Measured *Measured    // of Data; nil: there are none
	Panels   []PanelShape // [figures.NAME.axes.LETTER]
	Colours  []SeriesColour
	tree     map[string]any
	kind     FigureKind
}

// Asked returns what a configuration says of the figure.
func (f *Figure) Asked() *Figure { return f }

// Draws says what the panels of a figure have, where that depends on more than its kind.
func (f *Figure) Draws(axes ...Axes) { f.kind.Axes = axes }

// An Expectation is what the kind of study that a configuration is of has beside its
// keys.
type Expectation struct {
	Study  string       // what it is, for people: "a study of one cell"
	Tables []string     // that a run writes, to tables/NAME.csv
	Aside  []string     // tables that the points of a sweep do without
	Named  []string     // tables of named tables whose names and labels stand in figures
	Others []FigureKind // kinds of figures of other studies, which may be asked for by mistake
}

// Expect tells what study is read, before anything of it is.
func (d *Decoder) Expect(e Expectation) { d.conf.expected = e }

// Figures returns the tables [figures.NAME] whose kinds are among some, in order.
// Figures of the metrics of a sweep, which every study has, it reads itself.
func (d *Decoder) Figures(kinds []FigureKind) []*Figure {
	names := Names(slices.Concat(kinds, d.conf.expected.Others, SweepKinds()), func(k FigureKind) string { return k.Name })
	var out []*Figure
	for name, tree := range d.Tables("figures", d.Table("figures", d.src.tree, "figures")) {
		f := &Figure{Name: name, Path: Join("figures", name), FigureSize: defaultFigureSize(), tree: tree}
		kind, ok := d.Kind(f.Path, f.tree, names...)
		f.FigureSize.Kind = kind
		if i := slices.IndexFunc(kinds, func(k FigureKind) bool { return k.Name == kind }); i >= 0 {
			f.kind = kinds[i]
		}
		switch {
		case !ok:
		case kind == SweepKind().Name:
			d.sweepFigure(f)
		case kind == HeatKind().Name:
			d.heatMap(f)
		default:
			d.needs(f, slices.Concat(kinds, d.conf.expected.Others))
			if !slices.ContainsFunc(kinds, func(k FigureKind) bool { return k.Name == kind }) {
				d.Bad(f.Path+".kind", "has no meaning in %s", d.conf.expected.Study)
				continue
			}
			out = append(out, f)
		}
	}
	return out
}

// needs reports a figure of a kind that needs a table that the file does not hold.
func (d *Decoder) needs(f *Figure, kinds []FigureKind) {
	for _, k := range kinds {
		if _, there := d.src.tree[k.Needs]; k.Name == f.Kind && k.Needs != "" && !there {
			d.Bad(f.Path+".kind", "needs [%s]", k.Needs)
		}
	}
}

// IntoFigure fills the size of a figure and the struct of its kind, if it has one.
func (d *Decoder) IntoFigure(f *Figure, own ...any) {
	d.IntoAll(f.Path, f.tree, append([]any{&f.FigureSize}, own...), "axes", "colours")
	f.Panels = d.panelShapes(f.Path, f.tree)
	f.Colours = d.seriesColours(f.Path, f.tree)
}

// CheckFigure checks what all kinds of figures have, when it has been read: the name,
// which becomes that of files and is not to be that of a table of the study, the text and
// the size.
func (d *Decoder) CheckFigure(f *Figure) {
	rule := FileNameRule(f.Name)
	for _, table := range d.conf.Tables() {
		if strings.EqualFold(f.Name, table) || isPanelOf(table, f.Name) {
			rule = fmt.Sprintf("must have another name: tables/%s.csv is a table of the study", table)
		}
	}
	if f.Data != "" && slices.ContainsFunc(d.conf.Tables(), func(table string) bool { return strings.EqualFold(f.Name+DataSuffix, table) }) {
		rule = fmt.Sprintf("must have another name: tables/%s%s.csv is a table of the study", f.Name, DataSuffix)
	}
	for _, other := range d.conf.FigureNames {
		if strings.EqualFold(f.Name+DataSuffix, other) || strings.EqualFold(f.Name, other+DataSuffix) {
			rule = fmt.Sprintf("must have another name: tables of data are called NAME%s, and there is a figure %s", DataSuffix, other)
		}
	}
	for _, other := range d.conf.FigureNames {
		if isPanelOf(other, f.Name) || isPanelOf(f.Name, other) {
			rule = fmt.Sprintf("must have another name: tables of panels are called NAME_a and so on, and there is a figure %s", other)
		}
	}
	if twice := SameFile("figure", f.Name, d.conf.FigureNames); twice != "" {
		rule = twice
	}
	d.Rule(rule == "", f.Path, "%s", rule)
	d.conf.FigureNames = append(d.conf.FigureNames, f.Name)
	for _, key := range d.names(f.Path, f.tree) {
		for _, text := range texts(f.tree[key]) {
			d.checkText(Join(f.Path, key), text)
		}
	}
	d.figureData(f)
	d.checkSize(f.Path, f.Width, f.Height)
	d.checkFont(f.Path, f.FontSize)
}

// isPanelOf tells whether the table of a panel of a figure may have a name.
func isPanelOf(name, figure string) bool {
	name, figure = strings.ToLower(name), strings.ToLower(figure)
	letter, is := strings.CutPrefix(name, figure+"_")
	return is && isPanel(letter)
}

// figureData reads the measurements that a figure shows.
func (d *Decoder) figureData(f *Figure) {
	columns := f.Path + ".data_columns"
	if f.Data == "" {
		if d.Present(columns) {
			d.Require(f.Path + ".data")
		}
		d.Without(f.Path, []string{"data_panel"}, "without data")
		d.Drop(columns)
		return
	}
	if !d.Present(columns) {
		d.Drop(columns)
	}
	if f.kind.NoData != "" {
		d.Bad(f.Path+".data", "has no meaning: %s", f.kind.NoData)
		return
	}
	if f.Measured = d.Measured(f.Path+".data", columns, f.Data, f.DataColumns); f.Measured != nil {
		d.fitsAxes(f)
		d.conf.Shown = append(d.conf.Shown, Shown{f.Name, f.Measured})
	}
	d.inPanel(f.Path+".data_panel", f.DataPanel, f.Measured)
}

// Shown is the measurements that a figure shows.
type Shown struct {
	Figure string
	*Measured
}

// fitsAxes refuses measurements of which it is known that they fit no panel.
func (d *Decoder) fitsAxes(f *Figure) {
	m := f.Measured
	var axes []string
	for _, a := range f.kind.Axes {
		_, x := Conversion(m.XUnit, a[0])
		_, y := Conversion(m.YUnit, a[1])
		if (x || a[0] == AnyUnit) && (y || a[1] == AnyUnit) {
			return
		}
		name := func(unit string) string {
			return map[string]string{"": "no unit", AnyUnit: "any unit"}[unit] + strings.Trim(unit, AnyUnit)
		}
		if text := name(a[0]) + " and " + name(a[1]); !slices.Contains(axes, text) {
			axes = append(axes, text)
		}
	}
	if axes != nil {
		d.Report(Problem{m.File, m.Line, "", "", fmt.Sprintf("columns %q and %q fit no panel of figure %s: x and y of its panels are in %s; a header says its unit as in \"y (mV)\"",
			m.XName, m.YName, f.Name, strings.Join(axes, ", "))})
	}
}

// texts returns the strings in a value, one or a list.
func texts(value any) (out []string) {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, v := range list {
		if text, ok := v.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// CheckRoom refuses a height that leaves no room for panels one below the other.
func (d *Decoder) CheckRoom(f *Figure, panels int) {
	if least := float64(10 + 10*panels); f.Height >= 30 && f.Height < least {
		d.Bad(f.Path+".height", "must be at least %g mm for %d panels", least, panels)
	}
}

// checkText holds a text of a figure to what can be drawn in a line.
func (d *Decoder) checkText(path, text string) {
	d.Rule(!strings.ContainsFunc(text, unicode.IsControl), path, "must be one line, without tabs and other control characters")
	if n := utf8.RuneCountInString(text); n > maxFigureText {
		d.values[path] = quote(string([]rune(text)[:20])) + " ..."
		d.Bad(path, "has %d characters; at most %d", n, maxFigureText)
	}
}

// devices are names that Windows keeps for devices, with any extension.
var devices = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// FileNameRule returns the rule that a name breaks which becomes the name of files, on
// any system, or "".
func FileNameRule(name string) string {
	stem, _, _ := strings.Cut(name, ".")
	odd := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`/\<>:"|?*`, r) }
	switch {
	case name == "":
		return "must have a name: it becomes the name of files"
	case len(name) > maxFileName:
		return fmt.Sprintf("must have a shorter name, of at most %d bytes: it becomes the name of files", maxFileName)
	case strings.ContainsFunc(name, odd):
		return `must have a name without / \ < > : " | ? * and control characters: it becomes the name of files`
	case strings.HasPrefix(name, ".") || strings.TrimRight(name, ". ") != name || strings.TrimLeft(name, " ") != name:
		return "must have a name that neither begins with a dot or space nor ends with one: it becomes the name of files"
	case IsDevice(stem):
		return fmt.Sprintf("must have another name: %s is that of a device on Windows", stem)
	}
	return ""
}

// IsDevice tells whether a name is that of a device on Windows.
func IsDevice(name string) bool { return slices.Contains(devices, strings.ToLower(name)) }

// SameFile returns the rule that a name breaks which, where case does not matter, is
// that of the file of another thing of its kind, or "".
func SameFile(kind, name string, others []string) string {
	for _, other := range slices.Backward(others) {
		if strings.EqualFold(other, name) {
			return fmt.Sprintf("must have another name: that of %s %s differs only in case, which not all file systems tell apart", kind, other)
		}
	}
	return ""
}

// A FigureText is a text of the configuration that a figure may show.
type FigureText struct {
	Key, Text string
}

// FigureTexts returns the texts of figures, and the names that are in legends: those
// of tables that have names, and the labels that they have.
func (c *Configuration) FigureTexts() []FigureText {
	var out []FigureText
	for _, s := range c.sections {
		parts := splitPath(s.path)
		figure := parts[0] == "figures"
		switch {
		case !figure && !slices.Contains(c.expected.Named, parts[0]):
			continue
		case !figure:
			out = append(out, FigureText{s.path, strings.Join(parts, " ")})
		}
		tree := c.base.tree
		for _, part := range parts {
			tree, _ = tree[part].(map[string]any)
		}
		for _, key := range slices.Sorted(maps.Keys(tree)) {
			if !figure && key != "label" {
				continue
			}
			for _, text := range texts(tree[key]) {
				out = append(out, FigureText{Join(s.path, key), text})
			}
		}
	}
	return out
}
