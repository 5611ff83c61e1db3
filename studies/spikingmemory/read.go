package spikingmemory

import (
	"math"

	"neurosim/grammar"
	"neurosim/sequence/spiking"
	"neurosim/study"
)

// A Study is a configuration of a study of the spiking sequence memory, read, checked
// and resolved.
type Study struct {
	*grammar.Configuration
	Run     Run
	Network spiking.Params
	Task    spiking.Task
	Replay  *recallSpec // nil: not asked for
	Preset  spiking.Preset
	Figures []Figure
}

// Figure is one figure of a study.
type Figure struct {
	*grammar.Figure
	Spec figureSpec
}

// Kind is the study of the spiking sequence memory.
func Kind() study.Kind {
	return study.Kind{
		Name: "a spiking memory", Model: "spiking-memory", Tables: keyTables(), Figures: figureKinds(),
		Writes: []string{"runs", "segments", "recall", "events_first", "events_last", "events_replay"},
		Read:   func(d *grammar.Decoder) study.Study { return read(d) },
	}
}

// reader reads the tables of a study of the spiking memory.
type reader struct{ *grammar.Decoder }

// Run is what a user sets of the runs of a study.
type Run struct {
	Seed       uint64  `toml:"seed" doc:"seed of every random number"`
	Dt         float64 `toml:"dt" unit:"ms" doc:"length of a step"`
	Repeats    int     `toml:"repeats" doc:"networks, with the seeds seed, seed + 1, ..."`
	Episodes   int     `toml:"episodes" doc:"how often all sequences are shown"`
	LearnFrom  int     `toml:"learn_from" doc:"episode, from 0, in which learning is switched on"`
	LearnUntil int     `toml:"learn_until" unset:"2147483647" doc:"episode in which learning is switched off; default: never"`
}

// learns tells whether permanences change in an episode.
func (r *Run) learns(episode int) bool {
	return episode >= r.LearnFrom && episode < r.LearnUntil
}

// recallSpec is what a user sets of the recall of sequences.
type recallSpec struct {
	VthE     float64 `toml:"V_th_E" unit:"mV" doc:"excitatory spike threshold during recall, below the potential of a plateau"`
	Interval float64 `toml:"interval" unit:"ms" grid:"dt" doc:"time from one cue to the next"`
}

// figureSpec asks for a figure of a study of the spiking memory.
type figureSpec struct {
	rasterSpec
	beside
}

// rasterSpec says what a raster shows.
type rasterSpec struct {
	Episode  string `toml:"episode" of:"first last replay" doc:"first, last or replay"`
	Sequence int    `toml:"sequence" doc:"the sequence shown, from 1; 0: all"`
}

// beside says what is drawn beside the curves of the study.
type beside struct {
	Reference bool `toml:"reference" doc:"draw the results of an independent program on the preset, where there are any"`
}

// figureKinds are the kinds of figures.
func figureKinds() []grammar.FigureKind {
	f := defaultFigureSpec()
	return []grammar.FigureKind{
		{Name: "learning", Text: "Prediction error, wrong symbols and active cells against episodes.", Default: &f.beside, Axes: []grammar.Axes{{"", ""}}},
		{Name: "raster", Text: "Spikes and plateaus of cells against time.", Default: &f.rasterSpec, NoData: "its rows are cells"},
		{Name: "replay", Needs: "replay", Text: "The time of each replayed element after the cue.", Default: &f.beside, Axes: []grammar.Axes{{"", "ms"}}},
		{Name: "growth", Text: "Mature synapses, and segments with enough of them for a dAP, against episodes.", Axes: []grammar.Axes{{"", ""}}},
		{Name: "permanences", Text: "Distribution of the permanences of synapses."},
	}
}

func defaultRun() Run {
	return Run{Seed: 1, Dt: 0.1, Repeats: 1, Episodes: 60, LearnUntil: math.MaxInt32}
}
func defaultReplay() recallSpec { return recallSpec{VthE: 5, Interval: 80} }
func defaultFigureSpec() figureSpec {
	return figureSpec{rasterSpec: rasterSpec{Episode: "last"}}
}

// spikingNetwork is the table [network].
type spikingNetwork struct {
	Preset string `toml:"preset" doc:"set-I, set-II, set-II-table, set-III or set-III-table of Bouhadjar et al. (2022)"`
	spiking.Params
}

func read(decoder *grammar.Decoder) *Study {
	d := reader{decoder}
	s := &Study{Configuration: d.Configuration(), Run: defaultRun()}
	root := d.Root()
	d.Into("run", d.Table("run", root, "run"), &s.Run)
	if d.spikingRun(s); d.Problems() == 0 {
		d.SetStep(s.Run.Dt)
	}
	s.Seed = s.Run.Seed
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
		s.Replay = new(defaultReplay())
		d.Into("replay", tree, s.Replay)
	}
	d.Sweep()
	d.figures(s)
	d.Output()
	if d.Problems() > 0 {
		return s // what else is wrong may follow from it
	}
	task.Resolve(&n.Params)
	n.Resolve(task)
	s.Network, s.Task = n.Params, *task
	d.CheckGrid(s.Run.Dt)
	d.check(s)
	return s
}

// preset reads which preset gives the defaults.
func (d reader) preset(tree map[string]any, s *Study) {
	names := grammar.Names(spiking.Presets(), func(p spiking.Preset) string { return p.Name })
	name := d.Choice("network", tree, "preset", names[0], names...)
	s.Preset, _ = spiking.PresetNamed(name) // it is one of the names
}

func (d reader) spikingRun(s *Study) {
	r := &s.Run
	if !(r.Dt >= grammar.MinStep) || r.Dt > 1 {
		d.Bad("run.dt", "must be from %g to 1 ms", grammar.MinStep)
	}
	d.Rule(r.Repeats >= 1 && r.Repeats <= grammar.MaxPoints, "run.repeats", "must be from 1 to %d", grammar.MaxPoints)
	d.Rule(r.Episodes >= 1 && r.Episodes <= 1<<20, "run.episodes", "must be from 1 to %d", 1<<20)
	d.Rule(r.LearnFrom >= 0, "run.learn_from", "must not be negative")
	d.Rule(r.LearnUntil >= r.LearnFrom, "run.learn_until", "must not be before learn_from (%d)", r.LearnFrom)
}

// check holds the resolved parameters to their rules.
func (d reader) check(s *Study) {
	s.Network.Check(d.Under("network"))
	s.Task.Check(&s.Network, d.Under("task"))
	if r := s.Replay; r != nil {
		if plateau := s.Network.Plateau(); !(r.VthE > 0 && r.VthE < plateau) {
			d.Bad("replay.V_th_E", "must be above 0 and below tau_m I_dAP/C_m = %.3g mV: a plateau alone must make a cell spike", plateau)
		}
		if least := 2 * s.Network.PulseLead; s.Network.SparseFirst > 0 && r.Interval < least {
			d.Bad("replay.interval", "must be at least 2 pulse_lead (%g ms)", least)
		} else {
			d.Rule(r.Interval >= s.Network.Delay, "replay.interval", "must be at least delay_EE (%g ms)", s.Network.Delay)
		}
	}
	for _, f := range s.Figures {
		if n := len(s.Task.Sequences); f.Spec.Sequence < 0 || f.Spec.Sequence > n {
			d.Bad(grammar.Join("figures", f.Name)+".sequence", "must be from 0 to %d, the number of sequences", n)
		}
	}
	if d.Problems() > 0 {
		return
	}
	if s.Run.LearnFrom < s.Run.LearnUntil && s.Run.LearnFrom < s.Run.Episodes {
		s.Network.CheckTogether(&s.Task, d.Under("network"))
	}
	if _, need := s.Network.Bytes(); d.Memory() > 0 && need > float64(d.Memory()) {
		d.Bad("network.cells", "needs about %s for %d synapses; there are %s", grammar.FormatBytes(need), s.Network.N()*s.Network.InDegree(), grammar.FormatBytes(float64(d.Memory())))
	}
}

// figures reads [figures].
func (d reader) figures(s *Study) {
	for _, f := range d.Figures(figureKinds()) {
		out := Figure{f, defaultFigureSpec()}
		d.IntoFigure(f, &out.Spec)
		if f.Kind != "learning" && f.Kind != "replay" {
			d.Without(f.Path, []string{"reference"}, "for a figure of this kind")
		}
		if f.Kind != "raster" {
			d.Without(f.Path, []string{"episode", "sequence"}, "for a figure of this kind")
		} else if out.Spec.Episode == "replay" && s.Replay == nil {
			d.Bad(f.Path+".episode", "needs [replay]")
		}
		d.CheckFigure(f)
		if f.Kind == "learning" {
			d.CheckRoom(f, 3)
		}
		s.Figures = append(s.Figures, out)
	}
}

// keyTables returns the tables of the reference.
func keyTables() []grammar.Table {
	p := spiking.Presets()[0]
	return []grammar.Table{
		{Title: "[run]", Text: "A study of the spiking sequence memory has the tables from here on, and [sweep], [figures] and [output].", Default: new(defaultRun())},
		{Title: "[network]", Text: "The network of Bouhadjar et al. (2022); package sequence/spiking says what a step does. A preset gives the defaults of this table and the next; shown are those of set-I.", Default: &spikingNetwork{p.Name, p.Params}},
		{Title: "[task]", Text: "The sequences that are shown, and when.", Default: &p.Task},
		{Title: "[replay]", Text: "With this table, the trained network replays each sequence from its first element.", Default: new(defaultReplay())},
	}
}
