package theory

import (
	"math"

	"neurosim/internal/fpmath"
)

// The paper has no time. Here each of s synapses receives independent Poisson
// spikes and is active for a window after each (prolonged by further spikes,
// counted once), and an NMDA spike starts when theta are active. The number of
// active synapses is then a superposition of stationary on-off processes; how
// often it reaches theta follows from counting up-crossings, as in Rice's
// formula. See doc.go for the sources.

// BackgroundOverlap returns the probability that at least theta synapses of a
// segment are active at a random moment (T1):
//
//	P = P(Bin(s, p) ≥ θ),   p = 1 - e^{-rw}
//
// s synapses with independent Poisson spikes at rate r (per unit of time),
// active for a window w (the same unit) after a spike. It holds in steps of
// time too, r and w per step. Needs s, theta ≥ 0, rate and window ≥ 0. Relative
// error of P and 1-P at most 1e-12 for s up to 1000; it grows as s·1e-16,
// because p is a rounded number.
func BackgroundOverlap(s, theta int, rate, window float64) Prob {
	mustBackground(s, theta, rate, window)
	return binomialTail(s, theta, chance(rate*window))
}

// ChanceCrossingRate returns how often the number of active synapses rises
// from theta-1 to theta, per unit of time (T1):
//
//	λ = r·(1-p) · s · P(Bin(s-1, p) = θ-1),   p = 1 - e^{-rw}
//
// A synapse is off with probability 1-p and then turns on at rate r; at that
// moment the s-1 others, which are independent of it, must make theta-1. Exact
// for this process, with no assumption that crossings are rare. Arguments as
// for BackgroundOverlap, theta ≥ 1. Relative error as there. This is the rate of
// NMDA spikes that last only as long as the overlap does; ChanceSpikeRate has
// the plateau.
func ChanceCrossingRate(s, theta int, rate, window float64) Wide {
	mustBackground(s, theta, rate, window)
	must(theta >= 1, "theta must be at least 1")
	p := chance(rate * window)
	return binomialPoint(s-1, theta-1, p).times(rate * p.y * float64(s))
}

// ChanceFirstSpike returns the mean time from a random moment until theta
// synapses are active for the first time (T1), 0 if they are already:
//
//	E[T] = X₁ + X₀·(1-P)/P,   P = BackgroundOverlap
//
// X is the excess of time above threshold within one window after a moment,
// ∫₀^w (P(N_τ ≥ θ | state) - P) dτ: for X₁ the state is a random one above
// threshold, for X₀ that of an up-crossing. The identity is exact if X₀ is taken
// over first up-crossings (what happens more than a window later is independent
// of the state); the state of any up-crossing, used here, differs a little.
// After a first crossing a second is likelier than after a second a third, so
// X₀, and E[T] with it, comes out too short: by 0 to 10 % in simulations over
// s 10 to 40, theta 1 to 12 and P from 1e-4 to 0.9, less the rarer crossings
// repeat. Arguments as for ChanceCrossingRate. 1/E[T] lies below the crossing
// rate, because crossings come in clumps. Cost: about 2 ms at s = 30.
func ChanceFirstSpike(s, theta int, rate, window float64) Wide {
	mustBackground(s, theta, rate, window)
	must(theta >= 1, "theta must be at least 1")
	w := rate * window // time in units of 1/r
	if w == 0 || theta > s {
		return Wide{frac: math.Inf(1)}
	}
	p := chance(w)
	above := binomialTail(s, theta, p)
	first := excessTime(w, func(t float64) float64 {
		stay, join := stays(p, t), chance(t)
		return sumTail(theta-1, stay, s-theta, join, theta-1) - above.Value()
	})
	excess := 0.0
	if above.Value() > 1e-12 { // otherwise nothing beside the other term
		excess = excessTime(w, func(t float64) float64 {
			return staysAbove(s, theta, p, stays(p, t), chance(t)) - above.Value()
		})
	}
	return waiting(above, first, excess).times(1 / rate)
}

// ChanceSpikeRate returns the rate of chance NMDA spikes of a segment whose
// plateau outlasts the window (T1):
//
//	ν = 1 / (plateau + E[T]),   E[T] = ChanceFirstSpike
//
// No spike starts during a plateau; one starts at its end if theta synapses are
// active then. Because plateau ≥ window, the synapses active at that end owe
// nothing to those that started the plateau, so spikes are a renewal process and
// the formula is exact given E[T], whose error makes ν too high, by 0 to 7 % in
// the simulations of the tests. Arguments as for ChanceCrossingRate; panics if
// plateau < window.
func ChanceSpikeRate(s, theta int, rate, window, plateau float64) Wide {
	must(plateau >= window, "the plateau (%v) must not be shorter than the window (%v)", plateau, window)
	return spikeRate(ChanceFirstSpike(s, theta, rate, window), plateau)
}

// spikeRate returns 1/(dead + wait).
func spikeRate(wait Wide, dead float64) Wide {
	if math.IsInf(wait.frac, 1) {
		return Wide{}
	}
	return wide(1, 0).over(wait.add(wide(dead, 0)))
}

// waiting returns excess + first·(1-P)/P, the mean time to the first spike.
func waiting(above Prob, first, excess float64) Wide {
	odds := above.q.over(above.p)
	w := odds.times(max(first, 0))
	if excess >= 0 {
		return w.add(wide(excess, 0))
	}
	if v := w.Value(); v < 1e30 {
		return wide(max(0, v+excess), 0)
	}
	return w // beside which the excess is nothing
}

// stays returns the probability that a synapse on at 0 is on at t ≤ w, in units
// of 1/r: it goes off if its last spike was in the t that have left the window
// and none came since, (1-e^{-t})·e^{-w}/p.
func stays(p share, t float64) share {
	off := -fpmath.Expm1(-t) * p.y / p.x
	return share{1 - off, off}
}

// staysAbove returns P(N_t ≥ theta | N_0 ≥ theta) for synapses that are on with
// probability p, and stay on and turn on with the given ones.
func staysAbove(s, theta int, p, stay, join share) float64 {
	var both, above float64
	pi := 1.0 // P(N_0 = i) relative to P(N_0 = theta), which may be 1e-400
	for i := theta; i <= s; i++ {
		above += pi
		both += float64(pi * sumTail(i, stay, s-i, join, theta))
		pi *= float64(s-i) / float64(i+1) * (p.x / p.y)
		if pi < 1e-17*above {
			break
		}
	}
	return both / above
}

// excessTime integrates f from 0 to w by Simpson's rule in x, t = w·x³: what
// happens after a crossing happens within w/theta, where points are then dense.
func excessTime(w float64, f func(t float64) float64) float64 {
	const n = 96
	sum := 3 * f(w) // x = 1; at x = 0 the weight x² is 0
	for i := 1; i < n; i++ {
		x := float64(i) / n
		sum += float64(float64(2+2*(i%2)) * 3 * x * x * f(w*x*x*x))
	}
	return w * sum / (3 * n)
}

func mustBackground(s, theta int, rate, window float64) {
	must(s >= 0 && theta >= 0, "counts out of range: s = %d, theta = %d", s, theta)
	must(rate >= 0 && window >= 0 && rate*window < math.Inf(1), "rate and window must not be negative: %v, %v", rate, window)
}
