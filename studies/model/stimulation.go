package model

import (
	"fmt"
	"math"

	"neurosim/grammar"
	"neurosim/internal/profile"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// PlaceTable is what a user sets of where on a cell something is.
type PlaceTable struct {
	Section  string  `toml:"section" doc:"section by its name; default: the first, the soma"`
	X        float64 `toml:"x" doc:"place on the section, from 0 (its beginning) to 1 (its end); default: 0.5, or 1 for the end of the path of a kymograph"`
	Region   string  `toml:"region" doc:"region, or wildcards of section names, in place of section: the place is found by the distance"`
	Distance float64 `toml:"distance" must:"with region" unit:"um" doc:"path from the origin to the place"`
	Origin   string  `toml:"origin" doc:"origin of the distance: soma, soma-start, trunk, or a section, whose beginning it is"`
	Pick     string  `toml:"pick" of:"thickest thinnest first" doc:"of several sections at the distance: the one that is on average thickest, or thinnest, or the first"`
}

// DefaultPlace returns the defaults: the middle of the soma.
func DefaultPlace() PlaceTable {
	return PlaceTable{X: math.NaN(), Distance: math.NaN(), Origin: profile.Soma, Pick: "thickest"}
}

// A Place is a section and where on it, from 0 to 1.
type Place struct {
	Section string
	X       float64
}

// Place works out the place that a table at path says on the cells of a population.
func (d Reader) Place(path string, t *PlaceTable, p *network.Population) (at Place, ok bool) {
	given := func(key string) bool { return d.Present(path + "." + key) }
	if p.Trees == nil {
		for _, key := range []string{"section", "x", "region", "distance", "origin", "pick"} {
			if given(key) {
				d.Bad(path+"."+key, "has no meaning: cells of kind %q are points", p.Kind)
			}
		}
		d.dropPlace(path, "section", "x", "region", "distance", "origin", "pick")
		return at, true
	}
	sections := p.Trees.Sections
	if len(sections) == 0 {
		return at, false // reported where they are read
	}
	if t.Region == "" {
		d.Without(path, []string{"distance", "origin", "pick"}, "without region")
		at = Place{t.Section, t.X}
		if at.Section == "" {
			at.Section = sections[0].Name
		}
		if math.IsNaN(at.X) {
			at.X = 0.5
		}
		if !(at.X >= 0 && at.X <= 1) {
			d.Bad(path+".x", "must be from 0 to 1")
			return at, false
		}
		names, wrong := selectSections(sections, []string{at.Section})
		switch {
		case len(wrong) > 0:
			d.Bad(path+".section", "%s", wrong[0])
			return at, false
		case len(names) > 1:
			d.Bad(path+".section", "stands for %d sections; one is needed here, by its name, or region and distance", len(names))
			return at, false
		}
		at.Section = names[0]
		return at, true
	}
	d.Without(path, []string{"section", "x"}, "with region")
	if !d.Require(path + ".distance") {
		return at, false
	}
	return d.atDistance(path, t, sections)
}

// dropPlace leaves keys of a place out of the resolved configuration.
func (d Reader) dropPlace(path string, keys ...string) {
	for _, key := range keys {
		d.Drop(path + "." + key)
	}
}

// atDistance finds the section of a region that holds the distance.
func (d Reader) atDistance(path string, t *PlaceTable, sections []neuron.Section) (at Place, ok bool) {
	names, wrong := selectSections(sections, []string{t.Region})
	if len(wrong) > 0 {
		d.Bad(path+".region", "%s", wrong[0])
		return at, false
	}
	tree, err := neuron.NewTree(sections)
	if err != nil {
		return at, false // reported with the sections
	}
	spans, err := tree.Spans(t.Origin)
	if err != nil {
		d.Bad(path+".origin", "%s", err)
		return at, false
	}
	best, farthest := math.NaN(), 0.0
	for _, name := range names {
		i := tree.SectionNamed(name)
		lo, hi := spans[i][0], spans[i][1]
		farthest = max(farthest, lo, hi)
		x := (t.Distance - lo) / (hi - lo)
		if !(x >= 0 && x <= 1) {
			continue
		}
		s := &sections[i]
		mean := s.MeanDiameter()
		if better := math.IsNaN(best) || t.Pick == "thickest" && mean > best || t.Pick == "thinnest" && mean < best; better {
			best, at = mean, Place{name, x}
		}
	}
	if math.IsNaN(best) {
		d.Bad(path+".distance", "no section of %s is at this distance; the farthest tip is at %.4g um", t.Region, farthest)
		return at, false
	}
	d.Note("%s is %s(%.4g)", path, at.Section, at.X)
	return at, true
}

// Tables [stimulation.NAME], by kind.
type (
	electrodeTable struct {
		Kind       string `toml:"kind" must:"yes" doc:"step, train, ramp, epsc, sine, noise, file or voltage"`
		Population string `toml:"population" must:"yes" doc:"the neurons that the electrode is in"`
		Cells      []int  `toml:"cells" doc:"cells of it, from 0; default: all"`
		At         struct {
			PlaceTable
		} `toml:"at"`
	}
	stepTable struct {
		electrodeTable
		stimulus.StepParams
	}
	trainTable struct {
		electrodeTable
		stimulus.TrainParams
	}
	rampTable struct {
		electrodeTable
		stimulus.RampParams
	}
	epscTable struct {
		electrodeTable
		stimulus.EPSCParams
	}
	sineTable struct {
		electrodeTable
		stimulus.SineParams
	}
	noiseTable struct {
		electrodeTable
		stimulus.NoiseParams
	}
	curveTable struct {
		electrodeTable
		curveParams
	}
	voltageTable struct {
		electrodeTable
		Rs   float64 `toml:"R_s" unit:"Mohm" doc:"series resistance of the clamp"`
		File string  `toml:"file" file:"table" doc:"CSV with columns time_ms, V_mV: the command potential, interpolated linearly between its points, constant before the first and after the last"`
		stimulus.CommandParams
	}
	curveParams struct {
		File  string  `toml:"file" file:"table" must:"yes" doc:"CSV with columns time_ms, I_pA: the current, interpolated linearly between its points, none before the first and after the last"`
		Scale float64 `toml:"scale" doc:"factor of the current"`
		Start float64 `toml:"start" unit:"ms" doc:"time of the run at time 0 of the file"`
	}
)

func defaultElectrode() electrodeTable {
	e := electrodeTable{}
	e.At.PlaceTable = DefaultPlace()
	return e
}

// stimulationKinds are the kinds of electrodes, with their tables at their defaults.
var stimulationKinds = []struct {
	name, text string
	table      func() any
}{
	{"step", "A step of current.", func() any {
		return &stepTable{defaultElectrode(), stimulus.StepParams{Amplitude: math.NaN(), Duration: math.Inf(1)}}
	}},
	{"train", "Pulses of current, `count` of them, at a frequency.", func() any {
		return &trainTable{defaultElectrode(), stimulus.TrainParams{Amplitude: math.NaN(), Duration: math.NaN(), Frequency: math.NaN()}}
	}},
	{"ramp", "A current that changes linearly.", func() any {
		return &rampTable{defaultElectrode(), stimulus.RampParams{To: math.NaN(), Duration: math.Inf(1)}}
	}},
	{"epsc", "A current with the time course of an excitatory postsynaptic current: peak (e^(-s/tau_decay) - e^(-s/tau_rise)) over its maximum. Several add.", func() any {
		return &epscTable{defaultElectrode(), stimulus.DefaultEPSC()}
	}},
	{"sine", "A sinusoidal current; with `frequency_end` a chirp, for resonance.", func() any {
		return &sineTable{defaultElectrode(), stimulus.SineParams{Amplitude: math.NaN(), Frequency: math.NaN(), End: math.NaN(), Duration: math.Inf(1)}}
	}},
	{"noise", "A noisy current, an Ornstein-Uhlenbeck process: normally distributed, with correlation e^(-t/tau).", func() any {
		return &noiseTable{defaultElectrode(), stimulus.NoiseParams{SD: math.NaN(), Tau: 3, Duration: math.Inf(1)}}
	}},
	{"file", "A current from a table.", func() any { return &curveTable{defaultElectrode(), curveParams{Scale: 1}} }},
	{"voltage", "A voltage clamp of compartmental cells: a command potential through a series resistance, I = (V_command - V)/R_s.", func() any {
		return &voltageTable{electrodeTable: defaultElectrode(), Rs: 1, CommandParams: stimulus.CommandParams{Hold: math.NaN(), Level: math.NaN(), Duration: math.Inf(1)}}
	}},
}

func (d Reader) stimulation(x *Model) {
	var kinds []string
	for _, k := range stimulationKinds {
		kinds = append(kinds, k.name)
	}
	for name, tree := range d.Tables("stimulation", d.Table("stimulation", d.Root(), "stimulation")) {
		path := grammar.Join("stimulation", name)
		kind, ok := d.Kind(path, tree, kinds...)
		if !ok {
			continue
		}
		s := network.Stimulation{Name: name}
		var e *electrodeTable
		for _, k := range stimulationKinds {
			if k.name == kind {
				table := k.table()
				d.Into(path, tree, table)
				e = d.electrode(path, table, &s, x.Run)
			}
		}
		if !d.Present(path+".population") || !d.Population(x, path+".population", e.Population) {
			continue
		}
		p := x.Network.Population(e.Population)
		s.Population, s.Cells = e.Population, e.Cells
		if p.Kind == network.SDR {
			d.Bad(path+".population", "is a population of input cells; an electrode needs neurons")
			continue
		}
		if s.Rs > 0 && p.Trees == nil {
			d.Bad(path+".population", "cells of kind %q cannot be voltage-clamped: their threshold and reset are not currents; kind = %q can", p.Kind, network.Compartmental)
			continue
		}
		if d.Present(path+".cells") && len(e.Cells) == 0 {
			d.Bad(path+".cells", "must name a cell")
		}
		for _, cell := range e.Cells {
			if cell < 0 || cell >= p.Size() {
				d.Bad(path+".cells", "names cell %d; cells are 0 to %d", cell, p.Size()-1)
				break
			}
		}
		at, ok := d.Place(path+".at", &e.At.PlaceTable, p)
		if !ok {
			continue
		}
		s.Section, s.X = at.Section, at.X
		x.Network.Stimulations = append(x.Network.Stimulations, s)
	}
}

// electrode takes from a table what the electrode does, and checks it.
func (d Reader) electrode(path string, table any, s *network.Stimulation, run Run) *electrodeTable {
	within := func(start float64, duration *float64) {
		if start < 0 {
			d.Bad(path+".start", "must not be negative")
		}
		if start >= run.Tstop && run.Tstop > 0 {
			d.Bad(path+".start", "is not before the end of the run (run.tstop = %g ms)", run.Tstop)
		}
		if duration == nil {
			return
		}
		if math.IsInf(*duration, 1) {
			*duration = run.Tstop - start
			return
		}
		d.Rule(*duration > 0, path+".duration", "must be positive")
	}
	finite := func(key string, x float64) {
		d.Rule(math.IsNaN(x) || math.Abs(x) <= 1e9, path+"."+key, "must be at most 1e9")
	}
	positive := func(key string, x, most float64) bool {
		return math.IsNaN(x) || d.Rule(x > 0 && x <= most, path+"."+key, "must be above 0 and at most %g", most)
	}
	switch t := table.(type) {
	case *stepTable:
		finite("amplitude", t.Amplitude)
		within(t.Start, &t.Duration)
		s.Waveform = &t.StepParams
		return &t.electrodeTable
	case *trainTable:
		finite("amplitude", t.Amplitude)
		within(t.Start, nil)
		positive("duration", t.Duration, 1e9)
		positive("frequency", t.Frequency, 1e6)
		d.Rule(t.Count > 0 && t.Count <= 1e6 || !d.Present(path+".count"), path+".count", "must be from 1 to 1000000")
		s.Waveform = &t.TrainParams
		return &t.electrodeTable
	case *rampTable:
		finite("from", t.From)
		finite("to", t.To)
		within(t.Start, &t.Duration)
		s.Waveform = &t.RampParams
		return &t.electrodeTable
	case *epscTable:
		finite("peak", t.Peak)
		within(t.Start, nil)
		positive("tau_rise", t.TauRise, 1e6)
		positive("tau_decay", t.TauDecay, 1e6)
		d.Rule(!(t.TauRise >= t.TauDecay), path+".tau_rise", "must be shorter than tau_decay (%g ms)", t.TauDecay)
		d.Rule(t.Count > 0 && t.Count <= 10000, path+".count", "must be from 1 to 10000")
		positive("frequency", t.Frequency, 1e6)
		if t.Count > 1 {
			d.Require(path + ".frequency")
		}
		s.Waveform = &t.EPSCParams
		return &t.electrodeTable
	case *sineTable:
		finite("amplitude", t.Amplitude)
		finite("offset", t.Offset)
		within(t.Start, &t.Duration)
		positive("frequency", t.Frequency, 1e6)
		positive("frequency_end", t.End, 1e6)
		d.Rule(math.Abs(t.Phase) <= 1, path+".phase", "must be from -1 to 1, as part of a cycle")
		s.Waveform = &t.SineParams
		return &t.electrodeTable
	case *noiseTable:
		finite("mean", t.Mean)
		within(t.Start, &t.Duration)
		d.Rule(!(t.SD < 0 || t.SD > 1e9), path+".sd", "must be from 0 to 1e9 pA")
		d.Rule(t.Tau >= 0 && t.Tau <= 1e6, path+".tau", "must be from 0 to 1e6 ms")
		s.Noise = &t.NoiseParams
		return &t.electrodeTable
	case *curveTable:
		finite("scale", t.Scale)
		if t.File != "" {
			if c := d.curve(path+".file", t.File, "I_pA"); c != nil {
				for i := range c.Times {
					c.Times[i] += t.Start
					c.Values[i] *= t.Scale
				}
				s.Waveform = c
			}
		}
		return &t.electrodeTable
	case *voltageTable:
		s.Rs = t.Rs
		d.Rule(t.Rs >= 1e-6 && t.Rs <= 1e6, path+".R_s", "must be from 1e-6 to 1e6 Mohm")
		switch {
		case t.File != "":
			d.Without(path, []string{"hold", "level", "start", "duration", "levels", "times"}, "with file")
			if c := d.curve(path+".file", t.File, "V_mV"); c != nil {
				c.Holds = true
				s.Waveform = c
			}
		case d.Require(path + ".hold"):
			potential := func(key string, v float64) {
				d.Rule(math.IsNaN(v) || math.Abs(v) <= 1000, path+"."+key, "must be from -1000 to 1000 mV")
			}
			potential("hold", t.Hold)
			potential("level", t.Level)
			switch {
			case d.Present(path + ".levels"):
				d.Without(path, []string{"level", "start", "duration"}, "with levels, which have times")
				d.levels(path, &t.CommandParams, run, potential)
			case math.IsNaN(t.Level):
				d.Without(path, []string{"start", "duration", "times"}, "without level or levels")
			default:
				d.Without(path, []string{"times"}, "without levels")
				within(t.Start, &t.Duration)
			}
			s.Waveform = &t.CommandParams
		}
		return &t.electrodeTable
	}
	panic(fmt.Sprintf("model: %T is no table of an electrode", table))
}

// levels checks the steps of a command potential that follow one another.
func (d Reader) levels(path string, p *stimulus.CommandParams, run Run, potential func(key string, v float64)) {
	for _, v := range p.Levels {
		potential("levels", v)
	}
	switch {
	case len(p.Levels) == 0 || !d.Require(path+".times") || len(p.Times) == 0: // reported where they are read
	case len(p.Times) != len(p.Levels):
		d.Bad(path+".times", "are %d, and levels are %d; each level needs the time at which it begins", len(p.Times), len(p.Levels))
	case !(p.Times[0] >= 0):
		d.Bad(path+".times", "must not be negative")
	case p.Times[len(p.Times)-1] >= run.Tstop && run.Tstop > 0:
		d.Bad(path+".times", "has %g ms, which is not before the end of the run (run.tstop = %g ms)", p.Times[len(p.Times)-1], run.Tstop)
	default:
		for i := range p.Times[1:] {
			if !(p.Times[i] < p.Times[i+1]) {
				d.Bad(path+".times", "must ascend; %g ms stands after %g ms", p.Times[i+1], p.Times[i])
				return
			}
		}
		return
	}
	p.Levels, p.Times = nil, nil
}

// curve reads a waveform from a table.
func (d Reader) curve(key, file, column string) *stimulus.Curve {
	last := math.Inf(-1)
	cols, ok := d.ReadTable(key, file, []grammar.Column{
		{Name: "time_ms", Min: -1e12, Max: 1e12, Rule: "a time in ms", Check: func(_ int, ms float64) string {
			if ms <= last {
				return fmt.Sprintf("must be after the time of the row before (%g ms)", last)
			}
			last = ms
			return ""
		}},
		{Name: column, Min: -1e9, Max: 1e9, Rule: "a number"},
	})
	if !ok {
		return nil
	}
	if len(cols[0]) < 2 {
		d.Bad(key, "%s: needs at least two rows", file)
		return nil
	}
	return &stimulus.Curve{Times: cols[0], Values: cols[1]}
}

// stimulationTables are the tables of electrodes in the reference.
func stimulationTables() []grammar.Table {
	var out []grammar.Table
	for _, k := range stimulationKinds {
		out = append(out, grammar.Table{Title: fmt.Sprintf("[stimulation.NAME], kind = %q", k.name), Text: k.text, Default: k.table()})
	}
	out[0].Text = "An electrode in cells of a population. `at` says where it is: a section and x, or a region and the distance along the dendrites, such as `at = { region = \"apical\", distance = \"620 um\", origin = \"trunk\" }`. Point neurons have no places. Currents at one place add, and add to I_e. A current is evaluated at the middle of each step; a current with a start flows in the steps that begin at the start or later.\n\n" + out[0].Text
	return out
}
