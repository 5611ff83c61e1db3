package networks

import (
	"fmt"

	"neurosim/grammar"
	"neurosim/network"
)

// warnShort says where a run ends before an NMDA spike could become certain: the
// criterion needs the potential above its level for a time.
func warnShort(x *Study, warn func(string, ...any)) {
	for i := range x.Network.Populations {
		p := &x.Network.Populations[i]
		for _, g := range p.Segments {
			if g.Place != nil && g.Place.Detect.Enabled && x.Run.Tstop < g.Place.Detect.Duration {
				warn("populations.%s.segments.%s.detect.duration: %g ms is more than the run has, tstop = %g ms; no NMDA spike can be found", p.Name, g.Name, g.Place.Detect.Duration, x.Run.Tstop)
			}
		}
	}
}

// cutWarnings says how many excursions above the level the end of a run has cut before
// it was certain whether they are NMDA spikes.
func cutWarnings(n *network.Network) (warnings []string) {
	for p, pop := range n.Populations() {
		for g := range pop.Segments {
			if c := n.Undecided(p, g); c > 0 {
				warnings = append(warnings, fmt.Sprintf("at the end of the run %s of %s/%s above detect.level, for less than detect.duration = %g ms, and not counted",
					grammar.Count(float64(c), "segment"), pop.Name, pop.Segments[g].Name+isOrAre(c), pop.Segments[g].Place.Detect.Duration))
			}
		}
	}
	return warnings
}

// isOrAre is the verb of so many.
func isOrAre(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

// warnTheory says where a figure asks for a line of theory that there is none of.
func warnTheory(x *Study, warn func(string, ...any)) {
	for _, f := range x.Figures {
		if f.Accuracy == nil || !f.Accuracy.Theory || x.Sweep == nil {
			continue
		}
		for i, p := range x.Points() {
			y, err := x.At(p)
			if err != nil {
				break // the sweep says it
			}
			if _, why := expectedOf(y); why != "" {
				at := ""
				if i > 0 {
					at = " at " + x.PointName(p)
				}
				warn("figures.%s.theory: there is no line of theory%s: %s", f.Name, at, why)
				break
			}
		}
		for _, name := range f.Accuracy.Panels {
			if accuracyPanels[name].theory == nil {
				warn("figures.%s.theory: there is no line of theory in the panel %q", f.Name, name)
			}
		}
	}
}
