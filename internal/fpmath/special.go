package fpmath

import "math"

// ExpAll returns e^x for every x: 0 where e^x is below, and +Inf where it is beyond the
// range of a float64; within 2 units in the last place of normal numbers.
func ExpAll(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x > 709.8:
		return math.Inf(1)
	case x < -746:
		return 0
	case x < -700:
		return Exp(x+100) * expMinus100
	case x > 700:
		return Exp(x-100) / expMinus100
	}
	return Exp(x)
}

const expMinus100 = 3.720075976020835962959695803863118337358892292376781967120613876e-44 // e^-100

// LogAll returns ln x for every x, -Inf for 0 and NaN below.
func LogAll(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case math.IsNaN(x) || x < 0:
		return math.NaN()
	case math.IsInf(x, 1):
		return x
	}
	return Log(x)
}

// Expm1 returns e^x - 1 without cancellation near 0.
func Expm1(x float64) float64 {
	if math.Abs(x) < 0.5 {
		return x * Phi1(x)
	}
	return ExpAll(x) - 1
}

// Log1p returns ln(1 + x) without cancellation near 0. What 1 + x loses by rounding is
// made up for by the slope of the logarithm (Goldberg 1991, theorem 4).
func Log1p(x float64) float64 {
	u := 1 + x
	if u == 1 || math.IsInf(u, 1) {
		return x
	}
	if !(u > 0) {
		return LogAll(u)
	}
	return Log(u) * (x / (u - 1))
}

// Log10 returns log₁₀ x, exactly where x is a power of ten.
func Log10(x float64) float64 {
	y := LogAll(x) / math.Ln10
	if k := math.RoundToEven(y); math.Abs(k) <= 308 && math.Pow10(int(k)) == x {
		return k
	}
	return y
}

// Pow10 returns 10^x, exactly where x is whole.
func Pow10(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x > 309:
		return math.Inf(1)
	case x < -324:
		return 0
	}
	k := math.Floor(x)
	return math.Pow10(int(k)) * Exp(float64((x-k)*math.Ln10))
}

// Pow returns x^y for x ≥ 0, within |y ln x| units in the last place.
func Pow(x, y float64) float64 {
	if y == 0 || x == 1 {
		return 1
	}
	return ExpAll(float64(y * LogAll(x)))
}

// Hypot returns √(x² + y²) of moderate numbers.
func Hypot(x, y float64) float64 { return math.Sqrt(float64(x*x) + float64(y*y)) }

// Sincos returns sine and cosine of |x| < 2^29 within 2^-52, absolutely: x is reduced by
// multiples of π/4 in three parts, then by polynomials (Cephes, S. L. Moshier).
func Sincos(x float64) (sin, cos float64) {
	const (
		a = 7.85398125648498535156e-1 // π/4 in three parts, the first two with few bits
		b = 3.77489470793079817668e-8
		c = 2.69515142907905952645e-15
	)
	signSin, signCos := 1.0, 1.0
	if x < 0 {
		x, signSin = -x, -1
	}
	j := uint64(float64(x * (4 / math.Pi)))
	j += j & 1
	y := float64(j)
	z := ((x - float64(y*a)) - float64(y*b)) - float64(y*c)
	j &= 7
	if j > 3 {
		j -= 4
		signSin, signCos = -signSin, -signCos
	}
	if j > 1 {
		signCos = -signCos
	}
	zz := float64(z * z)
	cos = 1 - float64(0.5*zz) + float64(float64(zz*zz)*horner(zz, cosine))
	sin = z + float64(float64(z*zz)*horner(zz, sine))
	if j == 1 || j == 2 {
		sin, cos = cos, sin
	}
	return signSin * sin, signCos * cos
}

// Erfc returns 1 - erf x = 2/√π ∫_x^∞ e^{-t²} dt with a relative error of a few units in
// the last place, by the rational approximations of the FreeBSD library (Sun
// Microsystems 1993).
func Erfc(x float64) float64 {
	z := math.Abs(x)
	var y float64 // erfc z
	switch {
	case math.IsNaN(x):
		return x
	case z < 0.84375:
		w := float64(z * z)
		r := horner(w, erfcNearNum) / horner(w, erfcNearDen)
		if z < 0.25 {
			y = 1 - (z + float64(z*r))
		} else {
			y = 1 - (0.5 + (float64(z*r) + (z - 0.5)))
		}
	case z < 1.25:
		y = 1 - erfOne - horner(z-1, erfcOneNum)/horner(z-1, erfcOneDen)
	case z < 28:
		w := 1 / float64(z*z)
		r := horner(w, erfcFarNum) / horner(w, erfcFarDen)
		if z < 1/0.35 {
			r = horner(w, erfcMidNum) / horner(w, erfcMidDen)
		}
		head := math.Float64frombits(math.Float64bits(z) & 0xffffffff00000000)
		y = ExpAll(-float64(head*head)-0.5625) * ExpAll(float64((head-z)*(head+z))+r) / z
	}
	if x < 0 {
		return 2 - y
	}
	return y
}

// Stirling returns what Stirling's formula lacks of ln Γ(x), x > 0:
//
//	δ(x) = ln Γ(x) - (x - ½) ln x + x - ½ ln 2π .
func Stirling(x float64) float64 {
	sum := 0.0
	for ; x < 16; x++ { // δ(x) - δ(x+1) = (x + ½) ln(1 + 1/x) - 1
		sum += float64((x+0.5)*Log1p(1/x)) - 1
	}
	w := 1 / float64(x*x)
	return sum + horner(w, stirling)/x
}

// horner evaluates a polynomial, lowest coefficient first.
func horner(x float64, c []float64) float64 {
	y := c[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		y = c[i] + float64(x*y)
	}
	return y
}

const erfOne = 8.45062911510467529297e-01 // erf 1 in 24 bits

var (
	erfcNearNum = []float64{
		1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03,
		-2.37630166566501626084e-05,
	}
	erfcNearDen = []float64{
		1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03, 1.32494738004321644526e-04,
		-3.96022827877536812320e-06,
	}
	erfcOneNum = []float64{
		-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01,
		-1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03,
	}
	erfcOneDen = []float64{
		1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02, 1.26171219808761642112e-01,
		1.36370839120290507362e-02, 1.19844998467991074170e-02,
	}
	erfcMidNum = []float64{
		-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01, -6.23753324503260060396e+01,
		-1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01, -9.81432934416914548592e+00,
	}
	erfcMidDen = []float64{
		1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02, 6.45387271733267880336e+02,
		4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00, -6.04244152148580987438e-02,
	}
	erfcFarNum = []float64{
		-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01, -1.60636384855821916062e+02,
		-6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02,
	}
	erfcFarDen = []float64{
		1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03, 3.19985821950859553908e+03,
		2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01,
	}
	sine = []float64{
		-1.66666666666666307295e-1, 8.33333333332211858878e-3, -1.98412698295895385996e-4, 2.75573136213857245213e-6,
		-2.50507477628578072866e-8, 1.58962301576546568060e-10,
	}
	cosine = []float64{
		4.16666666666665929218e-2, -1.38888888888730564116e-3, 2.48015872888517045348e-5, -2.75573141792967388112e-7,
		2.08757008419747316778e-9, -1.13585365213876817300e-11,
	}
	stirling = []float64{ // B_2k / (2k (2k-1))
		1. / 12, -1. / 360, 1. / 1260, -1. / 1680, 1. / 1188, -691. / 360360, 1. / 156, -3617. / 122400,
	}
)
