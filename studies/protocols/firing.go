package protocols

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/study"
)

// fI is [protocols.f_i].
type fI struct {
	currentSteps
	Duration float64 `toml:"duration" unit:"ms" grid:"dt" doc:"length of a step"`

	amplitudes []float64
	firing     []firing
}

// A firing is the train of spikes of a step.
type firing struct {
	amplitude, rate, latency, firstISI, meanISI, cv, adapt, adaptation2 float64 // (pA, Hz, ms, ms, ms, 1, 1, 1)
	spikes                                                              int
}

func defaultFI() *fI {
	return &fI{currentSteps: currentSteps{From: 100, To: 1500, Steps: 15}, Duration: 500}
}

func (p *fI) name() string { return "f_i" }

func (p *fI) text() string {
	return "Long steps of current into the soma, and the spikes from their begin to their end. `spikes` (eFEL Spikecount_stimint); `rate_Hz`, spikes over the length of the step (the Allen SDK's avg_rate); `latency_ms`, from the beginning of the step to the first spike (the Allen SDK's latency; eFEL's time_to_first_spike runs to its peak); `first_ISI_ms` and `mean_ISI_ms`, the first interval between spikes and the mean of all (eFEL all_ISI_values); `ISI_cv`, their standard deviation over their mean (the Allen SDK's isi_cv); `adaptation`, the mean of (I' - I)/(I' + I) over neighbouring intervals I, I' (the Allen SDK's adapt); `adaptation_index2`, the same without the first interval (eFEL adaptation_index2). An empty cell: too few spikes.\n\n" +
		"Metrics: `f_i_slope_Hz_per_nA` is the slope of the least-squares line of the rate against the current at the steps with spikes; `f_i_first_pA` the smallest current of the list with spikes; `f_i_most_Hz` the highest rate."
}

func (p *fI) read(d reader, path string, x *Study) {
	p.amplitudes = p.resolve(d, path)
	d.positive(path+".duration", p.Duration)
	d.spikes(x, p, false)
}

func (p *fI) job(x *Study) job {
	j := job{duration: x.Delay + p.Duration}
	for _, pA := range p.amplitudes {
		j.cells = append(j.cells, cell{currents: []current{{atSoma, x.step(pA, p.Duration)}}})
	}
	return j
}

func (p *fI) report(x *Study, found *result, r *study.Report) {
	t := study.NamedTable{Name: p.name(), Table: study.Table{Text: "Firing during steps of current, a row for each step.", Columns: study.Columns([][3]string{
		{"amplitude_pA", "pA", "current of the step"},
		{"spikes", "", "spikes during the step"},
		{"rate_Hz", "Hz", "spikes over the length of the step"},
		{"latency_ms", "ms", "from the beginning of the step to the first spike"},
		{"first_ISI_ms", "ms", "first interval between spikes"},
		{"mean_ISI_ms", "ms", "mean interval between spikes"},
		{"ISI_cv", "", "standard deviation of the intervals over their mean"},
		{"adaptation", "", "mean of (I' - I)/(I' + I) over neighbouring intervals I, I'"},
		{"adaptation_index2", "", "the same without the first interval"},
	})}}
	p.firing = nil
	var currents, rates []float64
	fastest, silent := 0.0, 0
	for i, o := range found.Outcomes {
		f := firingOf(o.Spikes, x.Delay, p.Duration)
		f.amplitude = p.amplitudes[i]
		p.firing = append(p.firing, f)
		t.Add(append(append(row(f.amplitude), fmt.Sprint(f.spikes)), row(f.rate, f.latency, f.firstISI, f.meanISI, f.cv, f.adapt, f.adaptation2)...)...)
		if f.spikes > 0 {
			currents, rates = append(currents, f.amplitude), append(rates, f.rate)
			fastest = max(fastest, f.rate)
		} else if len(currents) > 0 {
			silent++
		}
	}
	r.Tables = append(r.Tables, t)
	slope, _ := line(currents, rates)
	const none = "the cell spikes at fewer than two of the currents"
	metric(r, "f_i_slope_Hz_per_nA", 1000*slope, none)
	r.Metrics["f_i_most_Hz"] = fastest
	if len(currents) == 0 {
		metric(r, "f_i_first_pA", math.NaN(), "the cell does not spike at any of the currents")
		say(r, p, "no spikes up to %g pA", p.amplitudes[len(p.amplitudes)-1])
		return
	}
	r.Metrics["f_i_first_pA"] = currents[0]
	say(r, p, "spikes from %g pA on; up to %.4g Hz; slope %.4g Hz/nA", currents[0], fastest, 1000*slope)
	if silent > 0 {
		warn(r, p, "the cell is silent again at %s above the first with spikes", grammar.Count(float64(silent), "current"))
	}
}

// firingOf takes the features of a train from spikes (ms).
func firingOf(spikes []float64, delay, duration float64) firing {
	in := during(spikes, delay, delay+duration)
	isi := intervals(in)
	f := firing{spikes: len(in), rate: 1000 * float64(len(in)) / duration, latency: math.NaN(), firstISI: math.NaN(), meanISI: average(isi), cv: math.NaN(), adapt: adaptation(isi), adaptation2: math.NaN()}
	if len(in) > 0 {
		f.latency = in[0] - delay
	}
	if len(isi) > 0 {
		f.firstISI = isi[0]
		f.adaptation2 = adaptation(isi[1:])
	}
	if len(isi) > 1 {
		squares := 0.0
		for _, i := range isi {
			squares += float64((i - f.meanISI) * (i - f.meanISI))
		}
		f.cv = math.Sqrt(squares/float64(len(isi))) / f.meanISI
	}
	return f
}

func (p *fI) draw(fig *figure.Figure) figure.Meanings {
	x := figure.Axis{Label: "Current", Unit: "pA"}
	of := func(get func(f firing) float64) []figure.Series {
		s := figure.Series{Mark: figure.Points, Role: figure.Simulation}
		for _, f := range p.firing {
			s.Add(f.amplitude, get(f))
		}
		line := s
		line.Mark = figure.Line
		return []figure.Series{line, s}
	}
	rate := figure.Panel{X: x, Y: figure.Axis{Label: "Rate", Unit: "Hz"}, Series: of(func(f firing) float64 { return f.rate })}
	latency := figure.Panel{X: x, Y: figure.Axis{Label: "Latency of the first spike", Unit: "ms"}, Series: of(func(f firing) float64 { return f.latency })}
	adapt := figure.Panel{X: x, Y: figure.Axis{Label: "Adaptation index"}, Series: of(func(f firing) float64 { return f.adaptation2 })}
	top, slow := 0.0, 0.0
	for _, f := range p.firing {
		top, slow = max(top, f.rate), fmax(slow, f.latency)
	}
	rate.Y.Max, latency.Y.Max = 1.08*max(top, 1), 1.08*max(slow, 1)
	lo, hi := p.amplitudes[0], p.amplitudes[len(p.amplitudes)-1]
	fig.Panels = []figure.Panel{rate, latency, adapt}
	for i := range fig.Panels {
		margin := float64(0.04 * max(hi-lo, 1))
		fig.Panels[i].X.Min, fig.Panels[i].X.Max = lo-margin, hi+margin
	}
	study.Arrange(fig, 60)
	return figure.Meanings{Markers: "one step each, deterministic; lines join them",
		More: []string{"Adaptation index: mean of (I' - I)/(I' + I) over neighbouring intervals from the second one on."}}
}

// fmax is max where a NaN stands for nothing.
func fmax(a, b float64) float64 {
	if math.IsNaN(b) {
		return a
	}
	return max(a, b)
}

// rheobase is [protocols.rheobase].
type rheobase struct {
	From      float64 `toml:"from" unit:"pA" doc:"current at which the cell is expected to be silent"`
	To        float64 `toml:"to" unit:"pA" doc:"current at which it is expected to spike"`
	Tolerance float64 `toml:"tolerance" unit:"pA" doc:"the search ends when a silent current and one with spikes are as near as that"`
	Duration  float64 `toml:"duration" unit:"ms" grid:"dt" doc:"length of a step"`

	tried  []trial
	traces []trace // at the largest silent current and the smallest with spikes
	names  []string
}

// A trial is one current of the search.
type trial struct {
	Amplitude float64 // (pA)
	Spikes    int
	Latency   float64 // (ms); NaN without spikes
	V         []float64
}

// trials is how many currents of the search are tried at once.
const trials = 4

func defaultRheobase() *rheobase { return &rheobase{To: 1000, Tolerance: 1, Duration: 500} }

func (p *rheobase) name() string { return "rheobase" }

func (p *rheobase) text() string {
	return "The smallest step of current into the soma that makes a spike before it ends, by bisection: four currents between a silent one and one with spikes are tried at once, until the two are within `tolerance`. The table has every current that was tried, ascending.\n\n" +
		"Metrics: `rheobase_pA` is the smallest current with a spike that was found, `rheobase_silent_pA` the largest silent one below it: the rheobase lies between them. `rheobase_latency_ms` is the latency at rheobase_pA (the Allen SDK's latency of the rheobase sweep)."
}

func (p *rheobase) read(d reader, path string, x *Study) {
	d.current(path+".from", p.From)
	d.current(path+".to", p.To)
	d.Rule(p.To > p.From, path+".to", "must be above from (%g pA)", p.From)
	d.Rule(p.Tolerance >= 1e-6 && p.Tolerance <= most, path+".tolerance", "must be from 1e-6 to %d pA", most)
	d.positive(path+".duration", p.Duration)
	d.spikes(x, p, false)
}

func (p *rheobase) job(x *Study) job {
	return job{duration: x.Delay + p.Duration, search: p.search}
}

// search narrows down where the cell begins to spike. What was tried is what it resumes from.
func (p *rheobase) search(ctx context.Context, part *study.Part, of *preparation, s *settled) (*result, error) {
	r := &result{}
	if part.Saved != nil {
		if err := study.Decode(part.Saved, &r.Tried); err != nil {
			return nil, err
		}
	}
	for {
		next := p.next(r.Tried)
		if next == nil {
			return r, nil
		}
		if err := part.Pause(ctx, func() ([]byte, error) { return study.Encode(r.Tried) }); err != nil {
			return nil, err
		}
		j := p.job(of.x)
		for _, pA := range next {
			j.cells = append(j.cells, cell{currents: []current{{atSoma, of.x.step(pA, p.Duration)}}})
		}
		out, err := of.run(ctx, s, &j, j.cells)
		if err != nil {
			return nil, err
		}
		for i, o := range out {
			in := during(o.Spikes, of.x.Delay, of.x.Delay+p.Duration)
			t := trial{Amplitude: next[i], Spikes: len(in), Latency: math.NaN(), V: o.V[0]}
			if len(in) > 0 {
				t.Latency = in[0] - of.x.Delay
			}
			r.Tried = append(r.Tried, t)
		}
		slices.SortFunc(r.Tried, func(a, b trial) int { return cmp.Compare(a.Amplitude, b.Amplitude) })
		first := firstSpiking(r.Tried)
		if first < 0 {
			first = len(r.Tried)
		}
		for i := range r.Tried {
			if i != first && i != first-1 { // only what is drawn
				r.Tried[i].V = nil
			}
		}
	}
}

// next returns the currents to try after some, ascending; nil: the search is done.
func (p *rheobase) next(tried []trial) (list []float64) {
	lo, hi, inner := p.From, p.To, trials
	if len(tried) == 0 {
		list, inner = append(list, lo, hi), trials-2
	} else {
		i := firstSpiking(tried)
		if i <= 0 || tried[i].Amplitude-tried[i-1].Amplitude <= p.Tolerance {
			return nil
		}
		lo, hi = tried[i-1].Amplitude, tried[i].Amplitude
	}
	for k := range inner {
		x := lo + float64(float64(k+1)*(hi-lo))/float64(inner+1)
		if x > lo && x < hi {
			list = append(list, x)
		}
	}
	slices.Sort(list)
	return list
}

// firstSpiking returns the first trial with a spike; -1 for none.
func firstSpiking(tried []trial) int {
	return slices.IndexFunc(tried, func(t trial) bool { return t.Spikes > 0 })
}

func (p *rheobase) report(x *Study, found *result, r *study.Report) {
	t := study.NamedTable{Name: p.name(), Table: study.Table{Text: "Currents that were tried for the rheobase, a row for each.", Columns: study.Columns([][3]string{
		{"amplitude_pA", "pA", "current of the step"},
		{"spikes", "", "spikes during the step"},
		{"latency_ms", "ms", "from the beginning of the step to the first spike"},
	})}}
	p.tried, p.traces, p.names = found.Tried, nil, nil
	for _, q := range p.tried {
		t.Add(study.Digits(q.Amplitude, 9), fmt.Sprint(q.Spikes), study.Measured(q.Latency))
	}
	r.Tables = append(r.Tables, t)
	keep := func(q *trial, name string) {
		p.traces = append(p.traces, x.trace(&outcome{V: [][]float64{q.V}}, 0, p.Duration))
		p.names = append(p.names, fmt.Sprintf("%s, %.4g pA", name, q.Amplitude))
	}
	i := firstSpiking(p.tried)
	silent, why := math.NaN(), ""
	switch {
	case i < 0:
		why = fmt.Sprintf("the cell is silent at rheobase.to = %g pA and below", p.To)
		keep(&p.tried[len(p.tried)-1], "silent")
	case i == 0:
		why = fmt.Sprintf("the cell spikes at rheobase.from = %g pA", p.From)
		keep(&p.tried[0], "spikes")
	default:
		silent = p.tried[i-1].Amplitude
		keep(&p.tried[i-1], "silent")
		keep(&p.tried[i], "rheobase")
	}
	if why != "" {
		metric(r, "rheobase_pA", math.NaN(), why)
		metric(r, "rheobase_silent_pA", math.NaN(), why)
		metric(r, "rheobase_latency_ms", math.NaN(), why)
		warn(r, p, "%s", why)
		return
	}
	q := p.tried[i]
	r.Metrics["rheobase_pA"], r.Metrics["rheobase_silent_pA"], r.Metrics["rheobase_latency_ms"] = q.Amplitude, silent, q.Latency
	say(r, p, "between %.6g pA (silent) and %.6g pA (latency %.4g ms)", silent, q.Amplitude, q.Latency)
	for _, above := range p.tried[i:] {
		if above.Spikes == 0 {
			warn(r, p, "the cell is silent again at %.6g pA: there may be other currents with spikes below %.6g pA", above.Amplitude, q.Amplitude)
			break
		}
	}
}

func (p *rheobase) draw(fig *figure.Figure) figure.Meanings {
	panel := figure.Panel{X: figure.Axis{Label: "Time", Unit: "ms"}, Y: figure.Axis{Label: "Soma", Unit: "mV"}, Legend: true}
	for i := range p.traces {
		panel.Series = append(panel.Series, drawn(&p.traces[i], 0, math.Inf(1), p.names[i], i))
	}
	fig.Panels = []figure.Panel{panel}
	study.Arrange(fig, 62)
	return figure.Meanings{Lines: "one cell each, deterministic", More: []string{fmt.Sprintf("The rheobase is found within %g pA.", p.Tolerance)}}
}
