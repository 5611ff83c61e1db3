package neuron

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"neurosim/internal/filetype"
)

// IsASC tells whether a text is in the ASC format of Neurolucida, by its beginning: a
// comment with ; or a parenthesis.
func IsASC(text []byte) bool {
	begin := bytes.TrimSpace(bytes.TrimPrefix(text[:min(len(text), 1<<16)], []byte(filetype.BOM)))
	return len(begin) > 0 && (begin[0] == ';' || begin[0] == '(' || begin[0] == '"' && bytes.ContainsRune(begin, '('))
}

// ReadASC reads a cell in the ASC format of Neurolucida (version 3, nested lists in
// parentheses), by the rules of NEURON's import3d:
//
//   - A point is (x y z diameter), in µm; a name of its section may follow. Comments
//     begin with ; and end with the line.
//   - A list that says (Axon), (Dendrite) or (Apical) and has points is a tree. Its
//     points up to a list of branches, ( branch | branch ), or to a word such as
//     Normal or Incomplete, are a section.
//   - A list with the name "CellBody", "Cell Body" or "Soma", or that says (CellBody), is
//     an outline of the soma. One outline becomes 20 frusta along its longest axis, see
//     outline; several, stacked in z and overlapping in x and y, become frusta between
//     circles of their size, see stack. The soma has one compartment.
//   - A tree begins at its own first point, on the middle of the soma, wherever that is:
//     the gap is no cable. A branch begins at the last point of the one that it begins
//     on, with its own first diameter.
//   - A branch of no length is no section; what begins at its end begins on the section
//     before it.
//   - Sections are soma, axon[0], axon[1] ..., dend[0] ..., apic[0] ..., in this order,
//     and among themselves in that of the file. Their regions are soma, axon, basal and
//     apical. For the axon see Axon.
//   - Markers, spines (<...>), texts, other outlines and all other lists are left out.
//
// What is left out or repaired is in the notes. The error is a MorphologyError, or
// that of the reader.
func ReadASC(r io.Reader, axon Axon) (*Morphology, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	f := &ascFile{axon: axon, lex: ascLexer{text: bytes.TrimPrefix(text, []byte(filetype.BOM)), line: 1}}
	f.parse()
	if len(f.problems) > 0 {
		return nil, f.failure()
	}
	m := &Morphology{branches: []branch{f.soma()}}
	if len(f.problems) > 0 {
		return nil, f.failure()
	}
	f.sections(m)
	f.noteLeft()
	m.Notes = f.notes
	m.growStub(axon)
	return m, nil
}

// ascFile is an ASC file being read.
type ascFile struct {
	axon  Axon
	lex   ascLexer
	trees []ascTree
	somas []ascOutline
	findings

	left struct{ markers, spines, texts, outlines int } // lists that are left out
}

// ascPoint is a point of a tree or an outline.
type ascPoint struct {
	x        [3]float64 // (µm)
	diameter float64    // (µm)
}

func (p ascPoint) distance(q ascPoint) float64 { return apart(p.x, q.x) }

// ascTree is a tree of branches, the root first, parents before children.
type ascTree struct {
	line     int
	kind     int // typeAxon, typeBasal or typeApical; 0: none yet
	branches []ascBranch
}

// ascBranch is the points of one branch.
type ascBranch struct {
	parent int // index in the tree; -1 for the root
	points []ascPoint
}

// ascOutline is the points of one outline of the soma.
type ascOutline struct {
	line   int
	points []ascPoint
}

// ascType is a word that says what a tree is, its type, and the name of its sections.
type ascType struct {
	word string
	kind int
	name string
}

var ascTypes = []ascType{{"Axon", typeAxon, "axon"}, {"Dendrite", typeBasal, "dend"}, {"Apical", typeApical, "apic"}}

// sections adds the sections of the trees, by type, and says what was repaired.
func (f *ascFile) sections(m *Morphology) {
	short, outside, furthest := 0, 0, 0.0
	middle, holds := f.middle()
	for _, t := range f.trees {
		if root := t.branches[0].points[0]; (t.kind != typeAxon || f.axon == KeepAxon) && !holds(root) {
			outside++
			furthest = max(furthest, root.distance(middle))
		}
	}
	for _, is := range ascTypes {
		if is.kind == typeAxon && f.axon != KeepAxon {
			continue
		}
		number := 0
		for _, t := range f.trees {
			if t.kind != is.kind {
				continue
			}
			on := make([]int, len(t.branches)) // section that a child of the branch begins on
			for i, b := range t.branches {
				r := branch{name: fmt.Sprintf("%s[%d]", is.name, number), region: regionOf(t.kind)}
				last, first := b.points[0], b.points[0]
				if b.parent >= 0 {
					r.parent = on[b.parent]
					before := t.branches[b.parent].points
					last = before[len(before)-1]
				}
				r.profile, r.points = []Point{{0, first.diameter / 2}}, [][3]float64{last.x}
				path := 0.0
				for _, p := range b.points {
					step := p.distance(last)
					last = p
					if path += step; path > 0 {
						r.profile, r.points = append(r.profile, Point{path, p.diameter / 2}), append(r.points, p.x)
					} else {
						r.profile[0].Radius = p.diameter / 2
					}
				}
				if path == 0 {
					short++
					on[i] = r.parent
					continue
				}
				on[i] = len(m.branches)
				m.branches = append(m.branches, r)
				number++
			}
		}
	}
	if short > 0 {
		f.notes = append(f.notes, counted(short, "branch has", "branches have")+" no length; what begins there begins on the section before")
	}
	if outside > 0 {
		f.notes = append(f.notes, fmt.Sprintf("%s outside the outline of the soma, up to %.3g µm from its middle, and %s joined to it there",
			counted(outside, "tree begins", "trees begin"), furthest, map[bool]string{true: "is", false: "are"}[outside == 1]))
	}
}

// noteLeft says what of the file is left out.
func (f *ascFile) noteLeft() {
	var parts []string
	for _, left := range []struct {
		n         int
		one, many string
	}{
		{f.left.outlines, "outline that is not the soma", "outlines that are not the soma"},
		{f.left.markers, "list of markers", "lists of markers"},
		{f.left.spines, "spine", "spines"},
		{f.left.texts, "text", "texts"},
	} {
		if left.n > 0 {
			parts = append(parts, counted(left.n, left.one, left.many))
		}
	}
	if len(parts) > 0 {
		f.notes = append(f.notes, strings.Join(parts, ", ")+": left out")
	}
}

// ascKind returns the type that a word says of a tree, 0 for none.
func ascKind(word string) int {
	for _, t := range ascTypes {
		if strings.EqualFold(t.word, word) {
			return t.kind
		}
	}
	return 0
}
