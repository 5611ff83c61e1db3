package model

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/study"
)

// Plan says what a network would be, with the bytes that its recordings are expected to
// take. activated returns the synapses of group g of a population that are active
// together besides those of one projection; nil: none are.
func (x *Model) Plan(disk float64, activated func(p *network.Population, g int) int) study.Plan {
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
	feeds := x.Network.Feeds()
	for i := range x.Network.Populations {
		pop := &x.Network.Populations[i]
		if pop.Trees != nil {
			if t, err := planTree(pop); err == nil { // else Build says it
				trees = append(trees, t)
				p.Lines = append(p.Lines, t.lines()...)
			}
		}
		warnStep(x, pop, feeds, activated, warn)
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
	Area            float64 `json:"area_um2"`
	InputResistance float64 `json:"input_resistance_MOhm"` // of the soma, passive
	Longest         float64 `json:"longest_path_um"`       // from the soma to a tip
	Conductances    string  `json:"conductances"`          // kinds of voltage-dependent channel
}

// planTree works out a treePlan.
func planTree(pop *network.Population) (treePlan, error) {
	t, err := neuron.NewTree(pop.Trees.Sections)
	if err != nil {
		return treePlan{}, err
	}
	p := treePlan{Name: pop.Name, Sections: len(t.Sections), Compartments: t.Compartments(), Area: t.TotalArea(), InputResistance: t.InputResistance(0)}
	for i, d := range t.Distance {
		p.Longest = max(p.Longest, d+float64(t.Length[i]/2))
	}
	p.Conductances = strings.Join(grammar.Names(pop.Trees.Channels, func(c network.Channels) string { return c.Kind }), ", ")
	return p, nil
}

// lines says what a tree is.
func (t *treePlan) lines() []string {
	lines := []string{fmt.Sprintf("%s: %s, %s, %.5g µm² of membrane, up to %.4g µm from the soma; input resistance %.4g MΩ",
		t.Name, grammar.Count(float64(t.Sections), "section"), grammar.Count(float64(t.Compartments), "compartment"), t.Area, t.Longest, t.InputResistance)}
	if t.Conductances != "" {
		lines = append(lines, "  channels: "+t.Conductances)
	}
	return lines
}

// warnStep says where a step of Crank-Nicolson is so long that the potential of a
// segment may zigzag. With a conductance g open on a membrane of capacitance C the
// distance to the potential where it settles is multiplied in a step by
//
//	(1 - g dt/2C) / (1 + g dt/2C),
//
// which is negative, so that the potential overshoots in every step, unless
// dt ≤ 2C/g. g is that of all synapses of a segment from one projection, open at once
// without a block; C is that of the section, which is nearly isopotential over steps
// of this length. In the configuration conductances the bound is 0.37 ms; measured,
// potentials do not alternate at 0.5 ms, and by 8 mV at 1 ms.
func warnStep(x *Model, pop *network.Population, feeds map[network.Target][]network.Feed, activated func(*network.Population, int) int, warn func(string, ...any)) {
	if pop.Trees == nil || pop.Trees.Method != neuron.CrankNicolson {
		return
	}
	for i := range pop.Segments {
		g := &pop.Segments[i]
		synapses := 0
		if activated != nil {
			synapses = activated(pop, i)
		}
		for _, f := range feeds[network.Target{Population: pop.Name, Group: g.Name}] {
			synapses = max(synapses, x.Network.PerUnit(f.Projection)) // of one population, active together
		}
		open := float64(synapses) * (g.Place.Receptors.AMPA.GMax + g.Place.Receptors.NMDA.GMax)
		if safe := 2 * leastCapacitance(pop, g) / open; x.Run.Dt > safe {
			warn("run.dt: %g ms is long for %s: with the %d synapses of a segment of %s/%s open, potentials may zigzag above 2C/g = %.2g ms; take at most that, or method = %q",
				x.Run.Dt, neuron.CrankNicolson, synapses, pop.Name, g.Name, safe, neuron.BackwardEuler)
		}
	}
}

// leastCapacitance returns the capacitance of the smallest section that bears segments
// of a group (pF).
func leastCapacitance(pop *network.Population, g *network.Segments) float64 {
	least := math.Inf(1)
	for _, s := range pop.Trees.Sections {
		if !slices.Contains(g.Place.Sections, s.Name) {
			continue
		}
		area := 0.0 // µm²
		for i, p := range s.Profile[1:] {
			area += float64(math.Pi * (s.Profile[i].Radius + p.Radius) * (p.Path - s.Profile[i].Path))
		}
		least = min(least, area*s.Membrane.Cm/100) // 1 µF/cm² = 0.01 pF/µm²
	}
	return least
}
