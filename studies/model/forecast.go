package model

import (
	"context"
	"fmt"
	"math"

	"neurosim/grammar"
	"neurosim/internal/fpmath"
	"neurosim/network"
	"neurosim/study"
)

// mostTried bounds the segments of a projection on which an event is tried.
const mostTried = 5

// A Drive is a projection with what its events do to a cell at rest.
type Drive struct {
	Projection *network.Projection
	PerCell    float64    // synapses
	Responses  []Response // on the segments tried
	Forecast   study.EventForecast
}

// Drives computes what one event of each projection on a population does, of those whose
// synapses move a potential: those on somata and on conductances. why says where it cannot.
func (x *Model) Drives(ctx context.Context, pop *network.Population) (drives []Drive, why error) {
	var events []Event
	for i := range x.Network.Projections {
		q := &x.Network.Projections[i]
		if q.Target != pop.Name || pop.Trees == nil && q.Group != "" {
			continue
		}
		d := Drive{Projection: q, PerCell: x.Network.MeanPerCell(q)}
		on := d.eventsOf(pop)
		events = append(events, on...)
		d.Responses = make([]Response, len(on))
		drives = append(drives, d)
	}
	if events == nil {
		return nil, nil
	}
	all, err := Responses(ctx, &x.Network, pop.Name, events)
	if err != nil {
		return nil, err
	}
	for i := range drives {
		d := &drives[i]
		copy(d.Responses, all)
		all = all[len(d.Responses):]
		d.Forecast = EventForecast(pop, d.Responses)
		f, q := &d.Forecast, d.Projection
		f.Projection, f.Source, f.Synapses = q.Name, q.Source, d.PerCell
		if q.Group != "" {
			f.Target += "/" + q.Group
			f.Tried, f.Segments = len(d.Responses), len(segmentsOf(q, pop.Group(q.Group)))
		}
	}
	return drives, nil
}

// segmentsOf returns the segments of a cell that a projection has synapses on.
func segmentsOf(q *network.Projection, g *network.Segments) []int {
	if len(q.Segments) > 0 {
		return q.Segments
	}
	all := make([]int, g.Count)
	for j := range all {
		all[j] = j
	}
	return all
}

// eventsOf returns an event on the soma, or on some of the segments, evenly from the first to
// the last.
func (d *Drive) eventsOf(pop *network.Population) (events []Event) {
	q := d.Projection
	inhibit := q.Sign == network.Inhibit
	if q.Group == "" {
		weight, _ := q.Weight.Moments()
		if q.Table != nil && q.Table.Weight != nil {
			weight = mean(q.Table.Weight)
		}
		return []Event{{Weight: weight, Inhibit: inhibit}}
	}
	g := pop.Group(q.Group)
	segments := segmentsOf(q, g)
	n := min(mostTried, len(segments))
	for k := range n {
		j := segments[k*(len(segments)-1)/max(1, n-1)]
		events = append(events, Event{Group: q.Group, Section: g.Place.Sections[j%len(g.Place.Sections)], From: g.Place.From, To: g.Place.To, Inhibit: inhibit})
	}
	return events
}

func mean(x []float64) (sum float64) {
	for _, v := range x {
		sum += v / float64(len(x))
	}
	return sum
}

// EventForecast gathers responses of cells of a population.
func EventForecast(pop *network.Population, responses []Response) study.EventForecast {
	f := study.EventForecast{Target: pop.Name, Rest: responses[0].Rest, Threshold: threshold(pop)}
	least := func(of func(Response) float64) study.Range {
		r := study.Range{Min: of(responses[0]), Max: of(responses[0])}
		for _, q := range responses[1:] {
			r.Min, r.Max = min(r.Min, of(q)), max(r.Max, of(q))
		}
		return r
	}
	f.Soma = least(func(r Response) float64 { return visible(r.Soma) })
	if pop.Trees != nil {
		site := least(func(r Response) float64 { return visible(r.Site) })
		f.Site = &site
	}
	if f.Threshold != nil && *f.Threshold > f.Rest && f.Soma.Min > 0 {
		up := *f.Threshold - f.Rest
		f.Needed = &study.Range{Min: math.Ceil(up/f.Soma.Max - 1e-9), Max: math.Ceil(up/f.Soma.Min - 1e-9)}
	}
	return f
}

// visible returns a peak (mV); 0 for what rounding makes of none.
func visible(peak float64) float64 {
	if math.Abs(peak) < 1e-9 {
		return 0
	}
	return peak
}

// threshold returns V_th of the cells of a population, nil for cells that spike by channels
// or not at all.
func threshold(pop *network.Population) *float64 {
	switch {
	case pop.Trees == nil:
		return &pop.Soma.Vth
	case pop.Trees.Firing != nil:
		return &pop.Trees.Firing.Vth
	}
	return nil
}

// EventLine says what a forecast of an event is.
func EventLine(f *study.EventForecast) string {
	name := f.Target
	if f.Projection != "" {
		name = fmt.Sprintf("%s (%s → %s)", f.Projection, f.Source, f.Target)
	}
	what := "EPSP"
	if f.Soma.Max < 0 || f.Soma.Max == 0 && f.Soma.Min < 0 {
		what = "IPSP"
	}
	line := fmt.Sprintf("%s: one %s is %s mV at the soma", name, what, between(f.Soma))
	if f.Soma == (study.Range{}) {
		line = fmt.Sprintf("%s: one event does not move the soma at rest, where its current reverses", name)
	} else if f.Site != nil {
		line += fmt.Sprintf(", %s mV at the synapse", between(*f.Site))
	}
	if f.Tried > 1 && f.Tried < f.Segments {
		line += fmt.Sprintf(" (%d of %d segments tried)", f.Tried, f.Segments)
	}
	if f.Projection != "" {
		line += fmt.Sprintf("; %s a cell", grammar.Count(study.Significant(f.Synapses, 4), "synapse"))
	}
	switch {
	case f.Needed != nil && f.Site == nil:
		line += fmt.Sprintf("; %s at once reach V_th = %g mV from %.4g mV", between(*f.Needed), *f.Threshold, f.Rest)
	case f.Needed != nil:
		line += fmt.Sprintf("; %s at once would reach V_th = %g mV from %.4g mV, if they added", between(*f.Needed), *f.Threshold, f.Rest)
	case f.Threshold != nil && *f.Threshold <= f.Rest:
		line += fmt.Sprintf("; the cell fires without it, at rest %.4g mV above V_th", f.Rest-*f.Threshold)
	case f.Soma != (study.Range{}):
		line += fmt.Sprintf(", from %.4g mV", f.Rest)
	}
	return line
}

// between writes a range.
func between(r study.Range) string {
	lo, hi := fmt.Sprintf("%.3g", r.Min), fmt.Sprintf("%.3g", r.Max)
	if r.Min >= 1000 {
		lo = fmt.Sprintf("%.0f", r.Min)
	}
	if r.Max >= 1000 {
		hi = fmt.Sprintf("%.0f", r.Max)
	}
	if lo == hi {
		return lo
	}
	return lo + " to " + hi
}

// PlateauLine says what a plateau of threshold segments, which have no potential, does to the
// soma.
func PlateauLine(pop *network.Population, g *network.Segments) string {
	p := &pop.Soma
	lift := float64(g.IdAP * p.TauM / p.Cm * -fpmath.Expm1(-g.Plateau/p.TauM))
	rest := p.EL + float64(pop.MeanCurrent()*p.TauM/p.Cm)
	line := fmt.Sprintf("%s/%s: a synapse counts and has no EPSP; a plateau of %g ms lifts the soma by %.3g mV, to %.4g mV", pop.Name, g.Name, g.Plateau, lift, rest+lift)
	switch {
	case rest+lift >= p.Vth:
		return line + fmt.Sprintf(": above V_th = %g mV", p.Vth)
	case g.Combine == network.Sum && g.Count > 1 && lift > 0:
		return line + fmt.Sprintf("; V_th = %g mV takes %d at once", p.Vth, int(math.Ceil((p.Vth-rest)/lift)))
	}
	return line + fmt.Sprintf("; V_th = %g mV is not reached by it alone", p.Vth)
}
