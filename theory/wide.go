package theory

import (
	"fmt"
	"math"

	"neurosim/internal/fpmath"
)

// Wide is a non-negative number with the precision of a float64 and no
// practical limit of range: frac · 2^exp with 1/2 ≤ frac < 1, or zero, or +Inf
// (a mean time to something that never happens). The zero value is 0.
//
// A logarithm would hold the range as well, but not the precision: the float64
// nearest to a log of -700 leaves 1e-13 of the number undetermined, the one
// nearest to -300 000 leaves 1e-10.
type Wide struct {
	frac float64
	exp  int
}

// wide returns x · 2^exp. x must not be negative.
func wide(x float64, exp int) Wide {
	f, e := math.Frexp(x)
	if f == 0 {
		return Wide{}
	}
	return Wide{f, e + exp}
}

// wideExp returns e^x; its relative error is about |x|·1e-16, that of x itself.
func wideExp(x float64) Wide {
	if math.IsInf(x, -1) {
		return Wide{}
	}
	k := math.Round(x / math.Ln2)
	// k·Ln2 in two parts, the first with few enough bits to be exact.
	const hi, lo = 6.93147180369123816490e-01, 1.90821492927058770002e-10
	return wide(fpmath.ExpAll(float64(x-float64(k*hi))-float64(k*lo)), int(k))
}

// Value returns the number as a float64: 0 below 5e-324, +Inf above 1.8e308.
func (w Wide) Value() float64 { return math.Ldexp(w.frac, w.exp) }

// Log returns the natural logarithm, -Inf for zero.
func (w Wide) Log() float64 {
	if v := w.Value(); v > 0.5 && v < 2 { // no cancellation of two logs near 1
		return fpmath.LogAll(v)
	}
	return fpmath.LogAll(w.frac) + float64(float64(w.exp)*math.Ln2)
}

// Log10 returns the decimal logarithm, -Inf for zero.
func (w Wide) Log10() float64 { return w.Log() / math.Ln10 }

// String writes six significant digits, also where a float64 would be 0:
// "1.34324e-12", "2.5e-724".
func (w Wide) String() string {
	if v := w.Value(); w.frac == 0 || v >= 1e-300 && !math.IsInf(v, 1) || math.IsInf(w.frac, 1) {
		return fmt.Sprintf("%.6g", v)
	}
	l := w.Log10()
	e := math.Floor(l)
	m := fpmath.Pow10(l - e)
	if m >= 9.999995 { // would print as 10
		m, e = 1, e+1
	}
	return fmt.Sprintf("%.6ge%+03d", m, int(e))
}

func (w Wide) mul(x Wide) Wide { return wide(w.frac*x.frac, w.exp+x.exp) }

func (w Wide) over(x Wide) Wide { return wide(w.frac/x.frac, w.exp-x.exp) }

func (w Wide) times(x float64) Wide { return wide(w.frac*x, w.exp) }

func (w Wide) add(x Wide) Wide {
	if w.frac == 0 || x.frac != 0 && x.exp > w.exp {
		w, x = x, w
	}
	return wide(w.frac+math.Ldexp(x.frac, x.exp-w.exp), w.exp)
}

func (w Wide) less(x Wide) bool {
	if w.frac == 0 || x.frac == 0 || w.exp == x.exp {
		return w.frac < x.frac
	}
	return w.exp < x.exp
}
