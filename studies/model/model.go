// Package model reads the tables of a configuration that describe a network and how
// long it runs: [run], [populations], [projections] and [inputs]. Studies of networks
// and of single cells have them.
package model

import (
	"cmp"
	"math"
	"slices"

	"neurosim/grammar"
	"neurosim/internal/grid"
	"neurosim/network"
)

// A Model is a configuration of a network: plain data, with every default filled in.
type Model struct {
	*grammar.Configuration
	Run     Run
	Network network.Spec

	nodes map[string]*nodeSet // of populations that are read from files of SONATA
}

// Run is what a user sets of the run as a whole.
type Run struct {
	Tstop      float64 `toml:"tstop" must:"yes" unit:"ms" grid:"dt" doc:"length of the run"`
	Dt         float64 `toml:"dt" unit:"ms" doc:"length of a step"`
	Seed       uint64  `toml:"seed" doc:"seed of every random number"`
	Checkpoint float64 `toml:"checkpoint" unit:"ms" grid:"dt" doc:"model time between checkpoints; 0: only when interrupted"`
}

func defaultRun() Run { return Run{Dt: 0.1, Seed: 1} }

// Spec returns the description of the network.
func (m *Model) Spec() *network.Spec { return &m.Network }

// TimeStep returns dt (ms).
func (m *Model) TimeStep() float64 { return m.Run.Dt }

// Tables are the tables of a model in the reference.
func Tables() []grammar.Table {
	return slices.Concat([]grammar.Table{{Title: "[run]", Default: new(defaultRun())}}, populationTables(), treeTables(), projectionTables(), inputTables(), stimulationTables())
}

// Named are the tables of named tables whose names are in figures.
func Named() []string { return []string{"populations", "inputs"} }

// A Reader reads the tables of a model.
type Reader struct{ *grammar.Decoder }

// Model reads the tables of a model.
func (d Reader) Model() *Model {
	x := &Model{Configuration: d.Configuration(), Run: defaultRun()}
	d.Into("run", d.Table("run", d.Root(), "run"), &x.Run)
	x.Seed = x.Run.Seed
	x.Network = network.Spec{Seed: x.Run.Seed, Dt: x.Run.Dt}
	if d.checkRun(x.Run) {
		d.SetStep(x.Run.Dt)
		x.Network.Steps = grid.Steps(x.Run.Tstop, x.Run.Dt)
	}
	d.populations(x)
	d.projections(x)
	d.inputs(x)
	d.stimulation(x)
	return x
}

// untimedRun is what a user sets of [run] where the study says itself how long it takes.
type untimedRun struct {
	Dt   float64 `toml:"dt" unit:"ms" doc:"length of a step"`
	Seed uint64  `toml:"seed" doc:"seed of every random number"`
}

// Untimed reads the tables of a model of cells alone, whose study says itself how long it
// takes: [run] has dt and seed.
func (d Reader) Untimed(why string) *Model {
	x := &Model{Configuration: d.Configuration()}
	run := untimedRun{defaultRun().Dt, defaultRun().Seed}
	d.Into("run", d.Table("run", d.Root(), "run"), &run, "tstop", "checkpoint")
	d.Without("run", []string{"tstop", "checkpoint"}, why)
	x.Run.Dt, x.Run.Seed = run.Dt, run.Seed
	x.Seed = run.Seed
	x.Network = network.Spec{Seed: run.Seed, Dt: run.Dt}
	if d.Rule(run.Dt >= grammar.MinStep && run.Dt <= 1000, "run.dt", "must be from %g to 1000 ms", grammar.MinStep) {
		d.SetStep(run.Dt)
	}
	d.populations(x)
	return x
}

// Cells reads of a configuration the cells, whatever else is wrong with it: who has
// misspelt the name of a section needs the list of them.
func Cells(d *grammar.Decoder) *network.Spec {
	x := &Model{Configuration: d.Configuration()}
	Reader{d}.populations(x)
	return &x.Network
}

// Check holds a model to its rules when all of its study has been read, and refuses one
// that would not fit into memory, by an estimate.
func (d Reader) Check(x *Model, estimate func() network.Estimate) {
	if d.Step() == 0 {
		return // reported with the run
	}
	d.CheckGrid(x.Run.Dt)
	x.Network.Check(d.Bad)
	if d.Problems() == 0 {
		d.checkMemory(estimate())
	}
}

// Shown resolves and checks the span of time that a figure shows.
func (d Reader) Shown(x *Model, path string, start, stop *float64) {
	if math.IsInf(*stop, 1) {
		*stop = x.Run.Tstop
	}
	d.Window(path, *start, *stop)
}

// checkRun reports whether the times of the run are sound; nothing else can be
// checked against the grid of steps if not.
func (d Reader) checkRun(r Run) bool {
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
	d.Rule(r.Checkpoint >= 0, "run.checkpoint", "must not be negative")
	return d.Problems() == before
}

// checkMemory refuses a network that would not fit, at the key that asks for most.
func (d Reader) checkMemory(e network.Estimate) {
	most := d.Memory()
	if most == 0 || e.Bytes <= float64(most) {
		return
	}
	share := slices.MaxFunc(e.Shares, func(a, b network.Share) int { return cmp.Compare(a.Bytes, b.Bytes) })
	key := slices.MaxFunc(share.Keys, func(a, b network.Factor) int { return cmp.Compare(a.Value, b.Value) })
	d.Bad(key.Path, "makes the network too large: it needs about %s, %s of it for %s; there are %s",
		grammar.FormatBytes(e.Bytes), grammar.FormatBytes(share.Bytes), share.What, grammar.FormatBytes(float64(most)))
}
