package grammar

import (
	"reflect"
	"strconv"
	"strings"

	"neurosim/internal/dist"
	"neurosim/internal/profile"
)

// field is one key of a struct.
type field struct {
	key  string
	unit string
	grid bool
	file bool // the name of a file
	doc  string
	v    reflect.Value

	must  bool   // has no default
	when  string // must be given then, if it has no default
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
		panic("grammar: the tag unset of " + f.key + " is no number")
	}
	switch {
	case f.v.Kind() == reflect.Float64:
		return f.v.Float() == x
	case f.v.Type() == profileType:
		p := f.v.Interface().(profile.Profile)
		return p.Fixed() && p.Value == x
	}
	return float64(f.v.Int()) == x
}

// isTable tells whether the key holds a table and no value.
func (f field) isTable() bool {
	return f.v.Kind() == reflect.Struct && f.v.Type() != distType && f.v.Type() != profileType
}

// fieldsOf lists the keys of structs, given by pointers, in their order.
func fieldsOf(structs []any) (out []field) {
	for _, s := range structs {
		out = append(out, fields(reflect.ValueOf(s).Elem())...)
	}
	return out
}

// fields lists the keys of a struct, those of embedded structs among them.
func fields(v reflect.Value) (out []field) {
	for i := range v.NumField() {
		t := v.Type().Field(i)
		key := t.Tag.Get("toml")
		switch {
		case key == "-":
		case t.Anonymous && key == "":
			out = append(out, fields(v.Field(i))...)
		case key != "":
			must := t.Tag.Get("must")
			f := field{
				key: key, unit: t.Tag.Get("unit"), grid: t.Tag.Get("grid") != "", file: t.Tag.Get("file") != "", doc: t.Tag.Get("doc"), v: v.Field(i),
				must: must == "yes", unset: t.Tag.Get("unset"), of: strings.Fields(t.Tag.Get("of")), list: t.Tag.Get("list"),
			}
			if !f.must {
				f.when = must
			}
			out = append(out, f)
		}
	}
	return out
}

var (
	distType    = reflect.TypeFor[dist.Dist]()
	profileType = reflect.TypeFor[profile.Profile]()
	literalType = reflect.TypeFor[Literal]()

	literalsType = reflect.TypeFor[[]Literal]()
	legendType   = reflect.TypeFor[LegendAt]()
)

// A Literal is a number or quantity whose unit depends on other keys, as TOML; "" for none.
type Literal string
