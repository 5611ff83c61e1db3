package neuron

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// SWCParams is what a user sets of how an SWC file becomes a cell.
type SWCParams struct {
	Soma string `toml:"soma" of:"cylinders contour" doc:"form of a soma of several samples that is not the three-sample form: cylinders (frusta between its samples, as NEURON reads it) or contour (samples along its outline); default: cylinders, and a note with the areas of both"`
	Axon bool   `toml:"axon" doc:"keep the axon (type 2), which is left out otherwise"`
}

// Forms of a soma.
const (
	SomaCylinders = "cylinders"
	SomaContour   = "contour"
)

// Types of samples; others are neurites of their own region: type0, type5 and so on.
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
	up     int        // id of the parent, negative for a root
	parent int        // index of the parent, -1 for a root
}

func (s sample) distance(o sample) float64 {
	var sum float64
	for i := range s.x {
		d := s.x[i] - o.x[i]
		sum += float64(d * d)
	}
	return math.Sqrt(sum)
}

// SWCError is what is wrong with an SWC file, in the order of its lines: at most
// maxSWCProblems mistakes, and how many more there are.
type SWCError []SWCProblem

// SWCProblem is one of them.
type SWCProblem struct {
	Line int // from 1; 0: the whole file
	Rule string
}

// maxSWCProblems bounds the mistakes that are listed.
const maxSWCProblems = 20

// Error returns one line for each mistake.
func (e SWCError) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.Rule
		if p.Line > 0 {
			lines[i] = fmt.Sprintf("line %d: %s", p.Line, p.Rule)
		}
	}
	return strings.Join(lines, "\n")
}

// Morphology is a cell read from an SWC file: unbranched runs without
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
}

// ReadSWC reads a cell in the SWC format:
//
//   - Lines of seven numbers (sample, type, x, y, z, radius, parent), in µm,
//     separated by blanks, tabs, commas or semicolons. Blank lines and what
//     follows a # are skipped, and a header of words; further columns are not
//     read. Lines end in LF, CR LF or CR; a byte order mark may come first.
//   - Sample numbers are whole, not negative, each once, in any order and with
//     gaps. A negative parent means none.
//   - Type 1 is soma, 2 axon, 3 basal, 4 apical dendrite; any other type is a
//     region of its own, type0, type5 and so on. The axon is left out unless the
//     parameters keep it, and what is wrong with it does not matter then.
//   - The cell is the tree with a soma, else the largest one. Other trees, and
//     what begins on an axon that is left out, are left out.
//   - The soma is one sample: a sphere; or three, the second and third one radius
//     on either side of the first: the same sphere; or cylinders (frusta between
//     its samples, which may fork, their lateral areas added), as NEURON reads it;
//     or, where the parameters say so, the outline of a soma: a sphere with the
//     mean distance of the samples from their centre. It becomes one compartment,
//     a cylinder as long as wide with the area of the sphere or the cylinders. The
//     tree is turned so that it begins at the soma. A cell without a soma gets a
//     sphere with the place and radius of its root.
//   - Neurites begin at their own first sample, on the centre of the soma,
//     wherever they leave it: the gap is no cable. A neurite of one sample runs
//     from the sample of the soma to it, with its own radius, as in NEURON. A
//     section is an unbranched run of samples of one type; after a branch point it
//     begins with that point's position and radius. It is named after its region
//     and its last sample: basal12, and type5_12 where the region ends in a digit.
//   - Between a sample and a parent at the same place there is no cable; what
//     follows has the sample's own radius.
//
// What of this is a repair stands in the notes. The error is an SWCError, or that
// of the reader.
func ReadSWC(r io.Reader, p SWCParams) (*Morphology, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	f := &swcFile{params: p}
	m := &Morphology{}
	for _, stage := range []func(){
		func() { f.parse(text) },
		f.connect,
		f.choose,
		func() { m.branches = append(m.branches, f.soma()) },
		func() { f.neurites(m) },
	} {
		if stage(); len(f.problems) > 0 {
			return nil, f.failure()
		}
	}
	m.Notes = f.notes
	return m, nil
}

// Sections returns the sections, with the membrane of their region, or base if
// none is named after it, and compartments by the rule d; the soma has one.
func (m *Morphology) Sections(base MembraneParams, regions map[string]MembraneParams, d Discretisation) []Section {
	out := make([]Section, len(m.branches))
	for i, r := range m.branches {
		s := Section{Name: r.name, Region: r.region, Parent: r.parent, At: 1, Profile: r.profile, Membrane: base, Compartments: 1}
		if own, ok := regions[r.region]; ok {
			s.Membrane = own
		}
		if r.parent == 0 {
			s.At = 0.5
		}
		if i > 0 {
			s.Compartments = d.count(s)
		}
		out[i] = s
	}
	return out
}
