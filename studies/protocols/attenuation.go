package protocols

import (
	"math"

	"neurosim/figure"
	"neurosim/stimulus"
	"neurosim/study"
)

// attenuation is [protocols.attenuation].
type attenuation struct {
	To        placeKey `toml:"to"`
	Places    int      `toml:"places" doc:"number of places along the path from the soma to to, evenly spaced"`
	Amplitude float64  `toml:"amplitude" unit:"pA" doc:"current of the step"`
	Duration  float64  `toml:"duration" unit:"ms" grid:"dt" doc:"length of the step"`
	Peak      float64  `toml:"peak" unit:"pA" doc:"largest current of the EPSC"`
	TauRise   float64  `toml:"tau_rise" unit:"ms" doc:"time constant of the rise of the EPSC"`
	TauDecay  float64  `toml:"tau_decay" unit:"ms" doc:"time constant of its decay"`

	places []spot
	rows   []transfer
}

// A transfer is what currents at one place do there and at the soma.
type transfer struct {
	distance                             float64 // (µm)
	local, soma                          float64 // steady (mV)
	epspLocal, epspSoma, localAt, somaAt float64 // (mV, ms)
}

func defaultAttenuation() *attenuation {
	return &attenuation{To: defaultPlaceKey(), Places: 8, Amplitude: -50, Duration: 300, Peak: 100, TauRise: 0.5, TauDecay: 5}
}

func (p *attenuation) name() string { return "attenuation" }

func (p *attenuation) text() string {
	return "A small step of current, and in another copy an EPSC (peak (e^(-s/tau_decay) - e^(-s/tau_rise)) over its maximum), at each of `places` along the path from the soma to `to` (a place like those of electrodes; default: the compartment that is farthest from the soma). Steady potentials are means of the last 10 % of the step, less the mean of the last 10 % of `delay`; EPSPs are highest potentials less that. `steady_ratio` and `EPSP_ratio`: at the soma over at the place, the inverse of the attenuation. `input_resistance_MOhm`: steady potential at the place per current; `transfer_resistance_MOhm`: at the soma per current.\n\n" +
		"Metrics: `steady_ratio_to` and `EPSP_ratio_to` are those of the last place, `to`."
}

func (p *attenuation) read(d reader, path string, x *Study) {
	d.current(path+".amplitude", p.Amplitude)
	d.Rule(p.Amplitude != 0, path+".amplitude", "must not be 0")
	d.positive(path+".duration", p.Duration)
	d.current(path+".peak", p.Peak)
	d.Rule(p.Peak > 0, path+".peak", "must be positive")
	d.epsc(path, p.TauRise, p.TauDecay)
	to := d.placeOrFarthest(x, path+".to", &p.To)
	if to == atSoma {
		return // reported
	}
	along := x.path(to.node)
	if !d.Rule(p.Places >= 1 && p.Places <= mostRuns, path+".places", "must be from 1 to %d", mostRuns) ||
		!d.Rule(p.Places <= len(along), path+".places", "must be at most the %d compartments of the path to %s", len(along), to) {
		return
	}
	for i := range p.Places {
		k := len(along) - 1
		if p.Places > 1 {
			k = i * (len(along) - 1) / (p.Places - 1)
		}
		p.places = append(p.places, x.spotOf(along[k]))
	}
}

// epsc holds the time constants of an EPSC to their rules.
func (d reader) epsc(path string, rise, decay float64) {
	d.positive(path+".tau_rise", rise)
	d.positive(path+".tau_decay", decay)
	d.Rule(rise < decay, path+".tau_rise", "must be shorter than tau_decay (%g ms)", decay)
}

func (p *attenuation) job(x *Study) job {
	j := job{duration: x.Delay + p.Duration}
	for _, at := range p.places {
		epsc := stimulus.EPSCParams{Peak: p.Peak, TauRise: p.TauRise, TauDecay: p.TauDecay, Start: x.Delay, Count: 1}
		j.cells = append(j.cells,
			cell{currents: []current{{at, x.step(p.Amplitude, p.Duration)}}, watched: []spot{at}},
			cell{currents: []current{{at, &epsc}}, watched: []spot{at}})
	}
	return j
}

func (p *attenuation) report(x *Study, found *result, r *study.Report) {
	t := study.NamedTable{Name: p.name(), Table: study.Table{Text: "How much of a potential at a place reaches the soma, a row for each place.", Columns: study.Columns([][3]string{
		{"section", "", "name of the section"},
		{"x", "", "place along the section, 0 to 1"},
		{"distance_um", "um", "path from the soma"},
		{"steady_place_mV", "mV", "steady deflection at the place by a step of current there"},
		{"steady_soma_mV", "mV", "steady deflection of the soma"},
		{"steady_ratio", "", "steady_soma_mV over steady_place_mV"},
		{"input_resistance_MOhm", "MOhm", "steady_place_mV over the current"},
		{"transfer_resistance_MOhm", "MOhm", "steady_soma_mV over the current"},
		{"EPSP_place_mV", "mV", "peak at the place of a current like that of a synapse"},
		{"EPSP_soma_mV", "mV", "peak of the soma"},
		{"EPSP_ratio", "", "EPSP_soma_mV over EPSP_place_mV"},
		{"EPSP_place_at_ms", "ms", "time of the peak at the place, from the beginning of the run"},
		{"EPSP_soma_at_ms", "ms", "time of the peak of the soma"},
	})}}
	p.rows = nil
	spikes := 0
	for i, at := range p.places {
		step, epsc := &found.Outcomes[2*i], &found.Outcomes[2*i+1]
		spikes += len(step.Spikes) + len(epsc.Spikes)
		q := transfer{distance: x.Tree.Distance[at.node]}
		for place, of := range map[int][3]*float64{0: {&q.soma, &q.epspSoma, &q.somaAt}, 1: {&q.local, &q.epspLocal, &q.localAt}} {
			a, b := x.trace(step, place, p.Duration), x.trace(epsc, place, p.Duration)
			peak := b.highest(b.begin, b.end)
			*of[0], *of[1], *of[2] = a.steady()-a.base(), b.v[peak]-b.base(), b.ms(peak)
		}
		p.rows = append(p.rows, q)
		t.Add(append([]string{at.Section, study.Measured(at.X)}, row(q.distance, q.local, q.soma, q.soma/q.local, 1000*q.local/p.Amplitude, 1000*q.soma/p.Amplitude,
			q.epspLocal, q.epspSoma, q.epspSoma/q.epspLocal, q.localAt, q.somaAt)...)...)
	}
	r.Tables = append(r.Tables, t)
	if spikes > 0 {
		warn(r, p, "the soma makes %d spikes: with them these numbers are no attenuation", spikes)
	}
	end := p.rows[len(p.rows)-1]
	r.Metrics["steady_ratio_to"], r.Metrics["EPSP_ratio_to"] = end.soma/end.local, end.epspSoma/end.epspLocal
	say(r, p, "from %s %.3g of a steady potential and %.3g of an EPSP reach the soma", p.places[len(p.places)-1], end.soma/end.local, end.epspSoma/end.epspLocal)
}

func (p *attenuation) draw(fig *figure.Figure) figure.Meanings {
	far := figure.Axis{Label: "Distance from the soma", Unit: "µm"}
	of := func(name string, index int, get func(q transfer) float64) []figure.Series {
		s := figure.Series{Name: name, Mark: figure.Points, Role: figure.Simulation, Index: index}
		for _, q := range p.rows {
			s.Add(q.distance, get(q))
		}
		line := s
		line.Mark = figure.Line
		return []figure.Series{line, s}
	}
	ratio := figure.Panel{X: far, Y: figure.Axis{Label: "Soma over place", Max: 1.05}, Legend: true,
		Series: append(of("Steady", 0, func(q transfer) float64 { return q.soma / q.local }), of("EPSP", 1, func(q transfer) float64 { return q.epspSoma / q.epspLocal })...)}
	top := 0.0
	for _, q := range p.rows {
		top = max(top, math.Abs(1000*q.local/p.Amplitude))
	}
	resistance := figure.Panel{X: far, Y: figure.Axis{Label: "Steady resistance", Unit: "MΩ", Max: 1.08 * top}, Legend: true,
		Series: append(of("At the place", 0, func(q transfer) float64 { return 1000 * q.local / p.Amplitude }), of("From place to soma", 1, func(q transfer) float64 { return 1000 * q.soma / p.Amplitude })...)}
	fig.Panels = []figure.Panel{ratio, resistance}
	study.Arrange(fig, 62)
	return figure.Meanings{Markers: "one cell each, deterministic; lines join them"}
}
