package temporalmemory

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"testing"

	"neurosim/published"
	"neurosim/sequence"
	"neurosim/stimulus"
	"neurosim/study"
	"neurosim/sweep"
)

// publishedMixed is the stream of figure 6 of Hawkins & Ahmad (2016).
func publishedMixed(seed uint64, change bool) stimulus.Mixed {
	m := stimulus.Mixed{Columns: 2048, Active: 40, Noise: 4, Seed: seed,
		Sequences: []string{"XABCDE", "YCBEAF", "GHIJKL", "WABCMN", "ZDBCAE"}}
	if change {
		m.Changed = []string{"XCBEAF", "YABCDE", "GABCMN", "WHIJKL", "ZDHICF"}
		m.ChangeAfter = 3000
	}
	return m
}

// mixedMean runs a case for some seeds and returns the mean accuracy by element.
func mixedMean(t *testing.T, seeds int, c mixedRun, change bool) map[int]float64 {
	t.Helper()
	results, _, err := sweep.Map(context.Background(), runtime.GOMAXPROCS(0), seeds, func(i int) (mixedResult, error) {
		c := c
		c.Seed = uint64(i + 1)
		c.Stream = publishedMixed(c.Seed, change)
		return runMixed(context.Background(), c, &study.Part{})
	})
	if err != nil {
		t.Fatal(err)
	}
	mean := map[int]float64{}
	for _, r := range results {
		for _, b := range r.Blocks {
			mean[b.Element] += b.Accuracy / float64(seeds)
		}
	}
	return mean
}

// The learning curve of the published task, its control with one cell a column,
// the switch of sequences and the recovery are those of htm.core, over five
// seeds. Two correct programs with other random numbers differ by up to 0.03 in
// the mean of five, 0.04 while they recover: the spread of single runs there is
// 0.05 to 0.08, and accuracy is a running mean over 100 elements.
func TestMixedStreamAgainstReference(t *testing.T) {
	seeds, elements := 10, 9000
	if testing.Short() {
		seeds, elements = 1, 2500
	}
	for _, cells := range []int{32, 1} {
		t.Run(fmt.Sprintf("%d cells a column", cells), func(t *testing.T) {
			p := sequence.Default()
			p.CellsPerColumn = cells
			got := mixedMean(t, seeds, mixedRun{Memory: p, Elements: elements}, true)
			worst := 0.0
			for _, row := range published.Rows("tm_mixed_stream") {
				e := row.Int("element")
				if row.Int("cells_per_column") != cells || e < 500 || e > elements {
					continue // the running mean has not forgotten its start, or it is not reached
				}
				tolerance := 0.03
				if e >= 3100 && e <= 5000 {
					tolerance = 0.04
				}
				if seeds < 5 {
					tolerance *= math.Sqrt(5 / float64(seeds))
				}
				d := math.Abs(got[e] - row.Float("accuracy"))
				worst = max(worst, d)
				if d > tolerance {
					t.Errorf("element %d: accuracy %.3f, reference %.3f", e, got[e], row.Float("accuracy"))
				}
			}
			t.Logf("%d seeds: largest difference %.4f", seeds, worst)
		})
	}
}

// After 40 to 75 % of all cells have died the memory recovers as an independent
// program does.
func TestCellDeathAgainstReference(t *testing.T) {
	if testing.Short() {
		t.Skip("40 runs of 9000 elements take two minutes of two cores: run without -short")
	}
	for _, dead := range []float64{0.4, 0.5, 0.6, 0.75} {
		t.Run(fmt.Sprint(dead), func(t *testing.T) {
			got := mixedMean(t, 10, mixedRun{Memory: sequence.Default(), Elements: 9000, Dead: dead, DeadBefore: 3000}, false)
			worst := 0.0
			for _, row := range published.Rows("tm_cell_death") {
				e := row.Int("element")
				if row.Float("dead_fraction") != dead || e < 500 {
					continue
				}
				tolerance := 0.03
				if e > 3000 && e <= 5000 {
					tolerance = 0.04
				}
				d := math.Abs(got[e] - row.Float("accuracy"))
				worst = max(worst, d)
				if d > tolerance {
					t.Errorf("element %d: accuracy %.3f, reference %.3f", e, got[e], row.Float("accuracy"))
				}
			}
			t.Logf("largest difference %.4f", worst)
		})
	}
}
