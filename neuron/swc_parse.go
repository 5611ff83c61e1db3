package neuron

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// swcFile is an SWC file being read.
type swcFile struct {
	params   SWCParams
	samples  []sample
	children [][]int // [samples] indices, in the order of the file
	problems SWCError
}

func (f *swcFile) bad(line int, rule string, args ...any) {
	f.problems = append(f.problems, SWCProblem{line, fmt.Sprintf(rule, args...)})
}

// parse reads the lines.
func (f *swcFile) parse(text string) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f.parseLine(number, strings.Fields(line))
	}
	if len(f.samples) == 0 && len(f.problems) == 0 {
		f.bad(max(number, 1), "the file has no samples")
	}
}

func (f *swcFile) parseLine(line int, fields []string) {
	if len(fields) != 7 {
		f.bad(line, "has %d fields; a sample has seven: number, type, x, y, z, radius, parent", len(fields))
		return
	}
	s := sample{line: line, parent: -1}
	fine := true // so far
	whole := func(what, text string, least int) int {
		n, err := strconv.Atoi(text)
		if err != nil || n < least {
			fine = false
			f.bad(line, "%s %q must be a whole number of at least %d", what, text, least)
		}
		return n
	}
	float := func(what, text string) float64 {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
			fine = false
			f.bad(line, "%s %q must be a finite number", what, text)
		}
		return x
	}
	s.id = whole("sample", fields[0], 1)
	if !fine {
		return // nothing can be said of its children
	}
	s.kind = whole("type", fields[1], 0)
	for i, axis := range []string{"x", "y", "z"} {
		s.x[i] = float(axis, fields[2+i])
	}
	s.radius = float("radius", fields[5])
	if fields[6] == "-1" {
		s.up = -1
	} else {
		s.up = whole("parent", fields[6], 1)
	}
	s.broken = !fine
	if fine && s.kind == 0 {
		f.bad(line, "type 0 says not what the sample is: 1 soma, 2 axon, 3 basal dendrite, 4 apical dendrite, 5 and higher other neurites")
	}
	if fine && s.radius <= 0 {
		f.bad(line, "radius %g must be positive", s.radius)
	}
	f.samples = append(f.samples, s)
}

// connect finds parents and children.
func (f *swcFile) connect() {
	index := map[int]int{}
	later := map[int]int{} // line of a sample
	for _, s := range f.samples {
		if _, known := later[s.id]; !known {
			later[s.id] = s.line
		}
	}
	f.children = make([][]int, len(f.samples))
	root := -1
	for i := range f.samples {
		s := &f.samples[i]
		if first, twice := index[s.id]; twice {
			f.bad(s.line, "sample %d is on line %d already", s.id, f.samples[first].line)
			continue
		}
		index[s.id] = i
		parent, known := index[s.up]
		line, exists := later[s.up]
		switch {
		case s.broken:
		case s.up == -1 && root >= 0:
			f.bad(s.line, "a second root: the first is on line %d, and a cell has one", f.samples[root].line)
		case s.up == -1:
			root = i
		case s.up == s.id:
			f.bad(s.line, "sample %d is its own parent", s.id)
		case known:
			s.parent = parent
			f.children[parent] = append(f.children[parent], i)
		case exists:
			f.bad(s.line, "its parent %d is on a later line, %d: parents stand first", s.up, line)
		default:
			f.bad(s.line, "its parent %d does not exist", s.up)
		}
	}
	if root < 0 && len(f.samples) > 0 && len(f.problems) == 0 {
		f.bad(f.samples[0].line, "no sample is the root (parent -1)")
	}
}
