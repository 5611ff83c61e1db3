package dendrite

import "neurosim/internal/cpu"

var wide = cpu.AVX2()

// singleWide and dualWide set whole fours of rows, up to the first four among
// which a slope is below the floor, and return how many cells that were.
func (p *pair) singleWide(xa, xb, v, diag, right []float64) int {
	n := len(xa) &^ 3
	if !wide || n == 0 {
		return 0
	}
	return single4(p, p.b.drive, &xa[0], &xb[:n][0], &v[:n][0], &diag[:n][0], &right[:n][0], n)
}

func (p *pair) dualWide(xa, ya, xb, yb, v, diag, right []float64) int {
	n := len(xa) &^ 3
	if !wide || n == 0 {
		return 0
	}
	return dual4(p, p.b.drive, &xa[0], &ya[:n][0], &xb[:n][0], &yb[:n][0], &v[:n][0], &diag[:n][0], &right[:n][0], n)
}

//go:noescape
func single4(p *pair, t *drive, xa, xb, v, diag, right *float64, n int) int

//go:noescape
func dual4(p *pair, t *drive, xa, ya, xb, yb, v, diag, right *float64, n int) int
