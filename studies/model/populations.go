package model

import (
	"fmt"
	"math"
	"slices"
	"strings"

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
	nodeKeys
}

// cellTable is [populations.NAME] of the other kinds.
type cellTable struct {
	Kind network.Kind `toml:"kind" must:"yes" doc:"sdr, pyramidal, inhibitory or compartmental"`
	network.Cells
	File string `toml:"I_e_file" file:"table" doc:"CSV with columns cell, I_e_pA: the constant current of each cell"`
	nodeKeys
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
	d.nodes(x, path, "n", &t.nodeKeys, p.Name, &t.N)
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
		d.Warn("%s: 1 row %s", file, one)
	case n > 1:
		d.Warn("%s: %d rows %s", file, n, many)
	}
}

func (d Reader) neurons(x *Model, path string, tree map[string]any, p *network.Population) {
	t := new(cellTable)
	t.Soma = neuron.DefaultLIF()
	t.Ie, t.V0 = network.Const(0), network.Const(math.NaN())
	d.Into(path, tree, t, "segments", "position")
	d.nodes(x, path, "size", &t.nodeKeys, p.Name, &t.Count)
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
				d.Warn("%s: has %d of the %d cells of %s; the others have I_e = %s", t.File, len(cols[0]), t.Count, p.Name, grammar.FormatDist(t.Ie, "pA"))
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

// populationTables are the tables of populations in the reference.
func populationTables() []grammar.Table {
	cells, segments := &cellTable{}, network.DefaultSegments()
	cells.Soma, cells.Ie = neuron.DefaultLIF(), network.Const(0)
	cells.V0 = network.Const(cells.Soma.EL)
	return []grammar.Table{
		{Title: "[populations.NAME], kind = \"sdr\"", Text: "Input cells, which spike as the inputs say.", Default: &sdrTable{}},
		{Title: "[populations.NAME], kind = \"pyramidal\" or \"inhibitory\"", Text: "Neurons. The keys of the soma are in [populations.NAME.soma].", Default: cells},
		{Title: "[populations.NAME.position]", Text: "Where the cells of a population of any kind are, for connection probabilities that fall with distance. Cell i of N lies at (i + ½) extent/N on a line or ring, row by row with ⌈√N⌉ cells a row on a grid; random positions are drawn from the seed and the name of the population.", Default: new(network.DefaultPosition())},
		{Title: "[populations.NAME.segments.GROUP]", Text: "Segments of a pyramidal population. A population can have several groups.", Default: &segments},
	}
}
