package sonata

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"neurosim/hdf5"
)

// Edges are the edges of one population of them.
type Edges struct {
	Name           string
	Source, Target string // populations of nodes; "" where the file does not say
	Len            uint64
	HasWeight      bool // syn_weight of each edge
	HasDelay       bool // delay of each edge
	HasCount       bool // nsyns of each edge

	sources, targets, types *hdf5.Dataset
	index                   *hdf5.Dataset // of an edge in its group; nil: in the order of edges
	weights, delays, counts *hdf5.Dataset // of the group
}

// Edge is one edge.
type Edge struct {
	Source, Target, Type uint64
	Weight, Delay        float64 // where the file has them
	Count                uint64  // nsyns, how many synapses it stands for; 1 where the file has none
}

// OpenEdges opens a population of edges; the only one for "". A population whose edges are in
// several groups, each with other attributes, is refused.
func OpenEdges(f *hdf5.File, population string) (*Edges, error) {
	g, err := member(f, "edges", population)
	if err != nil {
		return nil, err
	}
	e := &Edges{Name: g.Path()[len("/edges/"):]}
	var errs [3]error
	e.sources, errs[0] = dataset(g, "source_node_id")
	e.targets, errs[1] = dataset(g, "target_node_id")
	e.types, errs[2] = dataset(g, "edge_type_id")
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	if e.Len = e.sources.Len(); e.targets.Len() != e.Len || e.types.Len() != e.Len {
		return nil, fmt.Errorf("%s has %d sources, %d targets and %d types", g.Path(), e.Len, e.targets.Len(), e.types.Len())
	}
	for name, to := range map[string]*string{"source_node_id": &e.Source, "target_node_id": &e.Target} {
		o, err := g.Object(name)
		if err != nil {
			return nil, err
		}
		if *to, err = text(o, "node_population", ""); err != nil {
			return nil, err
		}
	}
	return e, e.attributes(g)
}

// attributes opens the group of attributes.
func (e *Edges) attributes(g *hdf5.Object) error {
	links, err := g.Links()
	if err != nil {
		return err
	}
	var groups []string
	for _, l := range links {
		if _, err := strconv.ParseUint(l.Name, 10, 32); err == nil {
			groups = append(groups, l.Name)
		}
	}
	switch {
	case len(groups) > 1:
		return fmt.Errorf("%s has its edges in several groups of attributes (%s and %s): one is read; divide the population", g.Path(), groups[0], groups[1])
	case len(groups) == 0:
		return nil
	}
	group, err := g.Object(groups[0])
	if err != nil {
		return err
	}
	rows := uint64(0)
	for name, to := range map[string]**hdf5.Dataset{"syn_weight": &e.weights, "delay": &e.delays, "nsyns": &e.counts} {
		d, err := dataset(group, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		*to, rows = d, max(rows, d.Len())
	}
	e.HasWeight, e.HasDelay, e.HasCount = e.weights != nil, e.delays != nil, e.counts != nil
	for _, d := range []*hdf5.Dataset{e.weights, e.delays, e.counts} {
		if d != nil && d.Len() != e.Len {
			return fmt.Errorf("%s has %d values for %d edges", d.Path(), d.Len(), e.Len)
		}
	}
	if rows == 0 {
		return nil
	}
	e.index, err = dataset(g, "edge_group_index")
	if errors.Is(err, fs.ErrNotExist) {
		return nil // one group: its rows are the edges
	}
	if err == nil && e.index.Len() != e.Len {
		err = fmt.Errorf("%s has %d values for %d edges", e.index.Path(), e.index.Len(), e.Len)
	}
	return err
}

// Each calls each for every edge in the order of the file. Some thousand are read at a time.
// The error is the first of each, or says which edge is not as SONATA has it.
func (e *Edges) Each(each func(Edge) error) error {
	const atOnce = 1 << 16
	for first := uint64(0); first < e.Len; first += atOnce {
		n := min(atOnce, e.Len-first)
		if err := e.some(first, n, each); err != nil {
			return err
		}
	}
	return nil
}

// some calls each for n edges.
func (e *Edges) some(first, n uint64, each func(Edge) error) error {
	ints := func(d *hdf5.Dataset) ([]uint64, error) {
		if d == nil {
			return nil, nil
		}
		return d.ReadUint64s(first, n)
	}
	floats := func(d *hdf5.Dataset) ([]float64, error) {
		if d == nil {
			return nil, nil
		}
		return d.ReadFloat64s(first, n)
	}
	index, err0 := ints(e.index)
	sources, err1 := ints(e.sources)
	targets, err2 := ints(e.targets)
	types, err3 := ints(e.types)
	counts, err4 := ints(e.counts)
	weights, err5 := floats(e.weights)
	delays, err6 := floats(e.delays)
	if err := errors.Join(err0, err1, err2, err3, err4, err5, err6); err != nil {
		return err
	}
	for i := range sources {
		// Row i of the group is edge i: what every program writes that has one group.
		if index != nil && index[i] != first+uint64(i) {
			return fmt.Errorf("%s: edge %d is row %d of its group: attributes in another order are not read", e.index.Path(), first+uint64(i), index[i])
		}
		edge := Edge{Source: sources[i], Target: targets[i], Type: types[i], Count: 1}
		if weights != nil {
			edge.Weight = weights[i]
		}
		if delays != nil {
			edge.Delay = delays[i]
		}
		if counts != nil {
			edge.Count = counts[i]
		}
		if err := each(edge); err != nil {
			return err
		}
	}
	return nil
}
