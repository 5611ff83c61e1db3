package neuron

import (
	"math"

	"neurosim/internal/fpmath"
	"neurosim/internal/grid"
)

// LIF is the state of N leaky integrate-and-fire cells of one kind; see the
// package comment for the equations.
//
// Products that meet a sum are converted, float64(x*y) + z, so that no build
// fuses them: the same bits at every build level (package fpmath).
type LIF struct {
	decay      float64 // P = e^(-dt/τ_m)
	gain       float64 // (1-P) τ_m/C_m: mV per pA of a constant current, in one step
	rest       float64 // E_L (mV)
	threshold  float64 // V_th - E_L (mV)
	reset      float64 // V_reset - E_L (mV)
	refSteps   int32   // R = t_ref/dt
	adaptation float64 // b (pA)

	u          []float64 // [N] V - E_L (mV)
	drive      []float64 // [N] what I_e + I_dAP add to u in a step (mV)
	refractory []int32   // [N] refractory steps that are left

	ex, in current // I_ex, I_in
	adapt  current // w
}

// NewLIF returns n cells at rest. dt in ms; p has passed Check. A current whose
// kind of input no projection brings (excitatory, inhibitory) takes no memory
// and no time; that of adaptation likewise if b = 0.
func NewLIF(n int, p LIFParams, dt float64, excitatory, inhibitory bool) *LIF {
	decay := fpmath.Exp(-dt / p.TauM)
	l := &LIF{
		decay: decay, gain: float64((1-decay)*p.TauM) / p.Cm,
		rest: p.EL, threshold: p.Vth - p.EL, reset: p.Vreset - p.EL,
		refSteps: grid.Steps32(p.TRef, dt), adaptation: p.B,
		u: make([]float64, n), drive: make([]float64, n), refractory: make([]int32, n),
	}
	if excitatory {
		l.ex = newCurrent(n, p, p.Kernel, p.TauEx, dt)
	}
	if inhibitory {
		l.in = newCurrent(n, p, p.Kernel, p.TauIn, dt)
	}
	if p.B > 0 {
		l.adapt = newCurrent(n, p, Exponential, p.TauW, dt)
	}
	return l
}

// Step integrates all cells by one step and appends those that spike to spikes,
// ascending.
func (l *LIF) Step(spikes []int32) []int32 {
	u, drive := l.u, l.drive[:len(l.u)]
	for i := range u {
		u[i] = float64(l.decay*u[i]) + drive[i]
	}
	l.ex.advance(u, 1)
	l.in.advance(u, -1)
	l.adapt.advance(u, -1)
	return l.fire(spikes)
}

// fire applies threshold, reset and refractory time.
func (l *LIF) fire(spikes []int32) []int32 {
	refractory := l.refractory[:len(l.u)]
	for i, x := range l.u {
		switch {
		case refractory[i] > 0:
			refractory[i]--
			l.u[i] = l.reset
		case x >= l.threshold:
			l.u[i] = l.reset
			refractory[i] = l.refSteps
			if l.adaptation > 0 {
				l.adapt.i[i] += l.adaptation
			}
			spikes = append(spikes, int32(i))
		}
	}
	return spikes
}

// SetCurrent sets the constant current of cell i, I_e + I_dAP (pA), from the
// next Step on.
func (l *LIF) SetCurrent(i int32, pA float64) { l.drive[i] = float64(l.gain * pA) }

// SetV sets the membrane potential of cell i (mV).
func (l *LIF) SetV(i int32, mV float64) { l.u[i] = mV - l.rest }

// V returns the membrane potential of cell i (mV).
func (l *LIF) V(i int32) float64 { return l.u[i] + l.rest }

// Synaptic returns I_ex - I_in of cell i (pA).
func (l *LIF) Synaptic(i int32) float64 { return l.ex.at(i) - l.in.at(i) }

// Excite adds a spike of the given weight (pA) to the excitatory current of
// each target; Inhibit to the inhibitory one. Called before Step.
func (l *LIF) Excite(targets []uint32, pA float64)  { l.ex.add(targets, pA) }
func (l *LIF) Inhibit(targets []uint32, pA float64) { l.in.add(targets, pA) }

// ExciteEach and InhibitEach do so with one weight per target, each times scale.
func (l *LIF) ExciteEach(targets []uint32, pA []float32, scale float64) {
	l.ex.addEach(targets, pA, scale)
}

// InhibitEach is described with ExciteEach.
func (l *LIF) InhibitEach(targets []uint32, pA []float32, scale float64) {
	l.in.addEach(targets, pA, scale)
}

// State returns the arrays that make up the state, for a checkpoint, in a fixed
// order; absent ones are nil. They are the state itself: copying into them
// restores it. SetCurrent sets the drive again.
func (l *LIF) State() (floats [][]float64, refractory []int32) {
	return [][]float64{l.u, l.ex.i, l.ex.y, l.in.i, l.in.y, l.adapt.i}, l.refractory
}

// NonFinite returns the first cell whose potential is not a finite number, or -1.
func (l *LIF) NonFinite() int {
	for i, x := range l.u {
		if x-x != 0 { // NaN for ±Inf and NaN
			return i
		}
	}
	return -1
}

// current is one exponential or alpha current of N cells; the zero value is a
// current that is always 0.
type current struct {
	p         float64   // e^(-dt/τ)
	a, b      float64   // what I and y add to u in a step
	hp        float64   // dt·p
	perWeight float64   // what I (exponential) or y (alpha) increases by, per pA of weight
	i         []float64 // [N] current (pA)
	y         []float64 // [N] its rate of rise (pA/ms); nil for an exponential current
}

func newCurrent(n int, m LIFParams, k Kernel, tau, dt float64) current {
	x := dt/m.TauM - dt/tau
	decay := fpmath.Exp(-dt / m.TauM)
	c := current{
		p:         fpmath.Exp(-dt / tau),
		a:         dt / m.Cm * decay * fpmath.Phi1(x),
		b:         dt * dt / m.Cm * decay * fpmath.Psi1(x),
		perWeight: 1,
		i:         make([]float64, n),
	}
	c.hp = dt * c.p
	if k == Alpha {
		c.perWeight = math.E / tau
		c.y = make([]float64, n)
	}
	return c
}

// advance adds sign × the current's effect to u and moves the current on by one
// step.
func (c *current) advance(u []float64, sign float64) {
	if c.i == nil {
		return
	}
	is := c.i[:len(u)]
	a := sign * c.a
	if c.y == nil {
		for k, i := range is {
			u[k] += float64(a * i)
			is[k] = c.p * i
		}
		return
	}
	ys := c.y[:len(u)]
	b := sign * c.b
	for k, i := range is {
		y := ys[k]
		u[k] += float64(a*i) + float64(b*y)
		is[k] = float64(c.p*i) + float64(c.hp*y)
		ys[k] = c.p * y
	}
}

// receiver is the array that a spike's weight is added to.
func (c *current) receiver() []float64 {
	if c.y != nil {
		return c.y
	}
	return c.i
}

func (c *current) add(targets []uint32, pA float64) {
	to, x := c.receiver(), float64(c.perWeight*pA)
	for _, t := range targets {
		to[t] += x
	}
}

func (c *current) addEach(targets []uint32, pA []float32, scale float64) {
	to, x := c.receiver(), float64(c.perWeight*scale)
	for k, t := range targets {
		to[t] += float64(x * float64(pA[k]))
	}
}

func (c *current) at(i int32) float64 {
	if c.i == nil {
		return 0
	}
	return c.i[i]
}
