package spikingmemory

import (
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
	"neurosim/internal/grid"
	"neurosim/sequence/spiking"
)

// raster draws an episode, or the recall, of the first network: a block of
// rows for each subpopulation that takes part, its inhibitory cell above; bars
// where cells are predicted, ticks where they spike.
func raster(fig *figure.Figure, s *Study, f *figureSpec, r *result) figure.Meanings {
	events, marks, from, to := shownEvents(s, f, r)
	ms := func(step int64) float64 { return float64(step-from) * s.Network.Dt }
	rows := blocks(s, f)
	cells, gap := s.Network.Cells, s.Network.Cells/6+2
	place := func(q, i int) (float64, bool) {
		at := slices.Index(rows, q)
		return float64((len(rows)-1-at)*(cells+gap) + i), at >= 0
	}
	p := figure.Panel{
		X:      figure.Axis{Label: "Time", Unit: "ms", Max: ms(to)},
		Y:      figure.Axis{Label: "Cells by symbol", Min: -float64(gap) / 3, Max: float64(len(rows)*(cells+gap) + gap)},
		Legend: true,
	}
	for _, q := range rows {
		at, _ := place(q, cells/2)
		p.Y.Ticks = append(p.Y.Ticks, figure.Tick{At: at, Label: spiking.Symbol(q)})
	}
	spans := figure.Series{Name: "Predicted (dAP)", Mark: figure.Spans, Role: figure.Dendritic}
	spikes := figure.Series{Name: "Spike", Mark: figure.Raster} // black: they end bars, and must show there
	inhibitory := figure.Series{Name: "Inhibitory spike", Mark: figure.Points, Role: figure.Inhibitory}
	begun := map[int32]int64{}
	bar := func(cell int32, since, until int64) {
		if y, ok := place(int(cell)/cells, int(cell)%cells); ok && until > from && since < to {
			spans.X, spans.X2, spans.Y = append(spans.X, ms(max(since, from))), append(spans.X2, ms(min(until, to))), append(spans.Y, y)
		}
	}
	for _, e := range events {
		switch e.Kind {
		case spiking.DAPStart:
			begun[e.Cell] = e.Step
		case spiking.DAPEnd:
			// A plateau that began before what is shown is drawn from its begin.
			since, ok := begun[e.Cell]
			if !ok {
				since = from
			}
			bar(e.Cell, since, e.Step)
			delete(begun, e.Cell)
		case spiking.Spike:
			if y, ok := place(int(e.Cell)/cells, int(e.Cell)%cells); ok && e.Step >= from && e.Step <= to {
				spikes.Add(ms(e.Step), y)
			}
		case spiking.Inhibitory:
			if y, ok := place(int(e.Cell), cells+gap/2); ok && e.Step >= from && e.Step <= to {
				inhibitory.Add(ms(e.Step), y)
			}
		}
	}
	for cell := range int32(s.Network.N()) { // in order, for the same bytes
		if since, ok := begun[cell]; ok {
			bar(cell, since, to)
		}
	}
	for _, m := range marks {
		if m.step >= from && m.step <= to {
			p.Rules = append(p.Rules, figure.Rule{Label: m.symbol, Axis: "x", At: ms(m.step)})
		}
	}
	p.Series = []figure.Series{spans, spikes, inhibitory}
	fig.Panels = []figure.Panel{p}
	if math.IsNaN(fig.Height) {
		fig.Height = min(30+float64(18*len(rows)), 200)
	}
	given := "elements that are shown"
	if f.Episode == "replay" {
		given = "cues, all that is given"
	}
	return figure.Meanings{
		Markers: "spikes of the inhibitory cell of each symbol",
		More: []string{fmt.Sprintf("One network; %d cells for each symbol, a row each. Dashed: %s. A predicted cell spikes first, which ends its dAP, the bar.",
			cells, given)},
	}
}

// mark is an element that was shown, or a cue.
type mark struct {
	step   int64
	symbol string
}

// shownEvents returns the events of what a raster shows, what was given, and the
// span.
func shownEvents(s *Study, f *figureSpec, r *result) (events []spiking.Event, marks []mark, from, to int64) {
	at := spiking.NewSchedule(&s.Network, &s.Task, firstStep(s))
	steps := func(ms float64) int64 { return grid.Steps(ms, s.Network.Dt) }
	only := f.Sequence - 1 // -1: all
	if f.Episode == "replay" {
		for _, c := range r.Recalled {
			marks = append(marks, mark{c.Cue, s.Task.Sequences[c.Sequence][:1]})
		}
		from, to = marks[0].step, marks[len(marks)-1].step+steps(s.Replay.Interval)
		if only >= 0 {
			from, to = marks[only].step, marks[only].step+steps(s.Replay.Interval)
		}
		return r.Replay, marks, from - steps(5), to
	}
	episode := 0
	events = r.First
	if f.Episode == "last" {
		episode, events = s.Run.Episodes-1, r.Last
	}
	for q, name := range s.Task.Sequences {
		for k := range len(name) {
			marks = append(marks, mark{at.Element(episode, q, k), name[k : k+1]})
		}
	}
	begin, end := 0, len(s.Task.Sequences)-1
	if only >= 0 {
		begin, end = only, only
	}
	last := len(s.Task.Sequences[end]) - 1
	return events, marks, at.Element(episode, begin, 0) - steps(s.Task.Interval/2), at.Element(episode, end, last) + steps(s.Task.Interval)
}

// blocks lists the subpopulations that a raster shows, from the top.
func blocks(s *Study, f *figureSpec) (rows []int) {
	for q, name := range s.Task.Sequences {
		for k := range len(name) {
			if sub := symbolAt(s, q, k); (f.Sequence == 0 || f.Sequence == q+1) && !slices.Contains(rows, sub) {
				rows = append(rows, sub)
			}
		}
	}
	slices.Sort(rows)
	return rows
}
