package sonata

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"

	"neurosim/hdf5"
)

// SpikeWriter writes a file of spikes. It keeps one chunk of every population in memory.
type SpikeWriter struct {
	file        *hdf5.Writer
	spikes      *hdf5.GroupWriter
	elements    bool
	populations map[string]*spikeColumns
	order       []*spikeColumns
	latest      *spikeColumns // of the last spike: most follow one of their population
}

// spikeColumns are the datasets of a population, and rows that are not in them yet.
type spikeColumns struct {
	name                 string
	times, ids, elements *hdf5.DatasetWriter
	ms                   []float64
	nodes                []uint64
	elementIDs           []uint32
	last                 float64 // ms
}

// rowsAtOnce is how many rows are gathered before they go to a dataset.
const rowsAtOnce = 1024

// NewSpikeWriter starts a file of spikes. With elements each spike has the number of a place
// of its cell besides, element_ids, which SONATA does not know and readers pass over. Close
// ends the file; it does not close w.
func NewSpikeWriter(w io.WriterAt, elements bool) (*SpikeWriter, error) {
	s := &SpikeWriter{file: hdf5.Create(w), elements: elements, populations: map[string]*spikeColumns{}}
	root := s.file.Root()
	var err error
	if s.spikes, err = root.Group("spikes"); err != nil {
		return nil, err
	}
	return s, errors.Join(root.SetAttribute("magic", uint32(magic)), root.SetAttribute("version", version))
}

// Add adds a spike at a time (ms) of a node, in one of its elements, 0 for the soma. The
// spikes of each population come in the order of time.
func (s *SpikeWriter) Add(population string, ms float64, node uint64, element uint32) error {
	c := s.latest
	if c == nil || c.name != population {
		if c = s.populations[population]; c == nil {
			var err error
			if c, err = s.population(population); err != nil {
				return err
			}
		}
		s.latest = c
	}
	if !(ms >= c.last) || math.IsInf(ms, 0) {
		return fmt.Errorf("sonata: a spike of %s at %g ms after one at %g ms: they are written in the order of time", population, ms, c.last)
	}
	c.last = ms
	c.ms, c.nodes = append(c.ms, ms), append(c.nodes, node)
	if s.elements {
		c.elementIDs = append(c.elementIDs, element)
	}
	if len(c.ms) == rowsAtOnce {
		return c.flush()
	}
	return nil
}

// population starts the datasets of a population.
func (s *SpikeWriter) population(name string) (*spikeColumns, error) {
	g, err := s.spikes.Group(name)
	if err != nil {
		return nil, err
	}
	c := &spikeColumns{name: name}
	growth := hdf5.Growth{Chunk: []uint64{chunk}, Deflate: deflate}
	var errs [5]error
	c.times, errs[0] = g.Growing("timestamps", hdf5.Float64, growth)
	c.ids, errs[1] = g.Growing("node_ids", hdf5.Uint64, growth)
	if s.elements {
		c.elements, errs[2] = g.Growing("element_ids", hdf5.Uint32, growth)
	}
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	s.populations[name], s.order = c, append(s.order, c)
	return c, errors.Join(
		c.times.SetAttribute("units", "ms"),
		g.SetAttribute("sorting", hdf5.EnumValue{Names: sortings, Value: byTime}),
	)
}

// flush appends the rows that were gathered.
func (c *spikeColumns) flush() error {
	err := errors.Join(c.times.Append(c.ms), c.ids.Append(c.nodes))
	if c.elements != nil {
		err = errors.Join(err, c.elements.Append(c.elementIDs))
	}
	c.ms, c.nodes, c.elementIDs = c.ms[:0], c.nodes[:0], c.elementIDs[:0]
	return err
}

// Close writes what is left. It returns the first error that writing had.
func (s *SpikeWriter) Close() error {
	for _, c := range s.order {
		if err := c.flush(); err != nil {
			return err
		}
	}
	return s.file.Close()
}

// SpikeReader reads the spikes of one population.
type SpikeReader struct {
	Population string // "" in a file of the old layout, which has no names
	Len        uint64 // spikes
	times, ids *hdf5.Dataset
	path       string
}

// OpenSpikes opens the spikes of a population. A file of the old layout has no names of
// populations: its spikes are taken, whatever is asked for. The error says which populations
// there are if it is none of them, or how the file is not SONATA.
func OpenSpikes(f *hdf5.File, population string) (*SpikeReader, error) {
	spikes, err := f.Object("spikes")
	if err != nil {
		return nil, notSONATA(err, "file of spikes", "spikes")
	}
	links, err := spikes.Links()
	if err != nil {
		return nil, err
	}
	var groups []string
	datasets := map[string]bool{}
	for _, l := range links {
		o, err := spikes.Object(l.Name)
		if err != nil {
			return nil, err
		}
		if o.IsDataset() {
			datasets[l.Name] = true
		} else if o.IsGroup() {
			groups = append(groups, l.Name)
		}
	}
	switch {
	case len(datasets) > 0 && len(groups) > 0:
		return nil, fmt.Errorf("/spikes has datasets and populations side by side (%s): of which layout it is cannot be told", strings.Join(groups, ", "))
	case len(datasets) > 0:
		return openColumns(spikes, "", "gids", "node_ids")
	}
	for _, name := range groups {
		if name == population {
			g, err := spikes.Object(name)
			if err != nil {
				return nil, err
			}
			return openColumns(g, name, "node_ids", "gids")
		}
	}
	if len(groups) == 0 {
		return nil, errors.New("/spikes has no population: no spike was recorded")
	}
	return nil, fmt.Errorf("has no spikes of a population %q; it has those of %s: %w", population, strings.Join(groups, ", "), fs.ErrNotExist)
}

// openColumns opens timestamps and the first dataset of ids that is there.
func openColumns(g *hdf5.Object, population string, ids ...string) (*SpikeReader, error) {
	r := &SpikeReader{Population: population, path: g.Path()}
	var err error
	if r.times, err = dataset(g, "timestamps"); err != nil {
		return nil, err
	}
	for _, name := range ids {
		if r.ids, err = dataset(g, name); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s has neither %s", g.Path(), strings.Join(ids, " nor "))
	}
	if r.Len = r.times.Len(); r.Len != r.ids.Len() {
		return nil, fmt.Errorf("%s has %d times and %d nodes", g.Path(), r.Len, r.ids.Len())
	}
	o, err := g.Object("timestamps")
	if err != nil {
		return nil, err
	}
	units, err := text(o, "units", "ms")
	if err == nil && units != "ms" && units != "milliseconds" {
		err = fmt.Errorf("%s/timestamps has the unit %q: SONATA has ms", g.Path(), units)
	}
	return r, err
}

// Each calls each for every spike in the order of the file, with its time (ms) and node. It
// reads some thousand spikes at a time. The error is the first of each, or names the spike
// whose time or node is no number from 0 on.
func (r *SpikeReader) Each(each func(ms float64, node uint64) error) error {
	const atOnce = 1 << 16
	var times []float64
	var nodes []uint64
	for first := uint64(0); first < r.Len; first += atOnce {
		n := min(atOnce, r.Len-first)
		var err error
		if times, err = r.times.AppendFloat64s(times[:0], first, n); err != nil {
			return err
		}
		if nodes, err = r.ids.AppendUint64s(nodes[:0], first, n); err != nil {
			return err
		}
		for i, ms := range times {
			if !(ms >= 0) || math.IsInf(ms, 0) {
				return fmt.Errorf("%s: spike %d has the time %g ms", r.path, first+uint64(i), ms)
			}
			if err := each(ms, nodes[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// dataset returns the dataset of one dimension with a name.
func dataset(g *hdf5.Object, name string) (*hdf5.Dataset, error) {
	o, err := g.Object(name)
	if err != nil {
		return nil, err
	}
	d, err := o.Dataset()
	if err == nil && len(d.Shape) != 1 {
		err = fmt.Errorf("%s has %d dimensions, where SONATA has 1", d.Path(), len(d.Shape))
	}
	return d, err
}

// text returns an attribute of text, or a default where there is none.
func text(o *hdf5.Object, name, otherwise string) (string, error) {
	a, err := o.Attribute(name)
	if errors.Is(err, fs.ErrNotExist) {
		return otherwise, nil
	}
	if err != nil {
		return "", err
	}
	all, err := a.Strings()
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("attribute %s of %s has %d texts, where SONATA has 1", name, o.Path(), len(all))
	}
	if err != nil {
		return "", err
	}
	return all[0], nil
}

// notSONATA says that a file has no group of a name, where that is what is wrong.
func notSONATA(err error, what, group string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("is no %s of SONATA: it has no group /%s", what, group)
	}
	return err
}
