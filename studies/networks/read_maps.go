package networks

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/neuron"
)

const kymographText = "A quantity along the path from the soma to a place, as colours: time along x, the path from the soma along y. `to` says where the path ends, as a section, whose end it is unless x is given, or as a region and a distance: `to = { section = \"apic[36]\" }`. The trace needs every section of the path with `compartments = 1`, or another number for every n-th compartment."

const cellText = "A compartmental cell, projected on x and y, with a scale bar, and next to it the dendrogram with the same colours. The colour of a compartment is a value: `show = \"highest\"` is the highest potential, or another variable, of a trace that holds the compartments: `sections = [\"*\"]` and `compartments = 1`. A cell from a file has the coordinates of the file; a cell of cylinders is drawn as a scheme, with lengths to scale."

// traceNamed returns the trace that a figure names, or the only one, and completes its name;
// nil if there is none of cells with compartments, which it reports.
func (d reader) traceNamed(x *Study, path string, name *string) *Trace {
	if *name == "" && len(x.Traces) == 1 {
		*name = x.Traces[0].Name
	}
	i := slices.IndexFunc(x.Traces, func(r Trace) bool { return r.Name == *name })
	if i < 0 {
		d.Bad(path+".trace", "must name a table [record.traces.NAME]%s", grammar.DidYouMean(*name, grammar.Names(x.Traces, Trace.name)))
		return nil
	}
	r := &x.Traces[i]
	if len(r.Probes) == 0 {
		return nil // reported where it is read
	}
	if p := x.Network.Population(r.Population); p.Trees == nil {
		d.Bad(path+".trace", "%s is of cells of kind %q, which are points", r.Name, p.Kind)
		return nil
	}
	return r
}

// shownOf checks what a figure shows of a trace with places: the variable, the cell numbers, the
// time and the ends of its colours.
func (d reader) shownOf(path string, r *Trace, variable string, cells []int, start, stop, low, high float64) bool {
	before := d.Problems()
	var there []string
	for _, q := range r.Probes {
		if q.Variable.AtPlace() && !slices.Contains(there, q.What()) {
			there = append(there, q.What())
		}
	}
	if !slices.Contains(there, variable) {
		rule := fmt.Sprintf("the trace %s has no such variable that is read at places", r.Name)
		if len(there) > 0 {
			rule += "; it has " + strings.Join(there, ", ") + grammar.DidYouMean(variable, there)
		} else {
			rule += fmt.Sprintf("; [record.traces.%s] needs variables = [%q], sections and compartments = 1", r.Name, variable)
		}
		d.Bad(path+".variable", "%s", rule)
	}
	for _, c := range cells {
		if !slices.Contains(r.Cells, c) {
			d.Bad(path+".cells", "names cell %d, which the trace %s does not hold", c, r.Name)
			break
		}
	}
	if stop > start && !(start < r.Stop && stop > r.Start) {
		d.Bad(path+".start", "shows nothing: the trace %s is recorded from %g ms to %g ms", r.Name, r.Start, r.Stop)
	}
	d.Rule(!(high <= low), path+".high", "must be above low (%g)", low)
	return d.Problems() == before
}

func (d reader) kymograph(x *Study, f *grammar.Figure) *kymographSpec {
	t := defaultKymograph()
	d.IntoFigure(f, &t)
	d.Shown(x.Model, f.Path, &t.Start, &t.Stop)
	r := d.traceNamed(x, f.Path, &t.Trace)
	if r == nil {
		return &t
	}
	p := x.Network.Population(r.Population)
	if len(t.Cells) == 0 {
		t.Cells = r.Cells
	}
	if !d.shownOf(f.Path, r, t.Variable, t.Cells, t.Start, t.Stop, t.Low, t.High) {
		return &t
	}
	if n := len(t.Cells); len(t.Labels) > 0 && len(t.Labels) != n {
		d.Bad(f.Path+".labels", "must be a title for each panel (cells: %d)", n)
	}
	d.CheckRoom(f, len(t.Cells))
	to := f.Path + ".to"
	if !d.Present(to+".section") && !d.Present(to+".region") {
		d.Bad(to, `must say where the path ends: { section = "NAME" }, or { region = "NAME", distance = "100 um" }`)
		return &t
	}
	if math.IsNaN(t.To.X) && !d.Present(to+".region") {
		t.To.X = 1
	}
	end, ok := d.Place(to, &t.To.PlaceTable, p)
	if !ok {
		return &t
	}
	t.End = end
	tree, err := neuron.NewTree(p.Trees.Sections)
	if err != nil {
		return &t // reported with the sections
	}
	path := tree.PathTo(tree.SectionNamed(end.Section), end.X)
	held := r.nodes(tree)
	var sections, lacks []string
	holds := map[string]bool{}
	for _, node := range path {
		name := tree.Sections[tree.Section[node]].Name
		if !slices.Contains(sections, name) {
			sections = append(sections, name)
		}
		holds[name] = holds[name] || held[node]
	}
	for _, name := range sections {
		if !holds[name] {
			lacks = append(lacks, name)
		}
	}
	if len(lacks) > 0 {
		d.Bad(f.Path+".trace", "%s lacks %s of the path to %s(%.4g); [record.traces.%s] needs sections = [\"%s\"], compartments = 1",
			r.Name, strings.Join(lacks, ", "), end.Section, end.X, r.Name, strings.Join(sections, `", "`))
	}
	return &t
}

func (d reader) cell(x *Study, f *grammar.Figure) *cellSpec {
	t := defaultCell()
	d.IntoFigure(f, &t)
	d.Rule(t.Diameters > 0 && t.Diameters <= 100, f.Path+".diameters", "must be above 0 and at most 100")
	if t.Show == showRegion {
		d.Without(f.Path, []string{"trace", "variable", "start", "stop", "time", "low", "high"}, "for show = %q", showRegion)
		d.cellOf(x, f.Path, &t)
		return &t
	}
	d.Without(f.Path, []string{"population"}, "for show = %q: the trace says it", t.Show)
	if t.Show == showTime {
		d.Without(f.Path, []string{"start", "stop"}, "for show = %q", t.Show)
		if !d.Require(f.Path + ".time") {
			return &t
		}
		t.Start, t.Stop = t.Time, t.Time+x.Run.Dt
	} else {
		d.Without(f.Path, []string{"time"}, "for show = %q", t.Show)
		d.Shown(x.Model, f.Path, &t.Start, &t.Stop)
	}
	r := d.traceNamed(x, f.Path, &t.Trace)
	if r == nil {
		return &t
	}
	t.Population = r.Population
	if t.Cell < 0 && !d.Present(f.Path+".cell") {
		t.Cell = r.Cells[0]
	}
	if t.Show == showTime && !d.Rule(t.Time >= r.Start && t.Time < r.Stop, f.Path+".time", "the trace %s is recorded from %g ms to %g ms", r.Name, r.Start, r.Stop) {
		return &t
	}
	d.shownOf(f.Path, r, t.Variable, nil, t.Start, t.Stop, t.Low, t.High)
	d.Rule(slices.Contains(r.Cells, t.Cell), f.Path+".cell", "is not in the trace %s", r.Name)
	return &t
}

// cellOf finds the population and the cell of a picture without a trace.
func (d reader) cellOf(x *Study, path string, t *cellSpec) {
	var trees []string
	for i := range x.Network.Populations {
		if p := &x.Network.Populations[i]; p.Trees != nil {
			trees = append(trees, p.Name)
		}
	}
	if t.Population == "" && len(trees) == 1 {
		t.Population = trees[0]
	}
	if !slices.Contains(trees, t.Population) {
		d.Bad(path+".population", "must name a population of kind %q%s", network.Compartmental, grammar.DidYouMean(t.Population, trees))
		return
	}
	if t.Cell < 0 && !d.Present(path+".cell") {
		t.Cell = 0
	}
	size := x.Network.Population(t.Population).Size()
	d.Rule(t.Cell >= 0 && t.Cell < size, path+".cell", "cells are 0 to %d", size-1)
}

// nodes returns which compartments a trace reads at.
func (t *Trace) nodes(tree *neuron.Tree) map[int]bool {
	held := map[int]bool{}
	for _, at := range t.Places {
		held[tree.At(tree.SectionNamed(at.section), at.x)] = true
	}
	return held
}

// within returns a label as it stands within a sentence: symbols such as E_{Ca} keep their case.
func within(label string) string {
	if len(label) > 1 && label[1] >= 'a' && label[1] <= 'z' {
		return strings.ToLower(label[:1]) + label[1:]
	}
	return label
}

// labelOf names a variable of a probe for an axis or a colour bar.
func labelOf(q network.Probe) string {
	for _, p := range tracePanels {
		if p.variable != q.Variable {
			continue
		}
		switch q.Variable {
		case network.ICh:
			return "Current of " + q.Channel
		case network.GCh:
			return "Conductance of " + q.Channel
		case network.GateX:
			return p.label + " " + q.What()
		}
		return p.label
	}
	return q.What()
}
