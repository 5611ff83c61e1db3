//go:build !amd64

package dendrite

const wide = false

func (p *pair) singleWide(xa, xb, v, diag, right []float64) int { return 0 }

func (p *pair) dualWide(xa, ya, xb, yb, v, diag, right []float64) int { return 0 }
