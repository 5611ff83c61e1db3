package spiking

import "math"

// Reading says whose details of the model hold; see the package comment.
type Reading string

const (
	Equations Reading = "equations" // the equations of the article
	NEST2022  Reading = "nest-2022" // the first implementation for NEST, with its two slips
)

// Params is what a user sets of the network. Symbols are those of Bouhadjar et
// al. (2022), tables 1 and 2.
type Params struct {
	Subpopulations int     `toml:"subpopulations" doc:"M, one for each symbol"`
	Cells          int     `toml:"cells" doc:"n_E, excitatory cells of a subpopulation"`
	Active         int     `toml:"active" doc:"rho, cells that represent a symbol in one context"`
	Probability    float64 `toml:"probability" doc:"p; a cell has floor(p M n_E) plastic synapses"`
	Coincident     int     `toml:"coincident" doc:"gamma, mature inputs at once that make a dendritic action potential"`

	TauM  float64 `toml:"tau_m" unit:"ms" doc:"excitatory membrane time constant"`
	Cm    float64 `toml:"C_m" unit:"pF" doc:"membrane capacitance of all cells"`
	VthE  float64 `toml:"V_th_E" unit:"mV" doc:"excitatory spike threshold above rest"`
	TRef  float64 `toml:"t_ref" unit:"ms" grid:"dt" doc:"excitatory refractory time"`
	TauEX float64 `toml:"tau_EX" unit:"ms" doc:"time constant of the external current"`
	TauED float64 `toml:"tau_ED" unit:"ms" doc:"time constant of the dendritic current"`
	TauEI float64 `toml:"tau_EI" unit:"ms" doc:"time constant of the inhibitory current"`

	IdAPth float64 `toml:"I_dAP_th" unit:"pA" doc:"dendritic current above which a dendritic action potential starts"`
	IDAP   float64 `toml:"I_dAP" unit:"pA" doc:"current of its plateau"`
	TauDAP float64 `toml:"tau_dAP" unit:"ms" grid:"dt" doc:"length of its plateau"`

	TauMI float64 `toml:"tau_m_I" unit:"ms" doc:"inhibitory membrane time constant"`
	VthI  float64 `toml:"V_th_I" unit:"mV" doc:"inhibitory spike threshold above rest"`
	TRefI float64 `toml:"t_ref_I" unit:"ms" grid:"dt" doc:"inhibitory refractory time"`
	TauIE float64 `toml:"tau_IE" unit:"ms" doc:"time constant of the current into inhibitory cells"`

	PeakEX float64 `toml:"peak_EX" unit:"mV" doc:"peak potential of an external spike"`
	PeakEI float64 `toml:"peak_EI" unit:"mV" doc:"peak potential of an inhibitory spike, as a positive number"`
	PeakIE float64 `toml:"peak_IE" unit:"mV" doc:"peak potential of an excitatory spike in the inhibitory cell; default: 18 mV/rho"`
	Delay  float64 `toml:"delay_EE" unit:"ms" grid:"dt" doc:"d_EE, delay of plastic synapses; all others take one step"`

	LambdaPlus    float64 `toml:"lambda_plus" doc:"rate of Hebbian growth"`
	LambdaMinus   float64 `toml:"lambda_minus" doc:"rate of depression at presynaptic spikes"`
	LambdaH       float64 `toml:"lambda_h" doc:"rate of homeostasis"`
	TauPlus       float64 `toml:"tau_plus" unit:"ms" doc:"time constant of the presynaptic trace"`
	PairingMin    float64 `toml:"Delta_t_min" unit:"ms" grid:"dt" doc:"a pairing counts above this interval"`
	PairingMax    float64 `toml:"Delta_t_max" unit:"ms" grid:"dt" doc:"a pairing counts below this interval; default: 2 element intervals"`
	PMax          float64 `toml:"P_max" doc:"largest permanence"`
	PTheta        float64 `toml:"P_theta" doc:"a synapse above this permanence is mature"`
	PInit         float64 `toml:"P_init" doc:"permanences are drawn from 0 to this, and never fall below the value drawn"`
	Target        float64 `toml:"z_target" doc:"z*, the dAP trace that homeostasis aims at"`
	TauH          float64 `toml:"tau_h" unit:"ms" doc:"time constant of the dAP trace; default: the length of an episode"`
	SparseFirst   int     `toml:"sparse_first" doc:"cells of each first element that a dendritic pulse predicts; 0: none, the whole subpopulation responds"`
	PulseLead     float64 `toml:"pulse_lead" unit:"ms" grid:"dt" doc:"how long before the first element that pulse comes"`
	PulseStrength float64 `toml:"pulse_strength" doc:"peak of that pulse as a multiple of I_dAP_th"`

	Reading Reading `toml:"reading" of:"equations nest-2022" doc:"equations: the article; nest-2022: with two errors of its first implementation"`
	Dt      float64 `toml:"-"` // h (ms)
}

// defaultParams returns the parameters that all sets of the article share, with
// the rates of set I. PeakIE, PairingMax and TauH are NaN until Resolve.
func defaultParams() Params {
	return Params{
		Subpopulations: 14, Cells: 150, Active: 20, Probability: 0.2, Coincident: 5,
		TauM: 10, Cm: 250, VthE: 20, TRef: 10, TauEX: 2, TauED: 5, TauEI: 1,
		IdAPth: 59, IDAP: 200, TauDAP: 60,
		TauMI: 5, VthI: 15, TRefI: 2, TauIE: 0.5,
		PeakEX: 22, PeakEI: 40, PeakIE: math.NaN(), Delay: 2,
		LambdaPlus: 0.08, LambdaMinus: 0.0015, LambdaH: 0.014, TauPlus: 20,
		PairingMin: 4, PairingMax: math.NaN(), PMax: 20, PTheta: 10, PInit: 8, Target: 1, TauH: math.NaN(),
		PulseLead: 20, PulseStrength: 1.4,
		Reading: Equations, Dt: 0.1,
	}
}

// Resolve fills in what follows from other parameters and from the task:
//
//	J~_IE = 18 mV/ρ,  Δt_max = 2 ΔT,  τ_h = ((L-1) ΔT + ΔT_seq) S
//
// for S sequences of L elements (the sum over sequences where they differ).
func (p *Params) Resolve(t *Task) {
	if math.IsNaN(p.PeakIE) {
		p.PeakIE = 18 / float64(p.Active)
	}
	if math.IsNaN(p.PairingMax) {
		p.PairingMax = 2 * t.Interval
	}
	if math.IsNaN(p.TauH) {
		p.TauH = t.EpisodeMs()
	}
}

// InDegree returns K = ⌊p M n_E⌋, the plastic synapses of a cell. The product is
// taken with the tolerance of a decimal fraction: 0.15·6240 is 936.
func (p *Params) InDegree() int {
	return int(math.Floor(float64(p.Probability*float64(p.Subpopulations*p.Cells)) + 1e-9))
}

// N returns the number of excitatory cells, M n_E.
func (p *Params) N() int { return p.Subpopulations * p.Cells }

// jMax returns the weight of a mature synapse (pA): 1.1 I_dAP,th/γ, so that γ
// coincident inputs are just enough.
func (p *Params) jMax() float64 { return 1.1 * p.IdAPth / float64(p.Coincident) }
