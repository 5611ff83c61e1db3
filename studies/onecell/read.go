package onecell

import (
	"math"
	"strings"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/studies/model"
	"neurosim/study"
)

// A Cluster is where the synapses of a study of one cell lie: on one segment of a
// compartmental population, around a place of its section.
type Cluster struct {
	Target  string  `toml:"target" must:"if the table is in the file" doc:"segments that have the synapses: population/segments"`
	Segment int     `toml:"segment" doc:"which of them, from 0"`
	At      float64 `toml:"at" doc:"middle of the cluster, in parts of the section; default: the middle of the segment"`
	Length  float64 `toml:"length" unit:"um" doc:"length of the cluster along the section; default: that of the segment"`

	Population string  `toml:"-"`
	Group      int     `toml:"-"` // index of the segments
	From       float64 `toml:"-"` // where the cluster begins, in parts of the section
	To         float64 `toml:"-"`
}

// Companions are synapses that are active beside those that are counted.
type Companions struct {
	Cluster
	Count    int     `toml:"count" doc:"number of synapses"`
	Time     float64 `toml:"time" unit:"ms" grid:"dt" doc:"when the first is active; default: uncaging.time"`
	Interval float64 `toml:"interval" unit:"ms" grid:"dt" doc:"from one to the next"`
}

// Uncaging asks for the responses of one cell to K = 0, 1, 2 ... synapses that are
// active one after another at given places, as two-photon uncaging of glutamate
// makes them.
type Uncaging struct {
	Cluster
	Over       []int      `toml:"over" doc:"segments among which the synapses are distributed, one after the other; default: the one segment"`
	Synapses   int        `toml:"synapses" doc:"the most synapses; K runs from 0 to here"`
	Time       float64    `toml:"time" unit:"ms" grid:"dt" doc:"when the first is active"`
	Interval   float64    `toml:"interval" unit:"ms" grid:"dt" doc:"from one synapse to the next; 0: all at once"`
	Pulses     int        `toml:"pulses" doc:"how often every synapse is active"`
	Period     float64    `toml:"period" unit:"ms" grid:"dt" doc:"from one pulse to the next"`
	Criterion  Criterion  `toml:"criterion" of:"local step supralinearity sigmoid" doc:"what the continuous threshold K is: the number of synapses at which the dendrite has an NMDA spike (local), the peak at the soma grows fastest (step), reaches ratio times the arithmetic sum (supralinearity), or reaches half of a fitted sigmoid (sigmoid)"`
	Ratio      float64    `toml:"ratio" doc:"of the peak at the soma to the arithmetic sum, for criterion supralinearity"`
	Inhibition Companions `toml:"inhibition"`
	Bias       Companions `toml:"bias"`

	Places []watched `toml:"-"` // of [uncaging.places], in their order
}

// watched is a place of the cell whose highest potential is told too.
type watched struct {
	Name string
	model.Place
}

func defaultCluster() Cluster { return Cluster{At: math.NaN(), Length: math.NaN()} }

func defaultUncaging() Uncaging {
	beside := Companions{Cluster: defaultCluster(), Time: math.NaN()}
	return Uncaging{Cluster: defaultCluster(), Synapses: 40, Time: 20, Interval: 0, Pulses: 1, Period: 20, Criterion: Local, Ratio: 1.2, Inhibition: beside, Bias: beside}
}

// Psychometric asks how probable an NMDA spike of one segment is when b of its s
// synapses are active, and what errors follow in a population of n cells.
type Psychometric struct {
	Cluster
	Synapses    int     `toml:"synapses" doc:"synapses of the segment, s"`
	Trials      int     `toml:"trials" doc:"trials; each draws order, places, times and conductances of all synapses"`
	Weighted    int     `toml:"weighted" doc:"weighted trials of each b that is too rare for them; 0: none"`
	Time        float64 `toml:"time" unit:"ms" grid:"dt" doc:"when the activity begins"`
	Spread      float64 `toml:"spread" unit:"ms" grid:"dt" doc:"time within which each synapse is active once, uniformly"`
	Variability float64 `toml:"variability" doc:"coefficient of variation of the conductances: lognormal, within two standard deviations"`
	Background  float64 `toml:"background" unit:"Hz" doc:"rate of further activations of each of the s synapses"`
	N           []int   `toml:"n" must:"yes" doc:"numbers of presynaptic cells for the errors"`
	Active      []int   `toml:"active" must:"yes" doc:"numbers of active cells for the errors"`
}

func defaultPsychometric() Psychometric {
	return Psychometric{Cluster: defaultCluster(), Synapses: 40, Trials: 1000, Weighted: 500, Time: 10}
}

// A Study is a configuration of a study of one cell, which is stimulated directly: of
// one of two kinds.
type Study struct {
	*model.Model
	Uncaging     *Uncaging
	Psychometric *Psychometric
	Figures      []Figure
}

// At resolves the study of one point of the sweep. Its rules are checked as those of
// the base are.
func (x *Study) At(p grammar.Point) (*Study, error) { return grammar.At(x.Configuration, p, read) }

// Kind is the study of one cell.
func Kind() study.Kind {
	return study.Kind{
		Name: "a study of one cell", Model: "spiking", Marks: []string{"uncaging", "psychometric"}, Tables: append(model.Tables(), tables()...), Figures: figureKinds(),
		Writes: []string{"responses", "thresholds", "curve", "fit", "false_positives", "false_negatives"}, Named: model.Named(), PointsAlone: true,
		Read: func(d *grammar.Decoder) study.Study { return read(d) },
	}
}

// reader reads the tables of a study of one cell.
type reader struct{ model.Reader }

func read(decoder *grammar.Decoder) *Study {
	d := reader{model.Reader{Decoder: decoder}}
	x := &Study{Model: d.Model()}
	d.studies(x)
	d.Sweep()
	d.figures(x)
	d.Output()
	d.Check(x.Model, x.memory)
	return x
}

// studies reads [uncaging] and [psychometric].
func (d reader) studies(x *Study) {
	root := d.Root()
	if tree := d.Table("uncaging", root, "uncaging"); tree != nil {
		t := new(defaultUncaging())
		d.Into("uncaging", tree, t, "places")
		x.Uncaging = t
		for key, c := range map[string]*Companions{"uncaging.inhibition.time": &t.Inhibition, "uncaging.bias.time": &t.Bias} {
			if math.IsNaN(c.Time) {
				c.Time = t.Time
				d.Follows(key, "uncaging.time")
			}
		}
		d.uncaging(x, t)
		d.watched(x, tree, t)
	}
	if tree := d.Table("psychometric", root, "psychometric"); tree != nil {
		t := new(defaultPsychometric())
		d.Into("psychometric", tree, t)
		x.Psychometric = t
		d.psychometric(x, t)
	}
	if x.Uncaging != nil && x.Psychometric != nil {
		d.Bad("psychometric", "cannot be used together with [uncaging]: a file has one study")
	}
	d.alone(x)
}

// alone refuses tables that a study of one cell would not use.
func (d reader) alone(x *Study) {
	const why = "in a study of one cell, which is stimulated directly"
	for _, key := range []string{"projections", "inputs", "stimulation", "detection", "record", "protocols"} {
		if _, ok := d.Root()[key]; ok {
			d.Bad(key, "has no meaning "+why)
		}
	}
	d.Without("run", []string{"checkpoint"}, "in a study of one cell, whose parts are kept as they are done")
	for _, p := range x.Network.Populations {
		if p.Kind == network.Compartmental {
			d.Without(grammar.Join("populations", p.Name), []string{"I_e"}, why)
		}
	}
}

func (d reader) uncaging(x *Study, t *Uncaging) {
	d.cluster(x, "uncaging", &t.Cluster, true)
	if t.Population != "" {
		count := x.Network.Population(t.Population).Segments[t.Group].Count
		for _, s := range t.Over {
			d.Rule(s >= 0 && s < count, "uncaging.over", "names segment %d; segments are 0 to %d", s, count-1)
		}
	}
	d.Rule(t.Synapses >= 1 && t.Synapses <= maxStudied, "uncaging.synapses", "must be from 1 to %d", maxStudied)
	d.Rule(t.Pulses >= 1 && t.Pulses <= maxStudied, "uncaging.pulses", "must be from 1 to %d", maxStudied)
	d.Rule(t.Pulses <= 1 || t.Period > 0, "uncaging.period", "must be positive")
	d.Rule(t.Ratio > 0 && t.Ratio <= 100, "uncaging.ratio", "must be above 0 and at most 100")
	d.times(x, "uncaging", t.Time, t.Interval)
	d.inTime(x, "uncaging", t.Synapses, t.Time+float64(float64(max(0, t.Pulses-1))*t.Period), t.Interval)
	for _, c := range []struct {
		key string
		of  *Companions
	}{{"uncaging.inhibition", &t.Inhibition}, {"uncaging.bias", &t.Bias}} {
		d.Rule(c.of.Count >= 0 && c.of.Count <= maxStudied, c.key+".count", "must be from 0 to %d", maxStudied)
		if c.of.Target == "" && c.of.Count == 0 {
			if d.Present(c.key) {
				d.Require(c.key + ".target")
			}
			d.Drop(c.key)
			continue
		}
		d.cluster(x, c.key, &c.of.Cluster, c.of == &t.Bias)
		d.times(x, c.key, c.of.Time, c.of.Interval)
		d.inTime(x, c.key, c.of.Count, c.of.Time, c.of.Interval)
		d.Rule(c.of.Population == "" || t.Population == "" || c.of.Population == t.Population, c.key+".target", "must be segments of %s, as uncaging.target", t.Population)
	}
}

// watched reads [uncaging.places].
func (d reader) watched(x *Study, tree map[string]any, t *Uncaging) {
	const at = "uncaging.places"
	for name, tree := range d.Tables(at, d.Table(at, tree, "places")) {
		key, table := grammar.Join(at, name), new(model.DefaultPlace())
		d.Into(key, tree, table)
		if t.Population == "" {
			continue // reported with the target
		}
		if where, ok := d.Place(key, table, x.Network.Population(t.Population)); ok {
			t.Places = append(t.Places, watched{name, where})
		}
	}
}

// memory estimates the memory of a study of one cell: of uncaging, the single
// response to every place, in time, at soma and dendrite; and copies of the cell.
func (x *Study) memory() network.Estimate {
	e := x.Network.Estimate()
	if u := x.Uncaging; u != nil {
		bytes := 16 * float64(u.Synapses) * float64(x.Network.Steps)
		e.Bytes += bytes
		e.Shares = append(e.Shares, network.Share{What: "the single responses in time", Bytes: bytes,
			Keys: []network.Factor{{Path: "uncaging.synapses", Value: float64(u.Synapses)}, {Path: "run.tstop", Value: float64(x.Network.Steps)}}})
	}
	return e
}

// maxStudied bounds the synapses of a study: each makes a cell of its own.
const maxStudied = 1000

func (d reader) times(x *Study, path string, time, interval float64) {
	d.Rule(time >= 0 && time < x.Run.Tstop, path+".time", "must be from 0 ms to before run.tstop (%g ms)", x.Run.Tstop)
	d.Rule(interval >= 0, path+".interval", "must not be negative")
}

// inTime refuses synapses that would be active after the end of the run: K of them
// would mean fewer. from is when the first of count is active for the last time.
func (d reader) inTime(x *Study, path string, count int, from, interval float64) {
	if last := from + float64(float64(count-1)*interval); count > 0 && last >= x.Run.Tstop {
		key := path + ".interval"
		if !d.Present(key) {
			key = path + ".time"
		}
		d.Bad(key, "the last of %d synapses would be active at %s ms, after the end of the run (run.tstop = %s ms)",
			count, grammar.FormatRounded(last), grammar.FormatNumber(x.Run.Tstop))
	}
}

func (d reader) psychometric(x *Study, t *Psychometric) {
	const at = "psychometric"
	d.cluster(x, at, &t.Cluster, true)
	d.Rule(t.Synapses >= 1 && t.Synapses <= maxStudied, at+".synapses", "must be from 1 to %d", maxStudied)
	d.Rule(t.Trials >= 10 && t.Trials <= 10_000_000, at+".trials", "must be from 10 to 10000000")
	d.Rule(t.Weighted >= 0 && t.Weighted <= 10_000_000, at+".weighted", "must be from 0 to 10000000")
	d.times(x, at, t.Time, 0)
	d.Rule(t.Spread >= 0 && t.Time+t.Spread < x.Run.Tstop, at+".spread", "must not be negative, nor reach the end of the run (%g ms)", x.Run.Tstop)
	d.Rule(t.Variability >= 0 && t.Variability <= 2, at+".variability", "must be from 0 to 2")
	d.Rule(t.Background >= 0 && t.Background <= 1000, at+".background", "must be from 0 to 1000 Hz")
	for _, l := range []struct {
		key  string
		list []int
	}{{".n", t.N}, {".active", t.Active}} {
		if len(l.list) == 0 {
			d.Require(at + l.key)
			continue
		}
		for _, k := range l.list {
			d.Rule(k >= 1 && k <= 1_000_000_000, at+l.key, "must be from 1 to 1000000000")
		}
	}
	for _, a := range t.Active {
		for _, n := range t.N {
			d.Rule(a <= n && t.Synapses <= a, at+".active", "must be from s = %d, the synapses of a stored pattern, to n = %d", t.Synapses, n)
		}
	}
}

// cluster resolves where synapses lie; excitatory ones need AMPA or NMDA, the
// others GABA_A.
func (d reader) cluster(x *Study, path string, c *Cluster, excitatory bool) {
	population, group, ok := d.Target(x.Model, path+".target", c.Target)
	if !ok {
		return
	}
	p := x.Network.Population(population)
	if p.Trees == nil || group == "" && !strings.Contains(c.Target, "/") {
		d.Bad(path+".target", "must be segments of a population of kind %q: population/segments", network.Compartmental)
		return
	}
	name := c.Target[strings.IndexByte(c.Target, '/')+1:] // "proximal" may be a group of compartmental cells
	for i := range p.Segments {
		if p.Segments[i].Name == name {
			c.Population, c.Group = population, i
		}
	}
	if c.Population == "" {
		d.Bad(path+".target", "population %q has no segments %q", population, name)
		return
	}
	g := &p.Segments[c.Group]
	if c.Segment < 0 || c.Segment >= g.Count {
		d.Bad(path+".segment", "must be from 0 to %d", g.Count-1)
		return
	}
	r := g.Place.Receptors
	switch {
	case !g.Place.Detect.Enabled && !strings.Contains(path, "."): // the synapses that are counted
		d.Bad(path+".target", "has no NMDA spikes to look for: detect.enabled is false")
	case excitatory && r.AMPA.GMax == 0 && r.NMDA.GMax == 0:
		d.Bad(path+".target", "has neither AMPA nor NMDA")
	case !excitatory && r.GABA.GMax == 0:
		d.Bad(path+".target", "has no GABA_A")
	}
	length := 0.0
	if n := len(g.Place.Sections); n > 0 {
		for _, s := range p.Trees.Sections {
			if s.Name == g.Place.Sections[c.Segment%n] {
				length = s.Length()
			}
		}
	}
	if length == 0 {
		return // reported with the sections
	}
	lo, hi := g.Place.From, g.Place.To
	at, span := c.At, c.Length
	if math.IsNaN(at) {
		at = (lo + hi) / 2
	}
	if math.IsNaN(span) {
		span = 2 * length * min(hi-at, at-lo)
	}
	half := float64(span / length / 2) // not to be fused with what it is added to
	switch {
	case c.Length < 0:
		d.Bad(path+".length", "must not be negative")
	case at-half < lo-1e-9 || at+half > hi+1e-9:
		d.Bad(path+".at", "a cluster of %s um from %s to %s of the section does not lie within the segment, %s to %s",
			grammar.FormatRounded(span), grammar.FormatRounded(at-half), grammar.FormatRounded(at+half), grammar.FormatNumber(lo), grammar.FormatNumber(hi))
	}
	c.From, c.To = max(lo, at-half), min(hi, at+half)
}

// tables are the tables of studies of one cell in the reference.
func tables() []grammar.Table {
	return []grammar.Table{
		{Title: "[uncaging]", Text: "A study of one cell in place of a run of a network: K = 0, 1, 2 ... synapses are activated directly. The population's criterion (`detect`) finds the threshold K*. The first K synapses are the same for every larger K: their places are the sequence of van der Corput (½, ¼, ¾, ⅛ ... of the cluster), or are drawn. A network with the same keys has synapse i of s at (i + ½)/s instead.", Default: new(defaultUncaging())},
		{Title: "[uncaging.places.PLACE]", Text: "A further place of the cell. Its highest potential is given for each K, to see how far a dendritic spike spreads.", Default: new(model.DefaultPlace())},
		{Title: "[psychometric]", Text: "A study of one cell: the probability of an NMDA spike when b of s synapses are active, and the errors that follow.", Default: new(defaultPsychometric())},
	}
}
