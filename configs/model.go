package configs

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"neurosim/dendrite"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// sdrTable is [populations.NAME] of kind sdr.
type sdrTable struct {
	Kind network.Kind `toml:"kind" must:"yes" doc:"sdr, pyramidal, inhibitory or compartmental"`
	network.InputCells
	File string `toml:"patterns_file" file:"table" doc:"CSV with columns pattern, cell: the patterns, instead of random ones"`
}

// cellTable is [populations.NAME] of the other kinds.
type cellTable struct {
	Kind network.Kind `toml:"kind" must:"yes" doc:"sdr, pyramidal, inhibitory or compartmental"`
	network.Cells
	File string `toml:"I_e_file" file:"table" doc:"CSV with columns cell, I_e_pA: the constant current of each cell"`
}

func (d *decoder) populations(x *Experiment) {
	root := d.table("populations", d.src.tree, "populations")
	for _, name := range d.named("populations", root) {
		path := join("populations", name)
		tree := d.table(path, root, name)
		if tree == nil {
			continue
		}
		if name == "" || strings.ContainsAny(name, "/,\"\n") {
			d.bad(path, "is no good name: names may not be empty or contain / , \" or a line break")
			continue
		}
		kind, ok := d.kind(path, tree, string(network.SDR), string(network.Pyramidal), string(network.Inhibitory), string(network.Compartmental))
		if !ok {
			continue
		}
		p := network.Population{Name: name, Kind: network.Kind(kind)}
		switch p.Kind {
		case network.SDR:
			d.sdrCells(x, path, tree, &p)
		case network.Compartmental:
			d.trees(x, path, tree, &p)
		default:
			d.neurons(x, path, tree, &p)
		}
		x.Network.Populations = append(x.Network.Populations, p)
	}
	x.Network.Index()
	if len(root) == 0 {
		d.bad("populations", "must be given: there is nothing to simulate")
	}
}

func (d *decoder) sdrCells(x *Experiment, path string, tree map[string]any, p *network.Population) {
	t := new(sdrTable)
	d.into(path, tree, t)
	if t.File != "" && t.N > 0 {
		key := path + ".patterns_file"
		columns := []column{
			{name: "pattern", whole: true, min: 0, max: 1 << 24, rule: "a whole number from 0"},
			{name: "cell", whole: true, min: 0, max: float64(t.N - 1), rule: "a cell of " + p.Name},
		}
		if cols, ok := d.readTable(key, t.File, columns); ok {
			d.patterns(key, cols, t)
		}
	}
	p.InputCells = t.InputCells
}

// patterns groups the rows of a patterns file.
func (d *decoder) patterns(key string, cols [][]float64, t *sdrTable) {
	byPattern := map[int][]int32{}
	most := -1
	for i, p := range cols[0] {
		byPattern[int(p)] = append(byPattern[int(p)], int32(cols[1][i]))
		most = max(most, int(p))
	}
	if most >= len(cols[0]) {
		d.bad(key, "numbers patterns up to %d, but has %d rows", most, len(cols[0]))
		return
	}
	repeated := 0
	t.PatternSet = make([]stimulus.Pattern, most+1)
	for p := range t.PatternSet {
		cells := byPattern[p]
		slices.Sort(cells)
		rows := len(cells)
		cells = slices.Compact(cells)
		repeated += rows - len(cells)
		if len(cells) != t.Active {
			d.bad(key, "pattern %d has %d distinct cells; active is %d", p, len(cells), t.Active)
			return
		}
		t.PatternSet[p] = cells
	}
	if t.Patterns != 0 && t.Patterns != len(t.PatternSet) {
		d.bad(key, "has %d patterns; patterns is %d", len(t.PatternSet), t.Patterns)
	}
	t.Patterns = len(t.PatternSet)
	d.noteRows(t.File, repeated, "names a cell that its pattern has already, and counts once", "name cells that their patterns have already, and count once")
}

// noteRows notes what becomes of some rows of a table; of none it says nothing.
func (d *decoder) noteRows(file string, n int, one, many string) {
	switch {
	case n == 1:
		d.note("%s: 1 row %s", file, one)
	case n > 1:
		d.note("%s: %d rows %s", file, n, many)
	}
}

func (d *decoder) neurons(x *Experiment, path string, tree map[string]any, p *network.Population) {
	t := new(cellTable)
	t.Soma = neuron.DefaultLIF()
	t.Ie, t.V0 = network.Const(0), network.Const(math.NaN())
	d.into(path, tree, t, "segments")
	if t.V0.Fixed() && math.IsNaN(t.V0.Mean) {
		t.V0 = network.Const(t.Soma.EL)
	}
	if t.File != "" && t.Count > 0 {
		on := map[float64]int{} // line of a cell
		columns := []column{
			{name: "cell", whole: true, min: 0, max: float64(t.Count - 1), rule: "a cell of " + p.Name, check: func(line int, cell float64) string {
				if first, twice := on[cell]; twice {
					return fmt.Sprintf("is on line %d already", first)
				}
				on[cell] = line
				return ""
			}},
			{name: "I_e_pA", min: -1e9, max: 1e9, rule: "a current in pA"},
		}
		if cols, ok := d.readTable(path+".I_e_file", t.File, columns); ok {
			p.IeOf = make([]float64, t.Count)
			for i := range p.IeOf {
				p.IeOf[i] = t.Ie.Mean
			}
			for i, c := range cols[0] {
				p.IeOf[int(c)] = cols[1][i]
			}
			if rest := t.Count - len(cols[0]); rest > 0 {
				d.note("%s: has %d of the %d cells of %s; the others have I_e = %s", t.File, len(cols[0]), t.Count, p.Name, showDist(t.Ie, "pA"))
			}
		}
	}
	of := p.IeOf
	p.Cells = t.Cells
	p.IeOf = of
	at := path + ".segments"
	groups := d.table(at, tree, "segments")
	for _, name := range d.named(at, groups) {
		tree := d.table(join(at, name), groups, name)
		if tree == nil {
			continue
		}
		if name == string(network.Proximal) {
			d.bad(join(at, name), "is no name for segments: proximal synapses sit on the soma; project to %q", p.Name)
			continue
		}
		g := new(network.Segments)
		*g = network.DefaultSegments()
		g.Name = name
		if name == string(network.Apical) {
			g.Zone = network.Apical
		}
		d.into(join(at, name), tree, g)
		p.Segments = append(p.Segments, *g)
	}
	if p.Kind == network.Inhibitory && len(p.Segments) > 0 {
		d.bad(at, "an inhibitory cell has no segments; kind = %q has", network.Pyramidal)
	}
}

// projectionTable is [projections.NAME].
type projectionTable struct {
	Source   string         `toml:"source" must:"yes" doc:"population"`
	Target   string         `toml:"target" must:"yes" doc:"population (the soma), or population/segments"`
	Rule     network.Rule   `toml:"rule" must:"yes" of:"store random one_to_one all_to_all list" doc:"store, random, one_to_one, all_to_all or list"`
	Synapses int            `toml:"synapses" unset:"0" doc:"synapses of each segment or soma; default: as the segments say"`
	Patterns int            `toml:"patterns" unset:"0" doc:"store: patterns that a segment stores, M, with that many synapses on each; a cell of two of them gets one"`
	Segments []int          `toml:"segments" doc:"segments of each cell that get synapses; default: all"`
	Assign   network.Assign `toml:"assign" of:"cyclic per_cell blocks random" doc:"store: which pattern a segment stores: cyclic, per_cell, blocks or random"`
	Autapses bool           `toml:"autapses" doc:"a cell may project to itself"`
	Sign     network.Sign   `toml:"sign" of:"excitatory inhibitory" doc:"excitatory or inhibitory; default: as the source is"`
	Weight   network.Dist   `toml:"weight" unit:"pA" doc:"synaptic current of one spike; must be given for a proximal projection, and has no meaning for segments"`
	Delay    network.Dist   `toml:"delay" unit:"ms" doc:"from spike to arrival; default: 0 ms from inputs, 1 ms between neurons"`
	File     string         `toml:"file" file:"table" doc:"list: CSV with columns source, cell, [segment], [weight_pA], [delay_ms]"`
}

func (d *decoder) projections(x *Experiment) {
	root := d.table("projections", d.src.tree, "projections")
	for _, name := range d.named("projections", root) {
		path := join("projections", name)
		tree := d.table(path, root, name)
		if tree == nil {
			continue
		}
		t := new(projectionTable)
		if tree["rule"] == string(network.Store) {
			t.Assign, t.Patterns = network.AssignCyclic, 1
		}
		t.Weight, t.Delay = network.Const(math.NaN()), network.Const(math.NaN())
		d.into(path, tree, t, "short_term")
		var shortTerm *dendrite.ShortTermParams
		if table := d.table(path+".short_term", tree, "short_term"); table != nil {
			shortTerm = new(dendrite.ShortTermParams)
			*shortTerm = dendrite.DefaultShortTerm()
			d.into(path+".short_term", table, shortTerm)
		}
		sourceOK := d.must(path+".source") && d.population(x, path+".source", t.Source)
		target, group, targetOK := d.target(x, path+".target", t.Target)
		if !d.must(path+".rule") || !sourceOK || !targetOK {
			continue
		}
		src := x.Network.Population(t.Source)
		d.projectionDefaults(path, t, src, group)
		p := network.Projection{
			Name: name, Source: t.Source, Target: target, Group: group, Rule: t.Rule,
			Synapses: t.Synapses, Patterns: t.Patterns, Segments: t.Segments, Assign: t.Assign, Autapses: t.Autapses,
			Sign: t.Sign, Weight: t.Weight, Delay: t.Delay, ShortTerm: shortTerm,
		}
		if t.Synapses == 0 && (t.Rule == network.Store || t.Rule == network.RandomIn) {
			t.Synapses = x.Network.PerUnit(&p)
			p.Synapses = t.Synapses
			d.values[path+".synapses"] = fmt.Sprint(t.Synapses)
		}
		if t.Rule == network.Store && t.Patterns < 1 {
			d.bad(path+".patterns", "must be at least 1")
		}
		if t.Synapses < 0 {
			d.bad(path+".synapses", "must not be negative")
		}
		d.projectionWithout(path, t, src, target, group)
		if p.Weight.Fixed() && math.IsNaN(p.Weight.Mean) {
			p.Weight = network.Const(0)
		}
		switch {
		case t.Rule == network.List:
			if d.must(path + ".file") {
				p.Table = d.connections(x, path, t, src, target, group)
			}
			if p.Table != nil && p.Table.Delay != nil {
				d.without(path, []string{"delay"}, "beside the column delay_ms of the table")
				p.Delay = network.Const(float64(x.Network.LeastDelay(src)) * x.Run.Dt)
			}
			if p.Table != nil && p.Table.Weight != nil {
				d.without(path, []string{"weight"}, "beside the column weight_pA of the table")
			}
		case t.File != "":
			d.without(path, []string{"file"}, "for rule = %q", t.Rule)
		}
		if t.Delay.Fixed() && !d.dropped[path+".delay"] {
			d.grid = append(d.grid, gridded{path + ".delay", &t.Delay.Mean})
		}
		x.Network.Projections = append(x.Network.Projections, p)
	}
}

// projectionDefaults fills in what follows from the source and the target.
func (d *decoder) projectionDefaults(path string, t *projectionTable, src *network.Population, group string) {
	if t.Sign == "" {
		t.Sign = network.Excite
		if src.Kind == network.Inhibitory {
			t.Sign = network.Inhibit
		}
	}
	if t.Delay.Fixed() && math.IsNaN(t.Delay.Mean) {
		t.Delay = network.Const(0)
		if src.Kind != network.SDR {
			ms := 1.0
			d.round(path+".delay", field{unit: "ms", v: reflect.ValueOf(&ms).Elem()})
			t.Delay = network.Const(ms)
		}
		d.values[path+".delay"] = quote(formatQuantity(t.Delay.Mean, "ms"))
	}
	weight := path + ".weight"
	switch given := d.given(weight); {
	case group != "":
		d.without(path, []string{"weight"}, "for segments: they count synapses")
	case group == "" && !given && t.Rule != network.List:
		d.must(weight)
	}
}

// projectionWithout drops what has no meaning for the rule of a projection.
func (d *decoder) projectionWithout(path string, t *projectionTable, src *network.Population, target, group string) {
	if !slices.Contains([]network.Rule{network.Store, network.RandomIn, network.OneToOne, network.AllToAll, network.List}, t.Rule) {
		return // reported with the rule
	}
	for _, x := range []struct {
		keys  []string
		rules []network.Rule // that they have a meaning for
	}{
		{[]string{"assign", "patterns"}, []network.Rule{network.Store}},
		{[]string{"synapses"}, []network.Rule{network.Store, network.RandomIn}},
		{[]string{"segments"}, []network.Rule{network.Store, network.RandomIn, network.OneToOne, network.AllToAll}},
		{[]string{"autapses"}, []network.Rule{network.RandomIn, network.AllToAll}},
	} {
		if !slices.Contains(x.rules, t.Rule) {
			d.without(path, x.keys, "for rule = %q", t.Rule)
		}
	}
	if group == "" {
		d.without(path, []string{"segments"}, "for a proximal projection")
	}
	if src.Name != target {
		d.without(path, []string{"autapses"}, "between two populations")
	}
}

// connections reads the table of a projection of rule list.
func (d *decoder) connections(x *Experiment, path string, t *projectionTable, src *network.Population, target, group string) *network.Connections {
	dst := x.Network.Population(target)
	segments := 0
	if g := dst.Group(group); g != nil {
		segments = g.Count - 1
	}
	least := float64(x.Network.LeastDelay(src)) * x.Run.Dt * (1 - 1e-9) // a delay of one step may be rounded
	columns := []column{
		{name: "source", whole: true, min: 0, max: float64(src.Size() - 1), rule: "a cell of " + src.Name},
		{name: "cell", whole: true, min: 0, max: float64(dst.Size() - 1), rule: "a cell of " + target},
		{name: "segment", optional: group == "", whole: true, min: 0, max: float64(segments), rule: "a segment of " + t.Target},
		{name: "weight_pA", optional: true, min: 0, max: 1e9, rule: "a weight in pA, not negative: the sign is that of the projection"},
		{name: "delay_ms", optional: true, min: least, max: network.MaxDelay * x.Run.Dt, check: onGrid(x.Run.Dt), rule: fmt.Sprintf("a delay in ms: from %s to %s", formatNumber(tidy(float64(x.Network.LeastDelay(src))*x.Run.Dt)), formatNumber(tidy(network.MaxDelay*x.Run.Dt)))},
	}
	cols, ok := d.readTable(path+".file", t.File, columns)
	if !ok {
		return nil
	}
	if group == "" && cols[3] == nil && !d.given(path+".weight") {
		d.bad(path+".weight", "must be given: the table has no column weight_pA")
	}
	c := &network.Connections{Source: int32s(cols[0]), Cell: int32s(cols[1]), Delay: cols[4]}
	d.noteRows(t.File, repeatedRows(cols), "stands there already and makes one more synapse", "stand there already and make one more synapse each")
	if group != "" {
		c.Segment = int32s(cols[2])
	} else {
		c.Weight = cols[3]
	}
	return c
}

// onGrid returns a check of times (ms) in a table, as of keys marked grid.
func onGrid(dt float64) func(int, float64) string {
	return func(_ int, ms float64) string {
		if isWhole(ms / dt) {
			return ""
		}
		return offGrid(ms, dt)
	}
}

// repeatedRows counts the rows that say what an earlier one says.
func repeatedRows(cols [][]float64) int {
	order := make([]int, len(cols[0]))
	for i := range order {
		order[i] = i
	}
	compare := func(a, b int) int {
		for _, c := range cols {
			if c != nil && c[a] != c[b] {
				return cmp.Compare(c[a], c[b])
			}
		}
		return 0
	}
	slices.SortFunc(order, compare)
	n := 0
	for i := 1; i < len(order); i++ {
		if compare(order[i-1], order[i]) == 0 {
			n++
		}
	}
	return n
}

// population holds a name to the populations.
func (d *decoder) population(x *Experiment, path, name string) bool {
	if x.Network.Population(name) != nil {
		return true
	}
	if _, declared := d.src.places[join("populations", name)]; declared {
		return false // its own table is bad, and reported
	}
	d.bad(path, "unknown population%s", d.suggest("population", name, func() []string {
		var names []string
		for _, p := range x.Network.Populations {
			names = append(names, p.Name)
		}
		return names
	}))
	return false
}

// target splits and checks population[/segments].
func (d *decoder) target(x *Experiment, path, target string) (population, group string, ok bool) {
	if !d.must(path) {
		return "", "", false
	}
	population, group, _ = strings.Cut(target, "/")
	if !d.population(x, path, population) {
		return "", "", false
	}
	if group == string(network.Proximal) || group == "soma" {
		group = ""
	}
	p := x.Network.Population(population)
	if group == "" || p.Group(group) != nil {
		return population, group, true
	}
	var names []string
	for _, g := range p.Segments {
		names = append(names, g.Name)
	}
	d.bad(path, "population %q has no segments %q%s", population, group, didYouMean(group, names))
	return "", "", false
}

// Tables [inputs.NAME], by kind.
type (
	sdrInput struct {
		Kind       string `toml:"kind" must:"yes" doc:"sdr, poisson, spikes or current"`
		Population string `toml:"population" must:"yes" doc:"the input cells that spike"`
		stimulus.PresentationParams
	}
	poissonInput struct {
		Kind       string `toml:"kind" must:"yes" doc:"sdr, poisson, spikes or current"`
		Population string `toml:"population" must:"yes" doc:"the input cells that spike"`
		stimulus.PoissonParams
	}
	currentInput struct {
		Kind       string `toml:"kind" must:"yes" doc:"sdr, poisson, spikes or current"`
		Population string `toml:"population" must:"yes" doc:"the neurons that get the current"`
		network.CurrentParams
	}
)

func (d *decoder) inputs(x *Experiment) {
	root := d.table("inputs", d.src.tree, "inputs")
	for _, name := range d.named("inputs", root) {
		path := join("inputs", name)
		tree := d.table(path, root, name)
		if tree == nil {
			continue
		}
		kind, ok := d.kind(path, tree, "sdr", "poisson", "spikes", "current")
		if !ok {
			continue
		}
		in := network.Input{Name: name}
		switch kind {
		case "sdr":
			t := new(sdrInput)
			t.PresentationParams = stimulus.DefaultPresentations()
			d.into(path, tree, t)
			if len(t.Sequence) > 0 {
				d.without(path, []string{"order", "novel"}, "beside sequence")
			}
			if math.IsNaN(t.Start) {
				t.Start = t.Period
				d.follows[path+".start"] = path + ".period"
				d.values[path+".start"] = quote(formatQuantity(t.Start, "ms"))
			}
			in.Population, in.Presentations = t.Population, &t.PresentationParams
		case "poisson":
			t := new(poissonInput)
			t.PoissonParams = stimulus.DefaultPoisson()
			d.into(path, tree, t)
			if math.IsInf(t.Stop, 1) {
				t.Stop = x.Run.Tstop
			}
			in.Population, in.Poisson = t.Population, &t.PoissonParams
		case "spikes":
			t := new(spikesInput)
			*t = defaultSpikesInput()
			d.into(path, tree, t)
			in.Population = t.Population
			if d.must(path+".file") && x.Network.Population(t.Population) != nil {
				in.Train = d.train(x, path, t)
			}
		case "current":
			t := &currentInput{CurrentParams: network.DefaultCurrent()}
			d.into(path, tree, t)
			d.must(path + ".amplitude")
			if math.IsInf(t.Stop, 1) {
				t.Stop = x.Run.Tstop
			}
			if d.given(path+".cells") && len(t.Cells) == 0 {
				d.bad(path+".cells", "must name a cell")
			}
			if p := x.Network.Population(t.Population); p != nil && p.Trees == nil && d.given(path+".at") {
				d.bad(path+".at", "cells of kind %q have no places", p.Kind)
			}
			in.Population, in.Current = t.Population, &t.CurrentParams
		}
		if d.must(path+".population") && d.population(x, path+".population", in.Population) {
			x.Network.Inputs = append(x.Network.Inputs, in)
		}
	}
}
