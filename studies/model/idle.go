package model

import (
	"fmt"
	"slices"

	"neurosim/dendrite"
	"neurosim/grammar"
	"neurosim/network"
	"neurosim/stimulus"
	"neurosim/study"
)

// idleKeys gathers keys that do nothing.
type idleKeys struct{ list []study.Idle }

func (k *idleKeys) add(path string, keys []string, why string, args ...any) {
	for _, key := range keys {
		if key != "" {
			key = "." + key
		}
		k.list = append(k.list, study.Idle{Key: path + key, Why: fmt.Sprintf(why, args...)})
	}
}

// Idle returns the keys of cells, projections, inputs and electrodes whose values change no
// event of the network.
func (x *Model) Idle() []study.Idle {
	k := &idleKeys{}
	n := &x.Network
	feeds := n.Feeds()
	for i := range n.Populations {
		p := &n.Populations[i]
		path := grammar.Join("populations", p.Name)
		switch {
		case p.Kind == network.SDR:
			x.idleInputCells(k, p, path)
		case p.Trees == nil:
			idleSoma(k, p, path, feeds[network.Target{Population: p.Name}])
		default:
			idleTrees(k, p, path)
		}
		if p.Position != nil && !slices.ContainsFunc(n.Projections, func(q network.Projection) bool {
			return q.Distance != nil && (q.Source == p.Name || q.Target == p.Name)
		}) {
			k.add(path+".position", []string{"layout", "extent", "dimensions", "periodic", "file"}, "no projection of the population depends on distance")
		}
		for j := range p.Segments {
			g := &p.Segments[j]
			at := path + "." + grammar.Join("segments", g.Name)
			f := feeds[network.Target{Population: p.Name, Group: g.Name}]
			if p.Trees == nil {
				idleThreshold(k, g, at, f)
			} else {
				IdleReceptors(&k.list, g, at, len(network.Excitatory(f)) > 0, len(network.Excitatory(f)) < len(f), "projection")
			}
			if g.Synapses > 0 && !slices.ContainsFunc(f, func(f network.Feed) bool {
				q := f.Projection
				return (q.Rule == network.Store || q.Rule == network.RandomIn) && x.Place(grammar.Join("projections", q.Name)+".synapses") == ""
			}) {
				k.add(at, []string{"synapses"}, "every projection on these segments says itself how many there are")
			}
		}
	}
	for i := range n.Projections {
		x.idleProjection(k, &n.Projections[i])
	}
	for i := range n.Inputs {
		x.idleInput(k, &n.Inputs[i])
	}
	for i := range n.Stimulations {
		s := &n.Stimulations[i]
		if path := grammar.Join("stimulation", s.Name); s.Noise == nil && s.Rs == 0 && !flows(s.Waveform, n) {
			k.add(path, []string{"kind"}, "no current flows within the run, tstop = %g ms", x.Run.Tstop)
		}
	}
	if x.Run.Checkpoint >= x.Run.Tstop && x.Run.Checkpoint > 0 {
		k.add("run", []string{"checkpoint"}, "it is not before the end of the run, tstop = %g ms", x.Run.Tstop)
	}
	return k.list
}

// flows tells whether a waveform has a current in a step of the run; of a very long run it
// says yes.
func flows(w stimulus.Waveform, n *network.Spec) bool {
	const most = 5_000_000
	if n.Steps > most {
		return true
	}
	for k := range n.Steps {
		if w.At(float64(n.Dt*(float64(k)+0.5))) != 0 {
			return true
		}
	}
	return false
}

// idleInputCells looks at the patterns of a population of input cells.
func (x *Model) idleInputCells(k *idleKeys, p *network.Population, path string) {
	shown := slices.ContainsFunc(x.Network.Inputs, func(in network.Input) bool { return in.Population == p.Name && in.Presentations != nil })
	stored := slices.ContainsFunc(x.Network.Projections, func(q network.Projection) bool { return q.Source == p.Name && q.Rule == network.Store })
	if !shown && !stored {
		k.add(path, []string{"patterns", "patterns_file", "active"}, "no input shows patterns of the population and no projection stores them")
	}
}

// idleSoma looks at the currents of a point neuron.
func idleSoma(k *idleKeys, p *network.Population, path string, feeds []network.Feed) {
	excitatory := len(network.Excitatory(feeds))
	if p.Soma.B == 0 {
		k.add(path+".soma", []string{"tau_w"}, "b = 0 pA, there is no adaptation")
	}
	if excitatory == 0 {
		k.add(path+".soma", []string{"tau_syn_ex"}, "no excitatory projection reaches the somata")
	}
	if excitatory == len(feeds) {
		k.add(path+".soma", []string{"tau_syn_in"}, "no inhibitory projection reaches the somata")
	}
	if len(feeds) == 0 {
		k.add(path+".soma", []string{"kernel"}, "no projection reaches the somata")
	}
}

// idleThreshold looks at segments that count synapses.
func idleThreshold(k *idleKeys, g *network.Segments, at string, feeds []network.Feed) {
	if len(network.Excitatory(feeds)) == len(feeds) {
		k.add(at, []string{"shunt", "theta_inh"}, "no inhibitory projection reaches these segments")
	}
	switch {
	case g.IdAP == 0:
		k.add(at, []string{"combine"}, "I_dAP = 0 pA")
	case g.Count == 1:
		k.add(at, []string{"combine"}, "a cell has one of these segments")
	}
}

// idleTrees looks at compartmental cells.
func idleTrees(k *idleKeys, p *network.Population, path string) {
	if t := p.Trees; len(t.Channels) == 0 {
		if t.V0 == nil {
			k.add(path, []string{"settle"}, "without channels and V_0 the cells begin at rest")
		}
		if len(t.Calcium) == 0 {
			k.add(path, []string{"temperature"}, "the cells have neither channels nor calcium")
		}
	}
}

// IdleReceptors adds keys of receptors that never open: without a conductance, or without a
// synapse of their sign, made by what, a projection.
func IdleReceptors(list *[]study.Idle, g *network.Segments, at string, excited, inhibited bool, what string) {
	k := &idleKeys{*list}
	of := &g.Place.Receptors
	for _, r := range []struct {
		name string
		dendrite.ReceptorParams
		used bool
		sign string
	}{{"ampa", of.AMPA, excited, "excitatory"}, {"nmda", of.NMDA, excited, "excitatory"}, {"gaba", of.GABA, inhibited, "inhibitory"}} {
		block := []string{"block.law", "block.eta", "block.gamma", "block.mg"}
		keys := slices.Concat([]string{"tau_rise", "tau_decay", "E", "bound"}, block)
		switch {
		case r.GMax == 0:
			k.add(at+"."+r.name, keys, "%s.g_max = 0 nS", r.name)
		case !r.used:
			k.add(at+"."+r.name, append(keys, "g_max"), "no %s %s reaches these segments", r.sign, what)
		case !r.Blocked():
			k.add(at+"."+r.name, block[1:], "%s.block.law = %q", r.name, r.Block.Law)
		}
	}
	*list = k.list
}

// idleProjection looks at a projection.
func (x *Model) idleProjection(k *idleKeys, q *network.Projection) {
	path := grammar.Join("projections", q.Name)
	n := &x.Network
	src, dst := n.Population(q.Source), n.Population(q.Target)
	all := []string{"weight", "delay", "synapses", "probability", "p_release"}
	if q.Table != nil && q.Table.Weight != nil {
		all = all[1:]
	}
	_, heaviest := q.Weight.Bounds()
	least, _ := q.Delay.Bounds()
	switch {
	case n.MeanPerCell(q) == 0:
		k.add(path, []string{"source"}, "the projection has no synapses")
	case q.Group == "" && dst.Trees == nil && heaviest == 0 && (q.Table == nil || q.Table.Weight == nil):
		k.add(path, []string{"source"}, "weight = 0 pA")
	case least >= x.Run.Tstop:
		k.add(path, []string{"source"}, "with a delay of %g ms no spike arrives before tstop = %g ms", least, x.Run.Tstop)
	case src.Kind == network.SDR && !x.spikes(q.Source):
		k.add(path, all, "no input makes cells of %s spike", q.Source)
	}
	if q.Release != nil && q.Release.P == 1 {
		k.add(path, []string{"p_release"}, "every spike releases without it")
	}
	if q.Rule == network.Store && src.Patterns == 1 {
		k.add(path, []string{"assign"}, "%s has one pattern", q.Source)
	}
}

// spikes tells whether an input makes cells of a population spike within the run.
func (x *Model) spikes(population string) bool {
	return slices.ContainsFunc(x.Network.Inputs, func(in network.Input) bool {
		return in.Population == population && x.spikesOf(&in)
	})
}

func (x *Model) spikesOf(in *network.Input) bool {
	switch {
	case in.Presentations != nil:
		return in.Presentations.Start < x.Run.Tstop
	case in.Poisson != nil:
		return in.Poisson.Spikes(0, x.Run.Tstop) > 0
	}
	return len(in.Train.Steps) > 0 && in.Train.Steps[0] < x.Network.Steps
}

// idleInput looks at an input.
func (x *Model) idleInput(k *idleKeys, in *network.Input) {
	path := grammar.Join("inputs", in.Name)
	if !x.spikesOf(in) {
		switch p := in.Poisson; {
		case in.Presentations != nil:
			k.add(path, []string{"period"}, "the first presentation, at %g ms, is not before the end of the run, tstop = %g ms", in.Presentations.Start, x.Run.Tstop)
		case p == nil:
			k.add(path, []string{"file"}, "no spike of the file is before the end of the run, tstop = %g ms", x.Run.Tstop)
		case p.Highest() == 0:
			k.add(path, []string{"start", "stop"}, "the rate is 0 Hz")
		default:
			k.add(path, []string{"rate", "rates", "rate_file"}, "the input is on from %g to %g ms, not within the run, tstop = %g ms", p.Start, p.Stop, x.Run.Tstop)
		}
		return
	}
	if p := in.Poisson; p != nil && p.Modulation != nil && p.Modulation.Depth == 0 {
		k.add(path+".modulation", []string{"frequency", "phase"}, "depth = 0")
	}
	p := in.Presentations
	if p == nil {
		return
	}
	src := x.Network.Population(in.Population)
	if p.Jitter == 0 {
		k.add(path, []string{"jitter_shape"}, "jitter = 0 ms")
	}
	if p.Swap == 0 {
		k.add(path, []string{"swap_mode"}, "swap = 0: no cell is replaced")
	}
	if src.Patterns <= 1 || p.Novel == 1 {
		k.add(path, []string{"order"}, "there is no more than one pattern to show")
	}
	if last := p.Start + float64(float64(p.Count-1)*p.Period); p.Count > 0 && last >= x.Run.Tstop {
		k.add(path, []string{"count"}, "the run ends, at tstop = %g ms, before so many presentations, of which the last were at %g ms", x.Run.Tstop, last)
	}
}
