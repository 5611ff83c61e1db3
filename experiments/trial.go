package experiments

import (
	"neurosim/configs"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/stimulus"
)

// A trial is what all trials of an estimate have in common. Times are in steps.
type trial struct {
	n, active, s, theta int
	seed                uint64
	rate                float64 // background spikes of a cell per step

	dt          float64
	cells       network.Population // the segments' cells
	group       network.Segments
	projection  network.Projection
	shown       stimulus.PresentationParams
	early, late int64 // bounds of the spikes of a presentation, relative to it
	before      int64 // background before the trial that can still matter in it
	length      int64 // in which a start is a response
	rest        int64 // after it, until the segment is as at the start
}

// newTrial reads a resolved configuration; that it is fit for a stratified
// estimate has been checked with it.
func newTrial(x *configs.Experiment) *trial {
	d := x.Detection
	t := &trial{dt: x.Run.Dt, seed: x.Run.Seed}
	t.cells = *x.Network.Population(d.Population)
	t.group = *t.cells.Group(d.Group)
	feed := x.Network.Feeds()[network.Target{Population: d.Population, Group: d.Group}][0] // the only one
	t.projection, t.shown = *feed.Projection, *feed.Shown[0].Presentations
	for _, in := range feed.Poisson {
		t.rate += float64(in.Poisson.Rate / 1000 * t.dt) // streams of independent spikes add
	}
	src := feed.Source
	z := t.shown.Noise
	t.n, t.s, t.theta = src.N, x.Network.PerUnit(&t.projection), t.group.Theta
	t.active = src.Active - stimulus.Count(z.Drop, src.Active) + stimulus.Count(z.Add, src.Active)

	t.early, t.late = stimulus.NewPresentations(0, "", stimulus.PatternSet{N: 1}, 0, t.shown, t.dt, 0).Window()
	t.length = t.steps(t.shown.Period)
	if d.Response > 0 {
		t.length = min(t.length, t.late-t.early+t.steps(d.Response))
	}
	_, delay := t.delays()
	// A plateau that blocks the segment when the trial begins began at most a
	// plateau before, by spikes at most a window and a delay before that.
	t.rest = t.steps(t.group.Plateau) + t.steps(t.group.Window) + delay
	if t.rate > 0 {
		t.before = t.rest
	}
	return t
}

func (t *trial) steps(ms float64) int64 { return grid.Steps(ms, t.dt) }

// delays returns the shortest and the longest delay of a synapse (steps).
func (t *trial) delays() (least, most int64) {
	lo, hi := t.projection.Delay.Bounds()
	return t.steps(lo), t.steps(hi)
}

// background returns the steps of a trial in which cells spike at random.
func (t *trial) background() int64 { return t.before + t.length }
