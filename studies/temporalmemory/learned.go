package temporalmemory

import (
	"fmt"
	"strings"

	"neurosim/sequence"
)

// A learnedSegment is a segment that can become active: what it sees and which
// letter it predicts.
type learnedSegment struct {
	Cell      int
	Predicts  string // the letter of the cell's column; "-" for columns of no letter
	Synapses  int
	Connected int
	Mean      float64 // permanence of the connected synapses
	Sees      string  // letters of the connected presynaptic cells, with their numbers: "C 38"
}

// learnedSegments lists the segments of a memory with at least θ connected
// synapses, by cell. active is the number of columns of a letter.
func learnedSegments(m *sequence.Memory, active int) []learnedSegment {
	p := m.Params()
	letter := func(cell int) string {
		if k := cell / p.CellsPerColumn / active; k < 26 {
			return string(rune('A' + k))
		}
		return "-"
	}
	var out []learnedSegment
	for cell := range p.Columns * p.CellsPerColumn {
		for _, synapses := range m.SegmentsOf(uint32(cell)) {
			s := learnedSegment{Cell: cell, Predicts: letter(cell), Synapses: len(synapses)}
			sees := map[string]int{}
			for _, x := range synapses {
				if sequence.Connected(x.Permanence, &p.SegmentParams) {
					s.Connected++
					s.Mean += float64(x.Permanence)
					sees[letter(int(x.Cell))]++
				}
			}
			if s.Connected < p.ActivationThreshold {
				continue
			}
			s.Mean /= float64(s.Connected)
			var parts []string
			for k := range 27 {
				name := "-"
				if k < 26 {
					name = string(rune('A' + k))
				}
				if n := sees[name]; n > 0 {
					parts = append(parts, fmt.Sprintf("%s %d", name, n))
				}
			}
			s.Sees = strings.Join(parts, ", ")
			out = append(out, s)
		}
	}
	return out
}
