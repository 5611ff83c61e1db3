package configs

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"neurosim/network"
)

// decoder fills structs from the tree of a source. The struct's tags are the
// grammar:
//
//	toml:"tau_m"   the key
//	unit:"ms"      a quantity, written with a unit; the number is in this one
//	grid:"dt"      a duration that must be a whole number of steps
//	file:"table"   the name of a file; the field gets the name to open, see
//	               reader.resolve
//	doc:"..."      what the key means
//	must:"yes"     it has no default
//	unset:"0"      a value that stands for a key that is not set
//	of:"a b"       the strings that it may be
//	list:"..."     of a list: "empty" where an empty one has a meaning, "twice" where
//	               a value may stand twice
//
// A float64 without a unit is a ratio or a probability, written bare. What the
// file does not say keeps the value that the struct had before: the default.
type decoder struct {
	src      *source
	problems Problems
	values   map[string]string // path → the value as written, or the default
	keys     map[string]field  // path → what the key holds, of keys that were read
	reported map[string]bool   // paths of problems
	meant    map[string]int    // kind of problem → suggestions made
	grid     []gridded
	sections []section // in order, for the resolved configuration

	dt      float64           // length of a step (ms), once it is known and sound; else 0
	rounded []movedDefault    // defaults that were moved to whole steps of dt
	dropped map[string]bool   // paths that have no meaning beside other values
	follows map[string]string // path → that of the key that its default follows from
	notes   []string          // what of the files is not taken as it stands
}

// note says what of a file that a key names is not taken as it stands.
func (d *decoder) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

func newDecoder(src *source) *decoder {
	return &decoder{src: src, values: map[string]string{}, keys: map[string]field{}, reported: map[string]bool{}, meant: map[string]int{}, follows: map[string]string{}}
}

// gridded is a duration that must be a whole number of steps.
type gridded struct {
	path  string
	value *float64
}

// movedDefault is a default that was moved to a whole number of steps.
type movedDefault struct{ path, to string }

// section is a table of the resolved configuration.
type section struct {
	path  string
	value any // pointer to struct
}

// bad reports a broken rule at a path; of several at one path the first, since
// the others often follow from it. A default that follows from another key is
// reported there.
func (d *decoder) bad(path, rule string, args ...any) {
	if from := d.follows[path]; from != "" && !d.given(path) {
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

// field is one key of a struct.
type field struct {
	key  string
	unit string
	grid bool
	file bool // the name of a file
	doc  string
	v    reflect.Value

	must  bool   // has no default
	unset string // the value of a key that is not set
	of    []string
	list  string
}

// isUnset tells whether the value is the one that stands for none.
func (f field) isUnset() bool {
	if f.unset == "" {
		return false
	}
	x, err := strconv.ParseFloat(f.unset, 64)
	if err != nil {
		panic("configs: the tag unset of " + f.key + " is no number")
	}
	if f.v.Kind() == reflect.Float64 {
		return f.v.Float() == x
	}
	return float64(f.v.Int()) == x
}

// fields lists the keys of a struct, those of embedded structs among them.
func fields(v reflect.Value) []field {
	var out []field
	for i := range v.NumField() {
		t := v.Type().Field(i)
		key := t.Tag.Get("toml")
		switch {
		case key == "-":
		case t.Anonymous && key == "":
			out = append(out, fields(v.Field(i))...)
		case key != "":
			out = append(out, field{
				key: key, unit: t.Tag.Get("unit"), grid: t.Tag.Get("grid") != "", file: t.Tag.Get("file") != "", doc: t.Tag.Get("doc"), v: v.Field(i),
				must: t.Tag.Get("must") != "", unset: t.Tag.Get("unset"), of: strings.Fields(t.Tag.Get("of")), list: t.Tag.Get("list"),
			})
		}
	}
	return out
}

// table returns the table at a key of tree, or nil if there is none; another
// kind of value is reported.
func (d *decoder) table(path string, tree map[string]any, key string) map[string]any {
	value, ok := tree[key]
	if !ok {
		return nil
	}
	table, ok := value.(map[string]any)
	if !ok {
		d.values[path] = literal(value)
		if _, many := value.([]map[string]any); many {
			d.bad(path, "must be one table, [%s], not a list of tables, [[%s]]", path, path)
		} else {
			d.bad(path, "must be a table: [%s]", path)
		}
		return nil
	}
	return table
}

// names returns the keys of the table at a path, in the order in which the files
// name them.
func (d *decoder) names(path string, tree map[string]any) []string {
	out := slices.Sorted(maps.Keys(tree))
	ranks := make(map[string]int, len(out))
	for _, name := range out {
		ranks[name] = d.src.rank(join(path, name))
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(ranks[a], ranks[b]) })
	return out
}

// into fills the struct that dst points to from the table at path and notes it
// as a section. Keys in also are known and read elsewhere.
func (d *decoder) into(path string, tree map[string]any, dst any, also ...string) {
	d.sections = append(d.sections, section{path, dst})
	d.fill(path, tree, reflect.ValueOf(dst).Elem(), also)
}

func (d *decoder) fill(path string, tree map[string]any, v reflect.Value, also []string) {
	known := slices.Clone(also)
	for _, f := range fields(v) {
		known = append(known, f.key)
		at := join(path, f.key)
		if f.v.Kind() == reflect.Struct && f.v.Type() != distType {
			d.fill(at, d.table(at, tree, f.key), f.v, nil)
			continue
		}
		d.keys[at] = f
		if value, ok := tree[f.key]; ok {
			d.values[at] = literal(value)
			d.set(at, value, f)
		} else {
			if f.grid {
				d.round(at, f)
			}
			d.values[at] = show(f)
			if f.must {
				d.must(at)
			}
		}
		if f.grid {
			d.grid = append(d.grid, gridded{at, f.v.Addr().Interface().(*float64)})
		}
	}
	if len(tree) > 0 {
		d.unknown(path, tree, known)
	}
}

// unknown reports the keys of a table that mean nothing, in their order.
func (d *decoder) unknown(path string, tree map[string]any, known []string) {
	for _, key := range d.names(path, tree) {
		if slices.Contains(known, key) {
			continue
		}
		at := join(path, key)
		d.values[at] = ""
		switch {
		case key == "include" && path == "":
			d.bad(at, "is no key for --set: a file names those that it includes")
		case key == "include":
			d.bad(at, "unknown key; include stands before the first table")
		default:
			d.bad(at, "unknown key%s", d.suggest("key", key, func() []string { return known }))
		}
	}
}

// suggest is didYouMean for the problems of a kind that will be listed: to compare
// every word with every other takes the square of their number.
func (d *decoder) suggest(kind, word string, candidates func() []string) string {
	if d.meant[kind]++; d.meant[kind] > maxAlike {
		return ""
	}
	return didYouMean(word, candidates())
}

// named returns the names of the tables in the table at a path, in order. There is
// a limit, far above what people write, since each is compared with others.
func (d *decoder) named(path string, tree map[string]any) []string {
	names := d.names(path, tree)
	if i := slices.Index(names, ""); i >= 0 {
		d.bad(join(path, ""), "is no good name: names may not be empty")
		names = slices.Delete(names, i, i+1)
	}
	if len(names) > maxNamed {
		d.bad(join(path, names[maxNamed]), "is one too many: [%s] has %d tables; at most %d", path, len(names), maxNamed)
		return nil
	}
	return names
}

// maxNamed bounds the tables in one table.
const maxNamed = 10_000

// round moves a default to the nearest whole number of steps, at least one: nobody
// who wrote dt has written the default.
func (d *decoder) round(path string, f field) {
	ms := f.v.Float()
	if d.dt == 0 || ms <= 0 || isWhole(ms/d.dt) {
		return
	}
	to := tidy(max(1, math.Round(ms/d.dt)) * d.dt)
	f.v.SetFloat(to)
	d.rounded = append(d.rounded, movedDefault{path, formatQuantity(to, f.unit)})
}

// without drops keys of a table that have no meaning beside other values: their
// defaults are neither checked nor shown, and one that is written is refused. At a
// point of a sweep only one that the sweep sets is: what stands in the file may have
// its meaning at other points.
func (d *decoder) without(table string, keys []string, why string, args ...any) {
	for _, key := range keys {
		at := join(table, key)
		if d.given(at) && (d.src.swept == nil || d.src.swept[at]) {
			d.bad(at, "has no meaning "+why, args...)
		}
		d.drop(at)
	}
}

// drop leaves a key, or a table, unchecked and out of the resolved configuration.
func (d *decoder) drop(at string) {
	if d.dropped == nil {
		d.dropped = map[string]bool{}
	}
	d.dropped[at] = true
}

// isDropped tells whether a key, or a table that holds it, was dropped.
func (d *decoder) isDropped(path string) bool {
	if d.dropped[path] {
		return true
	}
	for i, r := range path {
		if r == '.' && d.dropped[path[:i]] {
			return true
		}
	}
	return false
}

// roundedKeys lists the defaults that were moved to whole steps and have a meaning.
func (d *decoder) roundedKeys() []string {
	var out []string
	for _, r := range d.rounded {
		if !d.isDropped(r.path) {
			out = append(out, r.path+" "+r.to)
		}
	}
	return out
}

// join appends a key to a path; the root is the empty path.
func join(path, key string) string {
	if path == "" {
		return joinPath([]string{key})
	}
	return path + "." + joinPath([]string{key})
}

var distType = reflect.TypeFor[network.Dist]()

// checkGrid holds every duration marked grid to whole steps of dt (ms). Of those that
// are not written, constants are rounded where they are read, and others follow from
// what is written.
func (d *decoder) checkGrid(dt float64) {
	for _, g := range d.grid {
		if !d.given(g.path) || d.isDropped(g.path) {
			continue
		}
		switch x := *g.value; {
		case math.Abs(x)/dt > maxSteps && !math.IsInf(x, 0):
			d.bad(g.path, "is %.3g steps of %g ms; at most %g", x/dt, dt, float64(maxSteps))
		case !isWhole(x / dt):
			if x < 0 {
				continue // negative times are reported with their rules
			}
			d.bad(g.path, "%s", offGrid(x, dt))
		}
	}
}

// offGrid is the rule that a time (ms) breaks that is no whole number of steps.
func offGrid(ms, dt float64) string {
	lo := math.Floor(ms/dt) * dt
	return fmt.Sprintf("must be a whole number of steps of dt = %s ms: %s or %s ms", formatNumber(dt), formatNumber(tidy(lo)), formatNumber(tidy(lo+dt)))
}

// isWhole reports whether a ratio is a whole number up to the rounding of its
// parts, and not 0 for what is more. Infinite and missing durations count as whole.
func isWhole(r float64) bool {
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return true
	}
	return math.Abs(r-math.Round(r)) <= 1e-6 && (r == 0 || math.Round(r) != 0)
}

// tidy drops the rounding errors that a product of decimals carries.
func tidy(x float64) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	return y
}
