package neuron

import (
	"fmt"
	"io"
)

// SWCParams is what a user sets of how an SWC file becomes a cell.
type SWCParams struct {
	Soma string `toml:"soma" of:"cylinders contour" doc:"SWC: form of a soma of several samples that is not the three-sample form: cylinders (frusta between its samples, as NEURON reads it) or contour (samples along its outline); default: cylinders, and a note with the areas of both"`
	Axon Axon   `toml:"axon" of:"keep drop stub" doc:"keep: the axon of the file; drop: no axon; stub: in its place two cylinders of 30 x 1 um in series from the middle of the soma"`
}

// DefaultSWC returns the defaults: the axon is left out.
func DefaultSWC() SWCParams { return SWCParams{Axon: DropAxon} }

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

func (s sample) distance(o sample) float64 { return apart(s.x, o.x) }

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
//     parameters keep it, and what is wrong with it does not matter then; see Axon.
//   - The cell is the tree with a soma, else the largest one. Other trees, and
//     what begins on an axon that is left out, are left out.
//   - The soma is one sample: a sphere; or three, the second and third one radius
//     on either side of the first: the same sphere; or cylinders (frusta between
//     its samples, which may fork, their lateral areas added), as NEURON reads it;
//     or, where the parameters say so, the outline of a soma: a sphere with the
//     mean distance of the samples from their centre. It becomes one compartment,
//     a cylinder as long as wide with the area of the sphere or the cylinders. The
//     tree is turned so that it begins at the soma. A cell without a soma gets a
//     sphere with the place and radius of its root. In pictures the cylinder lies along y
//     around the middle of the samples.
//   - Neurites begin at their own first sample, on the centre of the soma,
//     wherever they leave it: the gap is no cable. A neurite of one sample runs
//     from the sample of the soma to it, with its own radius, as in NEURON. A
//     section is an unbranched run of samples of one type; after a branch point it
//     begins with that point's position and radius. It is named after its region
//     and its last sample: basal12, and type5_12 where the region ends in a digit.
//   - Between a sample and a parent at the same place there is no cable; what
//     follows has the sample's own radius.
//
// What of this is a repair is in the notes. The error is a MorphologyError, or
// that of the reader.
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
	m.growStub(p.Axon)
	return m, nil
}
