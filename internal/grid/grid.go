// Package grid turns times into steps, at one place, so that all that is given in
// milliseconds lands on the same step.
package grid

import "math"

// maxSteps is the largest number of steps: up to here every whole number is a float64,
// and the sum of several times still fits an int64.
const maxSteps = 1 << 53

// Steps returns the whole number of steps of dt that is nearest to a time, both in
// the same unit; halfway between two it is the later. A time beyond maxSteps
// gives maxSteps, one below -maxSteps gives -maxSteps.
//
// The quotient of two decimals is off by a rounding error, so half a step may come
// out just below it: a billionth of a step is forgiven.
func Steps(ms, dt float64) int64 {
	return int64(min(max(math.Floor(ms/dt+(0.5+1e-9)), -maxSteps), maxSteps))
}

// Steps32 is Steps, at most the largest int32.
func Steps32(ms, dt float64) int32 {
	return int32(min(Steps(ms, dt), math.MaxInt32))
}
