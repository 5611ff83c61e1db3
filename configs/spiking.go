package configs

import (
	"math"
	"slices"

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
	Episode   string `toml:"episode" of:"first last replay" doc:"of a raster: first, last or replay"`
	Sequence  int    `toml:"sequence" doc:"of a raster: the sequence shown, from 1; 0: all"`
	Reference bool   `toml:"reference" doc:"of learning and replay: draw the results of an independent program on the preset, where there are any"`
}

// Kinds of figures, and tables.
var (
	spikingFigures = []string{"learning", "raster", "replay", "growth", "permanences", sweepKind}
	spikingTables  = []string{"run", "network", "task", "replay", "sweep", "figures", "output"}
)

func defaultSpikingRun() SpikingRun {
	return SpikingRun{Seed: 1, Dt: 0.1, Repeats: 1, Episodes: 60, LearnUntil: math.MaxInt32}
}
func defaultReplay() SpikingReplay        { return SpikingReplay{VthE: 5, Interval: 80} }
func defaultSpikingFigure() SpikingFigure { return SpikingFigure{Episode: "last"} }

// spikingNetwork is the table [network].
type spikingNetwork struct {
	Preset string `toml:"preset" doc:"set-I, set-II, set-II-table, set-III or set-III-table of Bouhadjar et al. (2022)"`
	spiking.Params
}

// spiking reads a study of the spiking sequence memory.
func (d *decoder) spiking(x *Experiment) {
	s := &Spiking{Run: defaultSpikingRun()}
	x.Spiking = s
	root := d.src.tree
	d.into("run", d.table("run", root, "run"), &s.Run)
	if d.spikingRun(s); len(d.problems) == 0 {
		d.dt = s.Run.Dt
	}
	x.Run.Seed, x.Run.Dt = s.Run.Seed, s.Run.Dt
	tree := d.table("network", root, "network")
	n := &spikingNetwork{Preset: "set-I"}
	task := new(spiking.Task)
	d.preset(tree, s)
	if s.Preset.Name != "" {
		n.Preset = s.Preset.Name
	}
	n.Params, *task = s.Preset.Params, s.Preset.Task
	d.into("network", tree, n)
	n.Dt = s.Run.Dt
	d.into("task", d.table("task", root, "task"), task)
	if tree := d.table("replay", root, "replay"); tree != nil {
		s.Replay = new(SpikingReplay)
		*s.Replay = defaultReplay()
		d.into("replay", tree, s.Replay)
	}
	d.sweep(x)
	d.spikingFigures(x)
	d.output(x)
	if len(d.problems) > 0 {
		return // what else is wrong may follow from it
	}
	task.Resolve(&n.Params)
	n.Resolve(task)
	s.Network, s.Task = n.Params, *task
	d.checkGrid(s.Run.Dt)
	d.checkSpiking(x)
}

// preset reads which preset gives the defaults.
func (d *decoder) preset(tree map[string]any, s *Spiking) {
	var names []string
	for _, p := range spiking.Presets() {
		names = append(names, p.Name)
	}
	name := names[0]
	if value, given := tree["preset"]; given {
		d.values["network.preset"] = literal(value)
		var ok bool
		if name, ok = value.(string); !ok || !d.oneOf("network.preset", name, names...) {
			name = names[0]
		}
	}
	s.Preset, _ = spiking.PresetNamed(name) // it is one of the names
}

func (d *decoder) spikingRun(s *Spiking) {
	r := &s.Run
	if !(r.Dt >= minDt) || r.Dt > 1 {
		d.bad("run.dt", "must be from %g to 1 ms", minDt)
	}
	if r.Repeats < 1 || r.Repeats > maxPoints {
		d.bad("run.repeats", "must be from 1 to %d", maxPoints)
	}
	if r.Episodes < 1 || r.Episodes > 1<<20 {
		d.bad("run.episodes", "must be from 1 to %d", 1<<20)
	}
	if r.LearnFrom < 0 {
		d.bad("run.learn_from", "must not be negative")
	}
	if r.LearnUntil < r.LearnFrom {
		d.bad("run.learn_until", "must not be before learn_from (%d)", r.LearnFrom)
	}
}

// checkSpiking holds the resolved parameters to their rules.
func (d *decoder) checkSpiking(x *Experiment) {
	s := x.Spiking
	at := func(table string) func(key, rule string, args ...any) {
		return func(key, rule string, args ...any) { d.bad(table+"."+key, rule, args...) }
	}
	s.Network.Check(at("network"))
	s.Task.Check(&s.Network, at("task"))
	if r := s.Replay; r != nil {
		if plateau := s.Network.Plateau(); !(r.VthE > 0 && r.VthE < plateau) {
			d.bad("replay.V_th_E", "must be above 0 and below tau_m I_dAP/C_m = %.3g mV: a plateau alone must make a cell spike", plateau)
		}
		if least := 2 * s.Network.PulseLead; s.Network.SparseFirst > 0 && r.Interval < least {
			d.bad("replay.interval", "must be at least 2 pulse_lead (%g ms)", least)
		} else if !(r.Interval >= s.Network.Delay) {
			d.bad("replay.interval", "must be at least delay_EE (%g ms)", s.Network.Delay)
		}
	}
	for _, f := range x.Figures {
		if f.Spiking == nil {
			continue
		}
		if n := len(s.Task.Sequences); f.Spiking.Sequence < 0 || f.Spiking.Sequence > n {
			d.bad(join("figures", f.Name)+".sequence", "must be from 0 to %d, the number of sequences", n)
		}
	}
	if len(d.problems) > 0 {
		return
	}
	if s.Run.LearnFrom < s.Run.LearnUntil && s.Run.LearnFrom < s.Run.Episodes {
		s.Network.CheckTogether(&s.Task, at("network"))
	}
	if _, need := s.Network.Bytes(); d.memory(x) > 0 && need > float64(d.memory(x)) {
		d.bad("network.cells", "needs about %s for %d synapses; there are %s", FormatBytes(need), s.Network.N()*s.Network.InDegree(), FormatBytes(float64(d.memory(x))))
	}
}

// spikingFigures reads [figures].
func (d *decoder) spikingFigures(x *Experiment) {
	root := d.table("figures", d.src.tree, "figures")
	for _, name := range d.named("figures", root) {
		at := join("figures", name)
		tree := d.table(at, root, name)
		if tree == nil {
			continue
		}
		kind, ok := d.kind(at, tree, spikingFigures...)
		if !ok {
			continue
		}
		if kind == sweepKind {
			f := Figure{Name: name, FigureSize: defaultFigureSize()}
			f.Sweep = d.sweepFigure(x, at, tree, &f)
			d.checkFigure(x, at, name, tree, f.FigureSize)
			x.Figures = append(x.Figures, f)
			continue
		}
		f := &struct {
			FigureSize
			SpikingFigure
		}{defaultFigureSize(), defaultSpikingFigure()}
		d.into(at, tree, f)
		d.oneOf(at+".episode", f.Episode, "first", "last", "replay")
		if x.Spiking.Replay == nil && kind == "replay" {
			d.bad(at+".kind", "needs [replay]")
		}
		if !slices.Contains([]string{"learning", "replay"}, kind) {
			d.without(at, []string{"reference"}, "for a figure of this kind")
		}
		if kind != "raster" {
			d.without(at, []string{"episode", "sequence"}, "for a figure of this kind")
		} else if f.Episode == "replay" && x.Spiking.Replay == nil {
			d.bad(at+".episode", "needs [replay]")
		}
		d.checkFigure(x, at, name, tree, f.FigureSize)
		if kind == "learning" {
			d.checkRoom(at, f.FigureSize, 3)
		}
		x.Figures = append(x.Figures, Figure{Name: name, FigureSize: f.FigureSize, Spiking: &f.SpikingFigure})
	}
}

// spikingReference holds the defaults of the tables, for the reference.
type spikingReference struct {
	run     SpikingRun
	network spikingNetwork
	task    spiking.Task
	replay  SpikingReplay
	figure  struct {
		FigureSize
		SpikingFigure
	}
}

func referenceSpiking() *spikingReference {
	p := spiking.Presets()[0]
	r := &spikingReference{run: defaultSpikingRun(), network: spikingNetwork{p.Name, p.Params}, task: p.Task, replay: defaultReplay()}
	r.figure.FigureSize, r.figure.SpikingFigure = defaultFigureSize(), defaultSpikingFigure()
	return r
}
