package configs

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"neurosim/internal/rng"
)

// sweep reads [sweep], [sweep.set] and [sweep.axes].
func (d *decoder) sweep(x *Experiment) {
	tree := d.table("sweep", d.src.tree, "sweep")
	if tree == nil {
		return
	}
	s := new(Sweep)
	*s = defaultSweep()
	d.into("sweep", tree, s, "set", "axes")
	if s.Repeats < 1 {
		d.bad("sweep.repeats", "must be at least 1")
	}
	set := d.table("sweep.set", tree, "set")
	fixed := &assignments{}
	for _, key := range d.names("sweep.set", set) {
		path := join("sweep.set", key)
		d.values[path] = literal(set[key])
		if d.known(path, key) {
			s.Set = append(s.Set, Override{key, literal(set[key])})
			fixed.set = append(fixed.set, d.assignment(path, key, set[key]))
		}
	}
	axes := d.table("sweep.axes", tree, "axes")
	lists := &assignments{}
	for _, key := range d.names("sweep.axes", axes) {
		path := join("sweep.axes", key)
		d.values[path] = literal(axes[key])
		list, ok := axes[key].([]any)
		switch {
		case !ok || len(list) == 0:
			d.bad(path, "must be a list of values")
		case d.given(join("sweep.set", key)):
			d.bad(path, "stands in sweep.set too, which all points change")
		case d.known(path, key):
			s.Axes = append(s.Axes, d.axis(path, key, list))
			lists.set = append(lists.set, d.assignment(path, key, axes[key]))
		}
	}
	if len(axes) == 0 {
		d.bad("sweep", "needs [sweep.axes] with at least one key")
	}
	if total := s.runs(); total > maxPoints {
		at := "sweep.axes"
		if s.Repeats > maxPoints {
			at = "sweep.repeats"
		}
		d.bad(at, "makes %.3g runs; at most %d", total, maxPoints)
	}
	d.sections = append(d.sections, section{"sweep.set", fixed}, section{"sweep.axes", lists})
	x.Sweep = s
}

// axesWritten returns the number of axes of the sweep in the file, sound or not.
func (d *decoder) axesWritten() int {
	sweep, _ := d.src.tree["sweep"].(map[string]any)
	axes, _ := sweep["axes"].(map[string]any)
	return len(axes)
}

// maxPoints bounds the runs of a sweep.
const maxPoints = 100_000

// runs returns the number of runs of the sweep, which may be too large.
func (s *Sweep) runs() float64 {
	total := float64(s.Repeats)
	for _, a := range s.Axes {
		total *= float64(len(a.Values))
	}
	return total
}

// assignments are keys with TOML values, a table whose keys are free.
type assignments struct{ set []assignment }

// assignment is a value for a dotted key, or a list of them.
type assignment struct {
	key   string
	value any
	file  bool // the key names a file; the value is the name to open
}

// assignment returns what stands at a path of the sweep, for the resolved
// configuration.
func (d *decoder) assignment(path, key string, value any) assignment {
	if !d.keys[canonical(key)].file {
		return assignment{key, value, false}
	}
	from := d.src.where(path).file
	return assignment{key, renamed(value, func(name string) string { return d.src.reader.resolve(from, name) }), true}
}

// canonical writes a dotted key as the loader does.
func canonical(key string) string { return joinPath(splitPath(key)) }

// known holds the key of a sweep to those of the tables read so far.
func (d *decoder) known(path, key string) bool {
	if _, ok := d.values[canonical(key)]; ok {
		return true
	}
	if root, _, dotted := strings.Cut(key, "."); !dotted && slices.Contains(tables, root) {
		d.bad(path, "is no key: write the whole dotted key in quotes, like \"run.tstop\"")
		return false
	}
	d.bad(path, "is no key of this configuration%s", d.suggest("sweep", key, func() []string { return slices.Sorted(maps.Keys(d.keys)) }))
	return false
}

// axis reads the values of one axis as numbers too, so that they can be drawn.
func (d *decoder) axis(path, key string, list []any) SweepAxis {
	of := d.keys[canonical(key)]
	a := SweepAxis{Key: key, Unit: of.unit, file: of.file}
	for _, v := range list {
		a.Values = append(a.Values, literal(v))
		x, ok := number(v)
		if text, isText := v.(string); isText && a.Unit != "" {
			q, err := parseQuantity(text, a.Unit)
			if err != nil {
				d.bad(path, "%s: %s", literal(v), err)
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
		if same < i && same >= 0 {
			d.bad(path, "holds %s twice; sweep.repeats gives a point several runs", text)
		}
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

// Points lists the points of the sweep. The seed of a point follows from the
// values and the repetition, so adding values or repetitions moves no other.
func (x *Experiment) Points() []Point {
	s := x.Sweep
	if s == nil || !(s.runs() >= 1 && s.runs() <= maxPoints) {
		return nil // the latter is reported with the sweep
	}
	points := make([]Point, int(s.runs()))
	for i := range points {
		p := Point{Index: i, At: make([]int, len(s.Axes)), Repeat: i % s.Repeats}
		rest, name := i/s.Repeats, ""
		for j := len(s.Axes) - 1; j >= 0; j-- {
			n := len(s.Axes[j].Values)
			p.At[j] = rest % n
			rest /= n
		}
		for j, a := range s.Axes {
			name += a.Key + "=" + a.seedName(p.At[j]) + ";"
		}
		r := rng.New(x.Run.Seed, rng.SweepSeed, rng.Name(name), uint64(p.Repeat))
		p.Seed = r.Uint64() >> 2 // seeds are TOML integers
		points[i] = p
	}
	return points
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

// At resolves the experiment of one point of the sweep. Its rules are checked
// as those of the base are.
func (x *Experiment) At(p Point) (*Experiment, error) {
	src := &source{
		tree: clone(x.base.tree), places: maps.Clone(x.base.places),
		order: maps.Clone(x.base.order), files: slices.Clone(x.base.files), texts: slices.Clone(x.base.texts), configs: x.base.configs, reader: x.base.reader,
	}
	delete(src.tree, "sweep")
	delete(src.tree, "figures")
	delete(src.tree, "record")
	overrides := slices.Clone(x.Sweep.Set)
	for j, a := range x.Sweep.Axes {
		overrides = append(overrides, Override{a.Key, a.Values[p.At[j]]})
	}
	overrides = append(overrides, Override{"run.seed", fmt.Sprint(p.Seed)})
	src.swept = map[string]bool{}
	for _, o := range overrides {
		src.swept[joinPath(splitPath(o.Key))] = true
		if problem := src.set(o); problem != nil {
			return nil, Problems{*problem}
		}
		for _, table := range []string{"sweep.axes", "sweep.set"} { // where a problem with the value is to be mended
			if at, ok := x.base.places[join(table, o.Key)]; ok {
				src.places[joinPath(splitPath(o.Key))] = at
			}
		}
	}
	y, err := fromSource(src, x.File, x.options)
	var problems Problems
	if errors.As(err, &problems) {
		for i := range problems {
			problems[i].Rule += " (at the point of the sweep where " + x.PointName(p) + ")"
		}
		return nil, problems
	}
	return y, err
}

// PointName describes a point: "inputs.show.swap = 0.1, populations.E... = 8".
func (x *Experiment) PointName(p Point) string {
	name := ""
	for j, a := range x.Sweep.Axes {
		if j > 0 {
			name += ", "
		}
		name += a.Key + " = " + a.Values[p.At[j]]
	}
	return name
}

// clone copies a tree of tables; lists are never changed and are shared.
func clone(tree map[string]any) map[string]any {
	out := make(map[string]any, len(tree))
	for k, v := range tree {
		if t, ok := v.(map[string]any); ok {
			v = clone(t)
		}
		out[k] = v
	}
	return out
}
