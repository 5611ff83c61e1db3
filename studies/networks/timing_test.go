package networks

import (
	"context"
	"math"
	"testing"

	"neurosim/analysis"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/stimulus"
	"neurosim/study/studytest"
	"neurosim/theory"
)

// background is a set of segments among Poisson spikes.
type background struct {
	s, theta        int
	rate            float64 // Hz
	window, plateau int     // steps of 1 ms
}

// network returns 200 cells with one such segment each, whose inputs no one
// shares, so that segments are independent.
func (b background) network(t *testing.T, steps int64) *network.Network {
	const segments = 200
	in := network.Population{Name: "in", Kind: network.SDR}
	in.N = segments * b.s
	e := network.Population{Name: "E", Kind: network.Pyramidal}
	e.Count, e.Soma, e.Ie, e.V0 = segments, neuron.DefaultLIF(), network.Const(0), network.Const(-70)
	seg := network.DefaultSegments()
	seg.Name, seg.Count, seg.Synapses, seg.Theta = "basal", 1, b.s, b.theta
	seg.Window, seg.Plateau = float64(b.window), float64(b.plateau)
	e.Segments = []network.Segments{seg}
	var wires network.Connections
	for x := range in.N {
		wires.Source, wires.Cell, wires.Segment = append(wires.Source, int32(x)), append(wires.Cell, int32(x/b.s)), append(wires.Segment, 0)
	}
	spec := &network.Spec{
		Seed: 11, Dt: 1, Steps: steps, Populations: []network.Population{in, e},
		Projections: []network.Projection{{Name: "wires", Source: "in", Target: "E", Group: "basal", Rule: network.List,
			Sign: network.Excite, Weight: network.Const(0), Delay: network.Const(0), Table: &wires}},
		Inputs: []network.Input{{Name: "background", Population: "in", Poisson: &stimulus.PoissonParams{Rate: b.rate, Stop: math.Inf(1)}}},
	}
	spec.Check(func(path, rule string, args ...any) { t.Fatalf("%+v: %s: %s", b, path, rule) })
	n, err := network.Build(spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	probes := make([]network.Probe, segments)
	for c := range probes {
		probes[c] = network.Probe{Variable: network.Overlap, Population: "E", Cell: c, Group: "basal"}
	}
	n.Watch(probes)
	return n
}

// chances counts, for each segment, what its background makes it do.
type chances struct {
	theta                    float64
	spikes, above, crossings []float64
	last                     []float64
	steps                    int64
}

func (c *chances) Record(b *network.Block) error {
	for i := range b.Steps {
		for _, s := range b.Starts(1, 0, i, nil) {
			c.spikes[s]++
		}
		for s := range c.above {
			x := b.Sample(s, i)
			if x >= c.theta {
				c.above[s]++
				if c.last[s] < c.theta && c.steps > 0 {
					c.crossings[s]++
				}
			}
			c.last[s] = x
		}
		c.steps++
	}
	return nil
}

// perStep returns the mean of a count over independent segments, per step, and
// its standard error.
func (c *chances) perStep(counts []float64) (mean, se float64) {
	n := float64(len(counts))
	for _, x := range counts {
		mean += x / n
	}
	for _, x := range counts {
		se += (x - mean) * (x - mean) / (n * (n - 1))
	}
	return mean / float64(c.steps), math.Sqrt(se) / float64(c.steps)
}

// Background alone makes the engine's segments reach θ, cross it and fire NMDA
// spikes as often as the theory says (T1). Overlap and crossings have exact
// distributions. The rate of NMDA spikes may lie below the theory's by its stated error,
// at most 10 %: it takes crossings to repeat a little too seldom. The first 0.1 %
// of the run, before windows are full, changes no number by more than that.
func TestChanceSpikesOfTheEngine(t *testing.T) {
	for _, b := range []background{
		{s: 20, theta: 4, rate: 10, window: 5, plateau: 20},
		{s: 24, theta: 3, rate: 2, window: 10, plateau: 50},
		{s: 40, theta: 8, rate: 20, window: 5, plateau: 10},
	} {
		const steps = 30_000
		n := b.network(t, steps)
		c := &chances{theta: float64(b.theta), spikes: make([]float64, 200), above: make([]float64, 200),
			crossings: make([]float64, 200), last: make([]float64, 200)}
		if err := n.Run(context.Background(), steps, c); err != nil {
			t.Fatal(err)
		}
		perStep := b.rate / 1000
		for _, x := range []struct {
			what   string
			counts []float64
			want   float64
			short  float64 // relative error of the theory, upwards
		}{
			{"time above θ", c.above, theory.BackgroundOverlap(b.s, b.theta, perStep, float64(b.window)).Value(), 0},
			{"crossings", c.crossings, theory.StepCrossings(b.s, b.theta, perStep, b.window).Value(), 0},
			{"NMDA spikes", c.spikes, theory.StepSpikeRate(b.s, b.theta, perStep, b.window, b.plateau).Value(), 0.1},
		} {
			mean, se := c.perStep(x.counts)
			start := 1e-3 * x.want
			t.Logf("%+v: %s: %.4g ± %.1g per step, theory %.4g", b, x.what, mean, se, x.want)
			if mean > x.want+4*se+start || mean < x.want*(1-x.short)-4*se-start {
				t.Errorf("%+v: %s: %.4g ± %.2g per step, theory %.4g", b, x.what, mean, se, x.want)
			}
		}
	}
}

// Jittered and dropped spikes are detected by the engine's segments as often as
// the theory says (T2), to its stated relative error of 2 % of the smaller of P
// and 1-P, and 4 standard errors. Every segment stores a pattern of its own, so
// trials are independent except for spikes that a step of 0.1 ms rounds.
func TestJitteredDetectionOfTheEngine(t *testing.T) {
	if testing.Short() {
		t.Skip("needs 10,000s of presentations: run without -short")
	}
	for _, x := range []struct{ jitter, drop, window float64 }{
		{2, 0, 2}, {5, 0, 5}, {5, 0.2, 5}, {3, 0.3, 5}, {20, 0, 20},
	} {
		const a, s, theta, cells = 40, 24, 12, 200
		in := network.Population{Name: "in", Kind: network.SDR}
		in.N, in.Active, in.Patterns = 2048, a, cells
		e := network.Population{Name: "E", Kind: network.Pyramidal}
		e.Count, e.Soma, e.Ie, e.V0 = cells, neuron.DefaultLIF(), network.Const(0), network.Const(-70)
		seg := network.DefaultSegments()
		seg.Name, seg.Count, seg.Synapses, seg.Theta, seg.Window, seg.Plateau = "basal", 1, s, theta, x.window, 1
		e.Segments = []network.Segments{seg}
		period := 10 * math.Ceil(x.jitter)
		spec := &network.Spec{
			Seed: 5, Dt: 0.1, Steps: int64(2000 * period * 10),
			Populations: []network.Population{in, e},
			Projections: []network.Projection{{Name: "store", Source: "in", Target: "E", Group: "basal", Rule: network.Store,
				Assign: network.AssignCyclic, Sign: network.Excite, Weight: network.Const(0), Delay: network.Const(0)}},
			Inputs: []network.Input{{Name: "show", Population: "in", Presentations: &stimulus.PresentationParams{
				Start: 10 * math.Ceil(x.jitter), Period: period, Order: stimulus.Cyclic, Shape: stimulus.Gaussian, Jitter: x.jitter,
				Noise: stimulus.Noise{Drop: x.drop, Mode: stimulus.Strict}}}},
		}
		c := studytest.Detections(t, spec, x).Segments.Detection
		got := analysis.Proportion{Hits: c.Hits, Trials: c.Trials}
		p := theory.AfterSilencing(theory.Detection(s, theta, x.window, theory.GaussianJitter(x.jitter)), a, stimulus.Count(x.drop, a)).Value()
		se := math.Sqrt(p * (1 - p) / float64(got.Trials))
		t.Logf("%+v: %d of %d detected, %.4f ± %.4f, theory %.4f", x, got.Hits, got.Trials, got.Rate(), se, p)
		if got.Trials < 1900 || math.Abs(got.Rate()-p) > 4*se+0.02*min(p, 1-p) {
			t.Errorf("%+v: %d of %d detected, %.4f ± %.4f, theory %.4f", x, got.Hits, got.Trials, got.Rate(), se, p)
		}
	}
}
