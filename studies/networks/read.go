package networks

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/studies/model"
	"neurosim/study"
)

// Kind is the study of a network.
func Kind() study.Kind {
	return study.Kind{
		Name: "a network", Model: "spiking", Tables: append(model.Tables(), recordTables()...), Figures: figureKinds(),
		Writes: []string{"sweep"}, Aside: []string{"record"}, Named: model.Named(), Later: laterEnd, Redraw: redraw, Exports: exports, Timeline: course,
		Read: func(d *grammar.Decoder) study.Study { return read(d) },
	}
}

// reader reads the tables of a study of a network.
type reader struct{ model.Reader }

func read(decoder *grammar.Decoder) *Study {
	d := reader{model.Reader{Decoder: decoder}}
	x := &Study{Model: d.Model()}
	d.recording(x)
	d.detection(x)
	d.Sweep()
	d.figures(x)
	d.Output()
	d.Check(x.Model, x.Network.Estimate)
	return x
}

// recording reads [record] and [record.traces.NAME].
func (d reader) recording(x *Study) {
	tree := d.Table("record", d.Root(), "record")
	r := new(defaultRecord())
	also := []string{"traces"}
	if _, given := tree["format"]; given {
		d.Bad("record.format", `unknown key; formats are a list: formats = ["binary"]`)
		also = append(also, "format")
	}
	d.Into("record", tree, r, also...)
	all := populationNames(x)
	if !d.Present("record.spikes") {
		r.Spikes = all
	}
	for _, name := range r.Spikes {
		d.Population(x.Model, "record.spikes", name)
	}
	if slices.Contains(r.Formats, formatSONATA) {
		for _, name := range append(slices.Clone(all), groupNames(x)...) {
			d.Rule(!strings.ContainsAny(name, " \t\r:") && name != ".", "record.formats", "has sonata, whose names have no blanks and no colon; %q has", name)
		}
	}
	if d.Step() > 0 && !(r.RatesBin >= d.Step()) {
		d.Bad("record.rates_bin", "must be at least one step (dt = %g ms)", x.Run.Dt)
	}
	x.Record = *r
	traces := d.Table("record.traces", tree, "traces")
	for name, tree := range d.Tables("record.traces", traces) {
		path := grammar.Join("record.traces", name)
		d.checkTraceName(x, path, name)
		t := new(defaultTrace(name))
		d.Into(path, tree, t, "places")
		if math.IsNaN(t.Every) {
			t.Every = x.Run.Dt
		}
		if math.IsInf(t.Stop, 1) {
			t.Stop = x.Run.Tstop
		}
		d.probes(x, path, tree, t)
		x.Traces = append(x.Traces, *t)
	}
}

// checkTraceName checks the name of a [record.traces.NAME], which becomes part of that
// of a file.
func (d reader) checkTraceName(x *Study, path, name string) {
	rule := grammar.FileNameRule(name)
	if grammar.IsDevice(name) {
		rule = "" // traces_con.csv is no device
	}
	if twice := grammar.SameFile("trace", name, grammar.Names(x.Traces, Trace.name)); twice != "" {
		rule = twice
	}
	d.Rule(rule == "", path, "%s", rule)
}

// probes lowers one trace to probes of the network.
func (d reader) probes(x *Study, path string, tree map[string]any, t *Trace) {
	if d.Step() > 0 && t.Every < d.Step() {
		d.Bad(path+".every", "must be at least one step (dt = %g ms)", x.Run.Dt)
	}
	d.Window(path, t.Start, t.Stop)
	if !d.Require(path+".population") || !d.Require(path+".cells") || !d.Population(x.Model, path+".population", t.Population) {
		return
	}
	p := x.Network.Population(t.Population)
	if p.Kind == network.SDR {
		d.Bad(path+".population", "is a population of input cells; they have only spikes")
		return
	}
	if len(t.Cells) == 0 || len(t.Variables) == 0 {
		key := map[bool]string{true: ".cells", false: ".variables"}[len(t.Cells) == 0]
		d.Bad(path+key, "must name at least one")
		return
	}
	for _, c := range t.Cells {
		if c < 0 || c >= p.Size() {
			d.Bad(path+".cells", "names cell %d; cells are 0 to %d", c, p.Size()-1)
			return
		}
	}
	templates, ok := d.variables(x, path, t, p)
	if !ok || !d.tracePlaces(path, tree, t, p, slices.ContainsFunc(templates, func(q network.Probe) bool { return q.Variable.AtPlace() })) {
		return
	}
	has := func(vs ...network.Variable) bool {
		return slices.ContainsFunc(templates, func(q network.Probe) bool { return slices.Contains(vs, q.Variable) })
	}
	onSegments := has(network.Overlap, network.Plateaus, network.Vseg, network.GSyn)
	var g *network.Segments
	switch {
	case !onSegments:
		d.Without(path, []string{"group", "segments"}, "without a variable of segments")
	case !has(network.Overlap, network.Vseg, network.GSyn):
		d.Without(path, []string{"segments"}, "for %s, which counts all segments of the group", network.Plateaus)
		t.Segments = nil
	case len(t.Segments) == 0:
		t.Segments = []int{0}
	}
	if onSegments {
		if t.Group == "" && len(p.Segments) == 1 {
			t.Group = p.Segments[0].Name
		}
		if g = p.Group(t.Group); g == nil {
			names := grammar.Names(p.Segments, func(g network.Segments) string { return g.Name })
			d.Bad(path+".group", "must name segments of %s%s", p.Name, grammar.DidYouMean(t.Group, names))
			return
		}
	} else {
		t.Segments = nil
	}
	for _, s := range t.Segments {
		if g == nil || s < 0 || s >= g.Count {
			d.Bad(path+".segments", "names segment %d, which does not exist", s)
			return
		}
	}
	for _, q := range templates {
		if q.Variable == network.GSyn && !slices.Contains(g.Place.Receptors.Names(), q.Receptor) {
			d.Bad(path+".variables", "%s: the synapses of %s have no such conductance; they have %s", q.What(), t.Group, strings.Join(g.Place.Receptors.Names(), ", "))
			return
		}
	}
	addProbes(t, templates)
}

// addProbes lists the probes of a trace that has been checked.
func addProbes(t *Trace, templates []network.Probe) {
	for _, c := range t.Cells {
		for _, q := range templates {
			q.Population, q.Cell = t.Population, c
			switch {
			case q.Variable.AtPlace():
				for _, at := range t.Places {
					q.Place, q.Section, q.At = at.name, at.section, at.x
					t.Probes = append(t.Probes, q)
				}
			case q.Variable == network.Plateaus:
				q.Group = t.Group
				t.Probes = append(t.Probes, q)
			case q.Variable == network.Overlap || q.Variable == network.Vseg || q.Variable == network.GSyn:
				q.Group = t.Group
				for _, s := range t.Segments {
					q.Segment = s
					t.Probes = append(t.Probes, q)
				}
			default:
				t.Probes = append(t.Probes, q)
			}
		}
	}
}

// variables reads the variables of a trace: probes without cell and place.
func (d reader) variables(x *Study, path string, t *Trace, p *network.Population) (out []network.Probe, ok bool) {
	for _, v := range t.Variables {
		q, rule := d.variable(x, v, p)
		if rule != "" {
			d.Bad(path+".variables", "%s", rule)
			return nil, false
		}
		out = append(out, q)
	}
	return out, true
}

// variable reads one variable of cells of a population; rule says what is wrong with it.
func (d reader) variable(x *Study, name string, p *network.Population) (q network.Probe, rule string) {
	lacks := fmt.Sprintf("cells of kind %q have no %s", p.Kind, name)
	if stim, ok := strings.CutPrefix(name, "stimulation:"); ok {
		i := slices.IndexFunc(x.Network.Stimulations, func(s network.Stimulation) bool { return s.Name == stim && s.Population == p.Name })
		if i < 0 {
			names := grammar.Names(x.Network.Stimulations, func(s network.Stimulation) string { return s.Name })
			return q, fmt.Sprintf("%s: no [stimulation.%s] is in %s%s", name, stim, p.Name, grammar.DidYouMean(stim, names))
		}
		return network.Probe{Variable: network.Electrode, Electrode: stim}, ""
	}
	switch v := network.Variable(name); v {
	case network.Vm, network.Plateaus:
		return network.Probe{Variable: v}, ""
	case network.Isyn, network.Overlap:
		if p.Trees != nil {
			return q, lacks
		}
		return network.Probe{Variable: v}, ""
	case network.Vseg, network.V:
		if p.Trees == nil {
			return q, lacks
		}
		return network.Probe{Variable: v}, ""
	case network.Ca, network.ECa:
		switch {
		case p.Trees == nil:
			return q, lacks
		case len(p.Trees.Calcium) == 0:
			return q, fmt.Sprintf("%s: the cells have no calcium; [populations.%s.calcium] gives it to them", name, p.Name)
		}
		return network.Probe{Variable: v}, ""
	}
	if receptor, ok := strings.CutPrefix(name, "g_"); ok && slices.Contains([]string{"ampa", "nmda", "gaba"}, receptor) {
		if p.Trees == nil {
			return q, lacks
		}
		return network.Probe{Variable: network.GSyn, Receptor: receptor}, ""
	}
	return channelVariable(name, p)
}

// channelVariable reads a variable of the channels of compartmental cells.
func channelVariable(name string, p *network.Population) (q network.Probe, rule string) {
	form, channel, colon := strings.Cut(name, ":")
	gate := ""
	if !colon {
		form = "gate"
		channel, gate, colon = strings.Cut(name, ".")
	}
	unknown := fmt.Sprintf("%s is no variable; there are V_m, I_syn, overlap, plateaus, stimulation:NAME, and of compartmental cells V, V_seg, g_ampa, g_nmda, g_gaba, ca, E_Ca, i, i:CHANNEL, g:CHANNEL and CHANNEL.GATE%s",
		name, grammar.DidYouMean(name, []string{"V_m", "I_syn", "overlap", "plateaus", "V", "V_seg", "ca", "E_Ca", "g_ampa", "g_nmda", "g_gaba"}))
	if name == string(network.Ionic) && p.Trees != nil {
		if len(p.Trees.Channels) == 0 {
			return q, name + ": the cells have no channels"
		}
		return network.Probe{Variable: network.Ionic}, ""
	}
	variable, known := map[string]network.Variable{"i": network.ICh, "g": network.GCh, "gate": network.GateX}[form]
	if !known || !colon || p.Trees == nil {
		return q, unknown
	}
	names := grammar.Names(p.Trees.Channels, func(c network.Channel) string { return c.Name })
	i := slices.Index(names, channel)
	if i < 0 {
		if gate != "" && len(names) == 0 {
			return q, unknown
		}
		return q, fmt.Sprintf("%s: %s has no channel %q%s", name, p.Name, channel, grammar.DidYouMean(channel, names))
	}
	if gates, _ := p.Trees.Channels[i].Gates(); variable == network.GateX && !slices.Contains(gates, gate) {
		return q, fmt.Sprintf("%s: the gates of %s are %s", name, channel, strings.Join(gates, ", "))
	}
	return network.Probe{Variable: variable, Channel: channel, Gate: gate}, ""
}

// tracePlaces works out where a trace reads what it reads at places.
func (d reader) tracePlaces(path string, tree map[string]any, t *Trace, p *network.Population, asked bool) bool {
	at := path + ".places"
	named := d.Table(at, tree, "places")
	if !asked {
		for _, key := range []string{"sections", "at", "compartments", "places"} {
			if d.Present(path + "." + key) {
				d.Bad(path+"."+key, "has no meaning without a variable that is read at places, such as V")
				return false
			}
		}
		return true
	}
	before := d.Problems()
	for name, tree := range d.Tables(at, named) {
		key := grammar.Join(at, name)
		table := new(model.DefaultPlace())
		d.Into(key, tree, table)
		if where, ok := d.Place(key, table, p); ok {
			t.Places = append(t.Places, tracePlace{name, where.Section, where.X})
		}
	}
	if named == nil && !d.Present(path+".sections") {
		d.Bad(path+".sections", "must be given, or places: some of the variables are read at places")
		return false
	}
	if len(t.Sections) == 0 {
		d.Without(path, []string{"at", "compartments"}, "without sections")
		d.Rule(named != nil, path+".sections", "must name a section")
		return d.Problems() == before
	}
	t.Sections = d.Selected(path+".sections", p.Trees.Sections, t.Sections)
	d.Rule(t.EveryNth >= 0, path+".compartments", "must be at least 1")
	if t.EveryNth > 0 {
		d.Without(path, []string{"at"}, "with compartments")
	} else if math.IsNaN(t.At) {
		t.At = 0.5
	}
	d.Rule(t.EveryNth > 0 || t.At >= 0 && t.At <= 1, path+".at", "must be from 0 to 1")
	if d.Problems() > before {
		return false
	}
	for _, name := range t.Sections {
		i := slices.IndexFunc(p.Trees.Sections, func(s neuron.Section) bool { return s.Name == name })
		if t.EveryNth == 0 {
			t.Places = append(t.Places, tracePlace{"", name, t.At})
			continue
		}
		n := p.Trees.Sections[i].Compartments
		for k := 0; k < n; k += t.EveryNth {
			t.Places = append(t.Places, tracePlace{"", name, (float64(k) + 0.5) / float64(n)})
		}
	}
	return true
}

// detection reads [detection].
func (d reader) detection(x *Study) {
	tree := d.Table("detection", d.Root(), "detection")
	if tree == nil {
		return
	}
	t := new(defaultDetection())
	d.Into("detection", tree, t)
	if d.Require("detection.input") {
		i := slices.IndexFunc(x.Network.Inputs, func(in network.Input) bool { return in.Name == t.Input })
		switch {
		case i < 0:
			names := grammar.Names(x.Network.Inputs, func(in network.Input) string { return in.Name })
			d.Bad("detection.input", "unknown input%s", grammar.DidYouMean(t.Input, names))
		case x.Network.Inputs[i].Presentations == nil:
			d.Bad("detection.input", "shows no patterns; an input of kind %q does", "sdr")
		}
	}
	population, group, ok := d.Target(x.Model, "detection.target", t.Target)
	d.Rule(!ok || group != "", "detection.target", "must name segments: population/segments")
	if ok && group != "" {
		if at := x.Network.Population(population).Group(group).Place; at != nil && !at.Detect.Enabled {
			d.Bad("detection.target", "has no NMDA spikes to look for: detect.enabled is false")
		}
	}
	if t.Response < 0 {
		d.Bad("detection.response", "must not be negative")
	}
	t.Population, t.Group = population, group
	x.Detection = t
	switch t.Estimator {
	case Stratified:
		d.stratified(x)
	case direct:
		d.Without("detection", []string{"trials"}, "for estimator = %q, which counts the presentations of the run", direct)
	}
}

// figureKinds are the kinds of figures of a network.
func figureKinds() []grammar.FigureKind {
	return []grammar.FigureKind{
		{Name: "raster", Text: "Spikes against time, a panel for each population.", Default: new(defaultRaster()), NoData: "its rows are cells"},
		{Name: "traces", Text: "A table [record.traces.NAME] against time.", Default: new(defaultTraces()), Axes: []grammar.Axes{{"ms", grammar.AnyUnit}}},
		{Name: "kymograph", Text: kymographText, Default: new(defaultKymograph()), NoData: "colours stand for its numbers"},
		{Name: "cell", Text: cellText, Default: new(defaultCell()), NoData: "it shows where compartments lie"},
		{Name: "accuracy", Needs: "detection", Text: "Rates of detection against the first axis of the sweep, a curve for each value of the second.", Default: new(defaultAccuracy()), Axes: []grammar.Axes{{grammar.AnyUnit, ""}}},
	}
}

// figures reads [figures.NAME].
func (d reader) figures(x *Study) {
	for _, f := range d.Figures(figureKinds()) {
		out := Figure{Figure: f}
		switch f.Kind {
		case "raster":
			out.Raster = d.raster(x, f)
		case "traces":
			out.Traces = d.traces(x, f)
		case "kymograph":
			out.Kymograph = d.kymograph(x, f)
		case "cell":
			out.Cell = d.cell(x, f)
		case "accuracy":
			out.Accuracy = d.accuracy(x, f)
		}
		d.CheckFigure(f)
		x.Figures = append(x.Figures, out)
	}
}

func (d reader) raster(x *Study, f *grammar.Figure) *rasterSpec {
	t := defaultRaster()
	d.IntoFigure(f, &t)
	d.Shown(x.Model, f.Path, &t.Start, &t.Stop)
	d.Rule(t.Rows >= 1, f.Path+".rows", "must be at least 1")
	if len(t.Populations) == 0 {
		t.Populations = x.Record.Spikes
	}
	d.Rule(len(t.Populations) != 0, f.Path+".kind", "has nothing to show: record.spikes is empty")
	for _, name := range t.Populations {
		if d.Population(x.Model, f.Path+".populations", name) {
			d.Rule(slices.Contains(x.Record.Spikes, name), f.Path+".populations", "names %q, whose spikes are not recorded (record.spikes)", name)
		}
	}
	d.Rule(t.Spikes || t.Rates, f.Path+".spikes", "and rates are false: nothing is left to draw")
	t.Chosen = d.chosenCells(x, f.Path+".cells", &t)
	for _, target := range t.Groups {
		d.shownGroup(x, f.Path+".groups", target, &t)
	}
	panels := 0
	if t.Spikes {
		panels = len(t.Populations)
	}
	if t.Rates {
		panels++
	}
	d.CheckRoom(f, panels)
	return &t
}

// chosenCells reads the cells that a raster shows, as population/cell or population/first-last.
func (d reader) chosenCells(x *Study, path string, t *rasterSpec) map[string][]int {
	chosen := map[string][]int{}
	for _, text := range t.Cells {
		name, which, _ := strings.Cut(text, "/")
		if !d.Population(x.Model, path, name) {
			continue
		}
		if !slices.Contains(t.Populations, name) {
			d.Bad(path, "names %q, which the figure does not show", text)
			continue
		}
		from, to, several := strings.Cut(which, "-")
		first, err := strconv.Atoi(from)
		last, err2 := first, error(nil)
		if several {
			last, err2 = strconv.Atoi(to)
		}
		size := x.Network.Population(name).Size()
		switch {
		case err != nil || err2 != nil:
			d.Bad(path, "%q must be population/cell or population/first-last, like %q", text, name+"/0-9")
		case first < 0 || last >= size:
			d.Bad(path, "%q: %s has cells 0 to %d", text, name, size-1)
		case first > last:
			d.Bad(path, "%q goes from %d to %d", text, first, last)
		default:
			for cell := first; cell <= last; cell++ {
				chosen[name] = append(chosen[name], cell)
			}
		}
	}
	for name, cells := range chosen {
		slices.Sort(cells)
		chosen[name] = slices.Compact(cells)
	}
	return chosen
}

// shownGroup checks a group whose NMDA spikes a raster shows.
func (d reader) shownGroup(x *Study, path, target string, t *rasterSpec) {
	population, group, ok := d.Target(x.Model, path, target)
	switch {
	case !ok:
	case group == "":
		d.Bad(path, "%q must be population/segments", target)
	case !slices.Contains(t.Populations, population):
		d.Bad(path, "names %q, which the figure does not show", target)
	case !x.Record.Dendritic:
		d.Bad(path, "needs record.dendritic")
	case !detects(x, population, group):
		d.Bad(path, "names %q, whose NMDA spikes are not detected", target)
	}
}

func (d reader) traces(x *Study, f *grammar.Figure) *tracesSpec {
	t := defaultTraces()
	d.IntoFigure(f, &t)
	d.Shown(x.Model, f.Path, &t.Start, &t.Stop)
	if t.Trace == "" && len(x.Traces) == 1 {
		t.Trace = x.Traces[0].Name
	} else if !slices.ContainsFunc(x.Traces, func(r Trace) bool { return r.Name == t.Trace }) {
		d.Bad(f.Path+".trace", "must name a table [record.traces.NAME]%s", grammar.DidYouMean(t.Trace, grammar.Names(x.Traces, Trace.name)))
	}
	for _, r := range x.Traces {
		if r.Name != t.Trace {
			continue
		}
		if n := len(r.Cells); len(t.Labels) > 0 && len(t.Labels) != n {
			d.Bad(f.Path+".labels", "must be a name for each cell of the trace (cells: %d)", n)
		}
		d.CheckRoom(f, len(slices.Compact(slices.Sorted(slices.Values(r.Variables)))))
	}
	return &t
}

func (d reader) accuracy(x *Study, f *grammar.Figure) *accuracySpec {
	t := defaultAccuracy()
	d.IntoFigure(f, &t)
	d.NeedsAxes(f)
	if least := 17 * float64(len(t.Panels)); f.Width >= 40 && f.Width < least {
		d.Bad(f.Path+".width", "must be at least %g mm for %d panels", least, len(t.Panels))
	}
	for _, p := range t.Panels {
		if x.Detection != nil && x.Detection.Estimator == Stratified && p != "false_positives" {
			d.Bad(f.Path+".panels", "names %q; detection.estimator = %q gives false_positives alone", p, Stratified)
		}
	}
	return &t
}

// recordTables are the tables of what is recorded and judged, in the reference.
func recordTables() []grammar.Table {
	record, trace, detection := defaultRecord(), defaultTrace(""), defaultDetection()
	return []grammar.Table{
		{Title: "[record]", Default: &record},
		{Title: "[record.traces.NAME]", Default: &trace},
		{Title: "[record.traces.NAME.places.PLACE]", Text: "A place with a name. The head of its column has this name. Use places in addition to `sections` or in place of it.", Default: new(model.DefaultPlace())},
		{Title: "[detection]", Text: "What counts as a trial, and how false positives are estimated from trials. `estimator = \"stratified\"` tries every overlap of a pattern with a segment on its own, with the same engine, jitter and background, and weights the responses by the exact probability of the overlap: a rate of 1e-20 takes as long as one of 0.1. Its patterns are random ones of its own, shown with the input's noise. It is the points of a sweep that are estimated, or, without a sweep, the configuration itself (`detection.stratified` in `metrics.json`); the run proper stays an ordinary one.", Default: &detection},
	}
}
