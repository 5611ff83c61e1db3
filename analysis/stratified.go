package analysis

import "math"

// ClopperPearson returns the exact interval of the rate (Clopper & Pearson 1934,
// Biometrika 26:404): the rates at which neither as many nor as few hits have a
// probability below (1 - confidence)/2. It covers the true rate at least as often
// as it says, at any count. [0, 1] without trials.
func (p Proportion) ClopperPearson(confidence float64) (lo, hi float64) {
	lo, hi = 0, 1
	x, n, tail := float64(p.Hits), float64(p.Trials), float64((1-confidence)/2)
	if p.Hits > 0 {
		lo = betaQuantile(tail, x, n-x+1)
	}
	if p.Hits < p.Trials {
		hi = betaQuantile(1-tail, x+1, n-x)
	}
	return lo, hi
}

// A Stratum is one of several kinds of cases that exclude each other, and the
// trials that were made of it.
type Stratum struct {
	Weight float64 // the known probability of the kind, times a factor that all share
	Count  Proportion
}

// Stratified estimates the rate of hits among all cases from the rates within
// strata,
//
//	p̂ = Σ w_b p̂_b,   lo = p̂ - √Σ w_b² (p̂_b - l_b)²,   hi = p̂ + √Σ w_b² (u_b - p̂_b)² + rest ,
//
// w_b the weights, l_b and u_b the Clopper-Pearson limits of the stratum, rest
// the weight of all strata that were not tried, in which every case might be a
// hit. A stratum without trials counts as rest. The combination of limits is that
// of Zou, Huang & Zhang (2009, Comput. Stat. Data Anal. 53:1080), MOVER; exact
// limits in place of their score limits keep it honest where a stratum has no or
// only hits: it then still has a width. The coverage is tested, not proven.
func Stratified(strata []Stratum, rest, confidence float64) (rate, lo, hi float64) {
	var total, below, above float64
	for _, s := range strata {
		if s.Count.Trials == 0 {
			rest += s.Weight
			continue
		}
		total += s.Weight
		p := s.Count.Rate()
		l, u := s.Count.ClopperPearson(confidence)
		rate += float64(s.Weight * p)
		down, up := float64(s.Weight*(p-l)), float64(s.Weight*(u-p))
		below += float64(down * down)
		above += float64(up * up)
	}
	hi = min(rate+math.Sqrt(above), total) + rest
	return rate, max(0, rate-math.Sqrt(below)), hi
}

// Neyman divides a number of trials among strata so that the variance of
// Stratified is least (Neyman 1934, J. R. Stat. Soc. 97:558),
//
//	N_b ∝ w_b √(p_b (1 - p_b)),   p_b = (hits + 1)/(trials + 2) of the pilot,
//
// and gives none less than floor, so the sum can exceed total. The rule of
// succession keeps strata that had no or only hits in the pilot.
func Neyman(pilot []Stratum, total, floor int64) []int64 {
	spread := make([]float64, len(pilot))
	sum := 0.0
	for i, s := range pilot {
		p := float64(s.Count.Hits+1) / float64(s.Count.Trials+2)
		spread[i] = float64(s.Weight * math.Sqrt(float64(p*(1-p))))
		sum += spread[i]
	}
	out := make([]int64, len(pilot))
	for i := range out {
		out[i] = floor
		if sum > 0 {
			out[i] = max(floor, int64(math.Ceil(float64(float64(total)*(spread[i]/sum)))))
		}
	}
	return out
}
