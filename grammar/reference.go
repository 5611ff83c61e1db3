package grammar

import (
	"fmt"
	"reflect"
	"strings"

	"neurosim/figure"
	"neurosim/internal/dotted"
)

// A Table is one table of the reference: its title, a text, and a struct with its
// defaults.
type Table struct {
	Title, Text string
	Default     any // pointer to a struct; nil: it has no keys
}

// Reference describes tables with their keys as Markdown: unit, default and meaning of
// each. It is made from the structs that a Decoder fills, so it cannot differ from what
// is read.
func Reference(tables []Table) string {
	var b strings.Builder
	for _, t := range tables {
		fmt.Fprintf(&b, "\n## `%s`\n", t.Title)
		if t.Text != "" {
			fmt.Fprintf(&b, "\n%s\n", t.Text)
		}
		if t.Default != nil {
			b.WriteString("\n| key | value | default | meaning |\n|---|---|---|---|\n")
			referenceRows(&b, "", reflect.ValueOf(t.Default).Elem())
		}
	}
	return b.String()
}

// A Key is one key of a configuration, as the reference describes it.
type Key struct {
	Table   string `json:"table"`             // title of its table in the reference
	Key     string `json:"key"`               // dotted; NAME and other capitals stand for names
	Value   string `json:"value"`             // what values it takes
	Default string `json:"default,omitempty"` // as it would be written; or that it must be given
	Meaning string `json:"meaning"`
}

// Keys describes the keys of tables, in order.
func Keys(tables []Table) (keys []Key) {
	for _, t := range tables {
		if t.Default == nil {
			continue
		}
		prefix := ""
		if i := strings.IndexByte(t.Title, '['); i >= 0 {
			prefix = strings.TrimLeft(t.Title[i:], "[")
			prefix = prefix[:strings.IndexByte(prefix, ']')] + "."
		}
		eachKey(prefix, reflect.ValueOf(t.Default).Elem(), func(key, def string, f field) {
			keys = append(keys, Key{t.Title, key, kindOf(f), def, f.doc})
		})
	}
	return keys
}

// Below tells whether a dotted key, with names of the user's in place of NAME, is the key or one
// of the tables that it is in.
func (k Key) Below(key string) bool {
	own, want := strings.Split(k.Key, "."), dotted.Split(key)
	if len(want) > len(own) {
		return false
	}
	for i, w := range want {
		if w != own[i] && !isPlaceholder(own[i]) {
			return false
		}
	}
	return true
}

// isPlaceholder tells whether a part of a key stands for a name of the user's, as NAME and GROUP do;
// E, U and E_L are keys.
func isPlaceholder(part string) bool {
	return len(part) >= len("NAME") && strings.Trim(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// eachKey calls each for every key of a struct, with its default in words.
func eachKey(prefix string, v reflect.Value, each func(key, def string, f field)) {
	for _, f := range fields(v) {
		if f.isTable() {
			eachKey(prefix+f.key+".", f.v, each)
			continue
		}
		def := show(f)
		switch {
		case f.must:
			def = "must be given"
		case def == "" && f.when != "":
			def = "must be given " + f.when
		}
		each(prefix+f.key, def, f)
	}
}

// FigureTable returns the table of the keys that figures of all kinds have.
func FigureTable() Table {
	return Table{"[figures.NAME]", "Keys of figures of every kind. The tables of the kinds, further below, have those of one kind.", new(defaultFigureSize())}
}

// PanelTable is [figures.NAME.axes.LETTER] in the reference.
func PanelTable() Table {
	return Table{"[figures.NAME.axes.LETTER]", "The axes of one panel of a figure, a, b ... . `neurosim plot DIR --set figures.NAME.axes.a.x_max=...` changes a figure without simulating again; of every figure it takes these keys, `title`, `width`, `height`, `note`, `font_size`, `legend`, `letters`, `colours`, and `start` and `stop` of what is drawn against time.", &PanelShape{}}
}

// ColoursTable is [figures.NAME.colours] in the reference.
func ColoursTable() Table {
	return Table{"[figures.NAME.colours]", "Colours of series, by their names in the legend, in place of the colours of the theme: `Theory = \"black\"`, `\"K = 5\" = \"#1b9e77\"`. A colour is `#` with three or six digits, or " + strings.Join(figure.ColourNames(), ", ") + ".", nil}
}

// KindTables returns the tables of the kinds of figures of something.
func KindTables(of string, kinds []FigureKind) []Table {
	var out []Table
	for _, k := range kinds {
		text := k.Text
		if k.Needs != "" {
			text += fmt.Sprintf(" Needs [%s].", k.Needs)
		}
		out = append(out, Table{fmt.Sprintf("[figures.NAME] of %s, kind = %q", of, k.Name), text, k.Default})
	}
	return out
}

func referenceRows(b *strings.Builder, prefix string, v reflect.Value) {
	eachKey(prefix, v, func(key, def string, f field) {
		if def != "" && !strings.HasPrefix(def, "must be given") {
			def = "`" + def + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", key, kindOf(f), def, f.doc)
	})
}

// kindOf says what values a key takes.
func kindOf(f field) string {
	kind := map[reflect.Kind]string{
		reflect.Float64: "number", reflect.Int: "whole number", reflect.Int64: "whole number", reflect.Uint64: "whole number",
		reflect.Bool: "true or false", reflect.String: "string", reflect.Slice: "list",
	}[f.v.Kind()]
	if f.unit != "" {
		quantity := unitOfTag(f.unit).named().name + " (" + f.unit + ")"
		if kind == "list" {
			quantity = "list, each a " + quantity
		}
		kind = quantity
	}
	if f.v.Type() == literalType {
		kind = "number or quantity"
	}
	if f.v.Type() == literalsType {
		kind = "list of numbers or quantities"
	}
	if f.v.Type() == legendType {
		kind = "true, false or string"
	}
	if f.v.Type() == distType {
		kind += ", or a distribution"
	}
	if f.v.Type() == profileType {
		kind += ", or a rule of the distance"
	}
	if f.grid {
		kind += ", whole steps"
	}
	return kind
}
