package protocols

import (
	"fmt"
	"math"
	"slices"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/fpmath"
	"neurosim/study"
)

// backPropagation is [protocols.back_propagation].
type backPropagation struct {
	Amplitude float64  `toml:"amplitude" unit:"pA" doc:"current of the pulse into the soma"`
	Duration  float64  `toml:"duration" unit:"ms" grid:"dt" doc:"length of the pulse"`
	Window    float64  `toml:"window" unit:"ms" grid:"dt" doc:"time that is recorded from the beginning of the pulse on"`
	To        placeKey `toml:"to"`

	to      spot
	watched []spot
	along   []int // compartments from the soma to to

	regions []string
	reached map[string]*figure.Series // by region
	onPath  figure.Series
	traces  []trace
	length  float64
	soma    float64 // amplitude there (mV)
}

func defaultBackPropagation() *backPropagation {
	return &backPropagation{Amplitude: 1500, Duration: 5, Window: 60, To: defaultPlaceKey()}
}

func (p *backPropagation) name() string { return "back_propagation" }

func (p *backPropagation) text() string {
	return "A short pulse into the soma that makes one spike, and how far the spike gets into the dendrites. The table has every compartment: `distance_um`, the path from the soma; `begin_mV`, its potential when the pulse begins; `peak_mV` at `peak_at_ms`, its highest potential from then on; `amplitude_mV`, peak - begin; `ratio`, that over the soma's (Stuart & Sakmann 1994); `delay_ms`, from the soma's peak; `on_path`, whether it is on the path to `to`, a place like those of electrodes (default: the compartment that is farthest from the soma).\n\n" +
		"Metrics: `bAP_soma_mV` and `bAP_to_mV` are the peaks at the soma and at `to`, `bAP_ratio` the ratio of the amplitudes there, `bAP_length_um` the distance at which the amplitude along the path first is 1/e of the soma's, linear between compartments; `bAP_spikes` the number of somatic spikes, which should be 1."
}

func (p *backPropagation) read(d reader, path string, x *Study) {
	d.current(path+".amplitude", p.Amplitude)
	d.positive(path+".duration", p.Duration)
	d.positive(path+".window", p.Window)
	d.Rule(p.Window >= p.Duration, path+".window", "must not be shorter than duration (%g ms)", p.Duration)
	d.spikes(x, p, true)
	p.to = d.placeOrFarthest(x, path+".to", &p.To)
	p.along = x.path(p.to.node)
	for i := 1; i <= 4 && len(p.along) > 1; i++ { // evenly along the path
		if s := x.spotOf(p.along[i*(len(p.along)-1)/4]); !slices.Contains(p.watched, s) && s.node != 0 {
			p.watched = append(p.watched, s)
		}
	}
}

// placeOrFarthest resolves a place whose default is the compartment farthest from the soma.
func (d reader) placeOrFarthest(x *Study, path string, p *placeKey) spot {
	for _, key := range []string{"section", "x", "region", "distance", "origin", "pick"} {
		if d.Present(path + "." + key) {
			return d.place(x, path, p)
		}
	}
	at := x.farthest()
	p.Section, p.X = at.Section, at.X
	d.Without(path, []string{"distance", "origin", "pick"}, "without region")
	d.Note("%s is %s, %.4g um from the soma", path, at, x.Tree.Distance[at.node])
	return at
}

func (p *backPropagation) job(x *Study) job {
	return job{duration: x.Delay + p.Window, everywhere: true, cells: []cell{{currents: []current{{atSoma, x.step(p.Amplitude, p.Duration)}}, watched: p.watched}}}
}

func (p *backPropagation) report(x *Study, found *result, r *study.Report) {
	o := &found.Outcomes[0]
	t := study.NamedTable{Name: p.name(), Table: study.Table{Text: "How far a spike of the soma comes into the tree, a row for each compartment.", Columns: study.Columns([][3]string{
		{"section", "", "name of the section"},
		{"compartment", "", "compartment of the section, from 0"},
		{"region", "", "region of the section"},
		{"distance_um", "um", "path from the soma"},
		{"begin_mV", "mV", "potential before the spike"},
		{"peak_mV", "mV", "highest potential"},
		{"amplitude_mV", "mV", "peak_mV - begin_mV"},
		{"ratio", "", "amplitude over that of the soma"},
		{"peak_at_ms", "ms", "time of the peak, from the beginning of the run"},
		{"delay_ms", "ms", "peak_at_ms less that of the soma"},
		{"on_path", "", "true: the compartment lies on the path that is drawn"},
	})}}
	amplitude := func(node int) float64 { return o.Highest[node] - o.Begin[node] }
	p.soma, p.regions, p.reached, p.traces = amplitude(0), nil, map[string]*figure.Series{}, nil
	for node := range o.Highest {
		k := int(x.Tree.Index[node])
		if k < 0 {
			continue // no membrane
		}
		s := x.Tree.Sections[x.Tree.Section[node]]
		distance := x.Tree.Distance[node]
		t.Add(slices.Concat([]string{s.Name, fmt.Sprint(k), s.Region},
			row(distance, o.Begin[node], o.Highest[node], amplitude(node), amplitude(node)/p.soma, o.At[node], o.At[node]-o.At[0]), []string{fmt.Sprint(slices.Contains(p.along, node))})...)
		region := s.Region
		if region == "" {
			region = "no region"
		}
		if p.reached[region] == nil {
			p.regions = append(p.regions, region)
			p.reached[region] = &figure.Series{Name: region, Mark: figure.Points, Role: figure.Simulation, Index: len(p.regions) - 1}
		}
		p.reached[region].Add(distance, amplitude(node))
	}
	r.Tables = append(r.Tables, t)
	p.onPath = figure.Series{Name: "Path to " + p.to.String(), Mark: figure.Line, Role: figure.Background}
	for _, node := range p.along {
		p.onPath.Add(x.Tree.Distance[node], amplitude(node))
	}
	p.length = attenuationLength(p.onPath.X, p.onPath.Y)
	for w := range o.V {
		p.traces = append(p.traces, x.trace(o, w, p.Duration))
	}
	end := p.to.node
	r.Metrics["bAP_soma_mV"], r.Metrics["bAP_to_mV"], r.Metrics["bAP_spikes"] = o.Highest[0], o.Highest[end], len(o.Spikes)
	r.Metrics["bAP_ratio"] = amplitude(end) / p.soma
	metric(r, "bAP_length_um", p.length, fmt.Sprintf("the amplitude does not fall to 1/e of the soma's on the path to %s", p.to))
	say(r, p, "%.4g mV at the soma, %.4g mV at %s; 1/e at %.4g µm", p.soma, amplitude(end), p.to, p.length)
	if len(o.Spikes) != 1 {
		warn(r, p, "the pulse makes %s, not 1", grammar.Count(float64(len(o.Spikes)), "spike"))
	}
}

// attenuationLength returns the distance at which what was at the first place first falls to
// 1/e of that, linear between places; NaN if it does not.
func attenuationLength(distance, amplitude []float64) float64 {
	level := float64(amplitude[0] * fpmath.Exp(-1))
	for i := 1; i < len(distance); i++ {
		if amplitude[i] <= level {
			part := (amplitude[i-1] - level) / (amplitude[i-1] - amplitude[i])
			return distance[i-1] + float64(part*(distance[i]-distance[i-1]))
		}
	}
	return math.NaN()
}

func (p *backPropagation) draw(fig *figure.Figure) figure.Meanings {
	far := figure.Panel{X: figure.Axis{Label: "Distance from the soma", Unit: "µm"}, Y: figure.Axis{Label: "Amplitude of the spike", Unit: "mV"}, Legend: true}
	top := p.soma
	far.Series = append(far.Series, p.onPath)
	for _, region := range p.regions {
		far.Series = append(far.Series, *p.reached[region])
		top = max(top, slices.Max(p.reached[region].Y))
	}
	far.Y.Max = 1.08 * top
	far.Rules = []figure.Rule{{Axis: "y", At: p.soma * fpmath.Exp(-1), Label: "1/e of the soma's"}}
	time := figure.Panel{X: figure.Axis{Label: "Time", Unit: "ms"}, Y: figure.Axis{Label: "Potential", Unit: "mV"}, Legend: true}
	for i := range p.traces {
		name := "soma"
		if i > 0 {
			name = p.watched[i-1].String()
		}
		time.Series = append(time.Series, drawn(&p.traces[i], 0, math.Inf(1), name, i))
	}
	fig.Panels = []figure.Panel{far, time}
	study.Arrange(fig, 66)
	return figure.Meanings{Markers: "one compartment each: its highest potential less that when the pulse begins"}
}
