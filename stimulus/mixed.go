package stimulus

import (
	"neurosim/internal/rng"
)

// Mixed is a stream of sequences among noise, the task of Hawkins & Ahmad
// (2016), figure 6: in every period of Noise + L elements stand Noise random
// patterns and one whole sequence of L letters, drawn uniformly. Letter k of the
// alphabet (A is 0) is the columns k·Active … k·Active+Active-1; a random pattern
// is Active of all Columns.
type Mixed struct {
	Columns, Active int
	Noise           int
	Sequences       []string // in upper-case letters, all of the same length L
	Changed         []string // the sequences after element ChangeAfter
	ChangeAfter     int      // 0: they never change
	Seed            uint64
}

// length is L, the number of letters of a sequence.
func (m *Mixed) length() int { return len(m.Sequences[0]) }

// Ceiling is the largest accuracy that any memory can reach: all letters but the
// first of a sequence can be known before they come, (L - 1)/(Noise + L).
func (m *Mixed) Ceiling() float64 {
	return float64(m.length()-1) / float64(m.Noise+m.length())
}

// Element appends the active columns of element i, ascending. It is a function
// of i alone: streams can be entered anywhere.
func (m *Mixed) Element(i int, out []int32) []int32 {
	period := m.Noise + m.length()
	lead := max(m.Noise-1, 0) // noise before the first sequence
	if since := (i - lead + period) % period; since < m.length() && i >= lead {
		first := i - since
		draw := rng.New(m.Seed, rng.SequenceStream, 1, uint64(first))
		set := m.Sequences
		if m.ChangeAfter > 0 && first > m.ChangeAfter {
			set = m.Changed
		}
		letter := set[draw.IntN(len(set))][since]
		return appendRun(out, int32(letter-'A')*int32(m.Active), m.Active)
	}
	draw := rng.New(m.Seed, rng.SequenceStream, 2, uint64(i))
	return drawColumns(out, &draw, m.Columns, m.Active)
}

// drawColumns appends k of n columns, ascending: each pattern of k is equally
// likely (Floyd 1987).
func drawColumns(out []int32, draw *rng.Stream, n, k int) []int32 {
	begin := len(out)
	for j := n - k; j < n; j++ {
		c := int32(draw.IntN(j + 1))
		for _, x := range out[begin:] {
			if x == c {
				c = int32(j)
				break
			}
		}
		out = append(out, c)
	}
	return sortTail(out, begin)
}
