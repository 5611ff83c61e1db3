package paper

import (
	"fmt"
	"math/bits"

	"neurosim/dendrite"
	"neurosim/internal/rng"
	"neurosim/stimulus"
)

// The neuron of the experiments for a later revision of Ahmad & Hawkins (2016): a
// set of segments that each hold a random part of one pattern and never change. It
// responds when a segment does.

// segmentsPerNeuron is G of those experiments, and the number of patterns that a
// neuron holds.
const segmentsPerNeuron = 500

// neuronTrial draws what one trial needs. It owns scratch space and serves one
// goroutine.
type neuronTrial struct {
	n, a     int
	r        rng.Stream
	sampler  *stimulus.Sampler
	segments *dendrite.Static
	activity *dendrite.Activity
	fired    []uint64
	cells    []int32
}

// newNeuronTrial returns a trial of an experiment on n cells, a active; its draws
// depend on seed, the experiment's name, the point and the trial alone.
func newNeuronTrial(seed uint64, experiment, point string, trial, n, a int) *neuronTrial {
	return &neuronTrial{
		n: n, a: a,
		r:        rng.New(seed, rng.Trial, rng.Name(fmt.Sprintf("%s %s", experiment, point)), uint64(trial)),
		sampler:  stimulus.NewSampler(n),
		segments: dendrite.NewStatic(n),
		activity: dendrite.NewActivity(n),
		fired:    make([]uint64, segmentsPerNeuron),
	}
}

// pattern draws a pattern; it is valid until the next call.
func (t *neuronTrial) pattern() stimulus.Pattern {
	t.cells = t.sampler.Draw(&t.r, t.a, t.cells[:0])
	return t.cells
}

// store gives the neuron a segment on s cells of a pattern.
func (t *neuronTrial) store(p stimulus.Pattern, s int) {
	t.segments.Add(t.sampler.Subset(&t.r, s, p, nil))
}

// responses shows count patterns, given by show one after the other, and returns
// to how many of them the neuron responds at theta.
func (t *neuronTrial) responses(count, theta int, show func(i int) stimulus.Pattern) int {
	hits := 0
	for from := 0; from < count; from += dendrite.Lanes {
		t.activity.Clear()
		for lane := range min(dendrite.Lanes, count-from) {
			t.activity.Set(lane, show(from+lane))
		}
		t.segments.Matches(t.activity, theta, t.fired)
		any := uint64(0)
		for _, f := range t.fired[:t.segments.Len()] {
			any |= f
		}
		hits += bits.OnesCount64(any)
	}
	return hits
}

// neuronFalsePositives returns how many of as many random patterns as the neuron
// stores make it respond.
func neuronFalsePositives(seed uint64, trial, n, a, s, theta int) int {
	t := newNeuronTrial(seed, "neuron-fp", fmt.Sprintf("n=%d a=%d s=%d", n, a, s), trial, n, a)
	for range segmentsPerNeuron {
		t.store(t.pattern(), s)
	}
	return t.responses(segmentsPerNeuron, theta, func(int) stimulus.Pattern {
		t.cells = t.sampler.Pick(&t.r, t.a, t.cells[:0]) // the same draws, in no order
		return t.cells
	})
}

// neuronFalseNegatives returns how many of the stored patterns make no segment
// respond after v of their cells were moved, at each theta.
func neuronFalseNegatives(seed uint64, trial, n, a, s, v int, thetas []int) []int64 {
	t := newNeuronTrial(seed, "neuron-noise", fmt.Sprintf("n=%d a=%d s=%d v=%d", n, a, s, v), trial, n, a)
	stored := make([]stimulus.Pattern, segmentsPerNeuron)
	noise := stimulus.Noise{Swap: float64(v) / float64(a), Mode: stimulus.Readd}
	for i := range stored {
		p := t.pattern()
		t.store(p, s)
		stored[i] = noise.Apply(&t.r, t.sampler, p, nil)
	}
	misses := make([]int64, len(thetas))
	for k, theta := range thetas {
		misses[k] = segmentsPerNeuron - int64(t.responses(segmentsPerNeuron, theta, func(i int) stimulus.Pattern { return stored[i] }))
	}
	return misses
}

// A weightedNeuron adds up a function of the overlap of each of its segments.
type weightedNeuron struct {
	segments *dendrite.Static
	response []float64 // f(overlap), up to the size of a segment
}

// newWeightedNeuron returns a neuron with the given segments on n cells.
func newWeightedNeuron(n int, segments [][]int32, response []float64) weightedNeuron {
	w := weightedNeuron{dendrite.NewStatic(n), response}
	for _, s := range segments {
		w.segments.Add(s)
	}
	return w
}

// respond sets out[lane] to the sum over segments of f(overlap with the activity of lane).
func (w *weightedNeuron) respond(act *dendrite.Activity, out *[dendrite.Lanes]float64) {
	clear(out[:])
	w.segments.Sum(act, w.response, out)
}

// oppose shows patterns on n cells to neurons, and says of each pattern by how much
// those in favour respond more than those against, on top of start.
func oppose(n int, favour, against []weightedNeuron, patterns []stimulus.Pattern, start float64, say func(i int, difference float64)) {
	act := dendrite.NewActivity(n)
	var difference, response [dendrite.Lanes]float64
	for from := 0; from < len(patterns); from += dendrite.Lanes {
		block := patterns[from:min(from+dendrite.Lanes, len(patterns))]
		act.Clear()
		for lane, p := range block {
			act.Set(lane, p)
			difference[lane] = start
		}
		for k := range favour {
			favour[k].respond(act, &response)
			for lane, x := range response {
				difference[lane] += x
			}
		}
		for k := range against {
			against[k].respond(act, &response)
			for lane, x := range response {
				difference[lane] -= x
			}
		}
		for lane := range block {
			say(from+lane, difference[lane])
		}
	}
}

// The classification experiment's nonlinearity and tie-break.
const (
	sigmoidCenter, sigmoidSlope = 11.5, 5.0
	tieBreak                    = 0.0005
)

// classificationErrors returns how many of 2 x 500 random patterns two neurons, each
// seeded on 500 of them with s synapses a segment, classify wrongly: the sign of
// the difference of their responses, plus a uniform number in ±tieBreak.
func classificationErrors(seed uint64, trial, n, a, s int, response []float64) int {
	t := newNeuronTrial(seed, "neuron-classify", fmt.Sprintf("n=%d a=%d s=%d", n, a, s), trial, n, a)
	var neurons [2]weightedNeuron
	patterns := make([]stimulus.Pattern, 2*segmentsPerNeuron)
	for k := range neurons {
		segments := make([][]int32, segmentsPerNeuron)
		for i := range segments {
			p := append(stimulus.Pattern(nil), t.pattern()...)
			patterns[k*segmentsPerNeuron+i] = p
			segments[i] = t.sampler.Subset(&t.r, s, p, nil)
		}
		neurons[k] = newWeightedNeuron(n, segments, response)
	}
	wrong := 0
	oppose(n, neurons[:1], neurons[1:], patterns, 0, func(i int, difference float64) {
		u := float64(tieBreak * (float64(2*t.r.Float64()) - 1))
		if (difference+u > 0) != (i < segmentsPerNeuron) {
			wrong++
		}
	})
	return wrong
}
