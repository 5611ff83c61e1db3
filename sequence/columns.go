package sequence

import (
	"slices"

	"neurosim/internal/rng"
)

// A ColumnMap turns the SDR of an encoder into a fixed number of active columns:
// the receptive field of every column is some of the encoder's cells, drawn once, and
// the columns with most active cells in theirs are active. Similar inputs activate overlapping
// sets of columns, and a column stands for a conjunction of what was joined.
//
// It is a spatial pooler without learning.
type ColumnMap struct {
	active    int
	receptive [][]int32 // [input] columns with it in their receptive field
	rank      []int32   // [columns] of equal overlaps the larger rank wins
	overlap   []int32   // [columns] scratch
	order     []int32   // scratch
}

// NewColumnMap draws the receptive field of each column: potential of the inputs.
func NewColumnMap(columns, active, inputs, potential int, seed uint64) *ColumnMap {
	m := &ColumnMap{active: active, receptive: make([][]int32, inputs), rank: make([]int32, columns), overlap: make([]int32, columns)}
	for c := range columns {
		draw := rng.New(seed, rng.ColumnMap, 1, uint64(c))
		all := numbers(inputs)
		shuffle(all, potential, &draw)
		for _, x := range all[:potential] {
			m.receptive[x] = append(m.receptive[x], int32(c))
		}
	}
	draw := rng.New(seed, rng.ColumnMap, 2, 0)
	order := numbers(columns)
	shuffle(order, columns, &draw)
	for i, c := range order {
		m.rank[c] = int32(i)
	}
	return m
}

// numbers returns 0 … n-1.
func numbers(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}

// Map appends the active columns of an SDR, ascending: none if it meets no
// receptive field.
func (m *ColumnMap) Map(input []int32, out []int32) []int32 {
	clear(m.overlap)
	m.order = m.order[:0]
	for _, x := range input {
		for _, c := range m.receptive[x] {
			if m.overlap[c] == 0 {
				m.order = append(m.order, c)
			}
			m.overlap[c]++
		}
	}
	slices.SortFunc(m.order, func(a, b int32) int {
		if d := m.overlap[b] - m.overlap[a]; d != 0 {
			return int(d)
		}
		return int(m.rank[b] - m.rank[a])
	})
	begin := len(out)
	out = append(out, m.order[:min(m.active, len(m.order))]...)
	slices.Sort(out[begin:])
	return out
}
