package networks

import (
	"math"
	"slices"

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
		Writes: []string{"sweep"}, Aside: []string{"record"}, Named: model.Named(), Later: laterEnd,
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
	d.Into("record", tree, r, "traces")
	all := grammar.Names(x.Network.Populations, func(p network.Population) string { return p.Name })
	if !d.Present("record.spikes") {
		r.Spikes = all
	}
	for _, name := range r.Spikes {
		d.Population(x.Model, "record.spikes", name)
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
		d.Into(path, tree, t)
		if math.IsNaN(t.Every) {
			t.Every = x.Run.Dt
		}
		if math.IsInf(t.Stop, 1) {
			t.Stop = x.Run.Tstop
		}
		d.probes(x, path, t)
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
func (d reader) probes(x *Study, path string, t *Trace) {
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
	onSegments := slices.ContainsFunc(t.Variables, func(v string) bool {
		return slices.Contains([]network.Variable{network.Overlap, network.Plateaus, network.Vseg}, network.Variable(v))
	})
	lacks := map[bool][]network.Variable{true: {network.Isyn, network.Overlap}, false: {network.Vseg, network.V}}[p.Trees != nil]
	for _, v := range t.Variables {
		if slices.Contains(lacks, network.Variable(v)) {
			d.Bad(path+".variables", "cells of kind %q have no %s", p.Kind, v)
			return
		}
	}
	atPlace := slices.Contains(t.Variables, string(network.V))
	if !d.places(path, t, p, atPlace) {
		return
	}
	var g *network.Segments
	switch {
	case !onSegments:
		d.Without(path, []string{"group", "segments"}, "for variables of the soma")
	case !slices.ContainsFunc(t.Variables, func(v string) bool { return v == string(network.Overlap) || v == string(network.Vseg) }):
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
	d.addProbes(path, t, p.Name)
}

// addProbes lists the probes of a trace that has been checked.
func (d reader) addProbes(path string, t *Trace, population string) {
	for _, c := range t.Cells {
		for _, v := range t.Variables {
			switch v := network.Variable(v); v {
			case network.Vm, network.Isyn:
				t.Probes = append(t.Probes, network.Probe{Variable: v, Population: population, Cell: c})
			case network.Plateaus:
				t.Probes = append(t.Probes, network.Probe{Variable: v, Population: population, Cell: c, Group: t.Group})
			case network.V:
				for _, s := range t.Sections {
					t.Probes = append(t.Probes, network.Probe{Variable: v, Population: population, Cell: c, Section: s, At: t.At})
				}
			case network.Overlap, network.Vseg:
				for _, s := range t.Segments {
					t.Probes = append(t.Probes, network.Probe{Variable: v, Population: population, Cell: c, Group: t.Group, Segment: s})
				}
			default:
				d.OneOf(path+".variables", string(v), string(network.Vm), string(network.V), string(network.Vseg), string(network.Isyn), string(network.Overlap), string(network.Plateaus))
				return
			}
		}
	}
}

// places checks where a trace takes V.
func (d reader) places(path string, t *Trace, p *network.Population, asked bool) bool {
	if !asked {
		for _, key := range []string{"sections", "at"} {
			if d.Present(path + "." + key) {
				d.Bad(path+"."+key, "has no meaning without the variable V")
				return false
			}
		}
		return true
	}
	if !d.Require(path + ".sections") {
		return false
	}
	if len(t.Sections) == 0 {
		d.Bad(path+".sections", "must name a section")
		return false
	}
	names := grammar.Names(p.Trees.Sections, func(s neuron.Section) string { return s.Name })
	for i, s := range t.Sections {
		if !slices.Contains(names, s) {
			d.Bad(path+".sections", "there is no section %q%s", s, grammar.DidYouMean(s, names))
			return false
		}
		if slices.Contains(t.Sections[:i], s) {
			d.Bad(path+".sections", "names %q twice", s)
			return false
		}
	}
	if math.IsNaN(t.At) {
		t.At = 0.5
	}
	if !(t.At >= 0 && t.At <= 1) {
		d.Bad(path+".at", "must be from 0 to 1")
		return false
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
		{Name: "raster", Text: "Spikes against time, a panel for each population.", Default: new(defaultRaster())},
		{Name: "traces", Text: "A table [record.traces.NAME] against time.", Default: new(defaultTraces())},
		{Name: "accuracy", Needs: "detection", Text: "Rates of detection against the first axis of the sweep, a curve for each value of the second.", Default: new(defaultAccuracy())},
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
	panels := len(t.Populations)
	if t.Rates {
		panels++
	}
	d.CheckRoom(f, panels)
	return &t
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
		{Title: "[detection]", Text: "What counts as a trial, and how false positives are estimated from trials. `estimator = \"stratified\"` tries every overlap of a pattern with a segment on its own, with the same engine, jitter and background, and weights the responses by the exact probability of the overlap: a rate of 1e-20 takes as long as one of 0.1. Its patterns are random ones of its own, shown with the input's noise. It is the points of a sweep that are estimated, or, without a sweep, the configuration itself (`detection.stratified` in `metrics.json`); the run proper stays an ordinary one.", Default: &detection},
	}
}
