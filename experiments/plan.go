package experiments

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/internal/fpmath"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/study"
	"neurosim/theory"
)

// A TreePlan is the form of the compartmental cells of a population.
type TreePlan struct {
	Name            string  `json:"name"` // population
	Sections        int     `json:"sections"`
	Compartments    int     `json:"compartments"`
	Area            float64 `json:"area_um2"`
	InputResistance float64 `json:"input_resistance_MOhm"` // of the soma, passive
	Longest         float64 `json:"longest_path_um"`       // from the soma to a tip
	Conductances    string  `json:"conductances"`          // kinds of voltage-dependent channel
}

// planTree works out a TreePlan.
func planTree(pop *network.Population) (TreePlan, error) {
	t, err := neuron.NewTree(pop.Trees.Sections)
	if err != nil {
		return TreePlan{}, err
	}
	p := TreePlan{Name: pop.Name, Sections: len(t.Sections), Compartments: t.Compartments(), Area: t.TotalArea(), InputResistance: t.InputResistance(0)}
	for i, d := range t.Distance {
		p.Longest = max(p.Longest, d+float64(t.Length[i]/2))
	}
	var kinds []string
	for _, c := range pop.Trees.Channels {
		kinds = append(kinds, c.Kind)
	}
	p.Conductances = strings.Join(kinds, ", ")
	return p, nil
}

// A GroupPlan is what theory expects of the segments of one name, for one
// source of patterns.
type GroupPlan struct {
	Name            string   `json:"name"` // population/segments
	Source          string   `json:"source"`
	N               int      `json:"n"`
	A               int      `json:"a"`
	S               int      `json:"s"`
	M               int      `json:"patterns"` // that a segment stores
	Theta           int      `json:"theta"`
	ExpectedOverlap float64  `json:"expected_overlap"` // with a random pattern
	FalsePositive   float64  `json:"false_positive"`   // equation (4); of several patterns the average over the sizes of their union
	Log10FP         float64  `json:"log10_false_positive"`
	Tolerance       int      `json:"tolerance"`                 // active synapses that may be lost without a false negative
	BackgroundHz    float64  `json:"background_rate_hz"`        // of the source cells
	ChanceRate      *float64 `json:"chance_nmda_spikes_per_s"`  // of one segment, from background alone; nil: no theory
	BackgroundOver  float64  `json:"expected_background_count"` // mean overlap from background
}

// Plan says what a network would be, and what theory expects of it.
func (s *networkStudy) Plan() study.Plan {
	p := planNetwork(s.x)
	p.Threads = networkThreads(s.x)
	return p
}

// Plan says what the cell is.
func (s *cellStudy) Plan() study.Plan { return planNetwork(s.x) }

// planNetwork plans what the tables of a network describe.
func planNetwork(x *configs.Experiment) study.Plan {
	e := x.Network.Estimate()
	p := study.Plan{Cells: e.Cells, Neurons: e.Neurons, Segments: e.Segments, Synapses: e.Synapses, MemoryBytes: e.Bytes, Steps: e.Steps,
		DiskBytes: DiskEstimate(x)}
	warn := func(format string, args ...any) { p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...)) }
	var trees []TreePlan
	groups := []GroupPlan{}
	feeds := x.Network.Feeds()
	for i := range x.Network.Populations {
		pop := &x.Network.Populations[i]
		if pop.Trees != nil {
			if t, err := planTree(pop); err == nil { // else Build says it
				trees = append(trees, t)
			}
		}
		warnStep(x, pop, feeds, warn)
		for j := range pop.Segments {
			groups = append(groups, planGroup(x, pop, &pop.Segments[j], feeds[network.Target{Population: pop.Name, Group: pop.Segments[j].Name}], warn)...)
		}
		if pop.Kind != network.SDR && pop.Trees == nil {
			if lo, _ := pop.Ie.Bounds(); lo > pop.Soma.Rheobase() {
				warn("populations.%s.I_e: at least %g pA is above the rheobase of %g pA; every cell fires without input", pop.Name, lo, pop.Soma.Rheobase())
			}
		}
	}
	warnPeriods(x, warn)
	warnShort(x, warn)
	warnEmpty(x, warn)
	warnTheory(x, warn)
	p.Details = map[string]any{"groups": groups}
	if trees != nil {
		p.Details["trees"] = trees
	}
	p.Size = fmt.Sprintf("%s (%s), %s, %s", grammar.Count(float64(p.Cells), "cell"), grammar.Count(float64(p.Neurons), "neuron"),
		grammar.Count(float64(p.Segments), "segment"), grammar.Count(p.Synapses, "synapse"))
	p.Lines = []string{fmt.Sprintf("%s of %g ms; memory about %s; recordings about %s", grammar.Count(float64(p.Steps), "step"), x.Run.Dt,
		grammar.FormatBytes(p.MemoryBytes), grammar.FormatBytes(p.DiskBytes))}
	for _, t := range trees {
		p.Lines = append(p.Lines, t.lines()...)
	}
	for _, g := range groups {
		p.Lines = append(p.Lines, g.lines()...)
	}
	return p
}

// lines says what a tree is.
func (t *TreePlan) lines() []string {
	lines := []string{fmt.Sprintf("%s: %s, %s, %.5g µm² of membrane, up to %.4g µm from the soma; input resistance %.4g MΩ",
		t.Name, grammar.Count(float64(t.Sections), "section"), grammar.Count(float64(t.Compartments), "compartment"), t.Area, t.Longest, t.InputResistance)}
	if t.Conductances != "" {
		lines = append(lines, "  channels: "+t.Conductances)
	}
	return lines
}

// lines says what theory expects of a group.
func (g *GroupPlan) lines() []string {
	union := ""
	if g.M > 1 {
		union = fmt.Sprintf(" on each of M = %d patterns", g.M)
	}
	lines := []string{
		fmt.Sprintf("%s from %s: n = %d, a = %d, s = %d%s, θ = %d", g.Name, g.Source, g.N, g.A, g.S, union, g.Theta),
		fmt.Sprintf("  expected overlap with a random pattern %.3g; false-match rate %.3g; up to %d of %d active synapses may be lost",
			g.ExpectedOverlap, g.FalsePositive, g.Tolerance, g.S),
	}
	if g.BackgroundHz > 0 {
		chance := "no theory of chance NMDA spikes, as the plateau is shorter than the window"
		if g.ChanceRate != nil {
			chance = fmt.Sprintf("%.3g chance NMDA spikes per segment and second", *g.ChanceRate)
		}
		lines = append(lines, fmt.Sprintf("  background of %g Hz: %.3g synapses active on average, %s", g.BackgroundHz, g.BackgroundOver, chance))
	}
	return lines
}

// planGroup expects what one group of segments does, for each source of patterns.
func planGroup(x *configs.Experiment, pop *network.Population, g *network.Segments, feeds []network.Feed, warn func(string, ...any)) (plans []GroupPlan) {
	name := pop.Name + "/" + g.Name
	at := "populations." + pop.Name + ".segments." + g.Name
	fed, inhibited := false, false
	for _, f := range feeds {
		q, src := f.Projection, f.Source
		if q.Sign != network.Excite {
			inhibited = true
			continue
		}
		fed = true
		if g.Place != nil || !f.Random() {
			continue
		}
		s := x.Network.PerUnit(q)
		m := max(1, q.Patterns)
		if s < g.Theta {
			continue
		}
		size := theory.UnionSize(src.N, s, m)
		gp := GroupPlan{Name: name, Source: src.Name, N: src.N, A: src.Active, S: s, M: m, Theta: g.Theta,
			ExpectedOverlap: size * float64(src.Active) / float64(src.N), Tolerance: theory.Tolerance(s, g.Theta)}
		fp := theory.FalsePositive(src.N, src.Active, s, g.Theta)
		if m > 1 {
			fp = theory.UnionFalsePositiveExact(src.N, src.Active, s, g.Theta, m)
		}
		gp.FalsePositive, gp.Log10FP = fp.Value(), fp.Log10()
		gp.BackgroundHz = f.Rate()
		if gp.BackgroundHz > 0 && g.Plateau < g.Window {
			warn("%s: theory says nothing of chance NMDA spikes where the plateau, %g ms, is shorter than the window, %g ms", at, g.Plateau, g.Window)
		} else if gp.BackgroundHz > 0 {
			perMs := gp.BackgroundHz / 1000
			gp.BackgroundOver = size * -fpmath.Expm1(-perMs*g.Window)
			rate := 1000 * theory.ChanceSpikeRate(int(math.Round(size)), g.Theta, perMs, g.Window, g.Plateau).Value()
			gp.ChanceRate = &rate
		}
		if s > g.Theta && src.Active < g.Theta {
			warn("%s.theta: %d can never be reached: the input has %d active cells", at, g.Theta, src.Active)
		}
		if gp.FalsePositive > 0.01 {
			of := fmt.Sprintf("s = %d", s)
			if m > 1 {
				of += fmt.Sprintf(" of each of %d patterns", m)
			}
			warn("%s.theta: expected false-match rate %.2g per pattern (n = %d, a = %d, %s, θ = %d)", at, gp.FalsePositive, src.N, src.Active, of, g.Theta)
		}
		if gp.ChanceRate != nil && *gp.ChanceRate > 1 {
			warn("%s: background alone makes %.2g NMDA spikes a second on every segment", at, *gp.ChanceRate)
		}
		plans = append(plans, gp)
	}
	switch {
	case fed || g.Place != nil: // a place on a tree is depolarised by its neighbours too
	case inhibited:
		warn("%s: only inhibition reaches these segments; they have no NMDA spikes", at)
	default:
		warn("%s: no projection reaches these segments; they stay silent", at)
	}
	return plans
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
func warnStep(x *configs.Experiment, pop *network.Population, feeds map[network.Target][]network.Feed, warn func(string, ...any)) {
	if pop.Trees == nil || pop.Trees.Method != neuron.CrankNicolson {
		return
	}
	for i := range pop.Segments {
		g := &pop.Segments[i]
		synapses := activated(x, pop, i)
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

// activated returns the synapses that a study of one cell activates on group g.
func activated(x *configs.Experiment, pop *network.Population, g int) int {
	switch {
	case x.Uncaging != nil && x.Uncaging.Population == pop.Name && x.Uncaging.Group == g:
		return x.Uncaging.Synapses
	case x.Psychometric != nil && x.Psychometric.Population == pop.Name && x.Psychometric.Group == g:
		return x.Psychometric.Synapses
	}
	return 0
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

// warnPeriods says where presentations come before segments can respond again.
func warnPeriods(x *configs.Experiment, warn func(string, ...any)) {
	if x.Detection == nil {
		return
	}
	g := x.Network.Population(x.Detection.Population).Group(x.Detection.Group)
	for _, in := range x.Network.Inputs {
		if in.Name != x.Detection.Input || in.Presentations == nil {
			continue
		}
		if busy := g.Plateau + g.Window; in.Presentations.Period < busy {
			warn("inputs.%s.period: %g ms is shorter than window + plateau = %g ms; segments that respond miss the next presentation", in.Name, in.Presentations.Period, busy)
		}
	}
}
