package grammar

import (
	"fmt"
	"reflect"
	"strings"

	"neurosim/figure"
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
	return Table{"[figures.NAME.colours]", "Colours of series by the names that they have in the legend, in place of those of the theme: `Theory = \"black\"`, `\"K = 5\" = \"#1b9e77\"`. A colour is `#` with three or six digits, or " + strings.Join(figure.ColourNames(), ", ") + ".", nil}
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
	for _, f := range fields(v) {
		if f.isTable() {
			referenceRows(b, prefix+f.key+".", f.v)
			continue
		}
		def := show(f)
		switch {
		case f.must:
			def = "must be given"
		case def != "":
			def = "`" + def + "`"
		case f.when != "":
			def = "must be given " + f.when
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", prefix+f.key, kindOf(f), def, f.doc)
	}
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
