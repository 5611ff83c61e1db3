package neuron

import (
	"fmt"
	"math"

	"neurosim/internal/profile"
)

// place is a point of a cell: where on a section it lies (µm). Along the soma, places count
// from its centre, that of node 0, negative before it, on other sections as Distance does.
type place struct {
	section int
	at      float64
}

// placeOn returns the place x (µm) of a section.
func (t *Tree) placeOn(section int, x float64) place {
	if section == 0 {
		return place{0, x - t.Sections[0].middle()}
	}
	return place{section, t.begins(section) + x}
}

// begins returns the path from the centre of the soma to the beginning of another section.
func (t *Tree) begins(section int) float64 {
	first := t.Node(section, 0)
	return t.Distance[first] - float64(t.Length[first]/2)
}

// onParent returns the place on its parent where a section begins.
func (t *Tree) onParent(section int) place {
	s := t.Sections[section]
	if s.Parent == 0 {
		return t.placeOn(0, t.Sections[0].leaves(s.At))
	}
	return place{s.Parent, t.begins(section)}
}

// between returns the path between two places (µm): up from each to the section that
// both ways share, and along it.
func (t *Tree) between(a, b place) (path float64) {
	for a.section != b.section {
		deeper := &a
		if b.section > a.section {
			deeper = &b
		}
		path += deeper.at - t.begins(deeper.section)
		*deeper = t.onParent(deeper.section)
	}
	return path + math.Abs(a.at-b.at)
}

// origin returns the place that distances are measured from, and its section.
func (t *Tree) origin(name string) (root int, from place, err error) {
	switch name {
	case profile.Soma:
		return 0, place{}, nil
	case profile.SomaStart:
		return 0, t.placeOn(0, 0), nil
	}
	root = t.SectionNamed(name)
	if root < 0 && name == profile.Trunk {
		root = t.trunk()
	}
	if root < 0 {
		return 0, place{}, fmt.Errorf("there is no section %q for the origin of distances", name)
	}
	return root, t.placeOn(root, 0), nil
}

// Spans returns, by section, the path from an origin to its beginning and to its end (µm).
// It is an error if there is no such origin.
func (t *Tree) Spans(origin string) ([][2]float64, error) {
	_, from, err := t.origin(origin)
	if err != nil {
		return nil, err
	}
	out := make([][2]float64, len(t.Sections))
	for i, s := range t.Sections {
		out[i] = [2]float64{t.between(t.placeOn(i, 0), from), t.between(t.placeOn(i, s.Length()), from)}
	}
	return out, nil
}

// Distances returns the path from an origin to every node (µm), and to the farthest tip
// that lies behind it. The origin is the centre of the soma, its beginning, or the beginning of
// a section. A distance is that of the compartment's centre; sampled as hoc does, that of the last
// compartment of a section is at the section's end. It is an error if there is no such origin.
func (t *Tree) Distances(origin, sample string) (d []float64, farthest float64, err error) {
	root, from, err := t.origin(origin)
	if err != nil {
		return nil, 0, err
	}
	d = make([]float64, t.Len())
	for i := range d {
		section := int(t.Section[i])
		x := t.along[i]
		if last := int(t.Index[i]) == t.Sections[section].Compartments-1; last && sample == profile.Hoc {
			x = t.Sections[section].Length()
		}
		d[i] = t.between(t.placeOn(section, x), from)
	}
	for i, s := range t.Sections {
		if t.behind(i, root) {
			farthest = max(farthest, t.between(t.placeOn(i, s.Length()), from))
		}
	}
	return d, farthest, nil
}

// PathTo returns the compartments that a path from the centre of the soma to a place x of a
// section, from 0 to 1, leads through, in its order.
func (t *Tree) PathTo(section int, x float64) (nodes []int) {
	chain := []int{section}
	for s := section; s > 0; s = t.Sections[s].Parent {
		chain = append(chain, t.Sections[s].Parent)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		s, to := t.Sections[chain[i]], x // where the path leaves the section
		if i > 0 {
			to = t.Sections[chain[i-1]].At
		}
		first, last := 0, s.holds(to)
		switch {
		case chain[i] == 0:
			first = s.holds(0.5)
			for k := first; k > last; k-- { // back to its beginning
				nodes = append(nodes, t.Node(0, k))
			}
			first = min(first, last)
		case i > 0 && to == 0:
			continue // it begins where this section does
		}
		for k := first; k <= last; k++ {
			nodes = append(nodes, t.Node(chain[i], k))
		}
	}
	return nodes
}

// behind tells whether a section is root or lies behind it.
func (t *Tree) behind(section, root int) bool {
	for ; section > root; section = t.Sections[section].Parent {
	}
	return section == root
}

// trunk returns the section that the apical dendrite begins with: the first of that region
// whose parent is of another; -1 for none.
func (t *Tree) trunk() int {
	for i, s := range t.Sections {
		if s.Region == "apical" && (s.Parent < 0 || t.Sections[s.Parent].Region != "apical") {
			return i
		}
	}
	return -1
}
