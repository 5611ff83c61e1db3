package configs

import (
	"math"
	"slices"

	"neurosim/grammar"
	"neurosim/sequence/spiking"
)

// Spiking is a study of the spiking sequence memory: model = "spiking-memory".
type Spiking struct {
	Run     SpikingRun
	Network spiking.Params
	Task    spiking.Task
	Replay  *SpikingReplay // nil: not asked for
	Preset  spiking.Preset
}

// SpikingRun is what a user sets of the runs of a study.
type SpikingRun struct {
	Seed       uint64  `toml:"seed" doc:"seed of every random number"`
	Dt         float64 `toml:"dt" unit:"ms" doc:"length of a step"`
	Repeats    int     `toml:"repeats" doc:"networks, with the seeds seed, seed + 1, ..."`
	Episodes   int     `toml:"episodes" doc:"how often all sequences are shown"`
	LearnFrom  int     `toml:"learn_from" doc:"episode, from 0, in which learning is switched on"`
	LearnUntil int     `toml:"learn_until" unset:"2147483647" doc:"episode in which learning is switched off; default: never"`
}

// Learns tells whether permanences change in an episode.
func (r *SpikingRun) Learns(episode int) bool {
	return episode >= r.LearnFrom && episode < r.LearnUntil
}

// SpikingReplay is what a user sets of the recall of sequences.
type SpikingReplay struct {
	VthE     float64 `toml:"V_th_E" unit:"mV" doc:"excitatory spike threshold during recall, below the potential of a plateau"`
	Interval float64 `toml:"interval" unit:"ms" grid:"dt" doc:"time from one cue to the next"`
}

// SpikingFigure asks for a figure of a study of the spiking memory.
type SpikingFigure struct {
	SpikingRaster
	SpikingReference
}

// SpikingRaster says what a raster shows.
type SpikingRaster struct {
	Episode  string `toml:"episode" of:"first last replay" doc:"first, last or replay"`
	Sequence int    `toml:"sequence" doc:"the sequence shown, from 1; 0: all"`
}

// SpikingReference says what is drawn beside the curves of the study.
type SpikingReference struct {
	Reference bool `toml:"reference" doc:"draw the results of an independent program on the preset, where there are any"`
}

// spikingTables are the tables that a study may have.
var spikingTables = []string{"run", "network", "task", "replay", "sweep", "figures", "output"}

// spikingFigures are the kinds of figures.
func spikingFigures() []grammar.FigureKind {
	f := defaultSpikingFigure()
	return []grammar.FigureKind{
		{Name: "learning", Text: "Prediction error, wrong symbols and active cells against episodes.", Default: &f.SpikingReference},
		{Name: "raster", Text: "Spikes and plateaus of cells against time.", Default: &f.SpikingRaster},
		{Name: "replay", Text: "When each element is recalled after the cue. Needs [replay].", Default: &f.SpikingReference},
		{Name: "growth", Text: "Mature synapses, and segments with enough of them for a dAP, against episodes."},
		{Name: "permanences", Text: "How many synapses have which permanence."},
	}
}

func defaultSpikingRun() SpikingRun {
	return SpikingRun{Seed: 1, Dt: 0.1, Repeats: 1, Episodes: 60, LearnUntil: math.MaxInt32}
}
func defaultReplay() SpikingReplay { return SpikingReplay{VthE: 5, Interval: 80} }
func defaultSpikingFigure() SpikingFigure {
	return SpikingFigure{SpikingRaster: SpikingRaster{Episode: "last"}}
}

// spikingNetwork is the table [network].
type spikingNetwork struct {
	Preset string `toml:"preset" doc:"set-I, set-II, set-II-table, set-III or set-III-table of Bouhadjar et al. (2022)"`
	spiking.Params
}

// spiking reads a study of the spiking sequence memory.
func (d reader) spiking(x *Experiment) {
	s := &Spiking{Run: defaultSpikingRun()}
	x.Spiking = s
	root := d.Root()
	d.Into("run", d.Table("run", root, "run"), &s.Run)
	if d.spikingRun(s); d.Problems() == 0 {
		d.SetStep(s.Run.Dt)
	}
	x.Seed = s.Run.Seed
	x.Run.Seed, x.Run.Dt = s.Run.Seed, s.Run.Dt
	tree := d.Table("network", root, "network")
	n := &spikingNetwork{Preset: "set-I"}
	task := new(spiking.Task)
	d.preset(tree, s)
	if s.Preset.Name != "" {
		n.Preset = s.Preset.Name
	}
	n.Params, *task = s.Preset.Params, s.Preset.Task
	d.Into("network", tree, n)
	n.Dt = s.Run.Dt
	d.Into("task", d.Table("task", root, "task"), task)
	if tree := d.Table("replay", root, "replay"); tree != nil {
		s.Replay = new(SpikingReplay)
		*s.Replay = defaultReplay()
		d.Into("replay", tree, s.Replay)
	}
	d.Sweep()
	d.spikingFigures(x)
	d.Output()
	if d.Problems() > 0 {
		return // what else is wrong may follow from it
	}
	task.Resolve(&n.Params)
	n.Resolve(task)
	s.Network, s.Task = n.Params, *task
	d.CheckGrid(s.Run.Dt)
	d.checkSpiking(x)
}

// preset reads which preset gives the defaults.
func (d reader) preset(tree map[string]any, s *Spiking) {
	var names []string
	for _, p := range spiking.Presets() {
		names = append(names, p.Name)
	}
	name := d.Choice("network", tree, "preset", names[0], names...)
	s.Preset, _ = spiking.PresetNamed(name) // it is one of the names
}

func (d reader) spikingRun(s *Spiking) {
	r := &s.Run
	if !(r.Dt >= grammar.MinStep) || r.Dt > 1 {
		d.Bad("run.dt", "must be from %g to 1 ms", grammar.MinStep)
	}
	if r.Repeats < 1 || r.Repeats > grammar.MaxPoints {
		d.Bad("run.repeats", "must be from 1 to %d", grammar.MaxPoints)
	}
	if r.Episodes < 1 || r.Episodes > 1<<20 {
		d.Bad("run.episodes", "must be from 1 to %d", 1<<20)
	}
	if r.LearnFrom < 0 {
		d.Bad("run.learn_from", "must not be negative")
	}
	if r.LearnUntil < r.LearnFrom {
		d.Bad("run.learn_until", "must not be before learn_from (%d)", r.LearnFrom)
	}
}

// checkSpiking holds the resolved parameters to their rules.
func (d reader) checkSpiking(x *Experiment) {
	s := x.Spiking
	at := func(table string) func(key, rule string, args ...any) {
		return func(key, rule string, args ...any) { d.Bad(table+"."+key, rule, args...) }
	}
	s.Network.Check(at("network"))
	s.Task.Check(&s.Network, at("task"))
	if r := s.Replay; r != nil {
		if plateau := s.Network.Plateau(); !(r.VthE > 0 && r.VthE < plateau) {
			d.Bad("replay.V_th_E", "must be above 0 and below tau_m I_dAP/C_m = %.3g mV: a plateau alone must make a cell spike", plateau)
		}
		if least := 2 * s.Network.PulseLead; s.Network.SparseFirst > 0 && r.Interval < least {
			d.Bad("replay.interval", "must be at least 2 pulse_lead (%g ms)", least)
		} else if !(r.Interval >= s.Network.Delay) {
			d.Bad("replay.interval", "must be at least delay_EE (%g ms)", s.Network.Delay)
		}
	}
	for _, f := range x.Figures {
		if f.Spiking == nil {
			continue
		}
		if n := len(s.Task.Sequences); f.Spiking.Sequence < 0 || f.Spiking.Sequence > n {
			d.Bad(grammar.Join("figures", f.Name)+".sequence", "must be from 0 to %d, the number of sequences", n)
		}
	}
	if d.Problems() > 0 {
		return
	}
	if s.Run.LearnFrom < s.Run.LearnUntil && s.Run.LearnFrom < s.Run.Episodes {
		s.Network.CheckTogether(&s.Task, at("network"))
	}
	if _, need := s.Network.Bytes(); d.Memory() > 0 && need > float64(d.Memory()) {
		d.Bad("network.cells", "needs about %s for %d synapses; there are %s", grammar.FormatBytes(need), s.Network.N()*s.Network.InDegree(), grammar.FormatBytes(float64(d.Memory())))
	}
}

// spikingFigures reads [figures].
func (d reader) spikingFigures(x *Experiment) {
	for _, f := range d.Figures(append(spikingFigures(), grammar.SweepKind())) {
		if f.Kind == grammar.SweepKind().Name {
			d.drawnSweep(x, f)
			continue
		}
		own := defaultSpikingFigure()
		d.IntoFigure(f, &own)
		d.OneOf(f.Path+".episode", own.Episode, "first", "last", "replay")
		if x.Spiking.Replay == nil && f.Kind == "replay" {
			d.Bad(f.Path+".kind", "needs [replay]")
		}
		if f.Kind != "learning" && f.Kind != "replay" {
			d.Without(f.Path, []string{"reference"}, "for a figure of this kind")
		}
		if f.Kind != "raster" {
			d.Without(f.Path, []string{"episode", "sequence"}, "for a figure of this kind")
		} else if own.Episode == "replay" && x.Spiking.Replay == nil {
			d.Bad(f.Path+".episode", "needs [replay]")
		}
		d.CheckFigure(f, x.Tables())
		if f.Kind == "learning" {
			d.CheckRoom(f, 3)
		}
		x.Figures = append(x.Figures, Figure{Name: f.Name, FigureSize: f.FigureSize, Spiking: &own})
	}
}

// spikingReference returns the tables of the reference.
func spikingReference() []grammar.Table {
	p := spiking.Presets()[0]
	run, replay := defaultSpikingRun(), defaultReplay()
	return slices.Concat([]grammar.Table{
		{Title: "model = \"spiking-memory\": [run]", Text: "A study of the spiking sequence memory has the tables from here on, and [output].", Default: &run},
		{Title: "[network]", Text: "The network of Bouhadjar et al. (2022); package sequence/spiking says what a step does. A preset gives the defaults of this table and the next; shown are those of set-I.", Default: &spikingNetwork{p.Name, p.Params}},
		{Title: "[task]", Text: "What is shown, and when.", Default: &p.Task},
		{Title: "[replay]", Text: "Given, the trained network recalls each sequence from its first element.", Default: &replay},
	}, grammar.KindTables("a spiking memory", spikingFigures()))
}
