package neuron

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// SWCParams is what a user sets of how an SWC file becomes a cell.
type SWCParams struct {
	Soma string `toml:"soma" of:"cylinders contour" doc:"form of a soma of several samples that is not the three-sample form: cylinders or contour"`
	Axon bool   `toml:"axon" doc:"keep the axon (type 2), which is left out otherwise"`
}

// Forms of a soma.
const (
	SomaCylinders = "cylinders"
	SomaContour   = "contour"
)

// Check reports every rule that p breaks.
func (p SWCParams) Check(bad func(key, rule string, args ...any)) {
	if p.Soma != "" && p.Soma != SomaCylinders && p.Soma != SomaContour {
		bad("soma", "must be %q or %q", SomaCylinders, SomaContour)
	}
}

// Types of samples; others are neurites of their own region, "type5" and so on.
const (
	typeSoma   = 1
	typeAxon   = 2
	typeBasal  = 3
	typeApical = 4
)

// region names the region of a type.
func regionOf(kind int) string {
	switch kind {
	case typeSoma:
		return "soma"
	case typeAxon:
		return "axon"
	case typeBasal:
		return "basal"
	case typeApical:
		return "apical"
	}
	return fmt.Sprint("type", kind)
}

// A sample is a line of an SWC file.
type sample struct {
	line   int
	id     int
	kind   int
	x      [3]float64 // (µm)
	radius float64    // (µm)
	up     int        // id of the parent, -1 for the root
	parent int        // index of the parent, -1 for the root
	broken bool       // a field cannot be read; it is here for its children
}

func (s sample) distance(o sample) float64 {
	var sum float64
	for i := range s.x {
		d := s.x[i] - o.x[i]
		sum += float64(d * d)
	}
	return math.Sqrt(sum)
}

// SWCError is every mistake of an SWC file, in the order of its lines.
type SWCError []SWCProblem

// SWCProblem is one of them.
type SWCProblem struct {
	Line int // from 1
	Rule string
}

// Error returns one line for each mistake.
func (e SWCError) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = fmt.Sprintf("line %d: %s", p.Line, p.Rule)
	}
	return strings.Join(lines, "\n")
}

// Morphology is a cell read from an SWC file: unbranched runs without
// compartments or membranes yet.
type Morphology struct {
	branches []branch
}

// branch is one section to be.
type branch struct {
	name, region string
	parent       int
	profile      []Point
	samples      []int // ids of the samples of its own, along it
}

// ReadSWC reads a cell in the SWC format, of which it takes this subset:
//
//   - Lines of seven numbers (sample, type, x, y, z, radius, parent), in µm;
//     blank lines and lines that begin with # are skipped. Samples have positive
//     numbers, each once, and stand after their parents. One root, with parent
//     -1, of type 1 (soma). Radii are positive. Type 0 is refused; 1 soma, 2
//     axon, 3 basal, 4 apical dendrite; higher types are regions of their own.
//   - The soma is one sample: a sphere; or three, the second and third one radius
//     on either side of the first: the same sphere; or, where the parameters say
//     so, a chain of cylinders (frusta, their lateral areas added) or the contour
//     of a soma (a sphere with the mean distance of the samples from their
//     centre). It becomes one compartment, a cylinder as long as wide with the
//     area of the sphere or the cylinders.
//   - Neurites begin at their own first sample, on the centre of the soma,
//     wherever they leave it: the gap is no cable. A section is an unbranched run
//     of samples of one type; after a branch point it begins with that point's
//     position and radius. It is named after its region and its last sample.
//   - No neurite sample lies where its parent lies; no neurite has one sample.
//
// The error is an SWCError with every mistake, or that of the reader.
func ReadSWC(r io.Reader, p SWCParams) (*Morphology, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	f := &swcFile{params: p}
	f.parse(string(text))
	f.connect()
	if len(f.problems) == 0 {
		f.checkShape()
	}
	m := &Morphology{}
	if len(f.problems) == 0 {
		m.branches = append(m.branches, f.soma())
	}
	if len(f.problems) == 0 {
		f.neurites(m)
	}
	if len(f.problems) > 0 {
		slices.SortStableFunc(f.problems, func(a, b SWCProblem) int { return a.Line - b.Line })
		return nil, f.problems
	}
	return m, nil
}

// Regions returns the names of the regions, in order of appearance.
func (m *Morphology) Regions() []string {
	var out []string
	for _, r := range m.branches {
		if !slices.Contains(out, r.region) {
			out = append(out, r.region)
		}
	}
	return out
}

// Sections returns the sections, with the membrane of their region, or base if
// none is named after it, and compartments by the rule d; the soma has one.
func (m *Morphology) Sections(base MembraneParams, regions map[string]MembraneParams, d Discretisation) []Section {
	out := make([]Section, len(m.branches))
	for i, r := range m.branches {
		s := Section{Name: r.name, Parent: r.parent, At: 1, Profile: r.profile, Membrane: base, Compartments: 1}
		if own, ok := regions[r.region]; ok {
			s.Membrane = own
		}
		if r.parent == 0 {
			s.At = 0.5
		}
		if i > 0 {
			s.Compartments = d.Count(s)
		}
		out[i] = s
	}
	return out
}
