package theory

import (
	"math"
	"strconv"

	"neurosim/internal/fpmath"
)

// Sigmoid returns the segment nonlinearity g(x) = 1/(1 + exp(slope·(center-x)))
// of an overlap x. The classification experiment of [AH18, §4.2] uses center
// 11.5 and slope 5 at theta = 12.
func Sigmoid(center, slope float64) func(overlap int) float64 {
	return func(overlap int) float64 { return 1 / (1 + fpmath.ExpAll(slope*(center-float64(overlap)))) }
}

// ClassificationError returns the error rate of two neurons that classify the
// patterns they have stored [AH18, §4.2]. Each neuron has g segments of s
// synapses, one per pattern of its class; its output is the sum of f(overlap)
// over its segments; the class is the sign of the difference of the outputs plus
// a number u drawn uniformly from ±tie:
//
//	P = P( Σ_{i=1}^{g} f(x_i) - Σ_{j=1}^{g-1} f(x'_j) - f(s) + u > 0 )
//
// x, x' are independent hypergeometric overlaps with a random activity of a of n
// cells; f(s) is the output of the segment that stored the pattern. Any bounded f
// will do. Needs 0 ≤ a, s ≤ n, g ≥ 1, tie > 0.
//
// The difference D is a sum of independent terms, so its characteristic function
// φ is a product, and P follows from the Fourier series of a square wave of
// period L, much wider than D:
//
//	P = 1/2 + (2/π) Σ_{k odd} Im φ(t_k)·sinc(tie·t_k)·exp(-(σt_k)²/2) / k,   t_k = 2πk/L
//
// The Gaussian factor ends the series after half a million terms. It blurs the
// edges of u by σ, about 2e-6·L/2: 1e-5 where D is narrow and its single values
// matter, more where D is wide and smooth. Error of P for the parameters of the
// experiment: below 1e-5 relative plus 1e-12 absolute, tested against direct
// convolution and by halving σ. Cost: about 0.1 s.
//
// The result is rounded to six digits, the last of them no finer than 1e-14: those
// after it are below the error.
func ClassificationError(n, a, s, g int, f func(overlap int) float64, tie float64) float64 {
	mustCounts(n, a, s, 0)
	must(g >= 1 && tie > 0, "ClassificationError: g = %d must be at least 1, tie = %v positive", g, tie)
	p := classificationError(n, a, s, g, f, tie, 1<<19)
	format, digits := byte('e'), 5
	if p < 1e-9 {
		format, digits = 'f', 14
	}
	p, err := strconv.ParseFloat(strconv.FormatFloat(p, format, digits, 64), 64)
	must(err == nil, "ClassificationError: %v", err)
	return p
}

func classificationError(n, a, s, g int, f func(overlap int) float64, tie float64, terms int) float64 {
	values, weights := responses(n, a, s, f)
	var mean, square, span float64
	for i, v := range values {
		mean += float64(weights[i] * v)
	}
	for i, v := range values {
		square += float64(weights[i] * (v - mean) * (v - mean))
		span = max(span, math.Abs(v-mean))
	}
	own := f(s)
	// Half a period: 9 standard deviations, and room for several rare terms of
	// full size where the variance is small.
	half := math.Abs(mean-own) + float64(9*math.Sqrt(float64(2*float64(g)*square))) + float64(6*span) + tie
	dt := math.Pi / half
	sigma := 6 / (dt * float64(2*terms))

	waves := make([]wave, len(values)) // weight · e^{i·v·t}
	turns := make([]wave, len(values)) // e^{i·v·2dt}
	for i, v := range values {
		turns[i] = polar(1, 2*dt*v)
	}
	var sum, rest float64 // Kahan
	for j := range terms {
		k := float64(2*j + 1)
		t := k * dt
		if j%512 == 0 { // before rounding builds up
			for i, v := range values {
				waves[i] = polar(weights[i], t*v)
			}
		}
		var phi wave
		for i, w := range waves {
			phi.re, phi.im = phi.re+w.re, phi.im+w.im
			waves[i] = w.times(turns[i])
		}
		r2 := float64(phi.re*phi.re) + float64(phi.im*phi.im)
		if float64(g-1)*fpmath.LogAll(r2) < -80 {
			continue // |φ_D| below 1e-34
		}
		d := phi.times(polar(fpmath.Pow(r2, float64(g-1)), -own*t))
		x := tie * t
		sin, _ := fpmath.Sincos(x)
		y := float64(d.im*sin/x*fpmath.ExpAll(-0.5*sigma*t*sigma*t)/k) - rest
		next := sum + y
		rest = (next - sum) - y
		sum = next
	}
	return min(1, max(0, 0.5+float64(2/math.Pi*sum)))
}

// A wave is a complex number. Those of the language may be multiplied by fused
// operations.
type wave struct{ re, im float64 }

func polar(r, angle float64) wave {
	sin, cos := fpmath.Sincos(angle)
	return wave{r * cos, r * sin}
}

func (a wave) times(b wave) wave {
	return wave{float64(a.re*b.re) - float64(a.im*b.im), float64(a.re*b.im) + float64(a.im*b.re)}
}

// responses returns the values that f takes over the possible overlaps and how
// likely each is; equal values are merged and the very unlikely left out.
func responses(n, a, s int, f func(overlap int) float64) (values, weights []float64) {
	lo, dist := points(n, a, s)
	index := map[float64]int{}
	for i, p := range dist {
		if p < 1e-22 { // times 1000 segments, far below the absolute error
			continue
		}
		v := f(lo + i)
		if math.Abs(v) < 1e-14 {
			v = 0
		}
		j, ok := index[v]
		if !ok {
			j = len(values)
			index[v] = j
			values, weights = append(values, v), append(weights, 0)
		}
		weights[j] += p
	}
	return values, weights
}
