package analysis

import "math"

// An Agreement says how well numbers agree with what they should be: counts with
// probabilities, or deviates with the standard normal distribution. Every point
// has a tail, the one-sided probability of a number at least as extreme: of a
// count exact (binomial) up to tailCount expected hits or misses, else normal.
// Points with at least NormalCount expected hits and misses are also summed up in
// a chi-square.
type Agreement struct {
	Points    int     `json:"points"`     // all that were compared
	Normal    int     `json:"normal"`     // of these, the terms of Chi2
	Chi2      float64 `json:"chi2"`       // Σ z² over the normal points
	P         float64 `json:"p"`          // probability of a Chi2 at least as large; 1 without terms
	MaxZ      float64 `json:"max_z"`      // largest |z| of the normal points
	LeastTail float64 `json:"least_tail"` // least tail of all points; 1 without any
	Worst     int     `json:"worst"`      // index of that point; -1 without any
}

// NormalCount is the number of expected hits from which on z² is added up: the
// skewness of the count is then at most 1/√25 = 0.2. tailCount is the number from
// which on its tail at 4 standard errors, too, is that of the normal
// distribution, to 2 %.
const (
	NormalCount = 25
	tailCount   = 1_000_000
)

// falseAlarm is how often an Agreement does not hold although the numbers are
// what they should be, at most: half for the least tail, which is allowed to be
// smaller the more points there are, and half for the chi-square.
const falseAlarm = 1e-3

// Holds reports whether the least tail and the chi-square are likely enough. For
// 30 points the least tail allowed is that of 4.3 standard errors.
func (a Agreement) Holds() bool {
	return float64(2*float64(a.Points)*a.LeastTail) >= falseAlarm/2 && a.P >= falseAlarm/2
}

// Agree compares counts with probabilities. It needs slices of equal length.
func Agree(counts []Proportion, probs []float64) Agreement {
	a := Agreement{P: 1, LeastTail: 1, Worst: -1}
	var zs []float64
	for i, c := range counts {
		z, tail := c.Z(probs[i]), 0.0
		if c.Informative(probs[i], tailCount) {
			tail = normalTail(math.Abs(z))
		} else {
			tail = c.tail(probs[i])
		}
		a.point(tail)
		if c.Informative(probs[i], NormalCount) {
			zs = append(zs, z)
		}
	}
	a.sum(zs)
	return a
}

// AgreeZ compares deviates with the standard normal distribution.
func AgreeZ(zs []float64) Agreement {
	a := Agreement{P: 1, LeastTail: 1, Worst: -1}
	for _, z := range zs {
		a.point(normalTail(math.Abs(z)))
	}
	a.sum(zs)
	return a
}

func (a *Agreement) point(tail float64) {
	if a.Worst < 0 || tail < a.LeastTail {
		a.LeastTail, a.Worst = tail, a.Points
	}
	a.Points++
}

func (a *Agreement) sum(zs []float64) {
	for _, z := range zs {
		a.MaxZ = max(a.MaxZ, math.Abs(z))
	}
	a.Chi2, a.Normal, a.P = ChiSquare(zs)
}

// tail returns the smaller of the probabilities of at most and of at least as
// many hits as were counted, of misses where these are rarer:
//
//	P(X ≤ k), P(X ≥ k),  X ~ Binomial(trials, prob)
func (p Proportion) tail(prob float64) float64 {
	if prob > 0.5 {
		return p.Not().tail(1 - prob)
	}
	if prob <= 0 {
		if p.Hits == 0 {
			return 1
		}
		return 0
	}
	k, n := float64(p.Hits), float64(p.Trials)
	below := 0.0
	if k > 0 {
		below = binomialUpTo(k-1, n, prob)
	}
	upTo := 1.0
	if k < n {
		upTo = binomialUpTo(k, n, prob)
	}
	return min(upTo, 1-below)
}
