package temporalmemory

import (
	"context"
	"slices"

	"neurosim/sequence"
	"neurosim/stimulus"
	"neurosim/study"
)

// A mixedRun is one run of the temporal memory on a stream of sequences among
// noise: the memory, the stream, and the fraction of all cells that dies before
// element DeadBefore.
type mixedRun struct {
	Memory     sequence.Params
	Stream     stimulus.Mixed
	Elements   int
	Dead       float64
	DeadBefore int
	Seed       uint64
}

// A block is what a run tells of blockLength elements.
type block struct {
	Element  int     // elements seen at its end
	Hits     float64 // mean of a = predicted active columns / predicted columns, 0 where none is predicted
	Anomaly  float64 // mean fraction of active columns that were not predicted
	Accuracy float64 // at its end: mean of the last 60 running means m ← 0.99 m + 0.01 a
	Segments int
	Synapses int
}

// blockLength is the number of elements of a block.
const blockLength = 100

// A mixedResult is what one run gave.
type mixedResult struct {
	Blocks  []block
	Before  []int            // synapses by permanence before the change, in permanenceBins bins
	After   []int            // and at the end
	Learned []learnedSegment // at the end
}

// permanenceBins divide [0, 1] for histograms.
const permanenceBins = 50

// A mixedState is a run on its way, after Next elements.
type mixedState struct {
	Result              mixedResult
	Next                int
	Running             []float64 // running means of the last elements
	Mean, Hits, Anomaly float64
	Memory              []byte
}

// runMixed runs one case, measuring accuracy as the article does. It goes on from what
// p had saved.
func runMixed(ctx context.Context, c mixedRun, p *study.Part) (mixedResult, error) {
	const smoothed = 60
	var s mixedState
	m, err := sequence.New(c.Memory, c.Seed, p.Threads)
	if err == nil && p.Saved != nil {
		err = s.resume(p.Saved, m)
	}
	if err != nil {
		return s.Result, err
	}
	r := &s.Result
	p.Advance(float64(s.Next))
	var columns []int32
	for i := s.Next; i < c.Elements; i++ {
		if i == c.DeadBefore {
			if c.Dead > 0 {
				m.Kill(m.DrawCells(c.Dead))
			}
			r.Before = m.PermanenceHistogram(permanenceBins)
		}
		columns = c.Stream.Element(i, columns[:0])
		a := share(m.PredictedColumns(), columns)
		m.Step(columns, true)
		s.Mean = float64(0.99*s.Mean) + float64(0.01*a)
		s.Running = append(s.Running, s.Mean)
		s.Hits += a
		s.Anomaly += m.Anomaly()
		if n := i + 1; n%blockLength == 0 {
			s.Running = slices.Delete(s.Running, 0, max(0, len(s.Running)-smoothed))
			sum := 0.0
			for _, x := range s.Running {
				sum += x
			}
			r.Blocks = append(r.Blocks, block{n, s.Hits / blockLength, s.Anomaly / blockLength,
				sum / float64(len(s.Running)), m.Segments(), m.Synapses()})
			s.Hits, s.Anomaly, s.Next = 0, 0, n
			p.Advance(blockLength)
			if err := p.Pause(ctx, func() ([]byte, error) { return s.save(m) }); err != nil {
				return s.Result, err
			}
		}
	}
	r.After = m.PermanenceHistogram(permanenceBins)
	r.Learned = learnedSegments(m, c.Stream.Active)
	return s.Result, nil
}

// save returns the state of a run with memory m.
func (s *mixedState) save(m *sequence.Memory) ([]byte, error) {
	var err error
	if s.Memory, err = m.MarshalBinary(); err != nil {
		return nil, err
	}
	b, err := study.Encode(s)
	s.Memory = nil // as large as the memory itself
	return b, err
}

// resume takes up what save returned.
func (s *mixedState) resume(saved []byte, m *sequence.Memory) error {
	if err := study.Decode(saved, s); err != nil {
		return err
	}
	err := m.UnmarshalBinary(s.Memory)
	s.Memory = nil
	return err
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
