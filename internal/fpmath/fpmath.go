// Package fpmath holds the elementary functions that the engine needs, written
// so that they give the same bits on every CPU and at every build level.
//
// Go may fuse x*y + z into one operation with one rounding (GOAMD64=v3, arm64),
// and math.Exp picks fused instructions at run time where the CPU has them, so
// neither can stand behind a result that must be reproduced byte for byte. An
// explicit conversion, float64(x*y) + z, forbids the fusion; every product that
// meets a sum in this package, and in every other package of the engine, is
// written so. See ARCHITECTURE.md, "Same bytes".
package fpmath

import (
	"errors"
	"math"
)

// ErrNonFinite is, for errors.Is, every error of an engine that says that its state
// is no longer a finite number.
var ErrNonFinite = errors.New("not finite")

const (
	ln2Hi = 6.93147180369123816490e-01 // the upper 32 bits of ln 2, so k*ln2Hi is exact
	ln2Lo = 1.90821492927058770002e-10 // the rest
)

// Exp returns e^x, for |x| ≤ 700, within 2 units in the last place:
//
//	x = k ln 2 + r, |r| ≤ ln(2)/2;   e^x = 2^k Σ_{i≤13} r^i/i!
//
// The truncated terms add less than 5e-18. It panics outside ±700: the engine's
// arguments are ratios of times, which the configuration bounds.
func Exp(x float64) float64 {
	if !(x >= -700 && x <= 700) {
		panic("fpmath: Exp: argument outside ±700")
	}
	k := math.RoundToEven(float64(x * math.Log2E))
	r := (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
	return math.Ldexp(1+float64(r*expSeries(r, 13)), int(k))
}

// expSeries returns Σ_{i=1}^{n} r^(i-1)/i!, that is (e^r - 1)/r cut after n terms.
func expSeries(r float64, n int) float64 {
	s := 1.0
	for i := n; i >= 2; i-- {
		s = 1 + float64(s*r)/float64(i)
	}
	return s
}

// Phi1 returns φ₁(x) = (e^x - 1)/x = ∫₀¹ e^{xs} ds, with φ₁(0) = 1, without
// cancellation near 0. It needs |x| ≤ 700.
func Phi1(x float64) float64 {
	if math.Abs(x) < 0.5 {
		return expSeries(x, 17) // the next term is below 0.5^17/18! = 1e-21
	}
	return (Exp(x) - 1) / x
}

// Psi1 returns ψ₁(x) = (e^x (x - 1) + 1)/x² = ∫₀¹ s e^{xs} ds, with ψ₁(0) = 1/2,
// without cancellation near 0. It needs |x| ≤ 700.
func Psi1(x float64) float64 {
	if math.Abs(x) < 0.5 {
		// Σ x^i / (i! (i+2))
		var s, term float64 = 0, 1
		for i := range 20 {
			s += term / float64(i+2)
			term = float64(term*x) / float64(i+1)
		}
		return s
	}
	return (float64(Exp(x)*(x-1)) + 1) / float64(x*x)
}

// Log returns the natural logarithm of x > 0 (normal numbers) within 2 units
// in the last place, by log m = 2 artanh((m-1)/(m+1)) for m in [√½, √2).
func Log(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		panic("fpmath: Log: argument not positive and finite")
	}
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = m*2, k-1
	}
	s := (m - 1) / (m + 1)
	z := float64(s * s) // ≤ 0.0295, so z^12/25 < 2e-20
	t := 1.0 / 23
	for i := 21; i >= 3; i -= 2 {
		t = 1/float64(i) + float64(t*z)
	}
	// 2s + 2s·z·t, the large part last
	y := float64(2*s) + float64(float64(2*s)*float64(z*t))
	return float64(float64(k)*ln2Hi) + (y + float64(float64(k)*ln2Lo))
}

// NormalQuantile returns z with Φ(z) = p for 0 < p < 1, Φ the standard normal
// distribution function. Rational approximations of Wichura (1988), algorithm
// AS 241 (PPND16), relative error about 1e-16.
func NormalQuantile(p float64) float64 {
	if !(p > 0 && p < 1) {
		panic("fpmath: NormalQuantile: p outside (0, 1)")
	}
	q := p - 0.5
	if math.Abs(q) <= 0.425 {
		r := 0.180625 - float64(q*q)
		return q * ratio(r, centreNum, centreDen)
	}
	r := p
	if q > 0 {
		r = 1 - p
	}
	r = math.Sqrt(-Log(r))
	var z float64
	if r <= 5 {
		z = ratio(r-1.6, middleNum, middleDen)
	} else {
		z = ratio(r-5, tailNum, tailDen)
	}
	if q < 0 {
		return -z
	}
	return z
}

// ratio evaluates num(x)/den(x), both of degree 7, lowest coefficient first.
func ratio(x float64, num, den [8]float64) float64 {
	n, d := num[7], den[7]
	for i := 6; i >= 0; i-- {
		n = float64(n*x) + num[i]
		d = float64(d*x) + den[i]
	}
	return n / d
}

// Coefficients of AS 241.
var (
	centreNum = [8]float64{3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
		4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3}
	centreDen = [8]float64{1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
		2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3}
	middleNum = [8]float64{1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
		1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4}
	middleDen = [8]float64{1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
		1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9}
	tailNum = [8]float64{6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
		2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7}
	tailDen = [8]float64{1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
		7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15}
)
