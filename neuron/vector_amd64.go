package neuron

import "neurosim/internal/cpu"

var wide = cpu.AVX2()

// The wide loops do what they can and return how much: whole fours.

func eliminateWide(g float64, d, b, dUp, bUp []float64) int {
	n := len(d) &^ 3
	if !wide || n == 0 {
		return 0
	}
	eliminate4(g, &d[0], &b[:n][0], &dUp[:n][0], &bUp[:n][0], n)
	return n
}

func substituteWide(v, f, b, up []float64) int {
	n := len(v) &^ 3
	if !wide || n == 0 {
		return 0
	}
	substitute4(&v[0], &f[:n][0], &b[:n][0], &up[:n][0], n)
	return n
}

func combineWide(y, x []float64, a, b, c float64) int {
	n := len(y) &^ 3
	if !wide || n == 0 {
		return 0
	}
	combine4(&y[0], &x[:n][0], a, b, c, n)
	return n
}

func divideWide(b, d []float64) int {
	n := len(b) &^ 3
	if !wide || n == 0 {
		return 0
	}
	divide4(&b[0], &d[:n][0], n)
	return n
}

func loadWide(diag, right, v []float64, d, ch, leak float64) int {
	n := len(v) &^ 3
	if !wide || n == 0 {
		return 0
	}
	load4(&diag[:n][0], &right[:n][0], &v[0], d, ch, leak, n)
	return n
}

func takeWide(to, right, v []float64, ch float64) int {
	n := len(to) &^ 3
	if !wide || n == 0 {
		return 0
	}
	take4(&to[0], &right[:n][0], &v[:n][0], ch, n)
	return n
}

func giveWide(right, v []float64, ch float64) int {
	n := len(right) &^ 3
	if !wide || n == 0 {
		return 0
	}
	give4(&right[0], &v[:n][0], ch, n)
	return n
}

func beginWide(v, old []float64) int {
	n := len(v) &^ 3
	if !wide || n == 0 {
		return 0
	}
	begin4(&v[0], &old[:n][0], secondary, n)
	return n
}

func weighWide(right, ch, v, leak []float64) int {
	n := len(right) &^ 3
	if !wide || n == 0 {
		return 0
	}
	weigh4(&right[0], &ch[:n][0], &v[:n][0], &leak[:n][0], n)
	return n
}

//go:noescape
func weigh4(right, ch, v, leak *float64, n int)

//go:noescape
func take4(to, right, v *float64, ch float64, n int)

//go:noescape
func give4(right, v *float64, ch float64, n int)

//go:noescape
func begin4(v, old *float64, factor float64, n int)

//go:noescape
func divide4(b, d *float64, n int)

//go:noescape
func load4(diag, right, v *float64, d, ch, leak float64, n int)

//go:noescape
func eliminate4(axial float64, d, b, dUp, bUp *float64, n int)

//go:noescape
func substitute4(v, f, b, up *float64, n int)

//go:noescape
func combine4(y, x *float64, a, b, c float64, n int)
