package configs

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/dendrite"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// sdrTable is [populations.NAME] of kind sdr.
type sdrTable struct {
	Kind network.Kind `toml:"kind" doc:"sdr, pyramidal, inhibitory or compartmental"`
	network.Codes
	File string `toml:"patterns_file" doc:"CSV with columns pattern, cell: the patterns, instead of random ones"`
}

// cellTable is [populations.NAME] of the other kinds.
type cellTable struct {
	Kind network.Kind `toml:"kind" doc:"sdr, pyramidal, inhibitory or compartmental"`
	network.Cells
	File string `toml:"I_e_file" doc:"CSV with columns cell, I_e_pA: the constant current of each cell"`
}

func (d *decoder) populations(x *Experiment) {
	root := d.table("populations", d.src.tree, "populations")
	for _, name := range d.names("populations", root) {
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
	if len(root) == 0 {
		d.bad("populations", "must be given: there is nothing to simulate")
	}
}

func (d *decoder) sdrCells(x *Experiment, path string, tree map[string]any, p *network.Population) {
	t := new(sdrTable)
	d.into(path, tree, t)
	d.must(path + ".n")
	if t.File != "" && t.N > 0 {
		key := path + ".patterns_file"
		columns := []column{
			{name: "pattern", whole: true, min: 0, max: 1 << 24, rule: "a whole number from 0"},
			{name: "cell", whole: true, min: 0, max: float64(t.N - 1), rule: "a cell of " + p.Name},
		}
		if cols, ok := d.readTable(x.options.Read, key, x.File, t.File, columns); ok {
			d.patterns(key, cols, t)
		}
	}
	p.Codes = t.Codes
}

// patterns groups the rows of a patterns file.
func (d *decoder) patterns(key string, cols [][]float64, t *sdrTable) {
	byPattern := map[int][]int32{}
	most := -1
	for i, p := range cols[0] {
		byPattern[int(p)] = append(byPattern[int(p)], int32(cols[1][i]))
		most = max(most, int(p))
	}
	t.Book = make([]stimulus.Pattern, most+1)
	for p := range t.Book {
		cells := byPattern[p]
		slices.Sort(cells)
		cells = slices.Compact(cells)
		if len(cells) != t.Active {
			d.bad(key, "pattern %d has %d distinct cells; active is %d", p, len(cells), t.Active)
			return
		}
		t.Book[p] = cells
	}
	if t.Patterns != 0 && t.Patterns != len(t.Book) {
		d.bad(key, "has %d patterns; patterns is %d", len(t.Book), t.Patterns)
	}
	t.Patterns = len(t.Book)
}

func (d *decoder) neurons(x *Experiment, path string, tree map[string]any, p *network.Population) {
	t := new(cellTable)
	t.Soma = neuron.DefaultLIF()
	t.Ie, t.V0 = network.Const(0), network.Const(math.NaN())
	d.into(path, tree, t, "segments")
	d.must(path + ".size")
	if t.V0.Fixed() && math.IsNaN(t.V0.Mean) {
		t.V0 = network.Const(t.Soma.EL)
	}
	if t.File != "" && t.Count > 0 {
		columns := []column{
			{name: "cell", whole: true, min: 0, max: float64(t.Count - 1), rule: "a cell of " + p.Name},
			{name: "I_e_pA", min: -1e9, max: 1e9, rule: "a current in pA"},
		}
		if cols, ok := d.readTable(x.options.Read, path+".I_e_file", x.File, t.File, columns); ok {
			p.IeOf = make([]float64, t.Count)
			for i := range p.IeOf {
				p.IeOf[i] = t.Ie.Mean
			}
			for i, c := range cols[0] {
				p.IeOf[int(c)] = cols[1][i]
			}
		}
	}
	of := p.IeOf
	p.Cells = t.Cells
	p.IeOf = of
	at := path + ".segments"
	groups := d.table(at, tree, "segments")
	for _, name := range d.names(at, groups) {
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
		d.must(join(at, name) + ".count")
		d.must(join(at, name) + ".theta")
		p.Segments = append(p.Segments, *g)
	}
	if p.Kind == network.Inhibitory && len(p.Segments) > 0 {
		d.bad(at, "an inhibitory cell has no segments; kind = %q has", network.Pyramidal)
	}
}

// projectionTable is [projections.NAME].
type projectionTable struct {
	Source   string         `toml:"source" doc:"population"`
	Target   string         `toml:"target" doc:"population (the soma), or population/segments"`
	Rule     network.Rule   `toml:"rule" doc:"store, random, one_to_one, all_to_all or list"`
	Synapses int            `toml:"synapses" doc:"synapses of each segment or soma; default: as the segments say"`
	Patterns int            `toml:"patterns" doc:"store: patterns that a segment stores, M, with that many synapses on each; a cell of two of them gets one"`
	Segments []int          `toml:"segments" doc:"segments of each cell that get synapses; default: all"`
	Assign   network.Assign `toml:"assign" doc:"store: which pattern a segment stores: cyclic, per_cell, blocks or random"`
	Autapses bool           `toml:"autapses" doc:"a cell may project to itself"`
	Sign     network.Sign   `toml:"sign" doc:"excitatory or inhibitory; default: as the source is"`
	Weight   network.Dist   `toml:"weight" unit:"pA" doc:"synaptic current of one spike; proximal projections"`
	Delay    network.Dist   `toml:"delay" unit:"ms" doc:"from spike to arrival; default: 0 ms from inputs, 1 ms between neurons"`
	File     string         `toml:"file" doc:"list: CSV with columns source, cell, [segment], [weight_pA], [delay_ms]"`
}

func (d *decoder) projections(x *Experiment) {
	root := d.table("projections", d.src.tree, "projections")
	for _, name := range d.names("projections", root) {
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
		if p.Weight.Fixed() && math.IsNaN(p.Weight.Mean) {
			p.Weight = network.Const(0)
		}
		switch {
		case t.Rule == network.List:
			if d.must(path + ".file") {
				p.Table = d.connections(x, path, t, src, target, group)
			}
		case t.File != "":
			d.bad(path+".file", "has a meaning only for rule = %q", network.List)
		}
		if t.Delay.Fixed() && !isWhole(t.Delay.Mean/x.Run.Dt) {
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
			t.Delay = network.Const(1)
		}
		d.values[path+".delay"] = quote(formatQuantity(t.Delay.Mean, "ms"))
	}
	weight := path + ".weight"
	switch given := d.given(weight); {
	case group != "" && given:
		d.bad(weight, "has no meaning for segments: they count synapses")
	case group == "" && !given && t.Rule != network.List:
		d.must(weight)
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
		{name: "delay_ms", optional: true, min: least, max: network.MaxDelay * x.Run.Dt, rule: fmt.Sprintf("a delay in ms: from %s to %s", formatNumber(tidy(float64(x.Network.LeastDelay(src))*x.Run.Dt)), formatNumber(tidy(network.MaxDelay*x.Run.Dt)))},
	}
	cols, ok := d.readTable(x.options.Read, path+".file", x.File, t.File, columns)
	if !ok {
		return nil
	}
	if group == "" && cols[3] == nil && !d.given(path+".weight") {
		d.bad(path+".weight", "must be given: the table has no column weight_pA")
	}
	c := &network.Connections{Source: int32s(cols[0]), Cell: int32s(cols[1]), Delay: cols[4]}
	if group != "" {
		c.Segment = int32s(cols[2])
	} else {
		c.Weight = cols[3]
	}
	return c
}

// population holds a name to the populations.
func (d *decoder) population(x *Experiment, path, name string) bool {
	var names []string
	for _, p := range x.Network.Populations {
		if p.Name == name {
			return true
		}
		names = append(names, p.Name)
	}
	if _, declared := d.src.places[join("populations", name)]; declared {
		return false // its own table is bad, and reported
	}
	d.bad(path, "unknown population%s", didYouMean(name, names))
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
		Kind       string `toml:"kind" doc:"sdr, poisson, spikes or current"`
		Population string `toml:"population" doc:"the input cells that spike"`
		stimulus.PresentationParams
	}
	poissonInput struct {
		Kind       string `toml:"kind" doc:"sdr, poisson, spikes or current"`
		Population string `toml:"population" doc:"the input cells that spike"`
		stimulus.PoissonParams
	}
	spikesInput struct {
		Kind       string `toml:"kind" doc:"sdr, poisson, spikes or current"`
		Population string `toml:"population" doc:"the input cells that spike"`
		File       string `toml:"file" doc:"CSV with columns step or time_ms, cell"`
	}
	currentInput struct {
		Kind       string `toml:"kind" doc:"sdr, poisson, spikes or current"`
		Population string `toml:"population" doc:"the neurons that get the current"`
		network.CurrentParams
	}
)

func (d *decoder) inputs(x *Experiment) {
	root := d.table("inputs", d.src.tree, "inputs")
	for _, name := range d.names("inputs", root) {
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
			d.must(path + ".period")
			if math.IsNaN(t.Start) {
				t.Start = t.Period
				d.values[path+".start"] = quote(formatQuantity(t.Start, "ms"))
			}
			in.Population, in.Presentations = t.Population, &t.PresentationParams
		case "poisson":
			t := new(poissonInput)
			t.PoissonParams = stimulus.DefaultPoisson()
			d.into(path, tree, t)
			d.must(path + ".rate")
			if math.IsInf(t.Stop, 1) {
				t.Stop = x.Run.Tstop
			}
			in.Population, in.Poisson = t.Population, &t.PoissonParams
		case "spikes":
			t := new(spikesInput)
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

// train reads the spikes of an input of kind spikes.
func (d *decoder) train(x *Experiment, path string, t *spikesInput) *stimulus.Train {
	n := x.Network.Population(t.Population).Size()
	columns := []column{
		{name: "step", optional: true, whole: true, min: 0, max: 1 << 53, rule: "a whole number from 0"},
		{name: "time_ms", optional: true, min: 0, max: 1e15, rule: "a time in ms, not negative"},
		{name: "cell", whole: true, min: 0, max: float64(n - 1), rule: "a cell of " + t.Population},
	}
	cols, ok := d.readTable(x.options.Read, path+".file", x.File, t.File, columns)
	if !ok {
		return nil
	}
	if (cols[0] == nil) == (cols[1] == nil) && len(cols[2]) > 0 {
		d.bad(path+".file", "must have one of the columns step and time_ms")
		return nil
	}
	train := &stimulus.Train{Cells: int32s(cols[2])}
	for i := range train.Cells {
		if cols[0] != nil {
			train.Steps = append(train.Steps, int64(cols[0][i]))
		} else {
			train.Steps = append(train.Steps, int64(math.Round(cols[1][i]/x.Run.Dt)))
		}
	}
	train.Sort()
	return train
}
