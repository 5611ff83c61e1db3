package dendrite

import "math"

// ThresholdParams is what a user sets of a group of threshold segments.
type ThresholdParams struct {
	Theta    int     `toml:"theta" must:"yes" doc:"active synapses needed for an NMDA spike, θ"`
	Window   float64 `toml:"window" unit:"ms" grid:"dt" doc:"time for which a spike keeps a synapse active"`
	Plateau  float64 `toml:"plateau" unit:"ms" grid:"dt" doc:"duration of an NMDA spike"`
	Shunt    float64 `toml:"shunt" unit:"ms" grid:"dt" doc:"time for which a spike keeps an inhibitory synapse active"`
	ThetaInh int     `toml:"theta_inh" doc:"active inhibitory synapses that shunt the segment"`
}

// DefaultThreshold returns the defaults, within the ranges that [AH16] quotes: a
// coincidence window of 1-5 ms, a depolarisation of 50-200 ms. θ has none.
func DefaultThreshold() ThresholdParams {
	return ThresholdParams{Window: 5, Plateau: 50, Shunt: 10, ThetaInh: 1}
}

// maxCount is the largest number of active synapses that a counter holds.
const maxCount = math.MaxUint16

// Check reports every rule that p breaks; dt in ms.
func (p ThresholdParams) Check(dt float64, bad func(key, rule string, args ...any)) {
	if p.Theta < 1 || p.Theta > maxCount {
		bad("theta", "must be from 1 to %d", maxCount)
	}
	if p.ThetaInh < 1 || p.ThetaInh > maxCount {
		bad("theta_inh", "must be from 1 to %d", maxCount)
	}
	atLeastOneStep := func(key string, x float64) {
		if !(x >= dt) || math.IsInf(x, 0) {
			bad(key, "must be at least one step (dt = %g ms)", dt)
		}
	}
	atLeastOneStep("window", p.Window)
	atLeastOneStep("plateau", p.Plateau)
	atLeastOneStep("shunt", p.Shunt)
}
