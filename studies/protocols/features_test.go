package protocols

import (
	"math"
	"testing"
)

func close(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.9g, want %.9g within %.3g", what, got, want, tolerance)
	}
}

// Intervals that double have (I' - I)/(I' + I) = 1/3 throughout; of 10, 10, 30 ms it is 0 and
// 1/2, so 1/4 over all (Allen SDK) and 1/2 without the first interval (eFEL).
func TestAdaptation(t *testing.T) {
	f := firingOf([]float64{15, 25, 45, 85}, 10, 100)
	close(t, "adaptation", f.adapt, 1.0/3, 1e-15)
	f = firingOf([]float64{5, 15, 25, 35, 65, 120}, 10, 100) // the first before the step, the last behind it
	close(t, "spikes", float64(f.spikes), 4, 0)
	close(t, "rate", f.rate, 40, 0)
	close(t, "latency", f.latency, 5, 0)
	close(t, "mean ISI", f.meanISI, 50.0/3, 1e-12)
	close(t, "first ISI", f.firstISI, 10, 0)
	close(t, "adaptation", f.adapt, 0.25, 1e-15)
	close(t, "adaptation_index2", f.adaptation2, 0.5, 1e-15)
	close(t, "ISI_cv", f.cv, math.Sqrt(800.0/9)/(50.0/3), 1e-12) // deviations -20/3, -20/3, 40/3
	if f := firingOf([]float64{15, 25}, 10, 100); !math.IsNaN(f.adapt) || !math.IsNaN(f.adaptation2) || !math.IsNaN(f.cv) {
		t.Errorf("two spikes have no adaptation: %v", f)
	}
}

// A potential of straight lines, whose features follow by hand: rest at -70 mV; from 12 ms at
// 5 mV/ms to -60 mV; from 14 ms at 100 mV/ms to 40 mV at 15 ms; at -50 mV/ms to -80 mV at
// 17.4 ms; at 1 mV/ms on. dV/dt over two steps of 0.01 ms goes from 5 to 100 mV/ms within one
// step on each side of 14 ms, so its crossing of 10 mV/ms is within 0.01 ms of it, where V is
// within 0.05 mV of -60 mV below it.
func TestSpikeShape(t *testing.T) {
	const dt = 0.01
	v := func(ms float64) float64 {
		switch {
		case ms < 12:
			return -70
		case ms < 14:
			return -70 + 5*(ms-12)
		case ms < 15:
			return -60 + 100*(ms-14)
		case ms < 17.4:
			return 40 - 50*(ms-15)
		}
		return -80 + (ms - 17.4)
	}
	tr := trace{dt: dt, begin: 1000, end: 3000}
	for k := range 3001 {
		tr.v = append(tr.v, v(float64(k)*dt))
	}
	list := shapes(&tr, []float64{14.6}, 10)
	if len(list) != 1 {
		t.Fatalf("%d spikes", len(list))
	}
	s := list[0]
	close(t, "threshold", s.begin, -60, 0.051)
	close(t, "its time", s.beginAt, 14, 0.011)
	close(t, "peak", s.peak, 40, 1e-9)
	close(t, "upstroke", s.upstroke, 100, 1e-6)
	close(t, "downstroke", s.downstroke, -50, 1e-6)
	close(t, "width", s.width, 0.5+1, 0.002) // -10 mV: half a ms up, one down
	close(t, "fast trough", s.fastTrough, -80, 1e-9)
	close(t, "AHP depth", s.ahpDepth, -10, 1e-9)
	if list := shapes(&tr, []float64{14.6}, 4); !math.IsNaN(list[0].begin) && list[0].beginAt > 12.02 {
		t.Errorf("at 4 mV/ms the spike begins at 12 ms, not %g", list[0].beginAt)
	}
}

// An exponential keeps its time constant, also from 10 % on; a straight line has none.
func TestOnset(t *testing.T) {
	exp, line := trace{dt: 0.1, end: 5000}, trace{dt: 0.1, end: 5000}
	for k := range 5001 {
		exp.v = append(exp.v, -70-5*(1-math.Exp(-float64(k)*0.1/13)))
		line.v = append(line.v, -70-0.001*float64(k))
	}
	close(t, "tau", exp.onset(-70, 5000), 13, 1e-5)
	if tau := line.onset(-70, 5000); !math.IsNaN(tau) {
		t.Errorf("a straight line has a time constant of %g ms", tau)
	}
}

// From 100 mV by 10 mV every 10 µm, 1/e is at 36.79 mV, 63.21 µm away.
func TestAttenuationLength(t *testing.T) {
	var x, y []float64
	for k := range 10 {
		x, y = append(x, 10*float64(k)), append(y, 100-10*float64(k))
	}
	close(t, "length", attenuationLength(x, y), 100*(1-1/math.E), 1e-9)
	if l := attenuationLength(x[:3], y[:3]); !math.IsNaN(l) {
		t.Errorf("the amplitude does not fall to 1/e, and the length is %g", l)
	}
}
