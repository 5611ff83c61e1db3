package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"neurosim/channel"
	"neurosim/channel/catalogue"
	"neurosim/grammar"
	"neurosim/internal/profile"
	"neurosim/network"
	"neurosim/neuron"
)

// channelTable is [populations.NAME.channels.CHANNEL] besides the keys of a channel.
type channelTable struct {
	Kind string `toml:"kind" must:"unless file or gates say it" doc:"channel of the catalogue, such as \"hay/NaTa_t\"; neurosim channel lists them"`
	File string `toml:"file" file:"channel" doc:"TOML file of a channel, with the keys of this table; instead of kind and gates"`
}

// densityTable is the density of a channel, in the reference.
type densityTable struct {
	Density profile.Profile `toml:"density" must:"yes" unit:"S/cm2" doc:"conductance per area with all gates open; or a table of densities by section, region or wildcard, later ones over earlier ones"`
}

// calcium reads [populations.NAME.calcium] and those of the regions.
func (d Reader) calcium(path string, tree map[string]any, p *network.Population) {
	base := channel.DefaultPool()
	at := path + ".calcium"
	if table := d.Table(at, tree, "calcium"); table != nil {
		before := d.Problems()
		d.Into(at, table, &base)
		base.Check(d.Under(at))
		pool := network.Calcium{PoolParams: base}
		for _, s := range p.Trees.Sections {
			pool.Sections = append(pool.Sections, s.Name)
		}
		p.Trees.Calcium = append(p.Trees.Calcium, pool)
		if d.Problems() > before {
			base = channel.DefaultPool() // the regions need not say it again
		}
	}
	regions := path + ".regions"
	for region, tree := range d.Tables(regions, d.Table(regions, tree, "regions")) {
		at := grammar.Join(regions, region) + ".calcium"
		table := d.Table(at, tree, "calcium")
		if table == nil {
			continue
		}
		pool := &network.Calcium{PoolParams: base}
		d.Into(at, table, &pool.PoolParams)
		pool.Check(d.Under(at))
		for _, s := range p.Trees.Sections {
			if s.Region == region {
				pool.Sections = append(pool.Sections, s.Name)
			}
		}
		p.Trees.Calcium = append(p.Trees.Calcium, *pool)
	}
}

// channels reads [populations.NAME.channels.CHANNEL] and places them on the cells.
func (d Reader) channels(path string, tree map[string]any, t *treeTable, p *network.Population) {
	before := d.Problems()
	d.Rule(math.IsNaN(t.Celsius) || t.Celsius >= minCelsius && t.Celsius <= maxCelsius, path+".temperature", "must be from %d to %d degC", minCelsius, maxCelsius)
	at := path + ".channels"
	var keys [][]string // of the densities of each channel
	var limits []string // where formulas are continued
	for name, tree := range d.Tables(at, d.Table(at, tree, "channels")) {
		path := grammar.Join(at, name)
		one, several := d.density(path, tree)
		celsius := t.Celsius
		if math.IsNaN(celsius) {
			celsius = bodily
		}
		def := d.definition(path, tree, one, celsius)
		density, from := d.densities(path, one, several, p)
		if def == nil {
			continue
		}
		def.Name = name
		if math.IsNaN(t.Celsius) {
			if key, depends := temperatureOf(def); depends {
				d.Bad(pathOf(path)+".temperature", "must be given: %s of channel %s depends on it", key, name)
			}
		}
		k := d.compiled(def, celsius, func(key, rule string, args ...any) {
			if kind, ok := tree["kind"].(string); ok { // it is sound with its own constants
				d.Bad(path+".constants", "make %s of %s wrong: %s", key, kind, fmt.Sprintf(rule, args...))
				return
			}
			d.Bad(path+"."+key, rule, args...)
		})
		if k == nil {
			continue
		}
		for _, note := range k.Unused() {
			d.Warn("channel %s: %s", name, note)
		}
		for _, l := range k.Limits() {
			limits = append(limits, name+" "+l)
		}
		p.Trees.Channels = append(p.Trees.Channels, network.Channel{Kinetics: k, Density: density})
		keys = append(keys, append(from, path))
	}
	if len(limits) > 0 {
		d.Note("channels of %s: formulas that are 0/0 have their limit there: %s", p.Name, strings.Join(limits, "; "))
	}
	p.Trees.Celsius = t.Celsius
	if d.Problems() > before || len(p.Trees.Sections) == 0 {
		return
	}
	if len(p.Trees.Calcium) > 0 && math.IsNaN(t.Celsius) && slices.ContainsFunc(p.Trees.Channels, nernst) {
		d.Bad(path+".temperature", "must be given: the Nernst potential of calcium depends on it")
	}
	cell, err := neuron.NewTree(p.Trees.Sections)
	if err != nil {
		return // reported with the sections
	}
	p.Trees.Membrane(cell, func(channel, density int, rule string, args ...any) {
		from := keys[channel]
		if density < 0 {
			density = len(from) - 1
		}
		d.Bad(from[density], rule, args...)
	})
}

// compiled is Definition.Compile, once for all channels that are the same in all that they hold.
func (d Reader) compiled(def *channel.Definition, celsius float64, bad channel.Report) *channel.Kinetics {
	return grammar.Kept(d.Decoder, fmt.Sprintf("kinetics of %#v at %v", *def, celsius), func() (*channel.Kinetics, bool) {
		k := def.Compile(celsius, bad)
		return k, k != nil
	})
}

// The temperatures that a membrane may have (°C).
const minCelsius, maxCelsius = -10, 100

// bodily is a temperature (°C) at which formulas are checked where the one that they need is
// missing.
const bodily = 34

// pathOf returns the path of the population of a channel.
func pathOf(channel string) string {
	i := strings.Index(channel, ".channels.")
	return channel[:i]
}

// nernst tells whether a channel reverses at the Nernst potential of calcium.
func nernst(c network.Channel) bool { return c.Ion == channel.Calcium && math.IsNaN(c.E) }

// temperatureOf returns a key of a channel that depends on the temperature.
func temperatureOf(def *channel.Definition) (key string, depends bool) {
	for _, g := range def.Gates {
		if g.Q10 > 0 {
			return "gates." + g.Name + ".q10", true
		}
	}
	if def.NamesTemperature() {
		return "a formula", true
	}
	return "", false
}

// Channel reads one channel of a configuration, as [populations.POPULATION.channels.NAME] has
// it, and the temperature of the population, NaN where it has none. It is nil where it is not
// there or wrong.
func Channel(d *grammar.Decoder, population, name string) (def *channel.Definition, celsius float64) {
	r := Reader{Decoder: d}
	celsius = math.NaN()
	found := func(path string, tree map[string]any, key, what string) map[string]any {
		table := d.Table(path, tree, key)
		if table == nil && tree != nil {
			d.Bad(path, "there is no such %s%s", what, grammar.DidYouMean(key, slices.Sorted(maps.Keys(tree))))
		}
		return table
	}
	path := grammar.Join("populations", population)
	of := found(path, d.Table("populations", d.Root(), "populations"), population, "population")
	at := grammar.Join(path+".channels", name)
	tree := found(at, d.Table(path+".channels", of, "channels"), name, "channel")
	if tree == nil {
		if of == nil || of["channels"] == nil {
			d.Bad(path, "has no channels")
		}
		return nil, celsius
	}
	if text, ok := of["temperature"].(string); ok {
		if x, err := grammar.ParseQuantity(text, "degC"); err == nil {
			celsius = x
		}
	}
	one, _ := r.density(at, tree)
	if def = r.definition(at, tree, one, bodily); def != nil {
		def.Name = name
	}
	return def, celsius
}

// definition reads what the channel is: of the catalogue, a file, or its own gates. density
// is nil where a table of its own has the densities. The formulas of a file are checked at
// the temperature, so that what is wrong with them is told at the lines of the file.
func (d Reader) definition(path string, tree map[string]any, density *densityTable, celsius float64) *channel.Definition {
	shared, also := []any{}, []string{"density"}
	if density != nil {
		shared, also = []any{density}, nil
	}
	_, kind := tree["kind"]
	_, file := tree["file"]
	for _, was := range []string{"g_bar", "sections"} {
		if _, given := tree[was]; given {
			d.Bad(grammar.Join(path, was), "unknown key; a conductance per area is written density = \"0.1 S/cm2\", or density.soma of a section or region")
			also = append(also, was)
		}
	}
	if !kind && !file {
		if _, gates := tree["gates"]; !gates {
			if !d.Misspelt(path, tree, "kind") {
				d.Bad(path+".kind", "must be given: a channel of the catalogue (neurosim channel lists them), or a file, or gates")
			}
			return nil
		}
		return d.reversal(path, catalogue.Read(d.Decoder, path, tree, shared, also...))
	}
	t := struct {
		channelTable
		E float64 `toml:"E" unit:"mV"`
	}{E: math.NaN()}
	d.IntoAll(path, tree, append([]any{&t}, shared...), append(also, "constants", "gates", "let", "ion", "factor")...)
	for _, key := range []string{"gates", "let", "ion", "factor"} {
		if _, given := tree[key]; given {
			d.Bad(grammar.Join(path, key), "has no meaning with kind or file, which say what the channel is; its E, density and constants can be set")
		}
	}
	var def *channel.Definition
	constants := func(of *channel.Definition) *channel.Definition {
		own := *of
		own.Constants = catalogue.Constants(d.Decoder, path, tree, of.Constants)
		return &own
	}
	switch {
	case kind && file:
		d.Bad(path+".file", "give kind or file, not both")
	case kind && t.Kind == "":
		d.Bad(path+".kind", "must name a channel of the catalogue (neurosim channel lists them)")
	case kind:
		of := grammar.Kept(d.Decoder, "channel "+t.Kind, func() (*channel.Definition, bool) {
			of, err := catalogue.Named(t.Kind)
			if err != nil {
				d.Bad(path+".kind", "%s (neurosim channel lists them)", err)
			}
			return of, err == nil
		})
		if of == nil {
			return nil
		}
		def = constants(of)
	case file && t.File != "":
		def = grammar.Nested(d.Decoder, path+".file", t.File, func(inner *grammar.Decoder) *channel.Definition {
			own := constants(catalogue.Root(inner))
			Reader{Decoder: inner}.compiled(own, celsius, inner.Bad)
			return own
		})
	}
	if def == nil {
		return nil
	}
	if !math.IsNaN(t.E) {
		def.E = t.E
	}
	return d.reversal(path, def)
}

// reversal holds the reversal potential of a channel to its rules.
func (d Reader) reversal(path string, def *channel.Definition) *channel.Definition {
	key := path + ".E"
	switch {
	case !math.IsNaN(def.E):
		d.Rule(math.Abs(def.E) <= 500, key, "must be from -500 to 500 mV")
	case def.Ion != channel.Calcium && !d.Present(key):
		d.Bad(key, "must be given; a calcium channel, ion = \"ca\", reverses at the Nernst potential without it")
	}
	return def
}

// density tells how the density of a channel is written: as one for all sections, or as a
// table of several.
func (d Reader) density(path string, tree map[string]any) (one *densityTable, several map[string]any) {
	table, isTable := tree["density"].(map[string]any)
	if _, rule := table["rule"]; isTable && !rule {
		return nil, table
	}
	return &densityTable{profile.Const(math.NaN())}, nil
}

// densities places the densities of a channel on sections. It returns with each the key
// that it stands at.
func (d Reader) densities(path string, one *densityTable, several map[string]any, p *network.Population) (list []network.Density, keys []string) {
	at := path + ".density"
	if one != nil {
		var all []string
		for _, s := range p.Trees.Sections {
			all = append(all, s.Name)
		}
		d.checkDensity(at, one.Density, p)
		return []network.Density{{Sections: all, Profile: one.Density}}, []string{at}
	}
	found := map[string]*profile.Profile{}
	for _, name := range d.Free(at, several, "S/cm2", "density", func(name string) any {
		found[name] = new(profile.Const(0))
		return found[name]
	}) {
		key := grammar.Join(at, name)
		sections := d.Selected(key, p.Trees.Sections, []string{name})
		d.checkDensity(key, *found[name], p)
		list, keys = append(list, network.Density{Sections: sections, Profile: *found[name]}), append(keys, key)
	}
	d.Rule(len(list) > 0, at, "names no section and no region")
	return list, keys
}

// checkDensity holds a density to the rules that need no cell: a rule has its values checked
// where the compartments are.
func (d Reader) checkDensity(key string, density profile.Profile, p *network.Population) {
	if density.Fixed() {
		d.Rule(!(density.Value < 0 || density.Value > network.MaxDensity), key, "must be from 0 to %d S/cm2", network.MaxDensity)
		return
	}
	origins := []string{profile.Soma, profile.SomaStart, profile.Trunk}
	for _, s := range p.Trees.Sections {
		origins = append(origins, s.Name)
	}
	if !slices.Contains(origins, density.Origin) && len(p.Trees.Sections) > 0 {
		d.Bad(key+".origin", "must be %q, %q, %q or a section%s", profile.Soma, profile.SomaStart, profile.Trunk, grammar.DidYouMean(density.Origin, origins))
	}
}

// channelReference is the tables of channels in the reference.
var channelReference = []grammar.Table{
	{Title: "[populations.NAME.channels.CHANNEL]", Text: channelText, Default: &struct {
		channelTable
		densityTable
		catalogue.Table
	}{densityTable: densityTable{profile.Const(math.NaN())}, Table: catalogue.DefaultTable()}},
	{Title: "[populations.NAME.channels.CHANNEL.gates.GATE]", Text: gateText, Default: new(channel.DefaultGate())},
	{Title: "[populations.NAME.calcium]", Text: "Calcium beneath the membrane: one pool in each compartment, which the currents of channels with `ion = \"ca\"` fill. `[populations.NAME.regions.REGION.calcium]` says it of one region, with these values as its defaults; without this table only the regions that have one have calcium.", Default: new(channel.DefaultPool())},
}

const channelText = "A voltage- or calcium-dependent conductance; [docs/channels.md](channels.md) has examples. Its definition is in the catalogue (`kind`), in a TOML file (`file`), or in this table (`gates`). The current per area is `density` times the gates, each to its power, times V - E.\n\n`density` is one quantity, a rule of the distance, or a table of either by section, region or wildcard: `density.soma = \"2 S/cm2\"`, `density.apical = { rule = \"exp\", ... }`, `density.\"tuft*\" = \"0 S/cm2\"`; on a section that several name the last counts. A rule has its numbers as keys: `linear` (`start` at the distance `from`, `end` at `to`, constant beyond), `exp` (`scale` times (`offset` + `factor` e^(`rate` d)), with `of = \"d\"` and a rate in 1/um, or `of = \"d/d_max\"`), `sigmoid` (from `low` to `high` around `midpoint`, with `width`) and `step` (`inside` strictly between `from` and `to`, otherwise `outside`). The distance is the path from the `origin`: `soma` (its centre), `soma-start`, `trunk` (the beginning of the apical dendrite) or the beginning of a section by its name, to the centre of the compartment (`sample = \"centre\"`), or as hoc's `for (x)` leaves it (`sample = \"hoc\"`): in the last compartment of a section to the section's end.\n\n`[...constants]` holds numbers that formulas may use, in mV, ms and mM, `[...let]` formulas, each of which may use those before it. E and constants of a channel of the catalogue or of a file can be replaced: `constants.vshift = -5`."

var gateText = fmt.Sprintf("A gate of a channel that is written out. Formulas have `+ - * / ^`, comparisons with `and`, `or`, `not`, the choice `V < -50 ? a : b`, numbers, the variables V (mV), ca (mM) and T (the temperature, °C), names from `[...constants]` (numbers) and `[...let]` (formulas), and the functions %s. Powers bind more than signs and are taken from the right: -V^2 is -(V^2), 2^3^2 is 2^(3^2). A formula that is 0/0 at a potential, such as V/(1 - exp(-V)) at 0, is continued by its limit.\n\nFormulas are evaluated when tables are made, not in each step. A gate that depends on both V and ca is evaluated in each step.", strings.Join(channel.Functions(), ", "))
