package grammar

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Configuration is what every configuration that was read, checked and resolved has,
// whatever it is a study of.
type Configuration struct {
	Title string
	Seed  uint64 // of every random number; those of the points of a sweep follow from it
	Sweep *Sweep // nil: not asked for
	Fit   *Fit   // nil: not asked for

	Comparisons []Comparison // [compare.NAME], in order

	Output Output

	FigureNames  []string // of all figures, in order
	SweepFigures []*SweepFigure
	HeatMaps     []*HeatMap

	Shown []Shown // measurements in figures

	// Notes say what was done that no one wrote; Warnings, what of the files was not taken as
	// it stands, with numbers.
	Notes, Warnings []string

	File     string  // as the user named it
	Text     []byte  // its bytes
	Inputs   []Input // every other file that was read
	sections []section
	dropped  map[string]bool // keys that have no meaning here
	base     *Source         // for the points of a sweep

	// unwritten tells of each key that was written and need not be what it would be else, as TOML; ""
	// where that follows from other keys or would be no value.
	unwritten map[string]string
	options   Options
	expected  Expectation
}

// Tables returns the names of the tables that a run writes to tables/NAME.csv besides
// those of its figures. Whatever writes a table must find its name here.
func (c *Configuration) Tables() []string {
	tables := append(slices.Clip(c.expected.Tables), "compare", "comparisons")
	if c.Sweep != nil && !slices.Contains(tables, "sweep") {
		return append(tables, "sweep")
	}
	return tables
}

// An Input is a file that a configuration needs.
type Input struct {
	Name string // as the user would name it
	Copy string // what a run directory calls its copy; "" for included configurations, which it does not need

	content content
}

// Size returns its bytes.
func (in *Input) Size() int64 { return in.content.size }

// SHA256 returns their hash, in lower-case hex.
func (in *Input) SHA256() string { return in.content.sha256() }

// Put writes them to w. A large file is read again; it is an error if it was changed since.
func (in *Input) Put(w io.Writer) error {
	r, err := in.content.open()
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := io.Copy(w, r); err != nil {
		return fmt.Errorf("%s: %w", in.Name, err)
	}
	return nil
}

// section is a table of the resolved configuration: of structs, of the user's own names, or
// of dotted keys.
type section struct {
	path    string
	structs []any // pointers
	named   []field
	free    []assignment
}

// Keys returns the dotted keys of the tables that the configuration has, also those without a
// value, in the order of its resolved form.
func (c *Configuration) Keys() (keys []string) {
	var walk func(path string, of []field)
	walk = func(path string, of []field) {
		for _, f := range of {
			switch at := Join(path, f.key); {
			case c.dropped[at]:
			case f.isTable():
				walk(at, fields(f.v))
			default:
				keys = append(keys, at)
			}
		}
	}
	for _, s := range c.sections {
		if s.structs != nil {
			walk(s.path, fieldsOf(s.structs))
		} else {
			walk(s.path, s.named)
		}
	}
	return keys
}

// Resolved returns the configuration with every default and unit, as TOML that
// loads to the same experiment. Names of files are relative to the working
// directory.
func (c *Configuration) Resolved() string { return encode(c.sections, c.dropped, nil) }

// ResolvedBesideCopies returns the same for a run directory, in which the files
// have the names of their copies.
func (c *Configuration) ResolvedBesideCopies() string {
	names := map[string]string{}
	for _, in := range c.Inputs {
		if in.Copy != "" {
			names[in.Name] = in.Copy
		}
	}
	return encode(c.sections, c.dropped, names)
}

// addInput notes a file that was read besides the configuration.
func (c *Configuration) addInput(name string, holds content, data bool) {
	if slices.ContainsFunc(c.Inputs, func(in Input) bool { return in.Name == name }) {
		return
	}
	in := Input{Name: name, content: holds}
	if data {
		in.Copy = c.freeCopy(path.Base(name))
	}
	c.Inputs = append(c.Inputs, in)
}

// freeCopy returns a name for the copy of an input that no other copy has, in any
// case of letters. Its last part is that of the file.
func (c *Configuration) freeCopy(base string) string {
	base = strings.ReplaceAll(base, `\`, "_")
	if strings.HasSuffix(base, ".tmp") || strings.HasSuffix(base, ".part") {
		base += "_" // the run directory keeps these endings for itself
	}
	for i := 1; ; i++ {
		name := path.Join("inputs", base)
		if i > 1 {
			name = path.Join("inputs", strconv.Itoa(i), base)
		}
		if !slices.ContainsFunc(c.Inputs, func(in Input) bool { return strings.EqualFold(in.Copy, name) }) {
			return name
		}
	}
}

// union returns a with those of b that it lacks behind it.
func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// merge takes over what the points of a sweep read and note.
func (c *Configuration) merge(point *Configuration) {
	for _, in := range point.Inputs {
		c.addInput(in.Name, in.content, in.Copy != "")
	}
	c.Notes, c.Warnings = union(c.Notes, point.Notes), union(c.Warnings, point.Warnings)
}

// Output is what a user sets of the files that a run leaves.
type Output struct {
	Formats []string `toml:"formats" list:"empty" of:"png svg pdf" doc:"formats of the figures: png, svg, pdf; []: none is drawn"`
}

// DefaultOutput returns the defaults of [output].
func DefaultOutput() Output { return Output{Formats: []string{"png"}} }

// Output reads [output].
func (d *Decoder) Output() {
	d.conf.Output = DefaultOutput()
	d.Into("output", d.Table("output", d.src.tree, "output"), &d.conf.Output)
}

// Place returns where a key was written, as "file:line", in the file itself or on the command
// line; "" where it was not, and for files that it includes, which others share.
func (c *Configuration) Place(key string) string {
	p, ok := c.base.places[key]
	switch {
	case !ok || p.line > 0 && p.file != c.base.main:
		return ""
	case p.line == 0:
		return p.file
	}
	return fmt.Sprintf("%s:%d", p.file, p.line)
}

// KeyParameters says the length, the step and the seed of a run, where it has them, and the axes
// of its sweep.
func (c *Configuration) KeyParameters() (text string) {
	for _, s := range c.sections {
		if s.path != "run" {
			continue
		}
		for _, f := range fieldsOf(s.structs) {
			if v := show(f); v != "" && slices.Contains([]string{"tstop", "dt", "seed"}, f.key) {
				text += ", " + f.key + " = " + strings.Trim(v, `"`)
			}
		}
	}
	if c.Sweep == nil {
		return text
	}
	for _, a := range c.Sweep.Axes {
		text += fmt.Sprintf("; %s: %s", a.Key, Count(float64(len(a.Values)), "value"))
	}
	if c.Sweep.Repeats > 1 {
		text += fmt.Sprintf("; %d runs of each", c.Sweep.Repeats)
	}
	return text
}
