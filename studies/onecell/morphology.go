package onecell

import (
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/neuron"
	"neurosim/studies/drawcell"
	"neurosim/study"
)

// morphology draws the tree of a cell: every section as a line from where it begins
// to where it ends, in µm of path from the soma along x, dendrites other than apical
// ones to the left; a tick for each active synapse; coloured by the highest potential of its compartments while count
// synapses are active. Sections are spread along y so that none crosses another.
func morphology(tree *neuron.Tree, f Figure, r *uncagingResult) figure.Figure {
	i := slices.IndexFunc(r.Traces, func(t trace) bool { return t.K == f.Morphology.Count })
	highest := r.Traces[i].Highest
	rows := drawcell.Rows(tree)
	m := potentialMap{low: math.Floor(slices.Min(highest)/f.Morphology.Step) * f.Morphology.Step, step: f.Morphology.Step, top: math.Inf(-1)}
	for node := range highest {
		m.add(tree, rows, node, highest[node])
	}
	p := figure.Panel{
		X:      figure.Axis{Label: "Path from the soma", Unit: "µm"},
		Y:      figure.Axis{Min: -1, Max: slices.Max(rows) + 1, Hidden: true},
		Legend: true,
	}
	var top float64
	p.Series, p.Scale, top = m.series()
	p.Series = append(p.Series, synapsesOn(tree, r, rows, f.Morphology.Count))
	p.X.Ticks = drawcell.Mirrored(tree)
	fig := study.Frame(f.Figure)
	fig.Panels = []figure.Panel{p}
	if math.IsNaN(fig.Height) {
		fig.Height = 0.6 * f.Width
	}
	return study.Noted(f.Figure, fig, figure.Meanings{More: []string{
		fmt.Sprintf("Colour: the highest potential of each compartment, %.3g mV at most. Along x: path from the soma, apical dendrites to the right; across, branches are spread.", top)}})
}

// potentialMap gathers lines by class of potential: class k holds low + k·step to
// low + (k+1)·step, the last of most all above.
type potentialMap struct {
	low, step float64
	top       float64 // the highest potential
	lines     []figure.Series
}

// mostClasses is how many colours can be told apart.
const mostClasses = 10

// add draws the compartment of a node, and, before the first of a section, the line
// from where it begins.
func (m *potentialMap) add(t *neuron.Tree, rows []float64, node int, v float64) {
	if t.Index[node] < 0 {
		return // no membrane
	}
	k := min(int((v-m.low)/m.step), mostClasses-1)
	m.top = max(m.top, v)
	for len(m.lines) <= k {
		m.lines = append(m.lines, figure.Series{Mark: figure.Line, Role: figure.Scale, Index: len(m.lines)})
	}
	s := &m.lines[k]
	section := int(t.Section[node])
	y := rows[section]
	from, to := drawcell.Reach(t, node)
	from, to = drawcell.Along(t, section, from), drawcell.Along(t, section, to)
	if section > 0 && t.Index[node] == 0 {
		s.Add(from, rows[t.Sections[section].Parent])
	}
	s.X, s.Y = append(s.X, from, to, math.NaN()), append(s.Y, y, y, math.NaN())
}

// series returns the lines of the classes that hold anything, what all classes are,
// and the highest potential.
func (m *potentialMap) series() (lines []figure.Series, scale *figure.Classes, top float64) {
	for _, s := range m.lines {
		if len(s.X) > 0 {
			lines = append(lines, s)
		}
	}
	n := len(m.lines)
	return lines, &figure.Classes{Label: "Highest potential", Unit: "mV", Low: m.low, Step: m.step, Count: n,
		Open: m.top >= m.low+float64(float64(n)*m.step)}, m.top
}

// synapsesOn marks where the active synapses lie, each at its own place.
func synapsesOn(tree *neuron.Tree, r *uncagingResult, rows []float64, n int) figure.Series {
	s := figure.Series{Name: grammar.Count(float64(n), "active synapse"), Mark: figure.Raster}
	for i, node := range r.Nodes[:n] {
		section := int(tree.Section[node])
		s.Add(drawcell.Along(tree, section, r.Paths[i]), rows[section])
	}
	return s
}
