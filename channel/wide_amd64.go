package channel

import "neurosim/internal/cpu"

var wide = cpu.AVX2()

// sweepElements does step and conduct for n elements from cell j of place p on, up to one
// whose potential is outside the table, and returns how many it did.
//
//go:noescape
func sweepElements(s *sweep, p, j, n int) int

// locateElements does locate for n elements, a multiple of four.
//
//go:noescape
func locateElements(t *float64, at *int32, v *float64, low, perUnit, size float64, row, n int)

// flowElements does flowOne for n elements from e on, four at a time, up to four of which one
// has a concentration outside the table, and returns how many it did.
//
//go:noescape
func flowElements(f *flow, e, n int) int

// extrapolateElements does extrapolate for n elements, a multiple of four.
//
//go:noescape
func extrapolateElements(a *ahead, n int)

//go:noescape
func addElements(y, x *float64, n int)

//go:noescape
func multiplyElements(y, a, b, c *float64, n int)

//go:noescape
func middleElements(y, a, u, v, c *float64, n int)
