package network

import (
	"fmt"
	"math"
	"slices"

	"neurosim/dendrite"
	"neurosim/internal/grid"
	"neurosim/internal/ranks"
	"neurosim/internal/rescue"
	"neurosim/internal/rng"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// A Network is a built network in the middle of a run.
type Network struct {
	spec        Spec
	pops        []population
	shards      []*shard
	clock       Clock
	now         int64 // the next step
	emitted     int64 // input spikes are known up to this step, exclusive
	exchange    int64 // steps that shards advance on their own: the shortest delay between somata
	ring        int   // steps of history that are kept
	patternSets map[string]*stimulus.PatternSet
	probes      []Probe
	watched     []*sampler // [probe]
	sources     [][]source // [population] what makes its input cells spike
	shown       map[string]*stimulus.Presentations
	ranks       *sharing // nil: this process has all cells

	segments []uint32  // scratch
	values   []float64 // scratch
}

// source emits input spikes; see stimulus.Presentations.Emit.
type source interface {
	Emit(from, to int64, spikes [][]int32)
}

// population is what all shards know of one: its spikes.
type population struct {
	*Population
	parts  [][][]int32 // [part][step mod ring] cells that spiked, ascending; a part for each shard, one for input cells
	bounds []int32     // [parts+1] part i has the cells bounds[i] … bounds[i+1]-1
}

// inputBlock is the number of steps for which input spikes are made at a time.
const inputBlock = 64

// Build lowers a description that has passed Check to arrays, divided among at
// most threads shards. The number of shards changes no result.
func Build(spec *Spec, threads int) (*Network, error) { return BuildShared(spec, threads, nil) }

// BuildShared is Build for one of several processes, which builds its cells alone. All
// processes call it with the same description. nil is one process.
func BuildShared(spec *Spec, threads int, of ranks.Ranks) (*Network, error) {
	n := &Network{spec: *spec, clock: NewClock(spec.Dt), patternSets: spec.patternSets(), shown: map[string]*stimulus.Presentations{}}
	most := 1
	for i := range spec.Populations {
		p := &spec.Populations[i]
		if p.Kind != SDR {
			most = max(most, p.Size())
		}
	}
	n.setTimes()
	if of != nil && of.Size() > 1 {
		n.ranks = &sharing{Ranks: of}
		most = (most + of.Size() - 1) / of.Size()
	}
	threads = max(1, min(threads, most))
	firstPart := 0
	for i := range spec.Populations {
		p := &spec.Populations[i]
		q := population{Population: p, bounds: []int32{0, int32(p.Size())}}
		if p.Kind != SDR {
			q.bounds, firstPart = bounds(p.Size(), threads, n.ranks)
		}
		q.parts = make([][][]int32, len(q.bounds)-1)
		for s := range q.parts {
			q.parts[s] = make([][]int32, n.ring)
		}
		n.pops = append(n.pops, q)
	}
	n.addInputs()

	n.shards = make([]*shard, threads)
	errs := make([]error, threads)
	var wg rescue.Group
	for s := range n.shards {
		wg.Go(func() { n.shards[s], errs[s] = n.buildShard(firstPart + s) })
	}
	wg.Wait()
	var err error
	for _, e := range errs {
		if err == nil {
			err = e
		}
	}
	if n.ranks != nil {
		err = n.agree(err)
		n.ranks.prepare(n.pops)
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// setTimes derives how long shards advance alone and how much history is kept.
func (n *Network) setTimes() {
	n.exchange = inputBlock
	var longest int64
	for i := range n.spec.Projections {
		p := &n.spec.Projections[i]
		w := newWiring(&n.spec, p, n.patternSets)
		if n.spec.Population(p.Source).Kind != SDR && w.lines > 0 {
			n.exchange = min(n.exchange, max(1, w.least))
		}
		longest = max(longest, w.least+int64(w.lines))
	}
	n.ring = int(longest + n.spec.window() + 2*inputBlock)
}

// window returns the longest time for which a synapse stays active (steps), no
// longer than the run: what a longer one would keep comes after its end.
func (s *Spec) window() int64 {
	var window int64
	for i := range s.Populations {
		for _, g := range s.Populations[i].Segments {
			window = max(window, grid.Steps(g.Window, s.Dt), grid.Steps(g.Shunt, s.Dt))
		}
	}
	return min(window, s.Steps)
}

func (n *Network) addInputs() {
	n.sources = make([][]source, len(n.pops))
	for i := range n.spec.Inputs {
		in := &n.spec.Inputs[i]
		to := n.index(in.Population)
		p := n.pops[to]
		switch {
		case in.Presentations != nil:
			s := stimulus.NewPresentations(n.spec.Seed, in.Name, *n.patternSets[p.Name], p.Active, *in.Presentations, n.spec.Dt, n.spec.Steps)
			n.shown[in.Name] = s
			n.sources[to] = append(n.sources[to], s)
		case in.Poisson != nil:
			n.sources[to] = append(n.sources[to], stimulus.NewPoisson(n.spec.Seed, in.Name, p.N, *in.Poisson, n.spec.Dt, n.spec.Steps))
		case in.Train != nil:
			n.sources[to] = append(n.sources[to], in.Train)
		}
	}
}

// index returns the index of the population of that name.
func (n *Network) index(name string) int {
	for i := range n.pops {
		if n.pops[i].Name == name {
			return i
		}
	}
	panic("network: no population " + name)
}

// buildShard builds the cells of a part of every population.
func (n *Network) buildShard(part int) (*shard, error) {
	sh := &shard{net: n, id: part, cells: make([]neurons, len(n.pops))}
	for i := range n.pops {
		p := n.pops[i].Population
		if p.Kind == SDR {
			continue
		}
		lo, hi := n.pops[i].bounds[part], n.pops[i].bounds[part+1]
		own := portion{population: i, lo: lo, hi: hi, electrodes: n.electrodes(p.Name, lo, hi)}
		var c neurons
		var err error
		if p.Kind == Compartmental {
			c, err = n.buildTrees(own, p)
		} else {
			c, err = n.buildSomata(own, p)
		}
		if err != nil {
			return nil, err
		}
		sh.cells[i], sh.neurons = c, append(sh.neurons, c)
	}
	return sh, nil
}

// constantCurrent returns I_e of a cell, and the stream that its other parameters are
// drawn from.
func (n *Network) constantCurrent(p *Population, cell int32) (pA float64, r rng.Stream) {
	r = rng.New(n.spec.Seed, rng.CellParameter, rng.Name(p.Name), uint64(cell))
	pA = p.Ie.Draw(&r)
	if p.IeOf != nil {
		pA = p.IeOf[cell]
	}
	return pA, r
}

func (n *Network) buildSomata(own portion, p *Population) (*somata, error) {
	c := &somata{portion: own, ie: make([]float64, own.hi-own.lo), segments: make([]thresholdGroup, len(p.Segments))}
	var excited, inhibited bool
	for j := range n.spec.Projections {
		q := &n.spec.Projections[j]
		if q.Target != p.Name || q.Group != "" {
			continue
		}
		path, err := n.buildProximal(c, q)
		if err != nil {
			return nil, err
		}
		c.proximal = append(c.proximal, path)
		excited = excited || q.Sign == Excite
		inhibited = inhibited || q.Sign == Inhibit
	}
	c.lif = neuron.NewLIF(len(c.ie), p.Soma, n.spec.Dt, excited, inhibited)
	for i := range c.ie {
		var r rng.Stream
		c.ie[i], r = n.constantCurrent(p, c.lo+int32(i))
		c.lif.SetCurrent(int32(i), c.ie[i])
		c.lif.SetV(int32(i), p.V0.Draw(&r))
	}
	if len(c.electrodes) > 0 {
		c.injected = make([]float64, len(c.ie))
	}
	for j := range p.Segments {
		g := &c.segments[j]
		if err := n.buildGroup(g, c, p, &p.Segments[j]); err != nil {
			return nil, err
		}
		c.groups = append(c.groups, &g.group)
	}
	return c, nil
}

// buildGroup wires the segments of a group, all projections together.
func (n *Network) buildGroup(g *thresholdGroup, c *somata, p *Population, spec *Segments) error {
	g.group = newGroup(&c.portion, spec)
	g.current, g.sum = spec.IdAP, spec.Combine == Sum
	var wires [2][]*wiring // excitatory, inhibitory
	for j := range n.spec.Projections {
		q := &n.spec.Projections[j]
		if q.Target != p.Name || q.Group != spec.Name {
			continue
		}
		sign := 0
		if q.Sign == Inhibit {
			sign = 1
		}
		wires[sign] = append(wires[sign], newWiring(&n.spec, q, n.patternSets))
	}
	var synapses [2]dendrite.Synapses
	for sign, ws := range wires {
		var paths []thresholdPathway
		var err error
		synapses[sign], paths, err = n.wireSegments(ws, c, spec)
		if err != nil {
			return err
		}
		for _, path := range paths {
			path.inhibit = sign == 1
			g.paths = append(g.paths, path)
		}
	}
	g.Threshold = dendrite.NewThreshold(int(c.hi-c.lo)*spec.Count, spec.ThresholdParams, n.spec.Dt, synapses[0], synapses[1])
	return nil
}

// newGroup returns the segments of one name on the cells of p, at rest.
func newGroup(p *portion, spec *Segments) group {
	return group{perCell: spec.Count, running: make([]uint16, p.hi-p.lo)}
}

// wireSegments draws the synapses twice: to count those of each branch, and to
// store them. No list of pairs is ever held, so a synapse costs its four
// bytes during building too.
func (n *Network) wireSegments(ws []*wiring, c *somata, spec *Segments) (dendrite.Synapses, []thresholdPathway, error) {
	if len(ws) == 0 {
		return dendrite.Synapses{}, nil, nil
	}
	base := make([]int, len(ws)+1)
	for i, w := range ws {
		base[i+1] = base[i] + w.branches()
	}
	branches := base[len(ws)]
	if branches >= math.MaxInt32 {
		return dendrite.Synapses{}, nil, fmt.Errorf("%s would have %d branches (source cells × delays); at most %d", spec.Name, branches, math.MaxInt32)
	}
	start := make([]uint32, branches+1)
	total := uint64(0)
	for i, w := range ws {
		for cell := c.lo; cell < c.hi; cell++ {
			w.draw(cell)
			total += uint64(len(w.from))
			for k := range w.from {
				start[uint32(base[i])+w.branch(k)+1]++
			}
		}
	}
	if total > math.MaxUint32 {
		return dendrite.Synapses{}, nil, fmt.Errorf("%s has %d synapses on one thread; at most %d: use more threads", spec.Name, total, uint32(math.MaxUint32))
	}
	paths := make([]thresholdPathway, len(ws))
	for i, w := range ws {
		paths[i].pathway = pathway{source: n.index(w.p.Source), lines: w.usedLines(start[base[i]+1:base[i+1]+1], uint32(base[i]))}
	}
	offsets(start)
	for i, w := range ws {
		if !w.p.Reliable() {
			paths[i].release = newRelease(w, c.lo)
			paths[i].ids = make([]uint32, start[base[i+1]]-start[base[i]])
		}
	}
	target := make([]uint32, total)
	for i, w := range ws {
		path, from := &paths[i], start[base[i]]
		for cell := c.lo; cell < c.hi; cell++ {
			w.draw(cell)
			first := uint32(cell-c.lo) * uint32(spec.Count)
			for k, on := range w.on {
				b := uint32(base[i]) + w.branch(k)
				target[start[b]] = first + on
				if path.ids != nil {
					path.ids[start[b]-from] = uint32(k)
				}
				start[b]++
			}
		}
	}
	rewind(start)
	syn := dendrite.Synapses{Start: start, Target: target}
	if slices.ContainsFunc(ws, func(w *wiring) bool { return !w.p.Reliable() }) {
		syn.Start = split(paths, base, syn, uint32(spec.Count))
	}
	return syn, paths, nil
}

// split makes a branch of every synapse that may fail, and returns the branches of all
// pathways; those of path i are base[i] … base[i+1]-1 of syn.
func split(paths []thresholdPathway, base []int, syn dendrite.Synapses, perCell uint32) []uint32 {
	all := []uint32{0}
	for i := range paths {
		path, before := &paths[i], syn.Start[base[i]:base[i+1]+1]
		moved := uint32(len(all) - 1 - base[i]) // what branches are moved by
		if path.ids == nil {
			all = append(all, before[1:]...)
		} else {
			moved = -uint32(base[i]) // the branches of the lines are those of start
			first := uint32(len(all)-1) - before[0]
			for _, y := range before {
				path.start = append(path.start, first+y)
			}
			for y := before[0]; y < before[len(before)-1]; y++ {
				path.cells = append(path.cells, syn.Target[y]/perCell)
				all = append(all, y+1)
			}
			if path.shortTerm != nil {
				path.last = make([]int64, len(path.cells))
				for y := range path.last {
					path.last[y] = -1
				}
			}
		}
		for j := range path.lines {
			path.lines[j].first += moved
		}
	}
	return all
}

// buildProximal wires the synapses of one projection on somata.
func (n *Network) buildProximal(c *somata, p *Projection) (proximalPathway, error) {
	w := newWiring(&n.spec, p, n.patternSets)
	path := proximalPathway{pathway: pathway{source: n.index(p.Source), inhibit: p.Sign == Inhibit}, release: newRelease(w, c.lo), weight: p.Weight.Mean}
	path.start = make([]uint32, w.branches()+1)
	for cell := c.lo; cell < c.hi; cell++ {
		w.draw(cell)
		for k := range w.from {
			path.start[w.branch(k)+1]++
		}
	}
	path.lines = w.usedLines(path.start[1:], 0)
	offsets(path.start)
	total := path.start[len(path.start)-1]
	path.target = make([]uint32, total)
	if w.weighted() {
		path.weights = make([]float32, total)
	}
	if path.fails() {
		path.ids = make([]uint32, total)
	}
	for cell := c.lo; cell < c.hi; cell++ {
		w.draw(cell)
		for k := range w.from {
			b := w.branch(k)
			at := path.start[b]
			path.target[at] = uint32(cell - c.lo)
			if path.weights != nil {
				path.weights[at] = w.weight[k]
			}
			if path.ids != nil {
				path.ids[at] = uint32(k)
			}
			path.start[b]++
		}
	}
	rewind(path.start)
	return path, nil
}

// usedLines returns the delay lines that hold at least one synapse, given the
// number of synapses of every branch.
func (w *wiring) usedLines(count []uint32, base uint32) []line {
	var lines []line
	for d := range w.lines {
		for _, k := range count[d*w.source : (d+1)*w.source] {
			if k > 0 {
				lines = append(lines, line{delay: w.least + int64(d), first: base + uint32(d*w.source)})
				break
			}
		}
	}
	return lines
}

// offsets turns counts, shifted by one, into offsets: start[b] is where the
// synapses of b begin.
func offsets(start []uint32) {
	for b := 1; b < len(start); b++ {
		start[b] += start[b-1]
	}
}

// rewind undoes the advance of start[b] to the end of b's synapses while they
// were stored.
func rewind(start []uint32) {
	copy(start[1:], start)
	start[0] = 0
}
