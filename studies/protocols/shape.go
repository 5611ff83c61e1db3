package protocols

import (
	"fmt"
	"math"

	"neurosim/figure"
	"neurosim/study"
)

// shape is [protocols.spike_shape].
type shape struct {
	Amplitude  float64 `toml:"amplitude" unit:"pA" doc:"current of the step"`
	Duration   float64 `toml:"duration" unit:"ms" grid:"dt" doc:"length of the step"`
	Derivative float64 `toml:"derivative" unit:"mV/ms" doc:"dV/dt at which a spike begins: 10 mV/ms as eFEL; the Allen SDK detects spikes at 20"`

	v      trace
	level  float64
	spikes []spike
}

// A spike is the shape of one. A time is that of the run, a NaN what could not be taken.
type spike struct {
	crossing                                   float64 // of the level of spikes (ms)
	beginAt, begin                             float64 // (ms, mV)
	peakAt, peak                               float64
	width, riseAt                              float64 // at half amplitude, and where it begins (ms)
	upstroke, downstroke                       float64 // (mV/ms)
	fastTroughAt, fastTrough, minAHPAt, minAHP float64
	ahpDepth                                   float64 // (mV)
}

func defaultShape() *shape { return &shape{Amplitude: 800, Duration: 200, Derivative: 10} }

func (p *shape) name() string { return "spike_shape" }

func (p *shape) text() string {
	return "The shape of every spike during a step of current into the soma. dV/dt is (V(t + dt) - V(t - dt))/2dt. `threshold_mV`, at `threshold_at_ms`: V where dV/dt, on the way up to its largest value, rises for the last time through `derivative` (eFEL AP_begin_voltage, linear between steps). `peak_mV` (eFEL peak_voltage). `amplitude_mV`: peak - threshold (eFEL AP_amplitude). `width_ms`: at half of that amplitude (eFEL AP_duration_half_width, linear between steps). `upstroke_mV_per_ms`, `downstroke_mV_per_ms`: largest and smallest dV/dt (eFEL AP_peak_upstroke, AP_peak_downstroke; the Allen SDK's upstroke, downstroke). `fast_trough_mV`: lowest V within 5 ms after the peak (the Allen SDK's fast_trough_v). `min_AHP_mV`: lowest V between the peak and the next spike, or the end of the step (eFEL min_between_peaks_values); `AHP_depth_mV`: that less the mean of the last 10 % of `delay` (eFEL AHP_depth, which takes the first minimum).\n\n" +
		"Metrics are those of the first spike: `AP_threshold_mV`, `AP_peak_mV`, `AP_amplitude_mV`, `AP_width_ms`, `AP_upstroke_mV_per_ms`, `AP_downstroke_mV_per_ms`, `AP_fast_trough_mV`, `AHP_depth_mV`."
}

func (p *shape) read(d reader, path string, x *Study) {
	d.current(path+".amplitude", p.Amplitude)
	d.positive(path+".duration", p.Duration)
	d.Rule(p.Derivative > 0 && p.Derivative <= 1e4, path+".derivative", "must be above 0 and at most 1e4 mV/ms")
	d.spikes(x, p, true)
}

func (p *shape) job(x *Study) job {
	return job{duration: x.Delay + p.Duration, cells: []cell{{currents: []current{{atSoma, x.step(p.Amplitude, p.Duration)}}}}}
}

func (p *shape) report(x *Study, found *result, r *study.Report) {
	o := &found.Outcomes[0]
	p.v, p.level = x.trace(o, 0, p.Duration), *x.Cell.Trees.Level
	in := during(o.Spikes, x.Delay, x.Delay+p.Duration)
	p.spikes = shapes(&p.v, in, p.Derivative)
	t := study.NamedTable{Name: p.name(), Table: study.Table{Text: "Shapes of the spikes during the step, a row for each.", Columns: study.Columns([][3]string{
		{"spike", "", "spike of the step, from 0"},
		{"threshold_at_ms", "ms", "time of the threshold, from the beginning of the run"},
		{"threshold_mV", "mV", "potential at which dV/dt rises through the key derivative"},
		{"peak_at_ms", "ms", "time of the peak, from the beginning of the run"},
		{"peak_mV", "mV", "highest potential"},
		{"amplitude_mV", "mV", "peak - threshold"},
		{"width_ms", "ms", "width at half of the amplitude"},
		{"upstroke_mV_per_ms", "mV/ms", "largest dV/dt"},
		{"downstroke_mV_per_ms", "mV/ms", "smallest dV/dt"},
		{"fast_trough_mV", "mV", "lowest potential within 5 ms after the peak"},
		{"min_AHP_mV", "mV", "lowest potential between the peak and the next spike or the end of the step"},
		{"AHP_depth_mV", "mV", "min_AHP_mV less the potential before the step"},
	})}}
	for i, s := range p.spikes {
		t.Add(append([]string{fmt.Sprint(i)}, row(s.beginAt, s.begin, s.peakAt, s.peak, s.peak-s.begin, s.width, s.upstroke, s.downstroke, s.fastTrough, s.minAHP, s.ahpDepth)...)...)
		if math.IsNaN(s.begin) {
			warn(r, p, "spike %d has no threshold: dV/dt is not below %g mV/ms before it", i, p.Derivative)
		}
	}
	r.Tables = append(r.Tables, t)
	nan := math.NaN()
	s := spike{begin: nan, peak: nan, width: nan, upstroke: nan, downstroke: nan, fastTrough: nan, ahpDepth: nan}
	why := fmt.Sprintf("there is no spike at %g pA", p.Amplitude)
	if len(p.spikes) == 0 {
		warn(r, p, "%s", why)
	} else {
		s, why = p.spikes[0], "the first spike has no such feature: dV/dt is above its threshold from the beginning of the step, or the step ends before"
		say(r, p, "%d spikes; the first from %.4g mV to %.4g mV, %.3g ms wide", len(p.spikes), s.begin, s.peak, s.width)
	}
	for _, m := range []struct {
		name  string
		value float64
	}{
		{"AP_threshold_mV", s.begin}, {"AP_peak_mV", s.peak}, {"AP_amplitude_mV", s.peak - s.begin}, {"AP_width_ms", s.width}, {"AP_upstroke_mV_per_ms", s.upstroke},
		{"AP_downstroke_mV_per_ms", s.downstroke}, {"AP_fast_trough_mV", s.fastTrough}, {"AHP_depth_mV", s.ahpDepth},
	} {
		metric(r, m.name, m.value, why)
	}
}

// slope returns dV/dt at a sample (mV/ms).
func (t *trace) slope(k int) float64 { return (t.v[k+1] - t.v[k-1]) / float64(2*t.dt) }

// crossed returns the time and the potential at which between samples k and k+1 a quantity
// that is a at k and b at k+1 comes to a value.
func (t *trace) crossed(k int, a, b, value float64) (ms, v float64) {
	part := (value - a) / (b - a)
	return float64((float64(k) + part) * t.dt), t.v[k] + float64(part*(t.v[k+1]-t.v[k]))
}

// fastTrough is how long after a peak its fast trough may be (ms).
const fastTrough = 5

// shapes takes the features of spikes, whose crossings of the level are given (ms).
func shapes(t *trace, spikes []float64, derivative float64) (list []spike) {
	base := t.base()
	after := max(1, t.begin) // the previous spike's trough, from where this one may begin
	for i, ms := range spikes {
		nan := math.NaN()
		s := spike{crossing: ms, beginAt: nan, begin: nan, width: nan, riseAt: nan, upstroke: nan, downstroke: nan, minAHP: nan, minAHPAt: nan, ahpDepth: nan, fastTrough: nan, fastTroughAt: nan}
		next := t.end
		if i+1 < len(spikes) {
			next = int(spikes[i+1] / t.dt)
		}
		at := int(ms / t.dt)
		valley := t.lowest(at+1, next)
		peak := t.highest(at, valley)
		s.peakAt, s.peak = t.ms(peak), t.v[peak]
		up := after
		for k := after; k <= min(peak, len(t.v)-2); k++ {
			if t.slope(k) > t.slope(up) {
				up = k
			}
		}
		s.upstroke = t.slope(up)
		for k := up - 1; k >= after; k-- {
			if a := t.slope(k); a < derivative {
				s.beginAt, s.begin = t.crossed(k, a, t.slope(k+1), derivative)
				break
			}
		}
		for k := peak + 1; k <= min(valley, len(t.v)-2); k++ {
			if a := t.slope(k); !(a >= s.downstroke) {
				s.downstroke = a
			}
		}
		s.halfWidth(t, peak, valley)
		if valley > peak && valley < t.end { // else the step ends while the potential falls
			s.minAHPAt, s.minAHP, s.ahpDepth = t.ms(valley), t.v[valley], t.v[valley]-base
		}
		if fast := t.lowest(peak, min(next, peak+int(math.Round(fastTrough/t.dt)))); fast > peak {
			s.fastTroughAt, s.fastTrough = t.ms(fast), t.v[fast]
		}
		list, after = append(list, s), max(1, valley)
	}
	return list
}

// halfWidth takes the width at half of the amplitude.
func (s *spike) halfWidth(t *trace, peak, valley int) {
	half := float64((s.begin + s.peak) / 2)
	rise, fall := peak, peak
	for rise > 0 && t.v[rise-1] >= half {
		rise--
	}
	for fall < valley && t.v[fall+1] >= half {
		fall++
	}
	if math.IsNaN(half) || rise == 0 || fall == valley {
		return
	}
	from, _ := t.crossed(rise-1, t.v[rise-1], t.v[rise], half)
	to, _ := t.crossed(fall, t.v[fall], t.v[fall+1], half)
	s.riseAt, s.width = from, to-from
}

func (p *shape) draw(fig *figure.Figure) figure.Meanings {
	time := figure.Panel{X: figure.Axis{Label: "Time", Unit: "ms"}, Y: figure.Axis{Label: "Soma", Unit: "mV"}, Legend: true}
	phase := figure.Panel{X: figure.Axis{Label: "Soma", Unit: "mV"}, Y: figure.Axis{Label: "dV/dt", Unit: "mV/ms"}}
	fig.Panels = []figure.Panel{time, phase}
	m := figure.Meanings{}
	if len(p.spikes) == 0 {
		fig.Panels[0].Series = []figure.Series{drawn(&p.v, 0, math.Inf(1), "no spike", 0)}
		fig.Panels = fig.Panels[:1]
		study.Arrange(fig, 62)
		return m
	}
	s := p.spikes[0]
	from, to := s.peakAt-3, s.peakAt+float64(fastTrough)+1
	if math.IsNaN(from) || from < 0 {
		from = 0
	}
	v := drawn(&p.v, from, to, "", 0)
	marks := figure.Series{Name: "Threshold, peak, fast trough", Mark: figure.Points, Role: figure.Theory}
	for _, at := range [][2]float64{{s.beginAt, s.begin}, {s.peakAt, s.peak}, {s.fastTroughAt, s.fastTrough}} {
		if !math.IsNaN(at[0]) {
			marks.Add(at[0], at[1])
		}
	}
	fig.Panels[0].Series = []figure.Series{v}
	if !math.IsNaN(s.width) {
		half := float64((s.begin + s.peak) / 2)
		fig.Panels[0].Series = append(fig.Panels[0].Series, figure.Series{Name: "Width at half amplitude", Mark: figure.Dashed, Role: figure.Theory, X: []float64{s.riseAt, s.riseAt + s.width}, Y: []float64{half, half}})
	}
	fig.Panels[0].Series = append(fig.Panels[0].Series, marks)
	loop := figure.Series{Mark: figure.Line, Role: figure.Simulation}
	for k := max(1, int(from/p.v.dt)); k <= min(len(p.v.v)-2, int(to/p.v.dt)); k++ {
		loop.Add(p.v.v[k], p.v.slope(k))
	}
	fig.Panels[1].Series = []figure.Series{loop}
	if !math.IsNaN(s.begin) {
		fig.Panels[1].Series = append(fig.Panels[1].Series, figure.Series{Mark: figure.Points, Role: figure.Theory, X: []float64{s.begin}, Y: []float64{p.Derivative}})
	}
	study.Arrange(fig, 66)
	m.More = []string{fmt.Sprintf("The first of %d spikes at %g pA. The threshold is where dV/dt rises through %g mV/ms.", len(p.spikes), p.Amplitude, p.Derivative)}
	return m
}
