package grammar

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"neurosim/internal/spelling"
)

// A Decoder fills structs from the tables of a source. The struct's tags are the
// grammar:
//
//	toml:"tau_m"   the key
//	unit:"ms"      a quantity, written with a unit; the number is in this one
//	grid:"dt"      a duration that must be a whole number of steps
//	file:"table"   the name of a file; the field gets the name to open, see
//	               files.resolve
//	doc:"..."      what the key means
//	must:"yes"     it has no default; any other text says when it must be given
//	unset:"0"      a value that stands for a key that is not set
//	of:"a b"       the strings that it may be
//	list:"..."     of a list: "empty" where an empty one has a meaning, "twice" where
//	               a value may stand twice
//
// A list holds whole numbers, strings or, as []float64, quantities of a unit, which may
// stand twice. A float64 without a unit is a ratio or a probability, written bare. What the
// file does not say keeps the value that the struct had before: the default.
type Decoder struct {
	src      *Source
	conf     *Configuration // what is read so far
	problems Problems
	values   map[string]string // path → the value as written, or the default
	keys     map[string]field  // path → what the key holds, of keys that were read
	reported map[string]bool   // paths of problems
	meant    map[string]int    // kind of problem → suggestions made
	grid     []gridded
	tables   []string // that the file may have

	dt      float64           // length of a step (ms), once it is known and sound; else 0
	rounded []movedDefault    // defaults that were moved to whole steps of dt
	follows map[string]string // path → that of the key that its default follows from
}

func newDecoder(src *Source, o Options) *Decoder {
	return &Decoder{
		src: src, conf: &Configuration{base: src, File: src.main, dropped: map[string]bool{}, unwritten: map[string]string{}, options: o},
		values: map[string]string{}, keys: map[string]field{}, reported: map[string]bool{}, meant: map[string]int{}, follows: map[string]string{},
	}
}

// Configuration returns what is read so far, apart from the tables of the study.
func (d *Decoder) Configuration() *Configuration { return d.conf }

// Empty reports whether the files say nothing.
func (d *Decoder) Empty() bool { return d.src.empty }

// Root returns the tables of the file.
func (d *Decoder) Root() map[string]any { return d.src.tree }

// Memory returns the bytes that a run may take; 0: no limit.
func (d *Decoder) Memory() int64 { return d.conf.options.Memory }

// Warn says what of a file that a key names is not taken as it stands, or what is probably
// not meant.
func (d *Decoder) Warn(format string, args ...any) {
	d.conf.Warnings = append(d.conf.Warnings, fmt.Sprintf(format, args...))
}

// Note says how something that is right was taken.
func (d *Decoder) Note(format string, args ...any) {
	d.conf.Notes = append(d.conf.Notes, fmt.Sprintf(format, args...))
}

// Problems returns the number of problems so far.
func (d *Decoder) Problems() int { return len(d.problems) }

// Report adds a problem that has a place of its own, as in a file that a key names.
func (d *Decoder) Report(p Problem) { d.problems = append(d.problems, p) }

// Bad reports a broken rule at a path; of several at one path the first, since
// the others often follow from it. A default that follows from another key is
// reported there.
func (d *Decoder) Bad(path, rule string, args ...any) {
	if from := d.follows[path]; from != "" && !d.Present(path) {
		parts := splitPath(path)
		path, rule = from, parts[len(parts)-1]+", which follows from it, "+rule
	}
	if d.reported[path] {
		return
	}
	d.reported[path] = true
	at := d.src.where(path)
	d.problems = append(d.problems, Problem{at.file, at.line, path, d.values[path], fmt.Sprintf(rule, args...)})
}

// Rule reports a rule at a path, as Bad does, where it does not hold; it tells whether it
// holds.
func (d *Decoder) Rule(holds bool, path, rule string, args ...any) bool {
	if !holds {
		d.Bad(path, rule, args...)
	}
	return holds
}

// Window checks a span of time (ms) that the keys start and stop of a table give.
func (d *Decoder) Window(path string, start, stop float64) {
	if start < 0 {
		d.Bad(path+".start", "must not be negative")
	}
	d.Rule(stop > start, path+".stop", "must be after start (%g ms)", start)
}

// Under returns Bad for the keys of a table, as the parameters of a model check
// themselves.
func (d *Decoder) Under(table string) func(key, rule string, args ...any) {
	return func(key, rule string, args ...any) { d.Bad(table+"."+key, rule, args...) }
}

// Follows says that the default of a key, where it is not written, is the value of
// another, at which it is reported.
func (d *Decoder) Follows(key, from string) { d.follows[key] = from }

// Default tells what a key that is not written resolves to, as TOML, for messages.
func (d *Decoder) Default(path, value string) { d.values[path] = value }

// Present reports whether a key is in a file or was set by hand.
func (d *Decoder) Present(path string) bool {
	_, ok := d.src.places[path]
	return ok
}

// Require reports a key that is missing; its default is no value.
func (d *Decoder) Require(path string) bool {
	if d.Present(path) {
		return true
	}
	d.values[path] = ""
	d.Bad(path, "must be given")
	return false
}

// Kind returns the kind of a table, one of a list.
func (d *Decoder) Kind(path string, tree map[string]any, allowed ...string) (string, bool) {
	at := Join(path, "kind")
	value, present := tree["kind"]
	if !present {
		return "", !d.Misspelt(path, tree, "kind") && d.Require(at)
	}
	d.values[at] = literal(value)
	kind, ok := value.(string)
	if !ok {
		d.Bad(at, "must be a string, %s", isA(value))
		return "", false
	}
	return kind, d.OneOf(at, kind, allowed...)
}

// Choice returns the value of a key that decides the defaults of others, one of a list;
// otherwise where the key is missing or wrong.
func (d *Decoder) Choice(path string, tree map[string]any, key, otherwise string, allowed ...string) string {
	value, present := tree[key]
	if !present {
		return otherwise
	}
	at := Join(path, key)
	d.values[at] = literal(value)
	if name, ok := value.(string); ok && d.OneOf(at, name, allowed...) {
		return name
	}
	return otherwise
}

// Misspelt reports the key of a table that was most likely meant to be one that
// decides how the others are read. They are unknown, so it may differ by one letter
// only: "min" is not meant to be "kind".
func (d *Decoder) Misspelt(path string, tree map[string]any, key string) bool {
	for _, got := range d.names(path, tree) {
		if len(got) <= spelling.MaxMisspelt && spelling.Distance(strings.ToLower(got), key) <= 1 {
			at := Join(path, got)
			d.values[at] = literal(tree[got])
			d.Bad(at, "unknown key; did you mean %q?", key)
			return true
		}
	}
	return false
}

// OneOf holds a string to a list.
func (d *Decoder) OneOf(path, got string, allowed ...string) bool {
	if slices.Contains(allowed, got) {
		return true
	}
	quoted := Names(allowed, quote)
	rule := "must be " + quoted[0]
	if n := len(quoted); n > 1 {
		rule = "must be " + strings.Join(quoted[:n-1], ", ") + " or " + quoted[n-1]
	}
	d.Bad(path, "%s%s", rule, DidYouMean(got, allowed))
	return false
}

// Table returns the table at a key of tree, or nil if there is none; another
// kind of value is reported.
func (d *Decoder) Table(path string, tree map[string]any, key string) map[string]any {
	value, ok := tree[key]
	if !ok {
		return nil
	}
	table, ok := value.(map[string]any)
	if !ok {
		d.values[path] = literal(value)
		if _, many := value.([]map[string]any); many {
			d.Bad(path, "must be one table, [%s], not a list of tables, [[%s]]", path, path)
		} else {
			d.Bad(path, "must be a table: [%s]", path)
		}
		return nil
	}
	return table
}

// names returns the keys of the table at a path, in the order in which the files
// name them.
func (d *Decoder) names(path string, tree map[string]any) []string {
	out := slices.Sorted(maps.Keys(tree))
	ranks := make(map[string]int, len(out))
	for _, name := range out {
		ranks[name] = d.src.rank(Join(path, name))
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(ranks[a], ranks[b]) })
	return out
}

// Into fills the struct that dst points to from the table at path and makes it a
// section of the resolved configuration. Keys in also are known and read elsewhere.
func (d *Decoder) Into(path string, tree map[string]any, dst any, also ...string) {
	if path == "" {
		d.tables = also
	}
	d.IntoAll(path, tree, []any{dst}, also...)
}

// IntoAll is Into for several structs that share one table.
func (d *Decoder) IntoAll(path string, tree map[string]any, dst []any, also ...string) {
	d.conf.sections = append(d.conf.sections, section{path: path, structs: dst})
	d.fill(path, tree, fieldsOf(dst), also)
}

// Free reads a table whose keys are the user's own names, in their order. value returns a
// pointer to what a key holds: a number in the unit, a string, a profile. It makes the table
// a section of the resolved configuration, and returns the names.
func (d *Decoder) Free(path string, tree map[string]any, unit, doc string, value func(name string) any) []string {
	s := section{path: path}
	names := d.named(path, tree)
	for _, name := range names {
		f := field{key: name, unit: unit, doc: doc, v: reflect.ValueOf(value(name)).Elem()}
		at := Join(path, name)
		d.keys[at], d.values[at] = f, literal(tree[name])
		d.set(at, tree[name], f)
		s.named = append(s.named, f)
	}
	d.conf.sections = append(d.conf.sections, s)
	return names
}

func (d *Decoder) fill(path string, tree map[string]any, into []field, also []string) {
	known := slices.Clone(also)
	for _, f := range into {
		known = append(known, f.key)
		at := Join(path, f.key)
		if f.isTable() {
			d.fill(at, d.Table(at, tree, f.key), fields(f.v), nil)
			continue
		}
		d.keys[at] = f
		if value, ok := tree[f.key]; ok {
			d.values[at] = literal(value)
			if !f.must {
				d.conf.unwritten[at] = show(f)
			}
			d.set(at, value, f)
		} else {
			if f.grid && f.v.Kind() == reflect.Float64 {
				f.v.SetFloat(d.RoundDefault(at, f.unit, f.v.Float()))
			}
			d.values[at] = show(f)
			if f.must {
				d.Require(at)
			}
		}
		if !f.grid {
			continue
		}
		switch x := f.v.Addr().Interface().(type) {
		case *float64:
			d.Grid(at, x)
		case *[]float64:
			for i := range *x {
				d.grid = append(d.grid, gridded{at, &(*x)[i], true})
			}
		}
	}
	if len(tree) > 0 {
		d.unknown(path, tree, known)
	}
}

// unknown reports the keys of a table that mean nothing, in their order.
func (d *Decoder) unknown(path string, tree map[string]any, known []string) {
	for _, key := range d.names(path, tree) {
		if slices.Contains(known, key) {
			continue
		}
		at := Join(path, key)
		d.values[at] = ""
		switch {
		case key == "include" && path == "":
			d.Bad(at, "is not a key for --set: a file names those that it includes")
		case key == "include":
			d.Bad(at, "unknown key; include must be before the first table")
		default:
			d.Bad(at, "unknown key%s", d.Suggest("key", key, func() []string { return known }))
		}
	}
}

// Suggest is DidYouMean for the problems of a kind that will be listed: to compare
// every word with every other takes the square of their number.
func (d *Decoder) Suggest(kind, word string, candidates func() []string) string {
	if d.meant[kind]++; d.meant[kind] > maxAlike {
		return ""
	}
	return DidYouMean(word, candidates())
}

// Tables goes through the tables in the table at a path, by their names, in the order
// in which the files name them. There is a limit, far above what people write, since
// each is compared with others.
func (d *Decoder) Tables(path string, tree map[string]any) iter.Seq2[string, map[string]any] {
	return func(yield func(string, map[string]any) bool) {
		for _, name := range d.named(path, tree) {
			if table := d.Table(Join(path, name), tree, name); table != nil && !yield(name, table) {
				return
			}
		}
	}
}

func (d *Decoder) named(path string, tree map[string]any) []string {
	names := d.names(path, tree)
	if i := slices.Index(names, ""); i >= 0 {
		d.Bad(Join(path, ""), "is no good name: names may not be empty")
		names = slices.Delete(names, i, i+1)
	}
	if len(names) > maxNamed {
		d.Bad(Join(path, names[maxNamed]), "is one too many: [%s] has %d tables; at most %d", path, len(names), maxNamed)
		return nil
	}
	return names
}

// maxNamed bounds the tables in one table.
const maxNamed = 10_000

// Without drops keys of a table that have no meaning beside other values: their
// defaults are neither checked nor shown, and one that is written is refused. At a
// point of a sweep only one that the sweep sets is: what is in the file may have
// its meaning at other points.
func (d *Decoder) Without(table string, keys []string, why string, args ...any) {
	for _, key := range keys {
		at := Join(table, key)
		if d.Present(at) && (d.src.swept == nil || d.src.swept[at]) {
			d.Bad(at, "has no meaning "+why, args...)
		}
		d.Drop(at)
	}
}

// Drop leaves a key, or a table, unchecked and out of the resolved configuration.
func (d *Decoder) Drop(at string) { d.conf.dropped[at] = true }

// Dropped tells whether a key, or a table that holds it, was dropped.
func (d *Decoder) Dropped(path string) bool {
	if d.conf.dropped[path] {
		return true
	}
	for i, r := range path {
		if r == '.' && d.conf.dropped[path[:i]] {
			return true
		}
	}
	return false
}

// Join appends a key to a path; the root is the empty path.
func Join(path, key string) string {
	if path == "" {
		return joinPath([]string{key})
	}
	return path + "." + joinPath([]string{key})
}
