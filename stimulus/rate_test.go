package stimulus

import (
	"math"
	"testing"
)

// perStep emits a Poisson input and returns the spikes of all cells in each step.
func perStep(p PoissonParams, n int, dt float64, steps int64) []float64 {
	out := make([]float64, steps)
	for k, cells := range emitAll(NewPoisson(3, "bg", n, p, dt, steps).Emit, steps) {
		out[k] = float64(len(cells))
	}
	return out
}

// A rate that varies: every stretch of steps holds as many spikes as the integral of the
// rate over it says, within 5 standard errors, which of a Poisson number are its root.
// The integrals are written out here. Means of 0.1, 0.5 and 2 spikes in a step: no rate
// is lowered by the length of a step.
func TestVaryingRates(t *testing.T) {
	const n, dt, steps = 400, 0.5, 2000 // 1 s
	inf := math.Inf(1)
	for _, peak := range []float64{200, 1000, 4000} {
		sine := Modulation{Frequency: 7, Depth: 0.6, Phase: 0.8}
		line := func(a, b, x, y float64) float64 { return (a + b) / 2 * (y - x) } // mean rate times length
		for name, c := range map[string]struct {
			p    PoissonParams
			mean func(from, to float64) float64 // of a cell, times in ms
		}{
			"sine": {PoissonParams{Rate: peak / 1.6, Stop: inf, Modulation: &sine}, func(from, to float64) float64 {
				w := 2 * math.Pi * sine.Frequency / 1000
				return peak / 1.6 / 1000 * ((to - from) - sine.Depth/w*(math.Cos(w*to+sine.Phase)-math.Cos(w*from+sine.Phase)))
			}},
			// the second rate begins within a step
			"steps": {PoissonParams{Stop: inf, Course: &RateCourse{Times: []float64{100, 300.2, 700}, Rates: []float64{peak / 4, peak, 0}, Interpolation: StepRate}}, func(from, to float64) float64 {
				part := func(a, b float64) float64 { return max(0, min(b, to)-max(a, from)) / 1000 }
				return peak/4*part(0, 300.2) + peak*part(300.2, 700)
			}},
			"line": {PoissonParams{Stop: inf, Course: &RateCourse{Times: []float64{200, 600}, Rates: []float64{0, peak}, Interpolation: LinearRate}}, func(from, to float64) float64 {
				at := func(x float64) float64 { return peak * (x - 200) / 400 }
				a, b := max(200, min(from, 600)), max(200, min(to, 600))
				return line(at(a), at(b), a, b)/1000 + peak*(max(to, 600)-max(from, 600))/1000
			}},
			"part": {PoissonParams{Rate: peak, Start: 250, Stop: 400}, func(from, to float64) float64 {
				return peak * max(0, min(to, 400)-max(from, 250)) / 1000
			}},
		} {
			const window = 20 // steps
			got, all, total, expected := perStep(c.p, n, dt, steps), 0, 0.0, 0.0
			for k := 0; k < steps; k += window {
				sum := 0.0
				for _, x := range got[k : k+window] {
					sum += x
				}
				want := n * c.mean(float64(k)*dt, float64(k+window)*dt)
				if math.Abs(sum-want) > 5*math.Sqrt(want)+1e-6*want {
					t.Errorf("%s, at most %g Hz, %g ms: %g spikes, want %.1f", name, peak, float64(k)*dt, sum, want)
				}
				if want > 0 {
					all++
				}
				total, expected = total+sum, expected+want
			}
			if math.Abs(total-expected) > 5*math.Sqrt(expected) || all < 10 {
				t.Errorf("%s, at most %g Hz: %g spikes, want %.1f; %d windows", name, peak, total, expected, all)
			}
		}
	}
}

// The spikes of a sine are locked to it: the mean of e^(-i2πft) over the spikes of whole
// periods is -i depth/2 e^(i phase), within 5/√(2·spikes) in each part. A modulation
// of depth 0 has none.
func TestSineIsPhaseLocked(t *testing.T) {
	const n, dt, f, steps = 300, 0.1, 8.0, 10_000 // 8 periods
	for _, m := range []Modulation{{f, 1, 0}, {f, 0.5, -2.2}, {f, 0, 0}} {
		re, im, count := 0.0, 0.0, 0.0
		for k, x := range perStep(PoissonParams{Rate: 60, Stop: math.Inf(1), Modulation: &m}, n, dt, steps) {
			at := 2 * math.Pi * f * (float64(k) + 0.5) * dt / 1000
			re, im, count = re+x*math.Cos(at), im-x*math.Sin(at), count+x
		}
		re, im = re/count, im/count
		se := 1 / math.Sqrt(2*count)
		if a, b := re-m.Depth/2*math.Sin(m.Phase), im+m.Depth/2*math.Cos(m.Phase); math.Abs(a) > 5*se || math.Abs(b) > 5*se {
			t.Errorf("%+v: mean (%.4f, %.4f), off by (%.4f, %.4f); a standard error is %.4f", m, re, im, a, b, se)
		}
	}
}

// The mean of a sine over a step is that of the average over a thousand parts of the step,
// whose own error is (πf/1000·dt)²/6, below 1e-6 here.
func TestModulationIsItsMeanOverTheStep(t *testing.T) {
	m := Modulation{Frequency: 900, Depth: 0.7, Phase: 0.4}
	for k := range 20 {
		from, dt, sum := float64(k)*0.37, 0.5, 0.0
		for i := range 1000 {
			sum += 1 + m.Depth*math.Sin(2*math.Pi*m.Frequency*(from+(float64(i)+0.5)*dt/1000)/1000+m.Phase)
		}
		if got := m.mean(from, from+dt); math.Abs(got-sum/1000) > 1e-6 {
			t.Errorf("%g ms: %.9f, want %.9f", from, got, sum/1000)
		}
	}
}

// The mean rate of a run, which the plan shows.
func TestMeanRate(t *testing.T) {
	inf := math.Inf(1)
	course := &RateCourse{Times: []float64{0, 100}, Rates: []float64{10, 30}, Interpolation: StepRate}
	for _, c := range []struct {
		p    PoissonParams
		want float64
	}{
		{PoissonParams{Rate: 12, Stop: inf}, 12},
		{PoissonParams{Course: course, Stop: 400}, 25},
		{PoissonParams{Course: course, Start: 50, Stop: 150}, 20},
		{PoissonParams{Course: course, Stop: inf}, 30},
		{PoissonParams{Rate: 12, Modulation: &Modulation{Frequency: 10, Depth: 1}, Stop: 1000}, 12},
		{PoissonParams{Rate: 12, Modulation: &Modulation{Frequency: 10, Depth: 1}, Stop: 50}, 12 * (1 + 2/math.Pi)},
	} {
		if got := c.p.Mean(); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v: %g Hz, want %g", c.p, got, c.want)
		}
	}
}
