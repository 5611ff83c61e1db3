package temporalmemory

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"neurosim/grammar"
	"neurosim/internal/fixture"
	"neurosim/study"
)

// The shipped configuration predicts New York's taxis five steps ahead with a
// MAPE of at most 0.078 from row 10000 on; the recorded run of Cui, Ahmad &
// Hawkins (2016) has 0.081, and the value of a week earlier 0.088, recomputed
// here. The data are read where they lie.
func TestTaxi(t *testing.T) {
	folder := filepath.Dir(fixture.Shared(t, "data"))
	if testing.Short() {
		t.Skip("trains on 17520 rows in ten seconds: run without -short")
	}
	x, err := load("taxi", grammar.Options{Set: []grammar.Override{{Key: "stream.file", Value: `"` + filepath.ToSlash(filepath.Join(folder, "data", "nyc_taxi.csv")) + `"`}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := runSeries(context.Background(), x, 1, &study.Part{})
	if err != nil {
		t.Fatal(err)
	}
	n := len(r.Values)
	if n != 17520 {
		t.Fatalf("%d rows, want 17520", n)
	}
	if week := mape(r.Values, r.Seasonal, 10000, n); math.Abs(week-0.088) > 0.0005 {
		t.Errorf("a week earlier: MAPE %.4f, published 0.088", week)
	}
	got := mape(r.Values, r.Predicted, 10000, n)
	t.Logf("MAPE %.4f", got)
	if got > 0.078 {
		t.Errorf("MAPE %.4f, want at most 0.078", got)
	}
}

// series makes a study of a small table.
func series(t *testing.T, text string) *Study {
	t.Helper()
	config := `
model = "temporal-memory"
[memory]
columns = 256
cells_per_column = 4
activation_threshold = 8
min_threshold = 6
max_new_synapse_count = 12
[stream]
kind = "series"
file = "data.csv"
value = "y"
ahead = 2
season = 12
score_from = 600
[encoders.y]
kind = "scalar"
column = "y"
max = 11.0
n = 120
active = 10
[columns]
active = 16
[readout]
max = 12.0
buckets = 24
`
	x, err := load("study.toml", grammar.Options{Read: func(name string) ([]byte, error) {
		if name == "data.csv" {
			return []byte(text), nil
		}
		return []byte(config), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// sawtooth is 0 … 11 again and again, then, from a row on, what change makes of
// it.
func sawtooth(rows, from int, change func(i int) string) string {
	text := "y\n"
	for i := range rows {
		if i < from {
			text += string(rune('0'+i%12/10)) + string(rune('0'+i%12%10)) + "\n"
		} else {
			text += change(i) + "\n"
		}
	}
	return text
}

// A series that repeats is predicted, and nothing of a row is used before it has
// come: what follows changes no earlier prediction.
func TestSeriesIsOnline(t *testing.T) {
	run := func(text string) seriesResult {
		r, err := runSeries(context.Background(), series(t, text), 1, &study.Part{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	whole := run(sawtooth(900, 900, nil))
	if got := mape(whole.Values, whole.Predicted, 600, 900); got > 0.1 {
		t.Errorf("MAPE of a sawtooth %.3f", got)
	}
	if got := mape(whole.Values, whole.Seasonal, 600, 900); got != 0 {
		t.Errorf("MAPE of the season before %g, want 0", got)
	}
	const at = 700
	other := run(sawtooth(900, at, func(int) string { return "3" }))
	for i := range at + 2 { // the prediction of row i is made in row i-2
		if a, b := whole.Predicted[i], other.Predicted[i]; a != b && !(math.IsNaN(a) && math.IsNaN(b)) {
			t.Fatalf("row %d: %g and %g, though the series differ from row %d on", i, a, b, at)
		}
	}
	if whole.Predicted[at+3] == other.Predicted[at+3] {
		t.Error("the row that came makes no difference")
	}
	gap := run(sawtooth(900, at, func(int) string { return `""` })) // missing values: no prediction from them, no crash
	for i := at; i < 900; i++ {
		if math.IsNaN(gap.Predicted[i]) != (i >= at+2) {
			t.Fatalf("row %d: %g predicted in a gap from row %d on", i, gap.Predicted[i], at)
		}
	}
}

// Rows that are missing do not count: of a series that is predicted well with every
// tenth row missing, the rows that can be predicted are. Before, what was said of the
// empty input counted, and no test had a gap of one row.
func TestMissingRowsAreNotScored(t *testing.T) {
	text := "y\n"
	for i := range 2000 {
		if i%10 == 7 {
			text += "NA\n"
		} else {
			text += fmt.Sprint(i%12) + "\n"
		}
	}
	s := series(t, text)
	r, err := runSeries(context.Background(), s, 1, &study.Part{})
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	seriesMetrics(s.Series, []seriesResult{r}, m)
	// of 1400 rows 140 are missing, and as many are two rows after a missing one
	if m["mape.rows"] != 1120 || m["mape"].(float64) > 0.1 {
		t.Errorf("mape %v of %v rows", m["mape"], m["mape.rows"])
	}
}

// The error of zeros is not defined: a gap in the figure, a note in the metrics.
func TestErrorOfZeros(t *testing.T) {
	if x := mape([]float64{0, 0, 1}, []float64{1, 0, 1}, 0, 2); !math.IsNaN(x) {
		t.Errorf("%g", x)
	}
	if x := mape([]float64{1, math.NaN()}, []float64{math.NaN(), 1}, 0, 2); !math.IsNaN(x) {
		t.Errorf("%g", x)
	}
}
