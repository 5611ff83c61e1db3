// Package protocols is the study of the electrophysiology of one compartmental cell: input
// resistance, f-I curve, rheobase, shape of spikes, back-propagation, attenuation, dendritic
// input and output, critical frequency. Each protocol is a file: its keys, what it does, its
// table, metrics and figure.
package protocols

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/study"
)

// Plan says what is done.
func (x *Study) Plan() study.Plan {
	p := x.Model.Plan(0)
	cells, steps := 0, 0.0
	for _, of := range x.Protocols {
		j := of.job(x)
		cells += max(1, len(j.cells))
		steps += float64(float64(max(1, len(j.cells))) * float64(x.steps(j.duration)))
	}
	p.Steps = int64(steps) + int64(x.steps(x.Settle))
	p.Size = fmt.Sprintf("%s, %s of one cell", grammar.Count(float64(len(x.Protocols)), "protocol"), grammar.Count(float64(cells), "copy", "copies"))
	p.Lines[0] = fmt.Sprintf("%s: %s; %s of %g ms of one cell", x.Population, strings.Join(grammar.Names(x.Protocols, protocol.name), ", "),
		grammar.Count(float64(p.Steps), "step"), x.Run.Dt)
	return p
}

// mostDrift is how far the soma may move at the end of settling before a warning (mV).
const mostDrift = 0.05

// Do does the protocols.
func (x *Study) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	r := study.Report{Metrics: map[string]any{}}
	begin := time.Now()
	start, results, err := x.runAll(ctx, w)
	if err != nil {
		return r, err
	}
	w.Say("  protocols in %.3g s", time.Since(begin).Seconds())
	r.Metrics["V_settled_mV"] = start.Rest
	r.Lines = append(r.Lines, fmt.Sprintf("settled at %.5g mV", start.Rest))
	if math.Abs(start.Drift) > mostDrift {
		r.Warnings = append(r.Warnings, fmt.Sprintf("protocols.settle: after %g ms the soma still moves, by %.3g mV in the last %g ms", x.Settle, start.Drift, min(lately, x.Settle)))
	}
	if start.Spikes > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("protocols.settle: the cell makes %s before any stimulus", grammar.Count(float64(start.Spikes), "spike")))
	}
	draw := map[string]func(f *figure.Figure) figure.Meanings{}
	for i, p := range x.Protocols {
		p.report(x, &results[i], &r)
		draw[p.name()] = p.draw
	}
	r.Figures = study.MakeFigures(x.Figures, func(f Figure) (figure.Figure, error) {
		fig := study.Frame(f.Figure)
		m := draw[f.of](&fig)
		return study.Noted(f.Figure, fig, m), nil
	})
	return r, nil
}

// warn adds a warning about a protocol.
func warn(r *study.Report, p protocol, format string, args ...any) {
	r.Warnings = append(r.Warnings, "protocols."+p.name()+": "+fmt.Sprintf(format, args...))
}

// say adds a line about a protocol.
func say(r *study.Report, p protocol, format string, args ...any) {
	r.Lines = append(r.Lines, p.name()+": "+fmt.Sprintf(format, args...))
}

// metric adds a number, or why there is none.
func metric(r *study.Report, name string, value float64, why string) {
	if math.IsNaN(value) {
		r.Metrics[name], r.Metrics[name+study.WhyKey] = nil, why
		return
	}
	r.Metrics[name] = value
}

// row writes numbers of a table.
func row(values ...float64) (cells []string) {
	for _, v := range values {
		cells = append(cells, study.Measured(v))
	}
	return cells
}
