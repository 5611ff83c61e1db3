package networks

import (
	"slices"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/stimulus"
)

// minTrials is the least number of trials of a stratified estimate: fewer leave
// some overlap without any.
const minTrials = 1000

// stratified holds a [detection] to what a stratified estimate assumes: that
// trials do not meet, and that all that reaches a segment is the pattern and a
// background that does not change.
func (d reader) stratified(x *Study) {
	t := x.Detection
	const key = "detection.estimator"
	d.Rule(t.Trials >= minTrials, "detection.trials", "must be at least %d", minTrials)
	i := slices.IndexFunc(x.Network.Inputs, func(in network.Input) bool { return in.Name == t.Input && in.Presentations != nil })
	if i < 0 || t.Group == "" {
		return // reported with its own key
	}
	if x.Network.Population(t.Population).Kind != network.Pyramidal {
		d.Bad(key, "needs threshold segments (%s.kind = %q): with conductances no overlap is known to be too small for an NMDA spike", grammar.Join("populations", t.Population), network.Pyramidal)
		return
	}
	shown := &x.Network.Inputs[i]
	feed, ok := d.onlyFeed(x, shown.Population)
	if !ok {
		return
	}
	src := feed.Source
	for _, in := range slices.Concat(feed.Shown, feed.Trains) {
		d.Rule(in == shown, key, "allows, in addition to %s, only background (inputs of kind %q) into %s; inputs.%s is something else", t.Input, "poisson", src.Name, in.Name)
	}
	for _, in := range feed.Poisson {
		if in.Poisson.Start > 0 || in.Poisson.Stop < x.Run.Tstop {
			d.Bad(key, "needs a background that lasts for the whole run; inputs.%s does not", in.Name)
		}
		d.Rule(!in.Poisson.Varies(), key, "needs a background of constant rate; that of inputs.%s varies", in.Name)
	}
	if d.Step() > 0 {
		g := x.Network.Population(t.Population).Group(t.Group)
		p := *shown.Presentations
		early, late := stimulus.NewPresentations(0, "", stimulus.PatternSet{N: src.N}, src.Active, p, x.Run.Dt, 0).Window()
		if least := float64(float64(late-early)*x.Run.Dt) + g.Window + g.Plateau; p.Period < least {
			d.Bad(key, "needs presentations that are over before the next begins: inputs.%s.period (%g ms) must be at least the spread of the jitter + window + plateau = %s ms",
				t.Input, p.Period, grammar.FormatRounded(least))
		}
	}
}

// onlyFeed returns the one feed of the segments that a stratified estimate is about,
// or reports why there is none.
func (d reader) onlyFeed(x *Study, source string) (feed network.Feed, ok bool) {
	t := x.Detection
	const key = "detection.estimator"
	feeds := x.Network.Feeds()[network.Target{Population: t.Population, Group: t.Group}]
	if len(feeds) == 0 {
		d.Bad(key, "needs a projection to %s", t.Target)
		return feed, false
	}
	only := feeds[0].Projection
	switch {
	case len(feeds) > 1:
		d.Bad(key, "needs to know all that reaches %s from one projection; %s and %s do", t.Target, only.Name, feeds[1].Projection.Name)
	case only.Source != source:
		d.Bad(key, "needs a projection from %s, where %s shows patterns, to %s; that of %s is from %s", source, t.Input, t.Target, only.Name, only.Source)
	case only.Rule != network.Store && only.Rule != network.RandomIn:
		d.Bad(key, "needs synapses from random cells: %s.rule = %q or %q, not %q", grammar.Join("projections", only.Name), network.Store, network.RandomIn, only.Rule)
	case only.Patterns > 1:
		d.Bad(key, "needs segments that store one pattern; those of %s store %d", only.Name, only.Patterns)
	case !only.Reliable():
		d.Bad(key, "needs synapses that every spike activates; those of %s may fail (%[2]s.p_release, %[2]s.short_term)", only.Name, grammar.Join("projections", only.Name))
	case only.Sign != network.Excite:
		d.Bad(key, "needs excitatory synapses; those of %s are %s", only.Name, only.Sign)
	default:
		return feeds[0], true
	}
	return feed, false
}
