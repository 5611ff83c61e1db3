package grammar

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Options are what the command line adds to a configuration.
type Options struct {
	Set    []Override
	Seed   *uint64  // replaces run.seed
	Memory int64    // bytes that a run may take; 0: no limit
	Read   ReadFunc // nil: from the disk
}

// A Library holds the configurations that come with a program, and their data. Users
// see its files in a folder of that name, and may leave it out.
type Library struct {
	Folder string
	Files  fs.FS
}

// Load reads a configuration file, or one of a library by its name, with the files it
// includes. read makes of it what it describes, with every default, and reports what is
// wrong; so it does of every point of the sweep. The error is Problems: all that is
// wrong, each with file, line, key, value and rule.
func Load[T any](file string, l Library, o Options, read func(*Decoder) T) (T, error) {
	var none T
	src, err := Open(file, l, o)
	if err != nil {
		return none, err
	}
	x, c, err := decode(src, o, read)
	if err != nil {
		return none, err
	}
	for _, p := range c.Points() {
		if p.Repeat > 0 {
			continue // differs in the seed alone
		}
		_, point, err := decodePoint(c, p, read)
		if err != nil {
			return none, err
		}
		c.merge(point)
	}
	return x, nil
}

// Open reads the text of a configuration, of which nothing is checked but that it is
// TOML. The error is Problems.
func Open(file string, l Library, o Options) (*Source, error) {
	r := newFiles(l, o.Read)
	set := o.Set
	if o.Seed != nil {
		set = append(slices.Clip(set), Override{seedKey, fmt.Sprint(*o.Seed)})
	}
	src, problems := readSource(r, r.locate(file), set)
	if len(problems) > 0 {
		return nil, problems.sorted(src.files)
	}
	return src, nil
}

// Decode returns what read makes of a source, sound or not, and Problems where it is not.
func Decode[T any](src *Source, o Options, read func(*Decoder) T) (T, error) {
	x, _, err := decode(src, o, read)
	return x, err
}

// At decodes one point of the sweep of c. Its rules are checked as those of c are.
func At[T any](c *Configuration, p Point, read func(*Decoder) T) (T, error) {
	x, _, err := decodePoint(c, p, read)
	return x, err
}

func decode[T any](src *Source, o Options, read func(*Decoder) T) (T, *Configuration, error) {
	d := newDecoder(src, o)
	x := read(d)
	if err := d.finish(); err != nil {
		return x, nil, err
	}
	return x, d.conf, nil
}

func decodePoint[T any](c *Configuration, p Point, read func(*Decoder) T) (x T, point *Configuration, err error) {
	src, err := c.at(p)
	if err != nil {
		return x, nil, err
	}
	x, point, err = decode(src, c.options, read)
	var problems Problems
	if errors.As(err, &problems) {
		for i := range problems {
			problems[i].Rule += " (at the point of the sweep where " + c.PointName(p) + ")"
		}
	}
	return x, point, err
}

// finish completes the configuration, or returns what is wrong with it.
func (d *Decoder) finish() error {
	if len(d.problems) > 0 {
		return d.problems.sorted(d.src.files)
	}
	c := d.conf
	for i, f := range d.src.files {
		if f == c.File {
			c.Text = d.src.texts[i].text
		} else {
			c.addInput(f, d.src.texts[i], i >= d.src.configs)
		}
	}
	if rounded := d.roundedKeys(); rounded != nil {
		c.Notes = append(c.Notes, fmt.Sprintf("dt = %s: defaults were moved to whole steps: %s", FormatQuantity(d.dt, "ms"), strings.Join(rounded, ", ")))
	}
	return nil
}

// Nested returns what read makes of another TOML file, which a key names. What is wrong
// with it is reported at its lines; then the result is of no use, and the zero value.
func Nested[T any](d *Decoder, key, file string, read func(*Decoder) T) T {
	var none T
	text, ok := d.ReadFile(key, file, maxText)
	if !ok {
		return none
	}
	doc, wrong := parseDocument(text)
	if wrong != nil {
		d.Report(Problem{file, wrong.line, wrong.key, "", wrong.rule})
		return none
	}
	s := &Source{main: file, tree: map[string]any{}, places: map[string]place{}, order: map[string]int{}, reader: d.src.reader, files: []string{file}, texts: []content{contentOf(text)}, configs: 1}
	s.merge("", s.tree, doc.tree)
	for _, path := range doc.order {
		s.note(path, place{file, doc.lines[path]})
	}
	inner := newDecoder(s, d.conf.options)
	x := read(inner)
	for _, p := range inner.problems {
		d.Report(p)
	}
	if len(inner.problems) > 0 {
		return none
	}
	d.conf.Warnings = append(d.conf.Warnings, inner.conf.Warnings...)
	d.conf.Notes = append(d.conf.Notes, inner.conf.Notes...)
	return x
}
