package paper

import (
	"neurosim/internal/rng"
	"neurosim/sequence"
	"neurosim/stimulus"
)

// The sequence memory of the experiments for a later revision of Ahmad & Hawkins
// (2016): one cell a column, synapses that are connected from the start and never
// forgotten, so that a segment is what theory takes it for, some of the cells that
// were active in the step before.

// mostSegments of a cell are never reached. The authors' program asks for 255, but
// their numbers are those of a memory that keeps all: at n = 1000, a = 64 a cell
// would need 1216 for what was recalled without fault.
const mostSegments = 1<<16 - 1

// plainMemory returns the parameters of those experiments for n cells.
// min_threshold is the activation threshold. The authors set it to that, or so high
// that a burst never finds a matching segment; it makes no difference: all
// synapses are connected, so a segment that matches is active, its cell is
// predicted, and with one cell a column such a column does not burst.
func plainMemory(n, theta int) sequence.Params {
	p := sequence.Default()
	p.Columns, p.CellsPerColumn = n, 1
	p.ActivationThreshold, p.MinThreshold, p.MaxNewSynapseCount = theta, theta, 20
	p.InitialPermanence, p.ConnectedPermanence = 0.8, 0.5
	p.PermanenceIncrement, p.PermanenceDecrement, p.PredictedDecrement = 0.05, 0, 0
	p.MaxSegmentsPerCell = mostSegments
	return p
}

// newPlain returns such a memory without segments, and the random numbers of the
// trial that it is for. Both depend on the seed, the point's name and the trial
// alone.
func newPlain(seed uint64, point string, trial, n, theta int) (*sequence.Memory, rng.Stream, error) {
	draw := rng.New(seed, rng.SweepSeed, rng.Name(point), uint64(trial))
	m, err := sequence.New(plainMemory(n, theta), draw.Uint64(), 1)
	return m, rng.New(seed, rng.Trial, rng.Name(point), uint64(trial)), err
}

// drawPatterns draws count random patterns of a of the sampler's cells.
func drawPatterns(r *rng.Stream, from *stimulus.Sampler, count, a int) []stimulus.Pattern {
	out := make([]stimulus.Pattern, count)
	for i := range out {
		out[i] = from.Draw(r, a, nil)
	}
	return out
}

// teach shows a sequence once with learning, and forgets where it was.
func teach(m *sequence.Memory, patterns []stimulus.Pattern) {
	for _, p := range patterns {
		m.Step(p, true)
	}
	m.Reset()
}

// common returns how many cells two ascending lists share.
func common(predicted []uint32, p stimulus.Pattern) int {
	n, j := 0, 0
	for _, c := range p {
		for j < len(predicted) && predicted[j] < uint32(c) {
			j++
		}
		if j < len(predicted) && predicted[j] == uint32(c) {
			n++
		}
	}
	return n
}
