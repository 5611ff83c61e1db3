package experiments

import (
	"context"
	"fmt"
	"math"
	"slices"

	"neurosim/configs"
	"neurosim/sequence"
	"neurosim/stimulus"
)

// A SeriesResult is an online prediction of a series, row by row.
type SeriesResult struct {
	Values    []float64 // what came, y
	Predicted []float64 // what was said of the row Ahead rows before; NaN where nothing was, that row being missing
	Seasonal  []float64 // the value one season earlier; NaN where there is none
	Anomaly   []float64 // fraction of unpredicted columns
	Sizes     []MixedBlock
	Half      []int // synapses by permanence after half of the rows
	After     []int // and at the end
}

// RunSeries feeds a series to a temporal memory row by row and predicts a value
// a number of rows ahead, learning all the while: nothing of a row is used
// before it has come.
//
// A row is encoded, mapped to columns, and shown to the memory. The read-out
// sees the columns and the winner cells, which stand for the context in which
// they came, or what else is asked; it learns from the row that came Ahead rows
// ago what has come now, and its median is the prediction.
//
// A row without a value is missing: the memory sees what is left of it, nothing is
// predicted from it or learned by the read-out, and it is not scored.
func RunSeries(ctx context.Context, t *configs.Temporal, seed uint64, threads int, progress func(done int)) (SeriesResult, error) {
	s := t.Series
	r := SeriesResult{Values: s.Values}
	m, err := sequence.New(t.Memory, seed, threads)
	if err != nil {
		return r, err
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
	seen := make([][]uint32, s.Ahead) // features of the last rows, by row modulo Ahead
	x := make([]float64, len(joined))
	var input, active []int32
	n := len(s.Values)
	r.Predicted, r.Seasonal = missing(n), missing(n)
	for row, y := range s.Values {
		for i := range x {
			x[i] = s.Inputs[i][row]
		}
		input = joined.Encode(x, input[:0])
		active = pooled.Map(input, active[:0])
		m.Step(active, true)
		features := &seen[row%s.Ahead]
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
		if done := row + 1; done%MixedBlockLength == 0 {
			r.Sizes = append(r.Sizes, MixedBlock{Element: done, Segments: m.Segments(), Synapses: m.Synapses()})
			if progress != nil {
				progress(done)
			}
			if err := ctx.Err(); err != nil {
				return r, err
			}
		}
	}
	r.After = m.PermanenceHistogram(permanenceBins)
	return r, nil
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

// MAPE is Σ|y - ŷ| / Σ|y| over the rows from … to-1 in which both exist; NaN where
// there are none, or all y are 0.
func MAPE(y, predicted []float64, from, to int) float64 {
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

// scored counts the rows that MAPE is of.
func scored(y, predicted []float64, from, to int) int {
	n := 0
	for i := from; i < to; i++ {
		if !math.IsNaN(y[i] - predicted[i]) {
			n++
		}
	}
	return n
}

// SeriesMetrics adds the scores of a run to a table of metrics.
func SeriesMetrics(s *configs.SeriesStudy, runs []SeriesResult, into map[string]any) {
	n := len(s.Values)
	sum := 0.0
	for i, r := range runs {
		score := MAPE(r.Values, r.Predicted, s.ScoreFrom, n)
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
		into["mape.season_before"] = MAPE(s.Values, runs[0].Seasonal, s.ScoreFrom, n)
	}
	if k := len(runs); k > 0 && len(runs[k-1].Sizes) > 0 {
		last := runs[k-1].Sizes[len(runs[k-1].Sizes)-1]
		into["segments"], into["synapses"] = last.Segments, last.Synapses
	}
}
