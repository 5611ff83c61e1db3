package onecell

import (
	"context"
	"math"

	"neurosim/analysis"
	"neurosim/internal/fpmath"
	"neurosim/internal/rng"
	"neurosim/network"
)

// Trials find no probability below one over their number, but a population has so
// many more random patterns with few active synapses than with many that just these
// probabilities count. They are estimated by importance sampling: in weighted trials
// conductances are drawn from a distribution that favours strong synapses,
//
//	g(z) ∝ φ(z) e^(λz)  in place of  f(z) ∝ φ(z),   |z| ≤ 2,
//
// z the deviation of the logarithm of a conductance, and a trial counts
// Π f(z)/g(z), so that P(spike | b) is the mean count of those that spike, whatever λ.

// enoughHits is the number of trials that have to spike for P(spike | b) to be taken
// from them.
const enoughHits = 100

// fewestHits is the number of weighted trials that have to spike for their mean to
// have a standard error worth the name.
const fewestHits = 10

// tilt is a distribution of z.
type tilt struct{ lambda, log float64 } // log is that of the ratio of the norms of g and f

// tiltTo returns the distribution whose mean is next to a given one, up to 1.7; λ is a multiple
// of 1/64, so that no rounding of the last bit reaches the trials.
func tiltTo(mean float64) tilt {
	lo, hi := 0.0, 12.0
	for range 60 {
		mid := (lo + hi) / 2
		if tiltedMean(mid) < min(mean, 1.7) {
			lo = mid
		} else {
			hi = mid
		}
	}
	lambda := math.Round(64*lo) / 64
	return tilt{lambda, float64(lambda*lambda/2) + fpmath.LogAll(inside(lambda)/inside(0))}
}

// inside returns the mass of a normal distribution of mean λ within ±2.
func inside(lambda float64) float64 {
	return (fpmath.Erfc((-maxDeviation-lambda)/math.Sqrt2) - fpmath.Erfc((maxDeviation-lambda)/math.Sqrt2)) / 2
}

// tiltedMean returns the mean of g: a normal distribution of mean λ, cut at ±2.
func tiltedMean(lambda float64) float64 {
	phi := func(z float64) float64 { return fpmath.ExpAll(-z*z/2) / math.Sqrt(2*math.Pi) }
	return lambda + (phi(-maxDeviation-lambda)-phi(maxDeviation-lambda))/inside(lambda)
}

// draw returns z and log f(z)/g(z).
func (t tilt) draw(r *rng.Stream) (z, log float64) {
	for {
		if z = t.lambda + r.Normal(); math.Abs(z) <= maxDeviation {
			return z, t.log - float64(t.lambda*z)
		}
	}
}

// weighted runs n weighted trials with b active synapses and returns the count of
// each, 0 where it has no spike.
func (t *trials) weighted(ctx context.Context, b, n int, dist tilt) ([]float64, error) {
	place, _ := t.section(&t.of.Cluster)
	counts := make([]float64, n)
	start, spread := t.step(t.of.Time), t.step(t.of.Spread)
	for first := 0; first < n; first += trialsPerChunk {
		m := min(trialsPerChunk, n-first)
		var events []event
		for i := range m {
			r := rng.New(t.seed, rng.WeightedTrial, rng.Name(t.of.Target), uint64(b)<<32|uint64(first+i))
			even := firstOf(&r, t.of.Synapses, b)
			log := 0.0
			for j := range b {
				at := (float64(even[j]) + 0.5) / float64(t.of.Synapses)
				if u := r.Float64(); place.Placement == network.Random {
					at = u
				}
				step := start + int(r.Float64()*float64(spread+1))
				z, l := dist.draw(&r)
				log += l
				for _, site := range t.Excite(t.pop, t.of.Group, t.node(&t.of.Cluster, at)) {
					events = append(events, event{step, i, site, t.weight(z), j})
				}
			}
			counts[first+i] = fpmath.ExpAll(log)
		}
		spiked, _, err := t.spikes(ctx, m, events)
		if err != nil {
			return nil, err
		}
		for i, s := range spiked {
			if !s {
				counts[first+i] = 0
			}
		}
	}
	return counts, nil
}

// firstOf returns the first b of a random order of s things.
func firstOf(r *rng.Stream, s, b int) []int {
	all := make([]int, s)
	for i := range all {
		all[i] = i
	}
	for i := range b {
		j := i + r.IntN(s-i)
		all[i], all[j] = all[j], all[i]
	}
	return all[:b]
}

// tail estimates P(spike | b) from weighted trials. mid is the number of synapses of
// which half the trials spike: b of them are as strong together if their logarithms
// lie log(mid/b) higher, of which places and times take a part.
func (t *trials) tail(ctx context.Context, b int, mid float64) (Rate, error) {
	dist := tilt{}
	if t.sigma > 0 {
		dist = tiltTo(0.8 * fpmath.LogAll(mid/float64(b)) / t.sigma)
	}
	counts, err := t.weighted(ctx, b, t.of.Weighted, dist)
	if err != nil {
		return Rate{}, err
	}
	q := weightedRate(counts)
	return Rate{rounded(q.P), rounded(q.Lo), rounded(q.Hi)}, nil
}

// weightedRate returns the mean of counts and its 95 % interval, for a mean whose
// logarithm is normal (which keeps it positive); no upper limit, 1, with too few
// counts.
func weightedRate(counts []float64) Rate {
	n, hits, sum, square := float64(len(counts)), 0, 0.0, 0.0
	for _, x := range counts {
		sum += x
		square += float64(x * x)
		if x > 0 {
			hits++
		}
	}
	q := Rate{P: sum / n, Hi: 1}
	if hits >= fewestHits {
		relative := math.Sqrt(max(0, square/n-float64(q.P*q.P))/n) / q.P
		factor := fpmath.ExpAll(analysis.Z95 * relative)
		q.Lo, q.Hi = q.P/factor, min(1, q.P*factor)
	}
	return q
}
