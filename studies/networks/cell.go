package networks

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/figure"
	"neurosim/internal/fpmath"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/studies/drawcell"
	"neurosim/study"
)

// projectionSays is what a projection of a cell is, in words; dendrogramSays, what a dendrogram is.
var projectionSays = map[drawcell.Source]string{
	drawcell.File:   "The cell as it lies in its file, projected on x and y.",
	drawcell.Partly: "The cell as it lies in its file, projected on x and y; sections without a place there, such as the stub of an axon, lead away from the others.",
	drawcell.Scheme: "The cell is schematic, to scale in length: its sections have no places.",
}

const dendrogramSays = "Dendrogram: the path from the soma, apical dendrites upwards; branches are spread across."

// cell draws a cell as it lies and its dendrogram, each compartment in the colour of a value.
func cell(x *Study, f Figure, open opener) (figure.Figure, error) {
	c := f.Cell
	fig := study.Frame(f.Figure)
	p := x.Network.Population(c.Population)
	tree, err := neuron.NewTree(p.Trees.Sections)
	if err != nil {
		return fig, err
	}
	lying, source := drawcell.Projection(tree, c.Diameters)
	views := []*drawcell.View{lying}
	fig.Panels = []figure.Panel{{
		X: figure.Axis{Label: "x", Unit: "µm", Hidden: true}, Y: figure.Axis{Label: "y", Unit: "µm", Hidden: true}, Equal: true, Legend: true,
	}}
	width, height := lying.Size()
	fig.Panels[0].ScaleBar = roundBelow(max(width, height) / 4)
	if c.Dendrogram {
		views = append(views, drawcell.Dendrogram(tree))
		fig.Cols = 2
		fig.Panels = append(fig.Panels, figure.Panel{
			X: figure.Axis{Label: "branch", Hidden: true}, Y: figure.Axis{Label: "Path from the soma", Unit: "µm", Ticks: drawcell.Mirrored(tree)},
		})
	}
	says := []string{projectionSays[source]}
	if c.Diameters == 1 {
		says[0] += " Diameters are to scale."
	} else {
		says[0] += fmt.Sprintf(" Diameters but that of the soma are drawn %.4g times as wide.", c.Diameters)
	}
	if c.Show == showRegion {
		addRegions(tree, views, fig.Panels)
	} else {
		more, err := addValues(x, c, tree, views, fig.Panels, open)
		if err != nil {
			return fig, err
		}
		says = append(says, more...)
	}
	if c.Dendrogram {
		says = append(says, dendrogramSays)
	}
	says = append(says, addPlaces(x, c, p, tree, views, fig.Panels)...)
	if math.IsNaN(fig.Height) {
		each := 0.8 * f.Width / float64(len(views))
		fig.Height = float64(min(max(each*height/width, 0.6*each), 1.6*each, 160)) + 12
	}
	return study.Noted(f.Figure, fig, figure.Meanings{More: says}), nil
}

// roundBelow returns the largest of 1, 2 and 5 times a power of ten that is at most x.
func roundBelow(x float64) float64 {
	e := fpmath.Pow10(math.Floor(fpmath.Log10(x)))
	for _, m := range []float64{5, 2} {
		if m*e <= x {
			return m * e
		}
	}
	return e
}

// addRegions draws the sections of each region in a colour of their own.
func addRegions(tree *neuron.Tree, views []*drawcell.View, panels []figure.Panel) {
	known := []string{"basal", "", "soma", "apical", "axon"} // each of the same colour in all cells
	var regions []string
	for _, s := range tree.Sections {
		if !slices.Contains(regions, s.Region) {
			regions = append(regions, s.Region)
		}
	}
	regions = append(regions[1:], regions[0]) // the soma's is drawn last, on what begins on it
	for _, region := range regions {
		for k, v := range views {
			s := v.Strokes(func(node int) bool { return tree.Sections[tree.Section[node]].Region == region }, nil)
			s.Name, s.Role, s.Index = region, figure.Simulation, slices.Index(known, region)
			switch {
			case region == "":
				s.Name, s.Role, s.Index = "no region", figure.Background, 0
			case s.Index < 0:
				known = append(known, region)
				s.Index = len(known) - 1
			}
			panels[k].Series = append(panels[k].Series, s)
		}
	}
}

// addValues draws the compartments in the colours of what a trace holds of them, those that it
// does not hold in grey.
func addValues(x *Study, c *cellSpec, tree *neuron.Tree, views []*drawcell.View, panels []figure.Panel, open opener) (says []string, err error) {
	trace := x.trace(c.Trace)
	t := spanOf(x, max(c.Start, trace.Start), min(c.Stop, trace.Stop))
	if c.Show == showTime { // the last sample until then
		t = spanOf(x, max(trace.Start, c.Time-trace.Every), c.Stop)
	}
	table, err := readTable(traceFile(trace.Name), t, open)
	if err != nil {
		return nil, err
	}
	if len(table.Steps) == 0 {
		return nil, fmt.Errorf("the trace %s has no sample in the time shown", trace.Name)
	}
	columns, axis := columnsOf(tree, trace, table, c.Cell, c.Variable)
	values := make([]float64, tree.Len())
	colours := figure.Colours{Unit: axis.Unit, Low: math.Inf(1), High: math.Inf(-1)}
	for node := range values {
		values[node] = math.NaN()
		v := columns[node]
		if v == nil {
			continue
		}
		switch c.Show {
		case showHighest:
			values[node] = slices.Max(v)
		case showLowest:
			values[node] = slices.Min(v)
		case showTime:
			values[node] = v[len(v)-1]
		}
		colours.Low, colours.High = min(colours.Low, values[node]), max(colours.High, values[node])
	}
	lower := within(axis.Label)
	switch c.Show {
	case showTime:
		at := t.clock.Ms(table.Steps[len(table.Steps)-1])
		colours.Label = axis.Label
		says = append(says, fmt.Sprintf("Colour: %s of each compartment at %.6g ms.", lower, at))
	default:
		colours.Label = strings.ToUpper(c.Show[:1]) + c.Show[1:] + " " + lower
		says = append(says, fmt.Sprintf("Colour: %s %s of each compartment from %.6g ms to %.6g ms, recorded every %.4g ms.", c.Show, lower, t.clock.Ms(t.from), t.clock.Ms(t.to), trace.Every))
	}
	if setEnds(&colours, c.Low, c.High) {
		says = append(says, beyondEnds)
	}
	held, all := 0, 0
	for node := range values {
		if tree.Index[node] >= 0 {
			all++
			if !math.IsNaN(values[node]) {
				held++
			}
		}
	}
	if held < all {
		says = append(says, fmt.Sprintf("Grey: %d of %d compartments, which were not recorded.", all-held, all))
	}
	for k, v := range views {
		own := colours
		own.NoBar = k < len(views)-1
		panels[k].Colours = &own
		if held < all {
			s := v.Strokes(func(node int) bool { return math.IsNaN(values[node]) }, values)
			s.Name = "Not recorded"
			panels[k].Series = append(panels[k].Series, s)
		}
		panels[k].Series = append(panels[k].Series, v.Strokes(func(node int) bool { return !math.IsNaN(values[node]) }, values))
	}
	return says, nil
}

// addPlaces marks the segments and the electrodes of a cell.
func addPlaces(x *Study, c *cellSpec, p *network.Population, tree *neuron.Tree, views []*drawcell.View, panels []figure.Panel) (says []string) {
	if c.Segments && len(p.Segments) > 0 {
		says = append(says, "Markers of segments: the middle of each.")
		for i, g := range p.Segments {
			for k, v := range views {
				s := figure.Series{Name: "Segments " + g.Name, Mark: figure.Points, Role: figure.Dendritic, Index: i}
				for j := range g.Count {
					section := tree.SectionNamed(g.Place.Sections[j%len(g.Place.Sections)])
					v.Mark(&s, tree.At(section, (g.Place.From+g.Place.To)/2))
				}
				panels[k].Series = append(panels[k].Series, s)
			}
		}
	}
	if !c.Electrodes {
		return says
	}
	for i := range x.Network.Stimulations {
		e := &x.Network.Stimulations[i]
		if !e.Reaches(p.Name, c.Cell) {
			continue
		}
		for k, v := range views {
			s := figure.Series{Name: "Electrode " + e.Name, Mark: figure.Pointers, Index: i}
			v.Mark(&s, tree.At(tree.SectionNamed(e.Section), e.X))
			panels[k].Series = append(panels[k].Series, s)
		}
	}
	return says
}
