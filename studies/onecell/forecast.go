package onecell

import (
	"context"
	"fmt"
	"slices"

	"neurosim/cable"
	"neurosim/dendrite"
	"neurosim/grammar"
	"neurosim/studies/model"
	"neurosim/study"
)

// Forecast says what one synapse of each cluster does to the cell at rest, and which figure
// of a psychometric curve has most likely no lines of theory.
func (x *Study) Forecast(ctx context.Context) (f study.Forecast) {
	for _, of := range x.clusters() {
		pop := x.Network.Population(of.Population)
		var events []model.Event
		for _, c := range of.spread {
			place := pop.Segments[c.Group].Place
			events = append(events, model.Event{Group: pop.Segments[c.Group].Name, Section: place.Sections[c.Segment%len(place.Sections)], From: c.From, To: c.To, Inhibit: of.inhibits})
		}
		responses, err := model.Responses(ctx, &x.Network, of.Population, events)
		if err != nil {
			f.Lines = append(f.Lines, fmt.Sprintf("%s: %s", of.Target, err))
			continue
		}
		event := model.EventForecast(pop, responses)
		event.Target = of.Target
		event.Tried, event.Segments = len(of.spread), len(of.spread)
		f.Events = append(f.Events, event)
		f.Lines = append(f.Lines, of.what+model.EventLine(&event))
	}
	if x.Psychometric != nil {
		f.Warnings = x.warnNoCurve(ctx)
	}
	return f
}

// A forecastCluster is a cluster of synapses with the segments over which it is spread.
type forecastCluster struct {
	Cluster
	what     string // before its name
	spread   []Cluster
	inhibits bool
}

// clusters returns the clusters of the study that have synapses.
func (x *Study) clusters() []forecastCluster {
	if p := x.Psychometric; p != nil {
		return []forecastCluster{{Cluster: p.Cluster, spread: []Cluster{p.Cluster}}}
	}
	u := x.Uncaging
	main := forecastCluster{Cluster: u.Cluster, spread: []Cluster{u.Cluster}}
	for i, segment := range u.Over {
		c := u.Cluster
		c.Segment = segment
		main.spread = append(main.spread[:i], c)
	}
	all := []forecastCluster{main}
	if u.Bias.Count > 0 {
		all = append(all, forecastCluster{Cluster: u.Bias.Cluster, what: "bias, ", spread: []Cluster{u.Bias.Cluster}})
	}
	if u.Inhibition.Count > 0 {
		all = append(all, forecastCluster{Cluster: u.Inhibition.Cluster, what: "inhibition, ", spread: []Cluster{u.Inhibition.Cluster}, inhibits: true})
	}
	return all
}

// warnNoCurve says which figures will most likely have no fit and no lines of theory: those
// of a cell in which all synapses at once make no NMDA spike, so that no trial has a
// threshold.
func (x *Study) warnNoCurve(ctx context.Context) (warnings []string) {
	if x.Psychometric.Background > 0 || !slices.ContainsFunc(x.Figures, func(f Figure) bool { return f.Psychometric != nil }) {
		return nil
	}
	const most = 4 // points of a sweep that are tried
	points := max(1, len(x.Points()))
	n := min(most, points)
	for i := range n {
		y, point, err := x.Point(i * (points - 1) / max(1, n-1))
		if err != nil {
			return nil // the sweep says it
		}
		spikes, err := y.allSpike(ctx)
		if err != nil || spikes {
			continue
		}
		at := ""
		if len(point.At) > 0 {
			at = " at " + x.PointName(point)
		}
		for _, f := range x.Figures {
			if f.Psychometric != nil {
				warnings = append(warnings, fmt.Sprintf("figures.%s: there will most likely be no fit and no lines of theory%s: all s = %d synapses at once make no NMDA spike; psychometric.synapses or the conductances would have to be larger",
					f.Name, at, y.Psychometric.Synapses))
			}
		}
		return warnings
	}
	return nil
}

// allSpike tells whether all synapses of a psychometric study at once, evenly spread over the
// cluster and each with its mean conductance, make an NMDA spike.
func (x *Study) allSpike(ctx context.Context) (bool, error) {
	p := x.Psychometric
	d, err := newPreparation(x, p.Population)
	if err != nil {
		return false, err
	}
	nodes := make([]int, p.Synapses)
	for j := range nodes {
		nodes[j] = d.node(&p.Cluster, (float64(j)+0.5)/float64(p.Synapses))
	}
	look, spikes := d.middle(&p.Cluster), false
	place, _ := d.section(&p.Cluster)
	detector := dendrite.NewDetector(1, []dendrite.DetectorParams{place.Detect}, d.dt)
	events := d.activate(nil, 0, nodes, 0, d.step(p.Time), 0, func(node int) []int { return d.Excite(d.pop, p.Group, node) })
	var found, ended []dendrite.Spike
	err = d.run(1, events, func(step int, c *cable.Cells) error {
		found, ended = detector.Observe(int64(step), 0, c.V(look)[:1], found[:0], ended[:0])
		spikes = spikes || len(found) > 0
		return ctx.Err()
	})
	return spikes, err
}

// Idle returns the keys whose values change nothing of the study: of receptors that no
// synapse opens, of segments that no cluster lies on, and of what needs several pulses or
// synapses.
func (x *Study) Idle() (idle []study.Idle) {
	add := func(key, why string) { idle = append(idle, study.Idle{Key: key, Why: why}) }
	clusters := x.clusters()
	for i := range x.Network.Populations {
		p := &x.Network.Populations[i]
		for j := range p.Segments {
			g := &p.Segments[j]
			at := grammar.Join("populations", p.Name) + "." + grammar.Join("segments", g.Name)
			lies := func(inhibits bool) bool {
				return slices.ContainsFunc(clusters, func(c forecastCluster) bool {
					return c.Population == p.Name && c.Group == j && c.inhibits == inhibits
				})
			}
			model.IdleReceptors(&idle, g, at, lies(false), lies(true), "synapse of the study")
			add(at+".synapses", "the study says itself how many there are")
		}
		if p.Trees != nil && p.Count > 1 {
			add(grammar.Join("populations", p.Name)+".size", "the study is of one cell")
		}
	}
	if u := x.Uncaging; u != nil {
		if u.Pulses == 1 {
			add("uncaging.period", "pulses = 1")
		}
		if u.Synapses == 1 {
			add("uncaging.interval", "synapses = 1")
		}
		for _, c := range []struct {
			path string
			of   *Companions
		}{{"uncaging.inhibition.", &u.Inhibition}, {"uncaging.bias.", &u.Bias}} {
			switch c.of.Count {
			case 0:
				for _, key := range []string{"target", "segment", "at", "length", "time", "interval"} {
					add(c.path+key, "count = 0")
				}
			case 1:
				add(c.path+"interval", "count = 1")
			}
		}
	}
	return idle
}
