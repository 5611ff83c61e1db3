package configs

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/internal/grid"
	"neurosim/network"
)

// Options are what the command line adds to a configuration.
type Options struct {
	Set    []Override
	Seed   *uint64  // replaces run.seed
	Memory int64    // bytes that the network may take; 0: no limit
	Read   ReadFunc // nil: from the disk
}

// Load reads a configuration file, or a shipped one by its name, with the files
// it includes, checks it and fills in every default. The error is Problems: all
// that is wrong, each with file, line, key, value and rule.
func Load(file string, o Options) (*Experiment, error) {
	r := newReader(o.Read)
	file = r.locate(file)
	set := o.Set
	if o.Seed != nil {
		set = append(slices.Clip(set), Override{"run.seed", fmt.Sprint(*o.Seed)})
	}
	src, problems := readSource(r, file, set)
	if len(problems) > 0 {
		return nil, problems.sorted(src.files)
	}
	x, err := fromSource(src, file, o)
	if err != nil {
		return nil, err
	}
	for _, p := range x.Points() {
		if p.Repeat == 0 { // the others differ in the seed alone
			y, err := x.At(p)
			if err != nil {
				return nil, err
			}
			for _, in := range y.Inputs {
				x.addInput(in.Name, in.Text, in.Copy != "")
			}
			for _, note := range y.Notes {
				if !slices.Contains(x.Notes, note) {
					x.Notes = append(x.Notes, note)
				}
			}
		}
	}
	return x, nil
}

// LoadCells reads of a configuration the cells, whatever else is wrong with it: who
// has misspelt the name of a section needs the list of them. It is nil where
// nothing of the cells can be read.
func LoadCells(file string, o Options) *network.Spec {
	r := newReader(o.Read)
	file = r.locate(file)
	src, problems := readSource(r, file, o.Set)
	if len(problems) > 0 {
		return nil
	}
	d := newDecoder(src)
	x := &Experiment{File: file, base: src, options: o}
	d.populations(x)
	return &x.Network
}

// fromSource decodes and checks a merged source.
func fromSource(src *source, file string, o Options) (*Experiment, error) {
	d := newDecoder(src)
	x := &Experiment{File: file, base: src, options: o}
	d.experiment(x)
	if len(d.problems) > 0 {
		return nil, d.problems.sorted(src.files)
	}
	for i, f := range src.files {
		if f == file {
			x.Text = src.texts[i]
		} else {
			x.addInput(f, src.texts[i], i >= src.configs)
		}
	}
	x.sections, x.dropped, x.Notes = d.sections, d.dropped, d.notes
	if rounded := d.roundedKeys(); rounded != nil {
		x.Notes = append(x.Notes, fmt.Sprintf("dt = %s: defaults were moved to whole steps: %s", formatQuantity(d.dt, "ms"), strings.Join(rounded, ", ")))
	}
	return x, nil
}

// header is what stands before the first table.
type header struct {
	Title string `toml:"title"`
	Model string `toml:"model"` // "": spiking cells
}

// tables are the tables that a configuration may have.
var tables = []string{"run", "populations", "projections", "inputs", "record", "detection", "uncaging", "psychometric", "sweep", "figures", "output"}

// Models of studies of sequence memories.
const (
	temporalMemory = "temporal-memory"
	spikingMemory  = "spiking-memory"
)

func (d *decoder) experiment(x *Experiment) {
	root := d.src.tree
	h := &header{}
	known := tables
	switch root["model"] {
	case temporalMemory:
		known = temporalTables()
	case spikingMemory:
		known = spikingTables
	}
	if _, present := root["model"]; !present && d.misspelt("", root, "model") {
		return // what else is read depends on it
	}
	d.into("", root, h, known...)
	x.Title = h.Title
	if h.Model != "" && !d.oneOf("model", h.Model, "spiking", temporalMemory, spikingMemory) {
		return // what else is read depends on it
	}
	switch h.Model {
	case temporalMemory:
		d.temporal(x)
		return
	case spikingMemory:
		d.spiking(x)
		return
	}

	run := new(Run)
	*run = defaultRun()
	d.into("run", d.table("run", root, "run"), run)
	x.Run = *run
	timed := d.checkRun(x.Run)
	if timed {
		d.dt = x.Run.Dt
	}

	x.Network = network.Spec{Seed: x.Run.Seed, Dt: x.Run.Dt}
	if timed {
		x.Network.Steps = grid.Steps(x.Run.Tstop, x.Run.Dt)
	}
	d.populations(x)
	d.projections(x)
	d.inputs(x)
	d.studies(x)
	if !x.StudiesCell() {
		d.recording(x)
		d.detection(x)
	}
	d.sweep(x)
	d.figures(x)
	d.output(x)
	if !timed {
		return
	}
	d.checkGrid(x.Run.Dt)
	x.Network.Check(d.bad)
	if len(d.problems) == 0 {
		d.checkMemory(x)
	}
}

// output reads [output].
func (d *decoder) output(x *Experiment) {
	out := new(Output)
	*out = defaultOutput()
	d.into("output", d.table("output", d.src.tree, "output"), out)
	for _, f := range out.Formats {
		d.oneOf("output.formats", f, "png", "svg", "pdf")
	}
	x.Output = *out
}

// Bounds of a step (ms) and of the number of steps.
const (
	minDt    = 1e-6
	maxSteps = 1e15
)

// checkRun reports whether the times of the run are sound; nothing else can be
// checked against the grid of steps if not.
func (d *decoder) checkRun(r Run) bool {
	before := len(d.problems)
	dt := r.Dt
	switch {
	case !(dt >= minDt):
		d.bad("run.dt", "must be at least %g ms", minDt)
		dt = math.Inf(1)
	case d.given("run.dt") && r.Tstop > 0 && dt > r.Tstop:
		d.bad("run.dt", "must not be longer than the run (tstop = %g ms)", r.Tstop)
	}
	switch {
	case !(r.Tstop > 0):
		d.bad("run.tstop", "must be positive")
	case r.Tstop < dt && !d.given("run.dt"):
		d.bad("run.tstop", "must be at least one step (dt = %g ms)", dt)
	case r.Tstop/dt > maxSteps:
		d.bad("run.tstop", "is %.3g steps of %g ms; at most %g", r.Tstop/dt, dt, float64(maxSteps))
	}
	if !(r.Checkpoint >= 0) {
		d.bad("run.checkpoint", "must not be negative")
	}
	return len(d.problems) == before
}

// given reports whether a key stands in a file or was set by hand.
func (d *decoder) given(path string) bool {
	_, ok := d.src.places[path]
	return ok
}

// must reports a key that has to be given; its default is no value.
func (d *decoder) must(path string) bool {
	if d.given(path) {
		return true
	}
	d.values[path] = ""
	d.bad(path, "must be given")
	return false
}

// kind returns the kind of a table, one of a list.
func (d *decoder) kind(path string, tree map[string]any, allowed ...string) (string, bool) {
	at := join(path, "kind")
	value, given := tree["kind"]
	if !given {
		return "", !d.misspelt(path, tree, "kind") && d.must(at)
	}
	d.values[at] = literal(value)
	kind, ok := value.(string)
	if !ok {
		d.bad(at, "must be a string, %s", isA(value))
		return "", false
	}
	return kind, d.oneOf(at, kind, allowed...)
}

// misspelt reports the key of a table that was most likely meant to be one that
// decides how the others are read. They are unknown, so it may differ by one letter
// only: "min" is not meant to be "kind".
func (d *decoder) misspelt(path string, tree map[string]any, key string) bool {
	for _, got := range d.names(path, tree) {
		if len(got) <= maxMisspelt && distance(strings.ToLower(got), key) <= 1 {
			at := join(path, got)
			d.values[at] = literal(tree[got])
			d.bad(at, "unknown key; did you mean %q?", key)
			return true
		}
	}
	return false
}

// oneOf holds a string to a list.
func (d *decoder) oneOf(path, got string, allowed ...string) bool {
	if slices.Contains(allowed, got) {
		return true
	}
	quoted := make([]string, len(allowed))
	for i, a := range allowed {
		quoted[i] = quote(a)
	}
	rule := "must be " + quoted[0]
	if n := len(quoted); n > 1 {
		rule = "must be " + strings.Join(quoted[:n-1], ", ") + " or " + quoted[n-1]
	}
	d.bad(path, "%s%s", rule, didYouMean(got, allowed))
	return false
}

// checkMemory refuses a network that would not fit, at the key that asks for most.
func (d *decoder) checkMemory(x *Experiment) {
	e := x.Network.Estimate()
	if x.StudiesCell() {
		e = x.studyMemory()
	}
	most := d.memory(x)
	if most == 0 || e.Bytes <= float64(most) {
		return
	}
	share := slices.MaxFunc(e.Shares, func(a, b network.Share) int { return cmp.Compare(a.Bytes, b.Bytes) })
	key := slices.MaxFunc(share.Keys, func(a, b network.Factor) int { return cmp.Compare(a.Value, b.Value) })
	d.bad(key.Path, "makes the network too large: it needs about %s, %s of it for %s; there are %s",
		FormatBytes(e.Bytes), FormatBytes(share.Bytes), share.What, FormatBytes(float64(most)))
}

func (d *decoder) memory(x *Experiment) int64 { return x.options.Memory }

// FormatBytes writes a number of bytes with a binary unit.
func FormatBytes(b float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1 << 60, "EiB"}, {1 << 50, "PiB"}, {1 << 40, "TiB"}, {1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if b >= u.size {
			return fmt.Sprintf("%.1f %s", b/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.0f bytes", b)
}
