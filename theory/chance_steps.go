package theory

import (
	"math"

	"neurosim/internal/fpmath"
)

// StepCrossings returns the probability that in a step of time the number of
// active synapses rises from below theta to theta or more (T1, in steps):
//
//	λ = P(N_{k-1} < θ ≤ N_k)
//
// Each synapse receives a spike in a step with probability 1 - e^{-r},
// independently (Poisson spikes at rate r per step), and is active in the step of
// arrival and the window-1 after it. Several may start or end in one step, so
// the distribution of both numbers is summed over how many stay, start and end. Exact for
// this process; ChanceCrossingRate is its limit for short steps. Needs s ≥ 0,
// theta ≥ 1, rate ≥ 0, window ≥ 1. Relative error at most 1e-11 for s up to 1000.
func StepCrossings(s, theta int, rate float64, window int) Wide {
	var sum Wide
	for _, c := range crossings(s, theta, rate, window) {
		sum = sum.add(c.p)
	}
	return sum
}

// A crossing is one way to rise from below theta: so many synapses stay on, so
// many start.
type crossing struct {
	stay, start int
	p           Wide
}

func crossings(s, theta int, rate float64, window int) []crossing {
	mustBackground(s, theta, rate, float64(window))
	must(theta >= 1 && window >= 1, "theta and window must be at least 1, not %d and %d", theta, window)
	// In steps k-1 and k a synapse is on-on, off-on, on-off or off-off. The last
	// three: no spike in the window-1 steps common to both windows (and the last,
	// none at either end).
	spike := chance(rate)
	quiet := fpmath.ExpAll(-rate * float64(window))
	offOn := quiet * spike.x
	onOn := chance(rate*float64(window)).x - offOn
	if onOn < 1e-3*offOn { // window 1, or cancellation: sum the two ways apart
		common := chance(rate * float64(window-1))
		onOn = common.x + common.y*spike.x*spike.x
	}
	rest := quiet * (1 + spike.x) // off-on, on-off, off-off
	off := quiet                  // on-off, off-off
	starts := share{offOn / rest, off / rest}
	ends := share{spike.x, spike.y} // of those not on-on and not off-on
	var all []crossing
	for stay := 0; stay < min(theta, s+1); stay++ {
		p := binomialPoint(s, stay, share{onOn, rest})
		for start := theta - stay; start <= s-stay; start++ {
			q := binomialPoint(s-stay, start, starts)
			few := binomialTail(s-stay-start, theta-stay, ends).q // ends < theta - stay
			all = append(all, crossing{stay, start, p.mul(q).mul(few)})
		}
	}
	return all
}

// StepFirstSpike returns the mean number of steps from a random step to the
// first with theta active synapses, 0 if that step is one (T1, in steps):
//
//	E[T] = X₁ + (1+X₀)·(1-P)/P,   P = BackgroundOverlap(s, θ, r, window)
//
// X is Σ_{k=1}^{window-1} (P(N_k ≥ θ | state in step 0) - P), for the states of
// ChanceFirstSpike, which see for the argument and the accuracy. Arguments as
// for StepCrossings.
func StepFirstSpike(s, theta int, rate float64, window int) Wide {
	ways := crossings(s, theta, rate, window)
	if rate == 0 || theta > s {
		return Wide{frac: math.Inf(1)}
	}
	var all Wide
	for _, c := range ways {
		all = all.add(c.p)
	}
	p := chance(rate * float64(window))
	above := binomialTail(s, theta, p)
	onOn := p.x - p.y*chance(rate).x // on in step 0 and in the one before
	var first, excess float64
	for k := 1; k < window; k++ {
		join := chance(rate * float64(k))
		left := join.x * p.y // on in step 0, off in step k
		for _, c := range ways {
			weight := c.p.over(all).Value()
			if weight < 1e-12 {
				continue
			}
			stay := share{1 - left/onOn, left / onOn}
			first += weight * sumTail(c.stay, stay, s-c.stay-c.start, join, theta-c.start)
		}
		first -= above.Value()
		excess += staysAbove(s, theta, p, share{1 - left/p.x, left / p.x}, join) - above.Value()
	}
	return waiting(above, 1+first, excess)
}

// StepSpikeRate returns the mean number of chance NMDA spikes of a segment per
// step (T1, in steps):
//
//	ν = 1 / (plateau + 1 + E[T]),   E[T] = StepFirstSpike
//
// A spike that starts in step k makes a plateau in steps k+1..k+plateau; the
// next can start in step k+plateau+1, and does if theta synapses are active
// then. Needs plateau ≥ window-1, so that the synapses active in that step owe
// nothing to those of step k; panics otherwise. Accuracy as StepFirstSpike.
func StepSpikeRate(s, theta int, rate float64, window, plateau int) Wide {
	must(plateau >= window-1, "the plateau (%d steps) must be at least window-1 (window %d)", plateau, window)
	return spikeRate(StepFirstSpike(s, theta, rate, window), float64(plateau+1))
}
