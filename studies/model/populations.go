package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/dendrite"
	"neurosim/grammar"
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

func (d Reader) populations(x *Model) {
	root := d.Table("populations", d.Root(), "populations")
	for name, tree := range d.Tables("populations", root) {
		path := grammar.Join("populations", name)
		if name == "" || strings.ContainsAny(name, "/,\"\n") {
			d.Bad(path, "is no good name: names may not be empty or contain / , \" or a line break")
			continue
		}
		kind, ok := d.Kind(path, tree, string(network.SDR), string(network.Pyramidal), string(network.Inhibitory), string(network.Compartmental))
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
		if table := d.Table(path+".position", tree, "position"); table != nil {
			d.position(path+".position", table, &p)
		}
		x.Network.Populations = append(x.Network.Populations, p)
	}
	x.Network.Index()
	d.Rule(len(root) != 0, "populations", "must be given: there is nothing to simulate")
}

func (d Reader) sdrCells(x *Model, path string, tree map[string]any, p *network.Population) {
	t := new(sdrTable)
	d.Into(path, tree, t, "position")
	if t.File != "" && t.N > 0 {
		key := path + ".patterns_file"
		columns := []grammar.Column{
			{Name: "pattern", Whole: true, Min: 0, Max: 1 << 24, Rule: "a whole number from 0"},
			{Name: "cell", Whole: true, Min: 0, Max: float64(t.N - 1), Rule: "a cell of " + p.Name},
		}
		if cols, ok := d.ReadTable(key, t.File, columns); ok {
			d.patterns(key, cols, t)
		}
	}
	p.InputCells = t.InputCells
}

// patterns groups the rows of a patterns file.
func (d Reader) patterns(key string, cols [][]float64, t *sdrTable) {
	byPattern := map[int][]int32{}
	most := -1
	for i, p := range cols[0] {
		byPattern[int(p)] = append(byPattern[int(p)], int32(cols[1][i]))
		most = max(most, int(p))
	}
	if most >= len(cols[0]) {
		d.Bad(key, "numbers patterns up to %d, but has %d rows", most, len(cols[0]))
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
			d.Bad(key, "pattern %d has %d distinct cells; active is %d", p, len(cells), t.Active)
			return
		}
		t.PatternSet[p] = cells
	}
	d.Rule(t.Patterns == 0 || t.Patterns == len(t.PatternSet), key, "has %d patterns; patterns is %d", len(t.PatternSet), t.Patterns)
	t.Patterns = len(t.PatternSet)
	d.noteRows(t.File, repeated, "names a cell that its pattern has already, and counts once", "name cells that their patterns have already, and count once")
}

// noteRows notes what becomes of some rows of a table; of none it says nothing.
func (d Reader) noteRows(file string, n int, one, many string) {
	switch {
	case n == 1:
		d.Note("%s: 1 row %s", file, one)
	case n > 1:
		d.Note("%s: %d rows %s", file, n, many)
	}
}

func (d Reader) neurons(x *Model, path string, tree map[string]any, p *network.Population) {
	t := new(cellTable)
	t.Soma = neuron.DefaultLIF()
	t.Ie, t.V0 = network.Const(0), network.Const(math.NaN())
	d.Into(path, tree, t, "segments", "position")
	if t.V0.Fixed() && math.IsNaN(t.V0.Mean) {
		t.V0 = network.Const(t.Soma.EL)
	}
	if t.File != "" && t.Count > 0 {
		on := map[float64]int{} // line of a cell
		columns := []grammar.Column{
			{Name: "cell", Whole: true, Min: 0, Max: float64(t.Count - 1), Rule: "a cell of " + p.Name, Check: func(line int, cell float64) string {
				if first, twice := on[cell]; twice {
					return fmt.Sprintf("is on line %d already", first)
				}
				on[cell] = line
				return ""
			}},
			{Name: "I_e_pA", Min: -1e9, Max: 1e9, Rule: "a current in pA"},
		}
		if cols, ok := d.ReadTable(path+".I_e_file", t.File, columns); ok {
			p.IeOf = make([]float64, t.Count)
			for i := range p.IeOf {
				p.IeOf[i] = t.Ie.Mean
			}
			for i, c := range cols[0] {
				p.IeOf[int(c)] = cols[1][i]
			}
			if rest := t.Count - len(cols[0]); rest > 0 {
				d.Note("%s: has %d of the %d cells of %s; the others have I_e = %s", t.File, len(cols[0]), t.Count, p.Name, grammar.FormatDist(t.Ie, "pA"))
			}
		}
	}
	of := p.IeOf
	p.Cells = t.Cells
	p.IeOf = of
	at := path + ".segments"
	for name, tree := range d.Tables(at, d.Table(at, tree, "segments")) {
		if name == string(network.Proximal) {
			d.Bad(grammar.Join(at, name), "is no name for segments: proximal synapses sit on the soma; project to %q", p.Name)
			continue
		}
		g := new(network.DefaultSegments())
		g.Name = name
		if name == string(network.Apical) {
			g.Zone = network.Apical
		}
		d.Into(grammar.Join(at, name), tree, g)
		p.Segments = append(p.Segments, *g)
	}
	d.Rule(p.Kind != network.Inhibitory || len(p.Segments) == 0, at, "an inhibitory cell has no segments; kind = %q has", network.Pyramidal)
}

// position reads [populations.NAME.position].
func (d Reader) position(path string, tree map[string]any, p *network.Population) {
	t := new(network.DefaultPosition())
	d.Into(path, tree, t)
	switch t.Layout {
	case network.FileLayout:
		if d.Require(path + ".file") {
			d.positions(path+".file", t, p)
		}
		if !t.Periodic {
			d.Without(path, []string{"extent"}, "for layout = %q without periodic: the positions are in the file", t.Layout)
		}
	case network.RingLayout:
		d.Without(path, []string{"periodic"}, "for layout = %q, round which distances go", t.Layout)
	}
	if t.Layout != network.FileLayout {
		d.Without(path, []string{"file"}, "for layout = %q", t.Layout)
	}
	if t.Layout != network.RandomLayout {
		d.Without(path, []string{"dimensions"}, "for layout = %q", t.Layout)
	}
	if t.Layout != "" && (t.Layout != network.FileLayout || t.Points != nil) {
		p.Position = t
	}
}

// positions reads the positions of cells from a table.
func (d Reader) positions(key string, t *network.PositionParams, p *network.Population) {
	if p.Size() < 1 {
		return // reported with the population
	}
	on := map[float64]int{} // line of a cell
	columns := []grammar.Column{
		{Name: "cell", Whole: true, Min: 0, Max: float64(p.Size() - 1), Rule: "a cell of " + p.Name, Check: func(line int, cell float64) string {
			if first, twice := on[cell]; twice {
				return fmt.Sprintf("is on line %d already", first)
			}
			on[cell] = line
			return ""
		}},
		{Name: "x_um", Min: -1e8, Max: 1e8, Rule: "a position in um"},
		{Name: "y_um", Optional: true, Min: -1e8, Max: 1e8, Rule: "a position in um"},
		{Name: "z_um", Optional: true, Min: -1e8, Max: 1e8, Rule: "a position in um"},
	}
	cols, ok := d.ReadTable(key, t.File, columns)
	if !ok {
		return
	}
	if n := len(cols[0]); n != p.Size() {
		d.Bad(key, "has positions of %d cells; %s has %d, and each needs one", n, p.Name, p.Size())
		return
	}
	t.Points, t.Dimensions = make([][3]float64, p.Size()), 1
	for k, col := range cols[1:] {
		if col != nil {
			t.Dimensions = k + 1
		}
		for i, x := range col {
			t.Points[int(cols[0][i])][k] = x
		}
	}
}

// projectionTable is [projections.NAME].
type projectionTable struct {
	Source   string         `toml:"source" must:"yes" doc:"population"`
	Target   string         `toml:"target" must:"yes" doc:"population (the soma), or population/segments"`
	Rule     network.Rule   `toml:"rule" must:"yes" of:"store random pairwise one_to_one all_to_all list" doc:"store, random, pairwise, one_to_one, all_to_all or list"`
	Synapses int            `toml:"synapses" unset:"0" doc:"synapses of each segment or soma; default: as the segments say"`
	Patterns int            `toml:"patterns" unset:"0" doc:"store: patterns that a segment stores, M, with that many synapses on each; a cell of two of them gets one"`
	Segments []int          `toml:"segments" doc:"segments of each cell that get synapses; default: all"`
	Assign   network.Assign `toml:"assign" of:"cyclic per_cell blocks random" doc:"store: which pattern a segment stores: cyclic, per_cell, blocks or random"`
	Autapses bool           `toml:"autapses" doc:"a cell may project to itself"`
	Sign     network.Sign   `toml:"sign" of:"excitatory inhibitory" doc:"excitatory or inhibitory; default: as the source is"`
	Weight   network.Dist   `toml:"weight" must:"for a proximal projection" unit:"pA" doc:"synaptic current of one spike; it has no meaning for segments"`
	Delay    network.Dist   `toml:"delay" unit:"ms" doc:"from spike to arrival; default: 0 ms from inputs, 1 ms between neurons"`
	File     string         `toml:"file" must:"for rule = list" file:"table" doc:"list: CSV with columns source, cell, [segment], [weight_pA], [delay_ms]"`
	dendrite.ReleaseParams
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
		t.Probability = math.NaN()
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
				d.Without(path, []string{"delay"}, "beside the column delay_ms of the table")
				p.Delay = network.Const(float64(x.Network.LeastDelay(src)) * x.Run.Dt)
			}
			if p.Table != nil && p.Table.Weight != nil {
				d.Without(path, []string{"weight"}, "beside the column weight_pA of the table")
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
	case group == "" && !given && t.Rule != network.List:
		d.Require(weight)
	}
}

// projectionWithout drops what has no meaning for the rule of a projection.
func (d Reader) projectionWithout(path string, t *projectionTable, src *network.Population, target, group string) {
	if !slices.Contains([]network.Rule{network.Store, network.RandomIn, network.Pairwise, network.OneToOne, network.AllToAll, network.List}, t.Rule) {
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

// Population holds a name to the populations.
func (d Reader) Population(x *Model, path, name string) bool {
	if x.Network.Population(name) != nil {
		return true
	}
	if d.Present(grammar.Join("populations", name)) {
		return false // its own table is bad, and reported
	}
	d.Bad(path, "unknown population%s", d.Suggest("population", name, func() []string {
		names := grammar.Names(x.Network.Populations, func(p network.Population) string { return p.Name })
		return names
	}))
	return false
}

// Target splits and checks population[/segments].
func (d Reader) Target(x *Model, path, target string) (population, group string, ok bool) {
	if !d.Require(path) {
		return "", "", false
	}
	population, group, _ = strings.Cut(target, "/")
	if !d.Population(x, path, population) {
		return "", "", false
	}
	if group == string(network.Proximal) || group == "soma" {
		group = ""
	}
	p := x.Network.Population(population)
	if group == "" || p.Group(group) != nil {
		return population, group, true
	}
	names := grammar.Names(p.Segments, func(g network.Segments) string { return g.Name })
	d.Bad(path, "population %q has no segments %q%s", population, group, grammar.DidYouMean(group, names))
	return "", "", false
}

// Tables [inputs.NAME], by kind.
type (
	sdrInput struct {
		Kind       string `toml:"kind" must:"yes" doc:"sdr, poisson or spikes"`
		Population string `toml:"population" must:"yes" doc:"the input cells that spike"`
		stimulus.PresentationParams
	}
	poissonInput struct {
		Kind       string `toml:"kind" must:"yes" doc:"sdr, poisson or spikes"`
		Population string `toml:"population" must:"yes" doc:"the input cells that spike"`
		stimulus.PoissonParams
	}
)

func (d Reader) inputs(x *Model) {
	for name, tree := range d.Tables("inputs", d.Table("inputs", d.Root(), "inputs")) {
		path := grammar.Join("inputs", name)
		kind, ok := d.Kind(path, tree, "sdr", "poisson", "spikes")
		if !ok {
			continue
		}
		in := network.Input{Name: name}
		switch kind {
		case "sdr":
			t := new(sdrInput)
			t.PresentationParams = stimulus.DefaultPresentations()
			d.Into(path, tree, t)
			if len(t.Sequence) > 0 {
				d.Without(path, []string{"order", "novel"}, "beside sequence")
			}
			if math.IsNaN(t.Start) {
				t.Start = t.Period
				d.Follows(path+".start", path+".period")
				d.Default(path+".start", grammar.FormatDist(network.Const(t.Start), "ms"))
			}
			in.Population, in.Presentations = t.Population, &t.PresentationParams
		case "poisson":
			t := new(poissonInput)
			t.PoissonParams = stimulus.DefaultPoisson()
			d.Into(path, tree, t, "modulation")
			if math.IsInf(t.Stop, 1) {
				t.Stop = x.Run.Tstop
			}
			d.rate(path, tree, &t.PoissonParams)
			in.Population, in.Poisson = t.Population, &t.PoissonParams
		case "spikes":
			t := new(defaultSpikesInput())
			d.Into(path, tree, t)
			in.Population = t.Population
			if d.Require(path+".file") && x.Network.Population(t.Population) != nil {
				in.Train = d.train(x, path, t)
			}
		}
		if d.Require(path+".population") && d.Population(x, path+".population", in.Population) {
			x.Network.Inputs = append(x.Network.Inputs, in)
		}
	}
}

// rate reads what the rate of a Poisson input is: constant, a sine, or given at times.
func (d Reader) rate(path string, tree map[string]any, p *stimulus.PoissonParams) {
	if table := d.Table(path+".modulation", tree, "modulation"); table != nil {
		p.Modulation = new(stimulus.DefaultModulation())
		d.Into(path+".modulation", table, p.Modulation)
	}
	file, list := d.Present(path+".rate_file"), d.Present(path+".rates")
	switch {
	case file && list:
		d.Bad(path+".rates", "stands beside rate_file; give one of the two")
	case file:
		p.Course = d.rateFile(path+".rate_file", p)
	case list:
		p.Course = &stimulus.RateCourse{Times: p.Times, Rates: p.Rates, Interpolation: stimulus.StepRate}
		if !d.Require(path+".times") || len(p.Times) == 0 || len(p.Rates) == 0 {
			p.Course = nil // reported where they are read
		}
	default:
		d.Without(path, []string{"times"}, "without rates")
		d.Require(path + ".rate")
	}
	if !file {
		d.Without(path, []string{"interpolation"}, "without rate_file")
	}
	if file || list {
		d.Without(path, []string{"rate"}, "beside rates that are given at times")
		if p.Modulation != nil {
			d.Bad(path+".modulation", "has a meaning for a rate; give one of the two, or a rate_file that has both")
			p.Modulation = nil
		}
		p.Rate = 0
	}
	if file && list || file && d.Present(path+".times") {
		d.Without(path, []string{"times"}, "beside rate_file, which has its own")
	}
}

// rateFile reads the rates of a Poisson input from a table; nil where it is no good.
func (d Reader) rateFile(key string, p *stimulus.PoissonParams) *stimulus.RateCourse {
	before := math.Inf(-1)
	cols, ok := d.ReadTable(key, p.RateFile, []grammar.Column{
		{Name: "time_ms", Min: 0, Max: 1e15, Rule: "a time in ms, not negative", Check: func(_ int, ms float64) string {
			if ms <= before {
				return fmt.Sprintf("must be after the time before, %g ms", before)
			}
			before = ms
			return ""
		}},
		{Name: "rate_Hz", Min: 0, Max: 1e9, Rule: "a rate in Hz, not negative"},
	})
	if !ok {
		return nil
	}
	if len(cols[0]) == 0 {
		d.Bad(key, "has no rows")
		return nil
	}
	return &stimulus.RateCourse{Times: cols[0], Rates: cols[1], Interpolation: p.Interpolation}
}

// populationTables are the tables of populations in the reference.
func populationTables() []grammar.Table {
	cells, segments := &cellTable{}, network.DefaultSegments()
	cells.Soma, cells.Ie = neuron.DefaultLIF(), network.Const(0)
	cells.V0 = network.Const(cells.Soma.EL)
	return []grammar.Table{
		{Title: "[populations.NAME], kind = \"sdr\"", Text: "Input cells, which spike as the inputs say.", Default: &sdrTable{}},
		{Title: "[populations.NAME], kind = \"pyramidal\" or \"inhibitory\"", Text: "Neurons. The soma's keys stand in [populations.NAME.soma].", Default: cells},
		{Title: "[populations.NAME.position]", Text: "Where the cells of a population of any kind are, for connection probabilities that fall with distance. Cell i of N lies at (i + ½) extent/N on a line or ring, row by row with ⌈√N⌉ cells a row on a grid; random positions are drawn from the seed and the name of the population.", Default: new(network.DefaultPosition())},
		{Title: "[populations.NAME.segments.GROUP]", Text: "Segments of a pyramidal population. Several groups may stand side by side.", Default: &segments},
	}
}

// projectionTables are the tables of projections in the reference.
func projectionTables() []grammar.Table {
	return []grammar.Table{
		{Title: "[projections.NAME]", Text: "Synapses from one population on the somata or the segments of another.", Default: &projectionTable{Assign: network.AssignCyclic, Patterns: 1, Weight: network.Const(math.NaN()), Delay: network.Const(math.NaN()), ReleaseParams: dendrite.ReleaseParams{P: math.NaN()}, Probability: math.NaN()}},
		{Title: "[projections.NAME.distance]", Text: "For rule = \"pairwise\": the probability falls with the distance of the two cells, whose populations need [populations.NAME.position]. Without the table it does not.", Default: &network.DistanceParams{}},
		{Title: "[projections.NAME.short_term]", Text: "Short-term depression and facilitation (Tsodyks & Markram); without the table there is none. A spike uses the part u x of the resources of its axon. It scales conductances, and currents into somata, by u x/U, so that a spike after a long silence has the full one. A synapse of a threshold segment is active or not: there a spike releases with probability u x, at each synapse independently. With `p_release` synapses fail besides, and the resources are used whether they do or not.", Default: new(dendrite.DefaultShortTerm())},
	}
}

// inputTables are the tables of inputs in the reference.
func inputTables() []grammar.Table {
	spikes := defaultSpikesInput()
	return []grammar.Table{
		{Title: "[inputs.NAME], kind = \"sdr\"", Text: "Shows patterns: every period one of the population's patterns, or a novel one.", Default: &sdrInput{PresentationParams: stimulus.DefaultPresentations()}},
		{Title: "[inputs.NAME], kind = \"poisson\"", Text: "Independent background spikes in every cell: a Poisson process whose rate is constant (`rate`), a sine (`rate` and [inputs.NAME.modulation]), a row of constant rates (`rates`, `times`) or read from a table (`rate_file`). Whatever the rate, the mean number of spikes in a step is its integral over the step; a cell may spike several times in a step, so that no rate is lowered by the length of a step. A rate of which a step would hold more than 10 spikes is refused.", Default: &poissonInput{PoissonParams: stimulus.DefaultPoisson()}},
		{Title: "[inputs.NAME.modulation]", Text: "Makes the rate of a Poisson input a sine: r(t) = rate (1 + depth sin(2π frequency t + phase)), t from the beginning of the run. Without the table the rate is constant.", Default: new(stimulus.DefaultModulation())},
		{Title: "[inputs.NAME], kind = \"spikes\"", Text: "Spikes from a table: a header, then a row for each spike; lines that begin with # are comments. Read as they are: columns `cell` and `step` or `time_ms`, such as `spikes.csv` of a run. A table of another program is read by the keys, for example `columns = { cell = \"sender\", time = \"time_ms\" }` (NEST) or `columns = { cell = \"i\", time = \"t\" }` with `time_unit = \"s\"` (Brian). A time goes to the nearest step, from halfway on to the later; a cell may spike several times in a step. What is not used as it stands is said with counts.", Default: &spikes},
	}
}
