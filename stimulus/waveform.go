package stimulus

import (
	"math"
	"sort"

	"neurosim/internal/fpmath"
)

// A Waveform is what an electrode does in time: a current (pA), or a command potential (mV),
// of the time in ms. The current of a step is that at the step's middle.
type Waveform interface {
	At(ms float64) float64
}

// StepParams is what a user sets of a step of current.
type StepParams struct {
	Amplitude float64 `toml:"amplitude" must:"yes" unit:"pA" doc:"current while it flows, positive depolarises"`
	Start     float64 `toml:"start" unit:"ms" grid:"dt" doc:"begin of the current"`
	Duration  float64 `toml:"duration" unit:"ms" grid:"dt" doc:"how long it flows; default: to the end of the run"`
}

// At returns the amplitude from Start until Start + Duration.
func (p *StepParams) At(ms float64) float64 {
	if ms >= p.Start && ms < p.Start+p.Duration {
		return p.Amplitude
	}
	return 0
}

// TrainParams is what a user sets of a train of pulses of current.
type TrainParams struct {
	Amplitude float64 `toml:"amplitude" must:"yes" unit:"pA" doc:"current of a pulse"`
	Start     float64 `toml:"start" unit:"ms" doc:"begin of the first pulse"`
	Duration  float64 `toml:"duration" must:"yes" unit:"ms" doc:"length of a pulse"`
	Count     int     `toml:"count" must:"yes" doc:"number of pulses"`
	Frequency float64 `toml:"frequency" must:"yes" unit:"Hz" doc:"pulses per second"`
}

// At returns the amplitude within a pulse: pulse i begins at Start + i/Frequency.
func (p *TrainParams) At(ms float64) float64 {
	i := math.Floor((ms - p.Start) * p.Frequency / 1000)
	i = min(i, float64(p.Count-1))
	for ; i >= 0; i-- { // pulses may overlap
		begin := p.Start + float64(i*1000)/p.Frequency
		if ms >= begin+p.Duration {
			return 0
		}
		if ms >= begin {
			return p.Amplitude
		}
	}
	return 0
}

// RampParams is what a user sets of a current that rises or falls evenly.
type RampParams struct {
	From     float64 `toml:"from" unit:"pA" doc:"current at the start"`
	To       float64 `toml:"to" must:"yes" unit:"pA" doc:"current at the end; then none flows"`
	Start    float64 `toml:"start" unit:"ms" doc:"begin of the current"`
	Duration float64 `toml:"duration" unit:"ms" doc:"how long it flows; default: to the end of the run"`
}

// At returns the current of the ramp.
func (p *RampParams) At(ms float64) float64 {
	if !(ms >= p.Start && ms < p.Start+p.Duration) {
		return 0
	}
	return p.From + float64((p.To-p.From)*((ms-p.Start)/p.Duration))
}

// EPSCParams is what a user sets of currents with the course of an excitatory postsynaptic
// current,
//
//	I(s) = peak (e^(-s/τ_decay) - e^(-s/τ_rise)) / its maximum
//
// s after the start; one, or a train.
type EPSCParams struct {
	Peak      float64 `toml:"peak" must:"yes" unit:"pA" doc:"largest current of one"`
	TauRise   float64 `toml:"tau_rise" unit:"ms" doc:"time constant of the rise"`
	TauDecay  float64 `toml:"tau_decay" unit:"ms" doc:"time constant of the decay"`
	Start     float64 `toml:"start" unit:"ms" doc:"begin of the first"`
	Count     int     `toml:"count" doc:"number of them; they add"`
	Frequency float64 `toml:"frequency" must:"if count is above 1" unit:"Hz" doc:"how often they come"`
}

// DefaultEPSC returns the course that Larkum et al. (1999, Nature 398:338) injected into
// apical dendrites, as Hay et al. (2011) took it: 0.5 and 5 ms.
func DefaultEPSC() EPSCParams {
	return EPSCParams{Peak: math.NaN(), TauRise: 0.5, TauDecay: 5, Count: 1, Frequency: math.NaN()}
}

// At returns the sum of the currents.
func (p *EPSCParams) At(ms float64) float64 {
	peak := fpmath.Log(p.TauDecay/p.TauRise) * p.TauRise * p.TauDecay / (p.TauDecay - p.TauRise)
	most := decayed(peak/p.TauDecay) - decayed(peak/p.TauRise)
	sum := 0.0
	for i := range p.Count {
		s := ms - p.Start
		if i > 0 {
			s -= float64(float64(i)*1000) / p.Frequency
		}
		if s <= 0 {
			break
		}
		sum += decayed(s/p.TauDecay) - decayed(s/p.TauRise)
	}
	return float64(p.Peak*sum) / most
}

// decayed returns e^-x, 0 where that is below 1e-304.
func decayed(x float64) float64 {
	if x > 700 {
		return 0
	}
	return fpmath.Exp(-x)
}

// SineParams is what a user sets of a sinusoidal current. With another frequency at the end
// it is a chirp, whose frequency changes evenly in time.
type SineParams struct {
	Amplitude float64 `toml:"amplitude" must:"yes" unit:"pA" doc:"half of the difference between maximum and minimum"`
	Offset    float64 `toml:"offset" unit:"pA" doc:"current that the sine is added to"`
	Frequency float64 `toml:"frequency" must:"yes" unit:"Hz" doc:"frequency, at the start of a chirp"`
	End       float64 `toml:"frequency_end" unit:"Hz" doc:"frequency at the end of a chirp; default: the same"`
	Phase     float64 `toml:"phase" doc:"phase at the start, as a fraction of a cycle: 0.25 begins at the maximum"`
	Start     float64 `toml:"start" unit:"ms" doc:"begin of the current"`
	Duration  float64 `toml:"duration" unit:"ms" doc:"how long it flows; default: to the end of the run"`
}

// At returns Offset + Amplitude sin 2π(Phase + f s + ½ (f_end - f) s²/Duration), s after the
// start.
func (p *SineParams) At(ms float64) float64 {
	if !(ms >= p.Start && ms < p.Start+p.Duration) {
		return 0
	}
	s := (ms - p.Start) / 1000
	cycles := p.Phase + float64(p.Frequency*s)
	if !math.IsNaN(p.End) {
		cycles += float64(0.5*(p.End-p.Frequency)*s) * s / (p.Duration / 1000)
	}
	sin, _ := fpmath.Sincos(2 * math.Pi * (cycles - math.Floor(cycles)))
	return p.Offset + float64(p.Amplitude*sin)
}

// NoiseParams is what a user sets of a noisy current: an Ornstein-Uhlenbeck process about a
// mean, whose values are normally distributed with correlation e^(-Δt/τ).
type NoiseParams struct {
	Mean     float64 `toml:"mean" unit:"pA" doc:"mean of the current"`
	SD       float64 `toml:"sd" must:"yes" unit:"pA" doc:"standard deviation of the current"`
	Tau      float64 `toml:"tau" unit:"ms" doc:"correlation time; 0: the current is drawn independently in every step"`
	Start    float64 `toml:"start" unit:"ms" grid:"dt" doc:"begin of the current"`
	Duration float64 `toml:"duration" unit:"ms" grid:"dt" doc:"how long it flows; default: to the end of the run"`
	Shared   bool    `toml:"shared" doc:"all cells get the same current; otherwise each its own"`
}

// A Curve is a waveform through points, straight between them; before the first and
// after the last it is 0, or holds their values.
type Curve struct {
	Times, Values []float64 // ascending (ms)
	Holds         bool
}

// At returns the value of the curve.
func (c *Curve) At(ms float64) float64 {
	i := sort.SearchFloat64s(c.Times, ms)
	last := len(c.Times) - 1
	switch {
	case i == 0 && c.Times[0] == ms:
		return c.Values[0]
	case i == 0 && c.Holds:
		return c.Values[0]
	case i > last && c.Holds:
		return c.Values[last]
	case i == 0 || i > last:
		return 0
	}
	f := (ms - c.Times[i-1]) / (c.Times[i] - c.Times[i-1])
	return c.Values[i-1] + float64(f*(c.Values[i]-c.Values[i-1]))
}

// CommandParams is what a user sets of the command potential of a voltage clamp: a holding
// potential with one step, or with several that follow one another.
type CommandParams struct {
	Hold     float64 `toml:"hold" must:"unless file says it" unit:"mV" doc:"potential before and after the step"`
	Level    float64 `toml:"level" unit:"mV" doc:"potential of the step; default: no step"`
	Start    float64 `toml:"start" unit:"ms" grid:"dt" doc:"begin of the step"`
	Duration float64 `toml:"duration" unit:"ms" grid:"dt" doc:"length of the step; default: to the end of the run"`

	Levels []float64 `toml:"levels" unit:"mV" doc:"in place of level: potentials, each from its time (times) until the next, the last to the end of the run"`
	Times  []float64 `toml:"times" unit:"ms" grid:"dt" doc:"of levels: when each begins"`
}

// At returns the command potential (mV).
func (p *CommandParams) At(ms float64) float64 {
	if i := sort.SearchFloat64s(p.Times, math.Nextafter(ms, math.Inf(1))); i > 0 {
		return p.Levels[i-1]
	}
	if !math.IsNaN(p.Level) && ms >= p.Start && ms < p.Start+p.Duration {
		return p.Level
	}
	return p.Hold
}
