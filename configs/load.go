package configs

import (
	"cmp"
	"math"
	"slices"

	"neurosim/grammar"
	"neurosim/internal/grid"
	"neurosim/network"
)

// reader reads the tables of the studies.
type reader struct{ *grammar.Decoder }

// Load reads a configuration file, or a shipped one by its name, with the files
// it includes, checks it and fills in every default. The error is grammar.Problems: all
// that is wrong, each with file, line, key, value and rule.
func Load(file string, o grammar.Options) (*Experiment, error) {
	return grammar.Load(file, library, o, readExperiment)
}

// LoadCells reads of a configuration the cells, whatever else is wrong with it: who
// has misspelt the name of a section needs the list of them. It is nil where
// nothing of the cells can be read.
func LoadCells(file string, o grammar.Options) *network.Spec {
	src, err := grammar.Open(file, library, o)
	if err != nil {
		return nil
	}
	x, _ := grammar.Decode(src, o, func(d *grammar.Decoder) *Experiment {
		x := &Experiment{Configuration: d.Configuration()}
		reader{d}.populations(x)
		return x
	})
	return &x.Network
}

// readExperiment reads what a configuration describes.
func readExperiment(d *grammar.Decoder) *Experiment {
	x := &Experiment{Configuration: d.Configuration()}
	if d.Empty() {
		d.Report(grammar.Problem{File: x.File, Rule: "is empty: a configuration needs at least [run] and [populations]"})
		return x
	}
	reader{d}.experiment(x)
	return x
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

func (d reader) experiment(x *Experiment) {
	root := d.Root()
	h := &header{}
	known := tables
	switch root["model"] {
	case temporalMemory:
		known = temporalTables()
	case spikingMemory:
		known = spikingTables
	}
	if _, present := root["model"]; !present && d.Misspelt("", root, "model") {
		return // what else is read depends on it
	}
	d.Into("", root, h, known...)
	x.Title = h.Title
	if h.Model != "" && !d.OneOf("model", h.Model, "spiking", temporalMemory, spikingMemory) {
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
	d.Into("run", d.Table("run", root, "run"), run)
	x.Run, x.Seed = *run, run.Seed
	timed := d.checkRun(x.Run)
	if timed {
		d.SetStep(x.Run.Dt)
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
	d.Sweep()
	d.figures(x)
	d.Output()
	if !timed {
		return
	}
	d.CheckGrid(x.Run.Dt)
	x.Network.Check(d.Bad)
	if d.Problems() == 0 {
		d.checkMemory(x)
	}
}

// checkRun reports whether the times of the run are sound; nothing else can be
// checked against the grid of steps if not.
func (d reader) checkRun(r Run) bool {
	before := d.Problems()
	dt := r.Dt
	switch {
	case !(dt >= grammar.MinStep):
		d.Bad("run.dt", "must be at least %g ms", grammar.MinStep)
		dt = math.Inf(1)
	case d.Present("run.dt") && r.Tstop > 0 && dt > r.Tstop:
		d.Bad("run.dt", "must not be longer than the run (tstop = %g ms)", r.Tstop)
	}
	switch {
	case !(r.Tstop > 0):
		d.Bad("run.tstop", "must be positive")
	case r.Tstop < dt && !d.Present("run.dt"):
		d.Bad("run.tstop", "must be at least one step (dt = %g ms)", dt)
	case r.Tstop/dt > grammar.MaxSteps:
		d.Bad("run.tstop", "is %.3g steps of %g ms; at most %g", r.Tstop/dt, dt, float64(grammar.MaxSteps))
	}
	if !(r.Checkpoint >= 0) {
		d.Bad("run.checkpoint", "must not be negative")
	}
	return d.Problems() == before
}

// checkMemory refuses a network that would not fit, at the key that asks for most.
func (d reader) checkMemory(x *Experiment) {
	e := x.Network.Estimate()
	if x.StudiesCell() {
		e = x.studyMemory()
	}
	most := d.Memory()
	if most == 0 || e.Bytes <= float64(most) {
		return
	}
	share := slices.MaxFunc(e.Shares, func(a, b network.Share) int { return cmp.Compare(a.Bytes, b.Bytes) })
	key := slices.MaxFunc(share.Keys, func(a, b network.Factor) int { return cmp.Compare(a.Value, b.Value) })
	d.Bad(key.Path, "makes the network too large: it needs about %s, %s of it for %s; there are %s",
		grammar.FormatBytes(e.Bytes), grammar.FormatBytes(share.Bytes), share.What, grammar.FormatBytes(float64(most)))
}
