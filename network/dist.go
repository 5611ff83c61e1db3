package network

import "neurosim/internal/dist"

// A Dist is a number or a distribution of numbers.
type Dist = dist.Dist

// Kinds of distributions.
const (
	Constant  = dist.Constant
	Uniform   = dist.Uniform
	Normal    = dist.Normal
	Lognormal = dist.Lognormal
)

// Const returns the distribution that is always x.
func Const(x float64) Dist { return dist.Const(x) }
