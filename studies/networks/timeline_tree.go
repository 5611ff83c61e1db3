package networks

import (
	"cmp"
	"math"
	"slices"

	"neurosim/network"
	"neurosim/neuron"
	"neurosim/record"
	"neurosim/studies/drawcell"
	"neurosim/timeline"
)

// trees adds how the cells of populations are drawn that are trees of compartments: as they lie,
// where their sections have places, or as dendrograms.
func (r *courseReader) trees() error {
	all := 0
	for i := range r.t.Populations {
		p := &r.x.Network.Populations[i]
		if p.Trees == nil {
			continue
		}
		tree, err := neuron.NewTree(p.Trees.Sections)
		if err != nil {
			return err
		}
		r.t.Populations[i].Tree = drawingOf(tree)
		all += vertices(r.t.Populations[i].Tree)
	}
	every := (all + maxShownVertices - 1) / maxShownVertices
	if every <= 1 {
		return nil
	}
	for i := range r.t.Populations {
		p := &r.t.Populations[i]
		if p.Tree == nil {
			continue
		}
		before := vertices(p.Tree)
		for k := range p.Tree.Sections {
			p.Tree.Sections[k].Line = thinned(p.Tree.Sections[k].Line, every)
		}
		if after := vertices(p.Tree); after < before {
			r.note("%s: its cells are drawn by %d of the %d points of their morphology, every %s of each section and its ends", p.Name, after, before, ordinal(every))
		}
	}
	return nil
}

// drawingOf returns the drawing of a cell.
func drawingOf(tree *neuron.Tree) *timeline.Tree {
	view, source := drawcell.Projection(tree, 1)
	out := &timeline.Tree{Lies: source != drawcell.Scheme, Says: projectionSays[source]}
	if !out.Lies {
		view, out.Says = drawcell.Dendrogram(tree), dendrogramSays
	}
	for i, s := range tree.Sections {
		begin, _ := drawcell.Reach(tree, tree.Node(i, 0))
		section := timeline.Section{Name: s.Name, Parent: int32(s.Parent), Begin: begin}
		for k := range s.Compartments {
			section.Width += tree.Area[tree.Node(i, k)] / math.Pi
		}
		section.Width /= s.Length()
		path, x, y := view.Line(i)
		for k := range path {
			section.Line = append(section.Line, timeline.Vertex{Path: path[k], X: x[k], Y: y[k]})
		}
		out.Sections = append(out.Sections, section)
	}
	return out
}

// vertices counts those of a drawing.
func vertices(t *timeline.Tree) (n int) {
	for i := range t.Sections {
		n += len(t.Sections[i].Line)
	}
	return n
}

// thinned keeps every n-th vertex of a line, and its last.
func thinned(line []timeline.Vertex, every int) (out []timeline.Vertex) {
	for i := 0; i < len(line)-1; i += every {
		out = append(out, line[i])
	}
	return append(out, line[len(line)-1])
}

// sectionsOf returns the section of each segment of a group on trees.
func sectionsOf(p *network.Population, g *network.Segments) (out []int32) {
	for j := range g.Count {
		name := g.Place.Sections[j%len(g.Place.Sections)]
		out = append(out, int32(slices.IndexFunc(p.Trees.Sections, func(s neuron.Section) bool { return s.Name == name })))
	}
	return out
}

// A placer tells where the synapses of a group lie on the sections of its segments.
type placer struct {
	*network.Afferents
	places map[int][]float64 // [cell] of each synapse of those cells that were asked for
	held   int               // numbers in places
}

// maxHeld is how many numbers a placer keeps: 8 MiB.
const maxHeld = 1 << 20

// along returns where an active synapse lies, in parts of the length of its section, and 0 where cells
// are points. Of a synapse that the cell does not have it is not known.
func (r *courseReader) along(placers map[*timeline.Group]*placer, g *timeline.Group, a *record.ActiveSynapse) (part float64, known bool) {
	if g.Sections == nil {
		return 0, true
	}
	p := placers[g]
	if p == nil {
		i := r.at[a.Population]
		j := slices.IndexFunc(r.x.Network.Populations[i].Segments, func(s network.Segments) bool { return s.Name == g.Name })
		p = &placer{Afferents: network.NewAfferents(&r.x.Network, i, j), places: map[int][]float64{}}
		placers[g] = p
	}
	q := slices.IndexFunc(p.Projections, func(q network.AfferentProjection) bool { return q.Name == a.Projection })
	if q < 0 {
		return 0, false
	}
	this := network.Synapse{Projection: int32(p.Projections[q].Index), Number: uint32(a.Synapse)}
	k, known := slices.BinarySearchFunc(p.Of(a.Cell), this, func(s, t network.Synapse) int {
		return cmp.Or(cmp.Compare(s.Projection, t.Projection), cmp.Compare(s.Number, t.Number))
	})
	if !known {
		return 0, false
	}
	places, is := p.places[a.Cell]
	if !is {
		places = p.Places(a.Cell)
		if p.held += len(places); p.held > maxHeld {
			clear(p.places)
			p.held = len(places)
		}
		p.places[a.Cell] = places
	}
	return places[k], true
}
