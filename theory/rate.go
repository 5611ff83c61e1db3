package theory

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"neurosim/internal/fpmath"
)

// A Diffusion is a leaky integrate-and-fire cell whose input is a mean and white or
// filtered Gaussian noise.
type Diffusion struct {
	Mean      float64 // potential that the mean input holds the free membrane at (mV)
	SD        float64 // standard deviation of the free membrane for white noise of the same intensity (mV)
	TauM      float64 // membrane time constant (ms)
	TauSyn    float64 // time constant of the noise, of an exponential synaptic current (ms); 0: white noise
	Threshold float64 // V_th (mV)
	Reset     float64 // V_reset (mV)
	TRef      float64 // absolute refractory time (ms)
}

// coloured is α/2 = |ζ(1/2)|/√2, by which filtered noise moves the bounds (R2).
const coloured = 1.0326265

// Rate returns the firing rate (Hz), the inverse of the mean first-passage time (R1):
//
//	1/r = t_ref + τ_m √π ∫ e^(x²) (1 + erf x) dx  from y_r to y_th
//
// with y = (V - Mean)/(√2 SD), for filtered noise (R2) y + (α/2) √(τ_syn/τ_m). Without
// noise it is 1/(t_ref + τ_m ln((Mean - V_reset)/(Mean - V_th))), 0 for a mean not above
// threshold. The relative error of the integral is below 1e-10; that of (R2) is of order
// τ_syn/τ_m.
func (d Diffusion) Rate() float64 {
	if d.SD <= 0 {
		if d.Mean <= d.Threshold {
			return 0
		}
		return 1000 / (d.TRef + float64(d.TauM*fpmath.Log1p((d.Threshold-d.Reset)/(d.Mean-d.Threshold))))
	}
	shift := float64(coloured * math.Sqrt(d.TauSyn/d.TauM))
	lo := (d.Reset-d.Mean)/(math.Sqrt2*d.SD) + shift
	hi := (d.Threshold-d.Mean)/(math.Sqrt2*d.SD) + shift
	if hi > 25 { // e^(-625): no run is so long
		return 0
	}
	return 1000 / (d.TRef + float64(d.TauM*math.Sqrt(math.Pi)*passage(lo, hi)))
}

// passage returns ∫ e^(x²) (1 + erf x) dx from lo to hi. Below -1, where the integrand goes
// as -1/x, the variable is ln(-x); pieces are no longer than 1.
func passage(lo, hi float64) (sum float64) {
	pieces := func(f func(float64) float64, from, to float64) {
		n := max(1, int(math.Ceil(to-from)))
		width := (to - from) / float64(n)
		for i := range n {
			at := from + float64(float64(i)*width)
			sum += quad.Fixed(f, at, at+width, 24, quad.Legendre{}, 0)
		}
	}
	if lo < -1 {
		end := min(hi, -1)
		pieces(func(s float64) float64 {
			x := fpmath.ExpAll(s)
			return x * scaledErfc(x)
		}, fpmath.LogAll(-end), fpmath.LogAll(-lo))
		lo = end
	}
	if hi > lo {
		pieces(func(x float64) float64 { return scaledErfc(-x) }, lo, hi)
	}
	return sum
}

// scaledErfc returns e^(x²) erfc(x), for x above -26; beyond 20 by its asymptotic series, of
// which the first term left out is 1e-11.
func scaledErfc(x float64) float64 {
	if x > 20 {
		q := 1 / float64(2*x*x)
		return (1 - float64(q*(1-float64(3*q*(1-float64(5*q)))))) / (x * math.Sqrt(math.Pi))
	}
	return fpmath.ExpAll(x*x) * fpmath.Erfc(x)
}

// A ShotInput is a Poisson train of events with one course of the potential each.
type ShotInput struct {
	Rate   float64   // of all its events together (Hz)
	Course []float64 // potential after an event at equal distances in time (mV); negative for inhibition
	Step   float64   // the distance (ms)
}

// ShotMean returns the mean of the free membrane by Campbell's theorem (R3), rate times
// ∫ f dt, over all inputs (mV, above what it is without them).
func ShotMean(inputs []ShotInput) (mean float64) {
	for _, in := range inputs {
		sum := 0.0
		for _, v := range in.Course {
			sum += v
		}
		mean += float64(in.Rate * sum * in.Step / 1000)
	}
	return mean
}

// ShotSD returns its standard deviation (R3): the variance is rate times ∫ f² dt (mV).
func ShotSD(inputs []ShotInput) float64 {
	variance := 0.0
	for _, in := range inputs {
		sum := 0.0
		for _, v := range in.Course {
			sum += float64(v * v)
		}
		variance += float64(in.Rate * sum * in.Step / 1000)
	}
	return math.Sqrt(variance)
}

// ShotTail returns a bound of the probability that the free membrane is at least level (mV)
// above what it is without inputs, that of Chernoff:
//
//	P ≤ min over s > 0 of exp(Σ rate ∫ (e^(s f) - 1) dt - s level)
//
// It holds for few large events as for many small ones. It is 1 for a level not above the
// mean.
func ShotTail(inputs []ShotInput, level float64) float64 {
	if level <= ShotMean(inputs) {
		return 1
	}
	largest := 0.0 // course (mV)
	for _, in := range inputs {
		for _, v := range in.Course {
			largest = max(largest, v)
		}
	}
	if largest == 0 {
		return 0 // nothing lifts the membrane
	}
	exponent := func(s float64) (sum float64) {
		for _, in := range inputs {
			part := 0.0
			for _, v := range in.Course {
				part += fpmath.Expm1(float64(s * v))
			}
			sum += float64(in.Rate * part * in.Step / 1000)
		}
		return sum - float64(s*level)
	}
	// The exponent is convex. Golden section, up to where one event counts e^60 times.
	const golden = 0.6180339887498949
	lo, hi := 0.0, 60/largest
	for range 60 {
		a, b := hi-float64(golden*(hi-lo)), lo+float64(golden*(hi-lo))
		if exponent(a) < exponent(b) {
			hi = b
		} else {
			lo = a
		}
	}
	return min(1, fpmath.ExpAll(exponent((lo+hi)/2)))
}
