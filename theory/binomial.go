package theory

import (
	"neurosim/internal/fpmath"
)

// A share is a probability x with its complement y = 1-x, both accurate, for
// use as the parameter of a binomial distribution.
type share struct{ x, y float64 }

// binomialPoint returns C(s,b)·x^b·y^(s-b); its relative error is about s times
// that of x and y, 1e-16 each.
func binomialPoint(s, b int, p share) Wide {
	if b < 0 || b > s {
		return Wide{}
	}
	num, den := one, one
	c := min(b, s-b)
	num.falling(float64(s), c)
	den.falling(float64(c), c)
	on, off := factor(p.x).pow(b), factor(p.y).pow(s-b)
	num.mul(on)
	num.mul(off)
	return num.over(den)
}

// binomialTail returns P(N ≥ theta) for N binomial, any theta: the smaller tail
// summed away from the mean, as in tail.
func binomialTail(s, theta int, p share) Prob {
	switch {
	case theta <= 0 || theta <= s && p.y == 0:
		return always
	case theta > s || p.x == 0:
		return never
	}
	up := func() Prob {
		sum, t := 1.0, 1.0
		for b := theta; b < s && t > sum*0x1p-64; b++ {
			t = float64(t * (float64(s-b) / float64(b+1) * (p.x / p.y)))
			sum += t
		}
		return small(binomialPoint(s, theta, p).times(sum))
	}
	down := func() Prob {
		sum, t := 1.0, 1.0
		for b := theta - 1; b > 0 && t > sum*0x1p-64; b-- {
			t = float64(t * (float64(b) / float64(s-b+1) * (p.y / p.x)))
			sum += t
		}
		return small(binomialPoint(s, theta-1, p).times(sum)).Complement()
	}
	if float64(theta) > p.x*float64(s) {
		if q := up(); q.p.Value() <= 0.5 {
			return q
		}
		return down()
	}
	if q := down(); q.q.Value() <= 0.5 {
		return q
	}
	return up()
}

// binomialLaw returns P(N = b) for b from 0 to s, as float64s: what is below
// 1e-300 may be 0.
func binomialLaw(s int, p share) []float64 {
	dist := make([]float64, s+1)
	switch {
	case p.x == 0:
		dist[0] = 1
		return dist
	case p.y == 0:
		dist[s] = 1
		return dist
	}
	mode := min(s, int(float64(s+1)*p.x))
	dist[mode] = binomialPoint(s, mode, p).Value()
	for b := mode; b < s; b++ {
		dist[b+1] = dist[b] * (float64(s-b) / float64(b+1) * (p.x / p.y))
	}
	for b := mode; b > 0; b-- {
		dist[b-1] = dist[b] * (float64(b) / float64(s-b+1) * (p.y / p.x))
	}
	return dist
}

// sumTail returns P(N₁ + N₂ ≥ theta) for two independent binomials, to 1e-13
// absolute.
func sumTail(s1 int, p1 share, s2 int, p2 share, theta int) float64 {
	law1, law2 := binomialLaw(s1, p1), binomialLaw(s2, p2)
	var p, tail2 float64
	from := s2 + 1 // tail2 = P(N₂ ≥ from)
	for b, p1 := range law1 {
		for from > max(0, theta-b) {
			from--
			tail2 += law2[from]
		}
		if theta-b <= s2 {
			p += float64(p1 * tail2)
		}
	}
	return p
}

// chance returns 1-e^{-x} with its complement, x ≥ 0.
func chance(x float64) share { return share{-fpmath.Expm1(-x), fpmath.ExpAll(-x)} }
