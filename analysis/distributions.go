package analysis

import (
	"math"

	"neurosim/internal/fpmath"
)

// The distributions are written out here, of operations that give the same bits in every
// build, because files hold their numbers.

// normalTail returns P(Z > z) of a standard normal Z.
func normalTail(z float64) float64 { return fpmath.Erfc(z/math.Sqrt2) / 2 }

// binomialUpTo returns P(X ≤ k), X ~ Binomial(n, p), 0 ≤ k < n, 0 < p < 1.
func binomialUpTo(k, n, p float64) float64 { return betaBelow(1-p, n-k, k+1) }

// betaQuantile returns the x with betaBelow(x, a, b) = p, by bisection to the last bit.
func betaQuantile(p, a, b float64) float64 {
	lo, hi := 0.0, 1.0
	for {
		mid := lo + float64((hi-lo)/2)
		if mid <= lo || mid >= hi || mid < 1e-300 {
			return mid
		}
		if betaBelow(mid, a, b) < p {
			lo = mid
		} else {
			hi = mid
		}
	}
}

// betaBelow returns the regularised incomplete beta function I_x(a, b), a, b > 0, by its
// continued fraction (DLMF 8.17.22) on the side where that converges fast.
func betaBelow(x, a, b float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - betaPart(1-x, x, b, a)
	}
	return betaPart(x, 1-x, a, b)
}

// betaPart returns x^a y^b / (a B(a, b)) over the continued fraction, y = 1 - x.
func betaPart(x, y, a, b float64) float64 {
	n := a + b
	// The logarithm of x^a y^b / B(a, b): two deviances, and what Stirling's formula
	// lacks (C. Loader 2000). Differences of ln Γ would lose digits to large counts.
	front := -deviance(a, float64(n*x)) - deviance(b, float64(n*y)) +
		fpmath.Stirling(n) - fpmath.Stirling(a) - fpmath.Stirling(b)
	scale := math.Sqrt(a / n * b / (2 * math.Pi))
	d := func(m float64) (even, odd float64) { // d_{2m}, d_{2m+1}
		even = float64(m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)))
		odd = -float64((a + m) * (n + m) * x / ((a + 2*m) * (a + 2*m + 1)))
		return even, odd
	}
	_, first := d(0)
	return scale * fpmath.ExpAll(front) / a / fraction(first, d)
}

// fraction returns 1 + first/(1 + even(1)/(1 + odd(1)/(1 + ...))), by the method of Lentz.
func fraction(first float64, d func(m float64) (even, odd float64)) float64 {
	const tiny = 1e-300
	c, r := 1.0, 0.0
	f := 1.0
	step := func(x float64) float64 {
		r = 1 + float64(x*r)
		if math.Abs(r) < tiny {
			r = tiny
		}
		c = 1 + x/c
		if math.Abs(c) < tiny {
			c = tiny
		}
		r = 1 / r
		return float64(c * r)
	}
	f *= step(first)
	for m := 1.0; m < 1e6; m++ {
		even, odd := d(m)
		f *= step(even)
		last := step(odd)
		f *= last
		if math.Abs(last-1) < 1e-16 {
			break
		}
	}
	return f
}

// deviance returns x ln(x/m) + m - x without cancellation where x is near m.
func deviance(x, m float64) float64 {
	if d := x - m; math.Abs(d) < float64(0.1*(x+m)) {
		v := d / (x + m)
		sum, term, w := float64(d*v), float64(2*x*v), float64(v*v)
		for j := 3.0; ; j += 2 {
			term *= w
			next := sum + term/j
			if next == sum {
				return sum
			}
			sum = next
		}
	}
	return float64(x*fpmath.LogAll(x/m)) + m - x
}

// chiSquareTail returns P(X > x) of a chi-square X with k degrees of freedom.
func chiSquareTail(x float64, k int) float64 {
	a, x := float64(float64(k)/2), float64(x/2)
	if x <= 0 {
		return 1
	}
	// x^a e^-x / Γ(a)
	front := math.Sqrt(a/(2*math.Pi)) * fpmath.ExpAll(-deviance(a, x)-fpmath.Stirling(a))
	if x < a+1 {
		sum, term := 1/a, 1/a
		for n := 1.0; term > float64(1e-17*sum); n++ {
			term = float64(term*x) / (a + n)
			sum += term
		}
		return 1 - float64(front*sum)
	}
	c, r := 1e300, 1/(x+1-a)
	f := r
	for n := 1.0; n < 1e6; n++ {
		an, bn := -float64(n*(n-a)), x+float64(2*n)+1-a
		r = 1 / (bn + float64(an*r))
		c = bn + an/c
		f *= float64(c * r)
		if math.Abs(float64(c*r)-1) < 1e-16 {
			break
		}
	}
	return front * f
}
