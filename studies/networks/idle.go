package networks

import (
	"slices"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/study"
)

// Idle returns the keys whose values change nothing that the study shows.
func (x *Study) Idle() []study.Idle {
	idle := x.Model.Idle()
	add := func(key, why string) { idle = append(idle, study.Idle{Key: key, Why: why}) }
	segments := false
	for i := range x.Network.Populations {
		p := &x.Network.Populations[i]
		segments = segments || len(p.Segments) > 0
		if x.unseen(p) {
			add(grammar.Join("populations", p.Name)+".kind", "nothing of the population is recorded, and it projects to no other")
		}
	}
	if !segments {
		add("record.dendritic", "no population has segments")
		if x.Record.Synapses {
			add("record.synapses", "no population has segments")
		}
	}
	for _, t := range x.Traces {
		if t.Every >= t.Stop-t.Start && t.Start < x.Run.Tstop {
			add(grammar.Join("record.traces", t.Name)+".every", "the trace has one sample")
		}
	}
	return idle
}

// unseen tells whether nothing of what a population does is recorded, judged or passed on.
func (x *Study) unseen(p *network.Population) bool {
	if slices.Contains(x.Record.Spikes, p.Name) || x.Record.Dendritic && len(p.Segments) > 0 || x.Detection != nil && x.Detection.Population == p.Name {
		return false
	}
	return !slices.ContainsFunc(x.Traces, func(t Trace) bool { return t.Population == p.Name }) &&
		!slices.ContainsFunc(x.Network.Projections, func(q network.Projection) bool { return q.Source == p.Name })
}
