package protocols

import (
	"fmt"
	"math"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/stimulus"
	"neurosim/study"
)

// dendritic is [protocols.dendritic_input_output].
type dendritic struct {
	At       placeKey `toml:"at"`
	Kind     string   `toml:"kind" of:"epsc step" doc:"the dendritic current: epsc, with the time course of an EPSC, or step"`
	TauRise  float64  `toml:"tau_rise" unit:"ms" doc:"time constant of the rise of an EPSC"`
	TauDecay float64  `toml:"tau_decay" unit:"ms" doc:"time constant of its decay"`
	Duration float64  `toml:"duration" unit:"ms" grid:"dt" doc:"length of a step"`
	currentSteps
	Pulse       float64 `toml:"pulse" unit:"pA" doc:"current of the somatic pulse"`
	PulseLength float64 `toml:"pulse_duration" unit:"ms" grid:"dt" doc:"length of the somatic pulse"`
	Lead        float64 `toml:"lead" unit:"ms" grid:"dt" doc:"how long before the dendritic current the pulse begins"`
	Window      float64 `toml:"window" unit:"ms" grid:"dt" doc:"time that is recorded from the beginning of the dendritic current on"`
	Level       float64 `toml:"level" unit:"mV" doc:"potential that a dendritic spike exceeds"`
	Least       float64 `toml:"least" unit:"ms" doc:"time for which it does"`

	at         spot
	amplitudes []float64
	rows       [2][]dendriticRow // without the pulse, with it
	thresholds [2]float64
}

// A dendriticRow is what one dendritic current did.
type dendriticRow struct {
	amplitude, peak, rise, above, area float64 // (pA, mV, mV, ms, mV ms)
	spikes                             int
}

func defaultDendritic() *dendritic {
	return &dendritic{At: defaultPlaceKey(), Kind: "epsc", TauRise: 0.5, TauDecay: 5, Duration: 20, currentSteps: currentSteps{From: 0, To: 2000, Steps: 11},
		Pulse: 1500, PulseLength: 5, Lead: 5, Window: 80, Level: -40, Least: 10}
}

func (p *dendritic) name() string { return "dendritic_input_output" }

func (p *dendritic) text() string {
	return "A current of increasing size at one place of the dendrites, `at` (must be given; it is written like the place of an electrode), without and with a somatic pulse that begins `lead` before it, as in BAC firing (Larkum et al. 1999). `peak_mV`: highest potential of the dendrite from the beginning of the dendritic current on; `rise_mV`: that less the mean of the last 10 % of `delay`; `above_ms` and `area_mV_ms`: time that it is above `level`, and area above it; `spikes`: of the soma. A dendritic spike means that the dendrite is above `level` for `least` in total.\n\n" +
		"Metrics: `dendritic_threshold_alone_pA` and `dendritic_threshold_pulse_pA` are the smallest currents of the list with a dendritic spike, without and with the pulse; the threshold lies between that current and the one before it. `dendritic_coupling` is (alone - pulse)/alone (Schaefer et al. 2003: coupling)."
}

func (p *dendritic) read(d reader, path string, x *Study) {
	d.requireAt(path+".at", &p.At)
	p.at = d.place(x, path+".at", &p.At)
	p.amplitudes = p.resolve(d, path)
	if p.Kind == "epsc" {
		d.Without(path, []string{"duration"}, "for kind = \"epsc\"")
		d.epsc(path, p.TauRise, p.TauDecay)
	} else {
		d.Without(path, []string{"tau_rise", "tau_decay"}, "for kind = \"step\"")
		d.positive(path+".duration", p.Duration)
	}
	d.current(path+".pulse", p.Pulse)
	d.positive(path+".pulse_duration", p.PulseLength)
	d.Rule(math.Abs(p.Lead) <= mostTime && p.Lead >= 0, path+".lead", "must be from 0 to %d ms", mostTime)
	d.positive(path+".window", p.Window)
	d.Rule(p.Level >= -200 && p.Level <= 200, path+".level", "must be from -200 to 200 mV")
	d.positive(path+".least", p.Least)
}

// requireAt wants a place: of all dendrites none is the default.
func (d reader) requireAt(path string, p *placeKey) {
	if p.Section == "" && p.Region == "" {
		d.Bad(path, "must be given: a section and x, or a region and the distance")
	}
}

func (p *dendritic) job(x *Study) job {
	j := job{duration: x.Delay + p.Lead + p.Window}
	for pulse := range 2 {
		for _, pA := range p.amplitudes {
			start := x.Delay + p.Lead
			var wave stimulus.Waveform = &stimulus.EPSCParams{Peak: pA, TauRise: p.TauRise, TauDecay: p.TauDecay, Start: start, Count: 1}
			if p.Kind == "step" {
				wave = &stimulus.StepParams{Amplitude: pA, Start: start, Duration: p.Duration}
			}
			c := cell{currents: []current{{p.at, wave}}, watched: []spot{p.at}}
			if pulse == 1 {
				c.currents = append(c.currents, current{atSoma, x.step(p.Pulse, p.PulseLength)})
			}
			j.cells = append(j.cells, c)
		}
	}
	return j
}

func (p *dendritic) report(x *Study, found *result, r *study.Report) {
	p.rows = [2][]dendriticRow{}
	t := study.NamedTable{Name: p.name(), Table: study.Table{Text: "Responses of the dendrite to currents, without and with a spike of the soma, a row for each.", Columns: study.Columns([][3]string{
		{"amplitude_pA", "pA", "peak of the current into the dendrite"},
		{"pulse", "", "true: with a pulse into the soma"},
		{"peak_mV", "mV", "highest potential of the dendrite"},
		{"rise_mV", "mV", "peak_mV less the potential before"},
		{"above_ms", "ms", "time above the level"},
		{"area_mV_ms", "mV ms", "area of the potential above the level"},
		{"spikes", "", "spikes of the soma"},
	})}}
	for pulse := range 2 {
		p.thresholds[pulse] = math.NaN()
		for i, pA := range p.amplitudes {
			o := &found.Outcomes[pulse*len(p.amplitudes)+i]
			v := x.trace(o, 1, p.Lead+p.Window)
			from := v.begin + x.steps(p.Lead)
			q := dendriticRow{amplitude: pA, peak: v.v[v.highest(from, len(v.v)-1)], spikes: len(o.Spikes)}
			q.rise = q.peak - v.base()
			q.area, q.above = v.area(p.Level)
			p.rows[pulse] = append(p.rows[pulse], q)
			t.Add(append(append([]string{study.Measured(pA), fmt.Sprint(pulse == 1)}, row(q.peak, q.rise, q.above, q.area)...), fmt.Sprint(q.spikes))...)
			if math.IsNaN(p.thresholds[pulse]) && q.above >= p.Least {
				p.thresholds[pulse] = pA
			}
		}
	}
	r.Tables = append(r.Tables, t)
	alone, with := p.thresholds[0], p.thresholds[1]
	why := fmt.Sprintf("no current up to %g pA holds the dendrite above %g mV for %g ms", p.amplitudes[len(p.amplitudes)-1], p.Level, p.Least)
	metric(r, "dendritic_threshold_alone_pA", alone, why)
	metric(r, "dendritic_threshold_pulse_pA", with, why)
	metric(r, "dendritic_coupling", (alone-with)/alone, why)
	for i, name := range []string{"alone", "with the pulse"} {
		if th := p.thresholds[i]; math.IsNaN(th) {
			say(r, p, "%s no dendritic spike up to %g pA", name, p.amplitudes[len(p.amplitudes)-1])
		} else {
			say(r, p, "%s a dendritic spike from %g pA on", name, th)
		}
	}
}

func (p *dendritic) draw(fig *figure.Figure) figure.Meanings {
	axis := figure.Axis{Label: "Dendritic current", Unit: "pA"}
	if p.Kind == "epsc" {
		axis.Label = "Peak of the dendritic EPSC"
	}
	of := func(get func(q dendriticRow) float64) (list []figure.Series) {
		for pulse, name := range []string{"Dendritic current alone", "With a somatic pulse"} {
			s := figure.Series{Name: name, Mark: figure.Points, Role: figure.Simulation, Index: pulse}
			for _, q := range p.rows[pulse] {
				s.Add(q.amplitude, get(q))
			}
			line := s
			line.Mark = figure.Line
			list = append(list, line, s)
		}
		return list
	}
	fig.Panels = []figure.Panel{
		{X: axis, Y: figure.Axis{Label: "Dendrite, peak", Unit: "mV"}, Series: of(func(q dendriticRow) float64 { return q.peak }), Legend: true},
		{X: axis, Y: figure.Axis{Label: fmt.Sprintf("Dendrite above %g mV", p.Level), Unit: "ms"}, Series: of(func(q dendriticRow) float64 { return q.above })},
		{X: axis, Y: figure.Axis{Label: "Spikes of the soma", Whole: true}, Series: of(func(q dendriticRow) float64 { return float64(q.spikes) })},
	}
	fig.Panels[1].Rules = []figure.Rule{{Axis: "y", At: p.Least}}
	study.Arrange(fig, 62)
	return figure.Meanings{Markers: "one cell each, deterministic; lines join them",
		More: []string{fmt.Sprintf("A dendritic spike is a dendrite above %g mV for %g ms in all, the broken line in b.", p.Level, p.Least)}}
}

// critical is [protocols.critical_frequency].
type critical struct {
	At        placeKey `toml:"at"`
	Pulses    int      `toml:"pulses" doc:"pulses of a train"`
	Amplitude float64  `toml:"amplitude" unit:"pA" doc:"current of a pulse into the soma"`
	Duration  float64  `toml:"duration" unit:"ms" doc:"length of a pulse"`

	Frequencies []float64 `toml:"frequencies" unit:"Hz" doc:"frequencies; default: those from, to and steps say"`
	From        float64   `toml:"from" unit:"Hz" doc:"first frequency"`
	To          float64   `toml:"to" unit:"Hz" doc:"last frequency"`
	Steps       int       `toml:"steps" doc:"number of frequencies, evenly spaced"`

	After float64 `toml:"after" unit:"ms" grid:"dt" doc:"time that is recorded after the slowest train"`
	Level float64 `toml:"level" unit:"mV" doc:"potential above which the area of the dendritic potential is taken"`
	Jump  float64 `toml:"jump" unit:"mV ms" doc:"least increase of the area from one frequency to the next that is a jump"`

	at          spot
	frequencies []float64
	rows        []trainRow
	traces      []trace
	found       int // the frequency above the jump; 0: none
}

// A trainRow is what a train did.
type trainRow struct {
	frequency, area, peak float64 // (Hz, mV ms, mV)
	spikes                int
}

func defaultCritical() *critical {
	return &critical{At: defaultPlaceKey(), Pulses: 5, Amplitude: 3000, Duration: 2, From: 40, To: 200, Steps: 9, After: 100, Level: -55, Jump: 200}
}

func (p *critical) name() string { return "critical_frequency" }

func (p *critical) text() string {
	return "Trains of somatic spikes at increasing frequencies, each spike by a short pulse into the soma, and the area above `level` of the potential at a place of the dendrites, `at` (must be given; it is written like the place of an electrode) (Larkum et al. 1999: the critical frequency for a dendritic calcium spike). Where the area grows most from one frequency to the next, and by at least `jump`, is the critical frequency.\n\n" +
		"Metrics: `critical_frequency_Hz` is the middle of the two frequencies, `critical_frequency_margin_Hz` half of their distance: it lies within that margin. `critical_jump_mV_ms` is the increase of the area there. A warning says at which frequencies the soma does not make one spike for each pulse."
}

func (p *critical) read(d reader, path string, x *Study) {
	d.requireAt(path+".at", &p.At)
	p.at = d.place(x, path+".at", &p.At)
	p.frequencies = d.spaced(path, "frequencies", p.Frequencies, p.From, p.To, p.Steps, 0.1, 10000, "Hz")
	d.Rule(len(p.frequencies) != 1, path+".frequencies", "must hold at least two frequencies")
	d.Rule(p.Pulses >= 1 && p.Pulses <= 1000, path+".pulses", "must be from 1 to 1000")
	d.current(path+".amplitude", p.Amplitude)
	d.positive(path+".duration", p.Duration)
	if n := len(p.frequencies); n > 0 {
		d.Rule(p.Duration < 1000/p.frequencies[n-1], path+".duration", "must be shorter than the period of the highest frequency (%.4g ms)", 1000/p.frequencies[n-1])
	}
	d.positive(path+".after", p.After)
	d.Rule(p.Level >= -200 && p.Level <= 200, path+".level", "must be from -200 to 200 mV")
	d.Rule(p.Jump > 0 && p.Jump <= 1e9, path+".jump", "must be above 0 and at most 1e9 mV ms")
	if p.spikeless(x) {
		d.spikes(x, p, false)
	}
}

// spikeless tells whether the soma makes no spikes.
func (p *critical) spikeless(x *Study) bool {
	return x.Cell.Trees.Firing == nil && x.Cell.Trees.Level == nil
}

func (p *critical) job(x *Study) job {
	if len(p.frequencies) == 0 {
		return job{} // reported
	}
	length := math.Ceil(float64(p.Pulses-1)*1000/p.frequencies[0] + p.Duration + p.After)
	j := job{duration: x.Delay + length}
	for _, hz := range p.frequencies {
		train := stimulus.TrainParams{Amplitude: p.Amplitude, Start: x.Delay, Duration: p.Duration, Count: p.Pulses, Frequency: hz}
		j.cells = append(j.cells, cell{currents: []current{{atSoma, &train}}, watched: []spot{p.at}})
	}
	return j
}

func (p *critical) report(x *Study, found *result, r *study.Report) {
	t := study.NamedTable{Name: p.name(), Table: study.Table{Text: "Responses of the dendrite to trains of spikes of the soma, a row for each frequency.", Columns: study.Columns([][3]string{
		{"frequency_Hz", "Hz", "frequency of the pulses into the soma"},
		{"area_mV_ms", "mV ms", "area of the potential of the dendrite above the level"},
		{"peak_mV", "mV", "highest potential of the dendrite"},
		{"spikes", "", "spikes of the soma"},
	})}}
	p.rows, p.traces, p.found = nil, nil, 0
	var other []string
	most := math.Inf(-1)
	for i, hz := range p.frequencies {
		o := &found.Outcomes[i]
		v := x.trace(o, 1, math.Inf(1))
		q := trainRow{frequency: hz, peak: v.v[v.highest(v.begin, len(v.v)-1)], spikes: len(o.Spikes)}
		q.area, _ = v.area(p.Level)
		p.rows, p.traces = append(p.rows, q), append(p.traces, v)
		t.Add(append(row(hz, q.area, q.peak), fmt.Sprint(q.spikes))...)
		if q.spikes != p.Pulses {
			other = append(other, fmt.Sprintf("%d at %.4g Hz", q.spikes, hz))
		}
		if i == 0 {
			continue
		}
		if jump := q.area - p.rows[i-1].area; jump > most {
			most = jump
			if jump >= p.Jump {
				p.found = i
			}
		}
	}
	r.Tables = append(r.Tables, t)
	if len(other) > 0 {
		warn(r, p, "the soma does not make %s: %s", grammar.Count(float64(p.Pulses), "spike"), list(other))
	}
	if p.found == 0 {
		why := fmt.Sprintf("the area above %g mV never jumps: it grows by at most %.4g mV ms from one frequency to the next", p.Level, most)
		metric(r, "critical_frequency_Hz", math.NaN(), why)
		metric(r, "critical_frequency_margin_Hz", math.NaN(), why)
		metric(r, "critical_jump_mV_ms", math.NaN(), why)
		warn(r, p, "%s", why)
		return
	}
	lo, hi := p.rows[p.found-1], p.rows[p.found]
	middle, margin := (lo.frequency+hi.frequency)/2, (hi.frequency-lo.frequency)/2
	r.Metrics["critical_frequency_Hz"], r.Metrics["critical_frequency_margin_Hz"], r.Metrics["critical_jump_mV_ms"] = middle, margin, most
	say(r, p, "%.4g ± %.3g Hz: the area grows from %.4g to %.4g mV ms", middle, margin, lo.area, hi.area)
}

// list joins the first of some texts.
func list(texts []string) string {
	const most = 4
	out := ""
	for i, t := range texts {
		switch {
		case i == most:
			return out + fmt.Sprintf(" and at %d more", len(texts)-most)
		case i > 0:
			out += ", "
		}
		out += t
	}
	return out
}

func (p *critical) draw(fig *figure.Figure) figure.Meanings {
	area := figure.Panel{X: figure.Axis{Label: "Frequency of the train", Unit: "Hz"}, Y: figure.Axis{Label: fmt.Sprintf("Dendrite, area above %g mV", p.Level), Unit: "mV ms"}}
	s := figure.Series{Mark: figure.Points, Role: figure.Simulation}
	top := 1.0
	for _, q := range p.rows {
		s.Add(q.frequency, q.area)
		top = max(top, q.area)
	}
	line := s
	line.Mark = figure.Line
	area.Series = []figure.Series{line, s}
	area.Y.Max = 1.08 * top
	time := figure.Panel{X: figure.Axis{Label: "Time", Unit: "ms"}, Y: figure.Axis{Label: "Dendrite", Unit: "mV"}, Legend: true}
	below, above := 0, len(p.rows)-1
	if p.found > 0 {
		lo, hi := p.rows[p.found-1].frequency, p.rows[p.found].frequency
		area.Rules = []figure.Rule{{Axis: "x", At: (lo + hi) / 2, Label: fmt.Sprintf("%.4g Hz", (lo+hi)/2)}}
		below, above = p.found-1, p.found
	}
	for i, k := range []int{below, above} {
		time.Series = append(time.Series, drawn(&p.traces[k], 0, math.Inf(1), fmt.Sprintf("%.4g Hz", p.rows[k].frequency), i))
	}
	time.Rules = []figure.Rule{{Axis: "y", At: p.Level, Label: fmt.Sprintf("level, %g mV", p.Level)}}
	fig.Panels = []figure.Panel{area, time}
	study.Arrange(fig, 62)
	m := figure.Meanings{Markers: "one train each, deterministic; lines join them", More: []string{fmt.Sprintf("A train is %s at the soma.", grammar.Count(float64(p.Pulses), "pulse"))}}
	if p.found > 0 {
		m.More = append(m.More, "The critical frequency lies between the two frequencies of b.")
	}
	return m
}
