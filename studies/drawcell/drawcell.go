// Package drawcell turns a cell, a tree of compartments, into the numbers of pictures: the cell
// as it lies, and the dendrogram, each compartment with a value that is its colour.
package drawcell

import (
	"fmt"
	"math"
	"strings"

	"neurosim/figure"
	"neurosim/neuron"
)

// Apical tells whether a section belongs to an apical tree, by its region or its name.
func Apical(t *neuron.Tree, i int) bool { return of(t, i, "apical") }

func of(t *neuron.Tree, i int, region string) bool {
	s := t.Sections[i]
	return s.Region == region || strings.HasPrefix(s.Name, region)
}

// children returns the sections that begin on each section.
func children(t *neuron.Tree) [][]int {
	out := make([][]int, len(t.Sections))
	for i, s := range t.Sections[1:] {
		out[s.Parent] = append(out[s.Parent], i+1)
	}
	return out
}

// Rows returns the place of each section across a dendrogram: tips one after the other, the
// others in the middle of what begins on them; the soma's own is that of all.
func Rows(t *neuron.Tree) []float64 {
	children := children(t)
	rows := make([]float64, len(t.Sections))
	next := map[bool]float64{} // each side has rows of its own
	var place func(i int)
	place = func(i int) {
		for _, c := range children[i] {
			place(c)
		}
		if len(children[i]) == 0 {
			side := Apical(t, i)
			rows[i] = next[side]
			next[side]++
			return
		}
		rows[i] = (rows[children[i][0]] + rows[children[i][len(children[i])-1]]) / 2
	}
	place(0)
	// Both sides as high as the higher one.
	most := max(next[true], next[false]) - 1
	for i := range rows {
		if n := next[Apical(t, i)] - 1; n > 0 {
			rows[i] *= most / n
		} else {
			rows[i] = most / 2
		}
	}
	rows[0] = most / 2
	return rows
}

// Along returns the place along a dendrogram of a path from the soma (µm), as Reach has it:
// apical dendrites on one side, the others on the other.
func Along(t *neuron.Tree, section int, path float64) float64 {
	if section == 0 || Apical(t, section) {
		return path
	}
	return 0 - path // no -0 in tables
}

// Reach returns where a compartment begins and ends on its path from the centre of the soma
// (µm); what lies before the centre is negative.
func Reach(t *neuron.Tree, node int) (from, to float64) {
	at, half := t.Distance[node], float64(t.Length[node]/2)
	if t.Section[node] == 0 && t.Index[node] < t.Index[0] {
		at = -at
	}
	return at - half, at + half
}

// Mirrored returns ticks along a dendrogram with the same labels on both sides of the soma.
func Mirrored(t *neuron.Tree) []figure.Tick {
	low, high := 0.0, 0.0
	for node, d := range t.Distance {
		x := Along(t, int(t.Section[node]), d+float64(t.Length[node]/2))
		low, high = min(low, x), max(high, x)
	}
	every := 50.0
	for (high-low)/every > 8 {
		every *= 2
	}
	var ticks []figure.Tick
	for x := math.Ceil(low/every) * every; x <= high; x += every {
		ticks = append(ticks, figure.Tick{At: x, Label: fmt.Sprintf("%g", math.Abs(x))})
	}
	return ticks
}

// A View is one picture of a cell: where its compartments are drawn.
type View struct {
	tree   *neuron.Tree
	lines  []line              // [sections]
	pieces [][]piece           // [nodes]; none for a node without membrane
	at     func(node int) xy   // the middle of a compartment
	width  func(n int) float64 // of a compartment; nil: that of a line
}

type xy struct{ x, y float64 }

// A piece is a straight part of a compartment.
type piece struct{ from, to xy }

// Dendrogram returns the cell with the path from the soma along y, apical dendrites upwards,
// the others downwards, and branches spread along x.
func Dendrogram(t *neuron.Tree) *View {
	rows := Rows(t)
	v := &View{tree: t, lines: make([]line, len(t.Sections)), pieces: make([][]piece, t.Len())}
	place := func(node int, path float64) xy {
		section := int(t.Section[node])
		return xy{rows[section], Along(t, section, path)}
	}
	for i, s := range t.Sections {
		first, last := t.Node(i, 0), t.Node(i, s.Compartments-1)
		begin, _ := Reach(t, first)
		_, end := Reach(t, last)
		v.lines[i] = line{{0, place(first, begin)}, {s.Length(), place(last, end)}}
	}
	for node := range t.Len() {
		if t.Index[node] < 0 {
			continue
		}
		section := int(t.Section[node])
		begin, end := Reach(t, node)
		from, to := place(node, begin), place(node, end)
		if s := t.Sections[section]; t.Index[node] == 0 && section > 0 && rows[s.Parent] != from.x { // the way across is the parent's
			parent := t.At(s.Parent, s.At)
			v.pieces[parent] = append(v.pieces[parent], piece{xy{rows[s.Parent], from.y}, from})
		}
		v.pieces[node] = append(v.pieces[node], piece{from, to})
	}
	v.at = func(node int) xy {
		begin, end := Reach(t, node)
		return place(node, (begin+end)/2)
	}
	return v
}

// Strokes draws the compartments that a test holds for, with their values; nil values: none.
func (v *View) Strokes(holds func(node int) bool, values []float64) figure.Series {
	s := figure.Series{Mark: figure.Strokes}
	first := v.tree.Sections[0].Compartments // the soma is drawn last, on what begins on it
	for i := range v.pieces {
		node := (i + first) % len(v.pieces)
		if !holds(node) {
			continue
		}
		for _, p := range v.pieces[node] {
			s.Add(p.from.x, p.from.y)
			s.X2, s.Y2 = append(s.X2, p.to.x), append(s.Y2, p.to.y)
			if values != nil {
				s.Z = append(s.Z, values[node])
			}
			if v.width != nil {
				s.Width = append(s.Width, v.width(node))
			}
		}
	}
	return s
}

// Mark adds the middle of a compartment to a series.
func (v *View) Mark(s *figure.Series, node int) {
	p := v.at(node)
	s.Add(p.x, p.y)
}

// Line returns how a section is drawn: places at ascending paths from its beginning (µm), from there
// to its end.
func (v *View) Line(section int) (path, x, y []float64) {
	for _, p := range v.lines[section] {
		path, x, y = append(path, p.path), append(x, p.x), append(y, p.y)
	}
	return path, x, y
}

// Size returns how far the picture reaches along x and y.
func (v *View) Size() (x, y float64) {
	lo, hi := xy{math.Inf(1), math.Inf(1)}, xy{math.Inf(-1), math.Inf(-1)}
	for _, pieces := range v.pieces {
		for _, p := range pieces {
			for _, q := range []xy{p.from, p.to} {
				lo, hi = xy{min(lo.x, q.x), min(lo.y, q.y)}, xy{max(hi.x, q.x), max(hi.y, q.y)}
			}
		}
	}
	return hi.x - lo.x, hi.y - lo.y
}
