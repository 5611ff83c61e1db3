package network

import (
	"fmt"
	"math"
	"slices"

	"neurosim/cable"
	"neurosim/dendrite"
	"neurosim/internal/grid"
	"neurosim/internal/rng"
	"neurosim/neuron"
)

// Trees is what a population of kind Compartmental has in place of a LIF soma:
// cells that share one tree of compartments.
type Trees struct {
	Sections []neuron.Section
	Method   neuron.Method
	Channels []Channel
	Calcium  []Calcium // later ones replace earlier ones
	Celsius  float64   // temperature of the Nernst potential; that of the channels is in their kinetics
	Settle   float64   // time without input before the beginning (ms)
	V0       *float64  // potential of all compartments at the beginning (mV), gates at their steady state; nil: the steady state of the leak

	// A cell spikes by threshold and reset of its soma (Firing), or where its soma
	// crosses a level upwards (Level, mV), its channels making the spike; or not at
	// all.
	Firing *neuron.FiringParams
	Level  *float64
}

// nodes returns the compartments of the named sections.
func nodes(t *neuron.Tree, sections []string) (out []int) {
	for _, name := range sections {
		i := t.SectionNamed(name)
		for k := range t.Sections[i].Compartments {
			out = append(out, t.Node(i, k))
		}
	}
	return out
}

// Placement says where the synapses of a segment lie within its range.
type Placement string

const (
	Even   Placement = "even"   // synapse i of s at (i + ½)/s of the range
	Random Placement = "random" // uniformly, drawn for every synapse
)

// A Place is where on the tree a group of segments lies, and what its synapses
// do. Segment j lies on section Sections[j mod len], between From and To, in
// parts of the section's length from its beginning.
type Place struct {
	Sections  []string
	From, To  float64
	Placement Placement
	Receptors Receptors
	Detect    dendrite.DetectorParams
}

// Receptors are the conductances of the synapses of a group. Excitatory synapses
// open AMPA and NMDA, inhibitory ones GABA_A.
type Receptors struct {
	AMPA dendrite.ReceptorParams `toml:"ampa"`
	NMDA dendrite.ReceptorParams `toml:"nmda"`
	GABA dendrite.ReceptorParams `toml:"gaba"`
}

// conducting returns the receptors that conduct at all, in the order of their sites:
// the excitatory ones, then the others.
func (r *Receptors) conducting() (list []dendrite.ReceptorParams, excitatory int) {
	for i, p := range []dendrite.ReceptorParams{r.AMPA, r.NMDA, r.GABA} {
		if p.GMax > 0 {
			list = append(list, p)
			if i < 2 {
				excitatory++
			}
		}
	}
	return list, excitatory
}

// opened returns those of the receptors that conduct which a synapse opens.
func (r *Receptors) opened(inhibit bool) []dendrite.ReceptorParams {
	list, excitatory := r.conducting()
	if inhibit {
		return list[excitatory:]
	}
	return list[:excitatory]
}

// Names returns the names of the receptors that conduct at all, in the order of their sites.
func (r *Receptors) Names() (names []string) {
	for i, p := range []dendrite.ReceptorParams{r.AMPA, r.NMDA, r.GABA} {
		if p.GMax > 0 {
			names = append(names, []string{"ampa", "nmda", "gaba"}[i])
		}
	}
	return names
}

// span returns the section of segment j and the first and last compartment of its
// range: those that hold From and To.
func (p *Place) span(t *neuron.Tree, j int) (section, first, last int) {
	section = t.SectionNamed(p.Sections[j%len(p.Sections)])
	return section, t.At(section, p.From), t.At(section, p.To)
}

// A TreeModel is the cells of a Compartmental population as arrays, without
// synapses.
type TreeModel struct {
	Model *cable.Model
	Tree  *neuron.Tree

	sites []map[int]int // [group] compartment → its first site; it has one for every receptor
	spans [][][]int     // [group][segment] compartments

	receptors   []dendrite.ReceptorParams // [site]
	receptorsOf [][]string                // [group] names of the receptors, in the order of their sites
	channels    []Channel
}

// Receptor returns the receptor of a site.
func (m *TreeModel) Receptor(site int) dendrite.ReceptorParams { return m.receptors[site] }

// NewTreeModel lowers a Compartmental population that has passed Check. A group has
// its sites, one for each receptor that conducts, on the compartments of its segments'
// ranges, ascending; segments that share a compartment share them.
//
// electrodes are those in the cells; they are inputs 1, 2 ... of the model, I_e being
// input 0.
func NewTreeModel(p *Population, dt float64, electrodes ...*Stimulation) (*TreeModel, error) {
	tree, err := neuron.NewTree(p.Trees.Sections)
	if err != nil {
		return nil, err
	}
	spec := cable.Spec{Tree: tree, Dt: dt, Method: p.Trees.Method, Inputs: []int{0}, Firing: p.Trees.Firing, Level: p.Trees.Level, VInit: p.Trees.V0, Settle: int(grid.Steps(p.Trees.Settle, dt))}
	for _, in := range electrodes {
		spec.Inputs = append(spec.Inputs, in.node(tree))
	}
	if len(p.Trees.Channels) > 0 || len(p.Trees.Calcium) > 0 {
		spec.Channels, spec.Pools = p.Trees.Membrane(tree, func(i, _ int, rule string, args ...any) {
			err = fmt.Errorf("channel %s: "+rule, append([]any{p.Trees.Channels[i].Name}, args...)...)
		})
		if err != nil {
			return nil, err
		}
		spec.Celsius = p.Trees.Celsius
	}
	m := &TreeModel{Tree: tree, channels: p.Trees.Channels}
	for i := range p.Segments {
		g := &p.Segments[i]
		at := len(spec.Receptors)
		receptors, _ := g.Place.Receptors.conducting()
		m.receptorsOf = append(m.receptorsOf, g.Place.Receptors.Names())
		spec.Receptors = append(spec.Receptors, receptors...)
		bears := make([]bool, tree.Len())
		var spans [][]int
		for j := range g.Count {
			_, lo, hi := g.Place.span(tree, j)
			var span []int
			for node := lo; node <= hi; node++ {
				bears[node] = true
				span = append(span, node)
			}
			spans = append(spans, span)
			spec.Segments = append(spec.Segments, cable.Segment{Nodes: span, Detector: g.Place.Detect})
		}
		sites := map[int]int{}
		for node, b := range bears {
			if b {
				sites[node] = len(spec.Sites)
				for k := range receptors {
					spec.Sites = append(spec.Sites, cable.Site{Receptor: at + k, Node: node})
					m.receptors = append(m.receptors, receptors[k])
				}
			}
		}
		m.sites, m.spans = append(m.sites, sites), append(m.spans, spans)
	}
	m.Model, err = cable.NewModel(spec)
	return m, err
}

// along appends to a list where each synapse of the last cell drawn lies, in parts of the length of
// the section that its segment is on.
func (w *wiring) along(at *Place, cell int32, to []float64) []float64 {
	of, before := make([]int, w.perCell), make([]int, w.perCell) // synapses of each segment
	for _, segment := range w.on {
		of[segment]++
	}
	r := rng.New(w.spec.Seed, rng.Place, w.owner, uint64(cell))
	for _, segment := range w.on {
		var x float64 // in parts of the range
		if at.Placement == Random {
			x = r.Float64()
		} else {
			x = (float64(before[segment]) + 0.5) / float64(of[segment])
		}
		before[segment]++
		to = append(to, at.From+float64(x*(at.To-at.From)))
	}
	return to
}

// Excite returns the sites that an event of an excitatory synapse of group g in a
// compartment opens, Inhibit those of an inhibitory one.
func (m *TreeModel) Excite(p *Population, g, node int) []int {
	_, excitatory := p.Segments[g].Place.Receptors.conducting()
	return m.opened(g, node, 0, excitatory)
}

// Inhibit is described with Excite.
func (m *TreeModel) Inhibit(p *Population, g, node int) []int {
	list, excitatory := p.Segments[g].Place.Receptors.conducting()
	return m.opened(g, node, excitatory, len(list))
}

func (m *TreeModel) opened(g, node, from, to int) (sites []int) {
	for k := from; k < to; k++ {
		sites = append(sites, m.sites[g][node]+k)
	}
	return sites
}

// Cells are stepped together: at most batch, so that calls for each compartment are cheap and
// what they compute stays near the processor. Fewer than together are stepped one by one, for
// which there is code of its own. Neither changes a result.
const (
	batch    = 128
	together = 8
)

// trees are the cells of a Compartmental population on a shard, in batches.
type trees struct {
	portion
	*TreeModel
	batch    int // cells of a batch; the last may have less
	batches  []*cable.Cells
	segments []siteGroup
}

// A siteGroup is a group of detected NMDA spikes: where the synapses of segments lie.
type siteGroup struct {
	group
	index                 int
	first                 int // of its segments among those of the model
	paths                 []treePathway
	start                 []uint32 // [branches+1] offsets into cell and site
	cell                  []uint32 // [synapses] from lo
	site                  []uint32 // [synapses] first site of the compartment
	receptors, excitatory uint32   // sites of a compartment, and how many of them are excitatory
}

// A treePathway is a pathway to trees.
type treePathway struct {
	pathway
	release
	base       uint32               // branch of line 0 and source cell 0
	from, to   uint32               // its synapses are from … to-1 of those of the group
	saturation *dendrite.Saturation // of its synapses; nil for none
}

// buildTrees builds the cells of a Compartmental population.
func (n *Network) buildTrees(own portion, p *Population) (*trees, error) {
	m, err := NewTreeModel(p, n.spec.Dt, n.spec.stimulations(p.Name)...)
	if err != nil {
		return nil, fmt.Errorf("population %s: %w", p.Name, err)
	}
	t := &trees{portion: own, TreeModel: m, batch: batch, segments: make([]siteGroup, len(p.Segments))}
	size := int(own.hi - own.lo)
	if size < together {
		t.batch = 1
	}
	for left := size; left > 0; left -= t.batch {
		t.batches = append(t.batches, m.Model.NewCells(min(left, t.batch)))
	}
	for i := range size {
		if pA, _ := n.constantCurrent(p, own.lo+int32(i)); pA != 0 {
			t.batches[i/t.batch].Inject(0, i%t.batch, pA)
		}
	}
	first := 0
	for g := range p.Segments {
		if err := n.buildSites(t, p, g, first); err != nil {
			return nil, err
		}
		first += p.Segments[g].Count
	}
	return t, nil
}

// buildSites wires the segments of a group on trees, all projections together.
func (n *Network) buildSites(t *trees, p *Population, index, first int) error {
	spec, g := &p.Segments[index], &t.segments[index]
	list, excitatory := spec.Place.Receptors.conducting()
	*g = siteGroup{group: newGroup(&t.portion, spec), index: index, first: first, start: []uint32{0}, receptors: uint32(len(list)), excitatory: uint32(excitatory)}
	t.groups = append(t.groups, &g.group)
	for j := range n.spec.Projections {
		q := &n.spec.Projections[j]
		if q.Target != p.Name || q.Group != spec.Name {
			continue
		}
		path, err := n.wireSites(g, newWiring(&n.spec, q, n.patternSets), t, p)
		if err != nil {
			return err
		}
		g.paths = append(g.paths, path)
	}
	return nil
}

// wireSites draws the synapses of one projection and puts them behind those of
// the projections before.
func (n *Network) wireSites(s *siteGroup, w *wiring, t *trees, p *Population) (treePathway, error) {
	base := len(s.start) - 1
	start := make([]uint32, w.branches()+1)
	for cell := t.lo; cell < t.hi; cell++ {
		w.draw(cell)
		for k := range w.from {
			start[w.branch(k)+1]++
		}
	}
	path := treePathway{base: uint32(base), release: newRelease(w, t.lo),
		pathway: pathway{source: n.index(w.p.Source), inhibit: w.p.Sign == Inhibit, lines: w.usedLines(start[1:], uint32(base))}}
	offsets(start)
	from, total := uint32(len(s.cell)), start[len(start)-1]
	path.from, path.to = from, from+total
	if path.fails() {
		path.ids = make([]uint32, total)
	}
	receptors := p.Segments[s.index].Place.Receptors.opened(path.inhibit)
	path.saturation = dendrite.NewSaturation(int(total), receptors, n.spec.Dt)
	s.cell = append(s.cell, make([]uint32, total)...)
	s.site = append(s.site, make([]uint32, total)...)
	place, along := p.Segments[s.index].Place, []float64(nil)
	for cell := t.lo; cell < t.hi; cell++ {
		w.draw(cell)
		along = w.along(place, cell, along[:0])
		for k, segment := range w.on {
			section, _, _ := place.span(t.Tree, int(segment))
			node := t.Tree.At(section, along[k])
			b := w.branch(k)
			at := from + start[b]
			s.cell[at] = uint32(cell - t.lo)
			s.site[at] = uint32(t.sites[s.index][node])
			if path.ids != nil {
				path.ids[start[b]] = uint32(k)
			}
			start[b]++
		}
	}
	rewind(start)
	for _, x := range start[1:] {
		s.start = append(s.start, from+x)
	}
	return path, nil
}

// deliverToTrees opens the synapses of the spikes whose delay ends in step k.
func (s *shard) deliverToTrees(g *siteGroup, t *trees, k int64) {
	for i := range g.paths {
		path := &g.paths[i]
		for _, l := range path.lines {
			for _, part := range s.net.pops[path.source].parts {
				var of arrival
				for _, x := range s.net.at(part, k-l.delay) {
					of.next(x)
					g.arrive(path, t, l.first+uint32(x), k, of.number)
				}
			}
		}
	}
}

// arrive lets a spike, one of a number in step k, arrive on a branch of a path.
func (g *siteGroup) arrive(path *treePathway, t *trees, branch uint32, k int64, number uint64) {
	weight := path.scale(branch-path.base, k)
	from, to := uint32(0), g.excitatory
	if path.inhibit {
		from, to = to, g.receptors
	}
	for y := g.start[branch]; y < g.start[branch+1]; y++ {
		cell := int(g.cell[y])
		if path.fails() && !path.releases(int(y-path.from), g.cell[y], k, number, 1) {
			continue
		}
		cells := t.batches[cell/t.batch]
		if path.saturation == nil {
			for r := from; r < to; r++ {
				cells.Excite(int(g.site[y]+r), cell%t.batch, weight)
			}
			continue
		}
		for r, w := range path.saturation.Release(int(y-path.from), weight, k) {
			cells.Excite(int(g.site[y]+from)+r, cell%t.batch, w)
		}
	}
}

// integrateTrees advances the trees, puts the cells that spike into the history, and
// the NMDA spikes that are found to have begun, or that end, into the groups' events.
func (s *shard) integrateTrees(t *trees, k int64) {
	slot := &s.net.pops[t.population].parts[s.id][k%int64(s.net.ring)]
	*slot = (*slot)[:0]
	for b, cells := range t.batches {
		from := len(*slot)
		*slot = cells.Step(*slot)
		for i := range (*slot)[from:] {
			(*slot)[from+i] += t.lo + int32(b*t.batch)
		}
		found, ended := cells.Detected()
		for _, x := range found {
			g, segment := t.segment(b, x)
			g.starts.items = append(g.starts.items, segment)
			g.running[segment/uint32(g.perCell)]++
		}
		for _, x := range ended {
			g, segment := t.segment(b, x)
			g.ends.items, g.peaks = append(g.ends.items, segment), append(g.peaks, x.Peak)
			g.running[segment/uint32(g.perCell)]--
		}
	}
	for _, g := range t.groups {
		g.closeStep()
	}
}

// segment returns the group and the number in it of what was found on batch b.
func (t *trees) segment(b int, x dendrite.Spike) (*group, uint32) {
	i := len(t.segments) - 1
	for t.segments[i].first > int(x.Segment) {
		i--
	}
	g := &t.segments[i]
	return &g.group, uint32((b*t.batch+int(x.Cell))*g.perCell + int(x.Segment) - g.first)
}

// closeStep ends the events of a step, in ascending order.
func (g *group) closeStep() {
	slices.Sort(last(g.starts))
	ends := last(g.ends)
	sortWith(ends, g.peaks[len(g.peaks)-len(ends):])
	g.starts.close()
	g.ends.close()
}

// last returns the events since the last step was closed.
func last(e events) []uint32 {
	if len(e.end) == 0 {
		return e.items
	}
	return e.items[e.end[len(e.end)-1]:]
}

// sortWith sorts the few items of a step and moves values with them.
func sortWith(items []uint32, values []float64) {
	for i := 1; i < len(items); i++ {
		for j := i; j > 0 && items[j] < items[j-1]; j-- {
			items[j], items[j-1] = items[j-1], items[j]
			values[j], values[j-1] = values[j-1], values[j]
		}
	}
}

func (t *trees) nonFinite() *NonFiniteError {
	for b, cells := range t.batches {
		if f := cells.Fault(); f != nil {
			return &NonFiniteError{Cell: int(t.lo) + b*t.batch + f.Cell, Section: t.Tree.Sections[t.Tree.Section[f.Node]].Name, Step: f.Step, Why: f.Why}
		}
	}
	return nil
}

// highest returns the potential of a segment of a cell: the highest of its
// compartments (mV).
func (t *trees) highest(g, j, cell int) float64 {
	v := math.Inf(-1)
	for _, node := range t.spans[g][j] {
		v = max(v, t.v(node, cell))
	}
	return v
}

// v returns the potential of a node of a cell (mV).
func (t *trees) v(node, cell int) float64 { return t.batches[cell/t.batch].V(node)[cell%t.batch] }

func (t *trees) synapses() (count int) {
	for i := range t.segments {
		count += len(t.segments[i].cell)
	}
	return count
}

func (t *trees) undecided(group int) (count int) {
	g := &t.segments[group]
	for _, cells := range t.batches {
		for j := range g.perCell {
			count += cells.Undecided(g.first + j)
		}
	}
	return count
}
