package protocols

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/stimulus"
	"neurosim/studies/model"
	"neurosim/study"
)

// Common is what a user sets of all protocols.
type Common struct {
	Population string   `toml:"population" must:"yes" doc:"compartmental cells; the protocols are done on copies of one of them"`
	List       []string `toml:"run" of:"input_resistance f_i rheobase spike_shape back_propagation attenuation dendritic_input_output critical_frequency" doc:"protocols that are run; default: those whose tables are in the file"`
	Settle     float64  `toml:"settle" unit:"ms" grid:"dt" doc:"time from the start at V_0 to the begin of every protocol, with the holding current alone"`
	Delay      float64  `toml:"delay" unit:"ms" grid:"dt" doc:"time that every protocol records before its stimulus"`
	Holding    float64  `toml:"holding" unit:"pA" doc:"constant current into the soma, all the time"`
}

func defaultCommon() Common { return Common{Settle: 500, Delay: 10} }

// A protocol is one table [protocols.NAME]: the pointer to a struct of its keys.
type protocol interface {
	name() string
	text() string // for the reference
	// read checks and resolves what was read.
	read(d reader, path string, x *Study)
	// job says what is done.
	job(x *Study) job
	// report adds to r what came out, and keeps what its figure draws.
	report(x *Study, found *result, r *study.Report)
	// draw adds the panels of the figure of what was reported, and says what its marks are.
	draw(fig *figure.Figure) figure.Meanings
}

// protocols returns all protocols at their defaults, in the order in which they are
// reported.
func protocols() []protocol {
	return []protocol{
		defaultResistance(), defaultFI(), defaultRheobase(), defaultShape(), defaultBackPropagation(), defaultAttenuation(),
		defaultDendritic(), defaultCritical(),
	}
}

// A Study is a configuration of protocols.
type Study struct {
	*model.Model
	Common
	Figures []Figure

	Protocols []protocol // that are done, in their order
	Cell      *network.Population
	Tree      *neuron.Tree
}

// A Figure asks for the picture of one protocol.
type Figure struct {
	*grammar.Figure
	of string // protocol
}

// Kind is the study of protocols.
func Kind() study.Kind {
	k := study.Kind{
		Name: "a study of protocols", Model: "spiking", Marks: []string{"protocols"}, Tables: append(model.Tables(), tables()...), Figures: figureKinds(),
		Named: model.Named(), Read: func(d *grammar.Decoder) study.Study { return read(d) },
	}
	for _, p := range protocols() {
		k.Writes = append(k.Writes, p.name())
	}
	return k
}

// tables are the tables of protocols in the reference.
func tables() []grammar.Table {
	out := []grammar.Table{{Title: "[protocols]", Text: text, Default: new(defaultCommon())}}
	for _, p := range protocols() {
		out = append(out, grammar.Table{Title: "[protocols." + p.name() + "]", Text: p.text(), Default: p})
	}
	return out
}

const text = "Electrophysiology on copies of one compartmental cell, in place of a run of a network. Each protocol writes one table, `tables/NAME.csv`, and has one kind of figure. The file needs no `run.tstop`: each protocol has its own length. Synapses of the cell stay silent.\n\n" +
	"The cell starts at `V_0` (or at rest, without it) and settles; every protocol begins from that state. Times of a protocol count from the end of `settle`, so its stimulus begins at `delay`. A spike is an upward crossing of `soma.level`, its time linear between two steps; of an integrate-and-fire soma it is the step that reaches V_th.\n\n" +
	"Features have the names and definitions of eFEL (github.com/BlueBrain/eFEL) where it has them, and otherwise of the Allen SDK; where a definition differs, the text of the protocol says so. All are taken from the potential after every step, without interpolation to another grid and without a filter."

// figureKinds are the kinds of figures, one for each protocol.
func figureKinds() []grammar.FigureKind {
	return []grammar.FigureKind{
		{Name: "input-resistance", Needs: "protocols", Text: "Potentials of the soma in time, and their steady and largest deflections against the current, with the line of the input resistance.", Axes: []grammar.Axes{{"ms", "mV"}, {"pA", "mV"}}},
		{Name: "f-i", Needs: "protocols", Text: "Rate, latency of the first spike and adaptation against the current.", Axes: []grammar.Axes{{"pA", "Hz"}, {"pA", "ms"}, {"pA", ""}}},
		{Name: "rheobase", Needs: "protocols", Text: "Potentials of the soma at the largest current found silent and at the rheobase.", Axes: []grammar.Axes{{"ms", "mV"}}},
		{Name: "spike-shape", Needs: "protocols", Text: "The first spike in time, with its features, and dV/dt against V.", Axes: []grammar.Axes{{"ms", "mV"}, {"mV", "mV/ms"}}},
		{Name: "back-propagation", Needs: "protocols", Text: "Amplitude of the spike in every compartment against its distance from the soma, by region, and potentials along the path.", Axes: []grammar.Axes{{"um", "mV"}, {"ms", "mV"}}},
		{Name: "attenuation", Needs: "protocols", Text: "Potential at the soma over that at the place of the current, and input and transfer resistance, against the distance.", Axes: []grammar.Axes{{"um", ""}, {"um", "Mohm"}}},
		{Name: "dendritic-input-output", Needs: "protocols", Text: "Peak of the dendrite, time above the level and spikes of the soma against the dendritic current, without and with a somatic pulse.", Axes: []grammar.Axes{{"pA", "mV"}, {"pA", "ms"}, {"pA", ""}}},
		{Name: "critical-frequency", Needs: "protocols", Text: "Area of the dendritic potential above the level against the frequency, and potentials on both sides of the jump.", Axes: []grammar.Axes{{"Hz", "mV ms"}, {"ms", "mV"}}},
	}
}

// protocolOf returns the name of the protocol of a kind of figure.
func protocolOf(kind string) string {
	i := slices.IndexFunc(figureKinds(), func(k grammar.FigureKind) bool { return k.Name == kind })
	return protocols()[i].name()
}

// reader reads the tables of a study of protocols.
type reader struct{ model.Reader }

func read(decoder *grammar.Decoder) *Study {
	d := reader{model.Reader{Decoder: decoder}}
	x := &Study{Model: d.Untimed("with [protocols], which have their own lengths")}
	d.protocols(x)
	d.Sweep()
	d.figures(x)
	d.Output()
	d.Check(x.Model, x.memory)
	return x
}

// protocols reads [protocols] and the tables in it.
func (d reader) protocols(x *Study) {
	const at = "protocols"
	tree := d.Table(at, d.Root(), at)
	if tree == nil {
		return // reported
	}
	all := protocols()
	names := grammar.Names(all, protocol.name)
	x.Common = defaultCommon()
	d.Into(at, tree, &x.Common, names...)
	for _, key := range []string{"projections", "inputs", "stimulation", "detection", "record", "uncaging", "psychometric"} {
		if _, ok := d.Root()[key]; ok {
			d.Bad(key, "has no meaning in a study of protocols, which stimulate the cell themselves")
		}
	}
	if !d.Present(at + ".run") {
		for _, name := range names {
			if _, there := tree[name]; there {
				x.List = append(x.List, name)
			}
		}
		if x.List == nil {
			d.Bad(at+".run", "must be given: no table says which protocols are done")
		}
	}
	d.Rule(x.Settle >= 0 && x.Settle <= mostTime, at+".settle", "must be from 0 to %d ms", mostTime)
	d.Rule(x.Delay >= 0 && x.Delay <= mostTime, at+".delay", "must be from 0 to %d ms", mostTime)
	d.current(at+".holding", x.Holding)
	d.population(x)
	var left []string
	for _, p := range all {
		path := grammar.Join(at, p.name())
		table := d.Table(path, tree, p.name())
		chosen := slices.Contains(x.List, p.name())
		if table == nil && !chosen {
			continue
		}
		before := d.Problems()
		d.Into(path, table, p)
		if x.Tree != nil && d.Problems() == before {
			p.read(d, path, x)
		}
		if chosen {
			x.Protocols = append(x.Protocols, p)
		} else {
			left = append(left, p.name())
		}
	}
	if left != nil {
		d.Warn("protocols.run does not name %s: not done", strings.Join(left, ", "))
	}
}

// population finds the cells of the protocols.
func (d reader) population(x *Study) {
	const at = "protocols.population"
	if x.Population == "" || !d.Reader.Population(x.Model, at, x.Population) {
		return
	}
	p := x.Network.Population(x.Population)
	if p.Trees == nil {
		d.Bad(at, "must be a population of kind %q", network.Compartmental)
		return
	}
	d.Without(grammar.Join("populations", p.Name), []string{"I_e"}, "in a study of protocols: protocols.holding is their constant current")
	if len(p.Trees.Sections) == 0 {
		return // reported where they are read
	}
	if tree, err := neuron.NewTree(p.Trees.Sections); err == nil { // else reported with the sections
		x.Cell, x.Tree = p, tree
	}
}

// Bounds of what protocols may ask for.
const (
	mostTime = 100_000 // of a duration (ms)
	most     = 100_000 // of a current (pA)
	mostRuns = 1_000   // cells of a protocol
)

func (d reader) current(path string, pA float64) {
	d.Rule(math.Abs(pA) <= most, path, "must be from %d to %d pA", -most, most)
}

// positive holds a duration to what a protocol may ask for.
func (d reader) positive(path string, ms float64) {
	d.Rule(ms > 0 && ms <= mostTime, path, "must be above 0 and at most %d ms", mostTime)
}

// spikes refuses a protocol that needs spikes, and with shape those that the channels of
// the soma make, on cells that have none.
func (d reader) spikes(x *Study, p protocol, shape bool) {
	path := grammar.Join("protocols", p.name())
	if !d.Present(path) {
		path = "protocols.run"
	}
	soma := grammar.Join("populations", x.Cell.Name) + ".soma.model"
	switch {
	case x.Cell.Trees.Firing == nil && x.Cell.Trees.Level == nil:
		d.Bad(path, "%s needs spikes, and %s is \"passive\"", p.name(), soma)
	case shape && x.Cell.Trees.Level == nil:
		d.Bad(path, "%s needs spikes that channels make; %s is \"integrate-and-fire\", whose spikes are resets without a shape", p.name(), soma)
	}
}

// Steps of a current or a frequency: a list, or evenly spaced from one value to another.
type currentSteps struct {
	Amplitudes []float64 `toml:"amplitudes" unit:"pA" doc:"currents; default: those from, to and steps say"`
	From       float64   `toml:"from" unit:"pA" doc:"first current"`
	To         float64   `toml:"to" unit:"pA" doc:"last current"`
	Steps      int       `toml:"steps" doc:"number of currents, evenly spaced"`
}

// resolve checks the currents and returns them, ascending.
func (s *currentSteps) resolve(d reader, path string) []float64 {
	return d.spaced(path, "amplitudes", s.Amplitudes, s.From, s.To, s.Steps, -most, most, "pA")
}

// spaced returns the values of a list, or so many evenly spaced ones, ascending.
func (d reader) spaced(path, key string, list []float64, from, to float64, steps int, least, most float64, unit string) []float64 {
	in := func(key string, v float64) bool {
		return d.Rule(v >= least && v <= most, path+"."+key, "must be from %g to %g %s", least, most, unit)
	}
	if d.Present(path + "." + key) {
		d.Without(path, []string{"from", "to", "steps"}, "with %s", key)
		list = slices.Clone(list)
		for _, v := range list {
			if !in(key, v) {
				return nil
			}
		}
		slices.Sort(list)
		for i := 1; i < len(list); i++ {
			if !d.Rule(list[i] > list[i-1], path+"."+key, "holds %g %s twice", list[i], unit) {
				return nil
			}
		}
		d.Rule(len(list) <= mostRuns, path+"."+key, "must be at most %d values", mostRuns)
		return list
	}
	if !in("from", from) || !in("to", to) ||
		!d.Rule(steps >= 2 && steps <= mostRuns, path+".steps", "must be from 2 to %d", mostRuns) ||
		!d.Rule(to > from, path+".to", "must be above from (%g %s)", from, unit) {
		return nil
	}
	for i := range steps {
		list = append(list, from+float64(float64(i)*(to-from))/float64(steps-1))
	}
	return list
}

// placeKey is where on the cell something is.
type placeKey struct{ model.PlaceTable }

func defaultPlaceKey() placeKey { return placeKey{model.DefaultPlace()} }

// place resolves the place at a path.
func (d reader) place(x *Study, path string, p *placeKey) spot {
	at, ok := d.Place(path, &p.PlaceTable, x.Cell)
	if !ok {
		return spot{}
	}
	return spot{at, x.Tree.At(x.Tree.SectionNamed(at.Section), at.X)}
}

// A spot is a place and the compartment that holds it.
type spot struct {
	model.Place
	node int
}

// String names a spot as modellers do.
func (s spot) String() string { return fmt.Sprintf("%s(%.4g)", s.Section, s.X) }

// spotOf returns the middle of a compartment.
func (x *Study) spotOf(node int) spot {
	section := int(x.Tree.Section[node])
	s := x.Tree.Sections[section]
	return spot{model.Place{Section: s.Name, X: (float64(x.Tree.Index[node]) + 0.5) / float64(s.Compartments)}, node}
}

// farthest returns the compartment that is farthest from the soma, the first of several.
func (x *Study) farthest() spot {
	best := 0
	for node, d := range x.Tree.Distance {
		if x.Tree.Index[node] >= 0 && d > x.Tree.Distance[best] {
			best = node
		}
	}
	return x.spotOf(best)
}

// path returns the compartments from the soma to a node, in order.
func (x *Study) path(to int) []int {
	return x.Tree.PathTo(int(x.Tree.Section[to]), x.spotOf(to).X)
}

// figures reads [figures.NAME].
func (d reader) figures(x *Study) {
	var left []string
	for _, f := range d.Figures(figureKinds()) {
		d.IntoFigure(f)
		d.CheckFigure(f)
		switch of := protocolOf(f.Kind); {
		case slices.Contains(x.List, of):
			x.Figures = append(x.Figures, Figure{f, of})
		case d.Present("protocols." + of):
			left = append(left, f.Path)
		default:
			d.Bad(f.Path+".kind", "needs [protocols.%s]", of)
		}
	}
	if left != nil {
		d.Warn("protocols.run does not name the protocols of %s: not drawn", strings.Join(left, ", "))
	}
}

// step is a step of current that begins at delay.
func (x *Study) step(pA, duration float64) *stimulus.StepParams {
	return &stimulus.StepParams{Amplitude: pA, Start: x.Delay, Duration: duration}
}
