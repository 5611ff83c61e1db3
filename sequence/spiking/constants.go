package spiking

import (
	"math"

	"neurosim/internal/fpmath"
	"neurosim/internal/grid"
	"neurosim/neuron"
)

// constants are what follows from the parameters, for the step h: propagators of
// the exact integration (Rotter & Diesmann 1999, Biol. Cybern. 81:381) and times
// in steps.
type constants struct {
	pM, pEX, pED, pEI  float64 // e^(-h/τ)
	vEX, vED, vEI, vA  float64 // what the currents and A add to V in a step (mV/pA, mV ms/pA)
	aED                float64 // what A adds to I_ED in a step: h e^(-h/τ_ED)
	tail               float64 // A after a dAP (pA/ms)
	jEX, jEI, jIE, jED float64 // jumps of I_EX, I_EI, I_IE (pA) and of A (pA/ms)
	peakA              float64 // peak of I_ED per A: τ_ED/e (ms)
	jPulse             float64 // jump of A of the pulse before a first element
	vth                float64 // V_th of excitatory cells (mV)

	ref, dap, delay        int64     // steps
	pairingMin, pairingMax int64     // steps
	decay                  []float64 // [pairingMax] e^(-n h/τ_+)
	hebb, depress          float64   // λ_+ P_max, λ_- P_max
}

// steps turns ms into steps.
func (p *Params) steps(ms float64) int64 { return grid.Steps(ms, p.Dt) }

func newConstants(p *Params) constants {
	c := constants{
		pM: fpmath.Exp(-p.Dt / p.TauM), pEX: fpmath.Exp(-p.Dt / p.TauEX), pED: fpmath.Exp(-p.Dt / p.TauED), pEI: fpmath.Exp(-p.Dt / p.TauEI),
		jEX: amplitude(p.PeakEX, p.TauM, p.Cm, p.TauEX), jEI: amplitude(-p.PeakEI, p.TauM, p.Cm, p.TauEI),
		jIE: amplitude(p.PeakIE, p.TauMI, p.Cm, p.TauIE),
		ref: p.steps(p.TRef), dap: p.steps(p.TauDAP), delay: p.steps(p.Delay),
		pairingMin: p.steps(p.PairingMin), pairingMax: p.steps(p.PairingMax),
		hebb: float64(p.LambdaPlus * p.PMax), depress: float64(p.LambdaMinus * p.PMax),
		vth: p.VthE,
	}
	gain := p.Dt / p.Cm * c.pM
	c.vEX = gain * fpmath.Phi1(p.Dt/p.TauM-p.Dt/p.TauEX)
	c.vED = gain * fpmath.Phi1(p.Dt/p.TauM-p.Dt/p.TauED)
	c.vEI = gain * fpmath.Phi1(p.Dt/p.TauM-p.Dt/p.TauEI)
	c.vA = gain * p.Dt * fpmath.Psi1(p.Dt/p.TauM-p.Dt/p.TauED)
	c.aED = p.Dt * c.pED
	c.peakA = p.TauED / math.E
	c.jED = p.jMax() * math.E / p.TauED
	c.jPulse = p.PulseStrength * p.IdAPth * math.E / p.TauED
	if p.Reading == NEST2022 {
		c.tail = -p.IDAP * p.Dt * c.pED / (p.TauED * p.TauED) / (1 - float64((1-p.Dt/p.TauED)*c.pED))
	}
	c.decay = make([]float64, c.pairingMax)
	for n := range c.decay {
		c.decay[n] = traceDecay(float64(n)*p.Dt, p.TauPlus)
	}
	return c
}

// traceDecay returns e^(-t/τ), 0 where it is below 1e-300.
func traceDecay(ms, tau float64) float64 {
	x := ms / tau
	if x > 690 {
		return 0
	}
	return fpmath.Exp(-x)
}

// amplitude returns the jump J (pA) of an exponential current whose potential has
// the peak given (mV): with t* = ln(τ_m/τ_s) τ_m τ_s/(τ_m - τ_s), where it is
// reached,
//
//	J = peak · C e^(t*/τ_m)/(t* φ₁(t*/τ_m - t*/τ_s)),   φ₁(x) = (e^x - 1)/x
//
// which is the quotient of Bouhadjar et al. (2022), and its limit at τ_s = τ_m.
func amplitude(peak, tauM, cm, tauS float64) float64 {
	at := tauM
	if d := tauM - tauS; math.Abs(d) > 1e-6*tauM {
		at = fpmath.Log(tauM/tauS) * tauM * tauS / d
	}
	return peak * cm * fpmath.Exp(at/tauM) / (at * fpmath.Phi1(at/tauM-at/tauS))
}

// inhibitory returns the parameters of the inhibitory cells.
func (p *Params) inhibitory() neuron.LIFParams {
	q := neuron.DefaultLIF()
	q.Cm, q.TauM, q.EL, q.Vth, q.Vreset, q.TRef = p.Cm, p.TauMI, 0, p.VthI, 0, p.TRefI
	q.Kernel, q.TauEx = neuron.Exponential, p.TauIE
	return q
}
