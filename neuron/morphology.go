package neuron

import (
	"fmt"
	"slices"
	"strings"
)

// Axon says what becomes of the axon of a morphology.
type Axon string

const (
	KeepAxon Axon = "keep" // the axon of the file
	DropAxon Axon = "drop" // no axon; what is wrong with it does not matter
	StubAxon Axon = "stub" // no axon of the file, but the two cylinders of growStub
)

// A stub is two cylinders of this length and diameter (µm), the axon of Hay et al.
// (2011) and of the cells of the Blue Brain Project.
const stubLength, stubDiameter = 30.0, 1.0

// MorphologyError is what is wrong with a file of a morphology, in the order of its
// lines: at most maxMorphologyProblems mistakes, and how many more there are.
type MorphologyError []MorphologyProblem

// MorphologyProblem is one of them.
type MorphologyProblem struct {
	Line int // from 1; 0: the whole file
	Rule string
}

// maxMorphologyProblems bounds the mistakes that are listed.
const maxMorphologyProblems = 20

// Error returns one line for each mistake.
func (e MorphologyError) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.Rule
		if p.Line > 0 {
			lines[i] = fmt.Sprintf("line %d: %s", p.Line, p.Rule)
		}
	}
	return strings.Join(lines, "\n")
}

// Morphology is a cell read by ReadSWC or ReadASC: unbranched runs without
// compartments or membranes yet.
type Morphology struct {
	// Notes say what of the file was not taken as it stands, with counts.
	Notes []string

	branches []branch
}

// branch is one section to be.
type branch struct {
	name, region string
	parent       int
	profile      []Point
	points       [][3]float64 // in step with profile; nil for the stub of an axon, which is in no file
}

// growStub adds the stub that replaces an axon, if axon asks for it: the sections
// axon[0] and axon[1], cylinders of 30 × 1 µm in series from the middle of the soma,
// right after it.
func (m *Morphology) growStub(axon Axon) {
	if axon != StubAxon {
		return
	}
	const pieces = 2
	for i := range m.branches {
		if m.branches[i].parent > 0 {
			m.branches[i].parent += pieces
		}
	}
	for i := range pieces {
		m.branches = slices.Insert(m.branches, 1+i, branch{
			name: fmt.Sprintf("axon[%d]", i), region: "axon", parent: i,
			profile: []Point{{0, stubDiameter / 2}, {stubLength, stubDiameter / 2}},
		})
	}
}

// Sections returns the sections, with the membrane of their region, or base if
// none is named after it, and compartments by the rule d; the soma has one.
func (m *Morphology) Sections(base MembraneParams, regions map[string]MembraneParams, d Discretisation) []Section {
	out := make([]Section, len(m.branches))
	for i, r := range m.branches {
		s := Section{Name: r.name, Region: r.region, Parent: r.parent, At: 1, Profile: r.profile, Points: r.points, Membrane: base, byRule: true}
		if own, ok := regions[r.region]; ok {
			s.Membrane = own
		}
		if r.parent == 0 {
			s.At = 0.5
		}
		out[i] = s
	}
	Discretise(out, d)
	return out
}

// findings are what is found while a file is read: mistakes, and notes on what of it
// is not taken as it stands.
type findings struct {
	notes    []string
	problems MorphologyError // at most maxMorphologyProblems of a stage
	more     int             // problems beyond
}

func (f *findings) bad(line int, rule string, args ...any) {
	if len(f.problems) >= maxMorphologyProblems {
		f.more++
		return
	}
	f.problems = append(f.problems, MorphologyProblem{line, fmt.Sprintf(rule, args...)})
}

// failure returns the problems in the order of their lines.
func (f *findings) failure() MorphologyError {
	slices.SortStableFunc(f.problems, func(a, b MorphologyProblem) int { return a.Line - b.Line })
	if f.more > 0 {
		last := f.problems[len(f.problems)-1].Line
		return append(f.problems, MorphologyProblem{last, fmt.Sprintf("and %s after this one", counted(f.more, "mistake", "mistakes"))})
	}
	return f.problems
}

// wide reports whether a radius (µm), which counts, can be one.
func (f *findings) wide(line int, radius float64) bool {
	switch {
	case radius >= leastRadius:
		return true
	case radius <= 0:
		f.bad(line, "radius %g must be positive", radius)
	default:
		f.bad(line, "radius %g must be at least %g µm", radius, leastRadius)
	}
	return false
}

// cut shortens a text for a message.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}

// counted writes a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
