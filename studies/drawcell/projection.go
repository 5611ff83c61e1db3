package drawcell

import (
	"math"
	"slices"

	"neurosim/internal/fpmath"
	"neurosim/neuron"
)

// Source is where the places of a projection are from.
type Source int

const (
	File   Source = iota // all from the file of the cell
	Partly               // some sections, such as the stub of an axon, have none in the file
	Scheme               // no section has a place: the cell is laid out as a scheme
)

// Projection returns the cell as it lies, projected on x and y, with the diameters of all but the
// soma multiplied by a factor. A cell whose sections have no places is laid out as a scheme, to
// scale in length: the trunk upwards, apical branches fanned, basal dendrites downwards, the
// axon below.
func Projection(t *neuron.Tree, diameters float64) (*View, Source) {
	lines, source := layOut(t)
	v := &View{tree: t, lines: lines, pieces: make([][]piece, t.Len())}
	for node := range t.Len() {
		if t.Index[node] < 0 {
			continue
		}
		section, dx := int(t.Section[node]), t.Length[node]
		from := float64(float64(t.Index[node]) * dx)
		to := from + dx
		if section == 0 && t.Sections[0].Compartments == 1 { // its ends are round
			round := float64(min(v.diameter(node), dx) / 2)
			from, to = from+round, to-round
		}
		v.pieces[node] = lines[section].between(from, to)
	}
	v.at = func(node int) xy {
		return lines[t.Section[node]].at(float64((float64(t.Index[node]) + 0.5) * t.Length[node]))
	}
	v.width = func(node int) float64 {
		if t.Section[node] == 0 {
			return v.diameter(node)
		}
		return diameters * v.diameter(node)
	}
	return v, source
}

// diameter returns that of the cylinder with the area of a compartment (µm).
func (v *View) diameter(node int) float64 { return v.tree.Area[node] / (math.Pi * v.tree.Length[node]) }

// A line is a section in the plane: places at ascending paths.
type line []vertex

type vertex struct {
	path float64
	xy
}

// at returns the place at a path.
func (l line) at(path float64) xy {
	i := slices.IndexFunc(l[1:], func(v vertex) bool { return v.path >= path })
	if i < 0 {
		return l[len(l)-1].xy
	}
	a, b := l[i], l[i+1]
	if b.path == a.path {
		return b.xy
	}
	share := min(max((path-a.path)/(b.path-a.path), 0), 1)
	return xy{a.x + float64(share*(b.x-a.x)), a.y + float64(share*(b.y-a.y))}
}

// between returns the straight pieces between two paths.
func (l line) between(from, to float64) (out []piece) {
	last := l.at(from)
	for _, v := range l {
		if v.path > from && v.path < to {
			out = append(out, piece{last, v.xy})
			last = v.xy
		}
	}
	return append(out, piece{last, l.at(to)})
}

// layOut returns a line for each section.
func layOut(t *neuron.Tree) ([]line, Source) {
	lines := make([]line, len(t.Sections))
	known := 0 // sections with places
	for i, s := range t.Sections {
		for k, p := range s.Points {
			lines[i] = append(lines[i], vertex{s.Profile[k].Path, xy{p[0], p[1]}})
		}
		if len(s.Points) > 0 {
			known++
		}
	}
	switch known {
	case len(t.Sections):
		return lines, File
	case 0:
		scheme(t, lines)
		return lines, Scheme
	}
	// Those without a place lead away from the rest of the cell, straight on from their parent.
	var middle xy
	n := 0
	for _, l := range lines {
		for _, v := range l {
			middle.x, middle.y, n = middle.x+v.x, middle.y+v.y, n+1
		}
	}
	middle.x, middle.y = middle.x/float64(n), middle.y/float64(n)
	for i, s := range t.Sections {
		if lines[i] != nil {
			continue
		}
		from := xy{}
		if i > 0 {
			p := t.Sections[s.Parent]
			from = lines[s.Parent].at(float64(s.At * p.Length()))
		}
		dx, dy := from.x-middle.x, from.y-middle.y
		if far := fpmath.Hypot(dx, dy); far > 0 {
			dx, dy = dx/far, dy/far
		} else {
			dx, dy = 0, -1
		}
		lines[i] = line{{0, from}, {s.Length(), xy{from.x + float64(dx*s.Length()), from.y + float64(dy*s.Length())}}}
	}
	return lines, Partly
}

// A fan is a range of directions (degrees, counterclockwise from x).
type fan struct{ from, to float64 }

func (f fan) middle() float64 { return (f.from + f.to) / 2 }

// scheme lays out a cell whose sections have no places.
func scheme(t *neuron.Tree, lines []line) {
	s := &schemer{t: t, lines: lines, children: children(t), tips: make([]float64, len(lines)), length: make([]float64, len(lines))}
	for i := len(lines) - 1; i >= 0; i-- {
		s.length[i] += t.Sections[i].Length()
		if len(s.children[i]) == 0 {
			s.tips[i] = 1
		}
		if p := t.Sections[i].Parent; p >= 0 {
			s.tips[p] += s.tips[i]
			s.length[p] += s.length[i]
		}
	}
	half := float64(t.Sections[0].Length() / 2)
	lines[0] = line{{0, xy{0, -half}}, {2 * half, xy{0, half}}}
	var up, axon, other []int
	for _, c := range s.children[0] {
		switch {
		case Apical(t, c):
			up = append(up, c)
		case of(t, c, "axon"):
			axon = append(axon, c)
		default:
			other = append(other, c)
		}
	}
	s.spread(up, fan{140, 40})
	s.spread(axon, fan{250, 290})
	switch n := len(other); {
	case len(up) == 0 && len(axon) == 0:
		s.spread(other, fan{90, 90 + 360 - 360/float64(max(n, 1))}) // all around
	case len(up) == 0:
		s.spread(other, fan{235, -55})
	case len(axon) == 0:
		s.spread(other, fan{195, 345})
	default: // on both sides of the axon
		s.spread(other[:(n+1)/2], fan{190, 258})
		s.spread(other[(n+1)/2:], fan{282, 350})
	}
}

type schemer struct {
	t            *neuron.Tree
	lines        []line
	children     [][]int
	tips, length []float64 // of each section with all behind it
	turned       int       // side branches so far, which alternate between left and right
}

// spread gives sections that begin at one place their parts of a fan, by their tips.
func (s *schemer) spread(sections []int, f fan) {
	all := 0.0
	for _, c := range sections {
		all += s.tips[c]
	}
	from := f.from
	for _, c := range sections {
		to := from + float64((f.to-f.from)*(s.tips[c]/all))
		s.draw(c, fan{from, to}.middle(), fan{from, to})
		from = to
	}
}

// draw draws a section in a direction and what begins on it in its fan. Branches
// that are, with all behind them, less than half as long as the longest leave it sideways; the
// others share the fan, or one alone goes straight on.
func (s *schemer) draw(i int, direction float64, f fan) {
	sec := s.t.Sections[i]
	parent := s.t.Sections[sec.Parent]
	from := s.lines[sec.Parent].at(float64(sec.At * parent.Length()))
	sin, cos := fpmath.Sincos(direction * math.Pi / 180)
	s.lines[i] = line{{0, from}, {sec.Length(), xy{from.x + float64(cos*sec.Length()), from.y + float64(sin*sec.Length())}}}
	longest := 0.0
	for _, c := range s.children[i] {
		longest = max(longest, s.length[c])
	}
	var on []int
	for _, c := range s.children[i] {
		if 2*s.length[c] >= longest {
			on = append(on, c)
			continue
		}
		side := 60.0
		if s.turned%2 == 1 {
			side = -side
		}
		s.turned++
		s.draw(c, direction+side, fan{direction + side - 20, direction + side + 20})
	}
	if len(on) == 1 {
		s.draw(on[0], direction, f)
	} else {
		s.spread(on, f)
	}
}
