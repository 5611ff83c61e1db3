package neuron

import (
	"math"

	"neurosim/internal/fpmath"
)

// A gate's rates: α(V) and β(V) in 1/ms, V in mV.
type rates func(v float64) (alpha, beta float64)

// A kind of channel: the current per area ḡ m^p h (E - V).
type kind struct {
	name string
	m    rates
	p    int
	h    rates // nil for none; to the first power
}

// over returns u/(1 - e^(-u)), 1 at u = 0.
func over(u float64) float64 {
	if math.Abs(u) < 1e-5 {
		return 1 + float64(u/2)
	}
	return u / (1 - exp(-u))
}

// exp is e^x with x cut to ±700, where a rate is 0 or saturates anyway.
func exp(x float64) float64 { return fpmath.Exp(min(max(x, -700), 700)) }

// kinds are the channels. Rates of na and kdr: Hodgkin & Huxley 1952, J. Physiol.
// 117:500, with a rest of -65 mV and V as the inside's potential; of ca:
// Reuveni et al. 1993, J. Neurosci. 13:4609, as Hay et al. 2011, PLoS Comput.
// Biol. 7:e1002107, use them for the calcium spike of layer 5 cells; of km:
// Adams et al. 1982, J. Physiol. 330:537, likewise, at its own temperature.
var kinds = []kind{
	{
		name: "na",
		m: func(v float64) (float64, float64) {
			return over((v + 40) / 10), 4 * exp(-(v+65)/18)
		}, p: 3,
		h: func(v float64) (float64, float64) {
			return 0.07 * exp(-(v+65)/20), 1 / (1 + exp(-(v+35)/10))
		},
	},
	{
		name: "kdr",
		m: func(v float64) (float64, float64) {
			return 0.1 * over((v+55)/10), 0.125 * exp(-(v+65)/80)
		}, p: 4,
	},
	{
		name: "ca",
		m: func(v float64) (float64, float64) {
			// 0.055 (-27-v)/(e^((-27-v)/3.8) - 1)
			return 0.055 * 3.8 * over((v+27)/3.8), 0.94 * exp((-75-v)/17)
		}, p: 2,
		h: func(v float64) (float64, float64) {
			return 0.000457 * exp((-13-v)/50), 0.0065 / (1 + exp((-15-v)/28))
		},
	},
	{
		name: "km",
		m: func(v float64) (float64, float64) {
			return 0.0033 * exp(0.1*(v+35)), 0.0033 * exp(-0.1*(v+35))
		}, p: 1,
	},
}

// channelNames returns the kinds that there are.
func channelNames() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

func kindNamed(name string) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}
