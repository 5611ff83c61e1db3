// Package catalogue reads channels from TOML and holds those that come with the program,
// which are written in the grammar that users write their own in.
package catalogue

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"neurosim/channel"
	"neurosim/grammar"
	"neurosim/internal/spelling"
)

// files are the channels: FAMILY/NAME.toml is the channel FAMILY/NAME.
//
//go:embed */*.toml
var files embed.FS

// Names lists the channels of the catalogue, sorted.
func Names() []string {
	names, _ := fs.Glob(files, "*/*.toml") // the pattern is sound
	for i, name := range names {
		names[i] = strings.TrimSuffix(name, ".toml")
	}
	slices.Sort(names)
	return names
}

// Text returns a channel of the catalogue as TOML.
func Text(name string) ([]byte, bool) {
	text, err := files.ReadFile(name + ".toml")
	return text, err == nil
}

// Table is the keys of a channel besides its gates, constants and lets.
type Table struct {
	Title  string      `toml:"title" doc:"what the channel is"`
	Source string      `toml:"source" doc:"where its equations are from"`
	Ion    channel.Ion `toml:"ion" of:"na k ca" doc:"what its current carries: na, k or ca; a calcium current fills the pool of its compartment"`
	E      float64     `toml:"E" must:"except for calcium channels, which otherwise reverse at the Nernst potential of the pool" unit:"mV" doc:"reversal potential"`
	Factor string      `toml:"factor" doc:"formula of T and constants that multiplies the conductance"`
}

// DefaultTable returns the defaults.
func DefaultTable() Table { return Table{E: math.NaN()} }

// Load reads a channel of the catalogue, or a file of the user's. The error is
// grammar.Problems.
func Load(name string, o grammar.Options) (*channel.Definition, error) {
	return grammar.Load(name, Library, o, Root)
}

// Library is the catalogue as a library of files, in a folder that users see.
var Library = grammar.Library{Folder: "channels", Files: files}

// Root reads a file that is a channel.
func Root(d *grammar.Decoder) *channel.Definition {
	return Read(d, "", d.Root(), nil)
}

// Named returns a channel of the catalogue.
func Named(name string) (*channel.Definition, error) {
	if _, ok := Text(name); !ok {
		return nil, errors.New("unknown channel" + meant(name))
	}
	def, err := Load("channels/"+name+".toml", grammar.Options{})
	if err != nil {
		return nil, err
	}
	def.Name = name
	return def, nil
}

// meant ends the message about an unknown name with the channel that was most likely meant:
// of all, or by its name without the family.
func meant(name string) string {
	names := Names()
	if hint := grammar.DidYouMean(name, names); hint != "" {
		return hint
	}
	bare := grammar.Names(names, path.Base)
	for i, b := range bare {
		if b == spelling.Closest(path.Base(name), bare) {
			return fmt.Sprintf("; did you mean %q?", names[i])
		}
	}
	return ""
}

// Read reads the table of a channel whose gates are written out. Other structs may share the
// table; keys in also are read elsewhere.
func Read(d *grammar.Decoder, path string, tree map[string]any, others []any, also ...string) *channel.Definition {
	t := DefaultTable()
	d.IntoAll(path, tree, append([]any{&t}, others...), append(also, "gates", "constants", "let")...)
	def := &channel.Definition{Title: t.Title, Source: t.Source, Ion: t.Ion, E: t.E, Factor: t.Factor}
	def.Constants = Constants(d, path, tree, nil)
	at := grammar.Join(path, "let")
	if table := d.Table(at, tree, "let"); table != nil {
		texts := map[string]*string{}
		for _, name := range d.Free(at, table, "", "a part of formulas", func(name string) any {
			texts[name] = new(string)
			return texts[name]
		}) {
			def.Lets = append(def.Lets, channel.Let{Name: name, Text: *texts[name]})
		}
	}
	at = grammar.Join(path, "gates")
	for name, tree := range d.Tables(at, d.Table(at, tree, "gates")) {
		g := new(channel.DefaultGate())
		g.Name = name
		d.Into(grammar.Join(at, name), tree, g)
		def.Gates = append(def.Gates, *g)
	}
	return def
}

// Constants reads the table of constants over those of a channel, in place of which others
// are refused.
func Constants(d *grammar.Decoder, path string, tree map[string]any, of map[string]float64) map[string]float64 {
	at := grammar.Join(path, "constants")
	table := d.Table(at, tree, "constants")
	if table == nil {
		return of
	}
	out := map[string]float64{}
	for name, x := range of {
		out[name] = x
	}
	values := map[string]*float64{}
	for _, name := range d.Free(at, table, "", "a constant of the formulas", func(name string) any {
		values[name] = new(float64)
		return values[name]
	}) {
		if _, known := of[name]; of != nil && !known {
			var names []string
			for n := range of {
				names = append(names, n)
			}
			slices.Sort(names)
			d.Bad(grammar.Join(at, name), "the channel has no such constant%s", grammar.DidYouMean(name, names))
			continue
		}
		out[name] = *values[name]
	}
	return out
}
