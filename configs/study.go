package configs

import (
	"math"
	"slices"

	"neurosim/network"
)

// recording reads [record] and [record.traces.NAME].
func (d *decoder) recording(x *Experiment) {
	tree := d.table("record", d.src.tree, "record")
	r := new(Record)
	*r = defaultRecord()
	d.into("record", tree, r, "traces")
	var all []string
	for _, p := range x.Network.Populations {
		all = append(all, p.Name)
	}
	if !d.given("record.spikes") {
		r.Spikes = all
	}
	for _, name := range r.Spikes {
		d.population(x, "record.spikes", name)
	}
	d.oneOf("record.format", r.Format, "csv", "binary")
	if d.dt > 0 && !(r.RatesBin >= d.dt) {
		d.bad("record.rates_bin", "must be at least one step (dt = %g ms)", x.Run.Dt)
	}
	x.Record = *r
	traces := d.table("record.traces", tree, "traces")
	for _, name := range d.named("record.traces", traces) {
		path := join("record.traces", name)
		tree := d.table(path, traces, name)
		if tree == nil {
			continue
		}
		d.checkTraceName(x, path, name)
		t := new(Trace)
		*t = defaultTrace(name)
		d.into(path, tree, t)
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

// probes lowers one trace to probes of the network.
func (d *decoder) probes(x *Experiment, path string, t *Trace) {
	if d.dt > 0 && t.Every < d.dt {
		d.bad(path+".every", "must be at least one step (dt = %g ms)", x.Run.Dt)
	}
	d.window(path, t.Start, t.Stop)
	if !d.must(path+".population") || !d.must(path+".cells") || !d.population(x, path+".population", t.Population) {
		return
	}
	p := x.Network.Population(t.Population)
	if p.Kind == network.SDR {
		d.bad(path+".population", "is a population of input cells; they have only spikes")
		return
	}
	if len(t.Cells) == 0 || len(t.Variables) == 0 {
		key := map[bool]string{true: ".cells", false: ".variables"}[len(t.Cells) == 0]
		d.bad(path+key, "must name at least one")
		return
	}
	for _, c := range t.Cells {
		if c < 0 || c >= p.Size() {
			d.bad(path+".cells", "names cell %d; cells are 0 to %d", c, p.Size()-1)
			return
		}
	}
	onSegments := slices.ContainsFunc(t.Variables, func(v string) bool {
		return slices.Contains([]network.Variable{network.Overlap, network.Plateaus, network.Vseg}, network.Variable(v))
	})
	lacks := map[bool][]network.Variable{true: {network.Isyn, network.Overlap}, false: {network.Vseg, network.V}}[p.Trees != nil]
	for _, v := range t.Variables {
		if slices.Contains(lacks, network.Variable(v)) {
			d.bad(path+".variables", "cells of kind %q have no %s", p.Kind, v)
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
		d.without(path, []string{"group", "segments"}, "for variables of the soma")
	case !slices.ContainsFunc(t.Variables, func(v string) bool { return v == string(network.Overlap) || v == string(network.Vseg) }):
		d.without(path, []string{"segments"}, "for %s, which counts all segments of the group", network.Plateaus)
		t.Segments = nil
	case len(t.Segments) == 0:
		t.Segments = []int{0}
	}
	if onSegments {
		if t.Group == "" && len(p.Segments) == 1 {
			t.Group = p.Segments[0].Name
		}
		if g = p.Group(t.Group); g == nil {
			var names []string
			for _, g := range p.Segments {
				names = append(names, g.Name)
			}
			d.bad(path+".group", "must name segments of %s%s", p.Name, didYouMean(t.Group, names))
			return
		}
	} else {
		t.Segments = nil
	}
	for _, s := range t.Segments {
		if g == nil || s < 0 || s >= g.Count {
			d.bad(path+".segments", "names segment %d, which does not exist", s)
			return
		}
	}
	for _, c := range t.Cells {
		for _, v := range t.Variables {
			switch v := network.Variable(v); v {
			case network.Vm, network.Isyn:
				t.Probes = append(t.Probes, network.Probe{Variable: v, Population: p.Name, Cell: c})
			case network.Plateaus:
				t.Probes = append(t.Probes, network.Probe{Variable: v, Population: p.Name, Cell: c, Group: t.Group})
			case network.V:
				for _, s := range t.Sections {
					t.Probes = append(t.Probes, network.Probe{Variable: v, Population: p.Name, Cell: c, Section: s, At: t.At})
				}
			case network.Overlap, network.Vseg:
				for _, s := range t.Segments {
					t.Probes = append(t.Probes, network.Probe{Variable: v, Population: p.Name, Cell: c, Group: t.Group, Segment: s})
				}
			default:
				d.oneOf(path+".variables", string(v), string(network.Vm), string(network.V), string(network.Vseg), string(network.Isyn), string(network.Overlap), string(network.Plateaus))
				return
			}
		}
	}
}

// places checks where a trace takes V.
func (d *decoder) places(path string, t *Trace, p *network.Population, asked bool) bool {
	if !asked {
		for _, key := range []string{"sections", "at"} {
			if d.given(path + "." + key) {
				d.bad(path+"."+key, "has no meaning without the variable V")
				return false
			}
		}
		return true
	}
	if !d.must(path + ".sections") {
		return false
	}
	if len(t.Sections) == 0 {
		d.bad(path+".sections", "must name a section")
		return false
	}
	var names []string
	for _, s := range p.Trees.Sections {
		names = append(names, s.Name)
	}
	for i, s := range t.Sections {
		if !slices.Contains(names, s) {
			d.bad(path+".sections", "there is no section %q%s", s, didYouMean(s, names))
			return false
		}
		if slices.Contains(t.Sections[:i], s) {
			d.bad(path+".sections", "names %q twice", s)
			return false
		}
	}
	if math.IsNaN(t.At) {
		t.At = 0.5
	}
	if !(t.At >= 0 && t.At <= 1) {
		d.bad(path+".at", "must be from 0 to 1")
		return false
	}
	return true
}

// window checks a span of time.
func (d *decoder) window(path string, start, stop float64) {
	if start < 0 {
		d.bad(path+".start", "must not be negative")
	}
	if !(stop > start) {
		d.bad(path+".stop", "must be after start (%g ms)", start)
	}
}

// detection reads [detection].
func (d *decoder) detection(x *Experiment) {
	tree := d.table("detection", d.src.tree, "detection")
	if tree == nil {
		return
	}
	t := new(Detection)
	*t = defaultDetection()
	d.into("detection", tree, t)
	if d.must("detection.input") {
		i := slices.IndexFunc(x.Network.Inputs, func(in network.Input) bool { return in.Name == t.Input })
		switch {
		case i < 0:
			var names []string
			for _, in := range x.Network.Inputs {
				names = append(names, in.Name)
			}
			d.bad("detection.input", "unknown input%s", didYouMean(t.Input, names))
		case x.Network.Inputs[i].Presentations == nil:
			d.bad("detection.input", "shows no patterns; an input of kind %q does", "sdr")
		}
	}
	population, group, ok := d.target(x, "detection.target", t.Target)
	if ok && group == "" {
		d.bad("detection.target", "must name segments: population/segments")
	}
	if ok && group != "" {
		if at := x.Network.Population(population).Group(group).Place; at != nil && !at.Detect.Enabled {
			d.bad("detection.target", "has no NMDA spikes to look for: detect.enabled is false")
		}
	}
	if t.Response < 0 {
		d.bad("detection.response", "must not be negative")
	}
	t.Population, t.Group = population, group
	x.Detection = t
	if d.oneOf("detection.estimator", t.Estimator, Direct, Stratified) && t.Estimator == Stratified {
		d.stratified(x)
	}
	if t.Estimator == Direct {
		d.without("detection", []string{"trials"}, "for estimator = %q, which counts the presentations of the run", Direct)
	}
}

// figureKinds are the kinds of figures that a configuration can ask for: three of a
// network, then those of a study of one cell.
var figureKinds = []string{"raster", "traces", "accuracy", "uncaging", "threshold-curve", "uncaging-traces", "morphology", "psychometric", sweepKind}

// accuracyPanels are the panels of an accuracy figure.
var accuracyPanels = []string{"detection", "false_negatives", "false_positives", "cell_detection", "cell_false_positives"}

// figures reads [figures.NAME].
func (d *decoder) figures(x *Experiment) {
	root := d.table("figures", d.src.tree, "figures")
	for _, name := range d.named("figures", root) {
		path := join("figures", name)
		tree := d.table(path, root, name)
		if tree == nil {
			continue
		}
		kind, ok := d.kind(path, tree, figureKinds...)
		if !ok {
			continue
		}
		if x.StudiesCell() && slices.Contains(figureKinds[:3], kind) {
			d.bad(path+".kind", "has no meaning in a study of one cell")
			continue
		}
		f := Figure{Name: name, FigureSize: defaultFigureSize()}
		switch kind {
		case "raster":
			f.Raster = d.raster(x, path, tree, &f)
		case "traces":
			f.Traces = d.traces(x, path, tree, &f)
		case "accuracy":
			f.Accuracy = d.accuracy(x, path, tree, &f)
		case "uncaging":
			f.Uncaging = d.uncagingFigure(x, path, tree, &f)
		case "threshold-curve":
			f.ThresholdCurve = d.thresholdCurve(x, path, tree, &f)
		case "uncaging-traces":
			f.UncagingTraces = d.uncagingTraces(x, path, tree, &f)
		case "morphology":
			f.Morphology = d.morphologyFigure(x, path, tree, &f)
		case "psychometric":
			f.Psychometric = d.psychometricFigure(x, path, tree, &f)
		case sweepKind:
			f.Sweep = d.sweepFigure(x, path, tree, &f)
		}
		d.checkFigure(x, path, name, tree, f.FigureSize)
		x.Figures = append(x.Figures, f)
	}
}

func (d *decoder) raster(x *Experiment, path string, tree map[string]any, f *Figure) *RasterFigure {
	t := &struct {
		FigureSize
		RasterFigure
	}{f.FigureSize, defaultRaster()}
	d.into(path, tree, t)
	f.FigureSize = t.FigureSize
	d.shown(x, path, &t.Start, &t.Stop)
	if t.Rows < 1 {
		d.bad(path+".rows", "must be at least 1")
	}
	if len(t.Populations) == 0 {
		t.Populations = x.Record.Spikes
	}
	if len(t.Populations) == 0 {
		d.bad(path+".kind", "has nothing to show: record.spikes is empty")
	}
	for _, name := range t.Populations {
		if d.population(x, path+".populations", name) && !slices.Contains(x.Record.Spikes, name) {
			d.bad(path+".populations", "names %q, whose spikes are not recorded (record.spikes)", name)
		}
	}
	panels := len(t.Populations)
	if t.Rates {
		panels++
	}
	d.checkRoom(path, f.FigureSize, panels)
	return &t.RasterFigure
}

func (d *decoder) traces(x *Experiment, path string, tree map[string]any, f *Figure) *TracesFigure {
	t := &struct {
		FigureSize
		TracesFigure
	}{f.FigureSize, defaultTraces()}
	d.into(path, tree, t)
	f.FigureSize = t.FigureSize
	d.shown(x, path, &t.Start, &t.Stop)
	if t.Trace == "" && len(x.Traces) == 1 {
		t.Trace = x.Traces[0].Name
	} else if !slices.ContainsFunc(x.Traces, func(r Trace) bool { return r.Name == t.Trace }) {
		var names []string
		for _, r := range x.Traces {
			names = append(names, r.Name)
		}
		d.bad(path+".trace", "must name a table [record.traces.NAME]%s", didYouMean(t.Trace, names))
	}
	for _, r := range x.Traces {
		if r.Name != t.Trace {
			continue
		}
		if n := len(r.Cells); len(t.Labels) > 0 && len(t.Labels) != n {
			d.bad(path+".labels", "must be a name for each cell of the trace (cells: %d)", n)
		}
		d.checkRoom(path, f.FigureSize, len(slices.Compact(slices.Sorted(slices.Values(r.Variables)))))
	}
	return &t.TracesFigure
}

func (d *decoder) accuracy(x *Experiment, path string, tree map[string]any, f *Figure) *AccuracyFigure {
	t := &struct {
		FigureSize
		AccuracyFigure
	}{f.FigureSize, defaultAccuracy()}
	d.into(path, tree, t)
	f.FigureSize = t.FigureSize
	if x.Detection == nil {
		d.bad(path+".kind", "needs [detection]")
	}
	if n := d.axesWritten(); n < 1 || n > 2 {
		d.bad(path+".kind", "needs [sweep.axes] with one or two keys: the first is drawn along x, the second gives the curves")
	}
	if least := 17 * float64(len(t.Panels)); f.Width >= 40 && f.Width < least {
		d.bad(path+".width", "must be at least %g mm for %d panels", least, len(t.Panels))
	}
	for _, p := range t.Panels {
		if d.oneOf(path+".panels", p, accuracyPanels...) && x.Detection != nil && x.Detection.Estimator == Stratified && p != "false_positives" {
			d.bad(path+".panels", "names %q; detection.estimator = %q gives false_positives alone", p, Stratified)
		}
	}
	return &t.AccuracyFigure
}

// shown resolves and checks the span of time that a figure shows.
func (d *decoder) shown(x *Experiment, path string, start, stop *float64) {
	if math.IsInf(*stop, 1) {
		*stop = x.Run.Tstop
	}
	d.window(path, *start, *stop)
}
