package protocols

import (
	"fmt"
	"math"

	"neurosim/figure"
	"neurosim/study"
)

// resistance is [protocols.input_resistance].
type resistance struct {
	currentSteps
	Duration float64 `toml:"duration" unit:"ms" grid:"dt" doc:"length of a step"`

	amplitudes []float64
	steps      []deflection
	traces     []trace
	slope, tau float64
}

// A deflection is what a small step does.
type deflection struct {
	amplitude, base, extreme, atExtreme, steady, sag, tau float64 // (pA, mV, mV, ms, mV, 1, ms)
	spikes                                                int
}

func defaultResistance() *resistance {
	return &resistance{currentSteps: currentSteps{From: -100, To: 50, Steps: 7}, Duration: 500}
}

func (p *resistance) name() string { return "input_resistance" }

func (p *resistance) text() string {
	return "Small steps of current into the soma. Before the step: `base_mV`, the mean of the last 10 % of `delay` (eFEL voltage_base). Steady: `steady_mV`, the mean of the last 10 % of the step (eFEL steady_state_voltage_stimend). Largest deflection: `extreme_mV` (eFEL minimum_voltage of a hyperpolarising step). Sag ratio: (steady - extreme)/(base - extreme) (eFEL sag_ratio1; the Allen SDK's sag). `tau_ms`: time constant of V = a + b e^(-t/tau), fitted by least squares to the onset from 10 % to 90 % of the largest deflection (the Allen SDK fits from 10 % on).\n\n" +
		"Metrics: `input_resistance_MOhm` is the slope of the least-squares line of steady - base against the current, with the cell without a step, (0, 0), among the points; `tau_m_ms` is the mean of the hyperpolarising steps; `sag_ratio` is that of the most negative step; `V_rest_mV` is the mean of base. Steps at which the cell spikes are left out."
}

func (p *resistance) read(d reader, path string, x *Study) {
	p.amplitudes = p.resolve(d, path)
	d.positive(path+".duration", p.Duration)
}

func (p *resistance) job(x *Study) job {
	j := job{duration: x.Delay + p.Duration}
	for _, pA := range p.amplitudes {
		j.cells = append(j.cells, cell{currents: []current{{atSoma, x.step(pA, p.Duration)}}})
	}
	return j
}

func (p *resistance) report(x *Study, found *result, r *study.Report) {
	t := study.NamedTable{Name: p.name(), Table: study.Table{Text: "Responses of the soma to steps of current, a row for each.", Columns: study.Columns([][3]string{
		{"amplitude_pA", "pA", "current of the step"},
		{"base_mV", "mV", "potential before the step"},
		{"extreme_mV", "mV", "potential farthest from base_mV during the step"},
		{"extreme_at_ms", "ms", "its time, from the beginning of the run"},
		{"steady_mV", "mV", "potential at the end of the step"},
		{"deflection_mV", "mV", "steady_mV - base_mV"},
		{"sag_ratio", "", "part of the largest deflection that is gone at the end of the step"},
		{"tau_ms", "ms", "time constant of an exponential fitted to the onset"},
		{"spikes", "", "spikes during the step"},
	})}}
	p.steps, p.traces = nil, nil
	currents, deflections := []float64{0}, []float64{0}
	var taus, bases []float64
	sag := math.NaN()
	for i := range found.Outcomes {
		o := &found.Outcomes[i]
		v := x.trace(o, 0, p.Duration)
		s := p.deflection(&v, p.amplitudes[i])
		s.spikes = len(o.Spikes)
		p.steps, p.traces = append(p.steps, s), append(p.traces, v)
		t.Add(append(row(s.amplitude, s.base, s.extreme, s.atExtreme, s.steady, s.steady-s.base, s.sag, s.tau), fmt.Sprint(s.spikes))...)
		if s.spikes > 0 {
			warn(r, p, "the cell spikes at %g pA: the step is left out", s.amplitude)
			continue
		}
		bases = append(bases, s.base)
		if s.amplitude != 0 {
			currents, deflections = append(currents, s.amplitude), append(deflections, s.steady-s.base)
		}
		if s.amplitude < 0 {
			if !math.IsNaN(s.tau) {
				taus = append(taus, s.tau)
			}
			if math.IsNaN(sag) { // amplitudes ascend
				sag = s.sag
			}
		}
	}
	slope, _ := line(currents, deflections)
	p.slope, p.tau = 1000*slope, average(taus) // mV/pA = 1000 MΩ
	r.Tables = append(r.Tables, t)
	const none = "there is no hyperpolarising step without spikes that an exponential fits"
	metric(r, "V_rest_mV", average(bases), "the cell spikes at every step")
	metric(r, "input_resistance_MOhm", p.slope, "there is no step without spikes")
	metric(r, "tau_m_ms", p.tau, none)
	metric(r, "sag_ratio", sag, none)
	say(r, p, "%.4g MΩ, tau_m %.4g ms, sag ratio %.3g", p.slope, p.tau, sag)
}

// deflection takes the features of a step from the potential of the soma.
func (p *resistance) deflection(v *trace, pA float64) deflection {
	k := v.farthest(v.base(), pA < 0)
	s := deflection{amplitude: pA, base: v.base(), extreme: v.v[k], atExtreme: v.ms(k), steady: v.steady()}
	s.sag, s.tau = (s.steady-s.extreme)/(s.base-s.extreme), v.onset(s.base, k)
	if pA == 0 {
		s.sag, s.tau = math.NaN(), math.NaN()
	}
	return s
}

func (p *resistance) draw(fig *figure.Figure) figure.Meanings {
	time := figure.Panel{X: figure.Axis{Label: "Time", Unit: "ms"}, Y: figure.Axis{Label: "Soma", Unit: "mV"}}
	curve := figure.Panel{X: figure.Axis{Label: "Current", Unit: "pA"}, Y: figure.Axis{Label: "Deflection", Unit: "mV"}, Legend: true}
	steady := figure.Series{Name: "Steady", Mark: figure.Points, Role: figure.Simulation}
	extreme := figure.Series{Name: "Largest", Mark: figure.Rings, Role: figure.Background}
	fit := figure.Series{Name: "Steady, line", Mark: figure.Line, Role: figure.Theory}
	for i, s := range p.steps {
		if s.spikes > 0 {
			continue
		}
		time.Series = append(time.Series, drawn(&p.traces[i], 0, math.Inf(1), "", 0))
		steady.Add(s.amplitude, s.steady-s.base)
		extreme.Add(s.amplitude, s.extreme-s.base)
		fit.Add(s.amplitude, float64(p.slope*s.amplitude)/1000)
	}
	if !math.IsNaN(p.slope) && len(fit.X) == 1 {
		fit.Add(0, 0)
	}
	curve.Series = []figure.Series{extreme, fit, steady}
	fig.Panels = []figure.Panel{time, curve}
	study.Arrange(fig, 62)
	return figure.Meanings{Markers: "mean of the last 10 % of the step, less the potential before it", Rings: "largest deflection",
		More: []string{fmt.Sprintf("The slope of the line through the steady deflections is the input resistance, %.4g MΩ.", p.slope)}}
}

// drawn returns a trace from one time to another as a line, of a sample every 0.1 ms or
// longer, and at most some thousands of them.
func drawn(t *trace, from, to float64, name string, index int) figure.Series {
	s := figure.Series{Name: name, Mark: figure.Line, Role: figure.Simulation, Index: index}
	lo, hi := max(0, int(math.Ceil(from/t.dt-1e-9))), len(t.v)-1
	if to < t.ms(hi) {
		hi = int(math.Floor(to/t.dt + 1e-9))
	}
	every := max(1, int(math.Round(0.1/t.dt)), (hi-lo)/8000)
	if hi-lo < 500 {
		every = 1
	}
	for k := lo; k <= hi; k += every {
		s.Add(t.ms(k), t.v[k])
	}
	return s
}
