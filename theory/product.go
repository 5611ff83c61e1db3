package theory

import "math"

// product is a running product of positive numbers held to about 106 bits, as
// (hi + lo) · 2^exp. A hypergeometric term is a quotient of products of up to
// 4·s factors; rounding each to 53 bits would lose up to s·1e-16 of the result,
// 1e-10 at s = 10^6.
type product struct {
	hi, lo float64
	exp    int
}

var one = product{hi: 1}

// times multiplies by x, 0 ≤ x < 2^400.
func (p *product) times(x float64) {
	h := p.hi * x
	l := math.FMA(p.lo, x, math.FMA(p.hi, x, -h)) // the inner FMA is the exact rounding error of h
	p.hi = h + l
	p.lo = l - (p.hi - h)
	if p.hi > 0x1p+500 {
		p.hi, p.lo, p.exp = p.hi*0x1p-500, p.lo*0x1p-500, p.exp+500
	}
}

// falling multiplies by the falling factorial x(x-1)…(x-k+1).
func (p *product) falling(x, k int) {
	for f := float64(x); k > 0; k-- {
		p.times(f)
		f--
	}
}

// over returns p/q rounded to a Wide, q > 0.
func (p product) over(q product) Wide {
	h := p.hi / q.hi
	// The remainder p - h·q to first order corrects the quotient's last bits.
	r := math.FMA(-h, q.hi, p.hi) + math.FMA(-h, q.lo, p.lo)
	return wide(h+r/q.hi, p.exp-q.exp)
}
