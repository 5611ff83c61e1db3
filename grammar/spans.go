package grammar

import (
	"math"
	"slices"
	"strconv"

	"neurosim/internal/rng"
)

// A spanTable is what a user sets of a range of values; from and to are of the key's unit.
type spanTable struct {
	From  Literal `toml:"from" must:"yes" doc:"first value, in the unit of the key"`
	To    Literal `toml:"to" must:"yes" doc:"last value"`
	Steps int     `toml:"steps" must:"yes" doc:"number of values, the ends among them"`
	Scale string  `toml:"scale" of:"linear log" doc:"linear: equal differences; log: equal ratios"`
}

// span reads a range as the list of its values.
func (d *Decoder) span(path, key string, tree map[string]any) (list []any, ok bool) {
	before := d.Problems()
	t := spanTable{Scale: "linear"}
	d.aside(func() { d.Into(path, tree, &t) }) // the list stands in its place
	of := d.keys[canonical(key)]
	from, to := d.bound(path+".from", t.From, of.unit), d.bound(path+".to", t.To, of.unit)
	d.Rule(t.Steps >= 2 && t.Steps <= MaxPoints, path+".steps", "must be from 2 to %d", MaxPoints)
	d.Rule(from != to, path+".to", "must differ from from")
	d.Rule(t.Scale != "log" || from > 0 && to > 0, path+".scale", "is log, but an end of the range is not above 0")
	if d.Problems() > before {
		return nil, false
	}
	for i := range t.Steps {
		list = d.listed(list, of, along(from, to, t.Scale, float64(i)/float64(t.Steps-1)))
	}
	return list, true
}

// aside reads a table that is not in the resolved configuration.
func (d *Decoder) aside(read func()) {
	n := len(d.conf.sections)
	read()
	d.conf.sections = d.conf.sections[:n]
}

// along returns the number at f of a range, 0 to 1, with four digits of what tells its ends
// apart.
func along(from, to float64, scale string, f float64) float64 {
	x := from + float64(f*(to-from))
	switch {
	case f == 0:
		return from
	case f == 1:
		return to
	case scale == "log":
		x = from * math.Exp(f*math.Log(to/from))
	}
	apart := max(math.Abs(from), math.Abs(to)) / math.Abs(to-from)
	digits := 4 + int(math.Log10(max(1, apart)))
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	return y
}

// listed adds a number of a key to a list of values, as a file has them; a whole number for a
// key that counts, each once.
func (d *Decoder) listed(list []any, of field, x float64) []any {
	var v any = x
	switch {
	case of.v.IsValid() && of.v.CanInt():
		v = int64(math.Round(x))
		if slices.Contains(list, v) {
			return list
		}
	case of.unit != "":
		v = FormatQuantity(x, of.unit)
	}
	return append(list, v)
}

// A linkTable is what a user sets of a key that follows an axis.
type linkTable struct {
	With   string  `toml:"with" must:"yes" doc:"key of the axis that is followed"`
	Factor float64 `toml:"factor" doc:"the value is so many times that of the axis"`
}

// links reads [sweep.linked].
func (d *Decoder) links(s *Sweep, tree map[string]any) (out []assignment) {
	linked := d.Table("sweep.linked", tree, "linked")
	for _, key := range d.names("sweep.linked", linked) {
		path := Join("sweep.linked", key)
		d.values[path] = literal(linked[key])
		table, isTable := linked[key].(map[string]any)
		if !isTable {
			d.Bad(path, "must be a table like { with = \"KEY\", factor = 2 } or { with = \"KEY\", values = [...] }")
			continue
		}
		if !d.known(path, key) {
			continue
		}
		t := linkTable{Factor: math.NaN()}
		before := d.Problems()
		d.aside(func() { d.Into(path, table, &t, "values") }) // the values stand in its place
		var names []string
		for _, a := range s.Axes {
			names = append(names, a.Key)
		}
		axis := slices.IndexFunc(s.Axes, func(a SweepAxis) bool { return canonical(a.Key) == canonical(t.With) })
		twice := slices.ContainsFunc(names, func(name string) bool { return canonical(name) == canonical(key) })
		switch {
		case d.Problems() > before:
			continue
		case axis < 0:
			d.Bad(path+".with", "%s is not a key of sweep.axes%s", t.With, DidYouMean(t.With, names))
			continue
		case twice:
			d.Bad(path, "is an axis itself")
			continue
		case d.Present(Join("sweep.set", key)):
			d.Bad(path, "stands in sweep.set too, which all points change")
			continue
		}
		l := LinkedKey{Key: key, Axis: axis}
		if list := d.linkedValues(path, &t, table["values"], &s.Axes[axis], d.keys[canonical(key)]); list != nil {
			for _, v := range list {
				l.Values = append(l.Values, literal(v))
			}
			s.Linked = append(s.Linked, l)
			a := d.assignment(path, key, list)
			out = append(out, assignment{key, map[string]any{"with": t.With, "values": a.value}, a.file})
		}
	}
	return out
}

// linkedValues returns the values of a key that follows an axis; nil where they are no good.
func (d *Decoder) linkedValues(path string, t *linkTable, values any, a *SweepAxis, of field) (list []any) {
	given, isList := values.([]any)
	switch {
	case values != nil && !math.IsNaN(t.Factor):
		d.Bad(path+".factor", "cannot be used together with values; give one of the two")
	case values != nil && !isList:
		d.Bad(path+".values", "must be a list of values")
	case isList && len(given) != len(a.Values):
		d.Bad(path+".values", "has %s; the axis %s has %d", Count(float64(len(given)), "value"), a.Key, len(a.Values))
	case isList:
		return given
	case math.IsNaN(t.Factor):
		d.Require(path + ".factor")
	case a.Unit != of.unit:
		d.Bad(path+".factor", "%s is in %s and the axis %s in %s; values may be given instead", lastOf(path), orNone(of.unit), a.Key, orNone(a.Unit))
	default:
		for _, x := range a.Points {
			list = append(list, d.listed(nil, of, tidy(x*t.Factor))...)
		}
	}
	return list
}

// lastOf returns the last part of a path.
func lastOf(path string) string {
	parts := splitPath(path)
	return parts[len(parts)-1]
}

// samples reads [sweep.samples] and draws its points: as axes whose values go together.
func (d *Decoder) samples(s *Sweep, tree map[string]any) {
	s.Samples = DefaultSamples()
	d.Into("sweep.samples", tree, &s.Samples, "keys")
	if !d.Rule(s.Samples.N >= 1 && s.Samples.N <= MaxPoints, "sweep.samples.n", "must be from 1 to %d", MaxPoints) {
		s.Samples.N = 0
		return
	}
	keys := d.Table("sweep.samples.keys", tree, "keys")
	d.Rule(len(keys) > 0, "sweep.samples", "needs [sweep.samples.keys] with at least one key")
	for _, key := range d.names("sweep.samples.keys", keys) {
		path := Join("sweep.samples.keys", key)
		d.values[path] = literal(keys[key])
		span, isTable := keys[key].(map[string]any)
		if !isTable {
			d.Bad(path, "must be a range like { from = 1, to = 10 }")
			continue
		}
		if !d.known(path, key) {
			continue
		}
		if a, ok := d.sampled(path, key, span, s.Samples); ok {
			s.Axes = append(s.Axes, a)
		}
	}
}

// A sampleTable is what a user sets of the range of a sampled key.
type sampleTable struct {
	From  Literal `toml:"from" must:"yes" doc:"lower end, in the unit of the key"`
	To    Literal `toml:"to" must:"yes" doc:"upper end"`
	Scale string  `toml:"scale" of:"linear log" doc:"linear or log: what is uniform"`
}

// sampled draws the values of one key.
func (d *Decoder) sampled(path, key string, tree map[string]any, o Samples) (a SweepAxis, ok bool) {
	before := d.Problems()
	t := &sampleTable{Scale: "linear"}
	d.Into(path, tree, t)
	of := d.keys[canonical(key)]
	from, to := d.bound(path+".from", t.From, of.unit), d.bound(path+".to", t.To, of.unit)
	d.Rule(!(from >= to), path+".to", "must be above from")
	d.Rule(t.Scale != "log" || from > 0, path+".scale", "is log, and from is not above 0")
	d.Rule(!of.v.IsValid() || !of.v.CanInt(), path, "is a whole number; samples are of numbers that are not")
	if d.Problems() > before {
		return a, false
	}
	r := rng.New(d.conf.Seed, rng.SweepSamples, rng.Name(key), 0)
	part := make([]int, o.N)
	for i := range part {
		part[i] = i
	}
	for i := o.N - 1; i > 0; i-- { // Fisher-Yates
		j := int(r.Float64() * float64(i+1))
		part[i], part[j] = part[j], part[i]
	}
	a = SweepAxis{Key: key, Unit: of.unit}
	for i := range o.N {
		f := r.Float64()
		if o.Method == "latin-hypercube" {
			f = (float64(part[i]) + f) / float64(o.N)
		}
		x := along(from, to, t.Scale, f)
		a.Points = append(a.Points, x)
		for _, v := range d.listed(nil, of, x) {
			a.Values = append(a.Values, literal(v))
		}
	}
	return a, true
}
