package networks

import (
	"neurosim/stimulus"
)

// warnEmpty says where what is asked for lies outside the run, so that a table or a
// metric will be empty.
func warnEmpty(x *Study, warn func(string, ...any)) {
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
		case f.Traces != nil:
			from(path, f.Traces.Start)
			for _, t := range x.Traces {
				if t.Name == f.Traces.Trace && (t.Start >= f.Traces.Stop || t.Stop <= f.Traces.Start) {
					warn("%s: shows %g to %g ms; record.traces.%s is recorded from %g to %g ms, so it will be empty", path, f.Traces.Start, f.Traces.Stop, t.Name, t.Start, t.Stop)
				}
			}
		}
	}
	if p := x.shown(); p != nil {
		d := x.Detection
		early, late := stimulus.NewPresentations(0, "", stimulus.PatternSet{N: 1}, 0, *p, x.Run.Dt, 0).Window()
		end := p.Start + p.Period + float64(float64(early)*x.Run.Dt)
		if d.Response > 0 {
			end = min(end, p.Start+float64(float64(late)*x.Run.Dt)+d.Response)
		}
		if at := x.Network.Population(d.Population).Group(d.Group).Place; at != nil {
			end += at.Detect.Duration - x.Run.Dt
		}
		if end > x.Run.Tstop*(1+1e-12) {
			warn("detection: the interval of the first presentation of %s ends %.12g ms after the beginning, the run at %g ms; there is no trial", d.Input, end, x.Run.Tstop)
		}
	}
}
