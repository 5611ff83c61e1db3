package networks

import (
	"fmt"
	"math"

	"neurosim/internal/fpmath"
	"neurosim/network"
	"neurosim/study"
	"neurosim/theory"
)

// A groupPlan is what theory expects of the segments of one name, for one
// source of patterns.
type groupPlan struct {
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
	BackgroundHz    float64  `json:"background_rate_hz"`        // of the source cells, mean
	ChanceRate      *float64 `json:"chance_nmda_spikes_per_s"`  // of one segment, from background alone; nil: no theory
	BackgroundOver  float64  `json:"expected_background_count"` // mean overlap from background

	varies bool // the rate of the background
}

// Plan says what a network would be, and what theory expects of it.
func (x *Study) Plan() study.Plan {
	p := x.Model.Plan(diskEstimate(x))
	p.Threads, p.Divided = networkThreads(x), true
	warn := func(format string, args ...any) { p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...)) }
	groups := []groupPlan{}
	feeds := x.Network.Feeds()
	for i := range x.Network.Populations {
		pop := &x.Network.Populations[i]
		for j := range pop.Segments {
			groups = append(groups, planGroup(x, pop, &pop.Segments[j], feeds[network.Target{Population: pop.Name, Group: pop.Segments[j].Name}], warn)...)
		}
	}
	warnPeriods(x, warn)
	warnShort(x, warn)
	warnEmpty(x, warn)
	warnTheory(x, warn)
	p.Details["groups"] = groups
	for _, g := range groups {
		p.Lines = append(p.Lines, g.lines()...)
	}
	return p
}

// lines says what theory expects of a group.
func (g *groupPlan) lines() []string {
	union := ""
	if g.M > 1 {
		union = fmt.Sprintf(" on each of M = %d patterns", g.M)
	}
	lines := []string{
		fmt.Sprintf("%s from %s: n = %d, a = %d, s = %d%s, θ = %d", g.Name, g.Source, g.N, g.A, g.S, union, g.Theta),
		fmt.Sprintf("  expected overlap with a random pattern %.3g; false-match rate %.3g; up to %d of %d active synapses may be lost",
			g.ExpectedOverlap, g.FalsePositive, g.Tolerance, g.S),
	}
	switch {
	case g.varies:
		lines = append(lines, fmt.Sprintf("  background of %.4g Hz on average, which varies; no theory of chance NMDA spikes", g.BackgroundHz))
	case g.BackgroundHz > 0:
		chance := "no theory of chance NMDA spikes, as the plateau is shorter than the window"
		if g.ChanceRate != nil {
			chance = fmt.Sprintf("%.3g chance NMDA spikes per segment and second", *g.ChanceRate)
		}
		lines = append(lines, fmt.Sprintf("  background of %g Hz: %.3g synapses active on average, %s", g.BackgroundHz, g.BackgroundOver, chance))
	}
	return lines
}

// planGroup expects what one group of segments does, for each source of patterns.
func planGroup(x *Study, pop *network.Population, g *network.Segments, feeds []network.Feed, warn func(string, ...any)) (plans []groupPlan) {
	name := pop.Name + "/" + g.Name
	at := "populations." + pop.Name + ".segments." + g.Name
	fed, inhibited, inhibiting, listed := false, false, 0, false
	for _, f := range feeds {
		q, src := f.Projection, f.Source
		if q.Sign != network.Excite {
			inhibited = true
			if listed = listed || q.Rule == network.List; !listed {
				inhibiting += x.Network.MostPerUnit(q)
			}
			continue
		}
		fed = true
		if g.Place == nil && !q.Reliable() && src.Kind == network.SDR {
			warn("projections.%s: theory counts every spike and says nothing of synapses that may fail (p_release, short_term)", q.Name)
		}
		if g.Place != nil || !f.Random() {
			continue
		}
		s := x.Network.PerUnit(q)
		m := max(1, q.Patterns)
		if s < g.Theta {
			continue
		}
		size := theory.UnionSize(src.N, s, m)
		gp := groupPlan{Name: name, Source: src.Name, N: src.N, A: src.Active, S: s, M: m, Theta: g.Theta,
			ExpectedOverlap: size * float64(src.Active) / float64(src.N), Tolerance: theory.Tolerance(s, g.Theta)}
		fp := theory.FalsePositive(src.N, src.Active, s, g.Theta)
		if m > 1 {
			fp = theory.UnionFalsePositiveExact(src.N, src.Active, s, g.Theta, m)
		}
		gp.FalsePositive, gp.Log10FP = fp.Value(), fp.Log10()
		gp.BackgroundHz = f.Rate()
		if gp.varies = f.RateVaries(); gp.varies {
			warn("%s: theory says nothing of chance NMDA spikes of a background whose rate varies; %.4g Hz is its mean", at, gp.BackgroundHz)
		} else if gp.BackgroundHz > 0 && g.Plateau < g.Window {
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
	if g.Place == nil && inhibited && !listed && g.ThetaInh > inhibiting {
		warn("%s.theta_inh: %d can never be reached: a segment has %d inhibitory synapses, which do nothing", at, g.ThetaInh, inhibiting)
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

// warnPeriods says where presentations come before segments can respond again.
func warnPeriods(x *Study, warn func(string, ...any)) {
	shown := x.shown()
	if shown == nil {
		return
	}
	g := x.Network.Population(x.Detection.Population).Group(x.Detection.Group)
	if busy := g.Plateau + g.Window; shown.Period < busy {
		warn("inputs.%s.period: %g ms is shorter than window + plateau = %g ms; segments that respond miss the next presentation", x.Detection.Input, shown.Period, busy)
	}
}
