package stimulus

import (
	"slices"
	"sort"
)

// A Train is a table of spikes, in order of steps: cell Cells[i] spikes in step
// Steps[i]. A cell that is named twice in one step spikes twice.
type Train struct {
	Steps []int64 // [K] non-decreasing, ≥ 0
	Cells []int32 // [K]
}

// Sort orders the spikes by step, then cell. Where the steps ascend already, as in
// most files, only the cells of each step are sorted.
func (t *Train) Sort() {
	if !slices.IsSorted(t.Steps) {
		sort.Sort((*byStep)(t))
		return
	}
	for from := 0; from < len(t.Steps); {
		to := from + 1
		for to < len(t.Steps) && t.Steps[to] == t.Steps[from] {
			to++
		}
		slices.Sort(t.Cells[from:to])
		from = to
	}
}

type byStep Train

func (t *byStep) Len() int { return len(t.Steps) }
func (t *byStep) Less(i, j int) bool {
	return t.Steps[i] < t.Steps[j] || t.Steps[i] == t.Steps[j] && t.Cells[i] < t.Cells[j]
}
func (t *byStep) Swap(i, j int) {
	t.Steps[i], t.Steps[j] = t.Steps[j], t.Steps[i]
	t.Cells[i], t.Cells[j] = t.Cells[j], t.Cells[i]
}

// Emit appends the spikes of steps from..to-1 to spikes[step-from].
func (t *Train) Emit(from, to int64, spikes [][]int32) {
	i := sort.Search(len(t.Steps), func(i int) bool { return t.Steps[i] >= from })
	for ; i < len(t.Steps) && t.Steps[i] < to; i++ {
		spikes[t.Steps[i]-from] = append(spikes[t.Steps[i]-from], t.Cells[i])
	}
}
