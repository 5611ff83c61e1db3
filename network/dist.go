package network

import "neurosim/internal/dist"

// A Dist is a number or a distribution of numbers.
type Dist = dist.Dist

// Const returns the distribution that is always x.
func Const(x float64) Dist { return dist.Const(x) }
