package paper

import (
	"context"
	"fmt"
	"math"

	"neurosim/sequence"
	"neurosim/stimulus"
	"neurosim/theory"
)

// The sequence memory's segments in the experiment against n.
const (
	recallSynapses     = 20
	recallThreshold    = 10
	publishedSequences = 1000
)

// A recallRun is one memory of n cells that learns some sequences of patterns of a
// cells, and is then asked for each.
type recallRun struct{ a, n, sequences int }

func (c recallRun) String() string {
	return fmt.Sprintf("a = %d, n = %d, %d sequences", c.a, c.n, c.sequences)
}

// transitions is K.
func (c recallRun) transitions() int { return c.sequences * (sequenceLength - 1) }

// theory is equation (B2).
func (c recallRun) theory() theory.Prob {
	return theory.PredictionJaccard(c.n, c.a, recallSynapses, recallThreshold, c.transitions())
}

// outside reports whether theory puts the error so low that no segment to speak of
// can have grown.
func (c recallRun) outside() bool { return c.theory().Complement().Value() <= 1.0/200 }

// expected returns the mean error of a recalled step and the standard error of its
// average over all steps, by falseCells; ok is false where fewer than leastCount
// steps are expected to have an error at all, so that the average is not normal.
// That steps share segments costs nothing: see crossed.
func (c recallRun) expected() (mean, se float64, ok bool) {
	const leastCount = 25
	dist := falseCells(c.n, c.a, recallSynapses, recallThreshold, c.transitions()-1)
	mean, sd := errorOf(dist, c.a)
	steps := float64(c.transitions())
	return mean, sd / math.Sqrt(steps), steps*(1-dist[0]) >= leastCount
}

// A recall is what a run gave. The state of an interrupted study holds it without the
// run, which it knows.
type recall struct {
	recallRun
	Error            sample // of every step, 1 - J
	Wrong            int64  // cells that were predicted and did not come
	Sizes            []int  // segments with 0, 1, 2 … synapses
	WrongRateBySizes float64
}

// measure teaches the memory one sequence after the other, each in two passes, and
// then goes through all of them without learning.
func (c recallRun) measure(ctx context.Context, seed uint64) (recall, error) {
	out := recall{recallRun: c}
	m, r, err := newPlain(seed, fmt.Sprintf("tm-sparsity a=%d n=%d", c.a, c.n), c.sequences, c.n, recallThreshold)
	if err != nil {
		return out, err
	}
	sampler := stimulus.NewSampler(c.n)
	var learned [][]stimulus.Pattern
	for range c.sequences {
		patterns := drawPatterns(&r, sampler, sequenceLength, c.a)
		teach(m, patterns)
		teach(m, patterns)
		learned = append(learned, patterns)
		if err := ctx.Err(); err != nil {
			return out, err
		}
	}
	for _, patterns := range learned {
		for j, next := range patterns[1:] {
			m.Step(patterns[j], false)
			predicted := m.Predicted()
			right := common(predicted, next)
			wrong := len(predicted) - right
			out.Wrong += int64(wrong)
			out.Error.add(float64(c.a-right+wrong) / float64(c.a+wrong))
		}
		m.Reset()
		if err := ctx.Err(); err != nil {
			return out, err
		}
	}
	out.count(m)
	return out, nil
}

// count takes the sizes of the segments, and the probability that a random pattern
// makes a cell predicted, averaged over the cells, if a segment of s synapses is
// active with equation (4) of its own s.
func (c *recall) count(m *sequence.Memory) {
	fires := []float64{}
	for cell := range c.n {
		predicted := 0.0
		for _, synapses := range m.SegmentsOf(uint32(cell)) {
			for s := len(fires); s <= len(synapses); s++ {
				fires = append(fires, theory.FalsePositive(c.n, c.a, s, recallThreshold).Value())
				c.Sizes = append(c.Sizes, 0)
			}
			c.Sizes[len(synapses)]++
			predicted += float64(fires[len(synapses)] * (1 - predicted))
		}
		c.WrongRateBySizes += predicted / float64(c.n)
	}
}

// wrongRate is the share of the other cells that were predicted.
func (c *recall) wrongRate() float64 {
	return float64(c.Wrong) / (float64(c.n-c.a) * float64(c.transitions()))
}

// errorBySizes is the error by equation (B2) with the measured sizes of the segments.
func (c *recall) errorBySizes() float64 {
	wrong := float64(c.WrongRateBySizes * float64(c.n-c.a))
	return wrong / (float64(c.a) + wrong)
}

// segments returns how many there are and the mean and largest number of synapses of
// one, and how many have more than they were made with.
func (c *recall) segments() (n int, mean float64, most, grown int) {
	sum := 0
	for s, k := range c.Sizes {
		n, sum = n+k, sum+s*k
		if k > 0 {
			most = s
		}
		if s > recallSynapses {
			grown += k
		}
	}
	return n, float64(sum) / float64(max(1, n)), most, grown
}
