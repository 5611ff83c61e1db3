package dendrite

// SetPair sets the rows of a compartment that bears two receptors of one shape,
// s without and b with a block, from what its passive membrane says:
//
//	diag = passive,  right = capOverStep v + leak,  and then what Add adds
//
// On amd64 with AVX2 it runs four cells at a time, by the same operations in the
// same order, so with the same bits; four among which one is frozen (see Add),
// and what is left over, go one at a time. It is the same as Load and Add in one pass; Receptor.Pairs tells whether it may be used.
func (s *Conductances) SetPair(site int, b *Conductances, siteB int, passive, capOverStep, leak float64, v, diag, right []float64) {
	p := pair{a1: s.c1, a2: s.c2, b1: b.c1, b2: b.c2, e: s.params.E, passive: passive, ch: capOverStep, leak: leak, floor: b.floor[siteB], b: b}
	n := s.n
	xa, xb := row(s.x, site, n), row(b.x, siteB, n)
	v, diag, right = v[:n], diag[:n], right[:n]
	if s.y == nil {
		for i := 0; i < n; {
			i += p.singleWide(xa[i:], xb[i:], v[i:], diag[i:], right[i:])
			to := next(i, n)
			p.setSingle(xa[i:to], xb[i:to], v[i:to], diag[i:to], right[i:to])
			i = to
		}
		return
	}
	ya, yb := row(s.y, site, n), row(b.y, siteB, n)
	for i := 0; i < n; {
		i += p.dualWide(xa[i:], ya[i:], xb[i:], yb[i:], v[i:], diag[i:], right[i:])
		to := next(i, n)
		p.setDual(xa[i:to], ya[i:to], xb[i:to], yb[i:to], v[i:to], diag[i:to], right[i:to])
		i = to
	}
}

// next returns where the cells one at a time from i on end: after four if wide
// loops go on from there, otherwise after all.
func next(i, n int) int {
	if wide {
		return min(i+4, n)
	}
	return n
}

// pair is the constants of SetPair: g = a1 X + a2 Y without a block, b1 X + b2 Y
// with one. The assembly knows their order.
type pair struct {
	a1, a2, b1, b2, e, passive, ch, leak, floor float64

	b *Conductances // with a block
}

func (p *pair) setSingle(xa, xb, v, diag, right []float64) {
	xb, v, diag, right = xb[:len(xa)], v[:len(xa)], diag[:len(xa)], right[:len(xa)]
	a1, b1, e, passive, ch, leak, floor, t := p.a1, p.b1, p.e, p.passive, p.ch, p.leak, p.floor, p.b.drive
	for j, x := range xa {
		u, ga, gb := v[j], float64(a1*x), float64(b1*xb[j])
		k := t.at(u)
		slope := float64(gb * k.b)
		y := (float64(ch*u) + leak) + float64(ga*e)
		if slope < floor {
			slope, gb = p.b.frozen(gb, u, k)
			y += gb
		} else {
			y -= float64(gb * k.a)
		}
		diag[j] = (passive + ga) + slope
		right[j] = y
	}
}

func (p *pair) setDual(xa, ya, xb, yb, v, diag, right []float64) {
	xb, v, diag, right = xb[:len(xa)], v[:len(xa)], diag[:len(xa)], right[:len(xa)]
	ya, yb = ya[:len(xa)], yb[:len(xa)]
	a1, a2, b1, b2, t := p.a1, p.a2, p.b1, p.b2, p.b.drive
	e, passive, ch, leak, floor := p.e, p.passive, p.ch, p.leak, p.floor
	for j, x := range xa {
		u := v[j]
		ga, gb := float64(a1*x)+float64(a2*ya[j]), float64(b1*xb[j])+float64(b2*yb[j])
		k := t.at(u)
		slope := float64(gb * k.b)
		y := (float64(ch*u) + leak) + float64(ga*e)
		if slope < floor {
			slope, gb = p.b.frozen(gb, u, k)
			y += gb
		} else {
			y -= float64(gb * k.a)
		}
		diag[j] = (passive + ga) + slope
		right[j] = y
	}
}
