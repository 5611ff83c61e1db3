package theory

// The hypergeometric distribution stands behind nearly every equation of the paper: of n
// things a are marked, s are drawn without replacement, X of the drawn are
// marked,
//
//	P(X = b) = C(s,b)·C(n-s,a-b) / C(n,a).

// tail returns P(X ≥ theta). Any theta is allowed; 0 ≤ a, s ≤ n is not checked.
//
// The first term comes from a product held to 106 bits, the others from their
// ratio, summed away from the mean so that terms only shrink. Of the two tails
// the smaller is summed and the other is its complement. Cost: about
// min(a, s, n-a, n-s) multiplications.
func tail(n, a, s, theta int) Prob {
	if theta <= max(0, a+s-n) {
		return always
	}
	if theta > min(a, s) {
		return never
	}
	n, a, s, theta, flip := reduce(n, a, s, theta)
	var p Prob
	if float64(theta)*float64(n) > float64(a)*float64(s) {
		if p = small(sumUp(n, a, s, theta)); p.p.Value() > 0.5 {
			// Few values and a mean just below theta: the tail can be most of
			// the distribution, and then the rest must be summed, not subtracted.
			p = small(sumDown(n, a, s, theta-1)).Complement()
		}
	} else {
		if p = small(sumDown(n, a, s, theta-1)).Complement(); p.q.Value() > 0.5 {
			p = small(sumUp(n, a, s, theta))
		}
	}
	if flip {
		p = p.Complement()
	}
	return p
}

// reduce returns an equivalent tail with s the least of a, s, n-a and n-s, so
// that X runs from 0 to s and products are shortest. With flip, the tail asked
// for is the complement of the one returned.
func reduce(n, a, s, theta int) (n1, a1, s1, theta1 int, flip bool) {
	if s > a {
		a, s = s, a // the distribution is symmetric in a and s
	}
	if n-a < s {
		// Count the drawn that are not marked: s-X, of n-a. X ≥ theta if and
		// only if not s-X ≥ s-theta+1.
		return n, s, n - a, s - theta + 1, true
	}
	return n, a, s, theta, false
}

// sumUp returns P(X ≥ b) for b above the mean and reduced arguments.
func sumUp(n, a, s, b int) Wide {
	sum, t := 1.0, 1.0
	k, fa, fs, rest := float64(b), float64(a), float64(s), float64(n-s-a)
	for k < fs && t > sum*0x1p-64 {
		t = float64(t * ((fs - k) * (fa - k) / ((k + 1) * (rest + k + 1))))
		sum += t
		k++
	}
	return point(n, a, s, b).times(sum)
}

// sumDown returns P(X ≤ b) for b below the mean and reduced arguments.
func sumDown(n, a, s, b int) Wide {
	sum, t := 1.0, 1.0
	k, fa, fs, rest := float64(b), float64(a), float64(s), float64(n-s-a)
	for k > 0 && t > sum*0x1p-64 {
		t = float64(t * (k * (rest + k) / ((fs - k + 1) * (fa - k + 1))))
		sum += t
		k--
	}
	return point(n, a, s, b).times(sum)
}

// point returns P(X = b) for 0 ≤ b ≤ s ≤ a ≤ n-s, as
//
//	C(s,b) · [a]_b · [n-a]_{s-b} / [n]_s,   [x]_k = x(x-1)…(x-k+1).
func point(n, a, s, b int) Wide {
	num, den := one, one
	c := min(b, s-b)
	num.falling(float64(s), c)
	den.falling(float64(c), c)
	num.falling(float64(a), b)
	num.falling(float64(n-a), s-b)
	den.falling(float64(n), s)
	return num.over(den)
}

// pointAt is point for any arguments with 0 ≤ a, s ≤ n; zero where b cannot occur.
func pointAt(n, a, s, b int) Wide {
	if b < max(0, a+s-n) || b > min(a, s) {
		return Wide{}
	}
	if s > a {
		a, s = s, a
	}
	if n-a < s {
		a, s, b = s, n-a, s-b
	}
	return point(n, a, s, b)
}

// points returns the whole distribution: element i is P(X = lo+i), up to min(a,s). One
// term is computed and the others follow by their ratio, outwards from the mode
// so that what underflows is negligible beside it.
func points(n, a, s int) (lo int, p []float64) {
	lo, hi := max(0, a+s-n), min(a, s)
	p = make([]float64, hi-lo+1)
	mode := int((float64(a) + 1) * (float64(s) + 1) / (float64(n) + 2))
	mode = min(max(mode, lo), hi)
	p[mode-lo] = pointAt(n, a, s, mode).Value()
	fa, fs, rest := float64(a), float64(s), float64(n-s-a)
	for b := mode; b < hi; b++ {
		k := float64(b)
		p[b+1-lo] = p[b-lo] * ((fs - k) * (fa - k) / ((k + 1) * (rest + k + 1)))
	}
	for b := mode; b > lo; b-- {
		k := float64(b)
		p[b-1-lo] = p[b-lo] * (k * (rest + k) / ((fs - k + 1) * (fa - k + 1)))
	}
	return lo, p
}
