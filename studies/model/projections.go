package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"neurosim/dendrite"
	"neurosim/grammar"
	"neurosim/network"
)

// projectionTable is [projections.NAME].
type projectionTable struct {
	Source   string         `toml:"source" must:"yes" doc:"population"`
	Target   string         `toml:"target" must:"yes" doc:"population (the soma), or population/segments"`
	Rule     network.Rule   `toml:"rule" must:"yes" of:"store random pairwise one_to_one all_to_all list sonata" doc:"store, random, pairwise, one_to_one, all_to_all, list or sonata"`
	Synapses int            `toml:"synapses" unset:"0" doc:"synapses of each segment or soma; default: as the segments say"`
	Patterns int            `toml:"patterns" unset:"0" doc:"store: patterns that a segment stores, M, with that many synapses on each; a cell that is in two of them gets one synapse"`
	Segments []int          `toml:"segments" doc:"segments of each cell that get synapses; default: all"`
	Assign   network.Assign `toml:"assign" of:"cyclic per_cell blocks random" doc:"store: which pattern a segment stores: cyclic, per_cell, blocks or random"`
	Autapses bool           `toml:"autapses" doc:"a cell may project to itself"`
	Sign     network.Sign   `toml:"sign" of:"excitatory inhibitory" doc:"excitatory or inhibitory; default: as the source is"`
	Weight   network.Dist   `toml:"weight" must:"for a proximal projection" unit:"pA" doc:"synaptic current of one spike; it has no meaning for segments"`
	Delay    network.Dist   `toml:"delay" unit:"ms" doc:"from spike to arrival; default: 0 ms from inputs, 1 ms between neurons"`
	File     string         `toml:"file" must:"for rule = list or sonata" file:"table" doc:"list: CSV with columns source, cell, [segment], [weight_pA], [delay_ms]; sonata: edges, HDF5"`
	dendrite.ReleaseParams
	edgeKeys
	Probability float64 `toml:"probability" must:"for rule = pairwise" doc:"pairwise: probability of a synapse from a cell on a segment or soma, for every pair independently; where it falls with distance, that at distance 0"`
}

func (d Reader) projections(x *Model) {
	for name, tree := range d.Tables("projections", d.Table("projections", d.Root(), "projections")) {
		path := grammar.Join("projections", name)
		t := new(projectionTable)
		if tree["rule"] == string(network.Store) {
			t.Assign, t.Patterns = network.AssignCyclic, 1
		}
		t.Weight, t.Delay, t.ReleaseParams.P = network.Const(math.NaN()), network.Const(math.NaN()), math.NaN()
		t.Probability, t.NSyns = math.NaN(), multiply
		d.Into(path, tree, t, "short_term", "distance")
		var distance *network.DistanceParams
		if table := d.Table(path+".distance", tree, "distance"); table != nil {
			distance = &network.DistanceParams{}
			d.Into(path+".distance", table, distance)
		}
		var shortTerm *dendrite.ShortTermParams
		if table := d.Table(path+".short_term", tree, "short_term"); table != nil {
			shortTerm = new(dendrite.DefaultShortTerm())
			d.Into(path+".short_term", table, shortTerm)
		}
		sourceOK := d.Require(path+".source") && d.Population(x, path+".source", t.Source)
		target, group, targetOK := d.Target(x, path+".target", t.Target)
		if !d.Require(path+".rule") || !sourceOK || !targetOK {
			continue
		}
		src := x.Network.Population(t.Source)
		d.projectionDefaults(path, t, src, group)
		p := network.Projection{
			Name: name, Source: t.Source, Target: target, Group: group, Rule: t.Rule,
			Synapses: t.Synapses, Patterns: t.Patterns, Segments: t.Segments, Assign: t.Assign, Autapses: t.Autapses,
			Sign: t.Sign, Weight: t.Weight, Delay: t.Delay, ShortTerm: shortTerm,
		}
		if t.Rule == network.Pairwise && d.Require(path+".probability") {
			p.Probability, p.Distance = t.Probability, distance
		}
		if distance != nil {
			d.distance(path+".distance", distance)
		}
		if d.Present(path + ".p_release") {
			p.Release = &t.ReleaseParams
		}
		if t.Synapses == 0 && (t.Rule == network.Store || t.Rule == network.RandomIn) {
			t.Synapses = x.Network.PerUnit(&p)
			p.Synapses = t.Synapses
			d.Default(path+".synapses", fmt.Sprint(t.Synapses))
		}
		d.Rule(t.Rule != network.Store || t.Patterns >= 1, path+".patterns", "must be at least 1")
		d.Rule(t.Synapses >= 0, path+".synapses", "must not be negative")
		d.projectionWithout(path, t, src, target, group)
		if p.Weight.Fixed() && math.IsNaN(p.Weight.Mean) {
			p.Weight = network.Const(0)
		}
		switch {
		case t.Rule == network.List:
			if d.Require(path + ".file") {
				p.Table = d.connections(x, path, t, src, target, group)
			}
			if p.Table != nil && p.Table.Delay != nil {
				d.Without(path, []string{"delay"}, "with the column delay_ms of the table")
				p.Delay = network.Const(float64(x.Network.LeastDelay(src)) * x.Run.Dt)
			}
			if p.Table != nil && p.Table.Weight != nil {
				d.Without(path, []string{"weight"}, "with the column weight_pA of the table")
			}
		case t.Rule == sonataRule:
			p.Rule = network.List
			if d.Require(path + ".file") {
				p.Table = d.edges(x, path, t, src, target, group)
			}
			if p.Table != nil && p.Table.Delay != nil {
				d.Without(path, []string{"delay"}, "with the delays of the edges")
				p.Delay = network.Const(float64(x.Network.LeastDelay(src)) * x.Run.Dt)
			}
		case t.File != "":
			d.Without(path, []string{"file"}, "for rule = %q", t.Rule)
		}
		if t.Delay.Fixed() && !d.Dropped(path+".delay") {
			d.Grid(path+".delay", &t.Delay.Mean)
		}
		x.Network.Projections = append(x.Network.Projections, p)
	}
}

// distance drops what has no meaning for the profile of a probability.
func (d Reader) distance(path string, p *network.DistanceParams) {
	switch p.Profile {
	case network.Gaussian:
		d.Without(path, []string{"lambda"}, "for profile = %q", p.Profile)
	case network.Exponential:
		d.Without(path, []string{"sigma"}, "for profile = %q", p.Profile)
	}
}

// projectionDefaults fills in what follows from the source and the target.
func (d Reader) projectionDefaults(path string, t *projectionTable, src *network.Population, group string) {
	if t.Sign == "" {
		t.Sign = network.Excite
		if src.Kind == network.Inhibitory {
			t.Sign = network.Inhibit
		}
	}
	if t.Delay.Fixed() && math.IsNaN(t.Delay.Mean) {
		t.Delay = network.Const(0)
		if src.Kind != network.SDR {
			t.Delay = network.Const(d.RoundDefault(path+".delay", "ms", 1))
		}
		d.Default(path+".delay", grammar.FormatDist(t.Delay, "ms"))
	}
	weight := path + ".weight"
	switch given := d.Present(weight); {
	case group != "":
		d.Without(path, []string{"weight"}, "for segments: they count synapses")
	case group == "" && !given && t.Rule != network.List && t.Rule != sonataRule:
		d.Require(weight)
	}
}

// projectionWithout drops what has no meaning for the rule of a projection.
func (d Reader) projectionWithout(path string, t *projectionTable, src *network.Population, target, group string) {
	if !slices.Contains([]network.Rule{network.Store, network.RandomIn, network.Pairwise, network.OneToOne, network.AllToAll, network.List, sonataRule}, t.Rule) {
		return // reported with the rule
	}
	for _, x := range []struct {
		keys  []string
		rules []network.Rule // that they have a meaning for
	}{
		{[]string{"assign", "patterns"}, []network.Rule{network.Store}},
		{[]string{"synapses"}, []network.Rule{network.Store, network.RandomIn}},
		{[]string{"probability", "distance"}, []network.Rule{network.Pairwise}},
		{[]string{"segments"}, []network.Rule{network.Store, network.RandomIn, network.Pairwise, network.OneToOne, network.AllToAll}},
		{[]string{"types", "edges", "edge_types", "weight_unit", "nsyns"}, []network.Rule{sonataRule}},
		{[]string{"autapses"}, []network.Rule{network.RandomIn, network.Pairwise, network.AllToAll}},
	} {
		if !slices.Contains(x.rules, t.Rule) {
			d.Without(path, x.keys, "for rule = %q", t.Rule)
		}
	}
	if group == "" {
		d.Without(path, []string{"segments"}, "for a proximal projection")
	}
	if src.Name != target {
		d.Without(path, []string{"autapses"}, "between two populations")
	}
}

// connections reads the table of a projection of rule list.
func (d Reader) connections(x *Model, path string, t *projectionTable, src *network.Population, target, group string) *network.Connections {
	dst := x.Network.Population(target)
	segments := 0
	if g := dst.Group(group); g != nil {
		segments = g.Count - 1
	}
	least := float64(x.Network.LeastDelay(src)) * x.Run.Dt * (1 - 1e-9) // a delay of one step may be rounded
	columns := []grammar.Column{
		{Name: "source", Whole: true, Min: 0, Max: float64(src.Size() - 1), Rule: "a cell of " + src.Name},
		{Name: "cell", Whole: true, Min: 0, Max: float64(dst.Size() - 1), Rule: "a cell of " + target},
		{Name: "segment", Optional: group == "", Whole: true, Min: 0, Max: float64(segments), Rule: "a segment of " + t.Target},
		{Name: "weight_pA", Optional: true, Min: 0, Max: 1e9, Rule: "a weight in pA, not negative: the sign is that of the projection"},
		{Name: "delay_ms", Optional: true, Min: least, Max: network.MaxDelay * x.Run.Dt, Check: grammar.OnGrid(x.Run.Dt), Rule: fmt.Sprintf("a delay in ms: from %s to %s", grammar.FormatRounded(float64(x.Network.LeastDelay(src))*x.Run.Dt), grammar.FormatRounded(network.MaxDelay*x.Run.Dt))},
	}
	cols, ok := d.ReadTable(path+".file", t.File, columns)
	if !ok {
		return nil
	}
	if group == "" && cols[3] == nil && !d.Present(path+".weight") {
		d.Bad(path+".weight", "must be given: the table has no column weight_pA")
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

func int32s(x []float64) []int32 {
	if x == nil {
		return nil
	}
	out := make([]int32, len(x))
	for i, v := range x {
		out[i] = int32(v)
	}
	return out
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

// projectionTables are the tables of projections in the reference.
func projectionTables() []grammar.Table {
	return []grammar.Table{
		{Title: "[projections.NAME]", Text: "Synapses from one population on the somata or the segments of another.", Default: &projectionTable{Assign: network.AssignCyclic, Patterns: 1, Weight: network.Const(math.NaN()), Delay: network.Const(math.NaN()), ReleaseParams: dendrite.ReleaseParams{P: math.NaN()}, Probability: math.NaN(), edgeKeys: edgeKeys{NSyns: multiply}}},
		{Title: "[projections.NAME.distance]", Text: "For rule = \"pairwise\": the probability falls with the distance of the two cells, whose populations need [populations.NAME.position]. Without the table it does not.", Default: &network.DistanceParams{}},
		{Title: "[projections.NAME.short_term]", Text: "Short-term depression and facilitation (Tsodyks & Markram); without the table there is none. A spike uses the fraction u x of the resources of its axon. Conductances, and currents into somata, are multiplied by u x/U, so that a spike after a long silence has the full effect. A synapse of a threshold segment is active or not: there a spike releases with probability u x, at each synapse independently. With `p_release` synapses fail in addition; a failure uses the resources too.", Default: new(dendrite.DefaultShortTerm())},
	}
}
