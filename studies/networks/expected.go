package networks

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"neurosim/internal/fpmath"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/stimulus"
	"neurosim/study"
	"neurosim/theory"
)

// expected is what theory needs to know of the segments that a detection is
// about, to expect how often they recognise a pattern.
type expected struct {
	n, a, s, theta int
	patterns       int // that a segment stores, with s synapses on each
	segments       int // of a cell
	v              int // active cells that the shown pattern has lost
	shown          int // active cells of a pattern that is not stored
	readd          bool
	meanSize       bool // of several patterns: equation (14) in place of the exact average

	dt     float64 // step (ms)
	window float64 // coincidence window (ms)
	jitter float64 // of the spikes (ms); 0: the static theory
	shape  stimulus.JitterShape

	known  func() []theory.Prob // response, where it was computed already; else nil
	ratio  float64              // jitter in windows, where shared holds its detection; else 0
	shared *detections
}

// expectedOf returns the numbers of the theory; why says where it does not apply:
// no detection, segments that several projections reach or one with
// drawn delays or with synapses that may fail, extra cells in the shown pattern, background, conductances; of
// segments that store several patterns, noise or jitter.
func expectedOf(x *Study) (e expected, why string) {
	if x.Detection == nil {
		return e, "there is no [detection]"
	}
	g := x.Network.Population(x.Detection.Population).Group(x.Detection.Group)
	if g.Place != nil {
		return e, "the segments are conductances, which have no θ"
	}
	e.theta, e.segments, e.window, e.dt = g.Theta, g.Count, g.Window, x.Run.Dt
	feeds := network.Excitatory(x.Network.Feeds()[network.Target{Population: x.Detection.Population, Group: x.Detection.Group}])
	var src *network.Population
	for _, f := range feeds {
		p := f.Projection
		switch {
		case src != nil:
			return e, "several projections reach the segments"
		case p.Rule != network.Store && p.Rule != network.RandomIn:
			return e, fmt.Sprintf("the rule of projections.%s is %q; it is of %q and %q", p.Name, p.Rule, network.Store, network.RandomIn)
		case !p.Reliable():
			return e, fmt.Sprintf("the synapses of projections.%s may fail, and the theory counts every spike", p.Name)
		case !p.Delay.Fixed():
			return e, fmt.Sprintf("projections.%s.delay is distributed, and the theory has one delay", p.Name)
		}
		src = f.Source
		e.n, e.a, e.s, e.patterns = src.N, src.Active, x.Network.PerUnit(p), max(1, p.Patterns)
	}
	if src == nil {
		return e, "no projection reaches the segments"
	}
	for i := range x.Network.Inputs {
		in := &x.Network.Inputs[i]
		switch {
		case in.Name == x.Detection.Input:
			z := in.Presentations.Noise
			e.shown = e.a
			if x.Detection.Estimator == Stratified { // shows patterns with their noise
				e.shown += stimulus.Count(z.Add, e.a) - stimulus.Count(z.Drop, e.a)
			} else if z.Add > 0 {
				return e, fmt.Sprintf("inputs.%s.add shows extra cells", in.Name)
			}
			e.v = stimulus.Count(z.Swap, e.a) + stimulus.Count(z.Drop, e.a)
			e.readd = z.Mode == stimulus.Readd && z.Drop == 0
			e.jitter, e.shape = in.Presentations.Jitter, in.Presentations.Shape
		case in.Population == src.Name && (in.Poisson == nil || in.Poisson.Mean() > 0):
			return e, fmt.Sprintf("inputs.%s adds spikes", in.Name)
		}
	}
	switch err := theory.Check(e.n, e.a, e.s, e.theta); {
	case e.patterns > 1 && (e.v > 0 || e.jitter > 0):
		return e, "the segments store several patterns, which are shown with noise or jitter"
	case err != nil:
		return e, err.Error()
	case e.s > e.a:
		return e, fmt.Sprintf("a segment has s = %d synapses, more than the a = %d active cells of a pattern", e.s, e.a)
	case e.readd && e.jitter > 0:
		return e, "swapped cells are added again (swap_mode) and the spikes are jittered"
	}
	return e, ""
}

// falsePositive is equation (4), for several stored patterns its average over the
// sizes of their union, or, with jitter, the probability that the pattern
// has cells in common with the segment and that a window holds θ of their spikes.
// The spikes are those that the engine rounds to steps: so rare a coincidence goes
// with about the power θ-1 of the window, in which a step counts.
func (e expected) falsePositive() theory.Prob {
	if e.jitter > 0 {
		response := e.known
		if response == nil {
			response = e.response
		}
		return theory.FalsePositiveAmong(response(), e.n, e.shown)
	}
	switch {
	case e.patterns > 1 && e.meanSize:
		return theory.UnionFalsePositive(e.n, e.shown, e.s, e.theta, e.patterns)
	case e.patterns > 1:
		return theory.UnionFalsePositiveExact(e.n, e.shown, e.s, e.theta, e.patterns)
	}
	return theory.FalsePositive(e.n, e.shown, e.s, e.theta)
}

// response returns the probability that the jittered spikes of b cells are detected,
// for every b up to s.
func (e expected) response() []theory.Prob {
	return theory.StepDetection(e.s, e.theta, e.steps(), int(grid.Steps(e.window, e.dt)))
}

// steps returns the probabilities of the steps into which jitter moves a spike, in
// order, as stimulus.Presentations rounds them.
func (e expected) steps() []float64 {
	width := e.jitter / e.dt
	if e.shape == stimulus.Uniform { // ⌊U·width⌋
		dist := make([]float64, int(math.Ceil(width)))
		for k := range dist {
			dist[k] = min(1, width-float64(k)) / width
		}
		return dist
	}
	half := int(math.Ceil(9 * width)) // beyond are 1e-18
	below := func(k float64) float64 { return float64(0.5 * fpmath.Erfc(-k/width/math.Sqrt2)) }
	dist := make([]float64, 2*half+1)
	for i := range half + 1 { // the lower half, where differences keep their digits
		k := float64(i - half)
		dist[i] = study.Significant(below(k+0.5)-below(k-0.5), 12) // what the difference keeps
		dist[2*half-i] = dist[i]
	}
	return dist
}

// cellFalsePositive is equation (8) for the segments of one cell.
func (e expected) cellFalsePositive() float64 {
	if e.patterns > 1 {
		return -fpmath.Expm1(float64(e.segments) * fpmath.Log1p(-e.falsePositive().Value()))
	}
	return theory.SetFalsePositive(e.n, e.a, e.s, e.theta, e.segments).Value()
}

// falseNegative is equation (6), its form for noise that re-adds cells, or, with
// jitter, the probability that no window holds θ of the spikes that are left.
func (e expected) falseNegative() theory.Prob {
	switch {
	case e.jitter > 0:
		if e.ratio > 0 {
			return theory.AfterSilencing(e.shared.of(detectionKey{e.s, e.theta, e.ratio, e.shape}), e.a, e.v).Complement()
		}
		return theory.AfterSilencing(theory.Detection(e.s, e.theta, e.window, jitterOf(e.shape, e.jitter)), e.a, e.v).Complement()
	case e.readd:
		return theory.FalseNegativeReadd(e.n, e.a, e.s, e.v, e.theta)
	}
	return theory.FalseNegative(e.a, e.s, e.v, e.theta)
}

func jitterOf(shape stimulus.JitterShape, width float64) theory.Jitter {
	if shape == stimulus.Uniform {
		return theory.UniformJitter(width)
	}
	return theory.GaussianJitter(width)
}

// detections are the probabilities that jittered spikes are detected. Only the ratio of
// jitter and window counts, so that the curves of several windows share them.
type detections struct {
	mu sync.Mutex
	at map[detectionKey]func() []theory.Prob
}

type detectionKey struct {
	s, theta int
	ratio    float64
	shape    stimulus.JitterShape
}

// of returns the probabilities of a key, for a window of 1, and computes them once.
func (l *detections) of(k detectionKey) []theory.Prob {
	l.mu.Lock()
	if l.at == nil {
		l.at = map[detectionKey]func() []theory.Prob{}
	}
	detected, ok := l.at[k]
	if !ok {
		detected = sync.OnceValue(func() []theory.Prob { return theory.Detection(k.s, k.theta, 1, jitterOf(k.shape, k.ratio)) })
		l.at[k] = detected
	}
	l.mu.Unlock()
	return detected()
}

// drawn reports whether a curve of theory reaches here: far beyond the window
// nothing is detected, and the recursion over windows is long.
func (e expected) drawn() bool { return e.jitter <= 2.5*e.window && e.jitter/e.dt <= maxJitter }

// maxJitter bounds the jitter (steps) for which the distribution of a spike's step is computed.
const maxJitter = 1e5

// A FalsePositiveTheory is what theory expects of novel patterns that a configuration
// shows.
type FalsePositiveTheory struct {
	N        int           // cells of the population
	Response []theory.Prob // to jittered spikes of b = 0 … s cells; nil: without jitter, where b ≥ θ decides

	e expected
}

// FalsePositivesOf returns the theory of a configuration with a detection, or an error
// that says why there is none.
func FalsePositivesOf(x *Study) (t FalsePositiveTheory, err error) {
	e, why := expectedOf(x)
	if why != "" {
		return t, errors.New(why)
	}
	t.N, t.e = e.n, e
	if e.jitter > 0 {
		t.Response = e.response()
		t.e.known = func() []theory.Prob { return t.Response }
	}
	return t, nil
}

// Among returns the probability of a false positive in a population of n cells.
func (t FalsePositiveTheory) Among(n int) theory.Prob {
	t.e.n = n
	return t.e.falsePositive()
}
