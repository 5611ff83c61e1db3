package grammar

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"neurosim/internal/rng"
)

// Sweep runs a study again for every combination of some values.
type Sweep struct {
	Repeats int         `toml:"repeats" doc:"runs of each point, with different seeds"`
	Set     []Override  `toml:"-"` // [sweep.set]: what all points change
	Axes    []SweepAxis `toml:"-"` // [sweep.axes], in order; or the keys of [sweep.samples.keys]
	Linked  []LinkedKey `toml:"-"` // [sweep.linked]
	Samples Samples     `toml:"-"` // [sweep.samples]; points are samples where N is above 0
}

// Samples are points that are drawn in place of a grid.
type Samples struct {
	N      int    `toml:"n" must:"yes" doc:"points"`
	Method string `toml:"method" of:"latin-hypercube random" doc:"latin-hypercube: each of n equal parts of every range has one point; random: independent and uniform"`
}

// DefaultSamples returns the defaults of [sweep.samples].
func DefaultSamples() Samples { return Samples{Method: "latin-hypercube"} }

// A LinkedKey is a key that follows an axis.
type LinkedKey struct {
	Key    string
	Axis   int
	Values []string // by value of the axis, as TOML literals
}

// A SweepAxis is one key and its values, as TOML literals.
type SweepAxis struct {
	Key    string
	Values []string
	Points []float64 // the values as numbers, in the unit of the key
	Unit   string
	Tail   int  // parts of the key, from its end, that tell it from the other axes
	file   bool // the key names a file
}

// DefaultSweep returns the defaults of [sweep].
func DefaultSweep() Sweep { return Sweep{Repeats: 1} }

// Sweep reads [sweep], [sweep.set] and [sweep.axes], over the keys that were read before.
func (d *Decoder) Sweep() {
	tree := d.Table("sweep", d.src.tree, "sweep")
	if tree == nil {
		return
	}
	s := new(DefaultSweep())
	d.Into("sweep", tree, s, "set", "axes", "linked", "samples")
	d.Rule(s.Repeats >= 1, "sweep.repeats", "must be at least 1")
	set := d.Table("sweep.set", tree, "set")
	var fixed, lists []assignment
	for _, key := range d.names("sweep.set", set) {
		path := Join("sweep.set", key)
		d.values[path] = literal(set[key])
		if d.known(path, key) {
			s.Set = append(s.Set, Override{key, literal(set[key])})
			fixed = append(fixed, d.assignment(path, key, set[key]))
		}
	}
	axes := d.Table("sweep.axes", tree, "axes")
	for _, key := range d.names("sweep.axes", axes) {
		path := Join("sweep.axes", key)
		d.values[path] = literal(axes[key])
		if d.Present(Join("sweep.set", key)) {
			d.Bad(path, "stands in sweep.set too, which all points change")
			continue
		}
		if !d.known(path, key) {
			continue
		}
		list, ok := axes[key].([]any)
		if span, isTable := axes[key].(map[string]any); isTable {
			if list, ok = d.span(path, key, span); !ok {
				continue // reported
			}
		}
		if !ok || len(list) == 0 {
			d.Bad(path, "must be a list of values, or a range like { from = 1, to = 10, steps = 4 }")
			continue
		}
		s.Axes = append(s.Axes, d.axis(path, key, list))
		lists = append(lists, d.assignment(path, key, list))
	}
	links := d.links(s, tree)
	if sampled := d.Table("sweep.samples", tree, "samples"); sampled != nil {
		if axes != nil {
			d.Bad("sweep.samples", "cannot be used together with sweep.axes: points are samples or a grid")
		}
		d.samples(s, sampled)
	} else {
		d.Rule(len(axes) != 0, "sweep", "needs [sweep.axes] with at least one key, or [sweep.samples]")
	}
	if total := s.runs(); total > MaxPoints {
		at := "sweep.axes"
		if s.Repeats > MaxPoints {
			at = "sweep.repeats"
		}
		d.Bad(at, "makes %.3g runs; at most %d", total, MaxPoints)
	}
	s.setTails()
	d.conf.sections = append(d.conf.sections, section{path: "sweep.set", free: fixed}, section{path: "sweep.axes", free: lists}, section{path: "sweep.linked", free: links})
	d.conf.Sweep = s
}

// setTails finds how much of its key tells each axis from the others.
func (s *Sweep) setTails() {
	tail := func(key string, n int) string {
		parts := splitPath(key)
		return strings.Join(parts[max(0, len(parts)-n):], ".")
	}
	for i := range s.Axes {
		a := &s.Axes[i]
		for a.Tail = 1; a.Tail < len(splitPath(a.Key)); a.Tail++ {
			if !slices.ContainsFunc(s.Axes, func(o SweepAxis) bool { return o.Key != a.Key && tail(o.Key, a.Tail) == tail(a.Key, a.Tail) }) {
				break
			}
		}
	}
}

// MaxPoints bounds the runs of a sweep.
const MaxPoints = 100_000

// runs returns the number of runs of the sweep, which may be too large.
func (s *Sweep) runs() float64 {
	total := float64(s.Repeats)
	if s.Samples.N > 0 {
		return total * float64(s.Samples.N)
	}
	for _, a := range s.Axes {
		total *= float64(len(a.Values))
	}
	return total
}

// assignment is a value for a dotted key, or a list of them.
type assignment struct {
	key   string
	value any
	file  bool // the key names a file; the value is the name to open
}

// assignment returns what stands at a path of the sweep, for the resolved
// configuration.
func (d *Decoder) assignment(path, key string, value any) assignment {
	if !d.keys[canonical(key)].file {
		return assignment{key, value, false}
	}
	from := d.src.where(path).file
	return assignment{key, renamed(value, func(name string) string { return d.src.reader.resolve(from, name) }), true}
}

// canonical writes a dotted key as the loader does.
func canonical(key string) string { return joinPath(splitPath(key)) }

// unswept are the tables and keys that do not differ between points, and why. With
// others the points would differ by their seeds alone, which looks like an effect.
var unswept = []struct{ key, why string }{
	{seedKey, "is not swept: each point has a seed of its own, which follows from run.seed; sweep.repeats gives a point several runs"},
	{"sweep", "is not swept: it is of the sweep itself"},
	{"title", "is not swept: it changes no run"},
}

// known holds the key of a sweep to those of the tables read so far.
func (d *Decoder) known(path, key string) bool {
	name := canonical(key)
	if _, ok := d.values[name]; ok {
		for _, table := range d.conf.expected.Aside {
			if strings.HasPrefix(name, table+".") {
				d.Bad(path, "is not swept: the points are run without [%s]", table)
				return false
			}
		}
		for _, u := range unswept {
			if name == u.key || strings.HasPrefix(name, u.key+".") {
				d.Bad(path, "%s", u.why)
				return false
			}
		}
		return true
	}
	if root, _, dotted := strings.Cut(key, "."); !dotted && slices.Contains(d.tables, root) {
		d.Bad(path, "is not a key: write the whole dotted key in quotes, like \"run.tstop\"")
		return false
	}
	d.Bad(path, "is not a key of this configuration%s", d.Suggest("sweep", key, func() []string { return slices.Sorted(maps.Keys(d.keys)) }))
	return false
}

// axis reads the values of one axis as numbers too, so that they can be drawn.
func (d *Decoder) axis(path, key string, list []any) SweepAxis {
	of := d.keys[canonical(key)]
	a := SweepAxis{Key: key, Unit: of.unit, file: of.file}
	for _, v := range list {
		a.Values = append(a.Values, literal(v))
		x, ok := number(v)
		if text, isText := v.(string); isText && a.Unit != "" {
			q, err := ParseQuantity(text, a.Unit)
			if err != nil {
				d.Bad(path, "%s: %s", literal(v), err)
				break
			}
			x, ok = q, true
		}
		if !ok {
			x = float64(len(a.Points))
		}
		a.Points = append(a.Points, x)
	}
	for i, text := range a.Values {
		same := slices.Index(a.Values, text)
		if x, isNumber := number(list[i]); isNumber || a.Unit != "" && len(a.Points) == len(list) {
			if !isNumber {
				x = a.Points[i]
			}
			same = slices.Index(a.Points, x)
		}
		d.Rule(same >= i || same < 0, path, "holds %s twice; sweep.repeats gives a point several runs", text)
	}
	return a
}

// A Point is one combination of the values of a sweep, with its repetition.
type Point struct {
	Index  int   // position in the order of the axes, the first slowest; repetitions fastest
	At     []int // index of the value on each axis
	Repeat int
	Seed   uint64
}

// Points lists the points of the sweep.
func (c *Configuration) Points() []Point {
	s := c.Sweep
	if s == nil || !(s.runs() >= 1 && s.runs() <= MaxPoints) {
		return nil // the latter is reported with the sweep
	}
	points := make([]Point, int(s.runs()))
	for i := range points {
		points[i] = c.Point(i)
	}
	return points
}

// Point returns point i of the sweep. Its seed follows from the values and the
// repetition, so adding values or repetitions moves no other.
func (c *Configuration) Point(i int) Point {
	s := c.Sweep
	p := Point{Index: i, At: make([]int, len(s.Axes)), Repeat: i % s.Repeats}
	rest, name := i/s.Repeats, ""
	for j := len(s.Axes) - 1; j >= 0; j-- {
		if s.Samples.N > 0 {
			p.At[j] = rest
			continue
		}
		n := len(s.Axes[j].Values)
		p.At[j] = rest % n
		rest /= n
	}
	for j, a := range s.Axes {
		name += a.Key + "=" + a.seedName(p.At[j]) + ";"
	}
	r := rng.New(c.Seed, rng.SweepSeed, rng.Name(name), uint64(p.Repeat))
	p.Seed = r.Uint64() >> 2 // seeds are TOML integers
	return p
}

// seedName returns how a value enters the seed of a point. Of a file it is the name
// without its folder, so that a run's copy of the configuration, which has its own
// copies of the files, gives the same points.
func (a *SweepAxis) seedName(i int) string {
	if !a.file {
		return a.Values[i]
	}
	folder, base := path.Split(a.Values[i])
	if folder == "" {
		return base
	}
	return `"` + base
}

// seedKey is the key of the seed from which those of the points follow.
const seedKey = "run.seed"

// at returns the source of one point of the sweep.
func (c *Configuration) at(p Point) (*Source, error) {
	src := c.base.clone()
	for _, table := range append([]string{"sweep", "figures", "compare", "fit"}, c.expected.Aside...) {
		delete(src.tree, table)
		src.forget(table)
	}
	overrides := slices.Clone(c.Sweep.Set)
	for j, a := range c.Sweep.Axes {
		overrides = append(overrides, Override{a.Key, a.Values[p.At[j]]})
	}
	for _, l := range c.Sweep.Linked {
		overrides = append(overrides, Override{l.Key, l.Values[p.At[l.Axis]]})
	}
	overrides = append(overrides, Override{seedKey, fmt.Sprint(p.Seed)})
	src.swept = map[string]bool{}
	for _, o := range overrides {
		src.swept[joinPath(splitPath(o.Key))] = true
		if problem := src.set(o); problem != nil {
			return nil, Problems{*problem}
		}
		for _, table := range []string{"sweep.axes", "sweep.set", "sweep.linked", "sweep.samples.keys"} { // where a problem with the value is to be mended
			if at, ok := c.base.places[Join(table, o.Key)]; ok {
				src.places[joinPath(splitPath(o.Key))] = at
			}
		}
	}
	return src, nil
}

// PointName describes a point: "inputs.show.swap = 0.1, populations.E... = 8".
func (c *Configuration) PointName(p Point) string {
	name := ""
	for j, a := range c.Sweep.Axes {
		if j > 0 {
			name += ", "
		}
		name += a.Key + " = " + a.Values[p.At[j]]
	}
	return name
}
