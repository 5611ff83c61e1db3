package grammar

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"neurosim/internal/dist"
	"neurosim/internal/profile"
)

// encode writes sections as TOML, every key with its unit: the resolved
// configuration. A key without a value (a missing name, no list, a time that
// does not apply) is left out. So is one that has no meaning with the others
// (dropped). Loading the result gives the same experiment. Files that names holds get
// the names there.
func encode(sections []section, dropped map[string]bool, names map[string]string) string {
	var b strings.Builder
	for _, s := range sections {
		switch {
		case s.structs != nil:
			encodeTable(&b, s.path, fieldsOf(s.structs), dropped, names)
		case s.named != nil:
			encodeTable(&b, s.path, s.named, dropped, names)
		default:
			encodeFree(&b, s, names)
		}
	}
	return b.String()
}

// encodeFree writes a table whose keys are dotted paths.
func encodeFree(b *strings.Builder, table section, names map[string]string) {
	if len(table.free) == 0 {
		return
	}
	fmt.Fprintf(b, "\n[%s]\n", table.path)
	for _, s := range table.free {
		value := s.value
		if s.file {
			value = renamed(value, func(name string) string { return otherwise(names, name) })
		}
		fmt.Fprintf(b, "%s = %s\n", quote(s.key), literal(value))
	}
}

// renamed gives the files that a value names, one or a list, other names.
func renamed(value any, name func(string) string) any {
	switch v := value.(type) {
	case string:
		return name(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = renamed(e, name)
		}
		return out
	case map[string]any: // of a key that follows an axis
		out := map[string]any{}
		for key, e := range v {
			out[key] = renamed(e, name)
		}
		return out
	}
	return value
}

// otherwise returns the other name of a file, or the one it has.
func otherwise(names map[string]string, name string) string {
	if other, ok := names[name]; ok {
		return other
	}
	return name
}

func encodeTable(b *strings.Builder, path string, keys []field, dropped map[string]bool, names map[string]string) {
	var lines, nested []field
	for _, f := range keys {
		if dropped[Join(path, f.key)] {
			continue
		}
		if f.isTable() {
			nested = append(nested, f)
		} else if show(f) != "" {
			lines = append(lines, f)
		}
	}
	if path != "" {
		fmt.Fprintf(b, "\n[%s]\n", path)
	}
	width := 0
	for _, f := range lines {
		width = max(width, len(f.key))
	}
	for _, f := range lines {
		text := show(f)
		if f.file {
			text = quote(otherwise(names, f.v.String()))
		}
		fmt.Fprintf(b, "%-*s = %s\n", width, joinPath([]string{f.key}), text)
	}
	for _, f := range nested {
		encodeTable(b, Join(path, f.key), fields(f.v), dropped, names)
	}
}

// show writes the value of a field as TOML; "" if it has none.
func show(f field) string {
	if f.isUnset() {
		return ""
	}
	switch f.v.Kind() {
	case reflect.Float64:
		x := f.v.Float()
		switch {
		case math.IsNaN(x) || math.IsInf(x, 0):
			return ""
		case f.unit != "":
			return quote(FormatQuantity(x, f.unit))
		}
		return literal(x)
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(f.v.Int(), 10)
	case reflect.Uint64:
		return strconv.FormatUint(f.v.Uint(), 10)
	case reflect.Bool:
		return strconv.FormatBool(f.v.Bool())
	case reflect.String:
		if f.v.Len() == 0 {
			return ""
		}
		if is := f.v.String(); f.v.Type() == literalType || f.v.Type() == legendType && (is == "true" || is == "false") {
			return is
		}
		return quote(f.v.String())
	case reflect.Slice:
		if f.v.IsNil() || f.v.Len() == 0 && !strings.Contains(f.list, "empty") {
			return ""
		}
		parts := make([]string, f.v.Len())
		for i := range parts {
			switch e := f.v.Index(i); {
			case e.Type() == literalType:
				parts[i] = e.String()
			case e.Kind() == reflect.String:
				parts[i] = quote(e.String())
			case e.Kind() == reflect.Float64:
				parts[i] = quote(FormatQuantity(e.Float(), f.unit))
			default:
				parts[i] = strconv.FormatInt(e.Int(), 10)
			}
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if f.v.Type() == profileType {
		return formatProfile(f.v.Interface().(profile.Profile), f.unit)
	}
	return FormatDist(f.v.Interface().(dist.Dist), f.unit)
}

// formatProfile writes a number or a rule of the distance as TOML; "" if it has none.
func formatProfile(p profile.Profile, unit string) string {
	if p.Fixed() {
		if math.IsNaN(p.Value) {
			return ""
		}
		return quote(FormatQuantity(p.Value, unit))
	}
	parts := []string{"rule = " + quote(string(p.Rule))}
	for _, k := range p.Keys() {
		text := literal(*k.At)
		switch k.Unit {
		case "":
			text = quote(FormatQuantity(*k.At, unit))
		case "1":
		default:
			text = quote(FormatQuantity(*k.At, k.Unit))
		}
		parts = append(parts, k.Name+" = "+text)
	}
	if p.Rule == profile.Exponential {
		parts = append(parts, "of = "+quote(p.Of))
	}
	return "{ " + strings.Join(append(parts, "origin = "+quote(p.Origin), "sample = "+quote(p.Sample)), ", ") + " }"
}

// FormatDist writes a number or a distribution of numbers of a unit as TOML; "" if it
// has none.
func FormatDist(d dist.Dist, unit string) string {
	if d.Fixed() {
		if math.IsNaN(d.Mean) {
			return ""
		}
		return quote(FormatQuantity(d.Mean, unit))
	}
	parts := []string{"dist = " + quote(string(d.Kind))}
	for _, p := range []struct {
		key string
		x   float64
	}{{"mean", d.Mean}, {"sd", d.SD}, {"min", d.Min}, {"max", d.Max}} {
		if !math.IsNaN(p.x) && !math.IsInf(p.x, 0) {
			parts = append(parts, p.key+" = "+quote(FormatQuantity(p.x, unit)))
		}
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}
