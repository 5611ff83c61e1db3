package grammar

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurosim/internal/dist"
	"neurosim/internal/dotted"
	"neurosim/internal/profile"
)

// set decodes one value into a field.
func (d *Decoder) set(path string, value any, f field) {
	switch {
	case f.v.Type() == literalType:
		f.v.SetString(literal(value))
	case f.v.Type() == literalsType:
		d.setLiterals(path, value, f)
	case f.v.Type() == legendType:
		d.setLegend(path, value, f)
	case f.v.Type() == distType:
		d.setDist(path, value, f)
	case f.v.Type() == profileType:
		d.setProfile(path, value, f)
	case f.v.Kind() == reflect.Float64 && f.unit != "":
		if x, ok := d.quantity(path, value, f.unit); ok {
			f.v.SetFloat(x)
			d.refuseUnset(path, f)
		}
	case f.v.Kind() == reflect.Float64:
		if x, ok := number(value); !ok {
			d.Bad(path, "must be a number, %s", isA(value))
		} else if math.IsNaN(x) || math.IsInf(x, 0) {
			d.Bad(path, "must be finite")
		} else if math.Abs(x) > mostNumber {
			d.Bad(path, "must be at most %g", mostNumber)
		} else {
			f.v.SetFloat(x)
			d.refuseUnset(path, f)
		}
	case f.v.Kind() == reflect.Int || f.v.Kind() == reflect.Int64:
		if x, ok := value.(int64); d.Rule(ok, path, "must be a whole number, %s", isA(value)) {
			f.v.SetInt(x)
			d.refuseUnset(path, f)
		}
	case f.v.Kind() == reflect.Uint64:
		if x, ok := value.(int64); d.Rule(ok && x >= 0, path, "must be a whole number, not negative") {
			f.v.SetUint(uint64(x))
		}
	case f.v.Kind() == reflect.Bool:
		if x, ok := value.(bool); d.Rule(ok, path, "must be true or false, %s", isA(value)) {
			f.v.SetBool(x)
		}
	case f.v.Kind() == reflect.String:
		switch x, ok := value.(string); {
		case !ok && len(f.of) > 0:
			d.OneOf(path, "", f.of...)
		case !ok:
			d.Bad(path, "must be a string, %s", isA(value))
		case f.file && x == "":
			d.Bad(path, "must name a file")
		case f.file:
			f.v.SetString(d.src.reader.resolve(d.src.where(path).file, x))
		default:
			switch {
			case len(f.of) > 0:
				d.OneOf(path, x, f.of...)
			case x == "" && (f.must || f.v.String() != ""):
				d.Bad(path, "must not be empty")
			}
			f.v.SetString(x)
		}
	case f.v.Kind() == reflect.Slice:
		d.setList(path, value, f)
	default:
		panic("grammar: no grammar for " + f.v.Type().String())
	}
}

// mostNumber bounds bare numbers: fractions, ratios and rates of learning.
const mostNumber = 1e15

// refuseUnset reports the value that stands for no value, where it is written.
func (d *Decoder) refuseUnset(path string, f field) {
	d.Rule(!f.isUnset(), path, "must not be %s; leave the key out for the default", f.unset)
}

// setList decodes a list of whole numbers, strings or quantities of a unit.
func (d *Decoder) setList(path string, value any, f field) {
	list, ok := value.([]any)
	if f.v.Type().Elem().Kind() == reflect.Float64 {
		d.setQuantities(path, value, list, f)
		return
	}
	of := map[reflect.Kind]string{reflect.Int: "whole numbers", reflect.String: "strings"}[f.v.Type().Elem().Kind()]
	if !ok {
		d.Bad(path, "must be a list of %s, %s", of, isA(value))
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
			d.Bad(path, "must be a list of %s", of)
			return
		}
		out = reflect.Append(out, e)
	}
	switch twice := repeated(list); {
	case len(list) == 0 && !strings.Contains(f.list, "empty"):
		rule := "must not be empty"
		if !f.must {
			rule += "; leave the key out for the default"
		}
		d.Bad(path, "%s", rule)
	case twice != nil && !strings.Contains(f.list, "twice"):
		d.Bad(path, "holds %s twice", literal(twice))
	default:
		f.v.Set(out)
		for _, x := range list {
			if name, ok := x.(string); ok && len(f.of) > 0 {
				d.OneOf(path, name, f.of...)
			}
		}
	}
}

// setLiterals decodes a list of numbers or quantities whose unit depends on other keys.
func (d *Decoder) setLiterals(path string, value any, f field) {
	list, ok := value.([]any)
	if !ok {
		d.Bad(path, "must be a list of numbers or quantities, %s", isA(value))
		return
	}
	if len(list) == 0 {
		d.Bad(path, "must not be empty; leave the key out for the default")
		return
	}
	if twice := repeated(list); twice != nil {
		d.Bad(path, "holds %s twice", literal(twice))
		return
	}
	var out []Literal
	for _, x := range list {
		_, isNumber := number(x)
		if _, isText := x.(string); !isNumber && !isText {
			d.Bad(path, "must be a list of numbers or quantities")
			return
		}
		out = append(out, Literal(literal(x)))
	}
	f.v.Set(reflect.ValueOf(out))
}

// setLegend decodes whether there is a legend, or where.
func (d *Decoder) setLegend(path string, value any, f field) {
	switch x := value.(type) {
	case bool:
		f.v.SetString(strconv.FormatBool(x))
	case string:
		places := Places()
		f.v.SetString(x)
		d.Rule(slices.Contains(places, x), path, "must be true, false or a place: %s%s", strings.Join(Names(places, quote), ", "), DidYouMean(x, places))
	default:
		d.Bad(path, "must be true, false or a place, like %q; %s", "top right", isA(value))
	}
}

// setQuantities decodes a list of quantities. One that is written twice is no mistake.
func (d *Decoder) setQuantities(path string, value any, list []any, f field) {
	if list == nil {
		d.Bad(path, "must be a list, like [%q]; %s", "10 "+f.unit, isA(value))
		return
	}
	if len(list) == 0 {
		d.Bad(path, "must not be empty; leave the key out for the default")
		return
	}
	out := make([]float64, 0, len(list))
	for _, x := range list {
		q, ok := d.quantity(path, x, f.unit)
		if !ok {
			return
		}
		out = append(out, q)
	}
	f.v.Set(reflect.ValueOf(out))
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
func (d *Decoder) quantity(path string, value any, base string) (float64, bool) {
	kind := unitOfTag(base).named().name
	switch v := value.(type) {
	case string:
		x, err := ParseQuantity(v, base)
		if err != nil {
			d.Bad(path, "%s", err)
			return 0, false
		}
		return x, true
	case int64, float64:
		if x, _ := number(value); math.IsNaN(x) || math.IsInf(x, 0) {
			d.Bad(path, "must be finite, and have a unit of %s", kind)
		} else {
			d.Bad(path, "needs a unit of %s, like %q", kind, fmt.Sprintf("%v %s", v, base))
		}
	default:
		d.Bad(path, "must be %s, like %q; %s", a(kind), "10 "+base, isA(value))
	}
	return 0, false
}

// setDist decodes a quantity or the table of a distribution.
func (d *Decoder) setDist(path string, value any, f field) {
	tree, ok := value.(map[string]any)
	if !ok {
		if x, ok := d.quantity(path, value, f.unit); ok {
			f.v.Set(reflect.ValueOf(dist.Const(x)))
		}
		return
	}
	drawn := dist.Dist{Mean: math.NaN(), SD: math.NaN(), Min: math.Inf(-1), Max: math.Inf(1)}
	before := len(d.problems)
	kind, _ := tree["dist"].(string)
	drawn.Kind = dist.Kind(kind)
	keys := map[string]*float64{"mean": &drawn.Mean, "sd": &drawn.SD, "min": &drawn.Min, "max": &drawn.Max}
	needs := map[dist.Kind][]string{dist.Uniform: {"min", "max"}, dist.Normal: {"mean", "sd"}, dist.Lognormal: {"mean", "sd"}}[drawn.Kind]
	if needs == nil {
		if _, present := tree["dist"]; !present && d.Misspelt(path, tree, "dist") {
			return
		}
		d.values[path+".dist"] = literal(tree["dist"])
		d.Bad(path+".dist", "must be %q, %q or %q%s", dist.Uniform, dist.Normal, dist.Lognormal,
			DidYouMean(kind, []string{string(dist.Uniform), string(dist.Normal), string(dist.Lognormal)}))
		return
	}
	for _, key := range d.names(path, tree) {
		at, v := Join(path, key), tree[key]
		if key == "dist" {
			continue
		}
		d.values[at] = literal(v)
		x, known := keys[key]
		switch {
		case !known:
			d.Bad(at, "unknown key%s", DidYouMean(key, []string{"dist", "mean", "sd", "min", "max"}))
		case drawn.Kind == dist.Uniform && (key == "mean" || key == "sd"):
			d.Bad(at, "has no meaning for a uniform distribution: it has min and max")
		default:
			if q, ok := d.quantity(at, v, f.unit); ok {
				*x = q
			}
		}
	}
	for _, key := range needs {
		if _, given := tree[key]; !given {
			d.Bad(Join(path, key), "must be given for a %s distribution", drawn.Kind)
		}
	}
	if len(d.problems) == before {
		f.v.Set(reflect.ValueOf(drawn))
	}
}

// setProfile decodes a number or a rule of the distance.
func (d *Decoder) setProfile(path string, value any, f field) {
	tree, ok := value.(map[string]any)
	if !ok {
		if x, ok := d.quantity(path, value, f.unit); ok {
			f.v.Set(reflect.ValueOf(profile.Const(x)))
			d.refuseUnset(path, f)
		}
		return
	}
	before := len(d.problems)
	p := profile.Const(0)
	p.Of = profile.Distance
	rule, _ := tree["rule"].(string)
	if _, present := tree["rule"]; !present && d.Misspelt(path, tree, "rule") {
		return
	}
	d.values[path+".rule"] = literal(tree["rule"])
	if !d.OneOf(path+".rule", rule, profile.Rules()...) {
		return
	}
	p.Rule = profile.Rule(rule)
	words := map[string]*string{"origin": &p.Origin, "sample": &p.Sample}
	if p.Rule == profile.Exponential {
		words["of"] = &p.Of
	}
	for key, to := range words {
		v, present := tree[key]
		if !present {
			continue
		}
		at := Join(path, key)
		d.values[at] = literal(v)
		if word, ok := v.(string); d.Rule(ok, at, "must be a string, %s", isA(v)) {
			*to = word
		}
	}
	d.OneOf(path+".sample", p.Sample, profile.Centre, profile.Hoc)
	d.OneOf(path+".of", p.Of, profile.Distance, profile.RelativeDistance)
	known := slices.Sorted(maps.Keys(words))
	known = append(known, "rule")
	for _, k := range p.Keys() {
		known = append(known, k.Name)
		at := Join(path, k.Name)
		v, present := tree[k.Name]
		if !present {
			d.values[at] = ""
			d.Bad(at, "must be given for rule = %q", rule)
			continue
		}
		unit := k.Unit
		if unit == "" {
			unit = f.unit
		}
		part := field{key: k.Name, unit: unit, v: reflect.ValueOf(k.At).Elem()}
		if unit == "1" {
			part.unit = ""
		}
		d.keys[at], d.values[at] = part, literal(v)
		d.set(at, v, part)
	}
	d.unknown(path, tree, known)
	if len(d.problems) == before {
		p.Check(d.Under(path))
	}
	if len(d.problems) == before {
		f.v.Set(reflect.ValueOf(p))
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
		return "[" + strings.Join(Names(x, literal), ", ") + "]"
	case []map[string]any:
		return "[" + strings.Join(Names(x, func(e map[string]any) string { return literal(e) }), ", ") + "]"
	case time.Time:
		return literalTime(x)
	case map[string]any:
		keys := slices.Sorted(maps.Keys(x))
		for i, k := range keys {
			keys[i] = joinPath([]string{k}) + " = " + literal(x[k])
		}
		return "{ " + strings.Join(keys, ", ") + " }"
	}
	return fmt.Sprint(v)
}

// literalTime writes a date or time with the parts that it had: the Decoder gives
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
