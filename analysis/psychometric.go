package analysis

import (
	"math"

	"neurosim/internal/fpmath"
)

// A Psychometric is a cumulative normal distribution for the smallest number of synapses
// that makes a spike,
//
//	P(spike | b) = Φ((b - μ)/σ),
//
// μ the number at which one trial in two has a spike, 1/(σ√2π) the slope there,
// with 95 % intervals. σ = 0 where all trials agree; μ then lies in the middle of
// what they leave open.
type Psychometric struct {
	Mid, MidLo, MidHi       float64
	Width, WidthLo, WidthHi float64
}

// At returns P(spike | b).
func (p Psychometric) At(b float64) float64 {
	if p.Width == 0 {
		if b < p.Mid {
			return 0
		}
		return 1
	}
	return fpmath.Erfc(-(b-p.Mid)/p.Width/math.Sqrt2) / 2
}

// Slope returns the steepest rise of P, per synapse; infinite for Width = 0.
func (p Psychometric) Slope() float64 { return 1 / (p.Width * math.Sqrt(2*math.Pi)) }

// Threshold returns the θ of a hard threshold that agrees with the distribution on which
// numbers of synapses rather make a spike than not: ⌈μ⌉.
func (p Psychometric) Threshold() int { return int(math.Ceil(p.Mid)) }

// FitPsychometric fits the distribution to trials each of which found the smallest number
// of synapses that makes a spike: counts[θ] trials found θ, the last entry none up
// to len(counts)-2. The estimate has the largest likelihood
//
//	L = Π_θ [F(θ) - F(θ-1)]^counts[θ],   F(b) = Φ((b - μ)/σ),
//
// intervals follow from its curvature in μ and ln σ (Wald). NaN where no trial, or
// every trial, is beyond the range.
func FitPsychometric(counts []int64) Psychometric {
	n, mean, square, bins := 0.0, 0.0, 0.0, 0
	for theta, c := range counts {
		n, mean, square = n+float64(c), mean+float64(float64(c)*float64(theta)), square+float64(float64(c)*float64(theta*theta))
		if c > 0 {
			bins++
		}
	}
	last := len(counts) - 1
	if n == 0 || counts[0] == int64(n) || counts[last] == int64(n) {
		x := math.NaN()
		return Psychometric{x, x, x, x, x, x}
	}
	mean /= n
	if bins == 1 {
		return Psychometric{Mid: mean - 0.5, MidLo: mean - 1, MidHi: mean}
	}
	spread := math.Sqrt(math.Max(square/n-float64(mean*mean), 0.05))
	loss := func(at [2]float64) float64 { return -logLikelihood(counts, at[0], fpmath.ExpAll(at[1])) }
	at := descend(loss, [2]float64{mean - 0.5, fpmath.LogAll(spread)})
	_, h := curvature(loss, at)
	det := float64(h[0]*h[2]) - float64(h[1]*h[1])
	p := Psychometric{Mid: at[0], Width: fpmath.ExpAll(at[1])}
	se := math.Sqrt(h[2] / det)
	p.MidLo, p.MidHi = p.Mid-float64(Z95*se), p.Mid+float64(Z95*se)
	factor := fpmath.ExpAll(Z95 * math.Sqrt(h[0]/det))
	p.WidthLo, p.WidthHi = p.Width/factor, p.Width*factor
	return p
}

// logLikelihood returns ln L. Differences of Φ are taken on the side where they
// lose nothing to 1.
func logLikelihood(counts []int64, mid, width float64) float64 {
	tail := func(z float64) float64 { return float64(fpmath.Erfc(z/math.Sqrt2) / 2) }
	sum := 0.0
	for theta, c := range counts {
		if c == 0 {
			continue
		}
		hi, lo := (float64(theta)-mid)/width, (float64(theta)-1-mid)/width
		if theta == 0 {
			lo = math.Inf(-1)
		}
		if theta == len(counts)-1 {
			hi = math.Inf(1)
		}
		q := tail(lo) - tail(hi)
		if hi < 0 {
			q = tail(-hi) - tail(-lo)
		}
		sum += float64(float64(c) * fpmath.LogAll(math.Max(q, 1e-300)))
	}
	return sum
}

// descend finds the minimum of a smooth function of two numbers by Newton's method,
// with steps halved until the function falls.
func descend(f func([2]float64) float64, at [2]float64) [2]float64 {
	for range 100 {
		g, h := curvature(f, at)
		det := float64(h[0]*h[2]) - float64(h[1]*h[1])
		step := [2]float64{-g[0], -g[1]}
		if h[0] > 0 && det > 0 {
			step = [2]float64{-(float64(h[2]*g[0]) - float64(h[1]*g[1])) / det, -(float64(h[0]*g[1]) - float64(h[1]*g[0])) / det}
		}
		if size := fpmath.Hypot(step[0], step[1]); size > 1 {
			step[0], step[1] = step[0]/size, step[1]/size
		}
		now := f(at)
		for f([2]float64{at[0] + step[0], at[1] + step[1]}) > now && fpmath.Hypot(step[0], step[1]) > 1e-9 {
			step[0], step[1] = step[0]/2, step[1]/2
		}
		at[0], at[1] = at[0]+step[0], at[1]+step[1]
		if fpmath.Hypot(step[0], step[1]) < 1e-7 {
			break
		}
	}
	return at
}

// curvature returns the gradient and the second derivatives (xx, xy, yy), by
// central differences.
func curvature(f func([2]float64) float64, at [2]float64) (g [2]float64, h [3]float64) {
	const e = 1e-3
	v := func(i, j float64) float64 { return f([2]float64{at[0] + float64(i*e), at[1] + float64(j*e)}) }
	mid := v(0, 0)
	right, left, up, down := v(1, 0), v(-1, 0), v(0, 1), v(0, -1)
	g = [2]float64{(right - left) / (2 * e), (up - down) / (2 * e)}
	h = [3]float64{(right - mid - (mid - left)) / (e * e), (v(1, 1) - v(1, -1) - (v(-1, 1) - v(-1, -1))) / (4 * e * e), (up - mid - (mid - down)) / (e * e)}
	return g, h
}
