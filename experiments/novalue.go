package experiments

import (
	"math"
	"strings"

	"neurosim/configs"
	"neurosim/stimulus"
)

// WhyKey ends the key beside a metric without a value, which says why it has none.
const WhyKey = ".why"

// reasons say why a metric has no value, by a part of its key; the first that fits.
var reasons = []struct{ part, why string }{
	{".latency_ms", "no pattern was detected"},
	{".detected.", "no presentation of a stored pattern lies whole in the run, or no segment stores one that was shown"},
	{".false_positives.", "no presentation of a novel pattern lies whole in the run"},
	{".cross_talk.", "no presentation lies whole in the run in which a segment was shown a pattern that it does not store"},
	{"stratified", "no trial had a response"},
	{"K_star", "no number of synapses up to the most made an NMDA spike"},
	{"supralinearity", "the arithmetic sum is 0"},
	{"mu", "all trials agree, or none has a threshold within the synapses: see the printed lines"},
	{"sigma", "all trials agree, or none has a threshold within the synapses: see the printed lines"},
	{"theta", "no trial has a threshold within the synapses"},
	{"mape", "no row was scored"},
	{"lowest_accuracy", "nothing was scored after the change"},
	{"median", "less than half of the runs came so far"},
	{"", "there was nothing to take it from"},
}

// Explain adds to a flat set of metrics, beside each one that has no value, the reason:
// under its key and WhyKey. A file then says so itself where it holds null.
func Explain(m map[string]any) map[string]any {
	for key, v := range m {
		if x, isFloat := v.(float64); v != nil && (!isFloat || !math.IsNaN(x) && !math.IsInf(x, 0)) {
			continue
		}
		if _, said := m[key+WhyKey]; said {
			continue
		}
		for _, r := range reasons {
			if strings.Contains(key, r.part) {
				m[key+WhyKey] = r.why
				break
			}
		}
	}
	return m
}

// warnEmpty says where what is asked for lies outside the run, so that a table or a
// metric will be empty.
func warnEmpty(x *configs.Experiment, warn func(string, ...any)) {
	from := func(path string, start float64) {
		if start >= x.Run.Tstop {
			warn("%s.start: %g ms is not before the end of the run, tstop = %g ms; it will be empty", path, start, x.Run.Tstop)
		}
	}
	for _, t := range x.Traces {
		from("record.traces."+t.Name, t.Start)
	}
	for _, f := range x.Figures {
		path := "figures." + f.Name
		switch {
		case f.Raster != nil:
			from(path, f.Raster.Start)
		case f.UncagingTraces != nil:
			from(path, f.UncagingTraces.Start)
		case f.Traces != nil:
			from(path, f.Traces.Start)
			for _, t := range x.Traces {
				if t.Name == f.Traces.Trace && (t.Start >= f.Traces.Stop || t.Stop <= f.Traces.Start) {
					warn("%s: shows %g to %g ms; record.traces.%s is recorded from %g to %g ms, so it will be empty", path, f.Traces.Start, f.Traces.Stop, t.Name, t.Start, t.Stop)
				}
			}
		}
	}
	if d := x.Detection; d != nil {
		g := x.Network.Population(d.Population).Group(d.Group)
		for _, in := range x.Network.Inputs {
			if in.Name != d.Input || in.Presentations == nil {
				continue
			}
			p := *in.Presentations
			early, late := stimulus.NewPresentations(0, "", stimulus.PatternSet{N: 1}, 0, p, x.Run.Dt, 0).Window()
			end := p.Start + p.Period + float64(float64(early)*x.Run.Dt)
			if d.Response > 0 {
				end = min(end, p.Start+float64(float64(late)*x.Run.Dt)+d.Response)
			}
			if g.Place != nil {
				end += g.Place.Detect.Duration - x.Run.Dt
			}
			if end > x.Run.Tstop*(1+1e-12) {
				warn("detection: the interval of the first presentation of %s ends %.12g ms after the beginning, the run at %g ms; there is no trial", d.Input, end, x.Run.Tstop)
			}
		}
	}
}
