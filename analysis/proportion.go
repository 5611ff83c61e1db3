package analysis

import "math"

// A Proportion is a number of hits in a number of independent trials.
type Proportion struct {
	Hits, Trials int64
}

// Rate returns Hits/Trials; NaN without trials.
func (p Proportion) Rate() float64 { return float64(p.Hits) / float64(p.Trials) }

// Not exchanges hits and misses.
func (p Proportion) Not() Proportion { return Proportion{p.Trials - p.Hits, p.Trials} }

// Z95 is the half width of a 95 % interval in standard errors.
const Z95 = 1.959963984540054

// Wilson returns the score interval of the rate (Wilson 1927, J. Am. Stat.
// Assoc. 22:209) at z standard errors: the rates p with
// |Hits/Trials - p| ≤ z √(p(1-p)/Trials). Unlike the normal interval it keeps
// within [0, 1] and has a width at 0 hits. NaN without trials.
func (p Proportion) Wilson(z float64) (lo, hi float64) {
	n, x := float64(p.Trials), p.Rate()
	z2 := z * z / n
	centre := (x + float64(z2/2)) / (1 + z2)
	half := float64(z / (1 + z2) * math.Sqrt(x*(1-x)/n+z2/(4*n)))
	lo, hi = centre-half, centre+half
	if p.Hits == 0 {
		lo = 0 // exactly: centre and half agree only up to rounding
	}
	if p.Hits == p.Trials {
		hi = 1
	}
	return lo, hi
}

// Z returns the distance of the rate from the probability prob in standard
// errors of a binomial count; 0 if prob is 0 or 1 and the count agrees, ±Inf if
// it does not.
func (p Proportion) Z(prob float64) float64 {
	d := float64(p.Hits) - float64(prob*float64(p.Trials))
	if sd := math.Sqrt(prob * (1 - prob) * float64(p.Trials)); sd > 0 {
		return d / sd
	}
	if d == 0 {
		return 0
	}
	return math.Inf(int(d))
}

// Informative reports whether at least least hits and as many misses are
// expected at probability prob, so that the count is nearly normal and its Z
// means what it says.
func (p Proportion) Informative(prob, least float64) bool {
	n := float64(p.Trials)
	return prob*n >= least && (1-prob)*n >= least
}

// ChiSquare returns Σ z², its number of terms, and the probability of a value at
// least as large if all z are standard normal.
func ChiSquare(z []float64) (chi2 float64, n int, p float64) {
	for _, x := range z {
		chi2 += float64(x * x)
	}
	if len(z) == 0 {
		return 0, 0, 1
	}
	return chi2, len(z), chiSquareTail(chi2, len(z))
}
