package protocols

import (
	"math"

	"neurosim/internal/fpmath"
)

// A trace is a potential after every step, with the samples at which a stimulus begins and
// ends: begin is the last sample without an effect of it.
type trace struct {
	v          []float64 // (mV)
	dt         float64   // (ms)
	begin, end int
}

// trace returns the potential of a place of an outcome: 0 is the soma.
func (x *Study) trace(o *outcome, place int, duration float64) trace {
	t := trace{v: o.V[place], dt: x.Run.Dt, begin: x.steps(x.Delay), end: x.steps(x.Delay + duration)}
	t.end = min(t.end, len(t.v)-1)
	return t
}

// ms returns the time of a sample.
func (t *trace) ms(k int) float64 { return float64(float64(k) * t.dt) }

// mean returns the mean of samples from, from+1 ... to.
func (t *trace) mean(from, to int) float64 {
	sum := 0.0
	for _, v := range t.v[from : to+1] {
		sum += v
	}
	return sum / float64(to+1-from)
}

// base returns the potential before the stimulus: the mean of the last tenth of the time
// before it, as eFEL's voltage_base.
func (t *trace) base() float64 { return t.mean(t.begin-t.begin/10, t.begin) }

// steady returns the mean of the last tenth of the stimulus, as eFEL's
// steady_state_voltage_stimend.
func (t *trace) steady() float64 { return t.mean(t.end-max(0, (t.end-t.begin)/10-1), t.end) }

// farthest returns the sample of the stimulus that is farthest from a potential on the side
// of a sign.
func (t *trace) farthest(from float64, negative bool) int {
	best := t.begin
	for k := t.begin; k <= t.end; k++ {
		if v := t.v[k] - t.v[best]; v > 0 && !negative || v < 0 && negative {
			best = k
		}
	}
	return best
}

// highest returns the sample of the highest potential from one sample to another.
func (t *trace) highest(from, to int) int {
	best := from
	for k := from; k <= to; k++ {
		if t.v[k] > t.v[best] {
			best = k
		}
	}
	return best
}

// lowest returns the sample of the lowest potential from one sample to another.
func (t *trace) lowest(from, to int) int {
	best := from
	for k := from; k <= to; k++ {
		if t.v[k] < t.v[best] {
			best = k
		}
	}
	return best
}

// area returns the area of the potential above a level (mV ms), and the time above it (ms).
func (t *trace) area(level float64) (area, above float64) {
	n := 0
	for _, v := range t.v {
		if v > level {
			area += v - level
			n++
		}
	}
	return float64(area * t.dt), t.ms(n)
}

// onset fits V = a + b e^(-t/tau) to the onset of a deflection: to the samples from where it
// first is 10 % of its largest value until it first is 90 %. It returns NaN where these are
// fewer than 4 samples, or no exponential fits them better than a straight line.
func (t *trace) onset(base float64, extreme int) (tau float64) {
	full := t.v[extreme] - base
	reached := func(part float64) int {
		k := t.begin
		for k < extreme && (t.v[k]-base)/full < part {
			k++
		}
		return k
	}
	from, to := reached(0.1), reached(0.9)
	if full == 0 || to-from < 3 {
		return math.NaN()
	}
	v := t.v[from : to+1]
	window := t.ms(to - from)
	lo, hi := fpmath.LogAll(window/100), fpmath.LogAll(window*100)
	least := minimise(lo, hi, func(x float64) float64 { return misfit(v, t.dt/fpmath.ExpAll(x)) })
	if least-lo < 0.01 || hi-least < 0.01 {
		return math.NaN()
	}
	return fpmath.ExpAll(least)
}

// misfit returns the sum of squares that the best a + b e^(-rate k) leaves of v.
func misfit(v []float64, rate float64) float64 {
	n, decay := float64(len(v)), fpmath.ExpAll(-rate)
	var sx, sy, sxx, sxy, syy float64
	x := 1.0
	for _, value := range v {
		y := value - v[0] // small numbers keep their digits
		sx, sy = sx+x, sy+y
		sxx, sxy, syy = sxx+float64(x*x), sxy+float64(x*y), syy+float64(y*y)
		x *= decay
	}
	vx, vxy, vy := sxx-float64(sx*sx)/n, sxy-float64(sx*sy)/n, syy-float64(sy*sy)/n
	return vy - float64(vxy*vxy)/vx
}

// minimise returns where between lo and hi a function with one minimum has it, by the golden
// section.
func minimise(lo, hi float64, f func(float64) float64) float64 {
	const golden = 0.6180339887498949
	a, b := hi-float64(golden*(hi-lo)), lo+float64(golden*(hi-lo))
	fa, fb := f(a), f(b)
	for hi-lo > 1e-9 {
		if fa < fb {
			hi, b, fb = b, a, fa
			a = hi - float64(golden*(hi-lo))
			fa = f(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + float64(golden*(hi-lo))
			fb = f(b)
		}
	}
	return (lo + hi) / 2
}

// line returns the slope and the intercept of the least-squares line; NaN for fewer than two
// places.
func line(x, y []float64) (slope, intercept float64) {
	n := float64(len(x))
	var mx, my, sxx, sxy float64
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	for i := range x {
		sxx, sxy = sxx+float64((x[i]-mx)*(x[i]-mx)), sxy+float64((x[i]-mx)*(y[i]-my))
	}
	slope = sxy / sxx
	return slope, my - float64(slope*mx)
}

// during returns the spikes from one time until another (ms).
func during(spikes []float64, from, to float64) (list []float64) {
	for _, t := range spikes {
		if t >= from && t <= to {
			list = append(list, t)
		}
	}
	return list
}

// intervals returns the times between spikes.
func intervals(spikes []float64) (list []float64) {
	for i := 1; i < len(spikes); i++ {
		list = append(list, spikes[i]-spikes[i-1])
	}
	return list
}

// average returns the mean; NaN of none.
func average(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(len(list))
}

// adaptation returns the mean of (I' - I)/(I' + I) over neighbouring intervals I, I'; NaN for
// fewer than two. Of all intervals it is the Allen SDK's adaptation, without the first one
// eFEL's adaptation_index2.
func adaptation(isi []float64) float64 {
	var parts []float64
	for i := 1; i < len(isi); i++ {
		parts = append(parts, (isi[i]-isi[i-1])/(isi[i]+isi[i-1]))
	}
	return average(parts)
}
