// Package networks is the study of a network in time, which a configuration describes unless it names
// another study. It runs the network (package network), records spikes, NMDA spikes and potentials
// (package record), and counts how often segments respond to patterns. With [detection] it computes
// the points of a sweep itself and compares their rates with the theory of segments (package theory).
// Rates of false positives that are too small to count are estimated for each overlap of pattern and
// segment, weighted by the exact probability of that overlap (detection.estimator = "stratified").
package networks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"neurosim/grammar"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/record"
	"neurosim/study"
)

// Stages of a network's run, in the state of a study.
const (
	simulation = "simulation"
	estimation = "estimate"
)

// helpful are the segments, neurons and compartments from which on a second thread helps with a
// network; below, a step is less work than the threads' meeting. See
// docs/performance.md.
const helpful = 10_000

// worthSaving is how long a simulation takes for its end to be saved: what comes after
// it, the sweep and the figures, may still fail.
const worthSaving = 10 * time.Second

// Do simulates the network with its recordings, then the points of its sweep, if it
// has a detection to count at them, or makes its stratified estimate. Several processes
// simulate the network together; rank 0 records, and does the rest alone.
func (x *Study) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	if w.Share != nil {
		return x.share(ctx, w)
	}
	r := &networkRun{x: x, w: w, threads: w.Helping(networkThreads(x)), report: study.Report{Counts: map[string]int64{}, Reasons: reasons()}}
	if err := r.build(); err != nil {
		return r.report, err
	}
	if err := r.simulate(ctx); err != nil || w.World.Rank() > 0 {
		return r.report, err
	}
	var points []PointResult
	var rare *Estimate
	var err error
	switch {
	case x.Detection == nil:
	case x.Sweep != nil:
		points, err = sweepDetections(ctx, x, w)
	case x.Detection.Estimator == Stratified:
		rare, err = r.estimate(ctx)
	}
	if err != nil {
		return r.report, err
	}
	return r.report, r.conclude(ctx, points, rare)
}

// share does what one of several processes does: the points of the sweep, or batches of the
// estimate. The network itself is simulated when they are merged.
func (x *Study) share(ctx context.Context, w *study.Work) (r study.Report, err error) {
	switch {
	case x.Detection == nil: // the points of a sweep are not this study's own
	case x.Sweep != nil:
		var points []PointResult
		points, err = sweepDetections(ctx, x, w)
		for _, p := range points {
			r.Points = append(r.Points, p.Metrics)
		}
	case x.Detection.Estimator == Stratified:
		_, err = estimateFalsePositives(ctx, x, w)
	}
	return r, err
}

// networkThreads is the number of threads that help with a network, 0 for any.
func networkThreads(x *Study) int {
	e := x.Network.Estimate()
	if e.Segments+e.Neurons+compartments(&x.Network) < helpful {
		return 1
	}
	return 0
}

// compartments returns those of all cells that may be divided between threads, each as
// often as its step takes longer than a segment's: once for a passive one, ten times
// with channels.
func compartments(n *network.Spec) (sum int64) {
	for i := range n.Populations {
		p := &n.Populations[i]
		if p.Trees == nil || p.Count < 2 {
			continue
		}
		weight := int64(1)
		if len(p.Trees.Channels) > 0 {
			weight = 10
		}
		for _, s := range p.Trees.Sections {
			sum += int64(s.Compartments) * int64(p.Count) * weight
		}
	}
	return sum
}

// networkRun is one run of a network.
type networkRun struct {
	x       *Study
	w       *study.Work
	threads int
	net     *network.Network
	rec     *recording
	report  study.Report
}

// build builds the network and opens the recordings, or brings both back to where an
// interruption left them.
func (r *networkRun) build() error {
	start := time.Now()
	var err error
	if r.net, err = network.BuildShared(&r.x.Network, r.threads, r.w.World); err != nil {
		return err
	}
	r.net.Watch(probes(r.x))
	var from *networkState
	if saved := r.saved(); saved != nil {
		from = new(networkState)
		if err := study.Decode(saved, from); err != nil {
			return err
		}
		if err := r.net.Resume(from.State); err != nil {
			return err
		}
		clock := network.NewClock(r.x.Run.Dt)
		r.w.Say("  resumed at %g ms", clock.Ms(r.net.Now()))
	}
	if r.w.World.Rank() > 0 {
		return nil
	}
	if r.rec, err = newRecording(r.x, r.net, r.w, from); err != nil {
		return err
	}
	r.w.Hold(simulation, r.state)
	r.w.Timed("build", start)
	return nil
}

// saved returns what the run resumes from, which rank 0 has read and brings to all
// processes; nil for a new run.
func (r *networkRun) saved() []byte {
	own := r.w.Saved(simulation)
	if r.w.World.Size() == 1 {
		return own
	}
	all, _ := r.w.World.Exchange(own, nil)
	return all[0]
}

// state gathers what the run resumes from.
func (r *networkRun) state() ([]byte, error) {
	s, err := r.rec.state(r.net)
	if err != nil {
		return nil, err
	}
	return study.Encode(s)
}

// simulate runs the network, and saves its state now and then if asked, and when it is
// interrupted.
func (r *networkRun) simulate(ctx context.Context) error {
	start, first, before := time.Now(), r.net.Now(), r.w.World.Traffic()
	run, steps := r.x.Run, r.x.Network.Steps
	bar := r.w.Watch("  simulating", run.Tstop/1000, "s")
	defer bar.End()
	var recorders []network.Recorder
	if r.w.World.Rank() == 0 {
		recorders = append(r.rec.all(), record.NewProgress(steps, redrawEvery, func(step, total int64) {
			bar.At(float64(step) * run.Dt / 1000)
		}))
	}
	every := grid.Steps(run.Checkpoint, run.Dt)
	for r.net.Now() < steps {
		until := steps
		if every > 0 {
			until = min(until, (r.net.Now()/every+1)*every)
		}
		err := r.net.Run(ctx, until, recorders...)
		if err != nil && !errors.Is(err, context.Canceled) { // which also another process may have told
			return err
		}
		if err != nil || until < steps {
			r.gather()
			if saved := r.w.Save(); saved != nil {
				return errors.Join(err, saved)
			}
		}
		if err != nil {
			return err
		}
	}
	bar.End()
	took, model := time.Since(start), float64(r.net.Now()-first)*run.Dt/1000
	r.w.Timed("simulate", start)
	r.w.Exchanged(r.report.Counts, before)
	r.gather()
	if took > worthSaving {
		if err := r.w.Save(); err != nil {
			return err
		}
	}
	on := grammar.Count(float64(r.threads), "thread")
	if n := r.w.World.Size(); n > 1 {
		on = fmt.Sprintf("%s of each of %d processes", on, n)
	}
	r.w.Say("  simulated %.4g s in %.3g s on %s (%.3g times real time)", model, took.Seconds(), on, model/took.Seconds())
	return nil
}

// gather brings the state of all processes to rank 0, which saves it then, or later.
func (r *networkRun) gather() {
	if r.w.World.Size() > 1 {
		r.net.State()
	}
}

// redrawEvery is how often the progress of a simulation is told.
const redrawEvery = 200 * time.Millisecond

// estimate makes the stratified estimate of a configuration without a sweep.
func (r *networkRun) estimate(ctx context.Context) (*Estimate, error) {
	start := time.Now()
	e, err := estimateFalsePositives(ctx, r.x, r.w)
	if err != nil {
		return nil, err
	}
	rate, lo, hi := e.Probability()
	r.w.Timed(estimation, start)
	r.w.Say("  false positives, stratified: %.4g, 95 %% interval %.4g to %.4g, in %.3g s (%s of %s)", rate, lo, hi,
		time.Since(start).Seconds(), grammar.Count(float64(e.trials()), "trial"), grammar.Count(float64(len(e.Strata)), "overlap"))
	return &e, nil
}

// conclude closes the recordings and makes the report.
func (r *networkRun) conclude(ctx context.Context, points []PointResult, rare *Estimate) error {
	state, err := r.state() // before close writes what a resumed run writes again
	if err != nil {
		return err
	}
	r.w.Hold(simulation, func() ([]byte, error) { return state, nil })
	if err := r.rec.close(); err != nil {
		return err
	}
	x, rep := r.x, &r.report
	rep.Hash, rep.Warnings = r.rec.hash.Sum(), cutWarnings(r.net)
	rep.Counts["synapses"] = int64(r.net.Synapses())
	totals := r.rec.totals.Populations()
	m := totalMetrics(x, totals)
	m["spikes_sha256"], m["tstop_ms"] = rep.Hash, x.Run.Tstop
	for _, p := range totals {
		rep.Counts["spikes "+p.Name] = p.Spikes
		line := fmt.Sprintf("%s: %s, %.3g spikes/s", p.Name, grammar.Count(float64(p.Spikes), "spike"), m[p.Name+".rate_Hz"])
		for _, g := range p.Groups {
			if detects(x, p.Name, g.Name) {
				rep.Counts["NMDA spikes "+p.Name+"/"+g.Name] = g.NMDASpikes
				line += fmt.Sprintf("; %s on %s", grammar.Count(float64(g.NMDASpikes), "NMDA spike"), g.Name)
			}
		}
		rep.Lines = append(rep.Lines, line)
	}
	if d := r.rec.detection; d != nil {
		c := d.Counts()
		detectionMetrics(c, x.Run.Dt, m)
		rep.Lines = append(rep.Lines, detectionLines(c.Segments)...)
	}
	if rare != nil {
		estimateMetrics(*rare, m)
	}
	rep.Metrics = m
	if points != nil {
		rep.Tables = []study.NamedTable{{Name: "sweep", Table: sweepTable(x, points)}}
		for _, p := range points {
			rep.Points = append(rep.Points, p.Metrics)
		}
	}
	switch {
	case r.w.Dir != nil:
		rep.Figures = makeFigures(ctx, x, x.Figures, r.w.Threads, r.w.Dir.Read, points)
	case len(r.w.Shows) > 0:
		wanted := slices.DeleteFunc(slices.Clone(x.Figures), func(f Figure) bool { return !slices.Contains(r.w.Shows, f.Name) })
		rep.Figures = makeFigures(ctx, x, wanted, r.w.Threads, r.rec.read, points)
	}
	return nil
}

// detects tells whether a group of segments has NMDA spikes, or is only a place.
func detects(x *Study, population, group string) bool {
	at := x.Network.Population(population).Group(group).Place
	return at == nil || at.Detect.Enabled
}

// totalMetrics are the counts and rates of spikes of a run, flat.
func totalMetrics(x *Study, totals []record.PopulationTotal) map[string]any {
	m, seconds := map[string]any{}, x.Run.Tstop/1000
	for _, p := range totals {
		m[p.Name+".spikes"] = p.Spikes
		m[p.Name+".rate_Hz"] = float64(p.Spikes) / float64(p.Cells) / seconds
		for _, g := range p.Groups {
			if detects(x, p.Name, g.Name) {
				m[p.Name+"."+g.Name+".nmda_spikes"] = g.NMDASpikes
				m[p.Name+"."+g.Name+".nmda_rate_per_segment_Hz"] = float64(g.NMDASpikes) / float64(g.Segments) / seconds
			}
		}
	}
	return m
}

// detectionLines says what was detected.
func detectionLines(s record.Unit) []string {
	lines := []string{fmt.Sprintf("detection: %d of %d; false positives: %d of %d novel, %d of %d other patterns", s.Detection.Hits, s.Detection.Trials,
		s.Novel.Hits, s.Novel.Trials, s.CrossTalk.Hits, s.CrossTalk.Trials)}
	if missed := s.Detection.Trials - s.Detection.Hits; s.Blocked > 0 {
		lines = append(lines, fmt.Sprintf("of %s, %s in a plateau when the pattern came", grammar.Count(float64(missed), "miss", "misses"), grammar.Count(float64(s.Blocked), "was", "were")))
	}
	return lines
}

// reasons say why a metric of a network may have no value.
func reasons() []study.Reason {
	return []study.Reason{
		{Part: ".latency_ms", Why: "no pattern was detected"},
		{Part: ".detected.", Why: "no presentation of a stored pattern lies whole in the run, or no segment stores one that was shown"},
		{Part: ".false_positives.", Why: "no presentation of a novel pattern lies whole in the run"},
		{Part: ".cross_talk.", Why: "no presentation lies whole in the run in which a segment was shown a pattern that it does not store"},
		{Part: "stratified", Why: "no trial had a response"},
	}
}
