package spiking

import (
	"cmp"
	"context"
	"slices"
)

// A Volley is spikes of one subpopulation with gaps below the refractory time.
type Volley struct {
	Subpopulation       int
	Spikes              int
	First, Median, Last float64 // after the cue (ms); of an even number the later median
}

// Recalled is what followed the cue of one sequence.
type Recalled struct {
	Sequence int
	Cue      int64    // step
	Volleys  []Volley // of at least ρ/2 spikes, by their median time
	Stray    int      // other spikes
	Right    bool     // the volleys begin with the elements of the sequence, in order
}

// Replay gives the first element of every sequence, one each interval (ms), in
// the mode Recall(vthE), and restores the mode. It begins at the present step,
// or pulse_lead later.
func (t *Training) Replay(ctx context.Context, vthE, interval float64, observers ...Observer) ([]Recalled, error) {
	n := t.net
	mode := n.Mode()
	defer func() { n.SetMode(mode) }()
	n.SetMode(n.recall(vthE))
	first := n.Now()
	if len(t.pulsed) > 0 {
		first += n.p.steps(n.p.PulseLead)
	}
	times := make([][]int64, n.p.Subpopulations)
	observers = append(observers, func(events []Event) {
		for _, e := range events {
			if e.Kind == Spike {
				q := int(e.Cell) / n.p.Cells
				times[q] = append(times[q], e.Step)
			}
		}
	})
	var out []Recalled
	for s := range t.task.Sequences {
		cue := first + int64(s)*n.p.steps(interval)
		q := t.task.subpopulation(s, 0)
		if cells := t.pulsed[q]; cells != nil {
			// Queued before the run reaches it: an interval is no shorter than the lead.
			if err := n.add(Input{Step: cue - n.p.steps(n.p.PulseLead), Cells: cells, Pulse: true}); err != nil {
				return nil, err
			}
		}
		if err := n.add(Input{Step: cue, Cells: t.cells[q]}); err != nil {
			return nil, err
		}
		for q := range times {
			times[q] = times[q][:0]
		}
		end := cue + n.p.steps(interval)
		if len(t.pulsed) > 0 {
			end -= n.p.steps(n.p.PulseLead)
		}
		if err := n.run(ctx, end, observers...); err != nil {
			return nil, err
		}
		out = append(out, t.recalled(s, cue, times))
	}
	return out, nil
}

// recalled sorts the spikes after a cue into volleys.
func (t *Training) recalled(s int, cue int64, times [][]int64) Recalled {
	p := &t.net.p
	r := Recalled{Sequence: s, Cue: cue}
	ms := func(k int64) float64 { return float64(k-cue) * p.Dt }
	for q, at := range times {
		for from := 0; from < len(at); {
			to := from + 1
			for to < len(at) && at[to]-at[to-1] < t.net.k.ref {
				to++
			}
			volley := at[from:to]
			from = to
			if m := len(volley); 2*m < p.Active {
				r.Stray += m
			} else {
				r.Volleys = append(r.Volleys, Volley{q, m, ms(volley[0]), ms(volley[m/2]), ms(volley[m-1])})
			}
		}
	}
	slices.SortFunc(r.Volleys, func(a, b Volley) int {
		return cmp.Or(cmp.Compare(a.Median, b.Median), a.Subpopulation-b.Subpopulation)
	})
	n := len(t.task.Sequences[s])
	r.Right = len(r.Volleys) >= n
	for k := 0; k < n && r.Right; k++ {
		r.Right = r.Volleys[k].Subpopulation == t.task.subpopulation(s, k)
	}
	return r
}
