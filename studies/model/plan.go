package model

import (
	"fmt"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/study"
)

// Plan says what a network would be, with the bytes that its recordings are expected to
// take.
func (x *Model) Plan(disk float64) study.Plan {
	e := x.Network.Estimate()
	p := study.Plan{Cells: e.Cells, Neurons: e.Neurons, Segments: e.Segments, Synapses: e.Synapses, MemoryBytes: e.Bytes, Steps: e.Steps,
		DiskBytes: disk, Details: map[string]any{}}
	warn := func(format string, args ...any) { p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...)) }
	about := ""
	if slices.ContainsFunc(x.Network.Projections, func(q network.Projection) bool { return q.Rule == network.Pairwise }) {
		about = "about " // as many as are drawn
	}
	p.Size = fmt.Sprintf("%s (%s), %s, %s%s", grammar.Count(float64(p.Cells), "cell"), grammar.Count(float64(p.Neurons), "neuron"),
		grammar.Count(float64(p.Segments), "segment"), about, grammar.Count(p.Synapses, "synapse"))
	p.Lines = []string{fmt.Sprintf("%s of %g ms; memory about %s; recordings about %s", grammar.Count(float64(p.Steps), "step"), x.Run.Dt,
		grammar.FormatBytes(p.MemoryBytes), grammar.FormatBytes(p.DiskBytes))}
	var trees []treePlan
	for i := range x.Network.Populations {
		pop := &x.Network.Populations[i]
		if pop.Trees != nil {
			if t, err := planTree(pop); err == nil { // else Build says it
				trees = append(trees, t)
				p.Lines = append(p.Lines, t.lines()...)
			}
		}
		if pop.Trees != nil && pop.Trees.Method == neuron.BackwardEuler && len(pop.Trees.Channels) > 0 {
			warn("populations.%s.method: %q is of first order: with channels, spikes shift with dt, by tenths of a ms at 0.025 ms, and a calcium spike may come or not; neurosim converge shows what moves, method = %q is nearer to the limit of small steps", pop.Name, neuron.BackwardEuler, neuron.SecondOrder)
		}
		if pop.Kind != network.SDR && pop.Trees == nil {
			if lo, _ := pop.Ie.Bounds(); lo > pop.Soma.Rheobase() {
				warn("populations.%s.I_e: at least %g pA is above the rheobase of %g pA; every cell fires without input", pop.Name, lo, pop.Soma.Rheobase())
			}
		}
	}
	warnSparse(x, warn)
	if trees != nil {
		p.Details["trees"] = trees
	}
	return p
}

// warnSparse says where a connection probability leaves units without synapses, or
// threshold segments mostly with fewer than θ.
func warnSparse(x *Model, warn func(string, ...any)) {
	for i := range x.Network.Projections {
		q := &x.Network.Projections[i]
		if q.Rule != network.Pairwise {
			continue
		}
		unit := "soma"
		if q.Group != "" {
			unit = "segment"
		}
		if mean := x.Network.MeanPerUnit(q); mean < 1 {
			warn("projections.%s.probability: a %s is expected to have %.3g synapses; many have none", q.Name, unit, mean)
		}
	}
	feeds := x.Network.Feeds()
	for i := range x.Network.Populations {
		pop := &x.Network.Populations[i]
		for j := range pop.Segments {
			g := &pop.Segments[j]
			mean, drawn := 0.0, false
			for _, f := range network.Excitatory(feeds[network.Target{Population: pop.Name, Group: g.Name}]) {
				mean += x.Network.MeanPerUnit(f.Projection)
				drawn = drawn || f.Projection.Rule == network.Pairwise
			}
			if drawn && g.Place == nil && mean < float64(g.Theta) {
				warn("populations.%s.segments.%s.theta: a segment is expected to have %.3g synapses, fewer than θ = %d; most can have no NMDA spike", pop.Name, g.Name, mean, g.Theta)
			}
		}
	}
}

// A treePlan is the form of the compartmental cells of a population.
type treePlan struct {
	Name            string  `json:"name"` // population
	Sections        int     `json:"sections"`
	Compartments    int     `json:"compartments"`
	Area            float64 `json:"area_um2"`                       // without spines
	SpinyArea       float64 `json:"area_with_spines_um2,omitempty"` // area times the factor of spines; 0 where there are none
	InputResistance float64 `json:"input_resistance_MOhm"`          // of the soma, passive
	Longest         float64 `json:"longest_path_um"`                // from the soma to a tip
	Conductances    string  `json:"conductances"`                   // kinds of voltage-dependent channel
}

// planTree works out a treePlan.
func planTree(pop *network.Population) (treePlan, error) {
	t, err := neuron.NewTree(pop.Trees.Sections)
	if err != nil {
		return treePlan{}, err
	}
	p := treePlan{Name: pop.Name, Sections: len(t.Sections), Compartments: t.Compartments(), Area: t.TotalArea(), InputResistance: t.InputResistance(0)}
	spiny := 0.0
	for i, d := range t.Distance {
		p.Longest = max(p.Longest, d+float64(t.Length[i]/2))
		spiny += float64(t.Area[i] * t.SpineFactor(i))
	}
	if slices.ContainsFunc(t.Sections, func(s neuron.Section) bool { return len(s.Spines) > 0 }) {
		p.SpinyArea = spiny
	}
	p.Conductances = strings.Join(grammar.Names(pop.Trees.Channels, func(c network.Channel) string { return c.Name }), ", ")
	return p, nil
}

// lines says what a tree is.
func (t *treePlan) lines() []string {
	lines := []string{fmt.Sprintf("%s: %s, %s, %.5g µm² of membrane, up to %.4g µm from the soma; input resistance %.4g MΩ",
		t.Name, grammar.Count(float64(t.Sections), "section"), grammar.Count(float64(t.Compartments), "compartment"), t.Area, t.Longest, t.InputResistance)}
	if t.SpinyArea > 0 {
		lines = append(lines, fmt.Sprintf("  spines: C_m and g_L are those of %.5g µm² of membrane; areas are listed without spines", t.SpinyArea))
	}
	if t.Conductances != "" {
		lines = append(lines, "  channels: "+t.Conductances)
	}
	return lines
}
