package analysis

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// An Agreement says how well counts agree with the probabilities that they
// should have. A point is compared as a normal deviate where at least
// NormalCount hits and as many misses are expected, else by the exact
// probability of a count as extreme (Poisson, of the hits or the misses,
// whichever are fewer).
type Agreement struct {
	Points    int     `json:"points"`     // all that were compared
	Normal    int     `json:"normal"`     // of these, the terms of Chi2
	Chi2      float64 `json:"chi2"`       // Σ z² over the normal points
	P         float64 `json:"p"`          // probability of a Chi2 at least as large; 1 without terms
	MaxZ      float64 `json:"max_z"`      // largest |z| of the normal points
	LeastTail float64 `json:"least_tail"` // least one-sided probability of a count among the others; 1 without any
	Worst     int     `json:"worst"`      // index of the point that agrees least; -1 without any
}

// NormalCount is the number of expected hits from which on a count is taken as
// normal: its skewness is then at most 1/√25 = 0.2.
const NormalCount = 25

// Limits of an Agreement that holds. A normal point passes 4 standard errors
// once in 16,000, which is also what the tail allows; the sum of squares passes
// its limit once in 10,000.
const (
	MostZ     = 4
	LeastTail = 3.2e-5
	LeastP    = 1e-4
)

// Agree compares counts with probabilities. It needs slices of equal length.
func Agree(counts []Proportion, probs []float64) Agreement {
	var a Agreement
	var zs, tails []float64
	for i, c := range counts {
		if c.Informative(probs[i], NormalCount) {
			zs, tails = append(zs, c.Z(probs[i])), append(tails, math.NaN())
		} else {
			zs, tails = append(zs, math.NaN()), append(tails, c.tail(probs[i]))
		}
	}
	a.fill(zs, tails)
	return a
}

// AgreeZ compares standard normal deviates with 0.
func AgreeZ(zs []float64) Agreement {
	var a Agreement
	tails := make([]float64, len(zs))
	for i := range tails {
		tails[i] = math.NaN()
	}
	a.fill(zs, tails)
	return a
}

// fill sums up points that have a z or a tail each; the other is NaN.
func (a *Agreement) fill(zs, tails []float64) {
	*a = Agreement{Points: len(zs), P: 1, LeastTail: 1, Worst: -1}
	var normal []float64
	worst := math.Inf(1)
	for i, tail := range tails {
		if math.IsNaN(tail) {
			normal = append(normal, zs[i])
			a.MaxZ = max(a.MaxZ, math.Abs(zs[i]))
			tail = distuv.UnitNormal.Survival(math.Abs(zs[i]))
		} else {
			a.LeastTail = min(a.LeastTail, tail)
		}
		if tail < worst {
			worst, a.Worst = tail, i
		}
	}
	if len(normal) > 0 {
		a.Chi2, a.Normal, a.P = ChiSquare(normal)
	}
}

// Holds reports whether all three limits are kept.
func (a Agreement) Holds() bool {
	return a.MaxZ <= MostZ && a.LeastTail >= LeastTail && a.P >= LeastP
}

// tail returns the smaller of the probabilities of at most and of at least as
// many hits as were counted, or of misses, if these are rarer:
//
//	P(X ≤ k), P(X ≥ k),  X ~ Poisson(trials·prob)
//
// A binomial count is never wider than this.
func (p Proportion) tail(prob float64) float64 {
	k, mean := float64(p.Hits), float64(float64(p.Trials)*prob)
	if prob > 0.5 {
		k, mean = float64(p.Trials-p.Hits), float64(float64(p.Trials)*(1-prob))
	}
	if mean == 0 {
		if k == 0 {
			return 1
		}
		return 0
	}
	x := distuv.Poisson{Lambda: mean}
	below := 0.0
	if k > 0 {
		below = x.CDF(k - 1)
	}
	return min(x.CDF(k), 1-below)
}
