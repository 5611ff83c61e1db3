package theory

import (
	"math"

	"neurosim/internal/fpmath"
)

// Jitter is the distribution of the time by which a spike is early or late.
type Jitter struct {
	width float64 // of a uniform distribution, or
	sd    float64 // standard deviation of a Gaussian one
}

// GaussianJitter returns normally distributed jitter with the given standard
// deviation. It panics unless sd > 0.
func GaussianJitter(sd float64) Jitter {
	must(sd > 0, "the standard deviation of jitter must be positive, not %v", sd)
	return Jitter{sd: sd}
}

// UniformJitter returns jitter uniform over an interval of the given width. It
// panics unless width > 0.
func UniformJitter(width float64) Jitter {
	must(width > 0, "the width of jitter must be positive, not %v", width)
	return Jitter{width: width}
}

// dist returns the probabilities of successive steps, w of which make a window.
func (j Jitter) dist(window float64, w int) []float64 {
	step := window / float64(w)
	var p []float64
	if j.width > 0 {
		for at := 0.0; at < j.width*(1-1e-9); at += step {
			p = append(p, min(step, j.width-at)/j.width)
		}
		return p
	}
	half := int(math.Ceil(8.5 * j.sd / step)) // 1e-17 are outside
	below := func(k int) float64 { return float64(0.5 * fpmath.Erfc(-float64(k)*step/j.sd/math.Sqrt2)) }
	p = make([]float64, 2*half)
	for k := range half {
		p[k] = below(k+1-half) - below(k-half)
		p[2*half-1-k] = p[k]
	}
	return p
}

// Detection returns the probability that a pattern is detected although its
// spikes are jittered, for every number m of spikes that arrive, from 0 to s
// (T2): element m is
//
//	P = P(some window of length w holds at least θ of m independent arrival times)
//
// A synapse is active for a window w after its spike, so θ are active together
// at some moment if and only if θ spikes lie within w: the scan statistic of m
// points. theta synapses needed; window in the unit of the jitter. Needs
// 0 ≤ s ≤ 500, 0 ≤ theta ≤ 255, window > 0.
//
// Time is divided into steps of 1/24 and 1/48 of the window, with points of one
// step once in the best and once in the worst order, and extrapolated. Error,
// measured against simulations and exact integrals: below 1e-3, and for theta ≥ 8
// mostly below 2e-4; relative to the smaller of P and 1-P about 2 %. Above
// theta = 76 the state is coarser and the error not measured. P and 1-P below
// 1e-18 are not resolved. Cost: about 0.3 s at theta 12 and jitter of the order of the window,
// proportional to jitter/window and about to theta^4.
func Detection(s, theta int, window float64, j Jitter) []Prob {
	must(window > 0, "the window must be positive, not %v", window)
	must(j.sd > 0 || j.width > 0, "the zero Jitter is not a distribution")
	mean := func(w int) (miss, hit []float64) {
		dist := j.dist(window, w)
		miss, hit = detect(s, theta, dist, w, leaveFirst)
		miss2, hit2 := detect(s, theta, dist, w, enterFirst)
		for m := range miss {
			miss[m] = (miss[m] + miss2[m]) / 2
			hit[m] = (hit[m] + hit2[m]) / 2
		}
		return miss, hit
	}
	miss, hit := mean(24)
	miss2, hit2 := mean(48)
	p := make([]Prob, s+1)
	for m := range p {
		// The mean of both orders has an error of the square of the step.
		p[m] = both(wide(max(0, (float64(4*hit2[m])-hit[m])/3), 0), wide(max(0, (float64(4*miss2[m])-miss[m])/3), 0))
	}
	return p
}

// StepDetection is Detection in steps of time: dist[k] is the probability that a
// spike arrives in step k (what is missing to a sum of 1 never arrives), and a
// synapse is active in the step of arrival and the window-1 after it. Exact for
// window ≤ 4 and theta ≤ 14, apart from rounding; otherwise the error measured
// against simulations is that of Detection. Needs window ≥ 1.
func StepDetection(s, theta int, dist []float64, window int) []Prob {
	must(window >= 1, "the window must be at least one step, not %d", window)
	total := 0.0
	for _, x := range dist {
		must(x >= 0, "a probability must not be negative: %v", x)
		total += x
	}
	must(total <= 1+1e-9, "the probabilities of the steps sum to %v", total)
	arrive := ProbOf(min(1, total))
	if total < 1-1e-12 {
		// Given that a spike arrives, and then the number that do.
		given := make([]float64, len(dist))
		for k, x := range dist {
			given[k] = x / total
		}
		all := StepDetection(s, theta, given, window)
		p := make([]Prob, s+1)
		for m := range p {
			p[m] = AfterDrops(all[:m+1], arrive.Complement().Value())
		}
		return p
	}
	miss, hit := detect(s, theta, dist, window, leaveFirst)
	p := make([]Prob, s+1)
	for m := range p {
		p[m] = both(wide(hit[m], 0), wide(miss[m], 0))
	}
	return p
}

// detect runs the scan with windows of w steps, and the cases it has no states for.
func detect(s, theta int, dist []float64, w int, o order) (miss, hit []float64) {
	must(s >= 0 && s <= 500 && theta >= 0 && theta <= 255, "counts out of range: s = %d, theta = %d", s, theta)
	if theta == 0 {
		miss, hit = make([]float64, s+1), make([]float64, s+1)
		for m := range hit {
			hit[m] = 1
		}
		return miss, hit
	}
	g := min(w, cellsPerWindow(theta))
	return scan{theta, g, cells(dist, w, g), o}.run(s)
}

// AfterDrops returns the probability of detection when each of the spikes of s
// synapses is dropped with the given probability, independently (T2):
//
//	P = Σ_m C(s,m)·(1-drop)^m·drop^(s-m) · p[m],   s = len(p)-1
//
// p is what Detection or StepDetection returns. Relative error that of p.
func AfterDrops(p []Prob, drop float64) Prob {
	must(drop >= 0 && drop <= 1, "a probability must be from 0 to 1, not %v", drop)
	s := len(p) - 1
	return mix(p, func(m int) Wide { return binomialPoint(s, m, share{1 - drop, drop}) })
}

// AfterSilencing returns the probability of detection when v of the a cells of
// the pattern, chosen at random, send no spike (T2):
//
//	P = Σ_b C(s,b)·C(a-s,v-b)/C(a,v) · p[s-b],   s = len(p)-1
//
// b of the lost spikes being those of the segment's s synapses, as in
// FalseNegative, whose complement this is without jitter. Relative error that
// of p.
func AfterSilencing(p []Prob, a, v int) Prob {
	s := len(p) - 1
	mustNoise(a, s, v, 0)
	return mix(p, func(m int) Wide { return pointAt(a, v, s, s-m) })
}

// FalsePositiveAmong returns the probability that a random activity fires a
// segment that never learned it when the spikes are jittered (T2):
//
//	P = Σ_b C(s,b)·C(n-s,a-b)/C(n,a) · p[b],   s = len(p)-1
//
// p[b] is the probability that the spikes of b synapses are detected, as Detection
// or StepDetection returns it; where it is 0 below θ and 1 from θ on, P is
// FalsePositive. n cells, a active; 0 ≤ a, s ≤ n. Relative error that of p.
func FalsePositiveAmong(p []Prob, n, a int) Prob {
	s := len(p) - 1
	mustCounts(n, a, s, 0)
	return mix(p, func(b int) Wide { return pointAt(n, a, s, b) })
}

// mix averages p with the weights of a distribution.
func mix(p []Prob, weight func(m int) Wide) Prob {
	var yes, no Wide
	for m := range p {
		w := weight(m)
		yes = yes.add(w.mul(p[m].p))
		no = no.add(w.mul(p[m].q))
	}
	return both(yes, no)
}
