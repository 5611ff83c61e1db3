package onecell

import (
	"fmt"

	"neurosim/grammar"
	"neurosim/study"
)

// Plan says what the cell is.
func (x *Study) Plan() study.Plan {
	p := x.Model.Plan(0)
	warn := func(format string, args ...any) { p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...)) }
	table, time, of := "uncaging", 0.0, Cluster{}
	if x.Uncaging != nil {
		time, of = x.Uncaging.Time, x.Uncaging.Cluster
	} else {
		table, time, of = "psychometric", x.Psychometric.Time, x.Psychometric.Cluster
	}
	need := x.Network.Population(of.Population).Segments[of.Group].Place.Detect.Duration
	if left := x.Run.Tstop - time; left < need {
		warn("run.tstop: %g ms is %.12g ms after %s.time = %g ms; an NMDA spike needs detect.duration = %g ms above its level, so none can be found before %.12g ms",
			x.Run.Tstop, left, table, time, need, time+need)
	}
	for _, f := range x.Figures {
		if f.UncagingTraces != nil && f.UncagingTraces.Start >= x.Run.Tstop {
			warn("figures.%s.start: %g ms is not before the end of the run, tstop = %g ms; it will be empty", f.Name, f.UncagingTraces.Start, x.Run.Tstop)
		}
	}
	return p
}

// cutWarning says how much of what was tried the end of the run has cut before it was
// certain whether it is an NMDA spike.
func cutWarning(x *Study, population string, group, cut int, what string) string {
	need := x.Network.Population(population).Segments[group].Place.Detect.Duration
	return fmt.Sprintf("run.tstop: %g ms cuts %s short: the dendrite is still above detect.level, for less than detect.duration = %g ms, and no NMDA spike is counted",
		x.Run.Tstop, grammar.Count(float64(cut), what), need)
}
