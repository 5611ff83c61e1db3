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
//	doc:"..."      what the key means
//
// A float64 without a unit is a ratio or a probability, written bare. What the
// file does not say keeps the value that the struct had before: the default.
type decoder struct {
	src      *source
	problems Problems
	values   map[string]string // path → the value as written, or the default
	grid     []gridded
	sections []section // in order, for the resolved configuration
}

// gridded is a duration that must be a whole number of steps.
type gridded struct {
	path  string
	value *float64
}

// section is a table of the resolved configuration.
type section struct {
	path  string
	value any // pointer to struct
}

// bad reports a broken rule at a path; of several at one path the first, since
// the others often follow from it.
func (d *decoder) bad(path, rule string, args ...any) {
	if slices.ContainsFunc(d.problems, func(p Problem) bool { return p.Key == path }) {
		return
	}
	at := d.src.where(path)
	d.problems = append(d.problems, Problem{at.file, at.line, path, d.values[path], fmt.Sprintf(rule, args...)})
}

// field is one key of a struct.
type field struct {
	key  string
	unit string
	grid bool
	doc  string
	v    reflect.Value
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
			out = append(out, field{key, t.Tag.Get("unit"), t.Tag.Get("grid") != "", t.Tag.Get("doc"), v.Field(i)})
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
		d.bad(path, "must be a table: [%s]", path)
		return nil
	}
	return table
}

// names returns the keys of the table at a path, in the order in which the files
// name them.
func (d *decoder) names(path string, tree map[string]any) []string {
	out := slices.Sorted(maps.Keys(tree))
	slices.SortStableFunc(out, func(a, b string) int {
		return cmp.Compare(d.src.rank(join(path, a)), d.src.rank(join(path, b)))
	})
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
		if value, ok := tree[f.key]; ok {
			d.values[at] = literal(value)
			d.set(at, value, f)
		} else {
			d.values[at] = show(f)
		}
		if f.grid {
			d.grid = append(d.grid, gridded{at, f.v.Addr().Interface().(*float64)})
		}
	}
	for key := range tree {
		if !slices.Contains(known, key) {
			at := join(path, key)
			d.values[at] = ""
			d.bad(at, "unknown key%s", didYouMean(key, known))
		}
	}
}

// join appends a key to a path; the root is the empty path.
func join(path, key string) string {
	if path == "" {
		return joinPath([]string{key})
	}
	return path + "." + joinPath([]string{key})
}

var distType = reflect.TypeFor[network.Dist]()

// set decodes one value into a field.
func (d *decoder) set(path string, value any, f field) {
	switch {
	case f.v.Type() == distType:
		d.setDist(path, value, f)
	case f.v.Kind() == reflect.Float64 && f.unit != "":
		if x, ok := d.quantity(path, value, f.unit); ok {
			f.v.SetFloat(x)
		}
	case f.v.Kind() == reflect.Float64:
		if x, ok := number(value); !ok {
			d.bad(path, "must be a number, %s", isA(value))
		} else if math.IsNaN(x) || math.IsInf(x, 0) {
			d.bad(path, "must be finite")
		} else {
			f.v.SetFloat(x)
		}
	case f.v.Kind() == reflect.Int || f.v.Kind() == reflect.Int64:
		if x, ok := value.(int64); ok {
			f.v.SetInt(x)
		} else {
			d.bad(path, "must be a whole number, %s", isA(value))
		}
	case f.v.Kind() == reflect.Uint64:
		if x, ok := value.(int64); ok && x >= 0 {
			f.v.SetUint(uint64(x))
		} else {
			d.bad(path, "must be a whole number, not negative")
		}
	case f.v.Kind() == reflect.Bool:
		if x, ok := value.(bool); ok {
			f.v.SetBool(x)
		} else {
			d.bad(path, "must be true or false, %s", isA(value))
		}
	case f.v.Kind() == reflect.String:
		if x, ok := value.(string); ok {
			f.v.SetString(x)
		} else {
			d.bad(path, "must be a string, %s", isA(value))
		}
	case f.v.Kind() == reflect.Slice:
		d.setList(path, value, f)
	default:
		panic("configs: no grammar for " + f.v.Type().String())
	}
}

// setList decodes a list of whole numbers or strings.
func (d *decoder) setList(path string, value any, f field) {
	list, ok := value.([]any)
	of := map[reflect.Kind]string{reflect.Int: "whole numbers", reflect.String: "strings"}[f.v.Type().Elem().Kind()]
	if !ok {
		d.bad(path, "must be a list of %s, %s", of, isA(value))
		return
	}
	out := reflect.MakeSlice(f.v.Type(), 0, len(list))
	for _, x := range list {
		e := reflect.New(f.v.Type().Elem()).Elem()
		switch y := x.(type) {
		case int64:
			ok = e.Kind() == reflect.Int
			if ok {
				e.SetInt(y)
			}
		case string:
			ok = e.Kind() == reflect.String
			if ok {
				e.SetString(y)
			}
		default:
			ok = false
		}
		if !ok {
			d.bad(path, "must be a list of %s", of)
			return
		}
		out = reflect.Append(out, e)
	}
	f.v.Set(out)
}

// quantity reads a number with a unit.
func (d *decoder) quantity(path string, value any, base string) (float64, bool) {
	u, _ := unitNamed(base)
	switch v := value.(type) {
	case string:
		x, err := parseQuantity(v, base)
		if err != nil {
			d.bad(path, "%s", err)
			return 0, false
		}
		return x, true
	case int64, float64:
		if x, _ := number(value); math.IsNaN(x) || math.IsInf(x, 0) {
			d.bad(path, "must be finite, and have a unit of %s", u.dimension)
		} else {
			d.bad(path, "needs a unit of %s, like %q", u.dimension, fmt.Sprintf("%v %s", v, base))
		}
	default:
		d.bad(path, "must be a %s, like %q; %s", u.dimension, "10 "+base, isA(value))
	}
	return 0, false
}

// setDist decodes a quantity or the table of a distribution.
func (d *decoder) setDist(path string, value any, f field) {
	tree, ok := value.(map[string]any)
	if !ok {
		if x, ok := d.quantity(path, value, f.unit); ok {
			f.v.Set(reflect.ValueOf(network.Const(x)))
		}
		return
	}
	dist := network.Dist{Mean: math.NaN(), SD: math.NaN(), Min: math.Inf(-1), Max: math.Inf(1)}
	before := len(d.problems)
	kind, _ := tree["dist"].(string)
	dist.Kind = network.DistKind(kind)
	keys := map[string]*float64{"mean": &dist.Mean, "sd": &dist.SD, "min": &dist.Min, "max": &dist.Max}
	needs := map[network.DistKind][]string{network.Uniform: {"min", "max"}, network.Normal: {"mean", "sd"}, network.Lognormal: {"mean", "sd"}}[dist.Kind]
	if needs == nil {
		d.values[path+".dist"] = literal(tree["dist"])
		d.bad(path+".dist", "must be %q, %q or %q", network.Uniform, network.Normal, network.Lognormal)
		return
	}
	for key, v := range tree {
		at := join(path, key)
		if key == "dist" {
			continue
		}
		d.values[at] = literal(v)
		x, known := keys[key]
		switch {
		case !known:
			d.bad(at, "unknown key%s", didYouMean(key, []string{"dist", "mean", "sd", "min", "max"}))
		case dist.Kind == network.Uniform && (key == "mean" || key == "sd"):
			d.bad(at, "has no meaning for a uniform distribution: it has min and max")
		default:
			if q, ok := d.quantity(at, v, f.unit); ok {
				*x = q
			}
		}
	}
	for _, key := range needs {
		if _, given := tree[key]; !given {
			d.bad(join(path, key), "must be given for a %s distribution", dist.Kind)
		}
	}
	if len(d.problems) == before {
		f.v.Set(reflect.ValueOf(dist))
	}
}

// checkGrid holds every duration marked grid to whole steps of dt (ms).
func (d *decoder) checkGrid(dt float64) {
	for _, g := range d.grid {
		if x := *g.value; !isWhole(x / dt) {
			lo := float64(math.Floor(x/dt) * dt)
			d.bad(g.path, "must be a whole number of steps of dt = %s ms: %s or %s ms", formatNumber(dt), formatNumber(tidy(lo)), formatNumber(tidy(lo+dt)))
		}
	}
}

// isWhole reports whether a ratio is a whole number up to the rounding of its
// parts. Infinite and missing durations count as whole.
func isWhole(r float64) bool {
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return true
	}
	return math.Abs(r-math.Round(r)) <= 1e-6
}

// tidy drops the rounding errors that a product of decimals carries.
func tidy(x float64) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	return y
}

func number(v any) (float64, bool) {
	switch x := v.(type) {
	case int64:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

// isA says what kind of value v is.
func isA(v any) string {
	switch v.(type) {
	case string:
		return "is a string"
	case int64:
		return "is a whole number"
	case float64:
		return "is a number"
	case bool:
		return "is a boolean"
	case []any, []map[string]any:
		return "is a list"
	case map[string]any:
		return "is a table"
	}
	return "is a date or time"
}

// literal writes a value as TOML.
func literal(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return quote(x)
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1e15 {
			return strconv.FormatFloat(x, 'f', 1, 64)
		}
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(x, 'g', -1, 64), "+"))
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = literal(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for i, k := range keys {
			keys[i] = joinPath([]string{k}) + " = " + literal(x[k])
		}
		return "{ " + strings.Join(keys, ", ") + " }"
	}
	return fmt.Sprint(v)
}

// quote writes a TOML basic string.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
