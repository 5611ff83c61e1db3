package experiments

import (
	"context"

	"neurosim/sequence"
	"neurosim/stimulus"
)

// A MixedCase is one run of the temporal memory on a stream of sequences among
// noise: the memory, the stream, and the fraction of all cells that dies before
// element DeadBefore.
type MixedCase struct {
	Memory     sequence.Params
	Stream     stimulus.Mixed
	Elements   int
	Dead       float64
	DeadBefore int
	Seed       uint64
}

// A MixedBlock is what a run tells of MixedBlockLength elements.
type MixedBlock struct {
	Element  int     // elements seen at its end
	Hits     float64 // mean of a = predicted active columns / predicted columns, 0 where none is predicted
	Anomaly  float64 // mean fraction of active columns that were not predicted
	Accuracy float64 // at its end: mean of the last 60 running means m ← 0.99 m + 0.01 a
	Segments int
	Synapses int
}

// MixedBlockLength is the number of elements of a block.
const MixedBlockLength = 100

// A MixedResult is what one run gave.
type MixedResult struct {
	Blocks  []MixedBlock
	Before  []int            // synapses by permanence before the change, in permanenceBins bins
	After   []int            // and at the end
	Learned []LearnedSegment // at the end
}

// permanenceBins divide [0, 1] for histograms.
const permanenceBins = 50

// RunMixed runs one case, measuring accuracy as the article does. progress, if
// not nil, is told the number of elements done.
func RunMixed(ctx context.Context, c MixedCase, threads int, progress func(done int)) (MixedResult, error) {
	const smoothed = 60
	var r MixedResult
	m, err := sequence.New(c.Memory, c.Seed, threads)
	if err != nil {
		return r, err
	}
	var columns []int32
	running := make([]float64, 0, c.Elements)
	mean, hits, anomaly := 0.0, 0.0, 0.0
	for i := range c.Elements {
		if i == c.DeadBefore {
			if c.Dead > 0 {
				m.Kill(m.DrawCells(c.Dead))
			}
			r.Before = m.PermanenceHistogram(permanenceBins)
		}
		columns = c.Stream.Element(i, columns[:0])
		a := share(m.PredictedColumns(), columns)
		m.Step(columns, true)
		mean = float64(0.99*mean) + float64(0.01*a)
		running = append(running, mean)
		hits += a
		anomaly += m.Anomaly()
		if n := i + 1; n%MixedBlockLength == 0 {
			last := running[max(0, n-smoothed):]
			sum := 0.0
			for _, x := range last {
				sum += x
			}
			r.Blocks = append(r.Blocks, MixedBlock{n, hits / MixedBlockLength, anomaly / MixedBlockLength,
				sum / float64(len(last)), m.Segments(), m.Synapses()})
			hits, anomaly = 0, 0
			if progress != nil {
				progress(n)
			}
			if err := ctx.Err(); err != nil {
				return r, err
			}
		}
	}
	r.After = m.PermanenceHistogram(permanenceBins)
	r.Learned = learnedSegments(m, c.Stream.Active)
	return r, nil
}

// share is the fraction of predicted columns that are active, both ascending; 0
// without predicted columns.
func share(predicted, active []int32) float64 {
	hits, j := 0, 0
	for _, c := range predicted {
		for j < len(active) && active[j] < c {
			j++
		}
		if j < len(active) && active[j] == c {
			hits++
		}
	}
	return float64(hits) / float64(max(1, len(predicted)))
}
