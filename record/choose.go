package record

import (
	"fmt"
	"slices"
	"strings"

	"neurosim/network"
)

// A Group names the segments of one name on the cells of one population.
type Group struct {
	Population, Name string
}

func (g Group) String() string { return g.Population + "." + g.Name }

// chosen is a group and where a Block has it.
type chosen struct {
	Group
	p, g    int
	perCell uint32
	cells   int
}

// groups returns the groups of segments of a population of the network; input
// cells have none, whatever their description says.
func groups(p *network.Population) []network.Segments {
	if p.Kind == network.SDR {
		return nil
	}
	return p.Segments
}

// choosePopulations returns the indices of the populations of these names,
// ascending; all for nil.
func choosePopulations(n *network.Network, names []string) ([]int, error) {
	var out []int
	pops := n.Populations()
	for i, p := range pops {
		if names == nil || slices.Contains(names, p.Name) {
			out = append(out, i)
			if err := plain(p.Name); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(pops, func(p *network.Population) bool { return p.Name == name }) {
			return nil, fmt.Errorf("record: there is no population %q", name)
		}
	}
	return out, nil
}

// chooseGroups returns the groups of these names in the order of the
// description; for nil all that can have NMDA spikes.
func chooseGroups(n *network.Network, names []Group) ([]chosen, error) {
	var all, out []chosen
	for i, p := range n.Populations() {
		for j, g := range groups(p) {
			all = append(all, chosen{Group{p.Name, g.Name}, i, j, uint32(g.Count), p.Size()})
		}
	}
	for _, c := range all {
		if at := n.Populations()[c.p].Segments[c.g].Place; names == nil && at != nil && !at.Detect.Enabled {
			continue // it has no NMDA spikes
		}
		if names == nil || slices.Contains(names, c.Group) {
			out = append(out, c)
			if err := plain(c.String()); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, func(c chosen) bool { return c.Group == name }) {
			return nil, fmt.Errorf("record: there are no segments %q", name)
		}
	}
	return out, nil
}

// plain refuses a name that a CSV file could hold only in quotes, so that
// readers, here and elsewhere, may split rows at commas.
func plain(name string) error {
	if strings.ContainsAny(name, ",\"\r\n") {
		return fmt.Errorf("record: the name %q has a comma, a quote or a line break; it cannot stand in a table", name)
	}
	return nil
}
