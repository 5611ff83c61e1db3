package stimulus

import (
	"math"
	"testing"
)

// near fails unless got is want to 1e-9 of the larger, or 1e-9.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
		t.Errorf("%s is %.12g, want %.12g", what, got, want)
	}
}

// Steps and trains are on from their start until before their end; pulses that overlap do not
// add.
func TestStepsAndTrains(t *testing.T) {
	s := &StepParams{Amplitude: 7, Start: 10, Duration: 5}
	for ms, want := range map[float64]float64{9.99: 0, 10: 7, 14.99: 7, 15: 0} {
		near(t, "the step", s.At(ms), want)
	}
	p := &TrainParams{Amplitude: 3, Start: 10, Duration: 2, Count: 3, Frequency: 100}
	on := 0
	for k := range 10000 {
		if p.At((float64(k)+0.5)*0.01) == 3 {
			on++
		}
	}
	if on != 600 {
		t.Errorf("three pulses of 2 ms are on for %d steps of 0.01 ms, want 600", on)
	}
	for ms, want := range map[float64]float64{20: 3, 21.99: 3, 22: 0, 30: 3, 32: 0, 40: 0} {
		near(t, "the train", p.At(ms), want)
	}
	long := &TrainParams{Amplitude: 3, Duration: 15, Count: 2, Frequency: 100}
	for ms, want := range map[float64]float64{5: 3, 12: 3, 24.9: 3, 25: 0} {
		near(t, "overlapping pulses", long.At(ms), want)
	}
}

// An EPSC peaks at its peak, at ln(τ_d/τ_r) τ_d τ_r/(τ_d - τ_r) after its start, and
// several add.
func TestEPSC(t *testing.T) {
	p := DefaultEPSC()
	p.Peak, p.Start = 500, 300
	at := math.Log(10) * 2.5 / 4.5
	near(t, "the peak", p.At(300+at), 500)
	if p.At(300) != 0 || p.At(299) != 0 || !(p.At(300+at-0.1) < 500) || !(p.At(300+at+0.1) < 500) {
		t.Error("it peaks elsewhere, or begins before its start")
	}
	one := p.At(312)
	p.Count, p.Frequency = 2, 100
	near(t, "two of them", p.At(312), one+single(p, 302))
}

// single is one EPSC of the parameters at a time.
func single(p EPSCParams, ms float64) float64 {
	p.Count = 1
	return p.At(ms)
}

// A ramp is halfway in the middle; a sine has its amplitude at a quarter of its period; the
// crests of a chirp come where the integral of its frequency says.
func TestRampsAndSines(t *testing.T) {
	r := &RampParams{From: -10, To: 30, Start: 5, Duration: 8}
	near(t, "the ramp", r.At(9), 10)
	near(t, "before it", r.At(4.9), 0)
	near(t, "after it", r.At(13), 0)
	s := &SineParams{Amplitude: 4, Offset: 1, Frequency: 50, End: math.NaN(), Duration: 1000}
	near(t, "the sine", s.At(5), 5)
	near(t, "half a period on", s.At(15), -3)
	c := &SineParams{Amplitude: 1, Frequency: 0.5, End: 20.5, Duration: 1000, Phase: 0}
	for n := range 10 { // f s + ½ Δf s² = n + ¼
		s := (-0.5 + math.Sqrt(0.25+2*20*(float64(n)+0.25))) / 20
		near(t, "a crest of the chirp", c.At(1000*s), 1)
	}
}

// A curve is straight between its points.
func TestCurves(t *testing.T) {
	c := &Curve{Times: []float64{1, 2, 4}, Values: []float64{0, 10, -10}}
	for ms, want := range map[float64]float64{0.5: 0, 1.5: 5, 2: 10, 3: 0, 4: -10, 4.1: 0} {
		near(t, "the curve", c.At(ms), want)
	}
	c.Holds = true
	near(t, "held after", c.At(9), -10)
	near(t, "held before", c.At(-9), 0)
	v := &CommandParams{Hold: -80, Level: -20, Start: 10, Duration: 5}
	for ms, want := range map[float64]float64{0: -80, 10: -20, 14.9: -20, 15: -80} {
		near(t, "the command", v.At(ms), want)
	}
	v = &CommandParams{Hold: -80, Level: math.NaN(), Levels: []float64{-60, 10, -80}, Times: []float64{5, 10, 20}}
	for ms, want := range map[float64]float64{0: -80, 4.975: -80, 5: -60, 9.975: -60, 10: 10, 19.975: 10, 20: -80, 1e6: -80} {
		near(t, "the command of several steps", v.At(ms), want)
	}
}
