package fpmath

import (
	"math"
	"math/big"
	"testing"
)

// Each function against an independent one: the library's, whose errors are below one
// unit in the last place on the tested points, within what the comments say.
func TestSpecialFunctions(t *testing.T) {
	grid := func(lo, hi float64, n int) (x []float64) {
		for i := range n + 1 {
			x = append(x, lo+(hi-lo)*float64(i)/float64(n))
		}
		return x
	}
	check := func(name string, got, want, most float64, at ...float64) {
		t.Helper()
		if math.IsNaN(got) != math.IsNaN(want) || !math.IsNaN(want) && got != want && !(math.Abs(got-want) <= most*math.Abs(want)*0x1p-52+most*0x1p-1074) {
			t.Errorf("%s(%v) = %.17g, want %.17g: %.3g units", name, at, got, want, ulps(got, want))
		}
	}
	for _, x := range append(grid(-745, 709, 3001), grid(-3, 3, 2000)...) {
		most := 2.0
		if x < -708 {
			most = 1e3 * math.Exp(-708-x) // subnormal
		}
		check("ExpAll", ExpAll(x), math.Exp(x), most, x)
		check("Expm1", Expm1(x), math.Expm1(x), 4, x)
	}
	for _, e := range grid(-300, 300, 1200) {
		for _, f := range []float64{1, 1.37, 2.99, 7.3} {
			x := f * math.Pow(10, e)
			check("LogAll", LogAll(x), math.Log(x), 2, x)
			check("Log1p", Log1p(x), math.Log1p(x), 4, x)
			check("Log10", Log10(x), math.Log10(x), 3, x)
		}
		check("Pow10", Pow10(e), math.Pow(10, e), 6, e)
	}
	for _, x := range append(grid(-0.999999, 1, 3000), -1e-18, 1e-12, -0.5, 3e-5) {
		check("Log1p", Log1p(x), math.Log1p(x), 4, x)
	}
	for k := -308; k <= 308; k++ {
		if x := math.Pow10(k); Log10(x) != float64(k) || Pow10(float64(k)) != x {
			t.Errorf("10^%d: %v, %v", k, Log10(x), Pow10(float64(k)))
		}
	}
	for _, x := range grid(-6, 26, 4000) {
		check("Erfc", Erfc(x), math.Erfc(x), 6, x)
	}
	for _, x := range append(grid(-40, 40, 4000), 1e5+0.3, 5e6, -123456.7) {
		s, c := Sincos(x)
		ws, wc := math.Sincos(x)
		if math.Abs(s-ws) > 0x1p-52 || math.Abs(c-wc) > 0x1p-52 {
			t.Errorf("Sincos(%v) = %v, %v, want %v, %v", x, s, c, ws, wc)
		}
	}
	for _, x := range []float64{0, 1, math.Inf(1), math.Inf(-1), math.NaN(), -1, 1e308, 800, -800} {
		check("ExpAll", ExpAll(x), math.Exp(x), 2, x)
		check("LogAll", LogAll(x), math.Log(x), 2, x)
		check("Log1p", Log1p(x), math.Log1p(x), 2, x)
		check("Erfc", Erfc(x), math.Erfc(x), 2, x)
		check("Expm1", Expm1(x), math.Expm1(x), 2, x)
	}
	for _, p := range [][2]float64{{2, 10}, {0.3, 77}, {0, 3}, {5, 0}, {0.99999, 1e5}, {1.3, 401}} {
		want := big.NewFloat(1).SetPrec(300) // the library's loses digits with the exponent
		for range int(p[1]) {
			want.Mul(want, big.NewFloat(p[0]))
		}
		x, _ := want.Float64()
		check("Pow", Pow(p[0], p[1]), x, 2+2*math.Abs(p[1]*math.Log(max(p[0], 1e-9))), p[0], p[1])
	}
	if got := Pow(1e-3, 0.5); math.Abs(got*got/1e-3-1) > 1e-14 {
		t.Errorf("√0.001 = %v", got)
	}
}

// δ(n) against ln (n-1)! of exact integers.
func TestStirling(t *testing.T) {
	f := big.NewInt(1)
	for n := int64(1); n < 160; n++ {
		if n > 1 {
			f.Mul(f, big.NewInt(n-1))
		}
		x, _ := new(big.Float).SetInt(f).Float64()
		m := float64(n)
		want := math.Log(x) - (m-0.5)*math.Log(m) + m - 0.5*math.Log(2*math.Pi)
		if got := Stirling(m); math.Abs(got-want) > 4e-16*(10+m*math.Log(m)) {
			t.Errorf("δ(%d) = %v, want %v", n, got, want)
		}
	}
	if got := Stirling(0.5); math.Abs(got-(0.5-0.5*math.Ln2)) > 1e-14 { // Γ(½) = √π
		t.Errorf("δ(½) = %v", got)
	}
}
