package model

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/hdf5"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/sonata"
	"neurosim/stimulus"
)

// nodeKeys are the keys of a population whose cells are nodes of a file of SONATA.
type nodeKeys struct {
	NodesFile      string `toml:"nodes_file" file:"table" doc:"file of nodes of SONATA (HDF5): the cells are its nodes, in their order, and as many; the parameters of cells are not read"`
	NodePopulation string `toml:"node_population" doc:"population of nodes_file; default: the only one"`
	NodeTypes      []int  `toml:"node_types" doc:"types of the nodes, node_type_id, that become cells; default: all"`
}

// edgeKeys are the keys of a projection that is read from a file of edges of SONATA.
type edgeKeys struct {
	Types      string `toml:"types" file:"table" doc:"sonata: the table of types of the edges, CSV, with their weights and delays where the file of edges has none"`
	Edges      string `toml:"edges" doc:"sonata: population of edges in the file; default: the only one"`
	EdgeTypes  []int  `toml:"edge_types" doc:"sonata: types of the edges, edge_type_id, that are read; default: all"`
	WeightUnit string `toml:"weight_unit" must:"for rule = sonata, where the edges have weights" doc:"sonata: pA or nA, the unit of the weights, which the files do not say"`
	NSyns      string `toml:"nsyns" of:"multiply ignore" doc:"sonata: use of nsyns, the number of synapses of an edge: multiply the weight by it, or ignore it"`
}

const (
	// sonataRule is the rule of a projection whose connections are in a file of SONATA; the
	// network is given them as those of a list.
	sonataRule network.Rule = "sonata"

	multiply = "multiply"
)

// weightUnits are the units that weights of files may have, in pA.
var weightUnits = map[string]float64{"pA": 1, "nA": 1000}

// nodeSet says which nodes of a file are the cells of a population.
type nodeSet struct {
	name  string  // of the population in the file
	cells []int32 // [node] the cell; -1: not of this population
	bad   bool    // the file is no good, which is reported: what follows from it is not
}

// isHDF5 tells whether a file is HDF5, by what it begins with, or by its name where it has a
// user block first or is another thing by mistake.
func isHDF5(name string, text []byte) bool {
	name = strings.ToLower(name)
	return bytes.HasPrefix(text, []byte("\x89HDF")) || strings.HasSuffix(name, ".h5") || strings.HasSuffix(name, ".hdf5")
}

// An hdf5File is a file of HDF5 that a key names, of which a part is in memory at a time.
type hdf5File struct {
	*hdf5.File
	data *grammar.DataAt
}

// openHDF5 opens a file that a key names, and reports what is wrong with it. Where it is good,
// close ends the reading.
func (d Reader) openHDF5(key, file string) (*hdf5File, bool) {
	data, ok := d.OpenAt(key, file, grammar.MaxTable)
	if !ok {
		return nil, false
	}
	return d.hdf5(key, file, data)
}

func (d Reader) hdf5(key, file string, data *grammar.DataAt) (*hdf5File, bool) {
	f, err := hdf5.Open(data, data.Size)
	if !d.good(key, file, err) {
		data.Close()
		return nil, false
	}
	return &hdf5File{f, data}, true
}

// close closes a file of HDF5 and reports err, or that another program has changed what was read.
func (d Reader) close(f *hdf5File, key, file string, err error) bool {
	if changed := f.data.Close(); changed != nil {
		err = changed // and what was read of it need not make sense
	}
	return d.good(key, file, err)
}

// good reports an error of a file, and whether there is none.
func (d Reader) good(key, file string, err error) bool {
	if err != nil {
		d.Bad(key, "%s: %s", file, err)
	}
	return err == nil
}

// nodes reads how many cells a population has, where a file says it.
func (d Reader) nodes(x *Model, path, count string, t *nodeKeys, name string, size *int) {
	if t.NodesFile == "" {
		d.Without(path, []string{"node_population", "node_types"}, "without nodes_file")
		return
	}
	d.Without(path, []string{count}, "with nodes_file, which has the number of cells")
	if x.nodes == nil {
		x.nodes = map[string]*nodeSet{}
	}
	set, cells := d.nodeSet(path, t)
	if set == nil {
		set, cells = &nodeSet{bad: true}, 1
	}
	x.nodes[name] = set
	*size = cells
	d.Default(path+"."+count, fmt.Sprint(cells))
}

// nodeSet reads which nodes are cells, and how many; nil where the file is no good.
func (d Reader) nodeSet(path string, t *nodeKeys) (*nodeSet, int) {
	key := path + ".nodes_file"
	f, ok := d.openHDF5(key, t.NodesFile)
	if !ok {
		return nil, 0
	}
	set, cells, seen, err := readNodes(f.File, t)
	if !d.close(f, key, t.NodesFile, err) || !d.haveTypes(path+".node_types", t.NodeTypes, seen) {
		return nil, 0
	}
	return set, cells
}

// readNodes reads the nodes of a population, how many of them are cells, and which types there are.
func readNodes(f *hdf5.File, t *nodeKeys) (set *nodeSet, cells int, seen map[uint64]bool, err error) {
	n, err := sonata.OpenNodes(f, t.NodePopulation)
	if errors.Is(err, sonata.ErrWhich) {
		err = fmt.Errorf("%w (node_population = \"NAME\")", err)
	}
	if err != nil {
		return nil, 0, nil, err
	}
	if n.Size > math.MaxInt32 {
		return nil, 0, nil, fmt.Errorf("has %d nodes, more than cells of one population", n.Size)
	}
	set, seen = &nodeSet{name: n.Name, cells: make([]int32, 0, min(n.Size, 1<<20))}, map[uint64]bool{}
	err = n.EachType(func(_, kind uint64) {
		cell := int32(-1)
		if seen[kind] = true; t.NodeTypes == nil || slices.Contains(t.NodeTypes, int(kind)) {
			cell = int32(cells)
			cells++
		}
		set.cells = append(set.cells, cell)
	})
	return set, cells, seen, err
}

// unknown tells whether it is not known how many cells a population has.
func (x *Model) unknown(p *network.Population) bool {
	set := x.nodes[p.Name]
	return set != nil && set.bad
}

// haveTypes reports a type that is asked for and not there.
func (d Reader) haveTypes(key string, wanted []int, seen map[uint64]bool) bool {
	for _, kind := range wanted {
		if kind < 0 || !seen[uint64(kind)] {
			return d.Rule(false, key, "names type %d; the file has %s", kind, typeList(seen))
		}
	}
	return true
}

// typeList lists types in order, the first of many.
func typeList(seen map[uint64]bool) string {
	var all []uint64
	for kind := range seen {
		all = append(all, kind)
	}
	slices.Sort(all)
	more := ""
	if len(all) > 20 {
		all, more = all[:20], " ..."
	}
	return strings.Join(strings.Fields(strings.Trim(fmt.Sprint(all), "[]")), ", ") + more
}

// cell returns the cell of a population that a node is, and whether the node is one that the
// file may name: where it is of other cells, the cell is -1.
func (x *Model) cell(p *network.Population, node uint64) (int32, bool) {
	if set := x.nodes[p.Name]; set != nil {
		if node >= uint64(len(set.cells)) {
			return -1, false
		}
		return set.cells[node], true
	}
	if node >= uint64(p.Size()) {
		return -1, false
	}
	return int32(node), true
}

// nodesOf returns how many nodes a file may name of a population.
func (x *Model) nodesOf(p *network.Population) int {
	if set := x.nodes[p.Name]; set != nil {
		return len(set.cells)
	}
	return p.Size()
}

// sonataTrain reads the spikes of an input from a file of SONATA.
func (d Reader) sonataTrain(x *Model, path string, t *spikesInput, data *grammar.Data) *stimulus.Train {
	key := path + ".file"
	before := d.Problems()
	d.Without(path, []string{"separator", "decimal", "header", "time_unit", "columns"}, "for a file of SONATA")
	at, ok := d.At(key, t.File, data)
	if !ok {
		return nil
	}
	f, ok := d.hdf5(key, t.File, at)
	if !ok {
		return nil
	}
	p := x.Network.Population(t.Population)
	if d.Problems() > before || x.unknown(p) {
		at.Close()
		return nil
	}
	var notes []string
	warn := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	b, err := x.sonataSpikes(f.File, p, t, at.Size, warn)
	if !d.close(f, key, t.File, err) {
		return nil
	}
	train := b.finish(warn)
	for _, n := range notes {
		d.Warn("%s: %s", t.File, n)
	}
	return train
}

// sonataSpikes reads the spikes of a population from a file of some bytes.
func (x *Model) sonataSpikes(f *hdf5.File, p *network.Population, t *spikesInput, size int64, warn func(format string, args ...any)) (*trainBuilder, error) {
	from := t.From
	if from == "" {
		from = p.Name
		if set := x.nodes[p.Name]; set != nil {
			from = set.name
		}
	}
	r, err := sonata.OpenSpikes(f, from)
	if err != nil {
		if t.From == "" {
			err = fmt.Errorf("%w (from = \"NAME\" reads one of another name)", err)
		}
		return nil, err
	}
	if r.Population == "" {
		warn("has no names of populations (an older layout of SONATA): all its spikes are taken for those of %s", p.Name)
	}
	if r.Len == 0 {
		warn("has no spikes")
	}
	room := min(r.Len, max(uint64(size), 1<<24)) // of a file that says what is not so not more
	b := &trainBuilder{
		spikeRows: spikeRows{dt: x.Run.Dt, steps: x.Network.Steps, scale: 1, tstop: x.Run.Tstop},
		train:     &stimulus.Train{Steps: make([]int64, 0, room), Cells: make([]int32, 0, room)},
	}
	others, at := 0, 0
	err = r.Each(func(ms float64, node uint64) error {
		at++
		n := int64(node) - int64(t.FirstCell)
		if n < 0 {
			n = math.MaxInt64
		}
		cell, known := x.cell(p, uint64(n))
		switch {
		case !known:
			return fmt.Errorf("spike %d is of node %d; %s has the nodes %d to %d", at-1, node, p.Name, t.FirstCell, t.FirstCell+x.nodesOf(p)-1)
		case ms > 1e15:
			return fmt.Errorf("spike %d has the time %g ms, beyond all runs", at-1, ms)
		case cell < 0:
			others++
		default:
			b.add(b.at(ms), cell)
		}
		return nil
	})
	noteCount(warn, others, "1 spike of nodes that are no cells of %s is not used", "%d spikes of nodes that are no cells of %s are not used", p.Name)
	return b, err
}

// edgeReader reads the edges of a projection.
type edgeReader struct {
	Reader
	x        *Model
	path     string
	t        *projectionTable
	src, dst *network.Population
	file     *hdf5File
	edges    *sonata.Edges
	types    *sonata.Types // nil: no table

	weight, delay map[uint64]float64 // of types, where the edges have none
	scale         float64            // of weights, in pA

	out      *network.Connections
	seen     map[uint64]bool // types of the file
	positive map[uint64]bool // types with weights above 0
	negative map[uint64]bool // and below
	others   int             // edges of nodes that are no cells
	between  int             // delays between two steps
	counted  int             // edges whose nsyns is not 1
	empty    int             // edges whose nsyns is 0
}

// edges reads the edges of a projection of rule sonata; nil where they are no good.
func (d Reader) edges(x *Model, path string, t *projectionTable, src *network.Population, target, group string) *network.Connections {
	if group != "" {
		d.Bad(path+".target", "must be the somata of a population for rule = %q: the file does not say which segment an edge reaches; rule = %q does", sonataRule, network.List)
		return nil
	}
	e := &edgeReader{
		Reader: d, x: x, path: path, t: t, src: src, dst: x.Network.Population(target), scale: 1,
		weight: map[uint64]float64{}, delay: map[uint64]float64{}, out: &network.Connections{},
		seen: map[uint64]bool{}, positive: map[uint64]bool{}, negative: map[uint64]bool{},
	}
	if !(x.Run.Dt > 0) || x.unknown(src) || x.unknown(e.dst) || !e.open() {
		return nil
	}
	if !e.openTypes() || !e.units() {
		e.file.data.Close()
		return nil
	}
	at := uint64(0)
	err := e.edges.Each(func(edge sonata.Edge) error {
		at++
		if err := e.add(edge); err != nil {
			return fmt.Errorf("edge %d of %s %w", at-1, e.edges.Name, err)
		}
		return nil
	})
	if !d.close(e.file, path+".file", t.File, err) || !d.haveTypes(path+".edge_types", t.EdgeTypes, e.seen) || !e.signs() {
		return nil
	}
	e.note()
	return e.out
}

// open opens the file of edges and compares its populations with those of the projection. It
// leaves the file open where they fit.
func (e *edgeReader) open() (ok bool) {
	key := e.path + ".file"
	if e.file, ok = e.openHDF5(key, e.t.File); !ok {
		return false
	}
	defer func() {
		if !ok {
			e.file.data.Close()
		}
	}()
	var err error
	e.edges, err = sonata.OpenEdges(e.file.File, e.t.Edges)
	if errors.Is(err, sonata.ErrWhich) {
		err = fmt.Errorf("%w (edges = \"NAME\")", err)
	}
	if !e.good(key, e.t.File, err) {
		return false
	}
	for _, c := range []struct {
		key, is string
		p       *network.Population
	}{{"source", e.edges.Source, e.src}, {"target", e.edges.Target, e.dst}} {
		if set := e.x.nodes[c.p.Name]; set != nil && c.is != "" && set.name != c.is {
			e.Bad(e.path+"."+c.key, "is of the nodes %s; the %ss of the edges %s are nodes of %s", set.name, c.key, e.edges.Name, c.is)
			return false
		}
	}
	return true
}

// openTypes reads the table of types and refuses models of edges that are not there.
func (e *edgeReader) openTypes() bool {
	if e.t.Types == "" {
		return true
	}
	key := e.path + ".types"
	text, ok := e.ReadFile(key, e.t.Types, grammar.MaxTable)
	if !ok {
		return false
	}
	var err error
	if e.types, err = sonata.ReadTypes(bytes.NewReader(text), "edge_type_id"); !e.good(key, e.t.Types, err) {
		return false
	}
	for _, id := range e.types.IDs {
		if e.t.EdgeTypes != nil && !slices.Contains(e.t.EdgeTypes, int(id)) {
			continue
		}
		if model, ok := e.types.Text(id, "model_template"); ok && model != "static_synapse" && model != "nest:static_synapse" {
			e.Bad(key, "%s: edges of type %d are of the model %s; there is static_synapse", e.t.Types, id, model)
			return false
		}
		if f, ok := e.types.Text(id, "weight_function"); ok && f != "wmax" {
			e.Bad(key, "%s: the weights of type %d are made by the function %s; there is wmax, syn_weight as it stands", e.t.Types, id, f)
			return false
		}
		for column, to := range map[string]map[uint64]float64{"syn_weight": e.weight, "delay": e.delay} {
			v, ok, err := e.types.Number(id, column)
			if !e.good(key, e.t.Types, err) {
				return false
			}
			if ok {
				to[id] = v
			}
		}
	}
	return true
}

// units finds out whether the edges have weights and asks for their unit.
func (e *edgeReader) units() bool {
	if !e.edges.HasWeight && len(e.weight) == 0 {
		where := "the file has no syn_weight"
		if e.types != nil {
			where += ", nor has the table of types"
		}
		if !e.Present(e.path + ".weight") {
			e.Bad(e.path+".weight", "must be given: %s", where)
			return false
		}
		e.Without(e.path, []string{"weight_unit"}, "where the edges have no weights")
		return true
	}
	e.Without(e.path, []string{"weight"}, "beside the weights of the edges")
	if !e.Require(e.path+".weight_unit") || !e.OneOf(e.path+".weight_unit", e.t.WeightUnit, "pA", "nA") {
		return false
	}
	e.scale = weightUnits[e.t.WeightUnit]
	e.out.Weight = []float64{}
	return true
}

// add adds an edge, unless it is of another type or of cells of other populations.
func (e *edgeReader) add(edge sonata.Edge) error {
	e.seen[edge.Type] = true
	if e.t.EdgeTypes != nil && !slices.Contains(e.t.EdgeTypes, int(edge.Type)) {
		return nil
	}
	source, known := e.x.cell(e.src, edge.Source)
	if !known {
		return fmt.Errorf("comes from node %d; %s has %d nodes", edge.Source, e.src.Name, e.x.nodesOf(e.src))
	}
	target, known := e.x.cell(e.dst, edge.Target)
	if !known {
		return fmt.Errorf("leads to node %d; %s has %d nodes", edge.Target, e.dst.Name, e.x.nodesOf(e.dst))
	}
	if source < 0 || target < 0 {
		e.others++
		return nil
	}
	if e.types != nil && !e.types.Has(edge.Type) {
		return fmt.Errorf("is of type %d, which %s does not have", edge.Type, e.t.Types)
	}
	count := 1.0
	if e.edges.HasCount && edge.Count != 1 {
		e.counted++
		if e.t.NSyns == multiply {
			count = float64(edge.Count)
		}
		if edge.Count == 0 && e.t.NSyns == multiply {
			e.empty++
			return nil
		}
	}
	if e.out.Weight != nil {
		w, ok := edge.Weight, true
		if !e.edges.HasWeight {
			w, ok = e.weight[edge.Type]
		}
		if !ok || math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("of type %d has no weight", edge.Type)
		}
		if w > 0 {
			e.positive[edge.Type] = true
		} else if w < 0 {
			e.negative[edge.Type] = true
		}
		e.out.Weight = append(e.out.Weight, w*count*e.scale)
	}
	if err := e.addDelay(edge); err != nil {
		return err
	}
	e.out.Source, e.out.Cell = append(e.out.Source, source), append(e.out.Cell, target)
	return nil
}

// addDelay adds the delay of an edge, on the grid of steps.
func (e *edgeReader) addDelay(edge sonata.Edge) error {
	ms, ok := edge.Delay, true
	if !e.edges.HasDelay {
		ms, ok = e.delay[edge.Type]
	}
	if !ok && len(e.delay) == 0 {
		return nil // the key delay says it
	}
	if !ok || !(ms >= 0) || ms > network.MaxDelay*e.x.Run.Dt {
		return fmt.Errorf("of type %d has no delay that is used: %g ms; at most %s", edge.Type, ms, grammar.FormatQuantity(network.MaxDelay*e.x.Run.Dt, "ms"))
	}
	steps := grid.Steps(ms, e.x.Run.Dt)
	if math.Abs(ms/e.x.Run.Dt-float64(steps)) > 1e-6 {
		e.between++
	}
	if least := int64(e.x.Network.LeastDelay(e.src)); steps < least {
		return fmt.Errorf("has the delay %g ms; from %s it is at least %s", ms, e.src.Name, grammar.FormatQuantity(float64(least)*e.x.Run.Dt, "ms"))
	}
	e.out.Delay = append(e.out.Delay, float64(steps)*e.x.Run.Dt)
	return nil
}

// signs holds the signs of the weights to that of the projection. Of an inhibitory one all are
// negative, as where weights are currents, or none is, as where they are conductances.
func (e *edgeReader) signs() bool {
	both := len(e.positive) > 0 && len(e.negative) > 0
	switch {
	case e.t.Sign == network.Excite && len(e.negative) > 0 && !both:
		e.Bad(e.path+".sign", "is excitatory, and the weights are negative; sign = %q reads them", network.Inhibit)
		return false
	case both:
		e.Bad(e.path+".edge_types", "must be given: weights of the types %s are negative, of %s positive, and a projection has one sign", typeList(e.negative), typeList(e.positive))
		return false
	}
	if len(e.negative) > 0 {
		for i := range e.out.Weight {
			e.out.Weight[i] = -e.out.Weight[i]
		}
	}
	return true
}

// note says what of the edges is not taken as it stands.
func (e *edgeReader) note() {
	warn := func(format string, args ...any) { e.Warn("%s: %s", e.t.File, fmt.Sprintf(format, args...)) }
	names := e.src.Name + " and " + e.dst.Name
	noteCount(warn, e.others, "1 edge of nodes that are no cells of %s is not used", "%d edges of nodes that are no cells of %s are not used", names)
	noteCount(warn, e.between, "1 delay lies between two steps of dt = %s and was moved to the nearer", "%d delays lie between two steps of dt = %s and were moved to the nearer", grammar.FormatQuantity(e.x.Run.Dt, "ms"))
	done := "its weight is multiplied by nsyns"
	if e.t.NSyns != multiply || e.out.Weight == nil {
		done = "it counts once (nsyns)"
	}
	noteCount(warn, e.counted-e.empty, "1 edge stands for several synapses: %s", "%d edges stand for several synapses, for each: %s", done)
	noteCount(warn, e.empty, "1 edge stands for no synapse and is not used%s", "%d edges stand for no synapse and are not used%s", "")
	if len(e.out.Source) == 0 {
		warn("has no edge between cells of %s", names)
	}
}
