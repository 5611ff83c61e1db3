package fpmath

import (
	"math"
	"math/big"
	"testing"
)

// relErr is the distance in units of 2^-52 of the wanted value.
func ulps(got, want float64) float64 {
	return math.Abs(got-want) / (math.Abs(want) * 0x1p-52)
}

// bigExp sums the Taylor series of e^x with 300 bits: the definition.
func bigExp(x float64) *big.Float {
	const prec = 2400 // |x| ≤ 700 loses up to 1010 bits to cancellation
	bx := new(big.Float).SetPrec(prec).SetFloat64(x)
	sum := new(big.Float).SetPrec(prec).SetInt64(1)
	term := new(big.Float).SetPrec(prec).SetInt64(1)
	for i := int64(1); i < 4000; i++ {
		term.Mul(term, bx)
		term.Quo(term, new(big.Float).SetPrec(prec).SetInt64(i))
		sum.Add(sum, term)
		if term.Sign() == 0 || (float64(i) > math.Abs(x) && term.MantExp(nil) < sum.MantExp(nil)-200) {
			break
		}
	}
	return sum
}

func TestExpAgainstSeries(t *testing.T) {
	for _, x := range []float64{0, 1e-300, -1e-9, 0.1, -0.01, 0.34657, 0.34658, 1, -1, 5.5, -37, 100.25, -350, 690, -690} {
		want, _ := bigExp(x).Float64()
		if got := Exp(x); ulps(got, want) > 2 {
			t.Errorf("Exp(%g) = %.17g, want %.17g", x, got, want)
		}
	}
}

func TestLogInvertsExp(t *testing.T) {
	for _, y := range []float64{-300, -36.7, -1, -1e-3, 0.2, 0.6931, 1, 2, 50, 300} {
		x, _ := bigExp(y).Float64()
		// the rounding of x moves log x by up to 2^-53, absolutely
		if got := Log(x); math.Abs(got-y) > 0x1p-53+2*0x1p-52*math.Abs(y) {
			t.Errorf("Log(e^%g) = %.17g", y, got)
		}
	}
	if Log(1) != 0 {
		t.Errorf("Log(1) = %g, want 0", Log(1))
	}
}

// The integrals that φ₁ and ψ₁ stand for, by Simpson's rule with 2000 panels:
// the rule's error is below (|x|/4000)^4, 6e-14 at |x| = 2.
func TestPhiAreIntegrals(t *testing.T) {
	simpson := func(f func(float64) float64) float64 {
		const n = 2000
		s := f(0) + f(1)
		for i := 1; i < 2*n; i++ {
			s += f(float64(i)/(2*n)) * float64(2+2*(i%2))
		}
		return s / (6 * n)
	}
	for _, x := range []float64{-2, -0.51, -0.49, -1e-5, 0, 1e-8, 0.4999, 0.5001, 2} {
		phi := simpson(func(s float64) float64 { return math.Exp(x * s) })
		psi := simpson(func(s float64) float64 { return s * math.Exp(x*s) })
		if math.Abs(Phi1(x)-phi) > 1e-12 || math.Abs(Psi1(x)-psi) > 1e-12 {
			t.Errorf("x = %g: φ₁ = %.15g want %.15g, ψ₁ = %.15g want %.15g", x, Phi1(x), phi, Psi1(x), psi)
		}
	}
}

func TestNormalQuantileInvertsErfc(t *testing.T) {
	for _, z := range []float64{-8, -6.5, -5, -3, -1.5, -1.2, -0.5, -1e-4, 0, 0.3, 1.9, 4} {
		p := math.Erfc(-z/math.Sqrt2) / 2
		// p carries a relative error of 2^-53, worth p/φ(z) · 2^-53 in z
		slope := p / (math.Exp(-z*z/2) / math.Sqrt(2*math.Pi))
		tol := 1e-15*math.Abs(z) + 4*slope*0x1p-52
		if got := NormalQuantile(p); math.Abs(got-z) > tol+1e-15 {
			t.Errorf("z = %g: got %.16g, off by %.2g > %.2g", z, got, got-z, tol)
		}
	}
}

func TestOutOfDomainPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"Exp(701)":          func() { Exp(701) },
		"Exp(NaN)":          func() { Exp(math.NaN()) },
		"Log(0)":            func() { Log(0) },
		"NormalQuantile(0)": func() { NormalQuantile(0) },
		"NormalQuantile(1)": func() { NormalQuantile(1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			f()
		}()
	}
}
