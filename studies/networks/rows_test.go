package networks

import (
	"slices"
	"testing"
)

// The last row of a raster is the last cell: rows ended at cell 2998 of 2999.
func TestRowsReachTheLastCell(t *testing.T) {
	for _, c := range []struct{ cells, most int }{{3000, 2048}, {2048, 2048}, {5, 2}, {7, 1}, {1, 10}, {100, 99}} {
		m := newRowMap(c.cells, c.most, nil)
		if first, last := m.cells[0], m.cells[len(m.cells)-1]; first != 0 || len(m.cells) > 1 && last != c.cells-1 {
			t.Errorf("%d of %d: rows from cell %d to %d", c.most, c.cells, first, last)
		}
		shown := 0
		for cell := range c.cells {
			if row := m.row(cell); row >= 0 {
				if shown++; m.cells[row] != cell {
					t.Errorf("%d of %d: cell %d in row %d, which shows %d", c.most, c.cells, cell, row, m.cells[row])
				}
			}
		}
		if shown != len(m.cells) {
			t.Errorf("%d of %d: %d rows", c.most, c.cells, shown)
		}
	}
}

// Theory is drawn between the points of a sweep where it is known, in a single-valued
// order, and keeps the points' range.
func TestTheoryBetweenThePoints(t *testing.T) {
	points := func(of func(e *expected, x float64), xs ...float64) (at []expected) {
		for _, x := range xs {
			e := expected{n: 1000, a: 40, s: 24, theta: 12, window: 5, dt: 0.1, patterns: 1}
			of(&e, x)
			at = append(at, e)
		}
		return at
	}
	for _, c := range []struct {
		key string
		of  func(e *expected, x float64)
		xs  []float64
		min int
	}{
		{"jitter", func(e *expected, x float64) { e.jitter = x }, []float64{0, 5, 20}, 40},
		{"n", func(e *expected, x float64) { e.n = int(x) }, []float64{200, 1000, 10_000}, 60},
		{"patterns", func(e *expected, x float64) { e.patterns = int(x) }, []float64{1, 10, 20}, 20},
		{"theta", func(e *expected, x float64) { e.theta = int(x) }, []float64{8, 12, 16}, 3},
	} {
		at, xs := between(c.key, points(c.of, c.xs...), c.xs)
		if len(at) < c.min || len(at) != len(xs) || xs[0] != c.xs[0] || !slices.IsSorted(xs) || xs[len(xs)-1] > c.xs[2] || c.key != "jitter" && xs[len(xs)-1] != c.xs[2] {
			t.Errorf("%s: %d points from %g to %g", c.key, len(at), xs[0], xs[len(xs)-1])
		}
	}
	// The size of another population: only the points are known.
	if at, _ := between("n", points(func(*expected, float64) {}, 1, 2, 3), []float64{1, 2, 3}); len(at) != 3 {
		t.Errorf("%d points of a key that theory does not see", len(at))
	}
}
