package networks

import (
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
	"neurosim/internal/grid"
	"neurosim/internal/profile"
	"neurosim/neuron"
	"neurosim/record"
	"neurosim/study"
)

// perMM is how many columns a kymograph has at most for each millimetre of the figure's width:
// 150 dpi, which print shows without steps.
const perMM = 6

// kymograph draws a quantity along the path from the soma to a place, against time: a panel
// for each cell.
func kymograph(x *Study, f Figure, open opener) (figure.Figure, error) {
	k := f.Kymograph
	fig := study.Frame(f.Figure)
	fig.ShareX = true
	trace := x.trace(k.Trace)
	t := spanOf(x, max(k.Start, trace.Start), min(k.Stop, trace.Stop))
	table, err := readTable(traceFile(trace.Name), t, open)
	if err != nil {
		return fig, err
	}
	tree, err := neuron.NewTree(x.Network.Population(trace.Population).Trees.Sections)
	if err != nil {
		return fig, err
	}
	path, all, err := pathOf(tree, trace, k)
	if err != nil {
		return fig, err
	}
	if len(table.Steps) == 0 {
		return fig, fmt.Errorf("the trace %s has no sample in the time shown", trace.Name)
	}
	per := (len(table.Steps) + int(perMM*f.Width) - 1) / int(perMM*f.Width) // samples of a column
	names := cellNames(*trace, nil)
	if len(k.Labels) > 0 {
		for i, cell := range k.Cells {
			names[cell] = k.Labels[i]
		}
	}
	colours := figure.Colours{Low: math.Inf(1), High: math.Inf(-1)}
	for _, cell := range k.Cells {
		values, axis := columnsOf(tree, trace, table, cell, k.Variable)
		colours.Label, colours.Unit = axis.Label, axis.Unit
		s := imageOf(path, values, table.Steps, t, grid.Steps(trace.Every, x.Run.Dt), per)
		for _, z := range s.Z {
			colours.Low, colours.High = min(colours.Low, z), max(colours.High, z)
		}
		p := figure.Panel{
			X: t.axis(), Y: figure.Axis{Label: "Path from the soma", Unit: "µm", Min: path[0].lo, Max: path[len(path)-1].hi},
			Parts: partsOf(tree, path), Legend: true, Series: append([]figure.Series{s}, electrodesAlong(x, trace, cell, tree, path, t)...),
		}
		if len(k.Cells) > 1 || len(k.Labels) > 0 {
			p.Title = names[cell]
		}
		fig.Panels = append(fig.Panels, p)
	}
	clipped := setEnds(&colours, k.Low, k.High)
	for i := range fig.Panels {
		c := colours
		c.NoBar = i > 0
		fig.Panels[i].Colours = &c
	}
	if math.IsNaN(fig.Height) {
		fig.Height = 18 + float64(42*float64(len(k.Cells)))
	}
	return study.Noted(f.Figure, fig, figure.Meanings{More: kymographSays(trace, k, fig, all, per, clipped)}), nil
}

// trace returns a trace by its name.
func (x *Study) trace(name string) *Trace {
	return &x.Traces[slices.IndexFunc(x.Traces, func(r Trace) bool { return r.Name == name })]
}

// A row is a compartment of a path that a trace holds: how far it is from the soma, and the
// stretch of the path that is drawn in its colour (µm).
type row struct {
	node       int
	at, lo, hi float64
}

// pathOf returns the compartments of the path of a kymograph that its trace holds, and whether
// those are all. Where some are missing, a row reaches to the middle between it and the next.
func pathOf(tree *neuron.Tree, trace *Trace, k *kymographSpec) (path []row, all bool, err error) {
	distance, _, err := tree.Distances(profile.Soma, profile.Centre)
	if err != nil {
		return nil, false, err
	}
	held := trace.nodes(tree)
	all = true
	gap := false // compartments are missing since the last row
	for _, node := range tree.PathTo(tree.SectionNamed(k.End.Section), k.End.X) {
		half := float64(tree.Length[node] / 2)
		r := row{node, distance[node], distance[node] - half, distance[node] + half}
		if n := len(path); n > 0 && !gap {
			path[n-1].hi = min(path[n-1].hi, r.lo) // a section may begin at the centre of a compartment
		}
		if !held[node] {
			all, gap = false, true
			continue
		}
		if n := len(path); n > 0 && gap {
			mid := (path[n-1].at + r.at) / 2
			path[n-1].hi, r.lo = mid, mid
		}
		path, gap = append(path, r), false
	}
	return path, all, nil
}

// partsOf returns the sections of a path as parts of its axis.
func partsOf(tree *neuron.Tree, path []row) (parts []figure.Part) {
	for _, r := range path {
		name := tree.Sections[tree.Section[r.node]].Name
		if n := len(parts); n == 0 || parts[n-1].Label != name {
			parts = append(parts, figure.Part{Label: name, Lo: r.lo})
		}
		parts[len(parts)-1].Hi = r.hi
	}
	return parts
}

// columnsOf returns the columns of a table with a variable of a cell, by compartment, and what
// they hold.
func columnsOf(tree *neuron.Tree, trace *Trace, table *record.Table, cell int, variable string) (values map[int][]float64, axis figure.Axis) {
	values = map[int][]float64{}
	for _, q := range trace.Probes {
		if q.Cell != cell || !q.Variable.AtPlace() || q.What() != variable {
			continue
		}
		axis = figure.Axis{Label: labelOf(q), Unit: q.Variable.Unit()}
		if c := table.Column(q.Name()); c != nil {
			values[tree.At(tree.SectionNamed(q.Section), q.At)] = c.Values
		}
	}
	return values, axis
}

// imageOf returns the rectangles of a kymograph. A column stands for per samples: in each row
// for that one which is farthest from the mean of the row, so that no spike is lost.
func imageOf(path []row, values map[int][]float64, steps []int64, t span, every int64, per int) figure.Series {
	s := figure.Series{Mark: figure.Image}
	for _, r := range path {
		v := values[r.node]
		mean := 0.0
		for _, z := range v {
			mean += z / float64(len(v))
		}
		for i := 0; i < len(v); i += per {
			end, z := steps[len(steps)-1]+every, v[i]
			if i+per < len(v) {
				end = steps[i+per]
			}
			for _, other := range v[i:min(i+per, len(v))] {
				if math.Abs(other-mean) > math.Abs(z-mean) {
					z = other
				}
			}
			s.X, s.X2 = append(s.X, t.at(steps[i])), append(s.X2, t.at(end))
			s.Y, s.Lo, s.Hi, s.Z = append(s.Y, r.at), append(s.Lo, r.lo), append(s.Hi, r.hi), append(s.Z, z)
		}
	}
	return s
}

// beyondEnds says what colours have ends that were asked for.
const beyondEnds = "Values beyond the ends of the colour bar have the colours of its ends."

// setEnds gives colours the ends that are asked for, where they are, and tells whether values
// lie beyond them.
func setEnds(c *figure.Colours, low, high float64) (clipped bool) {
	lowest, highest := c.Low, c.High
	if !math.IsNaN(low) {
		c.Low = low
	}
	if !math.IsNaN(high) {
		c.High = high
	}
	if !(c.High > c.Low) { // one value alone
		half := max(math.Abs(c.Low)*0.01, 1e-6)
		c.Low, c.High = c.Low-half, c.Low+half
	}
	return lowest < c.Low || highest > c.High
}

// electrodesAlong marks the electrodes in a cell that lie on a path: where they are, and when
// they begin to act.
func electrodesAlong(x *Study, trace *Trace, cell int, tree *neuron.Tree, path []row, t span) (out []figure.Series) {
	for i := range x.Network.Stimulations {
		e := &x.Network.Stimulations[i]
		if !e.Reaches(trace.Population, cell) {
			continue
		}
		node := tree.At(tree.SectionNamed(e.Section), e.X)
		at := slices.IndexFunc(path, func(r row) bool { return r.node == node })
		if at < 0 {
			continue
		}
		begin := t.from
		for k := t.from; e.Waveform != nil && e.Rs == 0 && k < t.to; k++ {
			if e.Waveform.At(float64((float64(k)+0.5)*x.Run.Dt)) != 0 {
				begin = k
				break
			}
		}
		s := figure.Series{Name: "Electrode " + e.Name, Mark: figure.Pointers, Index: i}
		s.Add(t.at(begin), path[at].at)
		out = append(out, s)
	}
	return out
}

// kymographSays says what a kymograph shows and how it was thinned.
func kymographSays(trace *Trace, k *kymographSpec, fig figure.Figure, all bool, per int, clipped bool) (says []string) {
	end := fmt.Sprintf("%s(%.4g)", k.End.Section, k.End.X)
	if k.End.X == 1 {
		end = "the end of " + k.End.Section
	}
	says = append(says, fmt.Sprintf("Colour: %s of the compartments on the path from the soma to %s, recorded every %.4g ms.",
		within(fig.Panels[0].Colours.Label), end, trace.Every))
	if per > 1 {
		says = append(says, fmt.Sprintf("A column stands for %d samples: in each row for the one farthest from the mean of the row.", per))
	}
	if !all {
		says = append(says, "Not all compartments were recorded; a row reaches to the middle between it and the next.")
	}
	if clipped {
		says = append(says, beyondEnds)
	}
	for _, p := range fig.Panels {
		if len(p.Series) > 1 {
			return append(says, "Triangles: their tips are where an electrode is and when it begins to act.")
		}
	}
	return says
}
