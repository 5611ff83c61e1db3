package configs

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurosim/internal/dotted"
	"neurosim/network"
)

// set decodes one value into a field.
func (d *decoder) set(path string, value any, f field) {
	switch {
	case f.v.Type() == distType:
		d.setDist(path, value, f)
	case f.v.Kind() == reflect.Float64 && f.unit != "":
		if x, ok := d.quantity(path, value, f.unit); ok {
			f.v.SetFloat(x)
			d.refuseUnset(path, f)
		}
	case f.v.Kind() == reflect.Float64:
		if x, ok := number(value); !ok {
			d.bad(path, "must be a number, %s", isA(value))
		} else if math.IsNaN(x) || math.IsInf(x, 0) {
			d.bad(path, "must be finite")
		} else if math.Abs(x) > mostNumber {
			d.bad(path, "must be at most %g", mostNumber)
		} else {
			f.v.SetFloat(x)
			d.refuseUnset(path, f)
		}
	case f.v.Kind() == reflect.Int || f.v.Kind() == reflect.Int64:
		if x, ok := value.(int64); ok {
			f.v.SetInt(x)
			d.refuseUnset(path, f)
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
		switch x, ok := value.(string); {
		case !ok:
			d.bad(path, "must be a string, %s", isA(value))
		case f.file && x == "":
			d.bad(path, "must name a file")
		case f.file:
			f.v.SetString(d.src.reader.resolve(d.src.where(path).file, x))
		default:
			switch {
			case len(f.of) > 0:
				d.oneOf(path, x, f.of...)
			case x == "" && (f.must || f.v.String() != ""):
				d.bad(path, "must not be empty")
			}
			f.v.SetString(x)
		}
	case f.v.Kind() == reflect.Slice:
		d.setList(path, value, f)
	default:
		panic("configs: no grammar for " + f.v.Type().String())
	}
}

// mostNumber bounds bare numbers: fractions, ratios and rates of learning.
const mostNumber = 1e15

// refuseUnset reports the value that stands for no value, where it is written.
func (d *decoder) refuseUnset(path string, f field) {
	if f.isUnset() {
		d.bad(path, "must not be %s; without the key the default holds", f.unset)
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
	switch twice := repeated(list); {
	case len(list) == 0 && !strings.Contains(f.list, "empty"):
		rule := "must not be empty"
		if !f.must {
			rule += "; without the key the default holds"
		}
		d.bad(path, "%s", rule)
	case twice != nil && !strings.Contains(f.list, "twice"):
		d.bad(path, "holds %s twice", literal(twice))
	default:
		f.v.Set(out)
		for _, x := range list {
			if name, ok := x.(string); ok && len(f.of) > 0 {
				d.oneOf(path, name, f.of...)
			}
		}
	}
}

// repeated returns the first value that stands twice in a list of numbers or
// strings, or nil.
func repeated(list []any) any {
	seen := make(map[any]bool, len(list))
	for _, x := range list {
		if seen[x] {
			return x
		}
		seen[x] = true
	}
	return nil
}

// quantity reads a number with a unit.
func (d *decoder) quantity(path string, value any, base string) (float64, bool) {
	kind := unitOfTag(base).named().name
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
			d.bad(path, "must be finite, and have a unit of %s", kind)
		} else {
			d.bad(path, "needs a unit of %s, like %q", kind, fmt.Sprintf("%v %s", v, base))
		}
	default:
		d.bad(path, "must be %s, like %q; %s", a(kind), "10 "+base, isA(value))
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
		if _, present := tree["dist"]; !present && d.misspelt(path, tree, "dist") {
			return
		}
		d.values[path+".dist"] = literal(tree["dist"])
		d.bad(path+".dist", "must be %q, %q or %q%s", network.Uniform, network.Normal, network.Lognormal,
			didYouMean(kind, []string{string(network.Uniform), string(network.Normal), string(network.Lognormal)}))
		return
	}
	for _, key := range d.names(path, tree) {
		at, v := join(path, key), tree[key]
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
	case []map[string]any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = literal(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case time.Time:
		return literalTime(x)
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

// literalTime writes a date or time with the parts that it had: the decoder gives
// those without an offset a location of their own name.
func literalTime(t time.Time) string {
	switch t.Location().String() {
	case "datetime-local":
		return t.Format("2006-01-02T15:04:05.999999999")
	case "date-local":
		return t.Format("2006-01-02")
	case "time-local":
		return t.Format("15:04:05.999999999")
	}
	return t.Format(time.RFC3339Nano)
}

func quote(s string) string { return dotted.Quote(s) }
