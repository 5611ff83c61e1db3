package neuron

// The loops of Cable over the cells of a node. On amd64 with AVX2 they run four
// cells at a time, by the same operations in the same order, so with the same
// bits; vector_amd64_test.go compares.

// eliminate takes a live node with diagonal d and right-hand side b out of the
// rows of its parent, g the conductance between them (nS). It leaves in d and b
// what outwards needs: v = b + d v_parent.
func eliminate(g float64, d, b, dUp, bUp []float64) {
	i := eliminateWide(g, d, b, dUp, bUp)
	d, b, dUp, bUp = d[i:], b[i:], dUp[i:], bUp[i:]
	b, dUp, bUp = b[:len(d)], dUp[:len(d)], bUp[:len(d)]
	for j, x := range d {
		r := 1 / x
		f := float64(g * r)
		dUp[j] -= float64(g * f)
		bUp[j] += float64(f * b[j])
		d[j] = f
		b[j] *= r
	}
}

// divide sets b to b/d.
func divide(b, d []float64) {
	i := divideWide(b, d)
	b, d = b[i:], d[i:]
	d = d[:len(b)]
	for j := range b {
		b[j] /= d[j]
	}
}

// load sets diag to d and right to ch v + leak.
func load(diag, right, v []float64, d, ch, leak float64) {
	i := loadWide(diag, right, v, d, ch, leak)
	diag, right, v = diag[i:], right[i:], v[i:]
	diag, right = diag[:len(v)], right[:len(v)]
	for j, x := range v {
		diag[j] = d
		right[j] = float64(ch*x) + leak
	}
}

// weigh sets right to ch v + leak, as load does, of nodes of one cell.
func weigh(right, ch, v, leak []float64) {
	i := weighWide(right, ch, v, leak)
	right, ch, v, leak = right[i:], ch[i:], v[i:], leak[i:]
	ch, v, leak = ch[:len(right)], v[:len(right)], leak[:len(right)]
	for k := range right {
		right[k] = float64(ch[k]*v[k]) + leak[k]
	}
}

// substitute sets v to b + f up.
func substitute(v, f, b, up []float64) {
	i := substituteWide(v, f, b, up)
	v, f, b, up = v[i:], f[i:], b[i:], up[i:]
	f, b, up = f[:len(v)], b[:len(v)], up[:len(v)]
	for j := range v {
		v[j] = b[j] + float64(f[j]*up[j])
	}
}

// combine sets y to a y + (b x + c).
func combine(y, x []float64, a, b, c float64) {
	i := combineWide(y, x, a, b, c)
	y, x = y[i:], x[i:]
	x = x[:len(y)]
	for j := range y {
		y[j] = float64(a*y[j]) + (float64(b*x[j]) + c)
	}
}

// take sets to to right - ch v.
func take(to, right, v []float64, ch float64) {
	i := takeWide(to, right, v, ch)
	to, right, v = to[i:], right[i:], v[i:]
	right, v = right[:len(to)], v[:len(to)]
	for j := range to {
		to[j] = right[j] - float64(ch*v[j])
	}
}

// give adds ch v to right.
func give(right, v []float64, ch float64) {
	i := giveWide(right, v, ch)
	right, v = right[i:], v[i:]
	v = v[:len(right)]
	for j := range right {
		right[j] += float64(ch * v[j])
	}
}

// begin sets v, at the end of the first stage, to where the second begins.
func begin(v, old []float64) {
	i := beginWide(v, old)
	v, old = v[i:], old[i:]
	old = old[:len(v)]
	for j, x := range v {
		v[j] = old[j] + float64(secondary*(x-old[j]))
	}
}
