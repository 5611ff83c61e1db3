package temporalmemory

import (
	"context"
	"fmt"
	"math"
	"slices"

	"neurosim/sequence"
	"neurosim/stimulus"
	"neurosim/study"
)

// A seriesResult is an online prediction of a series, row by row.
type seriesResult struct {
	Values    []float64 // what came, y
	Predicted []float64 // what was said of the row Ahead rows before; NaN where nothing was, that row being missing
	Seasonal  []float64 // the value one season earlier; NaN where there is none
	Anomaly   []float64 // fraction of unpredicted columns
	Sizes     []block
	Half      []int // synapses by permanence after half of the rows
	After     []int // and at the end
}

// runSeries feeds a series to a temporal memory row by row and predicts a value
// a number of rows ahead, learning all the while: nothing of a row is used
// before it has come.
//
// A row is encoded, mapped to columns, and shown to the memory. The read-out
// sees the columns and the winner cells, which stand for the context in which
// they came, or what else is asked; it learns from the row that came Ahead rows
// ago what has come now, and its median is the prediction.
//
// A row without a value is missing: the memory sees what is left of it, nothing is
// predicted from it or learned by the read-out, and it is not scored. The run goes on
// from what p had saved.
func runSeries(ctx context.Context, t *Study, seed uint64, p *study.Part) (seriesResult, error) {
	s := t.Series
	m, err := sequence.New(t.Memory, seed, p.Threads)
	if err != nil {
		return seriesResult{}, err
	}
	var joined stimulus.Joined
	for _, e := range s.Encoders {
		joined = append(joined, e.Encoder)
	}
	columns, cells := t.Memory.Columns, t.Memory.Columns*t.Memory.CellsPerColumn
	potential := int(s.Columns.Potential * float64(joined.Size()))
	pooled := sequence.NewColumnMap(columns, s.Columns.Active, joined.Size(), potential, seed)
	readout := sequence.NewReadout(cells+columns, s.Readout.Buckets, s.Readout.Rate)
	buckets := sequence.Buckets{Min: s.Readout.Min, Max: s.Readout.Max, N: s.Readout.Buckets, Spread: s.Readout.Spread}
	target := make([]float64, buckets.N)
	x := make([]float64, len(joined))
	var input, active []int32
	n := len(s.Values)
	at := seriesState{Result: seriesResult{Values: s.Values, Predicted: missing(n), Seasonal: missing(n)}, Seen: make([][]uint32, s.Ahead)}
	if p.Saved != nil {
		if err := at.resume(p.Saved, m, readout); err != nil {
			return seriesResult{}, err
		}
	}
	r := &at.Result
	p.Advance(float64(at.Next))
	for row := at.Next; row < n; row++ {
		y := s.Values[row]
		for i := range x {
			x[i] = s.Inputs[i][row]
		}
		input = joined.Encode(x, input[:0])
		active = pooled.Map(input, active[:0])
		m.Step(active, true)
		features := &at.Seen[row%s.Ahead]
		if row >= s.Ahead && !math.IsNaN(y) {
			buckets.Target(y, target)
			readout.Learn(*features, target)
		}
		*features = (*features)[:0]
		sees := s.Readout.Sees
		if !known(y, x) {
			sees = nil // nothing is said and learned from it
		}
		for _, what := range sees {
			switch what {
			case "winners":
				*features = append(*features, m.Winners()...)
			case "active":
				*features = append(*features, m.Active()...)
			case "columns":
				for _, c := range active {
					*features = append(*features, uint32(cells)+uint32(c))
				}
			}
		}
		if row+s.Ahead < n && known(y, x) {
			r.Predicted[row+s.Ahead] = buckets.Quantile(readout.Predict(*features), 0.5)
		}
		if s.Season > 0 && row >= s.Season {
			r.Seasonal[row] = s.Values[row-s.Season]
		}
		r.Anomaly = append(r.Anomaly, m.Anomaly())
		if row == n/2 {
			r.Half = m.PermanenceHistogram(permanenceBins)
		}
		if done := row + 1; done%blockLength == 0 {
			r.Sizes = append(r.Sizes, block{Element: done, Segments: m.Segments(), Synapses: m.Synapses()})
			at.Next = done
			p.Advance(blockLength)
			if err := p.Pause(ctx, func() ([]byte, error) { return at.save(m, readout) }); err != nil {
				return *r, err
			}
		}
	}
	r.After = m.PermanenceHistogram(permanenceBins)
	return *r, nil
}

// A seriesState is a run on its way, after Next rows.
type seriesState struct {
	Result          seriesResult
	Next            int
	Seen            [][]uint32 // features of the last rows, by row modulo Ahead
	Memory, Readout []byte
}

// save returns the state of a run with a memory and a read-out.
func (s *seriesState) save(m *sequence.Memory, r *sequence.Readout) (saved []byte, err error) {
	if s.Memory, err = m.MarshalBinary(); err != nil {
		return nil, err
	}
	if s.Readout, err = r.MarshalBinary(); err != nil {
		return nil, err
	}
	saved, err = study.Encode(s)
	s.Memory, s.Readout = nil, nil // as large as the memory itself
	return saved, err
}

// resume takes up what save returned.
func (s *seriesState) resume(saved []byte, m *sequence.Memory, r *sequence.Readout) error {
	ahead := len(s.Seen)
	if err := study.Decode(saved, s); err != nil {
		return err
	}
	if len(s.Seen) != ahead {
		return fmt.Errorf("the saved state has the features of %d rows, not %d", len(s.Seen), ahead)
	}
	if err := m.UnmarshalBinary(s.Memory); err != nil {
		return err
	}
	err := r.UnmarshalBinary(s.Readout)
	s.Memory, s.Readout = nil, nil
	return err
}

// known tells whether a row is there: its own value, and something to encode.
func known(y float64, x []float64) bool {
	return !math.IsNaN(y) && slices.ContainsFunc(x, func(x float64) bool { return !math.IsNaN(x) })
}

func missing(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// mape is Σ|y - ŷ| / Σ|y| over the rows from … to-1 in which both exist; NaN where
// there are none, or all y are 0.
func mape(y, predicted []float64, from, to int) float64 {
	off, size := 0.0, 0.0
	for i := from; i < to; i++ {
		if d := math.Abs(y[i] - predicted[i]); !math.IsNaN(d) {
			off += d
			size += math.Abs(y[i])
		}
	}
	if size == 0 {
		return math.NaN()
	}
	return off / size
}

// scored counts the rows that mape is of.
func scored(y, predicted []float64, from, to int) int {
	n := 0
	for i := from; i < to; i++ {
		if !math.IsNaN(y[i] - predicted[i]) {
			n++
		}
	}
	return n
}

// seriesMetrics adds the scores of a run to a table of metrics.
func seriesMetrics(s *seriesStream, runs []seriesResult, into map[string]any) {
	n := len(s.Values)
	sum := 0.0
	for i, r := range runs {
		score := mape(r.Values, r.Predicted, s.ScoreFrom, n)
		sum += score
		if len(runs) > 1 {
			into[fmt.Sprintf("mape.run_%d", i+1)] = score
		}
	}
	into["mape"] = sum / float64(len(runs))
	if len(runs) > 0 {
		into["mape.rows"] = scored(s.Values, runs[0].Predicted, s.ScoreFrom, n)
	}
	if math.IsNaN(sum) {
		into["mape.note"] = "no value: from stream.score_from on no row has both a forecast and a value other than 0"
	}
	into["score_from"], into["rows"], into["ahead"] = s.ScoreFrom, n, s.Ahead
	if s.Season > 0 && len(runs) > 0 {
		into["mape.season_before"] = mape(s.Values, runs[0].Seasonal, s.ScoreFrom, n)
	}
	if k := len(runs); k > 0 && len(runs[k-1].Sizes) > 0 {
		last := runs[k-1].Sizes[len(runs[k-1].Sizes)-1]
		into["segments"], into["synapses"] = last.Segments, last.Synapses
	}
}
