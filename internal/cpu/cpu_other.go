//go:build !amd64

package cpu

// AVX2 tells that the processor has no AVX2.
func AVX2() bool { return false }
