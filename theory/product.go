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
	h := float64(p.hi * x)                        // rounded: what follows relies on it
	l := math.FMA(p.lo, x, math.FMA(p.hi, x, -h)) // the inner FMA is the exact rounding error of h
	p.hi = h + l
	p.lo = l - (p.hi - h)
	if p.hi > 0x1p+500 {
		p.hi, p.lo, p.exp = p.hi*0x1p-500, p.lo*0x1p-500, p.exp+500
	}
}

// falling multiplies by the falling factorial x(x-1)…(x-k+1).
func (p *product) falling(x float64, k int) {
	for ; k > 0; k-- {
		p.times(x)
		x--
	}
}

// over returns p/q rounded to a Wide, q > 0.
func (p product) over(q product) Wide {
	h := p.hi / q.hi
	// The remainder p - h·q to first order corrects the quotient's last bits.
	r := math.FMA(-h, q.hi, p.hi) + math.FMA(-h, q.lo, p.lo)
	return wide(h+r/q.hi, p.exp-q.exp)
}

// mul multiplies by q.
func (p *product) mul(q product) {
	e := q.exp
	h := float64(p.hi * q.hi)
	l := math.FMA(p.hi, q.hi, -h)
	l = math.FMA(p.hi, q.lo, math.FMA(p.lo, q.hi, l))
	p.hi = h + l
	p.lo = l - (p.hi - h)
	p.exp += e
	if _, e := math.Frexp(p.hi); e > 300 || e < -300 && p.hi != 0 {
		p.hi, p.lo, p.exp = math.Ldexp(p.hi, -e), math.Ldexp(p.lo, -e), p.exp+e
	}
}

// pow returns p^k for k ≥ 0.
func (p product) pow(k int) product {
	r := one
	for ; k > 0; k >>= 1 {
		if k&1 == 1 {
			r.mul(p)
		}
		p.mul(p)
	}
	return r
}

// factor returns x as a product, x ≥ 0.
func factor(x float64) product {
	f, e := math.Frexp(x)
	return product{hi: f, exp: e}
}

// quotient returns x/y for positive integers below 2^53.
func quotient(x, y int) product {
	fx, fy := float64(x), float64(y)
	h := fx / fy
	return product{hi: h, lo: math.FMA(-h, fy, fx) / fy}
}

// oneMinus returns 1-p for 0 ≤ p ≤ 1.
func (p product) oneMinus() product {
	hi, lo := math.Ldexp(p.hi, p.exp), math.Ldexp(p.lo, p.exp)
	d := 1 - hi
	err := (1 - (d + hi)) + ((d + hi) - d - hi) // two-sum of 1 and -hi, error part
	l := err - lo
	h := d + l
	return product{hi: h, lo: l - (h - d)}
}

// wide returns p rounded.
func (p product) wide() Wide { return wide(p.hi+p.lo, p.exp) }
