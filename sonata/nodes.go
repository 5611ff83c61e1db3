package sonata

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"neurosim/hdf5"
)

// Population is a population of nodes.
type Population struct {
	Name     string
	Size     uint64
	Type     uint64 // of all its nodes, in the table of types
	Virtual  bool   // its cells are inputs: they spike and have no potential
	Template string // what its cells are, for people; no blanks
}

// ModelType is what SONATA calls the cells of a population.
func (p Population) ModelType() string {
	if p.Virtual {
		return "virtual"
	}
	return "point_neuron"
}

// WriteNodes writes the nodes of populations.
func WriteNodes(w io.WriterAt, populations []Population) error {
	f := hdf5.Create(w)
	root := f.Root()
	nodes, err := root.Group("nodes")
	if err != nil {
		return err
	}
	err = errors.Join(root.SetAttribute("magic", uint32(magic)), root.SetAttribute("version", version))
	for _, p := range populations {
		if err == nil {
			err = writePopulation(nodes, p)
		}
	}
	return errors.Join(err, f.Close())
}

// writePopulation writes the nodes of one population, some thousand at a time.
func writePopulation(nodes *hdf5.GroupWriter, p Population) error {
	g, err := nodes.Group(p.Name)
	if err != nil {
		return err
	}
	if _, err := g.Group("0"); err != nil { // attributes of nodes: none
		return err
	}
	for _, c := range []struct {
		name string
		step uint64 // from one node to the next
		from uint64
	}{{"node_id", 1, 0}, {"node_type_id", 0, p.Type}, {"node_group_id", 0, 0}, {"node_group_index", 1, 0}} {
		d, err := g.Growing(c.name, hdf5.Uint64, hdf5.Growth{Chunk: []uint64{chunk}, Deflate: deflate})
		if err != nil {
			return err
		}
		values := make([]uint64, 0, chunk)
		for i := range p.Size {
			if values = append(values, c.from+i*c.step); len(values) == chunk || i == p.Size-1 {
				if err := d.Append(values); err != nil {
					return err
				}
				values = values[:0]
			}
		}
	}
	return nil
}

// WriteNodeTypes writes the table of the types of nodes.
func WriteNodeTypes(w io.Writer, populations []Population) error {
	var b strings.Builder
	b.WriteString("node_type_id population model_type model_template\n")
	for _, p := range populations {
		template := p.Template
		if template == "" {
			template = "NULL"
		}
		if strings.ContainsAny(p.Name+template, " \"\n\r\t") {
			return fmt.Errorf("sonata: %q, %q: names in a table of types have no blanks or quotes", p.Name, template)
		}
		fmt.Fprintf(&b, "%d %s %s %s\n", p.Type, p.Name, p.ModelType(), template)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Nodes are the nodes of a population.
type Nodes struct {
	Name  string
	Size  uint64
	types *hdf5.Dataset
}

// OpenNodes opens the nodes of a population. A file with one population needs no name.
func OpenNodes(f *hdf5.File, population string) (*Nodes, error) {
	g, err := member(f, "nodes", population)
	if err != nil {
		return nil, err
	}
	n := &Nodes{Name: g.Path()[len("/nodes/"):]}
	if n.types, err = dataset(g, "node_type_id"); err != nil {
		return nil, err
	}
	n.Size = n.types.Len()
	return n, nil
}

// EachType calls each for every node with its type, in order.
func (n *Nodes) EachType(each func(node, kind uint64)) error {
	const atOnce = 1 << 16
	for first := uint64(0); first < n.Size; first += atOnce {
		types, err := n.types.ReadUint64s(first, min(atOnce, n.Size-first))
		if err != nil {
			return err
		}
		for i, kind := range types {
			each(first+uint64(i), kind)
		}
	}
	return nil
}

// ErrWhich is wrapped by the error about a file of several populations of which none was named.
var ErrWhich = errors.New("say which")

// member returns a group of /nodes or /edges by its name; the only one for "". Of several the
// error wraps ErrWhich.
func member(f *hdf5.File, kind, name string) (*hdf5.Object, error) {
	all, err := f.Object(kind)
	if err != nil {
		return nil, notSONATA(err, "file of "+kind, kind)
	}
	links, err := all.Links()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, l := range links {
		names = append(names, l.Name)
	}
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("/%s has no population", kind)
	case name == "" && len(names) > 1:
		return nil, fmt.Errorf("has the populations %s: %w", strings.Join(names, ", "), ErrWhich)
	case name == "":
		name = names[0]
	}
	o, err := all.Object(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("has no population %q; it has %s: %w", name, strings.Join(names, ", "), fs.ErrNotExist)
	}
	return o, err
}
