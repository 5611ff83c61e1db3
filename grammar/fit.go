package grammar

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Fit asks for the values of keys at which a configuration is nearest to measurements.
type Fit struct {
	Global      bool `toml:"global" doc:"search the whole range first (CMA-ES), then from the best found; false: from the values of the configuration alone"`
	Generations int  `toml:"generations" doc:"of the global search, most"`

	Free []FreeKey `toml:"-"` // [fit.free.NAME], in order
	Data []FitData `toml:"-"` // [fit.data.NAME], in order
}

// DefaultFit returns the defaults of [fit].
func DefaultFit() Fit { return Fit{Global: true, Generations: 30} }

// A FreeKey is a parameter of a fit: the number that one key, or several alike, have.
type FreeKey struct {
	Name    string   `toml:"-"`
	Key     string   `toml:"key" doc:"dotted key in quotes, like \"populations.E.segments.basal.nmda.g_max\""`
	Keys    []string `toml:"keys" doc:"in place of key: several keys, which all get the same value"`
	MinText Literal  `toml:"min" doc:"least value, in the unit of the key; default: a tenth of that of the configuration"`
	MaxText Literal  `toml:"max" doc:"greatest value; default: ten times that of the configuration"`
	Scale   string   `toml:"scale" of:"log linear" doc:"log: factors matter, linear: differences; default: log where min is above 0"`

	Min, Max float64 `toml:"-"` // in Unit
	Start    float64 `toml:"-"` // the value of the configuration
	Unit     string  `toml:"-"`
}

// FitData is measurements that a fit compares with a curve of a figure of the study.
type FitData struct {
	Name    string      `toml:"-"`
	File    string      `toml:"file" must:"yes" file:"table" doc:"CSV of measurements, as data of a figure has it"`
	Figure  string      `toml:"figure" doc:"figure that draws the model's curve; default: the first that the units fit"`
	Panel   string      `toml:"panel" doc:"letter of the panel, a, b ...; default: the first that the units fit"`
	Curve   string      `toml:"curve" doc:"name of the curve in the legend; default: the one of the data's label, else the first"`
	Columns DataColumns `toml:"columns"`
	Set     []Override  `toml:"-"` // [fit.data.NAME.set]: what the configuration is for these data

	Measured *Measured `toml:"-"`
}

// FitTables are the tables of a fit in the reference.
func FitTables() []Table {
	fit := DefaultFit()
	return []Table{
		{Title: "[fit]", Text: "What `neurosim fit` varies and compares; other commands leave it alone.", Default: &fit},
		{Title: "[fit.free.NAME]", Text: "A parameter that is varied between `min` and `max`, numbers of the key's unit; default: a tenth and ten times the value of the configuration. `neurosim fit --free KEY:MIN,MAX` writes such a table.", Default: &FreeKey{}},
		{Title: "[fit.data.NAME]", Text: "Measurements that are compared with a curve of a figure of the study. `[fit.data.NAME.set]` holds values by dotted key, in quotes, that the configuration has for these data alone, such as another place of the synapses. Data that figures name (`data`) are compared too.", Default: &FitData{}},
	}
}

// Literal returns a value of a key of a fit as TOML.
func (f *FreeKey) Literal(x float64) string {
	if f.Unit == "" {
		return FormatNumber(x)
	}
	return quote(FormatQuantity(x, f.Unit))
}

// At returns the value at u, from 0 (Min) to 1 (Max).
func (f *FreeKey) At(u float64) float64 {
	if f.Scale == "log" {
		return f.Min * math.Exp(u*math.Log(f.Max/f.Min))
	}
	return f.Min + float64(u*(f.Max-f.Min))
}

// Of is the inverse of At.
func (f *FreeKey) Of(x float64) float64 {
	if f.Scale == "log" {
		return math.Log(x/f.Min) / math.Log(f.Max/f.Min)
	}
	return (x - f.Min) / (f.Max - f.Min)
}

// All returns the keys.
func (f *FreeKey) All() []string {
	if f.Keys != nil {
		return f.Keys
	}
	return []string{f.Key}
}

// Fit reads [fit], over the keys that were read before.
func (d *Decoder) Fit() {
	tree := d.Table("fit", d.src.tree, "fit")
	if tree == nil {
		return
	}
	f := new(DefaultFit())
	d.Into("fit", tree, f, "free", "data")
	d.Rule(f.Generations >= 1 && f.Generations <= 1000, "fit.generations", "must be from 1 to 1000")
	for name, tree := range d.Tables("fit.free", d.Table("fit.free", tree, "free")) {
		if k, ok := d.freeKey(Join("fit.free", name), tree); ok {
			k.Name = name
			f.Free = append(f.Free, *k)
		}
	}
	used := map[string]string{}
	for _, k := range f.Free {
		for _, key := range k.All() {
			if other, twice := used[canonical(key)]; twice {
				d.Bad(Join("fit.free", k.Name), "sets %s, which %s sets too", key, other)
			}
			used[canonical(key)] = k.Name
		}
	}
	for name, tree := range d.Tables("fit.data", d.Table("fit.data", tree, "data")) {
		f.Data = append(f.Data, d.fitData(Join("fit.data", name), name, tree, used))
	}
	d.conf.Fit = f
}

// freeKey reads a parameter of a fit.
func (d *Decoder) freeKey(path string, tree map[string]any) (k *FreeKey, ok bool) {
	k = new(FreeKey)
	before := d.Problems()
	d.Into(path, tree, k)
	switch {
	case k.Key == "" && k.Keys == nil:
		d.Require(path + ".key")
		return k, false
	case k.Key != "" && k.Keys != nil:
		d.Bad(path+".keys", "cannot be used together with key; give one of the two")
		return k, false
	}
	at := path + ".key"
	if k.Keys != nil {
		at = path + ".keys"
	}
	start := math.NaN()
	for i, key := range k.All() {
		x, unit, ok := d.numberOf(at, key)
		switch {
		case !ok:
			return k, false
		case i == 0:
			start, k.Unit = x, unit
		case unit != k.Unit:
			d.Bad(at, "%s is in %s and %s in %s; one number cannot be both", k.All()[0], orNone(k.Unit), key, orNone(unit))
			return k, false
		}
	}
	k.Start = start
	k.Min, k.Max = d.bound(path+".min", k.MinText, k.Unit), d.bound(path+".max", k.MaxText, k.Unit)
	if d.Problems() > before {
		return k, false
	}
	d.ranged(path, k)
	return k, d.Problems() == before
}

// ranged completes the range of a parameter.
func (d *Decoder) ranged(path string, k *FreeKey) {
	const decade = 10
	unbound := math.IsNaN(k.Min) || math.IsNaN(k.Max)
	if unbound && !(k.Start > 0) {
		key := path + ".min"
		if !math.IsNaN(k.Min) {
			key = path + ".max"
		}
		d.Require(key)
		return
	}
	if math.IsNaN(k.Min) {
		k.Min = min(k.Start, orMax(k.Max)) / decade
		k.MinText = Literal(k.Literal(k.Min))
	}
	if math.IsNaN(k.Max) {
		k.Max = max(k.Start, k.Min) * decade
		k.MaxText = Literal(k.Literal(k.Max))
	}
	if !d.Rule(k.Min < k.Max, path+".max", "must be above min") {
		return
	}
	if !d.Present(path + ".scale") {
		k.Scale = "linear"
		if k.Min > 0 {
			k.Scale = "log"
		}
	}
	d.Rule(k.Scale != "log" || k.Min > 0, path+".scale", "is log, but min is not above 0")
	d.Rule(k.Start >= k.Min && k.Start <= k.Max || math.IsNaN(k.Start), path+".min", "the value of the configuration, %s, is not between min and max, %s and %s", k.Literal(k.Start), k.Literal(k.Min), k.Literal(k.Max))
}

func orMax(x float64) float64 {
	if math.IsNaN(x) {
		return math.Inf(1)
	}
	return x
}

func orNone(unit string) string { return cmp.Or(unit, "no unit") }

// numberOf returns the number that a key has, and its unit.
func (d *Decoder) numberOf(at, key string) (x float64, unit string, ok bool) {
	name := canonical(key)
	of, isKey := d.keys[name]
	if !isKey {
		d.Bad(at, "names %s, which is not a key of this configuration%s", key, d.Suggest("sweep", key, func() []string { return slices.Sorted(maps.Keys(d.keys)) }))
		return 0, "", false
	}
	if name == seedKey || name == "run.dt" {
		d.Bad(at, "names %s, which is not of the model", key)
		return 0, "", false
	}
	text := d.values[name]
	x, err := strconv.ParseFloat(text, 64)
	if unquoted, isText := strings.CutPrefix(text, `"`); of.unit != "" && isText {
		x, err = ParseQuantity(strings.TrimSuffix(unquoted, `"`), of.unit)
	}
	switch {
	case of.v.IsValid() && of.v.CanInt():
		d.Bad(at, "names %s, which is a whole number; a fit varies numbers that are not", key)
		return 0, "", false
	case text == "" && of.v.IsValid() && of.v.CanFloat(): // not written, and without a default
		return math.NaN(), of.unit, true
	case err != nil:
		d.Bad(at, "names %s, which is not a number that can be varied: it is %s", key, cmp.Or(text, "nothing"))
		return 0, "", false
	}
	return x, of.unit, true
}

// bound reads a number of a unit; NaN where it is not given.
func (d *Decoder) bound(path string, text Literal, unit string) float64 {
	var value any = strings.Trim(string(text), `"`)
	if x, err := strconv.ParseFloat(string(text), 64); err == nil {
		value = x
	}
	switch {
	case text == "":
		return math.NaN()
	case unit != "":
		x, _ := d.quantity(path, value, unit)
		return x
	}
	x, ok := number(value)
	d.Rule(ok && !math.IsNaN(x) && !math.IsInf(x, 0), path, "must be a number without a unit")
	return x
}

// fitData reads a data set of a fit.
func (d *Decoder) fitData(path, name string, tree map[string]any, free map[string]string) FitData {
	t := &FitData{Name: name}
	d.Into(path, tree, t, "set")
	if !d.Present(path + ".columns") {
		d.Drop(path + ".columns")
	}
	var kept []assignment
	set := d.Table(path+".set", tree, "set")
	for _, key := range d.names(path+".set", set) {
		at := Join(path+".set", key)
		d.values[at] = literal(set[key])
		if _, ok := d.values[canonical(key)]; !ok {
			d.Bad(at, "is not a key of this configuration%s", d.Suggest("sweep", key, func() []string { return slices.Sorted(maps.Keys(d.keys)) }))
			continue
		}
		if by, twice := free[canonical(key)]; twice {
			d.Bad(at, "is varied by the fit, as %s", by)
			continue
		}
		a := d.assignment(at, key, set[key])
		t.Set, kept = append(t.Set, Override{key, literal(a.value)}), append(kept, a)
	}
	d.conf.sections = append(d.conf.sections, section{path: path + ".set", free: kept})
	if t.Figure != "" && !slices.Contains(d.conf.FigureNames, t.Figure) {
		d.Bad(path+".figure", "there is no figure %q%s", t.Figure, DidYouMean(t.Figure, d.conf.FigureNames))
	}
	if t.File != "" {
		t.Measured = d.Measured(path+".file", path+".columns", t.File, t.Columns)
	}
	d.inPanel(path+".panel", t.Panel, t.Measured)
	return *t
}

// With decodes a configuration again with some keys replaced. Its rules are checked as those
// of c are.
func With[T any](c *Configuration, set []Override, read func(*Decoder) T) (T, error) {
	src := c.base.clone()
	for _, table := range []string{"fit", "compare"} {
		delete(src.tree, table)
		src.forget(table)
	}
	for _, o := range set {
		if problem := src.set(o); problem != nil {
			var none T
			return none, Problems{*problem}
		}
	}
	x, err := Decode(src, c.options, read)
	if err != nil {
		err = fmt.Errorf("with %s: %w", overridden(set), err)
	}
	return x, err
}

// overridden says what is replaced.
func overridden(set []Override) (text string) {
	for i, o := range set {
		if i > 0 {
			text += ", "
		}
		text += o.Key + " = " + o.Value
	}
	return text
}
