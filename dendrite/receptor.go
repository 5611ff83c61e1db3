package dendrite

import (
	"math"

	"neurosim/internal/fpmath"
)

// ReceptorParams is what a user sets of a kind of synaptic conductance. Bound acts on the
// weights of events, synapse by synapse: see Saturation.
type ReceptorParams struct {
	GMax     float64     `toml:"g_max" unit:"nS" doc:"peak conductance of one event"`
	TauRise  float64     `toml:"tau_rise" unit:"ms" doc:"time constant of the rise; 0 for a jump"`
	TauDecay float64     `toml:"tau_decay" unit:"ms" doc:"time constant of the decay"`
	E        float64     `toml:"E" unit:"mV" doc:"reversal potential"`
	Bound    float64     `toml:"bound" unset:"0" doc:"saturation: fraction of the free receptors of a synapse that a release binds, above 0 to 1; bound receptors do not open again before they unbind, with tau_decay; default: no saturation"`
	Block    BlockParams `toml:"block" doc:"magnesium block"`
}

// DefaultAMPA, DefaultNMDA and DefaultGABAA return the defaults: time constants
// and conductances in the middle of those that models of NMDA spikes use. The
// block of NMDA receptors has no default law.
func DefaultAMPA() ReceptorParams {
	return ReceptorParams{GMax: 0.5, TauRise: 0.2, TauDecay: 2, Block: BlockParams{Law: NoBlock}}
}

// DefaultNMDA: see DefaultAMPA.
func DefaultNMDA() ReceptorParams {
	return ReceptorParams{GMax: 1, TauRise: 2, TauDecay: 50, Block: BlockParams{Mg: 1}}
}

// DefaultGABAA: see DefaultAMPA.
func DefaultGABAA() ReceptorParams {
	return ReceptorParams{GMax: 1, TauRise: 0.5, TauDecay: 10, E: -70, Block: BlockParams{Law: NoBlock}}
}

// Check reports every rule that p breaks; dt in ms.
func (p ReceptorParams) Check(dt float64, bad func(key, rule string, args ...any)) {
	if !(p.GMax >= 0) || math.IsInf(p.GMax, 0) {
		bad("g_max", "must not be negative")
	}
	if !(p.TauDecay > 0 && p.TauDecay <= maxTau) {
		bad("tau_decay", "must be above 0 and at most %g ms", maxTau)
	} else if p.TauDecay < dt/100 {
		bad("tau_decay", "must be at least a hundredth of a step (dt = %g ms)", dt)
	}
	switch {
	case !(p.TauRise >= 0):
		bad("tau_rise", "must not be negative")
	case p.TauRise > p.TauDecay:
		bad("tau_rise", "must not be longer than tau_decay (%g ms)", p.TauDecay)
	case p.TauRise > 0 && p.TauRise < dt/100:
		bad("tau_rise", "must be 0 or at least a hundredth of a step (dt = %g ms)", dt)
	}
	if !(math.Abs(p.E) <= 200) {
		bad("E", "must be from -200 to 200 mV")
	}
	if !(p.Bound >= 0 && p.Bound <= 1) {
		bad("bound", "must be above 0 and at most 1")
	}
	p.Block.Check(func(key, rule string, args ...any) { bad("block."+key, rule, args...) })
}

// maxTau bounds time constants (ms): beyond it their products and quotients lose the
// digits that the course is normalised with.
const maxTau = 1e6

// shape is the form of a conductance's time course.
type shape int

const (
	single shape = iota // e^(-t/τ_decay)
	dual                // norm (e^(-t/τ_decay) - e^(-t/τ_rise))
	alpha               // (t/τ) e^(1-t/τ)
)

// Course returns the conductance t after an event, over g_max (t in ms): the
// difference of exponentials that peaks at 1, its limit for equal time constants, or
// e^(-t/τ_decay) where there is no rise; 0 before the event.
func (p ReceptorParams) Course(t float64) float64 {
	td, tr := p.TauDecay, p.TauRise
	switch {
	case t < 0:
		return 0
	case tr == 0:
		return decayed(t / td)
	case td-tr <= nearlyEqual*td:
		td = (td + tr) / 2
		return t / td * math.E * decayed(t/td)
	}
	peak := fpmath.Log(td/tr) * td * tr / (td - tr)
	norm := 1 / (fpmath.Exp(-peak/td) - fpmath.Exp(-peak/tr))
	return norm * (decayed(t/td) - decayed(t/tr))
}

// decayed returns e^-x, 0 where that is below 1e-304.
func decayed(x float64) float64 {
	if x > 700 {
		return 0
	}
	return fpmath.Exp(-x)
}

// nearlyEqual is the relative difference of the time constants below which the
// course is taken as alpha with their mean: it misses by its square, while the
// difference of exponentials loses 2e-16 over it to cancellation.
const nearlyEqual = 1e-6

// A Receptor is what is common to all synapses of a kind: constants and table.
type Receptor struct {
	params      ReceptorParams
	shape       shape
	gain        float64 // what an event of weight 1 adds to the states (nS; nS/ms for alpha)
	decay       float64 // factor of the slow state in a step
	rise        float64 // factor of the fast state in a step
	decayToEval float64 // factor of the slow state to where in a step conductances are evaluated
	riseToEval  float64 // the same of the fast state
	toEval      float64 // time from the beginning of a step to there (ms)
	dt          float64 // (ms)
	period      int     // steps between renewals of the scale
	drive       *drive  // nil without block
}

// NewReceptor returns the constants for steps of dt (ms). Conductances are evaluated
// at a fraction of a step: 0 is its beginning, ½ its middle. p has passed Check.
//
// The course is normalised to a peak of g_max. With t* = ln(τ_d/τ_r) τ_d τ_r /
// (τ_d - τ_r), norm = 1/(e^(-t*/τ_d) - e^(-t*/τ_r)); for τ_d = τ_r it is the
// limit, alpha.
func NewReceptor(p ReceptorParams, dt, fraction float64) *Receptor {
	r := &Receptor{params: p, dt: dt, toEval: float64(fraction * dt)}
	td, tr := p.TauDecay, p.TauRise
	shortest := td
	switch {
	case tr == 0:
		r.shape, r.gain = single, p.GMax
	case td-tr <= nearlyEqual*td:
		td = (td + tr) / 2
		r.shape, r.gain = alpha, p.GMax*math.E/td
	default:
		peak := fpmath.Log(td/tr) * td * tr / (td - tr)
		norm := 1 / (fpmath.Exp(-peak/td) - fpmath.Exp(-peak/tr))
		r.shape, r.gain = dual, p.GMax*norm
		shortest = tr
		r.rise, r.riseToEval = fpmath.Exp(-dt/tr), fpmath.Exp(-fraction*dt/tr)
	}
	r.decay, r.decayToEval = fpmath.Exp(-dt/td), fpmath.Exp(-fraction*dt/td)
	// Scaled states grow by at most e^20 until they are renewed.
	r.period = max(1, int(20*shortest/dt))
	if p.Blocked() {
		r.drive = newDrive(p.Block, p.E)
	}
	return r
}

// Blocked tells whether p has a magnesium block.
func (p ReceptorParams) Blocked() bool { return p.Block.Law != NoBlock }

// Pairs tells whether r and b may be set in one pass, see Conductances.SetPair.
func (r *Receptor) Pairs(b *Receptor) bool {
	return r.drive == nil && b.drive != nil && (r.shape == single) == (b.shape == single)
}
