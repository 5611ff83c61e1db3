package networks

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"neurosim/record"
	"neurosim/timeline"
)

// Of marks of cells that are even, no more are shown than there is room for, few are all shown, and
// nothing is thinned that need not be.
func TestEveryNth(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 0))
		counts := make([]int64, 1+r.IntN(6))
		total := int64(0)
		for i := range counts {
			counts[i] = r.Int64N(1 << r.IntN(25))
			total += counts[i]
		}
		most := 100 + r.Int64N(1<<r.IntN(25))
		shown, thinned := int64(0), false
		every := everyNth(counts, most)
		for i, n := range every {
			if n < 1 {
				t.Fatalf("%d of %d: every %d", counts, most, n)
			}
			shown += counts[i] / int64(n)
			thinned = thinned || n > 1
			for j, m := range every {
				if counts[i] > counts[j] && n < m && n == 1 {
					t.Errorf("%d of %d: every %d", counts, most, every)
				}
			}
		}
		if shown > most || thinned != (total > most) {
			t.Errorf("%d of %d: every %d, %d are shown", counts, most, every, shown)
		}
	}
}

// Thinned rows keep the lowest and the highest value of each column among the rows that they stand
// for, ascend, and are as many as was asked for.
func TestExtremes(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 0))
		rows, factor := 1+r.IntN(300), 2+r.IntN(9)
		var table record.Table
		for range 2 {
			table.Columns = append(table.Columns, record.Column{Values: make([]float64, rows)})
		}
		for k := range rows {
			table.Steps = append(table.Steps, int64(10*k))
			for c := range table.Columns {
				table.Columns[c].Values[k] = r.NormFloat64()
			}
		}
		before := [][]float64{slices.Clone(table.Columns[0].Values), slices.Clone(table.Columns[1].Values)}
		steps, bin := extremes(table.Steps, table.Columns, factor)
		if rows <= 2*factor {
			if bin != 0 || len(steps) != rows {
				t.Fatalf("%d rows by %d: %d", rows, factor, len(steps))
			}
			continue
		}
		if bin != 2*factor || !slices.IsSorted(steps) || len(steps) > 2*((rows+bin-1)/bin) {
			t.Fatalf("%d rows by %d: %d", rows, factor, len(steps))
		}
		for c, values := range before {
			got := table.Columns[c].Values
			if len(got) != len(steps) {
				t.Fatalf("%d values at %d steps", len(got), len(steps))
			}
			for from, k := 0, 0; from < rows; from, k = from+bin, k+2 {
				part := values[from:min(from+bin, rows)]
				kept := got[k:min(k+2, len(got))]
				if slices.Min(kept) != slices.Min(part) || slices.Max(kept) != slices.Max(part) || steps[k] != int64(10*from) {
					t.Fatalf("rows %d to %d: %v of %v", from, from+bin, kept, part)
				}
			}
		}
	}
}

// Of too many columns every n-th is kept, of too many numbers the extremes of every few rows, and notes
// tell both with numbers; a table that has room is as it was.
func TestThinTables(t *testing.T) {
	table := func(columns, rows int) courseTable {
		out := courseTable{file: fmt.Sprintf("%d.csv", columns), steps: make([]int64, rows)}
		for i := range columns {
			out.columns = append(out.columns, record.Column{Name: fmt.Sprint(i), Values: make([]float64, rows)})
		}
		return out
	}
	r := courseReader{t: &timeline.Timeline{}}
	few := []courseTable{table(12, 1000), table(300, 2000)}
	r.thinTables(few)
	if len(r.t.Notes) != 0 || len(few[1].columns) != 300 || len(few[1].steps) != 2000 {
		t.Errorf("%d columns, %d rows, %q", len(few[1].columns), len(few[1].steps), r.t.Notes)
	}
	// Of 2000 columns 12 go to the first table, so that the other keeps every third of 5000. It has 1.667
	// million numbers then, more than twice the 788,000 that the first leaves: two of every six rows stay.
	many := []courseTable{table(12, 1000), table(5000, 1000)}
	r.thinTables(many)
	want := []string{"every 3rd column of 5000.csv is here, 1667 of 5000", "of every 6 of the 1000 rows of 5000.csv, the lowest and the highest value are shown"}
	if !slices.Equal(r.t.Notes, want) || len(many[0].steps) != 1000 || len(many[1].columns) != 1667 || many[1].columns[1].Name != "3" || len(many[1].columns[0].Values) != len(many[1].steps) || len(many[1].steps) != 334 {
		t.Errorf("%d columns, %d rows, %q", len(many[1].columns), len(many[1].steps), r.t.Notes)
	}
}

// A line that is thinned keeps its ends.
func TestThinnedLines(t *testing.T) {
	for n := 2; n < 40; n++ {
		for every := 1; every < 50; every++ {
			line := make([]timeline.Vertex, n)
			for i := range line {
				line[i].Path = float64(i)
			}
			got := thinned(line, every)
			if got[0] != line[0] || got[len(got)-1] != line[n-1] || len(got) > (n-2)/every+2 || every == 1 && len(got) != n {
				t.Errorf("of %d every %d: %v", n, every, got)
			}
		}
	}
}

func TestOrdinal(t *testing.T) {
	for n, want := range map[int]string{2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 112: "112th", 122: "122nd"} {
		if got := ordinal(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
