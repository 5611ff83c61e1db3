package spiking

import (
	"fmt"
	"math"

	"neurosim/internal/fpmath"
)

// Limits of the integer types of the flat arrays.
const (
	maxCells    = 1 << 24
	maxSynapses = math.MaxUint32
)

// Check reports every rule that the parameters, resolved, break, by key.
func (p *Params) Check(bad func(key, rule string, args ...any)) {
	sizes := p.checkSizes(bad)
	p.checkTimes(bad)
	for _, x := range []struct {
		key   string
		value float64
	}{
		{"C_m", p.Cm}, {"V_th_E", p.VthE}, {"V_th_I", p.VthI}, {"I_dAP_th", p.IdAPth}, {"I_dAP", p.IDAP},
		{"peak_EX", p.PeakEX}, {"peak_EI", p.PeakEI}, {"peak_IE", p.PeakIE}, {"P_max", p.PMax},
	} {
		if !(x.value > 0) || math.IsInf(x.value, 0) {
			bad(x.key, "must be positive")
		}
	}
	if lift := p.Plateau(); p.TauM > 0 && p.Cm > 0 && lift >= p.VthE {
		bad("I_dAP", "lifts V to tau_m I_dAP/C_m = %.3g mV, V_th_E = %g mV: predicted cells would spike without input", lift, p.VthE)
	}
	if p.IDAP <= p.IdAPth {
		bad("I_dAP", "must be above I_dAP_th (%g pA): the plateau would lie below its own threshold", p.IdAPth)
	}
	if p.PeakEX <= p.VthE {
		bad("peak_EX", "must be above V_th_E (%g mV): no external spike could make a cell spike", p.VthE)
	}
	if sizes && float64(p.Cells)*p.PeakIE < p.VthI {
		bad("peak_IE", "lifts the inhibitory cell by at most cells × peak_IE = %.3g mV; V_th_I = %g mV can never be met", float64(p.Cells)*p.PeakIE, p.VthI)
	}
	p.checkPermanences(bad)
	if p.Reading != Equations && p.Reading != NEST2022 {
		bad("reading", "must be %q or %q", Equations, NEST2022)
	}
}

func (p *Params) checkSizes(bad func(key, rule string, args ...any)) bool {
	ok := true
	whole := func(key string, n, lo, hi int, why string) {
		if n < lo || n > hi {
			bad(key, "must be from %d to %d%s", lo, hi, why)
			ok = false
		}
	}
	whole("subpopulations", p.Subpopulations, 1, 26, ": a symbol is a letter")
	whole("cells", p.Cells, 1, maxCells/26, "")
	if !(p.Probability >= 0 && p.Probability <= 1) {
		bad("probability", "must be from 0 to 1")
		ok = false
	}
	if !ok {
		return false
	}
	whole("active", p.Active, 1, p.Cells, ", the cells of a subpopulation")
	whole("sparse_first", p.SparseFirst, 0, p.Cells, ", the cells of a subpopulation")
	whole("coincident", p.Coincident, 1, p.Cells, ": no more cells than a subpopulation has spike together, so I_dAP_th could never be met")
	n, k := p.N(), p.InDegree()
	switch {
	case k > n-1:
		bad("probability", "gives floor(%g × %d) = %d synapses on a cell; there are %d others to come from", p.Probability, n, k, n-1)
	case k < p.Coincident:
		bad("probability", "gives floor(%g × %d) = %d synapses on a cell; a dendritic action potential needs %d at once, so I_dAP_th can never be met", p.Probability, n, k, p.Coincident)
	case n*k > maxSynapses:
		bad("probability", "gives %d synapses; there can be %d", n*k, int64(maxSynapses))
	default:
		return ok
	}
	return false
}

func (p *Params) checkTimes(bad func(key, rule string, args ...any)) {
	for _, x := range []struct {
		key string
		ms  float64
	}{
		{"tau_m", p.TauM}, {"tau_EX", p.TauEX}, {"tau_ED", p.TauED}, {"tau_EI", p.TauEI}, {"tau_m_I", p.TauMI}, {"tau_IE", p.TauIE},
		{"tau_plus", p.TauPlus}, {"tau_h", p.TauH},
	} {
		if !(x.ms >= p.Dt/100) || math.IsInf(x.ms, 0) {
			bad(x.key, "must be positive and finite, at least a hundredth of a step (dt = %g ms)", p.Dt)
		}
	}
	const longest = 1e6
	for _, x := range []struct {
		key       string
		ms, least float64
	}{
		{"t_ref", p.TRef, 0}, {"t_ref_I", p.TRefI, 0}, {"tau_dAP", p.TauDAP, p.Dt}, {"delay_EE", p.Delay, p.Dt},
		{"Delta_t_min", p.PairingMin, 0}, {"Delta_t_max", p.PairingMax, p.Dt}, {"pulse_lead", p.PulseLead, p.Dt},
	} {
		if !(x.ms >= x.least*(1-1e-9) && x.ms <= longest) {
			bad(x.key, "must be from %g to %g ms", x.least, longest)
		}
	}
	if p.PairingMin >= p.PairingMax {
		bad("Delta_t_min", "must be below Delta_t_max (%g ms): no pairing would count", p.PairingMax)
	}
	if !(p.PulseStrength >= 0) || math.IsInf(p.PulseStrength, 0) {
		bad("pulse_strength", "must not be negative")
	} else if p.SparseFirst > 0 && p.PulseStrength <= 1 {
		bad("pulse_strength", "must be above 1: the pulse peaks at %g × I_dAP_th and could not start a dendritic action potential", p.PulseStrength)
	}
}

func (p *Params) checkPermanences(bad func(key, rule string, args ...any)) {
	if !(p.PInit >= 0 && p.PInit <= p.PMax) {
		bad("P_init", "must be from 0 to P_max (%g)", p.PMax)
	}
	if !(p.PTheta >= 0) {
		bad("P_theta", "must not be negative")
	} else if p.PTheta >= p.PMax {
		bad("P_theta", "must be below P_max (%g): a synapse matures above P_theta, which no permanence could be", p.PMax)
	}
	for _, x := range []struct {
		key   string
		value float64
	}{{"lambda_plus", p.LambdaPlus}, {"lambda_minus", p.LambdaMinus}, {"lambda_h", p.LambdaH}, {"z_target", p.Target}} {
		if !(x.value >= 0) || math.IsInf(x.value, 0) {
			bad(x.key, "must not be negative")
		}
	}
	if p.LambdaPlus == 0 && p.PInit <= p.PTheta {
		bad("lambda_plus", "must be positive: permanences start below P_init = %g and a synapse matures above P_theta = %g", p.PInit, p.PTheta)
	}
}

// Plateau returns the potential that a dendritic action potential alone reaches,
// τ_m I_dAP/C (mV).
func (p *Params) Plateau() float64 { return p.TauM * p.IDAP / p.Cm }

// CheckTogether reports what the network, resolved and checked, cannot learn of
// the task.
func (p *Params) CheckTogether(t *Task, bad func(key, rule string, args ...any)) {
	between := t.Interval + p.Delay
	switch {
	case between <= p.PairingMin || between >= p.PairingMax:
		bad("Delta_t_max", "neighbouring elements pair at interval + delay_EE = %g ms, which must be between Delta_t_min = %g and Delta_t_max = %g ms: no synapse could grow", between, p.PairingMin, p.PairingMax)
	case p.netGrowth(t) <= 0:
		bad("lambda_minus", "takes more than a pairing can give: lambda_plus exp(-%g/%g) + lambda_h z_target = %.3g, lambda_minus = %g", between, p.TauPlus, p.netGrowth(t)+p.LambdaMinus, p.LambdaMinus)
	}
}

// netGrowth is what an element and its successor add to a permanence, relative
// to P_max, before the cell has a dAP:
//
//	λ_+ e^(-(ΔT + d_EE)/τ_+) + λ_h z* - λ_-
func (p *Params) netGrowth(t *Task) float64 {
	x := (t.Interval + p.Delay) / p.TauPlus
	return float64(p.LambdaPlus*fpmath.Exp(-min(x, 690))) + float64(p.LambdaH*p.Target) - p.LambdaMinus
}

// Warnings lists what is allowed and probably not meant, of a network and task
// that have passed their checks.
func (p *Params) Warnings(t *Task) []string {
	var out []string
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if float64(p.Active)*p.PeakIE < p.VthI {
		warn("peak_IE: %d active cells lift the inhibitory cell by %.3g mV, below V_th_I = %g mV: they do not silence the rest", p.Active, float64(p.Active)*p.PeakIE, p.VthI)
	}
	if p.PTheta < p.PInit {
		warn("P_theta: %.2g of all synapses are mature before anything is learned", 1-p.PTheta/p.PInit)
	}
	if spread := float64(p.Cells) * binomialTail(p.Active, p.Probability, p.Coincident); spread < float64(p.Active)/2 {
		warn("probability: %.2g of %d cells are expected to have %d synapses from %d active cells; %d predict an element", spread, p.Cells, p.Coincident, p.Active, (p.Active+1)/2)
	}
	if t.Interval < p.TauDAP/2 {
		warn("interval: %g ms is under half of tau_dAP = %g ms: plateaus of earlier elements count as predictions", t.Interval, p.TauDAP)
	}
	return out
}

// binomialTail returns P(X ≥ k) for X binomial with n trials of probability p.
func binomialTail(n int, p float64, k int) float64 {
	if k > n {
		return 0
	}
	term, below := 1.0, 0.0
	for range n {
		term *= 1 - p
	}
	if term == 0 {
		return 1
	}
	for i := range k {
		below += term
		term *= float64(n-i) / float64(i+1) * p / (1 - p)
	}
	return max(0, 1-below)
}

// Bytes returns the memory that a network of p takes: 16 bytes per synapse, and
// while it is built 8 more for the wiring.
func (p *Params) Bytes() (run, build float64) {
	synapses := float64(p.N()) * float64(p.InDegree())
	run = float64(16*synapses) + float64(160*float64(p.N()))
	return run, run + float64(8*synapses)
}
