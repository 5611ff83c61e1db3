package theory

import (
	"math"
	"testing"
)

// The rate must be that of the mean first-passage time in another form (Brunel 2000, J.
// Comput. Neurosci. 8:183), summed by the trapezium rule in steps of 1e-4, whose ends vanish:
//
//	∫ from y_r to y_th e^(x²)(1+erf x) dx √π = ∫ from 0 to ∞ e^(-u²)(e^(2 y_th u) - e^(2 y_r u))/u du
//
// The error of the rule is 1e-8 of the whole, and of e^(-u²+2yu) at u = 40 nothing is left.
func TestDiffusionRate(t *testing.T) {
	for _, d := range []Diffusion{
		{Mean: -57, SD: 4, TauM: 10, Threshold: -55, Reset: -70, TRef: 2},
		{Mean: -60, SD: 2, TauM: 20, Threshold: -50, Reset: -60, TRef: 0},
		{Mean: -40, SD: 3, TauM: 10, Threshold: -55, Reset: -70, TRef: 2},
		{Mean: 300, SD: 8, TauM: 15, Threshold: -50, Reset: -65, TRef: 5},
		{Mean: -57, SD: 4, TauM: 10, TauSyn: 0.5, Threshold: -55, Reset: -70, TRef: 2},
	} {
		shift := 1.0326265 * math.Sqrt(d.TauSyn/d.TauM) // |ζ(1/2)|/√2, ζ(1/2) = -1.4603545
		lo, hi := (d.Reset-d.Mean)/(d.SD*math.Sqrt2)+shift, (d.Threshold-d.Mean)/(d.SD*math.Sqrt2)+shift
		const h = 1e-4
		sum := (hi - lo) * h // half of the first term, 2 (y_th - y_r)
		for u := h; u < 40; u += h {
			sum += h * (math.Exp(2*hi*u-u*u) - math.Exp(2*lo*u-u*u)) / u
		}
		want := 1000 / (d.TRef + d.TauM*sum)
		if got := d.Rate(); math.Abs(got/want-1) > 1e-6 {
			t.Errorf("%+v: %.9g Hz, want %.9g Hz", d, got, want)
		}
	}
}

// Without noise the rate is that of a constant current; with little it must come to it. The
// correction is of order (SD/(Mean-V_th))², here 1e-8.
func TestDiffusionRateWithLittleNoise(t *testing.T) {
	d := Diffusion{Mean: -50, TauM: 10, Threshold: -55, Reset: -70, TRef: 2}
	want := 1000 / (2 + 10*math.Log(20.0/5))
	for _, sd := range []float64{0, 5e-4} {
		d.SD = sd
		if got := d.Rate(); math.Abs(got/want-1) > 1e-7 {
			t.Errorf("SD = %g mV: %.10g Hz, want %.10g Hz", sd, got, want)
		}
	}
	d.Mean, d.SD = -56, 0
	if got := d.Rate(); got != 0 {
		t.Errorf("below threshold without noise %g Hz, want 0", got)
	}
	d.SD = 0.02 // y_th = 35
	if got := d.Rate(); got != 0 {
		t.Errorf("50 standard deviations below threshold %g Hz, want 0", got)
	}
}

// Of unit steps of length 1 ms the potential is a Poisson number of mean rate: mean and
// variance are the rate, and the bound of the tail is Chernoff's, e^(k-m) (m/k)^k.
func TestShotNoise(t *testing.T) {
	in := []ShotInput{{Rate: 3000, Course: []float64{1, 1, 1, 1}, Step: 0.25}}
	if m, sd := ShotMean(in), ShotSD(in); math.Abs(m-3) > 1e-12 || math.Abs(sd*sd-3) > 1e-12 {
		t.Errorf("mean %g, variance %g, want 3 and 3", m, sd*sd)
	}
	for _, k := range []float64{4, 8, 20} {
		want := math.Exp(k-3) * math.Pow(3/k, k)
		if got := ShotTail(in, k); math.Abs(got/want-1) > 1e-6 {
			t.Errorf("P(N >= %g) at most %g, want %g", k, got, want)
		}
	}
	if got := ShotTail(in, 2); got != 1 {
		t.Errorf("below the mean %g, want 1", got)
	}
	if got := ShotTail([]ShotInput{{Rate: 3000, Course: []float64{-1}, Step: 1}}, 1); got != 0 {
		t.Errorf("of inhibition alone %g, want 0", got)
	}
}
